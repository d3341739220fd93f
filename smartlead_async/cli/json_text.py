"""JSON whose strings can be printed on a terminal."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import TextIO


def json_text(content: object, *, ascii_only: bool = False, indent: int | None = None) -> str:
    """Return JSON in which control characters are escaped, also those that JSON allows.

    Escape sequences may begin with a C1 control, and the direction of a line can be reversed.
    """
    text = json.dumps(content, ensure_ascii=ascii_only, indent=indent)
    return _escaped(text)


def write_json(content: object, file: TextIO) -> None:
    """Write the same JSON, indented, without holding all of it in memory."""
    encoder = json.JSONEncoder(ensure_ascii=False, indent=2)
    file.writelines(_escaped_parts(encoder.iterencode(content)))
    file.write("\n")


def _escaped_parts(parts: Iterator[str]) -> Iterator[str]:
    for part in parts:
        yield _escaped(part)


def _escaped(text: str) -> str:
    # Line breaks stand only between values: inside a string they are escaped already.
    if text.isprintable():
        return text
    return "".join(c if c.isprintable() or c == "\n" else _escape(c) for c in text)


def _escape(character: str) -> str:
    # DEL is the one control character that JSON writes as it is.
    return "\\u007f" if character == "\x7f" else json.dumps(character)[1:-1]
