"""The leads that were sent are compared with those of the plan by 16 bytes each."""

from __future__ import annotations

import attrs
from hypothesis import given
from hypothesis import strategies as st

from smartlead_async import LeadInput
from smartlead_async.provisioning.changes.sent_leads import LeadChanges, SentLeads, entries_of, rewritten
from smartlead_async.provisioning.ledger.records import LeadBatch

PEOPLE = st.lists(
    st.builds(
        LeadInput,
        st.sampled_from([f"lead{n}@prospect.example" for n in range(12)]),
        first_name=st.sampled_from([None, "Ada", "Bo"]),
    ),
    unique_by=lambda lead: lead.email,
)


def sent(leads: list[LeadInput], *, is_done: bool = True) -> SentLeads:
    return SentLeads.of([LeadBatch(0, entries_of(leads), is_done)])


@given(PEOPLE, PEOPLE)
def test_every_lead_is_added_changed_removed_or_as_it_was(
    before: list[LeadInput], after: list[LeadInput]
) -> None:
    old, new = ({lead.email: lead for lead in leads} for leads in (before, after))
    changed = sum(old[email] != new[email] for email in old.keys() & new.keys())
    expected = LeadChanges(len(new.keys() - old.keys()), changed, len(old.keys() - new.keys()))
    assert sent(before).compare(after) == expected


@given(PEOPLE, PEOPLE)
def test_an_import_without_a_response_is_repeated_and_what_left_the_plan_is_removed(
    before: list[LeadInput], after: list[LeadInput]
) -> None:
    changes = sent(before, is_done=False).compare(after)
    gone = {lead.email for lead in before} - {lead.email for lead in after}
    assert (changes.added, changes.removed) == (len(after), len(gone))


def test_an_address_that_is_written_differently_is_the_same_lead() -> None:
    lead = LeadInput("Lin@Prospect.example")
    assert sent([lead]).has(LeadInput("lin@prospect.example"))


def test_a_lead_that_may_have_been_imported_with_other_data_is_updated() -> None:
    lead = LeadInput("lin@prospect.example", first_name="Lin")
    doubtful = sent([lead], is_done=False)
    assert not doubtful.needs_update(lead)
    assert doubtful.needs_update(attrs.evolve(lead, first_name="Linus"))


def test_a_batch_takes_16_bytes_a_lead_and_is_rewritten() -> None:
    leads = [LeadInput(f"lead{n}@prospect.example") for n in range(3)]
    batch = LeadBatch(0, entries_of(leads), is_done=True)
    assert len(batch.entries) == 48
    gone = SentLeads.of([batch]).removed(leads[1:])
    assert rewritten(batch, without=gone) == LeadBatch(0, entries_of(leads[1:]), is_done=True)
