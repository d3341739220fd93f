"""SmartleadClient: creating, sharing, copying and closing it."""

from __future__ import annotations

import asyncio
from typing import Any

import attrs
import pytest

from smartlead_async import Effect, LeadInput, Request, RetryPolicy
from smartlead_async.client import SmartleadClient
from smartlead_async.errors import ConfigurationError
from smartlead_async.limits import Lane, RateLimits
from smartlead_async.pipeline.events import Attempt
from smartlead_async.pipeline.limiter import Limiter
from smartlead_async.request import query
from smartlead_async.transport import Transport
from smartlead_async.transport.aiohttp import AiohttpTransport
from smartlead_async.typed import WrongType
from smartlead_async.virtual_time import run

from .operations import MakeThing, ReadThing, Thing
from .scripted import KEY, ScriptedTransport, after, reply

THING = reply(200, {"id": 7})


@pytest.fixture
def environment(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    for name in ("KEY", "BASE_URL", "TIER"):
        monkeypatch.delenv(f"SMARTLEAD_{name}", raising=False)
    monkeypatch.delenv("SMARTLEAD_API_KEY", raising=False)
    monkeypatch.delenv("SMARTLEAD_PROFILE", raising=False)
    monkeypatch.setenv("XDG_CONFIG_HOME", "/nonexistent")
    monkeypatch.delenv("SMARTLEAD_CONFIG", raising=False)
    return monkeypatch


# --- life cycle --------------------------------------------------------------------------------------


async def test_a_closed_client_raises_immediately(scripted: ScriptedTransport) -> None:
    scripted.always = THING
    async with scripted.client() as client:
        copy = client.with_options(timeout=3)
        await client.send(ReadThing())
    for one in (client, copy):
        with pytest.raises(ConfigurationError, match="closed"):
            await one.send(ReadThing())
    assert len(scripted.sent) == 1


async def test_closing_twice_closes_the_transport_once(scripted: ScriptedTransport) -> None:
    async with scripted.client() as client:
        await client.aclose()
    assert scripted.closed == 1


async def test_an_exception_in_the_block_closes_the_transport(scripted: ScriptedTransport) -> None:
    with pytest.raises(KeyError):
        async with scripted.client():
            raise KeyError
    assert scripted.closed == 1


async def test_closing_a_copy_does_not_close_the_transport(scripted: ScriptedTransport) -> None:
    scripted.always = THING
    client = scripted.client()
    async with client.with_options(timeout=3) as copy:
        await copy.send(ReadThing())
    assert scripted.closed == 0
    await client.send(ReadThing())


def test_use_on_a_second_event_loop_is_rejected(scripted: ScriptedTransport) -> None:
    scripted.always = THING
    client = scripted.client()
    run(client.send(ReadThing()))
    for one in (client, client.with_options(timeout=3)):
        with pytest.raises(ConfigurationError, match="another event loop"):
            run(one.send(ReadThing()))
    assert len(scripted.sent) == 1


def test_a_client_can_be_created_without_a_running_loop(scripted: ScriptedTransport) -> None:
    scripted.always = THING
    assert run(scripted.client().send(ReadThing())) == Thing(7)


async def test_one_client_serves_many_tasks(scripted: ScriptedTransport) -> None:
    scripted.always = after(1.0, THING)
    client = scripted.client(limits=RateLimits.UNLIMITED, max_in_flight=5)
    async with asyncio.TaskGroup() as group:
        for _ in range(20):
            group.create_task(client.send(ReadThing()))
    assert scripted.max_in_flight_seen == 5
    assert asyncio.get_running_loop().time() == pytest.approx(4)


# --- options -----------------------------------------------------------------------------------------


async def test_options_of_a_copy_do_not_affect_the_original(scripted: ScriptedTransport) -> None:
    scripted.always = THING
    client = scripted.client(timeout=30)
    copy = client.with_options(timeout=3)
    await copy.send(ReadThing())
    await copy.with_options(lane=Lane.BULK).send(ReadThing())
    await client.send(ReadThing())
    assert [sent.http.timeout for sent in scripted.sent] == [3, 3, 30]


async def test_interactive_requests_overtake_the_bulk_lane(scripted: ScriptedTransport) -> None:
    scripted.always = THING
    client = scripted.client(limits=RateLimits.of((1, 10.0)))
    bulk = client.with_options(lane=Lane.BULK)
    await client.send(ReadThing())
    async with asyncio.TaskGroup() as group:
        for number in range(3):
            group.create_task(bulk.send(MakeThing(f"bulk {number}")))
        await asyncio.sleep(1)
        group.create_task(client.send(MakeThing("interactive")))
    assert [sent.json["name"] for sent in scripted.sent[1:]] == ["interactive", "bulk 0", "bulk 1", "bulk 2"]


async def test_the_resources_of_a_copy_use_its_options(scripted: ScriptedTransport) -> None:
    scripted.always = reply(200, {"ok": True, "id": 7})
    client = scripted.client()
    await client.campaigns.create("x")
    await client.with_options(timeout=3).campaigns.create("x")
    assert [sent.http.timeout for sent in scripted.sent] == [30, 3]


async def test_the_observer_of_a_copy_is_added_to_the_existing_one(scripted: ScriptedTransport) -> None:
    scripted.always = THING
    first, second = list[Attempt](), list[Attempt]()
    client = scripted.client(on_attempt=first.append)
    await client.with_options(on_attempt=second.append).send(ReadThing())
    await client.send(ReadThing())
    assert (len(first), len(second)) == (2, 1)


async def test_a_raw_response_has_status_headers_and_attempts(scripted: ScriptedTransport) -> None:
    headers = {
        "x-request-id": "a1", "x-ratelimit-limit": "60", "x-ratelimit-remaining": "41",
        "x-ratelimit-reset": "1800000000",
    }  # fmt: skip
    scripted.then(reply(201, {"id": 7}, **headers))
    response = await scripted.client().send_raw(ReadThing())
    assert (response.value, response.status, response.attempts) == (Thing(7), 201, 1)
    assert response.headers["x-request-id"] == "a1"
    assert response.rate_limit.remaining == 41


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"api_key": ""}, "api_key=…"),
        ({"timeout": 0}, "timeout"),
        ({"timeout": -1}, "timeout"),
        ({"base_url": "server.example/api/v1"}, "base_url is not a URL"),
        ({"base_url": "https://server.example/api?x=1"}, "without query"),
        ({"proxy": "socks5://proxy.example", "transport": None}, "SOCKS"),
        ({"proxy": "http://proxy.example:3128"}, "are for the default transport"),
        ({"ca_bundle": "/nowhere/ca.pem", "transport": None}, "/nowhere/ca.pem cannot be read"),
    ],
)
def test_invalid_options_are_rejected_when_the_client_is_created(
    options: dict[str, Any], message: str
) -> None:
    defaults: dict[str, Any] = {"api_key": KEY, "transport": ScriptedTransport()}
    with pytest.raises(ConfigurationError) as raised:
        SmartleadClient(**defaults | options)
    assert message in str(raised.value)


