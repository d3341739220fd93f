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
    ("hexdecimal number", "unknown escape after a backslash"),
    ("sequence entries are not allowed", "a list item cannot begin here"),
    ("mapping keys are not allowed", "a value cannot begin with this character"),
    ("expected node content", "expected a value"),
    ("expected the node content", "expected a value"),
    ("expected comment or line break", "expected a line break"),
    ("nesting depth", "nesting is too deep"),
)


def _plain_words(problem: str) -> str:
    return next((words for part, words in _WORDING if part in problem), problem)


# --- advice ------------------------------------------------------------------------------------------
_QUOTED: Final = re.compile(r"\"(?:[^\"\\]|\\.)*\"|'(?:[^']|'')*'")

_VALUE: Final = re.compile(r"\s*(?:- +)*(?:[\w .-]+:\s+)?(?P<value>.*)")

_BLOCK: Final = re.compile(r"(?P<indent>\s*).*[:-]\s+[|>][-+\d]*\s*(?:#.*)?")

_KEY: Final = re.compile(r"\s*(?:- +)*(?:[\w.-]+|\"[^\"]*\"|'[^']*')\s*:(?:\s|$)")

_ODD_SPACE: Final = re.compile(
    r"^[ \t-]*(?P<indent>[^\S \t\r]|[\u200b\u2060\ufeff])|^[\s-]*[\w-]+(?P<colon>:[^\S \t\r]|\uff1a)"
)
"""A space other than the one of the space bar, or a colon of other widths, around a key."""

_LONGEST_BLOCK: Final = 500
"""The lines of a text that are searched for its beginning."""


def advice_on(text: str, flaw: Flaw) -> str:
    """Return what to do about a syntax error, or an empty string."""
    lines = text.split("\n")
    numbers = [flaw.line, *([flaw.opened[0]] if flaw.opened else []), _line_above(lines, flaw.line)]
    numbers = [n for n in dict.fromkeys(numbers) if 0 <= n < len(lines)]
    if advice := _block_text(lines, flaw.line):
        return advice
    # What is certain about a line above goes before what is likely about this one.
    for rules in (_CERTAIN, _LIKELY):
        for number in numbers:
            for rule in rules:
                if advice := rule(lines[number], flaw):
                    return advice if number == flaw.line else f"On line {number + 1}: {advice}"
    return "Check the indentation: the keys of a mapping begin in the same column."


def _line_above(lines: list[str], number: int) -> int:
    above = (n for n in range(min(number, len(lines)) - 1, -1, -1) if lines[n].strip())
    return next((n for n in above if not lines[n].lstrip().startswith("#")), -1)


def _block_text(lines: list[str], number: int) -> str:
    """Return advice on a line that belongs to a text after | or >, and is not indented like it."""
    for begin in range(min(number, len(lines)) - 1, max(-1, number - _LONGEST_BLOCK), -1):
        if header := _BLOCK.fullmatch(lines[begin].rstrip("\r")):
            break
    else:
        return ""
    outer = len(header["indent"])
    inside = [n for n in range(begin + 1, min(number, len(lines) - 1) + 1) if lines[n].strip()]
    depths = {n: len(lines[n]) - len(lines[n].lstrip(" ")) for n in inside}
    inner = depths[inside[0]] if inside else 0
    for n in inside:
        is_between = outer < depths[n] < inner
        is_text = depths[n] <= outer and _KEY.match(lines[n]) is None and lines[n].lstrip()[0] not in "#-\t"
        if is_between or is_text:
            return (
                f"Line {n + 1} belongs to the text of line {begin + 1}: indent it as far as the first line."
            )
        if depths[n] <= outer and lines[n].lstrip()[0] == "#":
            return f"Line {n + 1} ends the text of line {begin + 1}: indent it, or remove it."
        if depths[n] <= outer:
            return ""
    return ""


# --- rules that are certain
def _fence(line: str, _: Flaw) -> str:
    return "Remove the line ```." if line.startswith("```") else ""


def _odd_space(line: str, _: Flaw) -> str:
    found = _ODD_SPACE.match(line)
    if found is None:
        return ""
    character = (found["indent"] or found["colon"])[-1]
    what = "colon" if character == "\uff1a" else "space"
    return f"Retype the {what} that is the character U+{ord(character):04X}."


def _missing_space(line: str, _: Flaw) -> str:
    if re.match(r"\s*-[A-Za-z_][\w-]*:(?:\s|$)", line):
        return "Put a space after the -."
    found = re.match(r"\s*(?:- +)*([A-Za-z_][\w-]*):(?=[^\s/])", line)
    return f"Put a space after the colon of {found[1]}:" if found else ""


def _comment(line: str, _: Flaw) -> str:
    if not re.search(r"[{\[].*\s#\w", _QUOTED.sub("", line)):
        return ""
    return "Put a value that contains # in quotes: it begins a comment."


def _tab(line: str, _: Flaw) -> str:
    indentation = line[: len(line) - len(line.lstrip())]
    if "\t" not in indentation and not re.match(r"\s*-\t", line):
        return ""
    return "Indent with spaces: YAML does not allow tabs."


def _equals(line: str, _: Flaw) -> str:
    return "Write a colon in place of =." if re.match(r"\s*(?:- +)*[a-z_]+ ?=", line) else ""


# --- rules that are likely
def _escape(_: str, flaw: Flaw) -> str:
    if "escape" not in flaw.message:
        return ""
    return "Use single quotes, in which a backslash is a backslash, or double it."


def _sign(line: str, flaw: Flaw) -> str:
    sign = line[flaw.column : flaw.column + 1]
    is_meant = "cannot begin" in flaw.message or "expected a value" in flaw.message
    return (
        f"Put a value that begins with {sign} in quotes."
        if is_meant and sign and sign in "-?>|@`%&*!,"
        else ""
    )


def _comma(line: str, flaw: Flaw) -> str:
    return "Remove the comma at the end of the line." if line[flaw.column :].strip() == "," else ""


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


def _colon(line: str, flaw: Flaw) -> str:
    found = _VALUE.match(line)
    begin = found.start("value") if found else 0
    if begin > flaw.column or line[flaw.column : flaw.column + 2].strip() != ":":
        return ""
    if not line[flaw.column + 1 :].strip():
        return "Put a value that ends in a colon in quotes."
    return "Put a value that contains a colon and a blank in quotes."


def _reserved(line: str, _: Flaw) -> str:
    value = _value(line)
    if value[:1] in "|>" and re.match(r"[|>][-+\d]*\s+[^#\s]", value):
        return f"Begin the text on the line after {value[0]}, or put it in quotes."
    if re.fullmatch(r"[\[{].*[\]}]\s*(?:#.*)?", value):
        return ""
    if value[:1] and value[0] in "@`%*&!|>[{":
        return f"Put a value that begins with {value[0]} in quotes."
    return ""


def _value(line: str) -> str:
    found = _VALUE.match(line)
    return found["value"] if found else ""


_CERTAIN: Final[tuple[Callable[[str, Flaw], str], ...]] = (
    _fence, _odd_space, _missing_space, _comment, _tab, _equals,
)  # fmt: skip

_LIKELY: Final[tuple[Callable[[str, Flaw], str], ...]] = (
    _escape, _sign, _comma, _merge_tag, _open_quote, _colon, _reserved,
)  # fmt: skip
