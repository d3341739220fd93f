"""Facts about imported campaigns that a plan cannot express are told."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from smartlead_async import LeadInput
from smartlead_async.api.campaigns.leads import CampaignLead
from smartlead_async.api.campaigns.models import Campaign, CampaignSchedule
from smartlead_async.api.campaigns.sequences import SequenceDelay, SequenceStep, SequenceVariant
from smartlead_async.api.leads.models import Lead
from smartlead_async.plan.campaign import CampaignSpec
from smartlead_async.provisioning.adoption.campaign_leads import leads_of
from smartlead_async.provisioning.adoption.campaign_spec import Notes, spec_of
from smartlead_async.provisioning.adoption.choice import impossible


def campaign(**values: Any) -> Campaign:
    return Campaign(**{"id": 4101, "name": "Dentists in Oslo", "status": "ACTIVE", **values})


def step(number: int = 1, **values: Any) -> SequenceStep:
    return SequenceStep(
        **{"id": 1, "seq_number": number, "subject": "Hi", "email_body": "<p>x</p>", **values}
    )


def member(number: int = 1, status: str = "STARTED", **values: Any) -> CampaignLead:
    category = values.pop("lead_category_id", None)
    lead = Lead(**{"id": number, "email": f"p{number}@x.example", **values})
    return CampaignLead(number, lead, status, lead_category_id=category)


def spec_and_notes(found: Campaign, *steps: SequenceStep) -> tuple[CampaignSpec, Notes]:
    notes = Notes()
    return spec_of(found, steps, (), notes), notes


@pytest.mark.parametrize(
    ("found", "reason"),
    [
        (campaign(status="STOPPED"), "it is STOPPED, which is final: it can be neither changed nor started"),
        (
            campaign(status="ARCHIVED"),
            "it is ARCHIVED, which is final: it can be neither changed nor started",
        ),
        (campaign(parent_campaign_id=7), "it is a subsequence of campaign 7, and a plan has none"),
        (campaign(status="ON_FIRE"), "its status 'ON_FIRE' is not known"),
    ],
)
def test_a_campaign_that_no_plan_can_describe_is_left_out(found: Campaign, reason: str) -> None:
    assert [each.reason for each in impossible([found])] == [reason]


@pytest.mark.parametrize(
    ("steps", "note"),
    [
        ([step(1), step(3)], "its steps are numbered 1, 3"),
        ([step(seq_type="FAX")], "the type of step 1, 'FAX', is not known"),
        ([step(variant_distribution_type="LUCK")], "the distribution of step 1, 'LUCK', is not known"),
        (
            [step(variant_distribution_type="AI_EQUAL")],
            "SmartLead does not return test_share and winning_metric of step 1",
        ),
        (
            [step(email_body="a\nb")],
            "the body of step 1 begins with an empty comment in the plan, so that it stays as it is",
        ),
        (
            [step(sequence_variants=[SequenceVariant(1, "A", "Hi", "x", optional_email_body_1="y")])],
            "step 1, variant A has a second body, which a plan cannot have",
        ),
        (
            [step(sequence_variants=[SequenceVariant(1, "A", "Hi", "x", 33.4)])],
            "step 1, variant A has a share of 33.4 %, and shares are integers in a plan",
        ),
    ],
)
def test_what_a_step_cannot_say_is_noted(steps: list[SequenceStep], note: str) -> None:
    assert spec_and_notes(campaign(), *steps)[1] == [note]


@pytest.mark.parametrize(
    ("values", "note"),
    [
        (
            {"schedule": CampaignSchedule(None, [1], "09:00", "10:00")},
            "its schedule is incomplete, and is not in the plan",
        ),
        (
            {"track_settings": ["DONT_SMILE"]},
            "the value 'DONT_TRACK_SMILE' of track_settings is not known, and is not in the plan",
        ),
        (
            {"stop_lead_settings": "NEVER"},
            "the value 'NEVER' of stop_lead_settings is not known, and is not in the plan",
        ),
    ],
)
def test_what_a_campaign_cannot_say_is_noted(values: dict[str, Any], note: str) -> None:
    spec, notes = spec_and_notes(campaign(**values))
    assert (spec.schedule, spec.settings, notes) == (None, None, [note])


def test_other_spellings_of_a_schedule_are_the_same_schedule() -> None:
    found = CampaignSchedule("Europe/Oslo", [7, 1, 2], "9:00", "17:30:00")
    start = dt.datetime(2027, 1, 11, tzinfo=dt.UTC)
    spec, notes = spec_and_notes(campaign(schedule=found, schedule_start_time=start, max_leads_per_day=5))
    assert notes == []
    assert spec.schedule is not None
    assert spec.schedule.day_numbers == (0, 1, 2)
    assert (spec.schedule.start, spec.schedule.end, spec.schedule.new_leads_per_day) == ("09:00", "17:30", 5)
    assert spec.schedule.starts_at == start


def test_variants_inherit_what_is_equal_and_deleted_ones_are_left_out() -> None:
    variants = [
        SequenceVariant(1, "A", "Hi", "<p>x</p>", 50),
        SequenceVariant(2, "B", "Ho", "<p>y</p>", 50),
        SequenceVariant(3, "C", "No", "<p>z</p>", 50, is_deleted=True),
    ]
    spec, _ = spec_and_notes(campaign(), step(sequence_variants=variants, seq_delay_details=SequenceDelay(2)))
    (found,) = spec.steps
    assert [(v.subject, v.body, v.share, v.label) for v in found.variants] == [
        (None, None, 50, None),
        ("Ho", "<p>y</p>", 50, None),
    ]


def test_what_became_of_leads_is_counted() -> None:
    notes = Notes()
    members = [
        member(1),
        member(2, "BLOCKED"),
        member(3, "PAUSED"),
        member(4, is_unsubscribed=True),
        member(5, "COMPLETED", lead_category_id=1),
    ]
    assert len(leads_of(members, notes)) == 5
    (note,) = notes
    assert note.startswith("a plan does not have what became of its leads")
    assert note.endswith("(1 blocked, 1 paused, 1 unsubscribed, 1 with a category)")


def test_leads_that_cannot_be_in_a_plan_are_counted() -> None:
    notes = Notes()
    members = [member(1, email="nobody"), member(2, email="P3@x.example"), member(3), member(4)]
    assert [lead.email for lead in leads_of(members, notes)] == ["P3@x.example", "p4@x.example"]
    assert notes == ["2 leads cannot be in a plan (1 malformed address, 1 duplicate address)"]


def test_values_are_strings_without_blanks() -> None:
    notes = Notes()
    custom = {"n": 5, "yes": True, "none": None, "blank": " ", "list": ["ü"], "role": " CTO\n"}
    (lead,) = leads_of([member(first_name="", location=" Oslo ", custom_fields=custom)], notes)
    assert lead == LeadInput(
        "p1@x.example",
        location="Oslo",
        custom_fields={"n": "5", "yes": "true", "list": '["ü"]', "role": "CTO"},
    )
    assert notes == []


def test_custom_fields_that_no_column_can_name_are_noted() -> None:
    notes = Notes()
    custom = {"email": "x", " role": "y", **{f"f{n}": "z" for n in range(201)}}
    (lead,) = leads_of([member(custom_fields=custom)], notes)
    assert len(lead.custom_fields or {}) == 200
    assert notes == [
        "p1@x.example has more than 200 custom fields: f200 left out",
        "the custom field 'email' of 1 lead has a name that no column can have",
        "the custom field ' role' of 1 lead has a name that no column can have",
    ]
