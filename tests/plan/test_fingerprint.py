"""Fingerprints are computed with shortcuts, and are the same as without: a wrong one would hide a change."""

from __future__ import annotations

import hashlib
from unittest import mock

import attrs
from hypothesis import given
from hypothesis import strategies as st

from smartlead_async import LeadInput
from smartlead_async.plan import leads as leads_module
from smartlead_async.plan.campaign import CampaignSpec
from smartlead_async.plan.content import as_json, content_of, is_immutable
from smartlead_async.plan.leads import LeadRow
from smartlead_async.plan.mailboxes import MailboxChoice
from smartlead_async.plan.schedule import ScheduleSpec
from smartlead_async.plan.sequence import StepSpec, VariantSpec
from smartlead_async.plan.settings import SettingsSpec

_PARTS = ("name", "client_id", "steps", "mailboxes", "schedule", "settings", "lead_import", "start")
_VALUES = st.sampled_from(
    [
        None,
        "",
        " ",
        "Zoe",
        " Zoe",
        "Zoë ",
        "null",
        "1e5",
        "4.9E+11",
        'a "quote',
        "{name}",
        "a\nb",
        "\u200bx",
        "Ã¼",
    ]
)
_LEADS = st.builds(
    LeadInput,
    st.sampled_from(["a@b.example", " A@b.example", "c@d.example", "é@f.example", "g@xn--bcher-kva.example"]),
    first_name=_VALUES,
    phone_number=st.sampled_from([None, "1", 5]),
    custom_fields=st.dictionaries(st.sampled_from(["role", " x"]), _VALUES | st.integers(0, 9), max_size=2),
)
_STEPS = st.builds(
    StepSpec,
    _VALUES,
    _VALUES,
    st.integers(0, 3),
    st.lists(st.builds(VariantSpec, _VALUES, share=st.integers(0, 9)), max_size=2).map(tuple),
)


def slow_rows(spec: CampaignSpec) -> list[LeadRow]:
    with mock.patch.object(leads_module, "_is_clean", return_value=False):
        return list(spec.lead_rows())


def slow_leads(spec: CampaignSpec) -> list[LeadInput]:
    return [row.lead for row in slow_rows(spec) if row.lead is not None]


def slow_fingerprint(spec: CampaignSpec) -> str:
    given = {name: getattr(spec, name) for name in _PARTS}
    content = {
        name: content_of(value)
        for name, value in given.items()
        if value is not None and value != () and value is not False
    }
    lines = [as_json(content), *(as_json(content_of(lead)) for lead in slow_leads(spec))]
    return hashlib.sha256(b"\n".join(lines)).hexdigest()


@given(
    st.lists(_LEADS, max_size=4),
    st.lists(_STEPS, max_size=2),
    st.booleans(),
    st.sampled_from(["Dentists", "Zahnärzte", "\udcff"]),
)
def test_the_shortcuts_change_neither_leads_nor_fingerprints(
    leads: list[LeadInput], steps: list[StepSpec], as_tuple: bool, name: str
) -> None:
    spec = CampaignSpec(
        name,
        steps=tuple(steps) if as_tuple else steps,
        leads=leads,
        mailboxes=MailboxChoice(ids=[1]),
        schedule=ScheduleSpec("Europe/Oslo"),
        start=as_tuple,
    )
    assert list(spec.lead_rows()) == slow_rows(spec)
    if not any(problem.is_error for row in spec.lead_rows() for problem in row.problems):
        assert list(spec.iter_leads()) == slow_leads(spec)
        assert spec.fingerprint() == spec.fingerprint() == slow_fingerprint(spec)


def test_a_list_of_steps_that_changes_in_place_has_another_fingerprint() -> None:
    steps = [StepSpec("a", "b")]
    spec = CampaignSpec("Dentists", steps=steps)
    before = spec.fingerprint()
    steps.append(StepSpec(body="c", delay_days=1))
    assert spec.fingerprint() not in (before, "")


def test_variants_that_change_in_place_inside_a_tuple_of_steps_have_another_fingerprint() -> None:
    variants = [VariantSpec("a")]
    spec = CampaignSpec("Dentists", steps=(StepSpec("a", "b", variants=variants),))
    before = spec.fingerprint()
    variants[0] = VariantSpec("c")
    assert spec.fingerprint() != before


def test_steps_of_a_class_that_can_change_are_not_taken_from_the_cache() -> None:
    @attrs.define
    class Mutable:
        subject: str

    step = Mutable("a")
    spec = CampaignSpec("Dentists", steps=(step,))  # type: ignore[arg-type]
    before = spec.fingerprint()
    step.subject = "b"
    assert spec.fingerprint() != before
    assert not is_immutable((step,))
    assert is_immutable((StepSpec("a", variants=(VariantSpec("b"),)),))


def test_many_sequences_are_not_mixed_up() -> None:
    """Sequences are kept by their identity, which Python gives again to later objects."""
    for number in range(600):
        spec = CampaignSpec("Dentists", steps=(StepSpec(f"subject {number}"),))
        assert spec.fingerprint() == slow_fingerprint(spec)


def test_equal_values_of_different_types_are_not_mixed_up() -> None:
    for value in (1, True, 1.0, "1", False, 0, None):
        spec = CampaignSpec("Dentists", settings=SettingsSpec(follow_up_percentage=value))  # type: ignore[arg-type]
        assert spec.fingerprint() == slow_fingerprint(spec)


def test_equal_values_of_different_classes_are_not_mixed_up() -> None:
    for kind in ("Foo", "Bar"):
        other = attrs.make_class(kind, {("name" if kind == "Foo" else "label"): attrs.field()}, frozen=True)
        spec = CampaignSpec("Dentists", schedule=other("x"))
        assert spec.fingerprint() == slow_fingerprint(spec)


def test_many_parts_are_not_mixed_up() -> None:
    for number in [*range(600), *range(10)]:
        spec = CampaignSpec(
            "Dentists",
            mailboxes=MailboxChoice(ids=(number + 1,)),
            schedule=ScheduleSpec("Europe/Oslo", new_leads_per_day=number),
            settings=SettingsSpec(follow_up_percentage=number),
        )
        assert spec.fingerprint() == slow_fingerprint(spec)


def test_a_part_whose_list_changes_in_place_has_another_fingerprint() -> None:
    ids = [501]
    spec = CampaignSpec("Dentists", mailboxes=MailboxChoice(ids=ids))
    before = spec.fingerprint()
    ids.append(502)
    assert spec.fingerprint() == slow_fingerprint(spec) != before


def test_a_part_that_json_cannot_carry_has_the_same_fingerprint_every_time() -> None:
    spec = CampaignSpec("Dentists", mailboxes=MailboxChoice(tag="\ud800"))
    assert spec.fingerprint() == spec.fingerprint() == slow_fingerprint(spec)
