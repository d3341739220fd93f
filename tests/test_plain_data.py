"""Responses as dicts and as HTML, for data frames and notebooks."""

from __future__ import annotations

import datetime as dt
from typing import Any

import attrs
import pytest

from smartlead_async import (
    CampaignSpec,
    CampaignState,
    FakeSmartlead,
    Secret,
    SmartleadClient,
    StepSpec,
    to_dicts,
)
from smartlead_async.api.leads.models import LeadType
from smartlead_async.fields import mask
from smartlead_async.paging import Page

WHEN = dt.datetime(2027, 1, 4, tzinfo=dt.UTC)


@attrs.frozen
class Person:
    email: str
    fields: dict[str, Any] | None = None


@attrs.frozen
class Entry:
    id: int
    lead: Person | None
    at: dt.datetime = WHEN
    kind: LeadType = LeadType.ACTIVE
    key: Secret | None = Secret("sk-very-secret")  # noqa: RUF009 - immutable
    password: str | None = attrs.field(default="hunter2", repr=mask)


ENTRY = Entry(1, Person("a@b.example", {"role": "<b>CTO</b>"}))


def test_objects_within_a_response_become_columns_and_secrets_are_masked() -> None:
    assert to_dicts([ENTRY]) == [
        {
            "id": 1,
            "lead.email": "a@b.example",
            "lead.fields": {"role": "<b>CTO</b>"},
            "at": WHEN,
            "kind": "active",
            "key": "***",
            "password": "***",
        }
    ]


def test_an_object_that_is_missing_is_one_column_and_a_scalar_is_a_value() -> None:
    assert to_dicts([Entry(2, None)])[0]["lead"] is None
    assert to_dicts(["x"]) == [{"value": "x"}]


def test_a_page_has_the_same_dicts() -> None:
    assert Page([ENTRY]).to_dicts() == to_dicts([ENTRY])


def test_a_page_is_a_table_that_is_escaped_and_shows_no_secret_and_no_address() -> None:
    hostile = Entry(3, Person("a@b.example"), kind="<script>alert(1)</script>")  # type: ignore[arg-type]
    html = Page([hostile], total=70)._repr_html_()
    assert "Page of 1 of 70" in html
    assert "&lt;script&gt;" in html
    for text in ("<script>", "a@b.example", "sk-very", "hunter2"):
        assert text not in html


def test_a_long_page_shows_its_first_rows_and_says_so() -> None:
    html = Page([Entry(number, None) for number in range(5000)])._repr_html_()
    assert "Page of 5,000, the first 10 are shown" in html
    assert html.count("<tr>") == 11
    assert "Page of 0" in Page([])._repr_html_()


async def test_a_report_has_a_dict_for_each_campaign() -> None:
    fake = FakeSmartlead()
    specs = [CampaignSpec("One Q1 2027"), CampaignSpec("Two Q1 2027", steps=(StepSpec(body="x"),))]
    async with SmartleadClient("test-key", transport=fake.transport()) as client:
        report = await client.provision(specs)
    rows = await report.to_dicts()
    assert [(row["name"], row["state"], row["leads.added"]) for row in rows] == [
        ("One Q1 2027", "done", 0),
        ("Two Q1 2027", "failed", 0),
    ]
    assert [row["name"] for row in await report.to_dicts(CampaignState.FAILED)] == ["Two Q1 2027"]
    assert all(type(value) in {str, int, bool, type(None)} for row in rows for value in row.values())


def test_frames_take_the_dicts() -> None:
    pandas, polars = pytest.importorskip("pandas"), pytest.importorskip("polars")
    assert list(pandas.DataFrame(to_dicts([ENTRY]))["lead.email"]) == ["a@b.example"]
    assert polars.DataFrame(to_dicts([ENTRY]))["at"].to_list() == [WHEN]
