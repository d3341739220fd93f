"""Smart senders: buy domains with mailboxes, and read the one-time passwords of the mailboxes."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any, Final

import attrs

from ..fields import Length, Matches, Secret, bare_string, wire
from ..polling import poll
from ..request import Effect, Host, Request
from ..resource import Resource, endpoint
from ..typed import Typed


@attrs.frozen
class VendorPricing:
    """The prices of a vendor: of a domain for a year and of a mailbox for a month, in ``currency``."""

    domain_price: float | None = None
    mailbox_price: float | None = None
    currency: str | None = None


@attrs.frozen
class Vendor:
    """A seller of domains and mailboxes. Rates and contributions are percentages, ``98.0`` for 98 %."""

    id: int
    vendor_name: str | None = None
    priority: int | None = None
    delivery_time: str | None = None
    order_delivery_rate: float | None = None
    total_orders: int | None = None
    total_vendor_orders_contribution_percent: float | None = None
    delivered_orders: int | None = None
    undelivered_orders: int | None = None
    pricing: VendorPricing | None = None


@attrs.frozen
class ListVendors(
    Request[list[Vendor]],
    method="GET",
    path="/smart-senders/get-vendors",
    effect=Effect.READ,
    repeatable=True,
    host=Host.SENDERS,
    page="smart-senders/get-vendors",
):
    """Return the vendors of domains and mailboxes, with their prices and delivery rates.

    One request. Example::

        for vendor in await client.smart_senders.list_vendors():
            print(vendor.id, vendor.vendor_name, vendor.pricing)
    """


@attrs.frozen
class DomainSuggestion:
    """A domain that can be had instead of the one that was searched for."""

    domain: str | None = attrs.field(default=None, metadata=bare_string())


@attrs.frozen
class DomainSearch:
    """Whether a domain can be bought, with alternatives if it cannot.

    ``data`` is what SmartLead returns in the place of these fields, as it was received; usually ``None``.
    """

    domain: str | None = attrs.field(default=None, metadata=wire("domain", "data.domain"))
    available: bool | None = attrs.field(default=None, metadata=wire("available", "data.available"))
    suggestions: list[DomainSuggestion] = attrs.field(
        factory=list, metadata=wire("suggestions", "data.suggestions")
    )
    data: Any = None


@attrs.frozen
class SearchDomain(
    Request[DomainSearch],
    method="GET",
    path="/smart-senders/search-domain",
    effect=Effect.READ,
    repeatable=True,
    host=Host.SENDERS,
    page="smart-senders/search-domain",
):
    """Return whether a vendor sells a domain, and similar domains if it does not.

    One request; it buys nothing. Example::

        found = await client.smart_senders.search_domain("getnorthwind.example", vendor_id=1)
        print(found.available, [each.domain for each in found.suggestions])
    """

    domain_name: str
    vendor_id: int


@attrs.frozen
class MailboxOwner(Typed):
    """The name that a mailbox is to be suggested for; ``profile_pic`` is the URL of a picture."""

    first_name: str | None = None
    last_name: str | None = None
    profile_pic: str | None = None


@attrs.frozen
class DomainNames(Typed):
    """A domain to suggest mailboxes for, and the names of their owners."""

    domain_name: str
    mailbox_details: Sequence[MailboxOwner] | None = None


@attrs.frozen
class SuggestedMailbox:
    """A suggested mailbox: its address and the name of its owner."""

    mailbox: str | None = None
    first_name: str | None = None
    last_name: str | None = None
    profile_pic: str | None = None


@attrs.frozen
class SuggestedMailboxes:
    """The mailboxes that are suggested for a domain."""

    domain_name: str | None = None
    mailbox_details: list[SuggestedMailbox] = attrs.field(factory=list)


@attrs.frozen
class AutoGenerateMailboxes(
    Request[list[SuggestedMailboxes]],
    method="POST",
    path="/smart-senders/auto-generate-mailboxes",
    effect=Effect.READ,
    repeatable=True,
    host=Host.SENDERS,
    page="smart-senders/auto-generate",
):
    """Return suggestions for the addresses of new mailboxes, by domain.

    One request; it only suggests, and buys nothing. Example::

        suggested = await client.smart_senders.auto_generate_mailboxes(
            1, [DomainNames("getnorthwind.example", [MailboxOwner("Ana", "Ruiz")])]
        )
        print(suggested[0].mailbox_details[0].mailbox)
    """

    vendor_id: int | str
    domains: Sequence[DomainNames]


@attrs.frozen(kw_only=True)
class Registrant(Typed):
    """The person or company for whom domains are registered.

    ``country`` and ``state`` are full names, not codes; ``phone_cc`` is a country code such as ``"+34"`` and
    ``phone`` the digits after it; ``language_preference`` is a code such as ``"en"``.
    """

    email: str
    first_name: str = attrs.field(metadata=wire("firstName"))
    last_name: str = attrs.field(metadata=wire("lastName"))
    company: str
    country: str
    city: str
    address_line_one: str = attrs.field(metadata=wire("addressLineOne"))
    address_line_two: str | None = attrs.field(default=None, metadata=wire("addressLineTwo"))
    address_line_three: str | None = attrs.field(default=None, metadata=wire("addressLineThree"))
    postal_code: str = attrs.field(metadata=wire("postalCode"))
    state: str
    phone_cc: str = attrs.field(
        metadata=wire("phoneCc"), validator=Matches(r"\+[0-9]+", "a country code such as '+34'")
    )
    phone: str = attrs.field(validator=Matches("[0-9]+", "digits only"))
    language_preference: str = attrs.field(metadata=wire("languagePreference"))


@attrs.frozen
class MailboxOrder(Typed):
    """A mailbox to buy: its address and the name of its owner; ``profile_pic`` is the URL of a picture."""

    mailbox: str
    first_name: str
    last_name: str
    profile_pic: str | None = None
    parent_account_id: int | None = None


@attrs.frozen
class DomainOrder(Typed):
    """A domain to buy, and the mailboxes to buy in it."""

    domain_name: str
    mailbox_details: Sequence[MailboxOrder]


@attrs.frozen
class OrderPlaced:
    """The receipt of an order. ``order_id`` is the only way to learn what becomes of it: keep it."""

    order_id: str = attrs.field(metadata=wire("order_id", "data.order_id"))
    status: str | None = None
    data: dict[str, Any] | None = None


@attrs.frozen
class PlaceOrder(
    Request[OrderPlaced],
    method="POST",
    path="/smart-senders/place-order",
    effect=Effect.SPEND,
    repeatable=False,
    host=Host.SENDERS,
    page="smart-senders/place-order",
    min_timeout=300.0,
):
    """Buy domains and mailboxes. This costs money, every year for a domain and every month for a mailbox.

    One request, which may take minutes. :class:`ListVendors` returns the prices of ``vendor_id``;
    ``forwarding_domain`` is where visitors of the new domains are sent. Ask :class:`GetOrder` about the order
    until it is complete, which takes about eight hours. A lost response raises :class:`OutcomeUnknown` and is
    never followed by a second request: look for the domains with ``list_domains`` before you order again.
    Example::

        order = await client.smart_senders.place_order(
            1, "northwind.example", registrant,
            [DomainOrder("getnorthwind.example", [MailboxOrder("ana@getnorthwind.example", "Ana", "Ruiz")])],
        )
        print(order.order_id)
    """

    vendor_id: int
    forwarding_domain: str
    user_details: Registrant
    domains: Sequence[DomainOrder] = attrs.field(validator=Length(1))


@attrs.frozen
class OrderedMailbox:
    """A mailbox that was bought. Its password is a :class:`Secret`."""

    email: str | None = None
    password: Secret | None = None


@attrs.frozen
class Order:
    """An order of domains and mailboxes. ``status`` is SmartLead's wording, such as "Payment Pending"."""

    order_id: str | None = None
    status: str | None = None
    message: str | None = None
    domain: str | None = None
    email_accounts: list[OrderedMailbox] = attrs.field(factory=list)
    created_at: dt.datetime | None = None
    expires_at: dt.datetime | None = None

    @property
    def is_completed(self) -> bool:
        """Whether the mailboxes exist."""
        return bool(self.email_accounts) or (self.status or "").lower() == "completed"


