"""``smartlead-async import``."""

from __future__ import annotations

import asyncio
import errno
import json
import os
import signal
from pathlib import Path

import pytest
from typer.testing import Result

from smartlead_async import RateLimits, SmartleadClient, SqliteLedger, load_plan
from smartlead_async.fake import Fault
from smartlead_async.fake.state import CampaignStatus
from smartlead_async.provisioning.adoption import importer

from .conftest import CommandLine
from .plans import KEY, name
from .processes import started
from .serving import Served


@pytest.fixture
def standing(cli: CommandLine, plan: Path, served: Served) -> Served:
    """Return a server on which the three campaigns of a plan stand."""
    served.furnish(plan)
    done = cli("provision", plan, "--target", served.url, "--tier", "unlimited", SMARTLEAD_API_KEY=KEY)
    assert done.exit_code == 0
    return served


@pytest.fixture
def out(tmp_path: Path) -> Path:
    folder = tmp_path / "imported"
    folder.mkdir()
    return folder / "plan.yaml"


def run(cli: CommandLine, out: Path, served: Served, *options: object) -> Result:
    return cli("import", out, "--target", served.url, "--tier", "unlimited", *options, SMARTLEAD_API_KEY=KEY)


def set_status(served: Served, campaign_id: int, status: CampaignStatus) -> None:
    def change() -> None:
        served.fake.campaigns[campaign_id].status = status
        served.fake.campaigns[campaign_id].touch(0)

    served.call(change)


def provision(cli: CommandLine, plan: Path, served: Served) -> int:
    """Provision a plan and return the number of requests."""
    before = served.requests()
    result = cli(
        "provision", plan, "--target", served.url, "--tier", "unlimited", "--yes", SMARTLEAD_API_KEY=KEY
    )
    assert result.exit_code == 0, result.output
    return served.requests() - before


def test_an_import_writes_a_plan_lead_files_and_a_ledger(
    cli: CommandLine, standing: Served, out: Path
) -> None:
    before = standing.requests()
    result = run(cli, out, standing)
    assert result.exit_code == 0, result.output
    assert "Reading 3 campaigns: at least 12 requests" in result.stdout
    assert "Imported 3 campaigns and 9 leads with 13 requests." in result.stdout
    assert standing.requests() - before == 13
    names = {path.name for path in out.parent.iterdir()}
    assert names - {"plan.ledger.lock"} == {"plan-leads", "plan.ledger", "plan.yaml"}
    assert cli("check", out).exit_code == 0
    assert cli("diff", out, "--exit-code").exit_code == 0
    assert provision(cli, out, standing) == 0
    assert cli("verify", out, "--tier", "unlimited", SMARTLEAD_API_KEY=KEY).exit_code == 0
    assert not any(KEY.encode() in path.read_bytes() for path in out.parent.rglob("*") if path.is_file())


def test_json_has_what_was_imported(cli: CommandLine, standing: Served, out: Path) -> None:
    content = json.loads(run(cli, out, standing, "--json", "--id", 4101, "--id", 4103).stdout)
    assert [each["id"] for each in content["campaigns"]] == [4101, 4103]
    assert content["campaigns"][0]["name"] == name(0)
    assert (content["left_out"], content["notes"], content["requests"], content["exit_code"]) == (
        [],
        [],
        9,
        0,
    )
    assert "bounce_autopause_threshold" in content["settings_not_returned"]


@pytest.mark.parametrize(
    ("options", "ids"),
    [
        (("--client", 7), [4101, 4102, 4103]),
        (("--name", "*invite 1"), [4102]),
        (("--name", "*invite 1", "--name", "*invite 2"), [4102, 4103]),
        (("--status", "paused"), [4102]),
        (("--status", "ACTIVE", "--id", 4103, "--id", 4102), [4103]),
    ],
)
def test_options_choose_campaigns(
    cli: CommandLine, standing: Served, out: Path, options: tuple[object, ...], ids: list[int]
) -> None:
    set_status(standing, 4102, CampaignStatus.PAUSED)
    content = json.loads(run(cli, out, standing, "--json", *options).stdout)
    assert [each["id"] for each in content["campaigns"]] == ids


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (("--id", 99), "there is no campaign 99 in the account"),
        (("--status", "RUNNING"), "'RUNNING' is not a status of campaigns: they are DRAFTED, ACTIVE"),
        (("--client", 8), "none of the 3 campaigns of the account is chosen"),
        (("--ledger", "none/x.ledger"), "there is no folder none"),
        (("--target", "fake"), "a fake in memory has no campaigns to import"),
    ],
)
def test_what_cannot_be_done_is_refused(
    cli: CommandLine, standing: Served, out: Path, options: tuple[object, ...], message: str
) -> None:
    result = run(cli, out, standing, *options)
    assert result.exit_code == 2
    assert message in result.stderr
    assert list(out.parent.iterdir()) == []


