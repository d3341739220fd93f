"""What is sent again and what is not: every cell of the table, through the client, on virtual time."""

from __future__ import annotations

import asyncio
import logging
import random
from email.utils import formatdate
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

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
from smartlead_async.limits import RateLimits
from smartlead_async.models.common import Acknowledgement
from smartlead_async.pipeline import Attempt
from smartlead_async.resources.campaign_creation import CreateCampaign
from smartlead_async.retry import Failure, RetryBudget, RetryPolicy, Verdict, decide

from .operations import DeleteThing, MakeThing, ReadThing, SaveThing, Thing
from .scripted import ScriptedTransport, Step, after, answer, at_unix_time, silence

NOW = 1_800_000_000.0
CUT_OFF = b'{"id": 7, "na'
MADE = answer(200, {"ok": True, "id": 7})


def now() -> float:
    return asyncio.get_running_loop().time()


LOST = [
    pytest.param(Interrupted("the connection broke"), Interrupted, id="interrupted"),
    pytest.param(RequestTimeout("the server fell silent"), RequestTimeout, id="transport timed out"),
    pytest.param(silence, RequestTimeout, id="silence"),
    pytest.param(answer(500, {"error": "Database connection failed"}), ServerError, id="500"),
    pytest.param(answer(502, b"<html>Bad Gateway</html>"), ServerError, id="502"),
    pytest.param(answer(503, {"message": "back soon"}), ServiceUnavailable, id="503"),
    pytest.param(answer(504), ServerError, id="504"),
]
NEVER_ARRIVED = [
    pytest.param(NotSent("refused"), NotSent, id="not sent"),
    pytest.param(answer(429, {"message": "slow down"}), RateLimited, id="429"),
]
UNREADABLE = [
    pytest.param(answer(200, CUT_OFF), ResponseDecodeError, id="cut off"),
    pytest.param(answer(200, b"<html>maintenance</html>"), ResponseDecodeError, id="HTML"),
]
REFUSED = [
    pytest.param(answer(status, {"message": "no"}), APIError, id=str(status))
    for status in (400, 401, 403, 404, 409, 422)
] + [
    pytest.param(answer(200, {"ok": False, "message": "no"}), APIError, id="200 ok false"),
    pytest.param(answer(200, {"id": "seven"}), ResponseDecodeError, id="JSON of another shape"),
]
REPEATABLE = [pytest.param(ReadThing(), id="a read"), pytest.param(SaveThing(), id="a repeatable write")]
NOT_REPEATABLE = [
    pytest.param(MakeThing(), id="a create"),
    pytest.param(CreateCampaign("x"), id="CreateCampaign"),
]


# --- the table ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("request_", REPEATABLE)
@pytest.mark.parametrize(("failure", "_kind"), LOST + NEVER_ARRIVED + UNREADABLE)
async def test_what_may_be_repeated_is_repeated_after_every_failure(
    scripted: ScriptedTransport, request_: Any, failure: Step, _kind: type
) -> None:
    scripted.then(failure, failure, MADE)
    response = await scripted.client().send_raw(request_)
    assert response.value == Thing(7)
    assert response.attempts == len(scripted.sent) == 3
    assert scripted.sent[0].http == scripted.sent[1].http == scripted.sent[2].http


@pytest.mark.parametrize("request_", NOT_REPEATABLE)
@pytest.mark.parametrize(("failure", "_kind"), NEVER_ARRIVED)
async def test_what_never_reached_the_application_is_repeated_for_a_create_too(
    scripted: ScriptedTransport, request_: Any, failure: Step, _kind: type
) -> None:
    scripted.then(failure, failure, MADE)
    created = await scripted.client().send(request_)
    assert created.id == 7
    assert len(scripted.sent) == 3