@attrs.frozen
class GetOrder(
    Request[Order],
    method="GET",
    path="/smart-senders/order-details",
    effect=Effect.READ,
    repeatable=True,
    host=Host.SENDERS,
    page="smart-senders/order-details",
):
    """Return the state of an order, and its mailboxes with their passwords once they exist.

    One request. The passwords are secrets that only ``reveal()`` returns. Example::

        order = await client.smart_senders.get_order("895001")
        print(order.status, [mailbox.email for mailbox in order.email_accounts])
    """

    order_id: str


@attrs.frozen
class SenderDomain:
    """A domain that was bought; visitors are sent to its ``forwarding_domain``."""

    id: int | None = None
    domain_name: str | None = attrs.field(default=None, metadata=bare_string())
    vendor_id: int | None = None
    created_at: dt.datetime | None = None
    updated_at: dt.datetime | None = None
    forwarding_domain: str | None = None
    is_active: bool | None = None
    order_id: str | None = None


@attrs.frozen
class ListDomains(
    Request[list[SenderDomain]],
    method="GET",
    path="/smart-senders/get-domain-list",
    effect=Effect.READ,
    repeatable=True,
    host=Host.SENDERS,
    page="smart-senders/domain-list",
):
    """Return all domains of the account that were bought here.

    One request. Example::

        for domain in await client.smart_senders.list_domains():
            print(domain.domain_name, domain.is_active, domain.order_id)
    """


@attrs.frozen
class OneTimePassword:
    """A one-time password for logging in to a mailbox. ``expires_in`` is in seconds."""

    otp: Secret
    mailbox: str | None = None
    order_id: str | None = None
    expires_in: int | None = None


@attrs.frozen
class GetOtp(
    Request[OneTimePassword],
    method="GET",
    path="/smart-senders/auth-secret",
    effect=Effect.READ,
    repeatable=True,
    host=Host.SENDERS,
    page="smart-senders/get-otp",
):
    """Return the current one-time password of a mailbox that was bought here.

    One request. Example::

        password = await client.smart_senders.get_otp("ana@getnorthwind.example")
        print(password.otp.reveal())
    """

    email_account: str


_POLL_ORDER: Final = """Wait until the mailboxes of an order exist, and return the order.

That takes about eight hours. One request every 5 minutes at first, growing to 25, for twelve hours unless
``within`` says otherwise. An order that is waiting for its payment goes on waiting. Example::

    order = await client.smart_senders.poll_order("895001").within(24 * 3600)
"""


class SmartSenders(Resource):
    """``client.smart_senders``: domains with mailboxes, from the search to the order."""

    list_vendors = endpoint(ListVendors)
    search_domain = endpoint(SearchDomain)
    auto_generate_mailboxes = endpoint(AutoGenerateMailboxes)
    place_order = endpoint(PlaceOrder)
    get_order = endpoint(GetOrder)
    poll_order = poll(
        GetOrder, until=lambda order: order.is_completed, every=300, timeout=12 * 3600, doc=_POLL_ORDER
    )
    list_domains = endpoint(ListDomains)
    get_otp = endpoint(GetOtp)
