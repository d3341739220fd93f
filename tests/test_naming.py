"""The advice of ``naming.review``, and the normal form of names."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smartlead_async.naming import AdviceCode, normal_name, review

GOOD = [
    "SaaS founders Q1 2027 – demo invite",
    "Fintech CFOs EMEA | webinar | W12",
    "Reactivation of lapsed customers, spring 2027",
    "2027-01 Dentists Berlin: booking calls",
    "Re-engagement Nordics HR leaders H2",
    "Black Friday discount for e-commerce stores",
    "Demo invites for agencies, May",
    "Hiring: senior engineers PL (Jan)",
    "Reaktivierung Zahnärzte Bayern KW12",
    "Campagne fondateurs T1 2027",
    "SaaS创始人 2027年 演示邀请",
    "Follow-up trade fair visitors 15.03.",
    "Project Falcon launch Q3",
    "Law firms Texas FY27 intro",
    "Partnership outreach logistics September",
    "Test engineers Q2 2027 – pilot",
    "Campaign managers Q1 – product update",
    "Evergreen newsletter for subscribers",
]


@pytest.mark.parametrize("name", GOOD)
def test_a_name_with_purpose_audience_and_period_gets_no_advice(name: str) -> None:
    assert review(name).codes == ()
    assert review(name)


@pytest.mark.parametrize(
    "name",
    [
        "Campaign 1", "Test", "New campaign", "Untitled Campaign", "test 2", "My campaign (copy)", "Final v2",
        "12", "---", "Cold email campaign 3", "Draft", "asdf", "Campaign 2027",
    ],
)  # fmt: skip
def test_a_name_of_filler_words_is_generic(name: str) -> None:
    assert review(name).codes == (AdviceCode.GENERIC,)
    assert not review(name)


@pytest.mark.parametrize(
    ("name", "missing"),
    [
        ("SaaS founders Q1 2027", [AdviceCode.NO_PURPOSE]),
        ("Acme Q1 2027", [AdviceCode.NO_PURPOSE]),
        ("Demo invites Q1 2027", [AdviceCode.NO_AUDIENCE]),
        ("Demo invite for founders", [AdviceCode.NO_PERIOD]),
        ("Founders", [AdviceCode.NO_PURPOSE, AdviceCode.NO_PERIOD]),
        ("Webinar", [AdviceCode.NO_AUDIENCE, AdviceCode.NO_PERIOD]),
        ("Outreach 3", [AdviceCode.NO_AUDIENCE, AdviceCode.NO_PERIOD]),
    ],
)
def test_missing_parts_of_a_name_are_reported(name: str, missing: list[AdviceCode]) -> None:
    assert list(review(name).codes) == missing


@pytest.mark.parametrize(
    "period", ["Q1 2027", "Jan 2027", "2027-01", "W12", "spring", "Q4", "H1", "March", "3/27", "FY27", "Sept"]
)
def test_a_period_can_be_written_in_many_ways(period: str) -> None:
    assert AdviceCode.NO_PERIOD not in review(f"Founders demo {period}").codes


@pytest.mark.parametrize("word", ["Maya", "Marchand", "Decor", "Octopus", "12", "Q9", "Weekend"])
def test_words_that_resemble_a_period_do_not_count(word: str) -> None:
    assert AdviceCode.NO_PERIOD in review(f"Founders demo {word}").codes


@pytest.mark.parametrize("name", ["", "  ", "\t"])
def test_an_empty_name_is_only_empty(name: str) -> None:
    assert review(name).codes == (AdviceCode.EMPTY,)


def test_surrounding_whitespace_and_excess_length_are_reported() -> None:
    fine = "SaaS founders Q1 2027 – demo invite"
    assert review(f" {fine}").codes == (AdviceCode.BLANK_EDGES,)
    assert review(f"{fine} ").codes == (AdviceCode.BLANK_EDGES,)
    assert review(fine + "x" * (255 - len(fine))).codes == ()
    assert review(fine + "x" * (256 - len(fine))).codes == (AdviceCode.TOO_LONG,)


def test_every_piece_of_advice_has_its_own_message() -> None:
    names = ["", "Campaign 1", "Founders", "Webinar", f"Founders demo Q1 {'x' * 300}", " Founders demo Q1"]
    messages = {a.code: a.message for name in names for a in review(name).advice}
    assert messages.keys() == set(AdviceCode)
    assert len(set(messages.values())) == len(messages)


@pytest.mark.parametrize(
    ("sent", "stored"),
    [
        ("Plan ", "Plan"),
        ("Plan  two\tblanks", "Plan two blanks"),
        ("Cafe\u0301 Q1", "Café Q1"),
        ("R&D <Q1>", "R&amp;D &lt;Q1&gt;"),
        ("R&D", "R&amp;amp;D"),
        ("A – B", "A - B"),
        ("Founders’ list", "Founders' list"),
        ("Plan\u200b A", "Plan A"),
        ("Plan\u00a0A", "Plan A"),
        ("Plan\r\nA", "Plan A"),
    ],
)
def test_names_that_a_server_stores_in_another_way_have_one_normal_form(sent: str, stored: str) -> None:
    assert normal_name(sent) == normal_name(stored)


@pytest.mark.parametrize(("one", "other"), [("Plan A", "Plan B"), ("Plan a", "Plan A"), ("PlanA", "Plan A")])
def test_names_that_people_tell_apart_have_two_normal_forms(one: str, other: str) -> None:
    assert normal_name(one) != normal_name(other)


@given(st.text())
def test_the_normal_form_of_a_normal_form_with_no_escapes_is_itself(name: str) -> None:
    normal = normal_name(name.replace("&", "+").replace("\uff06", "+").replace("\ufe60", "+"))
    assert normal_name(normal) == normal
