"""Reasons for the placement of a test's mails: DKIM, SPF, reverse DNS, blacklists and spam filters."""

from __future__ import annotations

import datetime as dt

import attrs

from ...fields import wire
from ...resource import Resource, endpoint
from .models import BlacklistTotals, SpamTestReport
from .senders import AuthenticationResult


@attrs.frozen
class SeedAuthentication:
    """The result of a check of the mail to one seed account, in detail or as ``verified``."""

    id: int | str | None = None
    email: str | None = attrs.field(default=None, metadata=wire("to_email", "email"))
    esp: str | None = None
    result: AuthenticationResult | None = attrs.field(
        default=None, metadata=wire("dkim_result", "spf_result", "rdns_result")
    )
    verified: bool | None = attrs.field(
        default=None, metadata=wire("dkim_verified", "spf_verified", "rdns_verified")
    )


@attrs.frozen
class AuthenticationReport:
    """The results of a check of the mails of one mailbox, by seed account."""

    from_email: str | None = None
    seed_accounts: list[SeedAuthentication] = attrs.field(factory=list)


@attrs.frozen
class GetDkimDetails(
    SpamTestReport[list[AuthenticationReport]],
    path="/spam-test/report/{spamTestId}/dkim-details",
    page="smart-delivery/dkim-details",
):
    """Return whether the mails of a test passed DKIM, by mailbox and seed account.

    One request. Example::

        for sender in await client.smart_delivery.dkim_details(9101):
            print(sender.from_email, [seed.result or seed.verified for seed in sender.seed_accounts])
    """


@attrs.frozen
class GetSpfDetails(
    SpamTestReport[list[AuthenticationReport]],
    path="/spam-test/report/{spamTestId}/spf-details",
    page="smart-delivery/spf-details",
):
    """Return whether the mails of a test passed SPF, by mailbox and seed account.

    One request. Example::

        for sender in await client.smart_delivery.spf_details(9101):
            print(sender.from_email, [seed.result or seed.verified for seed in sender.seed_accounts])
    """


@attrs.frozen
class GetRdnsDetails(
    SpamTestReport[list[AuthenticationReport]],
    path="/spam-test/report/{spamTestId}/rdns-details",
    page="smart-delivery/rdns-report",
):
    """Return whether the servers that sent the mails of a test have a reverse DNS name.

    One request. Example::

        for sender in await client.smart_delivery.rdns_details(9101):
            print(sender.from_email, [seed.result or seed.verified for seed in sender.seed_accounts])
    """


@attrs.frozen
class SeedBlacklist:
    """The number of blacklists that have the domain of the mail to one seed account."""

    id: int | str | None = None
    email: str | None = None
    blacklist_status: BlacklistTotals | None = attrs.field(
        default=None, metadata=wire("reply.blacklist_status")
    )


@attrs.frozen
class IpBlacklist:
    """Blacklists and the mails of a test: of a mailbox, of one mail, or only their number.

    ``details`` lists the mails of a mailbox; it is a string in the report of one mail.
    """

    from_email: str | None = attrs.field(default=None, metadata=wire("from_email", "reply.from_email"))
    details: list[SeedBlacklist] | str = attrs.field(factory=list)
    reply_id: int | str | None = None
    to_email: str | None = None
    domain: str | None = None
    blacklist_type_value: str | None = None
    total_blacklist: int | None = None
    rdns: str | None = None
    ip: str | None = None


@attrs.frozen
class GetIpBlacklist(
    SpamTestReport[list[IpBlacklist]],
    path="/spam-test/report/{spamTestId}/blacklist",
    page="smart-delivery/blacklists",
    list_or_item=True,
):
    """Return the blacklists that have the IP addresses of a test.

    One request. SmartLead sends this report in three forms; if it only sends a total, the list has one item
    with nothing but ``total_blacklist``. Example::

        for found in await client.smart_delivery.ip_blacklist(9101):
            print(found.from_email, found.ip, found.total_blacklist, found.details)
    """


@attrs.frozen
class SeedDomainBlacklist:
    """Whether the domain of the mail to one seed account is on a blacklist."""

    id: int | str | None = None
    email: str | None = None
    esp: str | None = None
    domain_blacklisted: bool | None = None


