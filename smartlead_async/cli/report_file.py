"""The report file, JSON or HTML: checked before the job begins, and never half written."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import attrs

from ..atomic_file import replace_file, require_writable
from ..defects import describe_defect
from ..errors import SmartleadError
from ..wording import printable
from .json_text import write_json
from .output import CommandError

if TYPE_CHECKING:
    from ..plan.plan import Plan


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
        try:
            if self.path.is_dir():
                raise CommandError(f"--report {self.path} is a folder: name a file")
            self._require_other_than(*others)
            require_writable(self.path)
        except (OSError, ValueError) as problem:  # ValueError: a null character
            raise CommandError(f"--report {self.path} cannot be written: {_reason(problem)}") from None

    def check_plan(self, plan: Plan) -> None:
        """Raise :class:`CommandError` if it is one of the lead files of a plan."""
        from ..plan.leads_csv import LeadFile

        self._require_other_than(
            *{spec.leads.path for spec in plan.specs() if isinstance(spec.leads, LeadFile)}
        )

    def _require_other_than(self, *others: Path | None) -> None:
        path = self.path.resolve()
        if any(other is not None and other.resolve() == path for other in others):
            raise CommandError(f"--report {self.path} is a file of this job: name another file")

    def write(self, report: Mapping[str, Any]) -> None:
        """Write the report in place of the file, or leave the file as it is."""
        if self.is_html:
            from ..report_html import ReportData, write_html

            write_html(self.path, ReportData.from_json(report))
            return
        with replace_file(self.path) as file:
            write_json(report, file)

    def write_or_rescue(self, report: Mapping[str, Any]) -> str | None:
        """Write the report, or else as JSON to the folder for temporary files; return what went wrong.

        The report of a job cannot be created again, so no error may discard it.
        """
        try:
            self.write(report)
        except Exception as problem:  # noqa: BLE001 - whatever it is, the report is rescued
            failure = f"the report could not be written to {printable(self.path)} ({_reason(problem)})"
        else:
            return None
        try:
            rescued = _write_to_temporary_folder(report, self.path.stem)
        except Exception as problem:  # noqa: BLE001 - as above
            return f"{failure}, nor to the folder for temporary files ({_reason(problem)})"
        return f"{failure}: it is in {printable(rescued)}"


def _write_to_temporary_folder(report: Mapping[str, Any], name: str) -> Path:
    descriptor, path = tempfile.mkstemp(prefix=f"{name[:50]}-", suffix=".json")
    with open(descriptor, "w", encoding="utf-8", newline="\n") as file:  # noqa: PTH123 - a descriptor
        write_json(report, file)
    return Path(path)


def _reason(problem: Exception) -> str:
    if isinstance(problem, OSError) and problem.strerror:
        return problem.strerror
    return str(problem) if isinstance(problem, (SmartleadError, ValueError)) else describe_defect(problem)
