"""Campaign specs: their rules, keys, fingerprints and leads."""

# ruff: noqa: E501 - whole messages, as people see them, stay on one line

from __future__ import annotations

import datetime as dt
import pickle
import re
from collections.abc import Callable, Iterator
from typing import Any
from unittest import mock

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from smartlead_async.api.campaigns.models import OutOfOfficeSettings
from smartlead_async.api.campaigns.sequences import StepType, VariantDistribution
from smartlead_async.api.leads.models import ImportSettings, LeadInput
from smartlead_async.errors import ConfigurationError, SmartleadError
from smartlead_async.plan import addresses
from smartlead_async.plan.addresses import address_digest, address_flaw, normalize_address
from smartlead_async.plan.campaign import CampaignSpec
from smartlead_async.plan.keys import with_keys
from smartlead_async.plan.leads import LeadRow
from smartlead_async.plan.mailboxes import MailboxChoice
from smartlead_async.plan.origin import Origin
from smartlead_async.plan.problem import InvalidPlan, Place, Problem, Severity
from smartlead_async.plan.schedule import ScheduleSpec
from smartlead_async.plan.sequence import StepSpec, VariantSpec
from smartlead_async.plan.settings import SettingsSpec

VALID = CampaignSpec(
    "SaaS founders Q1 2027 – demo invite",
    client_id=7,
    steps=(StepSpec("Hello {{first_name}}", "<p>One</p>"), StepSpec(body="<p>Two</p>", delay_days=3)),
    mailboxes=MailboxChoice(ids=(501,), addresses=("ann@try.example",), tag="North"),
    leads=(LeadInput("lin@prospect.example", first_name="Lin"), LeadInput("zoë@prospect.example")),
    schedule=ScheduleSpec("Europe/Berlin", starts_at=dt.datetime(2027, 1, 11, 9, tzinfo=dt.UTC)),
    settings=SettingsSpec(
        track_settings=("DONT_TRACK_EMAIL_OPEN",),
        stop_lead_settings="REPLY_TO_AN_EMAIL",
        follow_up_percentage=0,
        out_of_office_detection_settings=OutOfOfficeSettings(reactivate_ooo_with_delay=None),
    ),
    lead_import=ImportSettings(return_lead_ids=True),
    start=True,
)


def with_steps(*steps: StepSpec) -> CampaignSpec:
    return attrs.evolve(VALID, steps=steps)


def step(**changes: Any) -> CampaignSpec:
    return with_steps(attrs.evolve(VALID.steps[0], **changes))


def variants(*shares: int | None, **more: Any) -> CampaignSpec:
    return step(variants=tuple(VariantSpec(share=s) for s in shares), **more)


def schedule(**changes: Any) -> CampaignSpec:
    assert VALID.schedule is not None
    return attrs.evolve(VALID, schedule=attrs.evolve(VALID.schedule, **changes))


def settings(**changes: Any) -> CampaignSpec:
    return attrs.evolve(VALID, settings=SettingsSpec(**changes))


def mailboxes(**changes: Any) -> CampaignSpec:
    return attrs.evolve(VALID, mailboxes=MailboxChoice(**changes))


def campaign(**changes: Any) -> CampaignSpec:
    return attrs.evolve(VALID, **changes)


def messages(spec: CampaignSpec) -> list[tuple[str, str, str]]:
    return [(p.code, p.path, p.message) for p in spec.problems()]


def test_a_valid_spec_has_no_problems() -> None:
    assert messages(VALID) == []
    VALID.validate()
    assert messages(CampaignSpec("Only a name")) == []


