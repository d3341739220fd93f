"""Waiting for work at SmartLead: pauses, deadline, progress, outages and resuming. On virtual time."""

from __future__ import annotations

import asyncio
import pickle
from typing import Any, TypeVar, assert_type

import attrs
import pytest

from smartlead_async import FakeSmartlead, SmartleadClient
from smartlead_async.api.areas import resources
from smartlead_async.api.inbox.read import ReplyStatus
from smartlead_async.api.inbox.resource import Inbox
from smartlead_async.api.smart_delivery.models import SpamTest
from smartlead_async.api.smart_delivery.resource import SmartDelivery
from smartlead_async.api.smart_prospect.models import Contact
from smartlead_async.api.smart_prospect.resource import SmartProspect
from smartlead_async.api.smart_senders import Order, OrderedMailbox, SmartSenders
from smartlead_async.errors import BadRequest, NotSent, ResponseDecodeError, SmartleadError, StillRunning
from smartlead_async.paging import Page
from smartlead_async.polling import Poll, poll
from smartlead_async.request import Effect, Request
from smartlead_async.resource import Resource, methods

from .doctor.accounts import add_spam_test

T = TypeVar("T")


@attrs.frozen
class Work:
    """Work that is done at 100 percent."""

    percent: int


@attrs.frozen
class GetWork(Request[Work], method="GET", path="/work/{work_id}", effect=Effect.READ, repeatable=True):
    """Return the state of the work."""

    work_id: int


class WorkMethods(Resource):
    """Work."""

    poll_work = poll(
        GetWork, until=lambda work: work.percent >= 100, every=10, timeout=600, doc="Wait for the work."
    )


class Server:
    """Responses in order, the last one again and again; errors among them are raised."""

    def __init__(self, *responses: int | SmartleadError, took: float = 0.0) -> None:
        self.responses = list(responses)
        self.took = took
        self.times: list[float] = []
        self.requests: list[Any] = []

    async def __call__(self, request: Request[T], /) -> T:
        self.times.append(asyncio.get_running_loop().time())
        self.requests.append(request)
        await asyncio.sleep(self.took)
        response = self.responses.pop(0) if len(self.responses) > 1 else self.responses[0]
        if isinstance(response, SmartleadError):
            raise response
        work: Any = Work(response)
        return work  # type: ignore[no-any-return]

    @property
    def pauses(self) -> list[float]:
        return [after - before for before, after in zip(self.times, self.times[1:], strict=False)]


async def test_awaiting_returns_the_response_that_is_finished() -> None:
    server = Server(0, 50, 100)
    work = await WorkMethods(server).poll_work(7)
    assert_type(work, Work)
    assert (work.percent, server.requests) == (100, [GetWork(7)] * 3)


async def test_finished_work_takes_one_request_and_no_time() -> None:
    server, loop = Server(100), asyncio.get_running_loop()
    before = loop.time()
    await WorkMethods(server).poll_work(7)
    assert (len(server.requests), loop.time() - before) == (1, 0)


async def test_pauses_grow_by_half_to_five_times_the_first() -> None:
    server = Server(*[0] * 8, 100)
    await WorkMethods(server).poll_work(7)
    assert server.pauses == [10, 15, 22.5, 33.75, pytest.approx(50.0, abs=0.7), 50, 50, 50]


async def test_each_response_is_passed_to_the_callback_and_to_the_loop() -> None:
    noted: list[int] = []
    waiting = (
        WorkMethods(Server(0, 50, 100)).poll_work(7).within(on_response=lambda w: noted.append(w.percent))
    )
    assert [work.percent async for work in waiting] == [0, 50, 100]
    assert noted == [0, 50, 100]


async def test_work_that_is_not_finished_in_time_raises_still_running_with_the_last_response() -> None:
    server, loop = Server(0, 50), asyncio.get_running_loop()
    before = loop.time()
    with pytest.raises(StillRunning, match=r"not finished after 60 s.*\(GetWork\)") as caught:
        await WorkMethods(server).poll_work(7).within(60)
    assert loop.time() - before == 60
    assert (caught.value.last, caught.value.__cause__) == (Work(50), None)
    assert pickle.loads(pickle.dumps(caught.value)).last == Work(50)


async def test_the_deadline_also_ends_a_request_in_flight() -> None:
    server, loop = Server(100, took=300), asyncio.get_running_loop()
    before = loop.time()
    with pytest.raises(StillRunning) as caught:
        await WorkMethods(server).poll_work(7).within(60)
    assert (loop.time() - before, caught.value.last) == (60, None)


