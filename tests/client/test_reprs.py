"""The reprs of what users hold are short, and show neither keys nor addresses."""

from __future__ import annotations

from pathlib import Path

from smartlead_async import MemoryLedger, SqliteLedger
from smartlead_async.client import SmartleadClient
from smartlead_async.fake.smartlead import FakeSmartlead
from smartlead_async.limits import RateLimits
from smartlead_async.plan.campaign import CampaignSpec


def client(key: str = "test-key") -> SmartleadClient:
    return SmartleadClient(
        key, transport=FakeSmartlead().transport(), base_url="https://Host.Example", limits=RateLimits.PRO
    )


def test_a_client_shows_its_server_and_its_limits_but_not_the_key() -> None:
    text = repr(client("a-very-secret-key"))
    assert text.startswith(
        "<SmartleadClient https://host.example/api/v1, <Limiter 20/1s, 120/60s, 3000/3600s"
    )
    assert "0 of 20 in flight" in text
    assert "secret" not in text
    assert len(text) < 200


def test_a_resource_is_shown_by_its_name() -> None:
    assert repr(client().campaigns) == "<Campaigns of a client>"


async def test_a_job_and_its_report_are_shown_by_their_counts() -> None:
    specs = [CampaignSpec(f"Dentists in Oslo {number} lin@prospect.example") for number in range(40)]
    async with client() as open_client:
        job = open_client.provision(specs)
        assert repr(job).startswith("<Job not begun, <Report running: 0 done, 0 failed, 0 requests")
        report = await job
    assert repr(report).startswith("<Report ended: 40 done, 0 failed, ")
    assert repr(job).startswith("<Job begun, <Report ended: 40 done")
    assert len(repr(job)) < 200
    assert "@" not in repr(job)


async def test_a_ledger_in_memory_is_shown_by_its_size() -> None:
    ledger = MemoryLedger()
    assert repr(ledger) == "<MemoryLedger of 0 campaigns>"
    async with client() as open_client:
        await open_client.provision([CampaignSpec("lin@prospect.example")], ledger=ledger)
    assert repr(ledger) == "<MemoryLedger of 1 campaign>"


async def test_a_ledger_in_a_file_is_shown_by_its_file_and_whether_it_is_open(tmp_path: Path) -> None:
    path = tmp_path / "job.ledger"
    ledger = SqliteLedger(path)
    assert repr(ledger) == f"<SqliteLedger {str(path)!r}, closed>"
    async with ledger:
        assert repr(ledger) == f"<SqliteLedger {str(path)!r}, open>"
    assert repr(SqliteLedger(path, read_only=True)).endswith(", closed, read only>")
