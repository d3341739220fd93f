"""Spam tests: they take 72 minutes, and cost credits that can run out."""

from __future__ import annotations

import functools
from typing import Any

from ...api.smart_delivery.create import CreateAutomatedTest, CreateManualTest
from ...api.smart_delivery.spam_tests import DeleteTests, GetTest, ListTests, StopTest
from ..call import Call, as_number
from ..clock import parse_timestamp, timestamp
from ..paid import Purchases
from ..replies import NOT_FOUND, Refusal, Reply, json_reply
from ..routing import handles
from ..spam_test import PROVIDERS, SpamTest, placement_of
from ..world import World

_DAY = 86_400


def spam_test_of(call: Call) -> SpamTest:
    """Return the test named by the first id of the path; raise a 404 if there is none."""
    test = call.account.paid.spam_tests.get(as_number(call.ids[0]))
    if test is None or not call.access.sees(test.client_id):
        raise Refusal(404, NOT_FOUND)
    return test


def visible_tests(call: Call) -> list[SpamTest]:
    """Return the tests that the key of the call sees, oldest first."""
    return [test for test in call.account.paid.spam_tests.values() if call.access.sees(test.client_id)]


@handles(CreateManualTest)
def create_manual_test(call: Call) -> Reply:
    _check(call)
    test = _new_test(call, is_automated=False)
    call.account.paid.take_test_credit()
    test.runs.append(call.now)
    return json_reply(_test_json(call, test))


@handles(CreateAutomatedTest)
def create_automated_test(call: Call) -> Reply:
    _check(call)
    start = parse_timestamp(call.body["schedule_start_time"])
    if start < call.now:
        message = "Schedule start time must be greater than or equal to the current date and time."
        raise Refusal(400, {"message": message})
    test = _new_test(call, is_automated=True)
    test.ends_at = parse_timestamp(call.body["test_end_date"])
    call.world.agenda.add(start, functools.partial(_begin_run, call.world, call.account.paid, test, start))
    return json_reply(_test_json(call, test))


def _begin_run(world: World, paid: Purchases, test: SpamTest, at: float) -> None:
    """Begin a run of an automated test, which costs a credit, and plan the next one."""
    if test.id not in paid.spam_tests or test.status(at) != "ACTIVE" or not paid.take_test_credit():
        return
    test.runs.append(at)
    following = at + test.body["every_days"] * _DAY
    world.agenda.add(following, functools.partial(_begin_run, world, paid, test, following))


def _check(call: Call) -> None:
    campaign = call.access.campaign(call.body["campaign_id"])
    if campaign is None:
        raise Refusal(404, NOT_FOUND)
    boxes = (call.account.email_accounts[number] for number in campaign.email_account_ids)
    linked = {mailbox.from_email.lower() for mailbox in boxes}
    for sender in call.body["sender_accounts"]:
        if sender.lower() not in linked:
            raise Refusal(400, {"message": f"Sender email accounts {sender} not used in the campaign"})
    if not PROVIDERS.keys() >= set(call.body["provider_ids"]):
        raise Refusal(400, {"message": "No seed accounts found for the provided provider ids"})


def _new_test(call: Call, *, is_automated: bool) -> SpamTest:
    paid = call.account.paid
    if paid.test_credits == 0:
        raise Refusal(402, {"message": "Insufficient credits"})
    test = SpamTest(next(paid.ids.spam_test), call.body, is_automated, [], call.now, call.access.client_id)
    paid.spam_tests[test.id] = test
    return test


def _test_json(call: Call, test: SpamTest) -> dict[str, Any]:
    body = test.body
    return {
        "id": test.id,
        "test_name": body["test_name"],
        "test_type": "auto" if test.is_automated else "manual",
        "description": body.get("description") or "",
        "status": test.status(call.now),
        "folder_id": body.get("folder_id"),
        "user_id": call.account.id,
        "client_id": test.client_id,
        "campaign_id": body["campaign_id"],
        "sequence_mapping_id": body["sequence_mapping_id"],
        "provider_id": body["provider_ids"],
        "spam_filters": body["spam_filters"],
        "link_checker": body["link_checker"],
        "is_warmup": body["is_warmup"],
        "all_email_sent_without_time_gap": body["all_email_sent_without_time_gap"],
        "min_time_btwn_emails": body.get("min_time_btwn_emails"),
        "min_time_unit": body.get("min_time_unit"),
        "scheduler_cron_value": body.get("scheduler_cron_value"),
        "schedule_start_time": body.get("schedule_start_time"),
        "test_end_date": body.get("test_end_date"),
        "every_days": body.get("every_days"),
        "created_at": timestamp(test.created_at),
        "updated_at": timestamp(test.created_at),
    }


@handles(GetTest)
def get_test(call: Call) -> Reply:
    return json_reply(_test_json(call, spam_test_of(call)))


@handles(ListTests)
def list_tests(call: Call) -> Reply:
    kind = call.query.get("testType")
    found = [
        test
        for test in reversed(visible_tests(call))
        if kind is None or test.is_automated is (kind == "auto")
    ]
    offset, limit = call.number("offset", 0), call.number("limit", 10)
    return json_reply([_summary(call, test) for test in found[offset : offset + limit]])


def _summary(call: Call, test: SpamTest) -> dict[str, Any]:
    body = test.body
    return {
        "spam_test_id": test.id,
        "test_end_date": (body.get("test_end_date") or "")[:10] or None,
        "every_days": body.get("every_days"),
        "current_test_run_no": len(test.runs),
        "schedule_start_time": body.get("schedule_start_time"),
        "test_name": body["test_name"],
        "test_type": "auto" if test.is_automated else "manual",
        "status": test.status(call.now),
        "created_at": timestamp(test.created_at),
        **placement_of(test.arrived(call.now)),
    }


@handles(StopTest)
def stop_test(call: Call) -> Reply:
    test = spam_test_of(call)
    if not test.is_automated:
        # Nothing stops a manual test.
        raise Refusal(404, NOT_FOUND)
    test.stopped = True
    return json_reply({"message": "Test stopped successfully"})


@handles(DeleteTests)
def delete_tests(call: Call) -> Reply:
    numbers = {as_number(each) for each in call.body["spamTestIds"]}
    if not {test.id for test in visible_tests(call)} >= numbers:
        raise Refusal(400, {"message": "Test not belongs to user"})
    for number in numbers:
        del call.account.paid.spam_tests[number]
    return json_reply({"message": "Tests deleted successfully"})
