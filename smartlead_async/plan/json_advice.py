"""Advice for the commonest mistakes in JSON."""

from __future__ import annotations

import re
from typing import Final

_WORDS: Final = {"True": "true", "False": "false", "None": "null", "undefined": "null", "nil": "null"}


_BY_MESSAGE: Final = (
    ("duplicate key", "Remove one of the two."),
    ("unterminated string", "Close the string with a double quote."),
    ("control character", "Write \\n for a line break and \\t for a tab inside of a string."),
    ("escape", "Double the backslash if it is meant as one."),
    ("unexpected end", "Close every {, [ and double quote."),
    ("nesting", "Use fewer levels."),
    ("characters; the maximum", "Put it in quotes if it is text."),
    ("extra data", "A .json file holds one value; name it .jsonl if it has one campaign per line."),
)


_BY_START: Final = (
    ("'", "Put keys and strings in double quotes: JSON has no single ones."),
    (("\u201c", "\u201d", "\u201e", "\u2018", "\u2019", "\u00ab"), 'Use straight double quotes (").'),
    (("//", "/*", "#"), "JSON has no comments: remove it, or write the plan as YAML."),
    (",", "Remove the comma, or add the value that is missing."),
    ("\0", "The file may be UTF-16: save it as UTF-8."),
    (("\u00a0", "\u200b", "\ufeff", "\u2003"), "Remove the invisible character."),
)


_NUMBER: Final = "A number has no + and no leading zeros; put it in quotes if it is text."


def advice_on_json(text: str, position: int, message: str, *, is_line: bool = False) -> str:
    """Return what to do about a syntax error at a position, or an empty string.

    ``is_line`` tells that the text is a line of JSON Lines.
    """
    before, rest = text[:position].rstrip(), text[position : position + 40]
    if is_line and text.strip() in {"{", "["}:
        return "Each line of a .jsonl file is one whole value; name it .json if the value has several lines."
    if before.endswith(",") and rest.startswith(("}", "]")):
        return f"Remove the comma before {rest[0]}."
    by_message = (advice for part, advice in _BY_MESSAGE if part in message)
    by_start = (advice for starts, advice in _BY_START if rest.startswith(starts))
    return next(by_start, "") or _on_token(text, position, message) or next(by_message, "")


def _on_token(text: str, position: int, message: str) -> str:
    rest = text[position : position + 40]
    if not message.startswith(("expect", "extra data")):
        return ""
    if word := re.match(r"[^\W\d]\w*", rest):
        return f"Write {_WORDS[word[0]]}." if word[0] in _WORDS else "Put keys and strings in double quotes."
    is_number = re.match(r"[-+.]?\d", rest) is not None
    if is_number and (message == "expecting value" or text[position - 1 : position].isdigit()):
        return _NUMBER
    return "Add a comma after the value before it." if rest and "comma" in message else ""
