"""The resource of ``client.analytics``, composed of the method classes of this package."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ...resource import LazyModule

if TYPE_CHECKING:
    from . import campaigns, clients, days, leads, mailboxes, overall
else:
    campaigns, clients, days, leads, mailboxes, overall = (
        LazyModule(f"{__package__}.{name}")
        for name in ("campaigns", "clients", "days", "leads", "mailboxes", "overall")
    )


class Analytics(
    overall.OverallMethods,
    days.DaysMethods,
    campaigns.CampaignsMethods,
    clients.ClientsMethods,
    leads.LeadsMethods,
    mailboxes.MailboxesMethods,
):
    """The methods of ``client.analytics``: reports on the account and what is in it.

    Most take the first and the last day, the time zone of the days, and filters by client and campaign. A
    method returns a coroutine; methods whose names begin with ``iter_`` return an async iterator over the
    items of all pages.
    """
