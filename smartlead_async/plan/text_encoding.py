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

_ISO_2022_JP: Final = (b"\x1b$B", b"\x1b$@")

_BY_ZEROS: Final = {
    (False, True, False, True): "utf-16-le",
    (True, False, True, False): "utf-16-be",
    (False, True, True, True): "utf-32-le",
    (True, True, True, False): "utf-32-be",
}
"""Encodings without a byte order mark, by which of each four bytes are zero."""

_LEGACY: Final = (
    "cp1250", "cp1251", "cp1252", "cp1253", "cp1254", "cp1255", "cp1256", "cp1257", "cp1258", "cp874",
    "iso-8859-2", "iso-8859-15", "koi8-r", "mac-roman", "cp850", "cp932", "euc-jp", "gb18030", "big5",
    "cp949",
)  # fmt: skip
"""The code pages that spreadsheets and address books write. A longer list makes a guess less certain."""

_CHUNK: Final = 1 << 18

_SAMPLE_BYTES: Final = 1 << 16

_NON_ASCII_WORDS: Final = re.compile(r"[^\s,;|\"]*[^\x00-\x7f][^,;|\t\r\n\"]*")

# Codecs of Python that turn text into something else, or depend on the machine.
_NO_ENCODINGS: Final = frozenset(
    {"idna", "punycode", "unicode-escape", "raw-unicode-escape", "undefined", "mbcs", "oem"}
)

_USUAL: Final = "Write utf-8, utf-16 or windows-1252, or leave it out: encodings are detected."


class LineTooLong(Exception):
    """A line has more than :data:`MAX_LINE_BYTES`."""


@attrs.frozen
class TextEncoding:
    """An encoding, how to treat bytes that do not belong to it, and for a guess, a value read with it."""

    name: str
    errors: str = "strict"
    guessed_from: str | None = None
    guessed_line: int | None = None
    is_certain: bool = False
    """Whether the bytes prove the encoding: a mark, zero bytes, or UTF-8 beyond ASCII without a flaw."""


def encoding_flaw(name: str) -> tuple[str, str] | None:
    """Return why a name is not that of an encoding, and what to do; None if it is one."""
    if name.lower() in {"ansi", "windows", "excel"}:
        return f"there is no encoding {name!r}", "Write windows-1252, which Western European Windows uses."
    try:
        # A character of one byte is malformed in some encodings, which exist all the same.
        b" ".decode(name, "replace")
        found = codecs.lookup(name).name
    except (LookupError, ValueError):
        return f"there is no encoding {name[:40]!r}", _USUAL
    return (f"{name!r} is not an encoding of files", _USUAL) if found in _NO_ENCODINGS else None


def detect_encoding(path: Path) -> TextEncoding:
    """Return the encoding of a file, which is read as a whole, a chunk at a time.

    A file with some bad bytes remains UTF-8 if enough of its other characters are UTF-8. OSError if it cannot
    be read, :class:`LineTooLong` if it is not made of lines.
    """
    decoder = codecs.getincrementaldecoder("utf-8")()
    is_utf8, is_ascii, named = True, True, None
    for number, chunk in enumerate(_chunks(path)):
        if number == 0:
            named = _encoding_by_start(chunk)
        if named is None and is_utf8:
            is_utf8 = _decodes(decoder, chunk)
            is_ascii = is_ascii and chunk.isascii()
    if named == "utf-8-sig":
        return TextEncoding(named, "surrogateescape", is_certain=True)
    if named is not None:
        return TextEncoding(named, is_certain=named != "iso-2022-jp")
    if is_utf8 and _decodes(decoder, b"", final=True):
        return TextEncoding("utf-8", is_certain=not is_ascii)
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
    if any(escape in chunk for escape in _ISO_2022_JP):
        return "iso-2022-jp"
    # Of Latin letters, all bytes but one are zero.
    first, second, third, fourth = (_is_mostly_zero(chunk[start:400:4]) for start in range(4))
    return _BY_ZEROS.get((first, second, third, fourth))


def _is_mostly_zero(part: bytes) -> bool:
    return part.count(0) > len(part) // 2


def _repair_or_guess(path: Path) -> TextEncoding:
    lines = _non_ascii_lines(path)
    sample = b"".join(line for _, line in lines)
    text = sample.decode("utf-8", "surrogateescape")
    bad = sum("\udc80" <= c <= "\udcff" for c in text)
    good = sum(c > "\x7f" for c in text) - bad
    # By accident, a legacy encoding has hardly any valid sequence: in Chinese, one for nine other bytes.
    if 3 * good >= bad:
        return TextEncoding("utf-8", "surrogateescape")
    name = _guess(sample)
    line, shown = _telling_word(lines, name)
    return TextEncoding(name, "surrogateescape", shown[:40], line)


def _telling_word(lines: list[tuple[int, bytes]], name: str) -> tuple[int, str]:
    """Return the first word, with its line, that shows whether a guess is right.

    Most letters are the same in the encodings of Western and Central Europe, so a word that differs
    between them is preferred.
    """
    rival = "cp1250" if name == "cp1252" else "cp1252"
    first: tuple[int, str] | None = None
    for number, line in lines:
        text, other = line.decode(name, "replace"), line.decode(rival, "replace")
        for found in _NON_ASCII_WORDS.finditer(text):
            word = found[0].strip()
            if len(text) == len(other) and found[0] != other[found.start() : found.end()]:
                return number, word
            first = first or (number, word)
    return first or (lines[0][0] if lines else 1, "")


def _non_ascii_lines(path: Path) -> list[tuple[int, bytes]]:
    """Return the first lines that are not ASCII with their numbers, up to a size."""
    found, size = [], 0
    # Latin-1 maps every byte to one character and back, and text mode finds every kind of line break.
    with path.open(encoding="latin-1", newline="") as lines:
        for number, line in enumerate(lines, 1):
            if not line.isascii():
                found.append((number, line.encode("latin-1")))
                size += len(line)
                if size > _SAMPLE_BYTES:
                    break
    return found


def _guess(sample: bytes) -> str:
    try:
        import chardet  # noqa: PLC0415 - only files that are not UTF-8 need it
    except ImportError:
        return "cp1252"
    found = chardet.detect(sample, include_encodings=_LEGACY, compat_names=False)["encoding"] or "cp1252"
    try:
        name = codecs.lookup(found).name
    except LookupError:
        return "cp1252"
    # Most letters are the same in both, and Western European files are the commonest.
    is_western = name == "cp1250" and sample.decode(name, "replace") == sample.decode("cp1252", "replace")
    return "cp1252" if is_western else name
