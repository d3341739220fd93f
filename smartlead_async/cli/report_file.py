"""The report file, JSON or HTML: checked before the job begins, and never half written."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import attrs

from ..atomic_file import replace_file, require_writable
from .output import CommandError


@attrs.frozen
class ReportFile:
    """A file that is replaced as a whole: an HTML page if its name ends in .html, otherwise JSON."""

    path: Path

    @property
    def is_html(self) -> bool:
        """Whether the report is a page for a browser."""
        return self.path.suffix.lower() in {".html", ".htm"}

    def check(self, *others: Path | None) -> None:
        """Raise :class:`CommandError` if it cannot be written, or is one of the job's other files."""
        if self.is_html:
            from ..report_html import require_extra

            require_extra()
        if self.path.is_dir():
            raise CommandError(f"--report {self.path} is a folder: name a file")
        if any(other is not None and other.resolve() == self.path.resolve() for other in others):
            raise CommandError(
                f"--report {self.path} is the plan or the ledger of this job: name another file"
            )
        try:
            require_writable(self.path)
        except OSError as problem:
            raise CommandError(
                f"--report {self.path} cannot be written: {problem.strerror or problem}"
            ) from None

    def write(self, report: Mapping[str, Any]) -> None:
        """Write the report in place of the file, or leave the file as it is."""
        if self.is_html:
            from ..report_html import ReportData, write_html

            write_html(self.path, ReportData.from_json(report))
            return
        with replace_file(self.path) as file:
            json.dump(report, file, ensure_ascii=False, indent=2)
            file.write("\n")
