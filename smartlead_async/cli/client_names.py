"""Clients by name: the ids of ``--client`` and of ``--select client:NAME``, from the list of the account."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Final

from .choice import CLIENT, is_id
from .output import CommandError
from .request_session import RequestTarget
from .signals import run_until_interrupted

if TYPE_CHECKING:
    from ..client import SmartleadClient
    from .plan_ledger import PlanLedger
    from .target import Target

_PREFIX: Final = "client:"
_NO_CLIENT: Final = "none"


async def client_ids(client: SmartleadClient, terms: Sequence[str]) -> list[int]:
    """Return the ids of the clients that ids, names or patterns name; one request if one is no id."""
    if all(map(is_id, terms)):
        return [int(term) for term in terms]
    return [each.id for each in CLIENT.choose(await client.clients.list(), terms)]


def with_client_ids(terms: Iterable[str], target: Target, tier: str | None) -> tuple[str, ...]:
    """Return the terms of ``--select`` with ids in the place of names of clients; one request for all names.

    :class:`CommandError` for a name that is not known, or if the target has no names.
    """
    given = tuple(terms)
    names = [term.removeprefix(_PREFIX) for term in given if _is_client_name(term)]
    if not names:
        return given
    if target.is_fake:
        raise CommandError(f"--select: {_PREFIX}{names[0]}: the fake in memory knows no names: use the id")
    session = RequestTarget(target, target.tier(tier))
    found = run_until_interrupted(_ids_of_each(session, names))
    ids = dict(zip(names, found, strict=True))
    return tuple(
        resolved
        for term in given
        for resolved in (
            [f"{_PREFIX}{number}" for number in ids[term.removeprefix(_PREFIX)]]
            if _is_client_name(term)
            else [term]
        )
    )


def with_client_ids_for_job(
    terms: Iterable[str], ledger: PlanLedger, target: str | None, tier: str | None, proxy: str | None
) -> tuple[str, ...]:
    """Return the same for a job, whose ledger knows the target if no option names it."""
    given = tuple(terms)
    if not any(map(_is_client_name, given)):
        return given
    return with_client_ids(given, run_until_interrupted(_target_of(ledger, target, proxy)), tier)


async def _target_of(own: PlanLedger, option: str | None, proxy: str | None) -> Target:
    from ..provisioning.ledger.sqlite import SqliteLedger
    from .fingerprint import JobFingerprint, choose_target
    from .plan_ledger import require_ledger

    require_ledger(own.path)
    async with SqliteLedger(own.path, read_only=True) as ledger:
        fingerprint = JobFingerprint.parse((await ledger.open()).plan)
        return choose_target(option, fingerprint, own.path, proxy=proxy)


def _is_client_name(term: str) -> bool:
    value = term.removeprefix(_PREFIX)
    return term.startswith(_PREFIX) and value not in {"", _NO_CLIENT} and not is_id(value)


async def _ids_of_each(session: RequestTarget, names: Sequence[str]) -> list[list[int]]:
    async with session.client() as client:
        known = await client.clients.list()
        return [[each.id for each in CLIENT.choose(known, [name])] for name in names]
