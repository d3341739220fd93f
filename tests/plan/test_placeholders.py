"""Spintax, Liquid, and placeholders of other tools."""

# ruff: noqa: E501 - texts stay on one line

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smartlead_async.plan.check import check
from smartlead_async.plan.liquid import find_liquid_flaws
from smartlead_async.plan.placeholders import find_placeholders
from smartlead_async.plan.spintax import find_spintax_flaws


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    Path("leads.csv").write_text(
        "email,first_name,City,Roof Area\na@b.example,Ada,Oslo,7\n", encoding="utf-8"
    )
    return tmp_path


def problems(text: str, *, allowed: str = "[]") -> list[tuple[str, str]]:
    Path("body.txt").write_text(text, encoding="utf-8")
    Path("plan.yaml").write_text(
        f"version: 1\nallowed_tags: {allowed}\ncampaigns:\n  - name: Dentists in Oslo Q1 2027 – demo invite\n"
        "    leads: leads.csv\n    steps: [{subject: A question, body_file: body.txt}]\n",
        encoding="utf-8",
    )
    return [(p.code, p.message) for p in check("plan.yaml").problems]


@pytest.mark.parametrize(
    "text",
    [
        "{FirstName}", "{First Name}", "{firstname}", "{City}", "{ Roof Area }", "{first_name}", "{name}",
        "[First Name]", "[FIRSTNAME]", "[City]", "[Roof Area]", "[[first_name]]", "[Your Name]", "[Company]",
        "%FIRSTNAME%", "%first_name%", "%%first_name%%", "%CONTACT_ID%", "*|FNAME|*", "*| FNAME |*",
        "*|MERGE1:x|*", "<<first_name>>", "<< First Name >>", "<firstname>", "<First Name>", "<%= first_name %>",
        "｛｛first_name｝｝", "｛first_name｝", "&#123;&#123;first_name&#125;&#125;", "&#x7B;&#x7b;first_name&#x7D;&#x7d;",
        "&lcub;&lcub;first_name&rcub;&rcub;", "%7B%7Bfirst_name%7D%7D", "%7b%7bFirst%20Name%7d%7d", "%7Bfirst_name%7D",
        "$firstname", "$first_name", "${first_name}", "#{first_name}", "$first_name$", "#FirstName#", "__first_name__",
        "~first_name~", "@FirstName@", "((first_name))", "{{{first_name}}}", "{value}", "{{first_name}",
        "{!Contact.FirstName}", "{contact.first_name}", "%recipient.first_name%",
        "|FNAME|", "||first_name||", "«first_name»", "‹first_name›", "(first_name)", "[First Name,there]",
        "[First Name|there]", "[% first_name %]", "[*first_name*]", "_first_name_", "-first_name-", ":first_name:",
        "=first_name=", "@@first_name", "&lt;first_name&gt;", "first_name", "FIRSTNAME", "firstName", "FirstName",
        "roof_area", "{{first_name}}}", "*|IF:FNAME|*", "[%first_name%]",
    ],
)  # fmt: skip
@pytest.mark.parametrize("template", ["Hi {},\n\nhow are you?", "<p>Hi {}</p>"])
def test_placeholders_of_other_tools_are_told_once(text: str, template: str) -> None:
    found = problems(template.replace("{}", text))
    assert len(found) == 1, found
    assert found[0][0] in {
        "foreign_placeholder",
        "single_option",
        "broken_tag",
        "unbalanced_braces",
    }


def test_encoded_braces_in_a_link_are_told() -> None:
    ((code, message),) = problems('<a href="https://x.example/?n=%7B%7Bfirst_name%7D%7D&c=1">x</a>')
    assert (code, message) == (
        "foreign_placeholder",
        "'%7B%7Bfirst_name%7D%7D' is not filled for each lead: its braces are encoded",
    )


