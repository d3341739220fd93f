"""Braces in texts: spintax (``{Hi|Hello}``), Liquid (``{% if … %}``), and what is neither.

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
from .problem import did_you_mean


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


_STYLE: Final = re.compile(r"<(style|script)\b.*?</\1\s*>|<!--.*?-->", re.IGNORECASE | re.DOTALL)


_LIQUID: Final = re.compile(r"\{%((?:(?!\{%|%\}).)*)%\}", re.DOTALL)


_HALF_LIQUID: Final = re.compile(r"\{%|%\}")


_TAG: Final = re.compile(r"\{\{[^{}]*\}\}")


_ASIDE: Final = "\ue000"
"""Takes the place of each character of a merge tag; it is in the private use area, so no text has it."""


def _set_aside(pattern: re.Pattern[str], text: str, character: str) -> str:
    return pattern.sub(lambda found: character * len(found[0]), text)


def find_spintax_flaws(text: str) -> Iterator[TextFlaw]:
    """Yield the flaws of spintax: braces without a partner, empty and single options, nesting."""
    masked = _set_aside(_LIQUID, _set_aside(_STYLE, text, " "), " ")
    masked = _set_aside(_TAG, _set_aside(_HALF_LIQUID, masked, " "), _ASIDE)
    groups: list[list[int]] = []
    for found in re.finditer(r"[{}|]", masked):
        position, character = found.start(), found[0]
        if character == "{":
            groups.append([position])
        elif character == "|" and groups:
            groups[-1].append(position)
        elif character == "}" and groups:
            yield from _group_flaws(text, masked, [*groups.pop(), position], is_nested=bool(groups))
        elif character == "}" and _ASIDE not in masked[max(0, position - 1) : position]:
            yield _unbalanced(text, position, "}", "{")
    for group in groups:
        # "{{name" without its end is a broken merge tag, which is reported as such.
        if text[group[0] : group[0] + 2] != "{{" and text[group[0] - 1 : group[0] + 1] != "{{":
            yield _unbalanced(text, group[0], "{", "}", is_certain=len(group) > 1)


def spintax_spans(text: str) -> list[tuple[int, int]]:
    """Return begin and end of every spintax, nested ones included."""
    masked = _set_aside(_TAG, _set_aside(_LIQUID, text, " "), _ASIDE)
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
    elif re.fullmatch(r"[^\n<>:;=\"(){}]{1,60}", content) and content.strip():
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


# --- Liquid ------------------------------------------------------------------------------------------
_BLOCKS: Final = ("if", "unless", "case", "for", "capture", "comment", "raw", "tablerow")


_BRANCHES: Final = {"else": ("if", "unless", "case", "for"), "elsif": ("if", "unless"), "when": ("case",)}


_OTHER_TAGS: Final = (
    "assign", "break", "continue", "cycle", "decrement", "increment", "include", "render", "echo", "liquid",
)  # fmt: skip


_TAG_NAMES: Final = (*_BLOCKS, *_BRANCHES, *(f"end{name}" for name in _BLOCKS), *_OTHER_TAGS)


_FILTER: Final = re.compile(r"\{\{[^{}|]*(?:\|[^{}|]*)*?\|\s*(\w+)\s*:[^{}]*\}\}")


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


FILTERS: Final = _words("""
    abs append at_least at_most capitalize ceil compact concat date default divided_by downcase escape
    escape_once first floor join last lstrip map minus modulo newline_to_br plus prepend remove remove_first
    replace replace_first reverse round rstrip size slice sort sort_natural split strip strip_html
    strip_newlines sum times truncate truncatewords uniq upcase url_decode url_encode where
""")


def find_liquid_flaws(text: str) -> Iterator[TextFlaw]:
    """Yield the flaws of Liquid: unknown tags, and blocks that are not closed or not opened."""
    text = _set_aside(_STYLE, text, " ")
    opened: list[tuple[str, int]] = []
    for found in _LIQUID.finditer(text):
        word = found[1].strip(" -\t\n").split(maxsplit=1)[:1]
        yield from _liquid_tag(word[0] if word else "", line_of(text, found.start()), opened)
    for name, line in opened:
        yield _liquid(line, f"{{% {name} %}} is not closed", f"Add {{% end{name} %}}.", is_certain=True)
    for found in _FILTER.finditer(text):
        if found[1] not in FILTERS:
            message = f"{found[1]!r} is not a filter of Liquid"
            yield _liquid(line_of(text, found.start()), message, did_you_mean(found[1], sorted(FILTERS)))
    rest = _set_aside(_LIQUID, text, " ")
    for found in _HALF_LIQUID.finditer(rest):
        partner = "%}" if found[0] == "{%" else "{%"
        message = (
            f"{_shown(rest, found.start(), found.start() + 24)!r} has a {found[0]} without its {partner}"
        )
        yield _liquid(line_of(rest, found.start()), message, "Add it.", is_certain=found[0] == "{%")


def _liquid_tag(name: str, line: int, opened: list[tuple[str, int]]) -> Iterator[TextFlaw]:
    if name in _BLOCKS:
        opened.append((name, line))
    elif name in _BRANCHES:
        if not opened or opened[-1][0] not in _BRANCHES[name]:
            advice = f"Put it into {{% {_BRANCHES[name][0]} … %}}."
            yield _liquid(line, f"{{% {name} %}} belongs to no block", advice)
    elif name.removeprefix("end") in _BLOCKS and name.startswith("end"):
        if opened and opened[-1][0] == name.removeprefix("end"):
            opened.pop()
        else:
            message = f"{{% {name} %}} closes nothing"
            yield _liquid(line, message, "Remove it, or add its beginning.", is_certain=True)
    elif name not in _OTHER_TAGS:
        yield _liquid(line, f"{{% {name} %}} is not a tag of Liquid", did_you_mean(name, _TAG_NAMES))


def _liquid(line: int, message: str, advice: str, *, is_certain: bool = False) -> TextFlaw:
    return TextFlaw("broken_liquid", line, message, advice, is_certain)
