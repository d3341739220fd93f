"""The offline check: everything that is wrong with a plan, and what carrying it out takes. No request.

Leads are read as streams; what is remembered of them is 64 bits an address, to find the same person in two
campaigns.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

import attrs

from .. import naming
from ..digests import digest64
from ..limits import RateLimits
from .addresses import address_digest
from .campaign import CampaignSpec
from .leads import LeadRow
from .leads_csv import field_of
from .merge_tags import MergeTag, TagUse, find_broken_tags, find_tags
from .plan import Plan, Strategy, load_plan
from .problem import InvalidPlan, Place, Problem, Severity, did_you_mean, error, warning
from .request_count import RequestCount

MOST_OF_A_KIND: Final = 100
"""So many problems of one kind are told for each file; the others are counted."""


@attrs.frozen
class CheckReport:
    """What :func:`check` found: ``problems`` with file and line, and the size of the job.

    ``requests`` is the number for a run in which nothing goes wrong, with one page of mailboxes where
    addresses or tags have to be looked up; ``shortest_seconds`` is the least time that the limits allow for
    them. Both count the campaigns that could be read.
    """

    plan: str
    limits: RateLimits
    problems: tuple[Problem, ...] = ()
    campaigns: int = 0
    leads: int = 0
    strategy: Strategy = Strategy.FULL
    full_requests: int = 0
    """Requests when every campaign is built in full."""
    clone_requests: int = 0
    """Requests when campaigns that are alike are copied."""

    @property
    def requests(self) -> int:
        """Requests by the strategy of the plan."""
        return self.clone_requests if self.strategy is Strategy.CLONE else self.full_requests

    @property
    def saved_by_cloning(self) -> int:
        """How many requests the clone strategy takes less."""
        return self.full_requests - self.clone_requests

    @property
    def errors(self) -> tuple[Problem, ...]:
        """What has to be mended first."""
        return tuple(p for p in self.problems if p.is_error)

    @property
    def warnings(self) -> tuple[Problem, ...]:
        """What deserves a look."""
        return tuple(p for p in self.problems if not p.is_error)

    @property
    def ok(self) -> bool:
        """Whether the plan can be carried out."""
        return not self.errors

    @property
    def shortest_seconds(self) -> float:
        """The least time in which the limits let this many requests through."""
        return self.limits.shortest_time(self.requests)


def check(plan: Plan | str | os.PathLike[str], limits: RateLimits = RateLimits.STANDARD) -> CheckReport:
    """Check a plan, its body files and its lead files. It never raises for what they say. Example::

    report = check("plan.yaml", RateLimits.PRO)
    for problem in report.problems:
        print(problem)
    print(report.campaigns, report.leads, report.requests, report.shortest_seconds)
    """
    if not isinstance(plan, Plan):
        path = Path(plan)
        try:
            plan = load_plan(path)
        except InvalidPlan as invalid:
            return CheckReport(str(path), limits, invalid.problems)
    walk = _Check()
    walk.plan(plan)
    return CheckReport(
        str(plan.path),
        limits,
        tuple(walk.found.all()),
        walk.campaigns,
        walk.leads,
        plan.strategy,
        walk.requests.full,
        walk.requests.clone,
    )


class _Found:
    """Problems, each once, and no more than so many of a kind."""

    def __init__(self) -> None:
        self._kept: list[Problem] = []
        self._seen: set[int] = set()
        self._of_kind: dict[tuple[str, str | None, Severity], int] = {}

    def add(self, problem: Problem) -> None:
        # One line of defaults, or of a file that many campaigns read, is one problem.
        path = problem.path if problem.file is None else ""
        digest = digest64(
            "\0".join(map(str, (problem.code, problem.message, problem.file, problem.line, path)))
        )
        if digest in self._seen:
            return
        kind = (problem.code, problem.file, problem.severity)
        self._of_kind[kind] = self._of_kind.get(kind, 0) + 1
        if self._of_kind[kind] <= MOST_OF_A_KIND:
            self._seen.add(digest)
            self._kept.append(problem)

    def all(self) -> Iterator[Problem]:
        yield from self._kept
        for (code, file, severity), count in self._of_kind.items():
            if count > MOST_OF_A_KIND:
                yield Problem(
                    severity, code, f"{count - MOST_OF_A_KIND} more problems of this kind", file=file
                )


class _Check:
    """One walk over a plan."""

    def __init__(self) -> None:
        self.found = _Found()
        self.campaigns = 0
        self.leads = 0
        self.requests = RequestCount()
        self._names: dict[int, Place | None] = {}
        self._keys: list[str] = []
        self._campaign_of: dict[int, int] = {}

    def plan(self, plan: Plan) -> None:
        for problem in plan.problems:
            self.found.add(problem)
        try:
            for entry in plan.entries():
                for problem in entry.problems:
                    self.found.add(problem)
                if entry.spec is not None:
                    self._campaign(entry.spec)
        except InvalidPlan as invalid:
            # The file became unreadable on the way.
            for problem in invalid.problems:
                self.found.add(problem)

    def _campaign(self, spec: CampaignSpec) -> None:
        self.campaigns += 1
        self._keys.append(spec.identity)
        if isinstance(spec.name, str):
            self._name(spec)
        tags = list(_tags_of(spec))
        use = TagUse({tag.name for _, tag in tags})
        leads = self._read_leads(spec, use)
        self.leads += leads
        self.requests.add(spec, leads)
        for problem in (*_broken_tags(spec), *_tag_problems(spec, tags, use)):
            self.found.add(problem)

    def _name(self, spec: CampaignSpec) -> None:
        place = spec.origin.place("name") if spec.origin else None
        for lack in naming.review(spec.name).advice:
            if lack.code not in {naming.AdviceCode.EMPTY, naming.AdviceCode.TOO_LONG}:
                said = f"{lack.message} ({spec.name!r})"
                self.found.add(spec.located(warning(f"name_{lack.code}", said, path="name")))
        digest = digest64(f"{spec.client_id}/{spec.name}")
        if digest in self._names:
            before = self._names[digest]
            where = f" on line {before.line}" if before and before.line else ""
            client = "without client" if spec.client_id is None else f"of client {spec.client_id}"
            said = f"a campaign {client} before{where} has the same name {spec.name!r}"
            advice = "Tell them apart by name, so that people and a resumed job can."
            self.found.add(spec.located(warning("same_name", said, path="name", advice=advice)))
        self._names.setdefault(digest, place)

    def _read_leads(self, spec: CampaignSpec, use: TagUse) -> int:
        index = len(self._keys) - 1
        shared: dict[int, LeadRow] = {}
        counts: dict[int, int] = {}
        for row in spec.lead_rows():
            for problem in row.problems:
                self.found.add(spec.located(problem))
            if row.lead is None:
                continue
            use.add(row.lead, row.line)
            other = self._campaign_of.setdefault(address_digest(row.lead.email), index)
            if other != index:
                counts[other] = counts.get(other, 0) + 1
                shared.setdefault(other, row)
        wanted = spec.lead_import is not None and spec.lead_import.ignore_duplicate_leads_in_other_campaign
        if not wanted:
            for other, first in shared.items():
                self.found.add(self._shared(spec, other, counts[other], first))
        if not use.leads and not isinstance(spec.leads, Sequence):
            severity = error if spec.start is True else warning
            none = severity("no_leads", "no lead comes out of the lead file", path="leads")
            self.found.add(spec.located(none))
        return use.leads

    def _shared(self, spec: CampaignSpec, other: int, count: int, first: LeadRow) -> Problem:
        address = first.lead.email if first.lead else ""
        if count == 1:
            said = f"{address} is also a lead of campaign {self._keys[other]!r}"
        else:
            said = f"{count} addresses are also leads of campaign {self._keys[other]!r}, first {address}"
        advice = (
            "SmartLead leaves them out here; remove them, or set "
            "lead_import.ignore_duplicate_leads_in_other_campaign to write to them twice."
        )
        place = Place(spec.lead_file, first.line) if spec.lead_file else None
        return spec.located(
            warning("address_in_two_campaigns", said, path="leads", advice=advice, place=place)
        )


# --- merge tags --------------------------------------------------------------------------------------
def _texts_of(spec: CampaignSpec) -> Iterator[tuple[str, str]]:
    """Every text that is sent, once, with its path."""
    for index, step in enumerate(spec.steps):
        here = f"steps[{index}]"
        for name in ("subject", "body"):
            own = [getattr(v, name) for v in step.variants]
            if not own or None in own:
                yield f"{here}.{name}", getattr(step, name)
            yield from ((f"{here}.variants[{i}].{name}", text) for i, text in enumerate(own))


def _tags_of(spec: CampaignSpec) -> Iterator[tuple[str, MergeTag]]:
    for path, text in _texts_of(spec):
        if isinstance(text, str):
            yield from ((path, tag) for tag in find_tags(text))


def _broken_tags(spec: CampaignSpec) -> Iterator[Problem]:
    for path, text in _texts_of(spec):
        if isinstance(text, str):
            for broken in find_broken_tags(text):
                flaw = error if broken.is_certain else warning
                problem = flaw(
                    "broken_tag",
                    f"{broken.text!r} is no merge tag: {broken.flaw}",
                    path=path,
                    advice="Write {{name}}.",
                    place=_place(spec, path, text, broken.position),
                )
                yield spec.located(problem)


def _place(spec: CampaignSpec, path: str, text: str, position: int) -> Place | None:
    if spec.origin is None:
        return None
    place = spec.origin.place(path)
    if place.file != spec.origin.file:
        # The text is a whole file, so the line inside it is known.
        return Place(place.file, 1 + text.count("\n", 0, position))
    return place


def _tag_problems(spec: CampaignSpec, tags: list[tuple[str, MergeTag]], use: TagUse) -> Iterator[Problem]:
    if not use.leads:
        return
    texts = dict(_texts_of(spec))
    told: set[str] = set()
    for path, tag in tags:
        if tag.name in told:
            continue
        told.add(tag.name)
        place = _place(spec, path, texts[path], tag.position)
        fallback = all(t.fallback for _, t in tags if t.name == tag.name)
        yield from (
            spec.located(p.at(place)) for p in _about(tag.name, path, use, spec.lead_file, fallback=fallback)
        )


def _about(name: str, path: str, use: TagUse, file: str | None, *, fallback: bool) -> Iterator[Problem]:
    written = f"{{{{{name}}}}}"
    if not use.provided(name):
        yield error(
            "unknown_tag",
            f"no lead field and no custom field provides {written}: {_of_all(use.leads)} would get a blank",
            path=path,
            advice=_suggestion(name, use),
        )
        return
    blanks = use.blanks(name)
    if blanks and not fallback:
        first = use.first_blank(name)
        where = f" (the first in {file}:{first})" if first is not None and file else ""
        yield warning(
            "blank_tag",
            f"{blanks} of {use.leads} leads would get a blank for {written}{where}",
            path=path,
            advice="Fill the column, or write the sentence so that it can do without.",
        )
    spelling = use.spelling(name)
    if spelling is not None:
        yield warning(
            "tag_spelling",
            f"the leads' field is {spelling!r}, and the tag {written} is written another way",
            path=path,
            advice=f"Write {{{{{spelling}}}}}: SmartLead fills tags by name.",
        )
    if fallback:
        yield warning(
            "tag_fallback",
            f"{written} has a fallback, which SmartLead's reference does not describe",
            path=path,
            advice="Send yourself a test mail before you rely on it.",
        )


def _suggestion(name: str, use: TagUse) -> str:
    field = field_of(name)
    if field is not None and field != name:
        return f"Did you mean {field!r}?"
    return did_you_mean(name, use.known_names) or "Add a column, or take the tag out."


def _of_all(leads: int) -> str:
    return "the only lead" if leads == 1 else f"all {leads} leads"
