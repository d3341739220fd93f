"""The resource of ``client.campaigns``, composed of the method classes of this package."""

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
    """The methods of ``client.campaigns``: campaigns with their leads, emails and webhooks.

    A method returns a coroutine; methods whose names begin with ``iter_`` return an async iterator over the
    items of all pages.
    """
