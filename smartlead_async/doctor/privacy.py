"""Names that may be published: those of fields, but not keys that could be data of the account."""

from __future__ import annotations

import re
from typing import Final

HIDDEN: Final = "<key>"

# Fields of the API are in snake_case or camelCase; addresses, names and ids are not.
_FIELD: Final = re.compile(r"\$?[a-z_][A-Za-z_]*(?:\d{1,2}[A-Za-z_]*)*")
_LONGEST: Final = 40
_INDEX: Final = re.compile(r"\[(?:\d+|'(?:[^'\\]|\\.)*'|\"(?:[^\"\\]|\\.)*\")\]")


def public_name(key: str) -> str:
    """Return the name of a field, or a placeholder for a key that could be data.

    >>> public_name("first_name"), public_name("ada@example.com"), public_name("4101")
    ('first_name', '<key>', '<key>')
    """
    return key if len(key) <= _LONGEST and _FIELD.fullmatch(key) else HIDDEN


def public_path(path: str) -> str:
    """Return a JSON path without indexes and keys that could be data.

    >>> public_path("$.data[3].lead['ada@example.com'].email")
    '$.data[].lead[].email'
    """
    path = _INDEX.sub("[]", path)
    if "'" in path or '"' in path or "@" in path:
        return HIDDEN
    root, *steps = path.split(".")
    return ".".join([root if root.startswith("$") else HIDDEN, *map(_public_step, steps)])


def _public_step(step: str) -> str:
    name, brackets, _ = step.partition("[")
    return public_name(name) + (
        step[len(name) :] if brackets and set(step[len(name) :]) <= {"[", "]"} else ""
    )
