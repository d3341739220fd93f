"""The daily commands: the options they share, and one session for their requests."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable, Coroutine, Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated, Any, Final, TypeVar, get_type_hints

import attrs
import typer

from ..wording import count, duration
from .choice import parse_id
from .options import ColumnsOption, OutputOption, ProxyOption, TargetOption, TierOption, YesOption
from .output import CommandError, Output, command_output, confirm
from .settings import with_shared_options
from .signals import run_until_interrupted

if TYPE_CHECKING:
    from ..client import SmartleadClient
    from .request_session import RequestTarget
    from .response_output import OutputFormat, ResponsePrinter

T = TypeVar("T")
ItemT = TypeVar("ItemT")

_AT_ONCE: Final = 4
_SLOW: Final = 5.0
_PAGE: Final = "html"

CampaignArgument = Annotated[
    int,
    typer.Argument(metavar="CAMPAIGN", help="The id of the campaign.", parser=parse_id, show_default=False),
]
_JsonOption = Annotated[bool, typer.Option("--json", help="The same as --output json.")]
_ReportOutputOption = Annotated[
    str | None,
    typer.Option(
        "--output",
        metavar="table|html|csv|json|jsonl",
        help="Default: tables and a chart on a terminal, JSON otherwise. html is a complete page.",
    ),
]
_JsonResultOption = Annotated[
    bool, typer.Option("--json", help="Print one JSON object on stdout and everything else on stderr.")
]


@attrs.frozen(kw_only=True)
class SessionOptions:
    """The options of every daily command: where its requests go, and whether it prints JSON."""

    json: bool
    target: str
    tier: str | None
    proxy: str | None

    @contextmanager
    def session(self) -> Iterator[DailySession]:
        """Yield the session of the command; its errors become one message and an exit code."""
        with command_output(as_json=self.json, data_on_stdout=True) as output:
            from .request_session import RequestTarget

            yield DailySession(output, RequestTarget.choose(self.target, self.tier, self.proxy))


@attrs.frozen(kw_only=True)
class ReadOptions(SessionOptions):
    """The options of a command that reads: also the form of its output."""

    output: str | None
    columns: str | None

    @property
    def format(self) -> OutputFormat | None:
        """The format that was chosen; None leaves it to the response."""
        from .response_output import OutputFormat, parse_format

        chosen = parse_format(self.output)
        if not self.json:
            return chosen
        if chosen not in {None, OutputFormat.JSON}:
            raise CommandError(f"--json and --output {self.output} contradict each other: leave one out")
        return OutputFormat.JSON

    @property
    def is_table(self) -> bool:
        """Whether a list is printed for people, with the columns that its command has chosen for them."""
        from .response_output import OutputFormat, prints_table

        return not self.columns and (self.format or (prints_table() and OutputFormat.TABLE)) == "table"

    def printer(
        self, output: Output, default: Sequence[str] = (), *, row: type[Any] | None = None
    ) -> ResponsePrinter:
        """Return the printer of responses: a table for people, also of one object.

        A table has the ``default`` columns unless others are named. ``row`` is the class of the rows of a
        list.
        """
        from .response_data import parse_columns
        from .response_output import OutputFormat, ResponsePrinter, prints_table

        columns = parse_columns(self.columns)
        format_ = self.format or (OutputFormat.TABLE if prints_table() else None)
        return ResponsePrinter(output, format_, columns, preferred=default, row=row)


@attrs.frozen(kw_only=True)
class ReportOptions(ReadOptions):
    """The options of a report, which can also be an HTML page."""

    @property
    def is_page(self) -> bool:
        """Whether the report is an HTML page."""
        chosen = (self.output or "").lower() == _PAGE
        if chosen and self.json:
            raise CommandError("--json and --output html contradict each other: leave one out")
        return chosen


@attrs.frozen(kw_only=True)
class ChangeOptions(SessionOptions):
    """The options of a command that changes something: also whether it asks."""

    yes: bool


@attrs.frozen
class DailySession:
    """The messages of a command, and the target of its requests."""

    output: Output
    target: RequestTarget

    def run(self, main: Callable[[SmartleadClient], Coroutine[Any, Any, T]]) -> T:
        """Run a coroutine with a client; a signal cancels it."""
        return run_until_interrupted(self._run(main))

    async def _run(self, main: Callable[[SmartleadClient], Coroutine[Any, Any, T]]) -> T:
        async with self.target.client() as client:
            return await main(client)

    def announce_requests(self, number: int) -> None:
        """Say how long many requests take at least, if that is long enough to wonder about."""
        seconds = self.target.tier.limits.shortest_time(number)
        if seconds >= _SLOW:
            self.output.paragraph(f"{count(number, 'request')}: at least {duration(seconds)}.", "dim")

    def confirm(self, question: str, *, yes: bool, why: str) -> None:
        """Return only if the user agrees; see :func:`~smartlead_async.cli.output.confirm`."""
        confirm(self.output, question, yes=yes, why=why)


async def send_each(send: Callable[[ItemT], Coroutine[Any, Any, T]], items: Iterable[ItemT]) -> list[T]:
    """Await a coroutine for each item, a few at the same time; the first error cancels the others."""
    import asyncio

    slots = asyncio.Semaphore(_AT_ONCE)

    async def one(item: ItemT) -> T:
        async with slots:
            return await send(item)

    try:
        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(one(item)) for item in items]
    except BaseExceptionGroup as errors:
        raise errors.exceptions[0] from None
    return [task.result() for task in tasks]


# --- commands -----------------------------------------------------------------------------------------

_SESSION: Final[dict[str, tuple[Any, Any]]] = {
    "target": (TargetOption, "live"),
    "tier": (TierOption, None),
    "proxy": (ProxyOption, None),
}
_OPTIONS: Final[dict[type[SessionOptions], dict[str, tuple[Any, Any]]]] = {
    ReadOptions: {
        "output": (OutputOption, None),
        "json": (_JsonOption, False),
        "columns": (ColumnsOption, None),
        **_SESSION,
    },
    ReportOptions: {
        "output": (_ReportOutputOption, None),
        "json": (_JsonOption, False),
        "columns": (ColumnsOption, None),
        **_SESSION,
    },
    ChangeOptions: {"yes": (YesOption, False), "json": (_JsonResultOption, False), **_SESSION},
}


def daily_command(app: typer.Typer, name: str) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Return a decorator that adds a command; its argument ``options`` stands for the shared options."""

    def register(command: Callable[..., None]) -> Callable[..., None]:
        app.command(name)(with_shared_options(_with_daily_options(command)))
        return command

    return register


