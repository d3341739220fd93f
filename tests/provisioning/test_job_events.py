"""The events of jobs, and that no event or log record has the key or the address of a lead."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from typing import Any, TypeVar

import attrs
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from smartlead_async import AuthenticationError, FakeSmartlead, LeadInput, SmartleadClient, SmartleadError
from smartlead_async.api.campaigns import CreateCampaign
from smartlead_async.events import (
    CampaignBegan,
    CampaignEnded,
    Event,
    JobBegan,
    JobEnded,
    ReconcileBegan,
    ReconcileEnded,
    RequestSent,
    ServiceDown,
    ServiceUp,
)
from smartlead_async.fake import Fault, Faults
from smartlead_async.plan.campaign import CampaignSpec
from smartlead_async.plan.mailboxes import MailboxChoice
from smartlead_async.virtual_time import run

from .jobs import CHECKS, campaigns, seeded_fake

KEY = "k3y-that-nobody-may-see"
E = TypeVar("E")


def of_kind(events: list[Event], kind: type[E]) -> list[E]:
    return [event for event in events if isinstance(event, kind)]


def client_on(fake: FakeSmartlead, seen: list[Event]) -> SmartleadClient:
    return SmartleadClient(fake.api_keys[0], transport=fake.transport(latency=0.2), listener=seen.append)


async def test_a_job_tells_of_its_campaigns() -> None:
    seen: list[Event] = []
    specs = campaigns(3, same_names=False)
    await client_on(seeded_fake(), seen).provision(specs, concurrency=2)
    job = of_kind(seen, JobBegan)[0].job
    assert of_kind(seen, JobBegan) == [JobBegan(job, "provision")]
    assert [event.campaign for event in of_kind(seen, CampaignBegan)] == [spec.name for spec in specs]
    ended = {event.campaign: event for event in of_kind(seen, CampaignEnded)}
    assert {event.state for event in ended.values()} == {"done"}
    assert sorted(event.campaign_id or 0 for event in ended.values()) == [4101, 4102, 4103]
    assert isinstance(seen[-1], JobEnded)
    requests = len(of_kind(seen, RequestSent))
    assert seen[-1] == JobEnded(job, "provision", 3, 0, requests, False, None)


async def test_a_lost_create_is_told_with_what_became_of_it() -> None:
    seen: list[Event] = []
    fake = seeded_fake()
    fake.fail_next(Fault.lost_after(), CreateCampaign)
    fake.fail_next(Fault.lost_before(), CreateCampaign)
    await client_on(fake, seen).provision(campaigns(2, same_names=False), concurrency=1, reconcile=CHECKS)
    assert len(of_kind(seen, ReconcileBegan)) == 2
    assert {event.campaign_id for event in of_kind(seen, ReconcileEnded)} == {4101, None}


async def test_an_outage_is_told_once_and_its_end_too() -> None:
    seen: list[Event] = []
    fake = seeded_fake()
    client = client_on(fake, seen)
    outage = fake.script(None, Fault.refused(), times=None)
    asyncio.get_running_loop().call_later(120, outage.stop)
    await client.provision(campaigns(3))
    down, up = of_kind(seen, ServiceDown), of_kind(seen, ServiceUp)
    assert len(down) == len(up) == 1
    assert 60 <= up[0].after <= 180


async def test_a_campaign_that_fails_and_a_job_that_is_aborted_say_why() -> None:
    seen: list[Event] = []
    fake = seeded_fake()
    client = client_on(fake, seen)
    invalid = attrs.evolve(campaigns(1)[0], mailboxes=MailboxChoice(tag="nobody"))
    await client.provision([invalid])
    (ended,) = of_kind(seen, CampaignEnded)
    assert ended.state == "failed"
    assert ended.failure is not None
    fake.revoke_key(fake.api_keys[0])
    with pytest.raises(AuthenticationError):
        await client.provision(campaigns(2))
    last = seen[-1]
    assert isinstance(last, JobEnded)
    assert (last.interrupted, last.failure) == (True, "AuthenticationError")


async def test_a_cancelled_job_tells_the_end_of_all_that_began() -> None:
    seen: list[Event] = []
    job = client_on(seeded_fake(), seen).provision(campaigns(5, same_names=False), concurrency=3)
    task = asyncio.create_task(job.run())
    await asyncio.sleep(1.0)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    assert len(of_kind(seen, CampaignBegan)) == len(of_kind(seen, CampaignEnded)) == 3
    assert isinstance(seen[-1], JobEnded)
    assert (seen[-1].interrupted, seen[-1].failure) == (True, "CancelledError")


async def test_info_has_one_line_for_each_campaign(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, "smartlead_async")
    client = SmartleadClient("test-key", transport=seeded_fake().transport())
    await client.provision(campaigns(3, same_names=False), concurrency=1)
    lines = [record.getMessage().partition(": ")[2] for record in caplog.records]
    name = "SaaS founders Q1 2027 – demo invite"
    assert lines == [
        "provision begins",
        *(f"'{name} {n}' (campaign {4101 + n}) is done" for n in range(3)),
        "provision ends, 3 done, 0 failed",
    ]


class _Records(logging.Handler):
    """Keeps everything that a handler can get out of a record."""

    def __init__(self) -> None:
        super().__init__(logging.DEBUG)
        self.texts: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.texts += [self.format(record), repr(record.__dict__)]


def _quoting(body: Any) -> Any:
    # A server that repeats what it got, as validation errors of many servers do.
    return {"ok": False, "error": f"lead lin@prospect.example is invalid, key {KEY}", "echo": body}


_FAULTS = st.sampled_from(
    [
        Fault.status_before(400, _quoting(None)),
        Fault.status_before(422, _quoting(None), x_echo=f"lin@prospect.example {KEY}"),
        Fault.status_after(500, f"<p>lin@prospect.example {KEY}</p>"),
        Fault.status_after(
            302, "", location=f"https://login.example/?api_key={KEY}&email=lin@prospect.example"
        ),
        Fault.edited(_quoting),
        Fault.rate_limited(2),
        Fault.lost_after(),
        Fault.truncated(),
    ]
)


@settings(max_examples=25)
@given(st.lists(_FAULTS, max_size=6), st.integers(0, 2**16))
def test_no_event_and_no_log_record_has_the_key_or_an_address(faults: list[Fault], seed: int) -> None:
    """In the name of a campaign, in leads, in queries, in responses and in their headers."""
    seen: list[Event] = []
    fake = seeded_fake(api_key=KEY, faults=Faults(0.1, seed=seed))
    for fault in faults:
        fake.fail_next(fault)
    plan = [
        attrs.evolve(
            spec, name=f"Welcome lin@prospect.example {n}", leads=[LeadInput("lin@prospect.example")]
        )
        for n, spec in enumerate(campaigns(2))
    ]
    handler, log = _Records(), logging.getLogger("smartlead_async")
    log.addHandler(handler)
    level, log.level = log.level, logging.DEBUG
    log.manager._clear_cache()  # type: ignore[attr-defined]
    try:
        run(_use(fake, plan, seen))
    finally:
        log.removeHandler(handler)
        log.setLevel(level)
    assert len(seen) > 10
    assert handler.texts
    for text in [*map(str, seen), *map(repr, seen), *handler.texts]:
        assert KEY not in text
        assert "prospect.example" not in text, text


async def _use(fake: FakeSmartlead, plan: list[CampaignSpec], seen: list[Event]) -> None:
    client = client_on(fake, seen)
    for request in (
        client.leads.get_by_email("lin@prospect.example"),
        client.block_list.add(["lin@prospect.example"]),
        client.campaigns.create(f"Welcome lin@prospect.example {KEY}"),
    ):
        with contextlib.suppress(SmartleadError):
            await request
    with contextlib.suppress(SmartleadError):
        await client.provision(plan, reconcile=CHECKS, deadline=3600)
