"""The account that an API key belongs to."""

from __future__ import annotations

import datetime as dt
import enum

import attrs

from ..fields import Secret
from ..request import Effect, Request
from ..resource import Resource, endpoint


class AccountType(enum.StrEnum):
    """The plan of an account."""

    FREE = "FREE"
    STARTER = "STARTER"
    PRO = "PRO"
    ENTERPRISE = "ENTERPRISE"


class SubscriptionStatus(enum.StrEnum):
    """The state of the subscription of an account."""

    ACTIVE = "ACTIVE"
    CANCELED = "CANCELED"
    EXPIRED = "EXPIRED"
    TRIAL = "TRIAL"


@attrs.frozen
class User:
    """The user that an API key belongs to. With the key of a client, ``client_id`` is set."""

    id: int | None = None
    email: str | None = None
    name: str | None = None
    company: str | None = None
    account_type: AccountType | str | None = None
    api_key: Secret | None = None
    created_at: dt.datetime | None = None
    is_agency: bool | None = None
    client_id: int | None = None
    subscription_status: SubscriptionStatus | str | None = None


@attrs.frozen
class GetUser(
    Request[User],
    method="GET",
    path="/users/get-by-api-key",
    effect=Effect.READ,
    repeatable=True,
    verified=False,
):
    """Return the user that the API key belongs to.

    One request. Not verified: only SmartLead's OpenAPI file describes it. Example::

        user = await client.account.get_user()
        print(user.email, user.account_type)
    """


@attrs.frozen
class Credits:
    """The credits of an account."""

    total_credits: int | None = None
    used_credits: int | None = None
    remaining_credits: int | None = None


@attrs.frozen
class GetCredits(
    Request[Credits],
    method="GET",
    path="/subscription/credits-stats",
    effect=Effect.READ,
    repeatable=True,
    verified=False,
):
    """Return the credits of the account: in total, used and remaining.

    One request. Not verified: only SmartLead's OpenAPI file describes it. Example::

        print((await client.account.credits()).remaining_credits)
    """


class Account(Resource):
    """``client.account``: the account that the API key belongs to."""

    get_user = endpoint(GetUser)
    credits = endpoint(GetCredits)
