"""Files that are no lists or plans: what they are by their first bytes, and what to do with them instead."""

from __future__ import annotations

import re
import zipfile
from pathlib import Path
from typing import Final

from .problem import InvalidPlan, Place, error

_KIND_BYTES: Final = 1024
"""The first bytes of a file that tell its kind."""

_AS_CSV: Final = "Export the list as CSV."

_UNPACK: Final = "Unpack it first."

_SIGNATURES: Final = (
    (b"\xd0\xcf\x11\xe0", "an old Excel file (.xls) or one with a password", "Save it as CSV or XLSX."),
    (b"%PDF", "a PDF file", _AS_CSV),
    (b"\x1f\x8b", "a gzip archive", _UNPACK),
    (b"BZh", "a bzip2 archive", _UNPACK),
    (b"\xfd7zXZ", "an xz archive", _UNPACK),
    (b"\x28\xb5\x2f\xfd", "a Zstandard archive", _UNPACK),
    (b"7z\xbc\xaf", "a 7-Zip archive", _UNPACK),
    (b"Rar!", "a RAR archive", _UNPACK),
    (b"PK\x05\x06", "an empty ZIP archive", "Export the list again."),
    (b"{\\rtf", "an RTF document", _AS_CSV),
    (b"\x89PNG", "an image", _AS_CSV),
    (b"\xff\xd8\xff", "an image", _AS_CSV),
    (b"GIF8", "an image", _AS_CSV),
    (b"SQLite format 3", "an SQLite database", _AS_CSV),
    (b"PAR1", "a Parquet file", _AS_CSV),
    (b"ARROW1", "an Arrow file", _AS_CSV),
    (b"MZ\x90\x00", "a program", _AS_CSV),
    (b"\x7fELF", "a program", _AS_CSV),
    (b"bplist00", "a property list", _AS_CSV),
)

_WORKBOOK: Final = "an Excel workbook (XLSX)"

# A file of this name, or any file in this folder.
_PARTS_OF_ZIP: Final = (
    ("xl/workbook.bin", "a binary Excel workbook (XLSB)", "Save it as CSV or XLSX."),
    ("xl/", _WORKBOOK, "Name it .xlsx, or save it as CSV."),
    ("content.xml", "an OpenDocument file", "Save it as CSV or XLSX."),
    ("word/", "a Word document", _AS_CSV),
    ("Index/", "a Numbers spreadsheet", "Export it as CSV."),
)

_TAR_AT: Final = 257

_TAR: Final = b"ustar"

_EXPORT: Final = "Open the list there and export it as CSV."

# Text in another format; without the spaces and the byte order mark before it.
_TEXTS: Final = tuple(
    (re.compile(pattern, re.IGNORECASE), kind, advice)
    for pattern, kind, advice in (
        (
            rb"(?:<!--.*?-->\s*)?<(?:!doctype html|html|head|body|table|script|meta)\b",
            "an HTML page",
            f"The download may have been a login page. {_AS_CSV}",
        ),
        (rb"<\?xml|<!--|<[a-z][\w:.-]*(?:\s+[\w:.-]+\s*=|\s*>\s*<)", "an XML file", _AS_CSV),
        (rb"\{\s*\"|\[\s*\{\s*\"|\[\s*\"", "a JSON file", _AS_CSV),
        (rb"BEGIN:VCARD", "a file of contacts (vCard)", _AS_CSV),
        (rb"dn: ", "a directory export (LDIF)", _AS_CSV),
        (rb"(?:From|Received|Return-Path|Delivered-To|MIME-Version): |From \S+@\S+ ", "an e-mail", _AS_CSV),
        (rb"(?:INSERT INTO|CREATE TABLE|COPY \w+) ", "an SQL script", _AS_CSV),
        (rb"version https://git-lfs", "a pointer of Git LFS, not the file itself", "Run git lfs pull."),
        (rb"-----BEGIN ", "a key or a certificate", _AS_CSV),
        (rb"\[InternetShortcut\]|https?://\S+\s*\Z", "a link to a page, not the list itself", _EXPORT),
        (rb"-\s+[\w-]*mail[\w-]*: ", "a YAML file", "Write its leads into the plan, or export them as CSV."),
    )
)


def require_list(path: Path) -> None:
    """Raise :class:`InvalidPlan` if a file begins like a spreadsheet, an archive or a document."""
    found = _kind_of(path)
    if found is not None:
        kind, advice = found
        message = f"the lead file is {kind}, not CSV"
        raise InvalidPlan([error("not_csv", message, advice=advice, place=Place(str(path)))])


def describe_workbook(path: Path) -> tuple[str, str] | None:
    """Return what a file is that is no workbook, and what to do with it; None if it may be one."""
    if not path.stat().st_size:
        return "empty", "Save it again."
    found = _kind_of(path)
    if found is None:
        return "text", "Name it .csv if it is CSV."
    return None if found[0] == _WORKBOOK else found


def describe_binary(path: Path) -> str | None:
    """Return what a file is that is no text; None if it may be text."""
    found = _kind_of(path, with_texts=False)
    return None if found is None else found[0]


def _kind_of(path: Path, *, with_texts: bool = True) -> tuple[str, str] | None:
    """Return what a file is, and what to do with it; None if it may be what is expected.

    ``with_texts`` tells whether text in another format is meant, too.
    """
    with path.open("rb") as file:
        start = file.read(_KIND_BYTES)
    return _kind_of_binary(path, start) or (_kind_of_text(start) if with_texts else None)


def _kind_of_binary(path: Path, start: bytes) -> tuple[str, str] | None:
    if start.startswith(b"PK\x03\x04"):
        return _kind_of_zip(path)
    if start and not start.strip(b"\0"):
        return "a file of zero bytes", "Copy or download it again."
    if start[_TAR_AT:].startswith(_TAR):
        return "a tar archive", _UNPACK
    return next(((kind, advice) for mark, kind, advice in _SIGNATURES if start.startswith(mark)), None)


def _kind_of_text(start: bytes) -> tuple[str, str] | None:
    text = start.removeprefix(b"\xef\xbb\xbf").lstrip()
    return next(((kind, advice) for pattern, kind, advice in _TEXTS if pattern.match(text)), None)


def _kind_of_zip(path: Path) -> tuple[str, str]:
    try:
        with zipfile.ZipFile(path) as archive:
            names = archive.namelist()
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError):
        return "a damaged ZIP archive", "Export the list again."
    found = (
        (kind, advice)
        for part, kind, advice in _PARTS_OF_ZIP
        if any(name == part or (part.endswith("/") and name.startswith(part)) for name in names)
    )
    return next(found, ("a ZIP archive", _UNPACK))
