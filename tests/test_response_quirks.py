"""The quirks of SmartLead's responses: one value in several shapes and under several names."""

from __future__ import annotations

import typing
from typing import Any

import attrs
import pytest

from smartlead_async.api import acknowledgement as common
from smartlead_async.api.acknowledgement import Acknowledgement
from smartlead_async.api.campaigns import messages, sequences, webhooks
from smartlead_async.api.campaigns import models as campaigns
from smartlead_async.api.campaigns.create import SubsequenceCreated
from smartlead_async.api.campaigns.leads import LeadResumed, LeadsAdded, ListCampaignLeads
from smartlead_async.api.campaigns.messages import ListLeadActivities, Message
from smartlead_async.api.campaigns.models import Campaign, CampaignStatus, StoredTrackSetting
from smartlead_async.api.campaigns.sequences import SequenceDelay, SequenceStep, SequenceVariant
from smartlead_async.api.campaigns.statistics import CampaignAnalytics
from smartlead_async.api.campaigns.webhooks import Webhook
from smartlead_async.api.email_accounts import models as email_accounts
from smartlead_async.api.email_accounts.connection import EmailAccountSuspension
from smartlead_async.api.email_accounts.models import EmailAccount
from smartlead_async.api.email_accounts.read import ListEmailAccounts
from smartlead_async.api.email_accounts.save import EmailAccountSaved
from smartlead_async.api.email_accounts.warmup import WarmupDay, WarmupStats
from smartlead_async.api.leads import models as leads
from smartlead_async.api.leads.models import Lead, LeadCampaign
from smartlead_async.api.leads.read import ListAllLeads, ListGlobalLeads
from smartlead_async.errors import ResponseDecodeError
from smartlead_async.fields import bare_list, bare_string
from smartlead_async.pipeline import converter as wire
from smartlead_async.pipeline.decode import Missing, decode
from smartlead_async.request import Effect, Request

CAMPAIGN = {"id": 4101, "name": "Spring", "status": "DRAFTED"}


@pytest.mark.parametrize(
    "stored",
    [
        {"tz": "Europe/Berlin", "days": [0, 1], "startHour": "09:00", "endHour": "17:00"},
        '{"tz":"Europe/Berlin","days":[0,1],"startHour":"09:00","endHour":"17:00"}',
    ],
)
def test_a_schedule_is_read_from_an_object_or_a_json_string(stored: Any) -> None:
    read = wire.structure(CAMPAIGN | {"scheduler_cron_value": stored}, Campaign).schedule
    assert (read.timezone, read.days, read.start_hour, read.end_hour) == (
        "Europe/Berlin",
        [0, 1],
        "09:00",
        "17:00",
    )


def test_a_new_campaign_has_no_schedule_and_no_track_settings() -> None:
    campaign = wire.structure(CAMPAIGN | {"scheduler_cron_value": None, "track_settings": None}, Campaign)
    assert campaign.schedule is None
    assert campaign.track_settings == []
    assert campaign.status is CampaignStatus.DRAFTED


def test_a_schedule_string_that_is_not_json_is_an_error_with_its_path() -> None:
    with pytest.raises(ResponseDecodeError) as caught:
        wire.structure(CAMPAIGN | {"scheduler_cron_value": "weekdays"}, Campaign)
    assert caught.value.problems == (
        "expected an object, got the string 'weekdays' @ $.scheduler_cron_value",
    )


@pytest.mark.parametrize(
    ("stored", "read"),
    [
        ("DONT_EMAIL_OPEN", [StoredTrackSetting.DONT_EMAIL_OPEN]),
        (["DONT_LINK_CLICK", "DONT_BLINK"], [StoredTrackSetting.DONT_LINK_CLICK, "DONT_BLINK"]),
        ("", []),
    ],
)
def test_track_settings_are_always_read_as_a_list(stored: Any, read: list[str]) -> None:
    assert wire.structure(CAMPAIGN | {"track_settings": stored}, Campaign).track_settings == read


def test_only_single_or_list_fields_accept_a_bare_string() -> None:
    assert wire.structure({"type": "SENT", "cc": "a@b.example"}, Message).cc == ["a@b.example"]
    with pytest.raises(ResponseDecodeError, match="expected a list"):
        wire.structure({"id": 1, "webhook_url": "https://hooks.example", "categories": "abc"}, Webhook)


@attrs.frozen
class Person:
    address: str | None = attrs.field(default=None, metadata=bare_string("address", "email"))
    name: str | None = None


@pytest.mark.parametrize(
    ("given", "read"),
    [
        ("ana@mail.example", Person("ana@mail.example")),
        ("", Person("")),
        ({"address": "ana@mail.example", "name": "Ana"}, Person("ana@mail.example", "Ana")),
        ({"email": "ana@mail.example"}, Person("ana@mail.example")),
        ('{"email": "ana@mail.example", "name": "Ana"}', Person("ana@mail.example", "Ana")),
        ("[1]", Person("[1]")),
    ],
)
def test_an_object_may_come_as_a_bare_string(given: Any, read: Person) -> None:
    assert wire.structure([given, given], list[Person]) == [read, read]


