"""The reports on the whole account and on its team."""

from __future__ import annotations

import attrs

from ...request import Effect, Request
from ...resource import Resource, endpoint
from .models import CampaignFilter, Engagement


@attrs.frozen(kw_only=True)
class OverallStats(Engagement):
    """The figures of the account in a period."""


@attrs.frozen
class GetOverallStats(
    CampaignFilter,
    Request[OverallStats],
    method="GET",
    path="/analytics/overall-stats-v2",
    effect=Effect.READ,
    repeatable=True,
    page="analytics/overview",
    unwrap=("data.overall_stats", "overall_stats", "data"),
):
    """Return how many emails were sent, opened, answered and bounced in a period, with the rates.

    One request. ``is_agency`` and ``full_data`` are passed on; SmartLead does not document their meaning.
    Example::

        week = await client.analytics.overall(dt.date(2027, 1, 4), dt.date(2027, 1, 10))
        print(week.sent, week.replied, week.reply_rate)
    """

    is_agency: bool | None = attrs.field(default=None, kw_only=True)
    full_data: bool | None = attrs.field(default=None, kw_only=True)


@attrs.frozen(kw_only=True)
class TeamMemberStats:
    """The figures of a team member. ``average_reply_time`` is a string such as ``"3h 5m"``."""

    id: int | None = None
    name: str | None = None
    profile_pic_url: str | None = None
    lead_count: int | None = None
    campaign_count: int | None = None
    reply_count: int | None = None
    positive_reply_count: int | None = None
    reply_rate: float | None = None
    positive_reply_rate: float | None = None
    average_reply_time: str | None = None
    unique_open_count: int | None = None


@attrs.frozen
class GetTeamBoardStats(
    CampaignFilter,
    Request[list[TeamMemberStats]],
    method="GET",
    path="/analytics/team-board/overall-stats",
    effect=Effect.READ,
    repeatable=True,
    page="analytics/team-board-stats",
    unwrap=("data.team_board_stats", "team_board_stats", "data"),
):
    """Return the leads, campaigns and replies of each member of the team in a period.

    One request. ``full_data`` is passed on; SmartLead does not document its meaning. Example::

        for member in await client.analytics.team_board_stats(dt.date(2027, 1, 4), dt.date(2027, 1, 10)):
            print(member.name, member.reply_count, member.average_reply_time)
    """

    full_data: bool | None = attrs.field(default=None, kw_only=True)


class OverallMethods(Resource):
    """The methods of ``client.analytics`` for the whole account and its team."""

    overall = endpoint(GetOverallStats)
    team_board_stats = endpoint(GetTeamBoardStats)
