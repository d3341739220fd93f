"""The ledger in memory."""

from __future__ import annotations

from collections.abc import AsyncIterator

from ...wording import count
from .protocol import LedgerError
from .records import CampaignRecord, CampaignState, JobRecord, LeadBatch, RecordHead


class MemoryLedger:
    """A ledger that lives as long as the process. The default of :meth:`SmartleadClient.provision`.

    Keep it to run what failed once more. Example::

        ledger = MemoryLedger()
        report = await client.provision(specs, ledger=ledger)
        if report.failed:
            report = await client.provision(specs, ledger=ledger)   # the failed ones only
    """

    def __init__(self) -> None:
        self._job = JobRecord()
        self._records: dict[str, CampaignRecord] = {}
        self._owners: dict[int, str] = {}
        self._requests: list[float] = []
        self._contents: dict[str, str] = {}
        self._leads: dict[str, dict[int, LeadBatch]] = {}

    def __repr__(self) -> str:
        return f"<MemoryLedger of {count(len(self._records), 'campaign')}>"

    async def open(self) -> JobRecord:
        """Return the record of the job."""
        return self._job

    async def aclose(self) -> None:
        """Do nothing; what was written stays readable."""

    async def save_job(self, job: JobRecord) -> None:
        """Store the record of the job."""
        self._job = job

    async def get(self, key: str) -> CampaignRecord | None:
        """Return the record of a campaign."""
        return self._records.get(key)

    async def save(self, record: CampaignRecord) -> None:
        """Store the record of a campaign."""
        if record.campaign_id is not None:
            owner = self._owners.setdefault(record.campaign_id, record.key)
            if owner != record.key:
                raise LedgerError(
                    f"campaign {record.campaign_id} belongs to {owner!r}, not to {record.key!r}"
                )
        before = self._records.get(record.key)
        if before is not None and before.campaign_id not in (None, record.campaign_id):
            self._owners.pop(before.campaign_id, None)
        self._records[record.key] = record

    async def owner(self, campaign_id: int) -> str | None:
        """Return the key of the campaign with this id."""
        return self._owners.get(campaign_id)

    async def forget(self, key: str) -> bool:
        """Delete the record of a campaign; return whether there was one."""
        record = self._records.pop(key, None)
        if record is not None and record.campaign_id is not None:
            self._owners.pop(record.campaign_id, None)
        self._leads.pop(key, None)
        return record is not None

    async def save_content(self, digest: str, content: str) -> None:
        """Store what a step has sent."""
        self._contents.setdefault(digest, content)

    async def content(self, digest: str) -> str | None:
        """Return stored content."""
        return self._contents.get(digest)

    async def save_leads(self, key: str, batch: LeadBatch) -> None:
        """Store the leads of one import."""
        self._leads.setdefault(key, {})[batch.number] = batch

    async def forget_leads(self, key: str, *numbers: int) -> None:
        """Delete batches of a campaign's leads, or all of them."""
        batches = self._leads.get(key, {})
        for number in numbers or tuple(batches):
            batches.pop(number, None)

    async def leads(self, key: str) -> list[LeadBatch]:
        """Return the leads of a campaign."""
        return [batch for _, batch in sorted(self._leads.get(key, {}).items())]

    async def add_request(self, sent_at: float) -> None:
        """Note that a request is about to be sent."""
        self._requests.append(sent_at)

    async def requests_since(self, timestamp: float) -> list[float]:
        """Return when requests were sent since this time."""
        self._requests = [sent_at for sent_at in self._requests if sent_at >= timestamp]
        return list(self._requests)

    async def records(self, *states: CampaignState) -> AsyncIterator[CampaignRecord]:
        """Yield the records in these states."""
        for record in list(self._records.values()):
            if not states or record.state in states:
                yield record

    async def heads(self) -> AsyncIterator[RecordHead]:
        """Yield the heads of all records."""
        for record in list(self._records.values()):
            yield record.head

    async def count(self) -> dict[CampaignState, int]:
        """Return how many campaigns are in each state."""
        counts = dict.fromkeys(CampaignState, 0)
        for record in self._records.values():
            counts[record.state] += 1
        return counts
