"""No address is left in a text, in whatever encoding it is written there."""

from __future__ import annotations

import html
import json
import re
import string
from collections.abc import Callable
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smartlead_async.redaction import redacted, without_addresses

_ATEXT = string.ascii_letters + string.digits + "!#$%*+-/=?^_`{|}~."
_LOCAL = st.text(_ATEXT + "éłжü", min_size=1, max_size=20)
_QUOTED = st.text(string.ascii_letters + " .@,:;()<>", min_size=1, max_size=20).map(lambda text: f'"{text}"')
_LABEL = st.text(string.ascii_letters + string.digits + "-éßж", min_size=1, max_size=12)
_DOMAIN = st.lists(_LABEL, min_size=1, max_size=3).map(".".join) | st.just("[192.0.2.1]")
_ENCODINGS: dict[str, Callable[[str], str]] = {
    "plain": str,
    "upper case": str.upper,
    "HTML": lambda text: html.escape(text).replace("@", "&#64;"),
    "HTML in hexadecimal": lambda text: "".join(f"&#x{ord(c):x};" for c in text),
    "HTML by name": lambda text: text.replace("@", "&commat;").replace(".", "&period;"),
    "URL": lambda text: quote(text, safe=""),
    "URL, twice": lambda text: quote(quote(text, safe=""), safe=""),
    "JSON": lambda text: json.dumps(text)[1:-1].replace("@", "\\u0040"),
    "JSON, twice": lambda text: json.dumps(json.dumps(text).replace("@", "\\u0040"))[1:-1],
    "Python": lambda text: text.replace("@", "\\x40"),
    "quoted-printable": lambda text: text.replace("@", "=40"),
    "full width": lambda text: text.replace("@", "\uff20"),
}


@given(_LOCAL, _DOMAIN, st.sampled_from(sorted(_ENCODINGS)))
def test_no_part_of_an_address_is_left(local: str, domain: str, encoding: str) -> None:
    # Letters that stand in no other word of the text.
    encoded = _ENCODINGS[encoding](f"zq{local}qz@xj{domain}")
    said = without_addresses(f"the lead {encoded} was refused, twice")
    assert "(address)" in said
    assert not re.search("zq|qz|xj", said, re.IGNORECASE), said
    assert said.startswith("the lead ")
    assert said.endswith(" was refused, twice")


@given(_QUOTED, st.sampled_from(["plain", "upper case", "HTML", "JSON"]))
def test_a_quoted_local_part_belongs_to_its_address(local: str, encoding: str) -> None:
    encoded = _ENCODINGS[encoding](f"{local}@xj.example")
    said = without_addresses(f"the lead {encoded} was refused")
    assert not re.search("xj", said, re.IGNORECASE)
    assert said == "the lead (address) was refused"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("'jo.doe+x@prospect.example' <a@b.example>, (c@d)", "'(address)' <(address)>, ((address))"),
        ("mailto:o'brien@x.example", "mailto:(address)"),
        ('{"email":"ada@x.example","n":1}', '{"email":"(address)","n":1}'),
        ("&lt;ada@x.example&gt;", "&lt;(address)&gt;"),
        ("a@b.example,c@d.example;e@f.example", "(address),(address);(address)"),
        ("nobody@xn--bcher-kva.example", "(address)"),
        ("ada@bücher.example", "(address)"),
    ],
)
def test_what_stands_around_an_address_is_kept(text: str, said: str) -> None:
    assert without_addresses(text) == said
    assert without_addresses(said) == said


@pytest.mark.parametrize(
    "text",
    ["", "HTTP 404 at $.leads[3]", "a%20b = 40 %", "3 × 429", "\\u0041 &#65;", "limit = 40.5", "@", "a @ b"],
)
def test_text_without_an_address_stays_the_same(text: str) -> None:
    assert without_addresses(text) == text


# An expression that tries every combination takes longer than the limit of a test.
def test_a_long_text_is_looked_through_to_its_end() -> None:
    for text in (
        "a" * 200_000 + " @",
        "@" * 100_000,
        "&#97;" * 40_000 + " @",
        '"' * 20_000 + "@",
        "a@" * 50_000,
    ):
        without_addresses(text)


def test_every_string_of_a_value_is_redacted() -> None:
    value = {"ada@x.example": ["bo@x.example", 1, None, ("ci@x.example",)]}
    assert redacted(value) == {"(address)": ["(address)", 1, None, ["(address)"]]}
