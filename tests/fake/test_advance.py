"""Time that passes: campaigns send by their schedules, and leads react."""

from __future__ import annotations

import collections
import datetime as dt
import itertools
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from smartlead_async.fake import Campaign, CampaignStatus, FakeSmartlead, LeadStatus, Rates
from smartlead_async.fake.state import CampaignLead, EventKind, MailKind

from .raw import SCHEDULE, Raw, step

MONDAY_8_UTC = dt.datetime(2027, 3, 1, 8, tzinfo=dt.UTC).timestamp()
"""09:00 in Berlin."""
NO_REACTIONS = {"bounced": 0, "opened": 0, "clicked": 0, "replied": 0, "unsubscribed": 0}


def fake_at(moment: float = MONDAY_8_UTC, seed: int = 7, **rates: float) -> FakeSmartlead:
    fake = FakeSmartlead(seed=seed, wall_clock=lambda: moment)
    fake.rates = Rates(**(NO_REACTIONS | rates))
    return fake


async def started(
    fake: FakeSmartlead, leads: int = 3, mailboxes: int = 1, name: str = "Autumn", **more: Any
) -> Campaign:
    """Start a campaign; ``more`` are the parts to replace: schedule, settings, sequences."""
    raw = Raw(fake, fake.transport())
    campaign_id = await raw.create(name)
    path = f"/campaigns/{campaign_id}"
    await raw.post(f"{path}/sequences", {"sequences": more.get("sequences", [step(1), step(2)])})
    numbers = range(leads)
    people = [{"email": f"lead{n}@{name.lower()}.example", "first_name": f"Lead {n}"} for n in numbers]
    if people:
        await raw.post(f"{path}/leads", {"lead_list": people})
    ids = more.get("mailbox_ids") or [
        fake.add_email_account(f"box{n}@{name.lower()}.example") for n in range(mailboxes)
    ]
    await raw.post(f"{path}/email-accounts", {"email_account_ids": ids})
    await raw.post(f"{path}/schedule", SCHEDULE | more.get("schedule", {}))
    if "settings" in more:
        await raw.post(f"{path}/settings", more["settings"])
    await raw.post(f"{path}/status", {"status": "START"})
    return fake.campaigns[campaign_id]


def sent_at(campaign: Campaign) -> list[dt.datetime]:
    return [
        dt.datetime.fromtimestamp(event.at, dt.UTC)
        for event in campaign.events
        if event.kind is EventKind.SENT
    ]


def log_of(fake: FakeSmartlead) -> list[tuple[Any, ...]]:
    return [
        (event.kind, round(event.at), event.mail.member.map_id, event.mail.step_number, event.detail)
        for campaign in fake.campaigns.values()
        for event in campaign.events
    ]


# --- sending -----------------------------------------------------------------------------------------


async def test_a_started_campaign_sends_its_sequence_and_completes() -> None:
    fake = fake_at()
    campaign = await started(fake, leads=3)
    assert fake.advance(days=10) == {"SENT": 6}
    assert campaign.status is CampaignStatus.COMPLETED
    assert {member.status for member in campaign.leads.values()} == {LeadStatus.COMPLETED}


async def test_nothing_is_sent_while_time_does_not_advance() -> None:
    fake = fake_at()
    campaign = await started(fake)
    fake.clock.jump(86_400)
    assert campaign.events == []


@pytest.mark.parametrize("status", ["PAUSED", "STOPPED"])
async def test_a_campaign_that_is_not_active_sends_nothing(status: str) -> None:
    fake = fake_at()
    campaign = await started(fake)
    await Raw(fake, fake.transport()).post(f"/campaigns/{campaign.id}/status", {"status": status})
    assert fake.advance(days=10) == {}


