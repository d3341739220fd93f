"""Campaigns are read back, and every difference from the plan is found."""

from __future__ import annotations

import datetime as dt
from collections.abc import Awaitable, Callable

import attrs
import pytest

from smartlead_async import FakeSmartlead, LeadInput, MemoryLedger, RateLimits, SmartleadClient
from smartlead_async.api.campaigns.sequences import Delay, StepInput
from smartlead_async.fake import CampaignStatus
from smartlead_async.plan.campaign import CampaignSpec
from smartlead_async.plan.mailboxes import MailboxChoice
from smartlead_async.plan.schedule import ScheduleSpec
from smartlead_async.plan.sequence import StepSpec, VariantSpec
from smartlead_async.plan.settings import SettingsSpec
from smartlead_async.provisioning.job.verify import Difference, verify

SPEC = CampaignSpec(
    "SaaS founders Q1 2027 – demo invite",
    client_id=7,
    steps=(
        StepSpec(
            "Hello {{first_name}}", "<p>a</p>", variants=(VariantSpec(share=60), VariantSpec("Hi", share=40))
        ),
        StepSpec(body="<p>again</p>", delay_days=3),
    ),
    mailboxes=MailboxChoice(addresses=("ada@sender.example",)),
    leads=[LeadInput(f"lead{i}@prospect.example", first_name="Łukasz") for i in range(130)],
    schedule=ScheduleSpec("Europe/Berlin", days=("mon-wed", "sunday"), start="08:30", end="16:00"),
    settings=SettingsSpec(
        track_settings=("DONT_TRACK_LINK_CLICK", "DONT_TRACK_EMAIL_OPEN"),
        stop_lead_settings="REPLY_TO_AN_EMAIL",
        follow_up_percentage=40,
        unsubscribe_text="Not for you?",
    ),
)
STARTED = attrs.evolve(SPEC, start=True)


class World:
    """A fake on which the campaign stands as planned, and who did that."""

    def __init__(self) -> None:
        self.fake = FakeSmartlead()
        self.fake.add_email_account("ada@sender.example")
        self.other_mailbox = self.fake.add_email_account("bo@sender.example")
        self.client = SmartleadClient(
            "test-key", transport=self.fake.transport(), limits=RateLimits.UNLIMITED
        )
        self.ledger = MemoryLedger()
        self.campaign_id = 0

    async def provision(self, spec: CampaignSpec) -> None:
        report = await self.client.provision([spec], ledger=self.ledger)
        assert report.succeeded
        (self.campaign_id,) = self.fake.campaigns

    async def differences(self, spec: CampaignSpec) -> list[Difference]:
        return [difference async for difference in verify(self.client, [spec], self.ledger)]


@pytest.mark.parametrize("spec", [SPEC, STARTED], ids=["drafted", "started"])
async def test_what_was_made_as_planned_has_no_difference(spec: CampaignSpec) -> None:
    world = World()
    await world.provision(spec)
    sent_before = len(world.fake.requests)
    assert await world.differences(spec) == []
    # Campaign, sequence, mailboxes and two pages of leads; the mailboxes of the account, once.
    assert len(world.fake.requests) - sent_before == 3 + 2 + 1


async def rename(world: World) -> None:
    await world.client.campaigns.update_settings(world.campaign_id, name="Somebody's")


async def refile(world: World) -> None:
    await world.client.campaigns.update_settings(world.campaign_id, client_id=8)


async def resettle(world: World) -> None:
    await world.client.campaigns.update_settings(world.campaign_id, follow_up_percentage=10)


async def track(world: World) -> None:
    await world.client.campaigns.update_settings(world.campaign_id, track_settings=["DONT_TRACK_EMAIL_OPEN"])


async def reschedule(world: World) -> None:
    await world.client.campaigns.update_schedule(
        world.campaign_id,
        timezone="Europe/Lisbon",
        days_of_the_week=[1, 2],
        start_hour="09:00",
        end_hour="17:00",
        min_time_btw_emails=30,
        max_new_leads_per_day=7,
    )


async def rewrite(world: World) -> None:
    await world.client.campaigns.save_sequences(
        world.campaign_id, [StepInput(1, Delay(0), subject="Other", email_body="<p>b</p>")]
    )


async def swap_mailbox(world: World) -> None:
    await world.client.campaigns.add_email_accounts(world.campaign_id, [world.other_mailbox])


async def drop_lead(world: World) -> None:
    page = await world.client.campaigns.list_leads(world.campaign_id, limit=1)
    await world.client.campaigns.delete_lead(world.campaign_id, page.data[0].lead.id)


