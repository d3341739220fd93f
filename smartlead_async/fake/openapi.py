"""An OpenAPI 3.1 document of the declared operations, as a served fake accepts them.

Paths, parameters, bodies and bounds come from the request classes. Responses are not described in detail,
because the client reads them leniently.
"""

from __future__ import annotations

import datetime as dt
import enum
import inspect
import re
import types
from collections.abc import Iterable, Mapping
from typing import Any, Final, Literal, Union, get_args, get_origin

import attrs

from .._version import __version__
from ..fields import WIRE, Between, Length, Matches, NotGiven, OneOf
from ..request import Operation, Parameter, Part, Request
from .validation import PAGE_BOUNDS, hints_of, rules_of

Schema = dict[str, Any]

_PLACEHOLDER: Final = re.compile(r"\{(\w+)\}")
_PLAIN: Final[dict[Any, Schema]] = {
    str: {"type": "string"},
    int: {"type": "integer"},
    float: {"type": "number"},
    bool: {"type": "boolean"},
    dt.datetime: {"type": "string", "format": "date-time"},
    dt.date: {"type": "string", "format": "date"},
    dict: {"type": "object"},
    Mapping: {"type": "object"},
    list: {"type": "array"},
}
_BOUNDS: Final = {
    "array": ("minItems", "maxItems"),
    "object": ("minProperties", "maxProperties"),
    "string": ("minLength", "maxLength"),
}


def openapi_document(requests: Iterable[type[Request[Any]]], base_url: str) -> Schema:
    """Return the OpenAPI document of request classes that are served under a base URL."""
    paths: dict[str, Schema] = {}
    by_shape: dict[str, str] = {}
    for request in requests:
        own_path = request.operation.path.rstrip("/")
        # Templates that differ only in the names of their parameters are one path in OpenAPI.
        path = by_shape.setdefault(_PLACEHOLDER.sub("{}", own_path), own_path)
        names = dict(zip(_PLACEHOLDER.findall(own_path), _PLACEHOLDER.findall(path), strict=True))
        methods, method = paths.setdefault(path, {}), request.operation.method.lower()
        described = _operation(request, names)
        methods[method] = _merged(methods[method], described) if method in methods else described
    return {
        "openapi": "3.1.0",
        "info": {"title": "SmartLead, as smartlead-async knows it", "version": __version__},
        "servers": [{"url": base_url}],
        "security": [{"api_key": []}],
        "components": {"securitySchemes": {"api_key": {"type": "apiKey", "in": "query", "name": "api_key"}}},
        "paths": paths,
    }


def _operation(request: Any, names: Mapping[str, str]) -> Schema:
    operation: Operation = request.operation
    hints = hints_of(request)
    parameters = [
        _parameter(parameter, hints[parameter.name], names.get(parameter.wire))
        for parameter in request.parameters
        if parameter.part in {Part.PATH, Part.QUERY}
    ]
    description: Schema = {
        "operationId": operation.name,
        "summary": (inspect.getdoc(request) or operation.name).splitlines()[0],
        "tags": [operation.host.name.lower()],
        "parameters": parameters,
        "responses": {"default": {"description": "SmartLead's response, or one of its error bodies."}},
    }
    if operation.documentation is not None:
        description["externalDocs"] = {"url": operation.documentation}
    body = _body(request)
    if body is not None:
        description["requestBody"] = {"required": True, "content": {"application/json": {"schema": body}}}
    return description


def _merged(first: Schema, second: Schema) -> Schema:
    """Return one description of two operations at a path, since OpenAPI does not tell bodies apart."""
    schemas = [each["requestBody"]["content"]["application/json"]["schema"] for each in (first, second)]
    return first | {
        "operationId": f"{first['operationId']}_or_{second['operationId']}",
        "summary": f"{first['summary']} Or: {second['summary']}",
        "requestBody": {"required": True, "content": {"application/json": {"schema": {"anyOf": schemas}}}},
    }


