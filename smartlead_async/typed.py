"""Types at construction: a class that users construct refuses values of the wrong type, by name.

    LeadInput(5)     # WrongType: LeadInput.email must be a string, not 5 (an integer)

The rules come from the annotations. Integers are accepted where a number is due, any sequence but a string or
bytes where a list is due, and the string of an enum member where the annotation allows strings. Nothing is
converted. A datetime must be aware, ``Any`` is any value that JSON can carry, and NaN is not a number.
"""

from __future__ import annotations

import datetime as dt
import enum
import math
import types
from collections.abc import Callable, Collection, Mapping, Sequence
from collections.abc import Set as AbstractSet
from typing import Any, Final, Literal, NamedTuple, TypeGuard, Union, get_args, get_origin, get_type_hints

import attrs

_MAX_DEPTH: Final = 100
_MAX_SHOWN: Final = 40

MIN_INTEGER: Final = -(2**63)
MAX_INTEGER: Final = 2**63 - 1
"""The bounds of integers in JSON and in ledgers; no id or count is larger."""


class WrongType(ValueError, TypeError):
    """A value has the wrong type: a ``ValueError`` like every other refused value, and a ``TypeError``."""


class Typed:
    """The base of attrs classes whose instances users construct: each value has the type of its field."""

    __slots__ = ()

    @classmethod
    def __attrs_init_subclass__(cls) -> None:
        # A subclass has fields of its own, so the check of its base class does not fit it.
        cls.__attrs_pre_init__ = Typed.__attrs_pre_init__  # type: ignore[method-assign]

    def __attrs_pre_init__(self, *args: Any, **kwargs: Any) -> None:
        """Check the values before attrs stores, converts or validates them."""
        check = _compiled(type(self))
        if args or kwargs:
            # From now on, attrs calls the compiled check instead of this method.
            type(self).__attrs_pre_init__ = check  # type: ignore[method-assign]
        check(self, *args, **kwargs)


class Mismatch(NamedTuple):
    """A value of the wrong type: where it is within the value of the field, what is due, and what it is."""

    where: str
    due: str
    value: object

    def message(self, name: str, *, secret: bool = False) -> str:
        """Return the message for the value of a field; that of a secret is not shown."""
        given = _with_article(type(self.value)) if secret else _given(self.value)
        return f"{name}{self.where} must be {self.due}, not {given}"


def check_values(owner: str, kinds: Mapping[str, Any], values: Mapping[str, object]) -> None:
    """Raise :class:`WrongType` for the first value that does not have the type of its name."""
    for name, value in values.items():
        if name in kinds and (found := mismatch(kinds[name], value)):
            raise WrongType(found.message(f"{owner}.{name}"))


def union_members(kind: Any) -> tuple[Any, ...]:
    """Return the members of a union; nothing for any other annotation."""
    return get_args(kind) if get_origin(kind) in (Union, types.UnionType) else ()


def mismatch(kind: Any, value: object, where: str = "", depth: int = 0) -> Mismatch | None:
    """Return where a value, or one within it, does not have a type; None if all is well."""
    if depth > _MAX_DEPTH:
        return Mismatch(where, f"nested at most {_MAX_DEPTH} deep", value)
    if members := union_members(kind):
        found = [mismatch(member, value, where, depth) for member in members]
        if None in found:
            return None
        # A wrong item of a list says more than that the list is wrong.
        inner = (each for each in found if each is not None and each.where != where)
        return next(inner, Mismatch(where, _due(kind), value))
    origin = get_origin(kind) or kind
    examine = _CONTAINERS.get(origin)
    if examine is not None:
        return examine(kind, value, where, depth)
    return None if _is_a(origin, get_args(kind), value) else Mismatch(where, _due(kind), value)


def is_list(value: object) -> TypeGuard[Sequence[Any]]:
    """Return whether a value may stand where a list is due: any sequence but a string or bytes."""
    return isinstance(value, Sequence) and not isinstance(value, _NO_LISTS)


def _mismatch_of_collection(kind: Any, value: object, where: str, depth: int) -> Mismatch | None:
    if isinstance(value, AbstractSet):
        value = tuple(value)
    return _mismatch_of_list(kind, value, where, depth)


def _mismatch_of_list(kind: Any, value: object, where: str, depth: int) -> Mismatch | None:
    if not is_list(value):
        return Mismatch(where, _due(kind), value)
    item_kind = get_args(kind)[0]
    found = (mismatch(item_kind, item, f"{where}[{index}]", depth + 1) for index, item in enumerate(value))
    return next((each for each in found if each is not None), None)


