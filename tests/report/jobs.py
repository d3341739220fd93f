"""Reports for the tests: of a job that ran in virtual time, and of jobs that were made up."""

from __future__ import annotations

import asyncio
import functools
import random
from typing import Any

import attrs

from smartlead_async import FakeSmartlead, RateLimits, SmartleadClient, virtual_time
from smartlead_async.api.leads.models import LeadInput
from smartlead_async.fake.faults import Faults
from smartlead_async.plan.campaign import CampaignSpec
from smartlead_async.plan.mailboxes import MailboxChoice
from smartlead_async.plan.schedule import ScheduleSpec
from smartlead_async.plan.sequence import StepSpec
from smartlead_async.provisioning.job.job import Job
from smartlead_async.provisioning.job.options import JobOptions
from smartlead_async.provisioning.ledger.memory import MemoryLedger
from smartlead_async.provisioning.report.report import Report, Traffic
from smartlead_async.report_html import ReportData

KEY = "sk-0123456789-never-shown"

HOSTILE = (
    "</script><script>document.title = 'owned'</script>",
    "<img src=https://evil.example/x.png onerror=\"document.title = 'owned'\">",
    "Ends with a quote \" ' and &amp; <!-- <script>",
    "\u202eright to left\u202c and שלום עולם",
    "🚀 rockets, 東京 and Ünïcode",
    "{{ 7 * 7 }} {% raw %}",
    "half a pair \ud83d here",
    "line\u2028separator\nand a line feed",
)


def specs(number: int, *, failing_every: int = 0) -> list[CampaignSpec]:
    """Return campaigns with three leads each; every ``failing_every``-th has mailboxes that do not exist."""
    return [
        CampaignSpec(
            f"Bakeries in town {place}",
            key=f"row-{place}",
            steps=(StepSpec("Hi", "<p>Hello</p>"),),
            mailboxes=MailboxChoice(
                tag="Nowhere" if failing_every and place % failing_every == 1 else "North"
            ),
            schedule=ScheduleSpec("Europe/Berlin"),
            leads=[LeadInput(f"lead-{place}-{n}@prospect.example") for n in range(3)],
            start=True,
        )
        for place in range(number)
    ]


def run_job(
    plan: list[CampaignSpec],
    *,
    limits: RateLimits = RateLimits.STANDARD,
    faults: float = 0.0,
    seed: int = 3,
) -> dict[str, Any]:
    """Run a job against the fake and return its JSON, with the keys that the command line adds."""

    async def job() -> dict[str, Any]:
        fake = FakeSmartlead(limits=limits, api_key=KEY)
        fake.add_email_account("ada@sender.example", tags=("North",))
        fake.faults = Faults(faults, seed=seed) if faults else None
        async with SmartleadClient(KEY, transport=fake.transport(0.3), limits=limits) as client:
            client._pipeline._rng = random.Random(seed)
            job = Job(client, plan, JobOptions(ledger=MemoryLedger()), wall_clock=fake.clock.wall)
            report = await job.run()
            return await report.as_json()

    cli = {"plan": "spring plan.yaml", "ledger": "spring plan.ledger", "target": "live", "tier": "standard"}
    return {**cli, "planned": len(plan), **virtual_time.run(job())}


PAUSE = 600.0
"""Seconds between the two runs of a stopped job."""


@functools.cache
def stopped_and_resumed() -> tuple[ReportData, ReportData]:
    """Return the data of a job that was stopped after five minutes, and of its second run."""
    plan, ledger, limits = specs(200, failing_every=9), MemoryLedger(), RateLimits.STANDARD

    async def run(fake: FakeSmartlead, deadline: float | None) -> ReportData:
        wall_clock = fake.clock.wall
        async with SmartleadClient(
            KEY, transport=fake.transport(0.3), limits=limits, wall_clock=wall_clock
        ) as client:
            job = Job(client, plan, JobOptions(ledger=ledger, deadline=deadline), wall_clock=wall_clock)
            return await ReportData.of(await job.run(), planned=len(plan))

    async def runs() -> tuple[ReportData, ReportData]:
        fake = FakeSmartlead(limits=limits, api_key=KEY)
        fake.add_email_account("ada@sender.example", tags=("North",))
        first = await run(fake, 300)
        await asyncio.sleep(PAUSE)
        return first, await run(fake, None)

    return virtual_time.run(runs())


def written_down(number: int) -> dict[str, Any]:
    """Return the JSON of a made-up job: every tenth campaign failed, every twentieth was adopted."""
    details = [_written_down(place) for place in range(number)]
    failed = sum(each["state"] == "failed" for each in details)
    return {
        "format": 1,
        "began_at": _at(0),
        "ended_at": _at(number * 3.6),
        "elapsed_seconds": number * 3.6,
        "interrupted": False,
        "deadline_passed": False,
        "campaigns": {"done": number - failed, "failed": failed, "finished_before": 0},
        "leads": {"sent": number * 40, "added": number * 39, "already_there": number, "skipped": 0},
        "requests": {
            "total": number * 7,
            "by_operation": {"CreateCampaign": number, "AddLeads": number * 6},
            "retries": 5,
            "rate_limited": 0,
            "unanswered": 5,
            "waited_seconds": number * 7.0,
        },
        "orphans": [],
        "details": details,
    }


def _written_down(place: int) -> dict[str, Any]:
    failed = place % 10 == 9
    names = ("create", "sequences", "mailboxes", "leads", "schedule", "settings", "start")
    steps = [
        {
            "step": name,
            "state": "failed" if failed and name == "start" else "done",
            "sent_at": _at(place * 3.6 + at * 0.5),
            "ended_at": _at(place * 3.6 + at * 0.5 + 0.4),
            "requests": 1,
            "error": f"400: campaign {place} is not ready" if failed and name == "start" else None,
        }
        for at, name in enumerate(names)
    ]
    return {
        "key": f"row-{place}",
        "name": f"Campaign {place}",
        "client_id": None,
        "campaign_id": 10_000 + place,
        "state": "failed" if failed else "done",
        "error": f"400: campaign {place} is not ready" if failed else None,
        "failed_step": "start" if failed else None,
        "requests": 7,
        "creates": 1,
        "adopted": place % 20 == 0,
        "leads": {"sent": 40, "added": 39, "already_there": 1, "skipped": 0},
        "steps": steps,
    }


def _at(seconds: float) -> str:
    minutes, rest = divmod(seconds, 60)
    hours, minutes = divmod(int(minutes), 60)
    days, hours = divmod(hours, 24)
    return f"2027-01-{4 + days:02}T{hours:02}:{minutes:02}:{rest:06.3f}+00:00"


def empty() -> dict[str, Any]:
    """Return the JSON of a job that has not begun."""

    async def job() -> dict[str, Any]:
        report = Report(ledger=MemoryLedger(), traffic=Traffic())
        return await report.as_json()

    return virtual_time.run(job())


def hostile() -> ReportData:
    """Return the data of a job whose names, errors and plan come from an attacker."""
    data = ReportData.from_json(run_job(specs(len(HOSTILE), failing_every=2)))
    campaigns = tuple(
        attrs.evolve(campaign, name=name, key=f"key {name}", error=campaign.error and f"server said {name}")
        for campaign, name in zip(data.campaigns, HOSTILE, strict=True)
    )
    return attrs.evolve(
        data, campaigns=campaigns, plan=HOSTILE[0], error=HOSTILE[1], tier=HOSTILE[2], target=HOSTILE[5]
    )
