"""E-mail addresses: validity, and equality of differently written ones."""

from __future__ import annotations

import re
from typing import Final

from ..digests import digest64

# What mailboxes use, not all that RFC 5322 allows: in a lead list, a quoted local part is a typo.
_LOCAL: Final = re.compile(r"[^\s@\"(),:;<>\[\]\\]+")


_LABEL: Final = re.compile(r"[^\W_](?:[\w-]*[^\W_])?")


def address_flaw(address: str) -> str | None:
    """Return why this cannot be an e-mail address, or None if it can be one."""
    local, at, domain = address.rpartition("@")
    if not at:
        return "it has no @"
    if not local or not domain:
        return f"there is nothing {'after' if local else 'before'} the @"
    if len(address) > 254:
        return "it is longer than 254 characters"
    return _local_flaw(local) or _domain_flaw(domain)


def _local_flaw(local: str) -> str | None:
    if "@" in local:
        return "it has more than one @"
    if len(local) > 64:
        return "there are more than 64 characters before the @"
    if not _LOCAL.fullmatch(local):
        return "it contains whitespace or an invalid character"
    if local.startswith(".") or local.endswith(".") or ".." in local:
        return "it has a misplaced dot"
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


def normalize_address(address: str) -> str:
    """Return an address trimmed and in lower case; equal results mean the same mailbox."""
    return address.strip().lower()


def address_digest(address: str) -> int:
    """Return :func:`digest64` of the normalized address."""
    return digest64(normalize_address(address))
