"""The leads that the views of the inbox show, and their rows."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any, Final

from ..call import Call
from ..clock import parse_timestamp, timestamp
from ..records import InboxEntry
from ..state import CampaignLead, EventKind, Mail, MailKind
from .message_history import has_event, has_replied, message_json

_NOTHING: Final = InboxEntry()
_Accepts = Callable[[CampaignLead], bool]


def entry_of(call: Call, member: CampaignLead) -> InboxEntry:
    """Return what the inbox knows of a lead; it must not be changed."""
    return call.account.inbox.get(member.map_id, _NOTHING)


def conversations(call: Call) -> Iterator[CampaignLead]:
    """Yield the visible leads to whom or from whom there are mails."""
    for member in call.account.campaign_leads_by_map_id.values():
        if member.mails and call.access.sees(member.campaign.client_id):
            yield member


def is_snoozed(call: Call, member: CampaignLead) -> bool:
    """Return whether a lead is snoozed now."""
    until = entry_of(call, member).snoozed_until
    return until is not None and until > call.now


def last_mail(member: CampaignLead, *kinds: MailKind) -> Mail | None:
    """Return the newest mail of some kinds."""
    return next((mail for mail in reversed(member.mails or ()) if mail.kind in kinds), None)


def last_time(member: CampaignLead, *kinds: MailKind) -> float:
    """Return the time of the newest mail of some kinds; 0 if there is none."""
    mail = last_mail(member, *kinds)
    return mail.at if mail is not None else 0.0


def inbox_row(call: Call, member: CampaignLead, *, with_history: bool) -> dict[str, Any]:
    """Return a lead of the inbox, with its mails if they are wanted."""
    entry, campaign, lead, sent = entry_of(call, member), member.campaign, member.lead, member.last_sent
    schedule = campaign.schedule
    row: dict[str, Any] = {
        "email_lead_map_id": str(member.map_id),
        "email_lead_id": str(lead.id),
        "lead_first_name": lead.first_name,
        "lead_last_name": lead.last_name,
        "lead_email": lead.email,
        "lead_status": member.status,
        "lead_category_id": member.category_id,
        "last_sent_time": _moment(last_time(member, MailKind.SENT, MailKind.MANUAL)),
        "last_reply_time": _moment(last_time(member, MailKind.REPLY)),
        "has_new_unread_email": member.has_unread,
        "email_account_id": sent.mailbox.id if sent is not None and sent.mailbox is not None else None,
        "revenue": f"{entry.revenue:.2f}",
        "is_pushed_to_sub_sequence": entry.sub_sequence_id is not None,
        "current_sequence_number": str(member.last_step),
        "sub_sequence_id": entry.sub_sequence_id,
        "old_replaced_lead_data": None,
        "lead_next_timestamp_to_send": None,
        "email_campaign_seq_id": sent.step.id if sent is not None and sent.step is not None else None,
        "is_important": entry.is_important,
        "is_archived": entry.is_archived,
        "is_snoozed": is_snoozed(call, member),
        "team_member_id": entry.team_member_id,
        "is_ooo_automated_push_lead": False,
        "email_campaign_id": campaign.id,
        "email_campaign_name": campaign.name,
        "client_id": campaign.client_id,
        "belongs_to_sub_sequence": campaign.parent_campaign_id is not None,
        "campaign_sending_schedule": None
        if schedule is None
        else {
            "tz": schedule.timezone,
            "days": schedule.days,
            "startHour": schedule.start_hour,
            "endHour": schedule.end_hour,
        },
    }
    if with_history:
        row["email_history"] = [message_json(mail) for mail in member.mails or ()]
    return row


def _moment(at: float) -> str | None:
    return timestamp(at) if at else None


# --- filters -----------------------------------------------------------------------------------------
_EMAIL_STATUS: Final[dict[str, _Accepts]] = {
    "Opened": lambda member: has_event(member, EventKind.OPEN),
    "Clicked": lambda member: has_event(member, EventKind.CLICK),
    "Replied": has_replied,
    "Unsubscribed": lambda member: member.is_unsubscribed,
    "Bounced": lambda member: has_event(member, EventKind.BOUNCE),
    "Accepted": lambda member: not has_event(member, EventKind.BOUNCE),
    "Not Replied": lambda member: not has_replied(member),
}


def filters_of(call: Call) -> list[_Accepts]:
    """Return the filters of a request for a view. A value is one id or a list of them."""
    given = {name: value for name, value in (call.body.get("filters") or {}).items() if value is not None}
    filters: list[_Accepts] = []
    if "search" in given:
        filters.append(_search(given["search"]))
    if "leadCategories" in given:
        filters.extend(_category_filters(given["leadCategories"]))
    if "emailStatus" in given:
        wanted = [_EMAIL_STATUS[name] for name in _listed(given["emailStatus"])]
        filters.append(lambda member: any(accepts(member) for accepts in wanted))
    if "replyTimeBetween" in given:
        since, until = map(parse_timestamp, given["replyTimeBetween"])
        filters.append(lambda member: since <= last_time(member, MailKind.REPLY) <= until)
    for name, value_of in _id_filters(call).items():
        if name in given:
            filters.append(_one_of(set(_listed(given[name])), value_of))
    return filters


def _id_filters(call: Call) -> dict[str, Callable[[CampaignLead], Any]]:
    return {
        "campaignId": lambda member: member.campaign.id,
        "emailAccountId": lambda member: member.email_account_id,
        "campaignTeamMemberId": lambda member: entry_of(call, member).team_member_id,
        "campaignClientId": lambda member: member.campaign.client_id,
        "subSequenceId": lambda member: entry_of(call, member).sub_sequence_id,
        # Campaigns of the fake have no tags.
        "campaignTagId": lambda _member: None,
    }


def _one_of(wanted: set[Any], value_of: Callable[[CampaignLead], Any]) -> _Accepts:
    return lambda member: value_of(member) in wanted


def _listed(value: Any) -> Iterable[Any]:
    return value if isinstance(value, list) else [value]


def _search(text: str) -> _Accepts:
    wanted = text.lower()
    return lambda member: (
        wanted
        in " ".join(
            part for part in (member.lead.email, member.lead.first_name, member.lead.last_name) if part
        ).lower()
    )


def _category_filters(given: dict[str, Any]) -> Iterator[_Accepts]:
    if given.get("unassigned"):
        yield lambda member: member.category_id is None
    if given.get("isAssigned"):
        yield lambda member: member.category_id is not None
    if included := given.get("categoryIdsIn"):
        yield _one_of(set(included), lambda member: member.category_id)
    if excluded := given.get("categoryIdsNotIn"):
        yield lambda member: member.category_id not in excluded
