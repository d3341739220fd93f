"""The workloads that child processes run; each function returns a JSON-serializable result."""

from __future__ import annotations

import asyncio
import datetime as dt
import random
import time
from collections import Counter
from collections.abc import Callable
from functools import partial
from typing import Any, Final, Literal

import attrs
import orjson

from smartlead_async import FakeSmartlead, HttpRequest, HttpResponse, LeadInput, RateLimits, SmartleadClient
from smartlead_async.api.campaigns.read import ListCampaigns
from smartlead_async.fake import Fault, FaultKind, Faults
from smartlead_async.fake.server import running
from smartlead_async.pipeline.classify import read_response
from smartlead_async.pipeline.limiter import Limiter
from smartlead_async.plan.campaign import CampaignSpec
from smartlead_async.plan.mailboxes import MailboxChoice
from smartlead_async.plan.schedule import ScheduleSpec
from smartlead_async.plan.sequence import StepSpec
from smartlead_async.plan.settings import SettingsSpec
from smartlead_async.provisioning.job.options import ReconcilePolicy
from smartlead_async.virtual_time import run as run_virtually

from .clients import contender
from .clients.this_sdk import LIMITS
from .loopback import CREATED
from .measurement import Cost, Stopwatch, in_turns

Listening = Literal["nobody", "a function", "opentelemetry"]
"""Listeners to the events of a client."""


def full_set_ups(number: int) -> list[CampaignSpec]:
    """Return campaigns of seven requests each, identical except for name and leads."""
    return [
        CampaignSpec(
            f"SaaS founders Q1 2027 – demo invite {n}",
            steps=(
                StepSpec("Hello {{first_name}}", "<p>Hello</p>"),
                StepSpec(body="<p>Well?</p>", delay_days=3),
            ),
            mailboxes=MailboxChoice(ids=(501,)),
            leads=[LeadInput(f"lead{i}@c{n}.example", first_name="Zoë") for i in range(3)],
            schedule=ScheduleSpec("Europe/Berlin"),
            settings=SettingsSpec(follow_up_percentage=60),
            start=True,
        )
        for n in range(number)
    ]


