"""Campaigns: the requests that create, set up, start and read them, with leads, emails and webhooks.

Every request, response and input class of the area can be imported from here.
"""

from __future__ import annotations

# The star imports bring NOT_GIVEN from several modules, and pyright takes that for a reassignment.
# pyright: reportGeneralTypeIssues=false
from typing import TYPE_CHECKING

from ..exports import lazy_exports

if TYPE_CHECKING:
    from .create import *
    from .leads import *
    from .messages import *
    from .models import *
    from .read import *
    from .resource import *
    from .sequences import *
    from .setup import *
    from .statistics import *
    from .webhooks import *

__getattr__, __dir__ = lazy_exports(__name__, __path__)
