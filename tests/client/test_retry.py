"""The retry table, cell by cell: requests, numbers of attempts and waits, in virtual time."""

from __future__ import annotations

import random
from email.utils import formatdate
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smartlead_async.api.acknowledgement import Acknowledgement
from smartlead_async.api.campaigns.create import CreateCampaign
from smartlead_async.errors import (
    APIError,
    Interrupted,
    NotFound,
    NotSent,
    OutcomeUnknown,
    RateLimited,
    RequestTimeout,
    ResponseDecodeError,
    ServerError,
    ServiceUnavailable,
    SmartleadError,
)
from smartlead_async.pipeline.retry import Decision, Failure, RetryPolicy, decide

from .operations import DeleteThing, MakeThing, ReadThing, SaveThing, Thing
from .scripted import ScriptedTransport, Step, after, at_unix_time, never_respond, reply

NOW = 1_800_000_000.0
TRUNCATED = b'{"id": 7, "na'
MADE = reply(200, {"ok": True, "id": 7})


LOST = [
    pytest.param(Interrupted("the connection broke"), Interrupted, id="interrupted"),
    pytest.param(RequestTimeout("no response"), RequestTimeout, id="transport timed out"),
    pytest.param(never_respond, RequestTimeout, id="no response"),
    pytest.param(reply(500, {"error": "Database connection failed"}), ServerError, id="500"),
    pytest.param(reply(502, b"<html>Bad Gateway</html>"), ServerError, id="502"),
    pytest.param(reply(503, {"message": "back soon"}), ServiceUnavailable, id="503"),
    pytest.param(reply(504), ServerError, id="504"),
]
NOT_PROCESSED = [
    pytest.param(NotSent("refused"), NotSent, id="not sent"),
    pytest.param(reply(429, {"message": "slow down"}), RateLimited, id="429"),
]
UNREADABLE = [
    pytest.param(reply(200, TRUNCATED), ResponseDecodeError, id="truncated"),
    pytest.param(reply(200, b"<html>maintenance</html>"), ResponseDecodeError, id="HTML"),
]
REFUSED = [
    pytest.param(reply(status, {"message": "no"}), APIError, id=str(status))
    for status in (400, 401, 403, 404, 409, 422)
] + [
    pytest.param(reply(200, {"ok": False, "message": "no"}), APIError, id="200 ok false"),
    pytest.param(reply(200, {"id": "seven"}), ResponseDecodeError, id="JSON of another shape"),
]
REPEATABLE = [pytest.param(ReadThing(), id="a read"), pytest.param(SaveThing(), id="a repeatable write")]
NOT_REPEATABLE = [
    pytest.param(MakeThing(), id="a create"),
    pytest.param(CreateCampaign("x"), id="CreateCampaign"),
]


# --- the table ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("request_", REPEATABLE)
@pytest.mark.parametrize(("failure", "_kind"), LOST + NOT_PROCESSED + UNREADABLE)
async def test_a_repeatable_request_is_retried_after_every_failure(
    scripted: ScriptedTransport, request_: Any, failure: Step, _kind: type
) -> None:
    scripted.then(failure, failure, MADE)
    response = await scripted.client().send_raw(request_)
    assert response.value == Thing(7)
    assert response.attempts == len(scripted.sent) == 3
    assert scripted.sent[0].http == scripted.sent[1].http == scripted.sent[2].http


@pytest.mark.parametrize("request_", NOT_REPEATABLE)
@pytest.mark.parametrize(("failure", "_kind"), NOT_PROCESSED)
async def test_a_create_that_did_not_reach_the_application_is_retried(
    scripted: ScriptedTransport, request_: Any, failure: Step, _kind: type
) -> None:
    scripted.then(failure, failure, MADE)
    created = await scripted.client().send(request_)
    assert created.id == 7
    assert len(scripted.sent) == 3


