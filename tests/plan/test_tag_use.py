"""The count of values for tags agrees with a count without shortcuts."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from smartlead_async import LeadInput
from smartlead_async.plan.merge_tags import TagUse, normalize_name

_NAME = st.sampled_from(["first_name", "First Name", "city", "City", "CITY ", "x"])
_VALUE = st.none() | st.sampled_from(["", " ", "Oslo", "\u00a0"]) | st.integers(0, 2)
_LEAD = st.builds(
    LeadInput,
    st.just("a@b.example"),
    first_name=st.sampled_from([None, "", " ", "Lin"]),
    custom_fields=st.none() | st.dictionaries(_NAME, _VALUE, max_size=4),
)


def has(lead: LeadInput, tag: str) -> bool:
    values = {**(lead.custom_fields or {})}
    pairs = [*values.items(), ("first_name", lead.first_name)]
    return any(
        normalize_name(name) == normalize_name(tag) and value is not None and str(value).strip() != ""
        for name, value in pairs
    )


@given(st.lists(_LEAD, max_size=6), st.sets(_NAME, min_size=1))
def test_blanks_are_counted_as_without_shortcuts(leads: list[LeadInput], tags: set[str]) -> None:
    use = TagUse(tags)
    for line, lead in enumerate(leads, 2):
        use.add(lead, line)
    for tag in tags:
        blank = [line for line, lead in enumerate(leads, 2) if not has(lead, tag)]
        assert use.blanks(tag) == len(blank)
        assert use.provided(tag) == (len(blank) < len(leads))
        assert use.first_blank(tag) == (blank[0] if blank else None)
