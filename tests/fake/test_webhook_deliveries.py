"""Webhooks of the fake: who gets which event, payloads, retries, and real deliveries over HTTP."""

from __future__ import annotations

from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from smartlead_async import NotFound, SmartleadClient, webhooks
from smartlead_async.fake import Campaign, Delivery, FakeSmartlead
from smartlead_async.fake.server import running

from .raw import Raw, step
from .test_advance import fake_at, started
from .test_over_http import session

EVERY_EVENT = (
    "EMAIL_SENT",
    "FIRST_EMAIL_SENT",
    "EMAIL_OPEN",
    "EMAIL_LINK_CLICK",
    "EMAIL_REPLY",
    "EMAIL_BOUNCE",
    "LEAD_UNSUBSCRIBED",
    "LEAD_CATEGORY_UPDATED",
)
URL = "https://hooks.example/sl"


async def hooked(fake: FakeSmartlead, *events: str, level: str = "user", url: str = URL, **more: Any) -> int:
    """Create a webhook, forget its test events, and return its id."""
    async with SmartleadClient("test-key", transport=fake.transport()) as client:
        created = await client.webhooks.create(
            url, level, event_type_map=dict.fromkeys(events or EVERY_EVENT, True), name="crm", **more
        )
    fake.webhook_deliveries.kept.clear()
    return created.id


async def with_link(fake: FakeSmartlead, leads: int = 1) -> Campaign:
    link = step(1, email_body='<p>Hi {{first_name}}, <a href="https://offer.example/">see</a></p>')
    return await started(fake, leads=leads, sequences=[link])


def types(fake: FakeSmartlead) -> list[str]:
    return [delivery.event_type for delivery in fake.deliveries]


async def test_events_are_delivered_in_the_order_of_time() -> None:
    fake = fake_at(opened=1, clicked=1, replied=1, positive=1)
    await hooked(fake)
    await with_link(fake)
    fake.advance(days=5)
    assert list(dict.fromkeys(types(fake))) == [
        "EMAIL_SENT",
        "FIRST_EMAIL_SENT",
        "EMAIL_OPEN",
        "EMAIL_LINK_CLICK",
        "EMAIL_REPLY",
        "LEAD_CATEGORY_UPDATED",
    ]
    assert all(delivery.is_delivered for delivery in fake.deliveries)


@pytest.mark.parametrize(
    ("rates", "event_type", "lead"),
    [
        ({}, "EMAIL_SENT", "lead0@autumn.example"),
        ({"opened": 1}, "EMAIL_OPEN", "lead0@autumn.example"),
        ({"opened": 1, "clicked": 1}, "EMAIL_LINK_CLICK", "lead0@autumn.example"),
        ({"replied": 1}, "EMAIL_REPLY", "lead0@autumn.example"),
        ({"replied": 1}, "LEAD_CATEGORY_UPDATED", "lead0@autumn.example"),
        ({"bounced": 1}, "EMAIL_BOUNCE", "lead0@autumn.example"),
        ({"unsubscribed": 1}, "LEAD_UNSUBSCRIBED", "lead0@autumn.example"),
    ],
)
async def test_payloads_have_the_fields_of_captured_ones_and_are_parsed(
    rates: dict[str, Any], event_type: str, lead: str
) -> None:
    fake = fake_at(**rates)
    await hooked(fake, event_type)
    await with_link(fake)
    fake.advance(days=5)
    delivery = fake.deliveries[0]
    assert set(webhooks.sample(event_type)) == set(delivery.payload)
    event = webhooks.parse(delivery.body)
    assert event.type == event_type
    assert lead in delivery.body.decode()
    assert "{{" not in delivery.body.decode()


async def test_a_webhook_of_the_user_takes_its_events_from_the_others() -> None:
    fake = fake_at(opened=1)
    campaign = await with_link(fake)
    campaign.client_id = fake.add_client("Northwind", client_id=7)
    of_campaign = await hooked(
        fake, "EMAIL_SENT", "EMAIL_OPEN", level="campaign", email_campaign_id=campaign.id
    )
    of_client = await hooked(fake, "EMAIL_OPEN", level="client", client_id=7)
    of_others = await hooked(fake, level="client", client_id=8)
    of_user = await hooked(fake, "EMAIL_SENT")
    fake.advance(days=5)
    receivers: dict[str, set[int]] = {}
    for delivery in fake.deliveries:
        receivers.setdefault(delivery.event_type, set()).add(delivery.webhook_id)
    assert receivers == {"EMAIL_SENT": {of_user}, "EMAIL_OPEN": {of_campaign, of_client}}
    assert of_others not in set().union(*receivers.values())