@pytest.mark.parametrize("request_", NOT_REPEATABLE)
@pytest.mark.parametrize(("failure", "kind"), LOST)
async def test_a_create_whose_response_was_lost_is_never_resent(
    scripted: ScriptedTransport, request_: Any, failure: Step, kind: type
) -> None:
    scripted.then(failure)
    with pytest.raises(OutcomeUnknown) as raised:
        await scripted.client().send(request_)
    assert len(scripted.sent) == 1
    assert type(raised.value.failure) is kind
    assert raised.value.attempts == raised.value.failure.attempts == 1
    assert raised.value.operation == raised.value.failure.operation == type(request_).__name__
    assert str(raised.value.failure.message) in str(raised.value)


async def test_a_create_that_is_rate_limited_and_then_lost_is_unknown(scripted: ScriptedTransport) -> None:
    scripted.then(NotSent("refused"), reply(429), Interrupted("the connection broke"))
    with pytest.raises(OutcomeUnknown) as raised:
        await scripted.client().send(MakeThing())
    assert raised.value.attempts == len(scripted.sent) == 3


@pytest.mark.parametrize("request_", NOT_REPEATABLE)
@pytest.mark.parametrize(("failure", "_kind"), UNREADABLE)
async def test_a_create_with_an_unparsable_2xx_response_is_not_resent(
    scripted: ScriptedTransport, request_: Any, failure: Step, _kind: type
) -> None:
    scripted.then(failure)
    with pytest.raises(ResponseDecodeError) as raised:
        await scripted.client().send(request_)
    assert raised.value.malformed
    assert len(scripted.sent) == 1


@pytest.mark.parametrize("request_", REPEATABLE + NOT_REPEATABLE)
@pytest.mark.parametrize(("failure", "kind"), REFUSED)
async def test_a_refused_request_is_not_retried(
    scripted: ScriptedTransport, request_: Any, failure: Step, kind: type
) -> None:
    scripted.then(failure)
    with pytest.raises(kind) as raised:
        await scripted.client().send(request_)
    assert len(scripted.sent) == 1
    assert not isinstance(raised.value, OutcomeUnknown)


@pytest.mark.parametrize(("failure", "_kind"), LOST + UNREADABLE)
async def test_a_404_to_a_retried_delete_is_success(
    scripted: ScriptedTransport, failure: Step, _kind: type
) -> None:
    scripted.then(failure, reply(404, {"error": "Resource not found"}))
    response = await scripted.client().send_raw(DeleteThing())
    assert response.value == Acknowledgement()
    assert response.attempts == 2


@pytest.mark.parametrize("before", [[], [NotSent("refused")], [reply(429)]])
async def test_a_404_to_a_delete_without_a_lost_response_is_not_found(
    scripted: ScriptedTransport, before: list[Step]
) -> None:
    scripted.then(*before, reply(404, {"error": "Resource not found"}))
    with pytest.raises(NotFound):
        await scripted.client().send(DeleteThing())


async def test_a_404_to_a_retried_write_is_not_found(scripted: ScriptedTransport) -> None:
    scripted.then(Interrupted("the connection broke"), reply(404, {"error": "Resource not found"}))
    with pytest.raises(NotFound):
        await scripted.client().send(SaveThing())


@pytest.mark.parametrize("failure", Failure)
@pytest.mark.parametrize("repeatable", [True, False])
def test_decisions_match_the_table(failure: Failure, repeatable: bool) -> None:
    table = {
        Failure.NOT_SENT: (Decision.RETRY, Decision.RETRY),
        Failure.RATE_LIMITED: (Decision.RETRY, Decision.RETRY),
        Failure.INTERRUPTED: (Decision.RETRY, Decision.UNKNOWN),
        Failure.UNRECOGNIZED: (Decision.GIVE_UP, Decision.UNKNOWN),
        Failure.UNREADABLE: (Decision.RETRY, Decision.GIVE_UP),
        Failure.REFUSED: (Decision.GIVE_UP, Decision.GIVE_UP),
    }
    decision = decide(RetryPolicy(), failure, repeatable=repeatable, failures=1, rate_limited=1)
    assert decision is table[failure][0 if repeatable else 1]


