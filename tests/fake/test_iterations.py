"""Every list of the fake ends, also if it is read one row at a time."""

from __future__ import annotations

import datetime as dt
from typing import Any

import attrs

from smartlead_async import SmartleadClient
from smartlead_async.api.areas import request_classes
from smartlead_async.api.smart_prospect.contacts import ListContacts
from smartlead_async.paging import Paged, walk_pages

from .least_requests import Ids
from .test_every_operation import furnished

_MOST_REQUESTS = 60


def first_page(request_class: Any, ids: Ids) -> Any:
    """Return the request for the first page of a list, with one row a page if it has a limit."""
    known: dict[str, Any] = {"start_date": dt.date(2026, 1, 1), "end_date": dt.date(2036, 1, 1), **ids}
    fields = attrs.fields(request_class)
    values = {each.name: known[each.name] for each in fields if each.default is attrs.NOTHING}
    if issubclass(request_class, ListContacts):
        values["filter_id"] = ids["filter_id"]
    if "limit" in {each.name for each in fields}:
        values["limit"] = 1
    return request_class(**values)


async def test_every_list_ends_with_one_row_a_page() -> None:
    fake, ids = furnished()
    lists = [each for each in request_classes() if issubclass(each, Paged)]
    assert len(lists) > 40
    async with SmartleadClient("test-key", transport=fake.transport()) as client:
        for each in lists:
            before = fake.requests.total
            async for _ in walk_pages(client.send, first_page(each, ids)):
                assert fake.requests.total - before < _MOST_REQUESTS, each.__name__
