"""Every documented exit code is returned by the command that documents it."""

from __future__ import annotations

import io
import os
import pty
import re
import signal
import subprocess
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

import attrs
import pytest

import smartlead_async.provisioning.adoption.importer as importer_module
import smartlead_async.provisioning.job.refresh as refresh_module
import smartlead_async.provisioning.job.verify as verify_module
from smartlead_async.api.campaigns.read import GetCampaign
from smartlead_async.cli import questions
from smartlead_async.cli.app import app
from smartlead_async.cli.exit_code import ExitCode
from smartlead_async.cli.raw_request import RawRequest
from smartlead_async.cli.tier import Tier
from smartlead_async.fake import Fault
from smartlead_async.fake.state import CampaignStatus

from .conftest import CommandLine
from .plans import KEY, key, write_plan
from .processes import COMMAND, environment
from .serving import Served


@attrs.frozen
class Place:
    """The surroundings of a command: a valid plan and an account that has what it needs."""

    cli: CommandLine
    plan: Path
    served: Served
    patch: pytest.MonkeyPatch

    def run(self, *arguments: object, key: str = KEY) -> int:
        return self.cli(*arguments, SMARTLEAD_API_KEY=key, SMARTLEAD_TIER="unlimited").exit_code

    def provision(self, *options: object, key: str = KEY) -> int:
        return self.run("provision", self.plan, "--target", self.served.url, *options, key=key)

    def doctor(self, *options: object, key: str = KEY) -> int:
        return self.run("doctor", "--only", "account", "--target", self.served.url, *options, key=key)

    def api(self, *arguments: object, key: str = KEY) -> int:
        return self.run("api", *arguments, "--target", self.served.url, key=key)

    @property
    def ledger(self) -> Path:
        """The ledger of a job that is done."""
        path = self.plan.with_suffix(".ledger")
        if not path.exists():
            assert self.provision() == 0
        return path

    def import_all(self, *, key: str = KEY) -> int:
        out = self.plan.with_name("imported.yaml")
        return self.run("import", out, "--target", self.served.url, key=key)

    def ready_for(self, command: str) -> Path:
        """Return the plan of a job that is done, paused if it is to be resumed."""
        assert self.ledger
        if command == "resume":
            assert self.run("pause", self.plan, "--yes") == 0
        return self.plan

    def broken_plan(self) -> Path:
        return write_plan(self.plan.parent, schedule={"timezone": "Mars/Base"})

    def fail(self, operation: str, fault: Fault) -> None:
        self.served.call(lambda: self.served.fake.script(operation, fault, times=None))

    def interrupt_reads(self, module: ModuleType, request: str = "GetCampaign") -> None:
        kind: Any = getattr(module, request)

        def interrupting(*arguments: Any) -> Any:
            os.kill(os.getpid(), signal.SIGINT)
            return kind(*arguments)

        self.patch.setattr(module, request, interrupting)

    def refused_on_a_terminal(self, *arguments: object) -> int:
        """Run a command that asks for confirmation on a terminal, and answer no."""
        terminal, stdin = pty.openpty()
        try:
            os.write(terminal, b"n\n")
            command = [*COMMAND, *map(str, arguments)]
            env = environment(SMARTLEAD_API_KEY=KEY)
            done = subprocess.run(command, stdin=stdin, capture_output=True, env=env, check=False)
        finally:
            os.close(terminal)
            os.close(stdin)
        return done.returncode


def doctor_deviates(place: Place) -> int:
    place.fail("GetUser", Fault.not_json())
    return place.doctor()


def check_unusable(place: Place) -> int:
    return place.run("check", place.broken_plan())


def provision_failed(place: Place) -> int:
    place.fail("SaveSequences", Fault.status_before(422))
    return place.provision()


def provision_not_allowed(place: Place) -> int:
    return place.provision(key="sk-wrong")


def import_partly(place: Place) -> int:
    assert place.ledger
    (campaign, *_) = place.served.fake.campaigns.values()
    place.served.call(lambda: setattr(campaign, "status", CampaignStatus.STOPPED))
    place.served.call(lambda: campaign.touch(0))
    return place.import_all()


