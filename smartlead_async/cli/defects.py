"""Unexpected exceptions, which are defects of this program: one line, and a traceback with ``--debug``."""

from __future__ import annotations

import os
import traceback
from pathlib import Path
from urllib.parse import quote

from .settings import current_settings


def describe_defect(error: BaseException) -> str:
    """Return the type of an unexpected exception and its place, but not its message, which may hold data."""
    return f"unexpected {type(error).__name__}{_place(error)}"


def defect_advice() -> str:
    """Return what to do about a defect."""
    if current_settings().debug:
        return "This is a defect of smartlead-async: please report it with the traceback"
    return "This is a defect of smartlead-async: please report it with the traceback that --debug shows"


def debug_traceback(error: BaseException) -> str:
    """Return the traceback of an exception without the API key; empty without ``--debug``."""
    if not current_settings().debug:
        return ""
    text = "".join(traceback.format_exception(error))
    for secret in _secrets():
        text = text.replace(secret, "[redacted]")
    return text


def _place(error: BaseException) -> str:
    frames = traceback.extract_tb(error.__traceback__)
    package = str(Path(__file__).parents[1])
    ours = [frame for frame in frames if frame.filename.startswith(package)] or list(frames)
    if not ours:
        return ""
    path = Path(ours[-1].filename)
    name = path.relative_to(Path(package).parent) if path.is_relative_to(package) else path.name
    return f" at {name}:{ours[-1].lineno} in {ours[-1].name}"


def _secrets() -> list[str]:
    key = os.environ.get("SMARTLEAD_API_KEY", "").strip()
    return [key, quote(key, safe="")] if key else []
