"""The campaigns on the server that an import takes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from fnmatch import fnmatchcase

import attrs

from ...api.campaigns.models import Campaign, CampaignStatus
from ...errors import SmartleadError
from ...typed import Typed
from ...wording import count
from ..changes.due import FINAL_STATUSES


class ImportRefused(SmartleadError):
    """An import cannot be done as it was asked for; nothing has been written."""


@attrs.frozen
class LeftOut:
    """A campaign that was chosen and that no plan can describe, with the reason."""

    campaign_id: int
    name: str
    reason: str

    def __str__(self) -> str:
        return f"campaign {self.campaign_id}, {self.name!r}, is left out: {self.reason}"


def _ints(values: Iterable[int]) -> tuple[int, ...]:
    return tuple(values)


def _strs(values: Iterable[str]) -> tuple[str, ...]:
    return tuple(values)


@attrs.frozen(kw_only=True)
class CampaignChoice(Typed):
    """The campaigns to import: by id, client, name (with ``*``, ``?`` and ``[…]``) and status.

    Values of one kind are alternatives, and all kinds that are given must agree. Without any, every campaign
    is chosen. Example::

        CampaignChoice(clients=(7,), names=("Dentists*",))
    """

    ids: tuple[int, ...] = attrs.field(default=(), converter=_ints)
    clients: tuple[int, ...] = attrs.field(default=(), converter=_ints)
    names: tuple[str, ...] = attrs.field(default=(), converter=_strs)
    statuses: tuple[str, ...] = attrs.field(default=(), converter=_strs)

    def require_known_statuses(self) -> None:
        """Raise :class:`ImportRefused` if there is no such status."""
        known = [status.value for status in CampaignStatus]
        for status in self.statuses:
            if status.upper() not in known:
                raise ImportRefused(f"{status!r} is not a status of campaigns: they are {', '.join(known)}")

    def of(self, listed: Iterable[Campaign]) -> list[Campaign]:
        """Return the chosen campaigns, oldest first; :class:`ImportRefused` if an id or all are missing."""
        campaigns = {campaign.id: campaign for campaign in listed}
        if missing := [each for each in dict.fromkeys(self.ids) if each not in campaigns]:
            raise ImportRefused(
                f"there is no campaign {', '.join(map(str, missing))} in the account: check the ids"
            )
        chosen = [campaigns[each] for each in sorted(campaigns) if self._takes(campaigns[each])]
        if not chosen:
            raise ImportRefused(
                f"none of the {count(len(campaigns), 'campaign')} of the account is chosen: check the ids, "
                "clients, names and statuses"
            )
        return chosen

    def _takes(self, campaign: Campaign) -> bool:
        return (
            (not self.ids or campaign.id in self.ids)
            and (not self.clients or campaign.client_id in self.clients)
            and (not self.names or any(fnmatchcase(campaign.name, pattern) for pattern in self.names))
            and (not self.statuses or campaign.status in {status.upper() for status in self.statuses})
        )


def impossible(chosen: Iterable[Campaign]) -> Iterator[LeftOut]:
    """Yield the chosen campaigns that no plan can describe, as far as a list tells."""
    for campaign in chosen:
        if campaign.parent_campaign_id is not None:
            reason = f"it is a subsequence of campaign {campaign.parent_campaign_id}, and a plan has none"
        elif campaign.status in FINAL_STATUSES:
            reason = f"it is {campaign.status}, which is final: it can be neither changed nor started"
        elif campaign.status not in list(CampaignStatus):
            reason = f"its status {str(campaign.status)[:40]!r} is not known"
        else:
            continue
        yield LeftOut(campaign.id, campaign.name, reason)
