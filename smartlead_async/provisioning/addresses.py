"""E-mail addresses: whether one can be right, and when two are the same."""

from __future__ import annotations

import hashlib
import re
from typing import Final

# What mailboxes really use, not all that RFC 5322 allows: quoted local parts and comments are typos in a lead list.
_LOCAL: Final = re.compile(r"[^\s@\"(),:;<>\[\]\\]+")
_LABEL: Final = re.compile(r"[^\W_](?:[\w-]*[^\W_])?")


def address_flaw(address: str) -> str | None:
    """Why this cannot be an e-mail address, in a few words; None when it can be one."""
    local, at, domain = address.rpartition("@")
    labels = domain.split(".")
    flaw = None
    if not at:
        flaw = "it has no @"
    elif len(address) > 254:
        flaw = "it is longer than 254 characters"
    elif not local or not domain:
        flaw = f"nothing stands {'before' if not local else 'after'} the @"
    elif len(local) > 64:
        flaw = "more than 64 characters stand before the @"
    elif "@" in local:
        flaw = "it has more than one @"
    elif not _LOCAL.fullmatch(local):
        flaw = "it has a space or a character that no address has"
    elif local.startswith(".") or local.endswith(".") or ".." in address:
        flaw = "it has a dot where none can be"
    elif len(labels) < 2:
        flaw = "its domain has no dot"
    elif not all(len(label) <= 63 and _LABEL.fullmatch(label) for label in labels):
        flaw = "its domain is malformed"
    elif len(labels[-1]) < 2 or labels[-1].isdigit():
        flaw = f"its domain cannot end in .{labels[-1]}"
    return flaw


def comparable(address: str) -> str:
    """The form in which two addresses are the same mailbox: trimmed, in lower case."""
    return address.strip().lower()


def digest64(text: str) -> int:
    """64 bits that stand for a text, so that millions can be remembered without one being kept."""
    return int.from_bytes(hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8).digest())


def fold(address: str) -> int:
    """:func:`digest64` of an address, the same for every way of writing it."""
    return digest64(comparable(address))
