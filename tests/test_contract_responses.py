"""Every recorded response of the API, read by the request class of its operation."""

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

from smartlead_async.errors import APIError, NotFound, OperationRefused, ResponseDecodeError, error_class
from smartlead_async.fields import BARE, WIRE, Secret, mask
from smartlead_async.pipeline.annotations import is_union_of_shapes, without_none
from smartlead_async.pipeline.classify import read_response
from smartlead_async.pipeline.decode import _located_page, _unwrapping, _wire_keys, accepts_nothing, is_page
from smartlead_async.request import Operation
from smartlead_async.typed import union_members

from .contract import ALIASES, CONTRACT, EVERYTHING, OPERATIONS, every_operation, request_of

OTHER_DIALECTS: Final = {
    ("campaigns.list_leads", 0): "a lead without campaign_lead_map_id and lead; live responses differ",
    ("campaigns.analytics", 1): "an empty list, on a page about another operation",
}
NOT_READ: Final = {
    ("inbox.reply", "data"): 'the string "success" next to ok',
    ("campaigns.pause_lead", "data"): 'the string "success" next to ok',
    ("campaigns.resume_lead", "data"): 'the string "success" next to ok',
}


def read(operation_id: str, value: Any) -> Any:
    """Return a response read by the whole pipeline; strings are sent unchanged, other values as JSON."""
    operation = request_of(operation_id).operation
    body = value.encode() if isinstance(value, str) else json.dumps(value).encode()
    return read_response(operation, 200, {}, body, redact=str)


def examples() -> list[Any]:
    """Return every recorded response."""
    found = []
    aliases = {key: EVERYTHING[key] for key, method in ALIASES.items() if method in OPERATIONS}
    for operation_id, operation in sorted((CONTRACT | aliases).items()):
        found.append(pytest.param(operation_id, operation["response"]["example"], id=operation_id))
        for index, seen in enumerate(operation["response"].get("also_seen", ())):
            name = f"{operation_id}-{index}"
            if (operation_id, index) not in OTHER_DIALECTS:
                found.append(pytest.param(operation_id, seen["example"], id=name))
    return found


def reports_failure(operation_id: str, example: Any) -> bool:
    return isinstance(example, dict) and example.get("ok") is False and operation_id != "leads.unsubscribe"


@pytest.mark.parametrize(("operation_id", "example"), examples())
def test_every_recorded_response_can_be_read(operation_id: str, example: Any) -> None:
    if operation_id == "leads.get_by_email" and example == {}:
        assert read(operation_id, example) is None
    elif operation_id == "campaigns.get" and example == {}:
        with pytest.raises(NotFound):
            read(operation_id, example)
    elif reports_failure(operation_id, example):
        with pytest.raises(OperationRefused):
            read(operation_id, example)
    else:
        assert read(operation_id, example) is not None


def error_examples() -> list[Any]:
    """Return every recorded error response once for each operation."""
    return [
        pytest.param(operation_id, error["status"], error["body"], id=f"{operation_id}-{index}")
        for operation_id, operation in sorted(CONTRACT.items())
        for index, error in enumerate(operation["error_examples"])
    ]


@pytest.mark.parametrize(("operation_id", "status", "body"), error_examples())
def test_every_recorded_error_is_raised_as_the_class_of_its_status(
    operation_id: str, status: int, body: Any
) -> None:
    operation = request_of(operation_id).operation
    content = body.encode() if isinstance(body, str) else json.dumps(body).encode()
    if status == 404 and accepts_nothing(operation.response_type):
        assert read_response(operation, status, {}, content, redact=str) is None
        return
    with pytest.raises(APIError) as raised:
        read_response(operation, status, {}, content, redact=str)
    assert type(raised.value) is error_class(status)
    assert raised.value.status == status
    assert strings_in(body) & {raised.value.message, *raised.value.message.split(": ")}


def strings_in(value: Any) -> set[str]:
    """Return every string in a JSON value; a plain text is one."""
    if isinstance(value, dict):
        return {text for inner in value.values() for text in strings_in(inner)}
    return {" ".join(str(value).split())}


@pytest.mark.parametrize(("operation_id", "index"), sorted(OTHER_DIALECTS))
def test_a_dialect_that_differs_from_live_responses_is_an_error(operation_id: str, index: int) -> None:
    example = CONTRACT[operation_id]["response"]["also_seen"][index]["example"]
    with pytest.raises((ResponseDecodeError, NotFound)):
        read(operation_id, example)


