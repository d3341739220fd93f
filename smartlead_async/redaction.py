"""E-mail addresses in text, however they are written: a report names none."""

from __future__ import annotations

import re
from typing import Any, Final

_REPLACEMENT: Final = "(address)"

# The sign of an address: as it is, full width, and as HTML, URLs, JSON, Python and quoted-printable write it.
_SIGN: Final = (
    r"[@\uff20\ufe6b]|&commat;|&\#0*64;?|&\#x0*40;?|%(?:25)*40|=40"
    r"|\\+u\{?0*40\}?|\\+u(?:ff20|fe6b)|\\+x40|%(?:25)*EF%(?:25)*BC%(?:25)*A0"
)
_QUOTE: Final = r"(?:\\*\"|&quot;|&\#0*34;|&\#x0*22;)"
_FLAGS: Final = re.IGNORECASE | re.VERBOSE
_ANY_SIGN: Final = re.compile(_SIGN, _FLAGS)
_QUOTED_LOCAL_PART: Final = re.compile(rf"{_QUOTE}(?:(?!{_QUOTE})[^\n]){{1,100}}{_QUOTE}(?={_SIGN})", _FLAGS)
# One letter of an address, possibly escaped. What ends an address in prose, JSON or HTML is no letter.
_TOKEN: Final = re.compile(
    rf"""(?P<literal>(?:{_SIGN})\[[^\]\s]{{1,100}}\])
    | (?P<sign>{_SIGN})
    | (?P<letter>&(?!quot;|lt;|gt;)(?:\#\d+|\#x[0-9a-f]+|\w+);|\\+u[0-9a-f]{{4}}|\\+x[0-9a-f]{{2}}
        |(?<=\w)'(?=\w)|&(?!\w+;)|[^\s<>"'(),;:\[\]\\&])
    | (?P<other>.)""",
    _FLAGS | re.DOTALL,
)
_KINDS: Final = {"literal": "[", "sign": "@", "letter": "a", "other": " "}
_ADDRESS: Final = re.compile(r"(?<!a)a+(?:(?:@a+)+|\[)")


def without_addresses(text: str) -> str:
    """Return the text with ``(address)`` in place of every e-mail address, and nothing else changed."""
    if _ANY_SIGN.search(text) is None:
        return text
    text = _QUOTED_LOCAL_PART.sub("quoted", text)
    tokens = [(_KINDS[match.lastgroup or "other"], match.start()) for match in _TOKEN.finditer(text)]
    # The kinds alone decide where an address begins and ends, which takes linear time.
    kinds, starts = "".join(kind for kind, _ in tokens), [start for _, start in tokens] + [len(text)]
    parts, end = [], 0
    for address in _ADDRESS.finditer(kinds):
        parts += [text[end : starts[address.start()]], _REPLACEMENT]
        end = starts[address.end()]
    return "".join([*parts, text[end:]])


def redacted(value: Any) -> Any:
    """Return a JSON value with the addresses in all of its strings redacted, keys included."""
    match value:
        case str():
            return without_addresses(value)
        case dict():
            return {redacted(key): redacted(item) for key, item in value.items()}
        case list() | tuple():
            return [redacted(item) for item in value]
        case _:
            return value
