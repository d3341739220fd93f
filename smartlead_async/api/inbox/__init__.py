"""The master inbox: leads with their conversations, in the views of the app, and changes to them.

Every request, response and input class of the area can be imported from here.
"""

from __future__ import annotations

# pyright takes names that several star imports bring for reassignments.
# pyright: reportGeneralTypeIssues=false
from typing import TYPE_CHECKING

from ..exports import lazy_exports

if TYPE_CHECKING:
    from .filters import *
    from .models import *
    from .read import *
    from .resource import *
    from .untracked import *
    from .update import *
    from .views import *

__getattr__, __dir__ = lazy_exports(__name__, __path__)
