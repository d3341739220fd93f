"""Every recorded answer of the API, read by the class that stands for its operation."""

from __future__ import annotations

import copy
import datetime as dt
import enum
import itertools
import json
from collections.abc import Iterator
from typing import Any, Final, get_args, get_origin, get_type_hints

import attrs
import pytest

from smartlead_async.errors import NotFound, OperationRefused, ResponseDecodeError
from smartlead_async.fields import WIRE, mask
from smartlead_async.pipeline.annotations import union_members, without_none
from smartlead_async.pipeline.classify import read_response
from smartlead_async.pipeline.decode import _unwrapping

from .contract import CONTRACT, every_operation, request_of

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


def read(operation_id: str, value: Any) -> Any:
    """An answer through the whole reading path; texts travel as they are, all else as JSON."""
    operation = request_of(operation_id).operation
    body = value.encode() if isinstance(value, str) else json.dumps(value).encode()
    return read_response(operation, 200, {}, body, redact=str)


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
    kind = without_none(cls.operation.answer)[0]
    unwrapped = _unwrapping(cls.operation, kind)(example)
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
        for item, read_item in itertools.zip_longest(raw, decoded, fillvalue=MISSING):
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
        further = schema.get("additionalProperties")
        schema = inner or (further if isinstance(further, dict) else {})
    return schema


def required_in(schema: dict[str, Any], path: tuple[Any, ...]) -> bool:
    return path[-1] in schema_at(schema, path[:-1]).get("required", ())


OWN_IDS: Final = {"id", "newCampaignId", "campaign_id", "tag_id", "emailAccountId"}
MUST_BE_THERE: Final = {
    ("campaigns.leads_message_history_bulk", ("9001", "history")): "without it a lead seems to have no mails",
    ("email_accounts.save_oauth", ("data",)): "the id is in it",
    ("leads.get_by_email", ("email",)): "the very thing that was looked for",
    ("leads.list_all", ("data",)): "without it the list seems to end here",
    ("leads.list_all", ("data", "leads")): "without it the list seems to end here",
    ("leads.list_global", ("data",)): "without it the list seems to end here",
}


def may_be_absent(operation_id: str, path: tuple[Any, ...]) -> bool:
    schema = CONTRACT[operation_id]["response"]["schema"]
    needed = required_in(schema, path) or path[-1] in OWN_IDS or (operation_id, path) in MUST_BE_THERE
    return not needed


answered_in_json = pytest.mark.parametrize(
    "operation_id", sorted(i for i, o in CONTRACT.items() if not isinstance(o["response"]["example"], str))
)


@answered_in_json
def test_null_is_allowed_wherever_the_contract_does_not_require_a_value(operation_id: str) -> None:
    response = CONTRACT[operation_id]["response"]
    refused = []
    for path in places(response["example"]):
        try:
            read(operation_id, put(response["example"], path, None))
        except (ResponseDecodeError, NotFound):
            if may_be_absent(operation_id, path):
                refused.append(path)
    assert refused == []


@answered_in_json
def test_a_key_may_be_missing_wherever_the_contract_does_not_require_it(operation_id: str) -> None:
    response = CONTRACT[operation_id]["response"]
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
            if may_be_absent(operation_id, path):
                refused.append(path)
    assert refused == []


@answered_in_json
def test_a_key_that_nobody_knows_changes_nothing(operation_id: str) -> None:
    example = CONTRACT[operation_id]["response"]["example"]
    kind = without_none(request_of(operation_id).operation.answer)[0]
    listed = isinstance(example, list) and bool(example)
    inside: Any = example[0] if listed else example
    if attrs.has(get_args(kind)[0] if listed else kind):
        changed = inside | {"brand_new": {"a": [1]}}
        assert read(operation_id, [changed, *example[1:]] if listed else changed) == read(
            operation_id, example
        )
    else:
        # Handed on as it is, by contract.
        assert read(operation_id, example) is not None


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


# --- the classes against the schemas, for what the examples do not show ------------------------------

NOT_THE_ENUM: Final = {
    "sentiment_type": "a text: categories of one's own may say anything",
    "esp_domain_type": "a number",
    "stop_lead_settings": "the older spellings stay texts",
}


@every_operation
def test_every_field_of_the_schema_is_read_with_its_type(operation_id: str) -> None:
    operation = request_of(operation_id).operation
    schema = CONTRACT[operation_id]["response"]["schema"]
    kind = without_none(operation.answer)[0]
    if "anyOf" in schema:
        schema = next(one for one in schema["anyOf"] if one["type"] == "object")
    if operation_id == "leads.get":
        schema = schema["properties"]["data"]["items"]
    assert list(unread(operation_id, schema, kind, "")) == []


def unread(operation_id: str, schema: dict[str, Any], kind: Any, path: str) -> Iterator[str]:
    options = [m for m in union_members(kind) or (kind,) if m is not type(None)]
    types = schema.get("type", [])
    types = {types} if isinstance(types, str) else set(types)
    if not types or options in ([Any], [dict[str, Any]]):
        return
    if schema.get("format") == "date-time":
        if options != [dt.datetime]:
            yield f"{path} is not a datetime"
    elif attrs.has(options[0]):
        yield from unread_keys(operation_id, schema, options[0], path)
    elif get_origin(options[0]) is list and "array" in types:
        yield from unread(operation_id, schema.get("items", {}), get_args(options[0])[0], f"{path}[]")
    elif get_origin(options[0]) is dict:
        yield from unread(operation_id, schema.get("additionalProperties", {}), get_args(options[0])[1], path)
    elif not fits(schema, types, options, path.rpartition(".")[2]):
        yield f"{path}: {types} is read as {kind}"


def unread_keys(operation_id: str, schema: dict[str, Any], cls: type, path: str) -> Iterator[str]:
    hints = get_type_hints(cls)
    named = {name: f for f in attrs.fields(cls) for name in f.metadata.get(WIRE, (f.name,))}
    for key, inner in schema.get("properties", {}).items():
        here = f"{path}.{key}".lstrip(".")
        parts = {f"{key}.{k}": v for k, v in inner.get("properties", {}).items()}
        if key not in named and any(name in named for name in parts):
            flat = {"type": "object", "properties": parts}
            yield from unread_keys(operation_id, flat, cls, path)
        elif key in named:
            yield from unread(operation_id, inner, hints[named[key].name], here)
            if inner.get("x-secret") and named[key].repr is not mask:
                yield f"{here} would show in a repr"
        elif (operation_id, here) not in NOT_READ and not key.startswith("pagination"):
            yield f"{here} has no field"


NUMBERS: Final = ({"integer", "string"}, {"number", "string"})


def fits(schema: dict[str, Any], types: set[str], options: list[Any], key: str) -> bool:
    """Whether the annotation is that of the schema; numbers that also come as texts are numbers here."""
    types = types - {"null"}
    enums = [o for o in options if isinstance(o, type) and issubclass(o, enum.Enum)]
    if enums:
        documented = {value for value in schema.get("enum", ()) if value is not None}
        return not documented or key in NOT_THE_ENUM or {m.value for m in enums[0]} == documented
    if "enum" in schema and key not in NOT_THE_ENUM:
        return False
    if types in NUMBERS:
        return options[0] in (int, float, str)
    plain = {"integer": (int, float), "number": (float,), "string": (str, dt.date), "boolean": (bool,)}
    return all(options[0] in plain.get(name, ()) for name in types)
