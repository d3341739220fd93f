"""A fake with something of everything, and requests to it without a transport."""

from __future__ import annotations

import json

from smartlead_async.fake import FakeSmartlead
from smartlead_async.fake.replies import Reply

from .raw import AGENT, READY


def carry_out(fake: FakeSmartlead, method: str, path: str, query: str = "", body: bytes = b"") -> Reply:
    """Carry out a request to a path of the whole URL, and return the response."""
    exchange = fake.receive(method, path, f"api_key=test-key&{query}", AGENT, body)
    assert exchange.reply is not None
    return exchange.reply


IDS = {
    "campaign": [4101, 4102],
    "map": [70001, 70002],
    "lead": [900001],
    "account": [501],
    "": [4101, 900001, 6101],
}
"""The ids of the seeded fake, by a part of the names of the parameters that they are for."""


def seeded_fake() -> FakeSmartlead:
    """Return a fake with two campaigns, of which the first is active and has a lead with a message."""
    fake = FakeSmartlead()
    mailbox = fake.add_email_account("ada@sender.example", tags=["Team North"])
    parts = READY | {"email-accounts": {"email_account_ids": [mailbox]}}
    for number in (4101, 4102):
        _post(fake, "create", {"name": "Autumn outreach"})
        for part, body in parts.items():
            _post(fake, f"{number}/{part}", body)
    _post(fake, "4101/status", {"status": "START"})
    fake.record_message(4101, "lin@prospect.example", subject="Hello")
    return fake


def _post(fake: FakeSmartlead, path: str, body: object) -> None:
    reply = carry_out(fake, "POST", f"/api/v1/campaigns/{path}", body=json.dumps(body).encode())
    assert reply.status == 200, reply
