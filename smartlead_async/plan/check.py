"""The offline check of a plan: everything that is wrong with it, and the size of the job.

No request is sent. Leads are read as streams; only a 64-bit digest of each address is kept, to find people
who are in two campaigns.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Final

import attrs

from .. import naming
from ..digests import digest64
from ..limits import RateLimits
from ..naming import normal_name
from .addresses import address_digest
from .campaign import CampaignSpec
from .leads import LeadRow, RowTally
from .merge_tags import TagUse
from .plan import Plan, Strategy, load_plan
from .problem import InvalidPlan, Place, Problem, Severity, error, warning
from .request_count import RequestCount
from .tag_check import names_in_liquid, tag_problems, tags_in_spintax, tags_in_subjects, tags_of

_BRACES: Final = re.compile(r"\{[^{}]*\}+")

MAX_OF_A_KIND: Final = 100
"""The number of problems of one kind that are listed for each file; the others are counted."""


@attrs.frozen
class CheckReport:
    """The result of :func:`check`: ``problems`` with file and line, and the size of the job.

    ``requests`` is the number without retries, with one page of mailboxes if addresses or tags have to be
    looked up; ``shortest_seconds`` is the least time that the rate limits allow for them. Both count the
    campaigns that could be read.
    """

    plan: str
    limits: RateLimits
    problems: tuple[Problem, ...] = ()
    campaigns: int = 0
    leads: int = 0
    strategy: Strategy = Strategy.FULL
    full_requests: int = 0
    """Requests if every campaign is built in full."""
    clone_requests: int = 0
    """Requests if identical campaigns are cloned."""
    rows: RowTally = attrs.field(factory=RowTally)
    """The outcome of every row of every campaign's leads."""
    client_names: Mapping[str, Place | None] = attrs.field(factory=dict)
    """The names of clients, each with the place where it is first; their ids are not known yet."""

    @property
    def requests(self) -> int:
        """Requests with the strategy of the plan."""
        return self.clone_requests if self.strategy is Strategy.CLONE else self.full_requests

    @property
    def saved_by_cloning(self) -> int:
        """The requests that the clone strategy saves."""
        return self.full_requests - self.clone_requests

    @property
    def errors(self) -> tuple[Problem, ...]:
        """The problems that must be fixed first."""
        return tuple(p for p in self.problems if p.is_error)

    @property
    def warnings(self) -> tuple[Problem, ...]:
        """The problems that do not prevent provisioning."""
        return tuple(p for p in self.problems if not p.is_error)

    @property
    def ok(self) -> bool:
        """Whether the plan can be provisioned."""
        return not self.errors

    @property
    def shortest_seconds(self) -> float:
        """The least time that the rate limits allow for these requests."""
        return self.limits.shortest_time(self.requests)


def check(
    plan: Plan | str | os.PathLike[str],
    limits: RateLimits = RateLimits.STANDARD,
    *,
    skip_bad_rows: bool = False,
    on_bad_row: Callable[[str, LeadRow], None] | None = None,
) -> CheckReport:
    """Check a plan, its body files and its lead files; their content never makes it raise.

    ``skip_bad_rows`` leaves out the malformed rows of lead files; an opened plan has its own setting.
    ``on_bad_row`` is called with the file and each of its malformed rows, once for every campaign that reads
    it. Example::

    report = check("plan.yaml", RateLimits.PRO)
    for problem in report.problems:
        print(problem)
    print(report.campaigns, report.leads, report.requests, report.shortest_seconds)
    """
    if not isinstance(plan, Plan):
        path = Path(plan)
        try:
            plan = load_plan(path, skip_bad_rows=skip_bad_rows)
        except InvalidPlan as invalid:
            return CheckReport(str(path), limits, invalid.problems)
    walk = _Check(on_bad_row)
    walk.plan(plan)
    return CheckReport(
        str(plan.path),
        limits,
        tuple(walk.problems.all()),
        walk.campaigns,
        walk.rows.leads,
        plan.strategy,
        walk.requests.full,
        walk.requests.clone,
        walk.rows,
        walk.client_names,
    )


class _Problems:
    """Problems without repetitions, and with a limit for each kind."""

    def __init__(self) -> None:
        self._kept: list[Problem] = []
        self._seen: set[int] = set()
        self._of_kind: dict[tuple[str, str | None, Severity], int] = {}

    def add(self, *problems: Problem) -> None:
        for problem in problems:
            # A line of defaults, or of a file that many campaigns read, is one problem.
            path = problem.path if problem.file is None else ""
            identity = (problem.code, problem.message, problem.file, problem.line, path)
            digest = digest64("\0".join(map(str, identity)))
            if digest in self._seen:
                continue
            kind = (problem.code, problem.file, problem.severity)
            self._of_kind[kind] = self._of_kind.get(kind, 0) + 1
            if self._of_kind[kind] <= MAX_OF_A_KIND:
                self._seen.add(digest)
                self._kept.append(problem)

    def all(self) -> Iterator[Problem]:
        yield from self._kept
        for (code, file, severity), count in self._of_kind.items():
            if count > MAX_OF_A_KIND:
                message = f"{count - MAX_OF_A_KIND} more problems of this kind"
                yield Problem(severity, code, message, file=file)


