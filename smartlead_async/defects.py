"""Unexpected exceptions, which are defects of this package, described without the data they may hold."""

from __future__ import annotations

import traceback
from pathlib import Path
from typing import Final

_PACKAGE: Final = Path(__file__).parent


def describe_defect(error: BaseException) -> str:
    """Return the type of an unexpected exception and its place, but not its message, which may hold data."""
    return f"unexpected {type(error).__name__}{_place(error)}"


def _place(error: BaseException) -> str:
    frames = traceback.extract_tb(error.__traceback__)
    ours = [frame for frame in frames if frame.filename.startswith(str(_PACKAGE))] or list(frames)
    if not ours:
        return ""
    path = Path(ours[-1].filename)
    name = path.relative_to(_PACKAGE.parent) if path.is_relative_to(_PACKAGE) else path.name
    return f" at {name}:{ours[-1].lineno} in {ours[-1].name}"
