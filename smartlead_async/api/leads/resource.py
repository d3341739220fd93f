"""``client.leads``: the methods are in the modules beside it, below their request classes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ...resource import LazyModule

if TYPE_CHECKING:
    from . import read, update
else:
    read, update = (LazyModule(f"{__package__}.{name}") for name in ("read", "update"))


class Leads(read.ReadMethods, update.UpdateMethods):
    """``client.leads``: leads over all campaigns.

    Methods give a coroutine; those that begin with ``iter_`` give an async iterator over all pages.
    """