@pytest.mark.parametrize(("operation_id", "example"), examples())
def test_every_value_of_a_recorded_response_is_decoded(operation_id: str, example: Any) -> None:
    if not example or reports_failure(operation_id, example):
        return
    cls = request_of(operation_id)
    decoded = read(operation_id, copy.deepcopy(example))
    if isinstance(example, str):
        assert (decoded if isinstance(decoded, str) else decoded.message) == example
        return
    kind = without_none(cls.operation.response_type)[0]
    if is_page(kind):
        _, page = _located_page(cls.operation, example)
        assert list(lost(operation_id, page["data"], decoded.data, "")) == []
        return
    unwrapped = _unwrapping(cls.operation, kind)(example)
    assert list(lost(operation_id, unwrapped, decoded, "")) == []


def lost(operation_id: str, raw: Any, decoded: Any, path: str) -> Iterator[str]:
    """Yield the paths of a response whose values are missing or different in the decoded object."""
    if attrs.has(type(decoded)):
        for key, value, received in pairs(as_object(raw, type(decoded)), decoded):
            here = f"{path}.{key}".lstrip(".")
            if received is not MISSING:
                yield from lost(operation_id, value, received, here)
            elif (operation_id, here) not in NOT_READ and here not in READ_BY_THE_PIPELINE:
                yield f"{here} has no field"
    elif isinstance(raw, list) and isinstance(decoded, list):
        for item, read_item in itertools.zip_longest(raw, decoded, fillvalue=MISSING):
            yield from lost(operation_id, item, read_item, f"{path}[]")
    elif isinstance(raw, dict) and isinstance(decoded, dict):
        by_string_key = {str(key): value for key, value in decoded.items()}
        for key, item in raw.items():
            yield from lost(operation_id, item, by_string_key.get(key, MISSING), f"{path}.{key}")
    elif not same(raw, decoded):
        yield f"{path}: {raw!r} became {decoded!r}"


def as_object(raw: Any, cls: type) -> dict[str, Any]:
    """Return the object that a bare list or string stands for."""
    if isinstance(raw, dict):
        return raw
    field = next(a for a in attrs.fields(cls) if a.metadata.get(BARE) is type(raw))
    return {field.metadata.get(WIRE, (field.name,))[0]: raw}


MISSING: Final = object()


def pairs(raw: dict[str, Any], decoded: Any) -> Iterator[tuple[str, Any, Any]]:
    """Yield each key with its value and its decoded value, looking one level into flattened objects."""
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
    if isinstance(decoded, Secret):
        return bool(raw == decoded.reveal())
    if isinstance(decoded, dt.datetime):
        return dt.datetime.fromisoformat(raw) == decoded
    if isinstance(decoded, dt.date):
        return dt.date.fromisoformat(raw[:10]) == decoded
    if isinstance(decoded, (str, int, float)):
        return type(decoded)(str(raw).removesuffix("%") if not isinstance(decoded, str) else raw) == decoded
    return bool(raw == decoded)


