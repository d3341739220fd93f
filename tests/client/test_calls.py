"""Calls with several attempts: gate, deadline, tokens, retry budget and observers, in virtual time."""

from __future__ import annotations

import asyncio
import logging
from typing import Any

import pytest

from smartlead_async.errors import (
    APIError,
    Interrupted,
    NotSent,
    OutcomeUnknown,
    RateLimited,
    RequestTimeout,
    ServerError,
    ServiceUnavailable,
)
from smartlead_async.limits import RateLimits
from smartlead_async.pipeline.events import Attempt
from smartlead_async.pipeline.retry import RetryBudget, RetryPolicy

from .operations import MakeThing, ReadThing, SaveThing
from .scripted import ScriptedTransport, Step, after, at_unix_time, never_respond, reply

NOW = 1_800_000_000.0
TRUNCATED = b'{"id": 7, "na'
MADE = reply(200, {"ok": True, "id": 7})


def now() -> float:
    return asyncio.get_running_loop().time()


# --- the gate ----------------------------------------------------------------------------------------


async def test_a_429_closes_the_gate_for_every_call_of_the_client_and_its_copies(
    scripted: ScriptedTransport,
) -> None:
    client = scripted.client()
    scripted.then(reply(429, None, retry_after=30))
    scripted.always = MADE
    async with asyncio.TaskGroup() as group:
        group.create_task(client.send(ReadThing()))
        await asyncio.sleep(1)
        for copy in (client, client.with_options(timeout=5)):
            group.create_task(copy.send(MakeThing()))
    assert scripted.times[0] == 0
    assert scripted.times[1:] == pytest.approx([30, 30, 30], abs=1e-3)
    assert min(scripted.times[1:]) >= 30


async def test_a_429_closes_the_gate_even_if_the_call_gives_up(
    scripted: ScriptedTransport,
) -> None:
    client = scripted.client()
    scripted.then(reply(429, None, retry_after=30), MADE)
    with pytest.raises(RateLimited):
        await client.with_options(retry=RetryPolicy.NEVER).send(ReadThing())
    assert now() == 0
    await client.send(ReadThing())
    assert scripted.times[1] >= 30


async def test_a_503_does_not_delay_other_calls(scripted: ScriptedTransport) -> None:
    client = scripted.client()
    scripted.then(reply(503, None, retry_after=30))
    scripted.always = MADE
    waiting = asyncio.create_task(client.send(ReadThing()))
    await asyncio.sleep(1)
    await client.send(ReadThing())
    assert now() == 1
    await waiting
    assert now() == pytest.approx(30)


# --- the deadline ------------------------------------------------------------------------------------


async def test_the_deadline_ends_the_wait_in_the_queue(scripted: ScriptedTransport) -> None:
    scripted.always = MADE
    client = scripted.client(limits=RateLimits.of((1, 100.0)), retry=RetryPolicy(deadline=20))
    await client.send(ReadThing())
    with pytest.raises(NotSent, match="20 s") as raised:
        await client.send(MakeThing())
    assert now() == pytest.approx(20, abs=1e-3)
    assert (len(scripted.sent), raised.value.attempts, raised.value.operation) == (1, 0, "MakeThing")
    assert client.limiter.waiting == 0
    await asyncio.sleep(100)
    assert client.limiter.available() == 1, "the abandoned wait used a token"


async def test_the_deadline_ends_an_attempt_in_flight(scripted: ScriptedTransport) -> None:
    scripted.always = never_respond
    with pytest.raises(RequestTimeout) as raised:
        await scripted.client(timeout=30, retry=RetryPolicy(deadline=12)).send(ReadThing())
    assert now() == pytest.approx(12)
    assert raised.value.attempts == 1


async def test_a_create_that_the_deadline_ends_in_flight_is_unknown(scripted: ScriptedTransport) -> None:
    scripted.always = never_respond
    with pytest.raises(OutcomeUnknown) as raised:
        await scripted.client(timeout=30, retry=RetryPolicy(deadline=12)).send(MakeThing())
    assert now() == pytest.approx(12)
    assert isinstance(raised.value.failure, RequestTimeout)


