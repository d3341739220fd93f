"""Leads of data frames: pandas, polars, lists of dicts."""

from __future__ import annotations

import datetime as dt
import decimal
import subprocess
import sys
from collections.abc import Callable, Mapping
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smartlead_async import CampaignSpec, LeadFile, LeadFrame, LeadInput
from smartlead_async.plan.leads import LeadRow

from .files import save

Frame = Callable[[Mapping[str, Any]], Any]


def pandas_frame(columns: Mapping[str, Any]) -> Any:
    return pytest.importorskip("pandas").DataFrame(columns)


def polars_frame(columns: Mapping[str, Any]) -> Any:
    return pytest.importorskip("polars").DataFrame(columns)


def records(columns: Mapping[str, Any]) -> list[dict[str, Any]]:
    return [dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True)]


EVERY = pytest.mark.parametrize("frame", [pandas_frame, polars_frame, records])


def leads(source: LeadFrame) -> list[LeadInput]:
    return list(CampaignSpec("x", leads=source).iter_leads())


def problems(source: LeadFrame) -> list[str]:
    return [str(p) for row in CampaignSpec("x", leads=source).lead_rows() for p in row.problems]


def texts(*values: Any, frame: Frame = pandas_frame) -> list[Any]:
    """Return what becomes of the values of a column."""
    content = {"email": [f"p{i}@c.example" for i in range(len(values))], "Value": list(values)}
    return [(lead.custom_fields or {}).get("Value") for lead in leads(LeadFrame(frame(content)))]


# --- every kind --------------------------------------------------------------------------------------
@EVERY
def test_headers_are_recognized_and_other_columns_are_custom_fields(frame: Frame) -> None:
    content = {"Work Email": ["zoe@a.example"], "First Name": ["Zoë"], "Segment": ["Founders"], "Score": [5]}
    assert leads(LeadFrame(frame(content))) == [
        LeadInput("zoe@a.example", first_name="Zoë", custom_fields={"Segment": "Founders", "Score": "5"})
    ]


@EVERY
def test_what_is_missing_is_blank(frame: Frame) -> None:
    assert texts("a", None, frame=frame) == ["a", None]
    assert texts(1.5, None, frame=frame) == ["1.5", None]
    assert texts(1.5, float("nan"), frame=frame) == ["1.5", None]
    assert texts(dt.datetime(2027, 1, 4, tzinfo=dt.UTC), None, frame=frame) == ["2027-01-04", None]


@EVERY
def test_whole_numbers_have_no_decimal_point_although_the_column_has_a_gap(frame: Frame) -> None:
    content = {"email": ["a@b.example", "c@b.example"], "Phone": [4790000000, None]}
    assert [lead.phone_number for lead in leads(LeadFrame(frame(content)))] == ["4790000000", None]


@EVERY
def test_rows_are_chosen_and_columns_renamed_as_in_a_file(frame: Frame) -> None:
    content = {"Mail": ["a@b.example", "c@b.example"], "Team": ["North", "South"], "Notes": ["x", "y"]}
    source = LeadFrame(frame(content), columns={"Mail": "email", "Notes": None}, where={"Team": ("South",)})
    assert leads(source) == [LeadInput("c@b.example", custom_fields={"Team": "South"})]


@EVERY
def test_every_row_is_a_lead_or_is_reported_with_its_number(frame: Frame) -> None:
    content = {
        "email": ["a@b.example", "nobody", None, "A@b.example"],
        "City": ["Oslo", "#REF!", "Rome", "Bern"],
    }
    found = problems(LeadFrame(frame(content), name="prospects"))
    assert any(line.startswith("prospects:2: error: 'nobody' is not an e-mail address") for line in found)
    assert any(line.startswith("prospects:3: warning: the row has no e-mail address") for line in found)
    assert any(
        line.startswith("prospects:4: warning: A@b.example already appears on line 1") for line in found
    )


@EVERY
def test_malformed_rows_can_be_left_out(frame: Frame) -> None:
    content = {"email": ["a@b.example", "nobody"], "City": ["Oslo", "Rome"]}
    assert [lead.email for lead in leads(LeadFrame(frame(content), skip_bad_rows=True))] == ["a@b.example"]


