"""Every operation against the recorded contract of the API: routes, fields, bounds, and what comes back.

``tests/contract/`` holds the contract of the areas that are covered. Where sources of the contract disagree,
the exceptions stand here by name, each with its reason.
"""

from __future__ import annotations

import copy
import datetime as dt
import enum
import json
import re
import typing
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final, get_args, get_origin

import attrs
import pytest

from smartlead_async import wire
from smartlead_async.answers import read_answer
from smartlead_async.errors import NotFound, OperationRefused, ResponseDecodeError
from smartlead_async.models._fields import NOT_GIVEN, WIRE, Between, Each, Length, Matches, OneOf
from smartlead_async.request import Effect, Host, Part, Request, declared_requests
from smartlead_async.resources._resource import Resource, endpoint, pages
from smartlead_async.resources.campaigns import Campaigns
from smartlead_async.resources.email_accounts import EmailAccounts
from smartlead_async.resources.leads import Leads

FILES: Final = ("campaigns", "leads", "email-accounts")
RESOURCES: Final[dict[str, type[Resource]]] = {
    "campaigns": Campaigns,
    "leads": Leads,
    "email_accounts": EmailAccounts,
}
CONTRACT: Final[dict[str, dict[str, Any]]] = {
    operation["id"]: operation
    for name in FILES
    for operation in json.loads((Path(__file__).parent / "contract" / f"{name}.json").read_text("utf-8"))
}

# --- where we knowingly differ -----------------------------------------------------------------------

OTHER_ROUTE: Final = {
    "campaigns.delete_webhook": "the id goes in the body, as in every client that was seen to work",
    "leads.update": "the same operation as campaigns.update_lead, which has the trailing slash",
}
OTHER_PAGE: Final = {"leads.update": "campaigns/update-lead"}
OTHER_PARAMETERS: Final = {
    "campaigns.delete_webhook": {"campaign_id": ("path", True), "id": ("body", True)},
}
NULL_IS_ABSENT: Final = {
    ("campaigns.create", "client_id"): "a new campaign has no client either way",
    ("campaigns.save_webhook", "id"): "null or absent creates",
    ("email_accounts.save", "id"): "null or absent creates",
    ("email_accounts.save_oauth", "id"): "null or absent creates",
    ("campaigns.save_sequences", "sequences.id"): "null or absent is a new step",
    ("campaigns.save_sequences", "sequences.seq_variants.id"): "null or absent is a new variant",
}
MORE_RULES: Final = {
    ("campaigns.add_leads", "lead_list.custom_fields"): {"maxItems": 200},  # said in prose
    ("campaigns.update_schedule", "days_of_the_week"): {},
}
OTHER_DIALECTS: Final = {
    ("campaigns.list_leads", 0): "a lead without campaign_lead_map_id and lead; contradicted by live answers",
    ("campaigns.lead_message_history", 0): "messages instead of history; contradicted by live answers",
    ("campaigns.leads_message_history_bulk", 0): "bare lists of thin messages; contradicted by live answers",
    ("campaigns.analytics", 1): "an empty list, on a page about another operation",
}
NOT_READ: Final = {
    ("campaigns.pause_lead", "data"): 'the text "success" beside ok',
    ("campaigns.resume_lead", "data"): 'the text "success" beside ok',
}


def request_of(operation_id: str) -> type[Request[Any]]:
    area, _, method = operation_id.partition(".")
    descriptor = vars(RESOURCES[area])[method]
    assert isinstance(descriptor, endpoint), f"{operation_id} is not an endpoint"
    cls = descriptor.request
    assert isinstance(cls, type)
    assert issubclass(cls, Request)
    return cls


every_operation = pytest.mark.parametrize("operation_id", sorted(CONTRACT))


# --- the surface -------------------------------------------------------------------------------------


def test_resources_list_the_contract_and_nothing_else() -> None:
    listed = {
        f"{area}.{name}"
        for area, resource in RESOURCES.items()
        for name, value in vars(resource).items()
        if isinstance(value, endpoint)
    }
    assert listed == set(CONTRACT)
    assert len(listed) == 68


def test_every_request_class_is_one_operation() -> None:
    ours = {cls for cls in declared_requests() if cls.__module__.startswith("smartlead_async.resources")}
    by_class: dict[type[Request[Any]], list[str]] = {}
    for operation_id in CONTRACT:
        by_class.setdefault(request_of(operation_id), []).append(operation_id)
    assert {cls.__name__: ids for cls, ids in by_class.items() if len(ids) > 1} == {
        "UpdateLead": ["campaigns.update_lead", "leads.update"]
    }
    covered = {c for c in ours if c.__module__.rpartition(".")[2] in COVERED_MODULES}
    assert covered == set(by_class)


