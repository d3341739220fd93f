"""Deliverability tests: send to seed accounts, and see where the mail arrives and why.

Every request, response and input class of the area can be imported from here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..exports import lazy_exports

if TYPE_CHECKING:
    from .authentication import *
    from .create import *
    from .folders import *
    from .models import *
    from .placement import *
    from .resource import *
    from .senders import *
    from .spam_tests import *

__getattr__, __dir__ = lazy_exports(__name__, __path__)
