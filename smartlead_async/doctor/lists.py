"""The checks of lists: order, completeness and pages. Provisioning relies on them to recognize campaigns."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Final

import attrs

from ..api.campaigns.leads import ListCampaignLeads
from ..api.campaigns.models import Campaign
from ..api.campaigns.read import GetCampaign, ListCampaigns
from ..api.email_accounts.read import GetEmailAccount, ListEmailAccounts
from ..paging import OffsetPaged
from .findings import Finding
from .session import Session
from .values import Values

_LIST: Final = "campaigns.list"
_MAILBOXES: Final = "email_accounts.list"
_SAMPLES: Final = 3
_CANDIDATES: Final = 5
_SMALL_GAP: Final = 3
_CREATED_TOGETHER: Final = 60.0
"""Seconds by which ids and times of creation may be in a different order."""
_COMPARED: Final = ("name", "status", "client_id", "created_at", "parent_campaign_id")

MOST_REQUESTS: Final = 2 + _SAMPLES + 3 * _CANDIDATES + 4
"""The number of requests that the checks of lists send at most, not counting repeated ones."""


async def check_lists(session: Session, values: Values) -> list[Finding]:
    """Return what is odd about the lists of campaigns, mailboxes and leads, after they have been read."""
    found = [] if values.campaigns is None else await check_campaign_list(session, values.campaigns)
    if values.mailboxes is not None:
        found += await _check_mailbox_list(session, [mailbox.id for mailbox in values.mailboxes])
    found += await check_pages(session, _MAILBOXES, ListEmailAccounts(limit=1), "id")
    return found + await _check_lead_pages(session, values)


async def _check_mailbox_list(session: Session, ids: Sequence[int]) -> list[Finding]:
    """Return what is odd about the first page of mailboxes. They may be in any order."""
    found = []
    if len(set(ids)) < len(ids):
        found.append(Finding("lists", "duplicates", "the same mailbox is listed more than once", _MAILBOXES))
    if len(ids) < ListEmailAccounts().limit:
        for candidate in _neighbors({*ids}, _CANDIDATES):
            answer = await session.ask(GetEmailAccount(candidate))
            if answer.error is None and answer.value.id == candidate:
                message = "email_accounts.get returns a mailbox that the list does not have"
                return [*found, Finding("lists", "incomplete", message, _MAILBOXES)]
    return found


async def _check_lead_pages(session: Session, values: Values) -> list[Finding]:
    campaign_id = values.get("campaign_id")
    if campaign_id is None:
        return []
    request = ListCampaignLeads(campaign_id, limit=1)
    return await check_pages(session, "campaigns.list_leads", request, "campaign_lead_map_id")


async def check_campaign_list(session: Session, first: Sequence[Campaign]) -> list[Finding]:
    """Return what is odd about the list of campaigns, compared with a second one and with single reads."""
    answer = await session.ask(ListCampaigns())
    second: Sequence[Campaign] = first if answer.error else answer.value
    found = [*_order_findings(first), *_order_findings(second)]
    ids, again = ([campaign.id for campaign in listed] for listed in (first, second))
    if not _is_stable(ids, again):
        found.append(_finding("unstable", "a second request returned other campaigns, or another order"))
    found += await _compare_with_reads(session, second)
    found += await _look_for_missing(session, {*ids, *again})
    return list(dict.fromkeys(found))


def _is_stable(ids: Sequence[int], again: Sequence[int]) -> bool:
    """Return whether a later list has the same campaigns in the same order, apart from new ones."""
    newest = max(ids, default=0)
    return list(ids) == [campaign_id for campaign_id in again if campaign_id <= newest]


def _order_findings(campaigns: Sequence[Campaign]) -> Iterator[Finding]:
    ids = [campaign.id for campaign in campaigns]
    if len(set(ids)) < len(ids):
        yield _finding("duplicates", "the same campaign is listed more than once")
    if ids not in (sorted(ids), sorted(ids, reverse=True)):
        yield _finding("unordered", "the ids neither grow nor fall from one campaign to the next")
    dated = sorted((c for c in campaigns if c.created_at is not None), key=lambda campaign: campaign.id)
    for one, other in itertools.pairwise(dated):
        if _timestamp(other) < _timestamp(one) - _CREATED_TOGETHER:
            yield _finding("ids-do-not-grow", "a campaign that was created later has a lower id")
            return


def _timestamp(campaign: Campaign) -> float:
    return 0.0 if campaign.created_at is None else campaign.created_at.timestamp()


async def _compare_with_reads(session: Session, campaigns: Sequence[Campaign]) -> list[Finding]:
    """Read some of the listed campaigns: the first, the last and one between."""
    indexes = {0, len(campaigns) // 2, len(campaigns) - 1} if campaigns else set()
    found = []
    for index in sorted(indexes):
        listed = campaigns[index]
        answer = await session.ask(GetCampaign(listed.id))
        if answer.error is not None:
            found.append(_finding("cannot-get", "campaigns.get does not return a campaign of the list"))
            continue
        for name in _COMPARED:
            if getattr(listed, name) != getattr(answer.value, name):
                message = "differs between campaigns.list and campaigns.get"
                found.append(_finding("list-differs", message, f"$[].{name}"))
    return found


async def _look_for_missing(session: Session, listed: set[int]) -> list[Finding]:
    """Read campaigns that the list does not have, but that may exist."""
    mentioned = await _mentioned_ids(session)
    candidates = [*sorted(mentioned - listed)[:_CANDIDATES], *_neighbors(listed, _CANDIDATES)]
    for candidate in candidates:
        answer = await session.ask(GetCampaign(candidate))
        if answer.error is None and answer.value.id == candidate:
            return [_finding("incomplete", "campaigns.get returns a campaign that the list does not have")]
    return []


async def _mentioned_ids(session: Session) -> set[int]:
    """Return the campaigns that mailboxes name."""
    answer = await session.ask(ListEmailAccounts())
    mailboxes = [] if answer.error else answer.value.data
    return {campaign_id for mailbox in mailboxes for campaign_id in mailbox.campaign_ids}


def _neighbors(listed: set[int], most: int) -> list[int]:
    """Return ids next to the newest and in small gaps: those of campaigns that were created together."""
    if not listed:
        return []
    ordered = sorted(listed, reverse=True)
    gaps: Iterable[int] = (
        missing
        for newer, older in itertools.pairwise(ordered)
        if newer - older <= _SMALL_GAP
        for missing in range(older + 1, newer)
    )
    return list(itertools.islice(itertools.chain([ordered[0] + 1], gaps, [ordered[-1] - 1]), most))


async def check_pages(session: Session, name: str, request: OffsetPaged[Any], id_field: str) -> list[Finding]:
    """Return whether a list in pages keeps the limit and goes on where the page before ended."""
    first = await session.ask(request)
    second = await session.ask(attrs.evolve(request, offset=1))  # type: ignore[misc]
    if first.error or second.error:
        return []
    pages = [[getattr(item, id_field) for item in answer.value] for answer in (first, second)]
    if max(map(len, pages)) > 1:
        return [Finding("lists", "limit-ignored", "a page has more items than were asked for", name)]
    if pages[0] and pages[0] == pages[1]:
        return [Finding("lists", "offset-ignored", "the second page is the same as the first", name)]
    total = first.value.total
    if total is not None and (total < len(pages[0]) + len(pages[1]) or (total > 1 and not pages[1])):
        return [Finding("lists", "wrong-total", "the total does not match the items of the pages", name)]
    return []


def _finding(kind: str, message: str, place: str | None = None) -> Finding:
    return Finding("lists", kind, message, _LIST, place)
