"""Clients by name: ``campaigns list --client`` and ``--select client:NAME``."""

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
    """Return a plan with a campaign for each of two clients."""
    path = write_plan(tmp_path, campaigns=1)
    content = json.loads(path.read_text())
    content["campaigns"].append(campaign(1) | {"client_id": 8})
    path.write_text(json.dumps(content))
    return path


@pytest.fixture
def run(cli: CommandLine, served: Served, agency: Path) -> Callable[..., Result]:
    """Return a function that runs a command on an account with three clients."""
    served.furnish(agency)

    def name_clients() -> None:
        for number, client in ((7, "Northwind"), (8, "Northern Lights [Oslo]"), (9, "2027")):
            served.fake.add_client(client, client_id=number)

    served.call(name_clients)

    def command(*arguments: object) -> Result:
        return cli(*arguments, "--target", served.url, SMARTLEAD_API_KEY=KEY, SMARTLEAD_TIER="unlimited")

    return command


def created(served: Served) -> list[tuple[str, int | None]]:
    return served.call(lambda: [(each.name, each.client_id) for each in served.fake.campaigns.values()])


def test_the_campaigns_of_a_client_are_listed_by_its_name(run: Callable[..., Result], agency: Path) -> None:
    assert run("provision", agency, "--yes").exit_code == 0
    for terms, clients in (
        (["--client", "Northwind"], [7]),
        (["--client", "8"], [8]),
        (["--client", "North*"], [8, 7]),
        (["--client", "Northwind", "--client", "8"], [8, 7]),
        (["--client", "Northern Lights [Oslo]"], [8]),
        (["--client", "2027"], []),
    ):
        listed = json.loads(run("campaigns", "list", "--json", *terms).stdout)
        assert [each["client_id"] for each in listed] == clients, terms


def test_a_client_is_selected_by_its_name(run: Callable[..., Result], agency: Path, served: Served) -> None:
    assert run("provision", agency, "--select", "client:Northwind", "--yes").exit_code == 0
    assert created(served) == [(name(0), 7)]
    assert run("verify", agency, "--select", "client:Northwind").exit_code == 0
    paused = run("pause", agency, "--select", "client:north*", "--select", "client:7", "--yes")
    assert paused.exit_code == 2
    assert "there is no client 'north*'" in paused.stderr
    assert run("pause", agency, "--select", "client:Northwind", "--yes").exit_code == 0
    assert served.call(lambda: [each.status.value for each in served.fake.campaigns.values()]) == ["PAUSED"]


@pytest.mark.parametrize(
    "command", [["campaigns", "list", "--client"], ["provision", "PLAN", "--yes", "--select"]]
)
def test_an_unknown_name_is_one_message_with_a_similar_one(
    run: Callable[..., Result], agency: Path, served: Served, command: list[str]
) -> None:
    prefix = "client:" if "--select" in command else ""
    result = run(*[agency if word == "PLAN" else word for word in command], f"{prefix}Nortwhind")
    assert result.exit_code == 2
    assert result.stderr.count("Error: ") == 1
    assert "there is no client 'Nortwhind': did you mean 'Northwind'" in result.stderr
    assert created(served) == []


def test_ids_need_no_request_for_names(run: Callable[..., Result], served: Served, agency: Path) -> None:
    before = served.requests()
    assert run("campaigns", "list", "--client", "7").exit_code == 0
    assert served.requests() == before + 1


def test_the_fake_in_memory_knows_no_names(cli: CommandLine, agency: Path) -> None:
    result = cli("provision", agency, "--select", "client:Northwind")
    assert (result.exit_code, "knows no names" in result.stderr) == (2, True)
