"""Clients and mailboxes that campaigns require of a SmartLead account."""

from __future__ import annotations

from collections.abc import Iterable

import attrs

from .addresses import normalize_address
from .campaign import CampaignSpec


@attrs.frozen
class AccountNeeds:
    """Clients and mailboxes that must exist on the account: by id, address, tag and name; each sorted."""

    client_ids: tuple[int, ...]
    mailbox_ids: tuple[int, ...]
    addresses: tuple[str, ...]
    tags: tuple[str, ...]
    client_names: tuple[str, ...] = ()

    @property
    def clients(self) -> dict[int, str]:
        """The names of all clients by their ids; those without one get the ids that follow."""
        known = {number: f"Client {number}" for number in self.client_ids}
        return known | dict(enumerate(self.client_names, start=max(self.client_ids, default=0) + 1))


def account_needs(specs: Iterable[CampaignSpec]) -> AccountNeeds:
    """Return what the account must have for these campaigns.

    Example::

    needs = account_needs(load_plan("plan.yaml").specs())
    """
    clients: set[int] = set()
    names: set[str] = set()
    ids: set[int] = set()
    addresses: set[str] = set()
    tags: set[str] = set()
    for spec in specs:
        if spec.client_id is not None:
            clients.add(spec.client_id)
        if spec.client is not None:
            names.add(spec.client.strip())
        if spec.mailboxes is not None:
            ids.update(spec.mailboxes.ids)
            addresses.update(normalize_address(address) for address in spec.mailboxes.addresses)
            if spec.mailboxes.tag:
                tags.add(spec.mailboxes.tag)
    return AccountNeeds(
        tuple(sorted(clients)),
        tuple(sorted(ids)),
        tuple(sorted(addresses)),
        tuple(sorted(tags)),
        tuple(sorted(names)),
    )
