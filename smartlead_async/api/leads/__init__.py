"""Leads across campaigns: the requests that read and change them, and their models.

Every request, response and input class of the area can be imported from here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..exports import lazy_exports

if TYPE_CHECKING:
    from .models import *
    from .read import *
    from .resource import *
    from .update import *

__getattr__, __dir__ = lazy_exports(__name__, __path__)
