"""YAML and JSON parsed into values with line numbers, so that problems can be located.

JSON needs no other package; YAML needs PyYAML (the ``cli`` extra). YAML scalars are interpreted as in YAML
1.2: ``on``, ``no``, ``9:30`` and dates are strings; ``null``, ``true``, ``false`` and numbers are not.
"""

from __future__ import annotations

import bisect
import json
import re
from collections.abc import Callable, Iterator
from typing import Any, Final, TypeAlias

import attrs

from .problem import InvalidPlan, Place, error

Scalar: TypeAlias = str | int | float | bool | None


MAX_DEPTH: Final = 60


@attrs.define
class Node:
    """A value of a plan file with its line, or that of its key."""

    value: dict[str, Node] | list[Node] | Scalar
    line: int

    def plain(self) -> Any:
        """Return the value without lines."""
        match self.value:
            case dict():
                return {k: v.plain() for k, v in self.value.items()}
            case list():
                return [v.plain() for v in self.value]
            case _:
                return self.value

    def mapped(self, change: Callable[[str], str]) -> Node:
        """Return a copy in which ``change`` is applied to every string except keys."""
        match self.value:
            case dict():
                return Node({k: v.mapped(change) for k, v in self.value.items()}, self.line)
            case list():
                return Node([v.mapped(change) for v in self.value], self.line)
            case str():
                return Node(change(self.value), self.line)
            case _:
                return self


def _broken(file: str, line: int | None, message: str, advice: str = "") -> InvalidPlan:
    return InvalidPlan([error("bad_syntax", message, advice=advice, place=Place(file, line))])


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

    try:
        return wrap(json.loads(text, object_pairs_hook=mapping))
    except (ValueError, RecursionError):
        # The slow parser explains the error.
        return read_json(text, file, first_line=line)


class _Json:
    _WHITESPACE: Final = re.compile(r"[ \t\r\n]*")
    _decode: Final = json.JSONDecoder().raw_decode

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

    def _line(self, position: int) -> int:
        return self._first_line + bisect.bisect_left(self._breaks, position)

    def _error(self, position: int, message: str) -> InvalidPlan:
        return _broken(self._file, self._line(position), f"invalid JSON: {message}")

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
            reason = flaw.msg if position < len(self._text) else "unexpected end"
            raise self._error(flaw.pos, reason[0].lower() + reason[1:]) from None
        return Node(value, self._line(position)), end

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
            node.line = key_node.line
            entries[key] = node
        return Node(entries, self._line(position)), self._end

    def _array(self, position: int, depth: int) -> tuple[Node, int]:
        items = []
        for start in self._items(position, "]"):
            node, self._end = self._value(start, depth + 1)
            items.append(node)
        return Node(items, self._line(position)), self._end

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


# --- YAML --------------------------------------------------------------------------------------------
_INTEGER: Final = re.compile(r"[-+]?(?:0|[1-9]\d*)")


_FLOAT: Final = re.compile(r"[-+]?(?:\.\d+|\d+\.\d*|\d+(?:\.\d*)?[eE][-+]?\d+)(?:[eE][-+]?\d+)?")


_WORDS: Final[dict[str, Scalar]] = {
    "": None, "~": None, "null": None, "Null": None, "NULL": None,
    "true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False,
}  # fmt: skip


def read_yaml(text: str, file: str) -> Node:
    """Parse YAML; :class:`InvalidPlan` with the line of a syntax error, or if PyYAML is not installed."""
    try:
        import yaml  # noqa: PLC0415 - an extra, and slow to import
    except ImportError:
        raise _broken(
            file,
            None,
            "YAML plans require PyYAML",
            'Run pip install "smartlead-async[cli]", or write the plan as JSON.',
        ) from None
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    try:
        root = yaml.compose(text, Loader=loader)
    except yaml.MarkedYAMLError as flaw:
        mark = flaw.problem_mark or flaw.context_mark
        reason = "; ".join(part for part in (flaw.context, flaw.problem) if part)
        raise _broken(file, mark.line + 1 if mark else None, f"invalid YAML: {reason}") from None
    except yaml.YAMLError as flaw:
        raise _broken(file, None, f"invalid YAML: {str(flaw).splitlines()[0]}") from None
    if root is None:
        return Node(None, 1)
    return _Yaml(file).node(root, 0)


class _Yaml:
    """Converts PyYAML's nodes; it distinguishes them by ``id`` to avoid importing PyYAML."""

    def __init__(self, file: str) -> None:
        self._file = file

    def node(self, node: Any, depth: int) -> Node:
        line: int = node.start_mark.line + 1
        if depth > MAX_DEPTH:
            raise _broken(self._file, line, "nesting is too deep", "Check for an alias that contains itself.")
        if node.tag.startswith("!"):
            raise _broken(self._file, line, f"the YAML tag {node.tag} is not supported", "Remove it.")
        if node.id == "mapping":
            return Node(self._mapping(node, depth), line)
        if node.id == "sequence":
            return Node([self.node(item, depth + 1) for item in node.value], line)
        return Node(self._scalar(node), line)

    def _mapping(self, mapping: Any, depth: int) -> dict[str, Node]:
        entries: dict[str, Node] = {}
        inherited: dict[str, Node] = {}
        for key_node, value_node in mapping.value:
            line: int = key_node.start_mark.line + 1
            if key_node.id != "scalar":
                raise _broken(self._file, line, "a key must be a string")
            value = self.node(value_node, depth + 1)
            if key_node.value == "<<" and not key_node.style:
                inherited |= self._merged(value, line)
                continue
            if key_node.value in entries:
                raise _broken(self._file, line, f"duplicate key {key_node.value!r}")
            entries[key_node.value] = Node(value.value, line)
        return {**inherited, **entries}

    def _merged(self, value: Node, line: int) -> dict[str, Node]:
        sources = value.value if isinstance(value.value, list) else [value]
        merged: dict[str, Node] = {}
        for source in reversed(sources):
            if not isinstance(source.value, dict):
                raise _broken(self._file, line, "<< requires a mapping")
            merged |= source.value
        return merged

    @staticmethod
    def _scalar(node: Any) -> Scalar:
        text: str = node.value
        # Plain scalars have the style None, or "" from the C parser.
        if node.style:
            return text
        if text in _WORDS:
            return _WORDS[text]
        if _INTEGER.fullmatch(text):
            return text if node.tag.endswith(":str") else int(text)
        return float(text) if _FLOAT.fullmatch(text) else text
