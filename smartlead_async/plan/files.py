"""Files that a plan names: read within bounds, and advice on those that cannot be opened."""

from __future__ import annotations

import codecs
import itertools
import os
import re
import stat
import unicodedata
from collections.abc import Callable, Collection, Iterator
from pathlib import Path
from typing import Final

from .problem import similar_name

MAX_ENTRIES: Final = 5000
"""The number of entries of a folder that are looked at for a suggestion."""


RELATIVE_TO_PLAN: Final = "Paths are relative to the plan."


_SHOWN_FILES: Final = 5


_UTF16: Final = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


class UnusableFile(Exception):
    """A file that cannot be read; the message says why, and ``advice`` what to do."""

    def __init__(self, reason: str, advice: str = "") -> None:
        super().__init__(reason)
        self.advice = advice


def file_kind(path: Path) -> str | None:
    """Return what a path is if it is no regular file, such as ``"a folder"``; OSError if there is nothing."""
    mode = path.stat().st_mode
    if stat.S_ISREG(mode):
        return None
    kinds = {stat.S_ISDIR: "a folder", stat.S_ISFIFO: "a pipe", stat.S_ISSOCK: "a socket"}
    return next((name for is_kind, name in kinds.items() if is_kind(mode)), "a device")


def require_regular_file(path: Path) -> None:
    """Raise :class:`UnusableFile` unless a path is a regular file; OSError if there is nothing."""
    if kind := file_kind(path):
        raise UnusableFile(f"cannot be read: it is {kind}", "" if path.is_dir() else "Save it as a file.")


def text_encoding(start: bytes) -> str:
    """Return the encoding of a text by its first bytes: UTF-8, or UTF-16 if it has a byte order mark."""
    return "utf-16" if start.startswith(_UTF16) else "utf-8-sig"


def read_text(path: Path, max_bytes: int) -> str:
    """Return the text of a file, or raise :class:`UnusableFile`; at most ``max_bytes`` are read."""
    try:
        require_regular_file(path)
        size = path.stat().st_size
        with path.open("rb") as file:
            # A file of /proc has no size, and any file may grow.
            content = b"" if size > max_bytes else file.read(max_bytes + 1)
    except (OSError, ValueError) as failure:
        raise UnusableFile(f"cannot be read: {failure_reason(failure)}") from None
    if max(size, len(content)) > max_bytes:
        raise UnusableFile(f"is too large: {max(size, len(content)):,} bytes; the maximum is {max_bytes:,}")
    try:
        return content.decode(text_encoding(content))
    except UnicodeDecodeError as failure:
        reason = describe_bad_byte(content, failure)
        raise UnusableFile(f"cannot be read: {reason}", "Save it as UTF-8.") from None


def describe_bad_byte(content: bytes, failure: UnicodeDecodeError) -> str:
    """Return the message that a text has a byte which is not of its encoding."""
    if content.startswith(_UTF16):
        return "it is damaged UTF-16"
    # The codec does not count a byte order mark.
    offset = len(codecs.BOM_UTF8) if content.startswith(codecs.BOM_UTF8) else 0
    line = content.count(b"\n", 0, failure.start + offset) + 1
    return f"it is not UTF-8 (byte 0x{failure.object[failure.start]:02X} on line {line})"


def failure_reason(failure: OSError | ValueError) -> str:
    """Return why a file cannot be opened."""
    if isinstance(failure, OSError):
        return failure.strerror or type(failure).__name__
    return "its name contains a character that no file name has"


# --- advice ------------------------------------------------------------------------------------------
def advice_on_file(name: str, folder: Path, suffixes: Collection[str] = ()) -> str:
    """Return what to do about a file that cannot be opened, or an empty string.

    ``name`` is relative to ``folder``, and so are the names that are suggested: files with one of the
    suffixes, or of any kind.
    """
    for rule in _RULES:
        try:
            if advice := rule(name, folder, suffixes):
                return advice
        except (OSError, ValueError, RuntimeError):
            # The folder cannot be read either, or the name is not valid.
            continue
    return ""