WRONG: list[tuple[CampaignSpec, str, str, str]] = [
    # the campaign
    (campaign(name="  "), "no_name", "name", "the name is empty"),
    (campaign(name=None), "no_name", "name", "the campaign has no name"),
    (campaign(name=7), "wrong_kind", "name", "expected a string, got 7"),
    (campaign(name="x" * 256), "name_too_long", "name", "the name has 256 characters"),
    (campaign(client_id=0), "out_of_bounds", "client_id", "must be 1 or more, not 0"),
    (campaign(client_id="7"), "wrong_kind", "client_id", "expected an integer, got '7'"),
    (campaign(client_id=True), "wrong_kind", "client_id", "expected an integer, got true"),
    (campaign(key=" "), "wrong_kind", "key", "the key is empty"),
    (campaign(start="yes"), "wrong_kind", "start", "expected true or false, got 'yes'"),
    (CampaignSpec("A", start=True), "cannot_start", "start",
     "the campaign cannot be started: it has no steps and no mailboxes and no leads and no schedule"),
    (campaign(schedule=None), "cannot_start", "start", "the campaign cannot be started: it has no schedule"),
    # steps
    (step(subject=None), "no_subject", "steps[0].subject", "step 1 has no subject"),
    (step(subject=" "), "no_subject", "steps[0].subject", "step 1 has no subject"),
    (step(subject=3), "wrong_kind", "steps[0].subject", "expected a string, got 3"),
    (step(body=None), "no_body", "steps[0].body", "step 1 has no body"),
    (with_steps(*VALID.steps[:1], StepSpec(delay_days=2)), "no_body", "steps[1].body", "step 2 has no body"),
    (step(delay_days=-1), "out_of_bounds", "steps[0].delay_days", "must be 0 or more, not -1"),
    (step(delay_days=1.5), "wrong_kind", "steps[0].delay_days", "expected an integer, got 1.5"),
    (step(delay_days=None), "wrong_kind", "steps[0].delay_days", "expected an integer, got nothing"),
    (with_steps(*VALID.steps[:1], StepSpec(body="x")), "no_delay", "steps[1].delay_days",
     "this step is sent on the same day as the previous one"),
    (step(kind="LETTER"), "unknown_value", "steps[0].kind", "'LETTER' is not a valid value"),
    (step(winning_metric="LUCK"), "unknown_value", "steps[0].winning_metric", "'LUCK' is not a valid value"),
    (step(distribution=["x"]), "wrong_kind", "steps[0].distribution",
     "expected one of MANUAL_EQUAL, MANUAL_PERCENTAGE, AI_EQUAL, got a list"),
    (step(test_share=19), "out_of_bounds", "steps[0].test_share", "must be from 20 to 100, not 19"),
    # variants
    (variants(60, 30), "shares_not_100", "steps[0].variants", "the shares of the variants add up to 90, not 100"),
    (variants(100, None), "shares_missing", "steps[0].variants[1].share",
     "this variant has no share, but other variants of the step have one"),
    (variants(101, 0), "out_of_bounds", "steps[0].variants[0].share", "must be from 0 to 100, not 101"),
    (variants(None, None, distribution="MANUAL_PERCENTAGE"), "shares_missing", "steps[0].distribution",
     "MANUAL_PERCENTAGE requires a share for every variant"),
    (variants(50, 50, distribution="AI_EQUAL"), "shares_unused", "steps[0].distribution",
     "AI_EQUAL distributes the leads itself, so the variants must not have shares"),
    (step(variants=(VariantSpec(label="A"), VariantSpec(label="A"))), "duplicate_label",
     "steps[0].variants[1].label", "variants 1 and 2 both have the label A"),
    (step(variants=(VariantSpec(label="b"),)), "bad_label", "steps[0].variants[0].label",
     "a label must be one capital letter, not 'b'"),
    (step(subject=None, variants=(VariantSpec("Hi"), VariantSpec())), "no_subject",
     "steps[0].variants[1].subject", "step 1, variant B, has no subject"),
    (variants(*[None] * 27), "too_many_variants", "steps[0].variants", "the step has 27 variants; the maximum is 26"),
    # mailboxes
    (attrs.evolve(mailboxes(), start=False), "no_mailboxes", "mailboxes", "no mailboxes are selected"),
    (mailboxes(ids=(1, 0)), "out_of_bounds", "mailboxes.ids[1]", "must be 1 or more, not 0"),
    (mailboxes(ids=5), "wrong_kind", "mailboxes.ids", "expected a list, got 5"),
    (mailboxes(ids=(5, 5)), "duplicate_mailbox", "mailboxes.ids[1]", "5 is listed twice"),
    (mailboxes(addresses=("a@b.example", "A@B.example")), "duplicate_mailbox", "mailboxes.addresses[1]",
     "A@B.example is listed twice"),
    (mailboxes(addresses=("ann",)), "malformed_address", "mailboxes.addresses[0]",
     "'ann' is not an e-mail address: it has no @"),
    (mailboxes(addresses=(4,)), "wrong_kind", "mailboxes.addresses[0]", "expected an e-mail address, got 4"),
    (mailboxes(tag=4), "wrong_kind", "mailboxes.tag", "expected a string, got 4"),
    # schedule
    (schedule(timezone=None), "no_timezone", "schedule.timezone", "the schedule has no time zone"),
    (schedule(timezone="Europe/Berln"), "bad_timezone", "schedule.timezone",
     "'Europe/Berln' is not an IANA time zone"),
    (schedule(timezone=["x"]), "wrong_kind", "schedule.timezone", "expected a string, got a list"),
    (schedule(days=()), "no_days", "schedule.days", "no days are given"),
    (schedule(days={"mon": 1}), "wrong_kind", "schedule.days", "expected a list, got a mapping"),
    (schedule(days=("mon", "funday")), "bad_day", "schedule.days[1]", "'funday' is not a day of the week"),
    (schedule(days=(8,)), "bad_day", "schedule.days[0]", "8 is not a day of the week"),
    (schedule(days=("t",)), "bad_day", "schedule.days[0]", "'t' is not a day of the week"),
    (schedule(start="9:00"), "bad_hours", "schedule.start", "'9:00' is not a time of day"),
    (schedule(end="24:00"), "bad_hours", "schedule.end", "'24:00' is not a time of day"),
    (schedule(end=1020), "wrong_kind", "schedule.end", 'expected a time of day such as "09:00", got 1020'),
    (schedule(start="17:00"), "bad_hours", "schedule.end", "the end, 17:00, is not later than the start, 17:00"),
    (schedule(minutes_between_emails=2), "out_of_bounds", "schedule.minutes_between_emails",
     "must be 3 or more, not 2"),
    (schedule(new_leads_per_day=0), "out_of_bounds", "schedule.new_leads_per_day", "must be 1 or more, not 0"),
    (schedule(starts_at=dt.datetime.fromisoformat("2027-01-11")), "no_offset", "schedule.starts_at",
     "2027-01-11T00:00:00 has no UTC offset"),
    (schedule(starts_at=dt.datetime.fromisoformat("0001-01-01T00:00:00+14:00")), "unlikely_date", "schedule.starts_at",
     "0001-01-01T00:00:00+14:00 is not in the years from 2000 to 2199"),
    (schedule(starts_at=dt.datetime.fromisoformat("9999-12-31T23:59:59-12:00")), "unlikely_date", "schedule.starts_at",
     "9999-12-31T23:59:59-12:00 is not in the years from 2000 to 2199"),
    (schedule(starts_at="soon"), "wrong_kind", "schedule.starts_at",
     "expected a date and time such as 2027-01-11T09:00:00+01:00, got 'soon'"),
    # settings
    (settings(), "no_settings", "settings", "no settings are given"),
    (settings(track_settings=("DONT_EMAIL_OPEN",)), "unknown_value", "settings.track_settings[0]",
     "'DONT_EMAIL_OPEN' is not a valid value"),
    (settings(track_settings="DONT_TRACK_EMAIL_OPEN"), "wrong_kind", "settings.track_settings",
     "expected a list, got 'DONT_TRACK_EMAIL_OPEN'"),
    (settings(stop_lead_settings="NEVER"), "unknown_value", "settings.stop_lead_settings",
     "'NEVER' is not a valid value"),
    (settings(follow_up_percentage=101), "out_of_bounds", "settings.follow_up_percentage",
     "must be from 0 to 100, not 101"),
    (settings(unsubscribe_text=1), "wrong_kind", "settings.unsubscribe_text", "expected a string, got 1"),
    (settings(bounce_autopause_threshold=5), "wrong_kind", "settings.bounce_autopause_threshold",
     "expected a string, got 5"),
    (settings(ai_categorisation_options=("x",)), "wrong_kind", "settings.ai_categorisation_options[0]",
     "expected an integer, got 'x'"),
    (settings(out_of_office_detection_settings=OutOfOfficeSettings(reactivate_ooo_with_delay=-1)),
     "out_of_bounds", "settings.out_of_office_detection_settings.reactivate_ooo_with_delay",
     "must be 0 or more, not -1"),
    *((settings(**{name: "yes"}), "wrong_kind", f"settings.{name}", "expected true or false, got 'yes'")
      for name in ("send_as_plain_text", "force_plain_text", "enable_ai_esp_matching", "add_unsubscribe_tag",
                   "auto_pause_domain_leads_on_reply", "ignore_ss_mailbox_sending_limit", "domain_level_rate_limit")),
    # leads and their import
    (campaign(leads=(LeadInput("nobody"),)), "malformed_address", "leads[0].email",
     "'nobody' is not an e-mail address: it has no @"),
    (campaign(leads=(LeadInput("a@b.example"), LeadInput("A@B.EXAMPLE"))), "duplicate_address",
     "leads[1].email", "A@B.EXAMPLE already appears in leads[0]"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("spec", "code", "path", "message"), WRONG, ids=[f"{code} {path}" for _, code, path, _ in WRONG]
)
def test_each_problem_is_reported_with_its_path(
    spec: CampaignSpec, code: str, path: str, message: str
) -> None:
    (problem,) = spec.problems()
    assert (problem.code, problem.path) == (code, path)
    assert problem.message.startswith(message)


WARNINGS = {"no_delay", "duplicate_mailbox", "no_settings", "duplicate_address"}


@pytest.mark.parametrize("spec", [spec for spec, *_ in WRONG])
def test_validate_raises_for_errors_and_ignores_warnings(spec: CampaignSpec) -> None:
    (problem,) = spec.problems()
    assert problem.is_error is (problem.code not in WARNINGS)
    if problem.is_error:
        with pytest.raises(InvalidPlan) as raised:
            spec.validate()
        assert raised.value.problems == (problem,)
    else:
        spec.validate()


@pytest.mark.parametrize(
    "spec",
    [
        variants(*[None] * 26),
        step(variants=tuple(VariantSpec(label=chr(65 + i)) for i in range(26))),
        variants(100, 0),
        step(test_share=20),
        schedule(minutes_between_emails=3, new_leads_per_day=1, end="23:59", start="00:00"),
        settings(follow_up_percentage=100),
        campaign(name="x" * 255),
    ],
)
def test_values_at_the_limits_are_valid(spec: CampaignSpec) -> None:
    assert messages(spec) == []


def test_all_problems_are_reported_at_once() -> None:
    spec = attrs.evolve(
        VALID,
        name="",
        steps=(StepSpec(body="x", delay_days=-2), StepSpec(delay_days=1)),
        schedule=ScheduleSpec("Mars/Base", days=("noday",), start="x", minutes_between_emails=1),
    )
    with pytest.raises(InvalidPlan) as raised:
        spec.validate()
    assert [p.path for p in raised.value.problems] == [
        "name",
        "steps[0].delay_days",
        "steps[0].subject",
        "steps[1].body",
        "schedule.timezone",
        "schedule.days[0]",
        "schedule.start",
        "schedule.minutes_between_emails",
    ]


def test_advice_says_what_to_write_instead() -> None:
    def advice(spec: CampaignSpec) -> str:
        (problem,) = spec.problems()
        return problem.advice

    assert advice(schedule(timezone="Europe/Berln")) == "Did you mean 'Europe/Berlin'?"
    assert advice(schedule(start="9:00")) == "Write 09:00."
    assert advice(schedule(days=("mondey",))) == "Did you mean 'monday'?"
    assert advice(settings(stop_lead_settings="REPLY_TO_EMAIL")) == "Did you mean 'REPLY_TO_AN_EMAIL'?"
    assert advice(settings(stop_lead_settings="NEVER")).startswith("Valid choices: REPLY_TO_AN_EMAIL, ")


def test_invalid_plan_is_a_readable_configuration_error_that_can_be_pickled() -> None:
    problems = [
        Problem(Severity.ERROR, "c", f"flaw {i}", "steps[0]", file="plan.yaml", line=i, advice="Mend it.")
        for i in range(1, 8)
    ]
    invalid = InvalidPlan(problems)
    assert isinstance(invalid, ConfigurationError)
    assert isinstance(invalid, SmartleadError)
    assert str(invalid).splitlines()[0] == "plan.yaml:1: error: steps[0]: flaw 1. Mend it."
    assert str(invalid).splitlines()[-1] == "… and 2 more"
    again = pickle.loads(pickle.dumps(invalid))
    assert again.problems == invalid.problems
    assert str(again) == str(invalid)


def test_a_problem_is_readable_with_and_without_a_place() -> None:
    bare = Problem(Severity.WARNING, "c", "odd")
    assert str(bare) == "warning: odd"
    assert str(bare.at(Place("leads.csv"))) == "leads.csv: warning: odd"
    placed = bare.at(Place("leads.csv", 3))
    assert str(placed) == "leads.csv:3: warning: odd"
    assert placed.at(Place("other.csv", 9)) is placed


# --- days, variants ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("days", "numbers"),
    [
        (("mon-fri",), (1, 2, 3, 4, 5)),
        (("Monday", "WED", "su"), (0, 1, 3)),
        (("fri-mon",), (0, 1, 5, 6)),
        ((0, 7, 6), (0, 6)),
        (("1-3", "thursday - friday"), (1, 2, 3, 4, 5)),
        (("sun-sun",), (0,)),
    ],
)
def test_days_become_numbers_with_sunday_as_zero(days: tuple[Any, ...], numbers: tuple[int, ...]) -> None:
    assert ScheduleSpec("UTC", days=days).day_numbers == numbers


