"""Leads that SmartLead left out because another campaign had them, and that this campaign now gives up.

The ledger holds them as imported. They are taken off it, so that the next run of their campaign imports them.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import attrs

from ..changes.sent_leads import SentLeads, rewritten
from ..ledger.protocol import Ledger
from ..ledger.records import CampaignState, LeadTally, RecordHead
from .journal import Journal

_BY_OTHERS: Final = ("duplicate", "skipped")
"""The reasons for leaving out leads that other campaigns have."""


@attrs.frozen
class LeftOutLeads:
    """The leads of one campaign, as digests of their addresses, that it can import now."""

    head: RecordHead
    leads: set[int]


async def find_left_out(ledger: Ledger, leaving: Mapping[str, set[int]]) -> list[LeftOutLeads]:
    """Return the leads that campaigns may lack because others had them; ``leaving`` are those, by key."""
    found: list[LeftOutLeads] = []
    if not leaving:
        return found
    anywhere = set[int]().union(*leaving.values())
    async for head in ledger.heads():
        if may_lack_leads(head):
            sent = SentLeads.of(await ledger.leads(head.key)).addresses()
            if leads := (sent & anywhere) - leaving.get(head.key, set()):
                found.append(LeftOutLeads(head, leads))
    return found


def may_lack_leads(head: RecordHead) -> bool:
    """Return whether SmartLead left out leads of a campaign that other campaigns had."""
    return any(reason in head.leads.left_out for reason in _BY_OTHERS)


async def import_again(journal: Journal, left_out: LeftOutLeads) -> None:
    """Take leads off the ledger, and let their campaign count as unfinished."""
    key, leads = left_out.head.key, left_out.leads
    record = await journal.ledger.get(key)
    if record is None:
        return
    # The state first: if this process is killed, the campaign is compared with its leads in any case.
    state = CampaignState.RUNNING if record.state is CampaignState.DONE else record.state
    await journal.save(attrs.evolve(record, state=state, leads=_without(record.leads, len(leads))))
    for batch in await journal.ledger.leads(key):
        if (kept := rewritten(batch, without=leads)) != batch:
            await journal.save_leads(key, kept)


def _without(tally: LeadTally, number: int) -> LeadTally:
    """Return a tally without as many leads that were left out because other campaigns had them."""
    left_out, rest = dict(tally.left_out), number
    for reason in _BY_OTHERS:
        taken = min(left_out.get(reason, 0), rest)
        left_out[reason] = left_out.get(reason, 0) - taken
        rest -= taken
    return attrs.evolve(
        tally,
        sent=max(tally.sent - number, 0),
        skipped=max(tally.skipped - (number - rest), 0),
        added=max(tally.added - rest, 0),
        left_out={reason: count for reason, count in left_out.items() if count},
    )