@pytest.mark.parametrize(
    "text",
    [
        "{Hi|Hello} {{first_name}}", "{Hi {{first_name}}|Hello}", "{{{first_name}}|Hello}", "50% off, 20% more",
        "see [1] and [link], [x] or [today]", "a < b and c > d", "https://x.example/%20a%2Fb?x=%7e", "$100 or $5k",
        "#1 of 10, #2", "me@company.example, you@city.example", "snake_case_name and __init__", "* one\n* two",
        "a | b | c", "1 << 3 >> 2", "%signature%", "Bye,\n%signature%", "{{sl_day_of_week}}", "{{sl_month}}",
        '{{sl_date "2 days from now" "dddd"}}', "{% if City == \"Oslo\" %}Oslo{% else %}there{% endif %}",
        "<p style=\"color: red\">x</p>", "<style>p {color: red} .a { b: c }</style><p>x</p>",
        "<!--[if mso]><p>x</p><![endif]-->", "5 * 3 * 2", "(first name)", "100%",
        "https://x.example/?first_name=a&company_name=b", "data/first_name.csv", "x@company_name.example",
        '<p id="first_name" data-company_name="x">x</p>', "www.x.example/first_name", "[x | y](z)", "Q&A: {yes|no}", "&lt;3",
    ],
)  # fmt: skip
def test_what_is_meant_as_it_stands_is_not_told(text: str) -> None:
    assert problems(text) == []


@pytest.mark.parametrize(
    ("text", "code", "message"),
    [
        ("{Hi|Hello {{first_name}}", "unbalanced_braces", "'{Hi|Hello {{first_name}}' has a { without its }"),
        ("Hi|Hello} you", "unbalanced_braces", "'Hi|Hello}' has a } without its {"),
        ("{Hi|} you", "empty_option", "the spintax '{Hi|}' has an empty option"),
        ("{Hi||Hello}", "empty_option", "the spintax '{Hi||Hello}' has an empty option"),
        ("{ |Hi}", "empty_option", "the spintax '{ |Hi}' has an empty option"),
        ("{Hello}", "single_option", "'{Hello}' is neither a merge tag nor spintax"),
        ("{Hi|{Hello|Hey}}", "nested_spintax", "the spintax '{Hello|Hey}' is inside of other spintax"),
        (
            "{Hi {{first_name}}} you",
            "single_option",
            "'{Hi {{first_name}}}' is neither a merge tag nor spintax",
        ),
        ("{{sl_day_of_weak}}", "system_variable", "{{sl_day_of_weak}} is not a known variable of SmartLead"),
        ("{% if City %}x", "broken_liquid", "{% if %} is not closed"),
        ("x{% endif %}", "broken_liquid", "{% endif %} closes nothing"),
        ("{% else %}", "broken_liquid", "{% else %} belongs to no block"),
        ("{% iff City %}", "broken_liquid", "{% iff %} is not a tag of Liquid"),
        ("{% if City", "broken_liquid", "'{% if City' has a {% without its %}"),
        ("if City %}", "broken_liquid", "'%}' has a %} without its {%"),
        ("{% if a %}{% for b %}{% endif %}{% endfor %}", "broken_liquid", "{% endif %} closes nothing"),
    ],
)
def test_broken_spintax_and_liquid_are_told(text: str, code: str, message: str) -> None:
    first, *_ = problems(text)
    assert first[0] == code
    assert first[1].startswith(message)


def test_an_unknown_filter_is_told() -> None:
    assert ("broken_liquid", "'defualt' is not a filter of Liquid") in problems(
        '{{first_name | defualt: "x"}}'
    )


@pytest.mark.parametrize("allowed", ["[sender_name]", '["{{sender_name}}"]', "sender_name"])
def test_further_tags_can_be_allowed(allowed: str) -> None:
    assert [code for code, _ in problems("{{sender_name}} {{other}}", allowed=allowed)] == ["unknown_tag"]


@pytest.mark.parametrize("text", ["[Company]", "{Hello}", "%CONTACT_ID%", "<<first_name>>"])
def test_further_placeholders_can_be_allowed(text: str) -> None:
    assert len(problems(text)) == 1
    assert problems(text, allowed=f'["{text}"]') == []


def test_allowed_tags_are_strings() -> None:
    assert problems("x", allowed="[{a: b}]") == [("wrong_kind", "expected a list of tags")]


