"""Orders of domains and mailboxes: money is spent once, and secrets do not show."""

from __future__ import annotations

import json
from typing import Any

import attrs
import pytest

from smartlead_async import Effect, FakeSmartlead, OutcomeUnknown, Secret, SmartleadClient
from smartlead_async.api.smart_senders import (
    DomainOrder,
    DomainSearch,
    DomainSuggestion,
    GetOrder,
    GetOtp,
    ListDomains,
    MailboxOrder,
    PlaceOrder,
    Registrant,
    SearchDomain,
)
from smartlead_async.errors import BadRequest, ResponseDecodeError
from smartlead_async.fake import Fault
from smartlead_async.pipeline.classify import read_response
from smartlead_async.pipeline.decode import decode
from smartlead_async.pipeline.encode import encode

REGISTRANT = Registrant(
    email="ops@northwind.example",
    first_name="Ana",
    last_name="Ruiz",
    company="Northwind",
    country="Spain",
    city="Madrid",
    address_line_one="Calle Mayor 1",
    postal_code="28013",
    state="Madrid",
    phone_cc="+34",
    phone="600000000",
    language_preference="en",
)
ORDER = PlaceOrder(
    1,
    "northwind.example",
    REGISTRANT,
    [DomainOrder("getnorthwind.example", [MailboxOrder("ana@getnorthwind.example", "Ana", "Ruiz")])],
)


def test_an_order_is_sent_under_the_documented_names() -> None:
    body = json.loads(encode(ORDER).body or b"")
    assert body["user_details"]["addressLineOne"] == "Calle Mayor 1"
    assert body["user_details"]["languagePreference"] == "en"
    assert body["domains"] == [
        {
            "domain_name": "getnorthwind.example",
            "mailbox_details": [
                {"mailbox": "ana@getnorthwind.example", "first_name": "Ana", "last_name": "Ruiz"}
            ],
        }
    ]


def test_an_order_spends_money_and_says_so_first() -> None:
    assert (ORDER.effect, ORDER.is_repeatable) == (Effect.SPEND, False)
    first_line = (PlaceOrder.__doc__ or "").splitlines()[0]
    assert first_line.startswith("Buy")
    assert "costs money" in first_line


@pytest.mark.parametrize(
    ("fault", "error"),
    [
        (Fault.lost_after(), OutcomeUnknown),
        (Fault.status_after(502), OutcomeUnknown),
        (Fault.truncated(), ResponseDecodeError),
    ],
)
async def test_an_order_is_sent_once_although_the_response_was_lost(
    fault: Fault, error: type[Exception]
) -> None:
    fake = FakeSmartlead()
    fake.respond(PlaceOrder, {"status": "success", "order_id": "895001"})
    fake.script("PlaceOrder", fault)
    async with SmartleadClient("test-key", transport=fake.transport()) as client:
        with pytest.raises(error):
            await client.send(ORDER)
    assert len(fake.requests) == 1


@pytest.mark.parametrize("response", [{"order_id": 895001}, {"ok": True, "data": {"order_id": "895001"}}])
def test_the_id_of_an_order_is_a_string_in_every_shape(response: Any) -> None:
    assert decode(PlaceOrder.operation, response).order_id == "895001"


def test_a_receipt_without_an_id_is_an_error() -> None:
    with pytest.raises(ResponseDecodeError, match="order_id"):
        decode(PlaceOrder.operation, {"status": "success"})


async def test_the_reason_of_a_refusal_is_the_message() -> None:
    fake = FakeSmartlead()
    message = '"domains[0].domain_name" must contain a valid domain name'
    refusal = {"status": "error", "message": message, "context": "Error creating domain"}
    fake.respond(PlaceOrder, refusal, status=400)
    async with SmartleadClient("test-key", transport=fake.transport()) as client:
        with pytest.raises(BadRequest, match="must contain a valid domain name"):
            await client.send(ORDER)


@pytest.mark.parametrize(("field", "value"), [("phone_cc", "34"), ("phone", "600 000 000")])
def test_a_phone_number_that_would_be_refused_is_refused_before(field: str, value: str) -> None:
    with pytest.raises(ValueError, match=field):
        attrs.evolve(REGISTRANT, **{field: value})


def test_an_order_without_domains_is_refused() -> None:
    with pytest.raises(ValueError, match="domains must have at least 1"):
        attrs.evolve(ORDER, domains=[])


def test_passwords_of_mailboxes_are_secrets() -> None:
    account = {"email": "ana@getnorthwind.example", "password": "hunter2"}
    order = decode(GetOrder.operation, {"ok": True, "data": {"order_id": 1, "email_accounts": [account]}})
    assert "hunter2" not in repr(order)
    assert order.email_accounts[0].password.reveal() == "hunter2"


@pytest.mark.parametrize(
    "body", [b'{"data": {"created_at": "soon", "email_accounts": [%b]}}', b'{"data": [%b']
)
def test_an_error_about_a_response_with_passwords_does_not_show_them(body: bytes) -> None:
    body = body.replace(b"%b", b'{"email": "ana@mail.example", "password": "hunter2"}')
    with pytest.raises(ResponseDecodeError) as raised:
        read_response(GetOrder.operation, 200, {}, body, redact=str)
    assert "hunter2" not in f"{raised.value} {raised.value.excerpt} {raised.value.problems}"


def test_an_error_about_another_response_shows_its_beginning() -> None:
    with pytest.raises(ResponseDecodeError) as raised:
        read_response(SearchDomain.operation, 200, {}, b'{"suggestions": 5}', redact=str)
    assert raised.value.excerpt == '{"suggestions": 5}'


def test_a_one_time_password_is_a_secret_that_keeps_its_zeros() -> None:
    for otp in ("000042", 402871):
        password = decode(GetOtp.operation, {"success": True, "data": {"otp": otp}})
        assert password.otp == Secret(str(otp))
        assert str(otp) not in repr(password)


@pytest.mark.parametrize(
    "response", [["getnorthwind.example"], {"ok": True, "data": [{"domain_name": "getnorthwind.example"}]}]
)
def test_domains_may_be_names_alone(response: Any) -> None:
    (domain,) = decode(ListDomains.operation, response)
    assert domain.domain_name == "getnorthwind.example"


def test_a_search_is_read_in_every_shape() -> None:
    found = {"domain": "a.example", "available": False, "suggestions": [{"domain": "b.example"}]}
    for response in (found, {"ok": True, "data": found}, found | {"suggestions": ["b.example"]}):
        search = decode(SearchDomain.operation, json.loads(json.dumps(response)))
        assert attrs.evolve(search, data=None) == DomainSearch(
            "a.example", available=False, suggestions=[DomainSuggestion("b.example")]
        )
