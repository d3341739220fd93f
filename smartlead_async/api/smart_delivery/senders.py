"""The mailboxes of a test, and what became of each of their mails."""

from __future__ import annotations

import datetime as dt
from typing import Any

import attrs

from ...fields import wire
from ...resource import Resource, endpoint
from .models import BlacklistTotals, SpamTestReport


@attrs.frozen
class AuthenticationResult:
    """The result of one check of a mail: DKIM, SPF, DMARC or reverse DNS.

    ``status`` is ``PASS`` and so on, or true and false. ``record`` is the domain or name that was checked.
    """

    record: str | bool | None = attrs.field(default=None, metadata=wire("dkim", "spf", "dmarc", "rdns"))
    status: str | bool | None = None


@attrs.frozen
class SeedReply:
    """A mail as a seed account received it. ``id`` is the ``reply_id`` of its headers and IP details."""

    id: int | str | None = None
    uid: int | str | None = None
    message_id: str | None = None
    email_size: int | None = None
    mail_folder: str | None = None
    rdns_result: AuthenticationResult | None = None
    spf_result: AuthenticationResult | None = None
    dkim_result: AuthenticationResult | None = None
    dmarc_result: AuthenticationResult | None = None
    sender_ip: str | None = None
    delivered_in: float | str | None = None
    blacklist_status: BlacklistTotals | None = None


@attrs.frozen
class SeedMail:
    """A mail to a seed account. ``reply`` is the mail as it arrived."""

    id: int | str | None = None
    email: str | None = None
    reply: SeedReply | None = None


@attrs.frozen
class SenderFigures:
    """The figures of one mailbox over several tests. Rates are in percent."""

    sender_name: str | None = None
    tests_count: int | None = None
    avg_inbox_rate: float | None = None
    avg_spam_rate: float | None = None
    avg_bounce_rate: float | None = None
    reputation_score: float | None = None
    last_test_date: dt.datetime | None = None


@attrs.frozen
class SenderReport:
    """The mails of one mailbox of a test, or only the figures about them."""

    email: str | None = None
    details: list[SeedMail] | SenderFigures = attrs.field(factory=list)


@attrs.frozen
class GetSenderReport(
    SpamTestReport[list[SenderReport]],
    path="/spam-test/report/{spamTestId}/sender-account-wise",
    page="smart-delivery/sender-report",
):
    """Return what became of every mail of a test, by mailbox.

    One request. Example::

        for sender in await client.smart_delivery.sender_account_wise_report(9101):
            if isinstance(sender.details, list):
                print(sender.email, [mail.reply.mail_folder for mail in sender.details if mail.reply])
    """


@attrs.frozen
class GetReplyEmailHeaders(
    SpamTestReport[dict[str, str | list[str]]],
    path="/spam-test/report/{spamTestId}/sender-account-wise/{replyId}/email-headers",
    page="smart-delivery/reply-headers",
):
    """Return the headers of a mail as a seed account received it, by name as received.

    One request. Example::

        headers = await client.smart_delivery.reply_email_headers(9101, 23001)
        print(headers.get("Authentication-Results"))
    """

    reply_id: int | str = attrs.field(metadata=wire("replyId"))


@attrs.frozen
class GetReplyIpDetails(
    SpamTestReport[BlacklistTotals],
    path="/spam-test/report/{spamTestId}/sender-account-wise/{replyId}/ip-details",
    page="smart-delivery/ip-details",
):
    """Return how many blacklists have the IP address that a mail came from.

    One request. Example::

        totals = await client.smart_delivery.reply_ip_details(9101, 23001)
        print(totals.total_blacklist, "of", totals.total_tests)
    """

    reply_id: int | str = attrs.field(metadata=wire("replyId"))


@attrs.frozen
class SpamTestSender:
    """A mailbox of a test. The content of ``details`` is not documented."""

    id: int | str | None = None
    spam_test_id: int | str | None = None
    from_email: str | None = None
    email: str | None = None
    client_id: int | str | None = None
    user_id: int | str | None = None
    created_at: dt.datetime | None = None
    updated_at: dt.datetime | None = None
    details: list[dict[str, Any]] | dict[str, Any] | None = None


@attrs.frozen
class ListSenderAccounts(
    SpamTestReport[list[SpamTestSender]],
    path="/spam-test/report/{spamTestId}/sender-accounts",
    page="smart-delivery/sender-list",
):
    """List the mailboxes of a test.

    One request. Example::

        print([sender.from_email for sender in await client.smart_delivery.sender_accounts(9101)])
    """


class SenderMethods(Resource):
    """The mailboxes of a test."""

    sender_account_wise_report = endpoint(GetSenderReport)
    reply_email_headers = endpoint(GetReplyEmailHeaders)
    reply_ip_details = endpoint(GetReplyIpDetails)
    sender_accounts = endpoint(ListSenderAccounts)
