"""The fenced code blocks of README and docs.

The info string of a block determines its role: ``python`` is a complete program, ``python test_app.py`` one
that is saved under that name first (so that blocks of a page can import each other), ``text output`` is
exactly what the program before it prints, ``sh`` holds commands, any other block with a name is a file for
the programs of its page.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import attrs

ROOT: Final = Path(__file__).resolve().parents[2]

_FENCE: Final = re.compile(r"^```(?P<info>.*)$")
_COMMENT: Final = re.compile(r"^<!-- (?P<text>.*) -->$")


@attrs.frozen
class Block:
    """A fenced code block; ``line`` is its opening fence, ``comment`` an HTML comment right above it."""

    page: Path
    line: int
    language: str
    name: str | None
    comment: str | None
    text: str

    @property
    def place(self) -> str:
        """The location for messages: ``README.md:12``."""
        return f"{self.page.relative_to(ROOT)}:{self.line}"

    @property
    def is_program(self) -> bool:
        """Whether the block is a Python program."""
        return self.language == "python" and not self.is_test

    @property
    def is_test(self) -> bool:
        """Whether the block is a pytest module."""
        return self.language == "python" and bool(self.name and self.name.startswith("test_"))

    @property
    def is_output(self) -> bool:
        """Whether the block is the output of the block before it."""
        return (self.language, self.name) == ("text", "output")


def pages() -> list[Path]:
    """Return the Markdown files that users read: those at the top, and those below docs written by hand."""
    top = [ROOT / f"{name}.md" for name in ("README", "CHANGELOG", "SECURITY", "THREAT_MODEL")]
    written = [page for page in sorted((ROOT / "docs").rglob("*.md")) if page.parent.name != "reference"]
    return [*top, *written]


def blocks_of(page: Path) -> list[Block]:
    """Return the fenced blocks of a page, in order."""
    return list(_read(page, page.read_text(encoding="utf-8").splitlines()))


def all_blocks() -> list[Block]:
    """Return the fenced blocks of all pages."""
    return [block for page in pages() for block in blocks_of(page)]


def prose_of(page: Path) -> str:
    """Return a page without its fenced blocks."""
    inside = False
    kept = []
    for line in page.read_text(encoding="utf-8").splitlines():
        if _FENCE.match(line):
            inside = not inside
        elif not inside:
            kept.append(line)
    return "\n".join(kept)


def _read(page: Path, lines: list[str]) -> Iterator[Block]:
    opened: tuple[int, str] | None = None
    body: list[str] = []
    for number, line in enumerate(lines, start=1):
        fence = _FENCE.match(line)
        if fence is None:
            body.append(line)
        elif opened is None:
            opened, body = (number, fence["info"].strip()), []
        else:
            start, info = opened
            language, _, name = info.partition(" ")
            above = _COMMENT.match(lines[start - 2]) if start > 1 else None
            text = "".join(f"{each}\n" for each in body)
            yield Block(page, start, language, name.strip() or None, above["text"] if above else None, text)
            opened = None
    assert opened is None, f"{page.name}:{opened[0]}: this fence is never closed"
