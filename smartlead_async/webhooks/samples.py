"""Payloads as SmartLead posts them, with invented values: for tests, and for trying a receiver."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from typing import Any, Final

_LEAD: Final = "lin@prospect.example"
_MAILBOX: Final = "ana@mail.example.com"
_SENT_ID: Final = "<m1@mail.example.com>"
_STATS_ID: Final = "0b6f0d2e-5a0c-4d3e-9d0f-000000000001"
_SENT_AT: Final = dt.datetime(2026, 7, 11, 12, 51, 48, 200_000, tzinfo=dt.UTC)
_SECRET_KEY: Final = "11111111-2222-4333-8444-555555555555"  # noqa: S105 - invented
_INBOX: Final = "https://app.smartlead.ai/app/master-inbox?action=INBOX&leadMap=2700000001"


def _zulu(time: dt.datetime) -> str:
    return f"{time:%Y-%m-%dT%H:%M:%S}.{time.microsecond // 1000:03}Z"


def _offset(time: dt.datetime) -> str:
    """Return a timestamp with one to three fraction digits, the other format of SmartLead."""
    digits = f"{time.microsecond // 1000:03}".rstrip("0") or "0"
    return f"{time:%Y-%m-%dT%H:%M:%S}.{digits}+00:00"


def _message(message_id: str | None, html: str, text: str, time: dt.datetime) -> dict[str, Any]:
    return {"message_id": message_id, "html": html, "text": text, "time": _zulu(time)}


def _envelope(kind: str, at: dt.datetime) -> dict[str, Any]:
    """Return what all events of a campaign have."""
    return {
        "campaign_status": "ACTIVE",
        "client_id": None,
        "event_timestamp": _offset(at),
        "from_email": _MAILBOX,
        "to_email": _LEAD,
        "to_name": "Lin Wu",
        "campaign_name": "Spring outreach",
        "campaign_id": 4101,
        "subject": "Quick question",
        "sent_message_body": "<div>Hello</div>",
        "sent_message": _message(_SENT_ID, "<div>Hello</div>", "Hello", at),
        "secret_key": _SECRET_KEY,
        "app_url": _INBOX,
        "ui_master_inbox_link": _INBOX,
        "description": "an event in words",
        "metadata": {"webhook_created_at": "2026-07-11T12:00:00.000Z"},
        "webhook_url": "https://hooks.example.com/smartlead",
        "webhook_id": 8801,
        "webhook_name": "CRM",
        "event_type": kind,
    }


def _of_email(kind: str, at: dt.datetime) -> dict[str, Any]:
    ids = {"sl_email_lead_id": "2900000001", "sl_email_lead_map_id": 2700000001, "stats_id": _STATS_ID}
    return ids | _envelope(kind, at) | {"sequence_number": 1}


def _sent(kind: str, at: dt.datetime) -> dict[str, Any]:
    return _of_email(kind, at) | {
        "time_sent": _offset(at),
        "custom_subject": "Quick question",
        "custom_email_message": "<div>Hello</div>",
        "message_id": _SENT_ID,
    }


def _opened(kind: str, at: dt.datetime) -> dict[str, Any]:
    return _of_email(kind, at) | {"time_opened": _offset(at), "message_id": _SENT_ID}


def _clicked(kind: str, at: dt.datetime) -> dict[str, Any]:
    return _of_email(kind, at) | {
        "time_clicked": _offset(at),
        "link_clicked": ["https://example.com/a"],
        "link_details": [],
    }


def _replied(kind: str, at: dt.datetime) -> dict[str, Any]:
    reply = _message(f"<r{at:%H%M%S%f}@prospect.example>", "<p>Yes</p>", "Yes", at)
    return _of_email(kind, at) | {
        "sl_lead_email": _LEAD,
        "cc_emails": [],
        "time_replied": _offset(at),
        "reply_message": reply,
        "reply_body": "<p>Yes</p>",
        "preview_text": "Yes",
        "message_id": reply["message_id"],
        "reply_category": 1,
        "reply_source": "CAMPAIGN",
        "promptType": None,
        "stats_thread_id": None,
        "leadCorrespondence": {
            "targetLeadEmail": _LEAD,
            "replyReceivedFrom": _LEAD,
            "repliedCompanyDomain": "SameCompany",
        },
    }


def _bounced(kind: str, at: dt.datetime) -> dict[str, Any]:
    bounce = _message(f"<b{at:%H%M%S%f}@mx.example>", "", "550 no such user", at + dt.timedelta(seconds=42))
    payload = _of_email(kind, at) | {
        "is_bounced": True,
        "is_sender_originated_bounce": False,
        "bounce_reply_message_id": bounce["message_id"],
        "bounce_reply_email": "550 no such user",
        "bounce_reply_email_preview": "550",
        "bounce_message": bounce,
        "time_sent": _offset(at),
    }
    return {key: value for key, value in payload.items() if key != "sl_email_lead_map_id"}


def _unsubscribed(kind: str, at: dt.datetime) -> dict[str, Any]:
    return _envelope(kind, at) | {
        "event_timestamp": _zulu(at),
        "from_email": "",
        "sent_message": {"message_id": None, "text": ""},
        "app_url": _INBOX.removesuffix("2700000001"),
        "lead_email": _LEAD,
        "lead_name": "Lin Wu",
        "unsubscribed_client_id_map": {},
    }


def _category_updated(kind: str, at: dt.datetime) -> dict[str, Any]:
    reply = {
        "type": "REPLY",
        "message_id": "<r1@prospect.example>",
        "time": _zulu(at),
        "email_body": "<p>Yes</p>",
    }
    sent = {
        "stats_id": _STATS_ID,
        "type": "SENT",
        "message_id": _SENT_ID,
        "time": _zulu(at),
        "email_body": "<div>Hello</div>",
        "subject": "Quick question",
    }
    return _of_email(kind, at) | {
        "lead_id": 9001,
        "lead_email": _LEAD,
        "lead_name": "Lin Wu",
        "lead_data": {
            "id": 9001,
            "email": _LEAD,
            "first_name": "Lin",
            "last_name": "Wu",
            "custom_fields": {},
            "category": {"name": "Interested", "sentiment_type": None},
        },
        "category": "Interested",
        "lead_category_id": 1,
        "lead_category": {"old_id": None, "old_name": None, "new_id": 1, "new_name": "Interested"},
        "current_sequence": 1,
        "from": _MAILBOX,
        "to": _LEAD,
        "history": [sent, {"stats_id": _STATS_ID, **reply, "cc_emails": []}],
        "lastReply": reply,
        "last_reply": dict(reply),
    }


def _untracked(kind: str, at: dt.datetime) -> dict[str, Any]:
    return {
        "event_type": kind,
        "sender_detail": "Leo Park <leo@other.example>",
        "reply_message": _message(f"<u{at:%H%M%S%f}@other.example>", "<p>Hi</p>", "Hi", at),
        "visible_text": "Hi",
        "event_timestamp": _zulu(at),
        "secret_key": _SECRET_KEY,
    }


def _disconnected(kind: str, _: dt.datetime) -> dict[str, Any]:
    return {
        "eventType": kind,
        "accountId": 7001,
        "email": _MAILBOX,
        "error": "IMAP login refused",
        "appUrl": "https://app.smartlead.ai/app/email-accounts",
        "title": "Account disconnected",
        "message": "text",
    }


def _bounce_breach(kind: str, _: dt.datetime) -> dict[str, Any]:
    return {
        "eventType": kind,
        "campaignId": 4101,
        "error": "bounce limit",
        "appUrl": "https://app.smartlead.ai/app/email-campaign/4101",
        "title": "Bounce limit",
        "message": "text",
    }


SAMPLES: Final[Mapping[str, Callable[[str, dt.datetime], dict[str, Any]]]] = {
    "EMAIL_SENT": _sent,
    "FIRST_EMAIL_SENT": _sent,
    "EMAIL_OPEN": _opened,
    "EMAIL_LINK_CLICK": _clicked,
    "EMAIL_REPLY": _replied,
    "EMAIL_BOUNCE": _bounced,
    "LEAD_UNSUBSCRIBED": _unsubscribed,
    "LEAD_CATEGORY_UPDATED": _category_updated,
    "UNTRACKED_REPLIES": _untracked,
    "EMAIL_ACCOUNT_DISCONNECTED": _disconnected,
    "CAMPAIGN_BOUNCE_BREACH": _bounce_breach,
}
"""The events whose payload is known. That of FIRST_EMAIL_SENT is documented and has not been captured."""


def sample(event: str, *, at: dt.datetime = _SENT_AT, **values: Any) -> dict[str, Any]:
    """Return the payload of an event at a time, with further ``values`` in place of the invented ones.

    ``values`` are keys of the payload. An event whose payload is not known raises ``KeyError``. Example::

        payload = samples.sample("EMAIL_REPLY", campaign_id=4102, sl_lead_email="kim@prospect.example")
    """
    return SAMPLES[event](event, at.astimezone(dt.UTC)) | values
