"""The steps that are due: what the plan says, minus what the record says was done."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from ...api.campaigns.models import CampaignStatus
from ...plan.campaign import CampaignSpec
from ...plan.step import Step
from ..ledger.records import CampaignRecord, StepState
from .content import CONFIGURED, digest_of, step_content

FRESH_SETTINGS: Final[dict[str, Any]] = {
    "track_settings": (),
    "stop_lead_settings": "REPLY_TO_AN_EMAIL",
    "follow_up_percentage": 100,
    "send_as_plain_text": False,
    "force_plain_text": False,
    "enable_ai_esp_matching": False,
    "auto_pause_domain_leads_on_reply": False,
    "ignore_ss_mailbox_sending_limit": False,
    "domain_level_rate_limit": False,
    "add_unsubscribe_tag": False,
}
"""The settings of a new campaign, as documented: what a setting is reset to when the plan drops it."""

FINAL_STATUSES: Final = (CampaignStatus.STOPPED, CampaignStatus.ARCHIVED)
"""The statuses of campaigns that can be neither started nor paused, and whose sequence cannot be changed."""


def is_configured(spec: CampaignSpec, record: CampaignRecord, step: Step) -> bool:
    """Return whether the server has what the plan says about a step other than leads and start."""
    if step is Step.SETTINGS and is_renamed(spec, record):
        return False
    done, planned = record.step(step), digest_of(step_content(spec, step))
    if done is None:
        return planned is None
    return done.state is StepState.DONE and done.content == planned


def is_renamed(spec: CampaignSpec, record: CampaignRecord) -> bool:
    """Return whether the campaign has another name or client on the server."""
    return (record.name, record.client_id) != (spec.name, spec.client_id)


def may_be_running(record: CampaignRecord) -> bool:
    """Return whether the campaign was started and not paused since, as far as the record knows."""
    start, pause = record.step(Step.START), record.step(Step.PAUSE)
    if start is None:
        return pause is not None and pause.state is not StepState.DONE
    return start.state is not StepState.FAILED or start.lost


def due_steps(spec: CampaignSpec, record: CampaignRecord, *, has_lead_changes: bool) -> tuple[Step, ...]:
    """Return the steps that make a campaign on the server equal to the plan, in their order.

    The create is left out.
    """
    due = {step for step in CONFIGURED if not is_configured(spec, record, step)}
    if has_lead_changes or (spec.has_leads and not record.is_done(Step.LEADS)):
        due.add(Step.LEADS)
    order = [step for step in Step if step in due]
    # The sequence of a running campaign cannot be saved, nor can it lose its last mailbox.
    if may_be_running(record) and not spec.start:
        return (Step.PAUSE, *order)
    if may_be_running(record) and Step.SEQUENCES in due:
        # It is paused for as short as possible.
        order.remove(Step.SEQUENCES)
        return (Step.PAUSE, Step.SEQUENCES, Step.START, *order)
    return (*order, Step.START) if spec.start and not record.is_done(Step.START) else tuple(order)


def unresettable(spec: CampaignSpec, record: CampaignRecord) -> Iterator[str]:
    """Yield the parts that the plan has dropped and that SmartLead cannot take off a campaign."""
    if record.step(Step.SEQUENCES) is not None and not spec.steps:
        yield "steps"
    if record.step(Step.SCHEDULE) is not None and spec.schedule is None:
        yield "schedule"
    settings = record.step(Step.SETTINGS)
    for name in () if settings is None else settings.settings:
        if name not in FRESH_SETTINGS and getattr(spec.settings, name, None) is None:
            yield f"settings.{name}"
