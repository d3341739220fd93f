"""The ledger protocol: a record of what a job does, written before and after each step.

Any database can take the place of the ledgers that come with this package.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Protocol

from ...errors import SmartleadError
from .records import CampaignRecord, CampaignState, JobRecord, LeadBatch, RecordHead


class LedgerError(SmartleadError):
    """Raised if a ledger cannot be used: locked by another process, damaged, full, or of another plan."""


class Ledger(Protocol):
    """The ledger of a job. Every ``save`` is durable when it returns.

    Two campaigns never share an id: ``save`` refuses that with :class:`LedgerError`. Example::

        class PostgresLedger:   # your own: these methods, over a table of yours
            async def open(self) -> JobRecord: ...

        report = await client.provision(specs, ledger=PostgresLedger())
    """

    async def open(self) -> JobRecord:
        """Open the ledger for this process alone, creating it if needed; return the record of the job."""
        ...

    async def aclose(self) -> None:
        """Close the ledger. It may be closed again, or without having been opened."""
        ...

    async def save_job(self, job: JobRecord) -> None:
        """Write the record of the job."""
        ...

    async def get(self, key: str) -> CampaignRecord | None:
        """Return the record of a campaign; None if it has not begun."""
        ...

    async def save(self, record: CampaignRecord) -> None:
        """Write the record of a campaign, replacing the previous one."""
        ...

    async def owner(self, campaign_id: int) -> str | None:
        """Return the key of the campaign that has this id on the server."""
        ...

    async def forget(self, key: str) -> bool:
        """Delete the record of a campaign and its leads; return whether there was one."""
        ...

    async def save_content(self, digest: str, content: str) -> None:
        """Store what a step has sent, as JSON, unless it is stored already."""
        ...

    async def content(self, digest: str) -> str | None:
        """Return stored content."""
        ...

    async def save_leads(self, key: str, batch: LeadBatch) -> None:
        """Write the leads of one import of a campaign, replacing the batch with this number."""
        ...

    async def forget_leads(self, key: str, *numbers: int) -> None:
        """Delete batches of a campaign's leads; all of them if no number is given."""
        ...

    async def leads(self, key: str) -> list[LeadBatch]:
        """Return the leads of a campaign, 16 bytes each, by batch number."""
        ...

    async def add_request(self, sent_at: float) -> None:
        """Note that a request is about to be sent, in Unix time."""
        ...

    async def requests_since(self, timestamp: float) -> list[float]:
        """Return when requests were sent since this time, and drop what is older."""
        ...

    def records(self, *states: CampaignState) -> AsyncIterator[CampaignRecord]:
        """Yield the records in these states (all if none is given), in the order in which they began."""
        ...

    def heads(self) -> AsyncIterator[RecordHead]:
        """Yield the heads of all records, in the order in which they began; a job is resumed from them."""
        ...

    async def count(self) -> dict[CampaignState, int]:
        """Return how many campaigns are in each state."""
        ...
