"""Search for contacts, and save a search."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import attrs

from ...fields import Between, Length, wire
from ...paging import ItemT, Page, ScrollPaged
from ...request import Effect, Host, Request
from ...resource import Resource, endpoint, pages
from ..acknowledgement import Acknowledgement
from .models import ContactCompany


def _values(name: str | None = None) -> Any:
    """Return a filter of up to 2,000 values, of which a contact must match one."""
    metadata = wire(name) if name else None
    return attrs.field(default=None, validator=Length(maximum=2000), metadata=metadata)


@attrs.frozen(kw_only=True)
class ContactFilters:
    """The filters of a search for contacts. A contact must match one of the values of each filter.

    ``title``, ``department`` and so on take the names that the lookups return, such as
    ``client.smart_prospect.job_titles``.
    """

    name: Sequence[str] | None = _values()
    first_name: Sequence[str] | None = _values("firstName")
    last_name: Sequence[str] | None = _values("lastName")
    title: Sequence[str] | None = _values()
    exclude_title: Sequence[str] | None = _values("excludeTitle")
    exclude_company: Sequence[str] | None = _values("excludeCompany")
    exclude_company_domain: Sequence[str] | None = _values("excludeCompanyDomain")
    include_title: Sequence[str] | None = _values("includeTitle")
    include_company: Sequence[str] | None = _values("includeCompany")
    include_company_domain: Sequence[str] | None = _values("includeCompanyDomain")
    department: Sequence[str] | None = _values()
    level: Sequence[str] | None = _values()
    company_name: Sequence[str] | None = _values("companyName")
    company_domain: Sequence[str] | None = _values("companyDomain")
    company_keyword: Sequence[str] | None = _values("companyKeyword")
    company_head_count: Sequence[str] | None = _values("companyHeadCount")
    company_revenue: Sequence[str] | None = _values("companyRevenue")
    company_industry: Sequence[str] | None = _values("companyIndustry")
    company_sub_industry: Sequence[str] | None = _values("companySubIndustry")
    city: Sequence[str] | None = _values()
    state: Sequence[str] | None = _values()
    country: Sequence[str] | None = _values()
    dont_display_owned_contact: bool | None = attrs.field(
        default=None, metadata=wire("dontDisplayOwnedContact")
    )
    title_exact_match: bool | None = attrs.field(default=None, metadata=wire("titleExactMatch"))
    company_exact_match: bool | None = attrs.field(default=None, metadata=wire("companyExactMatch"))
    company_domain_exact_match: bool | None = attrs.field(
        default=None, metadata=wire("companyDomainExactMatch")
    )


@attrs.frozen
class FoundContact:
    """A contact that a search found. Its address can only be relied on after a fetch.

    ``email_deliverability`` is the chance that mail to it arrives, from 0 to 1.
    """

    id: str
    first_name: str | None = attrs.field(default=None, metadata=wire("firstName"))
    last_name: str | None = attrs.field(default=None, metadata=wire("lastName"))
    full_name: str | None = attrs.field(default=None, metadata=wire("fullName"))
    title: str | None = None
    company: ContactCompany | None = None
    department: list[str] = attrs.field(factory=list)
    level: str | None = None
    industry: str | None = None
    sub_industry: str | None = attrs.field(default=None, metadata=wire("subIndustry"))
    company_head_count: str | None = attrs.field(default=None, metadata=wire("companyHeadCount"))
    company_revenue: str | None = attrs.field(default=None, metadata=wire("companyRevenue"))
    country: str | None = None
    state: str | None = None
    city: str | None = None
    email: str | None = None
    linkedin: str | None = None
    email_deliverability: float | str | None = attrs.field(default=None, metadata=wire("emailDeliverability"))
    address: str | None = None


@attrs.frozen
class SearchPage(Page[ItemT]):
    """A page of a search. ``filter_id`` is the id of the search, which :class:`FetchContacts` needs."""

    filter_id: int | None = None


@attrs.frozen
class SearchContacts(
    ContactFilters,
    ScrollPaged[SearchPage[FoundContact], FoundContact],
    method="POST",
    path="/search-contacts",
    effect=Effect.READ,
    repeatable=True,
    host=Host.PROSPECT,
    page="smart-prospect/search-contacts",
    items=("data.list",),
):
    """Search for contacts. Costs no credits: those are for fetching the addresses.

    ``search_contacts`` returns one page of up to 500 contacts for one request, with the ``total`` of all
    pages, and the ``filter_id`` for :class:`FetchContacts`; ``iter_search_contacts`` sends one request for
    each page. The filters are those of :class:`ContactFilters`. SmartLead may record each search as a recent
    one. Example::

        page = await client.smart_prospect.search_contacts(title=["Head of Sales"], country=["Spain"])
        print(page.total, page.filter_id, [contact.full_name for contact in page])
    """

    limit: int = attrs.field(default=500, kw_only=True, validator=Between(1, 500))
    scroll_id: str | None = attrs.field(default=None, kw_only=True)


@attrs.frozen
class SaveSearch(
    ContactFilters,
    Request[Acknowledgement],
    method="POST",
    path="/search-filters/save-search",
    effect=Effect.WRITE,
    repeatable=False,
    host=Host.PROSPECT,
    page="smart-prospect/save-search",
):
    """Save a search under a name, without searching.

    One request. The response has no id: look for the name in ``list_saved_searches``. A repeat saves a second
    one, so a lost response raises :class:`OutcomeUnknown`. The filters are those of :class:`ContactFilters`;
    ``limit`` is the number of contacts to find, up to 10,000. Example::

        await client.smart_prospect.save_search("heads of sales, Spain", title=["Head of Sales"])
    """

    search_string: str = attrs.field(validator=Length(1))
    limit: int | None = attrs.field(default=None, kw_only=True, validator=Between(1, 10_000))


class SearchMethods(Resource):
    """Searches for contacts."""

    search_contacts = endpoint(SearchContacts)
    iter_search_contacts = pages(SearchContacts)
    save_search = endpoint(SaveSearch)
