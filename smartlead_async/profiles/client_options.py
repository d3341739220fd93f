"""The key and the options of a client by the profile in effect."""

from __future__ import annotations

import os
from typing import Any

from ..base_url import normalize_base_url
from ..errors import ConfigurationError
from ..limits import RateLimits
from ..request import Host
from .active import PROFILE_VARIABLE, ActiveProfile
from .config_file import CONFIG_VARIABLE


def key_and_options(profile: str | None) -> tuple[str, dict[str, Any]]:
    """Return the API key and the options that a profile and the environment give.

    :class:`ConfigurationError` if something is wrong with them, or there is no key.
    """
    active = _active(profile)
    options: dict[str, Any] = {}
    tier, base_url, proxy = (active.setting(field) for field in ("tier", "base_url", "proxy"))
    if active.hosts:
        places = active.profile.places["hosts"]
        options["base_url"] = {
            Host[name.upper()]: normalize_base_url(url, f"{places}.{name}")
            for name, url in active.hosts.items()
        }
    elif base_url.value:
        options["base_url"] = normalize_base_url(base_url.value, base_url.place)
    if tier.value:
        try:
            options["limits"] = RateLimits.parse(tier.value)
        except ValueError as problem:
            raise ConfigurationError(f"{tier.place}: {problem}") from None
    if proxy.value:
        options["proxy"] = proxy.value
    return active.read_key(), options


def _active(profile: str | None) -> ActiveProfile:
    try:
        return ActiveProfile.find(profile, "profile")
    except ModuleNotFoundError as missing:
        if profile is None and not os.environ.get(PROFILE_VARIABLE):
            return ActiveProfile.none()
        raise ConfigurationError(
            f"profiles need the package {missing.name}: pip install 'smartlead-async[cli]', "
            f"or name the file in {CONFIG_VARIABLE}"
        ) from None
