"""Every operation compared with the recorded contract of the API: routes, parameters, fields and bounds.

``tests/contract/`` holds the contract of the areas that are covered. Where sources of the contract disagree,
the exceptions are listed here by name, each with its reason.
"""

from __future__ import annotations

import datetime as dt
import enum
import json
import re
import sys
import typing
from collections.abc import Container, Iterator, Mapping, Sequence
from typing import Any, Final, get_args, get_origin

import attrs
import pytest

from smartlead_async.api.areas import request_classes, resources
from smartlead_async.fields import NOT_GIVEN, WIRE, Between, Each, Length, Matches, OneOf
from smartlead_async.paging import LIMIT
from smartlead_async.pipeline.encode import encode
from smartlead_async.request import Effect, Host, Part, Request
from smartlead_async.resource import methods, pages

from .contract import (
    ALIASES,
    CONTRACT,
    EVERYTHING,
    OPERATIONS,
    PUBLIC_NAMES,
    every_operation,
    request_of,
)

OTHER_ROUTE: Final = {
    "campaigns.delete_webhook": "the id goes in the body, as in every client known to work",
    "leads.update": "the same operation as campaigns.update_lead, which has the trailing slash",
}
NOT_REPEATABLE: Final = {
    "campaigns.resume_lead": "it may send an email at once, and a repeat may send another",
}
OTHER_PAGE: Final = {"leads.update": "campaigns/update-lead"}
NOT_OFFERED: Final = {
    ("campaign_statistics.mailboxes", "private_api_key"): "the key is sent with every request",
}
OTHER_PARAMETERS: Final = {
    "campaigns.delete_webhook": {"campaign_id": ("path", True), "id": ("body", True)},
}
NULL_IS_NO_FILTER: Final = "filters."
SEARCHES_TO_SAVE: Final = {"smart_prospect.save_search": "a search with longer filters would be refused"}
NULL_IS_ABSENT: Final = {
    ("campaigns.create", "client_id"): "a new campaign has no client either way",
    ("block_list.add", "client_id"): "null or absent blocks for the whole account",
    ("campaigns.save_webhook", "id"): "null or absent creates",
    ("email_accounts.save", "id"): "null or absent creates",
    ("email_accounts.save_oauth", "id"): "null or absent creates",
    ("campaigns.save_sequences", "sequences.id"): "null or absent is a new step",
    ("campaigns.save_sequences", "sequences.seq_variants.id"): "null or absent is a new variant",
    ("webhooks.create", "client_id"): "a new webhook has no client either way",
    ("webhooks.create", "email_campaign_id"): "a new webhook has no campaign either way",
}


def test_resources_have_exactly_the_operations_of_the_contract() -> None:
    assert set(OPERATIONS) == {PUBLIC_NAMES[operation_id] for operation_id in CONTRACT}


@pytest.mark.parametrize("operation_id", sorted(ALIASES))
def test_an_operation_that_is_documented_twice_has_one_method(operation_id: str) -> None:
    documented = EVERYTHING[operation_id]
    if ALIASES[operation_id] in EVERYTHING:  # the other area may not be covered yet
        operation = request_of(operation_id).operation
        assert (operation.method, operation.path) == (documented["method"], documented["path"])
        assert operation.effect is Effect(documented["effect"])


def test_every_request_class_stands_for_one_operation() -> None:
    by_class: dict[type[Request[Any]], list[str]] = {}
    for operation_id in CONTRACT:
        by_class.setdefault(request_of(operation_id), []).append(operation_id)
    assert {cls.__name__: sorted(ids) for cls, ids in by_class.items() if len(ids) > 1} == {
        "UpdateLead": ["campaigns.update_lead", "leads.update"]
    }


def test_every_request_class_of_an_area_has_a_method() -> None:
    declared = {
        value
        for name, module in list(sys.modules.items())
        if name.startswith("smartlead_async.api.")
        for value in vars(module).values()
        if isinstance(value, type) and issubclass(value, Request) and "operation" in vars(value)
    }
    assert declared == set(request_classes())


def test_every_paginated_operation_has_an_iterator() -> None:
    iterated = {
        method.request
        for resource in resources().values()
        for name, method in methods(resource).items()
        if isinstance(method, pages) and name.startswith("iter_")
    }
    paginated = {
        request_of(operation_id)
        for operation_id, operation in CONTRACT.items()
        if operation["pagination"]
        and operation["pagination"]["style"] in ("offset-limit", "cursor", "scroll")
    }
    assert iterated == paginated