def _mismatch_of_mapping(kind: Any, value: object, where: str, depth: int) -> Mismatch | None:
    if not isinstance(value, Mapping):
        return Mismatch(where, _due(kind), value)
    key_kind, item_kind = get_args(kind)
    for key, item in value.items():
        if wrong_key := mismatch(key_kind, key, f"{where} key", depth + 1):
            return wrong_key
        if wrong_item := mismatch(item_kind, item, f"{where}[{_given_key(key)}]", depth + 1):
            return wrong_item
    return None


def _mismatch_with_json(_: Any, value: object, where: str, depth: int) -> Mismatch | None:
    if isinstance(value, Mapping):
        return _mismatch_of_mapping(Mapping[str, Any], value, where, depth)
    if is_list(value):
        return _mismatch_of_list(Sequence[Any], value, where, depth)
    is_finite = not isinstance(value, float) or math.isfinite(value)
    if is_finite and (attrs.has(type(value)) or any(_is_a(kind, (), value) for kind in _SCALARS)):
        return None
    return Mismatch(where, "a value that JSON can carry", value)


_CONTAINERS: Final[dict[Any, Callable[[Any, object, str, int], Mismatch | None]]] = {
    Collection: _mismatch_of_collection,
    Sequence: _mismatch_of_list,
    list: _mismatch_of_list,
    tuple: _mismatch_of_list,
    Mapping: _mismatch_of_mapping,
    dict: _mismatch_of_mapping,
    Any: _mismatch_with_json,
}
_NO_LISTS: Final = (str, bytes, bytearray, memoryview)
_SCALARS: Final = (str, bool, int, float, dt.date, dt.datetime, enum.Enum, None)


