"""Scalars of valid YAML that are probably not read as they were meant, such as text lost to a comment."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, Final, NamedTuple, TypeAlias

from .problem import Place, Problem, warning
from .syntax import Flaw, with_excerpt

Report: TypeAlias = Callable[[Problem], None]


class _Trap(NamedTuple):
    """A trap: its code, the offset of its place within the scalar's source, what happened, what to do."""

    code: str
    offset: int
    message: str
    advice: str


_IN_QUOTES: Final = "Put the whole value in quotes."

_CLOSED_KEYS: Final = frozenset(
    {
        "version", "strategy", "timezone", "days", "start", "end", "starts_at", "kind", "distribution",
        "winning_metric", "track_settings", "stop_lead_settings", "email", "delimiter", "encoding",
    }
)  # fmt: skip
"""Keys whose values cannot contain a ``#``, so that it begins a comment there."""

# Before a blank, the sign begins a comment as people write them.
_COMMENT: Final = re.compile(r"[ \t]+(?P<lost>#[\w{][^\r\n]*)")

_FILE_NAME: Final = re.compile(r".*\.[A-Za-z]\w{1,4}", re.DOTALL)

_CURLY_QUOTED: Final = re.compile(
    "[\u201c\u201d\u201e\u201f\u2018\u201a][^\u201c-\u201f]*[\u201c-\u201f\u2019]"
)

# Not 27", which is a length.
_STRAY_QUOTE: Final = re.compile(r"[^\"]*[^\"\d]\"")

_NAME_KEYS: Final = frozenset({"name", "key", "client", "tag", "label"})

_LINE_BREAK: Final = re.compile(r"\r\n|[\n\r\x85\u2028\u2029]")

_MIN_WRAP: Final = 40
"""Nobody wraps text at fewer characters: a shorter line ends where its author wanted."""

_LIST_ITEM: Final = re.compile(r"(?:[-*\u2022\u2013]|\d{1,2}[.)])\s+\S")

_HTML: Final = re.compile(r"<(?:br|p|div|li|tr|h\d)\b", re.IGNORECASE)


_REMARKABLE_ENDS: Final = frozenset(',;"\u2019\u201c\u201d\u201e\u201f')


def looks_mistaken(text: str) -> bool:
    """Return whether a plain scalar of this text would be reported, whatever its key is."""
    return _odd_end(text, "name") is not None


class YamlTraps:
    """Looks at the scalars of one file, and reports each that was probably meant otherwise."""

    def __init__(self, file: str, text: str, report: Report) -> None:
        self._file = file
        self._text = text
        self._report = report
        self._has_comments = _COMMENT.search(text) is not None
        self._anchored: dict[str, Any] = {}

    def scalar(self, event: Any, key: Callable[[], str | None]) -> None:
        """Look at a scalar; ``key`` returns the key that it is the value of, or is in the list of."""
        # For every scalar of a plan of thousands of campaigns, and so without calls for nearly all of them.
        if not event.style and (
            self._has_comments or event.anchor or event.tag or event.value[-1:] in _REMARKABLE_ENDS
        ):
            self._plain(event, key())
        if event.style != "|" and event.end_mark.line > event.start_mark.line and key() == "body":
            self._tell(event, _lost_line_break(self._text[event.start_mark.index : event.end_mark.index]))

    def alias(self, anchor: str) -> None:
        """Note that an anchor is used."""
        self._anchored.pop(anchor, None)

    def end(self) -> None:
        """Report the anchors of strings that nothing uses."""
        for anchor, event in self._anchored.items():
            message = (
                f"&{anchor[:40]} is an anchor that no alias uses, so the value is only {event.value[:40]!r}"
            )
            self._tell(event, _Trap("unused_anchor", 0, message, "Put a value that begins with & in quotes."))

    def _plain(self, event: Any, key: str | None) -> None:
        if event.anchor and event.value:
            self._anchored[event.anchor] = event
        self._tell(event, _lost_sign(event.tag, event.value) or _odd_end(event.value, key))
        if self._has_comments and key not in _CLOSED_KEYS and not _FILE_NAME.fullmatch(event.value):
            self._tell(event, self._lost_to_comment(event))

    def _lost_to_comment(self, event: Any) -> _Trap | None:
        found = _COMMENT.match(self._text, event.end_mark.index)
        if found is None:
            return None
        lost = found["lost"].rstrip()[:40]
        rest = f"only {event.value[-40:]!r}" if event.value else "empty"
        message = f"{lost!r} is a comment and not part of the value, which is {rest}"
        advice = f"{_IN_QUOTES} If it is a comment, write a blank after the #."
        return _Trap("lost_to_comment", found.start("lost") - event.start_mark.index, message, advice)

    def _tell(self, event: Any, trap: _Trap | None) -> None:
        if trap is None:
            return
        flaw = Flaw.at(self._text, event.start_mark.index + trap.offset, trap.message)
        place = Place(self._file, flaw.line + 1, flaw.column + 1)
        problem = warning(trap.code, trap.message, advice=trap.advice, place=place)
        self._report(with_excerpt(problem, self._text, flaw))


def _lost_sign(tag: str | None, text: str) -> _Trap | None:
    if tag != "!":
        return None
    message = f"! is a tag of YAML and not part of the value, which is only {text[:40]!r}"
    return _Trap("lost_sign", 0, message, "Put a value that begins with ! in quotes.")


def _odd_end(text: str, key: str | None) -> _Trap | None:
    if _CURLY_QUOTED.fullmatch(text):
        message = f"the value is in curly quotes, which are part of it: {text[:40]}"
        return _Trap("curly_quotes", 0, message, 'Use straight quotes (").')
    if _STRAY_QUOTE.fullmatch(text):
        message = f"the value ends with a quote that is part of it: {text[-40:]!r}"
        advice = f"{_IN_QUOTES} If the quote is meant, put it in single quotes."
        return _Trap("stray_quote", len(text) - 1, message, advice)
    if key in _NAME_KEYS and text.endswith((",", ";")):
        message = f"the value ends with {text[-1]!r}, which is part of it: {text[-40:]!r}"
        return _Trap("trailing_sign", len(text) - 1, message, "Remove it, or put the value in quotes.")
    return None


def _lost_line_break(source: str) -> _Trap | None:
    """Return the first line break of a folded text that was probably meant to be seen.

    YAML joins the lines of plain, quoted and ``>`` values. That is welcome where an editor wrapped a long
    line, but not after a greeting or between the items of a list.
    """
    if _HTML.search(source):
        return None
    lines, kept = _LINE_BREAK.split(source), None
    breaks = [*_LINE_BREAK.finditer(source)]
    if source.startswith(">"):
        # Lines that are indented further than the first one keep their breaks.
        kept = 1 + next((_indentation(line) for line in lines[1:] if line.strip()), 0)
    for line, following, found in zip(lines, lines[1:], breaks, strict=False):
        is_kept = kept is not None and max(_indentation(line), _indentation(following)) >= kept
        if not is_kept and _is_meant(line.strip(), following.strip()):
            message = f"the line break after {line.strip()[-40:]!r} becomes a blank"
            return _Trap(
                "folded_line_break", found.start(), message, "Begin the body with | and a line break."
            )
    return None


def _is_meant(line: str, following: str) -> bool:
    """Return whether the break between two lines was probably meant."""
    following = following.strip("\"'")
    if not line or not following or line[0] in "|>" or line.endswith("\\"):
        return False
    return bool(_LIST_ITEM.match(following)) or len(line) + len(following.split()[0]) < _MIN_WRAP


def _indentation(line: str) -> int:
    return len(line) - len(line.lstrip())
