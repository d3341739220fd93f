"""The help pages: how commands, arguments and options are shown, at any width of the terminal."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from typing import Any, Final

import typer
from typer.core import TyperCommand, TyperGroup

_MAX_WIDTH, _MIN_WIDTH = 80, 32
_WHOLE_SENTENCE: Final = 1000
# Any, because newer versions of typer include their own copy of click.
_Context: Any = TyperCommand.context_class
_Formatter: Any = _Context.formatter_class


def page_width() -> int:
    """Return the width of help pages. Typer would not go below 50 columns."""
    return max(min(shutil.get_terminal_size().columns, _MAX_WIDTH) - 2, _MIN_WIDTH)


class _PageFormatter(_Formatter):  # type: ignore[misc]
    """Leaves half of a narrow terminal to the explanations."""

    def write_dl(self, rows: Any, col_max: int = 30, col_spacing: int = 2) -> None:
        super().write_dl(rows, min(col_max, self.width // 2 - 5), col_spacing)


class _PageContext(_Context):  # type: ignore[misc]
    formatter_class = _PageFormatter


class _Usage:
    """Shows an argument by its name in the usage, in brackets if it can be left out, without its type."""

    context_class: Any = _PageContext

    def collect_usage_pieces(self, ctx: Any) -> list[str]:
        arguments = [each for each in self.get_params(ctx) if each.param_type_name == "argument"]
        for argument in arguments:
            argument.display_type_rich = lambda **_: None
            argument.get_usage_pieces = lambda _, argument=argument: [_piece(argument)]
        pieces: list[str] = super().collect_usage_pieces(ctx)  # type: ignore[misc]
        return pieces

    def get_params(self, ctx: Any) -> list[Any]:
        params: list[Any] = super().get_params(ctx)  # type: ignore[misc]
        return params


def _piece(argument: Any) -> str:
    name = argument.metavar or argument.name.upper()
    name = f"({name})" if "|" in name and argument.required else name
    shown = name if argument.required else f"[{name}]"
    return shown + ("..." if argument.nargs != 1 else "")


class Command(_Usage, TyperCommand):
    """A command with the help page of this program."""


class Group(_Usage, TyperGroup):
    """A group of commands, whose help page shows a whole sentence for each."""

    def format_commands(self, ctx: Any, formatter: Any) -> None:
        """Write the list of commands."""
        commands = [(name, self.get_command(ctx, name)) for name in self.list_commands(ctx)]
        rows = [
            (name, command.get_short_help_str(_WHOLE_SENTENCE))
            for name, command in commands
            if command is not None and not command.hidden
        ]
        if rows:
            with formatter.section("Commands"):
                formatter.write_dl(rows)


class App(typer.Typer):
    """A group of commands with these help pages."""

    def __init__(self, **settings: Any) -> None:
        super().__init__(**{"cls": Group, "no_args_is_help": True, **settings})

    def command(self, name: str | None = None, **settings: Any) -> Callable[[Any], Any]:
        """Return a decorator that adds a command."""
        return super().command(name, **{"cls": Command, **settings})