class _Check:
    """One walk over a plan."""

    def __init__(self, on_bad_row: Callable[[str, LeadRow], None] | None) -> None:
        self.problems = _Problems()
        self.campaigns = 0
        self.rows = RowTally()
        self.client_names: dict[str, Place | None] = {}
        self._on_bad_row = on_bad_row
        self.requests = RequestCount()
        self._names: dict[int, Place | None] = {}
        self._keys: list[str] = []
        self._campaign_of: dict[int, int] = {}
        self._allowed: frozenset[str] = frozenset()

    def plan(self, plan: Plan) -> None:
        self.problems.add(*plan.problems)
        self._allowed = plan.allowed_tags
        try:
            for entry in plan.entries():
                self.problems.add(*entry.problems)
                if entry.spec is not None:
                    self._campaign(entry.spec)
        except InvalidPlan as invalid:
            # The file has become unreadable since it was opened.
            self.problems.add(*invalid.problems)

    def _campaign(self, spec: CampaignSpec) -> None:
        self.campaigns += 1
        self._keys.append(spec.identity)
        if isinstance(spec.client, str):
            place = spec.origin.place("client") if spec.origin else None
            self.client_names.setdefault(spec.client.strip(), place)
        if isinstance(spec.name, str):
            self._add(spec, _name_problems(spec))
            self._name(spec)
        tags = list(tags_of(spec, self._allowed))
        names = {tag.name for _, tag in tags} | names_in_liquid(spec)
        use = TagUse(names, tags_in_spintax(spec), tags_in_subjects(spec))
        self._read_leads(spec, use)
        self.requests.add(spec, use.leads)
        self._add(spec, tag_problems(spec, tags, use, self._allowed))

    def _add(self, spec: CampaignSpec, problems: Iterable[Problem]) -> None:
        self.problems.add(*(spec.located(problem) for problem in problems))

    def _name(self, spec: CampaignSpec) -> None:
        place = spec.origin.place("name") if spec.origin else None
        digest = digest64(f"{spec.client or spec.client_id}/{normal_name(spec.name)}")
        if digest in self._names:
            self._add(spec, [_same_name(spec, self._names[digest])])
        self._names.setdefault(digest, place)

    def _read_leads(self, spec: CampaignSpec, use: TagUse) -> None:
        index = len(self._keys) - 1
        is_unreadable = False
        first_shared: dict[int, LeadRow] = {}
        counts: dict[int, int] = {}
        for row in spec.lead_rows():
            self.rows.add(row)
            if row.problems:
                is_unreadable |= any(p.is_error for p in row.problems)
                self._add(spec, row.problems)
            if row.lead is None:
                if row.cells and self._on_bad_row is not None:
                    self._on_bad_row(spec.lead_file or "", row)
                continue
            use.add(row.lead, row.line)
            digest = address_digest(row.lead.email) if row.digest is None else row.digest
            other = self._campaign_of.setdefault(digest, index)
            if other != index:
                counts[other] = counts.get(other, 0) + 1
                first_shared.setdefault(other, row)
        if not (spec.lead_import and spec.lead_import.ignore_duplicate_leads_in_other_campaign):
            for other, row in first_shared.items():
                self._add(spec, [_shared_leads(spec, self._keys[other], counts[other], row)])
        if not use.leads and not is_unreadable and not isinstance(spec.leads, Sequence):
            severity = error if spec.start is True else warning
            self._add(spec, [severity("no_leads", "the lead file yields no leads", path="leads")])


def _name_problems(spec: CampaignSpec) -> Iterator[Problem]:
    if found := _BRACES.search(spec.name):
        message = f"the name contains {found[0][:40]!r}, which is filled in texts of e-mails only"
        what_to_do = "Write the name, or use for_each, which replaces {value}."
        yield warning("name_braces", message, path="name", advice=what_to_do)
    advices = naming.review(spec.name).advice
    # The spec's own rules reject empty and overlong names.
    if not {advice.code for advice in advices} & {naming.AdviceCode.EMPTY, naming.AdviceCode.TOO_LONG}:
        for advice in advices:
            yield warning(f"name_{advice.code}", f"{advice.message} ({spec.name!r})", path="name")


def _same_name(spec: CampaignSpec, other: Place | None) -> Problem:
    where = f" on line {other.line}" if other and other.line else ""
    owner = spec.client_id if spec.client is None else repr(spec.client)
    client = "without a client" if owner is None else f"of client {owner}"
    return warning(
        "same_name",
        f"another campaign {client}{where} has the same name, {spec.name!r} (whitespace, dashes and escapes "
        "do not count)",
        path="name",
        advice="Use distinct names, so that people and a resumed job can tell them apart.",
    )


def _shared_leads(spec: CampaignSpec, other: str, count: int, first: LeadRow) -> Problem:
    address = first.lead.email if first.lead else ""
    if count == 1:
        message = f"{address} is also a lead of campaign {other!r}"
    else:
        message = f"{count} addresses are also leads of campaign {other!r}, the first is {address}"
    return warning(
        "address_in_two_campaigns",
        message,
        path="leads",
        advice="SmartLead skips them in this campaign; remove them, or set "
        "lead_import.ignore_duplicate_leads_in_other_campaign to e-mail them twice.",
        place=Place(spec.lead_file, first.line) if spec.lead_file else None,
    )
