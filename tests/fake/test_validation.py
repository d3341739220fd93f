"""Refusals: the live 400 body by default, and the recorded body where the contract has one."""

from __future__ import annotations

from typing import Any

import pytest

from .raw import SCHEDULE, Raw, expect, invalid, step


async def post(raw: Raw, path: str, body: Any) -> tuple[int, Any]:
    campaign_id = await raw.create()
    response = await raw.send("POST", path.format(id=campaign_id), body)
    return response.status, expect(response, response.status)


@pytest.mark.parametrize(
    ("path", "body", "message", "keys"),
    [
        ("/campaigns/create", {"clinet_id": 7}, '"clinet_id" is not allowed', "clinet_id"),
        ("/campaigns/create", {"name": 5}, '"name" must be a string', "name"),
        ("/campaigns/create", {"client_id": "7"}, '"client_id" must be a number', "client_id"),
        ("/campaigns/create", {"client_id": 7.5}, '"client_id" must be an integer', "client_id"),
        ("/campaigns/create", {"client_id": True}, '"client_id" must be a number', "client_id"),
        ("/campaigns/create", {"name": "x" * 256}, '"name" must contain at most 255 characters', "name"),
        ("/campaigns/create", {"track_settings": []}, '"track_settings" is not allowed', "track_settings"),
        ("/campaigns/{id}/sequences", {}, '"sequences" is required', "sequences"),
        ("/campaigns/{id}/sequences", {"sequences": {}}, '"sequences" must be an array', "sequences"),
        (
            "/campaigns/{id}/sequences",
            {"sequences": []},
            '"sequences" must contain at least 1 items',
            "sequences",
        ),
        (
            "/campaigns/{id}/sequences",
            {"sequences": [step(1), step(2, seq_delay_details={})]},
            '"sequences[1].seq_delay_details.delay_in_days" is required',
            "sequences.1.seq_delay_details.delay_in_days",
        ),
        (
            "/campaigns/{id}/sequences",
            {"sequences": [step(1, variants=[])]},
            '"sequences[0].variants" is not allowed',
            "sequences.0.variants",
        ),
        (
            "/campaigns/{id}/sequences",
            {"sequences": [step(0)]},
            '"sequences[0].seq_number" must be larger than or equal to 1',
            "sequences.0.seq_number",
        ),
        (
            "/campaigns/{id}/sequences",
            {
                "sequences": [
                    step(1, seq_variants=[{"subject": "A", "email_body": "A", "variant_label": "a"}])
                ]
            },
            '"sequences[0].seq_variants[0].variant_label" must be one capital letter',
            "sequences.0.seq_variants.0.variant_label",
        ),
        (
            "/campaigns/{id}/sequences",
            {"sequences": [step(1, winning_metric_property="LUCK")]},
            (
                '"sequences[0].winning_metric_property" must be one of '
                "[OPEN_RATE, CLICK_RATE, REPLY_RATE, POSITIVE_REPLY_RATE]"
            ),
            "sequences.0.winning_metric_property",
        ),
        ("/campaigns/{id}/schedule", {"schedule": SCHEDULE}, '"timezone" is required', "timezone"),
        (
            "/campaigns/{id}/schedule",
            {k: v for k, v in SCHEDULE.items() if k != "days_of_the_week"},
            '"days_of_the_week" is required',
            "days_of_the_week",
        ),
        (
            "/campaigns/{id}/schedule",
            SCHEDULE | {"days_of_the_week": [1, 8]},
            '"days_of_the_week[1]" must be less than or equal to 7',
            "days_of_the_week.1",
        ),
        (
            "/campaigns/{id}/schedule",
            SCHEDULE | {"min_time_btw_emails": 2},
            '"min_time_btw_emails" must be larger than or equal to 3',
            "min_time_btw_emails",
        ),
        (
            "/campaigns/{id}/schedule",
            SCHEDULE | {"schedule_start_time": "soon"},
            '"schedule_start_time" must be a valid ISO 8601 date',
            "schedule_start_time",
        ),
        ("/campaigns/{id}/schedule", SCHEDULE | {"client_id": 1}, '"client_id" is not allowed', "client_id"),
        (
            "/campaigns/{id}/settings",
            {"follow_up_percentage": 101},
            '"follow_up_percentage" must be less than or equal to 100',
            "follow_up_percentage",
        ),
        (
            "/campaigns/{id}/settings",
            {"send_as_plain_text": "yes"},
            '"send_as_plain_text" must be a boolean',
            "send_as_plain_text",
        ),
        (
            "/campaigns/{id}/settings",
            {"out_of_office_detection_settings": {"ignoreOOO": True}},
            '"out_of_office_detection_settings.ignoreOOO" is not allowed',
            "out_of_office_detection_settings.ignoreOOO",
        ),
        ("/campaigns/{id}/status", {}, '"status" is required', "status"),
        (
            "/campaigns/{id}/leads",
            {"lead_list": [{"email": "a@b.example"}, {"email": "c@d.example", "nick": "C"}]},
            '"lead_list[1].nick" is not allowed',
            "lead_list.1.nick",
        ),
        (
            "/campaigns/{id}/leads",
            {"lead_list": [{"email": "a@b.example"}, {"email": 4}]},
            '"lead_list[1].email" must be a string',
            "lead_list.1.email",
        ),
        (
            "/campaigns/{id}/leads",
            {"lead_list": [{"email": "a@b.example", "custom_fields": {str(n): "x" for n in range(201)}}]},
            '"lead_list[0].custom_fields" must contain at most 200 keys',
            "lead_list.0.custom_fields",
        ),
        (
            "/campaigns/{id}/leads",
            {"lead_list": [{"email": "a@b.example"}], "settings": {"ignore_unsubscribe": True}},
            '"settings.ignore_unsubscribe" is not allowed',
            "settings.ignore_unsubscribe",
        ),
        (
            "/campaigns/{id}/reply-email-thread",
            {"email_stats_id": "s", "email_body": "b", "lead_id": 1},
            '"lead_id" is not allowed',
            "lead_id",
        ),
        (
            "/campaigns/{id}/email-accounts",
            {"email_account_ids": ["501"]},
            '"email_account_ids[0]" must be a number',
            "email_account_ids.0",
        ),
    ],
)
async def test_an_invalid_body_gets_the_live_400(
    raw: Raw, path: str, body: Any, message: str, keys: str
) -> None:
    assert await post(raw, path, body) == (400, invalid(message, keys))


