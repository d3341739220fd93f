"""Analytics: reports on the whole account, its campaigns, clients, leads and mailboxes.

Every request and response class of the area can be imported from here.
"""

from __future__ import annotations

# pyright takes names that several star imports bring for reassignments.
# pyright: reportGeneralTypeIssues=false
from typing import TYPE_CHECKING

from ..exports import lazy_exports

if TYPE_CHECKING:
    from .campaigns import *
    from .clients import *
    from .days import *
    from .leads import *
    from .mailboxes import *
    from .models import *
    from .overall import *
    from .resource import *

__getattr__, __dir__ = lazy_exports(__name__, __path__)
