"""The inbox of the fake: views, conversations, scheduled replies, notes, tasks and tags."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from smartlead_async import NotFound, SmartleadClient
from smartlead_async.api.inbox.filters import InboxFilters, LeadCategoryFilter, SentFilters
from smartlead_async.fake import FakeSmartlead
from smartlead_async.fake.state import CampaignLead

from .raw import Raw, expect
from .test_advance import fake_at, started


@pytest.fixture
async def fake() -> FakeSmartlead:
    """A fake with four leads, of which the first two have replied."""
    fake = fake_at()
    campaign = await started(fake, leads=4)
    fake.advance(hours=2)
    for member in list(campaign.leads.values())[:2]:
        fake.record_message(campaign.id, member.lead.email, type="REPLY", email_body="<p>Yes</p>")
        fake.clock.jump(60)
    return fake


@pytest.fixture
def client(fake: FakeSmartlead) -> SmartleadClient:
    return SmartleadClient("test-key", transport=fake.transport())


@pytest.fixture
def members(fake: FakeSmartlead) -> list[CampaignLead]:
    (campaign,) = fake.campaigns.values()
    return list(campaign.leads.values())


async def test_replies_are_in_the_inbox_and_unread_until_they_are_read(
    client: SmartleadClient, members: list[CampaignLead]
) -> None:
    replies = await client.inbox.list_replies()
    assert [lead.email_lead_map_id for lead in replies] == [members[1].map_id, members[0].map_id]
    await client.inbox.change_read_status(members[0].map_id, True)
    assert [lead.lead_email for lead in await client.inbox.list_unread()] == [members[1].lead.email]
    await client.inbox.change_read_status(members[0].map_id, False)
    assert len(await client.inbox.list_unread()) == 2


async def test_the_conversation_has_all_mails(client: SmartleadClient, members: list[CampaignLead]) -> None:
    lead = await client.inbox.get(members[0].map_id)
    assert [message.type for message in lead.email_history] == ["SENT", "REPLY"]
    assert lead.last_reply_time is not None
    (row,) = [each for each in await client.inbox.list_replies() if each.lead_email == lead.lead_email]
    assert row.email_history == []
    history = await client.inbox.list_replies(fetch_message_history=True)
    assert all(len(each.email_history) == 2 for each in history)


async def test_sent_mails_are_listed_by_their_time_and_in_pages(client: SmartleadClient) -> None:
    sent = [lead async for lead in client.inbox.iter_sent()]
    times = [lead.last_sent_time for lead in sent]
    assert len(sent) == 4
    assert times == sorted(times, key=str, reverse=True)
    assert [each.lead_email for each in await client.inbox.list_sent(limit=1, offset=1)] == [
        sent[1].lead_email
    ]


async def test_views_are_filtered(client: SmartleadClient, members: list[CampaignLead]) -> None:
    first, second, *_ = members
    await client.inbox.update_category(first.map_id, 1)

    async def found(**filters: Any) -> list[str | None]:
        return [lead.lead_email for lead in await client.inbox.list_unread(filters=InboxFilters(**filters))]

    assert await found(search="LEAD1@") == [second.lead.email]
    assert await found(lead_categories=LeadCategoryFilter(category_ids_in=[1, 2])) == [first.lead.email]
    assert await found(lead_categories=LeadCategoryFilter(unassigned=True)) == [second.lead.email]
    assert await found(lead_categories=LeadCategoryFilter(category_ids_not_in=[1])) == [second.lead.email]
    assert await found(campaign_ids=[first.campaign.id], email_statuses=["Replied"]) == [
        second.lead.email,
        first.lead.email,
    ]
    assert await found(campaign_ids=[1]) == []
    not_replied = await client.inbox.list_sent(filters=SentFilters(email_statuses=["Not Replied"]))
    assert len(not_replied) == 2


async def test_a_reply_is_in_the_thread_and_its_status_is_known(
    client: SmartleadClient, members: list[CampaignLead]
) -> None:
    lead = members[0]
    (sent, _) = (await client.inbox.get(lead.map_id)).email_history
    await client.campaigns.reply_email_thread(lead.campaign.id, sent.stats_id or "", "<p>Gladly</p>")
    answer = (await client.inbox.get(lead.map_id)).email_history[-1]
    assert (answer.type, answer.email_body, answer.stats_id) == ("SENT", "<p>Gladly</p>", sent.stats_id)
    status = await client.inbox.reply_status(answer.message_id or "")
    assert (status.status, status.email_stats_id) == ("COMPLETED", sent.stats_id)
    with pytest.raises(NotFound, match="No reply found"):
        await client.inbox.reply_status("<other@sender.example>")


async def test_a_scheduled_reply_is_sent_when_its_time_comes(
    fake: FakeSmartlead, client: SmartleadClient, members: list[CampaignLead]
) -> None:
    lead = members[0]
    (sent, reply) = (await client.inbox.get(lead.map_id)).email_history
    due = dt.datetime.fromtimestamp(fake.clock.wall(), dt.UTC) + dt.timedelta(hours=3)
    await client.campaigns.reply_email_thread(
        lead.campaign.id,
        sent.stats_id or "",
        "<p>Later</p>",
        scheduled_time=due,
        reply_message_id=reply.message_id,
    )
    (scheduled,) = await client.inbox.list_scheduled()
    assert (scheduled.lead_email, scheduled.scheduled_time) == (lead.lead.email, due)
    assert (await client.inbox.reply_status(reply.message_id or "")).status == "SCHEDULED"
    assert len((await client.inbox.get(lead.map_id)).email_history) == 2
    fake.advance(hours=3)
    assert not await client.inbox.list_scheduled()
    assert (await client.inbox.reply_status(reply.message_id or "")).status == "COMPLETED"
    assert (await client.inbox.get(lead.map_id)).email_history[-1].email_body == "<p>Later</p>"


async def test_reminders_revenue_and_team_members_are_kept(
    fake: FakeSmartlead, client: SmartleadClient, members: list[CampaignLead]
) -> None:
    lead = members[2]
    at = dt.datetime.fromtimestamp(fake.clock.wall(), dt.UTC) + dt.timedelta(days=1)
    reminder = await client.inbox.set_reminder(lead.map_id, "stats", "call back", at)
    assert reminder.id
    await client.inbox.update_revenue(lead.map_id, 1250)
    await client.inbox.update_team_member(lead.map_id, 12)
    (due,) = await client.inbox.list_reminders()
    assert (due.reminder_message, due.is_overdue, due.revenue) == ("call back", False, 1250)
    fake.advance(days=2)
    assert (await client.inbox.list_reminders())[0].is_overdue
    assert [each.team_member_id for each in await client.inbox.list_assigned_to_me()] == [12]


async def test_what_the_app_puts_away_is_in_its_own_view(
    fake: FakeSmartlead, client: SmartleadClient, members: list[CampaignLead]
) -> None:
    fake.account.inbox_entry(members[0].map_id).is_archived = True
    fake.account.inbox_entry(members[1].map_id).snoozed_until = fake.clock.wall() + 60
    fake.account.inbox_entry(members[2].map_id).is_important = True
    assert not await client.inbox.list_replies()
    views = (client.inbox.list_archived(), client.inbox.list_snoozed(), client.inbox.list_important())
    assert [[each.email_lead_map_id for each in await view] for view in views] == [
        [members[0].map_id],
        [members[1].map_id],
        [members[2].map_id],
    ]
    fake.advance(minutes=2)
    assert len(await client.inbox.list_replies()) == 1


async def test_a_stopped_lead_goes_on_after_it_is_resumed(
    fake: FakeSmartlead, client: SmartleadClient, members: list[CampaignLead]
) -> None:
    lead = members[0]
    assert lead.status == "STOPPED"
    await client.inbox.resume_lead(lead.campaign.id, lead.map_id, resume_delay_days=4)
    fake.advance(days=3)
    assert lead.last_step == 1
    fake.advance(days=2)
    assert lead.last_step == 2
    raw = Raw(fake, fake.transport())
    body = {"campaign_id": lead.campaign.id, "email_lead_map_id": lead.map_id}
    response = await raw.send("PATCH", "/master-inbox/resume-lead", body)
    assert expect(response, 400)["message"] == "This is the last sequence. You cannot resume this lead."


async def test_a_lead_is_pushed_to_a_subsequence_once(
    fake: FakeSmartlead, client: SmartleadClient, members: list[CampaignLead]
) -> None:
    parent = members[0].campaign
    child = await client.campaigns.create_subsequence(parent.id)
    for _ in range(2):
        await client.inbox.push_to_subsequence(members[0].map_id, child.id)
    assert list(fake.campaigns[child.id].leads) == [members[0].lead.id]
    assert (await client.inbox.get(members[0].map_id)).sub_sequence_id == child.id


async def test_blocked_domains_get_no_mail(fake: FakeSmartlead, client: SmartleadClient) -> None:
    fake.add_client("Northwind", client_id=7)
    await client.inbox.block_domains(["Autumn.example"])
    await client.block_list.add(["other.example"], client_id=7)
    entries = await client.block_list.list()
    assert [(each.email_or_domain, each.source, each.client_id) for each in entries] == [
        ("autumn.example", "manual", None),
        ("other.example", "manual", 7),
    ]
    fake.advance(days=10)
    (campaign,) = fake.campaigns.values()
    assert {member.last_step for member in campaign.leads.values()} == {1}
    await client.block_list.delete(entries[0].id)
    with pytest.raises(NotFound, match="Block list entry not found"):
        await client.block_list.delete(entries[0].id)
    assert len(await client.block_list.list(email_or_domain="other.example")) == 1


async def test_notes_and_tasks_are_listed_by_lead(
    client: SmartleadClient, members: list[CampaignLead]
) -> None:
    lead = members[0]
    await client.lead_notes.create(lead.map_id, "call in June")
    await client.lead_tasks.create(lead.map_id, "send deck", priority="HIGH")
    assert [note.note_message for note in await client.lead_notes.list(lead.lead.id)] == ["call in June"]
    (task,) = await client.lead_tasks.list(lead.lead.id)
    assert (task.name, task.priority, task.status) == ("send deck", "HIGH", "pending")
    assert await client.lead_notes.list(members[1].lead.id) == []


async def test_tags_are_shared_by_leads_and_mailboxes(
    fake: FakeSmartlead, client: SmartleadClient, members: list[CampaignLead]
) -> None:
    tag = await client.email_account_tags.create("VIP", color="#FF5733")
    assert tag.id is not None
    await client.lead_tags.assign(members[0].lead.id, [tag.id])
    await client.lead_tags.assign(members[0].lead.id, [tag.id])
    (assigned,) = await client.lead_tags.list(lead_id=members[0].lead.id)
    assert (assigned.name, assigned.color) == ("VIP", "#FF5733")
    await client.email_account_tags.update(tag.id, "Key", "#000000")
    (mailbox,) = fake.email_accounts
    changed = await client.email_account_tags.assign([mailbox], [tag.id])
    again = await client.email_account_tags.assign([mailbox], [tag.id])
    assert (changed.summary and changed.summary.added, again.summary and again.summary.skipped) == (1, 1)
    (of_email,) = await client.email_account_tags.list_for_emails([fake.email_accounts[mailbox].from_email])
    assert [each.name for each in of_email.tags] == ["Key"]
    assert [each.name for each in await client.email_accounts.tags()] == ["Key"]
    await client.email_account_tags.remove([mailbox], [tag.id])
    assert fake.email_accounts[mailbox].tags == []
    await client.lead_tags.remove(assigned.tag_mapping_id or 0)
    assert await client.lead_tags.list(lead_id=members[0].lead.id) == []


async def test_the_key_of_a_client_sees_no_conversation_of_others(
    fake: FakeSmartlead, members: list[CampaignLead]
) -> None:
    fake.add_client("Northwind", client_id=7, api_key="client-key")
    own = Raw(fake, fake.transport(), "client-key")
    assert (await own.post("/master-inbox/inbox-replies"))["data"] == []
    assert (await own.send("GET", f"/master-inbox/{members[0].map_id}")).status == 404
    body = {"email_lead_map_id": members[0].map_id, "read_status": True}
    assert (await own.send("PATCH", "/master-inbox/change-read-status", body)).status == 404


async def test_ids_of_conversations_are_accepted_as_digits(
    fake: FakeSmartlead, members: list[CampaignLead]
) -> None:
    raw = Raw(fake, fake.transport())
    body = {"email_lead_map_id": str(members[0].map_id), "note_message": "call"}
    await raw.post("/master-inbox/create-note", body)
    path = "/master-inbox/change-read-status"
    await raw.send("PATCH", path, {"email_lead_map_id": str(members[0].map_id), "read_status": True})
    response = await raw.send("PATCH", path, {"email_lead_map_id": "x", "read_status": True})
    assert response.status == 400
