"""Plans as YAML: what is written is read as the same."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from smartlead_async.formats import character_flaw
from smartlead_async.plan.yaml_nodes import read_yaml
from smartlead_async.plan.yaml_text import yaml_text

STRINGS = st.text().filter(lambda text: character_flaw(text, one_line=False) is None) | st.from_regex(
    r"[ \n\t#:\-|>{}a0'\"]{0,12}", fullmatch=True
)
SCALARS = STRINGS | st.integers(-(2**53), 2**53) | st.booleans() | st.none()
CONTENT: st.SearchStrategy[Any] = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(STRINGS, inner, max_size=4)
)


def read_back(content: Any) -> Any:
    return read_yaml(yaml_text(content), "plan.yaml").plain()


@pytest.mark.parametrize(
    "text",
    [
        "on",
        "no",
        "null",
        "~",
        "",
        "007",
        "12",
        "1e5",
        "1_000",
        ".5",
        "0x1f",
        "9:30",
        "2027-01-11",
        "<<",
        "=",
        "- a",
    ],
)
def test_a_string_that_looks_like_something_else_stays_a_string(text: str) -> None:
    assert read_back({"value": text, "list": [text]}) == {"value": text, "list": [text]}


@pytest.mark.parametrize(
    "text", ["a\nb", "a\n", "\na", "  a\nb", "a \nb", "\ta\nb", "a\n\n\n", "a\r\nb", "a\u2028b\n"]
)
def test_line_breaks_and_blanks_are_kept(text: str) -> None:
    assert read_back({"body": text}) == {"body": text}


@given(CONTENT)
@example({"body": "😀\nb"})
@example(["\ufeff\n"])
def test_what_is_written_is_read_as_the_same(content: Any) -> None:
    assert read_back({"x": content}) == {"x": content}


def test_a_body_is_written_as_a_block() -> None:
    assert yaml_text({"body": "<p>Hello</p>\n<p>Bye</p>"}) == "body: |-\n  <p>Hello</p>\n  <p>Bye</p>\n"
