"""The look at the account before the first create of a run, so that nothing is created again unasked."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Final, Self

import attrs

from ...api.campaigns.models import Campaign
from ...errors import SmartleadError
from ...naming import normal_name
from ...plan.campaign import CampaignSpec
from .reconcile import Reconciler

_NAMED: Final = 10


class CampaignsExist(SmartleadError):
    """A job with a new ledger would create campaigns that exist: ``found`` are those on the server.

    It ends before its first create. Example::

        try:
            report = await client.provision(specs, ledger=SqliteLedger("plan.ledger"))
        except CampaignsExist as problem:
            print([campaign.id for campaign in problem.found])
    """

    def __init__(self, found: Sequence[Campaign]) -> None:
        self.found = tuple(found)
        some = ", ".join(f"{each.name!r} (campaign {each.id})" for each in found[:_NAMED])
        more = f" and {len(found) - _NAMED} more" if len(found) > _NAMED else ""
        super().__init__(
            f"nothing was created, because the ledger is new and campaigns of these names already exist: "
            f"{some}{more}. If an earlier run created them, use its ledger (--ledger FILE); to manage them "
            "with a plan, import them (smartlead-async import); to create others of the same names, pass "
            "--create-anyway"
        )

    def __reduce__(self) -> tuple[type[CampaignsExist], tuple[tuple[Campaign, ...]]]:
        return type(self), (self.found,)


class StaleLedger(SmartleadError):
    """The ledger does not know a planned campaign that was created since: it may be an older copy of itself.

    ``found`` are the campaigns on the server that have its ``name``. Example::

        try:
            report = await client.provision(specs, ledger=SqliteLedger("plan.ledger"))
        except StaleLedger as problem:
            print(problem.name, [campaign.id for campaign in problem.found])
    """

    def __init__(self, name: str, found: Sequence[Campaign]) -> None:
        self.name = name
        self.found = tuple(found)
        ids = ", ".join(str(each.id) for each in found[:_NAMED])
        super().__init__(
            f"{name!r} was not created, because campaign {ids} of this name was created since the job "
            "began, and the ledger does not know it. If the ledger is an older copy, use the newest one "
            "(--ledger FILE); to manage the campaign with a plan, import it (smartlead-async import); to "
            "create another of the same name, pass --create-anyway"
        )

    def __reduce__(self) -> tuple[type[StaleLedger], tuple[str, tuple[Campaign, ...]]]:
        return type(self), (self.name, self.found)


@attrs.define
class FirstLook:
    """The campaigns of the account before the first create of a run."""

    _reconciler: Reconciler
    _baseline_id: int
    """The baseline of earlier runs; 0 if there is none."""
    _by_name: dict[str, list[Campaign]] = attrs.field(factory=dict)
    _existing: list[Campaign] = attrs.field(factory=list)

    @classmethod
    async def of(cls, reconciler: Reconciler) -> Self:
        """Look at the account. Costs no request if the baseline is taken now, else one."""
        began = asyncio.get_running_loop().time()
        earlier = reconciler.baseline_id or 0
        await reconciler.ensure_baseline()
        look = cls(reconciler, earlier)
        for campaign in await reconciler.listed.fresh(began):
            look._by_name.setdefault(normal_name(campaign.name or ""), []).append(campaign)
        return look

    def existing(self, spec: CampaignSpec) -> list[Campaign]:
        """Return the campaigns on the server with the name and client of a planned one."""
        may_be_of = self._reconciler.may_be_of_client
        alike = self._by_name.get(normal_name(spec.name), ())
        return [campaign for campaign in alike if may_be_of(campaign, spec.client_id)]

    def note(self, spec: CampaignSpec) -> None:
        """Note whether a planned campaign exists already."""
        self._existing += self.existing(spec)

    def require_none(self) -> None:
        """Raise :class:`CampaignsExist` if planned campaigns were found."""
        if self._existing:
            raise CampaignsExist(list({each.id: each for each in self._existing}.values()))

    def require_new(self, spec: CampaignSpec) -> None:
        """Raise :class:`CampaignsExist` if this planned campaign exists."""
        if found := self.existing(spec):
            raise CampaignsExist(found)

    async def require_known(self, spec: CampaignSpec) -> None:
        """Raise :class:`StaleLedger` if this campaign, unknown to the ledger, was created since the baseline.

        A campaign that a lost create may have made is left to the reconciler.
        """
        found = [
            campaign
            for campaign in self.existing(spec)
            if campaign.id > self._baseline_id
            and not await self._reconciler.has_owner(campaign.id)
            and not await self._reconciler.is_expected(campaign)
        ]
        if found:
            raise StaleLedger(spec.name, found)
