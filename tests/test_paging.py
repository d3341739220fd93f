"""Declarations of lists in pages, of requests whose effect depends on values, and of responses in bytes."""

from __future__ import annotations

import json
from typing import Any, TypeVar, assert_type

import attrs
import pytest

from smartlead_async.api.campaigns.setup import UpdateStatus
from smartlead_async.api.campaigns.webhooks import SaveCampaignWebhook
from smartlead_async.api.email_accounts import SaveEmailAccount, UpdateWarmup
from smartlead_async.paging import ItemT, OffsetPaged, Page, ScrollPaged, walk_pages
from smartlead_async.pipeline.classify import read_response
from smartlead_async.pipeline.decode import decode
from smartlead_async.pipeline.encode import encode
from smartlead_async.request import Effect, Request, query

T = TypeVar("T")


@attrs.frozen
class Word:
    """An item of a list."""

    text: str


@attrs.frozen
class ListWords(OffsetPaged[Word], method="GET", path="/words", effect=Effect.READ, repeatable=True):
    """A list whose server sends 2 items a page unless it is told otherwise."""

    offset: int | None = attrs.field(default=None, kw_only=True)
    limit: int = attrs.field(default=5, kw_only=True)


@attrs.frozen
class SearchWords(
    OffsetPaged[Word],
    method="POST",
    path="/words/search",
    effect=Effect.READ,
    repeatable=True,
    items=("data.words",),
):
    """The same with the limit in the body and another parameter in the query."""

    offset: int | None = attrs.field(default=None, kw_only=True)
    limit: int = attrs.field(default=5, kw_only=True)
    verbose: bool | None = attrs.field(default=None, kw_only=True, metadata=query())


@attrs.frozen
class ScrollPage(Page[ItemT]):
    """A page with a field of its own."""

    search_id: int | None = None


@attrs.frozen
class ScrollWords(
    ScrollPaged[ScrollPage[Word], Word],
    method="POST",
    path="/words/scroll",
    effect=Effect.READ,
    repeatable=True,
    items=("data.list",),
):
    """A list in which each page names the next one."""

    limit: int = attrs.field(default=2, kw_only=True)
    scroll_id: str | None = attrs.field(default=None, kw_only=True)


@attrs.frozen
class DeleteWord(Request[bytes], method="DELETE", path="/words", effect=Effect.DELETE, repeatable=True):
    """A deletion with its id in the query, whose response is not JSON."""

    id: int = attrs.field(metadata=query())


class Words:
    """Eleven words behind each of the three requests."""

    def __init__(self, *, default: int = 2) -> None:
        self.words = [{"text": str(number)} for number in range(11)]
        self.default = default
        self.sent: list[dict[str, Any]] = []

    async def __call__(self, request: Request[T], /) -> T:
        _, query_string, body = encode(request)
        sent: dict[str, Any] = dict(pair.split("=") for pair in query_string.split("&") if pair)
        sent |= json.loads(body) if body else {}
        self.sent.append(sent)
        start = int(sent.get("offset") or sent.get("scroll_id") or 0)
        end = start + int(sent.get("limit", self.default))
        page: Any = self.words[start:end]
        if isinstance(request, SearchWords):
            page = {"success": True, "data": {"words": page}}
        if isinstance(request, ScrollWords):
            page = {"data": {"list": page, "scroll_id": str(end), "total_count": 11, "search_id": "7"}}
        response: T = decode(request.operation, page)
        return response


@pytest.mark.parametrize("request_class", [ListWords, SearchWords])
async def test_the_limit_is_always_sent_so_that_no_default_of_the_server_ends_the_list(
    request_class: type[ListWords | SearchWords],
) -> None:
    words = Words()
    found = [word.text async for word in walk_pages(words, request_class())]
    assert found == [str(number) for number in range(11)]
    assert [int(sent["limit"]) for sent in words.sent] == [5, 5, 5]


async def test_a_scrolled_list_ends_with_an_empty_page() -> None:
    words = Words()
    found = [word.text async for word in walk_pages(words, ScrollWords(limit=4))]
    assert found == [str(number) for number in range(11)]
    assert [sent.get("scroll_id") for sent in words.sent] == [None, "4", "8", "12"]


async def test_a_page_may_have_fields_of_its_own() -> None:
    page = assert_type(await Words()(ScrollWords(limit=2)), ScrollPage[Word])
    assert (page.search_id, page.total, page.scroll_id) == (7, 11, "2")
    assert page.data == [Word("0"), Word("1")]


@attrs.frozen
class DeepWords(
    OffsetPaged[Word],
    method="GET",
    path="/words/deep",
    effect=Effect.READ,
    repeatable=True,
    items=("data.words", "data.data.words"),
):
    """A list that may be wrapped twice."""

    offset: int | None = attrs.field(default=None, kw_only=True)
    limit: int = attrs.field(default=5, kw_only=True)


@pytest.mark.parametrize("levels", [1, 2])
def test_the_total_of_a_page_is_found_beside_the_list(levels: int) -> None:
    response: Any = {"words": [{"text": "a"}], "totalCount": "7", "pagination": {"hasMore": True}}
    for _ in range(levels):
        response = {"success": True, "data": response}
    page = decode(DeepWords.operation, response)
    assert (page.data, page.total, page.has_more) == ([Word("a")], 7, True)


def test_a_page_behaves_like_a_list() -> None:
    page = Page([Word("a"), Word("b")])
    assert ([word.text for word in page], len(page), page[1].text) == (["a", "b"], 2, "b")
    assert not Page[Word]([])


def test_a_paged_request_needs_a_limit() -> None:
    with pytest.raises(TypeError, match="NoLimit needs a field 'limit'"):

        @attrs.frozen
        class NoLimit(OffsetPaged[Word], method="GET", path="/x", effect=Effect.READ, repeatable=True):
            limit: int | None = None


def test_parameters_of_a_request_that_is_no_get_can_be_in_the_query() -> None:
    assert encode(SearchWords(verbose=True))[1:] == ("verbose=true", b'{"limit":5}')
    assert encode(DeleteWord(7))[1:] == ("id=7", None)


def test_a_response_of_bytes_is_not_touched() -> None:
    image = b"\x89PNG\r\n\xff\x00{"
    assert read_response(DeleteWord.operation, 200, {}, image, redact=str) == image


@pytest.mark.parametrize("enabled", [True, False])
def test_turning_a_warmup_on_sends_and_turning_it_off_only_writes(enabled: bool) -> None:
    expected = Effect.SEND if enabled else Effect.WRITE
    assert UpdateWarmup(501, enabled).effect is expected
    mailbox = SaveEmailAccount(
        from_name="Ada", from_email="ada@sender.example", user_name="ada", password="hunter2",
        smtp_host="smtp.sender.example", smtp_port=587, imap_host="imap.sender.example", imap_port=993,
        warmup_enabled=enabled,
    )  # fmt: skip
    assert mailbox.effect is expected


def test_the_effect_and_the_retry_rule_follow_the_values() -> None:
    assert UpdateStatus(1, "START").effect is Effect.SEND
    assert {UpdateStatus(1, status).effect for status in ("PAUSED", "STOPPED")} == {Effect.WRITE}
    webhook = SaveCampaignWebhook(1, "crm", "https://hooks.example/sl", ["EMAIL_REPLY"], ["Interested"])
    assert (webhook.is_repeatable, attrs.evolve(webhook, id=5).is_repeatable) == (False, True)
