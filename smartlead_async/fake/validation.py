"""Validation of requests: checks compiled from the request declarations.

A declaration names the keys of a request, which of them are required, and their types, bounds, lengths,
patterns and enums. The first violation is raised as a :class:`Problem`; the usual response to it is the live
400 body (envelope 6), unless a handler has recorded a different one.
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

from ..fields import WIRE, Between, NotGiven
from ..request import Parameter, Part, Request
from .problem import Problem, ProblemKind
from .value_checks import (
    Check,
    bounded,
    check_anything,
    check_boolean,
    check_integer,
    check_iso_8601,
    check_json_object,
    check_nullable_string,
    check_number,
    check_string,
    check_string_or_number,
    digits_or,
    list_of,
    nullable,
    one_of,
)

_PLAIN: Final[dict[Any, Check]] = {
    str: check_string,
    int: check_integer,
    float: check_number,
    bool: check_boolean,
    dt.datetime: check_iso_8601,
    dt.date: check_iso_8601,
    Any: check_anything,
    object: check_anything,
}


def check_for(hint: Any) -> Check:  # noqa: PLR0911 - one line for each form of a type hint
    """Return the check for a type annotation."""
    if hint in _PLAIN:
        return _PLAIN[hint]
    origin, members = get_origin(hint), get_args(hint)
    if origin in (Union, types.UnionType):
        return _union(members)
    if origin is Literal:
        return one_of(members)
    if isinstance(hint, type) and issubclass(hint, enum.Enum):
        return one_of([m.value for m in hint])
    if attrs.has(hint):
        return ObjectCheck(hint)
    if isinstance(origin, type) and issubclass(origin, Mapping):
        return check_json_object
    if isinstance(origin, type) and issubclass(origin, Iterable):
        return list_of(check_for(members[0]) if members else check_anything)
    if hint in (dict, Mapping):
        return check_json_object
    return list_of(check_anything) if hint in (list, tuple, Sequence) else check_anything


def _union(members: tuple[Any, ...]) -> Check:
    options = [m for m in members if m is not type(None) and m is not NotGiven]
    closed = [m for m in options if isinstance(m, type) and issubclass(m, enum.Enum)]
    if closed:
        # "an enum, or any string" lets a caller send new values; the server accepts only documented ones.
        check = check_for(closed[0])
    elif len(options) == 1:
        check = check_for(options[0])
    elif str in options and (int in options or float in options):
        check = check_string_or_number
    else:
        check = _any_of([check_for(m) for m in options])
    return nullable(check) if type(None) in members else check


def _any_of(checks: list[Check]) -> Check:
    def check(value: Any) -> Any:
        for attempt in checks[:-1]:
            try:
                return attempt(value)
            except Problem:
                continue
        return checks[-1](value)

    return check


def rules_of(attribute: attrs.Attribute[Any]) -> tuple[list[Any], list[Any]]:
    """Return the validators of a field, and those of its items."""
    own: list[Any] = []
    of_items: list[Any] = []

    def collect(validator: Any) -> None:
        several = getattr(validator, "_validators", None)
        member = getattr(validator, "member_validator", None)
        inner = getattr(validator, "validator", None)
        if several is not None:
            for each in several:
                collect(each)
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
    own, of_items = rules_of(attribute)
    if of_items:
        members = get_args(hint) if get_origin(hint) in (Union, types.UnionType) else (hint,)
        listed = next(m for m in members if get_origin(m) is not None)
        check = list_of(bounded(check_for(get_args(listed)[0]), of_items))
        return bounded(nullable(check) if type(None) in members else check, own)
    return bounded(check_for(hint), own)


@functools.cache
def hints_of(cls: Any) -> dict[str, Any]:
    """Return the resolved annotations of a class."""
    return typing.get_type_hints(cls)


class ObjectCheck:
    """A check for a JSON object that an attrs class describes."""

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
            check = _field_check(hints[attribute.name], attribute)
            self.checks[key] = digits_or(check) if key == "email_lead_map_id" else check
            if attribute.default is attrs.NOTHING:
                self.required.append(key)

    def __call__(self, value: Any) -> Any:
        """Return the valid value, or raise :class:`Problem`."""
        if type(value) is not dict:
            raise Problem(ProblemKind.TYPE, "must be of type object", value)
        for key in self.required:
            if key not in value:
                raise Problem(ProblemKind.REQUIRED, "is required").within(key)
        checks = self.checks
        for key, item in value.items():
            check = checks.get(key)
            if check is None:
                raise Problem(ProblemKind.UNKNOWN, "is not allowed", item).within(key)
            if type(item) is str and (check is check_string or check is check_nullable_string):
                continue  # Fast path: most values in a list of leads are strings.
            try:
                checked = check(item)
                if checked is not item:
                    value[key] = checked
            except Problem as problem:
                raise problem.within(key) from None
        return value


def _query_parser(hint: Any) -> Callable[[str], Any]:
    """Return the parser of a query parameter; the check itself follows."""
    members = get_args(hint) if get_origin(hint) in (Union, types.UnionType) else (hint,)
    listed = next((m for m in members if get_origin(m) is Sequence), None)
    if listed is not None:
        parse_item = _query_parser(get_args(listed)[0])
        return lambda text: [parse_item(item) for item in text.split(",")]
    if str in members:
        return str
    if bool in members:
        return lambda text: {"true": True, "false": False}.get(text, text)
    if int in members or float in members:
        return parse_integer
    return str


_INTEGER: Final = re.compile("-?[0-9]+")


def parse_integer(text: str) -> Any:
    """Return the number that a string of ASCII digits stands for, and any other string as it is."""
    if not _INTEGER.fullmatch(text):
        return text
    # Python refuses to convert very long strings; as a float, the check refuses them.
    return int(text) if len(text) < 20 else float(text)


PAGE_BOUNDS: Final = {"limit": (Between(minimum=1),), "offset": (Between(minimum=0),)}
"""Bounds of pages, also where the contract names none: pages of no items would never end."""


class QueryCheck:
    """A check for a query string: known keys with values of the right type. ``api_key`` is always allowed."""

    def __init__(self, cls: Any, parameters: Iterable[Parameter]) -> None:
        self._parsers: dict[str, tuple[Callable[[str], Any], Check]] = {}
        self.required: list[str] = []
        for parameter in parameters:
            hint = hints_of(cls)[parameter.name]
            check = bounded(_field_check(hint, parameter.attribute), PAGE_BOUNDS.get(parameter.wire, ()))
            self._parsers[parameter.wire] = _query_parser(hint), check
            if parameter.required:
                self.required.append(parameter.wire)

    def __call__(self, query: Mapping[str, str]) -> dict[str, Any]:
        """Return the parsed parameters, or raise :class:`Problem`."""
        parsed: dict[str, Any] = {}
        for key in self.required:
            if key not in query:
                raise Problem(ProblemKind.REQUIRED, "is required").within(key)
        for key, text in query.items():
            if key == "api_key":
                continue
            found = self._parsers.get(key)
            if found is None:
                raise Problem(ProblemKind.UNKNOWN, "is not allowed", text).within(key)
            parse, check = found
            try:
                parsed[key] = check(parse(text))
            except Problem as problem:
                raise problem.within(key) from None
        return parsed


def body_check(request: type[Request[Any]], *, in_path: Container[str] = ()) -> Check | None:
    """Return the check for the body of a request; None if the operation has no body.

    ``in_path`` names fields that another form of the route carries in its path.
    """
    cls: Any = request
    for parameter in request.parameters:
        if parameter.part is Part.WHOLE_BODY:
            return _field_check(hints_of(cls)[parameter.name], parameter.attribute)
    parameters = [p for p in request.parameters if p.part is Part.BODY and p.name not in in_path]
    return ObjectCheck(cls, parameters) if parameters or request.operation.method != "GET" else None
