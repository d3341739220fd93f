"""Files that a plan names and that cannot be read: the place in the plan, and what to do."""

from __future__ import annotations

import ast
import json
import os
import tracemalloc
import unicodedata
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from smartlead_async.plan.body_files import MAX_BODY
from smartlead_async.plan.check import check
from smartlead_async.plan.files import UnusableFile, advice_on_file, read_text
from smartlead_async.plan.leads_csv import LeadFile
from smartlead_async.plan.plan import load_plan
from smartlead_async.plan.problem import Problem

from .files import save

pytestmark = pytest.mark.usefixtures("folder")

LEADS = "Email,Segment\nlin@prospect.example,A\n"

PLAN = """\
version: 1
campaigns:
  - name: SaaS founders Q1 2027 – demo invite
    leads:
      csv: {}
"""


def put(name: str, content: str = LEADS) -> None:
    path = Path(name)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(content, encoding="utf-8")


def only(plan: str = "plan.yaml") -> Problem:
    (problem,) = check(plan).problems
    return problem


def advice(name: str) -> str:
    save(PLAN.format(json.dumps(name)))
    return only().advice


def test_a_missing_lead_file_is_one_error_at_its_name_in_the_plan() -> None:
    put("leads/berlin.csv")
    save(PLAN.format("leads/berln.csv"))
    problem = only()
    assert (problem.file, problem.line, problem.column) == ("plan.yaml", 5, 12)
    assert str(problem) == (
        "plan.yaml:5: error: campaigns[0].leads: the lead file 'leads/berln.csv' cannot be read: "
        "No such file or directory. Did you mean 'leads/berlin.csv'?"
    )


@pytest.mark.parametrize(
    ("leads", "line", "column"),
    [
        ("leads: none.csv", 4, 12),
        ("leads: {csv: none.csv}", 4, 18),
        ("leads:\n      xlsx:\n        none.xlsx", 6, 9),
        ("for_each: {column: Segment, csv: none.csv}", 4, 38),
    ],
)
def test_the_place_is_that_of_the_file_name_however_it_is_written(leads: str, line: int, column: int) -> None:
    save(f"version: 1\ncampaigns:\n  - name: SaaS founders Q1 2027 – demo invite\n    {leads}\n")
    problem = only()
    assert (problem.code, problem.line, problem.column) == ("unreadable_file", line, column)


def test_a_missing_lead_file_of_defaults_is_told_once_for_all_campaigns() -> None:
    names = "".join(f"  - name: SaaS founders Q{i} 2027 – demo invite\n" for i in range(1, 5))
    save(f"version: 1\ndefaults:\n  leads: none.csv\ncampaigns:\n{names}")
    assert (only().line, only().column) == (3, 10)


def test_a_campaign_that_starts_without_its_lead_file_is_told_once() -> None:
    save(
        PLAN.format("none.csv")
        + "    start: true\n"
        + "    steps: [{subject: 'Hi {{town}}', body: x}]\n"
        + "    mailboxes: {ids: [1]}\n"
        + "    schedule: {timezone: Europe/Berlin}\n"
    )
    assert only().code == "unreadable_file"


def test_suggestions_are_relative_to_the_plan() -> None:
    put("plans/leads/berlin.csv")
    save(PLAN.format("leads/berln.csv"), "plans/plan.yaml")
    assert only("plans/plan.yaml").advice == "Did you mean 'leads/berlin.csv'?"


