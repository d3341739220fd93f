"""The fuzz run in a short form with a fresh seed, and that it reports what fails."""

from __future__ import annotations

import json
import random
import secrets
from pathlib import Path

import pytest

from benchmarks.fuzz.__main__ import KINDS, main
from benchmarks.fuzz.case import Finding, Input, Kind
from benchmarks.fuzz.run import fuzz, replay


class FailsOnX:
    """A kind whose cases fail if their text contains an X, in one of two ways."""

    name = "letters"

    def draw(self, rng: random.Random) -> Input:
        return {"text": b"".join(rng.choices([b"a", b"b", b"X", b"Y"], k=40)), "n": 1}

    def run(self, given: Input, folder: Path) -> str:
        assert not list(folder.iterdir())
        if b"X" in given["text"]:
            raise Finding("an X")
        return "short" if len(given["text"]) < 5 else "long"


@pytest.mark.sockets
@pytest.mark.parametrize("kind", KINDS, ids=[kind.name for kind in KINDS])
def test_random_inputs_end_in_a_value_or_a_message(kind: Kind, tmp_path: Path) -> None:
    result = fuzz([kind], seed=secrets.randbelow(10**9), seconds=1.0, save_to=tmp_path)
    assert result.cases
    saved = [file.read_text("utf-8") for file in tmp_path.iterdir()]
    assert not result.failures, (result.seed, saved)


def test_a_failure_is_counted_and_saved_with_the_smallest_input(tmp_path: Path) -> None:
    result = fuzz([FailsOnX()], seed=1, seconds=60, max_cases=5, save_to=tmp_path)
    assert (result.cases, result.failed) == (5, 5)
    (failure,) = result.failures.values()
    assert failure.given == {"text": b"X", "n": 1}
    (file,) = tmp_path.iterdir()
    saved = json.loads(file.read_text("utf-8"))
    assert (saved["kind"], saved["what"]) == ("letters", "an X")
    again = replay([FailsOnX()], file)
    assert again is not None
    assert again.what == "an X"


def test_the_same_seed_draws_the_same_inputs() -> None:
    for kind in KINDS:
        first, second = (kind.draw(random.Random("seed")) for _ in range(2))
        assert repr(first) == repr(second)


def test_the_command_prints_counts_and_exits_with_1_if_a_case_fails(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    arguments = ["--cases", "3", "--seed", "7", "--failures", str(tmp_path)]
    assert main([*arguments, "--kind", "response"]) == 0
    printed = capsys.readouterr().out
    assert "seed 7" in printed
    assert "3 cases" in printed
    monkeypatch.setattr("benchmarks.fuzz.__main__.KINDS", (FailsOnX(),))
    assert main(arguments) == 1
    assert "FAILED letters: an X" in capsys.readouterr().out
    (file,) = tmp_path.iterdir()
    assert main(["--replay", str(file)]) == 1
