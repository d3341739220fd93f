"""The areas of the API: the table from which client attributes, the fake's routes and the tests are derived.

A new area is a module or package of ``smartlead_async.api`` and an attribute of :class:`Areas`.
"""

from __future__ import annotations

from collections.abc import Coroutine
from typing import TYPE_CHECKING, Any, Generic, Protocol, Self, TypeVar, overload

from ..request import Request
from ..resource import LazyModule, LazyPart, Resource, endpoint, methods

if TYPE_CHECKING:
    from . import account as account_
    from . import block_list as block_list_
    from . import campaign_statistics as campaign_statistics_
    from . import clients as clients_
    from . import email_account_tags as email_account_tags_
    from . import emails as emails_
    from . import lead_lists as lead_lists_
    from . import lead_notes as lead_notes_
    from . import lead_tags as lead_tags_
    from . import lead_tasks as lead_tasks_
    from . import smart_senders as smart_senders_
    from . import webhooks as webhooks_
    from .analytics import resource as analytics_
    from .campaigns import resource as campaigns_
    from .email_accounts import resource as email_accounts_
    from .inbox import resource as inbox_
    from .leads import resource as leads_
    from .smart_delivery import resource as smart_delivery_
    from .smart_prospect import resource as smart_prospect_
else:
    analytics_ = LazyModule(f"{__package__}.analytics.resource")
    campaigns_ = LazyModule(f"{__package__}.campaigns.resource")
    email_accounts_ = LazyModule(f"{__package__}.email_accounts.resource")
    inbox_ = LazyModule(f"{__package__}.inbox.resource")
    leads_ = LazyModule(f"{__package__}.leads.resource")
    smart_delivery_ = LazyModule(f"{__package__}.smart_delivery.resource")
    smart_prospect_ = LazyModule(f"{__package__}.smart_prospect.resource")
    smart_senders_ = LazyModule(f"{__package__}.smart_senders")
    account_ = LazyModule(f"{__package__}.account")
    block_list_ = LazyModule(f"{__package__}.block_list")
    clients_ = LazyModule(f"{__package__}.clients")
    email_account_tags_ = LazyModule(f"{__package__}.email_account_tags")
    emails_ = LazyModule(f"{__package__}.emails")
    lead_notes_ = LazyModule(f"{__package__}.lead_notes")
    lead_tags_ = LazyModule(f"{__package__}.lead_tags")
    lead_tasks_ = LazyModule(f"{__package__}.lead_tasks")
    webhooks_ = LazyModule(f"{__package__}.webhooks")
    campaign_statistics_ = LazyModule(f"{__package__}.campaign_statistics")
    lead_lists_ = LazyModule(f"{__package__}.lead_lists")

T = TypeVar("T")
R = TypeVar("R", bound=Resource)


class Client(Protocol):
    """The part of a client that an area needs."""

    def send(self, request: Request[T], /) -> Coroutine[Any, Any, T]:
        """Send a request and return its response."""
        ...


class Area(Generic[R]):
    """An area as an attribute of a client: its resource, loaded and bound on first use."""

    def __init__(self, resource: type[R]) -> None:
        self._resource: Any = resource

    @property
    def resource(self) -> type[R]:
        """The resource class, loaded on first use."""
        if isinstance(self._resource, LazyPart):
            self._resource = self._resource.load()
        resource: type[R] = self._resource
        return resource

    def __set_name__(self, owner: type, name: str) -> None:
        self._name = name

    @overload
    def __get__(self, instance: None, owner: type) -> Self: ...
    @overload
    def __get__(self, instance: Client, owner: type) -> R: ...
    def __get__(self, instance: Client | None, owner: type) -> Any:
        if instance is None:
            return self
        # Stored on the instance, so that later look-ups bypass this descriptor.
        bound = vars(instance)[self._name] = self.resource(instance.send)
        return bound


class Areas:
    """The areas of the API, as attributes that a client inherits."""

    campaigns = Area(campaigns_.Campaigns)
    leads = Area(leads_.Leads)
    email_accounts = Area(email_accounts_.EmailAccounts)
    analytics = Area(analytics_.Analytics)
    inbox = Area(inbox_.Inbox)
    smart_delivery = Area(smart_delivery_.SmartDelivery)
    smart_prospect = Area(smart_prospect_.SmartProspect)
    smart_senders = Area(smart_senders_.SmartSenders)
    account = Area(account_.Account)
    block_list = Area(block_list_.BlockList)
    clients = Area(clients_.Clients)
    email_account_tags = Area(email_account_tags_.EmailAccountTags)
    emails = Area(emails_.Emails)
    lead_notes = Area(lead_notes_.LeadNotes)
    lead_tags = Area(lead_tags_.LeadTags)
    lead_tasks = Area(lead_tasks_.LeadTasks)
    webhooks = Area(webhooks_.Webhooks)
    campaign_statistics = Area(campaign_statistics_.CampaignStatistics)
    lead_lists = Area(lead_lists_.LeadLists)


def resources() -> dict[str, type[Resource]]:
    """Load every area and return the resource classes by attribute name."""
    return {name: area.resource for name, area in vars(Areas).items() if isinstance(area, Area)}


def operations() -> dict[str, type[Request[Any]]]:
    """Load every area and return the request classes by method name, such as ``"campaigns.create"``."""
    return {
        f"{area}.{name}": method.request
        for area, resource in resources().items()
        for name, method in methods(resource).items()
        if isinstance(method, endpoint)
    }


def request_classes() -> list[type[Request[Any]]]:
    """Load every area and return each request class once."""
    return list(dict.fromkeys(operations().values()))
