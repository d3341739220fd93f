"""The JSON Schema of plan files, for editors; it is derived from the specs and from the keys of the reader.

It describes shape: keys, types, choices and bounds. ``check`` tells whether a plan can be provisioned.
"""

from __future__ import annotations

import copy
import enum
import re
import types
from collections.abc import Iterable, Mapping
from typing import Any, Final, TypeAlias, get_args, get_type_hints

import attrs

from ..api.campaigns.models import OutOfOfficeSettings
from ..api.leads.models import ImportSettings, LeadInput
from ..fields import BOUNDS
from ..formats import CLOCK_TIME
from ..limits import MAX_NAME_LENGTH
from ..typed import union_members
from .campaign import CampaignSpec
from .lead_columns import MAX_CUSTOM_FIELDS
from .lead_reader import EACH_KEYS, FILE_KEYS
from .mailboxes import MailboxChoice
from .merge_tags import TAG_SIGNS
from .plan import IGNORED_PREFIX, MERGED, NOT_IN_DEFAULTS, SCHEMA_KEY, TOP_KEYS, VERSION, Strategy
from .reader import CAMPAIGN_KEYS, STEP_KEYS, VARIANT_KEYS
from .reading import names_of
from .schedule import ScheduleSpec
from .schema_text import DESCRIPTIONS
from .sequence import MAX_VARIANTS, StepSpec, VariantSpec
from .settings import SettingsSpec

Schema: TypeAlias = dict[str, Any]
Bounds: TypeAlias = "tuple[int, int | None] | None"

DIALECT: Final = "http://json-schema.org/draft-07/schema#"
"""The newest version of JSON Schema that the common editors support in full."""

TITLE: Final = "smartlead-async plan"

_CLASSES: Final[Mapping[str, type]] = {
    "campaign": CampaignSpec,
    "step": StepSpec,
    "variant": VariantSpec,
    "mailboxes": MailboxChoice,
    "lead": LeadInput,
    "schedule": ScheduleSpec,
    "settings": SettingsSpec,
    "out_of_office": OutOfOfficeSettings,
    "lead_import": ImportSettings,
}
_DEFINITION_OF: Final = {cls: name for name, cls in _CLASSES.items()}
_KEYS: Final[Mapping[str, Iterable[str]]] = {
    "campaign": CAMPAIGN_KEYS,
    "step": STEP_KEYS,
    "variant": VARIANT_KEYS,
}

# A plan may have a number or a boolean in the place of a string: it is taken as it is written.
_TEXT: Final = ["string", "number", "boolean"]
_OPTIONAL_TEXT: Final[Schema] = {"type": [*_TEXT, "null"]}
_NOT_BLANK: Final = r"\S"
_FILE_NAME: Final[Schema] = {"type": "string", "pattern": _NOT_BLANK}
# ECMAScript refuses a backslash before a character that needs none.
_SIGNS: Final = re.sub(r"[][{}()$*|]", r"\\\g<0>", TAG_SIGNS).replace("\t", r"\t")
_TAG: Final[Schema] = {"type": _TEXT, "pattern": f"[^{_SIGNS}]"}
_DAY: Final[Schema] = {"type": ["string", "integer"], "minimum": 0, "maximum": 7}
# The value of a for_each may be part of the string.
_CLOCK_TIME: Final[Schema] = {"type": ["string", "null"], "pattern": rf"^{CLOCK_TIME}$|\{{value\}}"}

_ONLY_IN_FILES: Final[Mapping[str, Schema]] = {
    "body_file": {"type": ["string", "null"]},
    "for_each": {"anyOf": [{"$ref": "#/definitions/for_each"}, {"type": "null"}]},
}
"""The keys that are no fields of a spec."""

