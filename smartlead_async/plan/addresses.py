"""E-mail addresses: whether one can be right, and when two are the same; telling texts apart by digests."""

from __future__ import annotations

import re
from typing import Final

from ..digests import digest64

# What mailboxes really use, not all that RFC 5322 allows: in a lead list, a quoted local part is a typo.
_LOCAL: Final = re.compile(r"[^\s@\"(),:;<>\[\]\\]+")


_LABEL: Final = re.compile(r"[^\W_](?:[\w-]*[^\W_])?")


def address_flaw(address: str) -> str | None:
    """Why this cannot be an e-mail address, in a few words; None when it can be one."""
    local, at, domain = address.rpartition("@")
    if not at:
        return "it has no @"
    if not local or not domain:
        return f"nothing stands {'after' if local else 'before'} the @"
    if len(address) > 254:
        return "it is longer than 254 characters"
    return _local_flaw(local) or _domain_flaw(domain)


def _local_flaw(local: str) -> str | None:
    if "@" in local:
        return "it has more than one @"
    if len(local) > 64:
        return "more than 64 characters stand before the @"
    if not _LOCAL.fullmatch(local):
        return "it has a blank or a sign that no address has"
    if local.startswith(".") or local.endswith(".") or ".." in local:
        return "it has a dot where none can be"
    return None


def _domain_flaw(domain: str) -> str | None:
    labels = domain.split(".")
    if len(labels) < 2:
        return "its domain has no dot"
    if not all(len(label) <= 63 and _LABEL.fullmatch(label) for label in labels):
        return "its domain is malformed"
    if len(labels[-1]) < 2 or labels[-1].isdigit():
        return f"its domain cannot end in .{labels[-1]}"
    return None


def comparable(address: str) -> str:
    """The form in which two addresses are the same mailbox: trimmed, in lower case."""
    return address.strip().lower()


def fold(address: str) -> int:
    """:func:`digest64` of an address, the same for every way of writing it."""
    return digest64(comparable(address))
