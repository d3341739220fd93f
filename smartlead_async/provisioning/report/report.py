"""What a job has done: counts while it runs, a report when it has ended."""

from __future__ import annotations

import asyncio
import datetime as dt
import re
from collections import Counter
from collections.abc import AsyncIterator
from typing import Any

import attrs

from ...errors import NotSent
from ...limits import RateLimits
from ...pipeline.events import Attempt
from ...pipeline.limiter import Limiter
from ...plan.step import Step
from ..ledger.protocol import Ledger
from ..ledger.records import CampaignRecord, CampaignState, LeadTally, Orphan, StepRecord
from .timeline import Timeline

FORMAT = 1
"""Of the JSON. New keys may come without a new number; a key that goes or changes its meaning brings one."""


_ADDRESS = re.compile(r"[^\s@<>\"'(),;:\[\]]+@[^\s@<>\"'(),;:\[\]]+")


@attrs.define
class Traffic:
    """The requests of a job: how many, of which kind, and what went wrong with them."""

    by_operation: Counter[str] = attrs.field(factory=Counter)
    retries: int = 0
    rate_limited: int = 0
    unanswered: int = 0
    waited: float = 0.0
    """Seconds spent waiting for the rate limit, added up over all requests."""
    on_the_wire: float = 0.0
    limits: RateLimits = RateLimits.UNLIMITED
    """What the requests had to fit in."""
    began: float | None = None
    """The loop time from which the timeline counts."""
    timeline: Timeline = attrs.field(factory=Timeline)

    def note(self, attempt: Attempt) -> None:
        """Count one attempt that has just ended."""
        now = asyncio.get_running_loop().time()
        if self.began is None:
            self.began = now - attempt.took
        self.timeline.note(
            sent_at=now - attempt.took - self.began,
            waited=attempt.waited,
            took=attempt.took,
            not_connected=isinstance(attempt.error, NotSent),
            rate_limited=attempt.status == 429,
            unanswered=attempt.status is None,
        )
        self.by_operation[attempt.operation] += 1
        self.retries += attempt.number > 1
        self.rate_limited += attempt.status == 429
        self.unanswered += attempt.status is None
        self.waited += attempt.waited
        self.on_the_wire += attempt.took

    def take_in(self, later: Traffic) -> None:
        """Add a later run of the same job, on the same clock: a simulation that is restarted does this."""
        self.by_operation += later.by_operation
        self.retries += later.retries
        self.rate_limited += later.rate_limited
        self.unanswered += later.unanswered
        self.waited += later.waited
        self.on_the_wire += later.on_the_wire
        if later.began is not None:
            self.began = later.began if self.began is None else self.began
            self.timeline.take_in(later.timeline, offset=later.began - self.began)

    @property
    def total(self) -> int:
        """All requests that were sent."""
        return self.by_operation.total()


@attrs.frozen(kw_only=True)
class Progress:
    """Where a job is. Times are seconds; what is not known is None."""

    total: int | None
    done: int
    failed: int
    running: int
    requests: int
    requests_left: int | None
    elapsed: float
    time_left: float | None
    waiting: int
    down_for: float | None
    """How long the service has been away, while it is."""

    @property
    def rate(self) -> float:
        """Requests a minute since the job began."""
        return self.requests / self.elapsed * 60 if self.elapsed > 0 else 0.0


