"""A job with a new ledger creates no campaign that exists, however the earlier ledger got out of reach."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from .conftest import CommandLine
from .plans import KEY, name, write_plan
from .serving import Served


def renamed(plan: Path) -> Path:
    return plan.rename(plan.with_name("final.json"))


def moved(plan: Path) -> Path:
    (plan.parent / "archive").mkdir()
    return plan.rename(plan.parent / "archive" / plan.name)


def without_its_ledger(plan: Path) -> Path:
    plan.with_suffix(".ledger").unlink()
    return plan


def on_a_second_machine(plan: Path) -> Path:
    (plan.parent / "elsewhere").mkdir()
    return Path(shutil.copy(plan, plan.parent / "elsewhere"))


def provision(cli: CommandLine, plan: Path, served: Served, *options: object) -> tuple[int, str, str]:
    arguments = ("provision", plan, "--target", served.url, "--tier", "unlimited", "--yes", *options)
    result = cli(*arguments, SMARTLEAD_API_KEY=KEY)
    return result.exit_code, result.stdout, result.stderr


@pytest.mark.parametrize("change", [renamed, moved, without_its_ledger, on_a_second_machine])
def test_a_ledger_out_of_reach_makes_no_campaign_twice(
    cli: CommandLine, plan: Path, served: Served, change: Callable[[Path], Path]
) -> None:
    served.furnish(plan)
    assert provision(cli, plan, served)[0] == 0
    before = served.statuses()
    changed = change(plan)
    for _ in range(2):
        code, _, error = provision(cli, changed, served)
        assert code == 2
        assert error.count("Error: ") == 1
        assert f"{name(0)!r} (campaign 4101)" in error
        for choice in ("--ledger FILE", "smartlead-async import", "--create-anyway"):
            assert choice in error
    assert served.statuses() == before
    # No ledger is left behind, which would be in the way of an import.
    assert not changed.with_suffix(".ledger").exists()


def test_the_three_choices_work(cli: CommandLine, tmp_path: Path, served: Served) -> None:
    plan = write_plan(tmp_path, start=False)
    served.furnish(plan)
    assert provision(cli, plan, served)[0] == 0
    ledger = plan.with_suffix(".ledger")
    other = renamed(plan)
    assert provision(cli, other, served)[0] == 2
    code, out, _ = provision(cli, other, served, "--ledger", ledger)
    assert (code, "3 done (3 before)" in out) == (0, True)
    target = ("--target", served.url, "--tier", "unlimited")
    imported = cli("import", plan.with_name("imported.yaml"), *target, SMARTLEAD_API_KEY=KEY)
    assert imported.exit_code == 0, imported.output
    assert served.statuses() == {(name(n), "DRAFTED"): 1 for n in range(3)}
    assert provision(cli, other, served, "--create-anyway")[0] == 0
    assert served.statuses() == {(name(n), "DRAFTED"): 2 for n in range(3)}


def test_an_older_copy_of_the_ledger_is_told_without_advice_to_repeat_the_command(
    cli: CommandLine, tmp_path: Path, served: Served
) -> None:
    plan = write_plan(tmp_path, 1, start=False)
    served.furnish(plan)
    assert provision(cli, plan, served)[0] == 0
    ledger = plan.with_suffix(".ledger")
    older = Path(shutil.copy(ledger, tmp_path / "older.ledger"))
    plan = write_plan(tmp_path, 2, start=False)
    assert provision(cli, plan, served)[0] == 0
    code, out, _ = provision(cli, plan, served, "--ledger", older)
    assert code == 1
    assert "use the newest one (--ledger FILE)" in " ".join(out.split())
    assert "First do what the error above says." in out
    assert "Run the same command again" not in out


def test_campaigns_of_other_clients_are_no_obstacle(cli: CommandLine, tmp_path: Path, served: Served) -> None:
    plan = write_plan(tmp_path, 1, start=False)
    served.furnish(plan)
    assert provision(cli, plan, served)[0] == 0
    content = json.loads(plan.read_text())
    content["campaigns"][0]["client_id"] = 8
    other = tmp_path / "other.json"
    other.write_text(json.dumps(content))
    served.furnish(other)
    assert provision(cli, other, served)[0] == 0
    assert served.statuses() == {(name(0), "DRAFTED"): 2}


@pytest.mark.parametrize("spelling", ["  {} ", "{}\u200b"])
def test_another_spelling_of_a_name_is_the_same_name(
    cli: CommandLine, tmp_path: Path, served: Served, spelling: str
) -> None:
    plan = write_plan(tmp_path, 1)
    served.furnish(plan)
    assert provision(cli, plan, served)[0] == 0

    def rename() -> None:
        (campaign,) = served.fake.campaigns.values()
        campaign.name = spelling.format(campaign.name)

    served.call(rename)
    code, _, error = provision(cli, renamed(plan), served)
    assert (code, "already exist" in error) == (2, True)


def test_a_ledger_that_was_refused_can_be_used_later(
    cli: CommandLine, tmp_path: Path, served: Served
) -> None:
    plan = write_plan(tmp_path, start=False)
    served.furnish(plan)
    assert provision(cli, plan, served)[0] == 0
    named = plan.with_name("new.ledger")
    other = renamed(plan)
    assert provision(cli, other, served, "--ledger", named)[0] == 2
    served.call(served.fake.campaigns.clear)
    assert provision(cli, other, served, "--ledger", named)[0] == 0