def in_memory(number: int, concurrency: int) -> dict[str, Any]:
    """Create campaigns through the pipeline and the fake, without sockets; return creates per CPU second."""

    async def main() -> float:
        fake = FakeSmartlead(log_size=0)
        client = SmartleadClient(
            "test-key", transport=fake.transport(), limits=LIMITS, max_in_flight=concurrency
        )
        await client.campaigns.create("warm")

        async def work() -> None:
            for _ in range(number // concurrency):
                await client.campaigns.create("SaaS founders Q1 2027")

        began = time.process_time()
        await asyncio.gather(*(work() for _ in range(concurrency)))
        return time.process_time() - began

    return {"per_second": number // concurrency * concurrency / asyncio.run(main())}


class _InstantTransport:
    """A transport that responds to every create immediately."""

    def __init__(self) -> None:
        headers = {"x-ratelimit-limit": "1000000", "x-ratelimit-remaining": "999999"}
        self._response = HttpResponse(200, headers, CREATED % 4101)

    async def send(self, _: HttpRequest, /) -> HttpResponse:
        return self._response

    async def aclose(self) -> None: ...


def _ignore(_event: object) -> None: ...


def _listener(kind: Listening) -> Callable[[Any], None] | None:
    if kind == "opentelemetry":
        from opentelemetry.sdk.trace import TracerProvider

        from smartlead_async.integrations.opentelemetry import OpenTelemetryListener

        return OpenTelemetryListener(tracer_provider=TracerProvider())
    return None if kind == "nobody" else _ignore


def pipeline(number: int, listening: Listening = "nobody") -> dict[str, Any]:
    """Create campaigns one by one over an instant transport; return CPU seconds per create."""

    async def main() -> float:
        client = SmartleadClient(
            "test-key", transport=_InstantTransport(), limits=LIMITS, listener=_listener(listening)
        )
        await client.campaigns.create("warm")
        with Stopwatch() as watch:
            for _ in range(number):
                await client.campaigns.create("SaaS founders Q1 2027")
        return watch.cost.each(number).cpu

    return {"cpu_seconds": asyncio.run(main())}


def decode(number: int, rounds: int) -> dict[str, Any]:
    """Decode a list of campaigns with each decoder in turn; return the costs of all rounds."""
    body = _campaigns(number)
    contenders = {name: partial(_decode_once, make(), body) for name, make in _DECODERS.items()}
    for decode_once in contenders.values():
        decode_once()
    costs = in_turns(contenders, rounds)
    return {name: [attrs.asdict(cost) for cost in measured] for name, measured in costs.items()}


def decode_by(name: str, number: int) -> int:
    """Decode a list of campaigns once with one decoder, after a warm-up, for counting instructions."""
    read = _DECODERS[name]()
    read(_campaigns(1))
    return len(read(_campaigns(number)))


def _decode_once(read: Callable[[bytes], list[Any]], body: bytes) -> Cost:
    # The stopwatch collects garbage first, so that no decoder pays for objects of another.
    with Stopwatch() as watch:
        kept = read(body)
    assert kept
    return watch.cost


def _our_decoder() -> Callable[[bytes], list[Any]]:
    return lambda body: read_response(ListCampaigns.operation, 200, {}, body, redact=str)


def _pydantic_decoder() -> Callable[[bytes], list[Any]]:
    import pydantic

    class Schedule(pydantic.BaseModel):
        tz: str | None = None
        days: list[int] = []
        startHour: str | None = None  # noqa: N815 - the JSON name
        endHour: str | None = None  # noqa: N815

    class Campaign(pydantic.BaseModel):
        id: int
        name: str
        status: str
        user_id: int | None = None
        created_at: dt.datetime | None = None
        updated_at: dt.datetime | None = None
        track_settings: list[str] = []
        scheduler_cron_value: Schedule | None = None
        min_time_btwn_emails: int | None = None
        max_leads_per_day: int | None = None
        stop_lead_settings: str | None = None
        schedule_start_time: dt.datetime | None = None
        enable_ai_esp_matching: bool | None = None
        send_as_plain_text: bool | None = None
        follow_up_percentage: int | None = None
        unsubscribe_text: str | None = None
        parent_campaign_id: int | None = None
        client_id: int | None = None

    return pydantic.TypeAdapter(list[Campaign]).validate_json


_DECODERS: dict[str, Callable[[], Callable[[bytes], list[Any]]]] = {
    "ours": _our_decoder,
    "pydantic": _pydantic_decoder,
    "orjson": lambda: orjson.loads,
}


def _campaigns(number: int) -> bytes:
    """Return a response body of Get Campaigns, assembled from one encoded campaign at little cost."""
    one = orjson.dumps(_CAMPAIGN)
    return b"[" + b",".join([one.replace(b"4101", b"%d" % (4101 + n)) for n in range(number)]) + b"]"


_CAMPAIGN: Final = {
    "id": 4101,
    "user_id": 77,
    "created_at": "2026-03-02T09:00:00.000Z",
    "updated_at": "2026-03-03T09:30:00.000Z",
    "status": "ACTIVE",
    "name": "SaaS founders Q1 2027 – 4101",
    "track_settings": ["DONT_EMAIL_OPEN"],
    "scheduler_cron_value": {
        "tz": "Europe/Berlin",
        "days": [1, 2, 3, 4, 5],
        "startHour": "09:00",
        "endHour": "17:00",
    },
    "min_time_btwn_emails": 15,
    "max_leads_per_day": 40,
    "stop_lead_settings": "REPLY_TO_AN_EMAIL",
    "schedule_start_time": None,
    "enable_ai_esp_matching": False,
    "send_as_plain_text": False,
    "follow_up_percentage": 100,
    "unsubscribe_text": None,
    "parent_campaign_id": None,
    "client_id": None,
}


def limiter(free: int, waiters: int) -> dict[str, Any]:
    """Measure the CPU time per permit, free and with a queue, window utilization and violations."""

    limits = RateLimits.of((100, 1.0), (3000, 60.0))

    async def unhindered() -> float:
        # As many in flight at once as in a busy client; then all permits are refunded.
        in_flight, spent = 50, 0.0
        limiter = Limiter(LIMITS, max_in_flight=in_flight)
        for _ in range(free // in_flight):
            began = time.process_time()
            permits = [await limiter.acquire() for _ in range(in_flight)]
            spent += time.process_time() - began
            for permit in permits:
                limiter.refund(permit)
        return spent / free

    async def yield_once() -> None:
        await asyncio.sleep(0)

    async def queued() -> tuple[float, list[float]]:
        limiter, sent = Limiter(limits, max_in_flight=waiters), list[float]()

        async def one() -> None:
            permit = await limiter.acquire()
            sent.append(permit.taken_at)
            limiter.release(permit)

        began = time.process_time()
        await asyncio.gather(*(yield_once() for _ in range(waiters)))
        tasks_alone = time.process_time() - began
        began = time.process_time()
        await asyncio.gather(*(one() for _ in range(waiters)))
        return (time.process_time() - began - tasks_alone) / waiters, sent

    spent, sent = run_virtually(queued())
    violations = sum(
        later - earlier < window.period - 1e-9
        for window in limits.windows
        for earlier, later in zip(sent, sent[window.limit :], strict=False)
    )
    ideal = limits.shortest_time(waiters)
    return {
        "free_us": asyncio.run(unhindered()) * 1e6,
        "waiter_us": spent * 1e6,
        "used": ideal / sent[-1],
        "violations": violations,
    }


def makespan(tier: str, counting: Literal["sliding", "fixed", "token"], number: int) -> dict[str, Any]:
    """Run a job on virtual time with responses after 0.3 s; return duration over lower bound, and 429s."""
    limits = RateLimits.parse(tier)
    result = run_virtually(_timed_job(number, limits=limits, counting=counting))
    return {
        "ratio": result["seconds"] / limits.shortest_time(int(result["requests"])),
        "throttled": result["throttled"],
    }


def faulty_makespan(fault: Literal["refused", "lost"], tier: str, number: int) -> dict[str, Any]:
    """Run a job in which 10 % of the creates are refused with a 503 or their responses are lost.

    Returns its duration over that of the job without faults, and the duplicates on the server.
    """
    limits = RateLimits.parse(tier)
    kind = {"refused": Fault.status_before(503), "lost": Fault.lost_after()}[fault]
    undisturbed, disturbed = (
        run_virtually(_timed_job(number, limits=limits, fault=fault)) for fault in (None, kind)
    )
    return {
        "ratio": disturbed["seconds"] / undisturbed["seconds"],
        "duplicates": disturbed["campaigns"] - number,
        "faults": disturbed["faults"],
    }


async def _timed_job(
    number: int,
    *,
    limits: RateLimits,
    counting: Literal["sliding", "fixed", "token"] = "sliding",
    fault: Fault | None = None,
) -> dict[str, int | float]:
    fake = FakeSmartlead(limits=limits, counting=counting, log_size=0)
    fake.add_email_account("ada@sender.example")
    if fault is not None:
        rng = random.Random(1)
        fake.script(lambda name: name == "CreateCampaign" and rng.random() < 0.1, fault, times=None)
    client = SmartleadClient(
        "test-key", transport=fake.transport(latency=0.3), limits=limits, wall_clock=fake.clock.wall
    )
    report = await client.provision(full_set_ups(number))
    if report.done != number:
        raise RuntimeError(f"{report.done} of {number} campaigns done")
    return {
        "seconds": asyncio.get_running_loop().time(),
        "requests": report.requests,
        "throttled": fake.throttled,
        "campaigns": len(fake.campaigns),
        "faults": sum(fake.requests.by_fault.values()),
    }


def requests(strategy: Literal["full", "clone"], number: int) -> dict[str, Any]:
    """Run a job of identical campaigns; return the requests per campaign."""

    async def main() -> float:
        fake = FakeSmartlead(log_size=0)
        fake.add_email_account("ada@sender.example")
        client = SmartleadClient("test-key", transport=fake.transport(), limits=RateLimits.UNLIMITED)
        report = await client.provision(full_set_ups(number), strategy=strategy)
        return report.requests / number

    return {"each": asyncio.run(main())}


def faults(name: str, number: int, seed: int, adapter: str | None = None) -> dict[str, Any]:
    """Create campaigns over HTTP with a tenth of the responses lost after the commit; count duplicates."""

    async def main() -> dict[str, Any]:
        fake = FakeSmartlead(
            log_size=0,
            faults=Faults(0.1, kinds={FaultKind.LOST_AFTER: 1.0}, seed=seed),
            strict_user_agent=False,
        )
        names = [f"SaaS founders Q1 2027 {n}" for n in range(number)]
        async with running(fake) as url, asyncio.timeout(120):
            failed = await (_ours(url, names) if name == "ours" else _theirs(name, adapter, url, names))
        created = Counter(campaign.name for campaign in fake.campaigns.values())
        return {
            "duplicates": (created - Counter(names)).total(),
            "missing": (Counter(names) - created).total(),
            "errors": failed,
        }

    return asyncio.run(main())


async def _ours(url: str, names: list[str]) -> int:
    async with SmartleadClient("test-key", base_url=url, limits=RateLimits.UNLIMITED) as client:
        specs = [CampaignSpec(name) for name in names]
        report = await client.provision(specs, concurrency=20, reconcile=ReconcilePolicy((0.2, 0.5)))
    return report.failed


async def _theirs(name: str, adapter: str | None, url: str, names: list[str]) -> int:
    client = contender(name, adapter)(url, "test-key", 20)
    remaining, failed = iter(names), 0

    async def work() -> None:
        nonlocal failed
        for campaign in remaining:
            # The retry loop that is usually written around a call that may fail.
            for _ in range(3):
                try:
                    await client.create(campaign)
                    break
                except Exception:  # noqa: BLE001 - clients raise different errors
                    await asyncio.sleep(0.01)
            else:
                failed += 1

    await asyncio.gather(*(work() for _ in range(20)))
    await client.aclose()
    return failed
