"""The list of operations: complete, and pleasant on a terminal of 80 columns."""

from __future__ import annotations

import json

import pytest

from smartlead_async.api.areas import operations

from .conftest import CommandLine


def test_every_operation_is_listed_with_route_effect_and_summary(cli: CommandLine) -> None:
    result = cli("operations", "--json")
    listed = {each["name"]: each for each in json.loads(result.stdout)["operations"]}
    assert listed.keys() == operations().keys()
    created = listed["campaigns.create"]
    assert (created["method"], created["path"]) == ("POST", "/campaigns/create")
    assert (created["effect"], created["repeatable"]) == ("write", False)
    assert created["summary"].startswith("Create a campaign.")
    assert all(each["summary"] and "`" not in each["summary"] for each in listed.values())


def test_the_list_fits_eighty_columns_and_breaks_no_route(cli: CommandLine) -> None:
    result = cli("operations", COLUMNS="80")
    assert result.exit_code == 0
    routes = {f"    {r.operation.method} {r.operation.path}" for r in operations().values()}
    assert all(len(line) <= 80 or line in routes for line in result.stdout.splitlines())
    assert set(operations()) <= set(result.stdout.split())


def test_an_area_is_listed_alone(cli: CommandLine) -> None:
    result = cli("operations", "clients")
    assert "clients.list" in result.stdout
    assert "campaigns." not in result.stdout


@pytest.mark.parametrize(
    ("area", "advice"), [("campaign", "did you mean 'campaigns'?"), ("xyz", "there are campaigns, leads,")]
)
def test_an_unknown_area_is_one_message(cli: CommandLine, area: str, advice: str) -> None:
    result = cli("operations", area)
    assert result.exit_code == 2
    assert result.stdout == ""
    assert result.stderr.count("\n") == 1
    assert f"there is no area '{area}': " in result.stderr
    assert advice in result.stderr


def test_an_unknown_area_is_an_error_in_the_json_as_well(cli: CommandLine) -> None:
    result = cli("operations", "campaign", "--json")
    assert json.loads(result.stdout)["exit_code"] == 2
