"""Events: what is told of each attempt, in the log and to a listener, and that nobody pays for it unasked."""

from __future__ import annotations

import asyncio
import logging
import subprocess
import sys
from typing import Any

import pytest

from smartlead_async import (
    Interrupted,
    OutcomeUnknown,
    RateLimits,
    RetryPolicy,
    ServiceUnavailable,
    SmartleadClient,
)
from smartlead_async.events import (
    Event,
    RateLimitHit,
    RequestEnded,
    RequestQueued,
    RequestRetried,
    RequestSent,
    ResponseReceived,
)
from smartlead_async.request import Effect

from .operations import MakeThing, ReadThing
from .scripted import KEY, ScriptedTransport, after, never_respond, reply

MADE = reply(200, {"id": 1, "name": "made"})


@pytest.fixture
def seen() -> list[Event]:
    return []


def client_of(scripted: ScriptedTransport, seen: list[Event], **options: Any) -> SmartleadClient:
    return scripted.client(listener=seen.append, **options)


async def test_a_request_is_queued_sent_answered_and_ends(
    scripted: ScriptedTransport, seen: list[Event]
) -> None:
    scripted.then(after(2.0, MADE))
    await client_of(scripted, seen, base_url="https://smartlead.example/api/v1").send(ReadThing())
    call = seen[0].call  # type: ignore[attr-defined]
    template = ReadThing.operation.path
    assert seen == [
        RequestQueued("ReadThing", call, 1, Effect.READ),
        RequestSent("ReadThing", call, 1, "GET", "https://smartlead.example/api/v1/things/7", template, 0.0),
        ResponseReceived("ReadThing", call, 1, 200, None, 2.0),
        RequestEnded("ReadThing", call, 1, None),
    ]


async def test_the_time_in_the_rate_limiter_is_told(scripted: ScriptedTransport, seen: list[Event]) -> None:
    scripted.always = MADE
    client = client_of(scripted, seen, limits=RateLimits.of((1, 10.0)))
    await client.send(ReadThing())
    await client.send(ReadThing())
    assert [e.waited for e in seen if isinstance(e, RequestSent)] == pytest.approx([0, 10], abs=1e-3)


async def test_failed_attempts_are_told_with_what_follows(
    scripted: ScriptedTransport, seen: list[Event]
) -> None:
    scripted.then(
        reply(503, None, retry_after=10), Interrupted("broke"), reply(429, None, retry_after=7), MADE
    )
    await client_of(scripted, seen, retry=RetryPolicy(first_wait=1.0, max_attempts=5)).send(ReadThing())
    answers = [(e.number, e.status, e.failure) for e in seen if isinstance(e, ResponseReceived)]
    assert answers == [(1, 503, "ServiceUnavailable"), (2, None, "Interrupted"), (3, 429, "RateLimited"),
                       (4, 200, None)]  # fmt: skip
    retried = [(e.number, e.reason) for e in seen if isinstance(e, RequestRetried)]
    assert retried == [(1, "HTTP 503"), (2, "Interrupted")]
    assert [e.pause for e in seen if isinstance(e, RateLimitHit)] == [7.0]
    assert [e for e in seen if isinstance(e, RequestEnded)] == [seen[-1]]
    assert len({e.call for e in seen}) == 1  # type: ignore[attr-defined]


async def test_a_call_that_fails_ends_with_its_error(scripted: ScriptedTransport, seen: list[Event]) -> None:
    scripted.then(Interrupted("broke"))
    with pytest.raises(OutcomeUnknown):
        await client_of(scripted, seen).send(MakeThing("x"))
    assert isinstance(seen[-1], RequestEnded)
    assert (seen[-1].attempts, seen[-1].failure) == (1, "OutcomeUnknown")


@pytest.mark.parametrize("where", ["limiter", "transport", "pause"])
async def test_a_cancelled_call_ends_wherever_it_was(
    scripted: ScriptedTransport, seen: list[Event], where: str
) -> None:
    scripted.always = reply(503, None, retry_after=100) if where == "pause" else never_respond
    client = client_of(scripted, seen, max_in_flight=1)
    first = asyncio.create_task(client.send(ReadThing()))
    await asyncio.sleep(1)
    tasks = [first, asyncio.create_task(client.send(ReadThing()))] if where == "limiter" else [first]
    await asyncio.sleep(1)
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    ended = [e.failure for e in seen if isinstance(e, RequestEnded)]
    assert ended == ["CancelledError"] * len(tasks)


