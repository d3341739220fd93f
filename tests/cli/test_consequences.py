"""Commands that mail, spend, buy or destroy ask first, with the figures that are known."""

from __future__ import annotations

import datetime as dt
from typing import Any, Final

import pytest

from smartlead_async.api.areas import operations
from smartlead_async.cli.consequences import consequences_of
from smartlead_async.cli.output import CommandError, Output
from smartlead_async.cli.request_session import confirm_effect
from smartlead_async.cli.target import Target
from smartlead_async.request import Effect

from ..contract import CONTRACT, request_of
from ..test_contract import alternatives, filled

# Mail follows, or something is gone for good, although their effect is only "write".
_WRITES_WITH_CONSEQUENCES: Final = [
    "campaigns.add_leads",
    "lead_lists.push_to_campaign",
    "campaigns.create_subsequence",
    "email_accounts.update_warmup",
    "email_accounts.save",
    "email_accounts.save_oauth",
    "email_accounts.unsuspend",
    "campaigns.update_lead_category",
    "inbox.update_category",
    "clients.create",
    "clients.update",
    "leads.unsubscribe",
    "email_accounts.disconnect_google",
    "email_accounts.disconnect_microsoft",
    "clients.reset_api_key",
    "campaigns.save_sequences",
]
_GRAVE: Final = (Effect.SEND, Effect.SPEND, Effect.DELETE)


def full(name: str) -> Any:
    """Return a request with all fields, except those of which SmartLead takes only one."""
    cls = operations()[name]
    documented = [each for each in CONTRACT if request_of(each) is cls]
    return filled(cls, without=alternatives(documented[0], "oneOf")[1:] if documented else ())


def grave_operations() -> list[str]:
    grave = [name for name, request in operations().items() if request.operation.effect in _GRAVE]
    return [*grave, *_WRITES_WITH_CONSEQUENCES]


def test_every_grave_operation_asks_and_is_refused_where_nobody_can_be_asked() -> None:
    target = Target.parse("fake")
    for name in grave_operations():
        request = full(name)
        with pytest.raises(CommandError, match="pass --yes") as refusal:
            confirm_effect(Output(as_json=False), name, request, target, yes=False)
        assert refusal.value.code == 2, name
        confirm_effect(Output(as_json=False), name, request, target, yes=True)


def test_what_only_reads_does_not_ask() -> None:
    reads = [name for name, request in operations().items() if request.operation.effect is Effect.READ]
    assert [name for name in reads if consequences_of(full(name))] == []


def built(name: str, values: dict[str, Any]) -> Any:
    from smartlead_async.cli.field_values import construct, values_by_name

    request = operations()[name]
    return construct(name, request, values_by_name(name, request, values))


_LEADS: Final = [{"email": "ada@example.com"}, {"email": "bo@example.com"}]


@pytest.mark.parametrize(
    ("name", "values", "figure"),
    [
        ("campaigns.add_leads", {"campaign_id": 1, "lead_list": _LEADS}, "up to 2 leads"),
        (
            "campaigns.add_leads",
            {"campaign_id": 1, "lead_list": _LEADS, "settings": {"ignore_global_block_list": True}},
            "protected otherwise are mailed: ignore_global_block_list",
        ),
        ("campaigns.update_status", {"campaign_id": 1, "status": "STOPPED"}, "cannot be started again"),
        ("campaigns.send_test_email", {"campaign_id": 1, "lead_id": 2, "sequence_number": 1}, "lead itself"),
        ("smart_prospect.fetch_contacts", {"filter_id": 1, "limit": 2500}, "up to 2,500 lead credits"),
        ("smart_prospect.fetch_contacts", {"filter_id": 1, "contact_ids": ["a"]}, "up to 1 lead credit"),
        (
            "clients.update",
            {
                "client_id": 7,
                "email": "a@example.com",
                "name": "Fjord Dental",
                "password": "x",
                "email_credits": 500,
                "lead_credits": 20,
            },
            "moves 500 email credits and 20 lead credits",
        ),
        ("email_accounts.bulk_delete", {"ids": [1, 2, 3]}, "deletes 3 mailboxes"),
        (
            "email_accounts.update",
            {"email_account_id": 1, "is_suspended": False},
            "sending from this mailbox",
        ),
    ],
)
def test_the_figures_are_those_of_the_values(name: str, values: dict[str, Any], figure: str) -> None:
    assert figure in " ".join(consequences_of(built(name, values)))


def test_an_order_names_domains_mailboxes_and_what_they_cost() -> None:
    order = full("smart_senders.place_order")
    (_, figures) = consequences_of(order)
    assert "this buys 1 domain and 1 mailbox" in figures
    assert "about 13.00 USD a year and 4.50 USD a month" in figures


def test_a_repeated_test_says_how_often_it_runs() -> None:
    import attrs

    start = dt.datetime(2027, 1, 1, tzinfo=dt.UTC)
    test = full("smart_delivery.create_automated_test")
    changes = {"schedule_start_time": start, "test_end_date": start + dt.timedelta(days=21), "every_days": 7}
    assert (
        "every 7 days until 2027-01-22, 4 times in all" in consequences_of(attrs.evolve(test, **changes))[-1]
    )


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("campaigns.update_status", {"campaign_id": 1, "status": "PAUSED"}),
        (
            "clients.update",
            {"client_id": 7, "email": "a@example.com", "name": "Fjord Dental", "password": "x"},
        ),
        ("email_accounts.update", {"email_account_id": 1, "is_suspended": True}),
        ("campaigns.update_settings", {"campaign_id": 1, "name": "x"}),
    ],
)
def test_values_without_consequences_do_not_ask(name: str, values: dict[str, Any]) -> None:
    assert consequences_of(built(name, values)) == []
