"""What a spec has to keep to, as one pass that collects every breach.

A plan file puts values into the specs as they are written, so these rules also say when a value is of the
wrong kind.
"""

from __future__ import annotations

import datetime as dt
import enum
import functools
import re
import zoneinfo
from collections.abc import Iterable, Sequence
from typing import Any, Final

import attrs

from ..api.campaigns.models import OutOfOfficeSettings, StopLeadSetting, TrackSetting
from ..api.campaigns.sequences import StepType, VariantDistribution, WinningMetric
from .addresses import address_flaw
from .campaign import DAY_NAMES, CampaignSpec, MailboxChoice, ScheduleSpec, SettingsSpec, StepSpec, day_span
from .problem import Problem, did_you_mean, error, warning

_CLOCK: Final = re.compile(r"([01]\d|2[0-3]):[0-5]\d")


MOST_VARIANTS: Final = 26


MOST_NAME_CHARACTERS: Final = 255


def problems_of(spec: CampaignSpec) -> list[Problem]:
    """Everything that is wrong with a spec but for its leads."""
    findings = _Findings()
    _campaign(findings, spec)
    _steps(findings, spec.steps)
    if spec.mailboxes is not None:
        _mailboxes(findings, spec.mailboxes)
    if spec.schedule is not None:
        _schedule(findings, spec.schedule)
    if spec.settings is not None:
        _settings(findings, spec.settings)
    if spec.lead_import is not None:
        for field in attrs.fields(type(spec.lead_import)):
            findings.flag(f"lead_import.{field.name}", getattr(spec.lead_import, field.name))
    return findings.problems


class _Findings:
    """The problems found so far, and the checks of plain values."""

    def __init__(self) -> None:
        self.problems: list[Problem] = []

    def error(self, code: str, path: str, message: str, advice: str = "") -> None:
        self.problems.append(error(code, message, path=path, advice=advice))

    def warning(self, code: str, path: str, message: str, advice: str = "") -> None:
        self.problems.append(warning(code, message, path=path, advice=advice))

    def wrong_kind(self, path: str, expected: str, value: object) -> None:
        self.error("wrong_kind", path, f"expected {expected}, got {_kind(value)}")

    def text(self, path: str, value: object) -> bool:
        """Whether it is a text (None is left to the caller); says so when it is something else."""
        if value is not None and not isinstance(value, str):
            self.wrong_kind(path, "a text", value)
        return isinstance(value, str)

    def flag(self, path: str, value: object) -> None:
        if value is not None and not isinstance(value, bool):
            self.wrong_kind(path, "true or false", value)

    def whole(
        self, path: str, value: object, minimum: int, maximum: int | None = None, *, optional: bool = True
    ) -> bool:
        """Whether it is a whole number within its bounds."""
        if value is None and optional:
            return False
        if not isinstance(value, int) or isinstance(value, bool):
            self.wrong_kind(path, "a whole number", value)
            return False
        if value < minimum or (maximum is not None and value > maximum):
            bounds = f"{minimum} or more" if maximum is None else f"from {minimum} to {maximum}"
            self.error("out_of_bounds", path, f"must be {bounds}, not {value}")
            return False
        return True

    def one_of(self, path: str, value: object, choices: type[enum.StrEnum]) -> None:
        if value is None:
            return
        known = [c.value for c in choices]
        if not isinstance(value, str):
            self.wrong_kind(path, f"one of {', '.join(known)}", value)
        elif value not in known:
            self.error("unknown_value", path, f"{value!r} is not a value of this", did_you_mean(value, known))

    def listed(self, path: str, value: object) -> Sequence[Any]:
        """The value as a sequence; an empty one, and a problem, when it is none."""
        if isinstance(value, Sequence) and not isinstance(value, str):
            return value
        self.wrong_kind(path, "a list", value)
        return ()


def _kind(value: object) -> str:
    match value:
        case None:
            return "nothing"
        case bool():
            return str(value).lower()
        case str():
            return f"the text {value[:40]!r}"
        case dict():
            return "a mapping"
        case list() | tuple():
            return "a list"
        case _:
            return str(value)[:40]


