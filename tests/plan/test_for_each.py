"""Values of ``for_each`` are data: they choose no file, and are neither HTML nor tags."""

# ruff: noqa: E501 - whole messages, as people see them, stay on one line

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smartlead_async.plan.body_files import BodyFiles
from smartlead_async.plan.check import check
from smartlead_async.plan.plan import load_plan


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    inner = tmp_path / "plans"
    inner.mkdir()
    monkeypatch.chdir(inner)
    return inner


def save(value: str, step: str) -> None:
    Path("leads.csv").write_text(f'Email,Segment\na@b.example,"{value}"\n', encoding="utf-8")
    Path("plan.yaml").write_text(
        "version: 1\ncampaigns:\n  - name: '{value} Q1 2027 – demo invite'\n"
        f"    for_each: {{csv: leads.csv, column: Segment}}\n    steps: [{{subject: Hi, {step}}}]\n",
        encoding="utf-8",
    )


def errors(value: str, step: str) -> list[str]:
    save(value, step)
    return [str(p) for p in check("plan.yaml").errors]


def body(value: str, step: str) -> str | None:
    save(value, step)
    (spec,) = load_plan("plan.yaml").specs()
    return spec.steps[0].body


@pytest.mark.parametrize("value", ["<b>Dentists</b>", "A & B <x@y.example>", "<p>", 'a "quoted" <br> one'])
def test_a_value_does_not_turn_a_plain_body_into_html(value: str) -> None:
    found = body(value.replace('"', '""'), 'body: "Hi {value},\\n\\nBye"')
    escaped = value.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace('"', "&quot;")
    assert found == f"Hi {escaped},<br>\n<br>\nBye"


def test_a_value_in_an_html_body_is_escaped() -> None:
    assert body('a""><b>', "body: '<p title=\"{value}\">{value}</p>'") == (
        '<p title="a&quot;&gt;&lt;b&gt;">a&quot;&gt;&lt;b&gt;</p>'
    )


def test_a_value_in_a_subject_is_not_escaped() -> None:
    save("R&D", "body: x")
    Path("plan.yaml").write_text(
        Path("plan.yaml").read_text(encoding="utf-8").replace("subject: Hi", 'subject: "For {value}"'),
        encoding="utf-8",
    )
    (spec,) = load_plan("plan.yaml").specs()
    assert (spec.name, spec.steps[0].subject) == ("R&D Q1 2027 – demo invite", "For R&D")


@pytest.mark.parametrize("value", ["{{first_name}}", "{Hi|Hello}", "a {", "}}", "{% if x %}"])
def test_a_value_with_braces_is_an_error(value: str) -> None:
    (problem,) = errors(value, "body: x")
    assert problem == (
        f"leads.csv: error: campaigns[0].for_each.column: the value {value!r} of Segment contains braces, which would "
        "become a tag or spintax. Remove the braces."
    )


@pytest.mark.parametrize(
    ("value", "template", "flaw"),
    [
        ("../secret.txt", "bodies/{value}", "the value must not name a folder"),
        ("../secret", "bodies/{value}.txt", "the value must not name a folder"),
        ("..\\secret.txt", "bodies/{value}", "the value must not name a folder"),
        ("/etc/passwd", "{value}", "the value must not name a folder"),
        ("/etc/passwd", "{value}.txt", "the value must not name a folder"),
        ("..", "{value}/secret.txt", "the value must not name a folder"),
        ("sub/a.txt", "bodies/{value}", "the value must not name a folder"),
        ("link.txt", "bodies/{value}", "the file is a link that leads out of its folder"),
        ("leads.csv", "{value}", "a file that a value names must end in .html, .htm, .txt, .md"),
        ("plan.yaml", "{value}", "a file that a value names must end in .html, .htm, .txt, .md"),
        ("..", "bodies/{value}", "a file that a value names must end in .html, .htm, .txt, .md"),
    ],
)
def test_a_value_does_not_choose_a_file_outside_of_the_named_folder(
    value: str, template: str, flaw: str
) -> None:
    Path("bodies/sub").mkdir(parents=True)
    Path("bodies/sub/a.txt").write_text("inside", encoding="utf-8")
    Path("../secret.txt").write_text("secret", encoding="utf-8")
    Path("secret.txt").write_text("secret", encoding="utf-8")
    Path("bodies/link.txt").symlink_to("../../secret.txt")
    (problem,) = errors(value, f'body_file: "{template}"')
    name = template.replace("{value}", value)
    assert problem == (
        f"plan.yaml:5: error: campaigns[0].steps[0].body_file: the body file {name!r} cannot be used: {flaw}"
    )