async def add_lead(world: World) -> None:
    await world.client.campaigns.add_leads(world.campaign_id, [LeadInput("other@prospect.example")])


async def start(world: World) -> None:
    await world.client.campaigns.update_status(world.campaign_id, "START")


async def pause(world: World) -> None:
    await world.client.campaigns.update_status(world.campaign_id, "START")
    await world.client.campaigns.update_status(world.campaign_id, "PAUSED")


async def delete(world: World) -> None:
    await world.client.campaigns.delete(world.campaign_id)


@pytest.mark.parametrize(
    ("change", "paths"),
    [
        (rename, ["name"]),
        (refile, ["client_id"]),
        (resettle, ["settings.follow_up_percentage"]),
        (track, ["settings.track_settings"]),
        (
            reschedule,
            [
                "schedule.timezone",
                "schedule.days",
                "schedule.start",
                "schedule.end",
                "schedule.minutes_between_emails",
                "schedule.new_leads_per_day",
            ],
        ),
        (
            rewrite,
            ["steps[0].variants[0]", "steps[0].variants[1]", "steps[1]"],
        ),
        (swap_mailbox, ["mailboxes"]),
        (drop_lead, ["leads"]),
        (add_lead, ["leads"]),
        (start, ["start"]),
        (pause, ["start"]),
        (delete, [""]),
    ],
)
async def test_every_change_on_the_server_is_found(
    change: Callable[[World], Awaitable[None]], paths: list[str]
) -> None:
    world = World()
    await world.provision(SPEC)
    await change(world)
    found = await world.differences(SPEC)
    assert [difference.path for difference in found] == paths
    assert all(difference.campaign_id == world.campaign_id for difference in found)
    assert all(str(world.campaign_id) in str(difference) for difference in found)


async def test_leads_that_the_server_left_out_at_the_import_are_no_difference() -> None:
    world = World()
    world.fake.block("lead3@prospect.example")
    await world.provision(SPEC)
    assert await world.differences(SPEC) == []


async def test_a_campaign_that_was_never_made_is_a_difference() -> None:
    world = World()
    await world.ledger.open()
    (difference,) = await world.differences(SPEC)
    assert (difference.campaign_id, difference.found) == (None, "none in the ledger")


async def test_the_instant_from_which_it_sends_is_compared_whatever_its_zone() -> None:
    berlin = dt.timezone(dt.timedelta(hours=1))
    planned = ScheduleSpec("Europe/Berlin", starts_at=dt.datetime(2027, 1, 4, 9, tzinfo=berlin))
    world = World()
    await world.provision(attrs.evolve(SPEC, schedule=planned))
    assert await world.differences(attrs.evolve(SPEC, schedule=planned)) == []
    later = attrs.evolve(planned, starts_at=dt.datetime(2027, 1, 5, 9, tzinfo=berlin))
    (difference,) = await world.differences(attrs.evolve(SPEC, schedule=later))
    assert difference.path == "schedule.starts_at"


@pytest.mark.parametrize(
    ("status", "differs"),
    [
        ("ACTIVE", False),
        ("COMPLETED", False),
        ("PAUSED", True),
        ("STOPPED", True),
        ("ARCHIVED", True),
        ("DRAFTED", True),
    ],
)
async def test_a_started_campaign_that_somebody_stopped_is_a_difference(status: str, differs: bool) -> None:
    world = World()
    await world.provision(STARTED)
    world.fake.campaigns[world.campaign_id].status = CampaignStatus(status)
    found = [(each.path, each.planned, each.found) for each in await world.differences(STARTED)]
    assert found == ([("start", True, status)] if differs else [])


async def test_a_campaign_that_the_plan_no_longer_names_is_a_difference() -> None:
    world = World()
    await world.provision(SPEC)
    other = attrs.evolve(SPEC, name="Another", key="another")
    missing, unplanned = await world.differences(other)
    assert (missing.key, missing.found) == ("another", "none in the ledger")
    assert (unplanned.campaign_id, unplanned.planned) == (world.campaign_id, "no campaign")
    assert SPEC.name in str(unplanned)


async def test_the_caller_learns_of_every_campaign_that_was_compared() -> None:
    world = World()
    await world.provision(SPEC)
    compared: list[int] = []
    specs = [SPEC, attrs.evolve(SPEC, key="another")]
    async for _ in verify(world.client, specs, world.ledger, on_campaign=lambda: compared.append(1)):
        pass
    assert len(compared) == 2
