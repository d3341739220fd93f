"""The resource of ``client.email_accounts``, composed of the method classes of this package."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ...resource import LazyModule

if TYPE_CHECKING:
    from . import connection, messages, read, save, warmup
else:
    connection, messages, read, save, warmup = (
        LazyModule(f"{__package__}.{name}") for name in ("connection", "messages", "read", "save", "warmup")
    )


class EmailAccounts(
    read.ReadMethods,
    save.SaveMethods,
    warmup.WarmupMethods,
    connection.ConnectionMethods,
    messages.MessagesMethods,
):
    """The methods of ``client.email_accounts``: the mailboxes and their warmup.

    A method returns a coroutine; ``iter_all`` returns an async iterator over the items of all pages.
    """
