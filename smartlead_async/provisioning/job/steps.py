"""The steps of a campaign as requests, and the counts of imported leads."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import Any

import attrs

from ...api.campaigns.leads import AddLeads, LeadsAdded
from ...api.campaigns.models import CampaignAction
from ...api.campaigns.sequences import Delay, SequenceStep, StepInput, VariantInput
from ...api.campaigns.setup import UpdateSchedule, UpdateStatus
from ...api.leads.models import ImportSettings, LeadInput
from ...errors import SmartleadError
from ...plan.campaign import CampaignSpec
from ...plan.request_count import LEADS_PER_REQUEST
from ...plan.schedule import ScheduleSpec
from ...plan.sequence import StepSpec
from ...plan.settings import SettingsSpec
from ...plan.step import Step
from ...request import Request
from ..ledger.records import LeadTally


class LeadsNotTaken(SmartleadError):
    """SmartLead accepted an import and left leads out: the quota is used up, or it did not say why."""


def request_for(step: Step, spec: CampaignSpec, campaign_id: int) -> Request[Any]:
    """Return the request of a step that needs nothing but the plan."""
    match step:
        case Step.SCHEDULE if spec.schedule is not None:
            return schedule_request(campaign_id, spec.schedule)
        case Step.START:
            return UpdateStatus(campaign_id, CampaignAction.START)
        case _:
            raise ValueError(f"{step} is not a step of one request in {spec.identity!r}")


def sequence(steps: Sequence[StepSpec]) -> tuple[StepInput, ...]:
    """Return the steps as they are sent."""
    return tuple(_step_input(number, step) for number, step in enumerate(steps, start=1))


def _step_input(number: int, step: StepSpec) -> StepInput:
    variants = tuple(
        VariantInput(
            subject=mail.subject or "",
            email_body=mail.body or "",
            variant_label=mail.label or "A",
            variant_distribution_percentage=mail.share,
        )
        for mail in step.mails()
    )
    plain = not step.variants
    return StepInput(
        number,
        Delay(step.delay_days),
        subject=(step.subject or "") if plain else step.subject,
        email_body=step.body,
        seq_variants=None if plain else variants,
        variant_distribution_type=step.variant_distribution,
        lead_distribution_percentage=step.test_share,
        winning_metric_property=step.winning_metric,
        seq_type=step.kind,
    )


def schedule_request(campaign_id: int, schedule: ScheduleSpec) -> UpdateSchedule:
    """Return the request that saves a schedule."""
    return UpdateSchedule(
        campaign_id,
        timezone=schedule.timezone,
        days_of_the_week=schedule.day_numbers,
        start_hour=schedule.start,
        end_hour=schedule.end,
        min_time_btw_emails=schedule.minutes_between_emails,
        max_new_leads_per_day=schedule.new_leads_per_day,
        schedule_start_time=schedule.starts_at,
    )


def given_settings(settings: SettingsSpec | None) -> dict[str, Any]:
    """Return the settings that a plan sets."""
    given = {} if settings is None else attrs.asdict(settings, recurse=False)
    return {name: value for name, value in given.items() if value is not None}


def with_saved_ids(steps: Sequence[StepInput], saved: Sequence[SequenceStep]) -> tuple[StepInput, ...]:
    """Return steps with the ids of the saved ones with the same numbers, which keep their statistics."""
    by_number = {step.seq_number: step for step in saved}
    return tuple(
        step if (old := by_number.get(step.seq_number)) is None else _with_ids(step, old) for step in steps
    )


def _with_ids(step: StepInput, old: SequenceStep) -> StepInput:
    labels = {variant.variant_label: variant.id for variant in old.sequence_variants}
    variants = step.seq_variants
    if variants is not None:
        variants = tuple(attrs.evolve(each, id=labels.get(each.variant_label)) for each in variants)
    return attrs.evolve(step, id=old.id, seq_variants=variants)


def lead_batches(
    leads: Iterable[LeadInput], settings: ImportSettings | None, campaign_id: int
) -> Iterator[AddLeads]:
    """Yield the requests that import leads, 400 in each."""
    left = iter(leads)
    while batch := tuple(islice(left, LEADS_PER_REQUEST)):
        yield AddLeads(campaign_id, lead_list=batch, settings=settings)


def tally(batch: Sequence[LeadInput], response: LeadsAdded) -> LeadTally:
    """Return the counts of an imported batch, or raise :class:`LeadsNotTaken` if leads are missing from them.

    The ids are exact, but come only if the plan asks for them, which some accounts refuse. The totals have
    been seen to count what was sent instead of what was added, and to report a success that imported nothing.
    """
    sent = len(batch)
    if response.is_lead_limit_exhausted:
        raise LeadsNotTaken(
            f"the lead quota of the account ran out: {response.lead_import_stopped_count or 'some'} leads "
            "were not imported. Raise the quota and run the job again"
        )
    left_out = _left_out(response)
    skipped = sum(left_out.values())
    if response.lead_ids is not None:
        added, already = len(response.lead_ids.newly_added), len(response.lead_ids.existing)
    else:
        already = response.already_added_to_campaign or 0
        counted = response.upload_count if response.total_leads is None else response.total_leads
        if counted is None:
            counted = sent
        added = min(counted, max(sent - already - skipped, 0))
    missing = sent - added - already - skipped
    if missing > 0:
        raise LeadsNotTaken(
            f"SmartLead took {added} of {sent} leads, named {already + skipped} that it left out, and said "
            f"nothing about the other {missing}"
        )
    return LeadTally(sent=sent, added=added, already_there=already, skipped=skipped, left_out=left_out)


def _left_out(response: LeadsAdded) -> dict[str, int]:
    """Return how many leads SmartLead left out, by reason."""
    unsubscribed = response.unsubscribed_leads
    counts = {
        "duplicate": response.duplicate_count,
        "skipped": response.skipped_count,
        "invalid": response.invalid_email_count,
        "unsubscribed": len(unsubscribed) if isinstance(unsubscribed, list) else unsubscribed,
        "blocked": response.block_count,
        "bounced": response.bounce_count,
    }
    return {reason: count for reason, count in counts.items() if count}
