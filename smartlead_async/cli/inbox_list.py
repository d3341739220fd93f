"""Read the inbox: which view and filters the options mean, and its conversations."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Final

import attrs

from ..api.inbox.filters import InboxEmailStatus, InboxFilters, LeadCategoryFilter, ReplyFilters, ReplySort
from ..api.inbox.models import InboxLead
from ..api.inbox.views import MAX_LIMIT, ListReplies, ListUnreadReplies
from ..paging import walk_pages
from ..wording import count
from .choice import CAMPAIGN, CATEGORY, CLIENT, Kind, is_id
from .daily_request import DailySession, ReadOptions
from .inbox_view import conversation, conversation_table, newest_first
from .output import CommandError
from .terminal import open_console

if TYPE_CHECKING:
    from ..client import SmartleadClient

_MAX_CAMPAIGNS: Final = 5
_MAX_IDS: Final = 10


@attrs.frozen(kw_only=True)
class InboxQuery:
    """The conversations that are wanted: which of them, and how many; ``limit`` None for all."""

    unread: bool = False
    replied: bool = False
    campaigns: Sequence[str] = ()
    categories: Sequence[str] = ()
    clients: Sequence[str] = ()
    search: str | None = None
    limit: int | None = None

    async def request(self, client: SmartleadClient) -> ListReplies | ListUnreadReplies:
        """Return the request of the query; names take a request each to look up."""
        campaigns = await _ids(CAMPAIGN, self.campaigns, client.campaigns.list, _MAX_CAMPAIGNS)
        categories = await _ids(CATEGORY, self.categories, client.leads.categories, _MAX_IDS)
        filters: dict[str, Any] = {
            "campaign_ids": campaigns,
            "client_ids": await _ids(CLIENT, self.clients, client.clients.list, _MAX_IDS),
            "lead_categories": categories and LeadCategoryFilter(category_ids_in=categories),
            "email_statuses": [InboxEmailStatus.REPLIED] if self.replied else None,
            "search": self.search,
        }
        given = {name: value for name, value in filters.items() if value is not None}
        page: dict[str, Any] = {"limit": min(self.limit or MAX_LIMIT, MAX_LIMIT)}
        page |= {"sort_by": ReplySort.REPLY_TIME_DESC}
        try:
            if self.unread:
                return ListUnreadReplies(filters=InboxFilters(**given) if given else None, **page)
            return ListReplies(filters=ReplyFilters(**given) if given else None, **page)
        except ValueError as problem:
            raise CommandError(f"the filter cannot be used: {problem}") from None


async def _ids(kind: Kind, terms: Sequence[str], listed: Any, most: int) -> list[int] | None:
    if not terms:
        return None
    found = (
        [int(term) for term in dict.fromkeys(terms)]
        if all(map(is_id, terms))
        else [each.id for each in kind.choose(await listed(), terms)]
    )
    if len(found) > most:
        raise CommandError(
            f"--{kind.noun} names {len(found):,}, and SmartLead filters by at most {most}: name fewer"
        )
    return found


def show_inbox(session: DailySession, options: ReadOptions, query: InboxQuery) -> None:
    """Read and print the conversations of a query, the newest first."""
    from .response_data import parse_columns, require_fields

    require_fields(InboxLead, parse_columns(options.columns))
    leads, names, more = session.run(lambda client: _read(client, query, for_people=options.is_table))
    ordered = newest_first(leads)
    if not options.is_table:
        options.printer(session.output, row=InboxLead).show_rows(ordered)
    elif not leads:
        session.output.line("There is no such conversation.", "dim")
    else:
        console = open_console(stderr=False, no_color=session.output.console.no_color)
        console.print(conversation_table(ordered, names, console.width))
    if more:
        shown = count(len(leads), "conversation")
        session.output.paragraph(f"Shown: {shown}. More follow: use --all, or a higher --limit.", "dim")


async def _read(
    client: SmartleadClient, query: InboxQuery, *, for_people: bool
) -> tuple[list[InboxLead], dict[int, str], bool]:
    """Return conversations, the names of categories for people, and whether more conversations follow."""
    request = await query.request(client)
    if for_people:
        # The beginning of the last message is shown.
        request = attrs.evolve(request, fetch_message_history=True)
    leads, more = await _take(client, request, query.limit)
    return leads, await _category_names(client, leads, for_people=for_people), more


async def _take(
    client: SmartleadClient, first: ListReplies | ListUnreadReplies, limit: int | None
) -> tuple[list[InboxLead], bool]:
    """Return as many conversations as wanted, and whether more follow, without a request to find out."""
    if limit is None:
        return [lead async for lead in walk_pages(client.send, first)], False
    leads: list[InboxLead] = []
    request: ListReplies | ListUnreadReplies | None = first
    while request is not None and len(leads) < limit:
        page = await client.send(request)
        leads += page.data
        request = request.following(page) if page.data else None
    return leads[:limit], request is not None or len(leads) > limit


async def _category_names(
    client: SmartleadClient, leads: Sequence[InboxLead], *, for_people: bool
) -> dict[int, str]:
    if not for_people or all(lead.lead_category_id is None or lead.lead_category_name for lead in leads):
        return {}
    return {category.id: category.name for category in await client.leads.categories()}


def show_conversation(session: DailySession, options: ReadOptions, lead_id: int) -> None:
    """Read and print one conversation with all its messages."""

    async def read(client: SmartleadClient) -> tuple[InboxLead, dict[int, str]]:
        lead = await client.inbox.get(lead_id)
        return lead, await _category_names(client, [lead], for_people=options.is_table)

    lead, names = session.run(read)
    if not options.is_table:
        options.printer(session.output).show(lead)
        return
    console = open_console(stderr=False, no_color=session.output.console.no_color)
    for part in conversation(lead, names):
        console.print(part)
