"""The files of an import take their places together, or not at all."""

from __future__ import annotations

from pathlib import Path

import pytest

from smartlead_async.provisioning.adoption.choice import ImportRefused
from smartlead_async.provisioning.adoption.files import ImportFiles


def content(folder: Path) -> dict[str, str]:
    return {str(path.relative_to(folder)): path.read_text() for path in folder.rglob("*") if path.is_file()}


def write_all(files: ImportFiles, text: str) -> None:
    files.leads.mkdir(exist_ok=True)
    for path in (files.plan, files.ledger, files.leads / "a.csv", files.leads / "b.csv"):
        path.write_text(text)


NEW = {"plan.yaml": "new", "plan.ledger": "new", "plan-leads/a.csv": "new", "plan-leads/b.csv": "new"}


def test_all_files_take_their_places(tmp_path: Path) -> None:
    files = ImportFiles.of(tmp_path / "plan.yaml", None)
    with files.staged() as staged:
        write_all(staged, "new")
        assert not files.plan.exists()
        files.replace_with(staged)
    assert content(tmp_path) == NEW


def test_replaced_files_are_gone_and_other_lead_files_stay(tmp_path: Path) -> None:
    files = ImportFiles.of(tmp_path / "plan.yaml", None)
    write_all(files, "old")
    (files.leads / "other.csv").write_text("old")
    with files.staged() as staged:
        write_all(staged, "new")
        files.replace_with(staged)
    assert content(tmp_path) == {**NEW, "plan-leads/other.csv": "old"}


@pytest.mark.parametrize("has_old", [False, True])
@pytest.mark.parametrize("failing", range(8))
def test_a_failure_while_files_are_moved_leaves_everything_as_it_was(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, failing: int, has_old: bool
) -> None:
    files = ImportFiles.of(tmp_path / "plan.yaml", None)
    if has_old:
        write_all(files, "old")
    before = content(tmp_path)
    renames, real = [], Path.rename

    def rename(path: Path, target: Path) -> Path:
        renames.append(path)
        if len(renames) == failing + 1:
            raise OSError("no space")
        return real(path, target)

    with files.staged() as staged:
        write_all(staged, "new")
        with monkeypatch.context() as patch:
            patch.setattr(Path, "rename", rename)
            if failing >= 4 and not has_old:
                files.replace_with(staged)
                before = NEW
            else:
                with pytest.raises(OSError, match="no space"):
                    files.replace_with(staged)
    assert content(tmp_path) == before
    assert files.leads.exists() == bool(before)


def test_what_a_killed_import_has_left_is_removed(tmp_path: Path) -> None:
    files = ImportFiles.of(tmp_path / "plan.yaml", tmp_path / "all.ledger")
    for path in (files.plan, files.ledger):
        left = path.with_name(f".{path.name}.importing")
        left.mkdir()
        (left / "leads.csv").write_text("half")
    with files.staged() as staged:
        write_all(staged, "new")
        files.replace_with(staged)
    assert content(tmp_path) == {**{k: v for k, v in NEW.items() if k != "plan.ledger"}, "all.ledger": "new"}


@pytest.mark.parametrize(
    ("plan", "ledger", "message"),
    [
        ("plan.json", None, "must end in .yaml"),
        ("none/plan.yaml", None, "there is no folder"),
        ("plan.yaml", "none/x.ledger", "there is no folder"),
        ("plan.yaml", "plan.yaml", "is the plan itself"),
        ("folder.yaml", None, "is a folder"),
    ],
)
def test_files_that_cannot_be_written_are_refused(
    tmp_path: Path, plan: str, ledger: str | None, message: str
) -> None:
    (tmp_path / "folder.yaml").mkdir()
    files = ImportFiles.of(tmp_path / plan, None if ledger is None else tmp_path / ledger)
    with pytest.raises(ImportRefused, match=message):
        files.require_usable(force=True)
