"""Questions to the user at a terminal, each with a default."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import TYPE_CHECKING, TypeVar

from .exit_code import ExitCode
from .output import CommandError

if TYPE_CHECKING:
    from .output import Output

T = TypeVar("T")


def can_ask() -> bool:
    """Return whether the command runs at a terminal, so that it can ask."""
    return sys.stdin.isatty()


def ask(output: Output, question: str, default: str, read: Callable[[str], T]) -> T:
    """Return what ``read`` makes of the answer; ask again while it raises ``ValueError``.

    An empty answer is the default.
    """
    while True:
        output.console.print(f"{question} [{default}]: ", end="", style="bold", soft_wrap=True, markup=False)
        line = sys.stdin.readline()
        if not line:
            raise CommandError("there was no answer: nothing was written", ExitCode.INTERRUPTED)
        try:
            return read(line.strip() or default)
        except ValueError as problem:
            output.line(str(problem), "red")
