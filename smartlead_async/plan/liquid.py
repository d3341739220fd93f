"""Liquid in texts (``{% if … %}``): tags, blocks and filters, and the names that conditions refer to."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from .problem import did_you_mean
from .spintax import HALF_LIQUID, LIQUID, STYLE, TextFlaw, line_of, set_aside

_BLOCKS: Final = ("if", "unless", "case", "for", "capture", "comment", "raw", "tablerow")

_BRANCHES: Final = {"else": ("if", "unless", "case", "for"), "elsif": ("if", "unless"), "when": ("case",)}

_OTHER_TAGS: Final = (
    "assign", "break", "continue", "cycle", "decrement", "increment", "include", "render", "echo", "liquid",
)  # fmt: skip

_TAG_NAMES: Final = (*_BLOCKS, *_BRANCHES, *(f"end{name}" for name in _BLOCKS), *_OTHER_TAGS)

_WITH_CONDITION: Final = ("if", "unless", "elsif", "case", "when", "for")

_OPERATORS: Final = frozenset({"and", "or", "contains", "true", "false", "nil", "null", "blank", "empty"})

_IDENTIFIER: Final = re.compile(r"(?<![\w.\-])[A-Za-z_][\w-]*")

_STRING: Final = re.compile(r"\"[^\"]*\"|'[^']*'|[\u2018\u201c\u201e][^\u2018-\u201f]*[\u2018-\u201f]|&\w+;")
"""What is no name: strings, also in the wrong quotes, and encoded signs."""

_PLAIN_STRING: Final = re.compile(r"\"[^\"]*\"|'[^']*'")

_CONDITIONS: Final = ("if", "unless", "elsif")

_ASSIGNING: Final = frozenset({"assign", "capture", "for", "increment", "decrement", "tablerow"})

_WRONG_SIGNS: Final = (
    (
        re.compile(r"&(?:lt|gt|amp|quot|#\d+);"),
        "an encoded sign, {}",
        "Write the sign itself: <, > or a quote.",
    ),
    (re.compile(r"[\u2018-\u201f]"), "a curly quote, {}", "Use straight quotes."),
    (re.compile(r"&&|\|\|"), "{}, which is none of its operators", "Write and, or or."),
    (re.compile(r"(?<![=!<>])=(?!=)"), "a single {}", "Compare with ==."),
    (re.compile(r"[{}]"), "a brace, {}", "Write the name without braces."),
)
"""What conditions of Liquid do not have, in words, with what to write."""

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
    text = set_aside(STYLE, text, " ")
    blocks = _Blocks()
    for found in LIQUID.finditer(text):
        name, _, rest = found[1].strip(" -\t\n").partition(" ")
        yield from blocks.tag(name, rest.strip(), line_of(text, found.start()))
    for name, line in blocks.opened:
        yield _liquid(line, f"{{% {name} %}} is not closed", f"Add {{% end{name} %}}.", is_certain=True)
    for found in _FILTER.finditer(text):
        if found[1] not in FILTERS:
            message = f"{found[1]!r} is not a filter of Liquid"
            yield _liquid(line_of(text, found.start()), message, did_you_mean(found[1], sorted(FILTERS)))
    rest = set_aside(LIQUID, text, " ")
    for found in HALF_LIQUID.finditer(rest):
        partner = "%}" if found[0] == "{%" else "{%"
        start = rest[found.start() : found.start() + 24].partition("\n")[0]
        message = f"{start!r} has a {found[0]} without its {partner}"
        yield _liquid(line_of(rest, found.start()), message, "Add it.", is_certain=found[0] == "{%")


def assigned_names(text: str) -> set[str]:
    """Return the names that a text itself assigns, which are none of a lead."""
    found = (found[1].strip(" -\t\n").partition(" ") for found in LIQUID.finditer(text))
    return {name for word, _, rest in found if word in _ASSIGNING for name in _IDENTIFIER.findall(rest)[:1]}


def liquid_names(text: str) -> dict[str, int]:
    """Return the names that the conditions of a text refer to, with the position of their first tag.

    Names that the text itself assigns are none of a lead.
    """
    names: dict[str, int] = {}
    for found in LIQUID.finditer(text):
        word, _, rest = found[1].strip(" -\t\n").partition(" ")
        if word in {"if", "unless", "elsif", "case"}:
            for name in _IDENTIFIER.findall(_STRING.sub(" ", rest)):
                names.setdefault(name, found.start())
    others = assigned_names(text) | _OPERATORS
    return {name: place for name, place in names.items() if name not in others}


def _wrong_sign(condition: str) -> tuple[str, str] | None:
    bare = _PLAIN_STRING.sub(" ", condition)
    for pattern, what, advice in _WRONG_SIGNS:
        if found := pattern.search(bare):
            return f"the condition {condition[:40]!r} has {what.format(found[0])}", advice
    return None


class _Blocks:
    """The blocks that are open while the tags of a text are read in order."""

    def __init__(self) -> None:
        self.opened: list[tuple[str, int]] = []
        self._unknown = 0

    def tag(self, name: str, rest: str, line: int) -> Iterator[TextFlaw]:
        """Read a tag and yield its flaw."""
        if name in _WITH_CONDITION and not rest:
            yield _liquid(line, f"{{% {name} %}} has no condition", "Add it.", is_certain=True)
        if name in _CONDITIONS and (found := _wrong_sign(rest)):
            yield _liquid(line, *found, is_certain=True)
        if name in _BLOCKS:
            self.opened.append((name, line))
        elif name in _BRANCHES:
            yield from self._branch(name, rest, line)
        elif name.startswith("end") and name.removeprefix("end") in _BLOCKS:
            yield from self._end(name, line)
        elif name not in _OTHER_TAGS:
            self._unknown += 1
            yield _liquid(line, f"{{% {name} %}} is not a tag of Liquid", did_you_mean(name, _TAG_NAMES))

    def _branch(self, name: str, rest: str, line: int) -> Iterator[TextFlaw]:
        if not self.opened or self.opened[-1][0] not in _BRANCHES[name]:
            if not self._unknown:
                advice = f"Put it into {{% {_BRANCHES[name][0]} … %}}."
                yield _liquid(line, f"{{% {name} %}} belongs to no block", advice)
        elif name == "else" and rest:
            message = f"{{% else {rest[:40]} %}} is not Liquid: else has no condition"
            yield _liquid(line, message, "Write {% elsif … %}.", is_certain=True)

    def _end(self, name: str, line: int) -> Iterator[TextFlaw]:
        if self.opened and self.opened[-1][0] == name.removeprefix("end"):
            self.opened.pop()
        elif self._unknown:
            self._unknown -= 1  # It may close the misspelled tag, which has been reported.
        else:
            message = f"{{% {name} %}} closes nothing"
            yield _liquid(line, message, "Remove it, or add its beginning.", is_certain=True)


def _liquid(line: int, message: str, advice: str, *, is_certain: bool = False) -> TextFlaw:
    return TextFlaw("broken_liquid", line, message, advice, is_certain)
