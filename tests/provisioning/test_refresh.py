"""Drift: what somebody has changed by hand is found, and told apart from the changes of the plan."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

import attrs
import pytest

from smartlead_async import CampaignChange, LeadInput, ServerError, verify
from smartlead_async.api.campaigns.sequences import Delay, StepInput, VariantInput
from smartlead_async.fake import CampaignStatus, Fault
from smartlead_async.pipeline.retry import RetryPolicy
from smartlead_async.plan.campaign import CampaignSpec
from smartlead_async.plan.schedule import ScheduleSpec
from smartlead_async.plan.sequence import StepSpec
from smartlead_async.plan.settings import SettingsSpec
from smartlead_async.plan.step import Step
from smartlead_async.provisioning.changes.change import Action, Change, Drift
from smartlead_async.provisioning.job.refresh import refresh_requests
from smartlead_async.provisioning.ledger.records import StepState

from . import test_verify
from .test_verify import SPEC, STARTED, World

Edit = Callable[[World], Awaitable[Any]]


async def refreshed(world: World, *specs: CampaignSpec, **options: Any) -> list[CampaignChange]:
    changes = world.client.plan_changes(specs, world.ledger, refresh=True, **options)
    return [change async for change in changes]


async def drift_after(edit: Edit, spec: CampaignSpec = SPEC, planned: CampaignSpec | None = None) -> Drift:
    """Provision a campaign, edit it by hand, and return its drift."""
    world = World()
    await world.provision(spec)
    await edit(world)
    (change,) = await refreshed(world, planned or spec)
    assert change.drift is not None
    assert change.campaign_id == world.campaign_id
    return change.drift


def campaign_of(world: World) -> Any:
    return world.fake.campaigns[world.campaign_id]


def becomes(status: CampaignStatus) -> Edit:
    async def edit(world: World) -> None:
        campaign_of(world).status = status

    return edit


async def drop_mailbox(world: World) -> None:
    accounts = await world.client.campaigns.list_email_accounts(world.campaign_id)
    await world.client.campaigns.remove_email_accounts(world.campaign_id, [accounts[0].id])


async def reword(world: World) -> None:
    steps = await world.client.campaigns.get_sequences(world.campaign_id)
    await world.client.campaigns.save_sequences(
        world.campaign_id,
        [
            StepInput(
                1,
                Delay(0),
                subject="Hello {{first_name}}",
                email_body="<p>a</p>",
                seq_variants=[
                    VariantInput(
                        id=each.id,
                        subject=each.subject or "",
                        email_body="<p>other</p>",
                        variant_label=each.variant_label or "",
                    )
                    for each in steps[0].sequence_variants
                ],
            ),
            StepInput(2, Delay(5), email_body="<p>again</p>"),
            StepInput(3, Delay(1), email_body="<p>bye</p>"),
        ],
    )


async def drop_step(world: World) -> None:
    campaign_of(world).sequences.pop()


async def unsubscribe_text(world: World) -> None:
    campaign_of(world).unsubscribe_text = None


async def plain_text(world: World) -> None:
    await world.client.campaigns.update_settings(world.campaign_id, send_as_plain_text=True)


async def nothing(world: World) -> None:
    pass


@pytest.mark.parametrize("spec", [SPEC, STARTED, CampaignSpec("Bare")], ids=["drafted", "started", "bare"])
async def test_what_nobody_has_touched_has_no_drift(spec: CampaignSpec) -> None:
    world = World()
    await world.provision(spec)
    before = len(world.fake.requests)
    changes = world.client.plan_changes([spec], world.ledger, refresh=True)
    (change,) = [change async for change in changes]
    assert (change.action, change.drift, bool(change.drift)) == (Action.NONE, Drift(), False)
    requests = len(world.fake.requests) - before
    heads = [head async for head in world.ledger.heads()]
    assert requests == changes.totals.refresh_requests == refresh_requests(heads)
    assert requests == 1 + 2 + (2 if spec.has_leads else 1)


@pytest.mark.parametrize(
    ("edit", "paths"),
    [
        (test_verify.rename, ["name"]),
        (test_verify.refile, ["client_id"]),
        (test_verify.resettle, ["settings.follow_up_percentage"]),
        (test_verify.track, ["settings.track_settings"]),
        (unsubscribe_text, ["settings.unsubscribe_text"]),
        (plain_text, ["settings.send_as_plain_text"]),
        (
            test_verify.reschedule,
            [
                f"schedule.{name}"
                for name in (
                    "timezone",
                    "days",
                    "start",
                    "end",
                    "minutes_between_emails",
                    "new_leads_per_day",
                )
            ],
        ),
        (
            reword,
            ["steps[0].variants[0].body", "steps[0].variants[1].body", "steps[1].delay_days", "steps[2]"],
        ),
        (drop_step, ["steps[1]"]),
        (test_verify.swap_mailbox, ["mailboxes"]),
        (drop_mailbox, ["mailboxes"]),
        (test_verify.start, ["status"]),
        (test_verify.pause, ["status"]),
    ],
)
async def test_every_edit_by_hand_is_found_in_its_part(edit: Edit, paths: list[str]) -> None:
    drift = await drift_after(edit)
    assert [change.path for change in drift.changes] == paths
    assert drift.outcomes


LONG_NAME = "Dentists and orthodontists in the north of Germany, demo invite, Q1 2027"


@pytest.mark.parametrize(
    ("name", "store", "paths"),
    [
        ("Dentists – R&D  Q1", lambda name: name.replace("–", "-").replace("&", "&amp;"), []),
        (LONG_NAME, lambda name: name[:60], ["name"]),
    ],
)
async def test_a_name_that_the_server_writes_in_another_way_is_no_drift_and_one_that_it_cuts_is_told(
    name: str, store: Callable[[str], str], paths: list[str]
) -> None:
    world, spec = World(), CampaignSpec(name, settings=SettingsSpec(follow_up_percentage=60))
    world.fake.quirks.store_name = store
    await world.provision(spec)
    (change,) = await refreshed(world, spec)
    assert change.drift is not None
    assert [each.path for each in change.drift.changes] == paths
    assert ("plan a shorter one" in " ".join(change.drift.outcomes)) == bool(paths)
    await world.ledger.open()
    assert [each.path async for each in verify(world.client, [spec], world.ledger)] == paths


async def test_values_that_were_applied_stand_before_those_on_the_server() -> None:
    drift = await drift_after(test_verify.rename)
    assert drift.changes == (Change("name", SPEC.name, "Somebody's"),)
    (paused,) = (await drift_after(becomes(CampaignStatus.PAUSED), STARTED)).changes
    assert paused == Change("status", "ACTIVE", "PAUSED")


async def test_track_settings_are_shown_as_a_plan_has_them() -> None:
    (change,) = (await drift_after(test_verify.track)).changes
    both = ["DONT_TRACK_EMAIL_OPEN", "DONT_TRACK_LINK_CLICK"]
    assert (change.before, change.after) == (both, ["DONT_TRACK_EMAIL_OPEN"])


async def test_a_protection_that_was_switched_off_by_hand_is_marked() -> None:
    assert (await drift_after(unsubscribe_text)).weakens
    assert not (await drift_after(test_verify.resettle)).weakens


async def test_leads_that_were_added_and_removed_by_hand_are_counted() -> None:
    added = await drift_after(test_verify.add_lead)
    assert (added.leads.added, added.leads.removed) == (1, 0)
    assert added.addresses == ("other@prospect.example",)
    removed = await drift_after(test_verify.drop_lead)
    assert (removed.leads.added, removed.leads.removed) == (0, 1)


async def test_a_deleted_campaign_is_found() -> None:
    drift = await drift_after(test_verify.delete)
    assert drift.is_deleted
    assert drift.summary == "deleted"


async def test_what_is_added_to_a_campaign_that_had_none_of_it_is_found() -> None:
    async def fill(world: World) -> None:
        await test_verify.reschedule(world)
        await test_verify.rewrite(world)
        await test_verify.swap_mailbox(world)
        await test_verify.add_lead(world)
        campaign_of(world).unsubscribe_text = "Not for you?"

    drift = await drift_after(fill, CampaignSpec("Bare"))
    assert drift.parts == ("schedule", "settings", "steps", "mailboxes", "leads")


@pytest.mark.parametrize("status", ["COMPLETED", "ACTIVE"])
async def test_a_started_campaign_that_completes_by_itself_has_no_drift(status: str) -> None:
    assert not await drift_after(becomes(CampaignStatus(status)), STARTED)


async def test_leads_that_smartlead_left_out_are_not_removed_by_hand() -> None:
    world = World()
    world.fake.block("lead3@prospect.example")
    await world.provision(SPEC)
    (change,) = await refreshed(world, SPEC)
    assert not change.drift
    await test_verify.drop_lead(world)
    (change,) = await refreshed(world, SPEC)
    assert change.drift is not None
    assert change.drift.leads.removed == 1


async def test_what_the_plan_changes_is_no_drift() -> None:
    planned = attrs.evolve(
        SPEC,
        steps=(StepSpec("New", "<p>new</p>"),),
        leads=[*SPEC.leads, LeadInput("new@prospect.example")],  # type: ignore[misc]
        settings=SettingsSpec(follow_up_percentage=1, unsubscribe_text="x"),
        schedule=ScheduleSpec("Europe/Berlin", end="12:00"),
        start=True,
    )
    world = World()
    await world.provision(SPEC)
    (change,) = await refreshed(world, planned)
    assert change.action is Action.CHANGE
    assert not change.drift


async def test_a_campaign_that_has_not_been_created_is_not_read() -> None:
    world = World()
    (change,) = await refreshed(world, SPEC)
    assert (change.action, change.drift) == (Action.CREATE, None)
    assert len(world.fake.requests) == 0


async def test_unselected_campaigns_are_not_read() -> None:
    world = World()
    await world.provision(SPEC)
    other = attrs.evolve(SPEC, name="Other", key="other")
    assert (await world.client.provision([SPEC, other], ledger=world.ledger)).succeeded
    world.fake.script("GetSequences", Fault.status_before(500), times=2)
    changes = world.client.plan_changes([SPEC, other], world.ledger, refresh=True, select=["other"])
    assert [change.name async for change in changes] == ["Other"]
    assert changes.totals.refresh_requests == 1 + 3 + 2


async def test_the_drift_of_a_campaign_that_the_plan_no_longer_has_is_found() -> None:
    world = World()
    await world.provision(STARTED)
    await becomes(CampaignStatus.PAUSED)(world)
    (change,) = await refreshed(world)
    assert change.action is Action.REMOVE
    assert change.drift is not None
    assert change.drift.outcomes == ("provision deletes the campaign as it is",)


async def test_a_step_whose_outcome_is_not_known_is_not_compared() -> None:
    world = World()
    await world.provision(SPEC)
    record = await world.ledger.get(SPEC.identity)
    assert record is not None
    in_doubt = attrs.evolve(record.begun(Step.SCHEDULE), state=StepState.SENT)
    await world.ledger.save(record.with_step(in_doubt))
    await test_verify.reschedule(world)
    await test_verify.rename(world)
    (change,) = await refreshed(world, SPEC)
    assert change.drift is not None
    assert change.drift.parts == ("name",)


async def test_a_copy_is_compared_with_its_plan() -> None:
    world = World()
    specs = [SPEC, attrs.evolve(SPEC, name="A copy")]
    report = await world.client.provision(specs, ledger=world.ledger, strategy="clone")
    assert report.succeeded
    assert [bool(change.drift) for change in await refreshed(world, *specs)] == [False, False]


async def test_an_unlisted_campaign_is_read_by_itself() -> None:
    """The list of campaigns may lag or be cut off, which does not mean that a campaign was deleted."""
    world = World()
    await world.provision(SPEC)
    world.fake.script("ListCampaigns", Fault.edited(lambda _: []))
    (change,) = await refreshed(world, SPEC)
    assert change.drift == Drift()


async def test_a_read_that_fails_ends_the_refresh_with_its_error() -> None:
    world = World()
    await world.provision(SPEC)
    world.fake.script("GetSequences", Fault.status_before(500), times=None)
    client = world.client.with_options(retry=RetryPolicy.NEVER)
    with pytest.raises(ServerError):
        _ = [change async for change in client.plan_changes([SPEC], world.ledger, refresh=True)]


async def test_a_lost_response_is_read_again_and_counted() -> None:
    world = World()
    await world.provision(SPEC)
    world.fake.script("GetSequences", Fault.status_before(503))
    changes = world.client.plan_changes([SPEC], world.ledger, refresh=True)
    totals = await changes
    assert (totals.drifted, totals.refresh_requests) == (0, 6)


async def test_the_totals_count_the_campaigns_that_were_changed_by_hand() -> None:
    world = World()
    await world.provision(SPEC)
    await test_verify.rename(world)
    totals = await world.client.plan_changes([SPEC], world.ledger, refresh=True)
    assert totals.drifted == 1
    assert "1 changed by hand" in repr(totals)
    assert "Changed by hand" in totals._repr_html_()
    (change,) = await refreshed(world, SPEC)
    assert "drift: name" in repr(change)
    assert "name" in change._repr_html_()
    assert change.drift is not None
    assert repr(change.drift) == "<Drift name>"
    assert "Somebody" not in repr(change.drift)
    assert "Changed on the server" in change.drift._repr_html_()
