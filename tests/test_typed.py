"""Values of the wrong type are refused when a request or one of its parts is constructed."""

from __future__ import annotations

import datetime as dt
import decimal
import functools
import importlib
import pkgutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, get_args, get_origin, get_type_hints

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from smartlead_async import api
from smartlead_async.api.campaigns.create import CreateCampaign
from smartlead_async.api.campaigns.leads import AddLeads, ListCampaignLeads
from smartlead_async.api.campaigns.models import CampaignAction
from smartlead_async.api.campaigns.setup import AddEmailAccounts, SaveSequences, UpdateSchedule, UpdateStatus
from smartlead_async.api.email_accounts.save import OAuthToken
from smartlead_async.api.leads.models import ImportSettings, LeadInput
from smartlead_async.limits import Window
from smartlead_async.pipeline.retry import RetryPolicy
from smartlead_async.provisioning.job.options import JobOptions, ReconcilePolicy
from smartlead_async.typed import Typed, WrongType, mismatch, union_members

AWARE = dt.datetime(2027, 1, 11, 9, tzinfo=dt.UTC)
DAY = AWARE.date()
NAIVE = AWARE.replace(tzinfo=None)


@functools.cache
def hints(cls: Any) -> dict[str, Any]:
    """Return the types of the fields of a class."""
    return get_type_hints(cls)


def anything(value: object) -> Any:
    """Hide a wrong type from type checkers."""
    return value


def typed_classes() -> list[Any]:
    """Return every class of the package whose instances users construct."""
    for module in pkgutil.walk_packages(api.__path__, f"{api.__name__}."):
        importlib.import_module(module.name)

    def below(cls: Any) -> Iterator[Any]:
        for sub in cls.__subclasses__():
            yield sub
            yield from below(sub)

    # Of a class with slots, the first form may still exist, which has no fields of its own.
    own = {c for c in below(Typed) if "__attrs_attrs__" in vars(c)}
    found = {c for c in own if c.__module__.startswith("smartlead_async.")}
    return sorted(found, key=lambda cls: (cls.__module__, cls.__name__))


OTHERS: list[object] = [
    None, True, 5, 2**70, 1.5, float("nan"), "text", b"bytes", decimal.Decimal(1), {1}, {"key": object()},
    [object()], (object(),), {1: 2}, object(), object, NAIVE, AWARE, AWARE.date(), range(2),
]  # fmt: skip


def valid(kind: Any) -> Any:
    """Return a value of a type, for the other fields of a class."""
    kind = (union_members(kind) or (kind,))[0]
    if attrs.has(kind):
        return instance(kind)
    match get_origin(kind) or kind:
        case origin if origin in (Sequence, tuple):
            return (valid(get_args(kind)[0]),)
        case origin if origin is Mapping:
            return {}
        case origin:
            samples: dict[Any, Any] = {
                str: "A",
                int: 5,
                bool: True,
                float: 1.0,
                dt.datetime: AWARE,
                dt.date: DAY,
            }
            return samples[origin] if origin in samples else next(iter(origin))


SPECIAL = {
    "timezone": "UTC",
    "start_hour": "09:00",
    "end_hour": "17:00",
    "limit": 10,
    "phone": "123",
    "phone_cc": "+34",
    "color": "#FF5733",
}


ONE_OF_SEVERAL: dict[str, dict[str, Any]] = {
    "SendEmail": {"from_email_id": 501},
    "FetchContacts": {"limit": 10},
    "ListContacts": {"filter_id": 5},
    "PushBetweenLists": {"from_list_id": 601},
    "PushToCampaign": {"campaign_id": 4101},
}
"""Values of fields without which a request is refused although each has a default."""


@functools.cache
def arguments(cls: Any) -> dict[str, Any]:
    """Return valid values for the fields of a class that have no default."""
    kinds = hints(cls)
    required = [a for a in attrs.fields(cls) if a.default is attrs.NOTHING]
    values = {a.alias: SPECIAL.get(a.name, valid(kinds[a.name])) for a in required}
    return values | ONE_OF_SEVERAL.get(cls.__name__, {})


def instance(cls: Any) -> Any:
    return cls(**arguments(cls))


def parts_of(kind: Any) -> Iterator[Any]:
    """Yield the attrs classes that an annotation mentions."""
    if attrs.has(kind):
        yield kind
    for argument in get_args(kind):
        yield from parts_of(argument)


