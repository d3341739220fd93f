"""Operations of the API by name, as ``operations`` lists them and ``call`` takes them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from ..wording import printable
from .output import CommandError

if TYPE_CHECKING:
    from ..request import Request


def require_known(word: str, known: Iterable[str], what: str, *, hint: str) -> str:
    """Return a word if it is known; raise :class:`CommandError` with the most similar ones otherwise."""
    names = list(known)
    if word in names:
        return word
    near = " or ".join(map(repr, _similar(word, names)))
    advice = f"did you mean {near}?" if near else hint
    raise CommandError(f"there is no {what} {printable(word)!r}: {advice}")


def _similar(word: str, names: list[str]) -> list[str]:
    """Return the three names most like a word; those that end like it also count."""
    import difflib

    lowered = word.lower().replace("-", "_")
    if lowered in names:
        return [lowered]
    method = lowered.rpartition(".")[2]
    same_method = [name for name in names if "." in name and name.rpartition(".")[2] == method]
    near = [*difflib.get_close_matches(lowered, names, n=3, cutoff=0.6), *same_method]
    return list(dict.fromkeys(near))[:3]


def find_operation(name: str) -> type[Request[Any]]:
    """Return the request class of ``RESOURCE.METHOD``; load only its area."""
    from ..api.areas import Area, Areas
    from ..resource import endpoint, methods

    areas = {key: area for key, area in vars(Areas).items() if isinstance(area, Area)}
    area = areas.get(name.partition(".")[0])
    if area is not None:
        method = methods(area.resource).get(name.partition(".")[2])
        if isinstance(method, endpoint):
            found: type[Request[Any]] = method.request
            return found
    from ..api.areas import operations

    known = operations()
    require_known(name, known, "operation", hint="`smartlead-async operations` lists them")
    return known[name]


def summary_of(request: type[Request[Any]]) -> str:
    """Return the first paragraph of a request's documentation on one line, without markup."""
    import inspect

    return plain_text(inspect.cleandoc(request.__doc__ or "").partition("\n\n")[0])


def plain_text(documentation: str) -> str:
    """Return reStructuredText on one line: names of classes and literals without their markup."""
    import re

    return " ".join(re.sub(r":\w+:`[!~.]*([^`]+)`|``([^`]+)``", r"\1\2", documentation).split())
