"""The searches of the account: saved ones, recent ones, and those whose contacts were fetched."""

from __future__ import annotations

import datetime as dt
from typing import Any

import attrs

from ...fields import Length, wire
from ...paging import OffsetPaged
from ...request import Effect, Host, Request
from ...resource import Resource, endpoint, pages
from ..acknowledgement import Acknowledgement
from .models import FetchDetails


@attrs.frozen
class Search:
    """A search. ``filter_details`` has its filters under their names in the API, such as ``companyName``."""

    id: int
    search_string: str | None = None
    filter_details: dict[str, Any] = attrs.field(factory=dict)
    created_at: dt.datetime | None = None
    updated_at: dt.datetime | None = None


@attrs.frozen
class FetchedSearch(Search):
    """A search whose contacts were fetched."""

    user_id: int | None = None
    type: str | None = None
    include_owned: bool | None = None
    is_saved: bool | None = None
    is_fetched: bool | None = None
    fetch_details: FetchDetails | None = None


@attrs.frozen
class ListSavedSearches(
    OffsetPaged[Search],
    method="GET",
    path="/search-filters/saved-searches",
    effect=Effect.READ,
    repeatable=True,
    host=Host.PROSPECT,
    page="smart-prospect/saved-searches",
    items=("data.savedSearches",),
):
    """List the saved searches.

    ``list_saved_searches`` returns one page for one request; ``iter_saved_searches`` sends one request for
    each page. Example::

        saved = client.smart_prospect.iter_saved_searches()
        ids = {search.search_string: search.id async for search in saved}
    """

    offset: int | None = attrs.field(default=None, kw_only=True)
    limit: int = attrs.field(default=100, kw_only=True)


@attrs.frozen
class ListRecentSearches(
    OffsetPaged[Search],
    method="GET",
    path="/search-filters/recent-searches",
    effect=Effect.READ,
    repeatable=True,
    host=Host.PROSPECT,
    page="smart-prospect/recent-searches",
    items=("data.recentSearches",),
):
    """List the recent searches.

    ``list_recent_searches`` returns one page for one request; ``iter_recent_searches`` sends one request for
    each page. Example::

        async for search in client.smart_prospect.iter_recent_searches():
            print(search.created_at, search.search_string)
    """

    offset: int | None = attrs.field(default=None, kw_only=True)
    limit: int = attrs.field(default=100, kw_only=True)


@attrs.frozen
class ListFetchedSearches(
    OffsetPaged[FetchedSearch],
    method="GET",
    path="/search-filters/fetched-searches",
    effect=Effect.READ,
    repeatable=True,
    host=Host.PROSPECT,
    page="smart-prospect/fetched-searches",
    items=("data.fetchedLeads",),
):
    """List the searches whose contacts were fetched, with the figures of the fetch.

    ``list_fetched_searches`` returns one page for one request; ``iter_fetched_searches`` sends one request
    for each page. Example::

        async for search in client.smart_prospect.iter_fetched_searches():
            print(search.id, search.search_string, search.fetch_details)
    """

    offset: int | None = attrs.field(default=None, kw_only=True)
    limit: int = attrs.field(default=100, kw_only=True)


@attrs.frozen
class UpdateSavedSearch(
    Request[Acknowledgement],
    method="PUT",
    path="/search-filters/save-search/{id}",
    effect=Effect.WRITE,
    repeatable=True,
    host=Host.PROSPECT,
    page="smart-prospect/update-saved-search",
):
    """Rename a saved search; its filters stay as they are.

    One request. An unknown id raises :class:`NotFound`. Example::

        await client.smart_prospect.update_saved_search(327105, "heads of sales, Iberia")
    """

    search_id: int = attrs.field(metadata=wire("id"))
    search_string: str = attrs.field(validator=Length(1, 255))


@attrs.frozen
class UpdateFetchedSearch(
    Request[Acknowledgement],
    method="PUT",
    path="/search-filters/fetched-searches/{id}",
    effect=Effect.WRITE,
    repeatable=True,
    host=Host.PROSPECT,
    page="smart-prospect/update-fetched-lead",
):
    """Rename a search whose contacts were fetched; its filters and contacts stay as they are.

    One request. Example::

        await client.smart_prospect.update_fetched_search(327105, "heads of sales, Iberia")
    """

    search_id: int = attrs.field(metadata=wire("id"))
    search_string: str = attrs.field(validator=Length(1, 255))


class SearchListMethods(Resource):
    """The searches of the account."""

    list_saved_searches = endpoint(ListSavedSearches)
    iter_saved_searches = pages(ListSavedSearches)
    list_recent_searches = endpoint(ListRecentSearches)
    iter_recent_searches = pages(ListRecentSearches)
    list_fetched_searches = endpoint(ListFetchedSearches)
    iter_fetched_searches = pages(ListFetchedSearches)
    update_saved_search = endpoint(UpdateSavedSearch)
    update_fetched_search = endpoint(UpdateFetchedSearch)
