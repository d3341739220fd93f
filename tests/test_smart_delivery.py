"""Rules of the deliverability tests that their contract states in prose."""

from __future__ import annotations

import copy
from typing import Any, TypeVar, assert_type

import pytest

from smartlead_async.api.smart_delivery.authentication import DomainBlacklist, IpBlacklist
from smartlead_async.api.smart_delivery.create import CreateAutomatedTest, CreateManualTest
from smartlead_async.api.smart_delivery.models import SpamTest
from smartlead_async.api.smart_delivery.placement import GetProviderReport, ProviderReport
from smartlead_async.api.smart_delivery.resource import SmartDelivery
from smartlead_async.api.smart_delivery.senders import SeedMail, SenderFigures
from smartlead_async.api.smart_delivery.spam_tests import ListTests
from smartlead_async.pipeline.decode import decode
from smartlead_async.pipeline.encode import encode
from smartlead_async.request import Request

from .contract import CONTRACT, request_of

T = TypeVar("T")


def seen(operation_id: str, index: int | None = None) -> Any:
    """Return the example response of an operation, or another one that was seen, decoded."""
    response = CONTRACT[f"smart_delivery.{operation_id}"]["response"]
    example = response["example"] if index is None else response["also_seen"][index]["example"]
    example = copy.deepcopy(example)  # decoding turns the items of a list into objects in place
    return decode(request_of(f"smart_delivery.{operation_id}").operation, example)


def test_the_type_of_a_list_of_tests_is_in_the_query_and_the_page_in_the_body() -> None:
    encoded = encode(ListTests(test_type="auto", offset=100))
    assert (encoded.query, encoded.body) == ("testType=auto", b'{"limit":100,"offset":100}')


def test_the_mails_of_a_sender_are_told_from_figures_about_them() -> None:
    (mails,), (figures,) = seen("sender_account_wise_report"), seen("sender_account_wise_report", 0)
    assert isinstance(mails.details[0], SeedMail)
    assert mails.details[0].reply is not None
    assert mails.details[0].reply.id == 23001
    assert isinstance(figures.details, SenderFigures)


def test_the_three_forms_of_the_ip_blacklist_are_one_list() -> None:
    mailbox, mail, total = (seen("blacklists", index) for index in (None, 0, 1))
    assert mailbox[0].details[0].blacklist_status.total_tests == 52
    assert (mail[0].from_email, mail[0].ip, mail[0].details) == ("ana@mail.example.com", "192.0.2.10", "")
    assert total == [IpBlacklist(total_blacklist=0)]


def test_a_total_of_the_domain_blacklist_is_the_only_item_of_the_list() -> None:
    (total,), (mailbox,) = seen("domain_blacklist"), seen("domain_blacklist", 0)
    assert isinstance(total, DomainBlacklist)
    assert (total.domain, total.total_tests, total.seed_accounts) == ("mail.example.com", 52, [])
    assert mailbox.seed_accounts[0].domain_blacklisted is False


@pytest.mark.parametrize(
    ("status", "finished"),
    [("ACTIVE", False), ("active", False), (None, False), ("COMPLETED", True), ("stopped", True)],
)
def test_a_test_is_finished_when_its_status_is_no_longer_active(status: str | None, finished: bool) -> None:
    assert SpamTest(9101, status=status).is_finished is finished


@pytest.mark.parametrize(
    ("overall", "counts", "coverage"),
    [(48, [24, 12], 0.75), (48, [], 0.0), (0, [], None), (None, [1], None), (48, [48], 1.0)],
)
def test_the_coverage_of_a_report_is_the_part_of_the_mails_that_is_known(
    overall: int | None, counts: list[int], coverage: float | None
) -> None:
    result = [{"provider": "Gmail", "adjusted_total_email_count": str(count)} for count in counts]
    body = {"overallTotalCount": overall, "status": "COMPLETED", "result": result}
    report: ProviderReport = decode(GetProviderReport.operation, body)
    assert report.coverage == coverage


@pytest.mark.parametrize("request_class", [CreateManualTest, CreateAutomatedTest])
def test_what_spends_says_so_first_and_is_not_repeatable(request_class: type[Request[Any]]) -> None:
    assert (request_class.__doc__ or "").startswith("Spend ")
    assert not request_class.operation.repeatable


async def test_reports_have_the_types_of_their_declarations() -> None:
    async def no_send(request: Request[T], /) -> T:
        raise LookupError(request.operation.name)

    delivery = SmartDelivery(no_send)
    with pytest.raises(LookupError, match="GetTest"):
        assert_type(await delivery.get_test(9101), SpamTest)
    with pytest.raises(LookupError, match="GetIpBlacklist"):
        assert_type(await delivery.ip_blacklist("test_001"), list[IpBlacklist])
    with pytest.raises(LookupError, match="GetReplyEmailHeaders"):
        assert_type(await delivery.reply_email_headers(9101, 23001), dict[str, str | list[str]])
