"""The views of the inbox, and one conversation."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ...api.inbox.read import GetInboxLead, GetReplyStatus
from ...api.inbox.untracked import ListUntrackedReplies
from ...api.inbox.views import (
    ListArchived,
    ListAssignedToMe,
    ListImportant,
    ListReminders,
    ListReplies,
    ListScheduled,
    ListSent,
    ListSnoozed,
    ListUnreadReplies,
    ListView,
)
from ..call import Call
from ..clock import timestamp
from ..problem import Problem, ProblemKind
from ..records import ScheduledReply
from ..replies import NOT_FOUND, Refusal, Reply, json_reply
from ..routing import handles
from ..state import CampaignLead, MailKind
from .inbox_rows import conversations, entry_of, filters_of, inbox_row, is_snoozed, last_mail, last_time

_LIMIT = 20


def _refuse_page(problem: Problem) -> Refusal | None:
    if problem.path == ("limit",) and problem.kind in {ProblemKind.MINIMUM, ProblemKind.MAXIMUM}:
        message = f"limit must be between 1 and {_LIMIT}"
        return Refusal(422, {"error": message, "field": "limit", "provided_value": problem.value})
    if problem.path == ("filters", "campaignId") and problem.kind is ProblemKind.TOO_LONG:
        body = {"error": "campaignId array cannot exceed 5 items", "field": "filters.campaignId"}
        return Refusal(422, body | {"provided_count": len(problem.value), "max_allowed": 5})
    return None


def _page(
    call: Call,
    shows: Callable[[CampaignLead], bool],
    sort_key: Callable[[CampaignLead], float],
    more: Callable[[CampaignLead], dict[str, Any]] = lambda _member: {},
    *,
    earliest_first: bool = False,
) -> Reply:
    filters = filters_of(call)
    found = [
        each for each in conversations(call) if shows(each) and all(accepts(each) for accepts in filters)
    ]
    found.sort(key=sort_key, reverse=not earliest_first)
    offset, limit = call.number("offset", 0), call.number("limit", _LIMIT)
    history = bool(call.query.get("fetch_message_history"))
    rows = [
        inbox_row(call, each, with_history=history) | more(each) for each in found[offset : offset + limit]
    ]
    return json_reply({"ok": True, "data": rows, "offset": offset, "limit": limit})


def _conversation_page(call: Call, shows: Callable[[CampaignLead], bool]) -> Reply:
    by_sent_time = call.body.get("sortBy") == "SENT_TIME_DESC"
    kinds = (MailKind.SENT, MailKind.MANUAL) if by_sent_time else (MailKind.REPLY,)
    return _page(call, shows, lambda member: last_time(member, *kinds))


def _in_inbox(call: Call, member: CampaignLead) -> bool:
    """Whether a lead has replied and was not put away."""
    replied = last_mail(member, MailKind.REPLY) is not None
    return replied and not entry_of(call, member).is_archived and not is_snoozed(call, member)


@handles(ListReplies, on_problem=_refuse_page)
def list_replies(call: Call) -> Reply:
    return _conversation_page(call, lambda member: _in_inbox(call, member))


@handles(ListUnreadReplies, on_problem=_refuse_page)
def list_unread_replies(call: Call) -> Reply:
    return _conversation_page(call, lambda member: member.has_unread and _in_inbox(call, member))


@handles(ListView, on_problem=_refuse_page)
def list_view(call: Call) -> Reply:
    return _conversation_page(call, lambda _member: True)


@handles(ListSent, on_problem=_refuse_page)
def list_sent(call: Call) -> Reply:
    kinds = (MailKind.SENT, MailKind.MANUAL)
    return _page(
        call, lambda member: last_mail(member, *kinds) is not None, lambda member: last_time(member, *kinds)
    )


@handles(ListImportant, on_problem=_refuse_page)
def list_important(call: Call) -> Reply:
    return _conversation_page(call, lambda member: entry_of(call, member).is_important)


@handles(ListArchived, on_problem=_refuse_page)
def list_archived(call: Call) -> Reply:
    return _conversation_page(call, lambda member: entry_of(call, member).is_archived)


@handles(ListSnoozed, on_problem=_refuse_page)
def list_snoozed(call: Call) -> Reply:
    return _conversation_page(call, lambda member: is_snoozed(call, member))


@handles(ListAssignedToMe, on_problem=_refuse_page)
def list_assigned_to_me(call: Call) -> Reply:
    return _conversation_page(call, lambda member: entry_of(call, member).team_member_id is not None)


@handles(ListReminders, on_problem=_refuse_page)
def list_reminders(call: Call) -> Reply:
    def reminder(member: CampaignLead) -> dict[str, Any]:
        entry = entry_of(call, member)
        at = entry.reminder_time or 0.0
        about = {"reminder_time": timestamp(at), "reminder_message": entry.reminder_message}
        return about | {"is_overdue": at < call.now}

    return _page(
        call,
        lambda member: entry_of(call, member).reminder_time is not None,
        lambda member: entry_of(call, member).reminder_time or 0.0,
        reminder,
        earliest_first=call.body.get("sortBy") != "REMINDER_TIME_DESC",
    )


@handles(ListScheduled, on_problem=_refuse_page)
def list_scheduled(call: Call) -> Reply:
    def due(member: CampaignLead) -> float:
        times = (reply.at for reply in entry_of(call, member).scheduled if reply.at > call.now)
        return min(times, default=0.0)

    return _page(
        call,
        lambda member: due(member) > 0,
        due,
        lambda member: {"scheduled_time": timestamp(due(member))},
        earliest_first=call.body.get("sortBy") != "SCHEDULED_TIME_DESC",
    )


@handles(ListUntrackedReplies)
def list_untracked_replies(call: Call) -> Reply:
    # Nobody but leads writes to the mailboxes of the fake.
    page = {"limit": call.query.get("limit", _LIMIT), "offset": call.query.get("offset", 0)}
    counts = {"totalCount": 0, "pagination": page | {"totalCount": 0, "hasMore": False}}
    return json_reply({"success": True, "message": "ok", "data": {"replies": [], **counts}})


@handles(GetInboxLead)
def get_inbox_lead(call: Call) -> Reply:
    member = call.account.campaign_leads_by_map_id.get(call.ids[0])
    if member is None or not call.access.sees(member.campaign.client_id):
        raise Refusal(404, NOT_FOUND)
    return json_reply({"ok": True, "data": [inbox_row(call, member, with_history=True)]})


@handles(GetReplyStatus)
def get_reply_status(call: Call) -> Reply:
    message_id = call.query["message_id"]
    for entry in call.account.inbox.values():
        for reply in entry.scheduled:
            ids = {reply.mail.message_id, reply.answered_message_id}
            if message_id in ids and call.access.sees(reply.mail.member.campaign.client_id):
                return json_reply({"ok": True, "data": _status(call, reply)})
    raise Refusal(404, {"ok": False, "error": "No reply found for the given message_id"})


def _status(call: Call, reply: ScheduledReply) -> dict[str, Any]:
    sent = reply.at <= call.now
    return {
        "message_id": reply.mail.message_id,
        # No status but COMPLETED is documented.
        "status": "COMPLETED" if sent else "SCHEDULED",
        "status_message": "sent" if sent else "scheduled",
        "event_time": timestamp(reply.at) if sent else None,
        "scheduled_time": None if sent else timestamp(reply.at),
        "email_stats_id": reply.mail.stats_id,
    }
