"""The report of a provisioning job as one self-contained HTML page.

Needs the extra ``smartlead-async[report]``. Example::

    report = await client.provision(specs, ledger=ledger)
    write_html(Path("report.html"), ReportData.from_json(await report.as_json()))
"""

from __future__ import annotations

from .data import ReportData, ServerCheck, UnreadableReport
from .render import render_html, require_extra, write_html

__all__ = ["ReportData", "ServerCheck", "UnreadableReport", "render_html", "require_extra", "write_html"]