WRONG_OPTIONS: dict[str, list[Any]] = {
    "timeout": ["30", True, float("nan"), 10**400, [30]],
    "retry": [3, {"max_attempts": 3}, RetryPolicy],
    "on_attempt": [5, "print"],
    "limiter": [5, RateLimits.PRO, Limiter],
}


@pytest.mark.parametrize(
    ("name", "value"),
    [
        *((name, value) for name, values in WRONG_OPTIONS.items() for value in values),
        ("timeout", None),
        ("transport", "aiohttp"),
        ("transport", ScriptedTransport),
        ("limits", "pro"),
        ("limits", 60),
        ("max_in_flight", "20"),
        ("max_in_flight", 1.5),
        ("max_in_flight", True),
        ("user_agent", 5),
        ("proxy", 8080),
        ("ca_bundle", True),
        ("review_names", "yes"),
        ("wall_clock", 0.0),
        ("rng", 7),
    ],
)
def test_options_of_wrong_types_are_refused_by_name(name: str, value: object) -> None:
    options: dict[str, Any] = {"transport": ScriptedTransport(), name: value}
    with pytest.raises(WrongType, match=f"^SmartleadClient.{name} must be "):
        SmartleadClient(KEY, **options)


@pytest.mark.parametrize(
    ("name", "value"),
    [("lane", "bulk"), *((name, value) for name, values in WRONG_OPTIONS.items() for value in values)],
)
def test_other_options_of_wrong_types_are_refused_by_name(
    scripted: ScriptedTransport, name: str, value: object
) -> None:
    options: dict[str, Any] = {name: value}
    with pytest.raises(WrongType, match=f"^with_options.{name} must be "):
        scripted.client().with_options(**options)


@pytest.mark.parametrize("timeout", [0, -1, -0.0, float("-inf")])
def test_a_timeout_that_has_passed_before_it_begins_is_refused(
    scripted: ScriptedTransport, timeout: float
) -> None:
    with pytest.raises(ConfigurationError, match="timeout must be a number of seconds above 0, not "):
        scripted.client().with_options(timeout=timeout)


@attrs.frozen
class SendWords(
    Request[Thing], method="POST", path="/things/{thing_id}", effect=Effect.WRITE, repeatable=False
):
    """Send strings in every place of a request."""

    thing_id: str = "7"
    search: str | None = attrs.field(default=None, metadata=query())
    words: Any = None


HALF = "\ud83d"


@pytest.mark.parametrize(
    ("values", "where"),
    [
        ({"thing_id": HALF}, "thing_id"),
        ({"search": f"x{HALF}"}, "search"),
        ({"words": f"abc{HALF}"}, "words"),
        ({"words": ["a", f"b{HALF}"]}, r"words\[1\]"),
        ({"words": {"a": {"b": HALF}}}, r"words\['a'\]\['b'\]"),
        ({"words": {HALF: 1}}, "words key"),
        ({"words": LeadInput("a@b.example", custom_fields={"role": HALF})}, r"words.custom_fields\['role'\]"),
    ],
)
async def test_half_of_a_character_is_refused_by_operation_and_field_before_anything_is_sent(
    scripted: ScriptedTransport, values: dict[str, Any], where: str
) -> None:
    with pytest.raises(ValueError, match=rf"^SendWords\.{where} contains half of a character \(U\+D83D\)"):
        await scripted.client().send(SendWords(**values))
    assert scripted.sent == []