@pytest.mark.parametrize("failure", [reply(429, None, retry_after=60), reply(503, None, retry_after=60)])
async def test_a_pause_that_would_end_after_the_deadline_is_not_started(
    scripted: ScriptedTransport, failure: Step
) -> None:
    scripted.then(failure)
    with pytest.raises(APIError) as raised:
        await scripted.client(retry=RetryPolicy(deadline=50)).send(ReadThing())
    assert now() == 0
    assert raised.value.retry_after == 60


async def test_the_deadline_covers_all_attempts(scripted: ScriptedTransport) -> None:
    scripted.always = after(4.0, reply(500))
    policy = RetryPolicy(max_attempts=100, deadline=15, first_wait=1.0, longest_wait=1.0)
    with pytest.raises((ServerError, RequestTimeout)):
        await scripted.client(retry=policy).send(ReadThing())
    assert now() <= 15.001
    assert len(scripted.sent) in (3, 4)


async def test_a_request_sent_before_the_deadline_passed_in_the_queue_does_not_raise_not_sent(
    scripted: ScriptedTransport,
) -> None:
    client = scripted.client(limits=RateLimits.of((1, 100.0)), retry=RetryPolicy(deadline=20, first_wait=1.0))
    scripted.then(Interrupted("the connection broke"))
    with pytest.raises(Interrupted) as raised:
        await client.send(SaveThing())
    assert now() == pytest.approx(20, abs=1e-3)
    assert raised.value.attempts == 1


async def test_a_copy_can_have_its_own_timeout(
    scripted: ScriptedTransport,
) -> None:
    scripted.always = never_respond
    client = scripted.client(timeout=30, retry=RetryPolicy.NEVER)
    with pytest.raises(RequestTimeout, match="30 s"):
        await client.send(ReadThing())
    assert now() == pytest.approx(30)
    with pytest.raises(RequestTimeout, match="7 s"):
        await client.with_options(timeout=7).send(ReadThing())
    assert now() == pytest.approx(37)
    assert [sent.http.timeout for sent in scripted.sent] == [30, 7]


async def test_waiting_for_the_limiter_does_not_count_towards_the_timeout(
    scripted: ScriptedTransport,
) -> None:
    scripted.always = after(4.0, MADE)
    client = scripted.client(limits=RateLimits.of((1, 100.0)), timeout=5, retry=RetryPolicy.NEVER)
    await client.send(ReadThing())
    await client.send(ReadThing())
    assert now() == pytest.approx(108, abs=1e-3)


# --- tokens ------------------------------------------------------------------------------------------


async def test_each_attempt_uses_one_token_unless_it_was_not_sent(scripted: ScriptedTransport) -> None:
    client = scripted.client(limits=RateLimits.of((10, 1000.0)), retry=RetryPolicy(first_wait=0.001))
    scripted.then(NotSent("refused"), NotSent("refused"), MADE)
    await client.send(ReadThing())
    assert client.limiter.available() == 9
    scripted.then(Interrupted("broke"), reply(500), reply(200, TRUNCATED), MADE)
    await client.send(ReadThing())
    assert client.limiter.available() == 5
    assert client.limiter.in_flight == 0


@pytest.mark.parametrize("when", [0.5, 2.5, 3.5])
async def test_cancelling_a_call_releases_its_permit(scripted: ScriptedTransport, when: float) -> None:
    # During the first attempt, during the pause, and during the second attempt.
    client = scripted.client(limits=RateLimits.of((10, 100.0)), retry=RetryPolicy(first_wait=2.0))
    scripted.always = after(1.0, reply(500))
    task = asyncio.create_task(client.send(ReadThing()))
    await asyncio.sleep(when)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert (client.limiter.in_flight, client.limiter.waiting) == (0, 0)
    await asyncio.sleep(101)
    assert client.limiter.available() == 10


async def test_the_limiter_learns_from_rate_limit_headers(scripted: ScriptedTransport) -> None:
    headers = {
        "x-ratelimit-limit": "10",
        "x-ratelimit-remaining": "2",
        "x-ratelimit-reset": str(int(NOW) + 30),
    }
    scripted.then(reply(200, {"id": 7}, **headers))
    client = at_unix_time(scripted.client(limits=RateLimits.of((10, 60.0))), NOW)
    response = await client.send_raw(ReadThing())
    assert client.limiter.available() == 2
    state = response.rate_limit
    assert (state.limit, state.remaining, state.reset_at) == (10, 2, NOW + 30)
    await asyncio.sleep(30.001)
    assert client.limiter.available() == 9


