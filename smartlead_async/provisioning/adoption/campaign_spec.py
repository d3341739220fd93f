"""A campaign on the server as a specification, with notes about what a specification cannot say."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Final

import attrs

from ...api.campaigns.models import Campaign, CampaignStatus, StopLeadSetting, TrackSetting
from ...api.campaigns.sequences import (
    SequenceStep,
    SequenceVariant,
    StepType,
    VariantDistribution,
)
from ...formats import as_clock_time
from ...plan.campaign import CampaignSpec
from ...plan.html_body import as_html, source_of
from ...plan.mailboxes import MailboxChoice
from ...plan.schedule import DAY_NAMES, ScheduleSpec
from ...plan.sequence import StepSpec, VariantSpec
from ...plan.settings import READABLE, SettingsSpec, written_track_setting
from ..changes.due import FRESH_SETTINGS

STARTED: Final = (CampaignStatus.ACTIVE, CampaignStatus.COMPLETED)

_KEY_LENGTH: Final = 60

_WEEK: Final = 7

_WORKDAYS: Final = (1, 2, 3, 4, 5)


class Notes(list[str]):
    """Facts about one campaign that a specification cannot express, each as half a sentence."""


def spec_of(
    campaign: Campaign, steps: Sequence[SequenceStep], mailbox_ids: Sequence[int], notes: Notes
) -> CampaignSpec:
    """Return the specification of a campaign without its leads."""
    return CampaignSpec(
        campaign.name,
        campaign.client_id,
        steps=tuple(_steps(steps, notes)),
        mailboxes=MailboxChoice(ids=tuple(mailbox_ids)) if mailbox_ids else None,
        schedule=_schedule(campaign, notes),
        settings=_settings(campaign, notes),
        start=campaign.status in STARTED,
        key=_key(campaign),
    )


def _key(campaign: Campaign) -> str:
    words = re.sub(r"[\W_]+", "-", campaign.name.lower())[:_KEY_LENGTH].strip("-")
    return f"{words}-{campaign.id}" if words else f"campaign-{campaign.id}"


# --- the sequence -------------------------------------------------------------------------------------


def _steps(found: Iterable[SequenceStep], notes: Notes) -> Iterator[StepSpec]:
    ordered = sorted(found, key=lambda step: step.seq_number)
    if [step.seq_number for step in ordered] != list(range(1, len(ordered) + 1)):
        notes.append(f"its steps are numbered {', '.join(str(step.seq_number) for step in ordered)}")
    for number, step in enumerate(ordered, start=1):
        delay = step.seq_delay_details
        yield StepSpec(
            subject=step.subject or None,
            body=_body(step.email_body, f"step {number}", notes),
            delay_days=(delay.delay_in_days or 0) if delay is not None else 0,
            variants=tuple(_variants(step, number, notes)),
            distribution=_distribution(step, number, notes),
            kind=_kind(step, number, notes),
        )


def _body(body: str | None, where: str, notes: Notes) -> str | None:
    """Return a body as the plan has it."""
    if not body:
        return None
    planned = as_html(source_of(body))
    if planned.startswith("<!-- -->") and not body.startswith("<!-- -->"):
        notes.append(
            f"the body of {where} begins with an empty comment in the plan, so that it stays as it is"
        )
    return planned


def _variants(step: SequenceStep, number: int, notes: Notes) -> Iterator[VariantSpec]:
    variants = [variant for variant in step.sequence_variants if not variant.is_deleted]
    has_shares = step.variant_distribution_type in (VariantDistribution.MANUAL_PERCENTAGE, None)
    for position, variant in enumerate(variants):
        where = f"step {number}, variant {variant.variant_label}"
        if variant.optional_email_body_1:
            notes.append(f"{where} has a second body, which a plan cannot have")
        body = _body(variant.email_body, where, notes)
        yield VariantSpec(
            subject=None if (variant.subject or "") == (step.subject or "") else variant.subject or "",
            body=None if variant.email_body == step.email_body else body,
            share=_share(variant, where, notes) if has_shares else None,
            label=None if variant.variant_label == chr(ord("A") + position) else variant.variant_label,
        )


def _share(variant: SequenceVariant, where: str, notes: Notes) -> int | None:
    share = variant.variant_distribution_percentage
    if share is not None and not float(share).is_integer():
        notes.append(f"{where} has a share of {share} %, and shares are integers in a plan")
    return None if share is None else round(share)


def _distribution(step: SequenceStep, number: int, notes: Notes) -> VariantDistribution | None:
    given = step.variant_distribution_type
    if given == VariantDistribution.AI_EQUAL:
        notes.append(f"SmartLead does not return test_share and winning_metric of step {number}")
        return VariantDistribution.AI_EQUAL
    if given is not None and given not in list(VariantDistribution):
        notes.append(f"the distribution of step {number}, {given!r}, is not known")
    # The other two are implied by the shares.
    return None


def _kind(step: SequenceStep, number: int, notes: Notes) -> StepType | None:
    if step.seq_type in (None, StepType.EMAIL):
        return None
    if step.seq_type not in list(StepType):
        notes.append(f"the type of step {number}, {step.seq_type!r}, is not known")
        return None
    return StepType(step.seq_type)


# --- schedule and settings ----------------------------------------------------------------------------


def _schedule(campaign: Campaign, notes: Notes) -> ScheduleSpec | None:
    found = campaign.schedule
    if found is None:
        return None
    if not (found.timezone and found.days and found.start_hour and found.end_hour):
        notes.append("its schedule is incomplete, and is not in the plan")
        return None
    fresh = ScheduleSpec(found.timezone)
    return ScheduleSpec(
        found.timezone,
        _days(found.days),
        as_clock_time(found.start_hour),
        as_clock_time(found.end_hour),
        _given(campaign.min_time_between_emails, fresh.minutes_between_emails),
        _given(campaign.max_leads_per_day, fresh.new_leads_per_day),
        campaign.schedule_start_time,
    )


def _days(numbers: Iterable[int]) -> tuple[int | str, ...]:
    # Both 0 and 7 are Sunday.
    days = tuple(sorted({day % _WEEK if day == _WEEK else day for day in numbers}))
    if days == _WORKDAYS:
        return ("mon-fri",)
    return tuple(DAY_NAMES[day][:3] if 0 <= day < _WEEK else day for day in days)


def _given(value: int | None, default: int) -> int:
    return default if value is None else value


def _settings(campaign: Campaign, notes: Notes) -> SettingsSpec | None:
    found = {
        "track_settings": tuple(_track_settings(campaign, notes)),
        "stop_lead_settings": _stop_lead_settings(campaign, notes),
        "unsubscribe_text": campaign.unsubscribe_text or None,
        "send_as_plain_text": campaign.send_as_plain_text,
        "follow_up_percentage": campaign.follow_up_percentage,
        "enable_ai_esp_matching": campaign.enable_ai_esp_matching,
    }
    changed: dict[str, Any] = {
        name: value
        for name, value in found.items()
        if value is not None and value != FRESH_SETTINGS.get(name)
    }
    return SettingsSpec(**changed) if changed else None


UNREADABLE: Final = tuple(
    field.name for field in attrs.fields(SettingsSpec) if field.name not in (*READABLE, "track_settings")
)
"""The settings that SmartLead does not return. They are not in an imported plan, and stay as they are."""


def _track_settings(campaign: Campaign, notes: Notes) -> Iterator[TrackSetting]:
    for stored in campaign.track_settings:
        name = written_track_setting(str(stored))
        if name in list(TrackSetting):
            yield TrackSetting(name)
        else:
            notes.append(f"the value {name!r} of track_settings is not known, and is not in the plan")


def _stop_lead_settings(campaign: Campaign, notes: Notes) -> StopLeadSetting | None:
    stored = campaign.stop_lead_settings
    if stored is None or stored in list(StopLeadSetting):
        return None if stored is None else StopLeadSetting(stored)
    notes.append(f"the value {str(stored)!r} of stop_lead_settings is not known, and is not in the plan")
    return None
