"""Every figure can be measured. What it comes to, nobody asserts here."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from benchmarks import __main__ as command
from benchmarks.figures import FIGURES, Options, instruction_ratios, taken
from benchmarks.measurement import Cost, instructions_each, python_instructions, ratio
from benchmarks.clients import AdapterUnusable, load_adapter


@pytest.mark.parametrize("name", [name for name in FIGURES if name not in {"overhead", "growth", "makespan"}])
def test_a_figure_is_printed_and_written(
    name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "figures.json"
    assert command.main([name, "--quick", "--json", str(file)]) == 0
    told = json.loads(file.read_text("utf-8"))
    assert told["quick"] is True
    assert set(told["machine"]) == {"cpu", "cores", "load", "system", "python", "versions"}
    rows = told["figures"][name]
    assert rows
    printed = capsys.readouterr().out
    assert all(row["what"] in printed and row["figure"] in printed for row in rows)


def test_an_unknown_figure_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        command.main(["speed"])
    assert ended.value.code == 2
    assert "there are overhead" in capsys.readouterr().err


def test_our_client_makes_no_campaign_twice_where_the_others_do() -> None:
    rows = {row.what: row.value for row in FIGURES["faults"](Options(quick=True))}
    assert rows.pop("client.provision") == 0
    assert all(duplicates for duplicates in rows.values())


def test_an_adapter_file_must_have_a_name_and_a_client(tmp_path: Path) -> None:
    file = tmp_path / "theirs.py"
    file.write_text("NAME = 'theirs'\n", encoding="utf-8")
    with pytest.raises(AdapterUnusable, match="Client, a class"):
        load_adapter(str(file))
    file.write_text(
        "NAME = 'theirs'\n"
        "class Client:\n"
        "    def __init__(self, base_url, api_key, connections): ...\n"
        "    async def create(self, name): ...\n"
        "    async def aclose(self): ...\n",
        encoding="utf-8",
    )
    assert load_adapter(str(file))[0] == "theirs"


def test_a_ratio_is_taken_round_by_round_and_beyond_what_both_have_in_common() -> None:
    # The machine was half as fast in the second round: the ratio of the two did not change.
    costs = {
        "nothing": [Cost(1.0, 1.0), Cost(2.0, 2.0), Cost(1.0, 1.0)],
        "ours": [Cost(4.0, 9.0), Cost(8.0, 9.0), Cost(90.0, 90.0)],
        "theirs": [Cost(3.0, 9.0), Cost(6.0, 9.0), Cost(3.0, 9.0)],
    }
    assert ratio(costs, "ours", "theirs") == pytest.approx(4 / 3)
    assert ratio(costs, "ours", "theirs", beyond="nothing") == pytest.approx(1.5)


def test_a_row_of_time_tells_cpu_wall_and_instructions() -> None:
    row = taken("a create", Cost(0.0000801, 0.0001), "µs", 525_123.0)
    assert row.figure == "80.1 µs (wall 100), 525 k instr."
    assert (row.value, row.wall, row.instructions) == (0.0000801, 0.0001, 525_123.0)
    assert taken("a process", Cost(0.08, 0.081), "ms").figure == "80 ms (wall 81)"


def test_without_a_tool_that_counts_there_are_no_instructions(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("benchmarks.measurement.shutil.which", lambda _: None)
    assert python_instructions("-c", "pass") is None
    assert instructions_each("benchmarks.workloads:decode_by", {"name": "orjson"}, 10) is None
    assert list(instruction_ratios({"ours": None, "theirs": 5.0}, "ours", ["theirs"])) == []


@pytest.mark.soak
@pytest.mark.skipif(
    shutil.which("valgrind") is None, reason="valgrind, which counts instructions, is not here"
)
def test_instructions_are_those_of_the_work_alone() -> None:
    each = instructions_each("benchmarks.workloads:decode_by", {"name": "orjson"}, 2000)
    assert each is not None
    # A start of the interpreter takes some fifty million.
    assert 1_000 < each < 1_000_000


def test_all_figures_of_the_page_are_there_under_their_names() -> None:
    names = "overhead in-memory decode limiter makespan requests faults import memory growth"
    assert list(FIGURES) == names.split()