async def test_the_first_mails_are_as_far_apart_as_the_schedule_says() -> None:
    fake = fake_at()
    campaign = await started(fake, leads=4)
    fake.advance(hours=2)
    first, *_ = times = sent_at(campaign)
    assert [(time - first).seconds // 60 for time in times] == [0, 15, 30, 45]


async def test_mails_are_sent_on_the_days_and_hours_of_the_time_zone() -> None:
    fake = fake_at(MONDAY_8_UTC - 5 * 3600)
    schedule = {"timezone": "America/New_York", "days_of_the_week": [2, 0], "start_hour": "10:30"}
    campaign = await started(fake, leads=60, schedule=schedule)
    fake.advance(days=30)
    local = [time.astimezone(dt.timezone(-dt.timedelta(hours=5))) for time in sent_at(campaign)[:20]]
    assert {time.isoweekday() for time in local} == {2}
    assert (min(local).time(), max(time.time() for time in local) < dt.time(17)) == (dt.time(10, 30), True)
    assert {time.isoweekday() for time in sent_at(campaign)} == {2, 7}


async def test_a_start_time_in_the_schedule_is_waited_for() -> None:
    fake = fake_at()
    campaign = await started(fake, schedule={"schedule_start_time": "2027-03-03T12:00:00.000Z"})
    fake.advance(days=5)
    assert sent_at(campaign)[0] == dt.datetime(2027, 3, 3, 12, tzinfo=dt.UTC)


async def test_no_more_new_leads_a_day_than_the_schedule_allows() -> None:
    fake = fake_at()
    schedule = {"max_new_leads_per_day": 2, "days_of_the_week": [1, 2, 3, 4, 5]}
    campaign = await started(fake, leads=5, schedule=schedule, sequences=[step(1)])
    fake.advance(days=4)
    days = collections.Counter(time.date().day for time in sent_at(campaign))
    assert days == {1: 2, 2: 2, 3: 1}


async def test_no_more_mails_a_day_than_a_mailbox_may_send_for_all_its_campaigns() -> None:
    fake = fake_at()
    mailbox = fake.add_email_account("ada@sender.example")
    fake.email_accounts[mailbox].message_per_day = 4
    for name in ("Autumn", "Winter"):
        await started(fake, leads=5, name=name, mailbox_ids=[mailbox], sequences=[step(1)])
    fake.advance(days=5)
    days = collections.Counter(int(at // 86_400) for at in fake.email_accounts[mailbox].sent_at)
    assert list(days.values()) == [4, 4, 2]


async def test_a_mailbox_waits_between_mails_of_different_campaigns() -> None:
    fake = fake_at()
    mailbox = fake.add_email_account("ada@sender.example")
    for name in ("Autumn", "Winter"):
        await started(fake, leads=3, name=name, mailbox_ids=[mailbox], sequences=[step(1)])
    fake.advance(hours=2)
    times = fake.email_accounts[mailbox].sent_at
    assert len(times) == 6
    assert all(later - earlier >= 5 * 60 for earlier, later in itertools.pairwise(times))


async def test_every_usable_mailbox_sends_and_a_lead_keeps_its_mailbox() -> None:
    fake = fake_at()
    campaign = await started(fake, leads=6, mailboxes=3)
    broken = fake.email_accounts[next(iter(campaign.email_account_ids))]
    broken.smtp_ok = False
    fake.advance(days=10)
    assert broken.sent_at == []
    for member in campaign.leads.values():
        assert member.mails is not None
        assert len({mail.mailbox_address for mail in member.mails}) == 1


async def test_a_follow_up_is_sent_after_its_delay_in_the_same_thread() -> None:
    fake = fake_at()
    campaign = await started(fake, leads=1, sequences=[step(1), step(2, subject="")])
    fake.advance(days=10)
    (member,) = campaign.leads.values()
    first, second = member.mails or []
    assert round((second.at - first.at) / 86_400) == 3
    assert second.subject == first.subject


async def test_merge_tags_are_filled_in_when_a_mail_is_read() -> None:
    fake = fake_at()
    mail = step(1, subject="Hello {{first_name}}", email_body="<p>{{ city }}</p>")
    campaign = await started(fake, leads=1, sequences=[mail])
    fake.advance(hours=1)
    (lead_id,) = campaign.leads
    raw = Raw(fake, fake.transport())
    (message,) = (await raw.get(f"/campaigns/{campaign.id}/leads/{lead_id}/message-history"))["history"]
    assert (message["subject"], message["email_body"]) == ("Hello Lead 0", "<p></p>")


async def test_paused_blocked_and_unsubscribed_leads_get_no_mail() -> None:
    fake = fake_at()
    campaign = await started(fake, leads=4)
    paused, blocked, gone, last = campaign.leads.values()
    paused.status = LeadStatus.PAUSED
    fake.block(blocked.lead.email)
    fake.unsubscribe(gone.lead.email)
    fake.advance(days=10)
    assert [bool(member.mails) for member in (paused, blocked, gone, last)] == [False, False, False, True]
    assert blocked.status is LeadStatus.BLOCKED
    assert campaign.status is CampaignStatus.ACTIVE, "a paused lead may be resumed"


async def test_variants_are_sent_by_their_percentages() -> None:
    fake = fake_at()
    variants = [
        {
            "subject": label,
            "email_body": label,
            "variant_label": label,
            "variant_distribution_percentage": share,
        }
        for label, share in (("A", 100), ("B", 0))
    ]
    sequences = [step(1, seq_variants=variants, variant_distribution_type="MANUAL_PERCENTAGE")]
    campaign = await started(fake, leads=5, sequences=sequences)
    fake.advance(days=2)
    assert {event.mail.subject for event in campaign.events} == {"A"}


async def test_a_sequence_that_is_shortened_meanwhile_ends_for_those_that_had_the_rest() -> None:
    fake = fake_at()
    campaign = await started(fake, leads=2)
    fake.advance(hours=2)
    campaign.sequences = campaign.sequences[:1]
    assert fake.advance(days=10) == {}
    assert campaign.status is CampaignStatus.COMPLETED


# --- reactions ---------------------------------------------------------------------------------------


def only(campaign: Campaign) -> CampaignLead:
    (member,) = campaign.leads.values()
    return member


@pytest.mark.parametrize(
    ("rate", "rule", "events"),
    [
        ("replied", "REPLY_TO_AN_EMAIL", {"SENT": 1, "OPEN": 1, "REPLY": 1}),
        ("opened", "OPEN_AN_EMAIL", {"SENT": 1, "OPEN": 1}),
        ("clicked", "CLICK_ON_A_LINK", {"SENT": 1, "OPEN": 1, "CLICK": 1}),
    ],
)
async def test_the_stop_rule_of_the_campaign_ends_the_sequence(
    rate: str, rule: str, events: dict[str, int]
) -> None:
    fake = fake_at(**{rate: 1, **({"opened": 1} if rate == "clicked" else {})})
    link = step(1, email_body='<a href="https://offer.example/">Offer</a>')
    slow = step(2, seq_delay_details={"delay_in_days": 10})
    campaign = await started(fake, leads=1, settings={"stop_lead_settings": rule}, sequences=[link, slow])
    counts = fake.advance(days=30)
    assert {kind: min(count, 1) for kind, count in counts.items()} == events
    assert only(campaign).status is LeadStatus.STOPPED
    assert campaign.status is CampaignStatus.COMPLETED


async def test_without_a_stop_for_replies_the_follow_ups_go_on() -> None:
    fake = fake_at(replied=1)
    campaign = await started(fake, leads=1, settings={"stop_lead_settings": "CLICK_ON_A_LINK"})
    assert fake.advance(days=30)["SENT"] == 2
    assert only(campaign).status is LeadStatus.COMPLETED


@pytest.mark.parametrize(("rate", "kind"), [("bounced", "BOUNCE"), ("unsubscribed", "UNSUBSCRIBE")])
async def test_bounces_and_unsubscribes_always_end_the_sequence(rate: str, kind: str) -> None:
    fake = fake_at(**{rate: 1})
    campaign = await started(fake, leads=1, settings={"stop_lead_settings": "CLICK_ON_A_LINK"})
    counts = fake.advance(days=30)
    assert (counts["SENT"], counts[kind]) == (1, 1)
    assert only(campaign).unsubscribed is (kind == "UNSUBSCRIBE")


async def test_what_is_not_tracked_is_not_recorded() -> None:
    fake = fake_at(opened=1, clicked=1)
    campaign = await started(
        fake, settings={"track_settings": ["DONT_TRACK_EMAIL_OPEN", "DONT_TRACK_LINK_CLICK"]}
    )
    assert fake.advance(days=10) == {"SENT": 6}
    assert {event.kind for event in campaign.events} == {EventKind.SENT}


async def test_a_reply_is_a_message_of_the_lead_with_a_category() -> None:
    fake = fake_at(replied=1, positive=1)
    campaign = await started(fake, leads=1)
    fake.advance(days=5)
    member = only(campaign)
    assert member.mails is not None
    assert [mail.kind for mail in member.mails] == [MailKind.SENT, MailKind.REPLY]
    assert member.category_id in {1, 2, 5}
    assert member.mails[1].subject == "Re: Subject 1"


async def test_nothing_is_recorded_for_a_deleted_lead() -> None:
    fake = fake_at(replied=1)
    campaign = await started(fake, leads=2)
    fake.advance(minutes=20)
    member = next(iter(campaign.leads.values()))
    raw = Raw(fake, fake.transport())
    await raw.send("DELETE", f"/campaigns/{campaign.id}/leads/{member.lead.id}")
    fake.advance(days=5)
    assert {event.mail.member.lead.email for event in campaign.events} == {"lead1@autumn.example"}


@pytest.mark.parametrize("share", [-0.1, 1.5])
def test_rates_are_shares(share: float) -> None:
    with pytest.raises(ValueError, match="replied must be between 0 and 1"):
        Rates(replied=share)


def test_time_does_not_go_back() -> None:
    with pytest.raises(ValueError, match="cannot advance by -86400 seconds"):
        FakeSmartlead().advance(days=-1)


# --- determinism and consistency ---------------------------------------------------------------------


async def busy_fake(seed: int = 7) -> FakeSmartlead:
    fake = fake_at(seed=seed)
    fake.rates = Rates(replied=0.2, bounced=0.1, unsubscribed=0.05)
    shared = fake.add_email_account("shared@sender.example")
    fake.email_accounts[shared].message_per_day = 9
    schedules = [
        {"max_new_leads_per_day": 5},
        {"min_time_btw_emails": 3, "timezone": "America/New_York"},
        {"days_of_the_week": [0, 6]},
    ]
    for number, schedule in enumerate(schedules):
        own = fake.add_email_account(f"own{number}@sender.example")
        await started(fake, leads=12, name=f"Campaign{number}", mailbox_ids=[shared, own], schedule=schedule)
    return fake


@settings(max_examples=15, deadline=None)
@given(st.lists(st.floats(0, 60), min_size=1, max_size=5))
async def test_many_small_advances_are_the_same_as_a_great_one(hours: list[float]) -> None:
    at_once, in_parts = await busy_fake(), await busy_fake()
    at_once.advance(hours=sum(hours) + 100)
    for each in hours:
        in_parts.advance(hours=each)
    in_parts.advance(hours=100)
    assert log_of(in_parts) == log_of(at_once)


async def test_limits_hold_across_advances() -> None:
    at_once, in_parts = await busy_fake(), await busy_fake()
    at_once.advance(hours=35)
    for _ in range(300):
        in_parts.advance(minutes=7)
    assert log_of(in_parts) == log_of(at_once)


async def test_leads_react_each_in_its_own_way() -> None:
    fake = fake_at(opened=0.5)
    await started(fake, leads=40, sequences=[step(1)])
    assert 10 < fake.advance(days=7)["OPEN"] < 40


async def test_another_seed_gives_other_reactions_and_the_same_seed_the_same() -> None:
    first, second, other = [await busy_fake(seed) for seed in (7, 7, 8)]
    for fake in (first, second, other):
        fake.advance(days=14)
    assert log_of(first) == log_of(second)
    assert log_of(first) != log_of(other)


async def test_the_log_is_in_the_order_of_time_and_figures_are_consistent() -> None:
    fake = await busy_fake()
    fake.advance(days=20)
    raw = Raw(fake, fake.transport())
    for campaign in fake.campaigns.values():
        times = [event.at for event in campaign.events]
        assert times == sorted(times)
        figures = await raw.get(f"/campaigns/{campaign.id}/analytics")
        counts = {name: int(figures[name]) for name in figures if name.endswith("_count")}
        assert counts["sent_count"] >= counts["unique_sent_count"] >= counts["unique_open_count"]
        assert counts["open_count"] >= counts["unique_open_count"] >= counts["reply_count"]
        stats = figures["campaign_lead_stats"]
        states = ("notStarted", "inprogress", "completed", "paused", "stopped", "blocked")
        assert sum(stats[name] for name in states) == stats["total"] == len(campaign.leads)
