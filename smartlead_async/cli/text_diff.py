"""Readable differences between two texts, such as the HTML bodies of a mail."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from difflib import unified_diff
from typing import Final

_BLOCKS: Final = (
    "address|article|blockquote|div|footer|h[1-6]|header|li|ol|p|pre|section|table|tbody|td|th|tr|ul"
)
_BREAK: Final = re.compile(rf"(?:\s*(?:<br\s*/?>|</?(?:{_BLOCKS})\s*>|\n))+\s*", re.IGNORECASE)
_SENTENCE_END: Final = re.compile(r"(?<=[.!?…])\s+")
_HEADERS: Final = 2
"""The lines of a unified diff that name its files."""


def text_diff(before: str, after: str) -> Iterator[tuple[str, str]]:
    """Yield the lines of a unified diff, each as its sign (``+``, ``-`` or a space) and its text.

    HTML is broken where a browser would, and long paragraphs at their sentences, so that a changed word shows
    its sentence and not the whole body.
    """
    old, new = _lines(before), _lines(after)
    if old == new:
        # Only markup or whitespace differs.
        old, new = before.splitlines(), after.splitlines()
    if old == new:
        old, new = [repr(before)], [repr(after)]
    for number, line in enumerate(unified_diff(old, new, n=1, lineterm="")):
        if number >= _HEADERS and not line.startswith("@@"):
            yield line[0], line[1:]
        elif number > _HEADERS:
            yield " ", "…"


def _lines(text: str) -> list[str]:
    """Return the sentences of a text, without the tags that only break lines."""
    blocks = filter(None, (block.strip() for block in _BREAK.split(text)))
    return [html.unescape(sentence) for block in blocks for sentence in _SENTENCE_END.split(block)]