async def test_webhooks_are_read_changed_and_deleted() -> None:
    fake = fake_at()
    campaign = await with_link(fake)
    number = await hooked(fake, "EMAIL_SENT", level="campaign", email_campaign_id=campaign.id)
    async with SmartleadClient("test-key", transport=fake.transport()) as client:
        assert [hook.id for hook in await client.campaigns.list_webhooks(campaign.id)] == [number]
        await client.webhooks.update(number, event_types=["EMAIL_REPLY"], categories=[1])
        hook = await client.webhooks.get(number)
        assert (hook.event_type_map, hook.category_id_map) == ({"EMAIL_REPLY": True}, {"1": True})
        await client.webhooks.delete(number)
        with pytest.raises(NotFound):
            await client.webhooks.get(number)
    fake.record_message(campaign.id, "lead0@autumn.example")
    assert fake.deliveries == []


async def test_other_spellings_of_events_are_understood() -> None:
    fake = fake_at()
    campaign = await with_link(fake)
    await hooked(fake, "EMAIL_REPLIED")
    fake.record_message(campaign.id, "lead0@autumn.example")
    fake.record_message(campaign.id, "lead0@autumn.example", type="REPLY")
    assert types(fake) == ["EMAIL_REPLY"]


async def test_a_category_that_a_user_sets_is_delivered_only_if_it_changes() -> None:
    fake = fake_at()
    campaign = await with_link(fake)
    await hooked(fake, "LEAD_CATEGORY_UPDATED", category_id_map={"1": True})
    fake.record_message(campaign.id, "lead0@autumn.example")
    (map_id,) = fake.account.campaign_leads_by_map_id
    async with SmartleadClient("test-key", transport=fake.transport()) as client:
        for category in (3, 1, 1):
            await client.inbox.update_category(map_id, category)
    (delivery,) = fake.deliveries
    assert delivery.payload["lead_category"] == {
        "old_id": 3,
        "old_name": "Not Interested",
        "new_id": 1,
        "new_name": "Interested",
    }


# --- test events -------------------------------------------------------------------------------------


async def test_saving_a_webhook_posts_a_test_event_of_each_of_its_events() -> None:
    fake = fake_at()
    campaign = await with_link(fake)
    async with SmartleadClient("test-key", transport=fake.transport()) as client:
        events = ["EMAIL_REPLY", "EMAIL_REPLY", "EMAIL_SENT", "CAMPAIGN_STATUS_CHANGED"]
        saved = await client.campaigns.save_webhook(
            campaign.id, name="crm", webhook_url=URL, event_types=events, categories=["Interested"]
        )
        # The payload of CAMPAIGN_STATUS_CHANGED is not known.
        assert types(fake) == ["EMAIL_REPLY", "EMAIL_SENT"]
        for delivery in fake.deliveries:
            assert webhooks.parse(delivery.body).type == delivery.event_type
            assert delivery.payload["campaign_id"] == campaign.id
            assert (delivery.payload["webhook_id"], delivery.payload["webhook_url"]) == (saved.id, URL)
            assert delivery.is_test
            webhooks.verify(delivery.body, delivery.headers, secret_key=fake.account.webhook_secret)
        await client.campaigns.save_webhook(
            campaign.id,
            id=saved.id,
            name="crm",
            webhook_url=URL,
            event_types=["EMAIL_OPEN"],
            categories=["Interested"],
        )
    assert types(fake) == ["EMAIL_REPLY", "EMAIL_SENT", "EMAIL_OPEN"]


async def test_test_events_are_of_a_lead_that_the_account_does_not_have() -> None:
    fake = fake_at()
    campaign = await with_link(fake)
    async with SmartleadClient("test-key", transport=fake.transport()) as client:
        await client.webhooks.create(URL, "user", event_type_map=dict.fromkeys(EVERY_EVENT, True))
    assert types(fake) == list(EVERY_EVENT)
    for delivery in fake.deliveries:
        assert delivery.payload.get("to_email") not in {lead.email for lead in fake.leads.values()}
    assert campaign.events == []


