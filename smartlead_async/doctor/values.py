"""Values for the required fields of reads, taken from earlier responses."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final

from ..api.areas import operations
from ..api.campaigns.models import Campaign, CampaignStatus
from ..api.email_accounts.messages import FetchMessagesInput
from ..api.email_accounts.models import EmailAccount
from ..request import Effect, Request

_DAYS: Final = 30

NEVER: Final[Mapping[str, str]] = {"smart_senders.get_otp": "it reads a one-time password"}
"""Reads that are not tried, with the reason."""


class NoValue(Exception):
    """Raised for a request that is not made; the message says why."""


def _first(items: Iterable[Any], attribute: str) -> Any:
    """Return an attribute of the first item that has it."""
    return next((value for item in items if (value := getattr(item, attribute)) is not None), None)


def _of_campaigns(campaigns: list[Any]) -> dict[str, Any]:
    # A campaign that was started has leads and messages.
    ordered = sorted(campaigns, key=lambda campaign: campaign.status == CampaignStatus.DRAFTED)
    return {"campaign_id": _first(ordered, "id")}


def _of_campaign_leads(page: Any) -> dict[str, Any]:
    lead_ids = [item.lead.id for item in page if item.lead.id is not None]
    return {
        "lead_id": lead_ids[0] if lead_ids else None,
        "lead_ids": lead_ids[:3],
        "lead_map_id": _first(page, "campaign_lead_map_id"),
        "email": _first((item.lead for item in page), "email"),
    }


def _of_email_accounts(page: Any) -> dict[str, Any]:
    account_id = _first(page, "id")
    return {
        "email_account_id": account_id,
        "accounts": None if account_id is None else [FetchMessagesInput(account_id, limit=1)],
        "emails": [mailbox.from_email for mailbox in page][:3],
    }


def _of_sender_reports(reports: list[Any]) -> dict[str, Any]:
    mails = [mail for report in reports if isinstance(report.details, list) for mail in report.details]
    return {"reply_id": _first((mail.reply for mail in mails if mail.reply is not None), "id")}


SOURCES: Final[Mapping[str, Callable[[Any], dict[str, Any]]]] = {
    "campaigns.list": _of_campaigns,
    "campaigns.list_leads": _of_campaign_leads,
    "campaigns.list_webhooks": lambda webhooks: {"webhook_id": _first(webhooks, "id")},
    "email_accounts.list": _of_email_accounts,
    "inbox.list_replies": lambda page: {"email_lead_map_id": _first(page, "email_lead_map_id")},
    "smart_delivery.list_folders": lambda page: {"folder_id": _first(page, "id")},
    "smart_delivery.sender_account_wise_report": _of_sender_reports,
    "smart_delivery.list_tests": lambda page: {"spam_test_id": _first(page, "spam_test_id")},
    "smart_senders.list_domains": lambda domains: {"order_id": _first(domains, "order_id")},
    "smart_senders.list_vendors": lambda vendors: {"vendor_id": _first(vendors, "id")},
}
"""The operations whose responses have values for other requests, by the names of the fields."""

_PROVIDED: Final[Mapping[str, str]] = {
    "campaign_id": "campaigns.list",
    "lead_id": "campaigns.list_leads",
    "lead_ids": "campaigns.list_leads",
    "lead_map_id": "campaigns.list_leads",
    "email": "campaigns.list_leads",
    "webhook_id": "campaigns.list_webhooks",
    "email_account_id": "email_accounts.list",
    "accounts": "email_accounts.list",
    "emails": "email_accounts.list",
    "email_lead_map_id": "inbox.list_replies",
    "folder_id": "smart_delivery.list_folders",
    "spam_test_id": "smart_delivery.list_tests",
    "reply_id": "smart_delivery.sender_account_wise_report",
    "order_id": "smart_senders.list_domains",
    "vendor_id": "smart_senders.list_vendors",
}


def _constants(now: float) -> dict[str, Any]:
    until = dt.datetime.fromtimestamp(now, dt.UTC).replace(microsecond=0)
    since = until - dt.timedelta(days=_DAYS)
    return {
        "start_date": since.date(),
        "end_date": until.date(),
        "from_time": since,
        "to_time": until,
        "timezone": "UTC",
        "domain_name": "example.com",
    }


def reads() -> dict[str, type[Request[Any]]]:
    """Return the declared READ operations by method name."""
    return {name: cls for name, cls in operations().items() if cls.operation.effect is Effect.READ}


def with_sources(names: Iterable[str]) -> list[str]:
    """Return these operations and those whose responses they need values of, in the order of ``reads()``."""
    declared = reads()
    wanted, pending = set(), list(names)
    while pending:
        name = pending.pop()
        if name in declared and name not in wanted:
            wanted.add(name)
            pending += [_source(name, field) for field in _required(declared[name])]
    return [name for name in declared if name in wanted]


def _source(name: str, field: str) -> str:
    """Return the operation that has values for a field of another one; "" if none does.

    What ``get`` of an area returns is in the list of that area.
    """
    area, _, method = name.rpartition(".")
    own_list = f"{area}.list" if method == "get" and field.endswith("id") else ""
    return _PROVIDED.get(field, own_list)


def _required(request: type[Request[Any]]) -> list[str]:
    # Some fields have a default only because another one may stand for them.
    return [p.name for p in request.parameters if p.required or p.name == "lead_ids"]


class Values:
    """Values of earlier responses. Ids and addresses stay here and are never reported."""

    def __init__(self, now: float) -> None:
        self._known = _constants(now)
        self._listed: dict[str, Any] = {}
        """The id of the first item of each list."""
        self.campaigns: list[Campaign] | None = None
        """The first list of campaigns; None if it could not be read."""
        self.mailboxes: list[EmailAccount] | None = None
        """The first page of mailboxes; None if it could not be read."""

    def __repr__(self) -> str:
        return f"<Values of {', '.join(self._known)}>"

    def add(self, name: str, response: Any) -> None:
        """Take the values that the response of an operation has."""
        if name == "campaigns.list":
            self.campaigns = response
        if name == "email_accounts.list":
            self.mailboxes = response.data
        items = getattr(response, "data", response)
        if name.endswith(".list") and isinstance(items, list):
            self._listed[name] = _first((item for item in items if hasattr(item, "id")), "id")
        if name in SOURCES:
            self._known |= {key: value for key, value in SOURCES[name](response).items() if value}

    def get(self, field: str) -> Any:
        """Return a value, None if there is none."""
        return self._known.get(field)

    def _value(self, name: str, field: str) -> Any:
        if field in self._known:
            return self._known[field]
        return None if field in _PROVIDED else self._listed.get(_source(name, field))

    def request(self, name: str, cls: type[Request[Any]]) -> Request[Any]:
        """Return the least request of an operation that only reads, or raise :class:`NoValue`."""
        if name in NEVER:
            raise NoValue(NEVER[name])
        required = _required(cls)
        given = {field: self._value(name, field) for field in required}
        missing = [field for field, value in given.items() if value is None]
        if missing:
            raise NoValue(f"no value for {', '.join(missing)}")
        try:
            request = cls(**given)
        except ValueError:
            raise NoValue("it needs values of your own") from None
        # The effect of some requests depends on their values.
        if request.effect is not Effect.READ:
            raise NoValue("it does not only read")
        return request
