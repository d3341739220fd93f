"""The suite reports what goes wrong: a hang with a traceback, a failing property with its example."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from . import watchdog
from .watchdog import Hang, time_limit

ROOT = Path(__file__).parent.parent


@pytest.fixture
def run_tests(tmp_path: Path) -> RunTests:
    return RunTests(tmp_path)


class RunTests:
    """Runs tests of its own in another process, with the settings of this suite."""

    def __init__(self, folder: Path) -> None:
        self._file = folder / "test_of_today.py"

    def __call__(self, text: str, *options: str) -> str:
        """Return what pytest prints about a file of tests that must not all pass."""
        self._file.write_text(text, "utf-8")
        arguments = (
            "-p",
            "tests.conftest",
            "-p",
            "no:cacheprovider",
            "-p",
            "no:xdist",
            "--rootdir",
            str(ROOT),
        )
        finished = subprocess.run(
            [sys.executable, "-m", "pytest", *arguments, "-c", "pyproject.toml", *options, str(self._file)],
            cwd=ROOT,
            env={**os.environ, "CI": "1"},
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        assert finished.returncode == 1, finished.stdout + finished.stderr
        return finished.stdout


# --- hangs -------------------------------------------------------------------------------------------


def test_a_call_that_hangs_is_interrupted_and_every_thread_is_shown(
    capfd: pytest.CaptureFixture[str],
) -> None:
    with pytest.raises(Hang, match=r"still running after 0\.05 s"), time_limit(0.05):
        threading.Event().wait()
    assert "test_a_call_that_hangs_is_interrupted" in capfd.readouterr().err


def test_code_that_swallows_the_interruption_is_interrupted_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(watchdog, "_REPEAT", 0.05)
    with pytest.raises(Hang), time_limit(0.05):
        try:
            threading.Event().wait()
        except Hang:
            threading.Event().wait()


def test_an_inner_limit_leaves_the_outer_one_in_place() -> None:
    with pytest.raises(Hang), time_limit(0.2):
        with time_limit(60):
            pass
        threading.Event().wait()


@pytest.mark.slow
def test_a_hang_on_virtual_time_fails_that_test_alone_with_the_line_at_which_it_waits(
    run_tests: RunTests,
) -> None:
    printed = run_tests("""
import asyncio

async def nobody_sets_it():
    await asyncio.Event().wait()

async def test_that_hangs():
    await nobody_sets_it()

async def test_that_passes():
    await asyncio.sleep(3600)
""")
    assert "1 failed, 1 passed" in printed
    assert "VirtualTimeDeadlock" in printed
    assert "test_of_today.py:5 in nobody_sets_it" in printed


@pytest.mark.slow
def test_an_example_that_hangs_is_printed(run_tests: RunTests) -> None:
    printed = run_tests("""
import threading
from hypothesis import given, strategies as st
from tests import watchdog

watchdog.EXAMPLE_LIMIT = 0.1

@given(st.integers())
def test_that_hangs(number):
    if number > 3:
        threading.Event().wait()
""")
    assert "Hang: still running after 0.1 s" in printed
    assert re.search(r"(Falsifying example|Failing test case): test_that_hangs\(\s+number=\d+", printed)


# --- properties --------------------------------------------------------------------------------------

FAILING = """
from hypothesis import given, strategies as st

@given(st.integers(min_value=0))
def test_that_fails(number):
    assert number < 1000
"""


def example(printed: str) -> int:
    # Hypothesis groups the digits of large numbers with underscores.
    heading = "(?:Falsifying example|Failing test case)"
    found = re.search(heading + r": test_that_fails\(\s+number=([\d_]+)", printed)
    assert found is not None, printed
    return int(found[1])


@pytest.mark.slow
def test_a_failing_property_prints_its_example_which_another_seed_changes_even_if_ci_is_set(
    run_tests: RunTests,
) -> None:
    printed = [run_tests(FAILING, f"--hypothesis-seed={seed}") for seed in (1, 2, 3)]
    assert all("@reproduce_failure(" in one for one in printed)
    assert len({example(one) for one in printed}) > 1


@pytest.mark.slow
def test_people_can_ask_for_the_smallest_example(run_tests: RunTests) -> None:
    assert example(run_tests(FAILING)) >= 1000  # saved as it was found
    assert example(run_tests(FAILING, "--hypothesis-profile=shrink")) == 1000


@settings(max_examples=3)
@given(number=st.integers())
def test_a_property_with_settings_of_its_own_has_the_rest_from_the_profile(number: int) -> None:
    if settings.get_current_profile_name() == "tests":
        assert Phase.shrink not in settings().phases
    assert not settings().derandomize
    assert settings().print_blob
