"""Selections name a part of a plan or ledger."""

from __future__ import annotations

import pytest

from smartlead_async.plan.campaign import CampaignSpec
from smartlead_async.provisioning.ledger.records import CampaignRecord, CampaignState
from smartlead_async.provisioning.selection import Selection

DENTISTS = CampaignSpec("Dentists in Oslo", client_id=7, key="oslo")
FLORISTS = CampaignSpec("Florists in Porto")


@pytest.mark.parametrize(
    ("terms", "takes"),
    [
        ([], [True, True]),
        (["Dentists*"], [True, False]),
        (["oslo"], [True, False]),
        (["dentists*"], [False, False]),
        (["key:oslo", "name:Florists*"], [True, True]),
        (["client:7"], [True, False]),
        (["client:none"], [False, True]),
        (["client:7", "client:none"], [True, True]),
        (["*in*", "client:7"], [True, False]),
        (["state:failed"], [True, False]),
        (["state:new"], [False, True]),
        (["state:done"], [False, False]),
        (["Florists*", "state:failed"], [False, False]),
    ],
)
def test_terms_of_one_kind_are_alternatives_and_kinds_are_combined(
    terms: list[str], takes: list[bool]
) -> None:
    selection = Selection.parse(terms)
    found = [selection.takes(DENTISTS, CampaignState.FAILED), selection.takes(FLORISTS, None)]
    assert (found, bool(selection)) == (takes, bool(terms))


def test_a_campaign_of_the_ledger_is_selected_by_its_record() -> None:
    head = CampaignRecord("oslo", "Dentists in Oslo", 7, state=CampaignState.PAUSED).head
    assert Selection.parse(["state:paused", "client:7"]).takes_head(head)
    assert not Selection.parse(["state:done"]).takes_head(head)


@pytest.mark.parametrize("term", ["", "client:seven", "client:", "client:٣", "state:broken"])
def test_a_term_that_cannot_be_understood_is_refused(term: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        Selection.parse([term])
