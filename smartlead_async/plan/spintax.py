"""Single braces in texts: spintax (``{Hi|Hello}``), and what is not.

Merge tags are set aside first, so that ``{Hi {{first_name}}|Hello}`` is spintax with a tag in it.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator
from typing import Final

import attrs

from .lead_columns import field_of
from .merge_tags import LEAD_FIELDS


@attrs.frozen
class TextFlaw:
    """A place in a text that probably goes out wrong; ``line`` counts from 0 within the text."""

    code: str
    line: int
    message: str
    advice: str
    is_certain: bool = False
    """Whether the text cannot be intended."""
    text: str = ""
    """The text itself, if it may be allowed."""


STYLE: Final = re.compile(r"<(style|script)\b.*?</\1\s*>|<!--.*?-->", re.IGNORECASE | re.DOTALL)

HTML_COMMENT: Final = re.compile(r"<!--.*?-->", re.DOTALL)

# Not {{%signature%}}, which is a tag in the wrong braces.
LIQUID: Final = re.compile(r"(?<!\{)\{%((?:(?!\{%|%\}).)*)%\}", re.DOTALL)

HALF_LIQUID: Final = re.compile(r"(?<!\{)\{%|%\}(?!\})")

_CUT_LIQUID: Final = re.compile(r"\{%[^{}%\n]*\}(?!\})")
"""Liquid with a % missing, which is told as such."""

_TAG: Final = re.compile(r"\{\{[^{}]*\}\}")

_ASIDE: Final = "\ue000"
"""Takes the place of each character of a merge tag; it is in the private use area, so no text has it."""


def set_aside(pattern: re.Pattern[str], text: str, character: str) -> str:
    """Return a text of the same length in which a character takes the place of every match."""
    return pattern.sub(lambda found: character * len(found[0]), text)


def find_spintax_flaws(text: str) -> Iterator[TextFlaw]:
    """Yield the flaws of spintax: braces without a partner, empty and single options, nesting."""
    masked = set_aside(LIQUID, set_aside(STYLE, text, " "), " ")
    masked = set_aside(HALF_LIQUID, set_aside(_CUT_LIQUID, masked, " "), " ")
    masked = set_aside(_TAG, masked, _ASIDE)
    groups: list[list[int]] = []
    last = -2
    for found in re.finditer(r"[{}|]", masked):
        position, character = found.start(), found[0]
        if character == "{":
            groups.append([position])
        elif character == "|" and groups:
            groups[-1].append(position)
        elif character == "}" and groups:
            yield from _group_flaws(text, masked, [*groups.pop(), position], is_nested=bool(groups))
        elif character == "}":
            if last != position - 1:
                yield _unbalanced(text, position, "}", "{")
            last = position
    for group in groups:
        # "{{name" without its end is a broken merge tag, which is reported as such.
        if text[group[0] : group[0] + 2] != "{{" and text[group[0] - 1 : group[0] + 1] != "{{":
            yield _unbalanced(text, group[0], "{", "}", is_certain=len(group) > 1)


def spintax_spans(text: str) -> list[tuple[int, int]]:
    """Return begin and end of every spintax, nested ones included."""
    masked = set_aside(_TAG, set_aside(LIQUID, text, " "), _ASIDE)
    spans: list[tuple[int, int]] = []
    groups: list[list[int]] = []
    for found in re.finditer(r"[{}|]", masked):
        if found[0] == "{":
            groups.append([found.start()])
        elif groups and found[0] == "|":
            groups[-1].append(found.start())
        elif groups and len(group := groups.pop()) > 1:
            spans.append((group[0], found.end()))
    return spans


def is_in_spintax(position: int, spans: list[tuple[int, int]]) -> bool:
    """Return whether a position is inside of spintax."""
    return any(begin < position < end for begin, end in spans)


def line_of(text: str, position: int) -> int:
    """Return the line of a position, counted from 0."""
    return text.count("\n", 0, position)


def _group_flaws(text: str, masked: str, marks: list[int], *, is_nested: bool) -> Iterator[TextFlaw]:
    begin, end = marks[0], marks[-1] + 1
    line, shown = line_of(text, begin), _shown(text, begin, end)
    options = [masked[a + 1 : b] for a, b in itertools.pairwise(marks)]
    before = text[text.rfind("{", 0, begin) + 1 : begin]
    # With HTML between the braces, it is told as an interrupted tag.
    if len(options) == 1 and is_nested and text[end : end + 1] == "}" and before and "<" not in before:
        message = f"{text[begin : end + 1][:40]!r} has one brace before the name, and two behind it"
        yield TextFlaw("broken_tag", line, message, "Write {{name}}.")
        return
    if len(options) == 1:
        yield from _single(options[0], shown, line)
        return
    if any(not option.strip() for option in options):
        message = f"the spintax {shown!r} has an empty option, so some leads get nothing in its place"
        yield TextFlaw("empty_option", line, message, "Remove the option unless that is intended.")
    if is_nested:
        message = f"the spintax {shown!r} is inside of other spintax"
        advice = "SmartLead's API reference does not document nesting; send yourself a test e-mail."
        yield TextFlaw("nested_spintax", line, message, advice)


def _single(content: str, shown: str, line: int) -> Iterator[TextFlaw]:
    if content and not content.strip(_ASIDE):
        message = f"{shown!r} has three braces on each side"
        yield TextFlaw("broken_tag", line, message, "Write {{name}}.", is_certain=True)
    elif content.strip().lower() in LEAD_FIELDS:
        return  # A broken merge tag, which is reported as such.
    elif content.strip() == "value":
        message, advice = f"{shown!r} is not replaced: the campaign has no for_each", "Write {{name}}."
        yield TextFlaw("single_option", line, message, advice, text=shown)
    elif re.fullmatch(r"[^\n<>:=\"(){}]{0,60}", content):
        message = f"{shown!r} is neither a merge tag nor spintax: it has single braces and one option"
        field = field_of(content)
        advice = f"Write {{{{{field}}}}}." if field else "Write {{name}}, or {one|other}."
        yield TextFlaw("single_option", line, message, advice, text=shown)


def _unbalanced(text: str, position: int, brace: str, partner: str, *, is_certain: bool = False) -> TextFlaw:
    begin = position if brace == "{" else max(0, position - 20)
    shown = _shown(text, begin, begin + 24 if brace == "{" else position + 1)
    message = f"{shown!r} has a {brace} without its {partner}"
    advice = "Add the missing brace, or remove this one."
    return TextFlaw("unbalanced_braces", line_of(text, position), message, advice, is_certain)


def _shown(text: str, begin: int, end: int) -> str:
    return text[begin:end].partition("\n")[0][:40]
