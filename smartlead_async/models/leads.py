"""Leads: as they are sent to SmartLead, and as they come back."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import attrs

from ._fields import Length


@attrs.frozen
class LeadInput:
    """A lead to add to a campaign. Only ``email`` is needed; what is left out is not sent.

    ``custom_fields`` holds up to 200 further values, which SmartLead stores as text; merge tags such as
    ``{{role}}`` read them. Example::

        LeadInput("lin@prospect.example", first_name="Lin", custom_fields={"role": "CTO"})
    """

    email: str
    first_name: str | None = None
    last_name: str | None = None
    company_name: str | None = None
    phone_number: str | None = None
    website: str | None = None
    location: str | None = None
    linkedin_profile: str | None = None
    company_url: str | None = None
    custom_fields: Mapping[str, Any] | None = attrs.field(default=None, validator=Length(maximum=200))
