"""``inbox list``, ``show`` and ``reply``."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Callable
from typing import Any

import pytest
from typer.testing import Result

from smartlead_async.api.campaigns.messages import ReplyEmailThread
from smartlead_async.api.inbox.read import GetInboxLead
from smartlead_async.api.inbox.views import ListReplies, ListUnreadReplies
from smartlead_async.cli.message_text import plain_text, preview
from smartlead_async.fake import FakeSmartlead, Fault

from .conftest import CommandLine
from .plans import KEY
from .serving import Served

REPLY = {
    "stats_id": "s-2",
    "from": "assistant@northwind.example",
    "to": "ana@mail.example.com",
    "type": "REPLY",
    "message_id": "<m2@northwind.example>",
    "time": "2026-03-03T11:20:00.000Z",
    "email_body": "<p>Tell me <b>more</b></p><blockquote>Hello</blockquote>",
    "subject": "Re: Quick question",
}
SENT = {
    **REPLY,
    "type": "SENT",
    "from": "ana@mail.example.com",
    "to": "mira@northwind.example",
    "stats_id": "s-1",
}


def lead(number: int = 2500000017, **values: object) -> dict[str, object]:
    return {
        "email_lead_map_id": str(number),
        "lead_first_name": "Mira",
        "lead_last_name": "Osei",
        "lead_email": "mira@northwind.example",
        "lead_category_id": 1,
        "last_reply_time": "2026-03-03T11:20:00.000Z",
        "has_new_unread_email": True,
        "email_campaign_id": 4101,
        "email_campaign_name": "Spring outreach",
        "email_history": [SENT, REPLY],
        **values,
    }


@pytest.fixture
def inbox(cli: CommandLine, served: Served) -> Callable[..., Result]:
    """Return a function that runs ``inbox`` on an account with one conversation."""
    served.call(lambda: served.fake.respond(GetInboxLead, {"ok": True, "data": [lead()]}))
    served.call(lambda: served.fake.respond(ReplyEmailThread, "Email added to the queue"))

    def run(*arguments: object) -> Result:
        return cli("inbox", *arguments, "--target", served.url, SMARTLEAD_API_KEY=KEY)

    return run


@pytest.fixture
def bodies(monkeypatch: pytest.MonkeyPatch) -> dict[str, list[Any]]:
    """Return the JSON that the fake receives, by the last part of the path."""
    received: dict[str, list[Any]] = defaultdict(list)
    receive = FakeSmartlead.receive

    def recorded(
        fake: Any, method: str, path: str, query: str, headers: Any, body: Any, **options: Any
    ) -> Any:
        received[path.rpartition("/")[2]].append(json.loads(body) if body else None)
        return receive(fake, method, path, query, headers, body, **options)

    monkeypatch.setattr(FakeSmartlead, "receive", recorded)
    return received


SEND = "reply-email-thread"


# --- list -----------------------------------------------------------------------------------------------


def test_the_newest_reply_is_listed_first(inbox: Callable[..., Result], served: Served) -> None:
    times = {1: "2026-03-01T00:00:00Z", 2: "2026-03-03T00:00:00Z", 3: None, 4: "2026-03-02T00:00:00Z"}
    rows = [lead(number, last_reply_time=time) for number, time in times.items()]
    served.call(lambda: served.fake.respond(ListReplies, {"ok": True, "data": rows}))
    listed = json.loads(inbox("list").stdout)
    assert [row["email_lead_map_id"] for row in listed] == [2, 4, 1, 3]


@pytest.mark.parametrize("width", [80, 40])
def test_conversations_fit_the_terminal_and_control_characters_do_nothing(
    inbox: Callable[..., Result], served: Served, monkeypatch: pytest.MonkeyPatch, width: int
) -> None:
    from rich.cells import cell_len

    monkeypatch.setenv("COLUMNS", str(width))
    strange = lead(7, lead_first_name="美\x1b[31m\u202e🦷" * 9, email_campaign_name="Long campaign " * 9)
    served.call(lambda: served.fake.respond(ListReplies, {"ok": True, "data": [lead(), strange]}))
    result = inbox("list", "--output", "table")
    lines = result.stdout.splitlines()
    assert max(map(cell_len, lines)) <= width
    assert "\x1b" not in result.stdout
    assert "\u202e" not in result.stdout
    assert "● 2500000017" in lines[0]
    assert "Tell me more" in result.stdout
    assert "Hello" not in result.stdout
    assert "Interested" in result.stdout


@pytest.mark.parametrize(
    ("arguments", "operation", "filters"),
    [
        (["--unread"], ListUnreadReplies, None),
        (["--replied"], ListReplies, {"emailStatus": ["Replied"]}),
        (
            ["--campaign", "4101", "--client", "7"],
            ListReplies,
            {"campaignId": [4101], "campaignClientId": [7]},
        ),
        (["--category", "Interest*"], ListReplies, {"leadCategories": {"categoryIdsIn": [1]}}),
        (["--unread", "--search", "osei"], ListUnreadReplies, {"search": "osei"}),
    ],
)
def test_options_become_the_view_and_its_filters(
    inbox: Callable[..., Result],
    bodies: dict[str, list[Any]],
    arguments: list[str],
    operation: Any,
    filters: object,
) -> None:
    result = inbox("list", *arguments)
    assert result.exit_code == 0, result.output
    (body,) = bodies[operation.operation.path.rpartition("/")[2]]
    assert body.get("filters") == filters


def test_no_page_is_read_to_find_out_that_more_follow(inbox: Callable[..., Result], served: Served) -> None:
    rows = [lead(number) for number in range(1, 4)]
    served.call(lambda: served.fake.respond(ListReplies, {"ok": True, "data": rows}))
    result = inbox("list", "--limit", "3")
    assert len(json.loads(result.stdout)) == 3
    assert "More follow" in result.stderr
    assert served.requests() == 1


def test_an_empty_inbox_and_filters_that_cannot_be_used(inbox: Callable[..., Result], served: Served) -> None:
    served.call(lambda: served.fake.respond(ListReplies, {"ok": True, "data": []}))
    assert inbox("list").stdout == "[]\n"
    assert "no such conversation" in inbox("list", "--output", "table").stderr
    many = [part for number in range(6) for part in ("--campaign", number)]
    refused = inbox("list", *many)
    assert (refused.exit_code, refused.stdout) == (2, "")
    assert "at most 5" in refused.stderr


# --- show -----------------------------------------------------------------------------------------------


def test_a_conversation_is_shown_as_text_oldest_first(inbox: Callable[..., Result]) -> None:
    shown = inbox("show", 2500000017, "--output", "table").stdout
    assert "Mira Osei <mira@northwind.example>" in shown
    assert shown.index("Sent") < shown.index("Reply 3 Mar")
    assert "Tell me more" in shown
    assert "> Hello" in shown


@pytest.mark.parametrize(
    ("body", "text"),
    [
        ("a < b & c\n\n\n\nd", "a < b & c\n\nd"),
        ("<p>One<br>two</p><p>three</p>", "One\ntwo\n\nthree"),
        ("<div>One</div><div>two</div>", "One\ntwo"),
        ("<style>p {}</style><ul><li>a</li><li>b</li></ul>", "- a\n- b"),
        ('<a href="https://x.example/y">here</a>', "here (https://x.example/y)"),
        ('<a href="https://x.example">x.example</a>', "x.example"),
        ('<a href="javascript:x()">here</a>', "here"),
        ("<blockquote>a<br>b<blockquote>c</blockquote></blockquote>d", "> a\n> b\n>\n> > c\n\nd"),
        ("<p>more</p><blockquote>Hello</blockquote>", "more\n\n> Hello"),
        ("<tr><td>a</td><td>b</td></tr><tr><td>c</td></tr>", "a b\nc"),
        ("<style>never closed <p>text</p>", "never closed  text"),
        ("Fish &amp; chips&nbsp;!", "Fish & chips !"),
        ("", ""),
    ],
)
def test_the_text_of_a_body(body: str, text: str) -> None:
    assert plain_text(body) == text


def test_a_preview_leaves_out_what_is_quoted() -> None:
    assert preview("<p>Yes,</p><p>please</p><blockquote>Shall I?</blockquote>") == "Yes, please"


# --- reply ----------------------------------------------------------------------------------------------


def test_a_reply_shows_what_goes_to_whom_and_is_refused_without_a_terminal(
    inbox: Callable[..., Result], bodies: dict[str, list[Any]]
) -> None:
    result = inbox("reply", 2500000017, "--text", "Thursday suits me.")
    assert result.exit_code == 2
    for part in ("assistant@northwind.example", "ana@mail.example.com", "Thursday suits me.", "Re: Quick"):
        assert part in result.stderr
    assert "pass --yes" in result.stderr
    assert bodies[SEND] == []


def test_a_reply_goes_to_whoever_wrote_last_with_its_line_breaks(
    inbox: Callable[..., Result], tmp_path: Any, bodies: dict[str, list[Any]]
) -> None:
    file = tmp_path / "reply.txt"
    file.write_text("Fish & chips\nat six?\n", encoding="utf-8")
    result = inbox("reply", 2500000017, "--file", file, "--cc", "bo@example.com", "--yes", "--json")
    assert result.exit_code == 0, result.output
    assert json.loads(result.stdout)["message"] == "Email added to the queue"
    (body,) = bodies[SEND]
    assert body["email_body"] == "Fish &amp; chips<br>\nat six?"
    assert body["to_email"] == "assistant@northwind.example"
    assert body["email_stats_id"] == "s-2"
    assert body["cc"] == "bo@example.com"


def test_a_lost_response_is_not_sent_again_and_says_what_to_check(
    inbox: Callable[..., Result], served: Served, bodies: dict[str, list[Any]]
) -> None:
    served.call(lambda: served.fake.fail_next(Fault.lost_after(), ReplyEmailThread.operation.name))
    result = inbox("reply", 2500000017, "--text", "Hi", "--yes")
    assert result.exit_code == 6
    assert "outcome unknown" in result.stderr
    assert "`smartlead-async inbox show 2500000017`" in result.stderr
    assert len(bodies[SEND]) == 1


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ([], "pass --text TEXT"),
        (["--text", " \n"], "the reply is empty"),
        (["--text", "a", "--file", "b"], "contradict"),
        (["--file", "missing.txt"], "missing.txt cannot be read"),
    ],
)
def test_a_reply_without_one_text_is_refused(
    inbox: Callable[..., Result], arguments: list[str], message: str, bodies: dict[str, list[Any]]
) -> None:
    result = inbox("reply", 2500000017, *arguments, "--yes")
    assert result.exit_code == 2
    assert message in result.stderr
    assert bodies[SEND] == []


def test_a_conversation_without_a_message_that_can_be_answered_is_refused(
    inbox: Callable[..., Result], served: Served
) -> None:
    bare = lead(email_history=[])
    served.call(lambda: served.fake.respond(GetInboxLead, {"ok": True, "data": [bare]}))
    assert "no message that can be answered" in inbox("reply", 1, "--text", "Hi", "--yes").stderr


def test_a_text_from_the_editor_that_was_not_sent_is_kept(
    inbox: Callable[..., Result],
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Any,
    bodies: dict[str, list[Any]],
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    monkeypatch.setattr("smartlead_async.cli.inbox_reply.ReplyText.check", lambda _: None)
    monkeypatch.setattr("click.edit", lambda text, **_: "Thursday." + text)
    result = inbox("reply", 2500000017)
    assert result.exit_code == 2
    (kept,) = tmp_path.glob("smartlead-reply-*")
    assert kept.read_text("utf-8") == "Thursday."
    assert str(kept) in result.stderr
    assert bodies[SEND] == []
