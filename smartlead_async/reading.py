"""From parsed JSON to values and classes: what is taken for what, and the quick way through a whole class.

The values first. Then answer classes: a list of 10,000 campaigns is 10,000 times the same nineteen look-ups
and checks, so for every class they are written out once as a Python function, with the checks of plain values
in line, and compiled when the class is first read. What such a check does not take goes to the hook that
reads it the careful way.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from typing import Any, Final

import attrs

Hook = Callable[[Any, Any], Any]
"""Reads a value as a kind: ``hook(value, kind)``, as cattrs calls it."""

_parse_instant: Final = dt.datetime.fromisoformat


# --- values -------------------------------------------------------------------------------------------


def read_text(value: Any, _: Any) -> str:
    """A text; numbers too, since phone numbers and ids come as either."""
    if isinstance(value, str):
        return value
    # None, lists and objects are never a text.
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return str(value)
    raise unexpected("a text", value)


def read_integer(value: Any, _: Any) -> int:
    """A whole number, be it as its digits or with a zero behind the point."""
    if type(value) is int:
        return value
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if isinstance(value, str) and value.strip().lstrip("+-").isdecimal():
        return int(value)
    raise unexpected("a whole number", value)


def read_number(value: Any, _: Any) -> float:
    """A number, be it as its digits or with a percent sign."""
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return float(value)
    if isinstance(value, str):
        try:
            return float(value.strip().removesuffix("%"))
        except ValueError:
            pass
    raise unexpected("a number", value)


def read_boolean(value: Any, _: Any) -> bool:
    """True or false, also as 0 and 1 and as their texts."""
    if isinstance(value, bool):
        return value
    match value:
        case 0 | "false" | "False" | "0":
            return False
        case 1 | "true" | "True" | "1":
            return True
        case _:
            raise unexpected("true or false", value)


def read_instant(value: Any, _: Any) -> dt.datetime:
    """A date and time; UTC where no zone is given."""
    if isinstance(value, str):
        try:
            instant = _parse_instant(value.strip())
        except ValueError:
            raise ValueError(f"expected a date and time, got {value[:40]!r}") from None
        return instant if instant.tzinfo else instant.replace(tzinfo=dt.UTC)
    raise unexpected("a date and time", value)


def read_day(value: Any, _: Any) -> dt.date:
    """A date, from a text that may go on with a time."""
    if isinstance(value, str):
        try:
            return dt.date.fromisoformat(value.strip()[:10])
        except ValueError:
            raise ValueError(f"expected a date, got {value[:40]!r}") from None
    raise unexpected("a date", value)


def unexpected(what: str, value: Any) -> ValueError:
    """The error for a value of another kind."""
    return ValueError(f"expected {what}, got {_kind(value)}")


def _kind(value: Any) -> str:
    match value:
        case None:
            return "null"
        case bool():
            return str(value).lower()
        case str():
            return f"the text {value[:40]!r}"
        case Mapping():
            return "an object"
        case list():
            return "a list"
        case _:
            return repr(value)[:40]


# --- classes ------------------------------------------------------------------------------------------

_AS_IT_IS: Final = {
    str: "type(v) is str",
    int: "type(v) is int",
    float: "type(v) is float",
    bool: "v is True or v is False",
}
"""Under what condition a value of JSON is the Python value."""


@attrs.frozen(kw_only=True, eq=False, repr=False)
class FieldReader:
    """How one field is read.

    ``keys`` are tried in order until one holds more than null; dots step into objects. ``item`` is the kind
    of a list's items, ``bare_item`` says that the list may come as its only item. ``known`` are the members
    of an open enum by their texts, be it the field's or the items'.
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
    """A function that reads a JSON object as ``cls``; ``as_object`` finds the object in whatever else came.

    An instance of ``cls`` is given back as it is: lists are read in place, and may be read twice.
    """
    names: dict[str, Any] = {"cls": cls, "as_object": as_object, "step_into": _step_into}
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
    # The texts in there are identifiers and reprs of keys out of our own declarations, nothing that was sent.
    exec("\n".join(lines), names)  # noqa: S102
    reader: Hook = names["read"]
    return reader


def _may_be_filled_in_place(cls: Any) -> bool:
    """Whether building an instance is nothing but setting its slots."""
    return (
        cls.__dictoffset__ == 0
        and not any(hasattr(cls, f"__attrs_{moment}_init__") for moment in ("pre", "post"))
        and all(a.init and not a.validator and not a.converter for a in attrs.fields(cls))
    )


def _draft_of(cls: Any) -> Any:
    """The same slots, not frozen: an instance is filled as a draft, and its class is changed in the end.

    The ``__init__`` of a frozen class goes through ``object.__setattr__`` for each field, which takes most of
    the time in which an answer is read. Both methods, because CPython keeps them in one place.
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
        lines += ["if type(v) is str:", "    v = [v] if v else []"]
    otherwise = _without_value(field, number, target, names)
    lines += otherwise
    indent = "    " if otherwise else ""
    if otherwise:
        lines.append("else:")
    plain_item = str if field.item is not None and field.known is not None else field.item
    if plain_item in _AS_IT_IS:
        check = _AS_IT_IS[plain_item].replace("v is", "i is").replace("type(v)", "type(i)")
        # Our own list already, if all that is in it can stay; or a list of members, if all are texts.
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
        # With its zone at the end, as SmartLead writes it, there is nothing to be careful about.
        names["parse_instant"] = _parse_instant
        reading = [f"{target} = parse_instant(v) if type(v) is str and v[-1:] == 'Z' else {careful}"]
    elif field.kind in _AS_IT_IS:
        reading = [f"{target} = v if {_AS_IT_IS[field.kind]} else {careful}"]
    elif field.kind is Any:
        reading = [f"{target} = v"]
    else:
        reading = [f"{target} = {careful}"]
    return lines + [indent + line for line in reading]


def _look_up(field: FieldReader) -> list[str]:
    """Lines that leave the value in ``v``; a KeyError when a required one is missing."""
    first, *others = field.keys
    required = field.attribute.default is attrs.NOTHING
    if "." not in first and not others:
        return [f"v = o[{first!r}]" if required else f"v = get({first!r})"]
    lines = ["v = None"]
    for key in field.keys:
        found = f"step_into(o, {key.split('.')!r})" if "." in key else f"get({key!r})"
        lines += ["if v is None:", f"    v = {found}"]
    if required:
        # None of the others has it: missing, unless it is there and null.
        lines += ["if v is None:", f"    v = o[{first!r}]"]
    return lines


def _without_value(field: FieldReader, number: int, target: str, names: dict[str, Any]) -> list[str]:
    """Lines for a null, if a null (which an optional field that is missing looks like) is no matter."""
    default = field.attribute.default
    if default is attrs.NOTHING:
        return ["if v is None:", f"    {target} = None"] if field.nullable else []
    if isinstance(default, attrs.Factory):  # type: ignore[arg-type] # attrs types it as a function
        names[f"default_{number}"] = default.factory  # type: ignore[union-attr]
        return ["if v is None:", f"    {target} = default_{number}()"]
    names[f"default_{number}"] = default
    return ["if v is None:", f"    {target} = default_{number}"]


def _step_into(value: dict[str, Any], steps: list[str]) -> Any:
    found: Any = value
    for step in steps:
        found = found.get(step) if isinstance(found, dict) else None
    return found
