"""Record mails and what happens to them. All figures of the fake are counted from these records."""

from __future__ import annotations

import functools
from typing import Final

import attrs

from .accounts import Account
from .state import (
    Campaign,
    CampaignLead,
    CampaignStatus,
    EmailAccount,
    EventKind,
    LeadStatus,
    Mail,
    MailEvent,
    MailKind,
    Step,
    Variant,
)
from .world import World

_STOP_RULES: Final = {
    EventKind.REPLY: "REPLY_TO_AN_EMAIL",
    EventKind.CLICK: "CLICK_ON_A_LINK",
    EventKind.OPEN: "OPEN_AN_EMAIL",
}
_ENDED: Final = frozenset({LeadStatus.COMPLETED, LeadStatus.STOPPED, LeadStatus.BLOCKED})


@attrs.frozen
class MailLog:
    """The log of an account. What is recorded is delivered to webhooks."""

    world: World
    account: Account

    def sent(
        self,
        member: CampaignLead,
        mailbox: EmailAccount | None,
        *,
        subject: str,
        body: str,
        number: int,
        at: float,
        step: Step | None = None,
        variant: Variant | None = None,
    ) -> Mail:
        """Record that step ``number`` of the sequence was sent to a lead."""
        mail_id = next(self.world.ids.message)
        mail = Mail(mail_id, MailKind.SENT, member, at, mailbox, subject, body, number, step, variant)
        _add_to_thread(member, mail)
        if mailbox is not None:
            mailbox.sent_at.append(at)
        member.last_sent = mail
        member.last_step = max(member.last_step, number)
        if member.status is LeadStatus.STARTED:
            member.status = LeadStatus.INPROGRESS
        self.event(mail, EventKind.SENT, at)
        return mail

    def manual(
        self, member: CampaignLead, mailbox: EmailAccount | None, *, subject: str, body: str, at: float
    ) -> Mail:
        """Send a mail that a user wrote, at its time; it counts as no mail of the sequence."""
        mail = Mail(next(self.world.ids.message), MailKind.MANUAL, member, at, mailbox, subject, body)
        mail.answers = member.last_sent
        if at <= self.world.clock.wall():
            _add_to_thread(member, mail)
        else:
            self.world.agenda.add(at, functools.partial(_add_to_thread, member, mail))
        return mail

    def reply(
        self, member: CampaignLead, *, subject: str, body: str, at: float, category_id: int | None = None
    ) -> Mail:
        """Record a reply of a lead, which belongs to the newest mail that was sent to it.

        The lead is put into the category of the reply if it has none.
        """
        sent = member.last_sent
        mailbox = sent.mailbox if sent is not None else None
        number = sent.step_number if sent is not None else 0
        reply = Mail(next(self.world.ids.message), MailKind.REPLY, member, at, mailbox, subject, body, number)
        reply.answers = sent
        _add_to_thread(member, reply)
        member.has_unread = True
        before = member.category_id
        member.category_id = before if before is not None else category_id
        if sent is not None:
            self.event(sent, EventKind.REPLY, at, reply=reply)
        self.world.deliveries.notify_category(self.account, member, before, at)
        return reply

    def event(
        self, mail: Mail, kind: EventKind, at: float, *, detail: str = "", reply: Mail | None = None
    ) -> MailEvent:
        """Record what happened to a mail of a sequence, and change the status of its lead accordingly."""
        member = mail.member
        event = MailEvent(kind, at, mail, reply, detail)
        mail.events.append(event)
        member.campaign.events.append(event)
        if kind is EventKind.UNSUBSCRIBE:
            member.unsubscribed = True
        if _stops(kind, member.campaign) and member.status not in _ENDED:
            member.status = LeadStatus.STOPPED
        self.world.deliveries.notify(self.account, event)
        return event

    def unsubscribe(self, member: CampaignLead, at: float) -> None:
        """Unsubscribe a lead from a campaign; the log has it if the lead got a mail before."""
        last = member.last_sent
        if last is not None and not member.unsubscribed:
            self.event(last, EventKind.UNSUBSCRIBE, at)
        member.unsubscribed = True

    def categorize(self, member: CampaignLead, category_id: int | None, at: float) -> None:
        """Put a lead into a category, or into none."""
        before, member.category_id = member.category_id, category_id
        self.world.deliveries.notify_category(self.account, member, before, at)


def _stops(kind: EventKind, campaign: Campaign) -> bool:
    if kind in {EventKind.BOUNCE, EventKind.UNSUBSCRIBE}:
        return True
    return _STOP_RULES.get(kind) == campaign.stop_lead_settings


def _add_to_thread(member: CampaignLead, mail: Mail) -> None:
    if member.mails is None:
        member.mails = []
    member.mails.append(mail)


def remove_from_log(member: CampaignLead) -> None:
    """Remove the mails of a lead from the log of its campaign."""
    if member.mails:
        member.campaign.events = [
            event for event in member.campaign.events if event.mail.member is not member
        ]


def complete_if_done(campaign: Campaign, at: float) -> None:
    """Set an ACTIVE campaign to COMPLETED if none of its leads is to get another mail."""
    if campaign.status is CampaignStatus.ACTIVE and all(
        member.status in _ENDED or member.is_unsubscribed for member in campaign.leads.values()
    ):
        campaign.status = CampaignStatus.COMPLETED
        campaign.touch(at)


def sender_of(account: Account, member: CampaignLead) -> EmailAccount | None:
    """Return the mailbox that the campaign writes to a lead from."""
    linked = member.campaign.email_account_ids
    number = member.email_account_id if member.email_account_id in linked else next(iter(linked), 0)
    return account.email_accounts.get(number or 0)