@pytest.mark.parametrize("request_", NOT_REPEATABLE)
@pytest.mark.parametrize(("failure", "kind"), LOST)
async def test_a_create_whose_answer_was_lost_is_never_resent(
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


async def test_a_create_that_was_turned_away_and_then_lost_is_unknown(scripted: ScriptedTransport) -> None:
    scripted.then(NotSent("refused"), answer(429), Interrupted("the connection broke"))
    with pytest.raises(OutcomeUnknown) as raised:
        await scripted.client().send(MakeThing())
    assert raised.value.attempts == len(scripted.sent) == 3


@pytest.mark.parametrize("request_", NOT_REPEATABLE)
@pytest.mark.parametrize(("failure", "_kind"), UNREADABLE)
async def test_a_create_answered_yes_in_a_broken_body_is_not_resent(
    scripted: ScriptedTransport, request_: Any, failure: Step, _kind: type
) -> None:
    scripted.then(failure)
    with pytest.raises(ResponseDecodeError) as raised:
        await scripted.client().send(request_)
    assert raised.value.malformed
    assert len(scripted.sent) == 1


@pytest.mark.parametrize("request_", REPEATABLE + NOT_REPEATABLE)
@pytest.mark.parametrize(("failure", "kind"), REFUSED)
async def test_a_refusal_is_final(
    scripted: ScriptedTransport, request_: Any, failure: Step, kind: type
) -> None:
    scripted.then(failure)
    with pytest.raises(kind) as raised:
        await scripted.client().send(request_)
    assert len(scripted.sent) == 1
    assert not isinstance(raised.value, OutcomeUnknown)


@pytest.mark.parametrize(("failure", "_kind"), LOST + UNREADABLE)
async def test_a_404_to_a_repeated_delete_is_success(
    scripted: ScriptedTransport, failure: Step, _kind: type
) -> None:
    scripted.then(failure, answer(404, {"error": "Resource not found"}))
    response = await scripted.client().send_raw(DeleteThing())
    assert response.value == Acknowledgement()
    assert response.attempts == 2


@pytest.mark.parametrize("before", [[], [NotSent("refused")], [answer(429)]])
async def test_a_404_to_a_delete_of_which_no_answer_was_lost_is_not_found(
    scripted: ScriptedTransport, before: list[Step]
) -> None:
    scripted.then(*before, answer(404, {"error": "Resource not found"}))
    with pytest.raises(NotFound):
        await scripted.client().send(DeleteThing())


async def test_a_404_to_a_repeated_write_is_not_found(scripted: ScriptedTransport) -> None:
    scripted.then(Interrupted("the connection broke"), answer(404, {"error": "Resource not found"}))
    with pytest.raises(NotFound):
        await scripted.client().send(SaveThing())


@pytest.mark.parametrize("failure", Failure)
@pytest.mark.parametrize("repeatable", [True, False])
def test_the_decision_is_the_table(failure: Failure, repeatable: bool) -> None:
    table = {
        Failure.NOT_SENT: (Verdict.AGAIN, Verdict.AGAIN),
        Failure.RATE_LIMITED: (Verdict.AGAIN, Verdict.AGAIN),
        Failure.INTERRUPTED: (Verdict.AGAIN, Verdict.UNKNOWN),
        Failure.UNREADABLE: (Verdict.AGAIN, Verdict.GIVE_UP),
        Failure.REFUSED: (Verdict.GIVE_UP, Verdict.GIVE_UP),
    }
    verdict = decide(RetryPolicy(), failure, repeatable=repeatable, failures=1, rate_limited=1)
    assert verdict is table[failure][0 if repeatable else 1]


@pytest.mark.parametrize("failure", [failure for failure in Failure if failure is not Failure.REFUSED])
def test_never_means_never_but_unknown_stays_unknown(failure: Failure) -> None:
    verdict = decide(RetryPolicy.NEVER, failure, repeatable=True, failures=1, rate_limited=1)
    assert verdict is Verdict.GIVE_UP
    unknown = decide(RetryPolicy.NEVER, Failure.INTERRUPTED, repeatable=False, failures=1, rate_limited=0)
    assert unknown is Verdict.UNKNOWN


# --- how often ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(("failure", "kind"), LOST + UNREADABLE + NEVER_ARRIVED[:1])
async def test_max_attempts_counts_the_first_one(
    scripted: ScriptedTransport, failure: Step, kind: type[SmartleadError]
) -> None:
    scripted.always = failure
    with pytest.raises(kind) as raised:
        await scripted.client(retry=RetryPolicy(max_attempts=3)).send(ReadThing())
    assert raised.value.attempts == len(scripted.sent) == 3
    assert raised.value.operation == "ReadThing"


async def test_429s_have_a_count_of_their_own(scripted: ScriptedTransport) -> None:
    policy = RetryPolicy(max_attempts=2, max_rate_limited=3)
    turned_away = answer(429, None, retry_after=1)
    scripted.then(turned_away, turned_away, turned_away, answer(500), MADE)
    response = await scripted.client(retry=policy).send_raw(ReadThing())
    assert response.attempts == 5


async def test_max_rate_limited_bounds_the_429s(scripted: ScriptedTransport) -> None:
    scripted.always = answer(429, None, retry_after=1)
    with pytest.raises(RateLimited) as raised:
        await scripted.client(retry=RetryPolicy(max_attempts=1, max_rate_limited=3)).send(ReadThing())
    assert raised.value.attempts == len(scripted.sent) == 4
    assert raised.value.retry_after == 1


@pytest.mark.parametrize(("failure", "kind"), LOST + UNREADABLE + NEVER_ARRIVED)
async def test_with_never_each_failure_is_raised_as_it_comes(
    scripted: ScriptedTransport, failure: Step, kind: type
) -> None:
    scripted.then(failure)
    with pytest.raises(kind):
        await scripted.client().with_options(retry=RetryPolicy.NEVER).send(ReadThing())
    assert len(scripted.sent) == 1


async def test_not_sent_is_not_said_of_a_call_whose_first_attempt_was_sent(
    scripted: ScriptedTransport,
) -> None:
    scripted.then(Interrupted("the connection broke"), NotSent("refused"), NotSent("refused"))
    with pytest.raises(Interrupted) as raised:
        await scripted.client(retry=RetryPolicy(max_attempts=3)).send(SaveThing())
    assert raised.value.attempts == 3


# --- how long ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("failure", [answer(500), NotSent("refused"), answer(429)])
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
def test_a_pause_is_between_half_and_all_of_what_is_due(
    failures: int, seed: int, first: float, longest: float
) -> None:
    policy = RetryPolicy(first_wait=first, longest_wait=longest)
    full = min(longest, first * 2.0 ** min(failures - 1, 60))
    assert full / 2 <= policy.pause(failures, random.Random(seed)) <= full


def test_many_callers_do_not_come_back_in_one_moment() -> None:
    rng, policy = random.Random(0), RetryPolicy(first_wait=1.0)
    pauses = sorted(policy.pause(1, rng) for _ in range(1000))
    assert pauses[0] < 0.55
    assert pauses[-1] > 0.95
    assert len(set(pauses)) > 900


RETRY_AFTER = [
    pytest.param({"retry-after": "40"}, None, id="seconds"),
    pytest.param({"retry-after": " 40.0 "}, None, id="seconds with a fraction and blanks"),
    pytest.param({"retry-after": formatdate(NOW + 40, usegmt=True)}, None, id="HTTP date"),
    pytest.param({}, {"error": {"code": "RATE_LIMIT_EXCEEDED", "retry_after": 40}}, id="error.retry_after"),
    pytest.param({"retry-after": "soon"}, {"error": {"retry_after": "40"}}, id="nonsense, then the body"),
    pytest.param({"retry-after": "40"}, {"error": {"retry_after": 3}}, id="the header goes before the body"),
    pytest.param({"x-ratelimit-reset": str(int(NOW) + 40)}, None, id="X-RateLimit-Reset"),
    pytest.param(
        {"x-ratelimit-reset": str(int(NOW) + 3)},
        {"error": {"retry_after": 40}},
        id="the body goes before the reset",
    ),
]


@pytest.mark.parametrize(("headers", "body"), RETRY_AFTER)
async def test_what_a_429_asks_for_is_waited_in_full(
    scripted: ScriptedTransport, headers: dict[str, str], body: Any
) -> None:
    scripted.then(after(2.0, answer(429, body, **headers)), MADE)
    client = at_unix_time(scripted.client(retry=RetryPolicy(first_wait=0.1, longest_wait=1.0)), NOW)
    await client.send(ReadThing())
    assert scripted.times[0] == 0
    assert 42.0 <= scripted.times[1] <= 42.001


@pytest.mark.parametrize(("headers", "body"), RETRY_AFTER[:6])
async def test_a_503_that_asks_for_a_pause_gets_it_in_full(
    scripted: ScriptedTransport, headers: dict[str, str], body: Any
) -> None:
    scripted.then(answer(503, body, **headers), MADE)
    client = at_unix_time(scripted.client(retry=RetryPolicy(first_wait=0.1, longest_wait=1.0)), NOW)
    await client.send(ReadThing())
    assert scripted.times[1] == pytest.approx(40.0)


@pytest.mark.parametrize("seconds", ["0", "1"])
async def test_a_request_for_a_short_pause_does_not_shorten_ours(
    scripted: ScriptedTransport, seconds: str
) -> None:
    scripted.then(answer(503, None, retry_after=seconds), MADE)
    await scripted.client(retry=RetryPolicy(first_wait=8.0)).send(ReadThing())
    assert scripted.times[1] >= 4.0


@pytest.mark.parametrize("headers", [{"retry-after": "0"}, {"x-ratelimit-reset": str(int(NOW) - 5)}])
async def test_a_429_that_asks_for_no_pause_is_not_hammered(
    scripted: ScriptedTransport, headers: dict[str, str]
) -> None:
    scripted.then(answer(429, None, **headers), MADE)
    await at_unix_time(scripted.client(retry=RetryPolicy(first_wait=8.0)), NOW).send(ReadThing())
    assert scripted.times[1] >= 4.0


async def test_the_reset_time_that_every_answer_carries_does_not_delay_the_retry_of_a_500(
    scripted: ScriptedTransport,
) -> None:
    headers = {
        "x-ratelimit-limit": "60",
        "x-ratelimit-remaining": "50",
        "x-ratelimit-reset": str(int(NOW) + 50),
    }
    scripted.then(answer(500, None, **headers), MADE)
    await at_unix_time(scripted.client(retry=RetryPolicy(first_wait=1.0)), NOW).send(ReadThing())
    assert scripted.times[1] <= 1.0


# --- the gate ----------------------------------------------------------------------------------------


async def test_a_429_closes_the_gate_for_every_call_of_the_client_and_its_copies(
    scripted: ScriptedTransport,
) -> None:
    client = scripted.client()
    scripted.then(answer(429, None, retry_after=30))
    scripted.always = MADE
    async with asyncio.TaskGroup() as group:
        group.create_task(client.send(ReadThing()))
        await asyncio.sleep(1)
        for copy in (client, client.with_options(timeout=5)):
            group.create_task(copy.send(MakeThing()))
    assert scripted.times[0] == 0
    assert scripted.times[1:] == pytest.approx([30, 30, 30], abs=1e-3)
    assert min(scripted.times[1:]) >= 30


async def test_a_429_closes_the_gate_even_when_the_call_that_met_it_gives_up(
    scripted: ScriptedTransport,
) -> None:
    client = scripted.client()
    scripted.then(answer(429, None, retry_after=30), MADE)
    with pytest.raises(RateLimited):
        await client.with_options(retry=RetryPolicy.NEVER).send(ReadThing())
    assert now() == 0
    await client.send(ReadThing())
    assert scripted.times[1] >= 30


async def test_a_503_makes_nobody_else_wait(scripted: ScriptedTransport) -> None:
    client = scripted.client()
    scripted.then(answer(503, None, retry_after=30))
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
    assert client.limiter.available() == 1, "the place in the queue took a token with it"


async def test_the_deadline_ends_an_attempt_that_is_under_way(scripted: ScriptedTransport) -> None:
    scripted.always = silence
    with pytest.raises(RequestTimeout) as raised:
        await scripted.client(timeout=30, retry=RetryPolicy(deadline=12)).send(ReadThing())
    assert now() == pytest.approx(12)
    assert raised.value.attempts == 1


async def test_a_create_that_the_deadline_ends_under_way_is_unknown(scripted: ScriptedTransport) -> None:
    scripted.always = silence
    with pytest.raises(OutcomeUnknown) as raised:
        await scripted.client(timeout=30, retry=RetryPolicy(deadline=12)).send(MakeThing())
    assert now() == pytest.approx(12)
    assert isinstance(raised.value.failure, RequestTimeout)


@pytest.mark.parametrize("failure", [answer(429, None, retry_after=60), answer(503, None, retry_after=60)])
async def test_a_pause_that_would_end_after_the_deadline_is_not_begun(
    scripted: ScriptedTransport, failure: Step
) -> None:
    scripted.then(failure)
    with pytest.raises(APIError) as raised:
        await scripted.client(retry=RetryPolicy(deadline=50)).send(ReadThing())
    assert now() == 0
    assert raised.value.retry_after == 60


async def test_the_deadline_bounds_all_attempts_together(scripted: ScriptedTransport) -> None:
    scripted.always = after(4.0, answer(500))
    policy = RetryPolicy(max_attempts=100, deadline=15, first_wait=1.0, longest_wait=1.0)
    with pytest.raises((ServerError, RequestTimeout)):
        await scripted.client(retry=policy).send(ReadThing())
    assert now() <= 15.001
    assert len(scripted.sent) in (3, 4)


async def test_what_was_sent_before_the_deadline_passed_in_the_queue_is_not_called_unsent(
    scripted: ScriptedTransport,
) -> None:
    client = scripted.client(limits=RateLimits.of((1, 100.0)), retry=RetryPolicy(deadline=20, first_wait=1.0))
    scripted.then(Interrupted("the connection broke"))
    with pytest.raises(Interrupted) as raised:
        await client.send(SaveThing())
    assert now() == pytest.approx(20, abs=1e-3)
    assert raised.value.attempts == 1


async def test_the_timeout_of_an_attempt_is_that_of_the_client_or_of_its_copy(
    scripted: ScriptedTransport,
) -> None:
    scripted.always = silence
    client = scripted.client(timeout=30, retry=RetryPolicy.NEVER)
    with pytest.raises(RequestTimeout, match="30 s"):
        await client.send(ReadThing())
    assert now() == pytest.approx(30)
    with pytest.raises(RequestTimeout, match="7 s"):
        await client.with_options(timeout=7).send(ReadThing())
    assert now() == pytest.approx(37)
    assert [sent.http.timeout for sent in scripted.sent] == [30, 7]


async def test_waiting_for_the_limiter_does_not_count_as_timeout(scripted: ScriptedTransport) -> None:
    scripted.always = after(4.0, MADE)
    client = scripted.client(limits=RateLimits.of((1, 100.0)), timeout=5, retry=RetryPolicy.NEVER)
    await client.send(ReadThing())
    await client.send(ReadThing())
    assert now() == pytest.approx(108, abs=1e-3)


# --- tokens ------------------------------------------------------------------------------------------


async def test_what_was_not_sent_costs_no_token_and_everything_else_one(scripted: ScriptedTransport) -> None:
    client = scripted.client(limits=RateLimits.of((10, 1000.0)), retry=RetryPolicy(first_wait=0.001))
    scripted.then(NotSent("refused"), NotSent("refused"), MADE)
    await client.send(ReadThing())
    assert client.limiter.available() == 9
    scripted.then(Interrupted("broke"), answer(500), answer(200, CUT_OFF), MADE)
    await client.send(ReadThing())
    assert client.limiter.available() == 5
    assert client.limiter.in_flight == 0


@pytest.mark.parametrize("when", [0.5, 2.5, 3.5])
async def test_cancelling_a_call_gives_its_place_back_wherever_it_is(
    scripted: ScriptedTransport, when: float
) -> None:
    # On the wire, in the pause, and on the wire again.
    client = scripted.client(limits=RateLimits.of((10, 100.0)), retry=RetryPolicy(first_wait=2.0))
    scripted.always = after(1.0, answer(500))
    task = asyncio.create_task(client.send(ReadThing()))
    await asyncio.sleep(when)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert (client.limiter.in_flight, client.limiter.waiting) == (0, 0)
    await asyncio.sleep(101)
    assert client.limiter.available() == 10


async def test_the_headers_of_an_answer_teach_the_limiter(scripted: ScriptedTransport) -> None:
    headers = {
        "x-ratelimit-limit": "10",
        "x-ratelimit-remaining": "2",
        "x-ratelimit-reset": str(int(NOW) + 30),
    }
    scripted.then(answer(200, {"id": 7}, **headers))
    client = at_unix_time(scripted.client(limits=RateLimits.of((10, 60.0))), NOW)
    response = await client.send_raw(ReadThing())
    assert client.limiter.available() == 2
    state = response.rate_limit
    assert (state.limit, state.remaining, state.reset_at) == (10, 2, NOW + 30)
    await asyncio.sleep(30.001)
    assert client.limiter.available() == 9


# --- the budget --------------------------------------------------------------------------------------


async def test_an_outage_does_not_become_a_storm(
    scripted: ScriptedTransport, caplog: pytest.LogCaptureFixture
) -> None:
    scripted.always = answer(503)
    policy = RetryPolicy(max_attempts=5, budget_reserve=10, budget_ratio=0.1)
    client = scripted.client(limits=RateLimits.UNLIMITED, retry=policy)
    with caplog.at_level(logging.WARNING, "smartlead_async"):
        for _ in range(100):
            with pytest.raises(ServiceUnavailable):
                await client.send(ReadThing())
    # A hundred first attempts, ten retries from the reserve, a tenth of a retry for each call.
    assert 115 <= len(scripted.sent) <= 121
    assert any("budget is spent" in record.message for record in caplog.records)


async def test_429s_are_retried_without_the_budget_since_the_gate_paces_them(
    scripted: ScriptedTransport,
) -> None:
    scripted.then(answer(429, None, retry_after=1), MADE)
    policy = RetryPolicy(budget_reserve=0, budget_ratio=0)
    await scripted.client(retry=policy).send(ReadThing())
    assert len(scripted.sent) == 2


async def test_the_budget_is_shared_with_the_copies_of_a_client(scripted: ScriptedTransport) -> None:
    scripted.always = answer(500)
    client = scripted.client(retry=RetryPolicy(budget_reserve=2, budget_ratio=0))
    for copy in (client, client.with_options(timeout=9)):
        with pytest.raises(ServerError):
            await copy.send(ReadThing())
    assert len(scripted.sent) == 4


def test_calls_refill_the_budget_up_to_its_reserve() -> None:
    budget = RetryBudget(RetryPolicy(budget_reserve=2, budget_ratio=0.7))
    assert (budget.take(), budget.take(), budget.take()) == (True, True, False)
    budget.pay_in()
    assert not budget.take()
    for _ in range(9):
        budget.pay_in()
    assert budget.left == 2


# --- seen from outside -------------------------------------------------------------------------------


async def test_every_attempt_is_told_to_the_observer(scripted: ScriptedTransport) -> None:
    seen: list[Attempt] = []
    scripted.then(after(2.0, answer(503, None, retry_after=10)), after(1.0, Interrupted("broke")), MADE)
    client = scripted.client(on_attempt=seen.append, retry=RetryPolicy(first_wait=1.0))
    await client.send(ReadThing())
    assert [(a.operation, a.number, a.status) for a in seen] == [
        ("ReadThing", 1, 503), ("ReadThing", 2, None), ("ReadThing", 3, 200),
    ]  # fmt: skip
    assert [type(a.error) for a in seen] == [ServiceUnavailable, Interrupted, type(None)]
    assert [a.took for a in seen] == pytest.approx([2, 1, 0])
    assert [a.waited for a in seen] == pytest.approx([0, 0, 0])


async def test_the_observer_is_told_how_long_the_limiter_took(scripted: ScriptedTransport) -> None:
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
def test_a_policy_that_cannot_be_meant_is_refused(options: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=next(iter(options))):
        RetryPolicy(**options)
