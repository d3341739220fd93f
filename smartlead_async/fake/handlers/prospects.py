"""Prospect search: contacts are made up by the filters, and fetching them costs credits that can run out."""

from __future__ import annotations

import base64
import collections
import datetime as dt
from typing import Any, Final

from ...api.smart_prospect.analytics import GetReplyAnalytics, GetSearchAnalytics
from ...api.smart_prospect.contacts import FetchContacts, FindEmails, ListContacts, ReviewContacts
from ...api.smart_prospect.search import SaveSearch, SearchContacts
from ...api.smart_prospect.searches import (
    ListFetchedSearches,
    ListRecentSearches,
    ListSavedSearches,
    UpdateFetchedSearch,
    UpdateSavedSearch,
)
from ..call import Call, as_number
from ..clock import timestamp
from ..figures import is_first_reply
from ..paid import FETCH_SECONDS, Search
from ..replies import NOT_FOUND, Refusal, Reply, json_reply
from ..routing import handles
from ..state import EventKind

_FOUND: Final = 25
"""The number of contacts that every search finds."""
_FIRST_NAMES: Final = ("Mira", "Jon", "Kim", "Lin", "Noor")
_LAST_NAMES: Final = ("Osei", "Vale", "Sample", "Example", "Wood")
_PAGING: Final = frozenset({"limit", "scroll_id"})


def _ok(data: Any = None) -> Reply:
    body: dict[str, Any] = {"success": True, "message": "ok"}
    return json_reply(body if data is None else body | {"data": data})


def _contact_id(search_id: int, number: int) -> str:
    return f"{search_id:016x}{number:08x}"


