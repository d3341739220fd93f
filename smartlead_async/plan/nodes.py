"""JSON parsed into values with line numbers, so that problems can be located."""

from __future__ import annotations

import bisect
import json
import re
from collections.abc import Callable, Iterable, Iterator
from typing import Any, Final, TypeAlias

import attrs

from ..typed import MAX_INTEGER, MIN_INTEGER
from .json_advice import advice_on_json
from .problem import InvalidPlan, Place, error
from .syntax import Flaw, invalid_syntax

Scalar: TypeAlias = str | int | float | bool | None


MAX_DEPTH: Final = 60


MAX_NUMBER_LENGTH: Final = 100
"""The number of characters of a number; a longer one is not meant as a number."""


@attrs.define
class Node:
    """A value of a plan file with its line and column; those of a mapping or a list are those of its key.

    ``source`` is a number or boolean as it is written in the file (``1.10``, ``TRUE``), else None. ``column``
    counts from 1 and is None in JSON Lines.
    """

    value: dict[str, Node] | list[Node] | Scalar
    line: int
    source: str | None = None
    column: int | None = attrs.field(default=None, eq=False)

    @property
    def text(self) -> Any:
        """A number or boolean as the string that is written in the file; any other value without lines."""
        if isinstance(self.value, bool):
            return self.source or str(self.value).lower()
        return self.plain() if self.source is None else self.source

    @property
    def exact(self) -> Any:
        """The value without lines, as a string where JSON would change a number or boolean."""
        return self.plain() if self._is_canonical_number else self.text

    @property
    def _is_canonical_number(self) -> bool:
        if isinstance(self.value, bool) or not isinstance(self.value, (int, float)):
            return False
        fits = isinstance(self.value, float) or MIN_INTEGER <= self.value <= MAX_INTEGER
        return fits and self.source in {None, repr(self.value)}

    @property
    def is_container(self) -> bool:
        """Whether the value is a mapping or a list."""
        return isinstance(self.value, (dict, list))

    def children(self) -> Iterable[Node]:
        """Return the values of a mapping or a list."""
        if isinstance(self.value, dict):
            return self.value.values()
        return self.value if isinstance(self.value, list) else ()

    def plain(self) -> Any:
        """Return the value without lines."""
        match self.value:
            case dict():
                return {k: v.plain() for k, v in self.value.items()}
            case list():
                return [v.plain() for v in self.value]
            case _:
                return self.value

    def with_value(self, value: dict[str, Node] | list[Node] | Scalar) -> Node:
        """Return another value at the same place."""
        return Node(value, self.line, None, self.column)

    def at_key(self, line: int, column: int | None) -> Node:
        """Return the value of a key: a scalar at its own place, a mapping or a list at that of the key."""
        return Node(self.value, line, self.source, column) if self.is_container else self

    def mapped(self, change: Callable[[str], str]) -> Node:
        """Return a copy in which ``change`` is applied to every string except keys."""
        match self.value:
            case dict():
                return self.with_value({k: v.mapped(change) for k, v in self.value.items()})
            case list():
                return self.with_value([v.mapped(change) for v in self.value])
            case str():
                return self.with_value(change(self.value))
            case _:
                return self


def bad_syntax(file: str, line: int | None, message: str, advice: str = "") -> InvalidPlan:
    """Return the error that a file cannot be parsed."""
    return InvalidPlan([error("bad_syntax", message, advice=advice, place=Place(file, line))])


def long_number(source: str) -> str:
    """Return the message that a number has too many digits."""
    return f"the number {source[:12]}… has {len(source)} characters; the maximum is {MAX_NUMBER_LENGTH}"


# --- JSON --------------------------------------------------------------------------------------------
def read_json(text: str, file: str, *, first_line: int = 1) -> Node:
    """Parse JSON; :class:`InvalidPlan` with the line of a syntax error."""
    return _Json(text.rstrip(), file, first_line).document()


def read_json_line(text: str, file: str, line: int) -> Node:
    """Parse one line of JSON Lines with the fast parser of the standard library."""

    def wrap(value: Any) -> Node:
        if isinstance(value, Node):
            return value
        return Node([wrap(item) for item in value] if isinstance(value, list) else value, line)

    def mapping(pairs: list[tuple[str, Any]]) -> Node:
        entries = {key: wrap(value) for key, value in pairs}
        if len(entries) < len(pairs):
            raise ValueError("duplicate key")
        return Node(entries, line)

    def number(source: str) -> Node:
        return _json_number(source, line)

    try:
        node = wrap(
            json.loads(
                text,
                object_pairs_hook=mapping,
                parse_int=number,
                parse_float=number,
                parse_constant=_no_number,
            )
        )
        if _is_shallow(node):
            return node
    except (ValueError, RecursionError):
        pass
    # The slow parser explains the error.
    return read_json(text, file, first_line=line)


