"""Events of webhooks: every shape is read, and what cannot be read is refused with its place."""

from __future__ import annotations

import datetime as dt
import json
import logging
import pickle
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smartlead_async import SmartleadError
from smartlead_async import webhooks as w

from .payloads import NESTED, PAYLOADS, body_of, mutations, payload, read, without

LEAD = "lin@prospect.example"
MAILBOX = "ana@mail.example.com"


def lead_event(value: dict[str, Any]) -> w.LeadEvent:
    event = read(value)
    assert isinstance(event, w.LeadEvent)
    return event


@pytest.mark.parametrize(
    ("name", "cls"),
    [
        ("EMAIL_SENT", w.EmailSent),
        ("FIRST_EMAIL_SENT", w.EmailSent),
        ("EMAIL_OPEN", w.EmailOpened),
        ("EMAIL_LINK_CLICK", w.LinkClicked),
        ("EMAIL_REPLY", w.EmailReplied),
        ("EMAIL_BOUNCE", w.EmailBounced),
        ("LEAD_UNSUBSCRIBED", w.LeadUnsubscribed),
        ("LEAD_CATEGORY_UPDATED", w.LeadCategoryUpdated),
        ("UNTRACKED_REPLIES", w.UntrackedReply),
        ("EMAIL_ACCOUNT_DISCONNECTED", w.Alert),
        ("CAMPAIGN_BOUNCE_BREACH", w.Alert),
        ("email.account.disconnected", w.Alert),
        (NESTED, w.EmailReplied),
    ],
)
def test_every_shape_has_its_class(name: str, cls: type[w.Event]) -> None:
    event = read(payload(name))
    assert type(event) is cls
    assert event.time is not None or isinstance(event, w.Alert)


@pytest.mark.parametrize("name", sorted(set(w.SAMPLES) & set(PAYLOADS)))
def test_the_samples_of_the_package_have_the_shape_of_the_captured_ones(name: str) -> None:
    made, captured = w.sample(name), payload(name)
    assert made.keys() == captured.keys()
    assert {k: type(v) for k, v in made.items()} == {k: type(v) for k, v in captured.items()}
    assert type(read(made)) is type(read(captured))


def test_samples_for_another_lead_and_time_are_other_events() -> None:
    at = dt.datetime(2026, 8, 1, tzinfo=dt.UTC)
    event = lead_event(w.sample("EMAIL_REPLY", at=at, campaign_id=7, sl_lead_email="kim@prospect.example"))
    assert (event.campaign_id, event.lead_email, event.time) == (7, "kim@prospect.example", at)


# --- names and envelopes -------------------------------------------------------------------------------


def test_an_event_that_is_not_known_keeps_its_name_and_its_fields() -> None:
    event = read({"event_type": "MEETING_BOOKED", "campaign_id": 4101, "room": "A"})
    assert (type(event), event.type, event.campaign_id) == (w.Event, "MEETING_BOOKED", 4101)
    assert event.payload["room"] == "A"


def test_an_unknown_event_that_names_a_lead_is_an_event_of_the_lead() -> None:
    event = lead_event(payload("EMAIL_SENT", event_type="MANUAL_STEP_REACHED", lead_email=LEAD))
    assert (type(event), event.type, event.lead_email) == (w.LeadEvent, w.EventType.MANUAL_STEP_REACHED, LEAD)
    assert isinstance(event.type, w.EventType)


def test_an_unknown_event_does_not_take_the_recipient_for_the_lead() -> None:
    assert lead_event(payload("EMAIL_SENT", event_type="MANUAL_REPLY_SENT")).lead_email is None


def test_an_alert_that_is_not_known_is_an_alert() -> None:
    event = read({"eventType": "DOMAIN_BLOCKED", "accountId": "7001", "message": "blocked"})
    assert isinstance(event, w.Alert)
    assert (event.type, event.account_id, event.message) == ("DOMAIN_BLOCKED", 7001, "blocked")


def test_the_alert_in_the_documented_envelope_has_its_usual_name() -> None:
    event = read(payload("email.account.disconnected"))
    assert isinstance(event, w.Alert)
    assert (event.type, event.account_id, event.email, event.error) == (
        "EMAIL_ACCOUNT_DISCONNECTED", 7001, MAILBOX, "auth",
    )  # fmt: skip


def test_names_of_older_documentation_are_the_usual_ones() -> None:
    assert isinstance(read(payload("EMAIL_OPEN", event_type="EMAIL_OPENED")), w.EmailOpened)


def test_the_older_nested_envelope_is_read() -> None:
    event = read(payload(NESTED))
    assert isinstance(event, w.EmailReplied)
    assert (event.lead_email, event.subject, event.reply_message.text) == (LEAD, "Quick question", "Yes")


# --- addresses and ids ---------------------------------------------------------------------------------


@pytest.mark.parametrize("name", [n for n, p in PAYLOADS.items() if "to_email" in p])
def test_the_lead_is_found_in_every_event_of_a_campaign(name: str) -> None:
    assert lead_event(payload(name)).lead_email == LEAD