async def test_copies_of_a_client_add_listeners(scripted: ScriptedTransport) -> None:
    scripted.always = MADE
    first: list[Event] = []
    second: list[Event] = []
    client = client_of(scripted, first)
    await client.with_options(listener=second.append).send(ReadThing())
    assert first == second != []
    await client.send(ReadThing())
    assert len(first) == 2 * len(second)


async def test_a_listener_that_fails_harms_no_request(
    scripted: ScriptedTransport, caplog: pytest.LogCaptureFixture
) -> None:
    def listen(event: Event) -> None:
        raise ValueError(f"lin@prospect.example {KEY}")

    scripted.then(MADE)
    await scripted.client(listener=listen).send(MakeThing("x"))
    errors = [record for record in caplog.records if record.levelno == logging.ERROR]
    assert len(errors) == 4
    message = errors[0].getMessage()
    assert message.startswith(f"the listener failed on a RequestQueued: ValueError at {__file__}:")
    assert errors[0].exc_info is None


async def test_info_is_pleasant_and_debug_is_complete(
    scripted: ScriptedTransport, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG, "smartlead_async")
    scripted.then(reply(503), reply(429, None, retry_after=7), MADE)
    await scripted.client(retry=RetryPolicy(first_wait=2.0)).send(ReadThing())
    lines = [(record.levelname, record.getMessage()) for record in caplog.records]
    info = [line for level, line in lines if level == "INFO"]
    assert len(info) == 2
    assert info[0].startswith("ReadThing: attempt 1 failed (HTTP 503), retrying in ")
    assert info[1] == "ReadThing: rate limited (429), nothing is sent for 7.0 s"
    debug = [line for level, line in lines if level == "DEBUG"]
    path = ReadThing.operation.path
    assert debug[0] == "ReadThing: queued (attempt 1)"
    assert debug[1] == f"ReadThing: GET {path} sent (attempt 1, waited 0.000 s)"
    assert debug[2] == "ReadThing -> 503 in 0.000 s (attempt 1): ServiceUnavailable"
    assert debug[-1] == "ReadThing: ended after 3 attempts"
    caplog.clear()
    await scripted.then(MADE).client().send(ReadThing())
    assert caplog.records[-1].getMessage() == "ReadThing: ended after 1 attempt"
    # For structured logging: the template groups the records, and the values are apart.
    assert caplog.records[0].msg == "%(operation)s: queued (attempt %(number)d)"
    assert isinstance(caplog.records[0].args, dict)
    assert caplog.records[0].args["operation"] == "ReadThing"


async def test_the_log_needs_no_listener_and_the_listener_no_log(
    scripted: ScriptedTransport, seen: list[Event], caplog: pytest.LogCaptureFixture
) -> None:
    scripted.always = reply(503)
    with pytest.raises(ServiceUnavailable):
        await client_of(scripted, seen, retry=RetryPolicy.NEVER).send(ReadThing())
    assert seen
    assert not [record for record in caplog.records if record.name == "smartlead_async"]


def test_a_listener_must_be_a_function(scripted: ScriptedTransport) -> None:
    with pytest.raises(TypeError, match="listener"):
        scripted.client(listener="print")


def test_without_a_listener_no_event_is_created() -> None:
    code = """
import asyncio, sys
from smartlead_async import SmartleadClient, HttpResponse

class Recorded:
    async def send(self, request):
        return HttpResponse(200, {}, b'{"ok": true, "id": 1, "name": "x", "created_at": "2027-01-01"}')
    async def aclose(self): ...

async def main():
    async with SmartleadClient("key", transport=Recorded()) as client:
        await client.campaigns.create("Dentists in Oslo Q1 2027")

asyncio.run(main())
assert "smartlead_async.events" not in sys.modules
"""
    subprocess.run([sys.executable, "-c", code], check=True)
