"""Files are replaced as a whole or not at all."""

from __future__ import annotations

from pathlib import Path

import pytest

from smartlead_async.atomic_file import replace_file, require_writable


def test_a_file_is_replaced_when_the_block_ends(tmp_path: Path) -> None:
    path = tmp_path / "report.json"
    path.write_text("old")
    with replace_file(path) as file:
        file.write("Zoë\n")
        assert path.read_text() == "old"
    assert path.read_bytes() == "Zoë\n".encode()
    assert list(tmp_path.iterdir()) == [path]


def test_a_file_stays_as_it_is_if_the_block_fails(tmp_path: Path) -> None:
    path = tmp_path / "report.json"
    path.write_text("old")

    def write_half() -> None:
        with replace_file(path) as file:
            file.write("half")
            raise RuntimeError

    with pytest.raises(RuntimeError):
        write_half()
    assert path.read_text() == "old"
    assert list(tmp_path.iterdir()) == [path]


def test_a_folder_that_does_not_exist_is_not_writable(tmp_path: Path) -> None:
    require_writable(tmp_path / "report.json")
    assert list(tmp_path.iterdir()) == []
    with pytest.raises(FileNotFoundError):
        require_writable(tmp_path / "missing" / "report.json")