def key_paths(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Yield the path of every key in an example; the first item of a list stands for all."""
    if isinstance(value, dict):
        for key, inner in value.items():
            yield (*path, key)
            yield from key_paths(inner, (*path, key))
    elif isinstance(value, list) and value:
        yield from key_paths(value[0], (*path, 0))


def replaced(example: Any, path: tuple[Any, ...], value: Any) -> Any:
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


OWN_IDS: Final = {"id", "newCampaignId", "campaign_id", "tag_id", "emailAccountId", "email_lead_map_id"}
MUST_BE_THERE: Final = {
    ("campaigns.leads_message_history_bulk", ("9001", "history")): "without it a lead seems to lack emails",
    ("clients.create", ("clientId",)): "it identifies the new client",
    ("clients.create_api_key", ("data",)): "the id and the key are in it",
    ("email_account_tags.create", ("data",)): "the id is in it",
    ("email_accounts.save_oauth", ("data",)): "the id is in it",
    ("inbox.reply_status", ("data", "status")): "nothing else is asked for",
    ("lead_lists.create", ("data",)): "the id is in it",
    ("lead_lists.get", ("data",)): "the id is in it",
    ("lead_lists.update", ("data",)): "the id is in it",
    ("leads.get_by_email", ("email",)): "it identifies the lead that was looked up",
    ("smart_senders.get_otp", ("data",)): "the password is in it",
    ("smart_senders.get_otp", ("data", "otp")): "nothing else is asked for",
    ("smart_senders.place_order", ("order_id",)): "without it nobody learns what becomes of the order",
}


def may_be_absent(operation_id: str, path: tuple[Any, ...]) -> bool:
    schema = CONTRACT[operation_id]["response"]["schema"]
    needed = required_in(schema, path) or path[-1] in OWN_IDS or (operation_id, path) in MUST_BE_THERE
    return not needed and not is_list_of_response(operation_id, path)


def is_list_of_response(operation_id: str, path: tuple[Any, ...]) -> bool:
    """Return whether this is the list of a response, without which it would seem to be empty."""
    operation = request_of(operation_id).operation
    keys = operation.items if is_page(operation.response_type) else operation.unwrap
    is_list = is_page(operation.response_type) or get_origin(operation.response_type) is list
    here = ".".join(map(str, path))
    return is_list and any(key == here or key.startswith(f"{here}.") for key in keys)


responding_with_json = pytest.mark.parametrize(
    "operation_id", sorted(i for i, o in CONTRACT.items() if not isinstance(o["response"]["example"], str))
)


@responding_with_json
def test_values_that_the_contract_does_not_require_may_be_null(operation_id: str) -> None:
    response = CONTRACT[operation_id]["response"]
    refused = []
    for path in key_paths(response["example"]):
        try:
            read(operation_id, replaced(response["example"], path, None))
        except (ResponseDecodeError, NotFound):
            if may_be_absent(operation_id, path):
                refused.append(path)
    assert refused == []


@responding_with_json
def test_keys_that_the_contract_does_not_require_may_be_missing(operation_id: str) -> None:
    response = CONTRACT[operation_id]["response"]
    refused = []
    for path in key_paths(response["example"]):
        changed = replaced(response["example"], path, None)
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


@responding_with_json
def test_unknown_keys_are_ignored(operation_id: str) -> None:
    example = CONTRACT[operation_id]["response"]["example"]
    kind = without_none(request_of(operation_id).operation.response_type)[0]
    listed = isinstance(example, list) and bool(example)
    inside: Any = example[0] if listed else example
    if attrs.has(get_args(kind)[0] if listed else kind):
        changed = inside | {"brand_new": {"a": [1]}}
        assert read(operation_id, [changed, *example[1:]] if listed else changed) == read(
            operation_id, example
        )
    else:
        # The contract does not document the fields, so the response is returned unchanged.
        assert read(operation_id, example) is not None


def responses_with_unknown_enum_values() -> list[Any]:
    found = []
    for operation_id, operation in sorted(CONTRACT.items()):
        response = operation["response"]
        for path in key_paths(response["example"]):
            allowed = schema_at(response["schema"], path).get("enum", ())
            if any(isinstance(value, str) for value in allowed):
                changed = replaced(response["example"], path, "SOMETHING_NEW")
                name = ".".join(map(str, path))
                found.append(pytest.param(operation_id, changed, id=f"{operation_id}-{name}"))
    return found


@pytest.mark.parametrize(("operation_id", "changed"), responses_with_unknown_enum_values())
def test_an_unknown_enum_value_is_kept_as_a_string(operation_id: str, changed: Any) -> None:
    decoded = read(operation_id, changed)
    assert "SOMETHING_NEW" in str(attrs.asdict(decoded) if attrs.has(type(decoded)) else decoded)


def test_there_are_enums_in_the_recorded_responses() -> None:
    assert len(responses_with_unknown_enum_values()) >= 12


@pytest.mark.parametrize(
    "operation_id", ["campaigns.list", "campaigns.list_email_accounts", "campaigns.get_sequences"]
)
@pytest.mark.parametrize("wrap", [lambda v: {"ok": True, "data": v}, lambda v: {"success": True, "data": v}])
def test_a_list_may_be_wrapped_in_an_object(operation_id: str, wrap: Any) -> None:
    example = CONTRACT[operation_id]["response"]["example"]
    assert read(operation_id, wrap(example)) == read(operation_id, example)


def test_campaigns_may_be_wrapped_under_their_own_name() -> None:
    example = CONTRACT["campaigns.list"]["response"]["example"]
    assert read("campaigns.list", {"success": True, "campaigns": example}) == read("campaigns.list", example)


NOT_THE_ENUM: Final = {
    "action": "one enum for what became of tags that were assigned and removed",
    "sentiment_type": "a string: custom categories may have any value",
    "esp_domain_type": "a number",
    "stop_lead_settings": "the older spellings are kept as strings",
}


@every_operation
def test_every_field_of_the_schema_has_an_attribute_of_its_type(operation_id: str) -> None:
    operation = request_of(operation_id).operation
    schema = CONTRACT[operation_id]["response"]["schema"]
    kind = without_none(operation.response_type)[0]
    if is_page(kind):
        schema, kind = schema_of_list(schema, operation.items), list[get_args(kind)[0]]  # type: ignore[misc]
    else:
        schema = unwrapped_schema(schema, operation, kind)
    assert list(unread(operation_id, schema, kind, "")) == []


def unwrapped_schema(schema: dict[str, Any], operation: Operation, kind: Any) -> dict[str, Any]:
    """Return the schema of what a response is about, without its envelope."""
    wanted = "array" if get_origin(kind) is list else "object"
    own = _wire_keys(kind) if attrs.has(kind) else set()
    forms = [schema] if "type" in schema else schema["anyOf"]
    for form in forms:
        for key in (key for key in operation.unwrap if key not in own):
            found = schema_under(form, key)
            if found.get("type") == wanted:
                return found
            if wanted == "object" and found.get("type") == "array":
                return dict(found["items"])  # a single object may come in a list
    return next((form for form in forms if form["type"] == wanted), forms[0])


def schema_under(schema: dict[str, Any], key: str) -> dict[str, Any]:
    for step in key.split("."):
        forms = [schema, *schema.get("anyOf", ())]
        schema = next((f["properties"][step] for f in forms if step in f.get("properties", {})), {})
        schema = not_null(schema)
    return schema


def not_null(schema: dict[str, Any]) -> dict[str, Any]:
    """Return the other form of a schema that is "this or null"."""
    forms = [form for form in schema.get("anyOf", ()) if form["type"] != "null"]
    return forms[0] if len(forms) == 1 else schema


def schema_of_list(schema: dict[str, Any], keys: tuple[str, ...]) -> dict[str, Any]:
    """Return the schema of a page's list: the schema itself, or the one under the first key that it has."""
    for form in [schema] if "type" in schema else schema["anyOf"]:
        if form["type"] == "array":
            return dict(form)
        for key in keys:
            if (found := schema_under(form, key)).get("type") == "array":
                return found
    raise LookupError(f"no list under {keys}")


def unread(  # noqa: C901 - one branch for each form of a type hint
    operation_id: str, schema: dict[str, Any], kind: Any, path: str
) -> Iterator[str]:
    options = [m for m in union_members(kind) or (kind,) if m is not type(None)]
    if "anyOf" in schema and "type" not in schema:
        for form in schema["anyOf"]:
            tried = [list(unread(operation_id, bare_form(form, each), each, path)) for each in options]
            yield from min(tried, key=len)
        return
    types = schema.get("type", [])
    types = {types} if isinstance(types, str) else set(types)
    if not types or options == [Any] or dict[str, Any] in options:
        return
    if is_union_of_shapes(kind):
        yield from unread_shapes(operation_id, schema, options, path)
    elif schema.get("format") == "date-time":
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


def bare_form(schema: dict[str, Any], kind: Any) -> dict[str, Any]:
    """Return the schema of the object that a bare list or string stands for."""
    for cls in filter(attrs.has, (kind, *union_members(kind))):
        for field in attrs.fields(cls):
            if {list: "array", str: "string"}.get(field.metadata.get(BARE)) == schema.get("type"):
                name = field.metadata.get(WIRE, (field.name,))[0]
                return {"type": "object", "properties": {name: schema}}
    return schema


def unread_shapes(operation_id: str, schema: dict[str, Any], options: list[Any], path: str) -> Iterator[str]:
    """Yield what no member of a union can hold."""
    types = schema["type"] if isinstance(schema["type"], list) else [schema["type"]]
    for name in (name for name in types if name != "null"):
        holders = [option for option in options if holds(option, name)]
        if not holders:
            yield f"{path}: {name} is read as {options}"
        elif name in ("array", "object"):
            yield from unread(operation_id, schema | {"type": name}, holders[0], path)


def holds(option: Any, name: str) -> bool:
    """Return whether a type can hold the values of a JSON type."""
    if name == "object":
        return attrs.has(option) or get_origin(option) is dict
    return get_origin(option) is list if name == "array" else option in PLAIN[name]


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
            hint = hints[named[key].name]
            masked = named[key].repr is mask or Secret in (hint, *union_members(hint))
            if inner.get("x-secret") and not masked:
                yield f"{here} would show in a repr"
        elif (operation_id, here) not in NOT_READ and key not in READ_BY_THE_PIPELINE:
            yield f"{here} has no field"


READ_BY_THE_PIPELINE: Final = {"ok", "success", "pagination"}

NUMBERS: Final = ({"integer", "string"}, {"number", "string"}, {"integer", "number", "string"})

PLAIN: Final[dict[str, tuple[type, ...]]] = {
    "integer": (int, float),
    "number": (float,),
    "string": (str, dt.date, dt.datetime, Secret),
    "boolean": (bool,),
}


def fits(schema: dict[str, Any], types: set[str], options: list[Any], key: str) -> bool:
    """Return true if the annotation fits the schema; numbers that are also sent as strings are numbers."""
    types = types - {"null"}
    enums = [o for o in options if isinstance(o, type) and issubclass(o, enum.Enum)]
    if enums:
        documented = {value for value in schema.get("enum", ()) if value is not None}
        return not documented or key in NOT_THE_ENUM or {m.value for m in enums[0]} == documented
    if "enum" in schema and key not in NOT_THE_ENUM:
        return False
    if types in NUMBERS:
        return options[0] in (int, float, str)
    return all(options[0] in PLAIN.get(name, ()) for name in types)
