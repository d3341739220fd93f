"""A client independent of this package's own: it sends JSON and returns status, headers and body."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import urlencode

import attrs

from smartlead_async.fake import Account, FakeSmartlead
from smartlead_async.transport import HttpRequest, HttpResponse, Transport

AGENT = {"user-agent": "fake-tests/1"}


@attrs.frozen
class Raw:
    """A client of a fake, in memory."""

    fake: FakeSmartlead
    transport: Transport
    key: str | None = "test-key"
    account: Account | None = None
    """The account of the key, if it is not the first."""

    async def send(self, method: str, path: str, body: Any = None, **query: Any) -> HttpResponse:
        """Send a request; ``body`` becomes JSON unless it is bytes."""
        if self.key is not None:
            query = {"api_key": self.key, **query}
        raw = body if body is None or isinstance(body, bytes) else json.dumps(body).encode()
        url = f"https://fake.example/api/v1{path}?{urlencode(query)}"
        return await self.transport.send(HttpRequest(method, url, AGENT, raw))

    async def get(self, path: str, **query: Any) -> Any:
        """Return the JSON of a GET that must succeed."""
        return expect(await self.send("GET", path, **query), 200)

    async def post(self, path: str, body: Any = None) -> Any:
        """Return the JSON of a POST that must succeed."""
        return expect(await self.send("POST", path, body if body is not None else {}), 200)

    async def create(self, name: str = "Autumn outreach", **more: Any) -> int:
        """Create a campaign and return its id."""
        return int((await self.post("/campaigns/create", {"name": name, **more}))["id"])

    async def ready(self, name: str = "Autumn outreach", *, but: str = "") -> int:
        """Create a campaign that can start, except for the part named by ``but``, and return its id."""
        campaign_id = await self.create(name)
        for part, body in READY.items():
            if part != but:
                await self.post(f"/campaigns/{campaign_id}/{part}", body)
        if but != "email-accounts":
            mailbox = self.fake.add_email_account(
                f"{name.replace(' ', '.')}@sender.example", account=self.account
            )
            await self.post(f"/campaigns/{campaign_id}/email-accounts", {"email_account_ids": [mailbox]})
        return campaign_id

    async def active(self, name: str = "Autumn outreach") -> int:
        """Create and start a campaign, and return its id."""
        campaign_id = await self.ready(name)
        await self.post(f"/campaigns/{campaign_id}/status", {"status": "START"})
        return campaign_id


def step(number: int = 1, **more: Any) -> dict[str, Any]:
    """Return a step of a sequence, as in requests."""
    return {
        "seq_number": number,
        "seq_delay_details": {"delay_in_days": 0 if number == 1 else 3},
        "subject": f"Subject {number}",
        "email_body": f"<p>Body {number}</p>",
        **more,
    }


SCHEDULE = {
    "timezone": "Europe/Berlin",
    "days_of_the_week": [1, 2, 3, 4, 5],
    "start_hour": "09:00",
    "end_hour": "17:00",
    "min_time_btw_emails": 15,
    "max_new_leads_per_day": 40,
}
READY: dict[str, Any] = {
    "sequences": {"sequences": [step(1), step(2)]},
    "leads": {
        "lead_list": [{"email": "lin@prospect.example", "first_name": "Lin"}],
        "settings": {"ignore_duplicate_leads_in_other_campaign": True},
    },
    "schedule": SCHEDULE,
}


def expect(response: HttpResponse, status: int) -> Any:
    """Return the JSON of a response, which must have this status."""
    assert response.status == status, response.body
    return json.loads(response.body)


def invalid(message: str, *keys: str, source: str = "body") -> dict[str, Any]:
    """Return the live 400 body of an invalid request."""
    return {
        "statusCode": 400,
        "error": "Bad Request",
        "message": message,
        "validation": {"source": source, "keys": list(keys)},
    }