@pytest.mark.parametrize(
    ("existing", "given_name", "expected"),
    [
        ("leads/berlin.csv", "leeds/berlin.csv", "Did you mean 'leads/berlin.csv'?"),
        ("leads/berlin.csv", "leeds/berln.csv", "Did you mean 'leads/berlin.csv'?"),
        ("leads/berlin.csv", "Leads/Berlin.CSV", "Did you mean 'leads/berlin.csv'?"),
        ("berlin.csv", "BERLIN.csv", "Did you mean 'berlin.csv'?"),
        ("berlin.csv", "berlin", "Did you mean 'berlin.csv'?"),
        ("berlin.xlsx", "berlin.csv", "Did you mean 'berlin.xlsx'?"),
        ("berlin.csv", " berlin.csv", "Did you mean 'berlin.csv'?"),
        ("leads/berlin.csv", "berlin.csv", "Did you mean 'leads/berlin.csv'?"),
        ("berlin.csv", "leads/berlin.csv", "Did you mean 'berlin.csv'?"),
        ("leads/berlin.csv", "leads\\berlin.csv", "Write 'leads/berlin.csv': folders are separated by /."),
        ("leads/berlin.csv", "leads", "Name a file in it: leads/berlin.csv."),
        ("leads/notes.md", "leads", "Name a file in it."),
        ("oslo.csv", "x.csv", "The files there are oslo.csv."),
        ("notes.md", "nodes.csv", "Paths are relative to the plan."),
    ],
)
def test_advice_on_a_lead_file(existing: str, given_name: str, expected: str) -> None:
    put(existing)
    assert advice(given_name) == expected


def test_many_files_are_counted_instead_of_listed() -> None:
    for number in range(8):
        put(f"list{number}.csv")
    assert advice("x.csv").endswith("list4.csv and 3 more.")


def test_a_dangling_link_is_told_with_its_target() -> None:
    Path("leads.csv").symlink_to("gone/leads.csv")
    assert advice("leads.csv") == "It is a link to 'gone/leads.csv', which does not exist."


def test_a_loop_of_links_is_one_error() -> None:
    Path("leads.csv").symlink_to("leads.csv")
    save(PLAN.format("leads.csv"))
    assert only().code == "unreadable_file"


def test_a_name_in_another_unicode_form_is_not_offered_as_if_it_were_another_one() -> None:
    put(unicodedata.normalize("NFD", "zürich.csv"))
    assert advice(unicodedata.normalize("NFC", "zürich.csv")).endswith("in another Unicode form: rename it.")


def test_a_file_in_the_current_folder_is_not_one_beside_the_plan() -> None:
    put("leads.csv")
    put("plans/eu/notes.md", "x")
    save(PLAN.format("leads.csv"), "plans/eu/plan.yaml")
    assert only("plans/eu/plan.yaml").advice == ("Paths are relative to the plan, not to the current folder.")


def test_a_file_without_permission_is_told_with_its_line(monkeypatch: pytest.MonkeyPatch) -> None:
    put("leads.csv")
    save(PLAN.format("leads.csv"))
    real = Path.open

    def refusing(path: Path, *args: Any, **options: Any) -> Any:
        if path.name == "leads.csv":
            raise PermissionError(13, "Permission denied", str(path))
        return real(path, *args, **options)

    monkeypatch.setattr(Path, "open", refusing)
    assert str(only()) == (
        "plan.yaml:5: error: campaigns[0].leads: the lead file 'leads.csv' cannot be read: Permission denied."
        " Check the permissions of the file."
    )


@pytest.mark.parametrize(("name", "kind"), [("pipe.csv", "a pipe"), ("device.csv", "a device")])
def test_a_pipe_or_a_device_is_told_without_opening_it(name: str, kind: str) -> None:
    os.mkfifo("pipe.csv")
    Path("device.csv").symlink_to("/dev/zero")
    save(PLAN.format(name))
    assert only().message == f"the lead file {name!r} cannot be read: it is {kind}"


def test_a_lead_file_in_python_has_no_plan_and_suggests_a_name_too() -> None:
    put("leads.csv")
    (row,) = LeadFile("leeds.csv").rows()
    (problem,) = row.problems
    assert str(problem) == (
        "leeds.csv: error: the lead file cannot be read: No such file or directory. Did you mean 'leads.csv'?"
    )


# --- body files --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "message", "said"),
    [
        ("bodies/hallo.html", "No such file or directory", "Did you mean 'bodies/hello.html'?"),
        ("hello.html", "No such file or directory", "Did you mean 'bodies/hello.html'?"),
        ("bodies", "it is a folder", "Name a file in it: bodies/hello.html."),
        ("pipe", "it is a pipe", "Save it as a file."),
        ("/dev/zero", "it is a device", "Save it as a file."),
    ],
)
def test_a_body_file_that_cannot_be_read_is_one_error_with_advice(name: str, message: str, said: str) -> None:
    put("bodies/hello.html", "<p>Hello</p>")
    os.mkfifo("pipe")
    step = f"    steps:\n      - subject: Hi\n        body_file: {name}\n"
    save(f"version: 1\ncampaigns:\n  - name: SaaS founders Q1 2027 – demo invite\n{step}")
    problem = only()
    assert (problem.line, problem.column) == (6, 20)
    assert problem.message == f"the body file {name!r} cannot be read: {message}"
    assert problem.advice == said