# What the annotations of the specs do not say.
_VALUES: Final[Mapping[tuple[type, str], Schema]] = {
    (CampaignSpec, "name"): {"type": _TEXT, "pattern": _NOT_BLANK, "maxLength": MAX_NAME_LENGTH},
    (CampaignSpec, "client"): {"type": ["string", "boolean", "null"], "pattern": r"[^\s0-9]"},
    (CampaignSpec, "key"): {**_OPTIONAL_TEXT, "pattern": _NOT_BLANK},
    (CampaignSpec, "leads"): {
        "anyOf": [
            _FILE_NAME,
            {"$ref": "#/definitions/lead_file"},
            {"type": "array", "items": {"$ref": "#/definitions/lead"}},
            {"type": "null"},
        ]
    },
    (StepSpec, "variants"): {
        "type": ["array", "null"],
        "items": {"$ref": "#/definitions/variant"},
        "maxItems": MAX_VARIANTS,
    },
    (VariantSpec, "label"): {"type": ["string", "null"], "pattern": r"^[A-Z]$|\{value\}"},
    (ScheduleSpec, "days"): {
        "anyOf": [_DAY, {"type": "array", "items": _DAY, "minItems": 1}, {"type": "null"}],
        "default": "mon-fri",
    },
    (ScheduleSpec, "start"): _CLOCK_TIME,
    (ScheduleSpec, "end"): _CLOCK_TIME,
    (ScheduleSpec, "starts_at"): {
        "type": ["string", "null"],
        "pattern": r"^[0-9]{4}-[0-9]{2}-[0-9]{2}.[0-9]{2}:[0-9]{2}|\{value\}",
        "examples": ["2027-01-11T09:00:00+01:00"],
    },
    (LeadInput, "custom_fields"): {
        "type": ["object", "null"],
        "additionalProperties": _OPTIONAL_TEXT,
        "maxProperties": MAX_CUSTOM_FIELDS,
    },
}

_FILE_OPTIONS: Final[Mapping[str, Schema]] = {
    "csv": _FILE_NAME,
    "xlsx": _FILE_NAME,
    "sheet": _OPTIONAL_TEXT,
    "columns": {"type": ["object", "null"], "additionalProperties": {"type": ["string", "null"]}},
    "where": {
        "type": ["object", "null"],
        "additionalProperties": {"type": [*_TEXT, "array", "null"], "items": _OPTIONAL_TEXT, "minItems": 1},
    },
    "blank_values": {"type": ["boolean", "array", "null"], "items": _OPTIONAL_TEXT},
    "encoding": _OPTIONAL_TEXT,
    "delimiter": {"type": ["string", "null"], "minLength": 1, "maxLength": 1},
    "column": {"type": _TEXT},
}

_TOP: Final[Mapping[str, Schema]] = {
    SCHEMA_KEY: {},
    "version": {"const": VERSION},
    "strategy": {"enum": [each.value for each in Strategy], "default": Strategy.FULL.value},
    "defaults": {"anyOf": [{"$ref": "#/definitions/defaults"}, {"type": "null"}]},
    "allowed_tags": {**_TAG, "type": [*_TEXT, "array", "null"], "items": _TAG},
    "campaigns": {"type": "array", "items": {"$ref": "#/definitions/campaign"}, "minItems": 1},
}


def plan_schema() -> Schema:
    """Return the JSON Schema of a plan, as a dict that ``json.dumps`` can write.

    The schema of one campaign is at ``["definitions"]["campaign"]``; it fits the lines of a JSON Lines plan
    after the first one. Example::

        Path("plan.schema.json").write_text(json.dumps(plan_schema()))
    """
    schema = {
        "$schema": DIALECT,
        "title": TITLE,
        "description": "The campaigns that smartlead-async provisions.",
        **_mapping("plan", {key: _TOP[key] for key in (SCHEMA_KEY, *TOP_KEYS)}),
        "patternProperties": {f"^{IGNORED_PREFIX}": True},
        "required": ["version", "campaigns"],
        "allOf": _required_unless_in_defaults(),
        "definitions": _definitions(),
    }
    return copy.deepcopy(schema)


def _definitions() -> dict[str, Schema]:
    found = {name: _definition(name, cls) for name, cls in _CLASSES.items()}
    has_for_each = {"required": ["for_each"], "properties": {"for_each": {"type": "object"}}}
    found["campaign"] |= {"if": has_for_each, "then": {"properties": {"leads": False}}}
    named = {"required": ["client"], "properties": {"client": {"not": {"type": "null"}}}}
    found["campaign"]["allOf"] = [{"if": named, "then": {"properties": {"client_id": {"type": "null"}}}}]
    found["mailboxes"]["minProperties"] = 1
    found["lead_file"] = _lead_file("lead_file", FILE_KEYS)
    found["for_each"] = _lead_file("for_each", EACH_KEYS) | {"required": ["column"]}
    in_defaults = [key for key in CAMPAIGN_KEYS if key not in NOT_IN_DEFAULTS]
    references = {key: {"$ref": f"#/definitions/campaign/properties/{key}"} for key in in_defaults}
    found["defaults"] = _mapping("campaign", references)
    return found


