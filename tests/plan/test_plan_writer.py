"""Plans that are written: what is written is read as the same campaigns."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import attrs
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from smartlead_async import (
    CampaignSpec,
    LeadFile,
    LeadInput,
    MailboxChoice,
    ScheduleSpec,
    SettingsSpec,
    StepSpec,
    VariantSpec,
    load_plan,
)
from smartlead_async.api.campaigns.models import OutOfOfficeSettings
from smartlead_async.plan.content import content_of
from smartlead_async.plan.html_body import as_html, source_of
from smartlead_async.plan.plan_writer import plan_text

FULL = CampaignSpec(
    "Dentists: Q1 2027 – offer #3",
    7,
    steps=(
        StepSpec(
            "Hello {{first_name}}", "<p>Hi</p>\n<p>Bye</p>", variants=(VariantSpec(), VariantSpec("no"))
        ),
        StepSpec("", "R&amp;D", delay_days=3),
        StepSpec(body="a<br>\nb", delay_days=4),
    ),
    mailboxes=MailboxChoice(ids=(501, 502)),
    leads=(LeadInput("a@x.example", phone_number="007", custom_fields={"on": "off"}),),
    schedule=ScheduleSpec(
        "Europe/Berlin", (1, 2), "09:30", "10:00", starts_at=dt.datetime(2027, 1, 11, 8, tzinfo=dt.UTC)
    ),
    settings=SettingsSpec(
        track_settings=("DONT_TRACK_EMAIL_OPEN",),
        bounce_autopause_threshold="5",
        out_of_office_detection_settings=OutOfOfficeSettings(auto_reactivate_ooo=True),
    ),
    start=True,
    key="no",
)


def read_back(tmp_path: Path, *specs: CampaignSpec) -> list[CampaignSpec]:
    path = tmp_path / "plan.yaml"
    path.write_text(plan_text(specs, tmp_path), encoding="utf-8")
    return list(load_plan(path).specs())


def test_every_part_of_a_campaign_is_read_as_it_was(tmp_path: Path) -> None:
    (found,) = read_back(tmp_path, FULL)
    assert content_of(attrs.evolve(found, origin=None)) == content_of(FULL)
    assert found.fingerprint() == FULL.fingerprint()


def test_a_lead_file_is_named_as_seen_from_the_plan(tmp_path: Path) -> None:
    (tmp_path / "leads").mkdir()
    file = LeadFile(tmp_path / "leads" / "a.csv", delimiter=",")
    (found,) = read_back(tmp_path, CampaignSpec("Dentists Q1 2027", leads=file))
    assert found.leads == file
    assert "csv: leads/a.csv" in (tmp_path / "plan.yaml").read_text("utf-8")


@pytest.mark.parametrize(
    ("body", "text"),
    [
        ("<p>R&D</p>\r\n<p>x</p>\n", "<p>R&D</p>\n<p>x</p>"),
        ("R&amp;D", "R&D"),
        ("1 &lt; 2", "1 < 2"),
        ("Hi<br>there", "Hi<br>there"),
        ("Hi\nthere", "<!-- -->Hi\nthere"),
        ("R&D", "<!-- -->R&D"),
        ("&lt;p&gt;", "<!-- -->&lt;p&gt;"),
    ],
)
def test_the_text_of_a_body_becomes_that_body(body: str, text: str) -> None:
    assert source_of(body) == text
    wanted = body.replace("\r\n", "\n").rstrip("\n")
    assert as_html(text).removeprefix("<!-- -->") == wanted


@given(
    st.lists(
        st.sampled_from(
            ["<p>", "</p>", "<b>", "<br>", "&amp;", "&", "\n", "\r\n", "a", " ", "{{x}}", "<", ">"]
        )
    ).map("".join)
)
@example("&amp;lt;")
def test_every_body_can_be_written(body: str) -> None:
    wanted = body.replace("\r\n", "\n").rstrip("\n")
    assert as_html(source_of(body)).removeprefix("<!-- -->") == wanted