@EVERY
def test_a_container_in_a_cell_is_an_error(frame: Frame) -> None:
    content = {"email": ["a@b.example"], "Tags": [["x", "y"]]}
    (found,) = problems(LeadFrame(frame(content)))
    assert found.startswith("DataFrame:1: error: the value of 'Tags' is a")
    assert "not a string or a number" in found


@EVERY
def test_a_frame_without_a_column_of_addresses_is_an_error(frame: Frame) -> None:
    (found,) = problems(LeadFrame(frame({"Name": ["Ann"]})))
    assert found.startswith(
        "DataFrame: error: no column is known to contain e-mail addresses (columns: Name)"
    )


@EVERY
def test_a_frame_is_read_again_for_each_use(frame: Frame) -> None:
    spec = CampaignSpec("x", leads=LeadFrame(frame({"email": ["a@b.example"]})))
    assert spec.fingerprint() == spec.fingerprint()


@EVERY
def test_a_file_and_a_frame_with_the_same_content_are_the_same_leads(frame: Frame, folder: Any) -> None:
    save("email,First Name,Score\na@b.example,Zoë,5\nc@b.example,,\n", "leads.csv")
    content = {"email": ["a@b.example", "c@b.example"], "First Name": ["Zoë", None], "Score": [5, None]}
    specs = [CampaignSpec("x", leads=source) for source in (LeadFile("leads.csv"), LeadFrame(frame(content)))]
    assert len({spec.fingerprint() for spec in specs}) == 1


# --- values ------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("value", "text"),
    [
        (True, "TRUE"),
        (0, "0"),
        (2**70, str(2**70)),
        (5.0, "5"),
        (-0.5, "-0.5"),
        (decimal.Decimal("1E+3"), "1000"),
        (decimal.Decimal("NaN"), None),
        (dt.date(2027, 1, 4), "2027-01-04"),
        (dt.datetime(2027, 1, 4, 9, 30, tzinfo=dt.UTC), "2027-01-04T09:30:00+00:00"),
        (dt.time(9, 30), "09:30:00"),
    ],
)
def test_values_are_text_as_in_a_workbook(value: Any, text: str | None) -> None:
    assert texts("x", value) == ["x", text]
    assert texts("x", value, frame=records) == ["x", text]


def test_scalars_of_numpy_and_pandas_are_text() -> None:
    numpy, pandas = pytest.importorskip("numpy"), pytest.importorskip("pandas")
    values = [
        numpy.int64(5), numpy.float32(2), numpy.bool_(True), numpy.str_("x"), pandas.Timestamp("2027-01-04"),
        numpy.datetime64("2027-01-04T10:00", "ns"), numpy.datetime64("NaT", "ns"), pandas.NaT, pandas.NA,
    ]  # fmt: skip
    expected = ["5", "2", "TRUE", "x", "2027-01-04", "2027-01-04T10:00:00", None, None, None]
    assert texts(*values, frame=records) == expected
    assert texts(*values) == expected


def test_nullable_and_categorical_columns_of_pandas_are_text() -> None:
    pandas = pytest.importorskip("pandas")
    frame = pandas.DataFrame({"email": ["a@b.example", "c@b.example"]})
    frame["Seats"] = pandas.array([7, None], dtype="Int64")
    frame["Tier"] = pandas.Categorical(["gold", None])
    found = [lead.custom_fields for lead in leads(LeadFrame(frame))]
    assert found == [{"Seats": "7", "Tier": "gold"}, None]


@given(
    st.lists(
        st.none() | st.text("ab ñ", max_size=5) | st.integers() | st.floats() | st.booleans(), max_size=4
    )
)
def test_no_value_is_nan_none_or_a_number_with_a_needless_point(values: list[Any]) -> None:
    for text in texts(*values, frame=records):
        assert text is None or (
            text.lower() not in {"nan", "none", "<na>", "nat"} and not text.endswith(".0")
        )


