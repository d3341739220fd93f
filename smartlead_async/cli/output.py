"""How a command speaks: to people on a terminal or in a log, and to programs in JSON."""

from __future__ import annotations

import contextlib
import json
import os
import sys
from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import TYPE_CHECKING, Any, TextIO

import typer

from .exit_code import ExitCode
from .wording import shown

if TYPE_CHECKING:
    from rich.console import Console, RenderableType

    from ..plan.problem import Problem


class Refused(Exception):
    """A command cannot go on: one message for people, an exit code for scripts."""

    def __init__(
        self, message: str, code: ExitCode = ExitCode.UNUSABLE, *, details: Mapping[str, Any] | None = None
    ) -> None:
        super().__init__(message)
        self.code = code
        self.details = details or {}


class Output:
    """What a command says. With ``as_json`` stdout gets one JSON object, and all else goes to stderr."""

    def __init__(self, *, as_json: bool) -> None:
        self.as_json = as_json

    @cached_property
    def console(self) -> Console:
        """The terminal or file that people read."""
        return _console(stderr=self.as_json)

    @property
    def is_live(self) -> bool:
        """Whether somebody watches, so that a line can be drawn over."""
        return self.console.is_terminal and not self.console.is_dumb_terminal

    def line(self, text: str = "", style: str | None = None) -> None:
        """One line, however long."""
        self.console.print(text, style=style, soft_wrap=True)

    def entry(self, name: str, value: str) -> None:
        """A name and what belongs to it, however long: a path must not be cut."""
        from rich.text import Text

        line = Text.assemble((f"{name:<11}", "bold"), shown(value))
        self.console.print(line, soft_wrap=True)

    def show(self, renderable: RenderableType) -> None:
        """A table or the like."""
        self.console.print(renderable)

    def give(self, answer: Mapping[str, Any]) -> None:
        """The answer for programs; nothing unless JSON was asked for."""
        if self.as_json:
            plain = (sys.stdout.encoding or "").lower().replace("-", "") == "utf8"
            sys.stdout.write(json.dumps(answer, ensure_ascii=not plain, indent=2) + "\n")
            sys.stdout.flush()

    def warn(self, text: str) -> None:
        """Something to know about, on stderr."""
        self._to_stderr(text, "yellow")

    def refuse(self, refusal: Refused) -> None:
        """Say why the command cannot go on."""
        self._to_stderr(f"Error: {refusal}", "red")
        self.give({"error": str(refusal), "exit_code": int(refusal.code), **refusal.details})

    @staticmethod
    def _to_stderr(text: str, style: str) -> None:
        _console(stderr=True).print(text, style=style, soft_wrap=True)


def _console(*, stderr: bool) -> Console:
    from rich.console import Console

    class Unbreakable(Console):
        def on_broken_pipe(self) -> None:
            # Whoever read us has gone (`… | head`). A job goes on all the same, unheard.
            self.quiet = True
            _to_nowhere(sys.stderr if stderr else sys.stdout)

    return Unbreakable(stderr=stderr, highlight=False, emoji=False, markup=False)


def _to_nowhere(stream: TextIO) -> None:
    """Let nothing fail that is still written to a stream, not even when Python flushes it at its exit."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, stream.fileno())
    os.close(nowhere)


def say_problem(output: Output, problem: Problem) -> None:
    """One problem on one line, as ``file:line: error: …``, which editors can follow."""
    output.line(shown(problem), "red" if problem.is_error else "yellow")


@contextlib.contextmanager
def speaking(*, as_json: bool = False) -> Iterator[Output]:
    """Run a command's work; whatever goes wrong becomes one message and an exit code."""
    from ..errors import AuthenticationError, PermissionDenied, SmartleadError
    from ..plan.problem import InvalidPlan

    output = Output(as_json=as_json)
    try:
        yield output
    except Refused as refusal:
        output.refuse(refusal)
        raise typer.Exit(refusal.code) from None
    except InvalidPlan as invalid:
        for problem in invalid.problems:
            say_problem(output, problem)
        problems = [problem_as_json(problem) for problem in invalid.problems]
        output.give(
            {"error": "the plan cannot be used", "exit_code": int(ExitCode.UNUSABLE), "problems": problems}
        )
        raise typer.Exit(ExitCode.UNUSABLE) from None
    except SmartleadError as error:
        barred = isinstance(error, (AuthenticationError, PermissionDenied))
        code = ExitCode.NOT_ALLOWED if barred else ExitCode.UNUSABLE
        output.refuse(Refused(str(error), code))
        raise typer.Exit(code) from None
    except KeyboardInterrupt:
        output.refuse(Refused("interrupted", ExitCode.INTERRUPTED))
        raise typer.Exit(ExitCode.INTERRUPTED) from None
    except BrokenPipeError:
        _to_nowhere(sys.stdout)
        raise typer.Exit(ExitCode.SOME_FAILED) from None


def problem_as_json(problem: Problem) -> dict[str, Any]:
    """A problem for programs."""
    return {
        "severity": problem.severity.value,
        "code": problem.code,
        "message": problem.message,
        "path": problem.path,
        "file": problem.file,
        "line": problem.line,
        "advice": problem.advice,
    }


def confirm(output: Output, question: str, *, yes: bool, why: str) -> None:
    """Go on only when somebody said yes. ``why`` tells a script what is missing."""
    if yes:
        return
    if not sys.stdin.isatty():
        raise Refused(f"{why}, and nobody is there to ask: say --yes to go on without being asked")
    output.console.print(f"{question} [y/N] ", end="", style="bold", soft_wrap=True)
    answer = sys.stdin.readline()
    if answer.strip().lower() not in {"y", "yes"}:
        raise Refused("not done: nothing was sent or changed", ExitCode.INTERRUPTED)