# --- the campaign ------------------------------------------------------------------------------------
def _campaign(findings: _Findings, spec: CampaignSpec) -> None:
    name: object = spec.name
    if findings.text("name", name):
        if not spec.name.strip():
            findings.error("no_name", "name", "the name is empty", "Say purpose, audience and period in it.")
        elif len(spec.name) > MOST_NAME_CHARACTERS:
            findings.error(
                "name_too_long",
                "name",
                f"the name has {len(spec.name)} characters, and SmartLead takes {MOST_NAME_CHARACTERS}",
            )
    elif name is None:
        findings.error(
            "no_name", "name", "the campaign has no name", "Say purpose, audience and period in it."
        )
    findings.whole("client_id", spec.client_id, 1)
    if findings.text("key", spec.key) and spec.key is not None and not spec.key.strip():
        findings.error("wrong_kind", "key", "the key is empty", "Leave it out, or give one.")
    findings.flag("start", spec.start)
    if spec.start is True:
        parts = {
            "steps": bool(spec.steps),
            "mailboxes": bool(spec.mailboxes),
            "leads": spec.has_leads,
            "schedule": spec.schedule is not None,
        }
        missing = [name for name, given in parts.items() if not given]
        if missing:
            findings.error(
                "cannot_start",
                "start",
                f"the campaign shall start, and has no {' and no '.join(missing)}",
                "SmartLead starts a campaign only with steps, mailboxes, leads and a schedule.",
            )


# --- steps -------------------------------------------------------------------------------------------
def _steps(findings: _Findings, steps: Sequence[StepSpec]) -> None:
    for index, step in enumerate(steps):
        path = f"steps[{index}]"
        _delay(findings, path, step.delay_days, first=index == 0)
        findings.one_of(f"{path}.distribution", step.distribution, VariantDistribution)
        findings.one_of(f"{path}.winning_metric", step.winning_metric, WinningMetric)
        findings.one_of(f"{path}.kind", step.kind, StepType)
        findings.whole(f"{path}.test_share", step.test_share, 20, 100)
        _texts(findings, index, step)
        if step.variants:
            _variants(findings, path, step)


def _delay(findings: _Findings, path: str, days: int, *, first: bool) -> None:
    path = f"{path}.delay_days"
    if findings.whole(path, days, 0, optional=False) and days == 0 and not first:
        findings.warning(
            "no_delay", path, "the step follows on the day of the one before", "Give delay_days of 1 or more."
        )


def _texts(findings: _Findings, index: int, step: StepSpec) -> None:
    for position, mail in enumerate(step.mails()):
        here = f"steps[{index}].variants[{position}]" if step.variants else f"steps[{index}]"
        subject_given = mail.subject is None or findings.text(f"{here}.subject", mail.subject)
        if subject_given and index == 0 and not (mail.subject or "").strip():
            which = f", variant {mail.label}," if step.variants else ""
            findings.error(
                "no_subject",
                f"{here}.subject",
                f"step 1{which} has no subject",
                "Only later steps can do without: they continue the thread of the first.",
            )
        if (mail.body is None or findings.text(f"{here}.body", mail.body)) and not (mail.body or "").strip():
            findings.error(
                "no_body", f"{here}.body", f"step {index + 1} has no body", "Write one, or name a body_file."
            )


def _variants(findings: _Findings, path: str, step: StepSpec) -> None:
    variants = step.variants
    if len(variants) > MOST_VARIANTS:
        findings.error(
            "too_many_variants",
            f"{path}.variants",
            f"{len(variants)} variants, and there are {MOST_VARIANTS} labels",
        )
    seen: dict[str, int] = {}
    for index, label in enumerate(mail.label for mail in step.mails()):
        here = f"{path}.variants[{index}].label"
        if not isinstance(label, str) or not re.fullmatch("[A-Z]", label):
            findings.error("bad_label", here, f"a label is one capital letter, not {label!r}")
        elif label in seen and len(variants) <= MOST_VARIANTS:
            findings.error(
                "duplicate_label", here, f"variants {seen[label] + 1} and {index + 1} are both {label}"
            )
        else:
            seen[label] = index
    _shares(findings, path, step)