@attrs.define
class Report:
    """What a job has done. ``campaigns()`` gives every campaign's record; numbers are of this run.

    Example::

        report = await client.provision(specs)
        print(report.done, report.failed, report.requests)
        async for campaign in report.campaigns(CampaignState.FAILED):
            print(campaign.name, campaign.failed_step, campaign.error)
    """

    ledger: Ledger
    traffic: Traffic
    began_at: float | None = None
    ended_at: float | None = None
    done: int = 0
    failed: int = 0
    finished_before: int = 0
    """Campaigns that an earlier run of the same ledger had finished; they are part of ``done``."""
    leads: LeadTally = attrs.field(factory=LeadTally)
    orphans: tuple[Orphan, ...] = ()
    sweep_error: str | None = None
    """Why the look for what lost creates left behind came to nothing. The next run takes it again."""
    interrupted: bool = False
    deadline_passed: bool = False
    _began: float = 0.0
    _ended: float | None = None

    @property
    def requests(self) -> int:
        """How many requests this run sent."""
        return self.traffic.total

    @property
    def succeeded(self) -> bool:
        """Whether every campaign came to its good end and nothing was left behind."""
        clean = self.sweep_error is None and all(orphan.pruned for orphan in self.orphans)
        return clean and not self.failed and not self.interrupted

    def campaigns(self, *states: CampaignState) -> AsyncIterator[CampaignRecord]:
        """The campaigns' records, in the order in which they began."""
        return self.ledger.records(*states)

    def elapsed(self, now: float) -> float:
        """Seconds of loop time since the job began, or that it took."""
        return (now if self._ended is None else self._ended) - self._began

    # --- what the runner tells it --------------------------------------------------------------------

    def start(self, instant: float, now: float) -> None:
        """The job begins."""
        self.began_at, self._began = instant, now
        self.traffic.began = now

    def finish(self, instant: float, now: float, *, interrupted: bool) -> None:
        """The job has ended."""
        self.ended_at, self._ended, self.interrupted = instant, now, interrupted

    def count(self, record: CampaignRecord) -> None:
        """A campaign has come to its end."""
        self.done += record.state is CampaignState.DONE
        self.failed += record.state is CampaignState.FAILED
        self.leads += record.leads

    def count_finished_before(self, leads: LeadTally) -> None:
        """A campaign needed nothing any more."""
        self.finished_before += 1
        self.done += 1
        self.leads += leads

    def progress(
        self,
        *,
        now: float,
        total: int | None,
        expected_requests: int | None,
        running: int,
        limiter: Limiter,
        down_since: float | None,
    ) -> Progress:
        """A snapshot for people who watch."""
        elapsed = self.elapsed(now)
        left = None if expected_requests is None else max(expected_requests - self.requests, 0)
        return Progress(
            total=total,
            done=self.done,
            failed=self.failed,
            running=running,
            requests=self.requests,
            requests_left=left,
            elapsed=elapsed,
            time_left=None if left is None else self._time_left(left, elapsed, limiter),
            waiting=limiter.waiting,
            down_for=None if down_since is None else now - down_since,
        )

    def _time_left(self, left: int, elapsed: float, limiter: Limiter) -> float:
        """No less than the windows ask for, and no less than the pace so far suggests while they are free."""
        windows = limiter.limits.shortest_time(self.requests + left) - elapsed
        if limiter.waiting or not self.requests:
            return max(windows, 0.0)
        return max(windows, left * elapsed / self.requests, 0.0)

    # --- as JSON -------------------------------------------------------------------------------------

    async def as_json(self) -> dict[str, Any]:
        """The whole report as what goes into a JSON file; ``docs/reports.md`` describes it.

        It holds no key and no lead: addresses in what the server said about leads are blotted out.
        """
        return {
            "format": FORMAT,
            "began_at": _instant(self.began_at),
            "ended_at": _instant(self.ended_at),
            "elapsed_seconds": None if self._ended is None else round(self.elapsed(self._ended), 3),
            "interrupted": self.interrupted,
            "deadline_passed": self.deadline_passed,
            "campaigns": {
                "done": self.done,
                "failed": self.failed,
                "finished_before": self.finished_before,
            },
            "leads": attrs.asdict(self.leads),
            "requests": {
                "total": self.requests,
                "by_operation": dict(self.traffic.by_operation),
                "retries": self.traffic.retries,
                "rate_limited": self.traffic.rate_limited,
                "unanswered": self.traffic.unanswered,
                "waited_seconds": round(self.traffic.waited, 3),
                "on_the_wire_seconds": round(self.traffic.on_the_wire, 3),
            },
            "limits": [
                {"limit": window.limit, "period_seconds": window.period}
                for window in self.traffic.limits.windows
            ],
            "timeline": self.traffic.timeline.as_json(),
            "orphans": [attrs.asdict(orphan) for orphan in self.orphans],
            "sweep_error": self.sweep_error,
            "details": [_campaign(record) async for record in self.campaigns()],
        }


def _campaign(record: CampaignRecord) -> dict[str, Any]:
    return {
        "key": record.key,
        "name": record.name,
        "client_id": record.client_id,
        "campaign_id": record.campaign_id,
        "state": record.state,
        "error": without_leads(record.error, record.failed_step),
        "failed_step": record.failed_step,
        "requests": record.requests,
        "creates": record.creates,
        "adopted": record.adopted,
        "copy_of": record.copy_of,
        "updated_at": _instant(record.updated_at),
        "leads": attrs.asdict(record.leads),
        "steps": [_step(step) for step in record.steps],
    }


def _step(step: StepRecord) -> dict[str, Any]:
    return {
        "step": step.step,
        "state": step.state,
        "sent_at": _instant(step.sent_at),
        "ended_at": _instant(step.ended_at),
        "requests": step.requests,
        "error": without_leads(step.error, step.step),
    }


def without_leads(error: str | None, step: Step | None) -> str | None:
    """What went wrong at a step, with no lead's address in it. Mailboxes may be named: they are ours."""
    if error is None or step is None or step is Step.MAILBOXES:
        return error
    return without_addresses(error)


def without_addresses(text: str) -> str:
    """A text with every e-mail address in it blotted out."""
    return _ADDRESS.sub("(address)", text)


def _instant(value: float | None) -> str | None:
    return (
        None if value is None else dt.datetime.fromtimestamp(value, dt.UTC).isoformat(timespec="milliseconds")
    )