def _with_daily_options(command: Callable[..., None]) -> Callable[..., None]:
    hints = get_type_hints(command, include_extras=True)
    kind = hints["options"]
    shared = _OPTIONS[kind]

    @functools.wraps(command)
    def wrapped(**arguments: Any) -> None:
        command(options=kind(**{name: arguments.pop(name) for name in shared}), **arguments)

    signature = inspect.signature(command)
    own = [each for each in signature.parameters.values() if each.name != "options"]
    added = [
        inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, default=default, annotation=annotation)
        for name, (annotation, default) in shared.items()
    ]
    wrapped.__signature__ = signature.replace(parameters=[*own, *added])  # type: ignore[attr-defined]
    annotations = {name: annotation for name, (annotation, _) in shared.items()}
    wrapped.__annotations__ = {each.name: hints[each.name] for each in own} | annotations
    return wrapped


def print_response(make: Callable[[], Any], options: ReadOptions, *, columns: Sequence[str] = ()) -> None:
    """Send a read, with all pages of a list, and print its response; a table has only these columns."""
    with options.session() as session:
        from .response_data import parse_columns, require_columns, row_class

        request = make()
        require_columns(type(request), parse_columns(options.columns))
        printer = options.printer(session.output, columns, row=row_class(type(request)))
        session.run(lambda client: _send(client, request, printer))


async def _send(client: SmartleadClient, request: Any, printer: ResponsePrinter) -> None:
    from ..paging import Paged, walk_pages

    if isinstance(request, Paged):
        printer.show_rows([row async for row in walk_pages(client.send, request)])
    else:
        printer.show(await client.send(request))
