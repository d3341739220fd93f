"""The content of a page: the JSON of a report, parsed back into its records."""

from __future__ import annotations

import datetime as dt
import json
import shlex
from collections.abc import Mapping
from typing import Any, Final, Self

import attrs

from ..errors import SmartleadError
from ..limits import RateLimits
from ..plan.leads import RowTally
from ..plan.step import Step
from ..provisioning.job.verify import Difference
from ..provisioning.ledger.records import (
    CampaignRecord,
    CampaignState,
    LeadTally,
    Orphan,
    StepRecord,
    StepState,
)
from ..provisioning.report.report import FORMAT, Report, Traffic
from ..provisioning.report.timeline import Timeline
from ..redaction import redacted

MAX_VALUE_LENGTH: Final = 300
"""Characters shown of a value that differs from the plan: the body of a mail can be long."""


class UnreadableReport(SmartleadError):
    """The input is not the JSON of a report, or has a format that this version does not know."""


@attrs.frozen(kw_only=True)
class ServerCheck:
    """The state of the server after a simulated job, the only one that can be inspected as a whole."""

    duplicates: int = 0
    lost: int = 0
    leads_missing: int = 0
    restarts: int = 0
    faults: int = 0
    orphans: int = 0
    """Empty drafts that belong to no campaign of the plan."""


@attrs.frozen(kw_only=True)
class ReportData:
    """The content of the page, created by :meth:`from_json` or :meth:`of` and passed to ``render_html``.

    Times are Unix time. ``command`` is a shell command that retries the failed campaigns; ``server`` is set
    for simulated jobs only. Example::

        data = ReportData.from_json(json.loads(Path("report.json").read_text()))
        write_html(Path("report.html"), data)
    """

    began_at: float | None = None
    ended_at: float | None = None
    elapsed: float = 0.0
    planned: int | None = None
    done: int = 0
    failed: int = 0
    finished_before: int = 0
    not_begun: int = 0
    interrupted: bool = False
    deadline_passed: bool = False
    error: str | None = None
    outage: str | None = None
    """The reason for which the server was down when the job ended."""
    leads: LeadTally = attrs.field(factory=LeadTally)
    rows: RowTally | None = None
    """Counts of the rows of the plan's lead files, read and left out; None if the report does not say."""
    traffic: Traffic = attrs.field(factory=Traffic)
    orphans: tuple[Orphan, ...] = ()
    campaigns: tuple[CampaignRecord, ...] = ()
    plan: str | None = None
    ledger: str | None = None
    target: str | None = None
    tier: str | None = None
    command: str | None = None
    server: ServerCheck | None = None
    sweep_error: str | None = None
    """The reason for which the last search for orphans failed."""
    differences: tuple[Difference, ...] | None = None
    """The differences between server and plan, as strings; None if they were not compared."""
    verify_error: str | None = None
    """The reason for which not all campaigns were compared."""

    @classmethod
    async def of(cls, report: Report, **more: Any) -> Self:
        """Create the data from a finished job's report. ``more`` are fields that a report does not have."""
        return attrs.evolve(cls.from_json(await report.as_json()), **more)

    @classmethod
    def from_json(cls, given: Mapping[str, Any], **more: Any) -> Self:
        """Create the data from the result of :meth:`Report.as_json`, or a report file of the command line.

        Raises :class:`UnreadableReport`.
        """
        if not isinstance(given, Mapping) or "format" not in given:
            raise UnreadableReport("this is not the JSON of a provisioning report")
        if given["format"] != FORMAT:
            raise UnreadableReport(
                f"the report has format {given['format']!r}, this version reads format {FORMAT}: "
                "use the version of smartlead-async that wrote it, or a newer one"
            )
        try:
            return attrs.evolve(cls._parse(given), **more)
        except (KeyError, ValueError, TypeError, AttributeError) as problem:
            raise UnreadableReport(f"the report is damaged: {type(problem).__name__} {problem}") from None

    @classmethod
    def _parse(cls, given: Mapping[str, Any]) -> Self:
        counts, server = given["campaigns"], given.get("server")
        began_at, ended_at = _unix(given["began_at"]), _unix(given["ended_at"])
        elapsed = given.get("elapsed_seconds")
        if elapsed is None:
            elapsed = ended_at - began_at if began_at is not None and ended_at is not None else 0.0
        return cls(
            began_at=began_at,
            ended_at=ended_at,
            elapsed=max(float(elapsed), 0.0),
            planned=given.get("planned"),
            done=counts["done"],
            failed=counts["failed"],
            finished_before=counts["finished_before"],
            not_begun=given.get("not_begun", 0),
            interrupted=given["interrupted"],
            deadline_passed=given["deadline_passed"],
            error=redacted(given.get("error")),
            outage=redacted(given.get("outage")),
            leads=LeadTally(**given["leads"]),
            rows=RowTally(**given["rows"]) if given.get("rows") else None,
            traffic=_traffic(given),
            orphans=tuple(Orphan(**orphan) for orphan in given["orphans"]),
            campaigns=tuple(_campaign(campaign) for campaign in given["details"]),
            plan=given.get("plan"),
            ledger=given.get("ledger"),
            target=given.get("target"),
            tier=given.get("tier"),
            command=given.get("command") or _command(given),
            server=None if server is None else _server(server, given.get("orphans_left", 0)),
            sweep_error=redacted(given.get("sweep_error")),
            verify_error=redacted(given.get("verify_error")),
            differences=None
            if given.get("differences") is None
            else tuple(_difference(each) for each in given["differences"]),
        )

    @property
    def running(self) -> int:
        """The number of campaigns that were begun and not finished."""
        return sum(campaign.state is CampaignState.RUNNING for campaign in self.campaigns)

    @property
    def total(self) -> int:
        """The number of campaigns in the plan, as far as it is known."""
        return max(self.planned or 0, len(self.campaigns), self.done + self.failed)

    @property
    def adopted(self) -> tuple[CampaignRecord, ...]:
        """Campaigns whose create got no response and that were then found on the server."""
        return tuple(campaign for campaign in self.campaigns if campaign.adopted)


