"""Values of valid YAML that are probably not read as they were meant, and those that are."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smartlead_async.plan.plan import load_plan
from smartlead_async.plan.problem import Problem
from smartlead_async.plan.yaml_nodes import read_yaml
from smartlead_async.plan.yaml_text import yaml_text

PLAN = """\
version: 1
campaigns:
  - name: Founders Q1 2027 – demo invite
    steps:
      - subject: a question
        body: Hello
"""


def traps(text: str) -> list[Problem]:
    """Return what is reported about a text."""
    found: list[Problem] = []
    read_yaml(text, "plan.yaml", found.append)
    return found


def trap(text: str) -> tuple[str, int | None, int | None]:
    """Return code, line and column of the only report."""
    (problem,) = traps(text)
    assert not problem.is_error
    assert problem.advice
    shown, caret = problem.excerpt.split("\n")
    assert shown.strip() == text.replace("\t", " ").split("\n")[(problem.line or 0) - 1].strip()
    assert caret.index("^") == 4 + (problem.column or 0) - 1
    return problem.code, problem.line, problem.column


@pytest.mark.parametrize(
    ("text", "line", "column"),
    [
        ("name: Offer #1", 1, 13),
        ("a: x\nsubject: Zoë 😀 #1 in Oslo", 2, 16),
        ("subject: #1 in Oslo", 1, 10),
        ("body: Hello\t#{{first_name}}", 1, 13),
        ("tag: Team #north", 1, 11),
        ("where: {Segment: [Top,\n  A #2\n]}", 2, 5),
        ("allowed_tags:\n  - a #b", 2, 7),
        ("subject: Hello\n  Ann #1", 2, 7),
    ],
)
def test_text_that_a_comment_takes_away_is_told(text: str, line: int, column: int) -> None:
    assert trap(text) == ("lost_to_comment", line, column)


@pytest.mark.parametrize(
    "text",
    [
        "name: Offer # not part of it",
        "name: Offer#1",
        'name: "Offer #1"',
        'name: "Offer" #quoted',
        "timezone: Europe/Oslo #local",
        "start: true #go",
        "delay_days: 3 #days",
        "leads: leads.csv #from Apollo",
        "#name: Offer",
        "body: |\n  Offer #1\n  # 2",
        "name: Offer ## part two",
        "steps: #three\n  - body: Hello",
    ],
)
def test_other_comments_are_not_told(text: str) -> None:
    found = traps(text)
    assert not [problem for problem in found if problem.line == 1 and "steps" not in text]


@pytest.mark.parametrize(
    ("text", "code", "column"),
    [
        ("subject: &you and me", "unused_anchor", 10),
        ("subject: ! important news", "lost_sign", 10),
        ("subject: “a question”", "curly_quotes", 10),
        ("name: ‘Offer’", "curly_quotes", 7),
        ("name: „Angebot“", "curly_quotes", 7),
        ('subject: a question"', "stray_quote", 20),
        ("name: Founders Q1,", "trailing_sign", 18),
        ("tag: Team;", "trailing_sign", 10),
    ],
)
def test_signs_that_yaml_reads_otherwise_are_told(text: str, code: str, column: int) -> None:
    assert trap(text) == (code, 1, column)


@pytest.mark.parametrize(
    "text",
    [
        "a: &name Offer\nb: *name",
        "x-text: &body |\n  Hello",
        'subject: "{{first_name}},"',
        "subject: Hello,",
        'subject: the 27" screen',
        'subject: screens of 27"',
        'subject: the "best" offer',
        'subject: we call it "best"',
        "subject: say “hello” to them",
    ],
)
def test_ordinary_signs_are_not_told(text: str) -> None:
    assert not traps(text)


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("body: >\n  Hello {{first_name}},\n  would a demo be welcome?\n", 2),
        ("body: >-\n  Hello,\n\n  a demo?\n\n  Best\n  Ann\n", 6),
        ("body: Hello {{first_name}},\n  a demo?", 1),
        ('body: "Hello,\n  a demo?"', 1),
        ("body: 'Hello,\n\n  a demo? Or\n  call us'", 3),
        ("body: >\n  We have these three things for you and your team, all of them new:\n  - one\n", 2),
    ],
)
def test_a_line_break_that_yaml_turns_into_a_blank_is_told(text: str, line: int) -> None:
    code, at, _ = trap(text)
    assert (code, at) == ("folded_line_break", line)


LONG = "This is a sentence that is long enough to be wrapped by an editor,\n  and that goes on here."


@pytest.mark.parametrize(
    "text",
    [
        "body: |\n  Hello,\n  Ann",
        f"body: >\n  {LONG}\n\n  {LONG}\n",
        f"body: {LONG}",
        f'body: "{LONG}"',
        "body: >\n  <p>Hello,</p>\n  <p>Ann</p>",
        "body: >\n  Hello,\n\n  a demo?",
        'body: "Hello,\\\n  Ann"',
        "body: >\n  Hello:\n    one\n    two\n",
        "subject: a question\n  about you",
    ],
)
def test_line_breaks_that_were_not_meant_are_not_told(text: str) -> None:
    assert not traps(text)


@given(st.dictionaries(st.sampled_from(["name", "subject", "body", "tag"]), st.text(max_size=60)))
def test_nothing_is_told_about_what_this_package_writes(content: dict[str, Any]) -> None:
    text = yaml_text(content)
    assert read_yaml(text, "plan.yaml").plain() == content
    assert not traps(text)


def test_a_plan_has_the_traps_among_its_problems(tmp_path: Path) -> None:
    path = tmp_path / "plan.yaml"
    path.write_text(PLAN.replace("a question", "Offer #1"), "utf-8")
    (problem,) = load_plan(path).problems
    assert (problem.code, problem.line, problem.column) == ("lost_to_comment", 5, 24)
    assert "Put the whole value in quotes" in problem.advice
