"""Campaign specifications.

A spec is plain data. Creating one never raises: ``spec.problems()`` returns everything that is wrong with it,
and ``spec.validate()`` raises :class:`InvalidPlan` with all errors.
"""

from __future__ import annotations

import hashlib
import operator
from collections.abc import Callable, Iterator, Sequence
from typing import Any, Final

import attrs

from ..api.leads.models import ImportSettings, LeadInput
from ..fields import bounds, bounds_of
from ..limits import MAX_NAME_LENGTH
from ..typed import is_list
from .content import as_json, content_of, is_immutable, json_of
from .findings import Findings, describe
from .leads import LeadRow, LeadSource, are_clean, is_source, option_problems, rows_of, unique_rows
from .mailboxes import MailboxChoice, check_mailboxes
from .origin import Origin
from .problem import InvalidPlan, Problem
from .schedule import ScheduleSpec, check_schedule
from .sequence import StepSpec, check_steps
from .settings import SettingsSpec, check_settings


@attrs.frozen
class CampaignSpec:
    """The desired state of a campaign. Only ``name`` is required.

    Provisioning takes one request, plus one for each part that is given and one for every 400 leads.

    ``key`` identifies the campaign within its plan, even when its content changes; it defaults to client and
    name. ``client`` is the name of a client in place of its id, which :meth:`Plan.with_clients` finds.
    ``start`` requires steps, mailboxes, leads and a schedule. Example::

        spec = CampaignSpec(
            "SaaS founders Q1 2027 – demo invite",
            client_id=7,
            steps=(StepSpec("Hello {{first_name}}", "<p>…</p>"), StepSpec(body="<p>…</p>", delay_days=3)),
            mailboxes=MailboxChoice(tag="Team North"),
            leads=LeadFile("founders.csv"),
            schedule=ScheduleSpec("Europe/Berlin"),
            settings=SettingsSpec(stop_lead_settings="REPLY_TO_AN_EMAIL"),
            start=True,
        )
        spec.validate()
    """

    name: str
    client_id: int | None = attrs.field(default=None, metadata=bounds(1))
    client: str | None = attrs.field(default=None, kw_only=True)
    steps: Sequence[StepSpec] = ()
    mailboxes: MailboxChoice | None = None
    leads: Sequence[LeadInput] | LeadSource = ()
    schedule: ScheduleSpec | None = None
    settings: SettingsSpec | None = None
    lead_import: ImportSettings | None = None
    start: bool = False
    key: str | None = None
    origin: Origin | None = attrs.field(default=None, eq=False, repr=False, kw_only=True)

    @property
    def identity(self) -> str:
        """``key``, or its default: client and name."""
        if self.key is not None and not (isinstance(self.key, str) and not self.key):
            return _in_words(self.key)
        name = _in_words(self.name)
        if self.client is not None:
            return f"{_in_words(self.client)}/{name}"
        return name if self.client_id is None else f"{describe(self.client_id)}/{name}"

    @property
    def lead_file(self) -> str | None:
        """The name of the file that the leads come from, if any."""
        return self.leads.file if is_source(self.leads) else None

    @property
    def has_leads(self) -> bool:
        """Whether there are leads: a list that is not empty, or any lead source."""
        return len(self.leads) > 0 if is_list(self.leads) else True

    def lead_rows(self) -> Iterator[LeadRow]:
        """Yield every row of the leads with its problems; the row of a repeated address has no lead."""
        return unique_rows(rows_of(self.leads), self.lead_file)

    def iter_leads(self) -> Iterator[LeadInput]:
        """Yield the leads, each address once; :class:`InvalidPlan` at the first row with an error."""
        if is_list(self.leads) and are_clean(self.leads):
            yield from self.leads
            return
        for row in self.lead_rows():
            if row.problems and (errors := [p for p in row.problems if p.is_error]):
                raise InvalidPlan(self.located(p) for p in errors)
            if row.lead is not None:
                yield row.lead

    def problems(self) -> list[Problem]:
        """Return everything that is wrong with this spec, each with its path. Lead files are not read."""
        findings = Findings()
        self._check(findings)
        found = findings.problems
        if is_source(self.leads):
            found += option_problems(self.leads)
        else:
            found += [p for row in self.lead_rows() for p in row.problems]
        return [self.located(p) for p in found if not (self.origin and self.origin.explains(p))]

    def validate(self) -> None:
        """Raise :class:`InvalidPlan` with all errors; warnings are ignored."""
        errors = [p for p in self.problems() if p.is_error]
        if errors:
            raise InvalidPlan(errors)

    def located(self, problem: Problem) -> Problem:
        """Return a problem of this spec with its file and line, if the spec came from a file."""
        return self.origin.located(problem) if self.origin else problem

    def fingerprint(self) -> str:
        """Return a digest of the content, leads included; they are read as a stream.

        Key and origin are not content. Fields at their defaults do not count, so that a later version with
        more fields computes the same digest.
        """
        content = {
            name: value
            for name, value in zip(_CONTENT, _values_of(self), strict=True)
            if value is not None and value is not False and not (isinstance(value, tuple) and not value)
        }
        digest = hashlib.sha256(json_of(content))
        for lead in self.iter_leads():
            digest.update(b"\n" + as_json(content_of(lead)))
        return digest.hexdigest()

    def _check(self, findings: Findings) -> None:
        _check_name(findings, self.name)
        _check_client(findings, self)
        if findings.check_string("key", self.key) and not (self.key or "").strip():
            findings.error("wrong_kind", "key", "the key is empty", "Set one, or omit the key.")
        findings.check_boolean("start", self.start, optional=False)
        if self.start is True:
            _check_start(findings, self)
        _check_part(check_steps, findings, self.steps)
        if self.mailboxes is not None:
            check_mailboxes(findings, self.mailboxes)
        if self.schedule is not None:
            _check_part(check_schedule, findings, self.schedule)
        if self.settings is not None:
            _check_part(check_settings, findings, self.settings)
        if self.lead_import is not None:
            findings.check_part("lead_import", self.lead_import, ImportSettings)


