"""The methods and iterators of resources, and rules of single requests that the contract states in prose."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import AsyncIterator, Callable
from typing import Any, TypeVar

import attrs
import pytest

from smartlead_async.api.campaigns.create import CreateCampaign
from smartlead_async.api.campaigns.leads import AddLeads, CampaignLead, ListCampaignLeads, ResumeLead
from smartlead_async.api.campaigns.messages import GetMessageHistories, ListLeadActivities
from smartlead_async.api.campaigns.models import OutOfOfficeSettings
from smartlead_async.api.campaigns.resource import Campaigns
from smartlead_async.api.campaigns.sequences import Delay, StepInput, VariantInput
from smartlead_async.api.campaigns.setup import (
    AddEmailAccounts,
    RemoveEmailAccounts,
    SaveSequences,
    UpdateSettings,
    UpdateStatus,
    UpdateTeamMember,
)
from smartlead_async.api.campaigns.webhooks import DeleteCampaignWebhook, SaveCampaignWebhook
from smartlead_async.api.email_accounts.messages import FetchMessagesBulk, FetchMessagesInput
from smartlead_async.api.email_accounts.models import EmailAccount
from smartlead_async.api.email_accounts.read import ListEmailAccounts
from smartlead_async.api.email_accounts.resource import EmailAccounts
from smartlead_async.api.email_accounts.save import (
    MailboxToken,
    OAuthToken,
    SaveEmailAccount,
    SaveOAuthEmailAccount,
)
from smartlead_async.api.leads.models import LeadInput
from smartlead_async.api.leads.resource import Leads
from smartlead_async.errors import PaginationStalled
from smartlead_async.fields import Secret
from smartlead_async.paging import Page
from smartlead_async.pipeline.decode import decode
from smartlead_async.pipeline.encode import encode
from smartlead_async.request import Request

T = TypeVar("T")
Respond = Callable[[dict[str, str]], Any]


class Recorder:
    """A stand-in for ``client.send`` that records the queries and computes each response from its query."""

    def __init__(self, respond: Respond) -> None:
        self.respond = respond
        self.queries: list[dict[str, str]] = []

    async def __call__(self, request: Request[T], /) -> T:
        query = dict(pair.split("=") for pair in encode(request).query.split("&") if pair)
        self.queries.append(query)
        response: T = decode(request.operation, self.respond(query))
        return response


def body_of(request: Request[Any]) -> Any:
    body = encode(request).body
    return None if body is None else json.loads(body)


def lead(number: int) -> dict[str, Any]:
    return {"id": str(number), "email": f"lead{number}@prospect.example"}


def campaign_leads(count: int) -> Respond:
    def respond(query: dict[str, str]) -> dict[str, Any]:
        offset, limit = int(query.get("offset", 0)), int(query.get("limit", 100))
        found = range(offset, min(offset + limit, count))
        data = [{"campaign_lead_map_id": i, "status": "STARTED", "lead": lead(i)} for i in found]
        return {"total_leads": str(count), "offset": offset, "limit": limit, "data": data}

    return respond


async def ids(items: AsyncIterator[Any], id_of: Callable[[Any], int] = lambda item: item.id) -> list[int]:
    return [id_of(item) async for item in items]


@pytest.mark.parametrize("count", [0, 1, 3, 6, 7])
async def test_offset_iteration_yields_every_item_once_without_extra_requests(count: int) -> None:
    send = Recorder(campaign_leads(count))
    found = await ids(Campaigns(send).iter_leads(4101, limit=3), lambda item: item.campaign_lead_map_id)
    assert found == list(range(count))
    assert [int(q.get("offset", 0)) for q in send.queries] == list(range(0, max(count, 1), 3))


async def test_every_page_request_has_the_filters_and_counts_from_the_start_offset() -> None:
    send = Recorder(campaign_leads(9))
    items = Campaigns(send).iter_leads(4101, offset=2, limit=4, status="STARTED", email_status="is_replied")
    assert await ids(items, lambda item: item.campaign_lead_map_id) == [2, 3, 4, 5, 6, 7, 8]
    assert [(q["offset"], q["status"], q["emailStatus"]) for q in send.queries] == [
        ("2", "STARTED", "is_replied"),
        ("6", "STARTED", "is_replied"),
    ]


async def test_iteration_over_bare_lists_ends_at_the_first_page_that_is_not_full() -> None:
    def respond(query: dict[str, str]) -> list[dict[str, Any]]:
        offset = int(query.get("offset", 0))
        return [
            {"id": i, "from_email": f"box{i}@sender.example"} for i in range(offset, min(offset + 100, 200))
        ]

    send = Recorder(respond)
    assert await ids(EmailAccounts(send).iter_all()) == list(range(200))
    assert [q.get("offset") for q in send.queries] == [None, "100", "200"]


async def test_keyset_iteration_continues_after_the_last_lead() -> None:
    def respond(query: dict[str, str]) -> dict[str, Any]:
        seen, limit = int(query.get("lastSeenLeadId", 0)), int(query["limit"])
        return {"ok": True, "data": {"leads": [lead(i) for i in range(seen + 1, min(seen + limit, 5) + 1)]}}

    send = Recorder(respond)
    assert await ids(Leads(send).iter_all(limit=2)) == [1, 2, 3, 4, 5]
    assert [q.get("lastSeenLeadId") for q in send.queries] == [None, "2", "4"]


@pytest.mark.parametrize("more", ["pagination", "hasMore"])
async def test_iteration_follows_the_has_more_flag_of_the_page(more: str) -> None:
    def respond(query: dict[str, str]) -> dict[str, Any]:
        offset = int(query.get("offset", 0))
        has_more = offset < 2
        flag = {"pagination": {"has_more": has_more}} if more == "pagination" else {"hasMore": has_more}
        return {"data": [{"lead_id": offset}]} | flag

    send = Recorder(respond)
    assert await ids(Campaigns(send).iter_activities(), lambda item: item.lead_id) == [0, 1, 2]


async def test_a_repeated_page_raises_pagination_stalled() -> None:
    send = Recorder(lambda _: {"data": [{"id": 1}], "hasMore": True})
    items = Leads(send).iter_global()
    assert (await anext(items)).id == 1
    with pytest.raises(PaginationStalled, match="ListGlobalLeads"):
        await anext(items)
    assert len(send.queries) == 2


async def test_an_empty_page_that_announces_more_raises_pagination_stalled() -> None:
    send = Recorder(lambda _: {"data": [], "hasMore": True})
    with pytest.raises(PaginationStalled, match="empty page"):
        await ids(Leads(send).iter_global())
    assert len(send.queries) == 1


async def test_pages_are_fetched_only_when_needed() -> None:
    send = Recorder(campaign_leads(9))
    items = Campaigns(send).iter_leads(4101, limit=3)
    assert send.queries == []
    assert isinstance(await anext(items), CampaignLead)
    assert len(send.queries) == 1


def test_an_empty_page_has_no_following_request() -> None:
    page = Page[CampaignLead](data=[], total=0)
    assert ListCampaignLeads(4101).following(page) is None


def test_filters_of_list_operations_are_keyword_only() -> None:
    with pytest.raises(TypeError):
        ListCampaignLeads(4101, 100)  # type: ignore[call-arg] # pyright: ignore[reportCallIssue]


def test_the_error_for_an_invalid_enum_value_lists_the_valid_ones() -> None:
    with pytest.raises(ValueError, match="status must be one of START, PAUSED, STOPPED, not 'ACTIVE'"):
        UpdateStatus(4101, "ACTIVE")
    with pytest.raises(ValueError, match=r"DONT_TRACK_EMAIL_OPEN.* not 'DONT_EMAIL_OPEN'"):
        UpdateSettings(4101, track_settings=["DONT_EMAIL_OPEN"])


def test_a_string_is_not_accepted_as_a_list() -> None:
    with pytest.raises(ValueError, match="event_types must be a list"):
        SaveCampaignWebhook(4101, "crm", "https://hooks.example/sl", "EMAIL_REPLY", ["Interested"])


def test_a_webhook_may_subscribe_to_an_event_that_is_not_known_yet() -> None:
    request = SaveCampaignWebhook(4101, "crm", "https://hooks.example/sl", ["NEW_EVENT"], ["Interested"])
    assert body_of(request)["event_types"] == ["NEW_EVENT"]
    with pytest.raises(ValueError, match="event_types"):
        SaveCampaignWebhook(4101, "crm", "https://hooks.example/sl", [""], ["Interested"])


def test_a_webhook_needs_a_category() -> None:
    with pytest.raises(ValueError, match="categories must have at least 1"):
        SaveCampaignWebhook(4101, "crm", "https://hooks.example/sl", ["EMAIL_REPLY"], [])


@pytest.mark.parametrize(
    ("build", "message"),
    [
        (lambda: AddLeads(1, []), "at least 1"),
        (lambda: AddLeads(1, [LeadInput("a@b.example")] * 401), "at most 400, not 401"),
        (lambda: AddEmailAccounts(1, []), "at least 1"),
        (lambda: RemoveEmailAccounts(1, []), "at least 1"),
        (lambda: SaveSequences(1, []), "at least 1"),
        (lambda: ListCampaignLeads(1, limit=101), "at most 100"),
        (lambda: ListCampaignLeads(1, offset=-1), "at least 0"),
        (lambda: ListEmailAccounts(limit=0), "at least 1"),
        (lambda: CreateCampaign("x" * 256), "at most 255"),
        (lambda: ResumeLead(1, 2, resume_lead_with_delay_days=-1), "at least 0"),
        (lambda: FetchMessagesInput(1, limit=501), "at most 500"),
        (lambda: ListLeadActivities(event_time_to=dt.date(2027, 1, 1)), "needs event_time_from"),
        (lambda: VariantInput("s", "b", "AB"), "one capital letter"),
    ],
)
def test_values_out_of_bounds_are_refused_before_a_request_is_sent(
    build: Callable[[], Any], message: str
) -> None:
    with pytest.raises(ValueError, match=message):
        build()


def test_the_bounds_are_inclusive() -> None:
    assert len(AddLeads(1, [LeadInput("a@b.example")] * 400).lead_list) == 400
    assert ListCampaignLeads(1, limit=100, offset=0).limit == 100
    assert ResumeLead(1, 2, resume_lead_with_delay_days=0).resume_lead_with_delay_days == 0


def test_null_is_sent_only_if_it_was_passed() -> None:
    assert body_of(UpdateSettings(1)) == {}
    assert body_of(UpdateSettings(1, client_id=None, track_settings=[])) == {
        "client_id": None,
        "track_settings": [],
    }
    assert body_of(ResumeLead(1, 2)) == {}
    assert body_of(ResumeLead(1, 2, resume_lead_with_delay_days=None)) == {
        "resume_lead_with_delay_days": None
    }
    assert body_of(UpdateTeamMember(1, None)) == {"teamMemberId": None}
    assert body_of(GetMessageHistories(1, None)) == {"lead_ids": None}
    assert body_of(CreateCampaign(client_id=None)) == {}


def test_unset_fields_of_nested_objects_are_not_sent() -> None:
    assert body_of(AddLeads(1, [LeadInput("a@b.example")])) == {"lead_list": [{"email": "a@b.example"}]}
    step = StepInput(1, Delay(0), seq_variants=[VariantInput("s", "b", "A")])
    assert body_of(SaveSequences(1, [step])) == {
        "sequences": [
            {
                "seq_number": 1,
                "seq_delay_details": {"delay_in_days": 0},
                "seq_variants": [{"subject": "s", "email_body": "b", "variant_label": "A"}],
            }
        ]
    }
    absence = OutOfOfficeSettings(ignore_ooo_as_reply=True, reactivate_ooo_with_delay=None)
    assert body_of(UpdateSettings(1, out_of_office_detection_settings=absence)) == {
        "out_of_office_detection_settings": {"ignoreOOOasReply": True, "reactivateOOOwithDelay": None}
    }


def test_a_read_that_uses_post_sends_its_filters_in_the_query() -> None:
    encoded = encode(GetMessageHistories(1, [9001], event_time_gt=dt.datetime(2027, 1, 1, tzinfo=dt.UTC)))
    assert encoded.query == "event_time_gt=2027-01-01T00%3A00%3A00.000Z"
    assert encoded.body == b'{"lead_ids":[9001]}'


def test_deleting_a_webhook_sends_its_id_in_the_body() -> None:
    encoded = encode(DeleteCampaignWebhook(4101, 801))
    assert (encoded.path, encoded.body) == ("/campaigns/4101/webhooks", b'{"id":801}')


def test_a_whole_body_field_is_sent_as_the_top_level_list() -> None:
    request = FetchMessagesBulk([FetchMessagesInput(501, include_body=True), FetchMessagesInput(502)])
    assert body_of(request) == [{"account_id": 501, "includeBody": True}, {"account_id": 502}]


def test_booleans_in_a_query_are_sent_as_true_and_false() -> None:
    encoded = encode(ListEmailAccounts(is_in_use=False, is_smtp_success=True, email_warmup_status="ACTIVE"))
    assert encoded.query == "limit=100&isInUse=false&emailWarmupStatus=ACTIVE&isSmtpSuccess=true"


def test_a_time_filter_accepts_dates_and_timestamps() -> None:
    day = encode(ListLeadActivities(event_time_from=dt.date(2027, 1, 2)))
    assert day.query == "limit=100&event_time_from=2027-01-02"
    timestamp = encode(ListLeadActivities(event_time_from=dt.datetime(2027, 1, 2, tzinfo=dt.UTC)))
    assert timestamp.query == "limit=100&event_time_from=2027-01-02T00%3A00%3A00.000Z"


def mailbox(**changes: Any) -> SaveEmailAccount:
    values: dict[str, Any] = {
        "from_name": "Ada",
        "from_email": "ada@sender.example",
        "user_name": "ada",
        "password": "hunter2",
        "smtp_host": "smtp.sender.example",
        "smtp_port": 587,
        "imap_host": "imap.sender.example",
        "imap_port": 993,
        "warmup_enabled": True,
    }
    return SaveEmailAccount(**values | changes)


def oauth(**changes: Any) -> SaveOAuthEmailAccount:
    token = OAuthToken(
        "mail", "Bearer", 1, access_token="hunter2", refresh_token="hunter2", id_token="hunter2"
    )
    values: dict[str, Any] = {
        "from_name": "Ada",
        "from_email": "ada@sender.example",
        "username": "ada",
        "type": "GMAIL",
        "token": token,
        "warmup_enabled": True,
        "use_whitelabel_credentials": False,
    }
    return SaveOAuthEmailAccount(**values | changes)


@pytest.mark.parametrize(
    "holder",
    [
        mailbox(imap_password="hunter2"),
        mailbox(token=MailboxToken("mail", 1, "hunter2", "hunter2", "hunter2")),
        oauth(),
        oauth().token,
        MailboxToken("mail", 1, "hunter2", "hunter2", "hunter2"),
    ],
    ids=lambda holder: type(holder).__name__,
)
def test_secrets_are_masked_in_reprs_but_kept_in_the_attributes(holder: Any) -> None:
    assert "hunter2" not in repr(holder)
    assert "hunter2" not in str(holder)
    assert "hunter2" in str(attrs.asdict(holder))


def test_the_passwords_of_a_mailbox_are_read_by_an_explicit_call_only() -> None:
    secret = Secret("hunter2")
    account = EmailAccount(1, "ada@sender.example", password=secret, imap_password=secret)
    assert "hunter2" not in f"{account} {account!r} {attrs.asdict(account)}"
    assert account.password is not None
    assert account.password.reveal() == "hunter2"


@pytest.mark.parametrize(
    ("create", "change"),
    [
        (mailbox(), mailbox(id=501)),
        (oauth(), oauth(id=501)),
        (
            SaveCampaignWebhook(1, "crm", "https://hooks.example", ["EMAIL_REPLY"], ["Interested"]),
            SaveCampaignWebhook(1, "crm", "https://hooks.example", ["EMAIL_REPLY"], ["Interested"], id=801),
        ),
    ],
    ids=lambda request: type(request).__name__,
)
def test_saving_is_repeatable_with_an_id_and_not_without(create: Any, change: Any) -> None:
    assert not create.is_repeatable
    assert change.is_repeatable
    assert body_of(change) == body_of(create) | {"id": change.id}
