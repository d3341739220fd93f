"""Ledger rows of adopted campaigns: what a provisioning run would have recorded."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from typing import Final

from ...api.campaigns.models import Campaign, CampaignStatus
from ...api.leads.models import LeadInput
from ...plan.campaign import CampaignSpec
from ...plan.request_count import LEADS_PER_REQUEST, steps_of
from ...plan.step import Step
from ..changes.content import step_content
from ..changes.sent_leads import entries_of
from ..job.journal import Journal
from ..job.steps import given_settings
from ..ledger.records import CampaignRecord, CampaignState, LeadBatch, LeadTally, StepRecord, StepState

_NEVER_STARTED: Final = CampaignStatus.DRAFTED


async def record_adopted(journal: Journal, spec: CampaignSpec, campaign: Campaign) -> None:
    """Record that a campaign on the server is what a specification with a key says."""
    leads = 0
    for number, batch in enumerate(_batches(spec)):
        leads += len(batch)
        await journal.save_leads(spec.identity, LeadBatch(number, entries_of(batch), is_done=True))
    steps = [
        await _step(journal, spec, step, batches=-(-leads // LEADS_PER_REQUEST)) for step in steps_of(spec)
    ]
    if campaign.status == CampaignStatus.PAUSED:
        steps.append(await _step(journal, spec, Step.PAUSE))
    record = CampaignRecord(
        spec.identity,
        spec.name,
        spec.client_id,
        fingerprint=spec.fingerprint(),
        state=CampaignState.DONE,
        campaign_id=campaign.id,
        was_started=campaign.status != _NEVER_STARTED,
        leads=LeadTally(sent=leads, added=leads),
        steps=tuple(steps),
    )
    await journal.save(record)


def _batches(spec: CampaignSpec) -> Iterator[tuple[LeadInput, ...]]:
    leads = spec.iter_leads()
    while batch := tuple(islice(leads, LEADS_PER_REQUEST)):
        yield batch


async def _step(journal: Journal, spec: CampaignSpec, step: Step, *, batches: int = 0) -> StepRecord:
    content = await journal.record_content(step_content(spec, step))
    now = journal.now()
    return StepRecord(
        step,
        StepState.DONE,
        now,
        now,
        batches=batches if step is Step.LEADS else 0,
        content=content,
        mailbox_ids=tuple(spec.mailboxes.ids) if step is Step.MAILBOXES and spec.mailboxes else (),
        settings=tuple(given_settings(spec.settings)) if step is Step.SETTINGS else (),
    )
