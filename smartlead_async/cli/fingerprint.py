"""What a job is about, as one text on its ledger: where it goes, and which plan it carries out."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Self

import attrs

from .output import Refused

if TYPE_CHECKING:
    from ..plan.campaign import CampaignSpec
    from ..plan.plan import Plan


@attrs.frozen
class Stamp:
    """The ``plan`` of a job's record. A ledger whose stamp names another target is never used."""

    target: str
    digest: str
    campaigns: int
    requests: int

    def __str__(self) -> str:
        return json.dumps(attrs.asdict(self), sort_keys=True)

    @classmethod
    def read(cls, text: str | None) -> Self | None:
        """The stamp on a ledger; None when there is none, or one of the caller's own (made in Python)."""
        try:
            fields = json.loads(text or "")
            stamp = cls(**fields)
        except (ValueError, TypeError):
            return None
        kinds = (stamp.target, str), (stamp.digest, str), (stamp.campaigns, int), (stamp.requests, int)
        return stamp if all(isinstance(value, kind) for value, kind in kinds) else None


def plan_digest(plan: Plan) -> str:
    """A digest of all that a plan says, its lead files included: the same until something changes."""
    digest = hashlib.sha256()
    files: dict[Path, bytes] = {}
    for spec in plan.specs():
        for part in _parts(spec, files):
            digest.update(part)
            digest.update(b"\0")
    return digest.hexdigest()


def _parts(spec: CampaignSpec, files: dict[Path, bytes]) -> Iterator[bytes]:
    from ..plan.leads_csv import LeadFile

    yield spec.identity.encode()
    if not isinstance(spec.leads, LeadFile):
        yield spec.fingerprint().encode()
        return
    # A file that many campaigns read is read once; what it says is compared row by row only if it changed.
    yield attrs.evolve(spec, leads=()).fingerprint().encode()
    yield repr(spec.leads).encode()
    path = spec.leads.path
    if path not in files:
        files[path] = _file_digest(path)
    yield files[path]


def _file_digest(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").digest()
    except OSError as problem:
        raise Refused(f"{path} cannot be read: {problem.strerror or problem}") from None


class PlanSpecs:
    """The campaigns of a plan, as often as the runner asks for them."""

    def __init__(self, plan: Plan) -> None:
        self._plan = plan

    def __iter__(self) -> Iterator[CampaignSpec]:
        return self._plan.specs()
