"""The API key, in the one object that knows it."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final
from urllib.parse import quote, quote_plus

from ..errors import ConfigurationError

_NEVER_ESCAPED: Final = re.compile(r"[A-Za-z0-9_.~-]")


_HTML_NAMES: Final = {"&": "amp", "<": "lt", ">": "gt", '"': "quot", "'": "apos"}


class ApiKey:
    """An API key that does not show: not in a repr, not in a pickle, and blotted out of any text."""

    __slots__ = ("_written", "found_in", "query")

    found_in: Callable[[str], re.Match[str] | None]
    """Where a text has the key, if it does: what :meth:`blot` takes out."""
    query: str
    """``api_key=…``, ready for a URL. Nothing but the last step before the transport may use it."""

    def __init__(self, value: str) -> None:
        if not isinstance(value, str) or not value.strip():
            raise ConfigurationError("the API key is empty: pass api_key=…, or set SMARTLEAD_API_KEY")
        if value != value.strip() or not value.isprintable() or " " in value:
            raise ConfigurationError("the API key holds blanks or line breaks: check how it was copied")
        self.query = f"api_key={quote_plus(value)}"
        self._written = re.compile("".join(map(_spellings, value)))
        self.found_in = self._written.search

    def blot(self, text: str) -> str:
        """The text without the key, however it was written there: plain, or escaped for URL, JSON or HTML."""
        return self._written.sub("***", text)

    def __repr__(self) -> str:
        return "ApiKey('***')"

    def __reduce__(self) -> str:
        raise TypeError("an API key is not pickled: pass it to the other process yourself")


def _spellings(character: str) -> str:
    """A pattern for one character of the key in any of the ways in which servers and reprs write it."""
    plain = re.escape(character)
    if _NEVER_ESCAPED.fullmatch(character):
        return plain
    code = ord(character)
    html = f"&#0*{code};|&#[xX]0*(?i:{code:x});"
    if character in _HTML_NAMES:
        html += f"|&{_HTML_NAMES[character]};"
    return rf"(?:{html}|\\+u(?i:{code:04x})|(?i:{re.escape(quote(character, safe=''))})|\\*{plain})"
