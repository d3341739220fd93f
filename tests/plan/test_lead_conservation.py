"""Every row of a lead file is a lead or is told, whatever its quotes are."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from smartlead_async.plan import text_encoding
from smartlead_async.plan.check import check
from smartlead_async.plan.leads import LeadRow, RowTally, unique_rows
from smartlead_async.plan.leads_csv import LeadFile

pytestmark = pytest.mark.usefixtures("folder")


def save(text: str, *, skip_bad_rows: bool = False) -> LeadFile:
    Path("leads.csv").write_bytes(text.encode("utf-8", "surrogatepass"))
    return LeadFile("leads.csv", skip_bad_rows=skip_bad_rows)


def tally(file: LeadFile) -> RowTally:
    counted = RowTally()
    for row in unique_rows(file.rows(), file.file):
        counted.add(row)
    return counted


def bad_rows(file: LeadFile) -> list[LeadRow]:
    return [row for row in file.rows() if row.cells]


def people(number: int, changes: dict[int, str]) -> str:
    """Return a file of this many rows, some of them replaced."""
    rows = (f"p{n}@c.example,Name{n},Company{n},note" for n in range(number))
    body = "\n".join(changes.get(n, row) for n, row in enumerate(rows))
    return f"email,first_name,company_name,notes\n{body}\n"


# --- stray quotes ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "stray",
    [
        'p5@c.example,"Ann,Company,note',
        'p5@c.example,Ann,"Company,note',
        'p5@c.example,Ann,Company,"note',
        'p5@c.example,Ann,Company,"5"" pipe',
        '"p5@c.example,Ann,Company,note',
    ],
)
@pytest.mark.parametrize(
    "closing", [None, 'p290@c.example,Liv,Company",note', 'p290@c.example,Liv",Company,note']
)
def test_a_stray_quote_costs_its_own_rows_only(stray: str, closing: str | None) -> None:
    file = save(people(300, {5: stray} | ({} if closing is None else {290: closing})))
    counted = tally(file)
    assert counted.read == 300
    assert counted.leads >= 298
    assert counted.leads + sum(counted.left_out.values()) == counted.read
    assert 7 in {row.line for row in bad_rows(file)}


def test_quotes_inside_an_unquoted_cell_are_part_of_it() -> None:
    file = save(people(3, {1: 'p1@c.example,Ann,The "Best" Company,5" pipe'}))
    assert tally(file) == RowTally(3, 3)
    assert any(p.code == "stray_quote" for row in file.rows() for p in row.problems)


def test_a_quoted_cell_with_line_breaks_is_one_row() -> None:
    file = save(people(3, {1: 'p1@c.example,Ann,"Company\nwith, two lines",note'}))
    assert tally(file) == RowTally(3, 3)


def test_a_quoted_note_that_lists_addresses_is_one_row_and_told() -> None:
    file = save(people(3, {1: 'p1@c.example,Ann,Company,"cc\nx@other.example\ny@other.example"'}))
    assert tally(file) == RowTally(3, 3)
    assert any(p.code == "address_in_cell" for row in file.rows() for p in row.problems)


@pytest.mark.parametrize(
    "cut", ["Ann,line\nbreak,p1@c.example", '"Ann" x,"line\nbreak",p1@c.example', 'x\n"Ann,x,p1@c.example"']
)
def test_the_rest_of_a_row_that_a_line_break_has_cut_is_malformed_and_not_skipped(cut: str) -> None:
    file = save(f"name,note,email\nBo,x,p0@c.example\n{cut}\nCy,x,p2@c.example\n")
    (rest,) = [row for row in file.rows() if row.left_out == "misplaced_address"]
    assert rest.line == 4
    assert "p1@c.example" in " ".join(rest.cells)
    assert any(p.is_error for p in rest.problems)
    assert tally(file).leads == 2


def test_a_short_row_without_any_address_is_skipped_with_a_warning() -> None:
    file = save("name,note,email\nBo,x,p0@c.example\nAnn\n")
    assert tally(file) == RowTally(2, 1, {"no_address": 1})
    assert not [p for row in file.rows() for p in row.problems if p.is_error]


# --- conservation ------------------------------------------------------------------------------------

_PIECES = st.sampled_from(
    [",", '"', "\n", "\r\n", "\r", ";", "\t", "|", "''", " ", "a@b.example", "A@B.example", "x@", "Ann",
     "null", "\u200b", "\u202e", "\x00", "\x1f", "é", "#", "=1+1", '""', '",', ',"', "sep=;\n", "\ufeff"]
)  # fmt: skip
_TEXT = st.one_of(
    st.lists(_PIECES, max_size=60).map("".join),
    st.lists(_PIECES, max_size=60).map(lambda parts: "email,first_name,notes\n" + "".join(parts)),
    st.text(max_size=80).map(lambda text: "email,name\na@b.example,Ann\n" + text),
)


@given(text=_TEXT, skip=st.booleans(), where=st.booleans())
@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_every_row_counts_once(text: str, skip: bool, where: bool) -> None:
    file = save(text, skip_bad_rows=skip)
    if where:
        file = LeadFile("leads.csv", where={"first_name": ("Ann",)}, skip_bad_rows=skip)
    counted = RowTally()
    for row in unique_rows(file.rows(), file.file):
        counted.add(row)
        assert row.lead is None or row.left_out is None
        # Whoever is left out is told with a reason, and at a line.
        if row.left_out not in {None, "not_selected"}:
            assert row.problems
            assert row.line is not None
    assert counted.read == counted.leads + sum(counted.left_out.values())


_NAME = st.text(alphabet='ab", \n;', max_size=12)


@given(rows=st.lists(st.tuples(_NAME, _NAME, _NAME), min_size=1, max_size=12), stray=st.integers(0, 11))
@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_no_address_vanishes_beside_a_stray_quote(rows: list[tuple[str, str, str]], stray: int) -> None:
    def quoted(cell: str) -> str:
        return '"' + cell.replace('"', '""') + '"'

    lines = []
    for number, cells in enumerate(rows):
        address = f"p{number}@c.example"
        lines.append(
            f'{address},"Ann,Company,note'
            if number == stray
            else ",".join([address, *(quoted(cell.replace("\n", " ")) for cell in cells)])
        )
    file = save("email,first_name,company_name,notes\n" + "\n".join(lines) + "\n")
    rows_read = list(file.rows())
    told = " ".join(cell for row in rows_read for cell in row.cells)
    if any(p.code == "address_in_cell" for row in rows_read for p in row.problems):
        # Quotes that happen to match make one cell of two rows, which a warning tells.
        told += " ".join(str(row.lead) for row in rows_read)
    imported = {row.lead.email for row in rows_read if row.lead is not None}
    missing = {f"p{n}@c.example" for n in range(len(rows))} - imported
    assert all(address in told for address in missing)


# --- skip_bad_rows -----------------------------------------------------------------------------------

_BAD = "email,first_name\na@b.example,Ann\nnobody,Bo\nc@d.example,Cy,extra\ne@f.example,Di\n"


def test_malformed_rows_are_errors_unless_they_are_skipped() -> None:
    file = save(_BAD)
    assert [p.code for row in file.rows() for p in row.problems if p.is_error] == [
        "malformed_address",
        "long_row",
    ]
    skipping = save(_BAD, skip_bad_rows=True)
    assert not [p for row in skipping.rows() for p in row.problems if p.is_error]
    assert [row.line for row in bad_rows(skipping)] == [3, 4]
    assert tally(skipping) == tally(file) == RowTally(4, 2, {"malformed_address": 1, "long_row": 1})


def test_a_fault_of_the_file_stays_an_error_when_rows_are_skipped() -> None:
    file = save("name\nAnn\n", skip_bad_rows=True)
    assert [p.code for row in file.rows() for p in row.problems if p.is_error] == ["no_email_column"]


def test_check_calls_back_with_each_malformed_row() -> None:
    save(_BAD)
    Path("plan.yaml").write_text("version: 1\ncampaigns: [{name: x, leads: leads.csv}]\n")
    called: list[tuple[str, int | None]] = []
    report = check(
        "plan.yaml", skip_bad_rows=True, on_bad_row=lambda file, row: called.append((file, row.line))
    )
    assert report.ok
    assert called == [("leads.csv", 3), ("leads.csv", 4)]
    assert report.rows == RowTally(4, 2, {"malformed_address": 1, "long_row": 1})


# --- bounds ------------------------------------------------------------------------------------------


def test_a_line_without_end_is_one_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(text_encoding, "MAX_LINE_BYTES", 1 << 16)
    file = save("email\na@b.example\n" + "x" * (1 << 18))
    codes = [p.code for row in file.rows() for p in row.problems]
    assert codes == ["endless_line"]
