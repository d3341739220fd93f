"""The cattrs converter between request and response classes and parsed JSON: strict out, lenient in.

Out: only what was set, under the documented names, since SmartLead refuses unknown keys. In: unknown keys are
ignored, strings of digits become numbers, null counts as missing if the field has a default, and unknown enum
values stay strings. What still cannot be read is a :class:`ResponseDecodeError` that names the place.
"""

from __future__ import annotations

import datetime as dt
import enum
import functools
from collections.abc import Callable
from typing import Any, Final, get_args, get_origin

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

from ..errors import ResponseDecodeError
from ..fields import BARE, SINGLE, WIRE, Secret
from ..paging import LIMIT, Paged
from ..request import Part, Request, with_arguments
from ..typed import union_members
from .annotations import (
    is_list,
    is_map,
    is_object,
    is_open_enum,
    is_union_of_shapes,
    members_by_value,
    without_none,
)
from .coerce import (
    Hook,
    first_found,
    open_enum_hook,
    read_boolean,
    read_day,
    read_integer,
    read_number,
    read_string,
    read_timestamp,
    shapes_hook,
    unexpected,
)
from .compiled import FieldReader, compiled_reader


def write_timestamp(value: dt.datetime) -> str:
    """Return ISO 8601 in UTC with milliseconds, as SmartLead writes it; refuse a naive datetime."""
    if value.tzinfo is None:
        raise ValueError(
            f"{value!r} has no time zone, and SmartLead would read it as UTC: pass an aware datetime"
        )
    return value.astimezone(dt.UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def make_converter(*, detailed: bool) -> cattrs.Converter:
    """Return a converter with the rules above; a ``detailed`` one is slower and knows paths of problems."""
    converter = cattrs.Converter(detailed_validation=detailed)
    for kind, hook in ((str, read_string), (int, read_integer), (float, read_number), (bool, read_boolean)):
        converter.register_structure_hook(kind, hook)
    # They are strings too: without a hook of their own, the one above would read them and leave strings.
    converter.register_structure_hook(enum.StrEnum, lambda value, kind: kind(value))
    converter.register_structure_hook(Secret, lambda value, _: Secret(read_string(value, str)))
    converter.register_unstructure_hook(Secret, str)
    converter.register_structure_hook(dt.date, read_day)
    converter.register_unstructure_hook(dt.date, dt.date.isoformat)
    converter.register_structure_hook(dt.datetime, read_timestamp)
    converter.register_unstructure_hook(dt.datetime, write_timestamp)
    converter.register_structure_hook_factory(is_open_enum, open_enum_hook)
    converter.register_structure_hook_factory(
        is_union_of_shapes, functools.partial(shapes_hook, converter.get_structure_hook)
    )
    converter.register_structure_hook_factory(is_map, functools.partial(_map_hook, converter))
    converter.register_structure_hook_factory(is_list, functools.partial(_list_hook, converter))
    converter.register_structure_hook_factory(is_object, lambda _: _object)
    reading_hook = _reading_hook if detailed else _compiled_hook
    converter.register_structure_hook_factory(attrs.has, functools.partial(reading_hook, converter))
    converter.register_unstructure_hook_factory(attrs.has, functools.partial(_writing_hook, converter))
    return converter


def _object(value: Any, _: Any) -> dict[str, Any]:
    if isinstance(value, str):
        value = _from_json_string(value)
    if not isinstance(value, dict):
        raise unexpected("an object", value)
    return value


def _object_hook(cls: Any) -> Hook:
    """Return a hook that makes an object of a value which is to be read as ``cls``."""
    bare = {a.metadata[BARE]: _first_name(a) for a in attrs.fields(cls) if BARE in a.metadata}
    if not bare:
        return _object

    def read(value: Any, _: Any) -> dict[str, Any]:
        if isinstance(value, str):
            found = _from_json_string(value)
            value = found if isinstance(found, dict) else value
        name = bare.get(type(value))
        return _object(value, _) if name is None else {name: value}

    return read


def _first_name(attribute: attrs.Attribute[Any]) -> str:
    names: tuple[str, ...] = attribute.metadata.get(WIRE, (attribute.name,))
    return names[0]


def _from_json_string(value: str) -> Any:
    # Older responses hold some objects (a campaign's schedule) as a string of JSON.
    try:
        return orjson.loads(value)
    except orjson.JSONDecodeError:
        return value


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


def _list_hook(converter: cattrs.Converter, kind: Any) -> Hook:
    # Our own, because cattrs takes a string for a list of its letters.
    build = tuple if get_origin(kind) is tuple else list
    item = get_args(kind)[0]
    read_item = converter.get_structure_hook(item)
    if converter.detailed_validation:
        return _detailed_list_hook(kind, read_item)

    def read(value: Any, _: Any) -> Any:
        return build([read_item(v, item) for v in _listed(value)])

    def read_in_place(value: Any, _: Any) -> Any:
        # Each parsed object is released as soon as its instance exists. Keeping both would trigger the
        # garbage collector again and again, and a long list would take twice the time.
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
    """The differences between the keys of an object and the attributes of the class that reads it."""

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
        """Return the object with its values under the names that the class reads first."""
        changes = {}
        for key, names in self.elsewhere:
            found = first_found(value, names)
            if found is not None:
                changes[key] = found
        for key in self.single_or_list:
            if isinstance(value.get(key), (str, dict)):
                changes[key] = [value[key]] if value[key] else []
        if changes:
            value = value | changes
        if any(value.get(key, self) is None for key in self.null_is_missing):
            value = {k: v for k, v in value.items() if v is not None or k not in self.null_is_missing}
        return value


def _reading_hook(converter: cattrs.Converter, kind: Any) -> Hook:
    cls = get_origin(kind) or kind
    attrs.resolve_types(cls)
    naming = _Naming.of(cls)
    overrides: dict[str, Any] = {name: override(rename=key) for name, key in naming.renames.items()}
    as_object = _object_hook(cls)
    read_fields: Hook = make_dict_structure_fn(kind, converter, _cattrs_detailed_validation=True, **overrides)

    def read(value: Any, _: Any) -> Any:
        # The fast pass, which runs first, leaves the items that it has read in the list.
        return value if type(value) is cls else read_fields(naming.adapt(as_object(value, cls)), cls)

    return read


def _compiled_hook(converter: cattrs.Converter, kind: Any) -> Hook:
    cls = get_origin(kind) or kind
    attrs.resolve_types(cls)
    fields = [_field_reader(converter, a, with_arguments(a.type, kind)) for a in attrs.fields(cls)]
    return compiled_reader(cls, fields, _object_hook(cls))


def _field_reader(converter: cattrs.Converter, attribute: attrs.Attribute[Any], declared: Any) -> FieldReader:
    members = union_members(declared)
    nullable = type(None) in members
    kind = declared
    if nullable and len(members) == 2:
        kind, _ = without_none(kind)
    item = get_args(kind)[0] if get_origin(kind) is list else None
    open_enum = next((candidate for candidate in (declared, item) if is_open_enum(candidate)), None)
    return FieldReader(
        attribute=attribute,
        keys=attribute.metadata.get(WIRE, (attribute.name,)),
        kind=kind,
        hook=converter.get_structure_hook(kind),
        nullable=nullable,
        known=None if open_enum is None else members_by_value(open_enum),
        item=item,
        bare_item=bool(attribute.metadata.get(SINGLE)),
    )


def _writing_hook(converter: cattrs.Converter, cls: Any) -> Callable[[Any], Any]:
    attrs.resolve_types(cls)
    overrides: dict[str, Any] = {}
    outside_body: set[str] = set()
    if issubclass(cls, Request):
        outside_body = {p.name for p in cls.parameters if p.part is not Part.BODY}
    always_sent = {LIMIT} if issubclass(cls, Paged) else set()
    for attribute in attrs.fields(cls):
        if attribute.name in outside_body:
            overrides[attribute.name] = override(omit=True)
        else:
            overrides[attribute.name] = override(
                rename=attribute.metadata.get(WIRE, (None,))[0],
                omit_if_default=False if attribute.name in always_sent else None,
            )
    # Defaults are None or NOT_GIVEN, and SmartLead would refuse or misread them: send only what was set.
    return make_dict_unstructure_fn(cls, converter, _cattrs_omit_if_default=True, **overrides)


_fast: Final = make_converter(detailed=False)


@functools.cache
def _detailed() -> cattrs.Converter:
    return make_converter(detailed=True)


@functools.cache
def reader_of(kind: Any) -> Callable[[Any], Any]:
    """Return a function that reads parsed JSON as ``kind``: fast, then carefully if anything is wrong."""
    fast: Hook = _fast.get_structure_hook(kind)

    def read(value: Any) -> Any:
        try:
            return fast(value, kind)
        except Exception:  # noqa: BLE001, S110 - the careful pass finds out what it was
            pass
        return _read_carefully(value, kind)

    return read


def structure(value: Any, kind: Any) -> Any:
    """Read parsed JSON as ``kind``, or raise :class:`ResponseDecodeError` naming every place.

    The value is consumed: its lists may become the lists of the result.
    """
    return reader_of(kind)(value)


def _read_carefully(value: Any, kind: Any) -> Any:
    """Read slowly, collecting every problem with its place."""
    try:
        return _detailed().structure(value, kind)
    except Exception as problem:  # noqa: BLE001 - becomes the error, with the JSON path
        _use_wire_names(problem)
        lines = tuple(cattrs.transform_error(problem, "$", _say))
    raise ResponseDecodeError(lines)


def _use_wire_names(problem: BaseException) -> None:
    """Make the notes of a failure name JSON keys instead of attributes."""
    if not isinstance(problem, BaseExceptionGroup):
        return
    for inner in problem.exceptions:
        if isinstance(problem, ClassValidationError):
            for note in getattr(inner, "__notes__", ()):
                if isinstance(note, AttributeValidationNote):
                    note.name = _wire_name(problem.cl, note.name)
        _use_wire_names(inner)


def _wire_name(kind: Any, attribute: str) -> str:
    return _first_name(getattr(attrs.fields(kind), attribute))


def unstructure(value: Any) -> Any:
    """Return what goes into JSON for an instance: only what was set, under the documented names."""
    return _fast.unstructure(value)


def unstructuring(cls: Any) -> Callable[[Any], Any]:
    """:func:`unstructure` for one class, for those who do it often."""
    return _fast.get_unstructure_hook(cls)


def _say(problem: BaseException, _: Any) -> str:
    if isinstance(problem, KeyError):
        return "required field missing"
    return str(problem)
