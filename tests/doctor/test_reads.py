"""Deviations of single responses, put in on purpose: each is found, and nothing else is."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from smartlead_async.api.account import GetCredits
from smartlead_async.api.areas import operations
from smartlead_async.api.campaigns.leads import ListCampaignLeads
from smartlead_async.api.campaigns.read import GetCampaign, ListCampaigns
from smartlead_async.api.clients import ListClients
from smartlead_async.doctor.findings import Outcome
from smartlead_async.fake import Fault
from smartlead_async.request import Effect

from .accounts import ADDRESS, examine, furnished


async def test_a_clean_account_has_no_finding() -> None:
    examined = await examine(await furnished(), write=True)
    assert examined.diagnosis.all_findings == []


async def test_every_read_operation_is_tried_once_or_reported_with_a_reason() -> None:
    fake = await furnished()
    reads = (await examine(fake)).diagnosis.reads
    declared = {name for name, cls in operations().items() if cls.operation.effect is Effect.READ}
    assert sorted(read.operation for read in reads) == sorted(declared)
    not_tried = {read.operation: read.reason for read in reads if read.outcome is Outcome.NOT_TRIED}
    assert not_tried["smart_senders.get_otp"] == "it reads a one-time password"
    assert not_tried["webhooks.get"] == "no value for webhook_id"
    assert all(not_tried.values())
    assert len(not_tried) < 10


async def test_what_an_area_lists_is_read_one_by_one() -> None:
    examined = await examine(await furnished(), ["lead_lists"])
    outcomes = {read.operation: read.outcome for read in examined.diagnosis.reads}
    assert outcomes["lead_lists.get"] is Outcome.OK


async def test_nothing_but_reads_is_sent_by_default() -> None:
    fake = await furnished()
    effects = {cls.operation.name: cls.operation.effect for cls in operations().values()}
    fake.requests.clear()
    await examine(fake)
    assert {effects[entry.operation] for entry in fake.requests.entries} == {Effect.READ}


def without(key: str) -> Callable[[Any], Any]:
    return lambda body: [{k: v for k, v in item.items() if k != key} for item in body]


def with_(**fields: Any) -> Callable[[Any], Any]:
    return lambda body: [item | fields for item in body]


@pytest.mark.parametrize(
    ("edit", "kind", "place", "message"),
    [
        (without("status"), "missing-field", "$[].status", "a required field is missing"),
        (with_(id="four"), "wrong-type", "$[].id", "expected an integer, got a string"),
        (with_(name={"text": ADDRESS}), "wrong-type", "$[].name", "expected a string, got an object"),
        (with_(created_at=ADDRESS), "wrong-type", "$[].created_at", "expected a date and time, got a string"),
        (with_(user_id=[5]), "wrong-type", "$[].user_id", "expected an integer, got a list"),
        (with_(mood=ADDRESS), "unknown-field", "$[].mood", "a field unknown to the class (string)"),
        (with_(mood={ADDRESS: 1}), "unknown-field", "$[].mood", "a field unknown to the class (object)"),
        (with_(**{ADDRESS: 1}), "unknown-field", "$[].<key>", "a field unknown to the class (integer)"),
    ],
)  # fmt: skip
async def test_a_field_that_differs_is_found_at_its_place(
    edit: Callable[[Any], Any], kind: str, place: str, message: str
) -> None:
    fake = await furnished()
    fake.script(ListCampaigns, Fault.edited(edit), None)
    (finding,) = (await examine(fake, ["campaigns"])).of_kind(kind)
    assert (finding.operation, finding.place, finding.message) == ("campaigns.list", place, message)


@pytest.mark.parametrize(
    ("edit", "kind", "place"),
    [
        (without("client_id"), "absent-field", "$[].client_id"),
        (without("scheduler_cron_value"), "absent-field", "$[].scheduler_cron_value"),
        (with_(user_id="17"), "other-form", "$[].user_id"),
    ],
)
async def test_what_the_class_allows_for_is_a_note_and_no_deviation(
    edit: Callable[[Any], Any], kind: str, place: str
) -> None:
    fake = await furnished()
    clean = (await examine(fake, ["campaigns"])).diagnosis.notes
    fake.script(ListCampaigns, Fault.edited(edit), None)
    diagnosis = (await examine(fake, ["campaigns"])).diagnosis
    (note,) = set(diagnosis.notes) - set(clean)
    assert (note.operation, note.kind, note.place) == ("campaigns.list", kind, place)
    assert [finding for finding in diagnosis.all_findings if finding.check == "reads"] == []


async def test_the_first_response_of_all_is_looked_at_as_well() -> None:
    fake = await furnished()
    fake.fail_next(Fault.edited(lambda body: body | {"mood": 1}))
    (finding,) = (await examine(fake, ["clients"])).diagnosis.all_findings
    assert (finding.operation, finding.kind) == ("account.get_user", "unknown-field")


async def test_an_empty_response_to_a_read_without_an_id_is_no_deviation() -> None:
    fake = await furnished()
    fake.script(GetCredits, Fault.edited(lambda _: {}), None)
    diagnosis = (await examine(fake, ["account"])).diagnosis
    assert diagnosis.all_findings == []


async def test_unknown_fields_of_nested_objects_and_pages_are_found() -> None:
    def edit(body: Any) -> Any:
        for item in body["data"]:
            item["lead"]["shoe_size"] = 43
        return body

    fake = await furnished()
    fake.script(ListCampaignLeads, Fault.edited(edit), None)
    examined = await examine(fake, ["campaigns"])
    assert [finding.place for finding in examined.of_kind("unknown-field")] == ["$.data[].lead.shoe_size"]


@pytest.mark.parametrize(
    ("fault", "kind"),
    [
        (Fault.not_json(), "not-json"),
        (Fault.truncated(), "not-json"),
        (Fault.status_before(500), "server-error"),
        (Fault.status_before(400, {"error": "Bad Request"}), "refused"),
        (Fault.status_before(404, {"error": "Not found"}), "not-found"),
        (Fault.lost_before(), "no-response"),
    ],
)
async def test_an_operation_that_fails_is_a_finding(fault: Fault, kind: str) -> None:
    fake = await furnished()
    fake.script(ListClients, fault, None)
    (finding,) = (await examine(fake, ["clients"])).diagnosis.all_findings
    assert (finding.operation, finding.kind) == ("clients.list", kind)


async def test_an_operation_that_the_plan_does_not_have_is_no_deviation() -> None:
    fake = await furnished()
    fake.script(ListClients, Fault.status_before(403, {"error": "Upgrade your plan"}), None)
    diagnosis = (await examine(fake, ["clients"])).diagnosis
    (read,) = (read for read in diagnosis.reads if read.operation == "clients.list")
    assert (read.outcome, read.status) == (Outcome.UNAVAILABLE, 403)
    assert diagnosis.all_findings == []


async def test_an_area_is_examined_with_what_it_needs_of_others() -> None:
    examined = await examine(await furnished(), ["lead_notes"])
    tried = [read.operation for read in examined.diagnosis.reads]
    assert tried == ["account.get_user", "campaigns.list", "campaigns.list_leads", "lead_notes.list"]
    assert examined.requests == 4


async def test_nothing_of_the_account_is_in_the_findings() -> None:
    def spoiled(body: Any) -> Any:
        return {ADDRESS: body, "id": [ADDRESS], "data": [{ADDRESS: "ada", "id": ADDRESS, "status": 4101}]}

    fake = await furnished()
    for request in (GetCampaign, ListCampaignLeads, ListClients, GetCredits):
        fake.script(request, Fault.edited(spoiled), None)
    diagnosis = (await examine(fake)).diagnosis
    assert diagnosis.all_findings
    text = repr(diagnosis).lower()
    secrets = ["test-key", "ada", "@", "person.example", *map(str, [*fake.campaigns, *fake.leads])]
    assert [secret for secret in secrets if secret in text] == []
