"""``verify`` and ``provision --verify``."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from .conftest import CommandLine
from .plans import KEY, key, name
from .serving import Served


@pytest.fixture
def done(cli: CommandLine, plan: Path, served: Served) -> Path:
    """Return a plan whose three campaigns were all created on a server."""
    served.furnish(plan)
    assert (
        cli("provision", plan, "--target", served.url, "--tier", "unlimited", SMARTLEAD_API_KEY=KEY).exit_code
        == 0
    )
    return plan


def rename(served: Served) -> int:
    """Rename one of the campaigns on the server and return its id."""
    campaign = next(iter(served.fake.campaigns.values()))
    campaign.name = "Somebody's"
    return campaign.id


def test_a_job_without_a_difference_exits_with_0(cli: CommandLine, done: Path, served: Served) -> None:
    before = served.requests()
    result = cli("verify", done, "--tier", "unlimited", SMARTLEAD_API_KEY=KEY)
    assert result.exit_code == 0
    assert "The server matches the plan." in result.stdout
    assert served.requests() - before == 3 * 4


def test_a_difference_is_shown_and_exits_with_1(cli: CommandLine, done: Path, served: Served) -> None:
    campaign_id = served.call(lambda: rename(served))
    result = cli("verify", done, "--tier", "unlimited", SMARTLEAD_API_KEY=KEY)
    assert result.exit_code == 1
    assert f"(campaign {campaign_id}): name: planned '{name(0)}', found \"Somebody's\"" in result.stdout
    assert "1 difference from the plan." in result.stdout
    content = json.loads(cli("verify", done, "--tier", "unlimited", "--json", SMARTLEAD_API_KEY=KEY).stdout)
    assert content["differences"] == [
        {
            "key": key(0),
            "campaign_id": campaign_id,
            "path": "name",
            "planned": name(0),
            "found": "Somebody's",
        }
    ]


def test_provision_with_verify_compares_at_the_end(cli: CommandLine, done: Path, served: Served) -> None:
    served.call(lambda: rename(served))
    again = ("provision", done, "--target", served.url, "--tier", "unlimited")
    assert cli(*again, SMARTLEAD_API_KEY=KEY).exit_code == 0
    result = cli(*again, "--verify", SMARTLEAD_API_KEY=KEY)
    assert result.exit_code == 1
    assert "1 difference from the plan." in result.stdout
    content = json.loads(cli(*again, "--verify", "--json", SMARTLEAD_API_KEY=KEY).stdout)
    assert [difference["path"] for difference in content["differences"]] == ["name"]


def test_the_fake_can_be_verified_only_in_the_same_run(cli: CommandLine, plan: Path, tmp_path: Path) -> None:
    ledger = tmp_path / "fake.ledger"
    result = cli("provision", plan, "--verify", "--ledger", ledger)
    assert (result.exit_code, "The server matches the plan." in result.stdout) == (0, True)
    refused = cli("verify", plan, "--ledger", ledger)
    assert refused.exit_code == 2
    assert "does not record where its campaigns are" in refused.stderr


def test_a_missing_ledger_or_key_gives_a_message(cli: CommandLine, done: Path, tmp_path: Path) -> None:
    assert "there is no ledger" in cli("verify", done, "--ledger", tmp_path / "none.ledger").stderr
    result = cli("verify", done)
    assert result.exit_code == 3
    assert "SMARTLEAD_API_KEY is not set" in result.stderr