async def test_a_refused_webhook_posts_nothing() -> None:
    fake = fake_at()
    async with SmartleadClient("test-key", transport=fake.transport()) as client:
        with pytest.raises(NotFound):
            await client.webhooks.create(
                URL, "campaign", event_type_map={"EMAIL_SENT": True}, email_campaign_id=1
            )
    assert fake.deliveries == []


async def test_only_the_newest_deliveries_are_kept() -> None:
    fake = FakeSmartlead(log_size=3)
    async with SmartleadClient("test-key", transport=fake.transport()) as client:
        await client.webhooks.create(URL, "user", event_type_map=dict.fromkeys(EVERY_EVENT, True))
    assert types(fake) == list(EVERY_EVENT[-3:])


# --- retries -----------------------------------------------------------------------------------------


async def test_a_failed_delivery_is_tried_again_after_one_five_and_thirty_minutes() -> None:
    fake = fake_at()
    tried: list[float] = []

    def receive(delivery: Delivery) -> int:
        tried.append(delivery.tried_at)
        return 503

    await hooked(fake, "EMAIL_SENT")
    fake.webhook_deliveries.receive = receive
    await with_link(fake)
    fake.advance(days=1)
    assert [round(time - tried[0]) // 60 for time in tried] == [0, 1, 6, 36]
    assert (fake.deliveries[0].status, fake.deliveries[0].attempts) == (503, 4)


@pytest.mark.parametrize(("status", "attempts"), [(400, 1), (410, 1), (204, 1), (None, 1)])
async def test_a_4xx_is_final_and_so_is_success(status: int | None, attempts: int) -> None:
    fake = fake_at()
    fake.webhook_deliveries.receive = lambda _delivery: status
    await hooked(fake, "EMAIL_SENT")
    await with_link(fake)
    fake.advance(days=1)
    assert fake.deliveries[0].attempts == attempts


async def test_failed_deliveries_are_posted_again_on_request() -> None:
    fake = fake_at()
    statuses = iter([400, 200])
    campaign = await with_link(fake)
    await hooked(fake, "EMAIL_SENT")
    fake.webhook_deliveries.receive = lambda _delivery: next(statuses)
    fake.advance(hours=2)
    span = {"fromTime": "2027-03-01T00:00:00.000Z", "toTime": "2027-03-02T00:00:00.000Z"}
    path = f"/campaigns/{campaign.id}/webhooks/retrigger-failed-events"
    raw = Raw(fake, fake.transport())
    assert [(await raw.post(path, span))["retriggered_count"] for _ in range(2)] == [1, 0]
    assert fake.deliveries[0].is_delivered


async def test_a_signing_secret_signs_every_delivery() -> None:
    fake = fake_at()
    fake.webhook_deliveries.signing_secret = "signing-secret"
    await hooked(fake, "EMAIL_SENT")
    await with_link(fake, leads=2)
    fake.advance(hours=2)
    first, second = fake.deliveries
    assert first.headers["X-Request-Id"] != second.headers["X-Request-Id"]
    for delivery in (first, second):
        webhooks.verify(delivery.body, delivery.headers, signing_secret="signing-secret")
        secret = fake.account.webhook_secret
        webhooks.verify(delivery.body, delivery.headers, secret_key=secret)


# --- over HTTP ---------------------------------------------------------------------------------------


@pytest.mark.sockets
async def test_a_served_fake_posts_to_the_receiver_before_the_advance_ends() -> None:
    received: list[str] = []

    async def receive(request: web.Request) -> web.Response:
        received.append(webhooks.parse(await request.read()).type)
        return web.Response(status=204)

    app = web.Application()
    app.router.add_post("/sl", receive)
    fake = fake_at(opened=1)
    async with TestServer(app) as receiver, running(fake) as base_url, session(base_url) as client:
        await hooked(fake, "EMAIL_SENT", "EMAIL_OPEN", url=str(receiver.make_url("/sl")))
        await hooked(fake, "FIRST_EMAIL_SENT", url="http://127.0.0.1:1/closed")
        await with_link(fake)
        async with client.post("__fake__/advance", json={"days": 5}) as response:
            assert (await response.json())["events"]["SENT"] == 1
    tests, events = received[:2], received[2:4]
    assert tests == events == ["EMAIL_SENT", "EMAIL_OPEN"]
    by_type = {delivery.event_type: delivery.status for delivery in fake.deliveries}
    assert by_type == {"EMAIL_SENT": 204, "EMAIL_OPEN": 204, "FIRST_EMAIL_SENT": None}