def test_a_final_campaign_is_left_out_and_told(cli: CommandLine, standing: Served, out: Path) -> None:
    set_status(standing, 4102, CampaignStatus.STOPPED)
    result = run(cli, out, standing)
    assert result.exit_code == 1
    assert f"campaign 4102, '{name(1)}', is left out: it is STOPPED, which is final" in result.stdout
    assert "Imported 2 campaigns" in result.stdout
    only = run(cli, out.with_name("other.yaml"), standing, "--id", 4102)
    assert only.exit_code == 2
    assert "nothing can be imported: campaign 4102" in only.stderr


def test_existing_files_are_not_replaced_unless_forced(cli: CommandLine, standing: Served, out: Path) -> None:
    out.write_text("mine")
    refused = run(cli, out, standing, "--id", 4101)
    assert refused.exit_code == 2
    assert "exists already" in refused.stderr
    assert out.read_text() == "mine"
    assert run(cli, out, standing, "--id", 4101, "--force").exit_code == 0
    assert provision(cli, out, standing) == 0


def test_a_ledger_that_knows_a_campaign_is_refused(cli: CommandLine, standing: Served, out: Path) -> None:
    assert run(cli, out, standing, "--id", 4101).exit_code == 0
    before = out.read_bytes()
    again = run(cli, out, standing, "--id", 4101, "--id", 4102, "--force")
    assert again.exit_code == 2
    assert "campaign 4101" in again.stderr
    assert "already, as 'saas-founders-q1-2027-demo-invite-0-4101'" in again.stderr
    assert out.read_bytes() == before


def test_an_existing_ledger_is_added_to(cli: CommandLine, standing: Served, out: Path) -> None:
    ledger = out.with_name("all.ledger")
    assert run(cli, out, standing, "--id", 4101, "--ledger", ledger).exit_code == 0
    second = out.with_name("second.yaml")
    assert run(cli, second, standing, "--id", 4102, "--ledger", ledger).exit_code == 2
    assert run(cli, second, standing, "--id", 4102, "--ledger", ledger, "--force").exit_code == 0
    content = json.loads(cli("status", ledger, "--json").stdout)
    assert content["campaigns"]["done"] == 2


@pytest.mark.parametrize(("status", "code"), [(500, 1), (401, 3)])
def test_an_import_that_fails_leaves_nothing(
    cli: CommandLine, standing: Served, out: Path, status: int, code: int
) -> None:
    standing.call(lambda: standing.fake.script("GetSequences", Fault.status_before(status), times=None))
    result = run(cli, out, standing)
    assert result.exit_code == code
    assert list(out.parent.iterdir()) == []


def test_an_interrupted_import_leaves_nothing_and_can_be_run_again(
    cli: CommandLine, standing: Served, out: Path
) -> None:
    standing.call(lambda: standing.fake.script("GetSequences", Fault.slow(3600), times=None))
    arguments = ("import", out, "--target", standing.url, "--tier", "unlimited")
    with started(*arguments, SMARTLEAD_API_KEY=KEY) as process:
        process.until("Reading 3 campaigns")
        process.send(signal.SIGINT)
        finished = process.finish()
    assert finished.code == 4
    assert "interrupted" in finished.err
    assert list(out.parent.iterdir()) == []
    standing.call(standing.fake.clear_scripts)
    assert run(cli, out, standing).exit_code == 0


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_that_cannot_be_written_is_told(cli: CommandLine, standing: Served, out: Path) -> None:
    out.parent.chmod(0o500)
    result = run(cli, out, standing)
    out.parent.chmod(0o700)
    assert result.exit_code == 2
    assert "cannot be written" in result.stderr


def test_a_full_disk_is_told_and_leaves_nothing(
    cli: CommandLine, standing: Served, out: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(importer, "write_lead_file", full)
    result = run(cli, out, standing)
    assert result.exit_code == 2
    assert f"nothing was imported: {out} cannot be written" in result.stderr
    assert list(out.parent.iterdir()) == []


async def job_plan(ledger: Path) -> str | None:
    async with SqliteLedger(ledger, read_only=True) as opened:
        return (await opened.open()).plan


@pytest.mark.sockets
async def test_a_program_does_not_forget_whose_ledger_it_adds_to(
    cli: CommandLine, standing: Served, out: Path
) -> None:
    assert (await asyncio.to_thread(run, cli, out, standing, "--id", 4101)).exit_code == 0
    ledger = out.with_suffix(".ledger")
    before = await job_plan(ledger)
    async with SmartleadClient(KEY, base_url=standing.url, limits=RateLimits.UNLIMITED) as client:
        await client.import_campaigns(out.with_name("b.yaml"), ids=[4102], ledger=ledger, force=True)
    assert await job_plan(ledger) == before is not None


@pytest.mark.sockets
async def test_a_program_can_import_campaigns_too(standing: Served, out: Path) -> None:
    async with SmartleadClient(KEY, base_url=standing.url, limits=RateLimits.UNLIMITED) as client:
        imported = await client.import_campaigns(out, ids=[4102])
        assert [each.spec.name for each in imported.campaigns] == [name(1)]
        report = await client.provision(
            load_plan(out).specs(), ledger=SqliteLedger(out.with_suffix(".ledger"))
        )
    assert report.requests == 0
