"""Docstrings begin with what a request sets off: emails, also where its effect is only a write."""

from __future__ import annotations

from typing import Any

import pytest

from smartlead_async.api.areas import request_classes
from smartlead_async.request import Effect, Request

MAIL_FOLLOWS = {
    "AddEmailAccounts",
    "AddLeads",
    "CreateSubsequence",
    "DeleteFromBlockList",
    "PushToCampaign",
    "SaveEmailAccount",
    "SaveOAuthEmailAccount",
    "UnsuspendEmailAccount",
    "UpdateEmailAccount",
    "UpdateInboxCategory",
    "UpdateLeadCategory",
    "UpdateSchedule",
    "UpdateWarmup",
}
"""The writes after which SmartLead sends emails, by their values or by the state of the account."""

BY_NAME = {each.__name__: each for each in request_classes()}


@pytest.mark.parametrize("name", sorted(MAIL_FOLLOWS))
def test_a_write_after_which_mail_follows_says_so_first(name: str) -> None:
    first = (BY_NAME[name].__doc__ or "").partition("One request")[0]
    assert any(word in first for word in ("send", "sent")), first


@pytest.mark.parametrize("request_class", request_classes(), ids=lambda each: each.__name__)
def test_a_request_that_is_never_repeated_says_what_a_lost_response_raises(
    request_class: type[Request[Any]],
) -> None:
    operation = request_class.operation
    if operation.effect is not Effect.READ and operation.repeatable is False:
        assert "OutcomeUnknown" in (request_class.__doc__ or "")