def _existing(name: str, folder: Path, suffixes: Collection[str]) -> str:
    path = folder / name
    if path.is_symlink() and not path.exists():
        return f"It is a link to {os.readlink(path)!r}, which does not exist."  # noqa: PTH115 - as it is written
    if path.is_file():
        return "Check the permissions of the file."
    if not path.is_dir():
        return ""
    inside = [f"{name.rstrip('/')}/{entry.name}" for entry in _files(path, suffixes)]
    return f"Name a file in it: {_some(inside)}." if inside else "Name a file in it."


def _spelling(name: str, folder: Path, _: Collection[str]) -> str:
    if "\\" in name and (folder / name.replace("\\", "/")).is_file():
        return f"Write {name.replace(chr(92), '/')!r}: folders are separated by /."
    expanded = Path(name).expanduser()
    if re.match(r"(?:https?|ftp|file|s3|gs):/", name):
        return "Download it first, and name the file on this machine."
    if name.startswith("~") and expanded.is_file():
        return "Write the whole path: ~ does not stand for a folder here."
    return ""


def _elsewhere(name: str, folder: Path, _: Collection[str]) -> str:
    last = Path(name).name
    if not last:
        return ""
    candidates = [entry / last for entry in _entries(folder) if entry.is_dir()]
    for path in (folder / last, *candidates, folder.parent / last):
        relative = os.path.relpath(path, folder)
        if path.is_file() and relative != os.path.normpath(name):
            return f"Did you mean {relative!r}?"
    if Path(name).is_file():
        return "Paths are relative to the plan, not to the current folder."
    return ""


def _similar(name: str, folder: Path, suffixes: Collection[str]) -> str:
    """Return a sentence with the most similar path, found part by part."""
    parts = Path(name).parts
    here, found = folder, Path()
    for index, part in enumerate(parts):
        is_last = index == len(parts) - 1
        if not is_last and (part in {"..", os.sep} or (here / part).is_dir()):
            here, found = here / part, found / part
            continue
        entries = _files(here, suffixes) if is_last else [e for e in _entries(here) if e.is_dir()]
        known = [entry.name for entry in entries]
        if _same_form(part, known):
            return f"A file name that looks like {part!r} is there in another Unicode form: rename it."
        similar = _similar_entry(part, known) if is_last else similar_name(part, known)
        if similar is None:
            return ""
        here, found = here / similar, found / similar
    is_new = found != Path(name) and here.is_file()
    return f"Did you mean {str(found)!r}?" if is_new else ""


def _similar_entry(name: str, known: Collection[str]) -> str | None:
    """Return the most similar file name; a suffix that both names have does not make them similar."""
    stem, suffix = Path(name).stem, Path(name).suffix
    by_stem = {Path(k).stem: k for k in known if k.lower().endswith(suffix.lower())}
    if stem in by_stem:
        return by_stem[stem] if by_stem[stem] != name else None
    similar = similar_name(stem, by_stem)
    return by_stem[similar] if similar else similar_name(name, set(known) - set(by_stem.values()))


def _same_form(name: str, known: Collection[str]) -> bool:
    form = unicodedata.normalize("NFC", name)
    return any(other != name and unicodedata.normalize("NFC", other) == form for other in known)


def _others(name: str, folder: Path, suffixes: Collection[str]) -> str:
    here = (folder / name).parent
    names = [os.path.relpath(entry, folder) for entry in _files(here, suffixes)] if suffixes else []
    return f"The files there are {_some(names)}." if names else ""


_RULES: Final[tuple[Callable[[str, Path, Collection[str]], str], ...]] = (
    _existing, _spelling, _elsewhere, _similar, _others,
)  # fmt: skip


def _some(names: list[str]) -> str:
    shown = ", ".join(sorted(names)[:_SHOWN_FILES])
    return f"{shown} and {len(names) - _SHOWN_FILES} more" if len(names) > _SHOWN_FILES else shown


def _entries(folder: Path) -> Iterator[Path]:
    return itertools.islice(folder.iterdir(), MAX_ENTRIES)


def _files(folder: Path, suffixes: Collection[str]) -> list[Path]:
    return [
        entry
        for entry in _entries(folder)
        if (not suffixes or entry.suffix.lower() in suffixes) and entry.is_file()
    ]
