"""The resource of ``client.smart_delivery``, composed of the method classes of this package."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ...resource import LazyModule

if TYPE_CHECKING:
    from . import authentication, create, folders, placement, senders, spam_tests
else:
    authentication, create, folders, placement, senders, spam_tests = (
        LazyModule(f"{__package__}.{name}")
        for name in ("authentication", "create", "folders", "placement", "senders", "spam_tests")
    )


class SmartDelivery(
    create.CreateMethods,
    spam_tests.SpamTestMethods,
    placement.PlacementMethods,
    senders.SenderMethods,
    authentication.AuthenticationMethods,
    folders.FolderMethods,
):
    """The methods of ``client.smart_delivery``: tests of where mail arrives.

    A method returns a coroutine; methods whose names begin with ``iter_`` return an async iterator over the
    items of all pages.
    """
