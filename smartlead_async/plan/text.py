"""YAML and JSON as values that know their line, so that a problem can be shown where it stands.

JSON is read here without anything else; YAML needs PyYAML (the ``cli`` extra) and is read as YAML 1.2 would:
``on``, ``no``, ``9:30`` and dates are texts, and ``null``, ``true``, ``false`` and numbers are what
they look like.
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


DEEPEST: Final = 60


@attrs.define
class Node:
    """A value of a plan file and the line on which it (or its key) stands."""

    value: dict[str, Node] | list[Node] | Scalar
    line: int

    def plain(self) -> Any:
        """The value without its lines."""
        match self.value:
            case dict():
                return {k: v.plain() for k, v in self.value.items()}
            case list():
                return [v.plain() for v in self.value]
            case _:
                return self.value

    def mapped(self, change: Callable[[str], str]) -> Node:
        """The same with every text changed; keys stay."""
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
    """A JSON text as nodes; :class:`InvalidPlan` with the line where it is none."""
    return _Json(text.rstrip(), file, first_line).document()


def read_json_line(text: str, file: str, line: int) -> Node:
    """One line of JSON Lines, by the fast parser of the standard library: every node has the same line."""

    def wrap(value: Any) -> Node:
        if isinstance(value, Node):
            return value
        return Node([wrap(item) for item in value] if isinstance(value, list) else value, line)

    def mapping(pairs: list[tuple[str, Any]]) -> Node:
        entries = {key: wrap(value) for key, value in pairs}
        if len(entries) < len(pairs):
            raise ValueError("a key is given twice")
        return Node(entries, line)

    try:
        return wrap(json.loads(text, object_pairs_hook=mapping))
    except (ValueError, RecursionError):
        return read_json(text, file, first_line=line)


class _Json:
    _BLANK: Final = re.compile(r"[ \t\r\n]*")
    _decode: Final = json.JSONDecoder().raw_decode

    def __init__(self, text: str, file: str, first_line: int) -> None:
        self._text = text
        self._file = file
        self._first_line = first_line
        self._breaks = [i for i, c in enumerate(text) if c == "\n"] if "\n" in text else []

    def document(self) -> Node:
        node, end = self._value(self._after_blanks(0), 0)
        end = self._after_blanks(end)
        if end < len(self._text):
            raise self._error(end, "something follows after the end")
        return node

    def _line(self, position: int) -> int:
        return self._first_line + bisect.bisect_left(self._breaks, position)

    def _error(self, position: int, message: str) -> InvalidPlan:
        return _broken(self._file, self._line(position), f"this is not JSON: {message}")

    def _after_blanks(self, position: int) -> int:
        match = self._BLANK.match(self._text, position)
        return match.end() if match else position

    def _value(self, position: int, depth: int) -> tuple[Node, int]:
        if depth > DEEPEST:
            raise self._error(position, "it is nested too deeply")
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
            what = flaw.msg if position < len(self._text) else "it ends too early"
            raise self._error(flaw.pos, what[0].lower() + what[1:]) from None
        return Node(value, self._line(position)), end

    def _object(self, position: int, depth: int) -> tuple[Node, int]:
        entries: dict[str, Node] = {}
        for start in self._items(position, "}"):
            if self._text[start : start + 1] != '"':
                raise self._error(start, "a key in double quotes is expected")
            key_node, end = self._scalar(start)
            key = str(key_node.value)
            if key in entries:
                raise self._error(start, f"the key {key!r} is given twice")
            end = self._after_blanks(end)
            if self._text[end : end + 1] != ":":
                raise self._error(end, f"a colon is expected after {key!r}")
            node, self._end = self._value(self._after_blanks(end + 1), depth + 1)
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
        """Where each item begins. The loop leaves the item's end in ``_end``, which ends up past it all."""
        start = self._after_blanks(position + 1)
        if self._text[start : start + 1] == closer:
            self._end = start + 1
            return
        while True:
            yield start
            after = self._after_blanks(self._end)
            mark = self._text[after : after + 1]
            if mark == closer:
                self._end = after + 1
                return
            if mark != ",":
                raise self._error(after, f"a comma or {closer} is expected" if mark else "it ends too early")
            start = self._after_blanks(after + 1)


# --- YAML --------------------------------------------------------------------------------------------
_INTEGER: Final = re.compile(r"[-+]?(?:0|[1-9]\d*)")


_FLOAT: Final = re.compile(r"[-+]?(?:\.\d+|\d+\.\d*|\d+(?:\.\d*)?[eE][-+]?\d+)(?:[eE][-+]?\d+)?")


_WORDS: Final[dict[str, Scalar]] = {
    "": None, "~": None, "null": None, "Null": None, "NULL": None,
    "true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False,
}  # fmt: skip


def read_yaml(text: str, file: str) -> Node:
    """A YAML text as nodes; :class:`InvalidPlan` with the line where it is none, or without PyYAML."""
    try:
        import yaml  # noqa: PLC0415 - an extra, and slow to import
    except ImportError:
        raise _broken(
            file,
            None,
            "YAML plans need PyYAML",
            'pip install "smartlead-async[cli]", or write the plan as JSON.',
        ) from None
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    try:
        root = yaml.compose(text, Loader=loader)
    except yaml.MarkedYAMLError as flaw:
        mark = flaw.problem_mark or flaw.context_mark
        said = "; ".join(part for part in (flaw.context, flaw.problem) if part)
        raise _broken(file, mark.line + 1 if mark else None, f"this is not YAML: {said}") from None
    except yaml.YAMLError as flaw:
        raise _broken(file, None, f"this is not YAML: {str(flaw).splitlines()[0]}") from None
    if root is None:
        return Node(None, 1)
    return _Yaml(file).node(root, 0)


class _Yaml:
    """PyYAML's nodes as ours. They are told apart by ``id``, so that nothing of PyYAML is imported here."""

    def __init__(self, file: str) -> None:
        self._file = file

    def node(self, node: Any, depth: int) -> Node:
        line: int = node.start_mark.line + 1
        if depth > DEEPEST:
            raise _broken(self._file, line, "it is nested too deeply", "Does an alias stand inside itself?")
        if node.tag.startswith("!"):
            raise _broken(self._file, line, f"the tag {node.tag} has no meaning here", "Remove it.")
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
                raise _broken(self._file, line, "a key must be a text")
            value = self.node(value_node, depth + 1)
            if key_node.value == "<<" and not key_node.style:
                inherited |= self._merged(value, line)
                continue
            if key_node.value in entries:
                raise _broken(self._file, line, f"the key {key_node.value!r} is given twice")
            entries[key_node.value] = Node(value.value, line)
        return {**inherited, **entries}

    def _merged(self, value: Node, line: int) -> dict[str, Node]:
        sources = value.value if isinstance(value.value, list) else [value]
        merged: dict[str, Node] = {}
        for source in reversed(sources):
            if not isinstance(source.value, dict):
                raise _broken(self._file, line, "<< takes in a mapping, and this is none")
            merged |= source.value
        return merged

    @staticmethod
    def _scalar(node: Any) -> Scalar:
        text: str = node.value
        # Plain scalars have the style None, or "" when the C parser read them.
        if node.style:
            return text
        if text in _WORDS:
            return _WORDS[text]
        if _INTEGER.fullmatch(text):
            return text if node.tag.endswith(":str") else int(text)
        return float(text) if _FLOAT.fullmatch(text) else text
