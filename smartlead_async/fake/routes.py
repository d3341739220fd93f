"""The routes of every declared operation, with the handlers of the fake."""

from __future__ import annotations

import functools

from ..api.areas import request_classes
from .handlers import (  # noqa: F401 - handlers register themselves when they are imported
    account,
    analytics,
    analytics_by_day,
    block_list,
    campaign_lead_import,
    campaign_lead_update,
    campaign_leads,
    campaign_setup,
    campaign_statistics,
    campaign_webhooks,
    campaigns,
    clients,
    crm,
    email_account_tags,
    email_accounts,
    inbox_updates,
    inbox_views,
    lead_lists,
    leads,
    messages,
    orders,
    prospect_lookups,
    prospects,
    spam_test_folders,
    spam_test_reports,
    spam_tests,
    warmup,
    webhooks,
)
from .routing import Router


@functools.cache
def router() -> Router:
    """Return the routes, which all fakes share."""
    return Router(request_classes())
