"""E-mail addresses: validity, and equality of differently written ones."""

from __future__ import annotations

import re
import unicodedata
from typing import Final

from ..digests import digest64
from .hidden_characters import describe_character, find_hidden

# What mailboxes use, not all that RFC 5322 allows: in a lead list, a quoted local part is a typo.
_LOCAL: Final = re.compile(r"[^\s@\"(),:;<>\[\]\\]+")

_LABEL: Final = re.compile(r"[^\W_](?:[\w-]*[^\W_])?")


# Nearly every address; the limits of length and of single dots are checked for these too. It lets a label
# end with a hyphen, since an expression that does not takes twice as long.
_USUAL: Final = re.compile(
    r"[A-Za-z0-9_+\-]+(?:\.[A-Za-z0-9_+\-]+)*@(?:[A-Za-z0-9][A-Za-z0-9\-]*\.)+[A-Za-z]{2,}"
)

_MARKS: Final = ("'", "=", "`")
"""What spreadsheets and mail programs put in front of an address."""

_CONTAINED: Final = re.compile(r"[^\s@\"'`=(),:;<>\[\]\\|]+@[^\s@\"'(),:;<>\[\]\\|?]+")


def address_flaw(address: str) -> str | None:
    """Return why this cannot be an e-mail address, or None if it can be one."""
    if len(address) <= 64 and "-." not in address and _USUAL.fullmatch(address):
        return None
    if not address.isprintable() or not address.isascii():
        hidden = find_hidden(address) or next((c for c in address if not c.isprintable()), None)
        if hidden is not None and hidden not in "\t\r\n":
            return f"it contains an invisible character, {describe_character(hidden)}"
    local, at, domain = address.rpartition("@")
    if not at:
        return "it has no @"
    if not local or not domain:
        return f"there is nothing {'after' if local else 'before'} the @"
    if len(address) > 254:
        return "it is longer than 254 characters"
    return _local_flaw(local) or _domain_flaw(domain)


def _local_flaw(local: str) -> str | None:
    odd = (
        next((c for c in local if unicodedata.normalize("NFKC", c) != c), None)
        if not local.isascii()
        else None
    )
    flaws = (
        ("it has more than one @", "@" in local),
        (f"it begins with {local[0]}", local.startswith(_MARKS)),
        (f"it contains {describe_character(odd or ' ')}", odd is not None),
        ("there are more than 64 characters before the @", len(local) > 64),
        ("it contains whitespace or an invalid character", not _LOCAL.fullmatch(local)),
        ("it has a misplaced dot", local.startswith(".") or local.endswith(".") or ".." in local),
    )
    return next((flaw for flaw, is_found in flaws if is_found), None)


def _domain_flaw(domain: str) -> str | None:
    labels = domain.split(".")
    if len(labels) < 2:
        return "its domain has no dot"
    if not all(len(label) <= 63 and _LABEL.fullmatch(label) for label in labels):
        return "its domain is malformed"
    if len(labels[-1]) < 2 or labels[-1].isdigit():
        return f"its domain cannot end in .{labels[-1]}"
    return None


def advice_on_address(address: str, what: str) -> str:
    """Return what to do about a malformed address of a row or a lead."""
    found = _CONTAINED.findall(address)
    if len(found) == 1 and found[0] != address and address_flaw(found[0]) is None:
        return f"Write {found[0]} alone."
    if len(found) > 1 and not any(map(address_flaw, found)):
        return f"Give each address a {what} of its own, or keep one."
    return f"Correct it or remove the {what}."


def normalize_address(address: str) -> str:
    """Return an address trimmed, in lower case and one Unicode form; equal results mean the same mailbox.

    A domain in its ASCII form (``xn--…``) becomes the Unicode one.
    """
    normal = address.strip().lower()
    if normal.isascii() and "xn--" not in normal:
        return normal
    normal = unicodedata.normalize("NFC", normal)
    local, at, domain = normal.rpartition("@")
    return local + at + ".".join(map(_unicode_label, domain.split(".")))


def _unicode_label(label: str) -> str:
    if not label.startswith("xn--"):
        return label
    try:
        return label.encode("ascii").decode("idna").lower()
    except UnicodeError:
        return label


def address_digest(address: str) -> int:
    """Return :func:`digest64` of the normalized address."""
    return digest64(normalize_address(address))
