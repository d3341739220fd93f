"""An in-memory SmartLead: stateful, with the real one's rules, limits and faults.

    fake = FakeSmartlead()
    client = SmartleadClient("test-key", transport=fake.transport())

``smartlead_async.fake.server`` serves it over HTTP; ``smartlead_async.virtual_time`` has an event loop on
which hours of waiting take no time.
"""

from .accounts import Account, Client
from .deliveries import Delivery
from .faults import DEFAULT_WEIGHTS, Fault, FaultKind, Faults, Script
from .mailing.rates import Rates
from .quirks import Quirks
from .request_log import LoggedRequest, RequestLog
from .smartlead import FakeSmartlead
from .state import (
    Campaign,
    CampaignLead,
    CampaignStatus,
    EmailAccount,
    Lead,
    LeadStatus,
    Schedule,
    Step,
    Variant,
    Webhook,
)
from .throttle import KeyUsage
from .transport import FakeTransport

__all__ = [
    "DEFAULT_WEIGHTS",
    "Account",
    "Campaign",
    "CampaignLead",
    "CampaignStatus",
    "Client",
    "Delivery",
    "EmailAccount",
    "FakeSmartlead",
    "FakeTransport",
    "Fault",
    "FaultKind",
    "Faults",
    "KeyUsage",
    "Lead",
    "LeadStatus",
    "LoggedRequest",
    "Quirks",
    "Rates",
    "RequestLog",
    "Schedule",
    "Script",
    "Step",
    "Variant",
    "Webhook",
]
