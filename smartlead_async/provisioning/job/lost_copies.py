"""Copies whose duplicate was lost by an earlier run, and whose template does not stay as it is.

A copy is recognized by the content of its template, so it is looked for before the template is changed or
deleted.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable

import attrs

from ...plan.step import Step
from ...waiting import until_done
from ..ledger.records import CampaignRecord, StepState
from .clone import creation_of
from .create import Creator
from .journal import Journal, JournalEntry
from .slots import Slot


def is_lost_copy(record: CampaignRecord) -> bool:
    """Return whether a campaign is a copy that may be on the server, under an id that is not known."""
    return record.is_under_way and record.campaign_id is None and record.copy_of is not None


async def find_lost_copy(entry: JournalEntry, creator: Creator, slot: Slot) -> None:
    """Look for a copy whose duplicate was lost; if there is none, the campaign is created like a new one.

    Its template may have been changed since the duplicate, so nothing is known about what it would inherit.
    """
    await creator.find_lost(entry, creation_of(entry.record), slot)
    record = entry.record
    if record.campaign_id is None:
        failed = attrs.evolve(record.begun(Step.CREATE), state=StepState.FAILED, checks=0)
        await entry.save(attrs.evolve(record.with_step(failed), copy_of=None))


async def find_lost_copies(
    keys: Iterable[str], journal: Journal, creator: Creator, *, stays: Callable[[str], bool]
) -> None:
    """Look for the lost copies among these records whose template does not stay as it is."""
    tasks = [
        asyncio.create_task(find_lost_copy(journal.entry(record), creator, Slot()))
        for key in keys
        if (record := await journal.ledger.get(key)) is not None
        and is_lost_copy(record)
        and not await _is_kept(record, journal, stays)
    ]
    try:
        await asyncio.gather(*tasks)
    finally:
        for task in tasks:
            task.cancel()
        await until_done(*tasks)


async def _is_kept(copy: CampaignRecord, journal: Journal, stays: Callable[[str], bool]) -> bool:
    template = await journal.ledger.owner(copy.copy_of or 0)
    return template is not None and stays(template)