def import_not_allowed(place: Place) -> int:
    assert place.ledger
    return place.import_all(key="sk-wrong")


def import_interrupted(place: Place) -> int:
    assert place.ledger

    def interrupting(*arguments: Any) -> Any:
        os.kill(os.getpid(), signal.SIGINT)
        return GetCampaign(*arguments)

    place.patch.setattr(importer_module, "GetCampaign", interrupting)
    return place.import_all()


def verify_differs(place: Place) -> int:
    assert place.ledger
    (campaign, *_) = place.served.fake.campaigns
    place.served.call(lambda: place.served.fake.campaigns.pop(campaign))
    return place.run("verify", place.plan)


def verify_not_allowed(place: Place) -> int:
    assert place.ledger
    place.fail("GetSequences", Fault.status_before(401))
    return place.run("verify", place.plan)


def verify_interrupted(place: Place) -> int:
    assert place.ledger
    place.interrupt_reads(verify_module)
    return place.run("verify", place.plan)


def refresh(place: Place, fault: Fault | None = None) -> int:
    assert place.ledger
    if fault is None:
        place.interrupt_reads(refresh_module, "GetSequences")
    else:
        place.fail("GetSequences", fault)
    return place.run("diff", place.plan, "--refresh")


def simulate_differs(place: Place) -> int:
    place.patch.setattr("smartlead_async.simulation.Simulation.succeeded", property(lambda _: False))
    return place.run("simulate", place.plan)


def simulate_defect(place: Place) -> int:
    def broken(*_: object) -> object:
        raise RuntimeError("broken")

    place.patch.setattr(Tier, "choose", broken)
    return place.run("simulate", place.plan)


def operation_failed(place: Place, command: str) -> int:
    plan = place.ready_for(command)
    place.fail("DeleteCampaign" if command == "destroy" else "UpdateStatus", Fault.status_before(422))
    return place.run(command, plan, "--yes")


def operations(command: str) -> dict[tuple[str, int], Callable[[Place], int]]:
    """Return the scenarios of ``pause``, ``resume`` or ``destroy``."""
    return {
        (command, 0): lambda place: place.run(command, place.ready_for(command), "--yes"),
        (command, 1): lambda place: operation_failed(place, command),
        (command, 2): lambda place: place.run(command, place.plan, "--yes"),
        (command, 3): lambda place: place.run(command, place.ready_for(command), "--yes", key=""),
        (command, 4): lambda place: place.refused_on_a_terminal(command, place.ready_for(command)),
    }


def api_interrupted(place: Place) -> int:
    def interrupting(_: RawRequest) -> Any:
        os.kill(os.getpid(), signal.SIGINT)
        return GetCampaign(1)

    place.patch.setattr(RawRequest, "build", interrupting)
    return place.api("GET", "/campaigns/")


def api_unknown(place: Place) -> int:
    place.served.call(lambda: place.served.fake.fail_next(Fault.lost_after()))
    return place.api("POST", "/campaigns/create", "-f", "name=n")


def init_unanswered(place: Place) -> int:
    class Sys:
        stdin = io.StringIO()

    place.patch.setattr(Sys.stdin, "isatty", lambda: True)
    place.patch.setattr(questions, "sys", Sys)
    return place.run("init", place.plan.parent / "new")


