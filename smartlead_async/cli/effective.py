"""The settings in effect for the command that runs, each with its source; read once."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .exit_code import ExitCode
from .output import CommandError
from .settings import current_settings

if TYPE_CHECKING:
    from ..profiles.active import ActiveProfile, Setting


def active_profile() -> ActiveProfile:
    """Return the profile in effect; :class:`ConfigurationError` if it does not exist or is not valid."""
    from ..profiles.active import ActiveProfile

    settings = current_settings()
    if not isinstance(settings.active, ActiveProfile):
        settings.active = ActiveProfile.find(settings.profile, "--profile")
    return settings.active


def effective(field: str, option: str | None = None) -> Setting:
    """Return ``tier``, ``base_url`` or ``proxy`` as it is in effect; the value None is the default."""
    from ..profiles.active import Setting

    if option:
        flag = f"--{field}"
        return Setting(option, flag, flag)
    return active_profile().setting(field)


def key_origin() -> str:
    """Return where the key in effect comes from: SMARTLEAD_API_KEY or a profile."""
    return active_profile().key_origin


def read_key() -> Setting:
    """Return the key in effect; :class:`CommandError` if there is none. It is read once for a command."""
    from ..profiles.active import Setting
    from ..profiles.key_source import KeyUnavailable

    settings = current_settings()
    if settings.key is None:
        try:
            settings.key = active_profile().read_key()
        except KeyUnavailable as problem:
            raise CommandError(str(problem), ExitCode.NOT_ALLOWED) from None
    return Setting(settings.key, key_origin(), key_origin())