def test_variants_inherit_omitted_values_and_get_the_next_free_label() -> None:
    spec = StepSpec(
        "S", "B", variants=(VariantSpec(share=30), VariantSpec("S2", label="X"), VariantSpec(body=""))
    )
    assert spec.mails() == (
        VariantSpec("S", "B", 30, "A"),
        VariantSpec("S2", "B", None, "X"),
        VariantSpec("S", "", None, "B"),
    )
    assert StepSpec("S", "B").mails() == (VariantSpec("S", "B"),)


def test_the_distribution_defaults_to_what_the_shares_imply() -> None:
    assert StepSpec().variant_distribution is None
    equal = StepSpec(variants=(VariantSpec(), VariantSpec()))
    assert equal.variant_distribution is VariantDistribution.MANUAL_EQUAL
    shared = StepSpec(variants=(VariantSpec(share=50), VariantSpec(share=50)))
    assert shared.variant_distribution is VariantDistribution.MANUAL_PERCENTAGE
    ai = StepSpec(variants=(VariantSpec(), VariantSpec()), distribution=VariantDistribution.AI_EQUAL)
    assert ai.variant_distribution is VariantDistribution.AI_EQUAL


def test_only_addresses_and_tags_need_a_lookup() -> None:
    assert not MailboxChoice(ids=(1,)).needs_lookup
    assert MailboxChoice(ids=(1,), tag="x").needs_lookup
    assert MailboxChoice(addresses=("a@b.example",)).needs_lookup
    assert not MailboxChoice()