@every_operation
def test_an_operation_is_declared_as_the_contract_describes_it(operation_id: str) -> None:
    documented, operation = CONTRACT[operation_id], request_of(operation_id).operation
    if operation_id in OTHER_ROUTE:
        routes = [route.split("  ")[0] for route in documented["alt_routes"]]
        assert f"{operation.method} {operation.path}" in routes, OTHER_ROUTE[operation_id]
    else:
        assert (operation.method, operation.path) == (documented["method"], documented["path"])
    assert operation.effect is Effect(documented["effect"])
    assert operation.repeatable is (documented["safe_to_repeat"] and operation_id not in NOT_REPEATABLE)
    assert operation.host is Host[documented["host"].upper()]
    assert operation.page == OTHER_PAGE.get(operation_id, documented["doc"])
    sources = {tag.partition(":")[0] for tag in documented["evidence"]}
    assert operation.verified is bool(sources - {"python-sdk", "third-party", "openapi"})


@every_operation
def test_a_docstring_states_the_cost_and_shows_an_example(operation_id: str) -> None:
    cls = request_of(operation_id)
    area = PUBLIC_NAMES[operation_id].partition(".")[0]
    assert cls.__doc__ is not None
    assert "request" in cls.__doc__
    assert "Example::" in cls.__doc__
    other_area = "campaigns" if operation_id == "leads.update" else area
    assert f"client.{other_area}." in cls.__doc__
    if not cls.operation.verified:
        assert "Not verified" in cls.__doc__
    if not cls.operation.repeatable and cls.operation.name != "ReconnectFailedEmailAccounts":
        assert "OutcomeUnknown" in cls.__doc__


def offered(operation_id: str) -> list[dict[str, Any]]:
    return [p for p in CONTRACT[operation_id]["params"] if (operation_id, p["name"]) not in NOT_OFFERED]


@every_operation
def test_parameters_have_the_documented_names_and_locations(operation_id: str) -> None:
    documented = {p["name"]: (p["in"], p["required"]) for p in offered(operation_id)}
    documented = OTHER_PARAMETERS.get(operation_id, documented)
    parameters = request_of(operation_id).parameters
    ours = {
        p.wire: (p.part.value, p.required or (is_limit(p.attribute) and documented[p.wire][1]))
        for p in parameters
        if p.part is not Part.WHOLE_BODY
    }
    assert ours == documented


def is_limit(field: attrs.Attribute[Any]) -> bool:
    """Return whether this is the limit of a list, which is always sent, although it has a default."""
    return field.name == LIMIT and isinstance(field.default, int)


@every_operation
def test_query_parameters_have_the_documented_bounds_and_enums(operation_id: str) -> None:
    cls = request_of(operation_id)
    hints = typing.get_type_hints(cls)
    by_name = {p.wire: p for p in cls.parameters if p.part is Part.QUERY}
    for documented in offered(operation_id):
        if documented["in"] != "query":
            continue
        parameter = by_name[documented["name"]]
        expected = {ours: documented[theirs] for theirs, ours in BOUNDS.items() if theirs in documented}
        if documented.get("enum") == ["true", "false"]:
            assert bool in members(hints[parameter.name])
        elif "enum" in documented:
            expected["enum"] = sorted(documented["enum"])
        # Bounds that the contract leaves out: no items would be all of them, and a page of none never ends.
        if "comma-separated" in documented.get("format", ""):
            expected["minItems"] = 1
        ours = rules(parameter.attribute)
        if ours.get("minimum") == LEAST.get(documented["name"], ...):
            expected["minimum"] = ours["minimum"]
        assert ours == expected, documented["name"]


LEAST: Final = {"limit": 1, "offset": 0}
BOUNDS: Final = {
    "min": "minimum",
    "max": "maximum",
    "minimum": "minimum",
    "maximum": "maximum",
    "minLength": "minItems",
    "maxLength": "maxItems",
    "max_items": "maxItems",
}


@every_operation
def test_a_body_has_the_documented_keys_bounds_and_enums(operation_id: str) -> None:
    schema = CONTRACT[operation_id]["body"]
    cls = request_of(operation_id)
    in_body = [p.attribute for p in cls.parameters if p.part is Part.BODY]
    whole = [p for p in cls.parameters if p.part is Part.WHOLE_BODY]
    if schema is None:
        assert not whole
        assert operation_id == "campaigns.delete_webhook" or not in_body
    elif schema["type"] == "array":
        (parameter,) = whole
        compare_property(operation_id, "", schema, parameter.attribute, cls)
    else:
        assert not whole
        compare_object(operation_id, "", schema, in_body, cls)


