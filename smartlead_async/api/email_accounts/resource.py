"""``client.email_accounts``: the methods are in the modules beside it, below their request classes."""

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
    """``client.email_accounts``: the mailboxes and their warmup.

    Methods give a coroutine; ``iter_all`` gives an async iterator over all pages.
    """
