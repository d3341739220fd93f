"""The API key, in the one object that knows it."""

from __future__ import annotations

from urllib.parse import quote_plus

from .errors import ConfigurationError


class ApiKey:
    """An API key that does not show: not in a repr, not in a pickle, and blotted out of any text."""

    __slots__ = ("_forms", "query")

    query: str
    """``api_key=…``, ready for a URL. Nothing but the last step before the transport may use it."""

    def __init__(self, value: str) -> None:
        if not isinstance(value, str) or not value.strip():
            raise ConfigurationError("the API key is empty: pass api_key=…, or set SMARTLEAD_API_KEY")
        if value != value.strip() or not value.isprintable() or " " in value:
            raise ConfigurationError("the API key holds blanks or line breaks: check how it was copied")
        encoded = quote_plus(value)
        self.query = f"api_key={encoded}"
        self._forms = tuple({value, encoded})

    def blot(self, text: str) -> str:
        """The text without the key, in whichever form it stood there."""
        for form in self._forms:
            if form in text:
                text = text.replace(form, "***")
        return text

    def __repr__(self) -> str:
        return "ApiKey('***')"

    def __reduce__(self) -> str:
        raise TypeError("an API key is not pickled: pass it to the other process yourself")
