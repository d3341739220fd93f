"""``smartlead-async init``: write a first plan."""

from __future__ import annotations

import os
import shlex
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer

from ...wording import printable
from ..output import CommandError, Output, command_output
from ..questions import ask, can_ask

if TYPE_CHECKING:
    from ...plan.starter import Starter

_QUESTIONS: Final = {
    "name": "Name of the first campaign",
    "client": "Client that it belongs to, by name or id",
    "timezone": "Time zone in which e-mails are sent",
    "mailboxes": "Mailboxes: a tag, or ids or addresses separated by commas",
    "subject": "Subject of the first e-mail",
}
_NO_CLIENT: Final = "none"


def init(
    folder: Annotated[
        Path, typer.Argument(metavar="DIR", help="The folder; it is created if it does not exist.")
    ] = Path(),
    name: Annotated[
        str | None, typer.Option("--name", metavar="NAME", help="The name of the first campaign.")
    ] = None,
    client: Annotated[
        str | None,
        typer.Option("--client", "--client-id", metavar="NAME|ID", help="The client that it belongs to."),
    ] = None,
    timezone: Annotated[
        str | None,
        typer.Option("--timezone", metavar="ZONE", help="An IANA name. Default: that of this machine."),
    ] = None,
    mailboxes: Annotated[
        str | None,
        typer.Option("--mailboxes", metavar="LIST", help="A tag, or ids or addresses separated by commas."),
    ] = None,
    subject: Annotated[
        str | None, typer.Option("--subject", metavar="TEXT", help="The subject of the first e-mail.")
    ] = None,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask: use the defaults.")] = False,
) -> None:
    """Write a commented plan, a sample list of leads and the schema for editors.

    They pass the check as they are. On a terminal, you are asked for what no option gives. Files that
    exist are never overwritten.

    Exit codes: 0 written, 2 a value or the folder cannot be used, 4 interrupted.
    """
    with command_output() as output:
        _require_free(folder)
        given = {
            "name": name,
            "client": client,
            "timezone": timezone,
            "mailboxes": mailboxes,
            "subject": subject,
        }
        starter = _starter(output, given, asks=not yes and can_ask())
        _write(folder, starter)
        _show_next(output, folder)


def _starter(output: Output, given: dict[str, str | None], *, asks: bool) -> Starter:
    from ...plan.starter import Starter
    from ..local_time import local_time_zone

    starter = Starter(_default_name(), local_time_zone())
    for field, question in _QUESTIONS.items():
        value = given[field]
        if value is not None:
            try:
                starter = _with(starter, field, value)
            except ValueError as problem:
                raise CommandError(f"--{field.replace('_', '-')}: {problem}") from None
        elif asks:
            default = str(getattr(starter, field) or _NO_CLIENT)
            before, asked = starter, field
            starter = ask(output, question, default, lambda text: _with(before, asked, text))  # noqa: B023
    return starter


def _with(starter: Starter, field: str, text: str) -> Starter:
    """Return the starter with a value; ``ValueError`` if the check of its files finds an error then."""
    import attrs

    value: Any = _client(text.strip()) if field == "client" else text.strip()
    chosen = attrs.evolve(starter, **{field: value})
    for problem in chosen.problems():
        if problem.is_error:
            raise ValueError(printable(f"{problem.message}. {problem.advice}".rstrip()))
    return chosen


def _client(text: str) -> str | int | None:
    if text.lower() == _NO_CLIENT:
        return None
    return int(text) if text.isascii() and text.isdecimal() else text


def _default_name() -> str:
    import datetime as dt

    today = dt.datetime.now().astimezone()
    return f"SaaS founders Q{(today.month + 2) // 3} {today.year} – demo invite"


# --- files -------------------------------------------------------------------------------------------
def _files(folder: Path) -> list[Path]:
    from ...plan.starter import LEADS_NAME, PLAN_NAME, SCHEMA_NAME

    return [folder / name for name in (PLAN_NAME, LEADS_NAME, SCHEMA_NAME)]


def _require_free(folder: Path) -> None:
    existing = [file.name for file in _files(folder) if os.path.lexists(file)]
    if existing:
        names = " and ".join(existing)
        verb = "exists" if len(existing) == 1 else "exist"
        where = printable(folder.resolve())
        raise CommandError(f"{names} {verb} in {where}: name another folder. Nothing was written")


def _write(folder: Path, starter: Starter) -> None:
    from ...plan.starter import SCHEMA_NAME
    from ..schema_file import write_schema

    try:
        folder.mkdir(parents=True, exist_ok=True)
        starter.write(folder)
    except (OSError, ValueError) as problem:  # ValueError: a null character
        reason = (isinstance(problem, OSError) and problem.strerror) or str(problem)
        raise CommandError(f"{printable(folder)} cannot be written to: {reason}") from None
    write_schema(folder / SCHEMA_NAME, "the file")


def _show_next(output: Output, folder: Path) -> None:
    plan, leads, schema = (printable(file) for file in _files(folder))
    output.line(f"Wrote {plan}, {leads} and {schema}.", "green")
    word = shlex.quote(plan)
    output.line("Next, with your own leads in the list:")
    output.line(f"  smartlead-async check {word}")
    output.line(f"  smartlead-async provision {word}")
