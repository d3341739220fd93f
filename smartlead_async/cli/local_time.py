"""The time zone of this machine."""

from __future__ import annotations

from ..formats import is_time_zone


def local_time_zone() -> str:
    """Return the IANA name of the time zone of this machine; UTC if it has no such name."""
    import tzlocal

    try:
        name = tzlocal.get_localzone_name()
    except (LookupError, ValueError, OSError):
        return "UTC"
    return name if name and is_time_zone(name) else "UTC"