def test_a_huge_body_file_is_not_read() -> None:
    with Path("huge.html").open("wb") as file:
        file.truncate(5 << 30)
    with pytest.raises(UnusableFile, match=r"is too large: 5,368,709,120 bytes; the maximum is 1,000,000"):
        read_text(Path("huge.html"), MAX_BODY)


@pytest.mark.skipif(not Path("/proc/self/maps").exists(), reason="needs /proc")
def test_a_file_that_hides_its_size_is_read_up_to_the_limit() -> None:
    with pytest.raises(UnusableFile, match=r"is too large: 101 bytes; the maximum is 100"):
        read_text(Path("/proc/self/maps"), 100)


def test_utf16_with_a_byte_order_mark_is_read() -> None:
    Path("body.txt").write_bytes("Grüße".encode("utf-16"))
    assert read_text(Path("body.txt"), 100) == "Grüße"


def test_a_byte_that_is_not_utf8_is_told_with_its_line() -> None:
    Path("body.txt").write_bytes(b"\xef\xbb\xbfa\nb\xfcc")
    with pytest.raises(UnusableFile, match=r"it is not UTF-8 \(byte 0xFC on line 2\)"):
        read_text(Path("body.txt"), 100)


# --- never what was given ----------------------------------------------------------------------------

_NAME = st.text("ab/.\\ Aé", min_size=1, max_size=8)