# --- keys and fingerprints ---------------------------------------------------------------------------


def test_keys_default_to_client_and_name_and_are_numbered_if_repeated() -> None:
    specs = [
        CampaignSpec("A"),
        CampaignSpec("A", client_id=7),
        CampaignSpec("A"),
        CampaignSpec("B", key="mine"),
        CampaignSpec("A"),
        CampaignSpec("a"),
    ]
    assert [s.identity for s in with_keys(specs)] == ["A", "7/A", "A #2", "mine", "A #3", "a"]


def test_assigning_keys_again_does_not_change_them() -> None:
    once = list(with_keys([CampaignSpec("A"), CampaignSpec("A")]))
    assert list(with_keys(once)) == once


@pytest.mark.parametrize("first", [CampaignSpec("A", key="k"), CampaignSpec("k")])
def test_a_duplicate_explicit_key_is_rejected(first: CampaignSpec) -> None:
    with pytest.raises(InvalidPlan, match="another campaign of the plan has the key 'k'"):
        list(with_keys([first, CampaignSpec("B", key="k")]))


def test_keys_are_assigned_as_a_stream() -> None:
    def endless() -> Iterator[CampaignSpec]:
        while True:
            yield CampaignSpec("A")

    stream = with_keys(endless())
    assert [next(stream).identity, next(stream).identity] == ["A", "A #2"]


