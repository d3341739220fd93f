"""The mailboxes that a campaign sends from."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import attrs

from ..fields import bounds, bounds_of
from .addresses import address_flaw, normalize_address
from .findings import Findings, describe


@attrs.frozen
class MailboxChoice:
    """The mailboxes that a campaign sends from, by id, address or tag, or by several of these.

    Ids need no lookup; addresses and tags cost list requests, once for a whole job. Example::

        MailboxChoice(ids=(501, 502))
        MailboxChoice(tag="Team North")
    """

    ids: Sequence[int] = attrs.field(default=(), metadata=bounds(1))
    addresses: Sequence[str] = ()
    tag: str | None = None

    def __bool__(self) -> bool:
        return bool(self.ids or self.addresses or self.tag)

    @property
    def needs_lookup(self) -> bool:
        """Whether the mailboxes of the account must be listed to get the ids."""
        return bool(self.addresses or self.tag)


def check_mailboxes(findings: Findings, choice: object) -> None:
    """Add the problems of a choice of mailboxes."""
    if (part := findings.check_part("mailboxes", choice, MailboxChoice)) is not None:
        _check_values(findings, part)


def _check_values(findings: Findings, choice: MailboxChoice) -> None:
    before = len(findings.problems)
    ids = findings.check_list("mailboxes.ids", choice.ids)
    addresses = findings.check_list("mailboxes.addresses", choice.addresses)
    for index, number in enumerate(ids):
        findings.check_integer(
            f"mailboxes.ids[{index}]", number, *bounds_of(MailboxChoice, "ids"), optional=False
        )
    for index, address in enumerate(addresses):
        _check_address(findings, f"mailboxes.addresses[{index}]", address)
    for name, values in (("ids", ids), ("addresses", addresses)):
        for index in _repeated(values):
            path = f"mailboxes.{name}[{index}]"
            findings.warning("duplicate_mailbox", path, f"{_shown(values[index])} is listed twice")
    findings.check_string("mailboxes.tag", choice.tag)
    if len(findings.problems) == before and not choice:
        findings.error("no_mailboxes", "mailboxes", "no mailboxes are selected", "Set ids, addresses or tag.")


def _check_address(findings: Findings, path: str, address: object) -> None:
    if not isinstance(address, str):
        findings.wrong_type(path, "an e-mail address", address)
    elif flaw := address_flaw(address):
        findings.error("malformed_address", path, f"{address!r} is not an e-mail address: {flaw}")


def _shown(value: object) -> str:
    return value if isinstance(value, str) else describe(value)


def _repeated(values: Iterable[object]) -> list[int]:
    seen: set[object] = set()
    repeated = []
    for index, value in enumerate(values):
        normalized = normalize_address(value) if isinstance(value, str) else value
        if type(normalized) not in (int, str):
            continue  # of a wrong type
        if normalized in seen:
            repeated.append(index)
        seen.add(normalized)
    return repeated