@pytest.mark.parametrize("failure", Failure)
def test_the_policy_never_gives_up_at_once_or_reports_unknown(failure: Failure) -> None:
    decision = decide(RetryPolicy.NEVER, failure, repeatable=True, failures=1, rate_limited=1)
    assert decision is Decision.GIVE_UP
    unknown = decide(RetryPolicy.NEVER, Failure.INTERRUPTED, repeatable=False, failures=1, rate_limited=0)
    assert unknown is Decision.UNKNOWN


# --- number of attempts ------------------------------------------------------------------------------


@pytest.mark.parametrize(("failure", "kind"), LOST + UNREADABLE + NOT_PROCESSED[:1])
async def test_max_attempts_includes_the_first_attempt(
    scripted: ScriptedTransport, failure: Step, kind: type[SmartleadError]
) -> None:
    scripted.always = failure
    with pytest.raises(kind) as raised:
        await scripted.client(retry=RetryPolicy(max_attempts=3)).send(ReadThing())
    assert raised.value.attempts == len(scripted.sent) == 3
    assert raised.value.operation == "ReadThing"


async def test_429s_are_counted_separately(scripted: ScriptedTransport) -> None:
    policy = RetryPolicy(max_attempts=2, max_rate_limited=3)
    rate_limited = reply(429, None, retry_after=1)
    scripted.then(rate_limited, rate_limited, rate_limited, reply(500), MADE)
    response = await scripted.client(retry=policy).send_raw(ReadThing())
    assert response.attempts == 5


async def test_max_rate_limited_limits_the_retries_after_429s(scripted: ScriptedTransport) -> None:
    scripted.always = reply(429, None, retry_after=1)
    with pytest.raises(RateLimited) as raised:
        await scripted.client(retry=RetryPolicy(max_attempts=1, max_rate_limited=3)).send(ReadThing())
    assert raised.value.attempts == len(scripted.sent) == 4
    assert raised.value.retry_after == 1


@pytest.mark.parametrize(("failure", "kind"), LOST + UNREADABLE + NOT_PROCESSED)
async def test_the_policy_never_raises_the_first_failure(
    scripted: ScriptedTransport, failure: Step, kind: type
) -> None:
    scripted.then(failure)
    with pytest.raises(kind):
        await scripted.client().with_options(retry=RetryPolicy.NEVER).send(ReadThing())
    assert len(scripted.sent) == 1


async def test_a_call_whose_first_attempt_was_sent_does_not_raise_not_sent(
    scripted: ScriptedTransport,
) -> None:
    scripted.then(Interrupted("the connection broke"), NotSent("refused"), NotSent("refused"))
    with pytest.raises(Interrupted) as raised:
        await scripted.client(retry=RetryPolicy(max_attempts=3)).send(SaveThing())
    assert raised.value.attempts == 3


# --- pauses ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("failure", [reply(500), NotSent("refused"), reply(429)])
async def test_pauses_double_and_are_shortened_by_at_most_half(
    scripted: ScriptedTransport, failure: Step
) -> None:
    scripted.always = failure
    policy = RetryPolicy(max_attempts=8, max_rate_limited=7, first_wait=1.0, longest_wait=20.0)
    with pytest.raises(SmartleadError):
        await scripted.client(retry=policy).send(ReadThing())
    full = [1, 2, 4, 8, 16, 20, 20]
    assert len(scripted.pauses) == 7
    for pause, most in zip(scripted.pauses, full, strict=True):
        assert most / 2 - 1e-3 <= pause <= most + 1e-3


@given(st.integers(1, 10_000), st.integers(), st.floats(0, 1e6), st.floats(0, 1e6))
def test_jitter_shortens_a_pause_by_at_most_half(
    failures: int, seed: int, first: float, longest: float
) -> None:
    policy = RetryPolicy(first_wait=first, longest_wait=longest)
    full = min(longest, first * 2.0 ** min(failures - 1, 60))
    assert full / 2 <= policy.pause(failures, random.Random(seed)) <= full