_MAX_FLAWLESS: Final = 256

_flawless: dict[tuple[Callable[[Findings, Any], None], int], object] = {}
"""Parts by their check and identity. It holds them, so that no other has their identity."""


def _check_part(check: Callable[[Findings, Any], None], findings: Findings, part: object) -> None:
    """Check a part; one that cannot change and in which nothing was found is known, as campaigns share it."""
    if (check, id(part)) in _flawless:
        return
    before = len(findings.problems)
    check(findings, part)
    if len(findings.problems) == before and is_immutable(part):
        if len(_flawless) >= _MAX_FLAWLESS:
            _flawless.clear()
        _flawless[check, id(part)] = part


def _in_words(value: object) -> str:
    return value if isinstance(value, str) else describe(value)


_CONTENT: Final = ("name", "client_id", "steps", "mailboxes", "schedule", "settings", "lead_import", "start")
"""The fields that are content, but for the leads."""

_values_of: Final = operator.attrgetter(*_CONTENT)


def _check_name(findings: Findings, name: str | None) -> None:
    advice = "State its purpose, audience and period."
    if name is None:
        findings.error("no_name", "name", "the campaign has no name", advice)
    elif not findings.check_string("name", name):
        return
    elif not name.strip():
        findings.error("no_name", "name", "the name is empty", advice)
    elif len(name) > MAX_NAME_LENGTH:
        message = f"the name has {len(name)} characters; the maximum is {MAX_NAME_LENGTH}"
        findings.error("name_too_long", "name", message)


def _check_client(findings: Findings, spec: CampaignSpec) -> None:
    findings.check_integer("client_id", spec.client_id, *bounds_of(CampaignSpec, "client_id"))
    if spec.client is None or not findings.check_string("client", spec.client):
        return
    if spec.client_id is not None:
        findings.error("client_twice", "client", "the client has a name and an id", "Remove one of them.")
    elif not (name := spec.client.strip()):
        findings.error("wrong_kind", "client", "the client has no name", "Set one, or omit client.")
    elif name.isascii() and name.isdecimal():
        findings.error("wrong_kind", "client", f"{name} is no name", f"Write client_id: {name} for an id.")


def _check_start(findings: Findings, spec: CampaignSpec) -> None:
    parts = {
        # A value of a wrong type is an error of its own.
        "steps": not is_list(spec.steps) or len(spec.steps) > 0,
        "mailboxes": spec.mailboxes is not None,
        "leads": spec.has_leads,
        "schedule": spec.schedule is not None,
    }
    faulty = spec.origin.faulty if spec.origin else ()
    missing = [f"no {part}" for part, is_given in parts.items() if not is_given and part not in faulty]
    if missing:
        findings.error(
            "cannot_start",
            "start",
            f"the campaign cannot be started: it has {' and '.join(missing)}",
            "SmartLead requires steps, mailboxes, leads and a schedule.",
        )