@attrs.frozen
class Times:
    average: str | None = None
    ranges: list[Person] = attrs.field(factory=list, metadata=bare_list("ranges"))


@pytest.mark.parametrize(
    ("given", "read"),
    [
        ([{"name": "Ana"}], Times(ranges=[Person(name="Ana")])),
        ([], Times()),
        ({"average": "9h", "ranges": []}, Times("9h")),
        ('{"average": "9h"}', Times("9h")),
    ],
)
def test_an_object_may_come_as_a_bare_list(given: Any, read: Times) -> None:
    assert wire.structure({"times": given}, dict[str, Times]) == {"times": read}


def test_an_object_that_may_come_as_a_list_does_not_come_as_a_string() -> None:
    with pytest.raises(ResponseDecodeError, match="expected an object, got the string '9h'"):
        wire.structure({"times": "9h"}, dict[str, Times])


@attrs.frozen
class GetPerson(
    Request[Person],
    method="GET",
    path="/person",
    effect=Effect.READ,
    repeatable=True,
    unwrap=("data.person", "person"),
):
    """Return a person."""


@attrs.frozen
class ListPeople(
    Request[list[Person]],
    method="GET",
    path="/people",
    effect=Effect.READ,
    repeatable=True,
    unwrap=("data.people", "data"),
):
    """Return people."""


@pytest.mark.parametrize(
    "wrapped",
    [
        lambda value: {"ok": True, "data": {"person": value}},
        lambda value: {"person": value},
        lambda value: value,
    ],
)
def test_an_object_may_be_wrapped_several_times(wrapped: Any) -> None:
    assert decode(GetPerson.operation, wrapped({"name": "Ana"})) == Person(name="Ana")


@pytest.mark.parametrize(
    "wrapped", [lambda value: {"data": {"people": value}}, lambda value: {"data": value}, lambda value: value]
)
def test_a_list_may_be_wrapped_several_times(wrapped: Any) -> None:
    assert decode(ListPeople.operation, wrapped([{"name": "Ana"}])) == [Person(name="Ana")]


def test_what_is_neither_an_object_nor_its_bare_string_is_an_error() -> None:
    with pytest.raises(ResponseDecodeError) as caught:
        wire.structure(["ana@mail.example", 5, ["x"]], list[Person])
    assert caught.value.problems == (
        "expected an object, got 5 @ $[1]",
        "expected an object, got a list @ $[2]",
    )


@pytest.mark.parametrize("given", [99, "99%", "99", 99.0])
def test_a_warmup_reputation_is_a_number(given: Any) -> None:
    account = wire.structure(
        {"id": 1, "from_email": "a@b.example", "warmup_details": {"warmup_reputation": given}}, EmailAccount
    )
    assert account.warmup_details.warmup_reputation == 99.0


@pytest.mark.parametrize(
    ("given", "read"), [(["a@b.example"], ["a@b.example"]), (3, 3), ("3", 3), (None, None)]
)
def test_unsubscribed_leads_are_a_list_or_a_count(given: Any, read: Any) -> None:
    assert wire.structure({"ok": True, "unsubscribed_leads": given}, LeadsAdded).unsubscribed_leads == read


def test_an_invalid_value_in_a_map_is_reported_with_its_path() -> None:
    with pytest.raises(ResponseDecodeError) as caught:
        wire.structure({"emailToLeadIdMap": {"newlyAddedLeads": {"a@b.example": "x"}}}, LeadsAdded)
    (problem,) = caught.value.problems
    assert problem == (
        "expected an integer, got the string 'x' @ $.emailToLeadIdMap.newlyAddedLeads['a@b.example']"
    )


def test_an_alternative_name_is_read_if_the_first_is_null() -> None:
    page = decode(ListCampaignLeads.operation, {"total_leads": None, "total_count": "7", "leads": []})
    assert (page.total, page.data) == (7, [])


def test_strings_of_digits_are_read_as_numbers() -> None:
    assert wire.structure({"id": "9001", "email": "a@b.example"}, Lead).id == 9001


def test_a_missing_field_is_reported_under_its_name_in_the_response() -> None:
    with pytest.raises(ResponseDecodeError) as caught:
        decode(ListAllLeads.operation, {"data": {"leads": [{"id": 1}]}})
    assert caught.value.problems == ("required field missing @ $.data.leads[0].email",)


