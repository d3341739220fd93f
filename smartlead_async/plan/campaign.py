"""What a campaign shall be: :class:`CampaignSpec` and its parts.

A spec is plain data. Building one never raises: ``spec.problems()`` tells everything that is wrong with it at
once, and ``spec.validate()`` raises :class:`InvalidPlan` with all of that.
"""

from __future__ import annotations

import datetime as dt
import enum
import hashlib
import json
import string
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Final, Protocol

import attrs

from ..api.campaigns.models import OutOfOfficeSettings, StopLeadSetting, TrackSetting
from ..api.campaigns.sequences import StepType, VariantDistribution, WinningMetric
from ..api.leads.models import ImportSettings, LeadInput
from ..digests import DigestSet, digest64
from .addresses import address_flaw, fold
from .problem import InvalidPlan, Place, Problem, Severity, error, warning

__all__ = [
    "CampaignSpec",
    "InvalidPlan",
    "KeyRing",
    "LeadRow",
    "LeadSource",
    "MailboxChoice",
    "Origin",
    "Place",
    "Problem",
    "ScheduleSpec",
    "SettingsSpec",
    "Severity",
    "StepSpec",
    "VariantSpec",
    "with_keys",
]


DAY_NAMES: Final = ("sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday")


# --- the sequence ------------------------------------------------------------------------------------
@attrs.frozen
class VariantSpec:
    """One version of a step's mail in an A/B test.

    ``subject`` and ``body`` left out are taken from the step, so that a test of subjects needs the body once.
    ``share`` is in whole percent of the leads; leave it out in all variants for equal shares. ``label`` is
    one capital letter; left out, it is the next free one. Example::

        VariantSpec("Quick question, {{first_name}}", share=50)
    """

    subject: str | None = None
    body: str | None = None
    share: int | None = None
    label: str | None = None


@attrs.frozen
class StepSpec:
    """One mail of the sequence.

    ``delay_days`` counts from the step before (0 for the first). ``body`` is HTML and sent as it stands.
    Step 1 needs a subject; later steps without one continue its thread. ``distribution`` follows from the
    shares of the variants unless given; ``test_share`` (20 to 100) is the percentage of leads that the test
    gets before ``winning_metric`` decides. Example::

        StepSpec("Your booking page, {{first_name}}", "<p>Hello {{first_name}}, …</p>")
        StepSpec(body="<p>Any thoughts?</p>", delay_days=3)
    """

    subject: str | None = None
    body: str | None = None
    delay_days: int = 0
    variants: Sequence[VariantSpec] = ()
    distribution: VariantDistribution | None = None
    winning_metric: WinningMetric | None = None
    test_share: int | None = None
    kind: StepType | None = None

    def mails(self) -> tuple[VariantSpec, ...]:
        """The mails of this step with nothing left to inherit: its variants, labelled, or itself."""
        if not self.variants:
            return (VariantSpec(self.subject, self.body),)
        given = [v.label for v in self.variants]
        free = (letter for letter in string.ascii_uppercase if letter not in given)
        return tuple(
            VariantSpec(
                self.subject if v.subject is None else v.subject,
                self.body if v.body is None else v.body,
                v.share,
                v.label or next(free, "Z"),
            )
            for v in self.variants
        )

    @property
    def variant_distribution(self) -> VariantDistribution | None:
        """How leads are spread over the variants: as given, else by the shares; None without variants."""
        if self.distribution is not None or not self.variants:
            return self.distribution
        shared = any(v.share is not None for v in self.variants)
        return VariantDistribution.MANUAL_PERCENTAGE if shared else VariantDistribution.MANUAL_EQUAL


# --- mailboxes, schedule, settings -------------------------------------------------------------------
@attrs.frozen
class MailboxChoice:
    """The mailboxes that a campaign sends from: ids, addresses, a tag, or several of these together.

    Ids cost nothing to resolve; addresses and tags cost list requests, once for a whole job. Example::

        MailboxChoice(ids=(501, 502))
        MailboxChoice(tag="Team North")
    """

    ids: Sequence[int] = ()
    addresses: Sequence[str] = ()
    tag: str | None = None

    def __bool__(self) -> bool:
        return bool(self.ids or self.addresses or self.tag)

    @property
    def needs_lookup(self) -> bool:
        """Whether the mailboxes of the account have to be listed to know the ids."""
        return bool(self.addresses or self.tag)


@attrs.frozen
class ScheduleSpec:
    """When a campaign sends.

    ``timezone`` is an IANA name; ``days`` are names ("mon", "Monday"), spans of them ("mon-fri") or numbers
    (0 is Sunday, 6 Saturday); ``start`` and ``end`` are "HH:MM" in that zone, the end later than the start.
    ``minutes_between_emails`` is 3 or more. ``starts_at`` is an aware datetime. Example::

        ScheduleSpec("Europe/Berlin", days=("mon-fri",), start="08:30", end="17:30")
    """

    timezone: str
    days: Sequence[int | str] = ("mon-fri",)
    start: str = "09:00"
    end: str = "17:00"
    minutes_between_emails: int = 20
    new_leads_per_day: int = 100
    starts_at: dt.datetime | None = None

    @property
    def day_numbers(self) -> tuple[int, ...]:
        """The days as SmartLead counts them, 0 for Sunday, sorted; ValueError names a day that is none."""
        return tuple(sorted({number for day in self.days for number in day_span(day)}))


