"""Plain messages about invalid YAML, with advice on the commonest mistakes."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, Final

from .syntax import Flaw


def flaw_of(error: Any) -> Flaw:
    """Return the flaw that a ``MarkedYAMLError`` describes."""
    mark, context = error.problem_mark, error.context_mark
    opened = (context.line, context.column) if context else None
    line, column = (mark.line, mark.column) if mark else opened or (0, 0)
    if opened and "quoted scalar" in (error.context or "") and "end of stream" in error.problem:
        # The parser reports the end of the file, which is not where the quote is missing.
        return Flaw("a quote is not closed", *opened)
    return Flaw(_plain_words(error.problem or error.context or "unknown error"), line, column, opened)


# The two parsers of PyYAML use different words for the same error.
_WORDING: Final = (
    ("cannot start any token", "a value cannot begin with this character"),
    ("mapping values are not allowed", "a colon is not allowed here"),
    ("did not find expected key", "expected a key, or the end of the mapping"),
    ("expected <block end>", "expected a key, or the end of the mapping"),
    ("'-' indicator", "expected a list item, which begins with -"),
    ("',' or '}'", "expected , or }"),
    ("',' or ']'", "expected , or ]"),
    ("expected ':'", "expected a colon after the key"),
    ("alphabetic or numeric character", "expected a name after * or &"),
    ("unknown escape character", "unknown escape after a backslash"),
    ("nesting depth", "nesting is too deep"),
)


def _plain_words(problem: str) -> str:
    return next((words for part, words in _WORDING if part in problem), problem)


# --- advice ------------------------------------------------------------------------------------------
_QUOTED: Final = re.compile(r"\"(?:[^\"\\]|\\.)*\"|'(?:[^']|'')*'")


_VALUE: Final = re.compile(r"\s*(?:- +)*(?:[\w .-]+:\s+)?(?P<value>.*)")


def advice_on(text: str, flaw: Flaw) -> str:
    """Return what to do about a syntax error, or an empty string."""
    lines = text.split("\n")
    numbers = [flaw.line, *([flaw.opened[0]] if flaw.opened else []), _line_above(lines, flaw.line)]
    for number in dict.fromkeys(n for n in numbers if 0 <= n < len(lines)):
        for rule in _RULES:
            if advice := rule(lines[number], flaw):
                return advice if number == flaw.line else f"On line {number + 1}: {advice}"
    return "Check the indentation: the keys of a mapping begin in the same column."


def _line_above(lines: list[str], number: int) -> int:
    above = (n for n in range(min(number, len(lines)) - 1, -1, -1) if lines[n].strip())
    return next((n for n in above if not lines[n].lstrip().startswith("#")), -1)


def _tab(line: str, _: Flaw) -> str:
    indentation = line[: len(line) - len(line.lstrip())]
    return "Indent with spaces: YAML does not allow tabs." if "\t" in indentation else ""


def _merge_tag(line: str, _: Flaw) -> str:
    if "{{" not in _QUOTED.sub("", line):
        return ""
    return 'Put a value that begins with {{ in quotes: "{{first_name}}, a question".'


def _open_quote(line: str, _: Flaw) -> str:
    value = _value(line)
    if value[:1] not in {'"', "'"}:
        return ""
    closed = _QUOTED.match(value)
    if closed is None:
        return f"Close the quote, or remove it: the value begins with {value[0]}."
    rest = value[closed.end() :].strip()
    if not rest or rest.startswith((",", "}", "]", "#", ":")):
        return ""
    return "Put the whole value in quotes, and double the ' inside of '…'."


def _escape(_: str, flaw: Flaw) -> str:
    if "escape" not in flaw.message:
        return ""
    return "Use single quotes, in which a backslash is a backslash, or double it."


def _reserved(line: str, _: Flaw) -> str:
    value = _value(line)
    if value[:1] in "|>" and re.match(r"[|>][-+\d]*\s+[^#\s]", value):
        return f"Begin the text on the line after {value[0]}, or put it in quotes."
    if value[:1] and value[0] in "@`%*&!|>[{":
        return f"Put a value that begins with {value[0]} in quotes."
    return ""


def _missing_space(line: str, _: Flaw) -> str:
    found = re.match(r"\s*(?:- +)*([A-Za-z_][\w-]*):(?=[^\s/])", line)
    return f"Put a space after the colon of {found[1]}:" if found else ""


def _colon(line: str, flaw: Flaw) -> str:
    if ": " not in _QUOTED.sub("", _value(line)) or "colon" not in flaw.message:
        return ""
    return "Put a value that contains a colon and a blank in quotes."


def _value(line: str) -> str:
    found = _VALUE.match(line)
    return found["value"] if found else ""


_RULES: Final[tuple[Callable[[str, Flaw], str], ...]] = (
    _escape, _tab, _merge_tag, _open_quote, _reserved, _missing_space, _colon,
)  # fmt: skip
