"""The conversations of the inbox, as people read them on a terminal."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

from ..wording import printable, without_controls
from .figure_table import NARROW
from .message_text import plain_text, preview

if TYPE_CHECKING:
    from rich.console import RenderableType

    from ..api.inbox.models import InboxLead, InboxMessage

_UNREAD: Final = "●"
_PREVIEW: Final = 400
_DIRECTIONS: Final = {"REPLY": "reply", "INBOUND": "reply", "SENT": "sent", "OUTBOUND": "sent"}


def person(name: str | None, address: str | None) -> str:
    """Return a name with its address, or one of them."""
    known, place = printable(name or ""), printable(address or "")
    return f"{known} <{place}>" if known and place else known or place or "(unknown)"


def lead_of(lead: InboxLead) -> str:
    """Return the name and address of a lead."""
    return person(" ".join(filter(None, (lead.lead_first_name, lead.lead_last_name))), lead.lead_email)


def local(moment: dt.datetime | None) -> str:
    """Return a time in the zone of this machine: ``3 Mar 12:20``, with the year unless it is this one."""
    if moment is None:
        return "–"
    here, now = moment.astimezone(), dt.datetime.now(dt.UTC).astimezone()
    year = "" if here.year == now.year else f"{here:%Y} "
    return f"{here.day} {here:%b} {year}{here:%H:%M}"


def newest_first(leads: Sequence[InboxLead]) -> list[InboxLead]:
    """Return conversations by their last reply, or their last mail if there is none, latest first."""
    return sorted(leads, key=_last_time, reverse=True)


def _last_time(lead: InboxLead) -> dt.datetime:
    times = (lead.last_reply_time, lead.last_sent_time)
    found = next((time for time in times if time is not None), None)
    return found or dt.datetime.min.replace(tzinfo=dt.UTC)


def is_reply(message: InboxMessage) -> bool:
    """Return whether a message came from the lead."""
    return _direction(message) == "reply"


def _direction(message: InboxMessage) -> str:
    word = str(message.type or message.direction or "").upper()
    return _DIRECTIONS.get(word, word.lower() or "message")


# --- the list -----------------------------------------------------------------------------------------


def conversation_table(
    leads: Sequence[InboxLead], categories: Mapping[int, str], width: int
) -> RenderableType:
    """Return a list of conversations, two lines each, or four where the terminal is narrow."""
    from rich.table import Table
    from rich.text import Text

    table = Table(box=None, show_header=False, pad_edge=False, padding=(0, 2, 0, 0))
    if width < NARROW:
        table.add_column(no_wrap=True, overflow="ellipsis")
        for lead in leads:
            head, below, who, what, where, group = _parts(lead, categories)
            line = Text.assemble(head, ("  " + below, "dim"), ("  " + group, "cyan"))
            table.add_row(Text("\n").join([line, who, where, what]))
        return table
    rows = [_parts(lead, categories) for lead in leads]
    table.expand = True  # only then do ratios count
    table.add_column(no_wrap=True, min_width=max(max(len(row[0]), len(row[1]) + 2) for row in rows))
    for ratio in (5, 3):
        table.add_column(no_wrap=True, overflow="ellipsis", ratio=ratio)
    for head, below, who, what, where, group in rows:
        time = Text("  " + below, "dim")
        lines = ((head, time), (who, what), (where, Text(group, "cyan")))
        table.add_row(*(Text("\n").join(each) for each in lines))
    return table


def _parts(lead: InboxLead, categories: Mapping[int, str]) -> tuple[Any, str, Any, Any, Any, str]:
    from rich.text import Text

    unread = is_unread(lead)
    head = Text.assemble((_UNREAD if unread else " ", "bold green"), f" {lead.email_lead_map_id}")
    who = Text(lead_of(lead), "bold" if unread else "")
    where = Text(printable(lead.email_campaign_name or "(no campaign)"))
    time = lead.last_reply_time or lead.last_sent_time
    return head, local(time), who, Text(_excerpt(lead), "dim"), where, category_of(lead, categories)


def is_unread(lead: InboxLead) -> bool:
    """Return whether a conversation has a reply that nobody has read."""
    return bool(lead.has_new_unread_email) or lead.is_read is False


def category_of(lead: InboxLead, categories: Mapping[int, str]) -> str:
    """Return the name of the category of a lead; the number if its name is not known."""
    number = lead.lead_category_id
    name = lead.lead_category_name or (categories.get(number) if number is not None else None)
    return printable(name or ("" if number is None else f"category {number}"))


def _excerpt(lead: InboxLead) -> str:
    replies = [message for message in lead.email_history if is_reply(message)]
    bodies = [message.email_body for message in (replies or lead.email_history)[-1:]]
    bodies += [lead.last_message.body] if lead.last_message is not None else []
    return printable(preview(next(filter(None, bodies), ""))[:_PREVIEW])


# --- one conversation ---------------------------------------------------------------------------------


def conversation(lead: InboxLead, categories: Mapping[int, str]) -> Iterator[RenderableType]:
    """Yield the head of a conversation and its messages, oldest first."""
    yield _head(lead, categories)
    for message in lead.email_history:
        yield from _message(message)


def _head(lead: InboxLead, categories: Mapping[int, str]) -> RenderableType:
    from rich.table import Table
    from rich.text import Text

    grid = Table.grid(padding=(0, 2, 0, 0))
    grid.add_column(style="bold", no_wrap=True)
    grid.add_column(overflow="fold")
    campaign = printable(lead.email_campaign_name or "(no name)")
    number = "" if lead.email_campaign_id is None else f" (id {lead.email_campaign_id})"
    fields = {
        "Lead": lead_of(lead),
        "Company": printable(lead.lead_company or ""),
        "Campaign": campaign + number,
        "Status": printable(lead.lead_status or ""),
        "Category": category_of(lead, categories),
        "Mailbox": person(lead.email_account_name, lead.email_account_address),
    }
    if lead.email_account_address is None and lead.email_account_name is None:
        del fields["Mailbox"]
    for name, value in fields.items():
        if value:
            grid.add_row(name, Text(value))
    return grid


def _message(message: InboxMessage) -> Iterator[RenderableType]:
    from rich.padding import Padding
    from rich.text import Text

    replied = is_reply(message)
    title = f"{_direction(message).capitalize()} {local(message.time)}"
    yield Text("\n" + title, "bold green" if replied else "bold blue")
    sender, receiver = printable(message.from_email or ""), printable(message.to_email or "")
    if sender or receiver:
        yield Text(f"{sender or '?'} → {receiver or '?'}", "dim")
    if copies := ", ".join(person(each.name, each.address) for each in message.cc):
        yield Text(f"Cc: {copies}", "dim")
    if message.subject:
        yield Text(printable(message.subject), "bold")
    body = without_controls(plain_text(message.email_body or "")).expandtabs(4)
    yield Padding(Text(body or "(no text)", "" if body else "dim"), (0, 0, 0, 2))
