"""Values that a JSON Schema accepts, drawn from the schema itself; only what the schema of plans uses."""

from __future__ import annotations

import re
from typing import Any

from hypothesis import strategies as st

_WORDS = ("a", "Zoë", "{{first_name}}", "on", "9:30", "09:30", "A", "{value}", "ann@try.example", "", " ")
_TEXTS = st.sampled_from(_WORDS)
# Not 5.0: JSON Schema counts it as an integer, and the reader does not.
_FLOATS = st.sampled_from([0.5, 1.25, -3.5])
_SCALARS: dict[str, st.SearchStrategy[Any]] = {
    "null": st.none(),
    "boolean": st.booleans(),
    "number": st.integers(-5, 200) | _FLOATS,
}


def values_of(schema: Any, root: dict[str, Any]) -> st.SearchStrategy[Any]:
    """Return a strategy for a schema within ``root``; conditions and ``oneOf`` are left to a filter."""
    if schema is True or schema.keys() == {"description"}:
        return st.none() | _TEXTS
    if "$ref" in schema:
        target: Any = root
        for part in schema["$ref"].removeprefix("#/").split("/"):
            target = target[part]
        return st.deferred(lambda: values_of(target, root))
    if "const" in schema:
        return st.just(schema["const"])
    if "enum" in schema:
        return st.sampled_from(schema["enum"])
    if "anyOf" in schema:
        return st.one_of([values_of(each, root) for each in schema["anyOf"]])
    kinds = schema["type"] if isinstance(schema["type"], list) else [schema["type"]]
    return st.one_of([_of_type(kind, schema, root) for kind in kinds])


def _of_type(kind: str, schema: dict[str, Any], root: dict[str, Any]) -> st.SearchStrategy[Any]:
    if kind in _SCALARS:
        return _SCALARS[kind]
    if kind == "integer":
        return st.integers(schema.get("minimum", 0), schema.get("maximum", 1000))
    if kind == "array":
        items = values_of(schema["items"], root)
        return st.lists(items, min_size=schema.get("minItems", 0), max_size=2)
    return _string(schema) if kind == "string" else _mapping(schema, root)


def _string(schema: dict[str, Any]) -> st.SearchStrategy[str]:
    if schema.get("maxLength") == 1:
        return st.sampled_from(";,|")
    return st.sampled_from([word for word in _WORDS if re.search(schema.get("pattern", ""), word)])


def _mapping(schema: dict[str, Any], root: dict[str, Any]) -> st.SearchStrategy[dict[str, Any]]:
    if "properties" not in schema:
        return st.dictionaries(_TEXTS, values_of(schema["additionalProperties"], root), max_size=2)
    required = set(schema.get("required", ())) | set(schema.get("oneOf", [{"required": ()}])[0]["required"])
    values = {key: values_of(value, root) for key, value in schema["properties"].items()}
    return st.fixed_dictionaries(
        {key: value for key, value in values.items() if key in required},
        optional={key: value for key, value in values.items() if key not in required},
    )