@pytest.mark.parametrize(
    ("path", "body", "status", "expected"),
    [
        (
            "schedule",
            SCHEDULE | {"timezone": "Mars/Olympus"},
            400,
            {"error": "Invalid timezone - Mars/Olympus"},
        ),
        ("schedule", SCHEDULE | {"start_hour": "9:00"}, 400, {"error": "Invalid start_hour - 9:00"}),
        ("schedule", SCHEDULE | {"end_hour": "25:00"}, 400, {"error": "Invalid end_hour - 25:00"}),
        (
            "schedule",
            SCHEDULE | {"start_hour": "18:00"},
            400,
            {"error": "startHour cannot be greater that endHour"},
        ),
        (
            "settings",
            {"track_settings": ["DONT_EMAIL_OPEN"]},
            400,
            {"error": "Invalid track_settings value - DONT_EMAIL_OPEN"},
        ),
        (
            "settings",
            {"stop_lead_settings": "NEVER"},
            400,
            {"error": "Invalid stop_lead_settings value - NEVER"},
        ),
        (
            "leads",
            {"lead_list": [{"email": f"p{n}@prospect.example"} for n in range(500)]},
            422,
            {
                "error": "lead_list cannot exceed 400 leads per request",
                "provided_count": 500,
                "max_allowed": 400,
            },
        ),
        (
            "leads",
            {"lead_list": [{"email": "a@b.example"}, {"email": "c@d.example"}, {"first_name": "Max"}]},
            400,
            {
                "error": {
                    "code": "VALIDATION_ERROR",
                    "message": "email field is required for all leads in lead_list",
                    "details": {"field": "lead_list[2].email", "constraint": "required"},
                }
            },
        ),
        (
            "webhooks",
            {
                "name": "crm",
                "webhook_url": "hooks",
                "event_types": ["EMAIL_REPLY"],
                "categories": ["Interested"],
            },
            400,
            {"error": "Invalid webhook_url - hooks"},
        ),
        (
            "webhooks",
            {
                "name": "crm",
                "webhook_url": "https://hooks.example",
                "event_types": ["LEAD_REPLIED"],
                "categories": ["Interested"],
            },
            400,
            {"error": "Invalid event_types - LEAD_REPLIED"},
        ),
        (
            "webhooks",
            {
                "name": "crm",
                "webhook_url": "https://hooks.example",
                "event_types": ["EMAIL_REPLY"],
                "categories": ["Curious"],
            },
            400,
            {"error": "Invalid category - Curious"},
        ),
    ],
)
async def test_recorded_refusals_have_their_own_bodies(
    raw: Raw, path: str, body: Any, status: int, expected: Any
) -> None:
    assert await post(raw, f"/campaigns/{{id}}/{path}", body) == (status, expected)