@pytest.mark.parametrize("named", ["sl_lead_email", "leadCorrespondence"])
def test_in_a_reply_the_named_lead_counts_and_not_the_recipient(named: str) -> None:
    others = {"sl_lead_email", "leadCorrespondence"} - {named}
    assert lead_event(without("EMAIL_REPLY", *others, to_email=MAILBOX)).lead_email == LEAD


@pytest.mark.parametrize(
    ("values", "lead"),
    [
        ({"to_email": LEAD}, LEAD),
        ({"to_email": MAILBOX}, None),
        ({"to_email": MAILBOX.upper()}, None),
        ({"to_email": LEAD, "from_email": ""}, None),
        ({"to_email": LEAD, "from_email": None}, None),
    ],
)
def test_in_a_reply_the_recipient_counts_only_if_it_is_not_the_mailbox(
    values: dict[str, Any], lead: str | None
) -> None:
    event = lead_event(without("EMAIL_REPLY", "sl_lead_email", "leadCorrespondence", **values))
    assert event.lead_email == lead


def test_a_colleague_who_replies_is_not_the_lead() -> None:
    correspondence = {"replyReceivedFrom": "boss@prospect.example", "repliedCompanyDomain": "SameCompany"}
    event = read(without("EMAIL_REPLY", "sl_lead_email", to_email=MAILBOX, leadCorrespondence=correspondence))
    assert isinstance(event, w.EmailReplied)
    assert event.lead_email is None
    assert event.correspondence.reply_received_from == "boss@prospect.example"


@pytest.mark.parametrize("value", ["2700000001", 2700000001])
def test_ids_are_numbers_whether_they_come_as_text_or_as_numbers(value: object) -> None:
    event = lead_event(
        payload("EMAIL_SENT", sl_email_lead_map_id=value, sl_email_lead_id=value, campaign_id=value)
    )
    assert (event.lead_map_id, event.lead_id, event.campaign_id) == (2700000001,) * 3


def test_the_map_id_of_a_bounce_is_in_the_link_to_the_inbox() -> None:
    assert lead_event(payload("EMAIL_BOUNCE")).lead_map_id == 2700000001


def test_an_unsubscribe_has_no_ids() -> None:
    event = lead_event(payload("LEAD_UNSUBSCRIBED", ui_master_inbox_link=None))
    assert (event.lead_id, event.lead_map_id, event.from_email, event.lead_email) == (None, None, None, LEAD)


def test_the_sender_of_an_untracked_reply_is_read_from_its_name_and_address() -> None:
    event = read(payload("UNTRACKED_REPLIES"))
    assert isinstance(event, w.UntrackedReply)
    assert (event.sender_email, event.reply_message.text) == ("leo@other.example", "Hi")


# --- times and deprecated fields -----------------------------------------------------------------------


@pytest.mark.parametrize(
    "text", ["2026-07-11T12:51:48.2+00:00", "2026-07-11T12:51:48.20+00:00", "2026-07-11T12:51:48.200Z"]
)
def test_times_are_read_in_every_format(text: str) -> None:
    time = dt.datetime(2026, 7, 11, 12, 51, 48, 200_000, tzinfo=dt.UTC)
    assert read(payload("EMAIL_SENT", event_timestamp=text)).time == time


def test_the_time_of_a_bounce_is_that_of_its_message() -> None:
    event = read(payload("EMAIL_BOUNCE"))
    assert isinstance(event, w.EmailBounced)
    assert event.time == dt.datetime(2026, 7, 11, 12, 52, 30, tzinfo=dt.UTC)
    assert event.time_sent == dt.datetime(2026, 7, 11, 12, 51, 48, 200_000, tzinfo=dt.UTC)


def test_a_bounce_without_a_message_does_not_take_the_time_of_sending_for_its_own() -> None:
    event = read(without("EMAIL_BOUNCE", "bounce_message"))
    assert isinstance(event, w.EmailBounced)
    assert event.time is None
    assert event.bounce_message.text == "550"


def test_fields_that_are_deprecated_fill_in_for_the_new_ones() -> None:
    event = read(without("EMAIL_REPLY", "reply_message", "event_timestamp"))
    assert isinstance(event, w.EmailReplied)
    message = event.reply_message
    assert (message.message_id, message.html, message.text) == ("<r1@prospect.example>", "<p>Yes</p>", "Yes")
    assert event.time == message.time == dt.datetime(2026, 7, 11, 13, 2, 10, tzinfo=dt.UTC)


def test_new_fields_count_before_deprecated_ones() -> None:
    event = read(payload("EMAIL_REPLY", reply_body="old", preview_text="old", message_id="old"))
    assert isinstance(event, w.EmailReplied)
    message = event.reply_message
    assert (message.message_id, message.html, message.text) == ("<r1@prospect.example>", "<p>Yes</p>", "Yes")


def test_the_category_of_a_lead_is_read_from_either_field() -> None:
    for event in (
        read(payload("LEAD_CATEGORY_UPDATED", category="old")),
        read(without("LEAD_CATEGORY_UPDATED", "lead_category")),
    ):
        assert isinstance(event, w.LeadCategoryUpdated)
        assert event.category.new_name == "Interested"
        assert event.last_reply is not None
        assert event.last_reply.html == event.history[1].html == "<p>Yes</p>"


