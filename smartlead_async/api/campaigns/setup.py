"""Requests that set up and start a campaign: sequence, schedule, settings, mailboxes and status."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from typing import Any

import attrs

from ...fields import NOT_GIVEN, Between, Each, Length, Matches, NotGiven, OneOf, wire
from ...formats import CLOCK_TIME, known_time_zone
from ...request import Effect, Request
from ...resource import Resource, endpoint
from ..acknowledgement import Acknowledgement
from ..email_accounts.models import EmailAccount
from .models import CampaignAction, CampaignStatus, OutOfOfficeSettings, StopLeadSetting, TrackSetting
from .sequences import SequencesSaved, SequenceStep, StepInput


@attrs.frozen
class CampaignEmailAccountLink:
    """The link between a mailbox and a campaign."""

    id: int
    email_account_id: int | None = None
    email_campaign_id: int | None = None
    updated_at: dt.datetime | None = None


@attrs.frozen
class EmailAccountsAdded:
    """The result of adding mailboxes. ``result`` lists the links, if SmartLead returned them."""

    ok: bool = attrs.field(default=True, metadata=wire("ok", "success"))
    result: list[CampaignEmailAccountLink] = attrs.field(factory=list)


@attrs.frozen
class EmailAccountsRemoved:
    """The result of removing mailboxes. ``result`` is a count, or whatever SmartLead returned."""

    ok: bool = True
    result: Any = None


@attrs.frozen
class GetSequences(
    Request[list[SequenceStep]],
    method="GET",
    path="/campaigns/{campaign_id}/sequences",
    effect=Effect.READ,
    repeatable=True,
    page="campaigns/get-sequences",
):
    """Return the steps of a campaign's sequence, with their variants.

    One request. Example::

        for step in await client.campaigns.get_sequences(4101):
            print(step.seq_number, step.subject)
    """

    campaign_id: int


@attrs.frozen
class SaveSequences(
    Request[SequencesSaved],
    method="POST",
    path="/campaigns/{campaign_id}/sequences",
    effect=Effect.WRITE,
    repeatable=True,
    page="campaigns/update-sequences",
):
    """Replace a campaign's whole sequence: steps that are left out are removed.

    One request. Steps without an ``id`` get new ids each time, with the same content. SmartLead refuses it
    while the campaign is ACTIVE, so pause it first. Example::

        await client.campaigns.save_sequences(4101, [
            StepInput(1, Delay(0), subject="Hello {{first_name}}", email_body="<p>…</p>"),
            StepInput(2, Delay(3), email_body="<p>…</p>"),
        ])
    """

    campaign_id: int
    sequences: Sequence[StepInput] = attrs.field(validator=Length(minimum=1))


def _with_sunday_as_zero(days: Iterable[int]) -> tuple[int, ...]:
    # Two numberings are in use, 0 to 6 from Sunday and 1 to 7 from Monday. They differ only in Sunday.
    return tuple(dict.fromkeys(0 if day == 7 else day for day in days))


_CLOCK_TIME = Matches(CLOCK_TIME, "a time of day such as 09:30")


@attrs.frozen
class SavedSchedule:
    """A schedule as it was saved; see :class:`UpdateSchedule` for the units."""

    timezone: str | None = None
    days_of_the_week: list[int] = attrs.field(factory=list, metadata=wire("days_of_week"))
    start_hour: str | None = attrs.field(default=None, metadata=wire("start_time"))
    end_hour: str | None = attrs.field(default=None, metadata=wire("end_time"))
    min_time_btw_emails: int | None = attrs.field(default=None, metadata=wire("min_time_between_emails"))


@attrs.frozen
class ScheduleUpdated(Acknowledgement):
    """The result of saving a schedule. Some accounts return the schedule."""

    schedule: SavedSchedule | None = attrs.field(default=None, metadata=wire("data.schedule"))


@attrs.frozen
class UpdateSchedule(
    Request[ScheduleUpdated],
    method="POST",
    path="/campaigns/{campaign_id}/schedule",
    effect=Effect.WRITE,
    repeatable=True,
    page="campaigns/update-schedule",
):
    """Set the times at which a campaign sends, and its pace. The next emails of an ACTIVE one use them.

    One request. ``timezone`` is an IANA name; the hours are ``"HH:MM"`` in that time zone and do not cross
    midnight. ``days_of_the_week`` counts from Monday = 1; Sunday is 0 or 7 (sent as 0).
    ``min_time_btw_emails`` is in minutes, at least 3; ``max_new_leads_per_day`` is how many leads get their
    first email in a day. ``schedule_start_time`` is the earliest start (an aware datetime); ``None`` clears
    it. Invalid values raise ``ValueError`` before anything is sent. Example::

        await client.campaigns.update_schedule(
            4101, timezone="Europe/Berlin", days_of_the_week=[1, 2, 3, 4, 5],
            start_hour="09:00", end_hour="17:00", min_time_btw_emails=15, max_new_leads_per_day=40,
        )
    """

    campaign_id: int
    timezone: str = attrs.field(kw_only=True, validator=known_time_zone)
    days_of_the_week: tuple[int, ...] = attrs.field(
        kw_only=True, converter=_with_sunday_as_zero, validator=[Length(minimum=1), Each(Between(0, 7))]
    )
    start_hour: str = attrs.field(kw_only=True, validator=_CLOCK_TIME)
    end_hour: str = attrs.field(kw_only=True, validator=_CLOCK_TIME)
    min_time_btw_emails: int = attrs.field(kw_only=True, validator=Between(minimum=3))
    max_new_leads_per_day: int = attrs.field(kw_only=True, validator=Between(minimum=1))
    schedule_start_time: dt.datetime | NotGiven | None = attrs.field(default=NOT_GIVEN, kw_only=True)

    def __attrs_post_init__(self) -> None:
        if self.start_hour >= self.end_hour:
            raise ValueError(
                f"end_hour must be later than start_hour, not {self.end_hour!r} after {self.start_hour!r}: "
                "the hours cannot cross midnight"
            )


@attrs.frozen
class UpdateSettings(
    Request[Acknowledgement],
    method="POST",
    path="/campaigns/{campaign_id}/settings",
    effect=Effect.WRITE,
    repeatable=True,
    page="campaigns/update-settings",
):
    """Change a campaign's settings, including its name. Fields that are left out keep their values.

    One request. ``track_settings`` names what is *not* tracked, and ``[]`` tracks everything.
    ``follow_up_percentage`` (0 to 100) is the share of a day's emails that are follow-ups. ``client_id=None``
    removes the campaign from its client. Leads per day and the minutes between emails are set with
    ``update_schedule``. Example::

        await client.campaigns.update_settings(
            4101, track_settings=["DONT_TRACK_EMAIL_OPEN"], stop_lead_settings="REPLY_TO_AN_EMAIL",
        )
    """

    campaign_id: int
    name: str | None = attrs.field(default=None, kw_only=True)
    track_settings: Sequence[TrackSetting | str] | None = attrs.field(
        default=None, kw_only=True, validator=Each(OneOf(TrackSetting))
    )
    stop_lead_settings: StopLeadSetting | str | None = attrs.field(
        default=None, kw_only=True, validator=OneOf(StopLeadSetting)
    )
    unsubscribe_text: str | None = attrs.field(default=None, kw_only=True)
    send_as_plain_text: bool | None = attrs.field(default=None, kw_only=True)
    force_plain_text: bool | None = attrs.field(default=None, kw_only=True)
    follow_up_percentage: int | None = attrs.field(default=None, kw_only=True, validator=Between(0, 100))
    client_id: int | NotGiven | None = attrs.field(default=NOT_GIVEN, kw_only=True)
    enable_ai_esp_matching: bool | None = attrs.field(default=None, kw_only=True)
    auto_pause_domain_leads_on_reply: bool | None = attrs.field(default=None, kw_only=True)
    ignore_ss_mailbox_sending_limit: bool | None = attrs.field(default=None, kw_only=True)
    bounce_autopause_threshold: str | None = attrs.field(default=None, kw_only=True)
    domain_level_rate_limit: bool | None = attrs.field(default=None, kw_only=True)
    out_of_office_detection_settings: OutOfOfficeSettings | None = attrs.field(default=None, kw_only=True)
    add_unsubscribe_tag: bool | None = attrs.field(default=None, kw_only=True)
    ai_categorisation_options: Sequence[int] | None = attrs.field(default=None, kw_only=True)


@attrs.frozen
class NewStatus:
    """A campaign with its new status."""

    id: int | None = None
    status: CampaignStatus | str | None = None


@attrs.frozen
class StatusUpdated(Acknowledgement):
    """The result of starting, pausing or stopping a campaign. Some accounts return the new status."""

    campaign: NewStatus | None = None


@attrs.frozen
class UpdateStatus(
    Request[StatusUpdated],
    method="POST",
    path="/campaigns/{campaign_id}/status",
    effect=Effect.SEND,
    repeatable=True,
    page="campaigns/update-status",
):
    """Start, pause or stop a campaign. ``START`` makes emails go out; ``STOPPED`` cannot be undone.

    One request. A campaign starts only with at least one step, one mailbox, one lead and a saved schedule;
    otherwise SmartLead refuses. The status of a started campaign is ACTIVE. Example::

        await client.campaigns.update_status(4101, "START")
    """

    campaign_id: int
    status: CampaignAction | str = attrs.field(validator=OneOf(CampaignAction))

    @property
    def effect(self) -> Effect:
        """SEND for a start, WRITE for a pause or a stop."""
        return Effect.SEND if self.status == CampaignAction.START else Effect.WRITE


@attrs.frozen
class AddEmailAccounts(
    Request[EmailAccountsAdded],
    method="POST",
    path="/campaigns/{campaign_id}/email-accounts",
    effect=Effect.WRITE,
    repeatable=True,
    page="campaigns/add-email-accounts",
):
    """Add mailboxes to those that a campaign sends from. An ACTIVE one sends its next emails from them too.

    One request. Each must be connected (``is_smtp_success`` and ``is_imap_success``) and not suspended; one
    that is not yours raises a :class:`BadRequest` that names it. ``auto_adjust_warmup`` is known only from
    SmartLead's command-line tool: leave it out unless you need it. Example::

        await client.campaigns.add_email_accounts(4101, [501, 502])
    """

    campaign_id: int
    email_account_ids: Sequence[int] = attrs.field(validator=Length(minimum=1))
    auto_adjust_warmup: bool | None = attrs.field(default=None, kw_only=True)


@attrs.frozen
class RemoveEmailAccounts(
    Request[EmailAccountsRemoved],
    method="DELETE",
    path="/campaigns/{campaign_id}/email-accounts",
    effect=Effect.DELETE,
    repeatable=True,
    page="campaigns/remove-email-accounts",
):
    """Remove mailboxes from a campaign; the mailboxes themselves stay in the account.

    One request. SmartLead refuses to remove the last mailbox of an ACTIVE campaign. Example::

        await client.campaigns.remove_email_accounts(4101, [502])
    """

    campaign_id: int
    email_account_ids: Sequence[int] = attrs.field(validator=Length(minimum=1))


@attrs.frozen
class ListCampaignEmailAccounts(
    Request[list[EmailAccount]],
    method="GET",
    path="/campaigns/{campaign_id}/email-accounts",
    effect=Effect.READ,
    repeatable=True,
    page="campaigns/get-email-accounts",
):
    """List all mailboxes that a campaign sends from.

    One request. ``include_tags`` fills ``EmailAccount.tags``. SmartLead returns the mailbox passwords; reprs
    mask them. Example::

        accounts = await client.campaigns.list_email_accounts(4101)
    """

    campaign_id: int
    include_tags: bool | None = attrs.field(default=None, kw_only=True)


@attrs.frozen
class UpdateTeamMember(
    Request[Acknowledgement],
    method="POST",
    path="/campaigns/{campaign_id}/team-member",
    effect=Effect.WRITE,
    repeatable=True,
    page="campaigns/update-team-member",
):
    """Assign a campaign to a team member; ``None`` removes the assignment.

    One request. Example::

        await client.campaigns.update_team_member(4101, 12)
    """

    campaign_id: int
    team_member_id: int | None = attrs.field(metadata=wire("teamMemberId"))


class SetupMethods(Resource):
    """The setup methods of ``client.campaigns``."""

    get_sequences = endpoint(GetSequences)
    save_sequences = endpoint(SaveSequences)
    update_schedule = endpoint(UpdateSchedule)
    update_settings = endpoint(UpdateSettings)
    update_status = endpoint(UpdateStatus)
    update_team_member = endpoint(UpdateTeamMember)
    list_email_accounts = endpoint(ListCampaignEmailAccounts)
    add_email_accounts = endpoint(AddEmailAccounts)
    remove_email_accounts = endpoint(RemoveEmailAccounts)
