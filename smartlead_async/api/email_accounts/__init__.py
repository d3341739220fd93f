"""Email accounts: the requests that connect, warm up and read them, and their models.

Every request, response and input class of the area can be imported from here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..exports import lazy_exports

if TYPE_CHECKING:
    from .connection import *
    from .messages import *
    from .models import *
    from .read import *
    from .resource import *
    from .save import *
    from .warmup import *

__getattr__, __dir__ = lazy_exports(__name__, __path__)