async def test_a_refused_request_changes_nothing(raw: Raw) -> None:
    campaign_id = await raw.ready()
    before = raw.fake.snapshot()
    for path, body in (
        ("sequences", {"sequences": [step(1), step(1, id=1)]}),
        ("schedule", SCHEDULE | {"end_hour": "08:00"}),
        ("settings", {"name": "Other", "follow_up_percentage": -1}),
        ("leads", {"lead_list": [{"email": "new@prospect.example"}, {"email": None}]}),
    ):
        expect(await raw.send("POST", f"/campaigns/{campaign_id}/{path}", body), 400)
    assert raw.fake.snapshot() == before


async def test_null_is_accepted_where_the_contract_allows_it(raw: Raw) -> None:
    campaign_id = (await raw.post("/campaigns/create", {"name": "A", "client_id": None}))["id"]
    await raw.post(f"/campaigns/{campaign_id}/schedule", SCHEDULE | {"schedule_start_time": None})
    await raw.post(f"/campaigns/{campaign_id}/team-member", {"teamMemberId": None})
    await raw.post(f"/campaigns/{campaign_id}/settings", {"client_id": None, "name": None})
    assert (await raw.get(f"/campaigns/{campaign_id}"))["name"] == "A"


@pytest.mark.parametrize(
    ("path", "query", "message", "key"),
    [
        ("/campaigns/", {"clientId": 1}, '"clientId" is not allowed', "clientId"),
        ("/campaigns/", {"client_id": "me"}, '"client_id" must be a number', "client_id"),
        ("/campaigns/", {"include_tags": "maybe"}, '"include_tags" must be a boolean', "include_tags"),
        ("/email-accounts/", {"offset": -1}, '"offset" must be larger than or equal to 0', "offset"),
    ],
)
async def test_an_invalid_query_gets_the_live_400(
    raw: Raw, path: str, query: dict[str, Any], message: str, key: str
) -> None:
    response = await raw.send("GET", path, **query)
    assert expect(response, 400) == invalid(message, key, source="query")


@pytest.mark.parametrize(("path", "most"), [("/email-accounts/", 100), ("/campaigns/{id}/leads", 100)])
async def test_a_page_that_is_too_long_is_a_422(raw: Raw, path: str, most: int) -> None:
    path = path.format(id=await raw.create())
    response = await raw.send("GET", path, limit=most + 1)
    assert expect(response, 422) == {"error": f"limit must be less than or equal to {most}"}
    assert (await raw.send("GET", path, limit=most)).status == 200
