"""Async client for SmartLead, and the bulk provisioning of campaigns.

    async with SmartleadClient(api_key) as client:
        created = await client.campaigns.create("SaaS founders Q1 2027")

Everything public is here; it is loaded when it is first used, so that importing the package costs next to
nothing. Request classes are in ``smartlead_async.resources``, what they carry in ``smartlead_async.models``.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from ._version import __version__

if TYPE_CHECKING:
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
    from .errors import ServerError as ServerError
    from .errors import ServiceUnavailable as ServiceUnavailable
    from .errors import SmartleadAdvice as SmartleadAdvice
    from .errors import SmartleadError as SmartleadError
    from .errors import TransportError as TransportError
    from .errors import ValidationFailed as ValidationFailed
    from .fake import FakeSmartlead as FakeSmartlead
    from .limits import Lane as Lane
    from .limits import RateLimits as RateLimits
    from .limits import Window as Window
    from .models._fields import NOT_GIVEN as NOT_GIVEN
    from .models.leads import LeadInput as LeadInput
    from .pipeline import Attempt as Attempt
    from .pipeline import Response as Response
    from .provisioning.leads_csv import LeadFile as LeadFile
    from .provisioning.ledger import Ledger as Ledger
    from .provisioning.ledger import LedgerError as LedgerError
    from .provisioning.ledger import MemoryLedger as MemoryLedger
    from .provisioning.plan import load_plan as load_plan
    from .provisioning.problem import InvalidPlan as InvalidPlan
    from .provisioning.records import CampaignRecord as CampaignRecord
    from .provisioning.records import CampaignState as CampaignState
    from .provisioning.report import Report as Report
    from .provisioning.runner import Job as Job
    from .provisioning.runner import JobOptions as JobOptions
    from .provisioning.settling import Settling as Settling
    from .provisioning.spec import CampaignSpec as CampaignSpec
    from .provisioning.spec import MailboxChoice as MailboxChoice
    from .provisioning.spec import ScheduleSpec as ScheduleSpec
    from .provisioning.spec import SettingsSpec as SettingsSpec
    from .provisioning.spec import StepSpec as StepSpec
    from .provisioning.spec import VariantSpec as VariantSpec
    from .provisioning.sqlite_ledger import SqliteLedger as SqliteLedger
    from .provisioning.verify import verify as verify
    from .request import Effect as Effect
    from .request import Request as Request
    from .retry import RetryPolicy as RetryPolicy
    from .transport import HttpRequest as HttpRequest
    from .transport import HttpResponse as HttpResponse
    from .transport import Transport as Transport
    from .transport._aiohttp import AiohttpTransport as AiohttpTransport

_HOME = {
    "SmartleadClient": "client",
    "FakeSmartlead": "fake",
    "Lane": "limits",
    "RateLimits": "limits",
    "Window": "limits",
    "NOT_GIVEN": "models._fields",
    "Attempt": "pipeline",
    "Response": "pipeline",
    "Effect": "request",
    "Request": "request",
    "RetryPolicy": "retry",
    "HttpRequest": "transport",
    "HttpResponse": "transport",
    "Transport": "transport",
    "AiohttpTransport": "transport._aiohttp",
    "CampaignSpec": "provisioning.spec",
    "StepSpec": "provisioning.spec",
    "VariantSpec": "provisioning.spec",
    "MailboxChoice": "provisioning.spec",
    "ScheduleSpec": "provisioning.spec",
    "SettingsSpec": "provisioning.spec",
    "LeadFile": "provisioning.leads_csv",
    "InvalidPlan": "provisioning.problem",
    "Settling": "provisioning.settling",
    "CampaignRecord": "provisioning.records",
    "CampaignState": "provisioning.records",
    "Report": "provisioning.report",
    "Job": "provisioning.runner",
    "JobOptions": "provisioning.runner",
    "Ledger": "provisioning.ledger",
    "LedgerError": "provisioning.ledger",
    "MemoryLedger": "provisioning.ledger",
    "SqliteLedger": "provisioning.sqlite_ledger",
    "load_plan": "provisioning.plan",
    "LeadInput": "models.leads",
    "verify": "provisioning.verify",
} | dict.fromkeys(
    (
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
        "ServerError",
        "ServiceUnavailable",
        "SmartleadAdvice",
        "SmartleadError",
        "TransportError",
        "ValidationFailed",
    ),
    "errors",
)

__all__ = ["__version__", *sorted(_HOME)]  # noqa: PLE0604 - built from the table above


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(import_module(f".{_HOME[name]}", __name__), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return __all__