@given(st.text(alphabet="{}|%[]<>ab_ \n&;#$", max_size=60))
def test_no_text_makes_the_searches_raise_and_lines_are_within_the_text(text: str) -> None:
    flaws = [
        *find_spintax_flaws(text),
        *find_liquid_flaws(text),
        *find_placeholders(text, frozenset({"ab"})),
    ]
    assert all(0 <= flaw.line <= text.count("\n") for flaw in flaws)


@pytest.mark.parametrize("part", ["{", "{a|", "{%", "[a", "<a ", "%A", "{{a", "&#123;", "__a", "*|a", "｛a"])
def test_long_texts_are_searched_in_linear_time(part: str) -> None:
    text = part * 20_000
    for _ in (*find_spintax_flaws(text), *find_liquid_flaws(text), *find_placeholders(text, frozenset())):
        pass


@pytest.mark.parametrize(
    ("text", "advice"),
    [
        ("%SIGNATURE%", "Write %signature%."),
        ("*|IF:FNAME|*", "Conditions are written as in Liquid: {% if first_name %}…{% endif %}."),
        ("[Fname]", "Write {{first_name}}."),
        ("[City]", "Write {{City}}."),
        ("[Your Name]", "Write a merge tag such as {{first_name}}, or list it under allowed_tags."),
        ("[Hi|Hello]", "Write {Hi|Hello}."),
        ("{{Hi|Hello}}", "Spintax has single braces: {Hi|Hello}."),
        ("{{RANDOM | Hi | Hello}}", "Spintax has single braces: {Hi|Hello}."),
        ("{{#if City}}", "Conditions are written as in Liquid: {% if first_name %}…{% endif %}."),
        ("{{accountSignature}}", "Write %signature%."),
        ("{{sender.first_name}}", "Tags are filled from leads, and not from the sender: write the text, or %signature%."),
        ("{{unsubscribe_link}}", "SmartLead has the settings unsubscribe_text and add_unsubscribe_tag."),
        ("{{last_name}}", "Add a column last_name, or remove the tag."),
        ("{{contact.firstname}}", "Did you mean 'first_name'?"),
        ("{{first\u200b_name}}", "Retype the tag: it contains U+200B zero width space."),
    ],
)  # fmt: skip
def test_advice_says_what_smartlead_has_instead(text: str, advice: str) -> None:
    Path("body.txt").write_text(f"Hello, {text}", encoding="utf-8")
    problems("x")
    Path("body.txt").write_text(f"Hello, {text}", encoding="utf-8")
    assert advice in {p.advice for p in check("plan.yaml").problems}


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("{% if %}x{% endif %}", "{% if %} has no condition"),
        ("{% if City %}x{% else if first_name %}y{% endif %}", "{% else if first_name %} is not Liquid"),
        ("{% fi City %}x{% endif %}", "{% fi %} is not a tag of Liquid"),
        ("{% if Town == 'Oslo' %}x{% endif %}", "no lead has a value for 'Town'"),
        ("{% if City %}x{% elsif role contains 'CTO' %}y{% endif %}", "no lead has a value for 'role'"),
        ("{{{first_name}}}", "'{{{first_name}}}' has three braces on each side"),
        ("{{{unknown}}}", "'{{{unknown}}}' has three braces on each side"),
        ("Hi ((first_name}}", "'Hi ((first_name}' has a } without its {"),
        ("TODO: greet {{first_name}}", "the body contains 'TODO', as in a draft"),
        ("Hi \u202e{{first_name}}", "the body contains an invisible character, U+202E"),
    ],
)
def test_one_flaw_of_a_text_is_one_problem(text: str, message: str) -> None:
    found = problems(text)
    assert [m[: len(message)] for _, m in found if "without braces" not in m] == [message]


@pytest.mark.parametrize(
    "text",
    [
        '{% if City == "Town" and first_name %}x{% endif %}',
        "{% assign x = City %}{% if x %}y{% endif %}",
        "{%- if roof_area > 5 -%}x{%- endif -%}",
        "{% for word in City %}{% if word == 'a' %}b{% endif %}{% endfor %}",
    ],
)
def test_conditions_on_values_that_leads_have_are_not_told(text: str) -> None:
    assert problems(text) == []