def _parameter(parameter: Parameter, hint: Any, name_in_path: str | None) -> Schema:
    schema = _narrowed(_field(hint, parameter.attribute), PAGE_BOUNDS.get(parameter.wire, ()))
    # A path or a query cannot contain null.
    schema = {
        key: value[0] if key == "type" and isinstance(value, list) else value for key, value in schema.items()
    }
    if None in schema.get("enum", ()):
        schema["enum"] = [value for value in schema["enum"] if value is not None]
    if parameter.part is Part.PATH:
        return {"name": name_in_path, "in": "path", "required": True, "schema": schema}
    described = {"name": parameter.wire, "in": "query", "required": parameter.required, "schema": schema}
    # A list is sent with commas, not as one parameter for each item.
    return described | {"explode": False} if schema.get("type") == "array" else described


def _body(request: Any) -> Schema | None:
    hints = hints_of(request)
    for parameter in request.parameters:
        if parameter.part is Part.WHOLE_BODY:
            return _field(hints[parameter.name], parameter.attribute)
    fields = [(p.attribute, p.wire) for p in request.parameters if p.part is Part.BODY]
    return _object(fields, hints) if fields else None


def _object(fields: Iterable[tuple[attrs.Attribute[Any], str]], hints: Mapping[str, Any]) -> Schema:
    fields = list(fields)
    return {
        "type": "object",
        "properties": {wire: _field(hints[attribute.name], attribute) for attribute, wire in fields},
        "required": [wire for attribute, wire in fields if attribute.default is attrs.NOTHING],
        "additionalProperties": False,
    }


def _field(hint: Any, attribute: attrs.Attribute[Any]) -> Schema:
    """Return the schema of a field: its type, narrowed by its validators."""
    own, of_items = rules_of(attribute)
    schema = _narrowed(_schema(hint), own)
    items = schema.get("items")
    return schema | {"items": _narrowed(items, of_items)} if items is not None else schema


def _schema(hint: Any) -> Schema:  # noqa: PLR0911 - one line for each form of a type hint
    origin, members = get_origin(hint), get_args(hint)
    if hint in _PLAIN:
        return dict(_PLAIN[hint])
    if _is_union(hint):
        return _union(members)
    if origin is Literal:
        return {"enum": list(members)}
    if isinstance(hint, type) and issubclass(hint, enum.Enum):
        return {"enum": [member.value for member in hint]}
    if attrs.has(hint):
        fields = ((a, a.metadata.get(WIRE, (a.name,))[0]) for a in attrs.fields(hint))
        return _object(fields, hints_of(hint))
    if isinstance(origin, type) and issubclass(origin, Mapping):
        return {"type": "object"}
    if isinstance(origin, type) and issubclass(origin, Iterable):
        return {"type": "array", "items": _schema(members[0]) if members else {}}
    return {}


def _is_union(hint: Any) -> bool:
    return get_origin(hint) in (Union, types.UnionType)


def _union(members: tuple[Any, ...]) -> Schema:
    options = [each for each in members if each not in (type(None), NotGiven)]
    # Beside an enum, a string stands for values that are not known yet; the server accepts only known ones.
    closed = [each for each in options if isinstance(each, type) and issubclass(each, enum.Enum)]
    schemas = [_schema(each) for each in closed or options]
    schema = schemas[0] if len(schemas) == 1 else {"anyOf": schemas}
    return _nullable(schema) if type(None) in members else schema


def _nullable(schema: Schema) -> Schema:
    if "enum" in schema:
        return schema | {"enum": [*schema["enum"], None]}
    if isinstance(schema.get("type"), str):
        return schema | {"type": [schema["type"], "null"]}
    return {"anyOf": [schema, {"type": "null"}]} if schema else schema


def _narrowed(schema: Schema, rules: Iterable[Any]) -> Schema:
    for rule in rules:
        match rule:
            case Between():
                schema = schema | _present(minimum=rule.minimum, maximum=rule.maximum)
            case Length():
                kind = schema.get("type", "string")
                least, most = _BOUNDS[kind if isinstance(kind, str) else kind[0]]
                schema = schema | _present(**{least: rule.minimum or None, most: rule.maximum})
            case Matches():
                schema = schema | {"pattern": f"^(?:{rule.pattern})$"}
            case OneOf():
                schema = schema | {"enum": [member.value for member in rule.choices]}
    return schema


def _present(**bounds: float | None) -> Schema:
    return {name: bound for name, bound in bounds.items() if bound is not None}
