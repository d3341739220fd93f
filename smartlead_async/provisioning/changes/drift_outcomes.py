"""The outcomes of drift: what provisioning does about what was changed by hand, and what else can be done."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

import attrs

from ...api.campaigns.models import CampaignStatus
from ...naming import may_be_stored_as
from ...plan.step import Step
from .change import Action, CampaignChange, Drift
from .due import FINAL_STATUSES
from .sent_leads import LeadChanges

_STEP_OF: Final = {
    "steps": Step.SEQUENCES,
    "mailboxes": Step.MAILBOXES,
    "schedule": Step.SCHEDULE,
    "settings": Step.SETTINGS,
}
_IDENTITY: Final = ("name", "client_id")
_BY_HAND: Final = "Undo it in SmartLead, or write it into the plan to keep it"


def with_outcomes(drift: Drift, planned: CampaignChange) -> Drift:
    """Return drift with what provisioning does about it, given the change that the plan asks for."""
    return attrs.evolve(drift, outcomes=tuple(_outcomes(drift, planned))) if drift else drift


def _outcomes(drift: Drift, planned: CampaignChange) -> Iterator[str]:
    if drift.is_deleted:
        yield _deleted(planned)
        return
    status = next((each.after for each in drift.changes if each.path == "status"), None)
    if planned.action is Action.REMOVE:
        yield "provision deletes the campaign as it is"
        return
    if planned.action is Action.REPLACE:
        yield (
            "provision cannot delete it while it is active: pause it in SmartLead first"
            if status == CampaignStatus.ACTIVE
            else "provision deletes the campaign as it is and creates it again"
        )
        return
    if status is not None:
        yield _of_status(status, planned)
    if any(each.path == "name" and may_be_stored_as(each.before, each.after or "") for each in drift.changes):
        yield "if SmartLead has cut off the end of the name, plan a shorter one"
    yield from _of_parts(drift.parts, planned)
    yield from _of_leads(drift.leads)


def _deleted(planned: CampaignChange) -> str:
    forget = "remove it from the ledger (smartlead-async forget)"
    if planned.action is Action.REMOVE:
        return "provision removes it from the ledger"
    if planned.action is Action.REPLACE:
        return "provision creates it again"
    if planned.action is Action.NONE:
        return f"provision does not create it again. To have it created again, {forget}"
    what = "refuses the whole plan" if planned.needs_status else "fails at this campaign"
    return f"provision {what}. To have it created again, {forget}"


def _of_status(status: Any, planned: CampaignChange) -> str:
    starts, pauses = Step.START in planned.steps, Step.PAUSE in planned.steps
    if status in FINAL_STATUSES:
        what = "refuses the whole plan, since" if planned.needs_status else "leaves it as it is:"
        return f"provision {what} {status} is final. Plan another campaign"
    if status == CampaignStatus.ACTIVE:
        return _of_active(planned)
    if pauses and not starts:
        return f"provision would pause it anyway, and leaves it {status}"
    if starts and not pauses:
        return "provision starts it"
    return f"provision leaves it {status}. Start it in SmartLead if it is to go on"


def _of_active(planned: CampaignChange) -> str:
    if Step.SEQUENCES in planned.steps:
        return "provision fails to save its steps while it is active: pause it in SmartLead first"
    if Step.START in planned.steps:
        return "provision starts it anyway"
    return "provision leaves it active, so it sends mail. Pause it in SmartLead, or plan start: true"


def _of_parts(parts: tuple[str, ...], planned: CampaignChange) -> Iterator[str]:
    saved = [part for part in parts if _STEP_OF.get(part) in planned.steps]
    renamed = {change.path for change in planned.changes}
    saved += [part for part in parts if part in _IDENTITY and renamed & set(_IDENTITY)]
    left = [part for part in parts if part not in (*saved, "status", "leads")]
    if saved:
        yield f"provision saves the planned {_listed(saved)}"
    if "mailboxes" in saved:
        yield "provision keeps mailboxes that were added by hand: remove them in SmartLead"
    if "settings" in saved:
        yield "provision keeps settings that the plan never had"
    if left:
        yield f"provision leaves {_listed(left)} alone. {_BY_HAND}"


def _of_leads(leads: LeadChanges) -> Iterator[str]:
    if leads.added:
        yield "provision leaves leads alone that were added by hand"
    if leads.removed:
        yield (
            "provision does not import leads again that were removed by hand. For that, take them out of the "
            "plan, provision it with --allow-removals, and put them back"
        )


def _listed(parts: list[str]) -> str:
    names = ["client" if part == "client_id" else part for part in parts]
    return " and ".join(filter(None, [", ".join(names[:-1]), names[-1]]))
