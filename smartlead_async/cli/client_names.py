"""Clients by name in options and plans: their ids, from the list of the account."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Final

import attrs

from ..wording import count
from .choice import CLIENT, is_id
from .output import CommandError, Output, problem_as_json, show_problem
from .request_session import RequestTarget
from .signals import run_until_interrupted

if TYPE_CHECKING:
    from ..api.clients import ClientAccount
    from ..client import SmartleadClient
    from ..plan.plan import Plan
    from ..plan.problem import Place
    from .checked_plan import CheckedPlan
    from .plan_ledger import PlanLedger
    from .target import Target

_PREFIX: Final = "client:"
_NO_CLIENT: Final = "none"


async def client_ids(client: SmartleadClient, terms: Sequence[str]) -> list[int]:
    """Return the ids of the clients that ids, names or patterns name; one request if one is no id."""
    if all(map(is_id, terms)):
        return [int(term) for term in terms]
    return [each.id for each in CLIENT.choose(await client.clients.list(), terms)]


@attrs.define
class AccountClients:
    """The clients of a target, read with one request when the first name needs them."""

    target_of: Callable[[], Target]
    tier: str | None
    _known: Sequence[ClientAccount] | None = None

    def known(self) -> Sequence[ClientAccount]:
        """Return all clients of the account."""
        if self._known is None:
            target = self.target_of()
            session = RequestTarget(target, target.tier(self.tier))
            self._known = run_until_interrupted(_clients_of(session))
        return self._known

    def terms(self, given: Iterable[str]) -> tuple[str, ...]:
        """Return the terms of ``--select`` with ids in the place of names of clients.

        :class:`CommandError` for a name that is not known, or if the target has no names.
        """
        return tuple(resolved for term in given for resolved in self._term(term))

    def _term(self, term: str) -> list[str]:
        if not _is_client_name(term):
            return [term]
        if self.target_of().is_fake:
            raise CommandError(f"--select: {term}: the fake in memory knows no names: use the id")
        found = CLIENT.choose(self.known(), [term.removeprefix(_PREFIX)])
        return [f"{_PREFIX}{each.id}" for each in found]

    def in_plan(self, output: Output, checked: CheckedPlan) -> CheckedPlan:
        """Return a plan with ids in the place of names of clients.

        Prints names that no client has, or several, and raises :class:`CommandError`. The fake in memory gets
        a client for each name.
        """
        if not checked.check.client_names:
            return checked
        if self.target_of().is_fake:
            return attrs.evolve(checked, plan=with_clients_of_fake(checked.plan))
        plan = checked.plan.with_clients(self.known())
        _require_known(output, plan, checked.check.client_names)
        return attrs.evolve(checked, plan=plan)


def with_clients_of_fake(plan: Plan) -> Plan:
    """Return a plan with the ids that its clients have on a fake that was made for it."""
    from ..api.clients import ClientAccount
    from ..plan.needs import account_needs

    clients = account_needs(entry.spec for entry in plan.entries() if entry.spec is not None).clients
    return plan.with_clients(ClientAccount(number, name) for number, name in clients.items())


def _require_known(output: Output, plan: Plan, names: Mapping[str, Place | None]) -> None:
    known = plan.client_names
    found = [] if known is None else [known.problem(name, place) for name, place in names.items()]
    problems = [problem for problem in found if problem is not None]
    for problem in problems:
        show_problem(output, problem)
    if problems:
        raise CommandError(
            f"the plan names {count(len(problems), 'client')} that cannot be used: nothing was changed",
            details={"problems": [problem_as_json(problem) for problem in problems]},
        )


def job_clients(
    ledger: PlanLedger, target: str | None, tier: str | None, proxy: str | None
) -> AccountClients:
    """Return the clients of a job, whose ledger knows the target if no option names it."""
    return AccountClients(lambda: run_until_interrupted(_target_of(ledger, target, proxy)), tier)


async def _target_of(own: PlanLedger, option: str | None, proxy: str | None) -> Target:
    from ..provisioning.ledger.sqlite import SqliteLedger
    from .fingerprint import JobFingerprint, choose_target
    from .plan_ledger import require_ledger
    from .target import FAKE, Target, kind_of

    require_ledger(own.path)
    async with SqliteLedger(own.path, read_only=True) as ledger:
        fingerprint = JobFingerprint.parse((await ledger.open()).plan)
        if option is None and fingerprint is not None and kind_of(fingerprint.target) == FAKE:
            return Target.parse(FAKE)
        return choose_target(option, fingerprint, own.path, proxy=proxy)


def _is_client_name(term: str) -> bool:
    value = term.removeprefix(_PREFIX)
    return term.startswith(_PREFIX) and value not in {"", _NO_CLIENT} and not is_id(value)


async def _clients_of(session: RequestTarget) -> list[ClientAccount]:
    async with session.client() as client:
        return await client.clients.list()
