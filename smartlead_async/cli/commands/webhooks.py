"""``smartlead-async webhooks``: receive events on this machine, and send samples to a receiver."""

from __future__ import annotations

import datetime as dt
import errno
import os
import sys
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ...wording import count, measured_duration, printable
from ..exit_code import ExitCode
from ..help_pages import App
from ..json_text import json_text
from ..options import JsonOption
from ..output import CommandError, Output, command_output
from ..settings import with_shared_options
from ..signals import run_until_interrupted

if TYPE_CHECKING:
    from ...errors import SmartleadError
    from ...fields import Secret
    from ...webhooks import Event

app = App(help="Receive events on this machine, and send sample events.")

TOKEN_VARIABLE = "SMARTLEAD_WEBHOOK_TOKEN"  # noqa: S105 - the name of a variable
SIGNING_VARIABLE = "SMARTLEAD_WEBHOOK_SIGNING_SECRET"

TokenOption = Annotated[
    str | None,
    typer.Option(
        "--token",
        metavar="TOKEN",
        envvar=TOKEN_VARIABLE,
        show_envvar=False,
        help=f"The token of the URL, ?token=…; better in {TOKEN_VARIABLE}, where others cannot read it.",
    ),
]


@app.callback()
def _group() -> None:
    pass


@app.command()
@with_shared_options
def listen(
    port: Annotated[
        int, typer.Option(metavar="PORT", min=0, max=65535, help="The port; 0 takes a free one.")
    ] = 8770,
    token: TokenOption = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print each event as one line of JSON.")] = False,
) -> None:
    """Print the events that are posted to this machine, until Ctrl-C. Nothing is stored.

    It listens on 127.0.0.1: point a tunnel at it to see events of SmartLead. With a token, a delivery without
    it gets a 401, and with a signing secret in SMARTLEAD_WEBHOOK_SIGNING_SECRET one with a wrong signature.
    """
    with command_output(data_on_stdout=as_json) as output:
        from ..webhook_receiver import WebhookReceiver

        printer = _Printer(output, as_json=as_json)
        receiver = WebhookReceiver(
            printer, url_token=_secret(token), signing_secret=_secret(os.environ.get(SIGNING_VARIABLE))
        )

        def ready(url: str) -> None:
            output.line(f"Listening on {url}{'?token=…' if token else ''}, until Ctrl-C")

        try:
            run_until_interrupted(receiver.serve(port, ready))
        except KeyboardInterrupt:
            pass
        except OSError as problem:
            in_use = problem.errno == errno.EADDRINUSE
            reason = "it is in use; choose another, or 0 for a free one" if in_use else problem.strerror
            raise CommandError(f"cannot listen on port {port}: {reason}") from None
        output.line(f"Received {count(receiver.events, 'event')}.")


@app.command()
@with_shared_options
def trigger(
    event: Annotated[
        str, typer.Argument(metavar="EVENT", help="Such as EMAIL_REPLY; all sends one of each.")
    ],
    url: Annotated[str, typer.Option("--url", metavar="URL", help="The URL of the receiver.")],
    token: TokenOption = None,
    campaign: Annotated[
        int | None, typer.Option("--campaign", metavar="ID", help="The id of the campaign.")
    ] = None,
    lead: Annotated[str | None, typer.Option("--lead", metavar="EMAIL", help="The lead's address.")] = None,
    as_json: JsonOption = False,
) -> None:
    """Post a sample event to a URL, as SmartLead would, and show the response.

    Its campaign and lead do not exist, unless you name some. Each time it is another event, so that no
    receiver takes it for a repeated delivery. It is signed if SMARTLEAD_WEBHOOK_SIGNING_SECRET is set.
    """
    with command_output(as_json=as_json) as output:
        from ...webhooks import SAMPLES
        from ..webhook_trigger import Receiver, sample_for

        receiver = Receiver.parse(url, token, _secret(os.environ.get(SIGNING_VARIABLE)))
        names = list(SAMPLES) if event == "all" else [event.upper()]
        if unknown := set(names) - SAMPLES.keys():
            raise CommandError(
                f"no sample of {printable(unknown.pop())}; there are {', '.join(SAMPLES)}, and all"
            )
        if not receiver.is_loopback:
            output.warn(f"{receiver.shown} is not this machine: it gets an event that did not happen.")
        at = dt.datetime.now(dt.UTC)
        payloads = [sample_for(name, at=at, campaign=campaign, lead=lead) for name in names]
        answers = run_until_interrupted(receiver.post_all(payloads))
        for name, answer in zip(names, answers, strict=True):
            text = f": {printable(answer.text)}" if answer.text and not answer.is_success else ""
            output.line(f"{name:<27} {answer.status} in {measured_duration(answer.seconds)}{text[:200]}")
        results = [
            {"event": name, "status": answer.status, "seconds": round(answer.seconds, 3)}
            for name, answer in zip(names, answers, strict=True)
        ]
        output.print_json({"url": receiver.shown, "results": results})
        if not all(answer.is_success for answer in answers):
            raise typer.Exit(ExitCode.SOME_FAILED)


def _secret(value: str | None) -> Secret | None:
    from ...fields import Secret

    return Secret(value) if value else None


class _Printer:
    """Prints events as they arrive."""

    def __init__(self, output: Output, *, as_json: bool) -> None:
        self._output = output
        self._as_json = as_json

    def received(self, event: Event, key: str, *, is_repeated: bool) -> None:
        """Print an event on some lines, or as one of JSON."""
        from ..webhook_lines import event_json, event_lines

        if self._as_json:
            content: dict[str, Any] = event_json(event, key=key, is_repeated=is_repeated)
            sys.stdout.write(json_text(content, ascii_only=True) + "\n")
            sys.stdout.flush()
            return
        for line in event_lines(event, is_repeated=is_repeated):
            self._output.line(line)

    def refused(self, error: SmartleadError) -> None:
        """Print why a delivery was refused."""
        self._output.warn(f"Refused: {printable(error)}")