@pytest.mark.parametrize("user_agent", [HALF, "a\r\nb"])
def test_a_user_agent_that_is_no_header_is_refused(user_agent: str) -> None:
    with pytest.raises(ConfigurationError, match="user_agent contains "):
        SmartleadClient(KEY, transport=ScriptedTransport(), user_agent=user_agent)


def test_a_key_with_half_of_a_character_is_refused_without_being_shown() -> None:
    with pytest.raises(ConfigurationError, match="the API key contains") as raised:
        SmartleadClient(f"secret{HALF}", transport=ScriptedTransport())
    assert "secret" not in str(raised.value)


def test_both_transports_implement_the_protocol(scripted: ScriptedTransport) -> None:
    assert isinstance(scripted, Transport)
    assert isinstance(AiohttpTransport(), Transport)


# --- the limiter -------------------------------------------------------------------------------------


async def test_a_client_takes_a_limiter_in_place_of_limits(scripted: ScriptedTransport) -> None:
    limiter = Limiter(RateLimits.of((7, 60.0)), max_in_flight=3)
    client = SmartleadClient("k", transport=scripted, limiter=limiter)
    scripted.always = THING
    await client.send(ReadThing())
    assert client.limiter is limiter
    assert (limiter.available(), limiter.in_flight) == (3, 0)
    assert client.with_options(timeout=3).limiter is limiter


async def test_a_copy_with_its_own_limiter_returns_permits_to_it_and_leaves_the_other_alone(
    scripted: ScriptedTransport,
) -> None:
    client = SmartleadClient("k", transport=scripted, limits=RateLimits.of((2, 60.0)))
    own = Limiter(RateLimits.of((9, 60.0)))
    copy = client.with_options(limiter=own)
    scripted.always = THING
    for _ in range(5):
        await copy.send(ReadThing())
    assert copy.limiter is copy.with_options(timeout=3).limiter is own
    assert (own.available(), own.in_flight) == (4, 0)
    assert (client.limiter.available(), client.limiter.in_flight) == (2, 0)


# --- from the environment ----------------------------------------------------------------------------


async def test_from_env_reads_key_base_url_and_tier(
    scripted: ScriptedTransport, environment: pytest.MonkeyPatch
) -> None:
    environment.setenv("SMARTLEAD_API_KEY", "from-env")
    environment.setenv("SMARTLEAD_BASE_URL", "http://127.0.0.1:8080/api/v1/")
    environment.setenv("SMARTLEAD_TIER", "3/100")
    scripted.always = THING
    client = SmartleadClient.from_env(transport=scripted)
    await client.send(ReadThing())
    assert scripted.sent[0].http.url == "http://127.0.0.1:8080/api/v1/things/7?api_key=from-env"
    assert client.limiter.available() == 2


async def test_arguments_take_precedence_over_the_environment(
    scripted: ScriptedTransport, environment: pytest.MonkeyPatch
) -> None:
    environment.setenv("SMARTLEAD_API_KEY", "from-env")
    environment.setenv("SMARTLEAD_BASE_URL", "http://127.0.0.1:8080/api/v1")
    environment.setenv("SMARTLEAD_TIER", "3/100")
    client = SmartleadClient.from_env(
        transport=scripted, base_url="http://other.example", limits=RateLimits.of((5, 1.0))
    )
    scripted.always = THING
    await client.send(ReadThing())
    assert scripted.sent[0].http.url.startswith("http://other.example/api/v1/things/7")
    assert client.limiter.available() == 4


async def test_from_env_requires_only_the_key(
    scripted: ScriptedTransport, environment: pytest.MonkeyPatch
) -> None:
    environment.setenv("SMARTLEAD_API_KEY", "from-env")
    scripted.always = THING
    client = SmartleadClient.from_env(transport=scripted)
    assert client.limiter.available() == 10
    await client.send(ReadThing())
    assert scripted.sent[0].http.url.startswith("https://server.smartlead.ai/api/v1/")


@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        ("SMARTLEAD_API_KEY", "", "SMARTLEAD_API_KEY"),
        ("SMARTLEAD_TIER", "gold", "SMARTLEAD_TIER.*gold"),
        ("SMARTLEAD_BASE_URL", "nowhere", "SMARTLEAD_BASE_URL is not a URL"),
    ],
)
def test_an_invalid_environment_variable_is_named_in_the_error(
    scripted: ScriptedTransport, environment: pytest.MonkeyPatch, name: str, value: str, message: str
) -> None:
    environment.setenv("SMARTLEAD_API_KEY", "from-env")
    environment.setenv(name, value)
    with pytest.raises(ConfigurationError, match=message):
        SmartleadClient.from_env(transport=scripted)