SCENARIOS: dict[tuple[str, int], Callable[[Place], int]] = {
    ("init", 0): lambda place: place.run("init", place.plan.parent / "new", "--yes"),
    ("init", 2): lambda place: place.run("init", place.plan, "--yes"),
    ("init", 4): init_unanswered,
    ("schema", 0): lambda place: place.run("schema"),
    ("schema", 2): lambda place: place.run("schema", "--output", place.plan),
    ("check", 0): lambda place: place.run("check", place.plan),
    ("check", 2): check_unusable,
    ("diff", 0): lambda place: place.run("diff", place.plan),
    ("diff", 1): lambda place: refresh(place, Fault.status_before(422)),
    ("diff", 2): lambda place: place.run("diff", place.broken_plan()),
    ("diff", 3): lambda place: refresh(place, Fault.status_before(401)),
    ("diff", 4): refresh,
    ("provision", 0): lambda place: place.provision(),
    ("provision", 1): provision_failed,
    ("provision", 2): lambda place: place.run("provision", place.broken_plan()),
    ("provision", 3): provision_not_allowed,
    ("provision", 4): lambda place: place.provision("--deadline", "0.001"),
    ("import", 0): lambda place: place.import_all() if place.ledger else -1,
    ("import", 1): import_partly,
    ("import", 2): lambda place: place.import_all(),
    ("import", 3): import_not_allowed,
    ("import", 4): import_interrupted,
    ("verify", 0): lambda place: place.run("verify", place.plan, "--ledger", place.ledger),
    ("verify", 1): verify_differs,
    ("verify", 2): lambda place: place.run("verify", place.plan),
    ("verify", 3): verify_not_allowed,
    ("verify", 4): verify_interrupted,
    **operations("pause"),
    **operations("resume"),
    **operations("destroy"),
    ("operations", 0): lambda place: place.run("operations"),
    ("operations", 2): lambda place: place.run("operations", "nonsense"),
    ("api", 0): lambda place: place.api("GET", "/campaigns/"),
    ("api", 1): lambda place: place.api("POST", "/campaigns/9/status", "-f", "status=PAUSED"),
    ("api", 2): lambda place: place.api("GET", "campaigns"),
    ("api", 3): lambda place: place.api("GET", "/campaigns/", key="sk-wrong"),
    ("api", 4): api_interrupted,
    ("api", 6): api_unknown,
    ("status", 0): lambda place: place.run("status", place.ledger),
    ("status", 2): lambda place: place.run("status", place.plan.with_suffix(".none")),
    ("forget", 0): lambda place: place.run("forget", place.ledger, "--campaign", key(1), "--yes"),
    ("forget", 2): lambda place: place.run("forget", place.ledger, "--campaign", "none", "--yes"),
    ("forget", 4): lambda place: place.refused_on_a_terminal("forget", place.ledger, "--campaign", key(1)),
    ("doctor", 0): lambda place: place.doctor(),
    ("doctor", 1): doctor_deviates,
    ("doctor", 2): lambda place: place.doctor("--only", "nothing"),
    ("doctor", 3): lambda place: place.doctor(key="sk-wrong"),
    ("doctor", 4): lambda place: place.refused_on_a_terminal(
        "doctor", "--write", "--only", "account", "--target", place.served.url
    ),
    ("simulate", 0): lambda place: place.run("simulate", place.plan),
    ("simulate", 1): simulate_differs,
    ("simulate", 2): lambda place: place.run("simulate", place.broken_plan()),
    ("simulate", 5): simulate_defect,
}
UNDOCUMENTED = {("simulate", 5)}
"""Codes that a command does not list, because every command can return them."""


def documented() -> set[tuple[str, int]]:
    """Return each command with the exit codes in its help."""
    found = set()
    for command in app.registered_commands:
        if command.hidden:
            continue
        assert command.callback is not None
        _, _, codes = (command.callback.__doc__ or "").partition("Exit codes: ")
        codes = codes.partition("\n\n")[0]
        assert codes, command.name
        found |= {(str(command.name), int(code)) for code in re.findall(r"\b\d\b", codes)}
    return found


def test_every_exit_code_in_the_help_of_a_command_has_a_scenario() -> None:
    assert documented() == set(SCENARIOS) - UNDOCUMENTED


def test_every_exit_code_is_returned_by_a_command() -> None:
    assert {code for _, code in SCENARIOS} == set(ExitCode)


@pytest.mark.parametrize(("command", "code"), SCENARIOS, ids=str)
def test_a_command_returns_the_exit_code(
    cli: CommandLine,
    plan: Path,
    served: Served,
    monkeypatch: pytest.MonkeyPatch,
    command: str,
    code: int,
) -> None:
    served.furnish(plan)
    assert SCENARIOS[command, code](Place(cli, plan, served, monkeypatch)) == code