COVERED_MODULES: Final = {
    "_campaign_setup",
    "campaigns",
    "campaign_leads",
    "campaign_messages",
    "campaign_webhooks",
    "leads",
    "email_accounts",
}


def test_every_paginated_operation_has_an_iterator() -> None:
    iterated = {
        value.request
        for resource in RESOURCES.values()
        for name, value in vars(resource).items()
        if isinstance(value, pages) and name.startswith("iter_")
    }
    paginated = {
        request_of(operation_id)
        for operation_id, operation in CONTRACT.items()
        if operation["pagination"] and operation["pagination"]["style"] in ("offset-limit", "cursor")
    }
    assert iterated == paginated


@every_operation
def test_declaration(operation_id: str) -> None:
    said, operation = CONTRACT[operation_id], request_of(operation_id).operation
    if operation_id in OTHER_ROUTE:
        routes = [route.split("  ")[0] for route in said["alt_routes"]]
        assert f"{operation.method} {operation.path}" in routes, OTHER_ROUTE[operation_id]
    else:
        assert (operation.method, operation.path) == (said["method"], said["path"])
    assert operation.effect is Effect(said["effect"])
    assert operation.repeatable is said["safe_to_repeat"]
    assert operation.host is Host[said["host"].upper()]
    assert operation.page == OTHER_PAGE.get(operation_id, said["doc"])
    confirmed = set(said["evidence"]) - {"python-sdk", "third-party", "openapi"}
    assert operation.verified is bool(confirmed)


@every_operation
def test_docstring_tells_cost_and_use(operation_id: str) -> None:
    cls = request_of(operation_id)
    area = operation_id.partition(".")[0]
    assert cls.__doc__ is not None
    assert "request" in cls.__doc__
    assert "Example::" in cls.__doc__
    other_area = "campaigns" if operation_id == "leads.update" else area
    assert f"client.{other_area}." in cls.__doc__
    if not cls.operation.verified:
        assert "Not verified" in cls.__doc__
    if not cls.operation.repeatable and cls.operation.name != "ReconnectFailedEmailAccounts":
        assert "OutcomeUnknown" in cls.__doc__


# --- what is sent ------------------------------------------------------------------------------------


@every_operation
def test_parameters_have_the_documented_names_and_places(operation_id: str) -> None:
    said = {p["name"]: (p["in"], p["required"]) for p in CONTRACT[operation_id]["params"]}
    said = OTHER_PARAMETERS.get(operation_id, said)
    parameters = request_of(operation_id).parameters
    ours = {p.wire: (p.part.value, p.required) for p in parameters if p.part is not Part.WHOLE_BODY}
    assert ours == said


@every_operation
def test_query_bounds_and_enums(operation_id: str) -> None:
    cls = request_of(operation_id)
    hints = typing.get_type_hints(cls)
    by_name = {p.wire: p for p in cls.parameters if p.part is Part.QUERY}
    for said in CONTRACT[operation_id]["params"]:
        if said["in"] != "query":
            continue
        parameter = by_name[said["name"]]
        expected = {ours: said[theirs] for theirs, ours in BOUNDS.items() if theirs in said}
        if said.get("enum") == ["true", "false"]:
            assert bool in members(hints[parameter.name])
        elif "enum" in said:
            expected["enum"] = sorted(said["enum"])
        assert rules(parameter.attribute) == expected, said["name"]


BOUNDS: Final = {"min": "minimum", "max": "maximum"}


@every_operation
def test_body_has_the_documented_keys_bounds_and_enums(operation_id: str) -> None:
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
    for key, said in schema["properties"].items():
        field, here = named[key], f"{path}.{key}".lstrip(".")
        required = key in schema.get("required", ())
        assert (field.default is attrs.NOTHING) is required, f"{here}: required"
        nullable = isinstance(said["type"], list) and "null" in said["type"]
        if nullable and not required:
            expected = None if (operation_id, here) in NULL_IS_ABSENT else NOT_GIVEN
            assert field.default is expected, f"{here}: null"
        compare_property(operation_id, here, said, field, cls)


