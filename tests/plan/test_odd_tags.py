"""Tags that are told because something is in them, once each, and Liquid that is told or left alone."""

from __future__ import annotations

import pytest

from smartlead_async import CampaignSpec, LeadInput, StepSpec
from smartlead_async.plan.merge_tags import TagUse
from smartlead_async.plan.tag_check import names_in_liquid, tag_problems, tags_in_subjects, tags_of

LEADS = [
    LeadInput("a@b.example", first_name="Ada", custom_fields={"city": "Oslo", "note": "one\ntwo"}),
    LeadInput("b@b.example", first_name="Bo", custom_fields={"city": "Bergen", "note": "x"}),
]


def codes(body: str, subject: str = "A question") -> list[str]:
    """Return the codes of the problems of a campaign with these texts."""
    spec = CampaignSpec("A", steps=(StepSpec(subject, body),), leads=LEADS)
    tags = list(tags_of(spec))
    use = TagUse({tag.name for _, tag in tags} | names_in_liquid(spec), in_subjects=tags_in_subjects(spec))
    for number, lead in enumerate(LEADS, 2):
        use.add(lead, number)
    return [problem.code for problem in tag_problems(spec, tags, use)]


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ("Hi <b>{</b>{first_name}}", "broken_tag"),
        ("<p>{<b>first_name</b>}</p>", "broken_tag"),
        ("{<b>{first_name}</b>}", "broken_tag"),
        ("<p>{{<b>first_name</b>}}</p>", "unknown_tag"),
        ("Hi {{first_name\xa0}}", "broken_tag"),
        ("Hi \\{{first_name}}", "broken_tag"),
        ("Hi %Signature%", "foreign_placeholder"),
        ("Hi {{%signature%}}", "unknown_tag"),
        ("Hi %s", "foreign_placeholder"),
        ("Hi ‹First Name›", "foreign_placeholder"),
        ("Hi {}", "single_option"),
        ("Hi {value}", "single_option"),
        ("Hi { {first_name}}", "broken_tag"),
        ("Hi {?{first_name}}", "broken_tag"),
        ("Hi {{first_name} }", "broken_tag"),
        ("Hi { {first_name} }", "broken_tag"),
        ("{Hi;Hello}", "single_option"),
        ("(Hi|Hello) you", "foreign_spintax"),
        ("{% if city = 'Oslo' %}x{% endif %}", "broken_liquid"),
        ("{% if city && first_name %}x{% endif %}", "broken_liquid"),
        ("{% if {{city}} %}x{% endif %}", "broken_liquid"),
        ("{% if city == “Oslo” %}x{% endif %}", "broken_liquid"),
        ("<p>{% if city &gt; 1 %}x{% endif %}</p>", "broken_liquid"),
    ],
)
def test_an_odd_tag_is_told_once(body: str, code: str) -> None:
    assert codes(body) == [code]


@pytest.mark.parametrize(
    "body",
    [
        "{% assign greeting = 'Hi' %}{{greeting}}",
        "{% capture all %}x{% endcapture %}{{ all }}",
        "<p>Hi<!-- {{nickname}} --></p>",
        "{% if city == 'a = b && c' %}x{% endif %}",
        "{% if city >= 1 and city != 'x' %}x{% endif %}",
        "<html><head><title>Hi</title></head><body>Hi</body></html>",
        "100%s f(a|b) (a) %signature%",
        "<b>{{first_name}}</b> {<b>Hi</b>|Hello}",
        "<style>p {color: red}</style><p>Hi</p>",
    ],
)
def test_what_only_resembles_an_odd_tag_is_not_told(body: str) -> None:
    assert codes(body) == []


def test_liquid_without_its_end_is_told_once_for_each_place() -> None:
    assert codes("{% if city }x{% endif }") == ["broken_liquid", "broken_liquid"]


def test_a_line_break_in_a_value_is_told_in_a_subject_only() -> None:
    assert codes("Hi {{note}}") == []
    assert codes("Hi", "about {{note}}") == ["line_break_in_subject"]


# An expression that tries every combination takes longer than the limit of a test.
@pytest.mark.parametrize("text", ["{{" + "\xa0" * 20_000, "{ <b>" * 7_000, "{" * 20_000, "<a " * 20_000])
def test_a_long_text_is_looked_through_to_its_end(text: str) -> None:
    codes(text)
