"""Between request and answer classes and bytes: strict out, lenient in.

Out: only what was set, under exactly the documented names, since SmartLead refuses unknown keys.
In: unknown keys are ignored, digit strings become numbers, a null counts as missing where the field has a
default, unknown enum values stay text, wrapped and bare answers both open. What still cannot be read is a
:class:`ResponseDecodeError` that names the place.
"""

from __future__ import annotations

import datetime as dt
import enum
import functools
import types
from collections.abc import Callable
from typing import Any, Final, Union, get_args, get_origin

import attrs
import cattrs
import orjson
from cattrs import (
    AttributeValidationNote,
    ClassValidationError,
    IterableValidationError,
    IterableValidationNote,
)
from cattrs.gen import make_dict_structure_fn, make_dict_unstructure_fn, override

from .errors import ResponseDecodeError
from .models._fields import SINGLE, WIRE
from .reading import (
    FieldReader,
    Hook,
    compiled_reader,
    read_boolean,
    read_day,
    read_instant,
    read_integer,
    read_number,
    read_text,
    unexpected,
)
from .request import Operation, Part, Request


def write_instant(value: dt.datetime) -> str:
    """ISO 8601 in UTC with milliseconds, as SmartLead writes it; a naive datetime is refused."""
    if value.tzinfo is None:
        raise ValueError(f"{value!r} has no time zone: SmartLead would read it as UTC, so say which it is")
    return value.astimezone(dt.UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


# --- the converter -----------------------------------------------------------------------------------


def make_converter(*, detailed: bool) -> cattrs.Converter:
    """A converter with the rules above. ``detailed`` ones are slower and know the JSON path of a problem."""
    converter = cattrs.Converter(detailed_validation=detailed)
    for kind, hook in ((str, read_text), (int, read_integer), (float, read_number), (bool, read_boolean)):
        converter.register_structure_hook(kind, hook)
    # A text as well, so without a hook of their own they would be read by the one above and stay text.
    converter.register_structure_hook(enum.StrEnum, lambda value, kind: kind(value))
    converter.register_structure_hook(dt.date, read_day)
    converter.register_unstructure_hook(dt.date, dt.date.isoformat)
    converter.register_structure_hook(dt.datetime, read_instant)
    converter.register_unstructure_hook(dt.datetime, write_instant)
    converter.register_structure_hook_factory(_is_open_enum, _open_enum_hook)
    list_or_count_hook = functools.partial(_list_or_count_hook, converter)
    converter.register_structure_hook_factory(_is_list_or_count, list_or_count_hook)
    converter.register_structure_hook_factory(_is_map, functools.partial(_map_hook, converter))
    converter.register_structure_hook_factory(_is_list, functools.partial(_list_hook, converter))
    converter.register_structure_hook_factory(_is_object, lambda _: _object)
    reading_hook = _reading_hook if detailed else _compiled_hook
    converter.register_structure_hook_factory(attrs.has, functools.partial(reading_hook, converter))
    converter.register_unstructure_hook_factory(attrs.has, functools.partial(_writing_hook, converter))
    return converter


def _union_members(kind: Any) -> tuple[Any, ...]:
    return get_args(kind) if get_origin(kind) in (Union, types.UnionType) else ()


def _is_open_enum(kind: Any) -> bool:
    members = _union_members(kind)
    return str in members and any(isinstance(m, type) and issubclass(m, enum.Enum) for m in members)


def _known_texts(kind: Any) -> dict[str, Any]:
    (closed,) = (m for m in _union_members(kind) if isinstance(m, type) and issubclass(m, enum.Enum))
    return {member.value: member for member in closed}


def _open_enum_hook(kind: Any) -> Hook:
    known = _known_texts(kind)
    optional = type(None) in _union_members(kind)

    def read(value: Any, _: Any) -> Any:
        if value is None and optional:
            return None
        text = read_text(value, str)
        return known.get(text, text)

    return read


def _is_list_or_count(kind: Any) -> bool:
    members = [m for m in _union_members(kind) if m is not type(None)]
    return len(members) == 2 and int in members and any(_is_list(m) for m in members)


def _list_or_count_hook(converter: cattrs.Converter, kind: Any) -> Hook:
    (listed,) = (m for m in _union_members(kind) if _is_list(m))
    read_list = converter.get_structure_hook(listed)

    def read(value: Any, _: Any) -> Any:
        if value is None:
            return None
        return read_list(value, listed) if isinstance(value, list) else read_integer(value, int)

    return read


def _is_object(kind: Any) -> bool:
    return get_origin(kind) is dict and get_args(kind) == (str, Any)


def _object(value: Any, _: Any) -> dict[str, Any]:
    if isinstance(value, str):
        value = _from_its_text(value)
    if not isinstance(value, dict):
        raise unexpected("an object", value)
    return value


def _from_its_text(value: str) -> Any:
    # Older answers hold some objects (a campaign's schedule) as their JSON text.
    try:
        return orjson.loads(value)
    except orjson.JSONDecodeError:
        return value


def _is_map(kind: Any) -> bool:
    return get_origin(kind) is dict and not _is_object(kind)


def _map_hook(converter: cattrs.Converter, kind: Any) -> Hook:
    key_kind, item = get_args(kind)
    read_key, read_item = converter.get_structure_hook(key_kind), converter.get_structure_hook(item)

    def read(value: Any, _: Any) -> Any:
        found: dict[Any, Any] = {}
        failures: list[Exception] = []
        for name, raw in _object(value, dict).items():
            if raw is None:
                continue
            try:
                found[read_key(name, key_kind)] = read_item(raw, item)
            except Exception as problem:  # noqa: BLE001 - collected, with its key
                failures.append(_placed(problem, name, item))
        if failures:
            raise _failed(failures, kind)
        return found

    return read


def _placed(problem: Exception, place: str | int, kind: Any) -> Exception:
    # Where transform_error looks for the place of a problem.
    problem.add_note(IterableValidationNote(f"at {place}", place, kind))
    return problem


def _failed(failures: list[Exception], kind: Any) -> Exception:
    # pyright takes the constructor of ExceptionGroup for this one's.
    return IterableValidationError("items", failures, kind)  # pyright: ignore[reportCallIssue]


def _is_list(kind: Any) -> bool:
    return get_origin(kind) in (list, tuple)


def _list_hook(converter: cattrs.Converter, kind: Any) -> Hook:
    # Our own, because cattrs takes a text for a list of its letters.
    build = tuple if get_origin(kind) is tuple else list
    item = get_args(kind)[0]
    read_item = converter.get_structure_hook(item)
    if converter.detailed_validation:
        return _detailed_list_hook(kind, read_item)

    def read(value: Any, _: Any) -> Any:
        return build([read_item(v, item) for v in _listed(value)])

    def read_in_place(value: Any, _: Any) -> Any:
        # Each parsed object is gone when its instance is there. To keep both would set off the garbage
        # collector again and again, and a long list would take twice the time.
        for index, raw in enumerate(_listed(value)):
            value[index] = read_item(raw, item)
        return value if build is list else build(value)

    return read_in_place if attrs.has(item) else read


def _detailed_list_hook(kind: Any, read_item: Hook) -> Hook:
    build = tuple if get_origin(kind) is tuple else list
    item = get_args(kind)[0]

    def read(value: Any, _: Any) -> Any:
        items, failures = [], []
        for index, raw in enumerate(_listed(value)):
            try:
                items.append(read_item(raw, item))
            except Exception as problem:  # noqa: BLE001 - collected, with its index
                failures.append(_placed(problem, index, item))
        if failures:
            raise _failed(failures, kind)
        return build(items)

    return read


def _listed(value: Any) -> list[Any]:
    if not isinstance(value, list):
        raise unexpected("a list", value)
    return value


@attrs.frozen(eq=False, repr=False)
class _Naming:
    """How the keys of an object differ from the attributes of the class that reads it."""

    renames: dict[str, str]
    elsewhere: tuple[tuple[str, tuple[str, ...]], ...]
    null_is_missing: frozenset[str]
    single_or_list: tuple[str, ...]

    @classmethod
    def of(cls, kind: Any) -> _Naming:
        attributes = [(a, a.metadata.get(WIRE, (a.name,))) for a in attrs.fields(kind)]
        lenient = [(a, names) for a, names in attributes if a.default not in (attrs.NOTHING, None)]
        return cls(
            renames={a.name: names[0] for a, names in attributes if names[0] != a.name},
            elsewhere=tuple(
                (names[0], names) for _, names in attributes if len(names) > 1 or "." in names[0]
            ),
            null_is_missing=frozenset(names[0] for _, names in lenient),
            single_or_list=tuple(names[0] for a, names in attributes if a.metadata.get(SINGLE)),
        )

    def adapt(self, value: dict[str, Any]) -> dict[str, Any]:
        """The object under the names that the class reads first."""
        changes = {}
        for key, names in self.elsewhere:
            found = _first_found(value, names)
            if found is not None:
                changes[key] = found
        for key in self.single_or_list:
            if isinstance(value.get(key), str):
                changes[key] = [value[key]] if value[key] else []
        if changes:
            value = value | changes
        if any(value.get(key, self) is None for key in self.null_is_missing):
            value = {k: v for k, v in value.items() if v is not None or k not in self.null_is_missing}
        return value


def _reading_hook(converter: cattrs.Converter, cls: Any) -> Hook:
    attrs.resolve_types(cls)
    naming = _Naming.of(cls)
    overrides: dict[str, Any] = {name: override(rename=key) for name, key in naming.renames.items()}
    read_fields: Hook = make_dict_structure_fn(cls, converter, _cattrs_detailed_validation=True, **overrides)

    def read(value: Any, _: Any) -> Any:
        # The quick pass, which comes first, leaves in a list what it has read already.
        return value if type(value) is cls else read_fields(naming.adapt(_object(value, cls)), cls)

    return read


def _compiled_hook(converter: cattrs.Converter, cls: Any) -> Hook:
    attrs.resolve_types(cls)
    fields = [_field_reader(converter, attribute) for attribute in attrs.fields(cls)]
    return compiled_reader(cls, fields, _object)


def _field_reader(converter: cattrs.Converter, attribute: attrs.Attribute[Any]) -> FieldReader:
    members = _union_members(attribute.type)
    nullable = type(None) in members
    kind: Any = attribute.type
    if nullable and len(members) == 2:
        kind, _ = _without_none(kind)
    item = get_args(kind)[0] if get_origin(kind) is list else None
    open_enum = next((candidate for candidate in (attribute.type, item) if _is_open_enum(candidate)), None)
    return FieldReader(
        attribute=attribute,
        keys=attribute.metadata.get(WIRE, (attribute.name,)),
        kind=kind,
        hook=converter.get_structure_hook(kind),
        nullable=nullable,
        known=None if open_enum is None else _known_texts(open_enum),
        item=item,
        bare_item=bool(attribute.metadata.get(SINGLE)),
    )


def _first_found(value: dict[str, Any], names: tuple[str, ...]) -> Any:
    for name in names:
        found: Any = value
        for step in name.split("."):
            found = found.get(step) if isinstance(found, dict) else None
        if found is not None:
            return found
    return None


def _writing_hook(converter: cattrs.Converter, cls: Any) -> Callable[[Any], Any]:
    attrs.resolve_types(cls)
    overrides: dict[str, Any] = {}
    outside_body: set[str] = set()
    if issubclass(cls, Request):
        outside_body = {p.name for p in cls.parameters if p.part is not Part.BODY}
    for attribute in attrs.fields(cls):
        if attribute.name in outside_body:
            overrides[attribute.name] = override(omit=True)
        elif WIRE in attribute.metadata:
            overrides[attribute.name] = override(rename=attribute.metadata[WIRE][0])
    # Defaults are None or NOT_GIVEN, and SmartLead refuses or misreads what was not meant: send what was set.
    return make_dict_unstructure_fn(cls, converter, _cattrs_omit_if_default=True, **overrides)


_quick: Final = make_converter(detailed=False)


@functools.cache
def _detailed() -> cattrs.Converter:
    return make_converter(detailed=True)


@functools.cache
def _reader(kind: Any) -> Callable[[Any], Any]:
    """What reads parsed JSON as ``kind``: the quick way, and the careful one if anything is wrong."""
    quick: Hook = _quick.get_structure_hook(kind)

    def read(value: Any) -> Any:
        try:
            return quick(value, kind)
        except Exception:  # noqa: BLE001, S110 - the careful pass tells what it was
            pass
        return _carefully(value, kind)

    return read


def structure(value: Any, kind: Any) -> Any:
    """Parsed JSON as an instance of ``kind``; raises :class:`ResponseDecodeError` naming every place.

    The value is used up: its lists may become the lists of the answer.
    """
    return _reader(kind)(value)


def _carefully(value: Any, kind: Any) -> Any:
    """The same at leisure: every problem with its place."""
    try:
        return _detailed().structure(value, kind)
    except Exception as problem:  # noqa: BLE001 - becomes the error, with the JSON path
        _use_wire_names(problem)
        lines = tuple(cattrs.transform_error(problem, "$", _say))
    raise ResponseDecodeError(lines)


def _use_wire_names(problem: BaseException) -> None:
    """Let the notes of a failure name JSON keys: a path through attributes leads nowhere in an answer."""
    if not isinstance(problem, BaseExceptionGroup):
        return
    for inner in problem.exceptions:
        if isinstance(problem, ClassValidationError):
            for note in getattr(inner, "__notes__", ()):
                if isinstance(note, AttributeValidationNote):
                    note.name = _wire_name(problem.cl, note.name)
        _use_wire_names(inner)


def _wire_name(kind: Any, attribute: str) -> str:
    names: tuple[str, ...] = getattr(attrs.fields(kind), attribute).metadata.get(WIRE, (attribute,))
    return names[0]


def unstructure(value: Any) -> Any:
    """A class of ours as what goes into JSON: only what was set, under the documented names."""
    return _quick.unstructure(value)


def unstructuring(cls: Any) -> Callable[[Any], Any]:
    """:func:`unstructure` for one class, for those who do it often."""
    return _quick.get_unstructure_hook(cls)


def _say(problem: BaseException, _: Any) -> str:
    if isinstance(problem, KeyError):
        return "required field missing"
    return str(problem)


# --- answers -----------------------------------------------------------------------------------------


class Missing(Exception):
    """The answer is SmartLead's way of saying that there is no such object: 200 and nothing."""


def parse(body: bytes, *, status: int = 200) -> Any:
    """JSON to Python; :class:`ResponseDecodeError` (``malformed``) when it is none."""
    try:
        return orjson.loads(body)
    except orjson.JSONDecodeError as problem:
        line = f"{problem.msg} @ $ (line {problem.lineno}, column {problem.colno})"
    raise ResponseDecodeError((line,), malformed=True, status=status)


def decode(operation: Operation, value: Any) -> Any:
    """The answer of an operation from its parsed JSON; :class:`Missing` when it says "nothing there"."""
    return _decoder(operation)(value)


@functools.cache
def _decoder(operation: Operation) -> Callable[[Any], Any]:
    """:func:`decode` for one operation, with all that follows from its declaration worked out."""
    kind, optional = _without_none(operation.answer)
    may_be_missing = optional or _needs_fields(kind)
    unwrapped, read_kind = _unwrapping(operation, kind), _reader(kind)

    def read(value: Any) -> Any:
        value = unwrapped(value)
        if not value and may_be_missing and value in ({}, None, ""):
            if optional:
                return None
            raise Missing
        return read_kind(value)

    return read


def accepts_nothing(kind: Any) -> bool:
    """Whether "no such object" is an answer (``Request[X | None]``) and not an error."""
    return _without_none(kind)[1]


@functools.cache
def _without_none(kind: Any) -> tuple[Any, bool]:
    members = _union_members(kind)
    if type(None) not in members:
        return kind, False
    (rest,) = (m for m in members if m is not type(None))
    return rest, True


@functools.cache
def _needs_fields(kind: Any) -> bool:
    return attrs.has(kind) and any(a.default is attrs.NOTHING for a in attrs.fields(kind))


def _wire_keys(kind: Any) -> set[str]:
    return {name.partition(".")[0] for a in attrs.fields(kind) for name in a.metadata.get(WIRE, (a.name,))}


def _unwrapping(operation: Operation, kind: Any) -> Callable[[Any], Any]:
    """How to get at what an operation answers, be it wrapped or bare."""
    if attrs.has(kind):
        own = _wire_keys(kind)
        return _object_under(tuple(key for key in operation.unwrap if key not in own))
    if _is_list(kind):
        return functools.partial(_first_in, operation.unwrap, list)
    if _is_map(kind):
        return functools.partial(_first_in, operation.unwrap, dict)
    return lambda value: value


def _object_under(keys: tuple[str, ...]) -> Callable[[Any], Any]:
    def unwrapped(value: Any) -> Any:
        if isinstance(value, dict):
            for key in keys:
                if key in value and isinstance(value[key], (dict, list)):
                    value = value[key]
                    break
            else:
                return value
        # One object may come in a list of at most one.
        if isinstance(value, list) and len(value) <= 1:
            return value[0] if value else {}
        return value

    return unwrapped


def _first_in(keys: tuple[str, ...], wanted: type, value: Any) -> Any:
    if isinstance(value, dict):
        return next((value[key] for key in keys if isinstance(value.get(key), wanted)), value)
    return value
