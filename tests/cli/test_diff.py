"""``diff``: what provisioning would do, shown and as JSON."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from typer.testing import Result

from smartlead_async.cli.text_diff import text_diff
from smartlead_async.fake import Fault

from .conftest import CommandLine
from .plans import KEY, key, name, write_plan
from .serving import Served

Edit = Callable[[dict[str, Any]], None]


@pytest.fixture
def done(cli: CommandLine, plan: Path, served: Served) -> Path:
    """Return a plan whose three campaigns were all created on a server."""
    served.furnish(plan)
    provision(cli, plan, served)
    return plan


def provision(cli: CommandLine, plan: Path, served: Served, *more: object) -> Result:
    target = ("--target", served.url, "--tier", "unlimited")
    return cli("provision", plan, *target, *more, SMARTLEAD_API_KEY=KEY)


def edit(plan: Path, *changes: Edit) -> Path:
    content = json.loads(plan.read_text(encoding="utf-8"))
    for change in changes:
        change(content)
    plan.write_text(json.dumps(content), encoding="utf-8")
    return plan


def defaults(**changes: Any) -> Edit:
    return lambda content: content["defaults"].update(changes)


def campaign(number: int, **changes: Any) -> Edit:
    return lambda content: content["campaigns"][number].update(changes)


def changes_in_json(cli: CommandLine, plan: Path, *options: str) -> dict[str, Any]:
    result = cli("diff", plan, "--json", *options)
    content: dict[str, Any] = json.loads(result.stdout)
    return content


def test_a_plan_without_a_ledger_is_new(cli: CommandLine, plan: Path) -> None:
    result = cli("diff", plan)
    assert result.exit_code == 0
    assert "every campaign is new" in result.stdout
    assert f"+ {name(0)} (client 7): 3 leads, started" in result.stdout
    assert "3 to create" in result.stdout
    assert not plan.with_suffix(".ledger").exists()


def test_an_unchanged_plan_is_told_on_one_line_and_nothing_is_sent(
    cli: CommandLine, done: Path, served: Served
) -> None:
    sent = served.requests()
    result = cli("diff", done, "--exit-code")
    assert (result.exit_code, result.stdout) == (0, "No changes: 3 campaigns as the plan says.\n")
    assert served.requests() == sent


def test_plan_is_another_name_of_diff(cli: CommandLine, done: Path) -> None:
    assert cli("plan", done).stdout == cli("diff", done).stdout


def test_the_exit_code_says_whether_there_are_changes(cli: CommandLine, done: Path) -> None:
    edit(done, defaults(start=False))
    assert cli("diff", done).exit_code == 0
    assert cli("diff", done, "--exit-code").exit_code == 2
    assert changes_in_json(cli, done, "--exit-code")["exit_code"] == 2


def test_each_value_is_shown_with_its_part(cli: CommandLine, done: Path) -> None:
    people = [{"email": "p0@c0.example", "first_name": "Ann"}, {"email": "new@c0.example"}]
    edit(
        done,
        defaults(
            steps=[
                {"subject": "Hello {{first_name}}", "body": "<p>Dear {{first_name}}</p>"},
                {"body": "<p>Any thoughts?</p>", "delay_days": 3},
            ],
            mailboxes={"ids": [601, 602]},
            schedule={"timezone": "Europe/Berlin", "end": "17:30"},
        ),
        campaign(0, leads=people),
    )
    shown = cli("diff", done, "--select", name(0)).stdout
    for line in (
        "+ 1 lead, ~ 1 lead, − 2 leads",
        "~ step 1: body",
        "- Hello {{first_name}}",
        "+ Dear {{first_name}}",
        "+ step 2",
        "+ mailbox 602",
        "− mailbox 745",
        "schedule.end 17:00 → 17:30",
        "1 to change",
        "Removals need --allow-removals",
    ):
        assert line in shown, line


def test_a_weakened_protection_is_highlighted(cli: CommandLine, done: Path) -> None:
    edit(done, defaults(lead_import={"ignore_global_block_list": True}))
    shown = cli("diff", done).stdout
    assert "! + lead_import.ignore_global_block_list true (weakens a protection)" in shown
    assert "! A protection is removed or weakened in 3 campaigns." in shown


def test_a_campaign_that_is_paused_or_started_says_so(cli: CommandLine, done: Path) -> None:
    edit(done, campaign(0, start=False))
    assert "− started: it is paused" in cli("diff", done).stdout


def test_a_renamed_campaign_comes_with_the_key_that_keeps_it(cli: CommandLine, done: Path) -> None:
    edit(done, campaign(1, name="SaaS founders Q2 2027 – demo invite 1"))
    shown = cli("diff", done).stdout
    assert "1 to create, 1 to remove, 2 unchanged" in shown
    assert f'    key: "{key(1)}"' in shown
    edit(done, campaign(1, key=key(1)))
    shown = cli("diff", done).stdout
    assert "1 to change, 2 unchanged" in shown
    assert "~ name\n        - SaaS founders Q1 2027" in shown


def test_a_campaign_that_moves_to_another_client_comes_with_its_key(cli: CommandLine, done: Path) -> None:
    edit(done, campaign(1, client_id=8))
    assert f'    key: "{key(1)}"' in cli("diff", done).stdout


def test_a_change_that_smartlead_cannot_make_is_shown_with_the_reason(cli: CommandLine, done: Path) -> None:
    edit(done, defaults(schedule=None, start=False))
    shown = cli("diff", done).stdout
    assert "refused: SmartLead cannot remove schedule from a campaign that was started." in shown
    assert "3 changes cannot be made" in shown


def test_a_failed_campaign_is_continued(cli: CommandLine, plan: Path, served: Served) -> None:
    served.furnish(plan)
    served.call(lambda: served.fake.fail_next(Fault.status_before(422), "UpdateSchedule"))
    provision(cli, plan, served, "--concurrency", "1")
    shown = cli("diff", plan).stdout
    assert "To continue" in shown
    assert "next is schedule" in shown


def test_the_shortest_time_is_shown_for_both_tiers_or_the_chosen_one(cli: CommandLine, plan: Path) -> None:
    write_plan(plan.parent, campaigns=12)
    assert "Requests   85, at least 1 min 2 s at standard, 4 s at pro" in cli("diff", plan).stdout
    assert "Requests   85, at least 1 min 2 s at standard\n" in cli("diff", plan, "--tier", "standard").stdout
    assert changes_in_json(cli, plan)["totals"]["shortest_seconds"] == {"standard": 62.0, "pro": 4.0}


def test_a_long_plan_is_cut_and_told_how_to_see_the_rest(cli: CommandLine, plan: Path) -> None:
    write_plan(plan.parent, campaigns=30)
    shown = cli("diff", plan).stdout
    assert "… and 10 more (--all shows them)" in shown
    assert name(29) not in shown
    assert name(29) in cli("diff", plan, "--all").stdout
    assert len(changes_in_json(cli, plan)["changes"]) == 30


def test_weakened_campaigns_are_not_cut_off(cli: CommandLine, plan: Path, served: Served) -> None:
    write_plan(plan.parent, campaigns=25)
    served.furnish(plan)
    provision(cli, plan, served)
    edit(
        plan,
        defaults(schedule={"timezone": "Asia/Tokyo"}),
        campaign(24, settings={"stop_lead_settings": "CLICK_ON_A_LINK"}),
    )
    shown = cli("diff", plan).stdout
    assert f"~ {name(24)} (" in shown
    assert shown.index(f"~ {name(24)} (") < shown.index(f"~ {name(0)} (")


@pytest.mark.parametrize(
    ("term", "message"),
    [
        ("client:", "--select: client: is not understood: write client: and an id, such as client:7"),
        ("state:lost", "--select: state:lost is not understood"),
        ("", "--select: an empty term selects nothing: leave it out"),
        ("nobody*", "--select selects no campaign"),
        ("state:paused", "--select selects no campaign"),
    ],
)
def test_a_term_that_is_not_valid_or_selects_nothing_is_one_message(
    cli: CommandLine, done: Path, term: str, message: str
) -> None:
    result = cli("diff", done, "--select", term)
    assert result.exit_code == 2
    assert message in result.stderr
    assert len(result.stderr.splitlines()) == 1


def test_only_selected_campaigns_are_shown_and_counted(cli: CommandLine, done: Path) -> None:
    edit(done, defaults(start=False))
    content = changes_in_json(cli, done, "--select", key(1), "--select", name(2), "--select", "client:7")
    assert [change["key"] for change in content["changes"]] == [key(1), key(2)]
    assert content["totals"]["to_change"] == 2


def test_the_ledger_of_another_plan_is_refused(cli: CommandLine, done: Path) -> None:
    other = done.with_suffix(".jsonl")
    content = json.loads(done.read_text(encoding="utf-8"))
    lines = [{"version": 1, "defaults": content["defaults"]}, *content["campaigns"]]
    other.write_text("\n".join(map(json.dumps, lines)), encoding="utf-8")
    result = cli("diff", other)
    assert (result.exit_code, "is the ledger of plan.json" in result.stderr) == (2, True)


def test_what_the_terminal_could_obey_is_not_printed(cli: CommandLine, plan: Path) -> None:
    edit(plan, campaign(0, name="Evil \x1b[31m Q1 2027 \u202e"))
    shown = cli("diff", plan).stdout
    assert "\x1b" not in shown
    assert "\u202e" not in shown


def test_a_text_diff_shows_the_sentence_that_changed() -> None:
    before = "<p>Hi there.</p><p>One. Two is here. Three.</p>"
    after = "<p>Hi there.</p><p>One. Two was here. Three.</p>"
    assert list(text_diff(before, after)) == [
        (" ", "One."),
        ("-", "Two is here."),
        ("+", "Two was here."),
        (" ", "Three."),
    ]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("<p>Hi</p>", "<div>Hi</div>"),
        ("Hi", "Hi "),
        ("a\n", "a\r\n"),
        ("&amp;", "&"),
        ('<a href="https://a.example">x</a>', '<a href="https://b.example">x</a>'),
        ("", "Hi"),
    ],
)
def test_texts_that_differ_never_have_an_empty_diff(before: str, after: str) -> None:
    signs = [sign for sign, _ in text_diff(before, after)]
    assert "+" in signs
