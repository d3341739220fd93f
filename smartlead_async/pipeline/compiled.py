"""Reading response classes fast: a function for each class, generated and compiled when it is first read.

A list of 10,000 campaigns is 10,000 times the same nineteen look-ups and checks. The generated function has
them in line; a value that such a check does not accept goes to the hook that reads it carefully.
"""

from __future__ import annotations

import datetime as dt
from typing import Any, Final

import attrs

from ..typed import MAX_INTEGER
from .coerce import Hook, first_found, parse_timestamp

_AS_IT_IS: Final = {
    str: "type(v) is str",
    # Above that, orjson returns 64 bits without a sign, or a float.
    int: f"type(v) is int and v <= {MAX_INTEGER}",
    float: "type(v) is float",
    bool: "v is True or v is False",
}
"""Conditions under which a JSON value already is the Python value."""


@attrs.frozen(kw_only=True, eq=False, repr=False)
class FieldReader:
    """The way one field is read.

    ``keys`` are tried in order until one holds more than null; dots step into objects. ``item`` is the type
    of the items of a list, and ``bare_item`` says that one item may come without the list. ``known`` are the
    members of an open enum by their strings, whether it is the type of the field or of its items.
    """

    attribute: attrs.Attribute[Any]
    keys: tuple[str, ...]
    kind: Any
    hook: Hook
    nullable: bool = False
    known: dict[str, Any] | None = None
    item: Any = None
    bare_item: bool = False


def compiled_reader(cls: Any, fields: list[FieldReader], as_object: Hook) -> Hook:
    """Return a function that reads a JSON object as ``cls``; ``as_object`` converts other values to one.

    An instance of ``cls`` is returned as it is: lists are read in place, and may be read twice.
    """
    names: dict[str, Any] = {"cls": cls, "as_object": as_object, "first_found": first_found}
    lines = [
        "def read(o, _):",
        "    if type(o) is not dict:",
        "        if type(o) is cls:",
        "            return o",
        "        o = as_object(o, cls)",
        "    get = o.get",
    ]
    in_place = _may_be_filled_in_place(cls)
    if in_place:
        names |= {"new": object.__new__, "draft": _draft_of(cls)}
        lines.append("    made = new(draft)")
    for number, field in enumerate(fields):
        target = f"made.{field.attribute.name}" if in_place else f"_{number}"
        lines += ["    " + line for line in _read_field(field, number, target, names)]
    if in_place:
        lines += ["    made.__class__ = cls", "    return made"]
    else:
        arguments = (f"{field.attribute.alias}=_{number}" for number, field in enumerate(fields))
        lines.append(f"    return cls({', '.join(arguments)})")
    # The source is made of identifiers and reprs of keys from our own declarations, never of received data.
    exec("\n".join(lines), names)  # noqa: S102
    reader: Hook = names["read"]
    return reader


def _may_be_filled_in_place(cls: Any) -> bool:
    """Return whether an instance is built by setting its slots and nothing else."""
    return (
        cls.__dictoffset__ == 0
        and not any(hasattr(cls, f"__attrs_{moment}_init__") for moment in ("pre", "post"))
        and all(a.init and not a.validator and not a.converter for a in attrs.fields(cls))
    )


def _draft_of(cls: Any) -> Any:
    """Return a class with the same slots that is not frozen, to fill an instance before its class is changed.

    The ``__init__`` of a frozen class goes through ``object.__setattr__`` for each field, which takes most of
    the time of reading a response. Both methods, because CPython keeps them in one place.
    """
    return type(
        cls.__name__,
        (cls,),
        {"__slots__": (), "__setattr__": object.__setattr__, "__delattr__": object.__delattr__},
    )


def _read_field(field: FieldReader, number: int, target: str, names: dict[str, Any]) -> list[str]:
    names[f"hook_{number}"], names[f"kind_{number}"] = field.hook, field.kind
    careful = f"hook_{number}(v, kind_{number})"
    if field.known is not None:
        names[f"known_{number}"] = field.known.get
    lines = _look_up(field)
    if field.bare_item:
        lines += ["if type(v) is str or type(v) is dict:", "    v = [v] if v else []"]
    otherwise = _without_value(field, number, target, names)
    lines += otherwise
    indent = "    " if otherwise else ""
    if otherwise:
        lines.append("else:")
    plain_item = str if field.item is not None and field.known is not None else field.item
    if plain_item in _AS_IT_IS:
        check = _AS_IT_IS[plain_item].replace("v is", "i is").replace("type(v)", "type(i)")
        # The parsed list itself if all of its items can stay, or a list of members if all are strings.
        taken = "v" if field.known is None else f"list(map(known_{number}, v, v))"
        reading = [
            "if type(v) is list:",
            "    for i in v:",
            f"        if not ({check}):",
            f"            {target} = {careful}",
            "            break",
            "    else:",
            f"        {target} = {taken}",
            "else:",
            f"    {target} = {careful}",
        ]
    elif field.known is not None:
        reading = [f"{target} = known_{number}(v, v) if type(v) is str else {careful}"]
    elif field.kind is dt.datetime:
        # SmartLead writes timestamps with a Z at the end, which need no care.
        names["parse_timestamp"] = parse_timestamp
        reading = [f"{target} = parse_timestamp(v) if type(v) is str and v[-1:] == 'Z' else {careful}"]
    elif field.kind in _AS_IT_IS:
        reading = [f"{target} = v if {_AS_IT_IS[field.kind]} else {careful}"]
    elif field.kind is Any:
        reading = [f"{target} = v"]
    else:
        reading = [f"{target} = {careful}"]
    return lines + [indent + line for line in reading]


def _look_up(field: FieldReader) -> list[str]:
    """Return lines that leave the value in ``v``, or raise KeyError if a required one is missing."""
    first, *others = field.keys
    required = field.attribute.default is attrs.NOTHING
    if "." not in first and not others:
        return [f"v = o[{first!r}]" if required else f"v = get({first!r})"]
    lines = ["v = None"]
    for key in field.keys:
        found = f"first_found(o, ({key!r},))" if "." in key else f"get({key!r})"
        lines += ["if v is None:", f"    v = {found}"]
    if required:
        # None of the other keys has it: it is missing, or null.
        lines += ["if v is None:", f"    v = o[{first!r}]"]
    return lines


def _without_value(field: FieldReader, number: int, target: str, names: dict[str, Any]) -> list[str]:
    """Return lines for a null, which a missing optional field looks like; none if null is an error."""
    default = field.attribute.default
    if default is attrs.NOTHING:
        return ["if v is None:", f"    {target} = None"] if field.nullable else []
    if isinstance(default, attrs.Factory):  # type: ignore[arg-type] # attrs types it as a function
        names[f"default_{number}"] = default.factory  # type: ignore[union-attr]
        return ["if v is None:", f"    {target} = default_{number}()"]
    names[f"default_{number}"] = default
    return ["if v is None:", f"    {target} = default_{number}"]
