"""The outcomes that a refresh tells are those that provisioning has: each is told, and then provoked."""

from __future__ import annotations

import attrs
import pytest

from smartlead_async import ChangeRefused, LeadInput, Report
from smartlead_async.fake import CampaignStatus
from smartlead_async.plan.campaign import CampaignSpec
from smartlead_async.plan.mailboxes import MailboxChoice
from smartlead_async.plan.schedule import ScheduleSpec
from smartlead_async.plan.sequence import StepSpec
from smartlead_async.plan.settings import SettingsSpec

from .test_refresh import Edit, becomes, campaign_of, refreshed
from .test_verify import (
    SPEC,
    STARTED,
    World,
    add_lead,
    delete,
    drop_lead,
    rename,
    reschedule,
    resettle,
    start,
    swap_mailbox,
)

ACTIVE, PAUSED, STOPPED = CampaignStatus.ACTIVE, CampaignStatus.PAUSED, CampaignStatus.STOPPED
ONE_STEP = (StepSpec("New", "<p>new</p>"),)
FORGET = "remove it from the ledger (smartlead-async forget)"


def with_lead(spec: CampaignSpec) -> CampaignSpec:
    return attrs.evolve(spec, leads=[*spec.iter_leads(), LeadInput("new@prospect.example")])


async def outcomes(world: World, spec: CampaignSpec, edit: Edit, *planned: CampaignSpec) -> tuple[str, ...]:
    """Provision a campaign, edit it by hand, and return what is told about applying another plan."""
    await world.provision(spec)
    await edit(world)
    (change,) = await refreshed(world, *planned)
    assert change.drift is not None
    return change.drift.outcomes


async def apply(world: World, *planned: CampaignSpec) -> Report:
    return await world.client.provision(planned, ledger=world.ledger, allow_removals=True)


async def test_a_deleted_campaign_is_not_created_again() -> None:
    world = World()
    told = await outcomes(world, SPEC, delete, SPEC)
    assert told == (f"provision does not create it again. To have it created again, {FORGET}",)
    report = await apply(world, SPEC)
    assert (report.finished_before, world.fake.campaigns) == (1, {})
    await world.ledger.open()
    await world.ledger.forget(SPEC.identity)
    assert (await apply(world, SPEC)).succeeded
    assert len(world.fake.campaigns) == 1


async def test_a_change_of_a_deleted_draft_fails() -> None:
    world = World()
    told = await outcomes(world, SPEC, delete, with_lead(SPEC))
    assert told == (f"provision fails at this campaign. To have it created again, {FORGET}",)
    assert (await apply(world, with_lead(SPEC))).failed == 1


async def test_a_change_of_the_steps_of_a_deleted_campaign_is_refused() -> None:
    world = World()
    planned = attrs.evolve(STARTED, steps=ONE_STEP)
    told = await outcomes(world, STARTED, delete_running, planned)
    assert told == (f"provision refuses the whole plan. To have it created again, {FORGET}",)
    with pytest.raises(ChangeRefused, match="no longer on the server"):
        await apply(world, planned)


async def delete_running(world: World) -> None:
    await becomes(PAUSED)(world)
    await delete(world)


async def test_a_deleted_campaign_that_was_removed_from_the_plan_leaves_the_ledger() -> None:
    world = World()
    assert await outcomes(world, SPEC, delete) == ("provision removes it from the ledger",)
    assert (await apply(world)).succeeded
    assert await world.ledger.get(SPEC.identity) is None


@pytest.mark.parametrize(
    ("edit", "told"),
    [
        (delete, "provision creates it again"),
        (rename, "provision deletes the campaign as it is and creates it again"),
    ],
)
async def test_a_draft_that_is_replaced_is_created_again(edit: Edit, told: str) -> None:
    world, planned = World(), attrs.evolve(SPEC, schedule=None)
    assert await outcomes(world, SPEC, edit, planned) == (told,)
    assert (await apply(world, planned)).succeeded
    assert [campaign.schedule for campaign in world.fake.campaigns.values()] == [None]


async def test_a_draft_that_was_started_by_hand_is_not_replaced() -> None:
    world, planned = World(), attrs.evolve(SPEC, schedule=None)
    (told,) = await outcomes(world, SPEC, start, planned)
    assert told == "provision cannot delete it while it is active: pause it in SmartLead first"
    assert (await apply(world, planned)).failed == 1


async def test_a_campaign_that_was_paused_by_hand_stays_paused() -> None:
    planned = attrs.evolve(STARTED, steps=ONE_STEP)
    for plan in (STARTED, planned):
        world = World()
        (told,) = await outcomes(world, STARTED, becomes(PAUSED), plan)
        assert told == "provision leaves it PAUSED. Start it in SmartLead if it is to go on"
        assert (await apply(world, plan)).succeeded
        assert campaign_of(world).status is PAUSED
    assert [step.subject for step in campaign_of(world).sequences] == ["New"]


async def test_a_campaign_that_was_paused_by_hand_and_by_the_plan_stays_paused() -> None:
    world = World()
    (told,) = await outcomes(world, STARTED, becomes(PAUSED), SPEC)
    assert told == "provision would pause it anyway, and leaves it PAUSED"
    assert (await apply(world, SPEC)).succeeded
    assert campaign_of(world).status is PAUSED


async def test_a_campaign_that_was_started_by_hand_goes_on() -> None:
    world = World()
    (told,) = await outcomes(world, SPEC, start, SPEC)
    assert told.startswith("provision leaves it active, so it sends mail.")
    await apply(world, SPEC)
    assert campaign_of(world).status is ACTIVE


