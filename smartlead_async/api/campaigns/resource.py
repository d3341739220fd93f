"""``client.campaigns``: the methods are in the modules beside it, below their request classes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ...resource import LazyModule

if TYPE_CHECKING:
    from . import create, leads, messages, read, setup, statistics, webhooks
else:
    create, leads, messages, read, setup, statistics, webhooks = (
        LazyModule(f"{__package__}.{name}")
        for name in ("create", "leads", "messages", "read", "setup", "statistics", "webhooks")
    )


class Campaigns(
    create.CreateMethods,
    read.ReadMethods,
    statistics.StatisticsMethods,
    setup.SetupMethods,
    leads.LeadsMethods,
    messages.MessagesMethods,
    webhooks.WebhooksMethods,
):
    """``client.campaigns``: everything about one campaign, its leads, mails and webhooks.

    Methods give a coroutine; those that begin with ``iter_`` give an async iterator over all pages.
    """
