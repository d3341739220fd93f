"""What the fake lets in: checks compiled from the request declarations, and the words of their refusals.

A declaration says which keys there are, which are required, their types, bounds, lengths, forms and enums;
each becomes a small function over parsed JSON. What it finds is a :class:`Problem`, and the live 400 body
(envelope 6) is its usual answer; a handler may say something else where the contract recorded that.
"""

from __future__ import annotations

import datetime as dt
import enum
import functools
import re
import types
import typing
from collections.abc import Callable, Container, Iterable, Mapping, Sequence
from typing import Any, Final, Literal, Union, get_args, get_origin

import attrs

from ..fields import WIRE, Between, Length, Matches, NotGiven, OneOf
from ..request import Parameter, Part, Request


class Kind(enum.Enum):
    """What can be wrong with a value."""

    UNKNOWN = "is not allowed"
    REQUIRED = "is required"
    TYPE = "type"
    ENUM = "enum"
    MINIMUM = "minimum"
    MAXIMUM = "maximum"
    SHORT = "short"
    LONG = "long"
    FORM = "form"


@attrs.define(eq=False)
class Problem(Exception):
    """One thing that is wrong with a request. ``path`` holds keys and list positions."""

    kind: Kind
    says: str
    value: Any = None
    limit: float | None = None
    path: tuple[str | int, ...] = ()

    @property
    def keys(self) -> str:
        """The place with dots: ``lead_list.2.email``."""
        return ".".join(map(str, self.path))

    @property
    def label(self) -> str:
        """The place as in code: ``lead_list[2].email``."""
        text = ""
        for part in self.path:
            text += f"[{part}]" if isinstance(part, int) else f".{part}" if text else part
        return text or "value"

    def body(self, source: str) -> dict[str, Any]:
        """The live answer to it."""
        return {
            "statusCode": 400,
            "error": "Bad Request",
            "message": f'"{self.label}" {self.says}',
            "validation": {"source": source, "keys": [self.keys] if self.path else []},
        }

    def below(self, step: str | int) -> Problem:
        """The same problem, seen from one step further out."""
        self.path = (step, *self.path)
        return self


Check = Callable[[Any], Any]
"""Gives the value (converted, in a query) or raises :class:`Problem`."""


# --- one value ---------------------------------------------------------------------------------------


def _text(value: Any) -> Any:
    if type(value) is not str:
        raise Problem(Kind.TYPE, "must be a string", value)
    return value


def _nullable_text(value: Any) -> Any:
    return None if value is None else _text(value)


def _text_or_number(value: Any) -> Any:
    if type(value) not in (str, int, float):
        raise Problem(Kind.TYPE, "must be one of [string, number]", value)
    return value


def _whole_number(value: Any) -> Any:
    if type(value) is int:
        return value
    if type(value) is float:
        if value.is_integer():
            return int(value)
        raise Problem(Kind.TYPE, "must be an integer", value)
    raise Problem(Kind.TYPE, "must be a number", value)


def _number(value: Any) -> Any:
    if type(value) not in (int, float):
        raise Problem(Kind.TYPE, "must be a number", value)
    return value


def _boolean(value: Any) -> Any:
    if type(value) is not bool:
        raise Problem(Kind.TYPE, "must be a boolean", value)
    return value


def _instant(value: Any) -> Any:
    if type(value) is str:
        try:
            dt.datetime.fromisoformat(value)
        except ValueError:
            pass
        else:
            return value
    raise Problem(Kind.TYPE, "must be a valid ISO 8601 date", value)


def _object(value: Any) -> Any:
    if type(value) is not dict:
        raise Problem(Kind.TYPE, "must be of type object", value)
    return value


def _anything(value: Any) -> Any:
    return value


def _one_of(allowed: Sequence[Any]) -> Check:
    known = frozenset(allowed)
    says = f"must be one of [{', '.join(map(str, allowed))}]"

    def check(value: Any) -> Any:
        if type(value) not in (str, int) or value not in known:
            raise Problem(Kind.ENUM, says, value)
        return value

    return check


def _list_of(item: Check) -> Check:
    def check(value: Any) -> Any:
        if type(value) is not list:
            raise Problem(Kind.TYPE, "must be an array", value)
        if item is not _anything:
            index = 0
            try:
                for index, element in enumerate(value):  # noqa: B007 - read when an item fails
                    item(element)
            except Problem as problem:
                raise problem.below(index) from None
        return value

    return check