def compare_property(
    operation_id: str, path: str, said: dict[str, Any], field: attrs.Attribute[Any], cls: type
) -> None:
    items = said.get("items", {})
    expected: dict[str, Any] = {
        k: said[k] for k in ("minimum", "maximum", "minItems", "maxItems", "pattern") if k in said
    }
    if "maxLength" in said:
        expected["maxItems"] = said["maxLength"]
    expected |= {k: items[k] for k in ("minimum", "maximum") if k in items}
    allowed = said.get("enum") or items.get("enum")
    if allowed:
        expected["enum"] = sorted(allowed)
    expected |= MORE_RULES.get((operation_id, path), {})
    ours = rules(field)
    if "pattern" in expected:
        assert agree(ours.pop("pattern"), expected.pop("pattern")), path
    assert ours == expected, path
    hint = typing.get_type_hints(cls)[field.name]
    for nested in (said, items):
        if "properties" in nested:
            part = class_in(hint)
            compare_object(operation_id, path, nested, attrs.fields(part), part)


def agree(ours: str, theirs: str) -> bool:
    texts = ["09:30", "23:59", "A", "Z", "9:30", "0930", "AB", "a", "", "09:30:00"]
    return [bool(re.fullmatch(ours, t)) for t in texts] == [bool(re.search(theirs, t)) for t in texts]


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


# Filled from the annotations alone, so that nobody has to remember to extend it.

TEXTS: Final = {
    "timezone": "Europe/Berlin",
    "start_hour": "09:00",
    "end_hour": "17:00",
    "variant_label": "A",
}


def sample(hint: Any, field: attrs.Attribute[Any]) -> Any:
    options = [m for m in members(hint) if m not in (type(None), type(NOT_GIVEN))]
    chosen = next((m for m in options if isinstance(m, type) and issubclass(m, enum.Enum)), options[0])
    if attrs.has(chosen):
        return filled(chosen)
    origin = get_origin(chosen)
    if origin is not None and issubclass(origin, Mapping):
        return {"role": "CTO"}
    if origin is not None and issubclass(origin, Sequence):
        return [sample(get_args(chosen)[0], field)]
    if isinstance(chosen, type) and issubclass(chosen, enum.Enum):
        return next(iter(chosen))
    plain = {int: rules(field).get("minimum", 3), str: TEXTS.get(field.name, "text"), bool: True}
    return plain.get(chosen) if chosen in plain else dt.datetime(2027, 1, 2, 3, 4, 5, tzinfo=dt.UTC)


def filled(cls: Any, *, required_only: bool = False) -> Any:
    hints = typing.get_type_hints(cls)
    return cls(
        **{
            field.name: sample(hints[field.name], field)
            for field in attrs.fields(cls)
            if not required_only or field.default is attrs.NOTHING
        }
    )


@every_operation
def test_full_body_is_what_the_schema_allows_and_has_every_key(operation_id: str) -> None:
    schema = CONTRACT[operation_id]["body"]
    encoded = wire.encode(filled(request_of(operation_id)))
    if schema is None:
        assert encoded.body in (None, b"{}") or operation_id == "campaigns.delete_webhook"
        return
    assert encoded.body is not None
    body = json.loads(encoded.body)
    assert list(violations(body, schema, "$", complete=True)) == []


@every_operation
def test_what_was_not_set_is_not_sent(operation_id: str) -> None:
    said = CONTRACT[operation_id]
    encoded = wire.encode(filled(request_of(operation_id), required_only=True))
    required = {p["name"] for p in said["params"] if p["required"] and p["in"] == "query"}
    assert {pair.partition("=")[0] for pair in encoded.query.split("&") if pair} == required
    if said["body"] and said["body"]["type"] == "object":
        assert encoded.body is not None
        assert set(json.loads(encoded.body)) == set(said["body"].get("required", ()))


def violations(value: Any, schema: dict[str, Any], path: str, *, complete: bool) -> Iterator[str]:
    kinds = schema["type"] if isinstance(schema["type"], list) else [schema["type"]]
    if kind_of(value) not in kinds and not (kind_of(value) == "integer" and "number" in kinds):
        yield f"{path}: {value!r} is not {kinds}"
        return
    if "enum" in schema and value not in schema["enum"]:
        yield f"{path}: {value!r} is not in {schema['enum']}"
    if schema.get("format") == "date-time" and not str(value).endswith("Z"):
        yield f"{path}: {value!r} is not a time"
    if isinstance(value, list):
        for index, item in enumerate(value):
            yield from violations(
                item, schema.get("items", {"type": kind_of(item)}), f"{path}[{index}]", complete=complete
            )
    if isinstance(value, dict) and "properties" in schema:
        if complete and set(value) != set(schema["properties"]):
            yield f"{path}: {set(value) ^ set(schema['properties'])}"
        for key in set(value) & set(schema["properties"]):
            yield from violations(value[key], schema["properties"][key], f"{path}.{key}", complete=complete)