def day_span(day: object) -> tuple[int, ...]:
    """The numbers of one entry of ``days``: of a day, or of a span such as "fri-mon"."""
    if isinstance(day, int) and not isinstance(day, bool) and 0 <= day <= 7:
        return (day % 7,)
    if isinstance(day, str):
        first, dash, last = (part.strip() for part in day.partition("-"))
        begin, end = _day_number(first), _day_number(last if dash else first)
        if begin is not None and end is not None:
            return tuple((begin + i) % 7 for i in range((end - begin) % 7 + 1))
    raise ValueError(f"{day!r} is not a day of the week")


def _day_number(name: str) -> int | None:
    if name.isdecimal() and int(name) <= 7:
        return int(name) % 7
    low = name.lower()
    fits = [i for i, full in enumerate(DAY_NAMES) if len(low) >= 2 and full.startswith(low)]
    return fits[0] if len(fits) == 1 else None


@attrs.frozen
class SettingsSpec:
    """A campaign's settings, under the names that SmartLead gives them. What is left out stays as it is.

    ``track_settings`` names what is *not* tracked; ``follow_up_percentage`` is 0 to 100. Example::

        SettingsSpec(track_settings=("DONT_TRACK_EMAIL_OPEN",), stop_lead_settings="REPLY_TO_AN_EMAIL")
    """

    track_settings: Sequence[TrackSetting | str] | None = None
    stop_lead_settings: StopLeadSetting | str | None = None
    unsubscribe_text: str | None = None
    send_as_plain_text: bool | None = None
    force_plain_text: bool | None = None
    follow_up_percentage: int | None = None
    enable_ai_esp_matching: bool | None = None
    auto_pause_domain_leads_on_reply: bool | None = None
    ignore_ss_mailbox_sending_limit: bool | None = None
    bounce_autopause_threshold: str | None = None
    domain_level_rate_limit: bool | None = None
    out_of_office_detection_settings: OutOfOfficeSettings | None = None
    add_unsubscribe_tag: bool | None = None
    ai_categorisation_options: Sequence[int] | None = None


# --- leads -------------------------------------------------------------------------------------------
@attrs.frozen
class LeadRow:
    """One row of a lead source: the lead, or what is wrong with the row. ``line`` is that of the file."""

    lead: LeadInput | None
    line: int | None = None
    problems: Sequence[Problem] = ()


class LeadSource(Protocol):
    """Where leads come from, when not from a list: read as a stream, and again as often as asked.

    :class:`~smartlead_async.plan.leads_csv.LeadFile` is one; anything with these two is another.
    """

    @property
    def file(self) -> str | None:
        """The name to show in messages, if it is a file."""
        ...

    def rows(self) -> Iterator[LeadRow]:
        """All rows from the start, each with its lead or its problems."""
        ...


# --- the campaign ------------------------------------------------------------------------------------
@attrs.frozen
class Origin:
    """Where a spec was written: its file and line, its path there, and the places of its values."""

    file: str
    line: int | None = None
    path: str = ""
    places: Mapping[str, Place] = attrs.field(factory=dict)

    def place(self, path: str) -> Place:
        """The place of a value, or of the nearest part around it that has one."""
        while path:
            if path in self.places:
                return self.places[path]
            path = path[: max(path.rfind("."), path.rfind("["), 0)]
        return Place(self.file, self.line)

    def located(self, problem: Problem) -> Problem:
        """A problem of the spec as one of the file."""
        path = ".".join(p for p in (self.path, problem.path) if p)
        return attrs.evolve(problem.at(self.place(problem.path)), path=path)


