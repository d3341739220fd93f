"""The report of a job: counts while it runs, and the result when it has ended."""

from __future__ import annotations

import asyncio
import enum
from collections import Counter
from collections.abc import AsyncIterator, Iterable
from typing import Any

import attrs

from ...errors import NotSent
from ...html_table import html_table
from ...limits import RateLimits
from ...pipeline.events import Attempt
from ...pipeline.rate_limiter import RateLimiter
from ...redaction import redacted
from ...wording import timestamp
from ..ledger.protocol import Ledger
from ..ledger.records import CampaignRecord, CampaignState, LeadTally, Orphan, StepRecord
from .timeline import Timeline

FORMAT = 1
"""The format number of the JSON. It changes if a key is removed or changes its meaning, not for new keys."""


@attrs.define
class Traffic:
    """The requests of a job: counts by operation, retries, failures and time spent."""

    by_operation: Counter[str] = attrs.field(factory=Counter)
    retries: int = 0
    rate_limited: int = 0
    unanswered: int = 0
    waited: float = 0.0
    """Seconds spent waiting for the rate limit, summed over all requests."""
    on_the_wire: float = 0.0
    limits: RateLimits = RateLimits.UNLIMITED
    """The rate limits that applied."""
    began: float | None = None
    """The loop time at which the timeline starts."""
    timeline: Timeline = attrs.field(factory=Timeline)
    earlier: Timeline = attrs.field(factory=Timeline)
    """Requests of earlier runs that still counted against the limits, by the seconds before this run."""

    def recall(self, ages: Iterable[float]) -> None:
        """Count requests that earlier runs sent so many seconds ago."""
        for age in ages:
            self.earlier.note(sent_at=age, waited=0.0, took=0.0)

    def note(self, attempt: Attempt) -> None:
        """Count an attempt that has just ended."""
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
        """Add a later run of the same job on the same clock, as a restarted simulation does."""
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
        """The number of requests that were sent."""
        return self.by_operation.total()


@attrs.frozen(kw_only=True)
class Progress:
    """The progress of a job. Times are in seconds; unknown values are None."""

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
    """Seconds since the service went down; None while it is up."""
    outage: str | None = None
    """The reason for which it is down."""

    @property
    def rate(self) -> float:
        """Requests per minute since the job began."""
        return self.requests / self.elapsed * 60 if self.elapsed > 0 else 0.0


