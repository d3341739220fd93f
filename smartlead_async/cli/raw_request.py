"""Requests outside the declared operations: a method, a path, and what goes with them."""

from __future__ import annotations

import types
from collections.abc import Mapping, Sequence
from typing import Any, Final
from urllib.parse import parse_qsl, quote, unquote, urlsplit

import attrs

from ..request import Effect, Host, Request, query, whole_body
from ..wording import printable
from .field_values import read_json
from .output import CommandError

METHODS: Final = ("GET", "POST", "PUT", "PATCH", "DELETE")
HOSTS: Final = {host.name.lower(): host for host in Host}
_PREFIX: Final = "/api/v1/"


@attrs.frozen
class RawRequest:
    """A request as it is written on the command line, checked."""

    method: str
    path: str
    query: Sequence[tuple[str, str]]
    body: Any
    has_body: bool
    host: Host

    @classmethod
    def parse(
        cls, method: str, path: str, fields: Sequence[tuple[str, Any]], body: str | None, host: str
    ) -> RawRequest:
        """Return the request; fields are the query of a GET or beside a body, and the body otherwise."""
        if (verb := method.upper()) not in METHODS:
            raise CommandError(f"the method is one of {', '.join(METHODS)}, not {printable(method)!r}")
        if (word := host.lower()) not in HOSTS:
            raise CommandError(f"--host is one of {', '.join(HOSTS)}, not {printable(host)!r}")
        plain, in_path = _split(path)
        in_query = verb == "GET" or body is not None
        pairs = in_path + [(key, _query_text(value)) for key, value in fields if in_query]
        if any(key == "api_key" for key, _ in pairs):
            raise CommandError("leave api_key out: your key is added")
        content = read_json("--input", body) if body is not None else None if in_query else _object(fields)
        has_body = body is not None or bool(fields and not in_query)
        if verb == "GET" and has_body:
            raise CommandError("a GET has no body: leave --input out")
        return cls(verb, plain, pairs, content, has_body, HOSTS[word])

    def build(self) -> Request[bytes]:
        """Return the request for a client; only a GET is repeated after a failure."""
        names = [f"query_{index}" for index in range(len(self.query))]
        values: dict[str, Any] = dict(zip(names, (value for _, value in self.query), strict=True))
        declared = {
            name: attrs.field(metadata=query(key)) for name, (key, _) in zip(names, self.query, strict=True)
        }
        kinds: dict[str, Any] = dict.fromkeys(names, str)
        if self.has_body:
            declared["body"], kinds["body"], values["body"] = (
                attrs.field(metadata=whole_body()),
                Any,
                self.body,
            )
        content = {**declared, "__annotations__": kinds, "__module__": __name__}
        cls: Any = types.new_class(
            "RawRequest", (Request[bytes],), self._declaration(), lambda namespace: namespace.update(content)
        )
        built: Request[bytes] = attrs.frozen(cls)(**values)
        return built

    def _declaration(self) -> dict[str, Any]:
        reads = self.method == "GET"
        return {
            "method": self.method,
            "path": self.path,
            "host": self.host,
            "effect": Effect.READ if reads else Effect.WRITE,
            "repeatable": reads,
        }


def _split(path: str) -> tuple[str, list[tuple[str, str]]]:
    """Return a path that can stand in a URL, and the query that was written behind it."""
    if not path.startswith("/"):
        raise CommandError(
            f"the path begins with a slash, such as /campaigns/, not {printable(path)!r}; "
            "--host chooses the server"
        )
    parts = urlsplit("//host" + path)
    if parts.fragment:
        raise CommandError(f"a path has no fragment: write # in {printable(path)!r} as %23")
    plain = "/" + parts.path.removeprefix(_PREFIX).lstrip("/")
    if any(unquote(segment) in (".", "..") for segment in plain.split("/")):
        raise CommandError(f"the path has no . and .. segments: {printable(path)!r}")
    return quote(plain, safe="/%:@!$&'()*+,;=~-._"), parse_qsl(parts.query, keep_blank_values=True)


def _query_text(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return "" if value is None else str(value)


def _object(fields: Sequence[tuple[str, Any]]) -> Mapping[str, Any]:
    found: dict[str, Any] = {}
    for key, value in fields:
        if key in found:
            raise CommandError(f"the field {printable(key)!r} is given twice: pass lists with --input")
        found[key] = value
    return found


def parse_fields(texts: Sequence[str], option: str, *, typed: bool) -> list[tuple[str, Any]]:
    """Return the pairs of ``key=value``; with ``typed``, JSON values are read and others stay text."""
    pairs: list[tuple[str, Any]] = []
    for text in texts:
        key, equals, value = text.partition("=")
        if not key or not equals:
            raise CommandError(f"{option} takes key=value, not {printable(text)!r}")
        pairs.append((key, _typed(option, value) if typed else value))
    return pairs


def _typed(option: str, text: str) -> Any:
    if text.startswith(("@", "[", "{")) or text in ("true", "false", "null"):
        return read_json(option, text)
    try:
        return int(text) if text.isascii() and text.lstrip("-").isdigit() else text
    except ValueError:
        return text
