"""Placeholders as other tools write them, which SmartLead sends as they stand."""

from __future__ import annotations

import html
import re
import urllib.parse
from collections.abc import Iterator
from collections.abc import Set as AbstractSet
from typing import Final

from .lead_aliases import ALIASES, alias_form
from .lead_columns import field_of
from .spintax import TextFlaw, line_of

SYSTEM_PERCENT_NAMES: Final = frozenset({"signature"})
"""What SmartLead itself writes between percent signs."""


# Names that stand for a person or a company in templates, besides the headers of lead fields.
_COMMON_NAMES: Final = (
    "name", "yourname", "fullname", "yourcompany", "jobtitle", "title", "position", "role", "city", "town",
    "country", "state", "industry", "sendername", "senderfirstname", "sender", "recipient", "recipientname",
    "prospect", "prospectname", "insertname", "insertcompany", "companynamehere", "namehere",
)  # fmt: skip


KNOWN_NAMES: Final = frozenset(alias for names in ALIASES.values() for alias in names) | frozenset(
    _COMMON_NAMES
)
"""The names of lead fields, as :func:`alias_form` writes them."""


_NAME: Final = r"[^\W\d_][\w .\-]{0,40}?"


# Each with whether it is a placeholder whatever its name is.
_SHAPES: Final = tuple(
    (re.compile(pattern), is_always)
    for pattern, is_always in (
        (rf"\*\|\s*(?P<name>{_NAME}(?::[^|\n]*)?)\s*\|\*", True),
        (rf"<<\s*(?P<name>{_NAME})\s*>>", True),
        (rf"\[\[\s*(?P<name>{_NAME})\s*\]\]", True),
        (rf"<%=?\s*(?P<name>{_NAME})\s*%>", True),
        (r"(?<![\w%])%(?P<name>[A-Z][A-Z0-9_]{2,40})%(?!\w)", True),
        (r"(?<![\w%])%(?P<name>(?:recipient|contact|lead|prospect|person|user)\.\w{2,40})%(?!\w)", True),
        (
            r"[\uff5b\u2774]{1,2}\s*(?P<name>[^{}\uff5b\uff5d\u2774\u2775\n]{1,41}?)\s*[\uff5d\u2775]{1,2}",
            True,
        ),
        (rf"(?<!\[)\[\s*(?P<name>{_NAME})\s*\](?!\])", False),
        (rf"(?<!<)<\s*(?P<name>{_NAME})\s*>(?!>)", False),
        (rf"\(\(\s*(?P<name>{_NAME})\s*\)\)", False),
        (rf"(?<![\w%])(?P<sign>[%#$~^@]{{1,2}}|__)(?P<name>{_NAME})(?P=sign)(?!\w)", False),
        (r"(?<![\w$])\$(?P<name>[A-Za-z]\w{2,40})", False),
    )
)


_ENCODED: Final = re.compile(
    r"(?P<open>(?:&#0*123;|&#[xX]0*7[bB];|&lcub;|&lbrace;|%7[bB]){1,2})\s*"
    r"(?P<name>[^{}&%\n<>]{1,41}(?:(?:%20|\+)[^{}&%\n<>]{1,41}){0,3})\s*"
    r"(?:&#0*125;|&#[xX]0*7[dD];|&rcub;|&rbrace;|%7[dD]){1,2}"
)


def find_placeholders(text: str, columns: AbstractSet[str]) -> Iterator[TextFlaw]:
    """Yield the placeholders of other tools; ``columns`` are normalized names that leads have besides."""
    plain = html.unescape(text)
    # A plain body is escaped, and so are its placeholders: <<name>> is &lt;&lt;name&gt;&gt;.
    for shown in dict.fromkeys((text, plain)):
        for match in _ENCODED.finditer(shown):
            yield _flaw(shown, match, urllib.parse.unquote_plus(match["name"]), "its braces are encoded")
    found: set[int] = set()
    for pattern, is_always in _SHAPES:
        for match in pattern.finditer(plain):
            name = match["name"]
            if match.start() in found or name in SYSTEM_PERCENT_NAMES:
                continue
            form = alias_form(name)
            if form and (is_always or form in KNOWN_NAMES or form in columns):
                found.add(match.start())
                yield _flaw(plain, match, name, "it is written as in another tool")


def _flaw(text: str, match: re.Match[str], name: str, reason: str) -> TextFlaw:
    return TextFlaw(
        "foreign_placeholder",
        line_of(text, match.start()),
        f"{match[0][:60]!r} is not filled for each lead: {reason}",
        f"Write {{{{{field_of(name) or name.strip()}}}}}.",
        text=match[0],
    )
