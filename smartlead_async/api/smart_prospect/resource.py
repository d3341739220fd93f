"""The resource of ``client.smart_prospect``, composed of the method classes of this package."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ...resource import LazyModule

if TYPE_CHECKING:
    from . import analytics, contacts, lookups, search, searches
else:
    analytics, contacts, lookups, search, searches = (
        LazyModule(f"{__package__}.{name}")
        for name in ("analytics", "contacts", "lookups", "search", "searches")
    )


class SmartProspect(
    lookups.LookupMethods,
    search.SearchMethods,
    contacts.ContactMethods,
    searches.SearchListMethods,
    analytics.AnalyticsMethods,
):
    """The methods of ``client.smart_prospect``: search for contacts and fetch their addresses.

    A method returns a coroutine; methods whose names begin with ``iter_`` return an async iterator over the
    items of all pages.
    """
