"""Every figure can be measured. The tests assert no values, except that no campaign is duplicated."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from benchmarks import __main__ as command
from benchmarks.clients import AdapterUnusable, load_adapter
from benchmarks.figures import FIGURES, Effort, Options, cost_row, instruction_ratios
from benchmarks.measurement import Cost, instructions_each, python_instructions, ratio


@pytest.mark.slow
@pytest.mark.parametrize("name", [name for name in FIGURES if name not in {"overhead", "growth", "makespan"}])
def test_a_figure_is_printed_and_written_as_json(
    name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "figures.json"
    assert command.main([name, "--smoke", "--json", str(file)]) == 0
    result = json.loads(file.read_text("utf-8"))
    assert result["effort"] == "smoke"
    assert set(result["machine"]) == {"cpu", "cores", "load", "system", "python", "versions"}
    rows = result["figures"][name]
    assert rows
    printed = capsys.readouterr().out
    assert all(row["what"] in printed and row["figure"] in printed for row in rows)


@pytest.mark.slow
def test_the_quick_form_has_the_rows_of_the_full_form_and_says_that_it_is_noisier(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rows, printed = {}, {}
    for effort, flags in ((Effort.QUICK, ["--quick"]), (Effort.FULL, [])):
        file = tmp_path / f"{effort.value}.json"
        assert command.main(["requests", "--json", str(file), *flags]) == 0
        result = json.loads(file.read_text("utf-8"))
        assert result["effort"] == effort.value
        rows[effort] = [(row["what"], row["met"]) for row in result["figures"]["requests"]]
        printed[effort] = capsys.readouterr().out
    assert rows[Effort.QUICK] == rows[Effort.FULL]
    assert "noisier" in printed[Effort.QUICK]
    assert "noisier" not in printed[Effort.FULL]


def test_a_quick_run_counts_instructions_and_a_smoke_run_does_not(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("benchmarks.figures.instructions_each", lambda *_: 5.0)
    counts = {effort: Options(effort).count("benchmarks.workloads:decode_by", {}, 1) for effort in Effort}
    assert counts == {Effort.FULL: 5.0, Effort.QUICK: 5.0, Effort.SMOKE: None}


def test_quick_and_smoke_exclude_each_other(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as exit_info:
        command.main(["requests", "--quick", "--smoke"])
    assert exit_info.value.code == 2
    assert "not allowed with argument" in capsys.readouterr().err


def test_an_unknown_figure_is_rejected(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as exit_info:
        command.main(["speed"])
    assert exit_info.value.code == 2
    assert "unknown figure: speed; choose from overhead" in capsys.readouterr().err


@pytest.mark.slow
def test_only_our_client_creates_no_duplicates() -> None:
    rows = {row.what: row.value for row in FIGURES["faults"](Options(Effort.SMOKE))}
    assert rows.pop("client.provision") == 0
    assert all(duplicates for duplicates in rows.values())


def test_an_adapter_file_must_define_a_name_and_a_client(tmp_path: Path) -> None:
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


def test_a_ratio_is_computed_per_round_and_without_the_common_baseline() -> None:
    # The machine is half as fast in the second round, which does not affect the ratio.
    costs = {
        "nothing": [Cost(1.0, 1.0), Cost(2.0, 2.0), Cost(1.0, 1.0)],
        "ours": [Cost(4.0, 9.0), Cost(8.0, 9.0), Cost(90.0, 90.0)],
        "theirs": [Cost(3.0, 9.0), Cost(6.0, 9.0), Cost(3.0, 9.0)],
    }
    assert ratio(costs, "ours", "theirs") == pytest.approx(4 / 3)
    assert ratio(costs, "ours", "theirs", beyond="nothing") == pytest.approx(1.5)


def test_a_cost_row_shows_cpu_time_wall_time_and_instructions() -> None:
    row = cost_row("a create", Cost(0.0000801, 0.0001), "µs", 525_123.0)
    assert row.figure == "80.1 µs (wall 100), 525 k instr."
    assert (row.value, row.wall, row.instructions) == (0.0000801, 0.0001, 525_123.0)
    assert cost_row("a process", Cost(0.08, 0.081), "ms").figure == "80 ms (wall 81)"


def test_instructions_are_not_counted_without_valgrind(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("benchmarks.measurement.shutil.which", lambda _: None)
    assert python_instructions("-c", "pass") is None
    assert instructions_each("benchmarks.workloads:decode_by", {"name": "orjson"}, 10) is None
    assert list(instruction_ratios({"ours": None, "theirs": 5.0}, "ours", ["theirs"])) == []


@pytest.mark.soak
@pytest.mark.skipif(shutil.which("valgrind") is None, reason="valgrind is not installed")
def test_instructions_exclude_the_start_of_the_interpreter() -> None:
    each = instructions_each("benchmarks.workloads:decode_by", {"name": "orjson"}, 2000)
    assert each is not None
    # Starting the interpreter takes about fifty million.
    assert 1_000 < each < 1_000_000


def test_the_documented_figures_exist() -> None:
    names = (
        "overhead in-memory listening decode limiter makespan requests faults import memory growth changes"
    )
    assert list(FIGURES) == names.split()
