"""The campaigns that arguments name: by id, by name, or by a name with wildcards."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Sequence
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Annotated, Final

import typer

from ..wording import printable
from .output import CommandError

if TYPE_CHECKING:
    from ..api.campaigns.models import Campaign

_HELP: Final = "Ids or names of campaigns; * and ? are wildcards in names."
OptionalCampaigns = Annotated[
    list[str] | None,
    typer.Argument(metavar="[ID|NAME]...", help=f"{_HELP} Default: all.", show_default=False),
]
RequiredCampaigns = Annotated[list[str], typer.Argument(metavar="ID|NAME...", help=_HELP, show_default=False)]


def choose_campaigns(campaigns: Sequence[Campaign], terms: Iterable[str]) -> list[Campaign]:
    """Return the campaigns that any of the terms names, in their order; all of them without a term.

    A term that names none raises :class:`CommandError`: a typing error must not pass for an empty result.
    """
    wanted = list(terms)
    if not wanted:
        return list(campaigns)
    chosen = {campaign.id for term in wanted for campaign in _named(campaigns, term)}
    return [campaign for campaign in campaigns if campaign.id in chosen]


def is_named(campaign: Campaign, terms: Iterable[str]) -> bool:
    """Return whether a term is the id or the whole name of a campaign, and not a pattern."""
    return any(term in {str(campaign.id), campaign.name} for term in terms)


def _named(campaigns: Sequence[Campaign], term: str) -> Sequence[Campaign]:
    # The first rule that finds something: a name may be a number, or contain [brackets].
    if term.isdecimal() and (by_id := [each for each in campaigns if each.id == int(term)]):
        return by_id
    names = [(each, each.name or "") for each in campaigns]
    found = [each for each, name in names if name == term] or [
        each for each, name in names if fnmatchcase(name, term)
    ]
    if not found:
        raise CommandError(f"there is no campaign {printable(term)!r}: {_advice(term, campaigns)}")
    return found


def _advice(term: str, campaigns: Sequence[Campaign]) -> str:
    if not campaigns:
        return "the account has none that this key can see"
    names = [each.name for each in campaigns if each.name]
    near = difflib.get_close_matches(term, names, n=2, cutoff=0.6)
    near += [name for name in names if term.lower() in name.lower() and name not in near][: 2 - len(near)]
    if near:
        return f"did you mean {' or '.join(repr(printable(name)) for name in near)}?"
    return "`smartlead-async campaigns list` shows ids and names; wildcards are * and ?"
