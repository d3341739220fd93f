"""Comparisons of what was planned, or applied, with what SmartLead returns, value by value.

Each yields a :class:`Change` from the value that is expected to the value that was found.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from ...api.campaigns.models import Campaign
from ...api.campaigns.sequences import SequenceStep, SequenceVariant
from ...formats import as_clock_time
from ...naming import normal_name
from ...plan.content import content_of
from ...plan.schedule import ScheduleSpec
from ...plan.sequence import StepSpec, VariantSpec
from ...plan.settings import READABLE, SettingsSpec, written_track_setting
from ..changes.change import Change
from ..changes.values import weakens


def identity_changes(name: str, client_id: int | None, found: Campaign) -> Iterator[Change]:
    """Compare the name in its normal form, since a server may store it in another one, and a given client."""
    if normal_name(name) != normal_name(found.name or ""):
        yield from compared("name", name, found.name)
    if client_id is not None:
        yield from compared("client_id", client_id, found.client_id)


def schedule_changes(planned: ScheduleSpec, campaign: Campaign) -> Iterator[Change]:
    """Compare a schedule."""
    found = campaign.schedule
    if found is None:
        yield Change("schedule", content_of(planned), None)
        return
    yield from compared("schedule.timezone", planned.timezone, found.timezone)
    yield from compared("schedule.days", list(planned.day_numbers), sorted({day % 7 for day in found.days}))
    yield from compared("schedule.start", planned.start, as_clock_time(found.start_hour))
    yield from compared("schedule.end", planned.end, as_clock_time(found.end_hour))
    if planned.starts_at is not None:
        yield from compared("schedule.starts_at", planned.starts_at, campaign.schedule_start_time)
    minutes, leads = campaign.min_time_between_emails, campaign.max_leads_per_day
    yield from compared("schedule.minutes_between_emails", planned.minutes_between_emails, minutes)
    yield from compared("schedule.new_leads_per_day", planned.new_leads_per_day, leads)


def settings_changes(planned: SettingsSpec, campaign: Campaign) -> Iterator[Change]:
    """Compare the settings that are given and that SmartLead returns."""
    for name in READABLE:
        value = getattr(planned, name)
        if value is not None:
            yield from compared(f"settings.{name}", value, getattr(campaign, name))
    if planned.track_settings is not None:
        found = sorted(written_track_setting(str(setting)) for setting in campaign.track_settings)
        yield from compared("settings.track_settings", sorted(map(str, planned.track_settings)), found)


def step_changes(planned: Sequence[StepSpec], found: Sequence[SequenceStep]) -> Iterator[Change]:
    """Compare a sequence, step by step; a step that only one side has is one change."""
    by_number = {step.seq_number: step for step in found}
    for number in sorted({*range(1, len(planned) + 1), *by_number}):
        step, path = by_number.get(number), f"steps[{number - 1}]"
        spec = planned[number - 1] if 0 < number <= len(planned) else None
        if spec is None or step is None:
            yield Change(path, content_of(spec), None if step is None else _content(step))
            continue
        delay = step.seq_delay_details.delay_in_days if step.seq_delay_details is not None else None
        yield from compared(f"{path}.delay_days", spec.delay_days, delay)
        yield from _mail_changes(path, spec, step)


def _mail_changes(path: str, planned: StepSpec, found: SequenceStep) -> Iterator[Change]:
    if not planned.variants:
        yield from compared(f"{path}.subject", planned.subject or "", found.subject or "")
        yield from compared(f"{path}.body", planned.body or "", found.email_body or "")
    variants = {each.variant_label or "": each for each in found.sequence_variants if not each.is_deleted}
    mails = planned.mails()
    for index, mail in enumerate(mails if planned.variants else ()):
        yield from _variant_changes(f"{path}.variants[{index}]", mail, variants.pop(mail.label or "", None))
    # A step without variants may be returned with one that stands for the step.
    if planned.variants or len(variants) > 1:
        first = len(mails) if planned.variants else 0
        for index, variant in enumerate(variants.values(), start=first):
            yield Change(f"{path}.variants[{index}]", None, _content(variant))


def _variant_changes(path: str, planned: VariantSpec, found: SequenceVariant | None) -> Iterator[Change]:
    if found is None:
        yield Change(path, content_of(planned), None)
        return
    yield from compared(f"{path}.subject", planned.subject or "", found.subject or "")
    yield from compared(f"{path}.body", planned.body or "", found.email_body or "")
    share = found.variant_distribution_percentage
    if planned.share is not None and share is not None:
        yield from compared(f"{path}.share", planned.share, share)


def _content(found: SequenceStep | SequenceVariant) -> dict[str, Any]:
    return {"subject": found.subject or "", "body": found.email_body or ""}


def compared(path: str, planned: Any, found: Any) -> Iterator[Change]:
    """Yield a change if two values differ."""
    if planned != found:
        yield Change(path, planned, found, weakens=weakens(path, planned, found))
