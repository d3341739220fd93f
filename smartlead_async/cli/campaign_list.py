"""The campaigns of some clients, as ``campaigns list --client`` shows them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from .client_names import client_ids

if TYPE_CHECKING:
    from ..api.campaigns.models import Campaign
    from ..client import SmartleadClient
    from .daily_request import DailySession, ReadOptions


def show_campaigns_of(
    session: DailySession, options: ReadOptions, terms: Sequence[str], columns: Sequence[str]
) -> None:
    """Print the campaigns of the clients that the terms name."""
    from ..api.campaigns.read import ListCampaigns
    from .response_data import parse_columns, require_columns, row_class

    require_columns(ListCampaigns, parse_columns(options.columns))
    found = session.run(lambda client: _campaigns(client, terms))
    options.printer(session.output, columns, row=row_class(ListCampaigns)).show_rows(found)


async def _campaigns(client: SmartleadClient, terms: Sequence[str]) -> list[Campaign]:
    ids = await client_ids(client, terms)
    if len(ids) == 1:
        return await client.campaigns.list(client_id=ids[0])
    return [each for each in await client.campaigns.list() if each.client_id in ids]
