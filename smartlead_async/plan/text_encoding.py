"""The encoding of a text file: by its byte order mark, UTF-16 by its zero bytes, UTF-8, or a guess."""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import attrs

MAX_LINE_BYTES: Final = 1 << 21
"""A longer line is no row of leads; it would be held in memory as a whole."""


_BOMS: Final = (
    # UTF-32 LE begins like UTF-16 LE, so the longer marks come first.
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


_LEGACY: Final = (
    "cp1250", "cp1251", "cp1252", "cp1253", "cp1254", "cp1255", "cp1256", "cp1257", "cp1258", "cp874",
    "iso-8859-2", "iso-8859-15", "koi8-r", "mac-roman", "cp850", "cp932", "euc-jp", "gb18030", "big5",
    "cp949",
)  # fmt: skip
"""The code pages that spreadsheets and address books write. A longer list makes a guess less certain."""


_CHUNK: Final = 1 << 18


_SAMPLE_BYTES: Final = 1 << 16


_NON_ASCII_WORDS: Final = re.compile(r"[^\s,;|\"]*[^\x00-\x7f][^,;|\t\r\n\"]*")


class LineTooLong(Exception):
    """A line has more than :data:`MAX_LINE_BYTES`."""


@attrs.frozen
class TextEncoding:
    """An encoding, how to treat bytes that do not belong to it, and for a guess, a value read with it."""

    name: str
    errors: str = "strict"
    guessed_from: str | None = None
    guessed_line: int | None = None


def detect_encoding(path: Path) -> TextEncoding:
    """Return the encoding of a file, which is read as a whole, a chunk at a time.

    A file with some bad bytes remains UTF-8 if enough of its other characters are UTF-8. OSError if it cannot
    be read, :class:`LineTooLong` if it is not made of lines.
    """
    decoder = codecs.getincrementaldecoder("utf-8")()
    is_utf8, named = True, None
    for number, chunk in enumerate(_chunks(path)):
        if number == 0:
            named = _encoding_by_start(chunk)
        if named is None and is_utf8:
            is_utf8 = _decodes(decoder, chunk)
    if named == "utf-8-sig":
        return TextEncoding(named, "surrogateescape")
    if named is not None:
        return TextEncoding(named)
    if is_utf8 and _decodes(decoder, b"", final=True):
        return TextEncoding("utf-8")
    return _repair_or_guess(path)


def _decodes(decoder: codecs.IncrementalDecoder, chunk: bytes, *, final: bool = False) -> bool:
    try:
        decoder.decode(chunk, final=final)
    except UnicodeDecodeError:
        return False
    return True


def _chunks(path: Path) -> Iterator[bytes]:
    length = 0
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            end = max(chunk.rfind(b"\n"), chunk.rfind(b"\r"))
            length = length + len(chunk) if end < 0 else len(chunk) - end
            if length > MAX_LINE_BYTES:
                raise LineTooLong
            yield chunk


def _encoding_by_start(chunk: bytes) -> str | None:
    for mark, encoding in _BOMS:
        if chunk.startswith(mark):
            return encoding
    odd, even = chunk[1:200:2], chunk[0:200:2]
    if odd and odd.count(0) > len(odd) // 2:
        return "utf-16-le"
    if even and even.count(0) > len(even) // 2:
        return "utf-16-be"
    return None


def _repair_or_guess(path: Path) -> TextEncoding:
    sample, first_line = _non_ascii_lines(path)
    text = sample.decode("utf-8", "surrogateescape")
    bad = sum("\udc80" <= c <= "\udcff" for c in text)
    good = sum(c > "\x7f" for c in text) - bad
    # By accident, a legacy encoding has hardly any valid sequence: in Chinese, one for nine other bytes.
    if 3 * good >= bad:
        return TextEncoding("utf-8", "surrogateescape")
    name = _guess(sample)
    words = _NON_ASCII_WORDS.search(sample.decode(name, "replace"))
    shown = words[0].strip() if words else ""
    return TextEncoding(name, "surrogateescape", shown[:40], first_line)


def _non_ascii_lines(path: Path) -> tuple[bytes, int]:
    """Return the first lines that are not ASCII, up to a size, and the number of the first of them."""
    sample, first = bytearray(), 0
    # Latin-1 maps every byte to one character and back, and text mode finds every kind of line break.
    with path.open(encoding="latin-1", newline="") as lines:
        for number, line in enumerate(lines, 1):
            if not line.isascii():
                sample += line.encode("latin-1")
                first = first or number
                if len(sample) > _SAMPLE_BYTES:
                    break
    return bytes(sample), first


def _guess(sample: bytes) -> str:
    try:
        import chardet  # noqa: PLC0415 - only files that are not UTF-8 need it
    except ImportError:
        return "cp1252"
    found = chardet.detect(sample, include_encodings=_LEGACY, compat_names=False)["encoding"] or "cp1252"
    try:
        return codecs.lookup(found).name
    except LookupError:
        return "cp1252"
