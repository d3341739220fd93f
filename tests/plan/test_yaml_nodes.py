"""YAML: its errors with place and advice, its bounds, and scalars as they are written."""

from __future__ import annotations

import tracemalloc

import pytest
import yaml

from smartlead_async.plan.nodes import read_json, read_json_line
from smartlead_async.plan.problem import InvalidPlan, Problem
from smartlead_async.plan.yaml_nodes import read_yaml

LOADERS = ["CSafeLoader", "SafeLoader"]


@pytest.fixture(params=LOADERS, autouse=True)
def parser(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Run every test with the C parser and without it."""
    if request.param == "SafeLoader":
        monkeypatch.delattr(yaml, "CSafeLoader", raising=False)


def flaw(text: str) -> Problem:
    with pytest.raises(InvalidPlan) as raised:
        read_yaml(text, "plan.yaml")
    (problem,) = raised.value.problems
    return problem


INDENT = "indent it as far as the first line."

STEP = """\
version: 1
campaigns:
  - name: A
    steps:
      - subject: {}
        body: x
"""

MERGE_TAG = 'Put a value that begins with {{ in quotes: "{{first_name}}, a question".'


@pytest.mark.parametrize(
    ("value", "column", "advice"),
    [
        ("{{first_name}}, hi", 19, MERGE_TAG),
        ("{{first_name}}", 19, MERGE_TAG),
        ("{{first_name}, hi", 19, MERGE_TAG),
        ("@you", 18, "Put a value that begins with @ in quotes."),
        ("%x", 18, "Put a value that begins with % in quotes."),
        ("`x", 18, "Put a value that begins with ` in quotes."),
        ("*|FNAME|*", 19, "Put a value that begins with * in quotes."),
        ("*bold", 18, "Put a value that begins with * in quotes."),
        ("& Co", 19, "Put a value that begins with & in quotes."),
        ("[First Name], hi", 30, "Put a value that begins with [ in quotes."),
        ("Re: you", 20, "Put a value that contains a colon and a blank in quotes."),
        ("> x y", 20, "Begin the text on the line after >, or put it in quotes."),
        ('"hello', 18, 'Close the quote, or remove it: the value begins with ".'),
        ("'it's'", 22, "Put the whole value in quotes, and double the ' inside of '…'."),
        ('"Hi" there', 23, "Put the whole value in quotes, and double the ' inside of '…'."),
    ],
)
def test_a_value_that_needs_quotes_is_shown_with_a_caret_and_advice(
    value: str, column: int, advice: str
) -> None:
    problem = flaw(STEP.format(value))
    assert (problem.line, problem.column, problem.advice) == (5, column, advice)
    line, caret = problem.excerpt.split("\n")
    assert line == f"          - subject: {value}"
    assert caret.index("^") == 4 + column - 1
    assert str(problem).startswith("plan.yaml:5: error: ")
    assert str(problem).endswith(problem.excerpt)


@pytest.mark.parametrize(
    ("text", "line", "advice"),
    [
        ("version: 1\ncampaigns:\n\t- name: A\n", 3, "Indent with spaces: YAML does not allow tabs."),
        ("version:1\nname: x\n", 2, "On line 1: Put a space after the colon of version:"),
        ("a:\n  - {name: Hi {{x}} you, b: 1}\n", 2, MERGE_TAG),
        ("a: 1\n  b: 2\n", 2, "Check the indentation: the keys of a mapping begin in the same column."),
        ('a: "x\\q"\n', 1, "Use single quotes, in which a backslash is a backslash, or double it."),
        ("a: 1\n---\nb: 2\n", 2, "Remove the line ---."),
        ("a: !!python/name:os.system x\n", 1, "Remove it. Put a value that begins with ! in quotes."),
        ("a: b\x07\n", 1, "Remove it."),
        ("a: 1\n'a': 2\n", 2, "Remove one of the two."),
        ("a:\n  b: |\n    Hi {{x}},\n   you\nc: 1\n", 4, "Line 4 belongs to the text of line 2: " + INDENT),
        ("a:\n  b: >\n  Hi {{x}},\n  you\n", 4, "Line 3 belongs to the text of line 2: " + INDENT),
        ("b: |\n  Hi\n# no\n  you\n", 4, "Line 3 ends the text of line 1: indent it, or remove it."),
        (
            "a:\n  b: {c: 1}\n\xa0\xa0d: 2\n  e: 1\n",
            4,
            "On line 3: Retype the space that is the character U+00A0.",
        ),
        ("a:\xa0b\nc: 2\n", 2, "On line 1: Retype the space that is the character U+00A0."),
        ("a：b\nc: 2\n", 2, "On line 1: Retype the colon that is the character U+FF1A."),
        ("a:\n  -name: x\n    b: 1\n", 3, "On line 2: Put a space after the -."),
        ("a:\n  -\tb: x\n", 2, "Indent with spaces: YAML does not allow tabs."),
        (
            "a: {b: Offer #1, c: 2}\nd: 1\n",
            2,
            "On line 1: Put a value that contains # in quotes: it begins a comment.",
        ),
        ("a: {b: Re: you, c: 2}\n", 1, "Put a value that contains a colon and a blank in quotes."),
        ("a: Hello:\n", 1, "Put a value that ends in a colon in quotes."),
        ("a: - hi\n", 1, "Put a value that begins with - in quotes."),
        ("a: {b: >0.5}\n", 1, "Put a value that begins with > in quotes."),
        ("a: {b: ?, c: 1}\n", 1, "Put a value that begins with ? in quotes."),
        ('a: "b",\nc: 1\n', 1, "Remove the comma at the end of the line."),
        ("a = 1\nb: 2\n", 2, "On line 1: Write a colon in place of =."),
        ("```yaml\na: 1\n```\n", 1, "Remove the line ```."),
        ('a: "C:\\Users"\n', 1, "Use single quotes, in which a backslash is a backslash, or double it."),
        (
            "a:\n  b: {c: [1]}\n   d: 1\n",
            3,
            "Check the indentation: the keys of a mapping begin in the same column.",
        ),
    ],
)
def test_other_mistakes_have_a_place_and_advice(text: str, line: int, advice: str) -> None:
    problem = flaw(text)
    assert (problem.line, problem.advice) == (line, advice)


def test_an_excerpt_of_a_long_line_shows_the_part_around_the_caret() -> None:
    problem = flaw("a: {" + "".join(f"b{i}: c, " for i in range(500)) + "}}")
    line, caret = problem.excerpt.split("\n")
    assert len(line) <= 104
    assert line[caret.index("^")] == "}"


def test_nested_aliases_are_an_error_before_they_are_expanded() -> None:
    levels = [f"l{i}: &l{i} [{', '.join([f'*l{i - 1}'] * 10)}]" for i in range(1, 10)]
    tracemalloc.start()
    problem = flaw("\n".join(["l0: &l0 [x, x]", *levels]))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert (problem.message, problem.line) == ("the aliases stand for more than 1,000,000 values", 7)
    assert peak < 2_000_000


@pytest.mark.parametrize(
    "text",
    [
        "[" * 5000,
        "- " * 5000,
        "{a: " * 5000,
        "a: &a [*a]",
        "a: &a [1]\n" + "".join(f"b{i}: &a [*a]\n" for i in range(100)),
    ],
)
def test_deep_nesting_is_one_error(text: str) -> None:
    assert flaw(text).message.removeprefix("invalid YAML: ").startswith(("nesting is too deep", "a key must"))


def test_ordinary_anchors_and_merge_keys_work() -> None:
    text = "a: &a {x: 1, y: &n 0042}\nb: {<<: *a, y: 2}\nc: [*a, *n]\nd: {<<: [{x: 3}, *a]}\n'<<': 1\n"
    assert read_yaml(text, "x").plain() == {
        "a": {"x": 1, "y": "0042"},
        "b": {"x": 1, "y": 2},
        "c": [{"x": 1, "y": "0042"}, "0042"],
        "d": {"x": 3, "y": "0042"},
        "<<": 1,
    }


def test_an_alias_has_the_line_on_which_it_is_used() -> None:
    root = read_yaml("a: &a {x: 1}\n\nb: [\n  *a]\n", "x").value
    assert isinstance(root, dict)
    assert isinstance(root["b"].value, list)
    assert root["b"].value[0].line == 4


# --- scalars -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "written",
    [
        "+4790000000", "1.10", "1e3", "0042", "0x1F", "0o17", "1_000", "12:30", "2027-01-11", "yes", "NO",
        "on", "true", "TRUE", "False", ".inf", "-.INF", ".nan", "1e999", "-0", "1.", ".5",
        "8947000000000000000000", "3",
    ],
)  # fmt: skip
def test_the_text_of_a_scalar_is_what_was_typed(written: str) -> None:
    assert read_yaml(written, "x").text == written
    assert str(read_yaml(written, "x").exact) == written


@pytest.mark.parametrize("written", ["3", "-1.5", "9223372036854775807"])
def test_a_number_that_json_writes_the_same_way_stays_a_number(written: str) -> None:
    for node in (read_yaml(written, "x"), read_json(written, "x"), read_json_line(written, "x", 1)):
        assert node.exact == node.value
        assert isinstance(node.value, (int, float))


@pytest.mark.parametrize("written", ["1.10", "1e3", "-0", "1E5", "1e999", "9223372036854775808", "true"])
def test_json_keeps_the_text_of_numbers_and_booleans(written: str) -> None:
    assert read_json(written, "x").exact == written
    assert read_json_line(written, "x", 1).exact == written


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('{"a":\n[NaN]}', "NaN is not a number in JSON; write null, or quote it"),
        ('{"a":\n-Infinity}', "-Infinity is not a number in JSON; write null, or quote it"),
        ('{"a":\n' + "9" * 5000 + "}", "the number 999999999999… has 5000 characters; the maximum is 100"),
    ],
)
def test_what_is_no_number_in_json_is_an_error_with_its_line(text: str, message: str) -> None:
    with pytest.raises(InvalidPlan) as raised:
        read_json(text, "plan.json")
    (problem,) = raised.value.problems
    assert problem.message.startswith(f"invalid JSON: {message} (column ")
    assert problem.line in {1, 2}
    with pytest.raises(InvalidPlan, match="invalid JSON"):
        read_json_line(text.replace("\n", " "), "plan.jsonl", 7)


@pytest.mark.parametrize("depth", [100, 500, 5000, 100_000])
def test_deep_nesting_in_a_json_line_is_an_error(depth: int) -> None:
    with pytest.raises(InvalidPlan, match=r"plan\.jsonl:3: error: invalid JSON: nesting is too deep"):
        read_json_line('{"a": ' + "[" * depth + "]" * depth + "}", "plan.jsonl", 3)
