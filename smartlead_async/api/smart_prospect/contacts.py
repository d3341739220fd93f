"""Fetch the addresses of contacts, which costs credits, and read the contacts that were fetched."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import attrs

from ...fields import Between, Length, OneOf, wire
from ...paging import OffsetPaged, Page
from ...polling import poll
from ...request import Effect, Host, Request
from ...resource import Resource, endpoint, pages
from ...typed import Typed
from .models import CatchAllStatus, Contact, FetchDetails, FetchMetrics, VerificationStatus


@attrs.frozen
class ContactsFetched:
    """A fetch that has begun: the first of its contacts, and how far it is.

    ``visual_limit`` and ``visual_offset`` say which of the contacts are in ``contacts``.
    """

    contacts: list[Contact] = attrs.field(factory=list, metadata=wire("list"))
    total_count: int | None = None
    visual_limit: int | None = None
    visual_offset: int | None = None
    metrics: FetchMetrics | None = None


@attrs.frozen
class FetchContacts(
    Request[ContactsFetched],
    method="POST",
    path="/fetch-contacts",
    effect=Effect.SPEND,
    repeatable=False,
    host=Host.PROSPECT,
    page="smart-prospect/fetch-contacts",
    min_timeout=120.0,
):
    """Spend lead credits to fetch the addresses of contacts that a search found.

    Give either ``contact_ids`` or a ``limit``, the number of contacts of the search, up to 10,000.
    One request, which is never sent again after a lost response: that raises :class:`OutcomeUnknown`, and
    ``list_contacts`` shows whether it arrived. Too few credits raise :class:`OperationRefused`. The fetch
    goes on after the response; ``visual_limit`` and ``visual_offset`` only choose the contacts that it
    shows. Example::

        page = await client.smart_prospect.search_contacts(title=["Head of Sales"], country=["Spain"])
        await client.smart_prospect.fetch_contacts(page.filter_id, contact_ids=[page[0].id])
    """

    filter_id: int = attrs.field(validator=Between(minimum=1))
    contact_ids: Sequence[str] | None = attrs.field(default=None, kw_only=True, metadata=wire("id"))
    limit: int | None = attrs.field(default=None, kw_only=True, validator=Between(1, 10_000))
    visual_limit: int | None = attrs.field(default=None, kw_only=True, validator=Between(1, 1000))
    visual_offset: int | None = attrs.field(default=None, kw_only=True, validator=Between(minimum=0))

    def __attrs_post_init__(self) -> None:
        if (self.contact_ids is None) == (self.limit is None):
            raise ValueError("give either contact_ids or limit, which decide what is paid for")
        if self.contact_ids is not None and not self.contact_ids:
            raise ValueError("contact_ids must not be empty: SmartLead could take that for all contacts")


@attrs.frozen
class ListContacts(
    OffsetPaged[Contact],
    method="POST",
    path="/get-contacts",
    effect=Effect.READ,
    repeatable=True,
    host=Host.PROSPECT,
    page="smart-prospect/get-contacts",
    items=("data.list",),
):
    """List contacts that were fetched. Costs no credits.

    Give either the ``filter_id`` of a search or up to 200 ``contact_ids``. ``list_contacts`` returns one page
    of up to 1,000 for one request; ``iter_contacts`` sends one request for each page. Example::

        valid = client.smart_prospect.iter_contacts(327105, verification_status="valid")
        addresses = [contact.email async for contact in valid]
    """

    filter_id: int | None = attrs.field(default=None, validator=Between(minimum=1))
    contact_ids: Sequence[str] | None = attrs.field(
        default=None, kw_only=True, validator=Length(maximum=200), metadata=wire("id")
    )
    limit: int = attrs.field(default=1000, kw_only=True, validator=Between(1, 1000))
    offset: int | None = attrs.field(default=None, kw_only=True, validator=Between(minimum=0))
    search: str | None = attrs.field(default=None, kw_only=True)
    verification_status: VerificationStatus | str | None = attrs.field(
        default=None, kw_only=True, validator=OneOf(VerificationStatus)
    )
    catch_all_status: CatchAllStatus | str | None = attrs.field(
        default=None, kw_only=True, validator=OneOf(CatchAllStatus)
    )

    def __attrs_post_init__(self) -> None:
        if (self.contact_ids is None) == (self.filter_id is None):
            raise ValueError("give either filter_id or contact_ids")


@attrs.frozen
class ContactsReviewed:
    """The number of contacts that a review updated, and the figures of the fetch after it."""

    filter_id: int | None = None
    records_updated: int | None = None
    fetch_details: FetchDetails | None = None


@attrs.frozen
class ReviewContacts(
    Request[ContactsReviewed],
    method="PATCH",
    path="/review-contacts/{filter_id}",
    effect=Effect.WRITE,
    repeatable=True,
    host=Host.PROSPECT,
    page="smart-prospect/review-contacts",
):
    """Mark the contacts that a search fetched as reviewed.

    One request. Whether it costs credits is not documented. Example::

        reviewed = await client.smart_prospect.review_contacts(327105)
        print(reviewed.records_updated)
    """

    filter_id: int


@attrs.frozen
class Person(Typed):
    """A person whose address is to be found."""

    first_name: str = attrs.field(metadata=wire("firstName"))
    last_name: str = attrs.field(metadata=wire("lastName"))
    company_domain: str = attrs.field(metadata=wire("companyDomain"))


@attrs.frozen
class FoundEmail:
    """The result for one person. Use ``email`` only if ``status`` is ``Found``.

    ``Invalid`` may come with an address that failed SmartLead's own verification.
    """

    first_name: str | None = attrs.field(default=None, metadata=wire("firstName", "first_name"))
    last_name: str | None = attrs.field(default=None, metadata=wire("lastName", "last_name"))
    company_domain: str | None = attrs.field(default=None, metadata=wire("companyDomain", "company_domain"))
    email: str | None = attrs.field(default=None, metadata=wire("email_id", "email"))
    status: str | None = None
    verification_status: str | None = None


@attrs.frozen
class FindEmails(
    Request[list[FoundEmail]],
    method="POST",
    path="/search-contacts/find-emails",
    effect=Effect.SPEND,
    repeatable=False,
    host=Host.PROSPECT,
    page="smart-prospect/find-emails",
    min_timeout=120.0,
):
    """Spend one credit for each address found of up to 10 persons.

    One request, which is never sent again after a lost response: that raises :class:`OutcomeUnknown`, and the
    credits may be spent. Five persons a request are answered more reliably than ten. Too few credits raise
    :class:`APIError` with status 402. Example::

        persons = [Person("Mira", "Osei", "northwind.example")]
        for found in await client.smart_prospect.find_emails(persons):
            print(found.first_name, found.email if found.status == "Found" else "not found")
    """

    contacts: Sequence[Person] = attrs.field(validator=Length(1, 10))


_POLL_CONTACTS: Final = """Wait until the contacts of a fetch are completed, and return a page of them.

The values are those of ``list_contacts``. One request every 15 seconds at first, growing to 75, for half an
hour unless ``within`` says otherwise. The wait ends when the page has contacts and all of them are completed.
SmartLead does not say which contacts are still to be added, so compare their number with what was fetched.
Example::

    page = await client.smart_prospect.poll_contacts(327105)
    addresses = [contact.email for contact in page]
"""


def _are_completed(page: Page[Contact]) -> bool:
    return bool(page.data) and all((contact.status or "").lower() == "completed" for contact in page)


class ContactMethods(Resource):
    """Contacts and their addresses."""

    fetch_contacts = endpoint(FetchContacts)
    list_contacts = endpoint(ListContacts)
    iter_contacts = pages(ListContacts)
    poll_contacts = poll(ListContacts, until=_are_completed, every=15, timeout=1800, doc=_POLL_CONTACTS)
    review_contacts = endpoint(ReviewContacts)
    find_emails = endpoint(FindEmails)
