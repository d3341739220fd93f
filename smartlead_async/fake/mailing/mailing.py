"""Time that passes on the fake: campaigns send, and leads react."""

from __future__ import annotations

import collections
import functools
import heapq
import math
import random
from collections.abc import Iterable
from typing import Final

from ..accounts import Account
from ..mail_log import MailLog, complete_if_done
from ..state import CampaignStatus, EventKind, Mail
from ..world import World
from .rates import Rates
from .reactions import Reaction, draw_reactions
from .sending import CampaignSending

_UNTRACKED: Final = {
    EventKind.OPEN: "DONT_EMAIL_OPEN",
    EventKind.CLICK: "DONT_LINK_CLICK",
    EventKind.REPLY: "DONT_REPLY_TO_AN_EMAIL",
}

_Turn = tuple[float, int, int]
"""The next sending slot of a mailbox of a campaign: the moment, the campaign's id, the mailbox's id."""


class Mailing:
    """Carries out what happens in a span of time: mails of started campaigns, and reactions to them.

    The reactions to a mail depend on the seed, the lead and the step only, and everything happens in the
    order of time, so that seven advances of one day are the same as one of seven.
    """

    def __init__(self, world: World, seed: int) -> None:
        self._world, self._seed = world, seed
        self.rates = Rates()
        self._counts: collections.Counter[str] = collections.Counter()

    def advance(self, accounts: Iterable[Account], start: float, end: float) -> dict[str, int]:
        """Carry out what happens until ``end``, and return how many events of each kind there were."""
        self._counts.clear()
        senders, turns = self._begin(accounts, math.ceil(start))
        agenda = self._world.agenda
        while True:
            next_turn = turns[0][0] if turns else math.inf
            if min(next_turn, agenda.next_due) > end:
                break
            if agenda.next_due <= next_turn:
                agenda.run_next()
            else:
                self._take_turn(turns, senders)
        for sending in senders.values():
            complete_if_done(sending.campaign, end)
        return dict(self._counts)

    def _begin(
        self, accounts: Iterable[Account], start: float
    ) -> tuple[dict[int, CampaignSending], list[_Turn]]:
        senders: dict[int, CampaignSending] = {}
        turns: list[_Turn] = []
        for account in accounts:
            log = MailLog(self._world, account)
            for campaign in account.campaigns.values():
                if campaign.status is CampaignStatus.ACTIVE and campaign.schedule is not None:
                    sending = CampaignSending(log, campaign, campaign.schedule)
                    senders[campaign.id] = sending
                    turns.extend((at, campaign.id, number) for at, number in sending.begin(start))
        heapq.heapify(turns)
        return senders, turns

    def _take_turn(self, turns: list[_Turn], senders: dict[int, CampaignSending]) -> None:
        """Let a mailbox of a campaign send one mail, if it may, and note when it may send again."""
        at, campaign_id, mailbox_id = turns[0]
        sending = senders[campaign_id]
        following = self._send_one(sending, mailbox_id, at)
        allowed = sending.window.first_at(following) if following is not None else None
        if allowed is None:
            heapq.heappop(turns)
        else:
            heapq.heapreplace(turns, (allowed, campaign_id, mailbox_id))

    def _send_one(self, sending: CampaignSending, mailbox_id: int, at: float) -> float | None:
        mailbox = sending.mailboxes[mailbox_id]
        free_at = sending.free_at(mailbox, at)
        if free_at > at:
            return free_at
        member = sending.next_member(mailbox, at)
        if member is None:
            return sending.next_work(mailbox, at)
        rng = random.Random((self._seed << 48) ^ (member.map_id << 10) ^ member.last_step)  # noqa: S311
        mail = sending.send(mailbox, member, at, rng)
        self._counts["SENT"] += 1
        for reaction in draw_reactions(self.rates, mail, rng):
            if _UNTRACKED.get(reaction.kind) not in sending.campaign.track_settings:
                self._world.agenda.add(
                    reaction.at, functools.partial(self._react, sending.log, mail, reaction)
                )
        return sending.free_at(mailbox, at)

    def _react(self, log: MailLog, mail: Mail, reaction: Reaction) -> None:
        member = mail.member
        if member not in member.lead.memberships:
            # The lead or its campaign was deleted.
            return
        self._counts[reaction.kind.value] += 1
        if reaction.kind is not EventKind.REPLY:
            log.event(mail, reaction.kind, reaction.at, detail=reaction.detail)
            return
        log.reply(
            member,
            subject=f"Re: {mail.subject}",
            body=reaction.detail,
            at=reaction.at,
            category_id=reaction.category_id,
        )
