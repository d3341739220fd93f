"""Seeding the account of a fake with what a plan requires."""

from __future__ import annotations

import itertools
from typing import Final

from ..fake import FakeSmartlead
from ..plan.needs import AccountNeeds

_MAILBOXES_PER_TAG: Final = 2


def seed_account(fake: FakeSmartlead, needs: AccountNeeds) -> None:
    """Add the clients and mailboxes that a plan requires to a fake, with the ids by which it refers to them.

    Example::

        fake = FakeSmartlead()
        seed_account(fake, account_needs(load_plan("plan.yaml").specs()))
    """
    for client_id, name in needs.clients.items():
        fake.add_client(name, client_id=client_id)
    for mailbox_id in needs.mailbox_ids:
        fake.ids.email_account = itertools.count(mailbox_id)
        fake.add_email_account(f"mailbox-{mailbox_id}@sender.example")
    # No other mailbox gets an id that the plan uses.
    fake.ids.email_account = itertools.count(max([500, *needs.mailbox_ids]) + 1)
    for address in needs.addresses:
        fake.add_email_account(address)
    for tag in needs.tags:
        name = "".join(c if c.isascii() and c.isalnum() else "-" for c in tag.lower())
        for number in range(1, _MAILBOXES_PER_TAG + 1):
            fake.add_email_account(f"{name}-{number}@sender.example", tags=[tag])
