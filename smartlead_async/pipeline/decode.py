"""From parsed JSON to the response of an operation: unwrap the envelope, read the declared type."""

from __future__ import annotations

import functools
import re
from codecs import BOM_UTF8
from collections.abc import Callable
from typing import Any, Final, get_args, get_origin

import attrs
import orjson

from ..errors import ResponseDecodeError
from ..fields import WIRE
from ..paging import Page
from ..request import Operation, with_arguments
from .annotations import is_list, is_map, without_none
from .coerce import first_found
from .converter import reader_of

_PAIR_OR_HALF: Final = (
    rb"\\\\"
    rb"|\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}"
    rb"|(?P<half>\\u[dD][89a-fA-F][0-9a-fA-F]{2})"
)
"""An escaped backslash, an escaped pair of surrogates, or half of one."""


class Missing(Exception):
    """Raised for a 200 with nothing in it, which is how SmartLead says that there is no such object."""


def parse(body: bytes, *, status: int = 200) -> Any:
    """Parse JSON, or raise :class:`ResponseDecodeError` (``malformed``)."""
    try:
        return load(body)
    except orjson.JSONDecodeError as problem:
        line = f"{problem.msg} @ $ (line {problem.lineno}, column {problem.colno})"
    raise ResponseDecodeError((line,), malformed=True, status=status)


def load(body: bytes) -> Any:
    """Parse JSON that may begin with a byte order mark, and hold halves of characters.

    Servers in JavaScript cut texts, such as the preview of a mail, in the middle of a surrogate pair. The
    half is replaced by U+FFFD, as a text with it could be neither printed nor sent.
    """
    try:
        return orjson.loads(body)
    except orjson.JSONDecodeError:
        mended = re.sub(_PAIR_OR_HALF, _replace_half, body.removeprefix(BOM_UTF8))
        if mended == body:
            raise
    return orjson.loads(mended)


def _replace_half(match: re.Match[bytes]) -> bytes:
    return match[0] if match["half"] is None else rb"\ufffd"


def decode(operation: Operation, value: Any) -> Any:
    """Return the response of an operation from parsed JSON, or raise :class:`Missing`.

    The value is used up: lists in it are converted in place.
    """
    return _decoder(operation)(value)


@functools.cache
def _decoder(operation: Operation) -> Callable[[Any], Any]:
    """Return :func:`decode` for one operation, with what follows from its declaration worked out once."""
    kind, optional = without_none(operation.response_type)
    if is_page(kind):
        return _page_reader(operation, kind)
    may_be_missing = optional or _needs_fields(kind)
    unwrapped, read_kind = _unwrapping(operation, kind), reader_of(kind)

    def read(value: Any) -> Any:
        value = unwrapped(value)
        if not value and may_be_missing and value in ({}, None, ""):
            if optional:
                return None
            raise Missing
        return read_kind(value)

    return read


def content_of(operation: Operation, value: Any) -> tuple[str, Any, Any]:
    """Return where the content of a parsed response is, its type, and the content without the envelope.

    The content of a page is its list.
    """
    kind, _ = without_none(operation.response_type)
    if is_page(kind):
        place, page = _located_page(operation, value)
        if isinstance(page, dict):
            data = attrs.fields_dict(attrs.resolve_types(get_origin(kind)))["data"]
            return place, with_arguments(data.type, kind), page.get("data")
        return place, Any, page
    return "$", kind, _unwrapping(operation, kind)(value)


def is_page(kind: Any) -> bool:
    """Return whether an annotation is a :class:`Page` of some item, or such a class derived from it."""
    origin = get_origin(kind)
    return isinstance(origin, type) and issubclass(origin, Page)


def accepts_nothing(kind: Any) -> bool:
    """Return whether "no such object" is a result (``Request[X | None]``) and not an error."""
    return without_none(kind)[1]


@functools.cache
def _needs_fields(kind: Any) -> bool:
    return attrs.has(kind) and any(a.default is attrs.NOTHING for a in attrs.fields(kind))


def _wire_keys(kind: Any) -> set[str]:
    return {name.partition(".")[0] for a in attrs.fields(kind) for name in a.metadata.get(WIRE, (a.name,))}


def _unwrapping(operation: Operation, kind: Any) -> Callable[[Any], Any]:
    """Return a function that takes a response out of its envelope, if it has one."""
    if attrs.has(kind):
        own = _wire_keys(kind)
        return _object_under(tuple(key for key in operation.unwrap if key not in own))
    if is_list(kind):
        if operation.list_or_item:
            return _in_a_list(operation.unwrap, get_args(kind)[0])
        return functools.partial(_first_in, operation.unwrap, list)
    if is_map(kind):
        return functools.partial(_first_in, operation.unwrap, dict)
    return lambda value: value


def _in_a_list(unwrap: tuple[str, ...], item: Any) -> Callable[[Any], Any]:
    """Return a function that unwraps a list, and puts an item that comes without a list into one."""
    keys = _wire_keys(item)
    item_in = _object_under(tuple(key for key in unwrap if key not in keys))

    def listed(value: Any) -> Any:
        value = _first_in(unwrap, list, value)
        found = item_in(value) if isinstance(value, dict) else value
        # An object without any known key is no item, and an error.
        return [found] if isinstance(found, dict) and keys & found.keys() else value

    return listed


def _page_reader(operation: Operation, kind: Any) -> Callable[[Any], Any]:
    """Return a function that reads a page whose list is under any of the operation's ``items`` keys."""
    read_kind = reader_of(kind)

    def read(value: Any) -> Any:
        if not value and not isinstance(value, list):
            raise Missing
        place, page = _located_page(operation, value)
        try:
            return read_kind(page)
        except ResponseDecodeError as problem:
            lines = tuple(line.replace(" @ $.data", f" @ {place}") for line in problem.problems)
        raise ResponseDecodeError(lines)

    return read


def _located_page(operation: Operation, value: Any) -> tuple[str, Any]:
    """Return where the list of a page is, and the page: the list under ``data``, with what is around it."""
    if isinstance(value, list):
        return "$", {"data": value}
    if isinstance(value, dict):
        for key in operation.items:
            found = first_found(value, (key,))
            if operation.list_or_item and isinstance(found, dict):
                found = [found]
            if isinstance(found, list):
                return f"$.{key}", _around(value, key) | {"data": found}
    return f"$.{operation.items[0]}", value


def _around(value: dict[str, Any], key: str) -> dict[str, Any]:
    """Return what is beside a list and around it, where the total and the like are."""
    around = value
    for step in key.split(".")[:-1]:
        value = value[step]
        around = around | value
    return around


def _object_under(keys: tuple[str, ...]) -> Callable[[Any], Any]:
    def unwrapped(value: Any) -> Any:
        if isinstance(value, dict):
            for key in keys:
                if isinstance(found := first_found(value, (key,)), (dict, list)):
                    value = found
                    break
            else:
                return value
        # A single object may come in a list.
        if isinstance(value, list) and len(value) <= 1:
            return value[0] if value else {}
        return value

    return unwrapped


def _first_in(keys: tuple[str, ...], wanted: type, value: Any) -> Any:
    if isinstance(value, dict):
        found = (first_found(value, (key,)) for key in keys)
        return next((each for each in found if isinstance(each, wanted)), value)
    return value
