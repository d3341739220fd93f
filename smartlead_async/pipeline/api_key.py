"""The API key, held by a single object that can redact it from strings."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final
from urllib.parse import quote, quote_plus

from ..errors import ConfigurationError

_NEVER_ESCAPED: Final = re.compile(r"[A-Za-z0-9_.~-]")


_HTML_NAMES: Final = {"&": "amp", "<": "lt", ">": "gt", '"': "quot", "'": "apos"}


class ApiKey:
    """An API key that is hidden in its repr, cannot be pickled, and can be redacted from any string."""

    __slots__ = ("_pattern", "find", "query")

    find: Callable[[str], re.Match[str] | None]
    """Return the first match of the key in a string, in any of the forms that :meth:`redact` replaces."""
    query: str
    """``api_key=…``, encoded for a URL. Only the step that builds the HTTP request may use it."""

    def __init__(self, value: str | None) -> None:
        if value is not None and not isinstance(value, str):
            # Without the value: it may be the key in another form.
            raise ConfigurationError(f"the API key must be a string, not {type(value).__name__}")
        if value is None or not value.strip():
            raise ConfigurationError("the API key is empty: pass api_key=…, or set SMARTLEAD_API_KEY")
        if value != value.strip() or not value.isprintable() or " " in value:
            raise ConfigurationError(
                "the API key contains whitespace or control characters: check how it was copied"
            )
        self.query = f"api_key={quote_plus(value)}"
        self._pattern = re.compile("".join(map(_any_spelling, value)))
        self.find = self._pattern.search

    def redact(self, text: str) -> str:
        """Replace the key in a string, whether it is plain or escaped for a URL, JSON or HTML."""
        return self._pattern.sub("***", text)

    def __repr__(self) -> str:
        return "ApiKey('***')"

    def __reduce__(self) -> str:
        raise TypeError("an API key cannot be pickled: pass it to the other process yourself")


def _any_spelling(character: str) -> str:
    """Return a pattern that matches one character of the key, as servers and reprs may write it."""
    plain = re.escape(character)
    if _NEVER_ESCAPED.fullmatch(character):
        return plain
    code = ord(character)
    html = f"&#0*{code};|&#[xX]0*(?i:{code:x});"
    if character in _HTML_NAMES:
        html += f"|&{_HTML_NAMES[character]};"
    return rf"(?:{html}|\\+u(?i:{code:04x})|(?i:{re.escape(quote(character, safe=''))})|\\*{plain})"
