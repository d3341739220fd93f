"""The leads of a campaign on the server as those of a plan, with notes about what a plan cannot say."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from itertools import islice
from typing import Any, Final

from ...api.campaigns.leads import CampaignLead
from ...api.leads.models import Lead, LeadInput, LeadStatus
from ...plan.hidden_characters import strip_hidden
from ...plan.lead_columns import MAX_CUSTOM_FIELDS
from ...plan.leads import inline_rows, unique_rows
from ...plan.merge_tags import LEAD_FIELDS
from ...wording import count, reasons
from .campaign_spec import Notes

_ORDINARY: Final = (LeadStatus.STARTED, LeadStatus.INPROGRESS, LeadStatus.COMPLETED)
"""The statuses that a lead has on its way through a sequence."""


def leads_of(members: Sequence[CampaignLead], notes: Notes) -> list[LeadInput]:
    """Return the leads of a campaign as a plan has them: each address once, and without blanks."""
    if by_status := Counter(filter(None, map(_status, members))):
        notes.append(f"a plan does not have what became of its leads{reasons(by_status)}")
    unnamed: Counter[str] = Counter()
    found = [_lead(member.lead, unnamed, notes) for member in members]
    for name, number in unnamed.items():
        notes.append(
            f"the custom field {name!r} of {count(number, 'lead')} has a name that no column can have"
        )
    leads, left_out = [], Counter[str]()
    for row in unique_rows(inline_rows(found), None):
        if row.lead is not None:
            leads.append(_without_blanks(row.lead))
        elif row.left_out is not None:
            left_out[row.left_out.replace("_", " ")] += 1
    if left_out:
        notes.append(f"{count(left_out.total(), 'lead')} cannot be in a plan{reasons(left_out)}")
    return leads


def _status(member: CampaignLead) -> str | None:
    if member.lead.is_unsubscribed:
        return "unsubscribed"
    if member.status not in _ORDINARY:
        return str(member.status).lower()
    return None if member.lead_category_id is None else "with a category"


def _lead(lead: Lead, unnamed: Counter[str], notes: Notes) -> LeadInput:
    custom = {}
    for name, value in (lead.custom_fields or {}).items():
        text = _text(value)
        if text and (not name.strip() or name.strip() != name or name in LEAD_FIELDS):
            unnamed[name] += 1
        elif text:
            custom[name] = text
    if excess := list(custom)[MAX_CUSTOM_FIELDS:]:
        notes.append(
            f"{lead.email} has more than {MAX_CUSTOM_FIELDS} custom fields: {', '.join(excess)} left out"
        )
        custom = dict(islice(custom.items(), MAX_CUSTOM_FIELDS))
    fields = {name: getattr(lead, name) or None for name in LEAD_FIELDS if name != "email"}
    return LeadInput(lead.email, **fields, custom_fields=custom or None)


def _text(value: Any) -> str:
    if value is None:
        return ""
    return strip_hidden(value) if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _without_blanks(lead: LeadInput) -> LeadInput:
    fields: dict[str, Any] = {name: getattr(lead, name) or None for name in LEAD_FIELDS}
    custom = {name: value for name, value in (lead.custom_fields or {}).items() if value}
    return LeadInput(**fields, custom_fields=custom or None)