@pytest.mark.parametrize("cls", typed_classes(), ids=lambda cls: cls.__name__)
def test_the_parts_of_a_request_check_their_types_too(cls: Any) -> None:
    kinds = hints(cls)
    parts = {part for field in attrs.fields(cls) for part in parts_of(kinds[field.name])}
    assert [part for part in parts if not issubclass(part, Typed)] == []


@pytest.mark.parametrize("cls", typed_classes(), ids=lambda cls: cls.__name__)
def test_valid_values_are_accepted(cls: Any) -> None:
    assert isinstance(instance(cls), cls)


def fields_of(cls: Any) -> Iterator[tuple[Any, Any]]:
    """Yield the fields of a class with their types."""
    return ((field, hints(cls)[field.name]) for field in attrs.fields(cls))


@pytest.mark.parametrize("cls", typed_classes(), ids=lambda cls: cls.__name__)
def test_every_field_refuses_values_of_other_types_by_name(cls: Any) -> None:
    for field, kind in fields_of(cls):
        wrong = [value for value in OTHERS if mismatch(kind, value)]
        assert wrong, field.name
        for value in wrong:
            with pytest.raises(
                WrongType, match=f"^{cls.__name__}\\.{field.alias}[^ ]* (key )?must be .*, not "
            ):
                cls(**{**arguments(cls), field.alias: value})


@pytest.mark.parametrize("cls", typed_classes(), ids=lambda cls: cls.__name__)
def test_the_fast_check_of_a_class_agrees_with_the_examination(cls: Any) -> None:
    for field, kind in fields_of(cls):
        for value in OTHERS:
            try:
                cls(**{**arguments(cls), field.alias: value})
                refused = False
            except WrongType:
                refused = True
            except ValueError:
                refused = False  # the type is right, and a validator found another fault
            assert refused is bool(mismatch(kind, value)), (field.name, value)


MESSAGES: list[tuple[Callable[[], object], str]] = [
    (lambda: CreateCampaign(anything(5)), "CreateCampaign.name must be a string or None, not 5 (an integer)"),
    (lambda: CreateCampaign(client_id=True),
     "CreateCampaign.client_id must be an integer or None, not True (a boolean)"),
    (lambda: CreateCampaign(client_id=2**70),
     "CreateCampaign.client_id must be an integer or None, not an integer of 71 bits, which is too large"),
    (lambda: AddLeads(1, [anything({"email": "lin@prospect.example"})]),
     "AddLeads.lead_list[0] must be a LeadInput, not a dict"),
    (lambda: AddLeads(1, anything("lin")),
     "AddLeads.lead_list must be a list or tuple, not 'lin' (a string)"),
    (lambda: AddLeads(anything("abc"), [LeadInput("a@b.example")]),
     "AddLeads.campaign_id must be an integer, not 'abc' (a string)"),
    (lambda: AddLeads(anything(None), []), "AddLeads.campaign_id must be an integer, not None"),
    (lambda: LeadInput(anything(("lin@prospect.example",))), "LeadInput.email must be a string, not a tuple"),
    (lambda: LeadInput("a@b.example", custom_fields={"x": decimal.Decimal(1)}),
     "LeadInput.custom_fields['x'] must be a value that JSON can carry, not a Decimal"),
    (lambda: LeadInput("a@b.example", custom_fields={"x": [1, {"y": float("nan")}]}),
     "LeadInput.custom_fields['x'][1]['y'] must be a value that JSON can carry, not nan (a number)"),
    (lambda: LeadInput("a@b.example", custom_fields=anything({5: "x"})),
     "LeadInput.custom_fields key must be a string, not 5 (an integer)"),
    (lambda: ListCampaignLeads(1, created_at_gt=NAIVE),
     "ListCampaignLeads.created_at_gt must be an aware datetime or None, not a datetime without a time zone"),
    (lambda: AddEmailAccounts(1, anything({501})),
     "AddEmailAccounts.email_account_ids must be a list or tuple, not a set"),
    (lambda: RetryPolicy(deadline=float("nan")),
     "RetryPolicy.deadline must be a number or None, not nan (a number)"),
    (lambda: RetryPolicy(max_attempts=anything("5")),
     "RetryPolicy.max_attempts must be an integer, not '5' (a string)"),
    (lambda: Window(anything("10"), 1.0), "Window.limit must be an integer, not '10' (a string)"),
    (lambda: JobOptions(ledger=anything("jobs.ledger")),
     "JobOptions.ledger must be a Ledger or None, not 'jobs.ledger' (a string)"),
    (lambda: JobOptions(strategy=anything(None)),
     "JobOptions.strategy must be one of 'full', 'clone', not None"),
]  # fmt: skip