CHANGES: list[Callable[[CampaignSpec], CampaignSpec]] = [
    lambda s: attrs.evolve(s, name="Other"),
    lambda s: attrs.evolve(s, client_id=8),
    lambda s: attrs.evolve(s, steps=s.steps[:1]),
    lambda s: attrs.evolve(s, steps=(attrs.evolve(s.steps[0], kind=StepType.MANUAL), s.steps[1])),
    lambda s: attrs.evolve(s, mailboxes=MailboxChoice(ids=(501,))),
    lambda s: attrs.evolve(s, schedule=ScheduleSpec("Europe/Berlin")),
    lambda s: attrs.evolve(s, settings=SettingsSpec(follow_up_percentage=1)),
    lambda s: attrs.evolve(s, lead_import=None),
    lambda s: attrs.evolve(s, start=False),
    lambda s: attrs.evolve(s, leads=tuple(s.iter_leads())[:1]),
    lambda s: attrs.evolve(s, leads=(LeadInput("lin@prospect.example", custom_fields={"a": "1"}),)),
    lambda s: attrs.evolve(s, leads=tuple(s.iter_leads())[::-1]),
]


@pytest.mark.parametrize("change", CHANGES)
def test_every_change_of_content_changes_the_fingerprint(
    change: Callable[[CampaignSpec], CampaignSpec],
) -> None:
    assert change(VALID).fingerprint() != VALID.fingerprint()


