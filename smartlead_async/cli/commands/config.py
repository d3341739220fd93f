"""``smartlead-async config``: the settings in effect and their sources, and the configuration file."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer

from ...wording import printable
from ..options import JsonOption
from ..output import CommandError, command_output
from ..settings import with_shared_options

if TYPE_CHECKING:
    from ...profiles.active import ActiveProfile, Setting

app = typer.Typer(help="Show the settings in effect, and write a configuration file.")

_LONGEST_HIDDEN: Final = 24
_DEFAULTS: Final = {
    "tier": "standard",
    "base_url": "the servers of SmartLead",
    "proxy": "HTTPS_PROXY and NO_PROXY of the environment",
}

_TEMPLATE: Final = """\
# Profiles of smartlead-async, one for each SmartLead account. `smartlead-async config` shows what is in
# effect. A command uses the profile of --profile NAME, or of SMARTLEAD_PROFILE, or this one:
#
# default_profile = "northwind"
#
# [profiles.northwind]
# key_env = "NORTHWIND_SMARTLEAD_KEY"                      # the key is in this environment variable,
# key_keyring = "northwind"                                # or: keyring set smartlead-async northwind
# key_command = ["pass", "show", "smartlead/northwind"]    # or a command prints it; it gets no shell
# tier = "pro"                                             # standard, pro, unlimited, or 60/60,1000/3600
# proxy = "http://proxy.example:8080"
# base_url = "https://gateway.example/api/v1"              # one server for everything, or by host:
# hosts = { core = "https://gateway.example/api/v1" }
"""


@app.callback(invoke_without_command=True)
@with_shared_options
def show(
    context: typer.Context,
    check: Annotated[
        bool, typer.Option("--check", help="Also read the key from where it is kept; no request is sent.")
    ] = False,
    as_json: JsonOption = False,
) -> None:
    """Show the settings in effect and where each comes from; keys are masked. Nothing is sent.

    Exit codes: 0 shown, 2 the configuration file cannot be used, 3 the key cannot be read (--check).
    """
    if context.invoked_subcommand is not None:
        return
    with command_output(as_json=as_json) as output:
        from ...profiles.profile import profile_names, read_profile
        from ..effective import active_profile, effective

        active = active_profile()
        names = profile_names(active.file)
        for name in names:
            read_profile(active.file, name, "config")  # so that every mistake in the file is told
        settings = {name: effective(name) for name in _DEFAULTS}
        key, origin = _key(check=check)
        shown = {name: (_shown(name, setting), setting.source) for name, setting in settings.items()}
        where = "" if active.file.exists else " (does not exist)"
        output.field("File", f"{active.file.path}{where}")
        output.field("Profiles", ", ".join(names) or "none")
        output.field("Profile", f"{active.profile.name} ({active.source})" if active.source else "none")
        for title, (value, source) in {"Key": (key, origin), **_titled(shown)}.items():
            output.field(title, value if source == "default" else f"{value} ({source})")
        for host, url in active.profile.hosts.items():
            output.field(f"  {host}", f"{url} (profile {active.profile.name})")
        output.print_json(_as_json(active, names, {"key": (key, origin), **shown}))


@app.command("path")
@with_shared_options
def path() -> None:
    """Print the path of the configuration file, whether it exists or not."""
    with command_output(data_on_stdout=True):
        from ...profiles.config_file import config_path

        sys.stdout.write(f"{printable(config_path())}\n")


@app.command("init")
@with_shared_options
def init() -> None:
    """Write a configuration file with a commented profile; one that exists is left alone.

    Exit codes: 0 written, 2 there is one, or it cannot be written.
    """
    with command_output() as output:
        import os

        from ...profiles.config_file import config_path

        file = config_path()
        shown = printable(file)
        try:
            file.parent.mkdir(parents=True, exist_ok=True)
            descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with open(descriptor, "w", encoding="utf-8") as text:  # noqa: PTH123 - a descriptor
                text.write(_TEMPLATE)
        except FileExistsError:
            raise CommandError(f"{shown} exists: edit it; nothing was written") from None
        except OSError as problem:
            raise CommandError(f"{shown} cannot be written: {problem.strerror}") from None
        output.line(f"Wrote {shown}: remove the signs # before what you need.")


def _key(*, check: bool) -> tuple[str, str]:
    """Return the key as it may be shown, and its source; that of a profile is only read on request."""
    import os

    from ...profiles.active import KEY_VARIABLE
    from ..effective import active_profile, key_origin
    from ..target import require_api_key

    origin, source = key_origin(), active_profile().profile.key
    if check:
        return _masked(require_api_key()), origin
    if origin == KEY_VARIABLE or source is None:
        key = os.environ.get(KEY_VARIABLE, "")
        return (_masked(key), origin) if key else ("not set", "default")
    return f"from {source.description}", origin


def _masked(key: str) -> str:
    """Return the end of a key, by which its owner recognizes it; nothing of one that is short."""
    return f"***{key[-4:]}" if len(key) > _LONGEST_HIDDEN else "***"


def _shown(name: str, setting: Setting) -> str:
    from urllib.parse import urlsplit

    value = setting.value or _DEFAULTS[name]
    if name == "proxy" and setting.value and "@" in setting.value:
        return f"{urlsplit(value).scheme}://***@{value.rpartition('@')[2]}"
    return value


def _titled(shown: dict[str, tuple[str, str]]) -> dict[str, tuple[str, str]]:
    titles = {"tier": "Tier", "base_url": "Base URL", "proxy": "Proxy"}
    return {titles[name]: value for name, value in shown.items()}


def _as_json(
    active: ActiveProfile,
    names: tuple[str, ...],
    shown: dict[str, tuple[str, str]],
) -> dict[str, Any]:
    values = {
        name: {"value": None if source == "default" else value, "source": source}
        for name, (value, source) in shown.items()
    }
    return {
        "file": str(active.file.path),
        "exists": active.file.exists,
        "profiles": list(names),
        "profile": active.profile.name or None,
        "hosts": dict(active.profile.hosts),
        "settings": values,
    }