def test_jitter_spreads_the_retries_of_many_callers() -> None:
    rng, policy = random.Random(0), RetryPolicy(first_wait=1.0)
    pauses = sorted(policy.pause(1, rng) for _ in range(1000))
    assert pauses[0] < 0.55
    assert pauses[-1] > 0.95
    assert len(set(pauses)) > 900


RETRY_AFTER = [
    pytest.param({"retry-after": "40"}, None, id="seconds"),
    pytest.param({"retry-after": " 40.0 "}, None, id="seconds with a fraction and whitespace"),
    pytest.param({"retry-after": formatdate(NOW + 40, usegmt=True)}, None, id="HTTP date"),
    pytest.param({}, {"error": {"code": "RATE_LIMIT_EXCEEDED", "retry_after": 40}}, id="error.retry_after"),
    pytest.param({"retry-after": "soon"}, {"error": {"retry_after": "40"}}, id="invalid header, valid body"),
    pytest.param({"retry-after": "40"}, {"error": {"retry_after": 3}}, id="header before body"),
    pytest.param({"x-ratelimit-reset": str(int(NOW) + 40)}, None, id="X-RateLimit-Reset"),
    pytest.param(
        {"x-ratelimit-reset": str(int(NOW) + 3)},
        {"error": {"retry_after": 40}},
        id="body before reset",
    ),
]


@pytest.mark.parametrize(("headers", "body"), RETRY_AFTER)
async def test_a_429_is_retried_after_the_full_wait_it_asks_for(
    scripted: ScriptedTransport, headers: dict[str, str], body: Any
) -> None:
    scripted.then(after(2.0, reply(429, body, **headers)), MADE)
    client = at_unix_time(scripted.client(retry=RetryPolicy(first_wait=0.1, longest_wait=1.0)), NOW)
    await client.send(ReadThing())
    assert scripted.times[0] == 0
    assert 42.0 <= scripted.times[1] <= 42.001


@pytest.mark.parametrize(("headers", "body"), RETRY_AFTER[:6])
async def test_a_503_is_retried_after_the_full_wait_it_asks_for(
    scripted: ScriptedTransport, headers: dict[str, str], body: Any
) -> None:
    scripted.then(reply(503, body, **headers), MADE)
    client = at_unix_time(scripted.client(retry=RetryPolicy(first_wait=0.1, longest_wait=1.0)), NOW)
    await client.send(ReadThing())
    assert scripted.times[1] == pytest.approx(40.0)


@pytest.mark.parametrize("seconds", ["0", "1"])
async def test_a_short_retry_after_does_not_shorten_the_backoff(
    scripted: ScriptedTransport, seconds: str
) -> None:
    scripted.then(reply(503, None, retry_after=seconds), MADE)
    await scripted.client(retry=RetryPolicy(first_wait=8.0)).send(ReadThing())
    assert scripted.times[1] >= 4.0


@pytest.mark.parametrize("headers", [{"retry-after": "0"}, {"x-ratelimit-reset": str(int(NOW) - 5)}])
async def test_a_429_without_a_wait_is_still_retried_with_backoff(
    scripted: ScriptedTransport, headers: dict[str, str]
) -> None:
    scripted.then(reply(429, None, **headers), MADE)
    await at_unix_time(scripted.client(retry=RetryPolicy(first_wait=8.0)), NOW).send(ReadThing())
    assert scripted.times[1] >= 4.0


async def test_the_reset_header_does_not_delay_the_retry_of_a_500(
    scripted: ScriptedTransport,
) -> None:
    headers = {
        "x-ratelimit-limit": "60",
        "x-ratelimit-remaining": "50",
        "x-ratelimit-reset": str(int(NOW) + 50),
    }
    scripted.then(reply(500, None, **headers), MADE)
    await at_unix_time(scripted.client(retry=RetryPolicy(first_wait=1.0)), NOW).send(ReadThing())
    assert scripted.times[1] <= 1.0