# --- pandas ------------------------------------------------------------------------------------------
def test_columns_of_the_same_name_are_an_error() -> None:
    pandas = pytest.importorskip("pandas")
    frame = pandas.DataFrame([["a@b.example", "x", "y"]], columns=["email", "City", "City"])
    (found,) = problems(LeadFrame(frame))
    assert found.startswith("DataFrame: error: columns 2 and 3 are both called 'City'")


def test_a_named_index_is_a_column_and_an_unnamed_one_is_not() -> None:
    frame = pandas_frame({"email": ["a@b.example"], "City": ["Oslo"]})
    expected = [LeadInput("a@b.example", custom_fields={"City": "Oslo"})]
    assert leads(LeadFrame(frame)) == expected
    assert leads(LeadFrame(frame.set_index("email"))) == expected
    frame.index = [77]
    assert leads(LeadFrame(frame)) == expected


def test_a_named_index_that_is_also_a_column_is_told() -> None:
    frame = pandas_frame({"email": ["a@b.example"], "City": ["Oslo"]})
    (found,) = problems(LeadFrame(frame.set_index("City", drop=False)))
    assert "are both called 'City'" in found


def test_headers_with_levels_are_joined_and_numbers_are_names() -> None:
    pandas = pytest.importorskip("pandas")
    frame = pandas.DataFrame([["a@b.example", 5]], columns=[("email", ""), ("Size", "2027")])
    assert leads(LeadFrame(frame))[0].custom_fields == {"Size 2027": "5"}
    assert leads(LeadFrame(pandas.DataFrame([["a@b.example", "x"]], columns=["email", 7])))[
        0
    ].custom_fields == {"7": "x"}


# --- mistakes ----------------------------------------------------------------------------------------
@pytest.mark.parametrize("wrong", [None, 5, "leads.csv", [1], {"email": ["a@b.example"]}])
def test_what_is_no_frame_is_one_problem(wrong: Any) -> None:
    (problem,) = CampaignSpec("x", leads=LeadFrame(wrong)).problems()
    assert (problem.code, problem.path) == ("wrong_kind", "leads.frame")
    assert [type(row) for row in LeadFrame(wrong).rows()] == [LeadRow]


def test_a_lazy_frame_is_to_be_collected() -> None:
    polars = pytest.importorskip("polars")
    (problem,) = CampaignSpec("x", leads=LeadFrame(polars.LazyFrame({"email": ["a@b.example"]}))).problems()
    assert problem.advice == "Call collect() first."


def test_options_of_a_wrong_type_are_problems() -> None:
    source = LeadFrame([{"email": "a@b.example"}], columns=5)  # type: ignore[arg-type]
    (problem,) = CampaignSpec("x", leads=source).problems()
    assert problem.path == "leads.columns"


@pytest.mark.parametrize("frame", [pandas_frame, polars_frame])
def test_a_frame_in_the_place_of_leads_gets_advice(frame: Frame) -> None:
    found = CampaignSpec("x", leads=frame({"email": ["a@b.example"]})).problems()
    assert [problem.advice for problem in found] == ["Write LeadFrame(…)."]


def test_a_query_without_rows_has_no_leads_and_is_no_mistake() -> None:
    assert problems(LeadFrame([])) == []
    assert problems(LeadFrame(pandas_frame({"email": []}))) == []
    assert len(problems(LeadFrame(pandas_frame({})))) == 1


def test_keys_that_only_some_dicts_have_are_columns() -> None:
    source = LeadFrame([{"email": "a@b.example"}, {"email": "c@b.example", "City": "Oslo"}])
    assert [lead.custom_fields for lead in leads(source)] == [None, {"City": "Oslo"}]


def test_no_library_of_frames_is_imported() -> None:
    code = (
        "import sys\nfrom smartlead_async import LeadFrame, CampaignSpec\n"
        "spec = CampaignSpec('x', leads=LeadFrame([{'email': 'a@b.example'}]))\n"
        "assert len(list(spec.iter_leads())) == 1\n"
        "sys.stderr.write(' '.join({'pandas', 'polars', 'numpy', 'pyarrow', 'openpyxl'} & set(sys.modules)))"
    )
    ended = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert (ended.returncode, ended.stderr) == (0, "")