@attrs.define(repr=False)
class Report:
    """The result of a job. ``campaigns()`` yields the record of every campaign; numbers are of this run.

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
    removed: int = 0
    """Campaigns that the plan no longer has and that were deleted."""
    leads: LeadTally = attrs.field(factory=LeadTally)
    orphans: tuple[Orphan, ...] = ()
    sweep_error: str | None = None
    """The reason for which the search for orphans failed, if it did; the next run repeats it."""
    interrupted: bool = False
    deadline_passed: bool = False
    outage: str | None = None
    """The reason for which the service was down when the job ended; None if it was up."""
    _began: float = 0.0
    _ended: float | None = None

    def __repr__(self) -> str:
        counts = f"{self.done:,} done, {self.failed:,} failed, {self.requests:,} requests"
        return f"<Report {self._state}: {counts}, {len(self.orphans):,} orphans>"

    def _repr_html_(self) -> str:
        numbers = {
            "Done": self.done,
            "Failed": self.failed,
            "Finished before": self.finished_before,
            "Removed": self.removed,
            "Leads imported": self.leads.added,
            "Leads left out": self.leads.skipped,
            "Requests": self.requests,
            "Orphans": len(self.orphans),
        }
        always = ("Done", "Failed", "Requests")
        rows = [(name, f"{number:,}") for name, number in numbers.items() if number or name in always]
        return html_table(f"Report of a job: {self._state}", rows)

    @property
    def _state(self) -> str:
        return "interrupted" if self.interrupted else "running" if self._ended is None else "ended"

    @property
    def requests(self) -> int:
        """The number of requests sent by this run."""
        return self.traffic.total

    @property
    def succeeded(self) -> bool:
        """Whether every campaign was completed and no orphan is left."""
        clean = self.sweep_error is None and all(orphan.pruned for orphan in self.orphans)
        return clean and not self.failed and not self.interrupted

    def campaigns(self, *states: CampaignState) -> AsyncIterator[CampaignRecord]:
        """Iterate over the records of the campaigns, in the order in which they began."""
        return self.ledger.records(*states)

    async def to_dicts(self, *states: CampaignState) -> list[dict[str, Any]]:
        """Return a dict for each campaign, as data frames take them, with the values of :meth:`as_json`.

        The leads are counted in columns such as ``leads.added``. No request. Example::

            frame = pandas.DataFrame(await report.to_dicts(CampaignState.FAILED))
        """
        return [_row(record) async for record in self.campaigns(*states)]

    def elapsed(self, now: float) -> float:
        """Return the seconds of loop time since the job began, or between its start and its end."""
        return (now if self._ended is None else self._ended) - self._began

    # --- updates by the job --------------------------------------------------------------------------

    def start(self, unix: float, now: float) -> None:
        """Record the start of the job, in Unix time and in loop time."""
        self.began_at, self._began = unix, now
        self.traffic.began = now

    def finish(self, unix: float, now: float, *, interrupted: bool) -> None:
        """Record the end of the job, in Unix time and in loop time."""
        self.ended_at, self._ended, self.interrupted = unix, now, interrupted
        self.traffic.timeline.cover(self.elapsed(now))

    def count(self, record: CampaignRecord) -> None:
        """Count a campaign that has ended."""
        self.done += record.state is CampaignState.DONE
        self.failed += record.state is CampaignState.FAILED
        self.leads += record.leads

    def count_operation(self, record: CampaignRecord) -> None:
        """Count a campaign that was to be paused or resumed, whatever its state is."""
        self.done += record.error is None
        self.failed += record.error is not None

    def count_removed(self, record: CampaignRecord) -> None:
        """Count a campaign that was to be deleted."""
        is_failed = record.state is CampaignState.FAILED
        self.removed += not is_failed
        self.failed += is_failed

    def count_finished_before(self, leads: LeadTally) -> None:
        """Count a campaign that an earlier run had finished."""
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
        limiter: RateLimiter,
        down_since: float | None,
        outage: str | None = None,
    ) -> Progress:
        """Return a snapshot of the progress."""
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
            outage=outage,
        )

    def _time_left(self, left: int, elapsed: float, limiter: RateLimiter) -> float:
        """Estimate the time left from the rate limits, and from the pace so far unless they slow the job."""
        windows = limiter.limits.shortest_time(self.requests + left) - elapsed
        if limiter.waiting or not self.requests:
            return max(windows, 0.0)
        return max(windows, left * elapsed / self.requests, 0.0)

    # --- as JSON -------------------------------------------------------------------------------------

    async def as_json(self, campaigns: AsyncIterator[CampaignRecord] | None = None) -> dict[str, Any]:
        """Return the whole report for a JSON file; ``docs/reports.md`` describes it.

        Its ``details`` are those of all campaigns on the ledger, or of the given ones.
        It contains no API key and no lead: every e-mail address in an error is redacted.
        """
        return {
            "format": FORMAT,
            "began_at": timestamp(self.began_at, milliseconds=True),
            "ended_at": timestamp(self.ended_at, milliseconds=True),
            "elapsed_seconds": None if self._ended is None else round(self.elapsed(self._ended), 3),
            "interrupted": self.interrupted,
            "deadline_passed": self.deadline_passed,
            "outage": redacted(self.outage),
            "campaigns": {
                "done": self.done,
                "failed": self.failed,
                "finished_before": self.finished_before,
                "removed": self.removed,
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
            "sent_before": {
                "slice_seconds": self.traffic.earlier.slice_seconds,
                "sent": self.traffic.earlier.sent,
            },
            "orphans": [attrs.asdict(orphan) for orphan in self.orphans],
            "sweep_error": redacted(self.sweep_error),
            "details": [_campaign(record) async for record in campaigns or self.campaigns()],
        }


def _campaign(record: CampaignRecord) -> dict[str, Any]:
    return {
        "key": record.key,
        "name": record.name,
        "client_id": record.client_id,
        "campaign_id": record.campaign_id,
        "state": record.state,
        "error": redacted(record.error),
        "failed_step": record.failed_step,
        "requests": record.requests,
        "creates": record.creates,
        "adopted": record.adopted,
        "copy_of": record.copy_of,
        "updated_at": timestamp(record.updated_at, milliseconds=True),
        "leads": attrs.asdict(record.leads),
        "steps": [_step(step) for step in record.steps],
    }


def _row(record: CampaignRecord) -> dict[str, Any]:
    """Return a record without its steps, with enums as strings and a column for each count of leads."""
    values = _campaign(record)
    del values["steps"]
    leads = values.pop("leads")
    left_out = {f"left_out.{reason}": number for reason, number in leads.pop("left_out").items()}
    plain = {name: str(value) if isinstance(value, enum.Enum) else value for name, value in values.items()}
    return plain | {f"leads.{name}": number for name, number in (leads | left_out).items()}


def _step(step: StepRecord) -> dict[str, Any]:
    return {
        "step": step.step,
        "state": step.state,
        "sent_at": timestamp(step.sent_at, milliseconds=True),
        "ended_at": timestamp(step.ended_at, milliseconds=True),
        "requests": step.requests,
        "error": redacted(step.error),
    }
