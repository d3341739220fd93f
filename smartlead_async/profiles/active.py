"""The profile in effect, and the settings that it and the environment give.

What a profile that an option names contains is as good as an option, and goes before the environment; a
profile that SMARTLEAD_PROFILE or the file chooses goes behind it.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Final, Self

import attrs

from .config_file import ConfigFile
from .key_source import KeyUnavailable
from .profile import DEFAULT_PROFILE, Profile, default_name, profile_names, read_profile

PROFILE_VARIABLE: Final = "SMARTLEAD_PROFILE"
KEY_VARIABLE: Final = "SMARTLEAD_API_KEY"
_VARIABLES: Final = {"tier": "SMARTLEAD_TIER", "base_url": "SMARTLEAD_BASE_URL"}


@attrs.frozen
class Setting:
    """A value and its source; ``place`` begins a message about the value."""

    value: str | None = attrs.field(repr=False)
    source: str
    place: str


@attrs.frozen
class ActiveProfile:
    """The profile in effect, and what chose it; an empty one if nothing did."""

    file: ConfigFile
    profile: Profile
    source: str = ""
    is_option: bool = False

    @classmethod
    def find(cls, named: str | None, option: str) -> Self:
        """Return the profile of this name, or that of the environment or the file if there is no name.

        ``option`` is what named it. :class:`ConfigurationError` if it does not exist or is not valid.
        """
        file = ConfigFile.read()
        if named is not None:
            return cls(file, read_profile(file, named, option), option, True)
        profile_names(file)
        if name := os.environ.get(PROFILE_VARIABLE):
            return cls(file, read_profile(file, name, PROFILE_VARIABLE), PROFILE_VARIABLE)
        if name := default_name(file):
            source = file.place([DEFAULT_PROFILE])
            return cls(file, read_profile(file, name, source), DEFAULT_PROFILE)
        return cls(file, Profile())

    @classmethod
    def none(cls) -> Self:
        """Return an empty profile, for which no file was read."""
        return cls(ConfigFile(Path()), Profile())

    def setting(self, field: str) -> Setting:
        """Return ``tier``, ``base_url`` or ``proxy`` as it is in effect; the value None is the default."""
        profile, found = self.profile, []
        if value := getattr(profile, field):
            found.append(Setting(value, f"profile {profile.name}", profile.places[field]))
        variable = _VARIABLES.get(field, "")
        if value := os.environ.get(variable):
            found.insert(len(found) if self.is_option else 0, Setting(value, variable, variable))
        return found[0] if found else Setting(None, "default", field)

    @property
    def hosts(self) -> Mapping[str, str]:
        """The base URLs of single hosts in effect, by the name of the host."""
        is_replaced = self.setting("base_url").value is not None and not self.is_option
        return {} if is_replaced else self.profile.hosts

    @property
    def key_origin(self) -> str:
        """The source of the key in effect: SMARTLEAD_API_KEY or a profile."""
        has_variable = bool(os.environ.get(KEY_VARIABLE))
        if self.profile.key is not None and (self.is_option or not has_variable):
            return f"profile {self.profile.name}"
        return KEY_VARIABLE

    def read_key(self) -> str:
        """Return the key in effect; :class:`KeyUnavailable` if there is none."""
        source = self.profile.key
        if self.key_origin != KEY_VARIABLE and source is not None:
            return source.read()
        if key := os.environ.get(KEY_VARIABLE):
            return key
        name = self.profile.name
        has_none = f", and profile {name} has no key" if name else ""
        raise KeyUnavailable(
            f"{KEY_VARIABLE} is not set{has_none}: find your key in SmartLead under Settings → API"
        )
