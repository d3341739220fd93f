"""Options that every command has: ``--debug``, ``--no-color`` and ``--profile``."""

from __future__ import annotations

import contextlib
import functools
import inspect
import os
from collections.abc import Callable, Iterator
from contextvars import ContextVar
from typing import Annotated, Any, Final, get_type_hints

import attrs
import typer


@attrs.define
class Settings:
    """The values of the options that every command has, and what has been read for this command."""

    debug: bool = False
    no_color: bool = False
    profile: str | None = None
    active: object = None
    """The profile in effect, once it has been read."""
    key: str | None = attrs.field(default=None, repr=False)
    """The API key, once it has been read."""


_settings: Final[ContextVar[Settings | None]] = ContextVar("settings", default=None)


def current_settings() -> Settings:
    """Return the settings of the command that runs."""
    return _settings.get() or _from_environment()


@contextlib.contextmanager
def new_settings() -> Iterator[None]:
    """Begin a command line with the settings of the environment."""
    token = _settings.set(_from_environment())
    try:
        yield
    finally:
        _settings.reset(token)


def _from_environment() -> Settings:
    return Settings(debug=os.environ.get("SMARTLEAD_DEBUG", "") not in {"", "0"})


def _set_debug(given: bool) -> None:
    current_settings().debug |= given


def _set_profile(given: str | None) -> None:
    if given is not None:
        current_settings().profile = given


def _set_no_color(given: bool) -> None:
    current_settings().no_color |= given


_SHARED: Final = {
    "debug": Annotated[
        bool,
        typer.Option(
            "--debug",
            callback=_set_debug,
            help="Log every request, and show where an unexpected error arose.",
        ),
    ],
    "no_color": Annotated[
        bool,
        typer.Option("--no-color", callback=_set_no_color, help="Print without colors, as with NO_COLOR."),
    ],
    "profile": Annotated[
        str | None,
        typer.Option(
            "--profile",
            metavar="NAME",
            callback=_set_profile,
            help="The profile with key, rate limit and servers; `smartlead-async config` shows it.",
        ),
    ],
}

_DEFAULTS: Final = {"debug": False, "no_color": False, "profile": None}


def with_shared_options(command: Callable[..., None]) -> Callable[..., None]:
    """Return a command that also has the options of every command."""

    @functools.wraps(command)
    def wrapped(**arguments: Any) -> None:
        command(**{name: value for name, value in arguments.items() if name not in _SHARED})

    signature = inspect.signature(command)
    shared = [
        inspect.Parameter(
            name, inspect.Parameter.KEYWORD_ONLY, default=_DEFAULTS[name], annotation=annotation
        )
        for name, annotation in _SHARED.items()
    ]
    hints = get_type_hints(command, include_extras=True)
    own = [each.replace(annotation=hints[each.name]) for each in signature.parameters.values()]
    wrapped.__signature__ = signature.replace(parameters=[*own, *shared])  # type: ignore[attr-defined]
    wrapped.__annotations__ = {**hints, **_SHARED}
    return wrapped
