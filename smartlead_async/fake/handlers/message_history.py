"""The mails sent to a lead of a campaign, and the replies, as JSON."""

from __future__ import annotations

from typing import Any

from ..accounts import Account
from ..clock import parse_timestamp, timestamp
from ..mail_log import sender_of
from ..rendering import filled_in
from ..state import CampaignLead, EventKind, Mail, MailKind


def message_json(mail: Mail) -> dict[str, Any]:
    """Return a mail or a reply, as in the history of a lead."""
    lead, is_reply = mail.member.lead, mail.kind is MailKind.REPLY
    clicks = [event.detail for event in mail.events if event.kind is EventKind.CLICK]
    return {
        "type": "REPLY" if is_reply else "SENT",
        "message_id": mail.message_id,
        "stats_id": mail.stats_id,
        "time": timestamp(mail.at),
        "email_body": filled_in(mail.body, lead),
        "subject": filled_in(mail.subject, lead),
        "email_seq_number": str(mail.step_number) if mail.step_number else None,
        "open_count": len(mail.times(EventKind.OPEN)),
        "click_count": len(clicks),
        "click_details": {link: clicks.count(link) for link in clicks},
        "from": lead.email if is_reply else mail.mailbox_address,
        "to": mail.mailbox_address if is_reply else lead.email,
    }


def address_of_sender(account: Account, member: CampaignLead) -> str:
    """Return the address that the campaign writes to a lead from."""
    mailbox = sender_of(account, member)
    return mailbox.from_email if mailbox is not None else "sender@sender.example"


def messages_after(member: CampaignLead, moment: str | None) -> list[dict[str, Any]]:
    """Return the messages of a lead, only those after a timestamp if one is given."""
    after = parse_timestamp(moment) if moment is not None else float("-inf")
    return [message_json(mail) for mail in member.mails or () if mail.at > after]


def count_of(member: CampaignLead, kind: EventKind) -> int:
    """Return how many events of a kind there were after mails to a lead."""
    return sum(event.kind is kind for mail in member.mails or () for event in mail.events)


def has_event(member: CampaignLead, kind: EventKind) -> bool:
    """Return whether an event of a kind happened to a mail to a lead."""
    return any(event.kind is kind for mail in member.mails or () for event in mail.events)


def has_replied(member: CampaignLead) -> bool:
    """Return whether a lead has replied."""
    return any(mail.kind is MailKind.REPLY for mail in member.mails or ())
