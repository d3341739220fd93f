"""The campaigns, clients and categories that arguments name: by id, by name, or by a name with wildcards."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Sequence
from fnmatch import fnmatchcase
from typing import Annotated, Final, Protocol, TypeVar

import attrs
import typer

from ..wording import printable
from .output import CommandError

_MAX_DIGITS: Final = 18
_HELP: Final = "Ids or names of campaigns; * and ? are wildcards in names."
OptionalCampaigns = Annotated[
    list[str] | None,
    typer.Argument(metavar="ID|NAME", help=f"{_HELP} Default: all.", show_default=False),
]
RequiredCampaigns = Annotated[list[str], typer.Argument(metavar="ID|NAME", help=_HELP, show_default=False)]


class Named(Protocol):
    """An object with an id and perhaps a name."""

    @property
    def id(self) -> int:
        """The id."""
        ...

    @property
    def name(self) -> str | None:
        """The name."""
        ...


NamedT = TypeVar("NamedT", bound=Named)


@attrs.frozen
class Kind:
    """A kind of object that can be named: its word in messages, and where to find ids and names."""

    noun: str
    hint: str

    def choose(self, known: Sequence[NamedT], terms: Iterable[str]) -> list[NamedT]:
        """Return the objects that any of the terms names, in their order; all of them without a term.

        A term that names none raises :class:`CommandError`: a typing error must not pass for an empty result.
        """
        wanted = list(terms)
        if not wanted:
            return list(known)
        chosen = {each.id for term in wanted for each in self._named(known, term)}
        return [each for each in known if each.id in chosen]

    def _named(self, known: Sequence[NamedT], term: str) -> Sequence[NamedT]:
        # The first rule that finds something: a name may be a number, or contain [brackets].
        if is_id(term) and (by_id := [each for each in known if each.id == int(term)]):
            return by_id
        names = [(each, each.name or "") for each in known]
        found = [each for each, name in names if name == term] or [
            each for each, name in names if fnmatchcase(name, term)
        ]
        if not found:
            advice = self._advice(term, [name for _, name in names if name])
            raise CommandError(f"there is no {self.noun} {printable(term)!r}: {advice}")
        return found

    def _advice(self, term: str, names: Sequence[str]) -> str:
        if not names:
            return "the account has none that this key can see"
        near = difflib.get_close_matches(term, names, n=2, cutoff=0.6)
        near += [name for name in names if term.lower() in name.lower() and name not in near]
        if near:
            return f"did you mean {' or '.join(repr(printable(name)) for name in near[:2])}?"
        return f"{self.hint} shows ids and names; wildcards are * and ?"


CAMPAIGN: Final = Kind("campaign", "`smartlead-async campaigns list`")
CLIENT: Final = Kind("client", "`smartlead-async clients list`")
CATEGORY: Final = Kind("category", "`smartlead-async call leads.categories`")


def is_id(term: str) -> bool:
    """Return whether a term could be an id."""
    return term.isascii() and term.isdecimal() and len(term) <= _MAX_DIGITS


def parse_id(text: str) -> int:
    """Return the id of an argument."""
    if not is_id(text.strip()):
        raise typer.BadParameter(f"{printable(text)!r} is not an id such as 4101")
    return int(text)


def is_named(each: Named, terms: Iterable[str]) -> bool:
    """Return whether a term is the id or the whole name of an object, and not a pattern."""
    return any(term in {str(each.id), each.name} for term in terms)
