"""Subjects, bodies and names: characters that cannot be sent, line breaks, headers, and HTML."""

from __future__ import annotations

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from smartlead_async.formats import character_flaw
from smartlead_async.plan.campaign import CampaignSpec
from smartlead_async.plan.mailboxes import MailboxChoice
from smartlead_async.plan.sequence import StepSpec, VariantSpec
from smartlead_async.plan.settings import SettingsSpec

VALID = CampaignSpec(
    "Dentists in Oslo Q1 2027 – demo invite", steps=(StepSpec("A question", "<p>Hello</p>"),)
)


def found(spec: CampaignSpec) -> list[tuple[str, str]]:
    return [(p.code, p.path) for p in spec.problems()]


def step(subject: str = "A question", body: str = "<p>Hello</p>") -> CampaignSpec:
    return attrs.evolve(VALID, steps=(StepSpec(subject, body),))


@pytest.mark.parametrize("character", ["\x00", "\x07", "\x1b", "\x7f", "\x9b", "\ud83d", "\ufffe"])
@pytest.mark.parametrize(
    ("field", "path"),
    [
        ("name", "name"),
        ("key", "key"),
        ("subject", "steps[0].subject"),
        ("body", "steps[0].body"),
        ("variant", "steps[0].variants[0].body"),
        ("tag", "mailboxes.tag"),
        ("unsubscribe_text", "settings.unsubscribe_text"),
    ],
)
def test_a_character_that_cannot_be_sent_is_one_error(field: str, path: str, character: str) -> None:
    text = f"Hi {character}you"
    spec = {
        "name": attrs.evolve(VALID, name=text),
        "key": attrs.evolve(VALID, key=text),
        "subject": step(subject=text),
        "body": step(body=text),
        "variant": attrs.evolve(VALID, steps=(StepSpec("A", variants=(VariantSpec(body=text),)),)),
        "tag": attrs.evolve(VALID, mailboxes=MailboxChoice(tag=text)),
        "unsubscribe_text": attrs.evolve(VALID, settings=SettingsSpec(unsubscribe_text=text)),
    }[field]
    assert found(spec) == [("bad_character", path)]


@pytest.mark.parametrize("character", ["\n", "\r", "\t", "\x85", "\u2028"])
def test_names_and_subjects_are_one_line_and_bodies_need_not_be(character: str) -> None:
    assert found(attrs.evolve(VALID, name=f"A{character}B")) == [("bad_character", "name")]
    assert found(step(subject=f"Hi{character}Bcc: eve@evil.example")) == [
        ("bad_character", "steps[0].subject")
    ]
    is_lost = character in "\x85\u2028"
    expected = [("hidden_character", "steps[0].body")] if is_lost else []
    assert found(step(body=f"<p>A{character}B</p>")) == expected


def test_the_message_says_which_character_it_is_and_where() -> None:
    assert character_flaw("Hi\n", one_line=True) == "a line break (U+000A) at position 3"
    assert character_flaw("\tx", one_line=True) == "a tab (U+0009) at position 1"
    assert character_flaw("x\x07", one_line=False) == "a control character (U+0007) at position 2"
    assert character_flaw("x\ud83d", one_line=False) == "half of a character (U+D83D) at position 2"


@given(st.text(st.characters(exclude_categories=["Cc", "Cs", "Cn", "Zl", "Zp"])))
def test_all_other_text_can_be_sent(text: str) -> None:
    assert character_flaw(text, one_line=True) is None


@given(st.text())
def test_text_without_a_flaw_can_be_encoded(text: str) -> None:
    if character_flaw(text, one_line=False) is None:
        text.encode()


@pytest.mark.parametrize(
    ("subject", "code"),
    [
        ("Subject: a question", "header_in_subject"),
        ("bcc: eve@evil.example", "header_in_subject"),
        ("Content-Type: text/html", "header_in_subject"),
        ("<b>A question</b>", "markup_in_subject"),
        ("Tom &amp; Jerry", "markup_in_subject"),
        (r"Hi\nBcc: eve@evil.example", "escaped_line_break"),
        (r"Hi\tyou", "escaped_line_break"),
        ("subject:a question", "header_in_subject"),
        ("x" * 201, "long_subject"),
        ("Untitled", "draft_text"),
        ('"A question"', "quoted_text"),
        ("null", "draft_text"),
        ("donâ€™t", "garbled_text"),
    ],
)
def test_a_subject_that_looks_wrong_is_told(subject: str, code: str) -> None:
    assert found(step(subject=subject)) == [(code, "steps[0].subject")]


