"""The map of public names: each operation of the API has the method that the map says, and no other."""

from __future__ import annotations

from collections import Counter
from typing import Final

import pytest

from smartlead_async.api.areas import resources
from smartlead_async.resource import methods, pages

from .contract import OPERATIONS, PUBLIC_NAMES
from .method_type_checks import FILE, method_types
from .operations_page import PAGE, operations_page

METHODS: Final = {name for name in PUBLIC_NAMES.values() if name != "(not offered)"}

_ITERATORS: Final = """
    campaigns.iter_activities campaigns.iter_leads leads.iter_all leads.iter_global email_accounts.iter_all
    campaign_statistics.iter_leads campaign_statistics.iter_mailboxes campaign_statistics.iter_all
    analytics.iter_campaign_performance analytics.iter_client_performance
    analytics.iter_domain_wise_health analytics.iter_email_wise_health
    inbox.iter_archived inbox.iter_assigned_to_me inbox.iter_important inbox.iter_replies inbox.iter_reminders
    inbox.iter_scheduled inbox.iter_sent inbox.iter_snoozed inbox.iter_unread inbox.iter_untracked
    inbox.iter_view
    lead_lists.iter_all
    smart_delivery.iter_folders smart_delivery.iter_tests smart_delivery.iter_mailboxes_summary
    smart_prospect.iter_cities smart_prospect.iter_companies smart_prospect.iter_countries
    smart_prospect.iter_departments smart_prospect.iter_domains smart_prospect.iter_contacts
    smart_prospect.iter_head_counts smart_prospect.iter_industries smart_prospect.iter_job_titles
    smart_prospect.iter_keywords smart_prospect.iter_levels smart_prospect.iter_search_contacts
    smart_prospect.iter_fetched_searches smart_prospect.iter_recent_searches
    smart_prospect.iter_saved_searches smart_prospect.iter_states smart_prospect.iter_sub_industries
    block_list.iter_all
"""
ITERATORS: Final = frozenset(_ITERATORS.split())
AREAS: Final = sorted({name.partition(".")[0] for name in METHODS})


def existing_iterators() -> set[str]:
    return {
        f"{area}.{name}"
        for area, resource in resources().items()
        for name, method in methods(resource).items()
        if isinstance(method, pages)
    }


def of_area(area: str, names: set[str] | frozenset[str]) -> set[str]:
    return {name for name in names if name.startswith(f"{area}.")}


def test_the_map_has_217_methods_and_45_iterators_for_223_operations() -> None:
    assert (len(PUBLIC_NAMES), len(METHODS), len(ITERATORS)) == (223, 217, 45)


def test_operations_that_share_a_method_are_documented_twice() -> None:
    counts = Counter(PUBLIC_NAMES.values())
    assert {name: count for name, count in counts.items() if count > 1} == dict.fromkeys(
        [
            "campaigns.forward_email",
            "campaigns.reply_email_thread",
            "email_account_tags.update",
            "lead_notes.create",
            "lead_tasks.create",
        ],
        2,
    )


def test_every_method_and_every_iterator_is_in_the_map() -> None:
    assert set(OPERATIONS) - METHODS == set()
    assert existing_iterators() - ITERATORS == set()


@pytest.mark.parametrize("area", AREAS)
def test_an_area_has_every_method_and_iterator_of_the_map(area: str) -> None:
    assert of_area(area, METHODS) - set(OPERATIONS) == set()
    assert of_area(area, ITERATORS) - existing_iterators() == set()


def test_the_page_of_operations_is_current() -> None:
    assert PAGE.read_text("utf-8") == operations_page(), "run python -m tests.write_generated"


def test_the_types_of_the_methods_are_current() -> None:
    assert FILE.read_text("utf-8") == method_types(), "run python -m tests.write_generated"