def _definition(name: str, cls: type) -> Schema:
    values = {key: _value(cls, key) for key in _KEYS.get(name, names_of(cls))}
    # The defaults may have the rest of what is merged with them.
    is_whole = name not in {"campaign", *MERGED}
    return _mapping(name, values) | ({"required": _required(cls)} if is_whole and _required(cls) else {})


def _lead_file(name: str, keys: Iterable[str]) -> Schema:
    one_of = [{"required": [kind]} for kind in ("csv", "xlsx")]
    return {**_mapping(name, {key: _FILE_OPTIONS[key] for key in keys}), "oneOf": one_of}


def _mapping(name: str, properties: Mapping[str, Schema]) -> Schema:
    described = {
        key: schema if "$ref" in schema else {"description": DESCRIPTIONS[name][key], **schema}
        for key, schema in properties.items()
    }
    return {"type": "object", "properties": described, "additionalProperties": False}


def _required(cls: type) -> list[str]:
    return [field.name for field in attrs.fields(cls) if field.default is attrs.NOTHING]


def _required_unless_in_defaults() -> list[Schema]:
    """Return the conditions for what a campaign must have, but may have from the defaults."""
    named = {"required": _required(CampaignSpec)}
    timed = {"required": _required(ScheduleSpec)}
    own_timed = {"properties": {"schedule": timed}}
    return [
        {"if": _in_defaults(named), "else": _in_campaigns(named)},
        {"if": _in_defaults({"required": ["schedule"], **own_timed}), "else": _in_campaigns(own_timed)},
    ]


def _in_defaults(content: Schema) -> Schema:
    return {"required": ["defaults"], "properties": {"defaults": {"type": "object", **content}}}


def _in_campaigns(content: Schema) -> Schema:
    return {"properties": {"campaigns": {"items": content}}}


# --- values by their annotation ----------------------------------------------------------------------
def _value(cls: type, key: str) -> Schema:
    """Return the schema of a key; null is accepted where it can be omitted."""
    if key in _ONLY_IN_FILES:
        return _ONLY_IN_FILES[key]
    field = attrs.fields_dict(cls)[key]
    schema = _VALUES.get((cls, key))
    if schema is None:
        schema = _of_kind(get_type_hints(cls)[key], field.metadata.get(BOUNDS))
        schema = schema if field.default is attrs.NOTHING else _or_null(schema)
    return {**schema, "default": field.default} if isinstance(field.default, (int, str)) else schema


def _of_kind(kind: Any, within: Bounds) -> Schema:
    members = [m for m in union_members(kind) or (kind,) if m is not types.NoneType]
    for choices in members:
        if isinstance(choices, type) and issubclass(choices, enum.StrEnum):
            return {"enum": [choice.value for choice in choices]}
    if str in members:
        return {"type": _TEXT}
    # Another enum is the type of a marker.
    (kind,) = [m for m in members if not (isinstance(m, type) and issubclass(m, enum.Enum))]
    if kind in _DEFINITION_OF:
        return {"$ref": f"#/definitions/{_DEFINITION_OF[kind]}"}
    if kind is bool:
        return {"type": "boolean"}
    if kind is int:
        return {"type": "integer", **_bounds(within)}
    (item,) = get_args(kind)
    # In a list, a number is not taken as a string.
    return {"type": "array", "items": {"type": "string"} if item is str else _of_kind(item, within)}


def _bounds(within: Bounds) -> Schema:
    given = zip(("minimum", "maximum"), within or (), strict=False)
    return {name: bound for name, bound in given if bound is not None}


def _or_null(schema: Schema) -> Schema:
    if "$ref" in schema:
        return {"anyOf": [schema, {"type": "null"}]}
    if "enum" in schema:
        return {"enum": [*schema["enum"], None]}
    kinds = schema["type"] if isinstance(schema["type"], list) else [schema["type"]]
    return {**schema, "type": [*kinds, "null"]}
