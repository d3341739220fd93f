"""Characters that nobody sees: control, zero-width and bidirectional ones, and unusual spaces.

They come with text that was copied from web pages and documents. At the ends of a value they are removed;
inside an address they make it unusable, and inside another value they are reported.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Final

# The fillers are letters to Unicode and the grapheme joiner is a mark, but both are drawn as nothing.
_ZERO_WIDTH: Final = (
    r"\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e"
    r"\u2060-\u206f\u3164\ufeff\uffa0\ufff0-\ufffb\U000e0001"
)


_CONTROL: Final = r"\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028\u2029"


_SPACES: Final = r"\u00a0\u1680\u2000-\u200a\u202f\u205f"


_ENDS: Final = re.compile(rf"^[\s{_ZERO_WIDTH}{_CONTROL}]+|[\s{_ZERO_WIDTH}{_CONTROL}]+$")


_HIDDEN: Final = re.compile(rf"[{_ZERO_WIDTH}{_CONTROL}{_SPACES}]")


_JOINERS: Final = "\u200c\u200d"


def strip_hidden(text: str) -> str:
    """Return a text without whitespace and hidden characters at its ends."""
    return _ENDS.sub("", text)


def find_hidden(text: str) -> str | None:
    """Return the first hidden character of a text; spaces, tabs and line breaks are not hidden.

    A joiner between two characters beyond ASCII is part of an emoji or of an Arabic or Indic word.
    """
    for match in _HIDDEN.finditer(text):
        before, after = text[: match.start()][-1:], text[match.end() :][:1]
        is_joined = before and after and not before.isascii() and not after.isascii()
        if match[0] not in _JOINERS or not is_joined:
            return match[0]
    return None


def name_flaw(name: str) -> str | None:
    """Return why a column or a custom field cannot have this name, or None."""
    if not name.strip():
        return "it is empty"
    if name.isprintable():
        return None
    bad = next((c for c in name if "\ud800" <= c <= "\udfff"), None) or find_hidden(name)
    return f"it contains {describe_character(bad)}" if bad else None


def describe_character(character: str) -> str:
    """Return the code point and the name of a character: ``"U+200B zero width space"``.

    A byte that could not be decoded is described as such.
    """
    if "\udc80" <= character <= "\udcff":
        return f"the byte 0x{ord(character) - 0xDC00:02X}, which is not of the file's encoding"
    if "\ud800" <= character <= "\udfff":
        return f"half of a character, U+{ord(character):04X}"
    name = unicodedata.name(character, "control character").lower()
    return f"U+{ord(character):04X} {name}"
