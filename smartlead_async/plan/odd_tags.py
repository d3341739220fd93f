"""Merge tags that an editor or a habit has changed: with HTML, hard spaces or backslashes in them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from .hidden_characters import describe_character
from .html_body import ANY_TAG
from .lead_columns import field_of
from .spintax import TextFlaw, line_of

# Bounded, so that no text takes long.
_MARKUP: Final = r"(?:\s{0,9}</?[A-Za-z][^<>{}]{0,200}>){0,5}\s{0,9}"

_NAME: Final = r"[\w.-][\w .-]{0,40}(?:</?[A-Za-z][^<>{}]{0,200}>[\w .-]{0,40}){0,5}"

_SPLIT: Final = re.compile(rf"\{{(?P<inner>{_MARKUP}\{{?{_MARKUP}{_NAME}\}}?{_MARKUP})\}}")
"""Braces and a name with HTML between them."""

_SINGLE: Final = re.compile(r"\{[\w .-]{1,80}\}.", re.DOTALL)

_HARD_SPACE: Final = re.compile(
    r"\{\{[^{}\u00a0\u2007\u202f]{0,60}(?P<space>[\u00a0\u2007\u202f])[^{}]{0,60}\}\}"
)

_BACKSLASH: Final = re.compile(r"\\\{\{?|\{\\\{")


def find_odd_tags(text: str) -> Iterator[TextFlaw]:
    """Yield the tags that are not filled for each lead because of what is in them."""
    for found in _SPLIT.finditer(text):
        inner = found["inner"]
        name = ANY_TAG.sub("", inner).strip("{} \t\n")
        # With its braces together, it is a tag of an unknown name or in single braces, which is told as such.
        is_whole = inner.startswith("{") and inner.endswith("}")
        is_whole = is_whole or _SINGLE.search(inner) is not None
        if "<" in inner and not is_whole and (field := field_of(name)):
            message = f"HTML interrupts the tag {found[0][:60]!r}"
            yield _broken(text, found, message, f"Write {{{{{field}}}}} without tags of HTML in it.")
    for found in _HARD_SPACE.finditer(text):
        message = f"the tag {found[0]!r} contains {describe_character(found['space'])}"
        yield _broken(text, found, message, "Retype the tag with ordinary spaces, or with none.")
    for found in _BACKSLASH.finditer(text):
        yield _broken(text, found, f"{found[0]!r} has a backslash, which is sent", "Remove it.")


def _broken(text: str, found: re.Match[str], message: str, advice: str) -> TextFlaw:
    return TextFlaw("broken_tag", line_of(text, found.start()), message, advice, text=found[0])
