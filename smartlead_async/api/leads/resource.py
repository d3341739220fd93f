"""The resource of ``client.leads``, composed of the method classes of this package."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ...resource import LazyModule

if TYPE_CHECKING:
    from . import read, update
else:
    read, update = (LazyModule(f"{__package__}.{name}") for name in ("read", "update"))


class Leads(read.ReadMethods, update.UpdateMethods):
    """The methods of ``client.leads``: leads across campaigns.

    A method returns a coroutine; methods whose names begin with ``iter_`` return an async iterator over the
    items of all pages.
    """
