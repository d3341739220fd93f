"""Leads that SmartLead left out because another campaign had them, and that this campaign now gives up.

The ledger holds them as imported. They become leads in doubt, so that the next run of their campaign imports
them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from itertools import chain

import attrs

from ..changes.sent_leads import SentLeads, left_out_batch, rewritten
from ..ledger.protocol import Ledger
from ..ledger.records import CampaignState, RecordHead
from .journal import Journal


@attrs.frozen
class LeftOutLeads:
    """The leads of one campaign, as digests of their addresses, that it can import now."""

    head: RecordHead
    leads: set[int]


async def find_left_out(ledger: Ledger, leaving: Mapping[str, set[int]]) -> list[LeftOutLeads]:
    """Return the leads that campaigns may lack because others had them.

    ``leaving`` are the leads that the others give up, by their key.
    """
    found: list[LeftOutLeads] = []
    given_up = Counter(chain.from_iterable(leaving.values()))
    if not given_up:
        return found
    async for head in ledger.heads():
        if may_lack_leads(head):
            own = leaving.get(head.key, set())
            sent = SentLeads.of(await ledger.leads(head.key)).addresses()
            if leads := {lead for lead in sent if given_up[lead] > (lead in own)}:
                found.append(LeftOutLeads(head, leads))
    return found


def may_lack_leads(head: RecordHead) -> bool:
    """Return whether SmartLead left out leads of a campaign that other campaigns had."""
    return head.leads.left_to_others > 0


async def import_again(journal: Journal, left_out: LeftOutLeads) -> None:
    """Let a campaign count as unfinished, and its leads as those of an import without a response.

    SmartLead does not say which leads it has left out, so each of them may be there.
    """
    key, leads = left_out.head.key, left_out.leads
    record, batches = await journal.ledger.get(key), await journal.ledger.leads(key)
    if record is None:
        return
    state = CampaignState.RUNNING if record.state is CampaignState.DONE else record.state
    await journal.save(attrs.evolve(record, state=state))
    await journal.save_leads(key, left_out_batch(batches, leads))
    for batch in batches:
        if batch.is_done and (kept := rewritten(batch, without=leads)) != batch:
            await journal.save_leads(key, kept)
