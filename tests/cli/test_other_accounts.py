"""A ledger belongs to one account: another API key is refused unless the user says that it is a new one."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from smartlead_async.cli.key_digest import is_digest_of, key_digest

from .conftest import CommandLine
from .plans import KEY
from .serving import Served

OTHER = "sk-other-99b1d3"


@pytest.fixture
def done(cli: CommandLine, plan: Path, served: Served) -> Path:
    served.furnish(plan)
    served.call(lambda: served.fake.add_key(OTHER))
    assert cli("provision", plan, "--target", served.url, SMARTLEAD_API_KEY=KEY).exit_code == 0
    return plan


def recorded(plan: Path) -> str:
    ledger = sqlite3.connect(plan.with_suffix(".ledger"))
    (value,) = ledger.execute("SELECT plan FROM job").fetchone()
    ledger.close()
    return str(value)


@pytest.mark.parametrize("command", ["provision", "verify"])
def test_another_key_is_refused_before_the_first_request(
    cli: CommandLine, done: Path, served: Served, command: str
) -> None:
    before = served.requests()
    result = cli(command, done, "--target", served.url, SMARTLEAD_API_KEY=OTHER)
    assert result.exit_code == 2
    assert "was begun with another API key" in result.stderr
    assert "--accept-new-key" in result.stderr
    assert OTHER not in result.output
    assert served.requests() == before


def test_a_new_key_of_the_same_account_can_be_accepted_once_and_for_all(
    cli: CommandLine, done: Path, served: Served
) -> None:
    arguments = (done, "--target", served.url)
    assert cli("verify", *arguments, "--accept-new-key", SMARTLEAD_API_KEY=OTHER).exit_code == 0
    # verify only reads the ledger.
    assert cli("verify", *arguments, SMARTLEAD_API_KEY=OTHER).exit_code == 2
    assert cli("provision", *arguments, "--accept-new-key", SMARTLEAD_API_KEY=OTHER).exit_code == 0
    assert cli("verify", *arguments, SMARTLEAD_API_KEY=OTHER).exit_code == 0
    assert cli("verify", *arguments, SMARTLEAD_API_KEY=KEY).exit_code == 2


def test_a_ledger_holds_no_key_and_the_same_fingerprint_in_every_run(
    cli: CommandLine, done: Path, served: Served
) -> None:
    first = recorded(done)
    assert cli("provision", done, "--target", served.url, SMARTLEAD_API_KEY=KEY).exit_code == 0
    assert recorded(done) == first
    for file in done.parent.glob("*.ledger*"):
        assert KEY.encode() not in file.read_bytes()


keys = st.text(min_size=1, max_size=40)


@given(keys, keys)
@settings(max_examples=10, deadline=None)
def test_a_digest_is_that_of_one_key_and_salted(one: str, other: str) -> None:
    digest = key_digest(one)
    assert is_digest_of(digest, one)
    assert is_digest_of(digest, other) == (one == other)
    assert key_digest(one) != digest


@pytest.mark.parametrize("damaged", ["", ":", "xyz:00", "00"])
def test_a_damaged_digest_is_that_of_no_key(damaged: str) -> None:
    assert not is_digest_of(damaged, KEY)
