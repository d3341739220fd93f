"""Merge tags in texts, and the values that leads have for them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smartlead_async.api.leads.models import LeadInput
from smartlead_async.plan.merge_tags import TagUse, find_broken_tags, find_tags


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("Hello {{first_name}}, of {{ company_name }}", ["first_name", "company_name"]),
        ("{{Job Title}} {{Roof area m²}} {{姓名}}", ["Job Title", "Roof area m²", "姓名"]),
        ("<p>{{first_name}}</p><a href='{{website}}'>", ["first_name", "website"]),
        ("{Hi|Hello} {{first_name}}", ["first_name"]),
        ("{Hi {{first_name}}|Hello}", ["first_name"]),
        ("{{{first_name}}|there}", ["first_name"]),
        ("{Hello|{{first_name}}}", ["first_name"]),
        ("{{{a}}|{{b}}}", ["a", "b"]),
        ("{{a|b}|c}", []),
        ("{c|{a|b}}", []),
        ("{a|b} { c } }} {{", []),
        ("{{}} {{ }}", []),
        ("no tags", []),
    ],
)
def test_tags_are_found_and_spintax_is_ignored(text: str, names: list[str]) -> None:
    assert [tag.name for tag in find_tags(text)] == names


def test_a_tag_knows_its_position_and_whether_it_has_a_fallback() -> None:
    first, second = find_tags("Hi {{first_name |there}}, {{ city }}")
    assert (first.name, first.position, first.fallback) == ("first_name", 3, True)
    assert (second.name, second.position, second.fallback) == ("city", 26, False)


@pytest.mark.parametrize(
    ("text", "broken", "certain"),
    [
        ("Hi {{first_name}, you", "{{first_name}, you", True),
        ("Hi {{first_name, you", "{{first_name, you", True),
        ("Hi {{first_name", "{{first_name", True),
        ("Hi {{first_name}}{{", "{{", True),
        ("<p>Hi {{</p>", "{{", True),
        ("Hi {{ }}", "{{ }}", True),
        ("Hi {{|there}}", "{{|there}}", True),
        ("Hi {first_name}", "{first_name}", False),
        ("Hi { First_Name }!", "{ First_Name }", False),
    ],
)
def test_broken_tags_are_found(text: str, broken: str, certain: bool) -> None:
    (found,) = find_broken_tags(text)
    assert (found.text, found.is_certain) == (broken, certain)
    assert text[found.position :].startswith(broken)


@pytest.mark.parametrize(
    "text",
    [
        "{{first_name}}",
        "{Hi|Hello}",
        "{{a|b}|c}",
        "{{{first_name}}|there}",
        "{x}",
        "a {b} {{c}} d",
        "{c|{a|b}}",
        "{Hello|{{email}}}",
    ],
)
def test_valid_texts_have_no_broken_tags(text: str) -> None:
    assert list(find_broken_tags(text)) == []


@given(st.text(alphabet="{}| ab_\n", max_size=40))
def test_no_text_makes_the_search_raise_and_positions_are_valid(text: str) -> None:
    positions = [tag.position for tag in find_tags(text)] + [b.position for b in find_broken_tags(text)]
    assert all(text.startswith("{", position) for position in positions)


def used(names: list[str], *leads: LeadInput) -> TagUse:
    use = TagUse(names)
    for line, lead in enumerate(leads, 2):
        use.add(lead, line)
    return use


ADA = LeadInput("ada@b.example", first_name="Ada", custom_fields={"Job Title": "CTO", "Empty": " "})
BO = LeadInput("bo@b.example", first_name="", custom_fields={"City": "Oslo", "Zero": 0})


def test_fields_and_custom_fields_fill_tags_and_blanks_are_counted() -> None:
    names = ["email", "first_name", "Job Title", "City", "phone_number", "Empty", "Zero"]
    use = used(names, ADA, BO, ADA)
    assert [use.blanks(name) for name in names] == [0, 1, 1, 2, 3, 3, 2]
    assert [use.provided(n) for n in ("email", "City", "phone_number", "Empty", "Zero")] == [
        True,
        True,
        False,
        False,
        True,
    ]
    assert (use.first_blank("email"), use.first_blank("first_name"), use.first_blank("City")) == (None, 3, 2)


@pytest.mark.parametrize(
    ("tag", "field"),
    [("First Name", "first_name"), ("FIRST_NAME", "first_name"), ("firstname", "first_name"),
     ("job_title", "Job Title"),
     ("JobTitle", "Job Title"), ("first_name", None), ("Job Title", None)],
)  # fmt: skip
def test_a_tag_spelled_differently_is_filled_and_the_field_is_reported(tag: str, field: str | None) -> None:
    use = used([tag], ADA)
    assert use.provided(tag)
    assert use.spelling(tag) == field


def test_an_exact_match_takes_precedence_over_another_spelling() -> None:
    lead = LeadInput("a@b.example", custom_fields={"job_title": "x", "Job Title": "y"})
    assert used(["Job Title"], lead).spelling("Job Title") is None
    assert used(["job_title"], lead).spelling("job_title") is None
    assert used(["Job_Title"], lead).blanks("Job_Title") == 0


def test_names_for_suggestions_are_lead_fields_and_custom_fields_seen() -> None:
    names = list(used(["x"], ADA, BO).known_names)
    assert names[0] == "email"
    assert names[-4:] == ["Job Title", "Empty", "City", "Zero"]
