"""The contacts of a prospect search, and the figures of a fetch."""

from __future__ import annotations

import enum

import attrs

from ...fields import wire


class VerificationStatus(enum.StrEnum):
    """The result of the verification of an address."""

    VALID = "valid"
    CATCH_ALL = "catch_all"
    INVALID = "invalid"


class CatchAllStatus(enum.StrEnum):
    """The result of the verification of an address whose domain accepts every address."""

    VERIFIED = "catch_all_verified"
    SOFT_BOUNCED = "catch_all_soft_bounced"
    HARD_BOUNCED = "catch_all_hard_bounced"
    UNKNOWN = "catch_all_unknown"
    BOUNCED = "catch_all_bounced"


@attrs.frozen
class ContactCompany:
    """The company of a contact; ``website`` is usually its domain."""

    name: str | None = None
    website: str | None = None


@attrs.frozen
class Contact:
    """A contact that was fetched, with an address if one was found.

    ``status`` is how far its fetch is, ``completed`` at the end.
    """

    id: str
    first_name: str | None = attrs.field(default=None, metadata=wire("firstName"))
    last_name: str | None = attrs.field(default=None, metadata=wire("lastName"))
    full_name: str | None = attrs.field(default=None, metadata=wire("fullName"))
    title: str | None = None
    company: ContactCompany | None = None
    email: str | None = None
    status: str | None = None
    verification_status: VerificationStatus | str | None = attrs.field(
        default=None, metadata=wire("verificationStatus")
    )


@attrs.frozen
class FetchMetrics:
    """The number of contacts of a fetch, by what became of them. ``completed`` counts those that are done."""

    total_contacts: int | None = attrs.field(default=None, metadata=wire("totalContacts"))
    total_emails: int | None = attrs.field(default=None, metadata=wire("totalEmails"))
    no_email_found: int | None = attrs.field(default=None, metadata=wire("noEmailFound"))
    invalid_emails: int | None = attrs.field(default=None, metadata=wire("invalidEmails"))
    catch_all_emails: int | None = attrs.field(default=None, metadata=wire("catchAllEmails"))
    verified_emails: int | None = attrs.field(default=None, metadata=wire("verifiedEmails"))
    completed: int | None = None


@attrs.frozen
class FetchDetails:
    """The figures of the fetches of a search, and the results of verification that occur in it."""

    metrics: FetchMetrics | None = None
    leads_found: int | None = None
    email_fetched: int | None = None
    catch_all_status_list: list[CatchAllStatus | str] = attrs.field(factory=list)
    verification_status_list: list[VerificationStatus | str] = attrs.field(factory=list)
