"""``smartlead-async simulate``, and the simulation behind it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from smartlead_async import FakeSmartlead, RateLimits
from smartlead_async.fake import Campaign, CampaignStatus
from smartlead_async.plan.campaign import CampaignSpec
from smartlead_async.plan.needs import AccountNeeds
from smartlead_async.plan.plan import load_plan
from smartlead_async.provisioning.job.reconcile import Reconciler
from smartlead_async.simulation import Simulation, SimulationStuck, seed_account, simulate

from .conftest import CommandLine
from .plans import REQUESTS, write_plan


@pytest.fixture
def specs(tmp_path: Path) -> list[CampaignSpec]:
    return list(load_plan(write_plan(tmp_path, 40)).specs())


def test_a_job_without_faults_sends_the_counted_requests_in_close_to_the_shortest_time(
    specs: list[CampaignSpec],
) -> None:
    limits = RateLimits.of((60, 60.0))
    simulation = simulate(specs, limits=limits)
    assert simulation.succeeded
    assert simulation.requests == len(specs) * REQUESTS + 1
    assert simulation.report.traffic.rate_limited == 0
    least = limits.shortest_time(simulation.requests)
    assert least <= simulation.seconds < least * 1.03
    (use,) = simulation.windows
    assert use.most == 60
    assert use.share == pytest.approx(simulation.requests / (60 * 5), rel=0.01)
    assert simulation.requests_over_time[-1][1] == simulation.requests
    assert simulation.campaigns_over_time[-1][1] == len(specs)


def test_the_same_seed_gives_the_same_simulation(specs: list[CampaignSpec]) -> None:
    def once(seed: int) -> tuple[float, dict[str, int], dict[str, int]]:
        run = simulate(specs, limits=RateLimits.PRO, faults=0.2, seed=seed, restart_every=60)
        return run.seconds, run.by_operation, run.by_fault

    assert once(7) == once(7)
    assert once(7) != once(8)


@pytest.mark.parametrize("seed", range(4))
def test_restarts_and_faults_leave_every_campaign_exactly_once(specs: list[CampaignSpec], seed: int) -> None:
    simulation = simulate(
        specs, limits=RateLimits.PRO, faults=0.2, seed=seed, restart_every=45, prune_orphans=True
    )
    assert simulation.restarts > 1
    assert sum(simulation.by_fault.values()) > 20
    wrong = (simulation.duplicates, simulation.lost, simulation.leads_missing)
    assert wrong == (0, 0, 0)
    assert simulation.done == len(specs)


def test_campaigns_created_twice_are_detected(
    specs: list[CampaignSpec], monkeypatch: pytest.MonkeyPatch
) -> None:
    async def finds_nothing(*_: object, **__: object) -> None:
        return None

    monkeypatch.setattr(Reconciler, "reconcile", finds_nothing)
    simulation = simulate(specs, limits=RateLimits.PRO, faults=0.3, seed=1)
    assert simulation.orphans
    assert not simulation.succeeded


def test_duplicates_and_orphans_are_told_apart(
    specs: list[CampaignSpec], monkeypatch: pytest.MonkeyPatch
) -> None:
    def with_two_of_nobody(fake: FakeSmartlead, needs: AccountNeeds) -> None:
        seed_account(fake, needs)
        for number in (1, 2):
            fake.account.campaigns[number] = Campaign(number, specs[0].name, 0.0, 0.0)
        fake.account.campaigns[2].status = CampaignStatus.ACTIVE

    monkeypatch.setattr("smartlead_async.simulation.seed_account", with_two_of_nobody)
    simulation = simulate(specs, limits=RateLimits.UNLIMITED)
    assert (simulation.duplicates, simulation.orphans) == (1, 1)
    assert not simulation.succeeded


def test_missing_leads_are_detected(specs: list[CampaignSpec], monkeypatch: pytest.MonkeyPatch) -> None:
    def one_is_blocked(fake: FakeSmartlead, needs: AccountNeeds) -> None:
        seed_account(fake, needs)
        fake.block("p1@c3.example")

    monkeypatch.setattr("smartlead_async.simulation.seed_account", one_is_blocked)
    simulation = simulate(specs, limits=RateLimits.UNLIMITED)
    assert simulation.leads_missing == 1
    assert not simulation.succeeded


def test_restarts_that_prevent_all_progress_are_an_error(specs: list[CampaignSpec]) -> None:
    with pytest.raises(SimulationStuck, match="let the process live longer"):
        simulate(specs[:1], limits=RateLimits.PRO, restart_every=30, latency=61)
    with pytest.raises(ValueError, match="has to live"):
        simulate(specs[:1], restart_every=0.5)


def test_a_fake_is_furnished_with_the_ids_addresses_and_tags_of_a_plan() -> None:
    fake = FakeSmartlead()
    seed_account(fake, AccountNeeds((7, 9), (501, 2000), ("ada@sender.example",), ("Team North",)))
    assert {7, 9} <= fake.account.clients.keys()
    assert {501, 2000} <= fake.email_accounts.keys()
    assert [m.id for m in fake.email_accounts.values() if m.from_email == "ada@sender.example"] == [2001]
    assert sum("Team North" in m.tags for m in fake.email_accounts.values()) == 2
    assert len({m.from_email for m in fake.email_accounts.values()}) == len(fake.email_accounts)


# --- the command -------------------------------------------------------------------------------------


def test_the_command_shows_when_the_job_would_finish(cli: CommandLine, plan: Path) -> None:
    result = cli("simulate", plan, "--tier", "2/60")
    assert result.exit_code == 0
    # 21 requests at two a minute.
    assert "Would take     10 min" in result.stdout
    assert "0 duplicates, 0 lost, 0 orphans" in result.stdout
    assert "CreateCampaign" in result.stdout


def test_the_command_in_json(cli: CommandLine, plan: Path) -> None:
    result = cli("simulate", plan, "--json", "--faults", "0.3", "--seed", "1", "--restart-every", "30")
    content = json.loads(result.stdout)
    assert content["campaigns"]["done"] == content["campaigns"]["planned"] == 3
    assert content["server"]["duplicates"] == 0
    assert content["requests"]["total"] == sum(content["requests"]["by_operation"].values())
    assert content["windows"][0]["limit"] == 10
    assert len(content["details"]) == 3


def test_the_command_exits_with_1_if_the_server_does_not_match_the_plan(
    cli: CommandLine, plan: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Simulation, "succeeded", property(lambda _: False))
    assert cli("simulate", plan).exit_code == 1


@pytest.mark.parametrize(
    "arguments", [["--restart-every", "0"], ["--restart-every", "nan"], ["--faults", "2"], ["--tier", "x"]]
)
def test_invalid_options_give_one_message(cli: CommandLine, plan: Path, arguments: list[str]) -> None:
    result = cli("simulate", plan, *arguments)
    assert result.exit_code == 2
    assert arguments[0] in result.stderr


def test_a_plan_with_errors_is_not_simulated(cli: CommandLine, tmp_path: Path) -> None:
    result = cli("simulate", write_plan(tmp_path, schedule={"timezone": "Mars/Base"}))
    assert result.exit_code == 2
    assert "Mars/Base" in result.stdout
