"""The text of plan files, read within bounds."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Final

from .file_kinds import describe_binary
from .files import (
    UnusableFile,
    advice_on_file,
    failure_reason,
    read_text,
    require_regular_file,
    text_encoding,
)
from .problem import InvalidPlan, Place, error

PLAN_SUFFIXES: Final = (".yaml", ".yml", ".json", ".jsonl")

MAX_PLAN: Final = 50_000_000
"""The number of bytes of a plan that is read as a whole; JSON Lines are read one by one."""

MAX_LINE: Final = 20_000_000
"""The number of characters of a line of JSON Lines."""


def unknown_format(file: Path) -> InvalidPlan:
    """Return the error that the suffix of a file is not that of a plan, or that it is no file at all."""
    if file.is_dir():
        return _unreadable(file, UnusableFile("cannot be read: it is a folder"))
    message = f"{file.name!r} does not end in .yaml, .yml, .json or .jsonl"
    advice = "" if file.exists() else advice_on_file(str(file), Path(), PLAN_SUFFIXES)
    return InvalidPlan([error("unknown_format", message, advice=advice, place=Place(str(file)))])


def read_plan(file: Path) -> str:
    """Return the text of a plan; :class:`InvalidPlan` if it cannot be read or is too large."""
    try:
        require_plan(file)
        return read_text(file, MAX_PLAN)
    except UnusableFile as unusable:
        advice = "Write it as JSON Lines, which are read one by one." if "too large" in str(unusable) else ""
        raise _unreadable(file, unusable, advice) from None


def require_plan(file: Path) -> None:
    """Raise :class:`UnusableFile` if a file is none that people write, such as a workbook."""
    try:
        require_regular_file(file)
        kind = describe_binary(file)
    except (OSError, ValueError) as failure:
        raise UnusableFile(f"cannot be read: {failure_reason(failure)}") from None
    if kind is not None:
        raise UnusableFile(f"is {kind}", "Write it as YAML or JSON.")


def plan_lines(file: Path) -> Iterator[tuple[int, str]]:
    """Yield every line that is not blank with its number; :class:`InvalidPlan` as for :func:`read_plan`."""
    try:
        require_regular_file(file)
        require_plan(file)
        with file.open("rb") as binary:
            encoding = text_encoding(binary.read(4))
        with file.open(encoding=encoding) as lines:
            for number, line in enumerate(iter(lambda: lines.readline(MAX_LINE + 1), ""), 1):
                _require_bounded(line, number)
                if line.strip():
                    yield number, line
    except UnicodeDecodeError as failure:
        byte = failure.object[failure.start]
        reason = f"cannot be read: it is not UTF-8 (byte 0x{byte:02X})"
        raise _unreadable(file, UnusableFile(reason, "Save it as UTF-8.")) from None
    except (OSError, ValueError) as failure:
        raise _unreadable(file, UnusableFile(f"cannot be read: {failure_reason(failure)}")) from None
    except UnusableFile as unusable:
        raise _unreadable(file, unusable) from None


def _require_bounded(line: str, number: int) -> None:
    if len(line) > MAX_LINE:
        raise UnusableFile(f"has a line of more than {MAX_LINE:,} characters, line {number}")


def _unreadable(file: Path, unusable: UnusableFile, advice: str = "") -> InvalidPlan:
    advice = advice or unusable.advice or advice_on_file(str(file), Path(), PLAN_SUFFIXES)
    return InvalidPlan(
        [error("unreadable_file", f"the plan {unusable}", advice=advice, place=Place(str(file)))]
    )
