"""A client that knows nothing of this package's: it sends JSON and looks at status, headers and body."""

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
    """Sends requests to a fake, in memory."""

    fake: FakeSmartlead
    transport: Transport
    key: str | None = "test-key"
    account: Account | None = None
    """The account of the key, if it is not the first."""

    async def send(self, method: str, path: str, body: Any = None, **query: Any) -> HttpResponse:
        """One request; ``body`` becomes JSON unless it is bytes."""
        if self.key is not None:
            query = {"api_key": self.key, **query}
        raw = body if body is None or isinstance(body, bytes) else json.dumps(body).encode()
        url = f"https://fake.example/api/v1{path}?{urlencode(query)}"
        return await self.transport.send(HttpRequest(method, url, AGENT, raw))

    async def get(self, path: str, **query: Any) -> Any:
        """The JSON of a GET that has to work."""
        return expect(await self.send("GET", path, **query), 200)

    async def post(self, path: str, body: Any = None) -> Any:
        """The JSON of a POST that has to work."""
        return expect(await self.send("POST", path, body if body is not None else {}), 200)

    async def create(self, name: str = "Autumn outreach", **more: Any) -> int:
        """A new campaign's id."""
        return int((await self.post("/campaigns/create", {"name": name, **more}))["id"])

    async def ready(self, name: str = "Autumn outreach", *, but: str = "") -> int:
        """A campaign that could start, except for the part named by ``but``."""
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
        """A campaign that has been started."""
        campaign_id = await self.ready(name)
        await self.post(f"/campaigns/{campaign_id}/status", {"status": "START"})
        return campaign_id


def step(number: int = 1, **more: Any) -> dict[str, Any]:
    """One step of a sequence, as it is written."""
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
    """The JSON of an answer with this status."""
    assert response.status == status, response.body
    return json.loads(response.body)


def invalid(message: str, *keys: str, source: str = "body") -> dict[str, Any]:
    """The live 400 body of a bad request."""
    return {
        "statusCode": 400,
        "error": "Bad Request",
        "message": message,
        "validation": {"source": source, "keys": list(keys)},
    }