def _nullable(inner: Check) -> Check:
    if inner is _text:
        return _nullable_text
    return lambda value: None if value is None else inner(value)


def _bounded(inner: Check, rules: Iterable[Any]) -> Check:
    for rule in rules:
        match rule:
            case Between():
                inner = _between(inner, rule)
            case Length():
                inner = _length(inner, rule)
            case Matches():
                inner = _form(inner, rule)
            case OneOf():
                inner = _chosen(inner, rule)
    return inner


def _between(inner: Check, rule: Between) -> Check:
    low, high = rule.minimum, rule.maximum

    def check(value: Any) -> Any:
        value = inner(value)
        if value is not None:
            if low is not None and value < low:
                raise Problem(Kind.MINIMUM, f"must be larger than or equal to {low:g}", value, low)
            if high is not None and value > high:
                raise Problem(Kind.MAXIMUM, f"must be less than or equal to {high:g}", value, high)
        return value

    return check


def _length(inner: Check, rule: Length) -> Check:
    low, high = rule.minimum, rule.maximum

    def check(value: Any) -> Any:
        value = inner(value)
        if value is None:
            return value
        of = "items" if type(value) is list else "keys" if type(value) is dict else "characters"
        if len(value) < low:
            raise Problem(Kind.SHORT, f"must contain at least {low} {of}", value, low)
        if high is not None and len(value) > high:
            raise Problem(Kind.LONG, f"must contain at most {high} {of}", value, high)
        return value

    return check


def _form(inner: Check, rule: Matches) -> Check:
    pattern = re.compile(rule.pattern)

    def check(value: Any) -> Any:
        value = inner(value)
        if value is not None and not pattern.fullmatch(value):
            raise Problem(Kind.FORM, f"must be {rule.description}", value)
        return value

    return check


def _chosen(inner: Check, rule: OneOf) -> Check:
    choice = _nullable(_one_of([member.value for member in rule.choices]))
    return lambda value: choice(inner(value))


# --- from annotations --------------------------------------------------------------------------------

_PLAIN: Final[dict[Any, Check]] = {
    str: _text,
    int: _whole_number,
    float: _number,
    bool: _boolean,
    dt.datetime: _instant,
    dt.date: _instant,
    Any: _anything,
    object: _anything,
}


def check_for(hint: Any) -> Check:  # noqa: PLR0911 - one line for each form a hint can take
    """The check for a type annotation."""
    if hint in _PLAIN:
        return _PLAIN[hint]
    origin, members = get_origin(hint), get_args(hint)
    if origin in (Union, types.UnionType):
        return _union(members)
    if origin is Literal:
        return _one_of(members)
    if isinstance(hint, type) and issubclass(hint, enum.Enum):
        return _one_of([m.value for m in hint])
    if attrs.has(hint):
        return ObjectCheck(hint)
    if isinstance(origin, type) and issubclass(origin, Mapping):
        return _object
    if isinstance(origin, type) and issubclass(origin, Iterable):
        return _list_of(check_for(members[0]) if members else _anything)
    if hint in (dict, Mapping):
        return _object
    return _list_of(_anything) if hint in (list, tuple, Sequence) else _anything


def _union(members: tuple[Any, ...]) -> Check:
    rest = [m for m in members if m is not type(None) and m is not NotGiven]
    closed = [m for m in rest if isinstance(m, type) and issubclass(m, enum.Enum)]
    if closed:
        # "an enum, or any text" lets a caller try new values; the server knows only the documented ones.
        check = check_for(closed[0])
    elif len(rest) == 1:
        check = check_for(rest[0])
    elif str in rest and (int in rest or float in rest):
        check = _text_or_number
    else:
        check = _first_that_fits([check_for(m) for m in rest])
    return _nullable(check) if type(None) in members else check


def _first_that_fits(checks: list[Check]) -> Check:
    def check(value: Any) -> Any:
        for attempt in checks[:-1]:
            try:
                return attempt(value)
            except Problem:
                continue
        return checks[-1](value)

    return check


def _rules(attribute: attrs.Attribute[Any]) -> tuple[list[Any], list[Any]]:
    """The validators of a field, and those of its items."""
    own: list[Any] = []
    of_items: list[Any] = []

    def collect(validator: Any) -> None:
        several = getattr(validator, "_validators", None)
        member = getattr(validator, "member_validator", None)
        inner = getattr(validator, "validator", None)
        if several is not None:
            for one in several:
                collect(one)
        elif member is not None:
            of_items.append(member)
            collect(getattr(validator, "iterable_validator", None))
        elif inner is not None:
            collect(inner)
        elif validator is not None:
            own.append(validator)

    collect(attribute.validator)
    return own, of_items


