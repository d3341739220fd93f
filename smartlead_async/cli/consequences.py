"""The consequences of a request for people, money and data, with the known figures."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any, Final

from ..request import Effect
from ..wording import count, printable

# The figures of one client in 2026; SmartLead publishes prices with each vendor only.
_DOMAIN_USD, _MAILBOX_USD = 13.0, 4.5
_BY_EFFECT: Final = {
    Effect.SEND: "this makes mail leave",
    Effect.SPEND: "this costs credits or money",
    Effect.DELETE: "this deletes or disables something",
}


def consequences_of(request: Any) -> list[str]:
    """Return why a request is to be confirmed, the general reason first; nothing if it need not be."""
    general = _BY_EFFECT.get(request.effect)
    special = _SPECIAL.get(request.operation.name, _none)(request)
    return [*([general] if general is not None else []), *special]


def _none(_: Any) -> Iterator[str]:
    yield from ()


def _size(value: Sequence[Any] | None) -> int:
    return 0 if value is None else len(value)


# --- mail ---------------------------------------------------------------------------------------------


def _add_leads(request: Any) -> Iterator[str]:
    if leads := _size(request.lead_list):
        yield f"if the campaign is running, this mails up to {count(leads, 'lead')}"
    else:
        yield "if the campaign is running, this mails the leads of lists"
    yield from _unprotected(request.settings)


def _push_to_campaign(request: Any) -> Iterator[str]:
    yield "if the campaign is running, this mails the leads; an unknown campaign name makes a new campaign"
    yield from _unprotected(request.settings)


def _unprotected(settings: Any) -> Iterator[str]:
    """Yield the protections of recipients that the settings of an import switch off."""
    lifted = [name for name in _PROTECTIONS if getattr(settings, name, False)]
    if lifted:
        yield f"people who are protected otherwise are mailed: {', '.join(lifted)}"


_PROTECTIONS: Final = (
    "ignore_global_block_list",
    "ignore_unsubscribe_list",
    "ignore_duplicate_leads_in_other_campaign",
    "ignore_community_bounce_list",
)


def _send_test_email(request: Any) -> Iterator[str]:
    if request.custom_email_address is None:
        yield "without --custom-email-address this mails the lead itself"


def _lift_limit(request: Any) -> Iterator[str]:
    if request.ignore_ss_mailbox_sending_limit:
        yield "this lifts the sending limit of mailboxes"


def _resume_mailbox(request: Any) -> Iterator[str]:
    if request.is_suspended is False:
        yield "sending from this mailbox resumes"


# --- money --------------------------------------------------------------------------------------------


def _place_order(request: Any) -> Iterator[str]:
    domains = len(request.domains)
    mailboxes = sum(len(domain.mailbox_details) for domain in request.domains)
    yearly, monthly = domains * _DOMAIN_USD, mailboxes * _MAILBOX_USD
    yield (
        f"this buys {count(domains, 'domain')} and {count(mailboxes, 'mailbox', 'mailboxes')}, which renew: "
        f"about {yearly:,.2f} USD a year and {monthly:,.2f} USD a month at prices of 2026; "
        "`smartlead-async call smart_senders.list_vendors` shows yours"
    )


def _fetch_contacts(request: Any) -> Iterator[str]:
    wanted = request.limit or _size(request.contact_ids)
    yield f"this costs up to {count(wanted, 'lead credit')}"


def _find_emails(request: Any) -> Iterator[str]:
    yield f"this costs a credit for each address found, up to {_size(request.contacts):,}"


def _spam_test(request: Any) -> Iterator[str]:
    senders, providers = _size(request.sender_accounts), _size(request.provider_ids)
    yield (
        f"mails leave from {count(senders, 'mailbox', 'mailboxes')} to the test addresses of "
        f"{count(providers, 'provider')}, and test credits are used"
    )


def _repeated_test(request: Any) -> Iterator[str]:
    yield from _spam_test(request)
    end = request.test_end_date
    runs = (end - request.schedule_start_time).days // request.every_days + 1
    yield (
        f"this is repeated every {count(request.every_days, 'day')} until {end:%Y-%m-%d}, "
        f"{count(runs, 'time')} in all; `smartlead-async call smart_delivery.stop_test` ends it"
    )


def _client_credits(request: Any) -> Iterator[str]:
    moved = [
        count(number, noun)
        for number, noun in ((request.email_credits, "email credit"), (request.lead_credits, "lead credit"))
        if number
    ]
    if moved:
        yield f"this moves {' and '.join(moved)} of your own to the client"


# --- data ---------------------------------------------------------------------------------------------


def _stop_campaign(request: Any) -> Iterator[str]:
    if request.status == "STOPPED":
        yield "a stopped campaign cannot be started again"


def _overwrite_mailbox(request: Any) -> Iterator[str]:
    if request.id is not None:
        yield "this overwrites the credentials of the mailbox"


def _bulk(request: Any) -> Iterator[str]:
    yield f"this deletes {count(_size(request.ids), 'mailbox', 'mailboxes')}"


def _always(text: str) -> Callable[[Any], Iterator[str]]:
    def consequence(_: Any) -> Iterator[str]:
        yield text

    return consequence


_CATEGORY: Final = _always("a subsequence for this category starts, and mails the lead")
_UNSUBSCRIBE: Final = _always("the API cannot undo this: the lead is not mailed any more")
_DISCONNECT: Final = _always("this removes the OAuth grant, which only the app restores")
_SPECIAL: Final[dict[str, Callable[[Any], Iterator[str]]]] = {
    "AddLeads": _add_leads,
    "PushToCampaign": _push_to_campaign,
    "SendTestEmail": _send_test_email,
    "CreateSubsequence": _always("leads that meet its conditions are mailed"),
    "UnsuspendEmailAccount": _always("sending from this mailbox resumes"),
    "UpdateEmailAccount": _resume_mailbox,
    "UpdateSettings": _lift_limit,
    "UpdateLeadCategory": _CATEGORY,
    "UpdateInboxCategory": _CATEGORY,
    "DeleteFromBlockList": _always("what was blocked can be mailed again"),
    "PlaceOrder": _place_order,
    "FetchContacts": _fetch_contacts,
    "FindEmails": _find_emails,
    "CreateManualTest": _spam_test,
    "CreateAutomatedTest": _repeated_test,
    "CreateClient": _client_credits,
    "UpdateClient": _client_credits,
    "UpdateStatus": _stop_campaign,
    "UnsubscribeLead": _UNSUBSCRIBE,
    "UnsubscribeCampaignLead": _UNSUBSCRIBE,
    "DisconnectGoogle": _DISCONNECT,
    "DisconnectMicrosoft": _DISCONNECT,
    "BulkDeleteEmailAccounts": _bulk,
    "ResetClientApiKey": _always("the old key stops working at once"),
    "SaveSequences": _always("this replaces the whole sequence: steps that are left out are deleted"),
    "SaveEmailAccount": _overwrite_mailbox,
    "SaveOAuthEmailAccount": _overwrite_mailbox,
}


def as_sentence(consequence: str) -> str:
    """Return a consequence as a sentence."""
    text = printable(consequence)
    return f"{text[:1].upper()}{text[1:]}."