@pytest.mark.parametrize(
    "subject",
    [
        "Re: a question",
        "To do: three things",
        "R&D",
        "a < b",
        "Date night",
        "1 & 2",
        "X-mas: offer",
        "Content: king",
    ],
)
def test_ordinary_subjects_are_not_told(subject: str) -> None:
    assert found(step(subject=subject)) == []


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ("Hello,\n\nany thoughts?", "lost_line_breaks"),
        ("Hello,\n\nany thoughts?\n\n<p>Bye</p>", "lost_line_breaks"),
        (r"<p>Hello,\n\nany thoughts?</p>", "escaped_line_break"),
        ("<p>Subject: a question</p><p>Hello</p>", "header_in_body"),
        ("---<br>\nsubject: Hi<br>\n---<br>\nHello", "header_in_body"),
        ("body: |<br>\n  Hello", "header_in_body"),
        ('{"body": "Hello"}', "header_in_body"),
        ('"Hello {{first_name}}"', "quoted_text"),
        ("Hi&amp;nbsp;there", "shown_entity"),
        ("<p>Tom &amp;amp; Jerry</p>", "shown_entity"),
        ("<p>Zo&amp;euml;</p>", "shown_entity"),
        ("<p>see [our site](https://x.example)</p>", "markdown"),
        ("**Hello**", "markdown"),
        ("# Offer", "markdown"),
        ("<a href=''>x</a>", "broken_link"),
        ('<a class="b" href="#">x</a>', "broken_link"),
        ("<a href=x.example>x</a>", "broken_link"),
        ("<a href='www.x.example'>x</a>", "broken_link"),
        ("<a href=“https://x.example”>x</a>", "broken_link"),
        ("<a href='https://'>x</a>", "broken_link"),
        ("<img src='logo.png'>", "broken_link"),
        ("<img src='file:///C:/logo.png'>", "broken_link"),
        ("<p>Hi <b>you</p>", "unclosed_tag"),
        ("<a href='https://x.example'>x", "unclosed_tag"),
        ("<p>donâ€™t</p>", "garbled_text"),
        ("<p>&nbsp;</p>", "no_body"),
        ("<br>", "no_body"),
    ],
)
def test_a_body_that_goes_out_wrong_is_told(body: str, code: str) -> None:
    assert found(step(body=body)) == [(code, "steps[0].body")]


@pytest.mark.parametrize("exponent", [63, 70, 20_000])
def test_integers_beyond_64_bits_are_an_error(exponent: int) -> None:
    number = 2**exponent
    assert found(attrs.evolve(VALID, client_id=number)) == [("out_of_bounds", "client_id")]
    assert found(attrs.evolve(VALID, client_id=-number)) == [("out_of_bounds", "client_id")]
    assert found(attrs.evolve(VALID, mailboxes=MailboxChoice(ids=(number,)))) == [
        ("out_of_bounds", "mailboxes.ids[0]")
    ]


@pytest.mark.parametrize(
    "body",
    [
        "<a href='https://x.example/?a=1&amp;b=2#c'>x</a> <a href='mailto:a@x.example'>y</a>",
        "<a href='{{website}}'>x</a> <a href=\"{% if a %}https://x.example{% endif %}\">y</a>",
        "<a href='tel:+47'>x</a> <a name='top'></a> <a href='#top'>y</a>",
        "<img src='https://x.example/a.png'>",
        "<!-- <a href='#'>x</a> <b> -->Hi",
        "2 ** 3, a*b*c, *really*, # of seats, #1 [1] (https://x.example)",
        "<p>Tom &amp; Jerry &lt;3 &nbsp; Zo&euml;</p>",
        "see https://x.example/?a=1&amp;b=2",
        "<B>Hi</B> <i class='x'>you</i>",
        "<body><br></body><p>Subject to change</p>",
        r"<p>C:\new\things, \\server\new</p>",
    ],
)
def test_an_ordinary_body_is_not_told(body: str) -> None:
    assert found(step(body=body)) == []
