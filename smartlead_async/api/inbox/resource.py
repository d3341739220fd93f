"""The resource of ``client.inbox``, composed of the method classes of this package."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ...resource import LazyModule

if TYPE_CHECKING:
    from . import read, untracked, update, views
else:
    read, untracked, update, views = (
        LazyModule(f"{__package__}.{name}") for name in ("read", "untracked", "update", "views")
    )


class Inbox(views.ViewsMethods, read.ReadMethods, untracked.UntrackedMethods, update.UpdateMethods):
    """The methods of ``client.inbox``: the conversations with leads, as the master inbox shows them.

    Emails are answered with ``client.campaigns.reply_email_thread`` and forwarded with
    ``client.campaigns.forward_email``; notes and tasks are created with ``client.lead_notes.create`` and
    ``client.lead_tasks.create``. A method returns a coroutine; methods whose names begin with ``iter_``
    return an async iterator over the items of all pages.
    """
