"""Answer a conversation of the inbox: its text, the question, and what became of the mail."""

from __future__ import annotations

import contextlib
import os
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import attrs

from ..wording import printable, without_controls
from .daily_request import ChangeOptions, DailySession
from .exit_code import ExitCode
from .inbox_view import is_reply, lead_of, local
from .message_text import plain_text
from .output import CommandError

if TYPE_CHECKING:
    from ..api.campaigns.messages import ReplyEmailThread
    from ..api.inbox.models import InboxLead, InboxMessage

_MARKER: Final = "----- Write above this line. It and everything below are not sent. -----"
_WHY: Final = "this sends a mail"


@attrs.frozen(kw_only=True)
class ReplyText:
    """The text of a reply: from an option, a file, standard input (``-``) or an editor."""

    text: str | None
    file: str | None

    def check(self) -> None:
        """Raise :class:`CommandError` if there is no one source of a text."""
        if self.text is not None and self.file is not None:
            raise CommandError("--text and --file contradict each other: leave one out")
        if self.needs_editor and not sys.stdin.isatty():
            raise CommandError(
                "there is no text, and no terminal to write it on: pass --text TEXT, or --file FILE "
                "(- reads standard input)"
            )

    @property
    def needs_editor(self) -> bool:
        """Whether the text is still to be written."""
        return self.text is None and self.file is None

    def read(self, lead: InboxLead, answered: InboxMessage) -> str:
        """Return the text; raise :class:`CommandError` if it is empty or cannot be read."""
        if self.needs_editor:
            text = _edit(lead, answered)
        elif self.file is not None:
            text = _read_file(self.file)
        else:
            text = self.text or ""
        if not text.strip():
            raise CommandError("the reply is empty: nothing was sent", ExitCode.UNUSABLE)
        return text.strip("\n")


def _read_file(name: str) -> str:
    try:
        data = sys.stdin.buffer.read() if name == "-" else Path(name).read_bytes()
        return data.decode("utf-8-sig")
    except (OSError, UnicodeError) as problem:
        reason = problem.strerror if isinstance(problem, OSError) else "it is not UTF-8"
        raise CommandError(f"{printable(name)} cannot be read: {printable(reason)}") from None


def _edit(lead: InboxLead, answered: InboxMessage) -> str:
    import click

    quoted = without_controls(plain_text(answered.email_body or ""))
    head = f"{lead_of(lead)}, {local(answered.time)}, {printable(answered.subject or '(no subject)')}"
    try:
        written = click.edit(f"\n\n{_MARKER}\n{head}\n\n{quoted}\n", extension=".txt")
    except click.ClickException as problem:
        raise CommandError(f"the editor failed: {printable(problem.message)}; use --text or --file") from None
    if written is None:
        raise CommandError("cancelled: the text was not saved, and nothing was sent", ExitCode.INTERRUPTED)
    return written.partition(_MARKER)[0]


@attrs.frozen(kw_only=True)
class Recipients:
    """The addresses that were given; without ``to``, the reply goes to the sender of the last message."""

    to: str | None
    cc: str | None
    bcc: str | None

    def receiver(self, lead: InboxLead, answered: InboxMessage) -> str:
        """Return the address that the reply goes to."""
        wrote = answered.from_email if is_reply(answered) else None
        address = self.to or wrote or lead.lead_email
        if not address:
            raise CommandError("SmartLead names no address of this lead: pass it with --to")
        return address


def reply(
    session: DailySession, options: ChangeOptions, lead_id: int, source: ReplyText, recipients: Recipients
) -> None:
    """Read the conversation, ask, send one mail, and report."""
    source.check()
    lead = session.run(lambda client: client.inbox.get(lead_id))
    answered = _answered(lead)
    text = source.read(lead, answered)
    with _kept(session, text, written=source.needs_editor):
        request = _request(lead, answered, text, recipients)
        _announce(session, lead, answered, request, text)
        session.confirm("Send this mail?", yes=options.yes, why=_WHY)
        acknowledged = _send(session, request, lead_id)
    session.output.line(f"Handed to SmartLead: the reply to {printable(request.to_email)}.", "bold green")
    session.output.print_json(
        {
            "email_lead_map_id": lead_id,
            "campaign_id": request.campaign_id,
            "to": request.to_email,
            "message": acknowledged.message,
            "exit_code": int(ExitCode.DONE),
        }
    )


def _answered(lead: InboxLead) -> InboxMessage:
    """Return the message to answer: the last one of the lead, or else the last one."""
    known = [message for message in lead.email_history if message.stats_id]
    if not known or lead.email_campaign_id is None:
        raise CommandError(
            f"conversation {lead.email_lead_map_id} has no message that can be answered through the API"
        )
    return ([message for message in known if is_reply(message)] or known)[-1]


def _request(lead: InboxLead, answered: InboxMessage, text: str, recipients: Recipients) -> ReplyEmailThread:
    from ..api.campaigns.messages import ReplyEmailThread
    from ..plan.html_body import as_html

    return ReplyEmailThread(
        lead.email_campaign_id or 0,
        answered.stats_id or "",
        as_html(text),
        to_email=recipients.receiver(lead, answered),
        cc=recipients.cc,
        bcc=recipients.bcc,
        reply_message_id=answered.message_id if is_reply(answered) else None,
    )


def _announce(
    session: DailySession, lead: InboxLead, answered: InboxMessage, request: ReplyEmailThread, text: str
) -> None:
    output = session.output
    sent = [message.from_email for message in lead.email_history if not is_reply(message)]
    received = [message.to_email for message in lead.email_history if is_reply(message)]
    fields = {
        "To": request.to_email,
        "Cc": request.cc,
        "Bcc": request.bcc,
        "From": lead.email_account_address or next(filter(None, [*received[::-1], *sent[::-1]]), None),
        "Lead": lead_of(lead),
        "Campaign": f"{lead.email_campaign_name or '(no name)'} (id {lead.email_campaign_id})",
        "Answers": f"{answered.subject or '(no subject)'}, {local(answered.time)}",
        "Target": session.target.target.name,
    }
    for name, value in fields.items():
        if value:
            output.field(name, value)
    output.line()
    for line in plain_text(text).splitlines():
        output.line(f"  {line}")
    output.line()
    if not is_reply(answered):
        output.paragraph("The lead has not replied: this follows up on your own mail.", "yellow")


def _send(session: DailySession, request: ReplyEmailThread, lead_id: int) -> Any:
    try:
        return session.run(lambda client: client.send(request))
    except KeyboardInterrupt:
        raise CommandError(
            f"interrupted while the mail was being sent. {_check_first(lead_id)}", ExitCode.OUTCOME_UNKNOWN
        ) from None
    except CommandError as error:
        if error.code is not ExitCode.OUTCOME_UNKNOWN:
            raise
        raise CommandError(f"{error} {_check_first(lead_id)}", error.code) from None


def _check_first(lead_id: int) -> str:
    return (
        f"Do not send it again before you have looked: `smartlead-async inbox show {lead_id}` lists the mail "
        "if it was sent, perhaps a few minutes later."
    )


@contextlib.contextmanager
def _kept(session: DailySession, text: str, *, written: bool) -> Iterator[None]:
    """Save a text that was written in an editor if it is not sent: it exists nowhere else."""
    try:
        yield
    except BaseException:
        if written:
            handle, path = tempfile.mkstemp(prefix="smartlead-reply-", suffix=".txt")
            with os.fdopen(handle, "w", encoding="utf-8") as file:
                file.write(text)
            session.output.warn(f"Your text is kept in {path}: --file {path} sends it.")
        raise
