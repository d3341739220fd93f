"""The report file, JSON or a page: known to be writable before the job begins, and never half written."""

from __future__ import annotations

import json
import os
import secrets
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import attrs

from .output import Refused


@attrs.frozen
class ReportFile:
    """A file that appears all at once: a page when its name ends in .html, else JSON."""

    path: Path

    @property
    def is_page(self) -> bool:
        """Whether people are to read it in a browser."""
        return self.path.suffix.lower() in {".html", ".htm"}

    def check(self, *others: Path | None) -> None:
        """Refuse a path that cannot be written, or that is one of the job's other files."""
        if self.is_page:
            from ..report_html import require_extra

            require_extra()
        if self.path.is_dir():
            raise Refused(f"--report {self.path} is a folder: name a file")
        if any(other is not None and _same(self.path, other) for other in others):
            raise Refused(f"--report {self.path} would overwrite a file of the job itself: name another")
        try:
            self._temporary().unlink()
        except OSError as problem:
            raise Refused(f"--report {self.path} cannot be written: {problem.strerror or problem}") from None

    def write(self, report: Mapping[str, Any]) -> None:
        """Write it beside its place and move it there."""
        if self.is_page:
            from ..report_html import ReportData, write_html

            write_html(self.path, ReportData.from_json(report))
            return
        temporary = self._temporary()
        try:
            with temporary.open("w", encoding="utf-8") as file:
                json.dump(report, file, ensure_ascii=False, indent=2)
                file.write("\n")
                file.flush()
                os.fsync(file.fileno())
            temporary.replace(self.path)
        finally:
            temporary.unlink(missing_ok=True)

    def _temporary(self) -> Path:
        path = self.path.with_name(f".{self.path.name}.{secrets.token_hex(4)}")
        path.touch(exist_ok=False)
        return path


def _same(one: Path, other: Path) -> bool:
    return one.resolve() == other.resolve()
