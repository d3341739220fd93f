"""Profiles: named accounts of the configuration file."""

from __future__ import annotations

import os
import stat
from collections.abc import Collection, Mapping
from typing import Any, Final

import attrs

from ..errors import ConfigurationError
from ..plan.problem import did_you_mean
from ..request import Host
from .config_file import ConfigFile
from .key_source import KeyKind, KeySource

PROFILES: Final = "profiles"
DEFAULT_PROFILE: Final = "default_profile"
_TEXTS: Final = ("tier", "base_url", "proxy")
_HOSTS: Final = "hosts"
_KEYS: Final = (*KeyKind, *_TEXTS, _HOSTS)
_CLEAR_TEXT: Final = ("key", "api_key")


@attrs.frozen
class Profile:
    """A named account: its key, rate limit, servers and proxy; what is not given is None."""

    name: str = ""
    key: KeySource | None = None
    tier: str | None = None
    base_url: str | None = None
    hosts: Mapping[str, str] = attrs.field(factory=dict)
    proxy: str | None = attrs.field(default=None, repr=False)
    places: Mapping[str, str] = attrs.field(factory=dict, repr=False)
    """File, line and name of each value, for messages."""


def profile_names(file: ConfigFile) -> tuple[str, ...]:
    """Return the names of the profiles of a file; :class:`ConfigurationError` for other keys beside them."""
    for key, value in file.content.items():
        if key not in {PROFILES, DEFAULT_PROFILE}:
            advice = did_you_mean(key, (PROFILES, DEFAULT_PROFILE))
            if isinstance(value, dict):
                advice = f"Write [{PROFILES}.{key}] if it is a profile."
            raise file.error([key], f"unknown key {key!r}", advice)
    profiles = file.content.get(PROFILES, {})
    if not isinstance(profiles, dict) or not all(isinstance(each, dict) for each in profiles.values()):
        raise file.error([PROFILES], "expected a table for each profile", f"Write [{PROFILES}.NAME].")
    return tuple(profiles)


def default_name(file: ConfigFile) -> str | None:
    """Return the profile that the file itself chooses, if any."""
    return _text(file, [DEFAULT_PROFILE], file.content.get(DEFAULT_PROFILE))


def read_profile(file: ConfigFile, name: str, source: str) -> Profile:
    """Return a profile; ``source`` is what chose it, for the message that there is none of this name."""
    names = profile_names(file)
    if name not in names:
        raise ConfigurationError(f"{source}: {_no_profile(file, name, names)}")
    table: dict[str, Any] = file.content[PROFILES][name]
    where = (PROFILES, name)
    _require_known(file, where, table)
    texts = {key: _text(file, [*where, key], table.get(key)) for key in _TEXTS}
    hosts = _hosts(file, [*where, _HOSTS], table.get(_HOSTS, {}))
    if hosts and texts["base_url"]:
        advice = "base_url is for all hosts: leave one of them out."
        raise file.error([*where, _HOSTS], "base_url and hosts are both given", advice)
    if "@" in (texts["proxy"] or "") and _allows(file, stat.S_IROTH):
        advice = f"Run: chmod 600 {file.path}"
        raise file.error([*where, "proxy"], "it has a password, and anyone can read this file", advice)
    places = {key: file.place([*where, key]) for key in table}
    return Profile(name, _key(file, where, table), hosts=hosts, places=places, **texts)


def _allows(file: ConfigFile, permission: int) -> bool:
    """Return whether the file gives a permission, of those that POSIX has."""
    return os.name == "posix" and bool(file.path.stat().st_mode & permission)


def _no_profile(file: ConfigFile, name: str, names: Collection[str]) -> str:
    if not file.exists:
        advice = "`smartlead-async config init` writes one"
        return f"there is no profile {name!r}, because there is no file {file.path}: {advice}"
    if not names:
        return f"there is no profile {name!r}: {file.path} has none. Write [{PROFILES}.{name}] in it"
    return f"there is no profile {name!r}. {did_you_mean(name, names)}".rstrip()


def _require_known(file: ConfigFile, where: tuple[str, ...], table: Mapping[str, Any]) -> None:
    for key in table:
        if key in _CLEAR_TEXT:
            advice = f"Name a place that has it: {', '.join(KeyKind)}."
            raise file.error([*where, key], "the file must not contain the key itself", advice)
        if key not in _KEYS:
            raise file.error([*where, key], f"unknown key {key!r}", did_you_mean(key, _KEYS))


def _text(file: ConfigFile, where: list[str], value: object) -> str | None:
    if value is None or (isinstance(value, str) and value.strip()):
        return value
    raise file.error(where, "expected a string that is not empty")


def _hosts(file: ConfigFile, where: list[str], value: object) -> dict[str, str]:
    if not isinstance(value, dict):
        raise file.error(where, "expected a table of base URLs", f"Its keys are {_host_names()}.")
    known = [host.name.lower() for host in Host]
    for name, url in value.items():
        if name not in known:
            raise file.error([*where, name], f"unknown host {name!r}", did_you_mean(name, known))
        _text(file, [*where, name], url)
    return value


def _host_names() -> str:
    return ", ".join(host.name.lower() for host in Host)


def _key(file: ConfigFile, where: tuple[str, ...], table: Mapping[str, Any]) -> KeySource | None:
    given = [kind for kind in KeyKind if kind in table]
    if not given:
        return None
    if len(given) > 1:
        raise file.error([*where, given[1]], f"{' and '.join(given)} are both given", "Leave one out.")
    (kind,) = given
    path, value = [*where, kind], table[kind]
    if kind is KeyKind.COMMAND:
        return KeySource(kind, _command(file, path, value), file.place(path))
    return KeySource(kind, (_text(file, path, value) or "",), file.place(path))


def _command(file: ConfigFile, where: list[str], value: object) -> list[str]:
    if not isinstance(value, list) or not value or not all(isinstance(part, str) for part in value):
        advice = 'Write ["pass", "show", "smartlead"]: it is run without a shell.'
        raise file.error(where, "expected a list of strings", advice)
    if _allows(file, stat.S_IWOTH):
        advice = f"Run: chmod go-w {file.path}"
        raise file.error(where, "the command is not run, because anyone can write to this file", advice)
    return value
