"""The settings in effect, each with its source: an option, the environment, a profile, or the default.

What a profile that ``--profile`` names contains is as good as an option, and goes before the environment; a
profile that SMARTLEAD_PROFILE or the file chooses goes behind it.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Final

import attrs

from .exit_code import ExitCode
from .output import CommandError
from .settings import current_settings

if TYPE_CHECKING:
    from .config_file import ConfigFile
    from .profile import Profile

PROFILE_VARIABLE: Final = "SMARTLEAD_PROFILE"
KEY_VARIABLE: Final = "SMARTLEAD_API_KEY"
_VARIABLES: Final = {"tier": "SMARTLEAD_TIER", "base_url": "SMARTLEAD_BASE_URL"}


@attrs.frozen
class ActiveProfile:
    """The profile of the command that runs, and what chose it; an empty one if nothing did."""

    file: ConfigFile
    profile: Profile
    source: str = ""
    is_option: bool = False


@attrs.frozen
class Setting:
    """A value and its source; ``place`` begins a message about the value."""

    value: str | None = attrs.field(repr=False)
    source: str
    place: str


def active_profile() -> ActiveProfile:
    """Return the profile in effect; :class:`CommandError` if it does not exist or is not valid."""
    settings = current_settings()
    if not isinstance(settings.active, ActiveProfile):
        settings.active = _find_profile(settings.profile)
    return settings.active


def _find_profile(option: str | None) -> ActiveProfile:
    from .config_file import ConfigFile
    from .profile import DEFAULT_PROFILE, Profile, default_name, profile_names, read_profile

    file = ConfigFile.read()
    if option is not None:
        return ActiveProfile(file, read_profile(file, option, "--profile"), "--profile", True)
    profile_names(file)
    if name := os.environ.get(PROFILE_VARIABLE):
        return ActiveProfile(file, read_profile(file, name, PROFILE_VARIABLE), PROFILE_VARIABLE)
    if name := default_name(file):
        source = file.place([DEFAULT_PROFILE])
        return ActiveProfile(file, read_profile(file, name, source), DEFAULT_PROFILE)
    return ActiveProfile(file, Profile())


def effective(field: str, option: str | None = None) -> Setting:
    """Return ``tier``, ``base_url`` or ``proxy`` as it is in effect; the value None is the default."""
    if option:
        flag = f"--{field}"
        return Setting(option, flag, flag)
    active = active_profile()
    profile = active.profile
    found = []
    if value := getattr(profile, field):
        found.append(Setting(value, f"profile {profile.name}", profile.places[field]))
    variable = _VARIABLES.get(field, "")
    if value := os.environ.get(variable):
        found.insert(len(found) if active.is_option else 0, Setting(value, variable, variable))
    return found[0] if found else Setting(None, "default", field)


def key_origin() -> str:
    """Return where the key in effect comes from: SMARTLEAD_API_KEY or a profile."""
    active = active_profile()
    has_variable = bool(os.environ.get(KEY_VARIABLE))
    if active.profile.key is not None and (active.is_option or not has_variable):
        return f"profile {active.profile.name}"
    return KEY_VARIABLE


def read_key() -> Setting:
    """Return the key in effect; :class:`CommandError` if there is none. It is read once for a command."""
    settings = current_settings()
    if settings.key is None:
        settings.key = _read_key()
    return Setting(settings.key, key_origin(), key_origin())


def _read_key() -> str:
    origin = key_origin()
    source = active_profile().profile.key
    if origin != KEY_VARIABLE and source is not None:
        return source.read()
    if key := os.environ.get(KEY_VARIABLE):
        return key
    name = active_profile().profile.name
    has_none = f", and profile {name} has no key" if name else ""
    message = f"{KEY_VARIABLE} is not set{has_none}: find your key in SmartLead under Settings → API"
    raise CommandError(message, ExitCode.NOT_ALLOWED)
