"""The requests of ``client.inbox``: filters and pages in the body, rows in two shapes, and changes."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable
from typing import Any, TypeVar

import pytest

from smartlead_async import Effect, OutcomeUnknown, SmartleadClient
from smartlead_async.api.inbox import (
    BlockDomains,
    ChangeReadStatus,
    Correspondent,
    GetInboxLead,
    InboxFilters,
    LeadCategoryFilter,
    ListReminders,
    ListReplies,
    ListSent,
    ListSnoozed,
    ListUntrackedReplies,
    ListView,
    MessageBody,
    PushToSubsequence,
    ReplyFilters,
    ResumeInboxLead,
    SentFilters,
    SetReminder,
    UpdateInboxCategory,
    UpdateInboxRevenue,
    ViewFilters,
)
from smartlead_async.api.inbox.resource import Inbox
from smartlead_async.errors import NotFound
from smartlead_async.fake import FakeSmartlead, Fault
from smartlead_async.pipeline.decode import Missing, decode
from smartlead_async.pipeline.encode import encode
from smartlead_async.request import Request

T = TypeVar("T")

LEAD = {"email_lead_map_id": "2500000017", "lead_email": "mira@northwind.example"}
NOON = dt.datetime(2027, 1, 4, 12, tzinfo=dt.UTC)


def body_of(request: Request[Any]) -> Any:
    return json.loads(encode(request).body or b"null")


# --- filters -----------------------------------------------------------------------------------------


def test_a_view_sends_its_page_and_filters_in_the_body_and_the_rest_in_the_query() -> None:
    request = ListReplies(
        filters=ReplyFilters(
            search="northwind",
            campaign_ids=[4101],
            email_statuses=["Not Replied"],
            lead_categories=LeadCategoryFilter(category_ids_in=[1, 2]),
            reply_time_between=(NOON, NOON + dt.timedelta(hours=1)),
        ),
        offset=40,
        sort_by="SENT_TIME_DESC",
        fetch_message_history=True,
    )
    assert encode(request).query == "fetch_message_history=true"
    assert body_of(request) == {
        "offset": 40,
        "limit": 20,
        "sortBy": "SENT_TIME_DESC",
        "filters": {
            "search": "northwind",
            "campaignId": [4101],
            "emailStatus": ["Not Replied"],
            "leadCategories": {"categoryIdsIn": [1, 2]},
            "replyTimeBetween": ["2027-01-04T12:00:00.000Z", "2027-01-04T13:00:00.000Z"],
        },
    }


def test_a_view_that_takes_single_values_sends_single_values() -> None:
    request = ListView(filters=ViewFilters(campaign_id=4101, sub_sequence_id=4200, email_status="Replied"))
    assert body_of(request)["filters"] == {
        "campaignId": 4101,
        "subSequenceId": 4200,
        "emailStatus": "Replied",
    }


@pytest.mark.parametrize(
    ("build", "message"),
    [
        (lambda: ListReplies(limit=21), "limit must be at most 20, not 21"),
        (lambda: ListUntrackedReplies(limit=21), "limit must be at most 20, not 21"),
        (lambda: ListReplies(offset=-1), "offset must be at least 0"),
        (lambda: ListReplies(sort_by="REMINDER_TIME_ASC"), "sort_by must be one of REPLY_TIME_DESC"),
        (lambda: ListReminders(sort_by="REPLY_TIME_DESC"), "sort_by must be one of REMINDER_TIME_ASC"),
        (lambda: InboxFilters(campaign_ids=range(6)), "campaign_ids can have at most 5, not 6"),
        (lambda: InboxFilters(email_account_ids=range(11)), "email_account_ids can have at most 10"),
        (lambda: ReplyFilters(email_account_ids=range(21)), "email_account_ids can have at most 20"),
        (lambda: SentFilters(campaign_ids=range(16)), "campaign_ids can have at most 15"),
        (lambda: InboxFilters(search="x" * 31), "search can have at most 30"),
        (lambda: InboxFilters(email_statuses=["replied"]), "email_statuses must be one of Opened"),
        (lambda: InboxFilters(reply_time_between=[NOON]), "reply_time_between must have at least 2"),
        (
            lambda: InboxFilters(reply_time_between=[NOON, NOON - dt.timedelta(1)]),
            "reply_time_between must be an earlier and a later time",
        ),
        (lambda: LeadCategoryFilter(category_ids_in=range(11)), "category_ids_in can have at most 10"),
        (lambda: UpdateInboxRevenue(1, -5), "revenue must be at least 0"),
        (lambda: BlockDomains([]), "domains must have at least 1"),
        (lambda: BlockDomains(["a.example"], source="spam"), "source must be one of manual"),
        (lambda: ResumeInboxLead(1, 2, resume_delay_days=-1), "resume_delay_days must be at least 0"),
    ],
)
def test_what_smartlead_would_refuse_is_refused_before_a_request(
    build: Callable[[], object], message: str
) -> None:
    with pytest.raises(ValueError, match=message):
        build()


@pytest.mark.parametrize(
    ("build", "values", "message"),
    [
        (LeadCategoryFilter, {"category_ids_in": "1"}, "category_ids_in must be a list or tuple"),
        (InboxFilters, {"campaign_ids": "4101"}, "InboxFilters.campaign_ids must be a list or tuple"),
        (ViewFilters, {"campaign_id": [4101]}, "ViewFilters.campaign_id must be an integer"),
        (InboxFilters, {"search": 5}, "InboxFilters.search must be a string"),
        (
            InboxFilters,
            {"reply_time_between": [NOON.replace(tzinfo=None), NOON]},
            r"reply_time_between\[0\] must be an aware datetime",
        ),
        (ListReplies, {"filters": InboxFilters()}, "filters must be a ReplyFilters"),
    ],
)
def test_a_filter_of_the_wrong_type_is_refused_by_name(
    build: Callable[..., object], values: dict[str, object], message: str
) -> None:
    with pytest.raises(TypeError, match=message):
        build(**values)


def test_the_sent_emails_of_any_number_of_mailboxes_can_be_listed() -> None:
    assert len(body_of(ListSent(filters=SentFilters(email_account_ids=range(100))))["filters"]) == 1


# --- rows --------------------------------------------------------------------------------------------


async def walked(count: int, **page: Any) -> tuple[list[int], list[Any]]:
    """Return the ids and the bodies of an iteration over a view with this many rows."""
    bodies = []

    async def send(request: Request[T], /) -> T:
        sent = body_of(request)
        bodies.append(sent)
        start = sent.get("offset", 0)
        rows = [{"email_lead_map_id": number} for number in range(count)][start : start + sent["limit"]]
        response: T = decode(request.operation, {"ok": True, "data": rows, "offset": start, "limit": 20})
        return response

    leads = Inbox(send).iter_sent(filters=SentFilters(search="northwind"), **page)
    return [lead.email_lead_map_id async for lead in leads], bodies


@pytest.mark.parametrize("count", [0, 19, 20, 41])
async def test_every_page_of_a_view_is_requested_with_its_filters(count: int) -> None:
    found, bodies = await walked(count)
    assert found == list(range(count))
    assert [body.get("offset", 0) for body in bodies] == list(range(0, count + 1, 20))
    assert {body["limit"] for body in bodies} == {20}
    assert all(body["filters"] == {"search": "northwind"} for body in bodies)


@pytest.mark.parametrize(
    "row",
    [
        LEAD,
        {"campaign_lead_map_id": 2500000017, "lead": {"email": "mira@northwind.example"}},
    ],
)
@pytest.mark.parametrize("key", ["data", "messages"])
def test_rows_are_read_in_both_shapes(row: dict[str, Any], key: str) -> None:
    (lead,) = decode(ListReplies.operation, {"ok": True, key: [row]})
    assert (lead.email_lead_map_id, lead.lead_email) == (2500000017, "mira@northwind.example")


def test_the_documented_total_ends_an_iteration() -> None:
    page = decode(ListSnoozed.operation, {"messages": [LEAD | {"snoozed_until": None}], "total_count": "1"})
    assert (page.total, ListSnoozed(limit=1).following(page)) == (1, None)


@pytest.mark.parametrize(
    ("cc", "read"),
    [
        ([{"name": "Ana", "address": "ana@mail.example"}], [Correspondent("ana@mail.example", "Ana")]),
        (["ana@mail.example"], [Correspondent("ana@mail.example")]),
        ("ana@mail.example", [Correspondent("ana@mail.example")]),
        ({"email": "ana@mail.example"}, [Correspondent("ana@mail.example")]),
        ("", []),
        (None, []),
    ],
)
def test_the_recipients_of_copies_are_read_in_every_shape(cc: Any, read: list[Correspondent]) -> None:
    response = {"ok": True, "data": [LEAD | {"email_history": [{"type": "REPLY", "cc": cc}]}]}
    assert decode(GetInboxLead.operation, response).email_history[0].cc == read


@pytest.mark.parametrize("details", [{}, [], {"https://northwind.example": 2}, [{"url": "x"}]])
def test_the_details_of_clicks_are_kept_as_they_are(details: Any) -> None:
    response = {"ok": True, "data": [LEAD | {"email_history": [{"click_details": details}]}]}
    assert decode(GetInboxLead.operation, response).email_history[0].click_details == details


def test_a_lead_that_is_not_in_the_inbox_is_missing() -> None:
    with pytest.raises(Missing):
        decode(GetInboxLead.operation, {"ok": True, "data": []})


@pytest.mark.parametrize("wrapped", [lambda value: value, lambda value: {"ok": True, "data": value}])
def test_untracked_replies_are_read_with_or_without_a_second_envelope(wrapped: Any) -> None:
    reply = {"id": 55012, "body": "Wrong person.", "sender_detail": "leo@other.example"}
    data = {"replies": [reply], "totalCount": "7", "pagination": {"hasMore": True}}
    page = decode(ListUntrackedReplies.operation, wrapped({"success": True, "data": data}))
    assert (page.total, page.has_more) == (7, True)
    assert (page[0].id, page[0].body) == ("55012", MessageBody(text="Wrong person."))
    assert page[0].sender_detail == Correspondent("leo@other.example")


# --- changes -----------------------------------------------------------------------------------------


def test_a_category_is_taken_away_with_null() -> None:
    assert body_of(UpdateInboxCategory(2500000017, None)) == {
        "email_lead_map_id": 2500000017,
        "category_id": None,
    }


def test_a_change_that_changed_nothing_is_not_ok() -> None:
    changed = decode(ChangeReadStatus.operation, {"ok": True, "data": {"success": False, "updated": "0"}})
    assert (changed.ok, changed.updated) == (False, 0)


@pytest.mark.parametrize(
    ("data", "reminder_id"), [({"reminder": {"id": "60012"}}, 60012), ({"reminder_id": 60012}, 60012)]
)
def test_the_id_of_a_reminder_is_found_in_both_shapes(data: Any, reminder_id: int) -> None:
    assert decode(SetReminder.operation, {"ok": True, "message": "ok", "data": data}).id == reminder_id


SENDING = [
    ResumeInboxLead(4101, 2500000017, resume_delay_days=0),
    PushToSubsequence(2500000017, 4200),
]


@pytest.mark.parametrize("request_", SENDING, ids=lambda request: type(request).__name__)
async def test_what_sends_emails_is_sent_once_although_the_response_was_lost(request_: Request[Any]) -> None:
    fake = FakeSmartlead()
    fake.respond(type(request_), {"ok": True})
    fake.script(type(request_).__name__, Fault.lost_after())
    async with SmartleadClient("test-key", transport=fake.transport()) as client:
        with pytest.raises(OutcomeUnknown):
            await client.send(request_)
    assert len(fake.requests) == 1
    assert request_.effect is Effect.SEND
    assert (type(request_).__doc__ or "").startswith("Send")


async def test_an_unknown_lead_is_not_found() -> None:
    fake = FakeSmartlead()
    error = {"error": "Inbox item not found with ID 2500000017"}
    fake.respond(GetInboxLead, error, status=404)
    async with SmartleadClient("test-key", transport=fake.transport()) as client:
        with pytest.raises(NotFound, match="Inbox item not found"):
            await client.inbox.get(2500000017)
