"""Rules of the prospect search that its contract states in prose."""

from __future__ import annotations

import json
from typing import Any, TypeVar, assert_type

import pytest

from smartlead_async.api.smart_prospect.contacts import FetchContacts, FindEmails, ListContacts, Person
from smartlead_async.api.smart_prospect.lookups import City, ListCities
from smartlead_async.api.smart_prospect.resource import SmartProspect
from smartlead_async.api.smart_prospect.search import FoundContact, SearchContacts, SearchPage
from smartlead_async.paging import Page
from smartlead_async.pipeline.decode import decode
from smartlead_async.pipeline.encode import encode
from smartlead_async.request import Request

T = TypeVar("T")


class Scroll:
    """Five contacts, two a page; the server names the next page, also after the last contact."""

    def __init__(self, *, names_next: bool = True) -> None:
        self.bodies: list[Any] = []
        self.names_next = names_next

    async def __call__(self, request: Request[T], /) -> T:
        body = json.loads(encode(request).body or b"{}")
        self.bodies.append(body)
        start = int(body.get("scroll_id") or 0)
        found = [{"id": str(number)} for number in range(start, min(start + body["limit"], 5))]
        scroll_id = str(start + len(found)) if self.names_next or start == 0 else None
        page = {"list": found, "scroll_id": scroll_id, "filter_id": 31, "total_count": "5"}
        response: T = decode(request.operation, {"success": True, "data": page})
        return response


async def test_a_page_of_found_contacts_has_the_id_of_the_search() -> None:
    page = await SmartProspect(Scroll()).search_contacts(title=["CEO"], limit=2)
    assert_type(page, SearchPage[FoundContact])
    assert (page.filter_id, page.total, page.scroll_id, len(page)) == (31, 5, "2", 2)


async def test_every_page_of_a_search_repeats_the_filters_with_the_scroll_id_of_the_page_before() -> None:
    send = Scroll()
    contacts = SmartProspect(send).iter_search_contacts(title=["CEO"], title_exact_match=True, limit=2)
    assert [contact.id async for contact in contacts] == ["0", "1", "2", "3", "4"]
    assert [body.pop("scroll_id", None) for body in send.bodies] == [None, "2", "4", "5"]
    assert send.bodies == [{"limit": 2, "title": ["CEO"], "titleExactMatch": True}] * 4


async def test_a_search_ends_when_no_next_page_is_named() -> None:
    send = Scroll(names_next=False)
    assert [contact.id async for contact in SmartProspect(send).iter_search_contacts(limit=2)] == list("0123")
    assert len(send.bodies) == 2


@pytest.mark.parametrize("choice", [{}, {"contact_ids": ["a"], "limit": 1}])
def test_a_fetch_is_of_contacts_or_of_a_number_of_them(choice: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="give either contact_ids or limit"):
        FetchContacts(31, **choice)


def test_a_fetch_of_no_contacts_is_refused_before_it_can_fetch_all() -> None:
    with pytest.raises(ValueError, match="contact_ids must not be empty"):
        FetchContacts(31, contact_ids=[])


@pytest.mark.parametrize("choice", [{}, {"contact_ids": ["a"], "filter_id": 1}])
def test_fetched_contacts_are_listed_by_search_or_by_id(choice: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="give either filter_id or contact_ids"):
        ListContacts(**choice)


def test_a_country_narrows_the_cities_of_states_only() -> None:
    with pytest.raises(ValueError, match="give state as well"):
        ListCities(country="Spain")
    assert encode(ListCities(country="Spain", state="Navarra")).query == (
        "limit=100&state=Navarra&country=Spain"
    )


@pytest.mark.parametrize("request_class", [FetchContacts, FindEmails])
def test_what_spends_says_so_first_and_is_not_repeatable(request_class: type[Request[Any]]) -> None:
    assert (request_class.__doc__ or "").startswith("Spend ")
    assert not request_class.operation.repeatable


async def test_lookups_and_searches_have_the_types_of_their_declarations() -> None:
    async def no_send(request: Request[T], /) -> T:
        raise LookupError(request.operation.name)

    prospect = SmartProspect(no_send)
    with pytest.raises(LookupError, match="ListCities"):
        assert_type(await prospect.cities(search="bil"), Page[City])
    with pytest.raises(LookupError, match="FindEmails"):
        await prospect.find_emails([Person("Mira", "Osei", "northwind.example")])
    with pytest.raises(TypeError):
        SearchContacts(titel=["CEO"])  # type: ignore[call-arg] # pyright: ignore[reportCallIssue]