def compare_object(
    operation_id: str, path: str, schema: dict[str, Any], fields: Sequence[attrs.Attribute[Any]], cls: type
) -> None:
    named = {wire_name(field): field for field in fields}
    assert set(named) == set(schema["properties"]), path or operation_id
    for key, forms in schema["properties"].items():
        field, here = named[key], f"{path}.{key}".lstrip(".")
        documented = form_of(forms, typing.get_type_hints(cls)[field.name])
        required = key in schema.get("required", ())
        has_no_default = field.default is attrs.NOTHING
        assert has_no_default is required or is_limit(field), f"{here}: required"
        nullable = isinstance(documented["type"], list) and "null" in documented["type"]
        if nullable and not required:
            absent = (operation_id, here) in NULL_IS_ABSENT or here.startswith(NULL_IS_NO_FILTER)
            expected = None if absent else NOT_GIVEN
            assert field.default is expected, f"{here}: null"
        compare_property(operation_id, here, documented, field, cls)


def form_of(documented: dict[str, Any], hint: Any) -> dict[str, Any]:
    """Return the form of a value that we send, if several are allowed: lists if the field is one."""
    if "type" in documented:
        return documented
    forms = documented["anyOf"]
    is_list = any(get_origin(member) is Sequence for member in members(hint))
    chosen = next(form for form in forms if (form["type"] == "array") is is_list)
    nullable = {"type": "null"} in forms
    return {**chosen, "type": [chosen["type"], "null"]} if nullable else dict(chosen)


def compare_property(
    operation_id: str, path: str, documented: dict[str, Any], field: attrs.Attribute[Any], cls: type
) -> None:
    items = documented.get("items", {})
    expected: dict[str, Any] = {
        k: documented[k] for k in ("minimum", "maximum", "minItems", "maxItems", "pattern") if k in documented
    }
    for key in ("maxLength", "maxProperties"):
        if key in documented:
            expected["maxItems"] = documented[key]
    if "minLength" in documented:
        expected["minItems"] = documented["minLength"]
    if operation_id in SEARCHES_TO_SAVE and documented["type"] == "array":
        expected["maxItems"] = 2000
    expected |= {k: items[k] for k in ("minimum", "maximum") if k in items}
    allowed = documented.get("enum") or items.get("enum")
    if allowed and not documented.get("x-open-enum"):
        # Numbers beside strings are an older spelling of the same values.
        strings = [value for value in allowed if isinstance(value, str)]
        expected["enum"] = sorted(strings or allowed)
    ours = rules(field)
    if "pattern" in expected:
        assert accept_the_same(ours.pop("pattern"), expected.pop("pattern")), path
    assert ours == expected, path
    hint = typing.get_type_hints(cls)[field.name]
    for nested in (documented, items):
        if "properties" in nested and not isinstance(nested.get("additionalProperties"), dict):
            part = class_in(hint)
            compare_object(operation_id, path, nested, attrs.fields(part), part)


def accept_the_same(ours: str, theirs: str) -> bool:
    strings = ["09:30", "23:59", "A", "Z", "9:30", "0930", "AB", "a", "", "09:30:00"]
    strings += ["#4455aA", "#4455A", "4455AA", "#4455AA7", "a key-1_B", "a.b"]
    return [bool(re.fullmatch(ours, s)) for s in strings] == [bool(re.search(theirs, s)) for s in strings]


