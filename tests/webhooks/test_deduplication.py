"""An event is known again, whatever its delivery looks like, and another event is not taken for it."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smartlead_async.webhooks import deduplication_key

from .payloads import PAYLOADS, payload, read, without


def key(value: dict[str, Any], **headers: str) -> str:
    return deduplication_key(read(value), {name.replace("_", "-"): v for name, v in headers.items()})


def test_the_samples_are_different_events() -> None:
    keys = {key(value) for value in PAYLOADS.values()}
    assert len(keys) == len(PAYLOADS)


def test_sent_opened_and_clicked_of_one_email_are_different_events() -> None:
    same = {"event_timestamp": "2026-07-11T12:51:48.2+00:00", "message_id": "<m1@mail.example.com>"}
    names = ("EMAIL_SENT", "FIRST_EMAIL_SENT", "EMAIL_OPEN", "EMAIL_LINK_CLICK")
    assert len({key(payload(name, **same)) for name in names}) == 4


@pytest.mark.parametrize("name", sorted(PAYLOADS))
@given(data=st.data())
def test_a_repeated_delivery_has_the_same_key(name: str, data: st.DataObject) -> None:
    value = payload(name)
    order = data.draw(st.permutations(list(value)))
    again = {k: value[k] for k in order}
    if "event_timestamp" in again:
        again |= data.draw(
            st.fixed_dictionaries({}, optional={
                "description": st.text(), "secret_key": st.uuids().map(str), "webhook_id": st.integers(1, 9),
                "campaign_status": st.sampled_from(["PAUSED", "COMPLETED"]), "app_url": st.text(),
                "event_timestamp": st.just(value["event_timestamp"].replace("Z", "+00:00")),
            })
        )  # fmt: skip
    assert key(again) == key(value)


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("EMAIL_OPEN", {"event_timestamp": "2026-07-11T13:00:01.08+00:00"}),
        ("EMAIL_OPEN", {"to_email": "kim@prospect.example"}),
        ("EMAIL_OPEN", {"campaign_id": 4102}),
        ("EMAIL_OPEN", {"sequence_number": 2}),
        ("EMAIL_LINK_CLICK", {"link_clicked": ["https://example.com/b"]}),
        ("EMAIL_REPLY", {"reply_message": {"message_id": "<r2@prospect.example>"}}),
        ("EMAIL_BOUNCE", {"bounce_message": {"message_id": "<b2@mx.example>"}}),
        ("LEAD_CATEGORY_UPDATED", {"lead_category": {"old_id": 1, "new_id": 2}}),
        ("UNTRACKED_REPLIES", {"reply_message": {"message_id": "<u2@other.example>"}}),
        ("EMAIL_ACCOUNT_DISCONNECTED", {"accountId": 7002}),
        ("email.account.disconnected", {"id": "evt_2"}),
    ],
)
def test_another_event_has_another_key(name: str, values: dict[str, Any]) -> None:
    assert key(payload(name, **values)) != key(payload(name))


def test_a_reply_is_known_by_its_message_and_not_by_its_time() -> None:
    other = payload("EMAIL_REPLY", event_timestamp="2026-07-11T14:02:10.000Z")
    assert key(other) == key(payload("EMAIL_REPLY"))


def test_a_reply_or_bounce_without_a_message_id_is_known_by_its_time() -> None:
    reply = without("EMAIL_REPLY", "reply_message", "message_id")
    bounce = without("EMAIL_BOUNCE", "bounce_message", "bounce_reply_message_id")
    for value in (reply, bounce):
        assert key(value).startswith("event:")
        assert key(value) != key(value | {"event_timestamp": "2026-07-11T14:02:10Z", "time_sent": None})


def test_the_request_id_counts_if_there_is_one() -> None:
    value = payload("EMAIL_OPEN")
    assert key(value, X_Request_Id="a") == "request:a" != key(value, x_request_id="b")
    assert key(value, X_Request_Id="") == key(value)
    untrusted = deduplication_key(read(value), {"X-Request-Id": "a"}, trust_request_id=False)
    assert untrusted == key(value)