# --- secrets ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", [n for n, p in PAYLOADS.items() if "secret_key" in p])
def test_no_repr_log_or_pickle_of_an_event_shows_its_secrets(
    name: str, caplog: pytest.LogCaptureFixture
) -> None:
    url = "https://hooks.example.com/smartlead?token=hunter2"
    event = read(payload(name, webhook_url=url))
    logging.getLogger("test").warning("%s %r %s", event, event, event.payload)
    shown = f"{caplog.text} {pickle.dumps(event)!r} {json.dumps(event.payload)}"
    assert PAYLOADS[name]["secret_key"] not in shown
    assert "hunter2" not in shown
    assert event.secret_key is not None
    assert event.secret_key.reveal() == PAYLOADS[name]["secret_key"]


def test_the_repr_of_an_event_leaves_out_the_text_of_emails() -> None:
    assert "<div>" not in repr(read(payload("LEAD_CATEGORY_UPDATED")))


# --- refusals --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "problem"),
    [
        ([], "expected an object @ $"),
        ({}, "none of event_type, eventType, type, event @ $"),
        ({"event_type": 5}, "the name of the event is not a string @ $.event_type"),
        (payload("EMAIL_SENT", campaign_id=[4101]), "expected an integer, got a list @ $.campaign_id"),
        (
            payload("EMAIL_SENT", event_timestamp="soon"),
            "expected a date and time, got 'soon' @ $.event_timestamp",
        ),
        (payload("EMAIL_SENT", sent_message="hello"), "@ $.sent_message"),
        (payload("EMAIL_BOUNCE", bounce_message={"time": "x"}), "@ $.bounce_message.time"),
    ],
)
def test_what_cannot_be_read_is_refused_with_its_place(value: Any, problem: str) -> None:
    with pytest.raises(w.WebhookPayloadError) as caught:
        read(value)
    assert problem in str(caught.value)
    assert not caught.value.malformed
    assert pickle.loads(pickle.dumps(caught.value)).problems == caught.value.problems


@pytest.mark.parametrize(
    "raw", [b"", b"\xff", b"<html>", b'{"event_type": NaN}', b'{"a":' * 5000, b"[" * 5000]
)
def test_what_is_not_json_is_refused(raw: bytes) -> None:
    with pytest.raises(w.WebhookPayloadError) as caught:
        w.parse(raw)
    assert caught.value.malformed
    assert isinstance(caught.value, SmartleadError)


def test_an_event_that_is_nested_too_deeply_to_be_stored_is_refused() -> None:
    deep = b'{"event_type": "X", "a": ' + b"[" * 600 + b"]" * 600 + b"}"
    with pytest.raises(w.WebhookPayloadError, match="nested too deeply"):
        w.parse(deep)


def test_a_preview_that_was_cut_within_a_character_is_read() -> None:
    raw = body_of(without("EMAIL_REPLY", "reply_message")).replace(b'"Yes"', b'"Yes \\ud83d"')
    event = w.parse(raw)
    assert isinstance(event, w.EmailReplied)
    assert event.reply_message.text == "Yes \ufffd"


@given(value=mutations())
def test_every_mutation_of_a_sample_is_an_event_or_a_clear_refusal(value: Any) -> None:
    event = read_or_problems(value)
    if isinstance(event, tuple):
        assert event
        assert all(" @ $" in problem for problem in event)
    else:
        assert event.payload.keys() == value.keys()
        assert w.deduplication_key(event) == w.deduplication_key(read(value))
        repr(event)


def read_or_problems(value: Any) -> w.Event | tuple[str, ...]:
    try:
        return read(value)
    except w.WebhookPayloadError as error:
        return error.problems


@given(raw=st.binary(max_size=50))
def test_any_bytes_are_an_event_or_a_clear_refusal(raw: bytes) -> None:
    with pytest.raises(w.WebhookPayloadError):
        w.parse(raw)


def blanked(value: Any, blank: Any) -> Iterator[Any]:
    """Yield every copy of a value in which one part at any depth is blank."""
    if isinstance(value, (dict, list)):
        for key in value if isinstance(value, dict) else range(len(value)):
            for part in (blank, *blanked(value[key], blank)):
                copy = value.copy()
                copy[key] = part
                yield copy


@pytest.mark.parametrize("blank", [None, ""])
def test_nulls_and_empty_strings_are_missing_values_at_every_depth(blank: Any) -> None:
    for name, value in PAYLOADS.items():
        for copy in blanked(value, blank):
            if any(copy.get(key) for key in ("event_type", "eventType", "type", "event")):
                assert read(copy).type == read(value).type, (name, copy)


def test_blank_entries_of_lists_are_left_out() -> None:
    event = read(payload("LEAD_CATEGORY_UPDATED") | {"history": [None, {"type": "SENT", "time": ""}, ""]})
    assert isinstance(event, w.LeadCategoryUpdated)
    (message,) = event.history
    assert message.time is None
