"""The output for people: the progress of a job, on a terminal and in a log."""

from __future__ import annotations

import asyncio
import os
import re
import subprocess
import time
from pathlib import Path

import attrs
import pytest

from smartlead_async import RateLimits
from smartlead_async.cli.failures import record_failure_line
from smartlead_async.cli.output import Output
from smartlead_async.cli.progress import Pace, ProgressDisplay, wait_reason
from smartlead_async.fake import Fault
from smartlead_async.limits import Lane
from smartlead_async.pipeline.limiter import Limiter
from smartlead_async.plan.step import Step
from smartlead_async.provisioning.ledger.records import CampaignRecord, StepRecord, StepState
from smartlead_async.provisioning.report.report import Progress
from smartlead_async.wording import local_time

from .plans import KEY, name, write_plan
from .processes import COMMAND, environment
from .serving import Served

PROGRESS = Progress(
    total=12,
    done=7,
    failed=1,
    running=3,
    requests=1234,
    requests_left=30,
    elapsed=60.0,
    time_left=42.0,
    waiting=0,
    down_for=None,
)


# --- progress ----------------------------------------------------------------------------------------


def test_the_pace_is_that_of_the_last_minute() -> None:
    pace = Pace()
    assert pace.observe(0.0, 0) == 0.0
    assert pace.observe(30.0, 30) == 60.0
    assert pace.observe(60.0, 30) == 30.0
    assert pace.observe(90.0, 30) == 0.0


async def test_the_reason_for_waiting_is_shown() -> None:
    limiter = Limiter(RateLimits.of((1, 60.0)))
    loop = asyncio.get_running_loop()

    def reason(**changes: object) -> str | None:
        progress = attrs.evolve(PROGRESS, **changes)  # type: ignore[arg-type]
        return wait_reason(progress, limiter, now=loop.time(), wall=1_800_000_000.0)

    assert reason() is None
    assert reason(waiting=1) is None
    limiter.release(await limiter.acquire(Lane.BULK))
    assert reason(waiting=1) == "waiting for the rate limit"
    assert reason() is None
    limiter.close_until(loop.time() + 90)
    until = local_time(1_800_000_090.0, now=1_800_000_000.0)
    assert reason() == f"SmartLead asked to wait (429) until {until}"
    since = local_time(1_800_000_000.0 - 200, now=1_800_000_000.0)
    expected = f"SmartLead has been down since {since} (3 min 20 s); retrying until it is back"
    assert reason(down_for=200.0) == expected


async def test_a_log_gets_a_line_every_few_seconds(capsys: pytest.CaptureFixture[str]) -> None:
    limiter = Limiter(RateLimits.UNLIMITED)
    display = ProgressDisplay(Output(as_json=False), lambda: PROGRESS, limiter)
    with display:
        task = asyncio.create_task(display.run())
        await asyncio.sleep(13)
        task.cancel()
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == 3
    assert lines[0].startswith("7 of 12 done, 1 failed · 1,234 requests · ")
    assert lines[0].endswith("/min · 42 s left")


def test_a_failure_is_one_line_with_step_and_reason() -> None:
    step = StepRecord(Step.LEADS, StepState.FAILED, 0.0, error="no")
    record = CampaignRecord("k", "A\nname", None, steps=(step,), error="the quota\nran out")
    assert record_failure_line(record) == "failed: A name at leads: the quota ran out"


# --- a real terminal ---------------------------------------------------------------------------------

pty = pytest.importorskip("pty", reason="pseudo-terminals need a Unix")


class Terminal:
    """A pseudo-terminal of this many columns that runs a command."""

    def __init__(self, *arguments: object, columns: int, **env: str) -> None:
        self.screen = b""
        self._master, slave = pty.openpty()
        self.process = subprocess.Popen(
            [*COMMAND, *map(str, arguments)],
            stdin=slave,
            stdout=slave,
            stderr=slave,
            start_new_session=True,
            env=environment(TERM="xterm-256color", COLUMNS=str(columns), LINES="30", **env),
        )
        os.close(slave)

    def read_until(self, pattern: str) -> str:
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            if re.search(pattern, self.text):
                return self.text
            if not self._read():
                break
        raise AssertionError(f"{pattern!r} did not appear: {self.text}")

    def type(self, text: str) -> None:
        os.write(self._master, text.encode())

    def finish(self) -> tuple[int, str]:
        while self._read():
            pass
        os.close(self._master)
        return self.process.wait(60), self.text

    @property
    def text(self) -> str:
        return re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", self.screen.decode("utf-8", "replace"))

    def _read(self) -> bool:
        try:
            data = os.read(self._master, 65536)
        except OSError:
            return False
        self.screen += data
        return bool(data)


