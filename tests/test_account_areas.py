"""Clients, webhooks, tags, notes, tasks and single emails: what their values decide, and what they hide."""

from __future__ import annotations

import json
from typing import Any

import attrs
import pytest

from smartlead_async.api.clients import ClientApiKey, CreateClient, UpdateClient
from smartlead_async.api.emails import InlineAttachment, SendEmail
from smartlead_async.api.lead_notes import CreateLeadNote, NoteCreated
from smartlead_async.api.lead_tasks import CreateLeadTask, TaskCreated
from smartlead_async.api.webhooks import CreateWebhook
from smartlead_async.pipeline.classify import read_response
from smartlead_async.pipeline.encode import encode
from smartlead_async.request import Effect, Request

NORTHWIND = ("ops@northwind.example", "Northwind")
CREDITS: list[dict[str, Any]] = [{"is_credit_assigned": True}, {"email_credits": 5}, {"lead_credits": 5}]


def read(request: type[Request[Any]], value: Any) -> Any:
    return read_response(request.operation, 200, {}, json.dumps(value).encode(), redact=str)


@pytest.mark.parametrize("credits_", CREDITS)
def test_moving_credits_to_a_client_spends_and_is_not_repeated(credits_: dict[str, Any]) -> None:
    create, update = CreateClient(*NORTHWIND, **credits_), UpdateClient(12, *NORTHWIND, **credits_)
    assert {create.effect, update.effect} == {Effect.SPEND}
    assert not create.is_repeatable
    assert not update.is_repeatable


def test_saving_a_client_without_credits_only_writes() -> None:
    create = CreateClient(*NORTHWIND, is_credit_assigned=False, email_credits=0)
    update = UpdateClient(12, *NORTHWIND)
    assert (create.effect, create.is_repeatable) == (Effect.WRITE, False)
    assert (update.effect, update.is_repeatable) == (Effect.WRITE, True)


def test_a_client_key_and_the_password_of_a_client_do_not_show() -> None:
    created = read(CreateClient, {"ok": True, "clientId": 12, "password": "hunter2"})
    assert (created.id, created.password.reveal()) == (12, "hunter2")
    key = ClientApiKey(45, api_key=created.password)
    password = CreateClient(*NORTHWIND, password="hunter2")
    for holder in (created, key, password):
        assert "hunter2" not in f"{holder} {holder!r}"


@pytest.mark.parametrize("mailboxes", [{}, {"from_email": "ana@sender.example", "from_email_id": 501}])
def test_an_email_is_sent_from_exactly_one_mailbox(mailboxes: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="from_email or from_email_id"):
        SendEmail("max@prospect.example", "Hello", "<p>Hello</p>", **mailboxes)


def test_an_email_takes_attachments_in_the_request() -> None:
    deck = InlineAttachment("deck.pdf", "JVBERi0=", "application/pdf")
    email = SendEmail("max@prospect.example", "Hello", "", from_email_id=501, attachments=[deck])
    assert json.loads(encode(email).body or b"")["attachments"] == [
        {"filename": "deck.pdf", "content": "JVBERi0=", "mimeType": "application/pdf"}
    ]
    assert "JVBERi0=" not in repr(email)
    assert not email.is_repeatable


@pytest.mark.parametrize(("scope", "name"), [("client", "client_id"), ("campaign", "email_campaign_id")])
def test_a_webhook_of_a_scope_needs_its_id(scope: str, name: str) -> None:
    with pytest.raises(ValueError, match=f"{scope} needs {name}"):
        CreateWebhook("https://hooks.example/sl", scope)
    assert getattr(CreateWebhook("https://hooks.example/sl", scope, **{name: 7}), name) == 7  # type: ignore[arg-type]


def test_a_webhook_may_have_a_map_of_events_that_are_not_known() -> None:
    request = CreateWebhook("https://hooks.example/sl", "user", event_type_map={"NEW_EVENT": True})
    assert json.loads(encode(request).body or b"")["event_type_map"] == {"NEW_EVENT": True}


@pytest.mark.parametrize(
    ("data", "made"),
    [({"note": [{"id": "7"}]}, 7), ({"id": 7}, 7), ({"success": True}, None), ({"id": 7, "note": []}, 7)],
)
def test_the_id_of_a_note_is_found_in_both_shapes(data: dict[str, Any], made: int | None) -> None:
    note: NoteCreated = read(CreateLeadNote, {"ok": True, "data": data})
    assert note.note_id == made


@pytest.mark.parametrize("data", [{"task": [{"id": "7"}]}, {"id": 7}, {"task_id": "7"}])
def test_the_id_of_a_task_is_found_in_all_shapes(data: dict[str, Any]) -> None:
    task: TaskCreated = read(CreateLeadTask, {"ok": True, "data": data})
    assert task.task_id == 7
    assert attrs.asdict(task)["success"] is True
