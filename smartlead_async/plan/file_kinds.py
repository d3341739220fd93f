"""Files that are no text: what they are, and what to do with them instead."""

from __future__ import annotations

import zipfile
from pathlib import Path
from typing import Final

from .problem import InvalidPlan, Place, error

_AS_CSV: Final = "Export the list as CSV."


_SIGNATURES: Final = (
    (b"\xd0\xcf\x11\xe0", "an old Excel file (.xls) or one with a password", "Save it as CSV or XLSX."),
    (b"%PDF", "a PDF file", _AS_CSV),
    (b"\x1f\x8b", "a gzip archive", "Unpack it first."),
    (b"BZh", "a bzip2 archive", "Unpack it first."),
    (b"\xfd7zXZ", "an xz archive", "Unpack it first."),
    (b"\x28\xb5\x2f\xfd", "a Zstandard archive", "Unpack it first."),
    (b"7z\xbc\xaf", "a 7-Zip archive", "Unpack it first."),
    (b"Rar!", "a RAR archive", "Unpack it first."),
    (b"{\\rtf", "an RTF document", _AS_CSV),
    (b"\x89PNG", "an image", _AS_CSV),
    (b"\xff\xd8\xff", "an image", _AS_CSV),
    (b"SQLite format 3", "an SQLite database", _AS_CSV),
    (b"PAR1", "a Parquet file", _AS_CSV),
)


_HTML: Final = (b"<!doctype html", b"<html", b"<head", b"<table", b"<script")


_JSON: Final = (b'{"', b"[{", b'["')


def require_text(path: Path) -> None:
    """Raise :class:`InvalidPlan` if a file begins like a spreadsheet, an archive or a document."""
    with path.open("rb") as file:
        start = file.read(1024)
    if start.startswith(b"PK\x03\x04"):
        raise _unusable(path, *_kind_of_zip(path))
    for signature, kind, advice in _SIGNATURES:
        if start.startswith(signature):
            raise _unusable(path, kind, advice)
    text = start.removeprefix(b"\xef\xbb\xbf").lstrip().lower()
    if text.startswith(_HTML):
        advice = f"The download may have been a login page. {_AS_CSV}"
        raise _unusable(path, "an HTML page", advice)
    if text.startswith(b"<?xml"):
        raise _unusable(path, "an XML file", _AS_CSV)
    if b"".join(text.split()).startswith(_JSON):
        raise _unusable(path, "a JSON file", _AS_CSV)


def _kind_of_zip(path: Path) -> tuple[str, str]:
    try:
        with zipfile.ZipFile(path) as archive:
            names = archive.namelist()
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError):
        return "a damaged ZIP archive", "Export the list again."
    if any(name.startswith("xl/") for name in names):
        return "an Excel workbook (XLSX)", "Name it .xlsx, or save it as CSV."
    if "content.xml" in names:
        return "an OpenDocument file", "Save it as CSV or XLSX."
    if any(name.startswith("word/") for name in names):
        return "a Word document", _AS_CSV
    if any(name.startswith("Index/") for name in names):
        return "a Numbers spreadsheet", "Export it as CSV."
    return "a ZIP archive", "Unpack it first."


def _unusable(path: Path, kind: str, advice: str) -> InvalidPlan:
    message = f"the lead file is {kind}, not CSV"
    return InvalidPlan([error("not_csv", message, advice=advice, place=Place(str(path)))])