async def test_waiting_resumes_after_the_deadline_with_the_same_id() -> None:
    server = Server(0, 0, 0, 0, 100)
    waiting = WorkMethods(server).poll_work(7).within(20)
    with pytest.raises(StillRunning):
        await waiting
    assert (await waiting.within(600)).percent == 100


async def test_an_outage_is_waited_out() -> None:
    half = ResponseDecodeError(("unexpected end of data @ $",), malformed=True)
    server = Server(0, NotSent("no connection"), half, 100)
    assert (await WorkMethods(server).poll_work(7)).percent == 100
    assert server.pauses == [10, 15, 22.5]


async def test_an_outage_to_the_end_is_the_cause_of_still_running() -> None:
    outage = NotSent("no connection")
    with pytest.raises(StillRunning) as caught:
        await WorkMethods(Server(50, outage)).poll_work(7).within(60)
    assert caught.value.__cause__ is outage
    assert caught.value.last == Work(50)


async def test_a_refusal_is_raised_at_once() -> None:
    server = Server(BadRequest("no such work", status=400))
    with pytest.raises(BadRequest):
        await WorkMethods(server).poll_work(7)
    assert len(server.requests) == 1


async def test_a_response_of_another_form_is_raised_at_once() -> None:
    with pytest.raises(ResponseDecodeError):
        await WorkMethods(Server(ResponseDecodeError(("expected an integer @ $.percent",)))).poll_work(7)


async def test_a_timeout_error_of_another_origin_is_raised_as_it_is() -> None:
    async def send(_request: Request[T], /) -> T:
        raise TimeoutError("from elsewhere")

    with pytest.raises(TimeoutError, match="from elsewhere"):
        await WorkMethods(send).poll_work(7)


async def test_a_timeout_of_the_caller_is_no_deadline() -> None:
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(30):
            await WorkMethods(Server(0)).poll_work(7)


@pytest.mark.parametrize(
    "options", [{"timeout": 0}, {"timeout": -1.0}, {"every": 0}, {"every": float("nan")}]
)
def test_times_must_be_above_0(options: dict[str, Any]) -> None:
    waiting = WorkMethods(Server(0)).poll_work(7)
    with pytest.raises(ValueError, match="must be a number of seconds above 0"):
        waiting.within(**options)


def test_the_repr_shows_what_is_waited_for() -> None:
    waiting = WorkMethods(Server(0)).poll_work(7)
    assert repr(waiting) == "Poll(request=GetWork(work_id=7), every=10, timeout=600)"


async def test_a_spam_test_is_waited_for_by_its_id() -> None:
    add_spam_test(fake := FakeSmartlead())
    async with SmartleadClient("test-key", transport=fake.transport()) as client:
        waiting = assert_type(client.smart_delivery.poll_test(9101), Poll[SpamTest])
        assert (await waiting).status == "COMPLETED"
    assert SmartDelivery.poll_test.doc is not None


@pytest.mark.parametrize(
    ("method", "response", "finished"),
    [
        (SmartDelivery.poll_test, SpamTest(1, status="active"), False),
        (SmartDelivery.poll_test, SpamTest(1, status="STOPPED"), True),
        (SmartProspect.poll_contacts, Page([Contact("a", status="completed")]), True),
        (SmartProspect.poll_contacts, Page([Contact("a", status="completed"), Contact("b")]), False),
        (SmartProspect.poll_contacts, Page[Contact]([]), False),
        (SmartSenders.poll_order, Order(status="Payment Pending"), False),
        (SmartSenders.poll_order, Order(status="Completed"), True),
        (SmartSenders.poll_order, Order(email_accounts=[OrderedMailbox("ana@example.com")]), True),
        (Inbox.poll_reply_status, ReplyStatus(status="PENDING"), False),
        (Inbox.poll_reply_status, ReplyStatus(status="COMPLETED"), True),
    ],
)
async def test_each_kind_of_work_says_when_it_is_finished(method: Any, response: Any, finished: bool) -> None:
    async def send(_request: Request[T], /) -> T:
        return response  # type: ignore[no-any-return]

    waiting = Poll(send, GetWork(7), method.is_finished, every=10, timeout=60)
    if finished:
        assert await waiting == response
    else:
        with pytest.raises(StillRunning):
            await waiting


@pytest.mark.parametrize(
    "name", [f"{a}.{n}" for a, r in resources().items() for n, m in methods(r).items() if isinstance(m, poll)]
)
def test_a_docstring_of_a_poll_says_how_often_and_how_long(name: str) -> None:
    area, _, method_name = name.partition(".")
    doc = getattr(resources()[area], method_name).doc
    assert doc.startswith("Wait until ")
    assert "One request" in doc
    assert f"client.{name}(" in doc
