"""Activity in a period: emails sent, opened, answered and bounced, by client, campaign and day.

Example::

    activity = await read_activity(client, Period(dt.date(2027, 1, 4), dt.date(2027, 1, 10), "Europe/Oslo"))
    for each in activity.clients:
        print(each.name, each.counts.sent, each.counts.positive)
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final, Self

import attrs

from .errors import PermissionDenied
from .wording import count

if TYPE_CHECKING:
    from .api.analytics.campaigns import CampaignPerformance
    from .client import SmartleadClient

_MONTHS: Final = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


@attrs.frozen
class Period:
    """Days, both inclusive, in a time zone: an IANA name such as ``"Europe/Oslo"``."""

    first: dt.date
    last: dt.date
    time_zone: str

    def __attrs_post_init__(self) -> None:
        if self.last < self.first:
            raise ValueError(f"the last day, {self.last}, is before the first, {self.first}")

    @property
    def days(self) -> list[dt.date]:
        """Every day of the period."""
        return [self.first + dt.timedelta(days=number) for number in range((self.last - self.first).days + 1)]


@attrs.frozen(kw_only=True)
class Counts:
    """Counters of emails. A counter that SmartLead did not return is ``None``."""

    sent: int | None = None
    opened: int | None = None
    replied: int | None = None
    positive: int | None = None
    bounced: int | None = None

    @classmethod
    def total(cls, counts: Iterable[Counts]) -> Self:
        """Return the sums of what is known; ``None`` where nothing is."""
        parts = list(counts)
        return cls(**{name: known_sum(getattr(each, name) for each in parts) for name in COUNTERS})

    @property
    def values(self) -> list[int | None]:
        """The counters in the order of :data:`COUNTERS`."""
        return [getattr(self, name) for name in COUNTERS]

    def __bool__(self) -> bool:
        return any(self.values)


COUNTERS: Final = tuple(field.name for field in attrs.fields(Counts))


def known_sum(values: Iterable[int | None]) -> int | None:
    """Return the sum of the values that are known; None if there are values, and none of them is known."""
    each = list(values)
    known = [value for value in each if value is not None]
    return sum(known) if known or not each else None


@attrs.frozen
class CampaignActivity:
    """A campaign and its counters in the period."""

    id: int
    name: str
    counts: Counts


@attrs.frozen
class ClientActivity:
    """A client and its campaigns, those that sent most first. Without a client, ``id`` is None."""

    id: int | None
    name: str
    campaigns: tuple[CampaignActivity, ...]

    @property
    def counts(self) -> Counts:
        """The sums over the campaigns."""
        return Counts.total(campaign.counts for campaign in self.campaigns)


@attrs.frozen
class DayActivity:
    """A day and its counters; those of bounces and positive replies are not returned by day."""

    date: dt.date
    counts: Counts


@attrs.frozen
class Activity:
    """The activity of a period: clients, those that sent most first, and days. ``notes`` qualify figures."""

    period: Period
    clients: tuple[ClientActivity, ...]
    days: tuple[DayActivity, ...]
    notes: tuple[str, ...] = ()

    @property
    def counts(self) -> Counts:
        """The sums over the clients."""
        return Counts.total(client.counts for client in self.clients)


async def read_activity(
    client: SmartleadClient, period: Period, *, client_ids: Sequence[int] | None = None
) -> Activity:
    """Return the activity of all clients, or of up to 50.

    Four requests for up to 99 campaigns, and one for each further hundred. One more is needed if SmartLead
    leaves positive replies out of the figures of campaigns. Figures of clients and the total are sums over
    campaigns, so they agree.
    """
    ids = list(client_ids) if client_ids is not None else None
    dates: tuple[Any, ...] = (period.first, period.last)
    options: dict[str, Any] = {"timezone": period.time_zone, "client_ids": ids}
    rows = [row async for row in client.analytics.iter_campaign_performance(*dates, **options)]
    owners = {campaign.id: campaign.client_id for campaign in await client.campaigns.list()}
    if ids is not None:
        rows = [row for row in rows if owners.get(row.id, ids[0]) in ids]
    notes: list[str] = []
    positive = await _positive_replies(client, rows, dates, options, notes)
    names = await _client_names(client)
    notes += [f"There is no client {number}." for number in ids or () if names and number not in names]
    clients = _by_client(rows, positive, owners, names)
    days = await client.analytics.day_wise_stats(*dates, **options)
    activity = Activity(period, clients, _by_day(period, days))
    return attrs.evolve(activity, notes=(*notes, *_disagreement(activity)))


async def _positive_replies(
    client: SmartleadClient,
    rows: Sequence[CampaignPerformance],
    dates: tuple[Any, ...],
    options: Mapping[str, Any],
    notes: list[str],
) -> dict[int, int | None]:
    """Return the positive replies of campaigns for which the figures do not have them."""
    if all(row.positive_replied is not None for row in rows):
        return {}
    responses = await client.analytics.campaign_response_stats(*dates, **options)
    notes.append("Positive replies count replies, and not leads: SmartLead returned nothing else.")
    return {each.campaign_id: each.positive for each in responses if each.campaign_id is not None}


async def _client_names(client: SmartleadClient) -> dict[int, str]:
    try:
        return {each.id: each.name for each in await client.clients.list() if each.name}
    except PermissionDenied:
        return {}  # the key of a client may not list clients


def _by_client(
    rows: Sequence[CampaignPerformance],
    positive: Mapping[int, int | None],
    owners: Mapping[int, int | None],
    names: Mapping[int, str],
) -> tuple[ClientActivity, ...]:
    groups: dict[int | None, list[CampaignActivity]] = defaultdict(list)
    for row in rows:
        counts = Counts(
            sent=row.sent,
            opened=row.opened,
            replied=row.replied,
            positive=row.positive_replied if row.positive_replied is not None else positive.get(row.id),
            bounced=row.bounced,
        )
        campaign = CampaignActivity(row.id, row.campaign_name or f"Campaign {row.id}", counts)
        groups[owners.get(row.id)].append(campaign)
    clients = [
        ClientActivity(number, _client_name(number, names), tuple(sorted(campaigns, key=_most_sent)))
        for number, campaigns in groups.items()
    ]
    return tuple(sorted(clients, key=_most_sent))


def _client_name(number: int | None, names: Mapping[int, str]) -> str:
    return "No client" if number is None else names.get(number, f"Client {number}")


def _most_sent(each: CampaignActivity | ClientActivity) -> tuple[int, str]:
    return -(each.counts.sent or 0), each.name


def _by_day(period: Period, days: Sequence[Any]) -> tuple[DayActivity, ...]:
    """Return every day of the period; SmartLead leaves out those without activity."""
    known = {day.date: day for day in days}
    return tuple(DayActivity(date, _day_counts(_find_day(known, date))) for date in period.days)


def _find_day(known: Mapping[str | None, Any], date: dt.date) -> Any:
    # The month in English, whatever the language of this machine.
    month = _MONTHS[date.month - 1]
    spellings = (date.isoformat(), f"{date.day} {month}", f"{date.day:02} {month}")
    return next((known[each] for each in spellings if each in known), None)


def _day_counts(day: Any) -> Counts:
    if day is None:
        return Counts(sent=0, opened=0, replied=0)
    return Counts(sent=day.sent, opened=day.opened, replied=day.replied)


def _disagreement(activity: Activity) -> list[str]:
    by_day = known_sum(day.counts.sent for day in activity.days)
    by_campaign = activity.counts.sent
    if by_day == by_campaign or by_day is None or by_campaign is None:
        return []
    counted = f"SmartLead counts {count(by_day, 'mail')} sent by day, and {by_campaign:,} by campaign"
    return [f"{counted}, so the days do not add up to the total."]
