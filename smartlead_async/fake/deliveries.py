"""Deliveries of webhooks: what is posted to which URL, and when it is tried again."""

from __future__ import annotations

import asyncio
import collections
import functools
import hashlib
import hmac
import itertools
import uuid
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, Final

import attrs
import orjson

from .accounts import Account
from .agenda import Agenda
from .clock import Clock
from .state import Campaign, CampaignLead, EventKind, MailEvent, Webhook
from .webhook_payloads import EVENT_NAMES, category_payload, event_payload, has_test_event, test_payload

RETRY_AFTER: Final = (60, 300, 1800)
"""Seconds until a delivery is tried again after a 5xx or a timeout."""

_OTHER_NAMES: Final = {
    "EMAIL_OPENED": "EMAIL_OPEN",
    "EMAIL_CLICKED": "EMAIL_LINK_CLICK",
    "EMAIL_REPLIED": "EMAIL_REPLY",
    "EMAIL_BOUNCED": "EMAIL_BOUNCE",
    "EMAIL_UNSUBSCRIBED": "LEAD_UNSUBSCRIBED",
}


@attrs.define(eq=False)
class Delivery:
    """One POST to the URL of a webhook. ``status`` is that of the newest attempt; None if none was answered.

    ``is_test`` marks the test events that are posted when a webhook is saved; nothing in their payload does.

    Example::

        fake.advance(days=1)
        for delivery in fake.deliveries:
            print(delivery.url, delivery.payload["event_type"])
    """

    url: str
    body: bytes = attrs.field(repr=False)
    headers: Mapping[str, str] = attrs.field(repr=False)
    event_type: str
    webhook_id: int
    campaign_id: int | None
    created_at: float
    is_test: bool = False
    tried_at: float = attrs.field(default=attrs.Factory(lambda self: self.created_at, takes_self=True))
    attempts: int = 0
    status: int | None = None

    @property
    def payload(self) -> dict[str, Any]:
        """The body as a dictionary."""
        payload: dict[str, Any] = orjson.loads(self.body)
        return payload

    @property
    def is_delivered(self) -> bool:
        """Whether the receiver has accepted it."""
        return self.status is not None and 200 <= self.status < 300


Receive = Callable[[Delivery], int | None]


class Deliveries:
    """The deliveries of a fake, of which the newest ``keep`` are kept (None: all of them).

    With ``receive`` each of them is passed to that function, which returns the status of the receiver (None
    for a 200). Without it, all are taken for delivered, unless there is an ``outbox``: the server posts what
    is in it and reports each status to :meth:`settle`.
    """

    def __init__(self, clock: Clock, agenda: Agenda, keep: int | None) -> None:
        self._clock, self._agenda = clock, agenda
        self._numbers = itertools.count(1)
        self.kept: collections.deque[Delivery] = collections.deque(maxlen=keep)
        self.receive: Receive | None = None
        self.outbox: asyncio.Queue[Delivery] | None = None
        self.signing_secret: str | None = None
        """Signs deliveries and adds the headers of SmartLead's guide. Ordinary accounts get none."""

    def notify(self, account: Account, event: MailEvent) -> None:
        """Deliver an event of a mail to the webhooks that subscribe to it."""
        campaign = event.mail.member.campaign
        if not campaign.webhooks and not account.webhooks:
            return
        names = EVENT_NAMES[event.kind]
        if event.kind is EventKind.SENT and event.mail.step_number == 1:
            names = (*names, "FIRST_EMAIL_SENT")
        for name in names:
            for hook in _subscribers(account, campaign, name):
                self._post(hook, name, campaign.id, event.at, event_payload(account, hook, name, event))

    def notify_category(self, account: Account, member: CampaignLead, old_id: int | None, at: float) -> None:
        """Deliver the change of a lead's category. There is none for a lead that got no mail."""
        campaign, mail, name = member.campaign, member.last_sent, "LEAD_CATEGORY_UPDATED"
        if mail is None or not (campaign.webhooks or account.webhooks) or member.category_id == old_id:
            return
        for hook in _subscribers(account, campaign, name):
            payload = category_payload(account, hook, member, mail, old_id, at)
            if not hook.categories or payload["category"] in hook.categories:
                self._post(hook, name, campaign.id, at, payload)

    def notify_saved(self, account: Account, hook: Webhook, at: float) -> None:
        """Deliver a test event of each event of a webhook that was saved, if its payload is known."""
        for name in dict.fromkeys(_event_name(each) for each in hook.event_types):
            if has_test_event(name):
                payload = test_payload(account, hook, name, at)
                self._post(hook, name, hook.campaign_id, at, payload, is_test=True)

    def _post(
        self,
        hook: Webhook,
        name: str,
        campaign_id: int | None,
        at: float,
        payload: dict[str, Any],
        *,
        is_test: bool = False,
    ) -> None:
        body = orjson.dumps(payload)
        delivery = Delivery(
            hook.url, body, self._headers(hook, body), name, hook.id, campaign_id, at, is_test=is_test
        )
        self.kept.append(delivery)
        self.attempt(delivery)

    def _headers(self, hook: Webhook, body: bytes) -> dict[str, str]:
        headers = {"Content-Type": "application/json"}
        number = next(self._numbers)
        if self.signing_secret is not None:
            digest = hmac.new(self.signing_secret.encode(), body, hashlib.sha256).hexdigest()
            headers["X-Smartlead-Signature"] = f"sha256={digest}"
            headers["X-Request-Id"] = str(uuid.UUID(int=number))
            headers["X-Webhook-Level"] = hook.level
        return headers

    def attempt(self, delivery: Delivery) -> None:
        """Post a delivery now, or put it into the outbox."""
        if self.receive is not None:
            status = self.receive(delivery)
            self.settle(delivery, 200 if status is None else status)
        elif self.outbox is not None:
            self.outbox.put_nowait(delivery)
        else:
            self.settle(delivery, 200)

    def settle(self, delivery: Delivery, status: int | None) -> None:
        """Record the status of an attempt, None for a timeout. All failures but a 4xx are retried."""
        delivery.status = status
        delivery.attempts += 1
        is_final = delivery.is_delivered or (status is not None and 400 <= status < 500)
        if not is_final and delivery.attempts <= len(RETRY_AFTER):
            # Within an advance the clock still shows its beginning.
            due = max(self._clock.wall(), delivery.tried_at) + RETRY_AFTER[delivery.attempts - 1]
            self._agenda.add(due, functools.partial(self._retry, delivery, due))

    def _retry(self, delivery: Delivery, at: float) -> None:
        delivery.tried_at = at
        self.attempt(delivery)

    def of_campaign(self, campaign_id: int, since: float, until: float) -> Iterator[Delivery]:
        """Yield the deliveries of a campaign's events in a span of time."""
        for delivery in self.kept:
            if delivery.campaign_id == campaign_id and since <= delivery.created_at <= until:
                yield delivery


def _subscribers(account: Account, campaign: Campaign, name: str) -> Iterable[Webhook]:
    """Return the webhooks for an event. Those of the user take it away from those of all other levels."""
    hooks = [hook for hook in account.webhooks.values() if _subscribes(hook, name)]
    of_user = [hook for hook in hooks if hook.level == "user"]
    if of_user:
        return of_user
    of_client = [hook for hook in hooks if hook.level == "client" and hook.client_id == campaign.client_id]
    return of_client + [hook for hook in campaign.webhooks.values() if _subscribes(hook, name)]


def _subscribes(hook: Webhook, name: str) -> bool:
    return any(_event_name(each) == name for each in hook.event_types)


def _event_name(given: str) -> str:
    return _OTHER_NAMES.get(given, given)