def test_key_place_and_kind_of_sequence_do_not_change_the_fingerprint() -> None:
    moved = attrs.evolve(VALID, key="k", origin=Origin("plan.yaml", 3))
    assert moved.fingerprint() == VALID.fingerprint()
    listed = attrs.evolve(VALID, steps=list(VALID.steps), leads=list(VALID.iter_leads()))
    assert listed.fingerprint() == VALID.fingerprint()


def test_a_fingerprint_does_not_change_between_versions() -> None:
    """Ledgers compare it with what an earlier release wrote: a change here asks people to start anew."""
    assert CampaignSpec("A", client_id=1).fingerprint() == (
        "35ba6e3903f1d1ccf70f41c7c86acb99003fcb60568df79fa77a3edf21b164b7"
    )


# --- leads -------------------------------------------------------------------------------------------


class Source:
    """A lead source defined outside the package."""

    file = "crm"

    def __init__(self, *rows: LeadRow) -> None:
        self._rows = rows

    def rows(self) -> Iterator[LeadRow]:
        return iter(self._rows)


def test_leads_of_a_source_are_unique_and_can_be_read_again() -> None:
    rows = [
        LeadRow(LeadInput(a), line) for line, a in enumerate(["a@b.example", "c@b.example", "A@b.example"], 2)
    ]
    spec = attrs.evolve(VALID, leads=Source(*rows))
    for _ in range(2):
        assert [lead.email for lead in spec.iter_leads()] == ["a@b.example", "c@b.example"]
    (again,) = [p for row in spec.lead_rows() for p in row.problems]
    assert (again.file, again.line, again.message) == ("crm", 4, "A@b.example already appears on line 2")


def test_reading_leads_stops_at_an_error_but_not_at_a_warning() -> None:
    flaw = Problem(Severity.ERROR, "x", "bad row", file="crm", line=3)
    spec = attrs.evolve(VALID, leads=Source(LeadRow(LeadInput("a@b.example"), 2), LeadRow(None, 3, (flaw,))))
    leads = spec.iter_leads()
    assert next(leads).email == "a@b.example"
    with pytest.raises(InvalidPlan, match="crm:3: error: bad row"):
        next(leads)
    odd = attrs.evolve(flaw, severity=Severity.WARNING)
    spec = attrs.evolve(VALID, leads=Source(LeadRow(None, 2, (odd,)), LeadRow(LeadInput("a@b.example"), 3)))
    assert [lead.email for lead in spec.iter_leads()] == ["a@b.example"]


