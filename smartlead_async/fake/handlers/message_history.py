"""The mails sent to a lead of a campaign, and the replies."""

from __future__ import annotations

from typing import Any

from ..clock import parse_timestamp, timestamp
from ..state import Account, CampaignLead, LeadStatus
from ..world import World


def record_message(
    world: World, account: Account, member: CampaignLead, kind: str, subject: str, email_body: str, step: int
) -> str:
    """Record a mail to or from a lead and return its stats_id; a reply has that of the newest sent mail."""
    number = next(world.ids.message)
    sender = sender_of(account, member)
    messages = member.messages = member.messages if member.messages is not None else []
    sent = [message for message in messages if message["type"] == "SENT"]
    is_reply = kind == "REPLY"
    message: dict[str, Any] = {
        "type": kind,
        "message_id": f"<{number}@{'prospect' if is_reply else 'sender'}.example>",
        "stats_id": sent[-1]["stats_id"] if is_reply and sent else f"stats-{number:08d}",
        "time": timestamp(world.clock.wall()),
        "email_body": email_body,
        "subject": subject,
        "email_seq_number": str(step),
        "open_count": 0,
        "click_count": 0,
        "click_details": {},
        "from": member.lead.email if is_reply else sender,
        "to": sender if is_reply else member.lead.email,
    }
    messages.append(message)
    if not is_reply:
        member.last_step = max(member.last_step, step)
        if member.status is LeadStatus.STARTED:
            member.status = LeadStatus.INPROGRESS
    return str(message["stats_id"])


def sender_of(account: Account, member: CampaignLead) -> str:
    """Return the address that the campaign writes to a lead from."""
    email_account_id = member.email_account_id or next(iter(member.campaign.email_account_ids), 0)
    mailbox = account.email_accounts.get(email_account_id)
    return mailbox.from_email if mailbox is not None else "sender@sender.example"


def messages_after(member: CampaignLead, moment: str | None) -> list[dict[str, Any]]:
    """Return the messages of a lead, only those after a timestamp if one is given."""
    messages = member.messages or []
    if moment is not None:
        after = parse_timestamp(moment)
        messages = [message for message in messages if parse_timestamp(message["time"]) > after]
    return messages


def has_replied(member: CampaignLead) -> bool:
    """Return whether a lead has replied."""
    return any(message["type"] == "REPLY" for message in member.messages or ())
