"""Random mutations of text, bytes and JSON-like values."""

from __future__ import annotations

import random
from collections.abc import Sequence
from typing import Any, Final

TOKENS: Final = (
    '"', "'", ",", ";", "\t", "|", "\n", "\r", "\r\n", "\x00", "\x1b[31m", "\x85", "\u2028", "\ufeff",
    "\u200b", "\u202e", "\xad", "\ud800", "\U0001f600", "é", "ß", "İ", "ﬁ", "`", "\\", "/", "../", "%", "#",
    "&", "*", "!", "?", "{", "}", "{{", "}}", "{{first_name}}", "{{ first name | x", "{a|b}", "{% if x %}",
    "%signature%", "[", "]", "<", ">", "<br>", "<!--", "&amp;", "&#0;", ":", ": ", "- ", "-", "---\n",
    "...", "  ", "\u00a0", "=1+1", "@", "a@b.example", "null", "~", "true", "NaN", "1e999", "-0", "0x1F",
    "1_000", "2027-01-04", "12:30:45", "9" * 30, "9" * 5000, "!!python/object:os.system", "!!binary AA==",
    "&a ", "*a", "<<: ", "? ", "|\n", "sep=;\n",
)  # fmt: skip

VALUES: Final[tuple[Any, ...]] = (
    None, True, False, 0, -1, 1, 7, 100, 101, 2**31, 2**53 + 1, 2**63, 10**400, 0.0, -0.5, 1e308,
    float("nan"), float("inf"), "", " ", "0", "1", "true", "null", "x", "x" * 300, "y" * 100_000, [], {},
    [[]], [None], [1, 1], {"": 1}, {"value": "{value}"}, "mon-fri", "00:00", "24:00", "25:61", "9:5",
    "2027-01-04T09:00:00Z", "0001-01-01T00:00:00", "9999-12-31T23:59:59-14:00", "Europe/Berlin",
    "Mars/Base", "clone", "leads.csv", "other.csv", "bodies/intro.html", "../secret.txt", "/dev/zero",
    "\x00", "\ud800", "\u202e", "{{first_name}}", "{{", "a@b.example", "501", 501,
)  # fmt: skip


def mutate_text(rng: random.Random, text: str, times: int) -> str:
    """Return the text with spans removed, repeated and moved, and tokens inserted."""
    for _ in range(times):
        start = rng.randrange(len(text) + 1)
        end = min(len(text), start + rng.choice((0, 1, 1, 2, 5, 20, 100)))
        span = text[start:end]
        match rng.randrange(6):
            case 0:
                text = text[:start] + text[end:]
            case 1:
                text = text[:end] + span + text[end:]
            case 2:
                to = rng.randrange(len(text) + 1)
                text = text[:to] + span + text[to:]
            case 3:
                text = text[: rng.randrange(len(text) + 1)] if rng.random() < 0.2 else text + span
            case _:
                text = text[:start] + rng.choice(TOKENS) + text[start if rng.random() < 0.7 else end :]
    return text


def mutate_bytes(rng: random.Random, data: bytes, times: int) -> bytes:
    """Return the bytes with some of them changed, removed and inserted."""
    for _ in range(times):
        start = rng.randrange(len(data) + 1)
        match rng.randrange(4):
            case 0:
                data = data[:start] + data[start + rng.choice((1, 1, 2, 16)) :]
            case 1:
                data = data[:start] + rng.randbytes(rng.choice((1, 1, 2, 4))) + data[start:]
            case 2:
                data = data[:start] + rng.randbytes(1) + data[start + 1 :]
            case _:
                data = data[:start] if rng.random() < 0.2 else data
    return data


def mutate_value(rng: random.Random, value: Any, keys: Sequence[str]) -> Any:
    """Return a copy of a JSON-like value with one part replaced, removed, repeated, renamed or wrapped."""
    if not isinstance(value, (dict, list)) or not value or rng.random() < 0.1:
        return _replaced(rng, value)
    if isinstance(value, list):
        return _mutate_list(rng, value, keys)
    key = rng.choice(list(value))
    match rng.randrange(10):
        case 0:
            return {name: item for name, item in value.items() if name != key}
        case 1:
            new = rng.choice((*keys, f"{key}s", key.upper(), mutate_text(rng, key, 1)))
            return {new if name == key else name: item for name, item in value.items()}
        case 2:
            return value | {rng.choice(keys): rng.choice(VALUES)}
        case _:
            return value | {key: mutate_value(rng, value[key], keys)}


def _mutate_list(rng: random.Random, value: list[Any], keys: Sequence[str]) -> list[Any]:
    index = rng.randrange(len(value))
    before, item, after = value[:index], value[index], value[index + 1 :]
    match rng.randrange(8):
        case 0:
            return before + after
        case 1:
            return [*before, item, item, *after]
        case _:
            return [*before, mutate_value(rng, item, keys), *after]


def _replaced(rng: random.Random, value: Any) -> Any:
    match rng.randrange(5):
        case 0 if isinstance(value, str):
            return mutate_text(rng, value, 2)
        case 1:
            return [value]
        case 2:
            return {"value": value}
        case 3 if rng.random() < 0.1:
            for _ in range(rng.choice((10, 200))):
                value = [value]
            return value
        case _:
            return rng.choice(VALUES)