async def test_a_campaign_that_was_started_by_hand_and_by_the_plan_is_as_planned() -> None:
    world = World()
    assert await outcomes(world, SPEC, start, STARTED) == ("provision starts it anyway",)
    assert (await apply(world, STARTED)).succeeded
    (change,) = await refreshed(world, STARTED)
    assert not change.drift


async def test_a_draft_that_was_started_and_paused_by_hand_is_started_by_the_plan() -> None:
    world = World()
    assert await outcomes(world, SPEC, becomes(PAUSED), STARTED) == ("provision starts it",)
    assert (await apply(world, STARTED)).succeeded
    assert campaign_of(world).status is ACTIVE


async def test_the_steps_of_a_campaign_that_was_started_by_hand_cannot_be_saved() -> None:
    world, planned = World(), attrs.evolve(SPEC, steps=ONE_STEP)
    (told,) = await outcomes(world, SPEC, start, planned)
    assert told == "provision fails to save its steps while it is active: pause it in SmartLead first"
    assert (await apply(world, planned)).failed == 1


async def test_a_campaign_that_was_started_by_hand_is_deleted_with_the_plan() -> None:
    world = World()
    assert await outcomes(world, SPEC, start) == ("provision deletes the campaign as it is",)
    assert (await apply(world)).succeeded
    assert world.fake.campaigns == {}


async def test_a_stopped_campaign_is_left_alone_and_its_steps_cannot_change() -> None:
    world, planned = World(), attrs.evolve(STARTED, steps=ONE_STEP)
    (told,) = await outcomes(world, STARTED, becomes(STOPPED), STARTED)
    assert told == "provision leaves it as it is: STOPPED is final. Plan another campaign"
    await apply(world, STARTED)
    assert campaign_of(world).status is STOPPED
    (change,) = await refreshed(world, planned)
    assert change.drift is not None
    told = change.drift.outcomes[0]
    assert told == "provision refuses the whole plan, since STOPPED is final. Plan another campaign"
    with pytest.raises(ChangeRefused, match="final"):
        await apply(world, planned)


async def test_a_part_stays_as_it_was_made_by_hand_until_the_plan_changes_it() -> None:
    world = World()
    (told,) = await outcomes(world, SPEC, reschedule, with_lead(SPEC))
    assert told.startswith("provision leaves schedule alone. Undo it in SmartLead, or write it into the plan")
    await apply(world, with_lead(SPEC))
    assert campaign_of(world).schedule.timezone == "Europe/Lisbon"
    planned = attrs.evolve(with_lead(SPEC), schedule=ScheduleSpec("Europe/Oslo"))
    (change,) = await refreshed(world, planned)
    assert change.drift is not None
    assert change.drift.outcomes == ("provision saves the planned schedule",)
    await apply(world, planned)
    assert campaign_of(world).schedule.timezone == "Europe/Oslo"
    (change,) = await refreshed(world, planned)
    assert not change.drift


async def test_a_name_stays_until_the_plan_renames_the_campaign() -> None:
    world, keyed = World(), attrs.evolve(SPEC, key="founders")
    resettled = attrs.evolve(keyed, settings=SettingsSpec(follow_up_percentage=1, unsubscribe_text="x"))
    (told,) = await outcomes(world, keyed, rename, resettled)
    assert told.startswith("provision leaves name alone.")
    await apply(world, resettled)
    assert campaign_of(world).name == "Somebody's"
    renamed = attrs.evolve(resettled, name="Planned")
    (change,) = await refreshed(world, renamed)
    assert change.drift is not None
    assert change.drift.outcomes == ("provision saves the planned name",)
    await apply(world, renamed)
    assert campaign_of(world).name == "Planned"


async def test_planned_settings_are_set_and_others_stay() -> None:
    async def edit(world: World) -> None:
        await resettle(world)
        await world.client.campaigns.update_settings(world.campaign_id, send_as_plain_text=True)

    world = World()
    planned = attrs.evolve(SPEC, settings=SettingsSpec(follow_up_percentage=1, unsubscribe_text="x"))
    told = await outcomes(world, SPEC, edit, planned)
    assert told == (
        "provision saves the planned settings",
        "provision keeps settings that the plan never had",
    )
    await apply(world, planned)
    (change,) = await refreshed(world, planned)
    assert change.drift is not None
    assert [each.path for each in change.drift.changes] == ["settings.send_as_plain_text"]


async def test_mailboxes_that_were_added_by_hand_stay() -> None:
    world = World()
    third = world.fake.add_email_account("cy@sender.example")
    planned = attrs.evolve(SPEC, mailboxes=MailboxChoice(ids=(third,)))
    told = await outcomes(world, SPEC, swap_mailbox, planned)
    assert told[1] == "provision keeps mailboxes that were added by hand: remove them in SmartLead"
    assert (await apply(world, planned)).succeeded
    assert set(campaign_of(world).email_account_ids) == {third, world.other_mailbox}


async def test_leads_that_were_added_or_removed_by_hand_stay_so() -> None:
    async def edit(world: World) -> None:
        await add_lead(world)
        await drop_lead(world)

    world = World()
    added, removed = await outcomes(world, SPEC, edit, SPEC)
    assert added == "provision leaves leads alone that were added by hand"
    assert removed.startswith("provision does not import leads again that were removed by hand.")
    before = set(campaign_of(world).leads)
    await apply(world, SPEC)
    assert set(campaign_of(world).leads) == before


async def test_leads_that_were_removed_by_hand_are_imported_again_as_told() -> None:
    world = World()
    await outcomes(world, SPEC, drop_lead, SPEC)
    await apply(world, attrs.evolve(SPEC, leads=SPEC.leads[1:]))  # type: ignore[index]
    await apply(world, SPEC)
    (change,) = await refreshed(world, SPEC)
    assert not change.drift