@pytest.mark.slow
@pytest.mark.parametrize("columns", [80, 120])
def test_a_terminal_shows_a_bar_and_then_a_table(tmp_path: Path, served: Served, columns: int) -> None:
    plan = write_plan(tmp_path, 12)
    served.furnish(plan)
    served.call(lambda: served.fake.script(None, Fault.slow(0.05), times=None))
    arguments = ("provision", plan, "--target", served.url, "--tier", "unlimited", "--concurrency", 2)
    terminal = Terminal(*arguments, columns=columns, SMARTLEAD_API_KEY=KEY)
    terminal.read_until(r"Campaigns [━╸╺]+ +[1-9] of 12 done")
    assert "/min" in terminal.text
    code, text = terminal.finish()
    assert code == 0
    assert "All campaigns are done." in text
    assert name(11)[:20] in text
    assert KEY not in text
    # Paths are never shortened, so their lines may be longer.
    lines = [line for line in text.replace("\r", "\n").split("\n") if str(tmp_path) not in line]
    widest = max(len(line.rstrip()) for line in lines)
    assert widest <= columns
    # The bar was erased.
    assert b"\x1b[2K" in terminal.screen


@pytest.mark.slow
@pytest.mark.parametrize(("typed", "code", "created"), [("n", 4, 0), ("", 4, 0), ("yes", 0, 3)])
def test_live_asks_before_anything_is_sent(
    plan: Path, served: Served, typed: str, code: int, created: int
) -> None:
    served.furnish(plan)
    env = {"SMARTLEAD_API_KEY": KEY, "SMARTLEAD_BASE_URL": served.url, "SMARTLEAD_TIER": "unlimited"}
    terminal = Terminal("provision", plan, "--target", "live", columns=100, **env)
    text = terminal.read_until(r"Continue\? \[y/N\] ")
    assert "will be STARTED and will mail 9 leads" in text
    assert served.requests() == 0
    terminal.type(typed + "\n")
    ended, text = terminal.finish()
    assert ended == code, text
    assert sum(served.statuses().values()) == created


def test_ctrl_c_at_the_prompt_sends_nothing(plan: Path, served: Served) -> None:
    served.furnish(plan)
    env = {"SMARTLEAD_API_KEY": KEY, "SMARTLEAD_BASE_URL": served.url}
    terminal = Terminal("provision", plan, "--target", "live", columns=100, **env)
    terminal.read_until(r"Continue\?")
    terminal.process.send_signal(2)
    ended, text = terminal.finish()
    assert ended == 4, text
    assert "Traceback" not in text
    assert served.requests() == 0


def test_errors_are_red_and_warnings_yellow_on_a_terminal(tmp_path: Path) -> None:
    broken = tmp_path / "broken.json"
    broken.write_text('{"version": 1, "campaigns": [{"name": "x", "start": true}]}')
    terminal = Terminal("check", broken, columns=80)
    code, _ = terminal.finish()
    assert code == 2
    lines = terminal.screen.decode().splitlines()
    assert [line for line in lines if "\x1b[31m" in line and ": error: " in line]
    assert [line for line in lines if "\x1b[33m" in line and ": warning: " in line]


def test_no_color_is_honoured(tmp_path: Path) -> None:
    broken = tmp_path / "broken.json"
    broken.write_text('{"version": 1, "campaigns": [{"name": "x", "start": true}]}')
    terminal = Terminal("check", broken, columns=80, NO_COLOR="1")
    terminal.finish()
    assert b"\x1b[3" not in terminal.screen
