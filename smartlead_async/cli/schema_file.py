"""The JSON Schema of plans as a file beside them."""

from __future__ import annotations

from pathlib import Path

from ..atomic_file import replace_file
from ..wording import printable
from .output import CommandError


def schema_text() -> str:
    """Return the JSON Schema of plans as JSON."""
    import json

    from ..plan.schema import plan_schema

    return json.dumps(plan_schema(), indent=2) + "\n"


def write_schema(path: Path, option: str) -> None:
    """Write the schema; :class:`CommandError` if that fails, or if the file there is something else."""
    try:
        if path.is_dir():
            raise CommandError(f"{option} {printable(path)} is a folder: name a file")
        if path.is_file() and not _is_schema(path):
            message = f"{option} {printable(path)} exists and is no schema of plans: name another file"
            raise CommandError(message)
        with replace_file(path) as file:
            file.write(schema_text())
    except (OSError, ValueError) as problem:  # ValueError: a null character
        reason = (isinstance(problem, OSError) and problem.strerror) or str(problem)
        raise CommandError(f"{option} {printable(path)} cannot be written: {reason}") from None


def _is_schema(path: Path) -> bool:
    """Return whether a file is the schema of any version."""
    from ..plan.schema import TITLE

    with path.open("rb") as file:
        return TITLE.encode() in file.read(400)