def _is_integer(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and MIN_INTEGER <= value <= MAX_INTEGER


_RULES: Final[dict[Any, Callable[[Any], bool]]] = {
    None: lambda value: value is None,
    types.NoneType: lambda value: value is None,
    int: _is_integer,
    float: lambda value: _is_integer(value) or (isinstance(value, float) and value == value),  # noqa: PLR0124
    dt.datetime: lambda value: isinstance(value, dt.datetime) and value.tzinfo is not None,
    dt.date: lambda value: isinstance(value, dt.date) and not isinstance(value, dt.datetime),
    Callable: callable,
}


def _is_a(kind: Any, arguments: tuple[Any, ...], value: Any) -> bool:
    """Return whether a value has a type that is neither a union nor a container."""
    if kind in _RULES:
        return _RULES[kind](value)
    if kind is Literal:
        return isinstance(value, str) and value in arguments
    if not isinstance(kind, type):
        return True
    if getattr(kind, "_is_protocol", False):
        return not isinstance(value, type) and all(
            hasattr(value, name) for name in vars(kind) if not name.startswith("_")
        )
    return isinstance(value, kind)


# --- messages -----------------------------------------------------------------------------------------
_NAMES: Final = {
    str: "a string",
    int: "an integer",
    float: "a number",
    bool: "a boolean",
    dt.datetime: "an aware datetime",
    dt.date: "a date",
    types.NoneType: "None",
    list: "a list",
    Collection: "a list, tuple or set",
    Sequence: "a list or tuple",
    tuple: "a list or tuple",
    Mapping: "a dict",
    dict: "a dict",
    Callable: "a callable",
}


def _due(kind: Any) -> str:
    members = union_members(kind)
    if not members:
        origin = get_origin(kind) or kind
        if origin is Literal:
            return f"one of {', '.join(map(repr, get_args(kind)))}"
        return _NAMES.get(origin) or _with_article(origin)
    # The strings of an enum stand for its members, and a marker for "not given" is not worth a mention.
    named = [m for m in members if not (isinstance(m, type) and issubclass(m, enum.Enum))] or list(members)
    *others, last = [_due(m) for m in sorted(named, key=lambda m: m is types.NoneType)]
    return f"{', '.join(others)} or {last}" if others else last


def _with_article(kind: Any) -> str:
    known = "a datetime" if kind is dt.datetime else "a tuple" if kind is tuple else _NAMES.get(kind)
    name = getattr(kind, "__name__", str(kind))
    return known or f"{'an' if name[:1].lower() in 'aeiou' else 'a'} {name}"


def _given(value: object) -> str:
    kind = _with_article(type(value))
    match value:
        case None:
            return "None"
        case bool() | float():
            return f"{value} ({kind})"
        case int():
            bits = value.bit_length()
            return (
                f"{value} ({kind})" if bits < _MAX_SHOWN else f"an integer of {bits} bits, which is too large"
            )
        case str():
            return f"{_shown(value)} ({kind})"
        case dt.datetime():
            return kind if value.tzinfo else f"{kind} without a time zone"
        case _:
            return kind


def _given_key(key: object) -> str:
    return _shown(key) if isinstance(key, str) else _given(key)


def _shown(text: str) -> str:
    from .redaction import without_addresses  # noqa: PLC0415 - start-up time: it compiles large patterns

    text = without_addresses(text[:1000])
    return repr(text if len(text) <= _MAX_SHOWN else text[: _MAX_SHOWN - 1] + "…")


# --- the check of a class -----------------------------------------------------------------------------
_JSON_SCALARS: Final = frozenset({str, bool, types.NoneType})
_BUILTINS: Final = {kind.__name__.upper(): kind for kind in (type, str, int, float, list, tuple, dict, map)}
"""The names of built-ins in a check, whose parameters may be called ``type`` or ``list``."""
_SIMPLE: Final = {
    str: "TYPE({0}) is STR",
    bool: "({0} is True or {0} is False)",
    int: f"(TYPE({{0}}) is INT and {MIN_INTEGER} <= {{0}} <= {MAX_INTEGER})",
    float: "(TYPE({0}) is FLOAT and {0} == {0})",
    types.NoneType: "{0} is None",
}


def _compiled(cls: Any) -> Callable[..., None]:
    """Return the check of a class, which takes the same arguments as its ``__init__``.

    It is compiled, since hundreds of thousands of leads are made: a value of the usual type costs one
    comparison, and only one that fails it is examined.
    """
    try:
        kinds = get_type_hints(cls)
    except NameError:
        kinds = {}  # an annotation that exists for type checkers only
    names: dict[str, Any] = dict(_BUILTINS)
    fields = [a for a in attrs.fields(cls) if a.init]
    keywords = [a.alias for a in fields if a.kw_only]
    parameters = [a.alias for a in fields if not a.kw_only] + (["*", *keywords] if keywords else [])
    lines = [f"def check({', '.join(['self', *parameters])}):"]
    for number, field in enumerate(fields):
        if field.name in kinds:
            names[f"EXAMINE_{number}"] = _examiner(cls, field, kinds[field.name])
            usual = _usual(kinds[field.name], field.alias, f"_{number}", names)
            lines += [f"    if not ({usual}):", f"        EXAMINE_{number}({field.alias})"]
    # The source is made of identifiers of our own declarations, never of received data.
    exec("\n".join([*lines, "    return"]), names)  # noqa: S102
    check: Callable[..., None] = names["check"]
    return check


def _usual(kind: Any, value: str, suffix: str, names: dict[str, Any]) -> str:
    """Return an expression that is true for the usual values of a type, and for no wrong ones."""
    members = sorted(union_members(kind) or (kind,), key=lambda member: member is not types.NoneType)
    conditions = []
    for index, member in enumerate(members):
        name = f"{suffix}_{index}"
        if member in _SIMPLE:
            conditions.append(_SIMPLE[member].format(value))
        elif isinstance(member, type) and (issubclass(member, enum.Enum) or attrs.has(member)):
            names[f"KIND{name}"] = member
            conditions.append(f"TYPE({value}) is KIND{name}")
        elif get_origin(member) is Sequence and (item := get_args(member)[0]) and _is_plain(item):
            names[f"ITEMS{name}"] = frozenset({item})
            conditions.append(
                f"(TYPE({value}) is LIST or TYPE({value}) is TUPLE) and "
                f"ITEMS{name}.issuperset(MAP(TYPE, {value}))"
            )
        elif member == Mapping[str, Any]:
            names |= {f"ITEMS{name}": _JSON_SCALARS, f"KEYS{name}": frozenset({str})}
            conditions.append(
                f"TYPE({value}) is DICT and KEYS{name}.issuperset(MAP(TYPE, {value})) and "
                f"ITEMS{name}.issuperset(MAP(TYPE, {value}.values()))"
            )
    return " or ".join(conditions) or "False"


def _is_plain(kind: Any) -> bool:
    return kind is str or (isinstance(kind, type) and attrs.has(kind))


def _examiner(cls: type, field: Any, kind: Any) -> Callable[[object], None]:
    name, secret = f"{cls.__name__}.{field.alias}", field.repr is not True

    def examine(value: object) -> None:
        if value is not attrs.NOTHING and (found := mismatch(kind, value)):
            raise WrongType(found.message(name, secret=secret))

    return examine