@attrs.frozen
class DomainBlacklist(BlacklistTotals):
    """The blacklists that have a sending domain: in total, or for a mailbox by seed account."""

    from_email: str | None = None
    seed_accounts: list[SeedDomainBlacklist] = attrs.field(factory=list)


@attrs.frozen
class GetDomainBlacklist(
    SpamTestReport[list[DomainBlacklist]],
    path="/spam-test/report/{spamTestId}/domain-blacklist",
    page="smart-delivery/domain-blacklist",
    list_or_item=True,
):
    """Return the blacklists that have the sending domains of a test.

    One request. SmartLead sends either one total, which is the only item of the list, or a list by mailbox.
    Example::

        for found in await client.smart_delivery.domain_blacklist(9101):
            print(found.domain, found.total_blacklist, found.from_email)
    """


@attrs.frozen
class WhoisData:
    """The owner of an IP address."""

    isp: str | None = None
    location: str | None = None
    reverse_dns: str | None = None
    organization: str | None = None


@attrs.frozen
class IpAnalytics(BlacklistTotals):
    """An IP address that a test was sent from, or the totals of its blacklists."""

    ip: str | None = None
    blacklisted: bool | None = None
    summary: str | None = None
    whois_data: WhoisData | None = None
    created_at: dt.datetime | None = None


@attrs.frozen
class GetIpAnalytics(
    SpamTestReport[list[IpAnalytics]],
    path="/spam-test/report/{spamTestId}/ip-analytics",
    page="smart-delivery/ip-details",
    list_or_item=True,
):
    """Return the IP addresses that a test was sent from, with their owners.

    One request. SmartLead sends either a list of addresses or one total, which is the only item of the list.
    Example::

        for address in await client.smart_delivery.ip_analytics(9101):
            print(address.ip, address.blacklisted, address.total_blacklist)
    """


@attrs.frozen
class SpamRule:
    """A rule of a spam filter and what it adds to the score."""

    name: str | None = attrs.field(default=None, metadata=wire("ruleName"))
    description: str | None = attrs.field(default=None, metadata=wire("ruleDescription"))
    score: float | str | None = attrs.field(default=None, metadata=wire("ruleScore"))


@attrs.frozen
class SpamFilterScore:
    """The score of a spam filter: from ``required`` on, a mail is spam."""

    content_preview: str | None = attrs.field(default=None, metadata=wire("contentPreview"))
    rules: list[SpamRule] = attrs.field(factory=list, metadata=wire("detailedRules"))
    is_spam: bool | None = attrs.field(default=None, metadata=wire("isSpam"))
    required: float | str | None = None
    score: float | str | None = None


@attrs.frozen
class SpamFilterResult:
    """The result of a spam filter: with its rules, or as the reasons for which it was triggered."""

    result: SpamFilterScore | None = attrs.field(default=None, metadata=wire("spam_filter_result"))
    score: float | str | None = None
    required: float | str | None = None
    filter: str | None = None
    triggered_count: int | None = None
    trigger_percentage: float | None = None
    reasons: list[str] = attrs.field(factory=list)


@attrs.frozen
class SpamFilterReport:
    """The results of the spam filters for the mails of one mailbox."""

    from_email: str | None = None
    spam_filter_details: list[SpamFilterResult] = attrs.field(factory=list)


@attrs.frozen
class GetSpamFilterDetails(
    SpamTestReport[list[SpamFilterReport]],
    path="/spam-test/report/{spamTestId}/spam-filter-details",
    page="smart-delivery/spam-filter-report",
):
    """Return the results of the spam filters of a test, by mailbox.

    One request. Example::

        for sender in await client.smart_delivery.spam_filter_details(9101):
            print(sender.from_email, [found.score for found in sender.spam_filter_details])
    """


class AuthenticationMethods(Resource):
    """Reasons for the placement of a test's mails."""

    dkim_details = endpoint(GetDkimDetails)
    spf_details = endpoint(GetSpfDetails)
    rdns_details = endpoint(GetRdnsDetails)
    ip_blacklist = endpoint(GetIpBlacklist)
    domain_blacklist = endpoint(GetDomainBlacklist)
    ip_analytics = endpoint(GetIpAnalytics)
    spam_filter_details = endpoint(GetSpamFilterDetails)
