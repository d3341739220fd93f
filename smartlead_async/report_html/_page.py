"""The page: template, style and script put together into one file that asks nobody for anything."""

from __future__ import annotations

import base64
import hashlib
import importlib.util
import json
import os
import secrets
from importlib import resources
from pathlib import Path
from typing import Any, Final

from .._version import __version__
from ..errors import ConfigurationError
from ..plan.step import Step
from ..provisioning.ledger.records import CampaignRecord, CampaignState, StepRecord, StepState
from . import _figures as figures
from . import _summary as summary
from . import _wording as wording
from ._data import ReportData

_NEEDED: Final = {"jinja2": "Jinja2", "matplotlib": "matplotlib"}
_STATES: Final = tuple(CampaignState)
_STEPS: Final = tuple(Step)
_STEP_STATES: Final = tuple(StepState)
SHOWN_IN_A_GROUP: Final = 20
MOST_DIFFERENCES: Final = 200


def require_extra() -> None:
    """Make sure that pages can be made here; to be called before a job whose report is to be one.

    Raises :class:`ConfigurationError` with what to install.
    """
    missing = [title for module, title in _NEEDED.items() if importlib.util.find_spec(module) is None]
    if missing:
        raise ConfigurationError(
            f"an HTML report needs {' and '.join(missing)}: pip install 'smartlead-async[report]', "
            "or name a .json file"
        )


def write_html(path: Path, data: ReportData) -> None:
    """Write the page to a file, which appears all at once or not at all."""
    page = render_html(data)
    temporary = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    try:
        with temporary.open("x", encoding="utf-8", newline="\n") as file:
            file.write(page)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)


def render_html(data: ReportData) -> str:
    """The page as text. It loads nothing: style, script, plots and figures are in it."""
    require_extra()
    import jinja2  # noqa: PLC0415 - of the extra, which only those need who make pages
    from markupsafe import Markup  # noqa: PLC0415

    from . import _plots as plots  # noqa: PLC0415

    environment = jinja2.Environment(
        autoescape=True, undefined=jinja2.StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    environment.filters.update(
        count=wording.count,
        span=wording.span,
        instant=wording.instant,
        iso=wording.iso,
        percent=wording.percent,
        window=wording.window,
        width=wording.width,
        number=lambda value: f"{value:,}",
    )
    environment.globals["stopped_at"] = figures.where_it_stopped
    environment.globals["svg"] = Markup
    script = _part("report.js")
    fills = figures.window_fills(data)
    steps = figures.step_times(data.campaigns)
    drawn = [plots.progress(data)] if data.elapsed else []
    drawn += [plots.utilisation(data, fills)] if fills else []
    drawn += [plots.waiting(data)] if len(data.traffic.timeline) else []
    page = environment.from_string(_part("report.html.j2")).render(
        data=data,
        version=__version__,
        headline=summary.headline(data),
        story=summary.story(data),
        tiles=summary.tiles(data),
        tone=summary.tone(data),
        style=Markup(_part("report.css")),  # noqa: S704 - ours
        script=Markup(script),  # noqa: S704 - ours
        script_digest=base64.b64encode(hashlib.sha256(script.encode()).digest()).decode(),
        embedded=Markup(_embedded(data, drawn)),  # noqa: S704 - made safe by _embedded
        plots=drawn,
        durations=plots.durations(steps) if steps else None,
        fills=fills,
        steps=steps,
        slowest=figures.slowest_steps(data.campaigns),
        groups=figures.failure_groups(data.campaigns),
        shown_in_a_group=SHOWN_IN_A_GROUP,
        most_differences=MOST_DIFFERENCES,
    )
    # Half of a surrogate pair, which JSON can hold, is no character that a file can hold.
    return page.encode("utf-8", "replace").decode()


def _part(name: str) -> str:
    return resources.files(__name__.rpartition(".")[0]).joinpath("page", name).read_text("utf-8")


# --- the figures that the script works with ------------------------------------------------------------


def _embedded(data: ReportData, drawn: list[Any]) -> str:
    """The campaigns and the plots' figures as JSON that stands in a ``<script>`` and cannot leave it.

    Instants are seconds since ``origin``; reasons, which repeat, stand in a list of their own.
    """
    instants = [begin for campaign in data.campaigns if (begin := figures.began_at(campaign)) is not None]
    if data.began_at is not None:
        instants.append(data.began_at)
    origin = min(instants, default=0.0)
    reasons: dict[str, int] = {}
    content = {
        "origin": origin,
        "states": _STATES,
        "steps": _STEPS,
        "stepStates": _STEP_STATES,
        "campaigns": [_row(campaign, origin, reasons) for campaign in data.campaigns],
        "reasons": list(reasons),
        "plots": {
            plot.name: {
                "at": plot.at,
                "end": plot.end,
                "edges": plot.edges,
                "columns": [[column.name, column.values] for column in plot.columns],
            }
            for plot in drawn
        },
    }
    text = json.dumps(content, separators=(",", ":"))
    # They stand inside strings only, where an escape is the same character.
    for sign in "<>&":
        text = text.replace(sign, f"\\u{ord(sign):04x}")
    return text


def _row(campaign: CampaignRecord, origin: float, reasons: dict[str, int]) -> list[Any]:
    leads, stopped = campaign.leads, None
    if campaign.state is CampaignState.FAILED:
        stopped = figures.where_it_stopped(campaign)
    return [
        campaign.name,
        campaign.key,
        campaign.campaign_id,
        campaign.client_id,
        _STATES.index(campaign.state),
        stopped,
        _numbered(campaign.error, reasons),
        campaign.requests,
        campaign.creates,
        int(campaign.adopted),
        [leads.sent, leads.added, leads.already_there, leads.skipped],
        _since(figures.began_at(campaign), origin),
        _since(figures.ended_at(campaign), origin),
        [_step(step, origin, reasons) for step in campaign.steps],
    ]


def _step(step: StepRecord, origin: float, reasons: dict[str, int]) -> list[Any]:
    return [
        _STEPS.index(step.step),
        _STEP_STATES.index(step.state),
        _since(step.sent_at, origin),
        _since(step.ended_at, origin),
        step.requests,
        _numbered(step.error, reasons),
    ]


def _numbered(reason: str | None, reasons: dict[str, int]) -> int | None:
    return None if reason is None else reasons.setdefault(reason, len(reasons))


def _since(instant: float | None, origin: float) -> float | None:
    return None if instant is None else round(instant - origin, 3)