def rules(field: attrs.Attribute[Any]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    validator: Any = field.validator
    pending = [validator]
    while pending:
        match pending.pop():
            case Between(minimum=low, maximum=high):
                found |= {"minimum": low, "maximum": high}
            case Length(minimum=low, maximum=high):
                found |= {"minItems": low or None, "maxItems": high}
            case Matches(pattern=pattern):
                found["pattern"] = pattern
            case OneOf(choices=choices):
                found["enum"] = sorted(choices)
            case Each(member_validator=inner):
                pending.append(inner)
            case other:
                pending.extend(getattr(other, "_validators", ()))
    return {k: v for k, v in found.items() if v is not None}


def wire_name(field: attrs.Attribute[Any]) -> str:
    name: str = field.metadata.get(WIRE, (field.name,))[0]
    return name


def members(hint: Any) -> tuple[Any, ...]:
    return get_args(hint) if get_origin(hint) not in (None, list, tuple, dict, Sequence, Mapping) else (hint,)


def class_in(hint: Any) -> Any:
    if attrs.has(hint):
        return hint
    return next((found for inner in get_args(hint) if (found := class_in(inner))), None)


# Samples are derived from the annotations, so that new requests are covered without changes here. Only
# strings of a certain format are listed.
STRINGS: Final = {
    "timezone": "Europe/Berlin",
    "start_hour": "09:00",
    "end_hour": "17:00",
    "variant_label": "A",
    "phone_cc": "+34",
    "phone": "5550100",
    "color": "#4455AA",
}


def sample(hint: Any, field: attrs.Attribute[Any]) -> Any:
    options = [m for m in members(hint) if m not in (type(None), type(NOT_GIVEN))]
    chosen = next((m for m in options if isinstance(m, type) and issubclass(m, enum.Enum)), options[0])
    if attrs.has(chosen):
        return filled(chosen)
    origin = get_origin(chosen)
    if origin is not None and issubclass(origin, Mapping):
        _, item = get_args(chosen)
        return {"role": "CTO" if item is Any else sample(item, field)}
    if origin is not None and issubclass(origin, Sequence):
        return [sample(get_args(chosen)[0], field)] * max(1, rules(field).get("minItems", 1))
    if isinstance(chosen, type) and issubclass(chosen, enum.Enum):
        return next(iter(chosen))
    plain = {int: rules(field).get("minimum", 3), str: STRINGS.get(field.name, "text"), bool: True}
    plain |= {float: 12.5, dt.date: dt.date(2027, 1, 2)}
    return plain.get(chosen) if chosen in plain else dt.datetime(2027, 1, 2, 3, 4, 5, tzinfo=dt.UTC)


def filled(cls: Any, *, required_only: bool = False, without: Container[str] = (), also: str = "") -> Any:
    hints = typing.get_type_hints(cls)
    return cls(
        **{
            field.name: sample(hints[field.name], field)
            for field in attrs.fields(cls)
            if (not required_only or field.default is attrs.NOTHING or wire_name(field) == also)
            and wire_name(field) not in without
        }
    )


def alternatives(operation_id: str, kind: str) -> list[str]:
    """Return the fields of a body of which exactly one ("oneOf") or at least one ("anyOf") is required."""
    choices = (CONTRACT[operation_id]["body"] or {}).get(kind, ())
    return [name for choice in choices for name in choice["required"]]


@every_operation
def test_a_full_body_matches_the_schema_and_has_every_key(operation_id: str) -> None:
    schema = CONTRACT[operation_id]["body"]
    excluded = alternatives(operation_id, "oneOf")[1:]
    encoded = encode(filled(request_of(operation_id), without=excluded))
    if schema is None:
        assert encoded.body in (None, b"{}") or operation_id == "campaigns.delete_webhook"
        return
    assert encoded.body is not None
    body = json.loads(encoded.body)
    if excluded:
        sendable = {key: inner for key, inner in schema["properties"].items() if key not in excluded}
        schema = schema | {"properties": sendable}
    assert list(violations(body, schema, "$", complete=True)) == []


@every_operation
def test_unset_fields_are_not_sent(operation_id: str) -> None:
    documented = CONTRACT[operation_id]
    chosen = [*alternatives(operation_id, "oneOf"), *alternatives(operation_id, "anyOf"), ""][0]
    encoded = encode(filled(request_of(operation_id), required_only=True, also=chosen))
    sent = {part: {p["name"] for p in documented["params"] if p["in"] == part} for part in ("query", "body")}
    required = {p["name"] for p in documented["params"] if p["required"]}
    if documented["pagination"] and documented["pagination"]["style"] != "limit":
        required.add("limit")  # the server's own default may be 10, and a short page would end the iteration
    query = {pair.partition("=")[0] for pair in encoded.query.split("&") if pair}
    assert query == sent["query"] & required
    if documented["body"] and documented["body"]["type"] == "object":
        assert encoded.body is not None
        in_body = set(documented["body"].get("required", ())) | sent["body"] & (required | {chosen})
        assert set(json.loads(encoded.body)) == in_body


def violations(value: Any, schema: dict[str, Any], path: str, *, complete: bool) -> Iterator[str]:
    if "anyOf" in schema and "type" not in schema:
        found = [list(violations(value, form, path, complete=complete)) for form in schema["anyOf"]]
        yield from min(found, key=len)
        return
    kinds = schema["type"] if isinstance(schema["type"], list) else [schema["type"]]
    if kind_of(value) not in kinds and not (kind_of(value) == "integer" and "number" in kinds):
        yield f"{path}: {value!r} is not {kinds}"
        return
    if "enum" in schema and value not in schema["enum"]:
        yield f"{path}: {value!r} is not in {schema['enum']}"
    if schema.get("format") == "date-time" and not str(value).endswith("Z"):
        yield f"{path}: {value!r} is not a timestamp"
    if isinstance(value, list):
        for index, item in enumerate(value):
            yield from violations(
                item, schema.get("items", {"type": kind_of(item)}), f"{path}[{index}]", complete=complete
            )
    if isinstance(value, dict) and "properties" in schema:
        is_map = isinstance(schema.get("additionalProperties"), dict)
        if complete and not is_map and set(value) != set(schema["properties"]):
            yield f"{path}: {set(value) ^ set(schema['properties'])}"
        for key in set(value) & set(schema["properties"]):
            yield from violations(value[key], schema["properties"][key], f"{path}.{key}", complete=complete)


def kind_of(value: Any) -> str:
    names = {bool: "boolean", int: "integer", float: "number", str: "string", list: "array", dict: "object"}
    return names.get(type(value), "null")
