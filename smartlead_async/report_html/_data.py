"""What a page is made of: the report's JSON, read back into the records it came from."""

from __future__ import annotations

import datetime as dt
import json
import shlex
from collections.abc import Mapping
from typing import Any, Final, Self

import attrs

from ..errors import SmartleadError
from ..limits import RateLimits
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
from ..provisioning.report.report import FORMAT, Report, Traffic, without_addresses, without_leads
from ..provisioning.report.timeline import Timeline

LONGEST_VALUE: Final = 300
"""Signs of a value that differs from the plan: the body of a mail can be long."""


class UnreadableReport(SmartleadError):
    """Not the JSON of a report, or of a format that this version does not know."""


@attrs.frozen(kw_only=True)
class ServerCheck:
    """What stands on the server after a simulated job, where all of it can be seen."""

    duplicates: int = 0
    lost: int = 0
    leads_missing: int = 0
    restarts: int = 0
    faults: int = 0
    orphans: int = 0
    """Empty drafts that belong to nobody."""


@attrs.frozen(kw_only=True)
class ReportData:
    """All that the page shows. Made by :meth:`from_json` or :meth:`of`; then handed to ``render_html``.

    Instants are unix time. ``command`` is what tries the failed campaigns again, for a shell; ``server`` is
    there for simulated jobs only. Example::

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
    leads: LeadTally = attrs.field(factory=LeadTally)
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
    """Why the last look for orphans came to nothing."""
    differences: tuple[Difference, ...] | None = None
    """What the server has otherwise than the plan, as text; None when nobody compared them."""

    @classmethod
    async def of(cls, report: Report, **more: Any) -> Self:
        """From a finished job's report. ``more`` are fields of this class that a report does not know."""
        return attrs.evolve(cls.from_json(await report.as_json()), **more)

    @classmethod
    def from_json(cls, given: Mapping[str, Any], **more: Any) -> Self:
        """From what :meth:`Report.as_json` gave, with or without what the command line adds to it.

        Raises :class:`UnreadableReport`.
        """
        if not isinstance(given, Mapping) or "format" not in given:
            raise UnreadableReport("this is not the JSON of a provisioning report")
        if given["format"] != FORMAT:
            raise UnreadableReport(
                f"the report has format {given['format']!r}, this version reads {FORMAT}: "
                "use the version of smartlead-async that wrote it, or a newer one"
            )
        try:
            return attrs.evolve(cls._read(given), **more)
        except (KeyError, ValueError, TypeError, AttributeError) as problem:
            raise UnreadableReport(f"the report is damaged: {type(problem).__name__} {problem}") from None

    @classmethod
    def _read(cls, given: Mapping[str, Any]) -> Self:
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
            error=given.get("error"),
            leads=LeadTally(**given["leads"]),
            traffic=_traffic(given),
            orphans=tuple(Orphan(**orphan) for orphan in given["orphans"]),
            campaigns=tuple(_campaign(campaign) for campaign in given["details"]),
            plan=given.get("plan"),
            ledger=given.get("ledger"),
            target=given.get("target"),
            tier=given.get("tier"),
            command=given.get("command") or _command(given),
            server=None if server is None else _server(server, given.get("orphans_left", 0)),
            sweep_error=given.get("sweep_error"),
            differences=None
            if given.get("differences") is None
            else tuple(_difference(each) for each in given["differences"]),
        )

    @property
    def running(self) -> int:
        """Campaigns that were begun and have come to no end."""
        return sum(campaign.state is CampaignState.RUNNING for campaign in self.campaigns)

    @property
    def total(self) -> int:
        """All campaigns of the plan, as far as they are known."""
        return max(self.planned or 0, len(self.campaigns), self.done + self.failed)

    @property
    def adopted(self) -> tuple[CampaignRecord, ...]:
        """Campaigns whose create lost its answer, and that were found again."""
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
    )
    traffic.by_operation.update(requests["by_operation"])
    return traffic


def _campaign(given: Mapping[str, Any]) -> CampaignRecord:
    failed_step = None if given["failed_step"] is None else Step(given["failed_step"])
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
        error=without_leads(given["error"], failed_step),
        updated_at=_unix(given.get("updated_at")) or 0.0,
    )


def _step(given: Mapping[str, Any]) -> StepRecord:
    step = Step(given["step"])
    return StepRecord(
        step,
        StepState(given["state"]),
        sent_at=_unix(given["sent_at"]) or 0.0,
        ended_at=_unix(given["ended_at"]),
        requests=given["requests"],
        error=without_leads(given["error"], step),
    )


def _difference(given: Mapping[str, Any]) -> Difference:
    return Difference(
        given["key"], given["campaign_id"], given["path"], _value(given["planned"]), _value(given["found"])
    )


def _value(given: Any) -> str:
    """A value in a line; some are about leads, whose addresses stay out of reports."""
    text = given if isinstance(given, str) else json.dumps(given, ensure_ascii=False)
    text = without_addresses(text)
    return text if len(text) <= LONGEST_VALUE else f"{text[:LONGEST_VALUE]}…"


def _server(given: Mapping[str, Any], orphans: int) -> ServerCheck:
    known = {field.name for field in attrs.fields(ServerCheck)}
    return ServerCheck(**{"orphans": orphans} | {name: n for name, n in given.items() if name in known})


def _command(given: Mapping[str, Any]) -> str | None:
    """The command line that carries on with the same ledger; None when that is not known."""
    plan, ledger = given.get("plan"), given.get("ledger")
    if plan is None or ledger is None:
        return None
    words = ["smartlead-async", "provision", _argument(plan)]
    for option in ("target", "tier"):
        if given.get(option) is not None:
            words += [f"--{option}", str(given[option])]
    return shlex.join([*words, "--ledger", _argument(ledger)])


def _argument(path: str) -> str:
    """A path that is not taken for an option."""
    return f"./{path}" if path.startswith("-") else path


def _unix(instant: str | None) -> float | None:
    return None if instant is None else dt.datetime.fromisoformat(instant).timestamp()
