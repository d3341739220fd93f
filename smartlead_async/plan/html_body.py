"""Bodies of e-mails as HTML: plain text is converted, and lost line breaks are found."""

from __future__ import annotations

import html
import re
from typing import Final

_INLINE: Final = (
    "a|abbr|acronym|b|big|cite|code|del|em|font|i|img|ins|kbd|mark|q|s|small|span|strike|strong|sub|sup|tt|u"
    "|var|wbr"
)

_BLOCK: Final = (
    "address|article|aside|blockquote|body|caption|center|col|colgroup|dd|details|div|dl|dt|fieldset|figcaption"
    "|figure|footer|form|h[1-6]|head|header|html|li|link|main|meta|nav|ol|p|pre|section|style|table|tbody|td|tfoot"
    "|th|thead|title|tr|ul"
)


def _tags(names: str) -> str:
    return rf"</?(?:{names})(?:\s[^<>]*)?\s*/?>"


_STRUCTURE: Final = re.compile(rf"{_tags(_BLOCK)}|<!--|<!doctype", re.IGNORECASE)

_BREAK: Final = _tags("br|hr")

_INLINE_TAG: Final = re.compile(_tags(_INLINE), re.IGNORECASE)

# Merge tags and Liquid are not text, so that {{R&D}} and {% if a < b %} stay as they are.
_KEPT: Final = re.compile(
    rf"{_tags(_INLINE)}|{_BREAK}|\{{\{{[^{{}}]*\}}\}}|\{{%(?:(?!\{{%|%\}}).)*%\}}", re.IGNORECASE
)

# A line break beside <br> or <hr> is already one.
_LINE_BREAK: Final = re.compile(
    rf"(?:{_BREAK})[ \t]*\n|\n(?=[ \t]*(?:{_BREAK}))|(?P<plain>\n)", re.IGNORECASE
)

_ENTITY: Final = re.compile(r"&(?:[a-zA-Z][a-zA-Z0-9]{1,31}|#\d{1,7}|#[xX][0-9a-fA-F]{1,6});")

_INVISIBLE: Final = re.compile(
    r"<(style|script|head|title)\b.*?</\1\s*>|<!--.*?-->", re.IGNORECASE | re.DOTALL
)

ANY_TAG: Final = re.compile(r"</?[A-Za-z][^<>]*>")

_KEEPS_BREAKS: Final = re.compile(
    r"<(?:pre|textarea)\b|white-space\s*:\s*(?:pre|break-spaces)", re.IGNORECASE
)

_BLANK_LINE: Final = re.compile(r"[^\s>][ \t]*\n[ \t]*\n\s*[^\s<]")

_TEXT_BREAK: Final = re.compile(r"\S[ \t]*\n\s*\S")


def as_html(text: str) -> str:
    """Return a body as HTML.

    A body with tags of paragraphs, tables and the like is unchanged. In any other, every line break becomes
    ``<br>``; tags within a line, such as links, are kept, and everything else is escaped.
    """
    text = text.replace("\r\n", "\n").replace("\r", "\n").rstrip("\n")
    if _STRUCTURE.search(text):
        return text
    # Entities are written by hand only in a body that has tags as well.
    escape = (
        _escaped if _INLINE_TAG.search(text) or re.search(_BREAK, text, re.IGNORECASE) else _escaped_fully
    )
    parts = []
    end = 0
    for kept in _KEPT.finditer(text):
        parts += [escape(text[end : kept.start()]), kept[0].replace("\n", " ")]
        end = kept.end()
    joined = "".join([*parts, escape(text[end:])])
    return _LINE_BREAK.sub(lambda found: "<br>\n" if found["plain"] else found[0], joined)


def source_of(body: str) -> str:
    """Return the text that :func:`as_html` makes this body of, apart from line breaks at its end.

    A body for which there is none begins with a comment in that text, which shows nowhere.
    """
    body = body.replace("\r\n", "\n").replace("\r", "\n").rstrip("\n")
    for text in (body, html.unescape(body)):
        if as_html(text) == body:
            return text
    return f"<!-- -->{body}"


def visible_html(body: str) -> str:
    """Return a body without its styles, scripts, head and comments."""
    return _INVISIBLE.sub(" ", body)


def without_tags(body: str) -> str:
    """Return the text that a body shows, with blanks in the place of tags and hard spaces."""
    return html.unescape(ANY_TAG.sub(" ", visible_html(body))).replace("\xa0", " ")


def lost_line_breaks(body: str) -> int:
    """Return how many line breaks of a body are meant to be seen, and are not, because it is HTML."""
    if _KEEPS_BREAKS.search(body):
        return 0
    visible = _INLINE_TAG.sub("", _INVISIBLE.sub("", body.replace("\r\n", "\n")))
    if _STRUCTURE.search(visible) or re.search(_BREAK, visible, re.IGNORECASE):
        return sum(1 for _ in _BLANK_LINE.finditer(visible))
    return sum(1 for _ in _TEXT_BREAK.finditer(visible))


def _escaped_fully(text: str) -> str:
    return html.escape(text, quote=False)


def _escaped(text: str) -> str:
    parts = []
    end = 0
    for entity in _ENTITY.finditer(text):
        parts += [html.escape(text[end : entity.start()], quote=False), entity[0]]
        end = entity.end()
    return "".join([*parts, html.escape(text[end:], quote=False)])
