"""The least request that the contract allows for each operation, made without the package's own classes."""

from __future__ import annotations

from typing import Any

Ids = dict[str, Any]

_BY_NAME: dict[str, Any] = {
    "timezone": "Europe/Berlin",
    "start_hour": "09:00",
    "end_hour": "17:00",
    "start_date": "2027-03-01",
    "end_date": "2027-03-31",
    "email": "least@prospect.example",
    "webhook_url": "https://hooks.example/sl",
    "color": "#4455AA",
}
_BY_FORMAT = {
    "date-time": "2027-03-01T10:00:00.000Z",
    "date": "2027-03-01",
    "ISO 8601": "2027-03-01T10:00:00Z",
}


def least_request(operation: dict[str, Any], ids: Ids) -> tuple[str, str, dict[str, str], Any]:
    """Return method, path, query and body. ``ids`` are by field, or by operation and field."""

    def known(name: str) -> Any:
        return ids.get(f"{operation['id']}.{name}", ids.get(name))

    path = operation["path"]
    query: dict[str, str] = {}
    for parameter in operation["params"]:
        name, place = parameter["name"], parameter["in"]
        if place == "path":
            path = path.replace(f"{{{name}}}", str(known(name) or 7))
        elif place == "query" and parameter.get("required"):
            query[name] = str(known(name) or _value(parameter, name, known))
    body = None
    if operation["method"] != "GET":
        body = _value(operation["body"], "", known) if operation["body"] else {}
        choices = [c for kind in ("oneOf", "anyOf") for c in (operation["body"] or {}).get(kind, ())]
        for name in choices[0].get("required", ()) if choices and isinstance(body, dict) else ():
            body[name] = _value(operation["body"]["properties"][name], name, known)
    return operation["method"], path, query, body


def _value(schema: dict[str, Any], name: str, known: Any) -> Any:  # noqa: PLR0911 - one for each type
    if name and (found := known(name)) is not None:
        return found
    if schema.get("enum"):
        return schema["enum"][0]
    kind = schema.get("type")
    if kind is None and (options := schema.get("oneOf") or schema.get("anyOf")):
        return _value(options[0], name, known)
    kind = next(each for each in kind if each != "null") if isinstance(kind, list) else kind or "object"
    match kind.partition("|")[0]:
        case "object":
            properties = schema.get("properties", {})
            return {each: _value(properties[each], each, known) for each in schema.get("required", ())}
        case "array":
            item = _value(schema.get("items", {"type": "string"}), name.removesuffix("s"), known)
            return [item] * max(1, schema.get("minItems", 1))
        case "integer" | "number":
            return max(1, schema.get("minimum", schema.get("min", 1)))
        case "boolean":
            return True
    return _BY_NAME.get(name) or _BY_FORMAT.get(schema.get("format", ""), "text")
