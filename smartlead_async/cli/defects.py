"""Messages about defects of the package: advice, and a traceback with ``--debug``."""

from __future__ import annotations

import os
import traceback
from urllib.parse import quote

from .settings import current_settings


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


def _secrets() -> list[str]:
    keys = [os.environ.get("SMARTLEAD_API_KEY", "").strip(), current_settings().key or ""]
    return [form for key in keys if key for form in (key, quote(key, safe=""))]