@pytest.mark.parametrize(("make", "message"), MESSAGES, ids=[message[:50] for _, message in MESSAGES])
def test_the_message_says_what_is_due_and_what_was_given(make: Callable[[], object], message: str) -> None:
    with pytest.raises(WrongType) as refused:
        make()
    assert str(refused.value) == message


def test_a_wrong_type_is_a_value_error_and_a_type_error() -> None:
    assert issubclass(WrongType, ValueError)
    assert issubclass(WrongType, TypeError)


def test_a_secret_and_an_address_are_not_shown() -> None:
    with pytest.raises(WrongType) as secret:
        OAuthToken("scope", "Bearer", 1, access_token=anything(123456))
    assert str(secret.value) == "OAuthToken.access_token must be a string or None, not an integer"
    with pytest.raises(WrongType) as address:
        AddLeads(anything("lin@prospect.example"), [])
    assert str(address.value) == "AddLeads.campaign_id must be an integer, not '(address)' (a string)"


def test_a_long_value_is_cut() -> None:
    with pytest.raises(WrongType) as refused:
        AddLeads(anything("x" * 100_000), [])
    assert len(str(refused.value)) < 120


def test_integers_are_numbers_and_any_sequence_is_a_list() -> None:
    assert RetryPolicy(deadline=60).deadline == 60
    assert AddEmailAccounts(1, range(2)).email_account_ids == range(2)
    assert AddEmailAccounts(1, (501,)).email_account_ids == (501,)


def test_lists_become_tuples_where_the_class_holds_tuples() -> None:
    assert ReconcilePolicy(anything([1, 2])).checks == (1, 2)
    request = UpdateSchedule(
        1,
        timezone="UTC",
        days_of_the_week=[7],
        start_hour="09:00",
        end_hour="17:00",
        min_time_btw_emails=3,
        max_new_leads_per_day=1,
    )
    assert request.days_of_the_week == (0,)


def test_an_enum_member_and_its_string_are_accepted() -> None:
    assert UpdateStatus(1, "START") == UpdateStatus(1, CampaignAction.START)


def test_types_are_checked_before_values_are_converted_or_validated() -> None:
    with pytest.raises(WrongType, match=r"UpdateSchedule\.days_of_the_week must be a list or tuple, not 5"):
        attrs.evolve(valid_schedule(), days_of_the_week=anything(5))
    with pytest.raises(WrongType, match=r"UpdateSchedule\.start_hour must be a string, not 9"):
        attrs.evolve(valid_schedule(), start_hour=anything(9))


def valid_schedule() -> UpdateSchedule:
    request: UpdateSchedule = instance(UpdateSchedule)
    return request


def test_a_subclass_checks_its_own_fields() -> None:
    @attrs.frozen
    class Base(Typed):
        first: int

    Base(1)

    @attrs.frozen
    class Sub(Base):
        type: Sequence[ImportSettings] | str

    Sub(1, "x")
    Base(1)
    with pytest.raises(WrongType, match=r"Sub\.type must be a list or tuple or a string, not 5"):
        Sub(1, anything(5))


def test_endless_nesting_is_refused() -> None:
    loop: dict[str, Any] = {}
    loop["x"] = loop
    with pytest.raises(WrongType, match="must be nested at most 100 deep"):
        LeadInput("a@b.example", custom_fields=loop)


JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**63 - 1)
    | st.text()
    | st.floats(allow_nan=False, allow_infinity=False),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=8,
)


@given(st.dictionaries(st.text(), JSON, max_size=5))
def test_everything_that_json_can_carry_is_a_custom_field(fields: dict[str, Any]) -> None:
    assert LeadInput("a@b.example", custom_fields=fields).custom_fields == fields


def test_a_sequence_refuses_items_that_are_not_steps() -> None:
    with pytest.raises(WrongType, match=r"SaveSequences\.sequences\[0\] must be a StepInput, not a dict"):
        SaveSequences(1, [anything({"seq_number": 1})])