def _field_check(hint: Any, attribute: attrs.Attribute[Any]) -> Check:
    own, of_items = _rules(attribute)
    if of_items:
        members = get_args(hint) if get_origin(hint) in (Union, types.UnionType) else (hint,)
        nullable = type(None) in members
        listed = next(m for m in members if get_origin(m) is not None)
        check = _list_of(_bounded(check_for(get_args(listed)[0]), of_items))
        return _bounded(_nullable(check) if nullable else check, own)
    return _bounded(check_for(hint), own)


@functools.cache
def hints_of(cls: Any) -> dict[str, Any]:
    """The resolved annotations of a class."""
    return typing.get_type_hints(cls)


class ObjectCheck:
    """The check for a JSON object that an attrs class describes."""

    def __init__(self, cls: Any, only: Iterable[Parameter] | None = None) -> None:
        hints = hints_of(cls)
        self.checks: dict[str, Check] = {}
        self.required: list[str] = []
        fields: Iterable[tuple[attrs.Attribute[Any], str]]
        if only is None:
            fields = ((a, a.metadata.get(WIRE, (a.name,))[0]) for a in attrs.fields(cls))
        else:
            fields = ((p.attribute, p.wire) for p in only)
        for attribute, key in fields:
            self.checks[key] = _field_check(hints[attribute.name], attribute)
            if attribute.default is attrs.NOTHING:
                self.required.append(key)

    def __call__(self, value: Any) -> Any:
        if type(value) is not dict:
            raise Problem(Kind.TYPE, "must be of type object", value)
        for key in self.required:
            if key not in value:
                raise Problem(Kind.REQUIRED, "is required").below(key)
        checks = self.checks
        for key, one in value.items():
            check = checks.get(key)
            if check is None:
                raise Problem(Kind.UNKNOWN, "is not allowed", one).below(key)
            if type(one) is str and (check is _text or check is _nullable_text):
                continue  # most of a list of leads is this
            try:
                check(one)
            except Problem as problem:
                raise problem.below(key) from None
        return value


# --- a query, where everything is text -----------------------------------------------------------------


def _from_text(hint: Any) -> Callable[[str], Any]:
    """What a query parameter's text stands for; the check itself comes afterwards."""
    members = get_args(hint) if get_origin(hint) in (Union, types.UnionType) else (hint,)
    if str in members:
        return str
    if bool in members:
        return lambda text: {"true": True, "false": False}.get(text, text)
    if int in members or float in members:
        return _number_from_text
    return str


def _number_from_text(text: str) -> Any:
    try:
        return int(text)
    except ValueError:
        return text


class QueryCheck:
    """The check for a query: a known key, given once, of the right type. ``api_key`` goes without saying."""

    def __init__(self, cls: Any, parameters: Iterable[Parameter]) -> None:
        self.parts: dict[str, tuple[Callable[[str], Any], Check]] = {}
        self.required: list[str] = []
        for parameter in parameters:
            hint = hints_of(cls)[parameter.name]
            self.parts[parameter.wire] = _from_text(hint), _field_check(hint, parameter.attribute)
            if parameter.required:
                self.required.append(parameter.wire)

    def __call__(self, query: Mapping[str, str]) -> dict[str, Any]:
        given: dict[str, Any] = {}
        for key in self.required:
            if key not in query:
                raise Problem(Kind.REQUIRED, "is required").below(key)
        for key, text in query.items():
            if key == "api_key":
                continue
            part = self.parts.get(key)
            if part is None:
                raise Problem(Kind.UNKNOWN, "is not allowed", text).below(key)
            read, check = part
            try:
                given[key] = check(read(text))
            except Problem as problem:
                raise problem.below(key) from None
        return given


def body_check(request: type[Request[Any]], *, elsewhere: Container[str] = ()) -> Check | None:
    """The check for the body of a request; None when the operation takes none.

    ``elsewhere`` names fields that another form of the route carries in its path.
    """
    cls: Any = request
    for parameter in request.parameters:
        if parameter.part is Part.WHOLE_BODY:
            return _field_check(hints_of(cls)[parameter.name], parameter.attribute)
    parameters = [p for p in request.parameters if p.part is Part.BODY and p.name not in elsewhere]
    return ObjectCheck(cls, parameters) if parameters or request.operation.method != "GET" else None