def _traffic(given: Mapping[str, Any]) -> Traffic:
    requests = given["requests"]
    traffic = Traffic(
        retries=requests["retries"],
        rate_limited=requests["rate_limited"],
        unanswered=requests["unanswered"],
        waited=requests["waited_seconds"],
        on_the_wire=requests.get("on_the_wire_seconds", 0.0),
        limits=RateLimits.of(*((each["limit"], each["period_seconds"]) for each in given.get("limits", ()))),
        timeline=Timeline.from_json(given["timeline"]) if "timeline" in given else Timeline(),
        earlier=Timeline(**given["sent_before"]) if "sent_before" in given else Timeline(),
    )
    traffic.by_operation.update(requests["by_operation"])
    return traffic


def _campaign(given: Mapping[str, Any]) -> CampaignRecord:
    return CampaignRecord(
        given["key"],
        given["name"],
        given["client_id"],
        state=CampaignState(given["state"]),
        campaign_id=given["campaign_id"],
        creates=given["creates"],
        adopted=given["adopted"],
        copy_of=given.get("copy_of"),
        leads=LeadTally(**given["leads"]),
        steps=tuple(_step(step) for step in given["steps"]),
        error=redacted(given["error"]),
        updated_at=_unix(given.get("updated_at")) or 0.0,
    )


def _step(given: Mapping[str, Any]) -> StepRecord:
    return StepRecord(
        Step(given["step"]),
        StepState(given["state"]),
        sent_at=_unix(given["sent_at"]) or 0.0,
        ended_at=_unix(given["ended_at"]),
        requests=given["requests"],
        error=redacted(given["error"]),
    )


def _difference(given: Mapping[str, Any]) -> Difference:
    return Difference(
        given["key"], given["campaign_id"], given["path"], _value(given["planned"]), _value(given["found"])
    )


def _value(given: Any) -> str:
    """Return a value as a short string without the addresses of leads."""
    string = given if isinstance(given, str) else json.dumps(given, ensure_ascii=False)
    string = str(redacted(string))
    return string if len(string) <= MAX_VALUE_LENGTH else f"{string[:MAX_VALUE_LENGTH]}…"


def _server(given: Mapping[str, Any], orphans: int) -> ServerCheck:
    known = {field.name for field in attrs.fields(ServerCheck)}
    return ServerCheck(**{"orphans": orphans} | {name: n for name, n in given.items() if name in known})


def _command(given: Mapping[str, Any]) -> str | None:
    """Return the command line that resumes the job with the same ledger, if it is known."""
    plan, ledger = given.get("plan"), given.get("ledger")
    if plan is None or ledger is None:
        return None
    words = ["smartlead-async", "provision", _argument(plan)]
    for option in ("target", "tier"):
        if given.get(option) is not None:
            words += [f"--{option}", str(given[option])]
    return shlex.join([*words, "--ledger", _argument(ledger)])


def _argument(path: str) -> str:
    """Return a path such that it is not parsed as an option."""
    return f"./{path}" if path.startswith("-") else path


def _unix(timestamp: str | None) -> float | None:
    return None if timestamp is None else dt.datetime.fromisoformat(timestamp).timestamp()
