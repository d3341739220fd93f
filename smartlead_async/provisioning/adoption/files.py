"""The files of an import: written beside their places, and moved there together."""

from __future__ import annotations

import contextlib
import os
import shutil
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

import attrs

from .choice import ImportRefused

_SUFFIXES: Final = (".yaml", ".yml")


@attrs.frozen
class ImportFiles:
    """The places of what an import writes: a plan, a folder of lead files beside it, and a ledger."""

    plan: Path
    ledger: Path

    @classmethod
    def of(cls, plan: str | os.PathLike[str], ledger: str | os.PathLike[str] | None) -> ImportFiles:
        """Return the files for a plan; the ledger is named after it unless it is given."""
        path = Path(plan)
        return cls(path, path.with_suffix(".ledger") if ledger is None else Path(ledger))

    @property
    def leads(self) -> Path:
        """The folder of the lead files."""
        return self.plan.with_name(f"{self.plan.stem}-leads")

    def require_usable(self, *, force: bool) -> None:
        """Raise :class:`ImportRefused` if the files cannot be written, or exist and may not be replaced."""
        if self.plan.suffix.lower() not in _SUFFIXES:
            raise ImportRefused(f"{self.plan}: an imported plan is YAML, so its name must end in .yaml")
        for path in (self.plan, self.ledger):
            if not path.absolute().parent.is_dir():
                raise ImportRefused(f"{path}: there is no folder {path.parent}")
            if path.is_dir():
                raise ImportRefused(f"{path} is a folder: name a file")
        if self.ledger.absolute() == self.plan.absolute():
            raise ImportRefused(f"{self.ledger} is the plan itself: name another ledger")
        there = [path for path in (self.plan, self.leads, self.ledger) if path.exists()]
        if there and not force:
            names = " and ".join(map(str, there))
            raise ImportRefused(
                f"{names} exist{'s' if len(there) == 1 else ''} already: name another plan, or add --force "
                "to replace plan and leads and to add to the ledger"
            )

    @contextlib.contextmanager
    def staged(self) -> Iterator[ImportFiles]:
        """Yield places beside these ones; what is there is removed when the block ends.

        So is what an import that was killed has left there.
        """
        staging = _staging(self.plan)
        ledger = _staging(self.ledger)
        try:
            for folder in (staging, ledger):
                shutil.rmtree(folder, ignore_errors=True)
                folder.mkdir()
            files = ImportFiles(staging / self.plan.name, ledger / self.ledger.name)
            files.leads.mkdir()
            yield files
        finally:
            for folder in (staging, ledger):
                shutil.rmtree(folder, ignore_errors=True)

    def replace_with(self, staged: ImportFiles) -> None:
        """Move staged files to these places, all of them or none; other lead files there stay."""
        leads = [(path, self.leads / path.name) for path in sorted(staged.leads.iterdir())]
        moves = [*leads, (staged.ledger, self.ledger), (staged.plan, self.plan)]
        had_leads = self.leads.exists()
        undo: list[tuple[Path, Path | None]] = []
        try:
            if leads:
                self.leads.mkdir(exist_ok=True)
            for source, target in moves:
                undo.append((target, _set_aside(target, source)))
                source.rename(target)
        except BaseException:
            _restore(undo)
            if not had_leads and self.leads.exists():
                self.leads.rmdir()
            raise


def _staging(path: Path) -> Path:
    return path.with_name(f".{path.name}.importing")


def _set_aside(target: Path, source: Path) -> Path | None:
    """Move a file that is to be replaced beside the staged one, so that it is removed with it."""
    if not target.exists():
        return None
    before = source.with_name(f"{source.name}.before")
    target.rename(before)
    return before


def _restore(undo: Sequence[tuple[Path, Path | None]]) -> None:
    for target, before in reversed(undo):
        target.unlink(missing_ok=True)
        if before is not None:
            before.rename(target)
