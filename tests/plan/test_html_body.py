"""Bodies as HTML: plain text with its line breaks, and HTML as it is."""

from __future__ import annotations

import html
import re

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from smartlead_async.plan.html_body import as_html, lost_line_breaks


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("one\n\ntwo < three\n", "one<br>\n<br>\ntwo &lt; three"),
        ("one\r\ntwo\rthree", "one<br>\ntwo<br>\nthree"),
        ('Hi,\n\nsee <a href="x?a=1&b=2">this</a> & that',
         'Hi,<br>\n<br>\nsee <a href="x?a=1&b=2">this</a> &amp; that'),
        ("a <b>bold</b> word\nBye", "a <b>bold</b> word<br>\nBye"),
        ("a\n<br>\nb\nc<br/>\nd", "a\n<br>\nb<br>\nc<br/>\nd"),
        ("a<br>b\n\nc", "a<br>b<br>\n<br>\nc"),
        ("Hi <firstname>,\nx", "Hi &lt;firstname&gt;,<br>\nx"),
        ("a &amp; b", "a &amp;amp; b"),
        ("a &amp; <b>b</b> & c", "a &amp; <b>b</b> &amp; c"),
        ("<a\nhref=x>y</a>\nz", "<a href=x>y</a><br>\nz"),
        ("{{R&D}} & {% if a < b %}", "{{R&D}} &amp; {% if a < b %}"),
        ("<p>x\n\ny & z</p>", "<p>x\n\ny & z</p>"),
        ("<!-- c -->\nx", "<!-- c -->\nx"),
        ("<TABLE>\n</TABLE>", "<TABLE>\n</TABLE>"),
    ],
)  # fmt: skip
def test_line_breaks_of_text_are_kept_and_html_is_unchanged(text: str, expected: str) -> None:
    assert as_html(text) == expected


@given(st.text(alphabet="xy <>&\n;/", max_size=40), st.sampled_from(["", "<b>x</b>", "<a href='y'>x</a>"]))
def test_what_is_shown_is_what_was_written(text: str, tag: str) -> None:
    written = f"{text}{tag}{text}"
    assume(not re.search(r"&\w+;", written))
    shown = html.unescape(re.sub(r"</?[ab](?: href='y')?>", "", as_html(written)).replace("<br>\n", "\n"))
    assert shown == f"{text}{'x' if tag else ''}{text}".rstrip("\n")


@pytest.mark.parametrize(
    ("body", "lost"),
    [
        ("one\ntwo", 1),
        ("one\n\ntwo\n", 1),
        ("one <b>x</b>\ntwo", 1),
        ("one<br>\ntwo", 0),
        ("Hello,\n\ntext\n\n<p>Bye</p>", 1),
        ("Hello,\n\n<a href=x>link</a>\n\n<p>Bye</p>", 1),
        ("<p>one</p>\n\n<p>two\nthree</p>", 0),
        ("<pre>one\n\ntwo</pre>", 0),
        ('<div style="white-space: pre-wrap">one\n\ntwo</div>', 0),
        ("<style>a {}\n\nb {}</style><p>x</p>", 0),
        ("{% if x %}\n<p>x</p>", 0),
    ],
)
def test_line_breaks_that_html_does_not_show_are_counted(body: str, lost: int) -> None:
    assert lost_line_breaks(body) == lost


@given(st.text(alphabet="ab <>&\n/", max_size=40))
def test_a_converted_plain_body_has_no_lost_line_breaks(text: str) -> None:
    assert lost_line_breaks(as_html(text)) == 0
