"""The ledger of a plan: the default one beside it, or the one that was named."""

from __future__ import annotations

import difflib
from pathlib import Path

import attrs

from ..wording import printable
from .fingerprint import JobFingerprint
from .output import CommandError

_SUFFIX = ".ledger"
_PLANS = frozenset((".yaml", ".yml", ".json", ".jsonl"))


@attrs.frozen
class PlanLedger:
    """The ledger that a command uses for a plan. ``named`` is the value of ``--ledger``."""

    plan: Path
    named: Path | None = None

    @property
    def path(self) -> Path:
        """The ledger file."""
        if self.named is not None:
            return self.named
        if not self.plan.name:
            raise CommandError(f"{str(self.plan)!r} is no plan file: name a file")
        return self.plan.with_suffix(_SUFFIX)

    def require_plan(self, fingerprint: JobFingerprint | None) -> None:
        """Raise :class:`CommandError` if the default ledger is that of another plan.

        ``plan.yaml`` and ``plan.json`` have the same default ledger. Older versions did not record the name.
        """
        recorded = None if fingerprint is None else fingerprint.plan_file
        is_named = self.named is not None or self.plan.suffix == _SUFFIX
        if is_named or recorded is None or recorded == self.plan.name:
            return
        ledger, plan = printable(self.path), printable(self.plan.name)
        raise CommandError(
            f"{ledger} is the ledger of {printable(recorded)}, and not of {plan}. If {plan} replaces that "
            f"plan, continue with its ledger (--ledger {ledger}); otherwise use another one (--ledger FILE)"
        )


def require_ledger(path: Path, *, option: bool = True) -> None:
    """Raise :class:`CommandError` with what to do unless this ledger exists.

    ``option`` is whether the command has ``--ledger``; others take the ledger as their argument.
    """
    if path.suffix.lower() in _PLANS and path.is_file():
        raise CommandError(f"{printable(path)} is a plan: name its ledger, {_default_ledger(path)}")
    if not path.exists():
        raise missing_ledger(path, option=option)


def missing_ledger(path: Path, *, option: bool = True) -> CommandError:
    """Return the error for a ledger that does not exist."""
    others = _ledgers_beside(path)
    if others:
        advice = f"did you mean {' or '.join(others)}?"
    else:
        advice = "`smartlead-async provision PLAN` begins one"
    named = " Name a ledger with --ledger FILE" if option and others else ""
    named = ", and --ledger FILE names another" if option and not others else named
    return CommandError(f"there is no ledger {printable(path)}: {advice}{named}")


def _default_ledger(plan: Path) -> str:
    return printable(plan.with_suffix(_SUFFIX))


def _ledgers_beside(path: Path) -> list[str]:
    """Return up to two ledgers of the folder, those with a similar name first."""
    try:
        found = sorted(each.name for each in path.parent.glob(f"*{_SUFFIX}") if each.is_file())
    except OSError:
        return []
    near = difflib.get_close_matches(path.name, found, n=2, cutoff=0.5)
    names = [*near, *(name for name in found if name not in near)][:2]
    return [repr(printable(path.parent / name)) for name in names]
