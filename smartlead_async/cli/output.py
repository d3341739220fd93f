"""The output of a command: text for people on a terminal or in a log, JSON for programs."""

from __future__ import annotations

import contextlib
import select
import sys
from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import TYPE_CHECKING, Any

import typer

from ..defects import describe_defect
from ..wording import printable
from .defects import debug_traceback, defect_advice
from .exit_code import ExitCode
from .json_text import json_text
from .settings import current_settings
from .terminal import open_console, stdout_problem

if TYPE_CHECKING:
    from rich.console import Console, RenderableType

    from ..plan.problem import InvalidPlan, Problem


class CommandError(Exception):
    """A command cannot continue; carries a message for people and an exit code for scripts."""

    def __init__(
        self, message: str, code: ExitCode = ExitCode.UNUSABLE, *, details: Mapping[str, Any] | None = None
    ) -> None:
        super().__init__(message)
        self.code = code
        self.details = details or {}


class Output:
    """The output of one command. With ``as_json`` stdout gets one JSON object and stderr everything else.

    With ``data_on_stdout`` the command writes data to stdout itself, and everything else goes to stderr.
    """

    def __init__(self, *, as_json: bool, data_on_stdout: bool = False) -> None:
        self.as_json = as_json
        self._writes_data = data_on_stdout
        self._to_stderr = as_json or data_on_stdout

    @cached_property
    def console(self) -> Console:
        """The terminal or file that people read."""
        return open_console(stderr=self._to_stderr, no_color=current_settings().no_color)

    @property
    def is_live(self) -> bool:
        """Whether the output is a terminal on which lines can be redrawn."""
        return self.console.is_terminal and not self.console.is_dumb_terminal

    def line(self, text: str = "", style: str | None = None) -> None:
        """Print one line without wrapping it."""
        self.console.print(_on_one_line(text), style=style, soft_wrap=True)

    def paragraph(self, text: str, style: str | None = None) -> None:
        """Print a sentence: wrapped between words on a terminal, and on one line elsewhere."""
        _print_sentence(self.console, text, style)

    def field(self, name: str, value: str) -> None:
        """Print a name and its value without wrapping them: a path must not be broken."""
        from rich.text import Text

        line = Text.assemble((f"{name:<11}", "bold"), printable(value))
        self.console.print(line, soft_wrap=True)

    def show(self, renderable: RenderableType) -> None:
        """Print a table or another object of rich."""
        self.console.print(renderable)

    def print_json(self, content: Mapping[str, Any]) -> None:
        """Print the result for programs; nothing unless JSON was requested."""
        if not self.as_json:
            return
        sys.stdout.write(json_text(content, ascii_only=not _is_utf8(sys.stdout.encoding), indent=2) + "\n")
        problem = stdout_problem()
        if problem is not None:
            self.warn(f"the JSON could not be written to stdout: {problem}")
            raise typer.Exit(ExitCode.SOME_FAILED)

    def require_written(self) -> None:
        """Fail if data on stdout was lost; a reader that has gone, as in ``… | head``, wanted no more."""
        problem = stdout_problem() if self._writes_data else None
        if problem is not None and not isinstance(problem, BrokenPipeError):
            self.warn(f"Error: the output could not be written to stdout: {problem}")
            raise typer.Exit(ExitCode.SOME_FAILED)

    def warn(self, text: str) -> None:
        """Print a warning on stderr."""
        self._print_to_stderr(text, "yellow")

    def error(self, error: CommandError) -> None:
        """Print why the command cannot continue."""
        self._print_to_stderr(f"Error: {error}", "red")
        self.print_json({"error": str(error), "exit_code": int(error.code), **error.details})

    @staticmethod
    def _print_to_stderr(text: str, style: str) -> None:
        console = open_console(stderr=True, no_color=current_settings().no_color)
        _print_sentence(console, text, style)


def _print_sentence(console: Console, text: str, style: str | None) -> None:
    console.print(_on_one_line(text), style=style, soft_wrap=not console.file.isatty())


def _on_one_line(text: str) -> str:
    return " ".join(text.splitlines())


def _is_utf8(encoding: str | None) -> bool:
    return (encoding or "").lower().replace("-", "") == "utf8"


def print_traceback(error: Exception | None) -> None:
    """Print the traceback of an exception if there is one and ``--debug`` was given."""
    if error is not None:
        sys.stderr.write(debug_traceback(error))