@pytest.mark.parametrize(
    ("kind", "response", "attribute", "value"),
    [
        (SubsequenceCreated, {"success": True, "subsequence_id": 4102}, "id", 4102),
        (CampaignAnalytics, {"campaign_id": 1, "total_sent": 12}, "sent_count", 12),
        (CampaignAnalytics, {"campaign_id": 1, "total_opened": 3}, "open_count", 3),
        (CampaignAnalytics, {"campaign_id": 1, "total_clicked": 2}, "click_count", 2),
        (CampaignAnalytics, {"campaign_id": 1, "total_replied": 1}, "reply_count", 1),
        (CampaignAnalytics, {"campaign_id": 1, "campaign_name": "Spring"}, "name", "Spring"),
        (LeadsAdded, {"success": True, "added_count": 2}, "upload_count", 2),
        (LeadsAdded, {"ok": True, "inserted_count": 1}, "upload_count", 1),
        (LeadsAdded, {"ok": True, "blocked_count": 4}, "block_count", 4),
        (LeadsAdded, {"success": True, "lead_ids": [9001]}, "added_lead_ids", [9001]),
        (LeadCampaign, {"campaign_id": 1, "campaign_name": "Spring"}, "name", "Spring"),
        (EmailAccountSaved, {"ok": True, "emailAccountId": 501}, "id", 501),
        (EmailAccountSaved, {"ok": True, "data": {"id": 501}}, "id", 501),
        (EmailAccountSaved, {"ok": True, "id": 501}, "id", 501),
        (WarmupStats, {"total_sent": 140}, "sent_count", 140),
        (WarmupStats, {"reputation_score": 95}, "reputation_score", 95.0),
        (WarmupDay, {"sent": 20}, "sent_count", 20),
        (WarmupDay, {"replied": 6}, "reply_count", 6),
        (WarmupDay, {"spam": 1}, "spam_count", 1),
        (WarmupDay, {"delivered": 19}, "delivered_count", 19),
        (WarmupDay, {"opened": 16}, "opened_count", 16),
        (SequenceDelay, {"delay_in_days": "3"}, "delay_in_days", 3),
        (SequenceVariant, {"id": 1, "variant_name": "Variant A"}, "variant_label", "Variant A"),
        (SequenceStep, {"id": 1, "seq_number": 1, "seq_variants": None}, "sequence_variants", []),
        (Acknowledgement, {"success": False}, "ok", False),
        (Acknowledgement, {"success": True, "data": {"message": "done"}}, "message", "done"),
        (LeadResumed, {"success": True, "message": "soon"}, "message", "soon"),
        (EmailAccountSuspension, {"ok": True}, "is_suspended", None),
    ],
)
def test_a_value_is_read_under_each_of_its_names(
    kind: Any, response: dict[str, Any], attribute: str, value: Any
) -> None:
    assert getattr(wire.structure(response, kind), attribute) == value


@pytest.mark.parametrize(
    ("request_class", "response", "attribute", "value"),
    [
        (ListCampaignLeads, {"leads": [], "total": 5}, "total", 5),
        (ListCampaignLeads, {"data": [], "total_leads": "5"}, "total", 5),
        (ListLeadActivities, {"data": [], "hasMore": False}, "has_more", False),
        (ListLeadActivities, {"data": [], "pagination": {"has_more": True}}, "has_more", True),
        (ListGlobalLeads, {"data": [], "hasMore": True}, "has_more", True),
        (ListAllLeads, {"data": {"leads": [], "totalCount": 7}}, "total", 7),
        (ListAllLeads, {"data": {"leads": [], "pagination": {"hasMore": True}}}, "has_more", True),
        (ListEmailAccounts, [], "data", []),
        (ListEmailAccounts, {"data": []}, "data", []),
    ],
)
def test_a_page_is_read_in_each_of_its_shapes(
    request_class: type[Request[Any]], response: Any, attribute: str, value: Any
) -> None:
    assert getattr(decode(request_class.operation, response), attribute) == value


@pytest.mark.parametrize(
    ("response", "problem"),
    [
        ({"data": {"leads": [{"id": 1}]}}, "required field missing @ $.data.leads[0].email"),
        ([{"id": 1}], "required field missing @ $[0].email"),
        ({"leads": [{"id": 1}]}, "required field missing @ $.leads[0].email"),
        ({"data": 5}, "expected a list, got 5 @ $.data.leads"),
    ],
)
def test_a_problem_in_a_page_is_reported_with_its_path_in_the_response(response: Any, problem: str) -> None:
    with pytest.raises(ResponseDecodeError) as caught:
        decode(ListAllLeads.operation, response)
    assert caught.value.problems == (problem,)


def test_an_empty_response_is_not_a_page() -> None:
    with pytest.raises(Missing):
        decode(ListAllLeads.operation, {})


def models() -> list[Any]:
    modules = (campaigns, common, email_accounts, leads, messages, sequences, webhooks)
    return [c for m in modules for c in vars(m).values() if attrs.has(c) and c.__module__ == m.__name__]


@pytest.mark.parametrize("model", models(), ids=lambda model: model.__name__)
def test_a_missing_list_is_read_as_empty_and_never_as_none(model: Any) -> None:
    hints = typing.get_type_hints(model)
    lists = [f for f in attrs.fields(model) if typing.get_origin(hints[f.name]) is list]
    assert [f.name for f in lists if f.default is None] == []
    optional = [str(h) for h in hints.values() if "list[" in str(h) and "None" in str(h)]
    assert optional == (["list[typing.Any] | int | None"] if model is LeadsAdded else [])
