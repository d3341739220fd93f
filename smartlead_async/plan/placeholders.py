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
from .spintax import TextFlaw, line_of, set_aside

SYSTEM_PERCENT_NAMES: Final = frozenset({"signature"})
"""The names that SmartLead itself writes between percent signs."""

# Names that stand for a person or a company in templates, besides the headers of lead fields.
_COMMON_NAMES: Final = (
    "name", "yourname", "fullname", "yourcompany", "jobtitle", "title", "position", "role", "city", "town",
    "country", "state", "industry", "sendername", "senderfirstname", "sender", "recipient", "recipientname",
    "prospect", "prospectname", "insertname", "insertcompany", "companynamehere", "namehere",
    "linkhere", "insertlink", "insertlinkhere", "yourlink", "calendarlink", "calendlylink", "bookinglink",
    "meetinglink", "painpoint", "signature",
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
        (rf"(?<!\[)\[\s*(?P<name>{_NAME})\s*(?:[,|:=][^\[\]\n]{{0,40}})?\](?!\])", False),
        (rf"(?<!<)<\s*(?P<name>{_NAME})\s*>(?!>)", False),
        (rf"\(\(\s*(?P<name>{_NAME})\s*\)\)", False),
        (rf"[\u00ab\u2039]\s*(?P<name>{_NAME})\s*[\u00bb\u203a]", False),
        (r"(?<![\w%])%(?P<name>[sd])(?![\w%])", True),
        (rf"(?<![\w%])(?P<sign>[%#$~^@]{{1,2}}|__)(?P<name>{_NAME})(?P=sign)(?!\w)", False),
        (r"(?<![\w$])\$(?P<name>[A-Za-z]\w{2,40})", False),
    )
)

# Names that are no words of a language.
_CODE_NAMES: Final = frozenset(
    {"firstname", "lastname", "fname", "lname", "companyname", "fullname", "jobtitle"}
)

_CODE_NAME: Final = re.compile(
    r"(?<![^\W_])(?<![/?&])(?<!\w@)(?P<name>[A-Za-z]+(?:_[A-Za-z0-9]+)*)(?![^\W_]|@\w)"
)

# What is no prose: braces, tags of HTML, addresses of pages.
_NO_PROSE: Final = re.compile(
    r"\{[^{}]*\}|\{%.*?%\}|<[^<>]*>|\bhttps?://[^\s<>\"]+|\bwww\.[^\s<>\"]+", re.DOTALL
)

_OPTIONS: Final = r"(?P<options>[^\[\](){}|<>\n]{1,60}(?:\|[^\[\](){}|<>\n]{1,60}){1,9})"

_OTHER_SPINTAX: Final = (
    (re.compile(rf"(?<!\[)\[{_OPTIONS}\](?![\](])"), "square brackets"),
    (re.compile(rf"(?<![\w(/=])\({_OPTIONS}\)(?!\))"), "round brackets"),
)

_HTML_NAMES: Final = frozenset({"title", "address"})
"""Names of fields that are tags of HTML as well."""

_ENCODED: Final = re.compile(
    r"(?P<open>(?:&#0*123;|&#[xX]0*7[bB];|&lcub;|&lbrace;|%7[bB]){1,2})\s*"
    r"(?P<name>[^{}&%\n<>]{1,41}(?:(?:%20|\+)[^{}&%\n<>]{1,41}){0,3})\s*"
    r"(?:&#0*125;|&#[xX]0*7[dD];|&rcub;|&rbrace;|%7[dD]){1,2}"
)


def find_placeholders(text: str, columns: AbstractSet[str]) -> Iterator[TextFlaw]:
    """Yield the placeholders of other tools; ``columns`` are normalized names that leads have besides."""
    once = html.unescape(text)
    plain = html.unescape(once)
    # A plain body is escaped, and so are its placeholders: <<name>> is &lt;&lt;name&gt;&gt;. It may have been
    # escaped before, too.
    for shown in dict.fromkeys((text, once, plain)):
        for match in _ENCODED.finditer(shown):
            name = urllib.parse.unquote_plus(match["name"])
            yield _flaw(shown, match, name, "its braces are encoded", columns)
    found: set[int] = set()
    rest = plain
    for pattern, is_always in _SHAPES:
        for match in pattern.finditer(plain):
            name = match["name"]
            if match.start() in found or name in SYSTEM_PERCENT_NAMES:
                continue
            if match[0] == f"<{name}>" and name in _HTML_NAMES and f"</{name}>" in plain:
                continue
            form = alias_form(name)
            if form and (is_always or form in KNOWN_NAMES or form in columns):
                found.add(match.start())
                rest = rest[: match.start()] + " " * len(match[0]) + rest[match.end() :]
                yield _flaw(plain, match, name, "it is written as in another tool", columns)
    yield from _bare_names(plain, rest, columns)
    for pattern, brackets in _OTHER_SPINTAX:
        for match in pattern.finditer(rest):
            message = f"{match[0][:60]!r} is not spintax: it has {brackets}"
            advice = f"Write {{{match['options']}}}."
            yield TextFlaw("foreign_spintax", line_of(plain, match.start()), message, advice, text=match[0])


def _bare_names(plain: str, rest: str, columns: AbstractSet[str]) -> Iterator[TextFlaw]:
    """Yield names of fields that stand in a text as a program writes them, such as ``first_name``."""
    rest = set_aside(_NO_PROSE, rest, " ")
    for match in _CODE_NAME.finditer(rest):
        name = match["name"]
        form = alias_form(name)
        if form in _CODE_NAMES or ("_" in name and (form in KNOWN_NAMES or form in columns)):
            yield _flaw(plain, match, name, "it is the name of a field, without braces", columns)


def _advice(name: str, columns: AbstractSet[str]) -> str:
    form = alias_form(name)
    if form == "signature":
        return "Write %signature%."
    if re.match(r"(?:IF|END|ELSE)\w*:", name):
        return "Conditions are written as in Liquid: {% if first_name %}…{% endif %}."
    field = field_of(name)
    if field is None and form not in columns:
        return "Write a merge tag such as {{first_name}}, or list it under allowed_tags."
    return f"Write {{{{{field or name.strip()}}}}}."


def _flaw(
    text: str, match: re.Match[str], name: str, reason: str, columns: AbstractSet[str] = frozenset()
) -> TextFlaw:
    return TextFlaw(
        "foreign_placeholder",
        line_of(text, match.start()),
        f"{match[0][:60]!r} is not filled for each lead: {reason}",
        _advice(name, columns),
        text=match[0],
    )
