"""The mails that one started campaign sends."""

from __future__ import annotations

import collections
import heapq
import random
from collections.abc import Iterator
from typing import Final

from ..mail_log import MailLog
from ..state import Campaign, CampaignLead, EmailAccount, LeadStatus, Mail, Schedule, Step, Variant
from .windows import Window, day_of, start_of_day

_DAY: Final = 86_400
_WAITING: Final = frozenset({LeadStatus.STARTED, LeadStatus.INPROGRESS})


class CampaignSending:
    """A started campaign that sends: the leads that wait for a mail, and its mailboxes.

    It is built anew for every advance from the state of the campaign, so that nothing has to be kept when
    leads, mailboxes or settings change in between. Each mailbox sends one mail in ``min_time_btw_emails``
    minutes, follow-ups before mails to new leads.
    """

    def __init__(self, log: MailLog, campaign: Campaign, schedule: Schedule) -> None:
        self.log, self.campaign = log, campaign
        self.window = Window(campaign, schedule)
        self._interval = campaign.min_time_between_emails * 60
        linked = (log.account.email_accounts[number] for number in campaign.email_account_ids)
        self.mailboxes = {mailbox.id: mailbox for mailbox in linked if mailbox.usable}
        self._new: collections.deque[CampaignLead] = collections.deque()
        self._own_new: dict[int, collections.deque[CampaignLead]] = {}
        self._follow_ups: dict[int, list[tuple[float, int, CampaignLead]]] = {}
        self._sent_at: dict[int, float] = {}
        self._first_mails: collections.Counter[object] = collections.Counter()
        self._day_begins = 0.0

    def begin(self, at: float) -> Iterator[tuple[float, int]]:
        """Sort the leads, and yield the first sending time of each mailbox with its id."""
        if self.mailboxes:
            for member in self.campaign.leads.values():
                if member.status in _WAITING and not member.is_unsubscribed:
                    self._enqueue(member)
            self._recall(at)
        for number in self.mailboxes:
            first = self.window.first_at(at)
            if first is not None:
                yield first, number

    def _recall(self, at: float) -> None:
        """Recall what was sent today and within the interval before the present moment."""
        today = start_of_day(day_of(at, self.window.zone), self.window.zone)
        for event in reversed(self.campaign.events):
            if event.at < min(today, at - self._interval):
                break
            mail = event.mail
            if event.kind == "SENT" and mail.mailbox is not None:
                self._sent_at.setdefault(mail.mailbox.id, event.at)
                self._count_first_mail(mail)

    def _count_first_mail(self, mail: Mail) -> None:
        if mail.member.mails and mail.member.mails[0] is mail:
            self._first_mails[day_of(mail.at, self.window.zone)] += 1

    def _enqueue(self, member: CampaignLead) -> None:
        """Put a lead into the queue of the mails that it waits for."""
        own = member.email_account_id if member.email_account_id in self.mailboxes else None
        if member.last_step >= len(self.campaign.sequences):
            # The sequence was shortened meanwhile.
            member.status = LeadStatus.COMPLETED
            return
        last = member.last_sent
        if last is None and member.last_step == 0 and not member.not_before:
            queue = self._new if own is None else self._own_new.setdefault(own, collections.deque())
            queue.append(member)
            return
        delay = self.campaign.sequences[member.last_step].delay_in_days * _DAY
        due = max((last.at if last is not None else member.created_at) + delay, member.not_before)
        if own is None:
            own = list(self.mailboxes)[member.map_id % len(self.mailboxes)]
        heapq.heappush(self._follow_ups.setdefault(own, []), (due, member.map_id, member))

    def free_at(self, mailbox: EmailAccount, at: float) -> float:
        """Return the first moment at which a mailbox may send again, as far as its own limits say."""
        free = at
        if mailbox.id in self._sent_at:
            free = max(free, self._sent_at[mailbox.id] + self._interval)
        if mailbox.sent_at:
            free = max(free, mailbox.sent_at[-1] + mailbox.minutes_between * 60)
        today = at - at % _DAY
        if mailbox.sent_since(today) >= mailbox.message_per_day:
            free = max(free, today + _DAY)
        return free

    def next_member(self, mailbox: EmailAccount, at: float) -> CampaignLead | None:
        """Return the lead that a mailbox writes to now, and remove it from its queue."""
        follow_ups = self._follow_ups.get(mailbox.id, [])
        while follow_ups and follow_ups[0][0] <= at:
            member = heapq.heappop(follow_ups)[2]
            if self._may_get_mail(member):
                return member
        if self._first_mails[day_of(at, self.window.zone)] < self.campaign.max_leads_per_day:
            for queue in (self._own_new.get(mailbox.id), self._new):
                while queue:
                    member = queue.popleft()
                    if self._may_get_mail(member):
                        return member
        return None

    def _may_get_mail(self, member: CampaignLead) -> bool:
        if member.status not in _WAITING or member.is_unsubscribed:
            return False
        if self.log.account.blocked.blocks(member.lead.email, self.campaign.client_id):
            member.status = LeadStatus.BLOCKED
            return False
        return True

    def next_work(self, mailbox: EmailAccount, at: float) -> float | None:
        """Return the moment at which a mailbox that has nothing to send should look again."""
        follow_ups = self._follow_ups.get(mailbox.id)
        moments = [follow_ups[0][0]] if follow_ups else []
        if self._new or self._own_new.get(mailbox.id):
            moments.append(self.window.next_day(at))
        return min(moments, default=None)

    def send(self, mailbox: EmailAccount, member: CampaignLead, at: float, rng: random.Random) -> Mail:
        """Send the next step to a lead."""
        step = self.campaign.sequences[member.last_step]
        variant = _choose_variant(step, rng)
        subject, body = (variant.subject, variant.body) if variant else (step.subject, step.body or "")
        if not subject and member.last_sent is not None:
            # A follow-up without a subject continues the thread.
            subject = member.last_sent.subject
        mail = self.log.sent(
            member,
            mailbox,
            subject=subject,
            body=body,
            number=member.last_step + 1,
            at=at,
            step=step,
            variant=variant,
        )
        if member.email_account_id is None:
            member.email_account_id = mailbox.id
        self._sent_at[mailbox.id] = at
        self._count_first_mail(mail)
        if member.last_step >= len(self.campaign.sequences):
            member.status = LeadStatus.COMPLETED
        else:
            self._enqueue(member)
        return mail


def _choose_variant(step: Step, rng: random.Random) -> Variant | None:
    if not step.variants:
        return None
    weights = [1 if each.percentage is None else each.percentage for each in step.variants]
    return rng.choices(step.variants, weights if any(weights) else None)[0]