def test_a_value_may_complete_a_file_name() -> None:
    Path("bodies").mkdir()
    Path("bodies/dentists.html").write_text("<p>{value}</p>", encoding="utf-8")
    assert body("dentists", 'body_file: "bodies/{value}.html"') == "<p>dentists</p>"


@given(st.text(max_size=12))
def test_whatever_a_value_is_the_file_is_in_the_named_folder(value: str) -> None:
    files = BodyFiles(Path("plans"))
    if files.flaw_of_value("bodies/{value}.txt", f"bodies/{value}.txt") is None:
        path = files.path(f"bodies/{value}.txt")
        assert path.resolve().parent == Path("plans/bodies").resolve()


def test_values_that_differ_only_in_case_are_told() -> None:
    Path("leads.csv").write_text("Email,Segment\na@b.example,CTOs\nc@d.example,ctos\n", encoding="utf-8")
    Path("plan.yaml").write_text(
        "version: 1\ncampaigns: [{name: '{value} Q1 demo', for_each: {csv: leads.csv, column: Segment}}]",
        encoding="utf-8",
    )
    assert str(check("plan.yaml").problems[0]) == (
        "leads.csv: warning: campaigns[0].for_each.column: 'CTOs' and 'ctos' differ only in case, and each becomes a "
        "campaign. Use one spelling in the column Segment."
    )


@pytest.mark.parametrize(
    ("text", "is_split"),
    [
        ("{a|{value}|b}", True),
        ("{a|to {value} and|b}", True),
        ("{a|{b|{value}}}", True),
        ("{a|b} {value}", False),
        ("{value} | x", False),
        ("{{value}|b}", True),
    ],
)
@pytest.mark.parametrize("key", ["body", "body_file"])
def test_a_bar_in_a_value_is_an_error_where_it_would_split_spintax(
    text: str, is_split: bool, key: str
) -> None:
    Path("b.txt").write_text(text, encoding="utf-8")
    said = errors("R|D", f"body: '{text}'" if key == "body" else "body_file: b.txt")
    expected = (
        f"plan.yaml:5: error: campaigns[0].steps[0].{key}: the value 'R|D' contains |, which would split the spintax "
        "around {value}. Remove the | from the value, or put {value} outside of the spintax."
    )
    assert said == ([expected] if is_split else [])


@pytest.mark.parametrize(("text", "count"), [("{a|{{town}}|b}", 2), ("{a|b} {{town}}", 0)])
def test_bars_in_the_values_of_a_tag_are_told_where_they_would_split_spintax(text: str, count: int) -> None:
    Path("leads.csv").write_text(
        "Email,Town\na@b.example,Oslo\nc@d.example,A|B\ne@f.example,C|D\n", encoding="utf-8"
    )
    Path("plan.yaml").write_text(
        "version: 1\ncampaigns: [{name: SaaS founders Q1 2027 – demo, leads: leads.csv, "
        f"steps: [{{subject: Hi, body: '{text} {{{{Town}}}}'}}]}}]",
        encoding="utf-8",
    )
    found = [p.message for p in check("plan.yaml").problems if p.code == "bar_in_value"]
    assert [f"{count} values" in message and "'A|B' in leads.csv:3" in message for message in found] == (
        [True] if count else []
    )


def test_braces_in_the_values_of_leads_are_told_with_their_row() -> None:
    Path("leads.csv").write_text(
        "Email,Town\na@b.example,Oslo\nc@d.example,{Oslo|Rome}\ne@f.example,x }\n", encoding="utf-8"
    )
    Path("plan.yaml").write_text(
        "version: 1\ncampaigns: [{name: SaaS founders Q1 2027 – demo, leads: leads.csv}]", encoding="utf-8"
    )
    (problem,) = check("plan.yaml").problems
    assert str(problem).startswith(
        "leads.csv:3: warning: campaigns[0]: 2 values of 'Town' with braces, such as '{Oslo|Rome}'"
    )
