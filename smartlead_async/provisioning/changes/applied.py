"""The state that was applied to a campaign, rebuilt from the ledger for a comparison with the server."""

from __future__ import annotations

from typing import Any, Final, TypeVar

import attrs
import orjson

from ...api.campaigns.models import CampaignStatus
from ...pipeline.converter import structure
from ...plan.campaign import CampaignSpec
from ...plan.schedule import ScheduleSpec
from ...plan.sequence import StepSpec
from ...plan.settings import READABLE, SettingsSpec
from ...plan.step import Step
from ..ledger.protocol import Ledger
from ..ledger.records import CampaignRecord, CampaignState, StepState
from .content import CONFIGURED
from .due import FRESH_SETTINGS, may_be_running
from .sent_leads import SentLeads

T = TypeVar("T")

_COMPARED: Final = (*CONFIGURED, Step.LEADS, Step.START)


@attrs.frozen
class Applied:
    """The content of a campaign on the server, as far as the ledger knows.

    ``spec`` has neither leads nor mailboxes. ``known`` are the steps whose outcome is certain; what the
    others have left on the server is not known, until the job is run again.
    """

    spec: CampaignSpec
    known: frozenset[Step]
    mailbox_ids: tuple[int, ...]
    statuses: tuple[CampaignStatus, ...]
    """The statuses that the campaign may have by itself; the first one is that which it was given."""
    sent: SentLeads


async def applied(record: CampaignRecord, ledger: Ledger) -> Applied:
    """Return what the ledger, which is open, says was applied to a campaign."""
    contents = {step: await _content(record, step, ledger) for step in CONFIGURED}
    known = {step for step in _COMPARED if _is_certain(record, step, contents.get(step))}
    mailboxes = record.step(Step.MAILBOXES)
    spec = CampaignSpec(
        record.name,
        record.client_id,
        steps=_structured(contents[Step.SEQUENCES], tuple[StepSpec, ...]) or (),
        schedule=_structured(contents[Step.SCHEDULE], ScheduleSpec),
        settings=_with_fresh(_structured(contents[Step.SETTINGS], SettingsSpec)),
    )
    return Applied(
        spec,
        frozenset(known),
        () if mailboxes is None else mailboxes.mailbox_ids,
        _statuses(record),
        SentLeads.of(await ledger.leads(record.key)),
    )


async def _content(record: CampaignRecord, step: Step, ledger: Ledger) -> Any:
    done = record.step(step)
    stored = None if done is None or done.content is None else await ledger.content(done.content)
    return None if stored is None else orjson.loads(stored)


def _is_certain(record: CampaignRecord, step: Step, content: Any) -> bool:
    if step is Step.START:
        begun = [each for name in (Step.START, Step.PAUSE) if (each := record.step(name)) is not None]
        return all(each.state is StepState.DONE for each in begun)
    done = record.step(step)
    if done is None:
        # What a copy has inherited is not on the ledger, but for its leads: it has none.
        return record.copy_of is None or step is Step.LEADS
    has_content = done.content is None or content is not None or step is Step.LEADS
    return done.state is StepState.DONE and has_content


def _statuses(record: CampaignRecord) -> tuple[CampaignStatus, ...]:
    # A started campaign completes on its own.
    if may_be_running(record):
        return (CampaignStatus.ACTIVE, CampaignStatus.COMPLETED)
    if record.was_started or record.state is CampaignState.PAUSED:
        return (CampaignStatus.PAUSED, CampaignStatus.COMPLETED)
    return (CampaignStatus.DRAFTED,)


def _structured(content: Any, kind: type[T]) -> T | None:
    return None if content is None else structure(content, kind)


def _with_fresh(settings: SettingsSpec | None) -> SettingsSpec:
    """Return settings with those of a new campaign where the job has set none."""
    given = settings or SettingsSpec()
    fresh = {
        name: value
        for name, value in FRESH_SETTINGS.items()
        if getattr(given, name) is None and name in (*READABLE, "track_settings")
    }
    return attrs.evolve(given, **fresh)
