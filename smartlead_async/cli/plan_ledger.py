"""The ledger of a plan: the default one beside it, or the one that was named."""

from __future__ import annotations

from pathlib import Path

import attrs

from ..wording import printable
from .fingerprint import JobFingerprint
from .output import CommandError

_SUFFIX = ".ledger"


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
