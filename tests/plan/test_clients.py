"""Clients by name in plans: what the check says offline, and the ids that take their place."""

from __future__ import annotations

import pytest

from smartlead_async.api.clients import ClientAccount
from smartlead_async.plan.campaign import CampaignSpec
from smartlead_async.plan.check import check
from smartlead_async.plan.needs import account_needs
from smartlead_async.plan.plan import load_plan
from smartlead_async.plan.problem import InvalidPlan

from .files import save

pytestmark = pytest.mark.usefixtures("folder")

CLIENTS = [
    ClientAccount(7, "Northwind"),
    ClientAccount(8, " Harbor "),
    ClientAccount(9, "Twin"),
    ClientAccount(10, "Twin"),
    ClientAccount(11),
]


def plan(*campaigns: str, defaults: str = "{}") -> str:
    rows = "\n".join(f"  - {each}" for each in campaigns)
    return save(f"version: 1\ndefaults: {defaults}\ncampaigns:\n{rows}\n")


def clients_of(path: str) -> list[tuple[str, int | None]]:
    return [(spec.identity, spec.client_id) for spec in load_plan(path).with_clients(CLIENTS).specs()]


def errors_of(path: str) -> list[str]:
    with pytest.raises(InvalidPlan) as caught:
        list(load_plan(path).with_clients(CLIENTS).specs())
    return [problem.headline for problem in caught.value.problems]


def test_a_name_and_its_id_are_the_same_campaign() -> None:
    named, numbered = (
        next(load_plan(plan(f"{{name: A, {client}}}")).with_clients(CLIENTS).specs())
        for client in ("client: Northwind", "client_id: 7")
    )
    assert named == numbered
    assert (named.identity, named.fingerprint()) == (numbered.identity, numbered.fingerprint())


def test_spaces_around_a_name_do_not_count() -> None:
    assert clients_of(plan("{name: A, client: ' Harbor'}")) == [("8/A", 8)]


@pytest.mark.parametrize(
    ("defaults", "own", "client_id"),
    [
        ("{client: Northwind}", "{name: A}", 7),
        ("{client: Northwind}", "{name: A, client_id: 8}", 8),
        ("{client_id: 8}", "{name: A, client: Northwind}", 7),
    ],
)
def test_the_client_of_a_campaign_replaces_that_of_the_defaults(
    defaults: str, own: str, client_id: int
) -> None:
    assert clients_of(plan(own, defaults=defaults)) == [(f"{client_id}/A", client_id)]


def test_a_column_of_the_leads_can_name_the_clients() -> None:
    save("email,account\nkim@prospect.example,Northwind\nbo@prospect.example,Harbor\n", "leads.csv")
    path = plan('{name: A, client: "{value}", for_each: {csv: leads.csv, column: account}}')
    assert clients_of(path) == [("7/A", 7), ("8/A", 8)]


@pytest.mark.parametrize(
    ("client", "message"),
    [
        ("Nortwind", "the account has no client 'Nortwind'. Did you mean 'Northwind'?"),
        ("Xyz", "the account has no client 'Xyz'. It has 'Harbor', 'Northwind', 'Twin'."),
        ("Twin", "2 clients of the account have the name 'Twin': 9, 10. Name one of them by client_id."),
    ],
)
def test_a_name_that_is_not_that_of_one_client_is_an_error_with_its_place(client: str, message: str) -> None:
    assert errors_of(plan(f"{{name: A, client: {client}}}")) == [
        f"plan.yaml:4: error: campaigns[0].client: {message}"
    ]


@pytest.mark.parametrize(
    ("client", "message"),
    [
        ("client: Northwind, client_id: 7", "the client has a name and an id. Remove one of them."),
        ("client: '7'", "7 is no name. Write client_id: 7 for an id."),
        ("client: 7", "7 is no name. Write client_id: 7 for an id."),
        ("client: ' '", "the client has no name. Set one, or omit client."),
    ],
)
def test_what_cannot_be_a_name_is_found_offline(client: str, message: str) -> None:
    report = check(plan(f"{{name: A, {client}}}"))
    assert [problem.headline for problem in report.errors] == [
        f"plan.yaml:4: error: campaigns[0].client: {message}"
    ]


def test_the_check_accepts_names_and_tells_where_they_are() -> None:
    report = check(plan("{name: A, client: Northwind}", "{name: B, client: Northwind}"))
    assert report.ok
    assert {name: place and place.line for name, place in report.client_names.items()} == {"Northwind": 4}


def test_a_plan_tells_whether_it_names_clients() -> None:
    assert load_plan(plan("{name: A, client_id: 7}", "{name: B, client: Northwind}")).has_client_names
    assert load_plan(plan("{name: A}", defaults="{client: Northwind}")).has_client_names
    assert not load_plan(plan("{name: A, client_id: 7}", "{name: B, client: null}")).has_client_names


def test_named_clients_get_ids_of_their_own_on_a_fake() -> None:
    specs = [CampaignSpec("A", 3), CampaignSpec("B", client="Northwind"), CampaignSpec("C", client="Harbor")]
    assert account_needs(specs).clients == {3: "Client 3", 4: "Harbor", 5: "Northwind"}