def _shares(findings: _Findings, path: str, step: StepSpec) -> None:
    shares = [v.share for v in step.variants]
    by_percentage = step.distribution == VariantDistribution.MANUAL_PERCENTAGE
    if all(share is None for share in shares):
        if by_percentage:
            findings.error(
                "shares_missing", f"{path}.distribution", "MANUAL_PERCENTAGE needs a share in every variant"
            )
        return
    if step.distribution is not None and not by_percentage:
        findings.error(
            "shares_unused",
            f"{path}.distribution",
            f"{step.distribution} spreads the leads by itself, so the variants can have no share",
            "Leave out either.",
        )
    fine = [
        findings.whole(f"{path}.variants[{i}].share", share, 0, 100)
        for i, share in enumerate(shares)
        if share is not None
    ]
    for index, share in enumerate(shares):
        if share is None:
            findings.error(
                "shares_missing",
                f"{path}.variants[{index}].share",
                "this variant has no share, and others of the step have one",
                "Give all of them one, or none for equal shares.",
            )
    if all(fine) and None not in shares:
        total = sum(share for share in shares if share is not None)
        if total != 100:
            findings.error(
                "shares_not_100",
                f"{path}.variants",
                f"the shares of the variants add up to {total}, not to 100",
                "Leave them out for equal shares.",
            )


# --- mailboxes ---------------------------------------------------------------------------------------
def _mailboxes(findings: _Findings, choice: MailboxChoice) -> None:
    if not choice:
        findings.error("no_mailboxes", "mailboxes", "no mailbox is chosen", "Give ids, addresses or a tag.")
    ids = findings.listed("mailboxes.ids", choice.ids)
    addresses = findings.listed("mailboxes.addresses", choice.addresses)
    for index, number in enumerate(ids):
        findings.whole(f"mailboxes.ids[{index}]", number, 1, optional=False)
    for index, address in enumerate(addresses):
        path = f"mailboxes.addresses[{index}]"
        if not isinstance(address, str):
            findings.wrong_kind(path, "an e-mail address", address)
        elif flaw := address_flaw(address):
            findings.error("malformed_address", path, f"{address!r} is not an e-mail address: {flaw}")
    for name, values in (("ids", ids), ("addresses", addresses)):
        for index in _repeated(values):
            findings.warning(
                "duplicate_mailbox", f"mailboxes.{name}[{index}]", f"{values[index]} is in the list twice"
            )
    findings.text("mailboxes.tag", choice.tag)


def _repeated(values: Iterable[object]) -> list[int]:
    seen: set[str] = set()
    again = []
    for index, value in enumerate(values):
        form = str(value).strip().lower()
        if form in seen:
            again.append(index)
        seen.add(form)
    return again


# --- schedule ----------------------------------------------------------------------------------------
@functools.cache
def _time_zones() -> frozenset[str]:
    return frozenset(zoneinfo.available_timezones())


def _schedule(findings: _Findings, schedule: ScheduleSpec) -> None:
    _time_zone(findings, schedule.timezone)
    days = findings.listed("schedule.days", schedule.days)
    if not days and isinstance(schedule.days, Sequence):
        findings.error(
            "no_days", "schedule.days", "no day is given", "Give at least one, for example mon-fri."
        )
    for index, day in enumerate(days):
        try:
            day_span(day)
        except ValueError as flaw:
            near = did_you_mean(day, DAY_NAMES) if isinstance(day, str) else ""
            findings.error(
                "bad_day",
                f"schedule.days[{index}]",
                str(flaw),
                near or "Write mon, mon-fri, or 0 (Sunday) to 6.",
            )
    clocks = [_clock(findings, name, getattr(schedule, name)) for name in ("start", "end")]
    if all(clocks) and schedule.end <= schedule.start:
        findings.error(
            "bad_hours",
            "schedule.end",
            f"the window ends at {schedule.end} and begins at {schedule.start}",
            "SmartLead knows no window over midnight: the end must be later than the start.",
        )
    findings.whole("schedule.minutes_between_emails", schedule.minutes_between_emails, 3, optional=False)
    findings.whole("schedule.new_leads_per_day", schedule.new_leads_per_day, 1, optional=False)
    starts_at: object = schedule.starts_at
    if starts_at is None:
        return
    if not isinstance(starts_at, dt.datetime):
        findings.wrong_kind(
            "schedule.starts_at", "a date and time such as 2027-01-11T09:00:00+01:00", starts_at
        )
    elif starts_at.tzinfo is None:
        findings.error(
            "no_offset",
            "schedule.starts_at",
            f"{starts_at.isoformat()} does not say in which zone",
            "Write the offset too: 2027-01-11T09:00:00+01:00, or Z for UTC.",
        )


