"""Plans that name their clients: provisioned, compared and verified as if they had the ids."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import Result

from .conftest import CommandLine
from .plans import KEY, campaign, name, write_plan
from .serving import Served


@pytest.fixture
def agency(tmp_path: Path) -> Path:
    """Return a plan with a campaign for each of two clients, one of which is named."""
    path = write_plan(tmp_path, campaigns=1)
    write(path, {"client_id": 7}, {"client": "Harbor"})
    return path


def write(path: Path, *clients: dict[str, object]) -> None:
    content = json.loads(path.read_text())
    bare = [{key: value for key, value in campaign(n).items() if key != "client_id"} for n in range(2)]
    content["campaigns"] = [each | client for each, client in zip(bare, clients, strict=True)]
    path.write_text(json.dumps(content))


@pytest.fixture
def run(cli: CommandLine, served: Served, agency: Path) -> Callable[..., Result]:
    """Return a function that runs a command on an account with two clients."""
    served.furnish(agency)

    def name_clients() -> None:
        for number, client in ((7, "Northwind"), (8, "Harbor")):
            served.fake.add_client(client, client_id=number)

    served.call(name_clients)

    def command(*arguments: object) -> Result:
        return cli(*arguments, SMARTLEAD_API_KEY=KEY, SMARTLEAD_TIER="unlimited")

    return command


def created(served: Served) -> list[tuple[str, int | None]]:
    found = served.call(lambda: [(each.name, each.client_id) for each in served.fake.campaigns.values()])
    return sorted(found)


def lists_of_clients(served: Served) -> int:
    return served.call(lambda: served.fake.requests.by_operation["ListClients"])


def test_names_are_resolved_with_one_request(
    run: Callable[..., Result], agency: Path, served: Served
) -> None:
    options = [
        "--target",
        served.url,
        "--yes",
        "--verify",
        "--select",
        "client:Harbor",
        "--select",
        "client:7",
    ]
    result = run("provision", agency, *options)
    assert result.exit_code == 0, result.stderr
    assert created(served) == [(name(0), 7), (name(1), 8)]
    assert lists_of_clients(served) == 1


def test_a_name_in_the_place_of_an_id_is_no_change(
    run: Callable[..., Result], agency: Path, served: Served
) -> None:
    assert run("provision", agency, "--target", served.url, "--yes").exit_code == 0
    write(agency, {"client": "Northwind"}, {"client_id": 8})
    compared = run("diff", agency, "--exit-code")
    assert (compared.exit_code, "No changes" in compared.stdout) == (0, True), compared.stdout
    assert run("verify", agency).exit_code == 0
    assert run("provision", agency, "--target", served.url, "--yes").exit_code == 0
    assert len(created(served)) == 2


def test_a_name_that_no_client_has_is_refused_before_anything_is_created(
    run: Callable[..., Result], agency: Path, served: Served
) -> None:
    write(agency, {"client_id": 7}, {"client": "Habror"})
    result = run("provision", agency, "--target", served.url, "--yes")
    assert result.exit_code == 2
    assert "the account has no client 'Habror'. Did you mean 'Harbor'?" in result.stdout + result.stderr
    assert created(served) == []
    assert not agency.with_suffix(".ledger").exists()


def test_check_diff_and_the_fake_need_no_server(cli: CommandLine, agency: Path) -> None:
    assert cli("check", agency).exit_code == 0
    compared = cli("diff", agency)
    assert compared.exit_code == 0
    assert f"{name(1)} (client Harbor)" in compared.stdout.replace("\n", " ")
    assert cli("provision", agency, "--verify").exit_code == 0
    assert cli("simulate", agency).exit_code == 0
