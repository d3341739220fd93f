"""YAML parsed into values with line numbers; needs PyYAML (the ``cli`` extra).

Scalars are interpreted as in YAML 1.2: ``on``, ``no``, ``9:30`` and dates are strings; ``null``, ``true``,
``false`` and numbers are not. The parser's events are read one by one, without recursion, so that neither
nesting nor aliases can exhaust the memory or the stack.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any, Final

import attrs

from .nodes import MAX_DEPTH, MAX_NUMBER_LENGTH, Node, Scalar, bad_syntax, long_number
from .syntax import Flaw, invalid_syntax
from .yaml_advice import advice_on, flaw_of
from .yaml_traps import Report, YamlTraps

MAX_ALIASED: Final = 1_000_000
"""The number of values that all aliases of a file may stand for."""

_INVALID: Final = "invalid YAML: "

_INTEGER: Final = re.compile(r"[-+]?(?:0|[1-9]\d*)", re.ASCII)

_FLOAT: Final = re.compile(r"[-+]?(?:\.\d+|\d+\.\d*|\d+(?:\.\d*)?[eE][-+]?\d+)(?:[eE][-+]?\d+)?", re.ASCII)

_WORDS: Final[dict[str, Scalar]] = {
    "": None, "~": None, "null": None, "Null": None, "NULL": None,
    "true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False,
}  # fmt: skip


# "!" alone marks a plain scalar as a string.
_STRING_TAGS: Final = ("!", "tag:yaml.org,2002:str")

_TAGS: Final = (
    *_STRING_TAGS,
    *(f"tag:yaml.org,2002:{name}" for name in ("map", "seq", "int", "float", "bool", "null")),
)

_CONTROL: Final = re.compile("[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def read_yaml(text: str, file: str, report: Report = lambda _: None) -> Node:
    """Parse YAML; :class:`InvalidPlan` with the place of a syntax error, or if PyYAML is not installed.

    ``report`` is called with a warning for each value that was probably meant otherwise.
    """
    try:
        import yaml  # noqa: PLC0415 - an extra, and slow to import
    except ImportError:
        raise bad_syntax(
            file,
            None,
            "YAML plans require PyYAML",
            'Run pip install "smartlead-async[cli]", or write the plan as JSON.',
        ) from None
    if found := _CONTROL.search(text):
        message = f"the character U+{ord(found[0]):04X} is not allowed"
        advice = "Save it as UTF-8." if found[0] == "\0" else "Remove it."
        raise invalid_syntax(file, text, Flaw.at(text, found.start(), message), advice, prefix=_INVALID)
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    try:
        return _Builder(file, text, YamlTraps(file, text, report)).document(yaml.parse(text, Loader=loader))
    except yaml.MarkedYAMLError as error:
        flaw = flaw_of(error)
        raise invalid_syntax(file, text, flaw, advice_on(text, flaw), prefix=_INVALID) from None
    except yaml.YAMLError as error:
        raise bad_syntax(file, None, f"{_INVALID}{str(error).splitlines()[0]}") from None


def is_plain_string(text: str) -> bool:
    """Return whether a scalar without quotes that consists of this text is read as a string."""
    return not (text in _WORDS or _INTEGER.fullmatch(text) or _FLOAT.fullmatch(text))


@attrs.define
class _Frame:
    """A mapping or a list that is being read, with its size and height including aliases."""

    node: Node
    anchor: str | None
    key: tuple[str, int, int] | None = None
    is_merge: bool = False
    inherited: dict[str, Node] = attrs.field(factory=dict)
    size: int = 1
    height: int = 1


@attrs.frozen
class _Anchored:
    """A value that aliases stand for."""

    node: Node
    size: int = 1
    height: int = 0


def _node(event: Any, value: Any, source: str | None = None) -> Node:
    return Node(value, event.start_mark.line + 1, source, event.start_mark.column + 1)


class _Builder:
    """Builds the tree of one document; events are distinguished by name to avoid importing PyYAML."""

    def __init__(self, file: str, text: str, traps: YamlTraps) -> None:
        self._file = file
        self._text = text
        self._traps = traps
        self._open: list[_Frame] = []
        self._anchors: dict[str, _Anchored] = {}
        self._aliased = 0
        self._root: Node | None = None

    def document(self, events: Iterable[Any]) -> Node:
        """Return the root; null for an empty file."""
        for event in events:
            match type(event).__name__:
                case "ScalarEvent":
                    self._scalar(event)
                case "AliasEvent":
                    self._alias(event)
                case "MappingStartEvent":
                    self._begin(event, {})
                case "SequenceStartEvent":
                    self._begin(event, [])
                case "MappingEndEvent" | "SequenceEndEvent":
                    self._end()
                case "DocumentStartEvent" if self._root is not None:
                    raise self._error(event, "the file has a second YAML document", "Remove the line ---.")
        self._traps.end()
        return self._root or Node(None, 1)

    def _begin(self, event: Any, value: dict[str, Node] | list[Node]) -> None:
        self._check_tag(event)
        if self._awaits_key:
            raise self._error(event, "a key must be a string")
        if len(self._open) > MAX_DEPTH:
            raise self._too_deep(event)
        self._open.append(_Frame(_node(event, value), event.anchor))

    def _end(self) -> None:
        frame = self._open.pop()
        if isinstance(frame.node.value, dict) and frame.inherited:
            frame.node.value = {**frame.inherited, **frame.node.value}
        self._add(frame.node, frame.anchor, frame.size, frame.height)

    def _scalar(self, event: Any) -> None:
        self._check_tag(event)
        if self._awaits_key:
            self._key(event)
            return
        node = self._value(event)
        if isinstance(node.value, str) or not event.value:
            self._traps.scalar(event, self._key_above)
        self._add(node, event.anchor)

    def _alias(self, event: Any) -> None:
        if self._awaits_key:
            raise self._error(event, "a key must be a string")
        anchored = self._anchors.get(event.anchor)
        if anchored is None and any(frame.anchor == event.anchor for frame in self._open):
            raise self._too_deep(event)
        if anchored is None:
            message = f"the alias *{event.anchor} stands for nothing: there is no &{event.anchor} above"
            raise self._error(event, message, "Put a value that begins with * in quotes.")
        if len(self._open) + anchored.height > MAX_DEPTH:
            raise self._too_deep(event)
        self._traps.alias(event.anchor)
        self._aliased += anchored.size
        if self._aliased > MAX_ALIASED:
            message = f"the aliases stand for more than {MAX_ALIASED:,} values"
            raise self._error(event, message, "Use fewer aliases inside of anchors.")
        node = _node(event, anchored.node.value, anchored.node.source)
        self._add(node, None, anchored.size, anchored.height)

    def _add(self, node: Node, anchor: str | None, size: int = 1, height: int = 0) -> None:
        if anchor:
            self._anchors[anchor] = _Anchored(node, size, height)
        if not self._open:
            self._root = node
            return
        frame = self._open[-1]
        frame.size += size
        frame.height = max(frame.height, height + 1)
        if isinstance(frame.node.value, list):
            frame.node.value.append(node)
        elif isinstance(frame.node.value, dict) and frame.key is not None:
            key, line, column = frame.key
            frame.key = None
            if frame.is_merge:
                frame.inherited |= self._merged(node, line)
            else:
                frame.node.value[key] = node.at_key(line, column)

    @property
    def _awaits_key(self) -> bool:
        return bool(self._open) and isinstance(self._open[-1].node.value, dict) and self._open[-1].key is None

    def _key_above(self) -> str | None:
        """Return the key of the current value, or that of the list which it is in."""
        return next((frame.key[0] for frame in self._open[:-3:-1] if frame.key is not None), None)

    def _key(self, event: Any) -> None:
        frame, mark = self._open[-1], event.start_mark
        key: str = event.value
        frame.key, frame.is_merge = (key, mark.line + 1, mark.column + 1), key == "<<" and not event.style
        if isinstance(frame.node.value, dict) and key in frame.node.value:
            raise self._error(event, f"duplicate key {key!r}", "Remove one of the two.")

    def _merged(self, value: Node, line: int) -> dict[str, Node]:
        sources = value.value if isinstance(value.value, list) else [value]
        merged: dict[str, Node] = {}
        for source in reversed(sources):
            if not isinstance(source.value, dict):
                raise bad_syntax(self._file, line, "<< requires a mapping")
            merged |= source.value
        return merged

    def _value(self, event: Any) -> Node:
        text = event.value
        # Plain scalars have the style None, or "" from the C parser.
        if event.style or event.tag in _STRING_TAGS:
            return _node(event, text)
        if is_plain_string(text):
            return _node(event, text)
        if text in _WORDS:
            value = _WORDS[text]
            return _node(event, value, text if isinstance(value, bool) else None)
        is_integer = _INTEGER.fullmatch(text)
        if len(text) > MAX_NUMBER_LENGTH:
            raise self._error(event, long_number(text), "Put it in quotes if it is text.")
        return _node(event, int(text) if is_integer else float(text), text)

    # --- errors

    def _check_tag(self, event: Any) -> None:
        if event.tag and event.tag not in _TAGS:
            written = event.tag.replace("tag:yaml.org,2002:", "!!")
            message = f"the YAML tag {written[:60]} is not supported"
            raise self._error(event, message, "Remove it. Put a value that begins with ! in quotes.")

    def _too_deep(self, event: Any) -> Exception:
        has_alias = "*" in self._text and "&" in self._text
        advice = "Check for an alias that contains itself." if has_alias else "Use fewer levels."
        return self._error(event, "nesting is too deep", advice)

    def _error(self, event: Any, message: str, advice: str = "") -> Exception:
        mark = event.start_mark
        flaw = Flaw(message, mark.line, mark.column)
        return invalid_syntax(self._file, self._text, flaw, advice or advice_on(self._text, flaw))
