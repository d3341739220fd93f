"""Render the page: template, style and script in one file that loads nothing."""

from __future__ import annotations

import base64
import hashlib
import importlib.util
import json
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from .. import wording
from .._version import __version__
from ..atomic_file import replace_file
from ..errors import ConfigurationError
from ..plan.step import Step
from ..provisioning.ledger.records import CampaignRecord, CampaignState, StepRecord, StepState
from . import figures, summary
from .data import ReportData

if TYPE_CHECKING:
    import jinja2

_NEEDED: Final = {"jinja2": "Jinja2", "matplotlib": "matplotlib"}
_STATES: Final = tuple(CampaignState)
_STEPS: Final = tuple(Step)
_STEP_STATES: Final = tuple(StepState)
MAX_IN_A_GROUP: Final = 20


def require_extra() -> None:
    """Raise :class:`ConfigurationError` with what to install if the extra is missing.

    Call it before a job whose report is to be a page.
    """
    missing = [title for module, title in _NEEDED.items() if importlib.util.find_spec(module) is None]
    if missing:
        raise ConfigurationError(
            f"an HTML report needs {' and '.join(missing)}: pip install 'smartlead-async[report]', "
            "or name a .json file"
        )


def write_html(path: Path, data: ReportData) -> None:
    """Write the page to a file, which is replaced as a whole or not at all."""
    page = render_html(data)
    with replace_file(path) as file:
        file.write(page)


def render_html(data: ReportData) -> str:
    """Return the page as a string. It loads nothing: style, script, plots and data are in it."""
    require_extra()
    from markupsafe import Markup  # noqa: PLC0415 - only in the extra

    from . import plots  # noqa: PLC0415

    environment = page_environment()
    environment.globals["stopped_at"] = figures.where_it_stopped
    environment.globals["svg"] = Markup
    script = page_part("report.js")
    fills = figures.window_fills(data)
    steps = figures.step_times(data.campaigns)
    drawn = [plots.progress(data)] if data.elapsed else []
    drawn += [plots.utilisation(data, fills)] if fills else []
    drawn += [plots.waiting(data)] if len(data.traffic.timeline) else []
    page = environment.from_string(page_part("report.html.j2")).render(
        data=data,
        version=__version__,
        headline=summary.headline(data),
        story=summary.story(data),
        tiles=summary.tiles(data),
        tone=summary.tone(data),
        style=Markup(page_part("report.css")),  # noqa: S704 - ours
        script=Markup(script),  # noqa: S704 - ours
        script_digest=base64.b64encode(hashlib.sha256(script.encode()).digest()).decode(),
        embedded=Markup(_embedded(data, drawn)),  # noqa: S704 - made safe by _embedded
        plots=drawn,
        durations=plots.durations(steps) if steps else None,
        fills=fills,
        steps=steps,
        slowest=figures.slowest_steps(data.campaigns),
        groups=figures.failure_groups(data.campaigns),
        max_in_a_group=MAX_IN_A_GROUP,
    )
    # JSON can contain half of a surrogate pair, which cannot be encoded.
    return page.encode("utf-8", "replace").decode()


def page_environment() -> jinja2.Environment:
    """Return the environment of every page, with the filters that put numbers and times in words."""
    import jinja2  # noqa: PLC0415 - only in the extra

    environment = jinja2.Environment(
        autoescape=True, undefined=jinja2.StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    environment.filters.update(
        count=wording.count,
        duration=wording.measured_duration,
        utc_time=wording.utc_time,
        timestamp=wording.timestamp,
        percent=wording.percent,
        window=wording.window,
        configured_duration=wording.configured_duration,
        number=lambda value: f"{value:,}",
    )
    return environment


def page_part(name: str) -> str:
    """Return a template, style or script of the package."""
    return resources.files(__name__.rpartition(".")[0]).joinpath("page", name).read_text("utf-8")


# --- the data for the script ---------------------------------------------------------------------------


def _embedded(data: ReportData, drawn: list[Any]) -> str:
    """Return the campaigns and the values of the plots as JSON that is safe inside a ``<script>``.

    Times are seconds since ``origin``, the begin of the job, and negative in earlier runs; reasons, which
    repeat, are indices into a list.
    """
    starts = [begin for campaign in data.campaigns if (begin := figures.began_at(campaign)) is not None]
    origin = min(starts, default=0.0) if data.began_at is None else data.began_at
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
    # These characters occur only inside strings, where they can be escaped.
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


def _since(unix: float | None, origin: float) -> float | None:
    return None if unix is None else round(unix - origin, 3)