def _is_shallow(root: Node) -> bool:
    level = [root]
    for _ in range(MAX_DEPTH + 1):
        level = [child for node in level for child in node.children() if child.is_container]
        if not level:
            return True
    return False


class _UnusableNumber(ValueError):
    """A number that cannot be used; the message says why."""


def _json_number(source: str, line: int = 0) -> Node:
    if len(source) > MAX_NUMBER_LENGTH:
        raise _UnusableNumber(long_number(source))
    is_integer = source.removeprefix("-").isdecimal()
    return Node(int(source) if is_integer else float(source), line, source)


def _no_number(source: str) -> Node:
    raise _UnusableNumber(f"{source} is not a number in JSON; write null, or quote it")


class _Json:
    _WHITESPACE: Final = re.compile(r"[ \t\r\n]*")
    _decode: Final = json.JSONDecoder(
        parse_int=_json_number, parse_float=_json_number, parse_constant=_no_number
    ).raw_decode

    def __init__(self, text: str, file: str, first_line: int) -> None:
        self._text = text
        self._file = file
        self._first_line = first_line
        self._breaks = [i for i, c in enumerate(text) if c == "\n"] if "\n" in text else []

    def document(self) -> Node:
        node, end = self._value(self._skip_whitespace(0), 0)
        end = self._skip_whitespace(end)
        if end < len(self._text):
            raise self._error(end, "extra data after the end")
        return node

    def _place(self, position: int) -> tuple[int, int]:
        """Return line and column of a position, both counted from 1 in the file."""
        number = bisect.bisect_left(self._breaks, position)
        begin = self._breaks[number - 1] + 1 if number else 0
        return self._first_line + number, position - begin + 1

    def _error(self, position: int, message: str) -> InvalidPlan:
        flaw = Flaw.at(self._text, position, message)
        is_line = self._file.lower().endswith(".jsonl")
        advice = advice_on_json(self._text, position, message, is_line=is_line)
        return invalid_syntax(
            self._file, self._text, flaw, advice, prefix="invalid JSON: ", first_line=self._first_line
        )

    def _skip_whitespace(self, position: int) -> int:
        match = self._WHITESPACE.match(self._text, position)
        return match.end() if match else position

    def _value(self, position: int, depth: int) -> tuple[Node, int]:
        if depth > MAX_DEPTH:
            raise self._error(position, "nesting is too deep")
        opener = self._text[position : position + 1]
        if opener == "{":
            return self._object(position, depth)
        if opener == "[":
            return self._array(position, depth)
        return self._scalar(position)

    def _scalar(self, position: int) -> tuple[Node, int]:
        try:
            value, end = self._decode(self._text, position)
        except json.JSONDecodeError as flaw:
            reason = flaw.msg.removesuffix(" at") if position < len(self._text) else "unexpected end"
            raise self._error(flaw.pos, reason[0].lower() + reason[1:]) from None
        except _UnusableNumber as flaw:
            raise self._error(position, str(flaw)) from None
        line, column = self._place(position)
        if isinstance(value, Node):
            return attrs.evolve(value, line=line, column=column), end
        return Node(value, line, None, column), end

    def _object(self, position: int, depth: int) -> tuple[Node, int]:
        entries: dict[str, Node] = {}
        for start in self._items(position, "}"):
            if self._text[start : start + 1] != '"':
                raise self._error(start, "expected a key in double quotes")
            key_node, end = self._scalar(start)
            key = str(key_node.value)
            if key in entries:
                raise self._error(start, f"duplicate key {key!r}")
            end = self._skip_whitespace(end)
            if self._text[end : end + 1] != ":":
                raise self._error(end, f"expected a colon after {key!r}")
            node, self._end = self._value(self._skip_whitespace(end + 1), depth + 1)
            entries[key] = node.at_key(key_node.line, key_node.column)
        return self._container(entries, position), self._end

    def _array(self, position: int, depth: int) -> tuple[Node, int]:
        items = []
        for start in self._items(position, "]"):
            node, self._end = self._value(start, depth + 1)
            items.append(node)
        return self._container(items, position), self._end

    def _container(self, value: dict[str, Node] | list[Node], position: int) -> Node:
        line, column = self._place(position)
        return Node(value, line, None, column)

    def _items(self, position: int, closer: str) -> Iterator[int]:
        """Yield the start of each item; the caller sets ``_end`` to its end before the next one."""
        start = self._skip_whitespace(position + 1)
        if self._text[start : start + 1] == closer:
            self._end = start + 1
            return
        while True:
            yield start
            after = self._skip_whitespace(self._end)
            mark = self._text[after : after + 1]
            if mark == closer:
                self._end = after + 1
                return
            if mark != ",":
                raise self._error(after, f"expected a comma or {closer}" if mark else "unexpected end")
            start = self._skip_whitespace(after + 1)
