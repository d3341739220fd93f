"""The comparison of a campaign of the plan with its record: nothing is sent."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import orjson

from ...plan.campaign import CampaignSpec
from ...plan.request_count import LEADS_PER_REQUEST, count_requests, steps_of
from ...plan.step import Step
from ...wording import count
from ..ledger.protocol import Ledger
from ..ledger.records import CampaignRecord, CampaignState, RecordHead, StepState
from .change import Action, CampaignChange, Change
from .content import CONFIGURED, digest_of, step_content
from .due import due_steps, is_configured, may_be_running, unresettable
from .sent_leads import LeadChanges, SentLeads
from .values import changed_values

_STATUS_REQUESTS = 2
"""One for the status of a started campaign, one for what it has sent."""


async def compare(spec: CampaignSpec, record: CampaignRecord | None, ledger: Ledger) -> CampaignChange:
    """Return how a campaign of the plan differs from its record on an open ledger."""
    if record is None or not record.is_under_way:
        return _creation(spec)
    sent = SentLeads.of(await ledger.leads(record.key))
    leads = sent.compare(spec.iter_leads())
    stuck = tuple(unresettable(spec, record))
    steps = due_steps(spec, record, has_lead_changes=bool(leads))
    contents = {step: await _stored(record, step, ledger) for step in (*CONFIGURED, Step.LEADS)}
    changes = (*_identity(spec, record), *_values(spec, record, contents), *_start(spec, record))
    removals = tuple(_removals(spec, record, contents, leads))
    delete = record.step(Step.DELETE)
    # It goes in any case, so nothing is asked of it and nothing more is removed from it.
    is_being_deleted = delete is not None and delete.is_in_doubt
    common: dict[str, Any] = {
        "key": spec.identity,
        "name": spec.name,
        "client_id": spec.client_id,
        "campaign_id": record.campaign_id,
        "changes": changes,
        "leads": leads,
        "removals": () if is_being_deleted else removals,
    }
    if is_being_deleted or (stuck and not record.was_started):
        total = sum(1 for _ in spec.iter_leads())
        return CampaignChange(
            action=Action.REPLACE,
            steps=steps_of(spec),
            requests=(1 if is_being_deleted else 2) + count_requests(spec, total),
            recipients=total if spec.start else 0,
            **common,
        )
    needs_status = record.was_started and bool({Step.SEQUENCES, Step.PAUSE} & set(steps))
    return CampaignChange(
        action=_action(record, steps, changes, leads),
        steps=steps,
        requests=_requests(record, steps, leads, sent, needs_status=needs_status),
        refusal=_refusal(stuck),
        needs_status=needs_status,
        edited_steps=_edited_steps(contents[Step.SEQUENCES], step_content(spec, Step.SEQUENCES)),
        recipients=_recipients(spec, steps, record, leads),
        **common,
    )


async def compare_leads(spec: CampaignSpec, ledger: Ledger) -> LeadChanges:
    """Return how the leads of a campaign of the plan differ from those on an open ledger."""
    return SentLeads.of(await ledger.leads(spec.identity)).compare(spec.iter_leads())


def removal(head: RecordHead) -> CampaignChange:
    """Return the removal of a campaign that is on the ledger and no longer in the plan."""
    client = "" if head.client_id is None else f" of client {head.client_id}"
    return CampaignChange(
        key=head.key,
        name=head.name,
        client_id=head.client_id,
        campaign_id=head.campaign_id,
        action=Action.REMOVE,
        steps=(Step.DELETE,),
        requests=2 if head.is_on_server else 0,
        removals=(f"the campaign {head.name!r}{client}",) if head.is_on_server else (),
    )


def _creation(spec: CampaignSpec) -> CampaignChange:
    leads = sum(1 for _ in spec.iter_leads())
    return CampaignChange(
        key=spec.identity,
        name=spec.name,
        client_id=spec.client_id,
        client=spec.client,
        action=Action.CREATE,
        leads=LeadChanges(added=leads),
        steps=steps_of(spec),
        requests=count_requests(spec, leads),
        recipients=leads if spec.start else 0,
    )


def _recipients(
    spec: CampaignSpec, steps: tuple[Step, ...], record: CampaignRecord, leads: LeadChanges
) -> int:
    """Return the leads that are mailed because of the change: the new ones, or all if it is started."""
    if not spec.start:
        return 0
    is_started_now = Step.START in steps and not may_be_running(record)
    return sum(1 for _ in spec.iter_leads()) if is_started_now else leads.added


def _action(
    record: CampaignRecord, steps: tuple[Step, ...], changes: tuple[Change, ...], leads: LeadChanges
) -> Action:
    if record.state in (CampaignState.RUNNING, CampaignState.FAILED):
        return Action.CONTINUE
    return Action.CHANGE if steps or changes or leads else Action.NONE


async def _stored(record: CampaignRecord, step: Step, ledger: Ledger) -> Any:
    """Return the content of a step on the server as far as it is known, else None."""
    done = record.step(step)
    if done is None or done.content is None or done.state is not StepState.DONE:
        return None
    stored = await ledger.content(done.content)
    return None if stored is None else orjson.loads(stored)


def _identity(spec: CampaignSpec, record: CampaignRecord) -> Iterator[Change]:
    if record.name != spec.name:
        yield Change("name", record.name, spec.name)
    if record.client_id != spec.client_id:
        yield Change("client_id", record.client_id, spec.client_id)


def _values(spec: CampaignSpec, record: CampaignRecord, before: dict[Step, Any]) -> Iterator[Change]:
    for step in CONFIGURED:
        if not is_configured(spec, record, step):
            yield from changed_values(step, before[step], step_content(spec, step))
    planned = step_content(spec, Step.LEADS)
    leads = record.step(Step.LEADS)
    if leads is not None and leads.content != digest_of(planned):
        yield from changed_values(Step.LEADS, before[Step.LEADS] or {}, planned or {})


def _edited_steps(before: Any, after: Any) -> tuple[int, ...]:
    """Return the numbers of the steps that were saved and are changed or removed."""
    steps, planned = before or [], after or []
    return tuple(
        number
        for number, step in enumerate(steps, start=1)
        if number > len(planned) or planned[number - 1] != step
    )


def _start(spec: CampaignSpec, record: CampaignRecord) -> Iterator[Change]:
    if may_be_running(record) != spec.start and record.state is not CampaignState.RUNNING:
        yield Change("start", may_be_running(record), spec.start)


def _removals(
    spec: CampaignSpec, record: CampaignRecord, before: dict[Step, Any], leads: LeadChanges
) -> Iterator[str]:
    """Yield what would be taken off the server."""
    steps = before[Step.SEQUENCES]
    if steps is not None and len(spec.steps) < len(steps):
        yield count(len(steps) - len(spec.steps), "step")
    yield from _mailbox_removals(before[Step.MAILBOXES], step_content(spec, Step.MAILBOXES))
    if leads.removed:
        yield count(leads.removed, "lead")
    if record.step(Step.SCHEDULE) is not None and spec.schedule is None:
        yield "the schedule"


def _mailbox_removals(before: Any, after: Any) -> Iterator[str]:
    if before is None:
        return
    kept = after or {}
    gone = [
        *(f"mailbox {each}" for each in before.get("ids", ()) if each not in kept.get("ids", ())),
        *(each for each in before.get("addresses", ()) if each not in kept.get("addresses", ())),
    ]
    tag = before.get("tag")
    if tag and tag != kept.get("tag"):
        gone.append(f"the mailboxes with the tag {tag!r}")
    yield from gone


def _refusal(stuck: tuple[str, ...]) -> str | None:
    if not stuck:
        return None
    parts = " and ".join(stuck)
    return (
        f"SmartLead cannot remove {parts} from a campaign that was started. Keep it in the plan, or remove "
        "the campaign and plan another one"
    )


def _requests(
    record: CampaignRecord,
    steps: tuple[Step, ...],
    leads: LeadChanges,
    sent: SentLeads,
    *,
    needs_status: bool,
) -> int:
    single = sum(step is not Step.LEADS for step in steps)
    status = _STATUS_REQUESTS if needs_status else 0
    # The ids of saved steps, so that they keep their statistics.
    ids = int(Step.SEQUENCES in steps and record.was_started)
    imports = -(-leads.added // LEADS_PER_REQUEST)
    return single + status + ids + imports + _lead_requests(leads, sent) + _mailboxes_twice(steps, record)


def _lead_requests(leads: LeadChanges, sent: SentLeads) -> int:
    """Return the requests that change and remove leads, each after its id was looked up."""
    single = leads.changed + leads.removed
    if not single:
        return 0
    return single + (leads.changed if sent.looks_up_singly(leads.changed, leads.removed) else sent.pages)


def _mailboxes_twice(steps: tuple[Step, ...], record: CampaignRecord) -> int:
    """Return 1 if mailboxes are removed after others were added."""
    return int(Step.MAILBOXES in steps and record.step(Step.MAILBOXES) is not None)