# --- the budget --------------------------------------------------------------------------------------


async def test_an_outage_does_not_cause_a_retry_storm(
    scripted: ScriptedTransport, caplog: pytest.LogCaptureFixture
) -> None:
    scripted.always = reply(503)
    policy = RetryPolicy(max_attempts=5, budget_reserve=10, budget_ratio=0.1)
    client = scripted.client(limits=RateLimits.UNLIMITED, retry=policy)
    with caplog.at_level(logging.WARNING, "smartlead_async"):
        for _ in range(100):
            with pytest.raises(ServiceUnavailable):
                await client.send(ReadThing())
    # 100 first attempts, ten retries from the reserve, and a tenth of a retry per call.
    assert 115 <= len(scripted.sent) <= 121
    assert any("budget is spent" in record.message for record in caplog.records)


async def test_retries_after_429s_do_not_use_the_budget(
    scripted: ScriptedTransport,
) -> None:
    scripted.then(reply(429, None, retry_after=1), MADE)
    policy = RetryPolicy(budget_reserve=0, budget_ratio=0)
    await scripted.client(retry=policy).send(ReadThing())
    assert len(scripted.sent) == 2


async def test_the_budget_is_shared_with_the_copies_of_a_client(scripted: ScriptedTransport) -> None:
    scripted.always = reply(500)
    client = scripted.client(retry=RetryPolicy(budget_reserve=2, budget_ratio=0))
    for copy in (client, client.with_options(timeout=9)):
        with pytest.raises(ServerError):
            await copy.send(ReadThing())
    assert len(scripted.sent) == 4


def test_calls_refill_the_budget_up_to_its_reserve() -> None:
    budget = RetryBudget(RetryPolicy(budget_reserve=2, budget_ratio=0.7))
    assert (budget.withdraw(), budget.withdraw(), budget.withdraw()) == (True, True, False)
    budget.deposit()
    assert not budget.withdraw()
    for _ in range(9):
        budget.deposit()
    assert budget.available == 2


# --- observers ---------------------------------------------------------------------------------------


async def test_the_observer_is_called_for_every_attempt(scripted: ScriptedTransport) -> None:
    seen: list[Attempt] = []
    scripted.then(after(2.0, reply(503, None, retry_after=10)), after(1.0, Interrupted("broke")), MADE)
    client = scripted.client(on_attempt=seen.append, retry=RetryPolicy(first_wait=1.0))
    await client.send(ReadThing())
    assert [(a.operation, a.number, a.status) for a in seen] == [
        ("ReadThing", 1, 503), ("ReadThing", 2, None), ("ReadThing", 3, 200),
    ]  # fmt: skip
    assert [type(a.error) for a in seen] == [ServiceUnavailable, Interrupted, type(None)]
    assert [a.took for a in seen] == pytest.approx([2, 1, 0])
    assert [a.waited for a in seen] == pytest.approx([0, 0, 0])


async def test_the_observer_receives_the_time_in_the_limiter(scripted: ScriptedTransport) -> None:
    seen: list[Attempt] = []
    scripted.always = MADE
    client = scripted.client(limits=RateLimits.of((1, 10.0)), on_attempt=seen.append)
    await client.send(ReadThing())
    await client.send(ReadThing())
    assert [a.waited for a in seen] == pytest.approx([0, 10], abs=1e-3)


@pytest.mark.parametrize(
    "options",
    [
        {"max_attempts": 0}, {"max_rate_limited": -1}, {"deadline": 0}, {"first_wait": -1},
        {"longest_wait": -1}, {"budget_ratio": -0.1}, {"budget_reserve": -1},
    ],
)  # fmt: skip
def test_an_invalid_policy_is_rejected(options: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=next(iter(options))):
        RetryPolicy(**options)


async def test_a_raw_response_has_the_fields_that_no_class_declares(scripted: ScriptedTransport) -> None:
    body = {"id": 7, "name": "x", "brand_new": {"a": [1]}}
    scripted.then(reply(200, body))
    response = await scripted.client().send_raw(ReadThing())
    assert response.json() == body
    assert "brand_new" not in repr(response)
