"""Every figure can be measured. What it comes to, nobody asserts here."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from benchmarks import __main__ as command
from benchmarks.figures import FIGURES, Options
from benchmarks.rivals import AdapterUnusable, load_adapter


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
