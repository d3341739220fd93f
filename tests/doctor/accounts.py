"""A fake account with something of everything, and an examination of it."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from typing import Any

import attrs

from smartlead_async.api.leads.models import LeadInput
from smartlead_async.client import SmartleadClient
from smartlead_async.doctor.examination import Examination, Scope
from smartlead_async.doctor.findings import Diagnosis, Finding
from smartlead_async.doctor.session import Session
from smartlead_async.fake import FakeSmartlead
from smartlead_async.fake.paid import Folder
from smartlead_async.fake.records import LeadList
from smartlead_async.fake.spam_test import SpamTest
from smartlead_async.limits import RateLimits

ADDRESS = "ada.lovelace@person.example"


async def furnished(**options: Any) -> FakeSmartlead:
    """Return a fake with mailboxes, a client, and campaigns of which the first has leads."""
    fake = FakeSmartlead(**options)
    for number in range(3):
        fake.add_email_account(f"mailbox-{number}@sender.example")
    fake.add_client("Client of the agency")
    add_spam_test(fake)
    now = fake.clock.wall()
    fake.account.paid.folders[31] = Folder(31, "Q2", now)
    fake.account.lead_lists[601] = LeadList(601, "Spring", now, now)
    async with SmartleadClient("test-key", transport=fake.transport()) as client:
        for number in range(4):
            created = await client.campaigns.create(f"SaaS founders Q{number} 2027")
            leads = [LeadInput(f"{number}{name}", first_name="Ada") for name in (ADDRESS, f"b-{ADDRESS}")]
            await client.campaigns.add_leads(created.id, leads)
    return fake


def add_spam_test(fake: FakeSmartlead) -> None:
    """Add a spam test that has just begun, with the id 9101."""
    body: dict[str, Any] = {
        "test_name": "Placement",
        "campaign_id": 4101,
        "sequence_mapping_id": 6101,
        "provider_ids": [27],
        "sender_accounts": ["mailbox-0@sender.example"],
        "spam_filters": [],
    }
    body |= dict.fromkeys(("link_checker", "is_warmup", "all_email_sent_without_time_gap"), True)
    now = fake.clock.wall()
    fake.account.paid.spam_tests[9101] = SpamTest(9101, body, False, [now], now)


@attrs.frozen
class Examined:
    """An examination that has ended."""

    diagnosis: Diagnosis
    requests: int
    steps: list[str]

    @property
    def kinds(self) -> set[str]:
        """The kinds of all findings."""
        return {finding.kind for finding in self.diagnosis.all_findings}

    def of_kind(self, kind: str) -> list[Finding]:
        """Return the findings of a kind."""
        return [finding for finding in self.diagnosis.all_findings if finding.kind == kind]


async def examine(
    fake: FakeSmartlead,
    areas: Sequence[str] = (),
    *,
    write: bool = False,
    limits: RateLimits = RateLimits.UNLIMITED,
    wall_clock: Callable[[], float] = time.time,
) -> Examined:
    """Examine an account of the fake."""
    before = fake.usage["test-key"].requests
    steps: list[str] = []
    async with Session(
        "test-key", transport=fake.transport(), limits=limits, wall_clock=wall_clock
    ) as session:
        examination = Examination(session, Scope.of(areas, write=write), steps.append)
        await examination.run()
    return Examined(examination.diagnosis, fake.usage["test-key"].requests - before, steps)