def _contact(search: Search, contact_id: str) -> dict[str, Any]:
    number = int(contact_id[16:], 16)
    first, last = _FIRST_NAMES[number % 5], _LAST_NAMES[number // 5 % 5]
    domains = search.filters.get("companyDomain") or search.filters.get("includeCompanyDomain")
    domain = domains[number % len(domains)] if domains else "northwind.example"
    return {
        "id": contact_id,
        "firstName": first,
        "lastName": last,
        "fullName": f"{first} {last}",
        "title": (search.filters.get("title") or ["Head of Sales"])[0],
        "company": {"name": domain.partition(".")[0].title(), "website": domain},
        "email": f"{first}.{last}@{domain}".lower(),
    }


def _search(call: Call, filter_id: Any) -> Search:
    found = call.account.paid.searches.get(as_number(filter_id))
    if found is None:
        raise Refusal(404, NOT_FOUND)
    return found


# --- searching ---------------------------------------------------------------------------------------
@handles(SearchContacts)
def search_contacts(call: Call) -> Reply:
    scroll = call.body.get("scroll_id")
    search, start = _scrolled(call, scroll) if scroll else (_new_search(call), 0)
    end = min(start + call.number("limit", 10), _FOUND)
    rows = [_contact(search, _contact_id(search.id, number)) for number in range(start, end)]
    data = {"list": rows, "filter_id": search.id, "total_count": _FOUND}
    if end < _FOUND:
        data["scroll_id"] = base64.b64encode(f"{search.id}:{end}".encode()).decode()
    return _ok(data)


def _scrolled(call: Call, scroll: str) -> tuple[Search, int]:
    try:
        search_id, start = map(int, base64.b64decode(scroll).decode().split(":"))
    except ValueError:
        raise Refusal(422, {"error": "Invalid parameters provided"}) from None
    return _search(call, search_id), start


def _new_search(call: Call, name: str | None = None) -> Search:
    paid = call.account.paid
    filters = {key: value for key, value in call.body.items() if key not in _PAGING | {"search_string"}}
    number = next(paid.ids.search)
    search = Search(number, filters, call.now, name or f"search {number}")
    paid.searches[number] = search
    return search


@handles(SaveSearch)
def save_search(call: Call) -> Reply:
    _new_search(call, call.body["search_string"]).is_saved = True
    return _ok()


@handles(UpdateSavedSearch)
@handles(UpdateFetchedSearch)
def rename_search(call: Call) -> Reply:
    _search(call, call.ids[0]).name = call.body["search_string"]
    return _ok()


def _searches(call: Call, name: str, found: list[Search]) -> Reply:
    offset = call.query.get("offset", 0)
    page = found[offset : offset + call.query.get("limit", 10)]
    rows = [
        {
            "id": search.id,
            "search_string": search.name,
            "filter_details": search.filters,
            "created_at": timestamp(search.created_at),
            "updated_at": timestamp(search.created_at),
            **({"fetch_details": _details(call, search)} if search.fetched else {}),
        }
        for search in page
    ]
    return _ok({name: rows, "totalCount": len(found)})


@handles(ListSavedSearches)
def list_saved_searches(call: Call) -> Reply:
    searches = call.account.paid.searches.values()
    return _searches(call, "savedSearches", [each for each in searches if each.is_saved])


@handles(ListRecentSearches)
def list_recent_searches(call: Call) -> Reply:
    searches = reversed(call.account.paid.searches.values())
    return _searches(call, "recentSearches", [each for each in searches if not each.is_saved])


@handles(ListFetchedSearches)
def list_fetched_searches(call: Call) -> Reply:
    searches = reversed(call.account.paid.searches.values())
    return _searches(call, "fetchedLeads", [each for each in searches if each.fetched])


# --- contacts ----------------------------------------------------------------------------------------
@handles(FetchContacts)
def fetch_contacts(call: Call) -> Reply:
    body, search = call.body, _search(call, call.body["filter_id"])
    known = [_contact_id(search.id, number) for number in range(_FOUND)]
    wanted = body["id"] if body.get("id") is not None else known[: call.number("limit", _FOUND)]
    new = [each for each in wanted if each in known and each not in search.fetched]
    if not call.account.paid.take_prospect_credits(len(new)):
        return json_reply({"success": False, "message": "Insufficient credits"})
    search.fetched |= dict.fromkeys(new, call.now)
    offset, limit = call.number("visual_offset", 0), call.number("visual_limit", 10)
    rows = [_fetched(call, search, each) for each in list(search.fetched)[offset : offset + limit]]
    view = {"visual_limit": limit, "visual_offset": offset, "metrics": _metrics(call, search)}
    return _ok({"list": rows, "total_count": len(search.fetched), **view})


def _fetched(call: Call, search: Search, contact_id: str) -> dict[str, Any]:
    contact = _contact(search, contact_id)
    if _is_done(call, search, contact_id):
        return contact | {"status": "completed", "verificationStatus": "valid"}
    return contact | {"email": None, "status": "pending"}


def _is_done(call: Call, search: Search, contact_id: str) -> bool:
    return call.now >= search.fetched[contact_id] + FETCH_SECONDS


def _metrics(call: Call, search: Search) -> dict[str, int]:
    done = sum(_is_done(call, search, each) for each in search.fetched)
    never = dict.fromkeys(("noEmailFound", "invalidEmails", "catchAllEmails"), 0)
    counts = {"totalContacts": len(search.fetched), "totalEmails": done, "verifiedEmails": done}
    return counts | never | {"completed": done}


def _details(call: Call, search: Search) -> dict[str, Any]:
    metrics = _metrics(call, search)
    return {"metrics": metrics, "leads_found": _FOUND, "email_fetched": metrics["totalEmails"]}


@handles(ListContacts)
def list_contacts(call: Call) -> Reply:
    body, searches = call.body, call.account.paid.searches
    chosen = [_search(call, body["filter_id"])] if body.get("filter_id") is not None else searches.values()
    wanted = body.get("id")
    rows = [
        _fetched(call, search, each)
        for search in chosen
        for each in search.fetched
        if wanted is None or each in wanted
    ]
    text = (body.get("search") or "").lower()
    rows = [
        row
        for row in rows
        if text in row["fullName"].lower()
        and body.get("verification_status") in {None, row.get("verificationStatus")}
    ]
    offset, limit = call.number("offset", 0), call.number("limit", 50)
    pagination = {
        "filterId": body.get("filter_id"),
        "limit": limit,
        "offset": offset,
        "total": len(rows),
        "hasMore": offset + limit < len(rows),
    }
    page = rows[offset : offset + limit]
    return _ok({"list": page, "pagination": pagination, "totalCount": len(rows)})


@handles(ReviewContacts)
def review_contacts(call: Call) -> Reply:
    search = _search(call, call.ids[0])
    details = _details(call, search) | {"catch_all_status_list": [], "verification_status_list": ["valid"]}
    return _ok({"filter_id": search.id, "records_updated": len(search.fetched), "fetch_details": details})


@handles(FindEmails)
def find_emails(call: Call) -> Reply:
    people = call.body["contacts"]
    # Nobody has an address at a domain that is invalid for good.
    found = [person for person in people if not person["companyDomain"].endswith(".invalid")]
    if not call.account.paid.take_prospect_credits(len(found)):
        raise Refusal(402, {"message": "Insufficient credits"})
    return _ok([_found(person, is_found=person in found) for person in people])


def _found(person: dict[str, Any], *, is_found: bool) -> dict[str, Any]:
    email = f"{person['firstName']}.{person['lastName']}@{person['companyDomain']}".lower()
    return person | {
        "email_id": email if is_found else "",
        "status": "Found" if is_found else "Not Found",
        "verification_status": "Valid" if is_found else None,
    }


@handles(GetSearchAnalytics)
def search_analytics(call: Call) -> Reply:
    paid = call.account.paid
    fetched = sum(len(search.fetched) for search in paid.searches.values())
    found = _FOUND * len(paid.searches)

    def trend(count: int) -> dict[str, Any]:
        change = {"previousMonth": 0, "percentageChange": 0, "percentageChangeText": "0%"}
        return {"current": count, **change, "trend": "increase", "total": count}

    data = {
        "leadsFound": trend(found),
        "emailsFetched": trend(fetched),
        "availableCredits": paid.prospect_figures(),
        "leadsFoundToday": found,
        "maxDailyFetchLimit": 1000,
        "maxSingleFetchLimit": 500,
    }
    if (filter_id := call.query.get("filter_id")) is not None:
        search = _search(call, filter_id)
        data["filterData"] = {"leadsFound": _FOUND, "emailsFetched": len(search.fetched)}
    return _ok(data)


@handles(GetReplyAnalytics)
def reply_analytics(call: Call) -> Reply:
    this_month = dt.datetime.fromtimestamp(call.now, dt.UTC).replace(day=1)
    month_before = this_month - dt.timedelta(days=1)
    months = collections.Counter(
        f"{dt.datetime.fromtimestamp(event.at, dt.UTC):%Y-%m}"
        for campaign in call.account.campaigns.values()
        if call.access.sees(campaign.client_id)
        for event in campaign.events
        if event.kind is EventKind.REPLY and is_first_reply(event)
    )
    now, before = months[f"{this_month:%Y-%m}"], months[f"{month_before:%Y-%m}"]
    data = {
        "currentMonth": {"replied": now},
        "previousMonth": {"replied": before},
        "percentage_change": f"{100 * (now - before) / before:+.0f}%" if before else None,
        # Only the name of an increase is documented.
        "trend": "increase" if now > before else None,
    }
    return _ok(data)