def print_defect(error: Exception) -> None:
    """Print an unexpected exception, with its traceback if ``--debug`` was given."""
    print_traceback(error)
    sys.stderr.write(f"Error: {describe_defect(error)}. {defect_advice()}\n")


def show_problem(output: Output, problem: Problem) -> None:
    """Print one problem of a plan as ``file:line: error: …``, which editors can follow."""
    output.line(printable(problem.headline), "red" if problem.is_error else "yellow")
    if problem.excerpt:
        for line in problem.excerpt.splitlines():
            output.line(line)


@contextlib.contextmanager
def command_output(*, as_json: bool = False, data_on_stdout: bool = False) -> Iterator[Output]:
    """Yield the output of a command; turn every expected error into one message and an exit code."""
    from ..errors import SmartleadError
    from ..plan.problem import InvalidPlan
    from .log import logging_to_stderr

    output = Output(as_json=as_json, data_on_stdout=data_on_stdout)
    try:
        with logging_to_stderr():
            yield output
    except typer.Exit:
        output.require_written()
        raise
    except ModuleNotFoundError:
        raise
    except InvalidPlan as invalid:
        _report_invalid_plan(output, invalid)
        raise typer.Exit(ExitCode.UNUSABLE) from None
    except (CommandError, SmartleadError, KeyboardInterrupt) as error:
        command_error = _as_command_error(error)
        output.error(command_error)
        raise typer.Exit(command_error.code) from None
    except Exception as error:  # noqa: BLE001 - the last resort
        print_defect(error)
        output.print_json({"error": describe_defect(error), "exit_code": int(ExitCode.DEFECT)})
        raise typer.Exit(ExitCode.DEFECT) from None
    else:
        output.require_written()


def _as_command_error(error: BaseException) -> CommandError:
    from ..errors import AuthenticationError, PermissionDenied

    if isinstance(error, CommandError):
        return error
    if isinstance(error, KeyboardInterrupt):
        return CommandError("interrupted", ExitCode.INTERRUPTED)
    forbidden = isinstance(error, (AuthenticationError, PermissionDenied))
    return CommandError(str(error), ExitCode.NOT_ALLOWED if forbidden else ExitCode.UNUSABLE)


def _report_invalid_plan(output: Output, invalid: InvalidPlan) -> None:
    for problem in invalid.problems:
        show_problem(output, problem)
    problems = [problem_as_json(problem) for problem in invalid.problems]
    output.print_json(
        {"error": "the plan cannot be used", "exit_code": int(ExitCode.UNUSABLE), "problems": problems}
    )


def problem_as_json(problem: Problem) -> dict[str, Any]:
    """Return a problem of a plan for programs."""
    return {
        "severity": problem.severity.value,
        "code": problem.code,
        "message": problem.message,
        "path": problem.path,
        "file": problem.file,
        "line": problem.line,
        "column": problem.column,
        "advice": problem.advice,
        "excerpt": problem.excerpt,
    }


def _typed_line() -> str:
    # In steps, since a signal that arrives right before a blocking read is handled only after it, so that
    # Ctrl-C would do nothing. Windows cannot select a terminal.
    with contextlib.suppress(OSError, TypeError):
        while not select.select([sys.stdin], [], [], 0.2)[0]:
            pass
    return sys.stdin.readline()


def confirm(output: Output, question: str, *, yes: bool, why: str, word: str | None = None) -> None:
    """Return only if the user agrees, by "yes" or by a ``word`` that is harder to type by mistake.

    ``why`` tells a script why it has to pass ``--yes``.
    """
    if yes:
        return
    if not sys.stdin.isatty():
        raise CommandError(f"{why}, and there is no terminal to ask on: pass --yes to confirm")
    prompt = f"{question} " if word else f"{question} [y/N] "
    output.console.print(prompt, end="", style="bold", soft_wrap=True, markup=False)
    response = ""
    try:
        response = _typed_line()
    finally:
        if not response.endswith("\n"):  # Ctrl-C and Ctrl-D leave the cursor behind the question
            output.console.print()
    if response.strip().lower() not in ({word} if word else {"y", "yes"}):
        raise CommandError("cancelled: nothing was sent or changed", ExitCode.INTERRUPTED)