@given(existing=st.lists(_NAME, max_size=4), given_name=_NAME)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=100)
def test_what_was_given_is_never_offered_and_whatever_is_offered_exists(
    existing: list[str], given_name: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("any")
    for name in existing:
        path = folder / "x" / name.replace("..", "b").lstrip("/")
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text("x", encoding="utf-8")
        except OSError:
            continue
    said = advice_on_file(given_name, folder / "x")
    if said.startswith("Did you mean "):
        offered = ast.literal_eval(said.removeprefix("Did you mean ").removesuffix("?"))
        assert offered != given_name
        assert (folder / "x" / offered).is_file()


# --- plan files --------------------------------------------------------------------------------------


@pytest.mark.parametrize("suffix", ["yaml", "json", "jsonl"])
@pytest.mark.parametrize("kind", ["a device", "a pipe", "a folder"])
def test_a_plan_that_is_no_file_is_one_error_and_is_not_opened(suffix: str, kind: str) -> None:
    path = Path(f"plan.{suffix}")
    match kind:
        case "a device":
            path.symlink_to("/dev/zero")
        case "a pipe":
            os.mkfifo(path)
        case _:
            path.mkdir()
    assert only(str(path)).message == f"the plan cannot be read: it is {kind}"


def test_dev_zero_as_a_plan_is_one_error() -> None:
    assert only("/dev/zero").code == "unknown_format"


@pytest.mark.parametrize("suffix", ["yaml", "json", "jsonl"])
def test_a_huge_plan_is_one_error_that_takes_little_memory(suffix: str) -> None:
    with Path(f"plan.{suffix}").open("wb") as file:
        file.truncate(5 << 30)
    tracemalloc.start()
    try:
        problem = only(f"plan.{suffix}")
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert problem.code == "unreadable_file"
    assert peak < 150 << 20


@pytest.mark.parametrize(
    ("existing", "name", "said"),
    [
        ("plan.yaml", "plan.yml", "Did you mean 'plan.yaml'?"),
        ("plan.yaml", "plan", "Did you mean 'plan.yaml'?"),
        ("plan.yaml", "Plan.yaml", "Did you mean 'plan.yaml'?"),
        ("plans/eu.yaml", "plan/eu.yaml", "Did you mean 'plans/eu.yaml'?"),
        ("plans/eu.yaml", "plans", "Name a file in it: plans/eu.yaml."),
    ],
)
def test_a_missing_plan_is_told_with_a_similar_name(existing: str, name: str, said: str) -> None:
    put(existing, "version: 1\n")
    assert only(name).advice == said


@pytest.mark.parametrize("name", ["plan.yaml", "plan.json", "plan.jsonl"])
@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16"])
def test_a_plan_may_begin_with_a_byte_order_mark(name: str, encoding: str) -> None:
    campaign = '{"name": "SaaS founders Zürich Q1 2027 – demo invite"}'
    lines = f'{{"version": 1}}\n{campaign}\n'
    text = lines if name.endswith("l") and "json" in name else f'{{"version": 1, "campaigns": [{campaign}]}}'
    Path(name).write_bytes(text.encode(encoding))
    assert [spec.name for spec in load_plan(name).specs()] == ["SaaS founders Zürich Q1 2027 – demo invite"]


# --- JSON --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "line", "column", "said"),
    [
        ('{"a": 1,\n}', 2, 1, "Remove the comma before }."),
        ("[1,\n 2,\n]", 3, 1, "Remove the comma before ]."),
        ('{"a": [1,, 2]}', 1, 10, "Remove the comma, or add the value that is missing."),
        ("{'a': 1}", 1, 2, "Put keys and strings in double quotes: JSON has no single ones."),
        ("{a: 1}", 1, 2, "Put keys and strings in double quotes."),
        ('{"a": hello}', 1, 7, "Put keys and strings in double quotes."),
        ('{"a": True}', 1, 7, "Write true."),
        ('{"a": None}', 1, 7, "Write null."),
        ('{\n  // a plan\n  "a": 1}', 2, 3, "JSON has no comments: remove it, or write the plan as YAML."),
        ('{"a": 1} # x', 1, 10, "JSON has no comments: remove it, or write the plan as YAML."),
        ("{“a”: 1}", 1, 2, 'Use straight double quotes (").'),
        ('{"a": 1\n "b": 2}', 2, 2, "Add a comma after the value before it."),
        ('{"a": "x', 1, 7, "Close the string with a double quote."),
        ('{"a": "C:\\x"}', 1, 10, "Double the backslash if it is meant as one."),
        ('{"a": "x\ny"}', 1, 9, "Write \\n for a line break and \\t for a tab inside of a string."),
        ('{"a": [1', 1, 9, "Close every {, [ and double quote."),
        ('{"a": 1, "a": 2}', 1, 10, "Remove one of the two."),
        ('{"a": +1}', 1, 7, "A number has no + and no leading zeros; put it in quotes if it is text."),
        ('{"a": .5}', 1, 7, "A number has no + and no leading zeros; put it in quotes if it is text."),
        ('{"a": 0042}', 1, 8, "A number has no + and no leading zeros; put it in quotes if it is text."),
        ('{"a":\u00a01}', 1, 6, "Remove the invisible character."),
        (
            '{"a": 1}\n{"a": 2}',
            2,
            1,
            "A .json file holds one value; name it .jsonl if it has one campaign per line.",
        ),
    ],
)
def test_invalid_json_has_line_column_caret_and_advice(text: str, line: int, column: int, said: str) -> None:
    save(text, "plan.json")
    problem = only("plan.json")
    assert (problem.line, problem.column, problem.advice) == (line, column, said)
    shown, caret = problem.excerpt.split("\n")
    assert shown == f"    {text.splitlines()[line - 1].replace(chr(160), ' ')}"
    assert caret.index("^") == 4 + column - 1


@pytest.mark.parametrize("number", ["NaN", "Infinity", "-Infinity", "nan"])
@pytest.mark.parametrize("name", ["plan.json", "plan.jsonl"])
def test_what_is_no_number_in_json_is_one_error_with_its_column(number: str, name: str) -> None:
    save(f'{{"version": {number}}}', name)
    problem = only(name)
    assert (problem.code, problem.line, problem.column) == ("bad_syntax", 1, 13)


def test_a_syntax_error_of_json_lines_has_the_line_of_the_file() -> None:
    save('{"version": 1}\n\n{"name": "SaaS founders Q1 2027 – demo invite",}\n', "plan.jsonl")
    problem = only("plan.jsonl")
    assert (problem.line, problem.column, problem.advice) == (3, 48, "Remove the comma before }.")
