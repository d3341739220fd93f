"""The settings of a campaign."""

from __future__ import annotations

import enum
import re
from collections.abc import Sequence
from typing import Final

import attrs

from ..api.campaigns.models import OutOfOfficeSettings, StopLeadSetting, TrackSetting
from ..fields import bounds, bounds_of
from .findings import Findings


@attrs.frozen
class SettingsSpec:
    """A campaign's settings, named as in the SmartLead API. Settings that are omitted stay as they are.

    ``track_settings`` names what is *not* tracked; ``follow_up_percentage`` is 0 to 100. Example::

        SettingsSpec(track_settings=("DONT_TRACK_EMAIL_OPEN",), stop_lead_settings="REPLY_TO_AN_EMAIL")
    """

    track_settings: Sequence[TrackSetting | str] | None = None
    stop_lead_settings: StopLeadSetting | str | None = None
    unsubscribe_text: str | None = None
    send_as_plain_text: bool | None = None
    force_plain_text: bool | None = None
    follow_up_percentage: int | None = attrs.field(default=None, metadata=bounds(0, 100))
    enable_ai_esp_matching: bool | None = None
    auto_pause_domain_leads_on_reply: bool | None = None
    ignore_ss_mailbox_sending_limit: bool | None = None
    bounce_autopause_threshold: str | None = None
    domain_level_rate_limit: bool | None = None
    out_of_office_detection_settings: OutOfOfficeSettings | None = None
    add_unsubscribe_tag: bool | None = None
    ai_categorisation_options: Sequence[int] | None = attrs.field(default=None, metadata=bounds(0))


READABLE: Final = (
    "stop_lead_settings",
    "unsubscribe_text",
    "send_as_plain_text",
    "follow_up_percentage",
    "enable_ai_esp_matching",
)
"""The settings that SmartLead returns under their own names and values.

It returns ``track_settings`` as well, with other values; all others can only be written.
"""


def written_track_setting(stored: str) -> str:
    """Return a value of ``track_settings`` as it is written, DONT_TRACK_…; it is read without the TRACK_."""
    return re.sub("^DONT_(?!TRACK_)", "DONT_TRACK_", stored)


_BOOLEANS: Final = (
    "send_as_plain_text",
    "force_plain_text",
    "enable_ai_esp_matching",
    "auto_pause_domain_leads_on_reply",
    "ignore_ss_mailbox_sending_limit",
    "domain_level_rate_limit",
    "add_unsubscribe_tag",
)


def check_settings(findings: Findings, settings: object) -> None:
    """Add the problems of settings."""
    if (part := findings.check_part("settings", settings, SettingsSpec)) is not None:
        _check_values(findings, part)


def _check_values(findings: Findings, settings: SettingsSpec) -> None:
    if all(value is None for value in attrs.astuple(settings, recurse=False)):
        findings.warning(
            "no_settings",
            "settings",
            "no settings are given",
            "Remove settings: sending them costs a request.",
        )
    for name in _BOOLEANS:
        findings.check_boolean(f"settings.{name}", getattr(settings, name))
    if settings.track_settings is not None:
        path = "settings.track_settings"
        for index, value in enumerate(findings.check_list(path, settings.track_settings)):
            findings.check_choice(f"{path}[{index}]", value, TrackSetting, optional=False)
    findings.check_choice("settings.stop_lead_settings", settings.stop_lead_settings, StopLeadSetting)
    findings.check_string("settings.unsubscribe_text", settings.unsubscribe_text, one_line=False)
    percentage = settings.follow_up_percentage
    findings.check_integer(
        "settings.follow_up_percentage", percentage, *bounds_of(SettingsSpec, "follow_up_percentage")
    )
    findings.check_string("settings.bounce_autopause_threshold", settings.bounce_autopause_threshold)
    if settings.ai_categorisation_options is not None:
        path = "settings.ai_categorisation_options"
        within = bounds_of(SettingsSpec, "ai_categorisation_options")
        for index, value in enumerate(findings.check_list(path, settings.ai_categorisation_options)):
            findings.check_integer(f"{path}[{index}]", value, *within, optional=False)
    if settings.out_of_office_detection_settings is not None:
        _check_out_of_office(findings, settings.out_of_office_detection_settings)


def _check_out_of_office(findings: Findings, given: object) -> None:
    path = "settings.out_of_office_detection_settings"
    if (out_of_office := findings.check_part(path, given, OutOfOfficeSettings)) is None:
        return
    delay = out_of_office.reactivate_ooo_with_delay
    # The only enum here is the marker of a field that is not given.
    if not isinstance(delay, enum.Enum):
        name = "reactivate_ooo_with_delay"
        findings.check_integer(f"{path}.{name}", delay, *bounds_of(OutOfOfficeSettings, name))