def kind_of(value: Any) -> str:
    names = {bool: "boolean", int: "integer", float: "number", str: "string", list: "array", dict: "object"}
    return names.get(type(value), "null")


# --- what comes back ---------------------------------------------------------------------------------


def read(operation_id: str, value: Any) -> Any:
    """An answer through the whole reading path; texts travel as they are, all else as JSON."""
    operation = request_of(operation_id).operation
    body = value.encode() if isinstance(value, str) else json.dumps(value).encode()
    return read_answer(operation, 200, {}, body, blot=str)


def examples() -> list[Any]:
    found = []
    for operation_id, operation in sorted(CONTRACT.items()):
        found.append(pytest.param(operation_id, operation["response"]["example"], id=operation_id))
        for index, seen in enumerate(operation["response"].get("also_seen", ())):
            if (operation_id, index) not in OTHER_DIALECTS:
                found.append(pytest.param(operation_id, seen["example"], id=f"{operation_id}-{index}"))
    return found


@pytest.mark.parametrize(("operation_id", "example"), examples())
def test_every_recorded_answer_can_be_read(operation_id: str, example: Any) -> None:
    if operation_id == "leads.get_by_email" and example == {}:
        assert read(operation_id, example) is None
    elif operation_id == "campaigns.get" and example == {}:
        with pytest.raises(NotFound):
            read(operation_id, example)
    elif isinstance(example, dict) and example.get("ok") is False and operation_id != "leads.unsubscribe":
        with pytest.raises(OperationRefused):
            read(operation_id, example)
    else:
        assert read(operation_id, example) is not None


@pytest.mark.parametrize(("operation_id", "index"), sorted(OTHER_DIALECTS))
def test_a_dialect_that_live_answers_contradict_is_an_error_and_not_a_wrong_value(
    operation_id: str, index: int
) -> None:
    example = CONTRACT[operation_id]["response"]["also_seen"][index]["example"]
    with pytest.raises((ResponseDecodeError, NotFound)):
        read(operation_id, example)


@every_operation
def test_every_value_of_the_example_arrives(operation_id: str) -> None:
    cls = request_of(operation_id)
    example = CONTRACT[operation_id]["response"]["example"]
    decoded = read(operation_id, example)
    if cls.operation.text_answer:
        assert decoded.message == example
        return
    kind = wire._without_none(cls.operation.answer)[0]
    unwrapped = wire._unwrapped(cls.operation, example, kind)
    assert list(lost(operation_id, unwrapped, decoded, "")) == []


def lost(operation_id: str, raw: Any, decoded: Any, path: str) -> Iterator[str]:
    """The places of an answer whose value did not reach the object that was made of it."""
    if attrs.has(type(decoded)):
        for key, value, arrived in pairs(raw, decoded):
            here = f"{path}.{key}".lstrip(".")
            if arrived is not MISSING:
                yield from lost(operation_id, value, arrived, here)
            elif (operation_id, here) not in NOT_READ:
                yield f"{here} has no field"
    elif isinstance(raw, list) and isinstance(decoded, list):
        if len(raw) != len(decoded):
            yield f"{path}: {len(decoded)} of {len(raw)}"
        for item, read_item in zip(raw, decoded, strict=False):
            yield from lost(operation_id, item, read_item, f"{path}[]")
    elif isinstance(raw, dict) and isinstance(decoded, dict):
        texts = {str(key): value for key, value in decoded.items()}
        for key, item in raw.items():
            yield from lost(operation_id, item, texts.get(key, MISSING), f"{path}.{key}")
    elif not same(raw, decoded):
        yield f"{path}: {raw!r} became {decoded!r}"


MISSING: Final = object()


def pairs(raw: dict[str, Any], decoded: Any) -> Iterator[tuple[str, Any, Any]]:
    """Each key of an object with its value and what arrived, looking one level into what was flattened."""
    named = {name: f.name for f in attrs.fields(type(decoded)) for name in f.metadata.get(WIRE, (f.name,))}
    for key, value in raw.items():
        flattened = any(name.startswith(f"{key}.") for name in named) and isinstance(value, dict)
        if key not in named and flattened:
            inner = {f"{key}.{k}": v for k, v in value.items()}
        else:
            inner = {key: value}
        for name, item in inner.items():
            yield name, item, getattr(decoded, named[name]) if name in named else MISSING


def same(raw: Any, decoded: Any) -> bool:
    if raw is None or isinstance(raw, bool):
        return decoded is raw or (raw is None and decoded == [])
    if isinstance(decoded, dt.datetime):
        return dt.datetime.fromisoformat(raw) == decoded
    if isinstance(decoded, dt.date):
        return dt.date.fromisoformat(raw) == decoded
    if isinstance(decoded, (str, int, float)):
        return type(decoded)(str(raw).removesuffix("%") if not isinstance(decoded, str) else raw) == decoded
    return bool(raw == decoded)


