"""Prospect search: find contacts, fetch them, and the values that a search can be narrowed by.

Every request, response and input class of the area can be imported from here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..exports import lazy_exports

if TYPE_CHECKING:
    from .analytics import *
    from .contacts import *
    from .lookups import *
    from .models import *
    from .resource import *
    from .search import *
    from .searches import *

__getattr__, __dir__ = lazy_exports(__name__, __path__)
