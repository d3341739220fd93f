"""The ledger: where a job writes down what it does, before it does it and after.

A protocol, so that a database of your own can take its place, and a ledger in memory for jobs that need not
outlive their process.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Protocol

from ...errors import SmartleadError
from .records import CampaignRecord, CampaignState, JobRecord, RecordHead


class LedgerError(SmartleadError):
    """A ledger cannot be used: locked by another process, damaged, full, or of another plan."""


class Ledger(Protocol):
    """What the runner needs of a ledger. Every ``save`` is on record when it returns.

    Two campaigns never share an id: ``save`` refuses that with :class:`LedgerError`. Example::

        class PostgresLedger:   # your own: these methods, over a table of yours
            async def open(self) -> JobRecord: ...

        report = await client.provision(specs, ledger=PostgresLedger())
    """

    async def open(self) -> JobRecord:
        """Open it (create it if need be), for this process alone, and give what is known of the job."""
        ...

    async def aclose(self) -> None:
        """Close it."""
        ...

    async def save_job(self, job: JobRecord) -> None:
        """Write down what holds for the whole job."""
        ...

    async def get(self, key: str) -> CampaignRecord | None:
        """The record of a campaign; None when it has not begun."""
        ...

    async def save(self, record: CampaignRecord) -> None:
        """Write down a campaign's record, replacing the one before."""
        ...

    async def owner(self, campaign_id: int) -> str | None:
        """The key of the campaign that has this id on the server."""
        ...

    async def forget(self, key: str) -> bool:
        """Drop a campaign's record; whether there was one."""
        ...

    def records(self, *states: CampaignState) -> AsyncIterator[CampaignRecord]:
        """The records in these states (all of them if none is named), in the order in which they began."""
        ...

    def heads(self) -> AsyncIterator[RecordHead]:
        """The heads of all records, in the order in which they began: what a job is taken up from."""
        ...

    async def count(self) -> dict[CampaignState, int]:
        """How many campaigns are in each state."""
        ...