@pytest.mark.parametrize(
    ("address", "flaw"),
    [
        ("plain", "it has no @"),
        ("@b.example", "there is nothing before the @"),
        ("a@", "there is nothing after the @"),
        ("a@b@c.example", "it has more than one @"),
        ("a b@c.example", "it contains whitespace or an invalid character"),
        ("<a@c.example", "it contains whitespace or an invalid character"),
        ("'a@c.example", "it begins with '"),
        ("=a@c.example", "it begins with ="),
        ("ａ@c.example", "it contains U+FF41 fullwidth latin small letter a"),
        (".a@c.example", "it has a misplaced dot"),
        ("a..b@c.example", "it has a misplaced dot"),
        ("a@example", "its domain has no dot"),
        ("a@b..example", "its domain is malformed"),
        ("a@-b.example", "its domain is malformed"),
        ("a@b_.example", "its domain is malformed"),
        ("a@b.example>", "its domain is malformed"),
        ("a@b.1", "its domain cannot end in .1"),
        ("a@b.12", "its domain cannot end in .12"),
        ("x" * 65 + "@b.example", "there are more than 64 characters before the @"),
        ("a@" + "b." * 130 + "example", "it is longer than 254 characters"),
    ],
)
def test_a_malformed_address_is_rejected_with_the_reason(address: str, flaw: str) -> None:
    assert address_flaw(address) == flaw


@pytest.mark.parametrize(
    "address",
    [
        "a@b.example",
        "ann.o'hara+tag@sub.b.example",
        "zoë@bücher.example",
        "李@例子.example",
        "_x-1@a--b.example",
        "a/b=c!@b.co",
        "x" * 64 + "@b.example",
        "a@" + "b." * 122 + "example1",
    ],
)
def test_a_plausible_address_is_accepted(address: str) -> None:
    assert address_flaw(address) is None


@given(st.text(alphabet="aZ9_+-.@", max_size=6), st.text(alphabet="a9-.", max_size=6))
def test_the_fast_look_at_an_address_agrees_with_the_thorough_one(local: str, domain: str) -> None:
    address = f"{local}@{domain}.example"
    with mock.patch.object(addresses, "_USUAL", re.compile(r"\Znever")):
        thorough = addresses.address_flaw(address)
    assert addresses.address_flaw(address) == thorough


def test_addresses_are_equal_regardless_of_case_and_whitespace() -> None:
    assert normalize_address(" Zoë@B.Example ") == "zoë@b.example"
    assert address_digest(" A@B.example") == address_digest("a@b.EXAMPLE")
    assert address_digest("a@b.example") != address_digest("c@b.example")


def test_a_phone_number_that_is_an_integer_is_the_same_lead_as_its_digits() -> None:
    number, digits = (
        CampaignSpec("A", leads=[LeadInput("a@b.example", phone_number=p)]) for p in (47900, "47900")
    )
    assert list(number.iter_leads()) == list(digits.iter_leads())
    assert number.fingerprint() == digits.fingerprint()


def test_steps_that_change_in_place_are_checked_again() -> None:
    steps = [StepSpec("Hello", "Hello")]
    spec = CampaignSpec("Dentists", steps=steps)
    assert spec.problems() == []
    steps.append(StepSpec(5))  # type: ignore[arg-type]
    assert any("steps[1]" in problem.path for problem in spec.problems())


def test_a_value_that_is_flawless_as_one_part_is_checked_as_another() -> None:
    assert CampaignSpec("Dentists", steps=()).problems() == []
    assert CampaignSpec("Dentists", schedule=()).problems() != []  # type: ignore[arg-type]


def test_a_flaw_of_a_part_that_campaigns_share_is_found_in_each() -> None:
    settings = SettingsSpec(follow_up_percentage=101)
    for name in ("Dentists", "Founders"):
        assert [p.path for p in CampaignSpec(name, settings=settings).problems()] == [
            "settings.follow_up_percentage"
        ]
