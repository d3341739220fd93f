"""Async client for SmartLead, and the bulk provisioning of campaigns.

    async with SmartleadClient(api_key) as client:
        created = await client.campaigns.create("SaaS founders Q1 2027")

Names are loaded when they are first used, so that importing the package costs next to nothing. The requests,
responses and inputs of an area are in ``smartlead_async.api.<area>``.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from ._version import __version__

if TYPE_CHECKING:
    from .api.leads.models import LeadInput as LeadInput
    from .client import SmartleadClient as SmartleadClient
    from .errors import APIError as APIError
    from .errors import AuthenticationError as AuthenticationError
    from .errors import BadRequest as BadRequest
    from .errors import ConfigurationError as ConfigurationError
    from .errors import Conflict as Conflict
    from .errors import Interrupted as Interrupted
    from .errors import NotFound as NotFound
    from .errors import NotSent as NotSent
    from .errors import OperationRefused as OperationRefused
    from .errors import OutcomeUnknown as OutcomeUnknown
    from .errors import PaginationStalled as PaginationStalled
    from .errors import PermissionDenied as PermissionDenied
    from .errors import RateLimited as RateLimited
    from .errors import RequestTimeout as RequestTimeout
    from .errors import ResponseDecodeError as ResponseDecodeError
    from .errors import ResponseTooLarge as ResponseTooLarge
    from .errors import ServerError as ServerError
    from .errors import ServiceUnavailable as ServiceUnavailable
    from .errors import SmartleadAdvice as SmartleadAdvice
    from .errors import SmartleadError as SmartleadError
    from .errors import StillRunning as StillRunning
    from .errors import TransportError as TransportError
    from .errors import ValidationFailed as ValidationFailed
    from .fake import FakeSmartlead as FakeSmartlead
    from .fields import NOT_GIVEN as NOT_GIVEN
    from .fields import Secret as Secret
    from .limits import Lane as Lane
    from .limits import RateLimits as RateLimits
    from .limits import Window as Window
    from .pipeline.events import Attempt as Attempt
    from .pipeline.events import Response as Response
    from .pipeline.retry import RetryPolicy as RetryPolicy
    from .plain_data import to_dicts as to_dicts
    from .plan.campaign import CampaignSpec as CampaignSpec
    from .plan.lead_frame import LeadFrame as LeadFrame
    from .plan.leads_csv import LeadFile as LeadFile
    from .plan.mailboxes import MailboxChoice as MailboxChoice
    from .plan.plan import load_plan as load_plan
    from .plan.problem import InvalidPlan as InvalidPlan
    from .plan.schedule import ScheduleSpec as ScheduleSpec
    from .plan.sequence import StepSpec as StepSpec
    from .plan.sequence import VariantSpec as VariantSpec
    from .plan.settings import SettingsSpec as SettingsSpec
    from .provisioning.changes.change import Action as Action
    from .provisioning.changes.change import CampaignChange as CampaignChange
    from .provisioning.changes.change import Change as Change
    from .provisioning.changes.change import ChangeRefused as ChangeRefused
    from .provisioning.changes.change import Drift as Drift
    from .provisioning.changes.plan_changes import PlanChanges as PlanChanges
    from .provisioning.changes.totals import ChangeTotals as ChangeTotals
    from .provisioning.job.campaign_list import IncompleteList as IncompleteList
    from .provisioning.job.first_look import CampaignsExist as CampaignsExist
    from .provisioning.job.first_look import StaleLedger as StaleLedger
    from .provisioning.job.job import Job as Job
    from .provisioning.job.operations import Operation as Operation
    from .provisioning.job.options import JobOptions as JobOptions
    from .provisioning.job.options import ReconcilePolicy as ReconcilePolicy
    from .provisioning.job.verify import verify as verify
    from .provisioning.ledger.memory import MemoryLedger as MemoryLedger
    from .provisioning.ledger.protocol import Ledger as Ledger
    from .provisioning.ledger.protocol import LedgerError as LedgerError
    from .provisioning.ledger.records import CampaignRecord as CampaignRecord
    from .provisioning.ledger.records import CampaignState as CampaignState
    from .provisioning.ledger.sqlite import SqliteLedger as SqliteLedger
    from .provisioning.report.report import Report as Report
    from .request import Effect as Effect
    from .request import Host as Host
    from .request import Request as Request
    from .transport import HttpRequest as HttpRequest
    from .transport import HttpResponse as HttpResponse
    from .transport import Transport as Transport
    from .transport.aiohttp import AiohttpTransport as AiohttpTransport

_NAMES_OF = {
    "api.leads.models": ("LeadInput",),
    "client": ("SmartleadClient",),
    "errors": (
        "APIError",
        "AuthenticationError",
        "BadRequest",
        "ConfigurationError",
        "Conflict",
        "Interrupted",
        "NotFound",
        "NotSent",
        "OperationRefused",
        "OutcomeUnknown",
        "PaginationStalled",
        "PermissionDenied",
        "RateLimited",
        "RequestTimeout",
        "ResponseDecodeError",
        "ResponseTooLarge",
        "ServerError",
        "ServiceUnavailable",
        "SmartleadAdvice",
        "SmartleadError",
        "StillRunning",
        "TransportError",
        "ValidationFailed",
    ),
    "fake": ("FakeSmartlead",),
    "fields": (
        "NOT_GIVEN",
        "Secret",
    ),
    "limits": (
        "Lane",
        "RateLimits",
        "Window",
    ),
    "pipeline.events": (
        "Attempt",
        "Response",
    ),
    "pipeline.retry": ("RetryPolicy",),
    "plain_data": ("to_dicts",),
    "plan.campaign": ("CampaignSpec",),
    "plan.lead_frame": ("LeadFrame",),
    "plan.leads_csv": ("LeadFile",),
    "plan.mailboxes": ("MailboxChoice",),
    "plan.plan": ("load_plan",),
    "plan.problem": ("InvalidPlan",),
    "plan.schedule": ("ScheduleSpec",),
    "plan.sequence": (
        "StepSpec",
        "VariantSpec",
    ),
    "plan.settings": ("SettingsSpec",),
    "provisioning.changes.change": (
        "Action",
        "CampaignChange",
        "Change",
        "ChangeRefused",
        "Drift",
    ),
    "provisioning.changes.plan_changes": ("PlanChanges",),
    "provisioning.changes.totals": ("ChangeTotals",),
    "provisioning.job.campaign_list": ("IncompleteList",),
    "provisioning.job.first_look": (
        "CampaignsExist",
        "StaleLedger",
    ),
    "provisioning.job.job": ("Job",),
    "provisioning.job.operations": ("Operation",),
    "provisioning.job.options": (
        "JobOptions",
        "ReconcilePolicy",
    ),
    "provisioning.job.verify": ("verify",),
    "provisioning.ledger.memory": ("MemoryLedger",),
    "provisioning.ledger.protocol": (
        "Ledger",
        "LedgerError",
    ),
    "provisioning.ledger.records": (
        "CampaignRecord",
        "CampaignState",
    ),
    "provisioning.ledger.sqlite": ("SqliteLedger",),
    "provisioning.report.report": ("Report",),
    "request": (
        "Effect",
        "Host",
        "Request",
    ),
    "transport": (
        "HttpRequest",
        "HttpResponse",
        "Transport",
    ),
    "transport.aiohttp": ("AiohttpTransport",),
}
_MODULE_OF = {name: module for module, names in _NAMES_OF.items() for name in names}

__all__ = ["__version__", *sorted(_MODULE_OF)]  # noqa: PLE0604 - built from the table above


def __getattr__(name: str) -> Any:
    if name not in _MODULE_OF:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(import_module(f".{_MODULE_OF[name]}", __name__), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return __all__
