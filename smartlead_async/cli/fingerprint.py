"""Job fingerprints: the target and the plan of a job, as one string on its ledger."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Self

import attrs

from .effective import key_origin
from .key_digest import is_digest_of
from .output import CommandError
from .target import Target, describe_target

if TYPE_CHECKING:
    from ..plan.campaign import CampaignSpec
    from ..plan.plan import Plan


@attrs.frozen
class JobFingerprint:
    """The ``plan`` of a job's record. A ledger is never used for a target other than its own."""

    target: str
    digest: str
    campaigns: int
    requests: int
    key: str | None = None
    """The digest of the API key; None for the fake, and on ledgers of versions that recorded none."""
    plan_file: str | None = None
    """The name of the plan file; None on ledgers of versions that recorded none."""

    def __str__(self) -> str:
        return json.dumps(attrs.asdict(self), sort_keys=True)

    @classmethod
    def parse(cls, string: str | None) -> Self | None:
        """Return the fingerprint on a ledger; None if it has none, or one that a program chose itself."""
        try:
            fields = json.loads(string or "")
            parsed = cls(**fields)
        except (ValueError, TypeError):
            return None
        types = (parsed.target, str), (parsed.digest, str), (parsed.campaigns, int), (parsed.requests, int)
        optional = (parsed.key, str | None), (parsed.plan_file, str | None)
        valid = all(isinstance(value, expected) for value, expected in (*types, *optional))
        return parsed if valid else None


def require_target(fingerprint: JobFingerprint, target: Target, ledger: Path) -> None:
    """Raise :class:`CommandError` if the ledger of a job belongs to another target."""
    if fingerprint.target == target.identity:
        return
    name = describe_target(fingerprint.target)
    if fingerprint.target.startswith("fake"):
        reason = f"{name}, which has not kept its campaigns"
    else:
        reason = f"{name}, so its campaigns are not on {target.name}"
    raise CommandError(
        f"the job of {ledger} went to {reason}. Use another ledger (--ledger FILE), "
        "or the target that the ledger belongs to"
    )


def choose_target(
    option: str | None, fingerprint: JobFingerprint | None, path: Path, *, proxy: str | None
) -> Target:
    """Return the target of ``--target``, or else the one on the ledger; they must not differ."""
    value = option or ("" if fingerprint is None else fingerprint.target)
    if not value or value.startswith("fake "):
        raise CommandError(f"{path} does not record where its campaigns are: name the target with --target")
    target = Target.parse(value, proxy=proxy)
    if target.is_fake:
        raise CommandError(
            "a fake in memory does not keep its campaigns: name a server (to verify, use provision --verify)"
        )
    if fingerprint is not None:
        require_target(fingerprint, target, path)
    return target


def require_key(fingerprint: JobFingerprint, key: str, ledger: Path, *, accepted: bool) -> None:
    """Raise :class:`CommandError` if the job of a ledger was begun with another API key."""
    if accepted or fingerprint.key is None or is_digest_of(fingerprint.key, key):
        return
    raise CommandError(
        f"the job of {ledger} was begun with another API key than that of {key_origin()}, so its "
        "campaigns may be in another account. Use that key, or another ledger (--ledger FILE). If the "
        "account has a new key, add --accept-new-key"
    )


def plan_digest(plan: Plan) -> str:
    """Return a digest of everything in a plan, its lead files included."""
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
    # Many campaigns may share a lead file, so it is read once and digested as a whole.
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
        raise CommandError(f"{path} cannot be read: {problem.strerror or problem}") from None
