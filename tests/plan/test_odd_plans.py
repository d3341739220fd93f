"""Plans of another kind, and values in places where nobody expects them, are one clear problem each."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

import pytest

from smartlead_async import LeadInput
from smartlead_async.plan.check import check
from smartlead_async.plan.leads import inline_rows
from smartlead_async.plan.leads_csv import LeadFile

pytestmark = pytest.mark.usefixtures("folder")

NAME = "Dentists in Oslo Q1 2027 – demo invite"


def problems(content: str | bytes, name: str = "plan.yaml") -> list[str]:
    Path(name).write_bytes(content if isinstance(content, bytes) else content.encode())
    return [str(p) for p in check(name).problems]


def plan(**changes: Any) -> str:
    campaign = {"name": NAME, "steps": [{"subject": "Hi", "body": "x"}], "leads": [{"email": "a@x.example"}]}
    return json.dumps({"version": 1, "campaigns": [campaign | changes]})


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("\ud83d", "half of a character, U+D83D"),
        ("", "it is empty"),
        (" ", "it is empty"),
        ("a\0b", "U+0000"),
        ("a\u202eb", "U+202E"),
        ("a\u200bb", "U+200B"),
    ],
)
def test_a_custom_field_that_cannot_have_its_name_is_told(name: str, said: str) -> None:
    (problem,) = problems(plan(leads=[{"email": "a@x.example", "custom_fields": {name: "x"}}]), "plan.json")
    assert said in problem
    (row,) = inline_rows([LeadInput("a@x.example", custom_fields={name: "x"})])
    assert (row.lead, row.left_out) == (None, "bad_value")


def test_a_column_that_is_mapped_to_an_unusable_name_is_told() -> None:
    Path("leads.csv").write_text("email,Note\na@x.example,x\n", encoding="utf-8")
    (problem,) = problems(plan(leads={"csv": "leads.csv", "columns": {"Note": "a\0b"}}), "plan.json")
    assert "a custom field cannot be named" in problem


def test_custom_fields_of_an_export_with_unusable_names_are_told() -> None:
    Path("leads.csv").write_text(
        'campaign_lead_map_id,email,custom_fields\n1,a@x.example,"{""a\\u0000b"": 1}"\n', encoding="utf-8"
    )
    codes = [p.code for row in LeadFile("leads.csv").rows() for p in row.problems]
    assert codes == ["bad_custom_fields", "smartlead_export"]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"%PDF-1.7\n%\xe2\xe3", "the plan is a PDF file"),
        (b"\x1f\x8b\x08\x00", "the plan is a gzip archive"),
        (b"SQLite format 3\0" + bytes(100), "the plan is an SQLite database"),
        (bytes(100), "the plan is a file of zero bytes"),
    ],
)
@pytest.mark.parametrize("name", ["plan.yaml", "plan.json", "plan.jsonl"])
def test_a_plan_of_another_kind_is_told(name: str, content: bytes, said: str) -> None:
    (problem,) = problems(content, name)
    assert said in problem


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("version: 1\ncampaigns: !!python/name:os.system x\n", "the YAML tag !!python/name:os.system is not"),
        ("version: 1\ncampaigns: " + "[" * 100 + "]" * 100, "nesting is too deep. Use fewer levels."),
        ("version: true\n", "unknown version true"),
        ("version: 1\ncampaigns: &c [*c]\n", "Check for an alias that contains itself."),
    ],
)
def test_a_yaml_surprise_is_told_in_the_words_of_the_plan(text: str, said: str) -> None:
    (problem,) = problems(text)
    assert said in problem


def test_json_lines_with_a_value_on_several_lines_are_told() -> None:
    assert (
        "name it .json if the value has several lines" in problems('{\n "version": 1\n}\n', "plan.jsonl")[0]
    )


def test_json_lines_without_a_first_line_are_told() -> None:
    (problem,) = problems('{"name": "A"}\n', "plan.jsonl")
    assert 'Begin with the line {"version": 1}' in problem


def test_an_escape_in_the_name_of_a_body_file_is_told() -> None:
    steps = [{"subject": "Hi", "body_file": "bodies\first.txt"}]
    (problem,) = problems(plan(steps=steps), "plan.json")
    assert (
        "contains a character that no file name has. In double quotes, a backslash begins an escape"
        in problem
    )


def test_an_option_that_a_kind_of_file_does_not_have_is_told() -> None:
    Path("leads.csv").write_text("email\na@x.example\n", encoding="utf-8")
    (problem,) = problems(plan(leads={"csv": "leads.csv", "sheet": "March"}), "plan.json")
    assert "a text file has no sheet. Remove it." in problem


def test_a_lead_file_on_the_web_is_told() -> None:
    (problem,) = problems(plan(leads="https://docs.example/x.csv"), "plan.json")
    assert "Download it first" in problem


def test_an_overlong_name_is_one_short_problem() -> None:
    (problem,) = problems(plan(name="A" * 100_000), "plan.json")
    assert "the name has 100000 characters" in problem
    assert len(problem) < 200


def test_long_headers_are_cut_in_messages() -> None:
    Path("leads.csv").write_text(f"{'a' * 5000},{'b' * 5000}\0c\n", encoding="utf-8")
    assert all(len(problem) < 400 for problem in problems(plan(leads="leads.csv"), "plan.json"))


# --- for_each ----------------------------------------------------------------------------------------
def each(*values: str) -> tuple[int, list[str]]:
    """Return the campaigns and the problems of a plan with a campaign for each of these values."""
    with Path("leads.csv").open("w", encoding="utf-8", newline="") as file:
        rows = [[f"p{n}@x.example", value] for n, value in enumerate(values)]
        csv.writer(file).writerows([["email", "City"], *rows])
    Path("plan.yaml").write_text(
        "version: 1\ncampaigns:\n  - name: Dentists in {value} Q1 2027 – demo invite\n"
        "    for_each: {csv: leads.csv, column: City}\n    steps: [{subject: Hi, body: 'Hi {value}'}]\n",
        encoding="utf-8",
    )
    report = check("plan.yaml")
    return report.campaigns, [f"{p.code} {p.message}" for p in report.problems]


def test_a_list_without_rows_for_each_is_told() -> None:
    assert each() == (0, ["no_leads no row of the lead file is left, so there is no campaign"])


def test_a_list_without_values_for_each_is_an_error() -> None:
    assert each("", " ") == (0, ["no_leads no row has a value for City, so there is no campaign"])


@pytest.mark.parametrize("name", ["{value} Q1 2027 – demo invite", "{{value}} Q1 2027", "Offers {City}"])
def test_braces_in_the_name_of_a_campaign_are_told(name: str) -> None:
    Path("plan.yaml").write_text(
        f"version: 1\ncampaigns: [{{name: '{name}', leads: [{{email: a@b.example}}]}}]\n", encoding="utf-8"
    )
    found = [p for p in check("plan.yaml").problems if p.code == "name_braces"]
    assert [(p.path, p.line) for p in found] == [("campaigns[0].name", 2)]


@pytest.mark.parametrize("value", ["{{first_name}}", "Os\x1b[31mlo", "Os\0lo"])
def test_a_value_that_cannot_be_in_a_text_is_one_problem_and_no_campaign(value: str) -> None:
    campaigns, found = each(value, "Bergen")
    assert campaigns == 1
    assert [problem.partition(" ")[0] for problem in found] == ["unusable_value"]


@pytest.mark.parametrize("value", ["Oslo\u200b", "\ufeffOslo", " Oslo", "Oslo\u00a0"])
def test_hidden_characters_at_the_ends_make_no_second_campaign(value: str) -> None:
    assert each("Oslo", value) == (1, [])


def test_spellings_of_a_value_are_told_once() -> None:
    campaigns, found = each("Oslo", "OSLO")
    assert campaigns == 2
    assert [problem.partition(" ")[0] for problem in found if "same_name" not in problem] == ["similar_value"]


def test_a_condition_without_values_is_told() -> None:
    Path("leads.csv").write_text("email,City\na@x.example,Oslo\n", encoding="utf-8")
    found = problems(plan(leads={"csv": "leads.csv", "where": {"City": []}}), "plan.json")
    assert "no value is listed, so no row is kept" in found[0]