def places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The path of every key in an example; of lists, the first item stands for all."""
    if isinstance(value, dict):
        for key, inner in value.items():
            yield (*path, key)
            yield from places(inner, (*path, key))
    elif isinstance(value, list) and value:
        yield from places(value[0], (*path, 0))


def put(example: Any, path: tuple[Any, ...], value: Any) -> Any:
    changed = copy.deepcopy(example)
    at = changed
    for step in path[:-1]:
        at = at[step]
    at[path[-1]] = value
    return changed


def schema_at(schema: dict[str, Any], path: tuple[Any, ...]) -> dict[str, Any]:
    for step in path:
        inner = schema.get("items") if step == 0 else schema.get("properties", {}).get(step)
        schema = inner if inner is not None else schema.get("additionalProperties", {})
    return schema


def required_in(schema: dict[str, Any], path: tuple[Any, ...]) -> bool:
    return path[-1] in schema_at(schema, path[:-1]).get("required", ())


OWN_IDS: Final = {"id", "newCampaignId", "campaign_id", "tag_id", "emailAccountId"}


@every_operation
def test_null_is_allowed_wherever_the_contract_does_not_require_a_value(operation_id: str) -> None:
    response = CONTRACT[operation_id]["response"]
    if isinstance(response["example"], str):
        pytest.skip("the answer is a text")
    refused = []
    for path in places(response["example"]):
        try:
            read(operation_id, put(response["example"], path, None))
        except (ResponseDecodeError, NotFound):
            if not required_in(response["schema"], path) and path[-1] not in OWN_IDS:
                refused.append(path)
    assert refused == []


@every_operation
def test_a_key_may_be_missing_wherever_the_contract_does_not_require_it(operation_id: str) -> None:
    response = CONTRACT[operation_id]["response"]
    if isinstance(response["example"], str):
        pytest.skip("the answer is a text")
    refused = []
    for path in places(response["example"]):
        changed = put(response["example"], path, None)
        at = changed
        for step in path[:-1]:
            at = at[step]
        del at[path[-1]]
        try:
            read(operation_id, changed)
        except (ResponseDecodeError, NotFound):
            if not required_in(response["schema"], path) and path[-1] not in OWN_IDS:
                refused.append(path)
    assert refused == []


@every_operation
def test_a_key_that_nobody_knows_changes_nothing(operation_id: str) -> None:
    example = CONTRACT[operation_id]["response"]["example"]
    if not isinstance(example, dict) or not attrs.has(
        wire._without_none(request_of(operation_id).operation.answer)[0]
    ):
        pytest.skip("not an object of ours")
    assert read(operation_id, example | {"brand_new": {"a": [1]}}) == read(operation_id, example)


def enum_places() -> list[Any]:
    found = []
    for operation_id, operation in sorted(CONTRACT.items()):
        response = operation["response"]
        for path in places(response["example"]):
            allowed = schema_at(response["schema"], path).get("enum", ())
            if any(isinstance(value, str) for value in allowed):
                changed = put(response["example"], path, "SOMETHING_NEW")
                name = ".".join(map(str, path))
                found.append(pytest.param(operation_id, changed, id=f"{operation_id}-{name}"))
    return found


@pytest.mark.parametrize(("operation_id", "changed"), enum_places())
def test_an_unknown_enum_value_survives_as_its_text(operation_id: str, changed: Any) -> None:
    decoded = read(operation_id, changed)
    assert "SOMETHING_NEW" in str(attrs.asdict(decoded) if attrs.has(type(decoded)) else decoded)


def test_enum_places_are_found() -> None:
    assert len(enum_places()) >= 12


@pytest.mark.parametrize(
    "operation_id", ["campaigns.list", "campaigns.list_email_accounts", "campaigns.get_sequences"]
)
@pytest.mark.parametrize("wrap", [lambda v: {"ok": True, "data": v}, lambda v: {"success": True, "data": v}])
def test_a_list_may_come_wrapped(operation_id: str, wrap: Any) -> None:
    example = CONTRACT[operation_id]["response"]["example"]
    assert read(operation_id, wrap(example)) == read(operation_id, example)


def test_campaigns_may_come_under_their_own_name() -> None:
    example = CONTRACT["campaigns.list"]["response"]["example"]
    assert read("campaigns.list", {"success": True, "campaigns": example}) == read("campaigns.list", example)