def _time_zone(findings: _Findings, name: str) -> None:
    path = "schedule.timezone"
    if name is None or name == "":
        findings.error(
            "no_timezone", path, "the schedule has no time zone", "Give an IANA name like Europe/Berlin."
        )
    elif not findings.text(path, name):
        return
    elif not _time_zones():
        findings.warning(
            "timezone_unchecked",
            path,
            "this machine has no list of time zones",
            "pip install tzdata, to check it.",
        )
    elif name not in _time_zones():
        near = did_you_mean(name, sorted(_time_zones()))
        findings.error(
            "bad_timezone",
            path,
            f"{name!r} is not an IANA time zone",
            near or "Write one like Europe/Berlin.",
        )


def _clock(findings: _Findings, name: str, value: object) -> bool:
    path = f"schedule.{name}"
    if isinstance(value, str) and _CLOCK.fullmatch(value):
        return True
    if isinstance(value, str):
        padded = f"0{value}"
        advice = (
            f"Write {padded}." if _CLOCK.fullmatch(padded) else "Write hours and minutes, 00:00 to 23:59."
        )
        findings.error("bad_hours", path, f"{value!r} is not a time of day", advice)
    else:
        findings.wrong_kind(path, 'a time of day such as "09:00"', value)
    return False


# --- settings ----------------------------------------------------------------------------------------
_FLAGS: Final = (
    "send_as_plain_text",
    "force_plain_text",
    "enable_ai_esp_matching",
    "auto_pause_domain_leads_on_reply",
    "ignore_ss_mailbox_sending_limit",
    "domain_level_rate_limit",
    "add_unsubscribe_tag",
)


def _settings(findings: _Findings, settings: SettingsSpec) -> None:
    if settings == SettingsSpec():
        findings.warning(
            "no_settings", "settings", "no setting is given", "Leave settings out: it costs a request."
        )
    for name in _FLAGS:
        findings.flag(f"settings.{name}", getattr(settings, name))
    if settings.track_settings is not None:
        for index, value in enumerate(findings.listed("settings.track_settings", settings.track_settings)):
            findings.one_of(f"settings.track_settings[{index}]", value, TrackSetting)
    findings.one_of("settings.stop_lead_settings", settings.stop_lead_settings, StopLeadSetting)
    findings.text("settings.unsubscribe_text", settings.unsubscribe_text)
    findings.whole("settings.follow_up_percentage", settings.follow_up_percentage, 0, 100)
    findings.text("settings.bounce_autopause_threshold", settings.bounce_autopause_threshold)
    if settings.ai_categorisation_options is not None:
        options = findings.listed("settings.ai_categorisation_options", settings.ai_categorisation_options)
        for index, value in enumerate(options):
            findings.whole(f"settings.ai_categorisation_options[{index}]", value, 0, optional=False)
    away = settings.out_of_office_detection_settings
    if away is not None:
        _out_of_office(findings, away)


def _out_of_office(findings: _Findings, away: OutOfOfficeSettings) -> None:
    path = "settings.out_of_office_detection_settings"
    for name in ("ignore_ooo_as_reply", "auto_reactivate_ooo", "auto_categorize_ooo"):
        findings.flag(f"{path}.{name}", getattr(away, name))
    delay = away.reactivate_ooo_with_delay
    if not isinstance(delay, enum.Enum):
        findings.whole(f"{path}.reactivate_ooo_with_delay", delay, 0)
