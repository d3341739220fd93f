"""The text of an email, for a terminal."""

from __future__ import annotations

import html
import re
from html.parser import HTMLParser
from typing import Final

_BLOCKS: Final = frozenset(
    [
        "address",
        "article",
        "aside",
        "blockquote",
        "body",
        "caption",
        "dd",
        "div",
        "dl",
        "dt",
        "figure",
        "footer",
        "form",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "header",
        "hr",
        "li",
        "main",
        "ol",
        "p",
        "pre",
        "section",
        "table",
        "tbody",
        "tfoot",
        "thead",
        "tr",
        "ul",
    ]
)
_PARAGRAPHS: Final = frozenset(
    ["blockquote", "h1", "h2", "h3", "h4", "h5", "h6", "ol", "p", "pre", "table", "ul"]
)
_INVISIBLE: Final = frozenset(("script", "style", "head", "title", "template"))
_LOOKS_LIKE_HTML: Final = re.compile(
    r"<(?:/?[a-z][a-z0-9]*\b[^<>]*|!--.*?--|!doctype[^<>]*)>", re.IGNORECASE | re.DOTALL
)


def plain_text(body: str) -> str:
    """Return the text of a body that may be HTML: paragraphs, quotes with ``>``, and where links lead."""
    if not _LOOKS_LIKE_HTML.search(body):
        return _tidy(html.unescape(body))
    reader = _Reader()
    reader.feed(body)
    reader.close()
    # A style that is never closed hides everything after it.
    return _tidy("".join(reader.parts)) or _tidy(html.unescape(_LOOKS_LIKE_HTML.sub(" ", body)))


def preview(body: str) -> str:
    """Return the beginning of a body on one line, without what it quotes."""
    lines = [line.strip() for line in plain_text(body).splitlines()]
    return " ".join(line for line in lines if line and not line.startswith(">"))


def _tidy(text: str) -> str:
    lines = [line.rstrip() for line in text.replace("\xa0", " ").splitlines()]
    # A quote does not end with an empty line.
    joined = re.sub(r"\n>[> ]*(?=\n\n|\n?$)", "", "\n".join(lines))
    return re.sub(r"\n{3,}", "\n\n", joined).strip()


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []
        self._hidden = 0
        self._quotes = 0
        self._link: str | None = None
        self._linked: list[str] = []
        self._at_start = True

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _INVISIBLE:
            self._hidden += 1
        elif tag == "br":
            self._break()
        elif tag == "a":
            self._link, self._linked = dict(attrs).get("href"), []
        elif tag in _BLOCKS:
            self._begin_block(tag)

    def _begin_block(self, tag: str) -> None:
        self._end_line()
        if tag in _PARAGRAPHS and self.parts:
            self._break()
        if tag == "blockquote":
            self._quotes += 1
        if tag == "li":
            self._write("- ")

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:  # noqa: ARG002
        # <a/>, <p/> and <style/> do not open anything in what mail programs write.
        if tag == "br":
            self._break()

    def handle_endtag(self, tag: str) -> None:
        if tag in _INVISIBLE:
            self._hidden = max(self._hidden - 1, 0)
        elif tag == "a":
            self._end_link()
        elif tag in _BLOCKS:
            self._end_line()
            if tag == "blockquote":
                self._quotes = max(self._quotes - 1, 0)
            if tag in _PARAGRAPHS:
                self._break()
        elif tag in {"td", "th"}:
            self._write(" ")

    def _end_link(self) -> None:
        address, text = self._link or "", "".join(self._linked).strip()
        self._link = None
        leads_on = address.startswith(("http://", "https://"))
        if leads_on and address.rstrip("/") not in {text.rstrip("/"), f"https://{text}".rstrip("/")}:
            self._write(f" ({address})" if text else address)

    def handle_data(self, data: str) -> None:
        if self._hidden:
            return
        text = re.sub(r"[ \t\r\n\f]+", " ", data)
        text = text.lstrip(" ") if self._at_start else text
        if text:
            self._linked.append(text)
            self._write(text)

    def _write(self, text: str) -> None:
        if self._at_start:
            self.parts.append("> " * self._quotes)
        self.parts.append(text)
        self._at_start = False

    def _break(self) -> None:
        if self._at_start and self._quotes:
            self.parts.append(">" * self._quotes)
        self.parts.append("\n")
        self._at_start = True

    def _end_line(self) -> None:
        if not self._at_start:
            self._break()