@attrs.frozen
class CampaignSpec:
    """A campaign as it shall be. Only ``name`` is needed.

    It costs one request, one more for each part that is given, and one for every 400 leads.

    ``key`` tells the campaign apart inside its plan, also when its content changes; left out, it is made from
    client and name. ``start`` needs steps, mailboxes, leads and a schedule. Example::

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
    client_id: int | None = None
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
        """``key``, or what stands in for it: client and name."""
        return str(self.key or (self.name if self.client_id is None else f"{self.client_id}/{self.name}"))

    @property
    def lead_file(self) -> str | None:
        """The name of the file that the leads come from, if they do."""
        return None if isinstance(self.leads, Sequence) else self.leads.file

    @property
    def has_leads(self) -> bool:
        """Whether there are leads: a list that is not empty, or any lead source."""
        return bool(self.leads) if isinstance(self.leads, Sequence) else True

    def lead_rows(self) -> Iterator[LeadRow]:
        """Every row of the leads as a stream, with its problems; a repeated address has no lead any more."""
        file = self.lead_file
        rows = _inline_rows(self.leads) if isinstance(self.leads, Sequence) else self.leads.rows()
        lines: dict[int, int | None] = {}
        for number, row in enumerate(rows):
            if row.lead is None:
                yield row
                continue
            here = row.line if row.line is not None else number
            digest = fold(row.lead.email)
            if digest not in lines:
                lines[digest] = here
                yield row
                continue
            said = f"line {lines[digest]}" if row.line is not None else f"leads[{lines[digest]}]"
            again = warning(
                "duplicate_address",
                f"{row.lead.email} stands already in {said}",
                path="" if row.line is not None else f"leads[{number}].email",
                advice="Only the first is imported; remove the other.",
                place=Place(file, row.line) if file else None,
            )
            yield LeadRow(None, row.line, (*row.problems, again))

    def iter_leads(self) -> Iterator[LeadInput]:
        """The leads as a stream, each address once; InvalidPlan at the first row that has an error."""
        for row in self.lead_rows():
            errors = [p for p in row.problems if p.is_error]
            if errors:
                raise InvalidPlan(self.located(p) for p in errors)
            if row.lead is not None:
                yield row.lead

    def problems(self) -> list[Problem]:
        """Everything that is wrong with this spec, each with its path. A lead file is not read for it."""
        from .findings import problems_of  # noqa: PLC0415 - the rules are about this module's classes

        found = problems_of(self)
        if isinstance(self.leads, Sequence):
            found += [p for row in self.lead_rows() for p in row.problems]
        return [self.located(p) for p in found]

    def validate(self) -> None:
        """Raise :class:`InvalidPlan` with every error there is; warnings pass."""
        errors = [p for p in self.problems() if p.is_error]
        if errors:
            raise InvalidPlan(errors)

    def located(self, problem: Problem) -> Problem:
        """A problem of this spec with its file and line, where the spec came from a file."""
        return self.origin.located(problem) if self.origin else problem

    def fingerprint(self) -> str:
        """A digest of the content, the same until the content changes; it reads the leads and keeps none.

        Key and place in the file are no content. Fields at their defaults do not count, so that a later
        version with more fields finds the same.
        """
        digest = hashlib.sha256()
        content = _content(attrs.evolve(self, leads=(), key=None, origin=None))
        digest.update(json.dumps(content, sort_keys=True, ensure_ascii=False).encode())
        for lead in self.iter_leads():
            digest.update(b"\n")
            digest.update(json.dumps(_content(lead), sort_keys=True, ensure_ascii=False).encode())
        return digest.hexdigest()


def _content(value: Any) -> Any:
    if attrs.has(type(value)):
        fields = ((a, getattr(value, a.name)) for a in attrs.fields(type(value)))
        return {a.name: _content(v) for a, v in fields if a.default is attrs.NOTHING or v != a.default}
    match value:
        case enum.Enum():
            return value.value
        case Mapping():
            return {str(k): _content(v) for k, v in value.items()}
        case str() | bool() | int() | float() | None:
            return value
        case Iterable():
            return [_content(v) for v in value]
        case _:
            return str(value)


def _inline_rows(leads: Sequence[LeadInput]) -> Iterator[LeadRow]:
    for index, lead in enumerate(leads):
        address = lead.email
        flaw = address_flaw(address) if isinstance(address, str) else "it is no text"
        if flaw is None:
            yield LeadRow(lead)
            continue
        malformed = error(
            "malformed_address",
            f"{address!r} is not an e-mail address: {flaw}",
            path=f"leads[{index}].email",
            advice="Correct it or take the lead out.",
        )
        yield LeadRow(None, None, (malformed,))


class KeyRing:
    """Gives every campaign of a plan a key that no other has; it remembers digests, not the keys."""

    def __init__(self) -> None:
        self._taken = DigestSet()
        self._numbers: dict[int, int] = {}

    def keyed(self, spec: CampaignSpec) -> CampaignSpec:
        """The spec with its key; :class:`InvalidPlan` when its own key was given to another before."""
        key = spec.identity
        first = digest64(key)
        while not self._taken.add(digest64(key)):
            if spec.key is not None:
                raise InvalidPlan([spec.located(_key_taken(spec.key))])
            # Counted on from the last one, or thousands of equal names would be tried again for each.
            number = self._numbers[first] = self._numbers.get(first, 1) + 1
            key = f"{spec.identity} #{number}"
        return spec if spec.key == key else attrs.evolve(spec, key=key)


def with_keys(specs: Iterable[CampaignSpec]) -> Iterator[CampaignSpec]:
    """The specs, each with a ``key`` that no other has: as given, else client and name, and a number.

    A key that was *given* twice raises :class:`InvalidPlan`, since nobody can know which of the two is meant.
    """
    ring = KeyRing()
    return (ring.keyed(spec) for spec in specs)


def _key_taken(key: str) -> Problem:
    return error(
        "duplicate_key",
        f"another campaign of the plan has the key {key!r}",
        path="key",
        advice="Give each campaign a key of its own, or leave it out.",
    )
