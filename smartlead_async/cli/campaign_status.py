"""Pause and resume campaigns by id or name: what is asked, what is sent, and what became of it."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Final

import attrs

from ..api.campaigns.models import CampaignAction, CampaignStatus
from ..errors import AuthenticationError, PermissionDenied, SmartleadError
from ..wording import count, printable
from .choice import CAMPAIGN, is_named
from .count_display import CountDisplay
from .daily_request import ChangeOptions, DailySession, send_each
from .exit_code import ExitCode
from .failures import show_more
from .output import CommandError

if TYPE_CHECKING:
    from ..api.campaigns.models import Campaign
    from ..client import SmartleadClient

_NAMED: Final = 10


@attrs.frozen
class StatusChange:
    """A change of status: the campaigns it is for, and its words."""

    action: CampaignAction
    takes: CampaignStatus
    becomes: CampaignStatus
    verb: str
    participle: str


PAUSE: Final = StatusChange(
    CampaignAction.PAUSED, CampaignStatus.ACTIVE, CampaignStatus.PAUSED, "pause", "paused"
)
RESUME: Final = StatusChange(
    CampaignAction.START, CampaignStatus.PAUSED, CampaignStatus.ACTIVE, "resume", "resumed"
)
_NEVER_STARTED: Final = "it is a draft: `call campaigns.update_status --status START` starts it"


@attrs.define
class Changes:
    """The campaigns that were chosen, and what became of each."""

    change: StatusChange
    terms: Sequence[str]
    due: list[Campaign]
    left_alone: list[Campaign]
    done: list[Campaign] = attrs.field(factory=list)
    failed: dict[int, str] = attrs.field(factory=dict)

    @classmethod
    def plan(cls, change: StatusChange, terms: Sequence[str], campaigns: Sequence[Campaign]) -> Changes:
        """Return the changes for the campaigns that the terms name and whose status permits the change."""
        chosen = CAMPAIGN.choose(campaigns, terms)
        due = [each for each in chosen if each.status == change.takes]
        return cls(change, terms, due, [each for each in chosen if each.status != change.takes])

    @property
    def impossible(self) -> list[Campaign]:
        """The campaigns that were named, and not found by a pattern, but cannot be changed."""
        if self.change is PAUSE:
            return []  # what is not running sends nothing
        others = [each for each in self.left_alone if each.status != self.change.becomes]
        return [each for each in others if is_named(each, self.terms)]

    def as_json(self, target: str) -> dict[str, Any]:
        """Return the result for programs."""
        return {
            "action": self.change.verb,
            "target": target,
            "done": [_identity(each) for each in self.done],
            "failed": [
                _identity(each) | {"error": self.failed[each.id]}
                for each in self.due
                if each.id in self.failed
            ],
            "not_done": [
                _identity(each) for each in self.due if each not in self.done and each.id not in self.failed
            ],
            "left_alone": [_identity(each) | {"status": each.status} for each in self.left_alone],
        }


def _identity(campaign: Campaign) -> dict[str, Any]:
    return {"id": campaign.id, "name": campaign.name}


def change_status(
    session: DailySession, options: ChangeOptions, change: StatusChange, terms: Sequence[str]
) -> ExitCode:
    """Ask, then pause or resume the campaigns that the terms name, and report."""
    changes = Changes.plan(change, terms, session.run(_list_campaigns))
    _show_left_alone(session, changes)
    if changes.due:
        _announce(session, changes, asks=not options.yes and sys.stdin.isatty())
        why = "this makes mail leave" if change is RESUME else f"this stops campaigns on {_where(session)}"
        session.confirm("Continue?", yes=options.yes, why=why)
    code = _carry_out(session, changes) if changes.due else _nothing_to_do(session, changes)
    session.output.print_json({**changes.as_json(session.target.target.kind), "exit_code": int(code)})
    return code


async def _list_campaigns(client: SmartleadClient) -> list[Campaign]:
    return await client.campaigns.list()


def _where(session: DailySession) -> str:
    return session.target.target.name


# --- the question ------------------------------------------------------------------------------------


def _show_left_alone(session: DailySession, changes: Changes) -> None:
    for campaign in changes.left_alone[:_NAMED]:
        reason = f"it is {campaign.status}"
        if changes.change is RESUME and campaign.status == CampaignStatus.DRAFTED:
            reason = _NEVER_STARTED
        session.output.paragraph(f"Left alone: {_title(campaign)}: {reason}", "dim")
    show_more(session.output, len(changes.left_alone), _NAMED, style="dim")


def _announce(session: DailySession, changes: Changes, *, asks: bool) -> None:
    """Show what will happen; the number of leads concerned is read only if the user is asked."""
    output, number = session.output, count(len(changes.due), "campaign")
    people: list[int | None] = []
    if asks:
        session.announce_requests(len(changes.due))
        people = session.run(lambda client: send_each(lambda each: _recipients(client, each), changes.due))
    for place, campaign in enumerate(changes.due[:_NAMED]):
        left = f", {_people(people[place])} left" if people else ""
        output.line(f"  {_title(campaign)}{left}")
    show_more(output, len(changes.due), _NAMED, style="")
    everybody = f" to {_people(_sum(people))}" if people else ""
    if changes.change is RESUME:
        output.line(
            f"This will START {number} on {_where(session)} again and SEND MAIL{everybody}.", "bold red"
        )
    else:
        output.paragraph(f"This will pause {number} on {_where(session)}, and the mail{everybody}.")


def _sum(people: Sequence[int | None]) -> int | None:
    return None if None in people else sum(each or 0 for each in people)


def _people(number: int | None) -> str:
    return "an unknown number of recipients" if number is None else count(number, "recipient")


async def _recipients(client: SmartleadClient, campaign: Campaign) -> int | None:
    """Return how many leads a running campaign would still mail; None if SmartLead does not say."""
    leads = (await client.campaigns.analytics(campaign.id)).campaign_lead_stats
    if leads is None or (leads.not_started is None and leads.in_progress is None):
        return None
    return (leads.not_started or 0) + (leads.in_progress or 0)


def _title(campaign: Campaign) -> str:
    return f"{printable(campaign.name or '(no name)')} (id {campaign.id})"


# --- the requests ------------------------------------------------------------------------------------


def _nothing_to_do(session: DailySession, changes: Changes) -> ExitCode:
    session.output.line(f"Nothing to do: none of these campaigns is {changes.change.takes}.")
    return ExitCode.SOME_FAILED if changes.impossible else ExitCode.DONE


def _carry_out(session: DailySession, changes: Changes) -> ExitCode:
    output, change = session.output, changes.change
    code = ExitCode.DONE
    try:
        session.run(lambda client: _send(client, session, changes))
    except KeyboardInterrupt:
        code = ExitCode.INTERRUPTED
    except CommandError as error:
        output.warn(f"Error: {error}")
        code = error.code
    rest = len(changes.due) - len(changes.done) - len(changes.failed)
    words = [f"{count(len(changes.done), 'campaign')} {change.participle}"]
    words += [f"{len(changes.failed):,} failed"] if changes.failed else []
    words += [f"{rest:,} not done: run the same command again"] if rest else []
    output.line(f"{', '.join(words)}.", "bold green" if code is ExitCode.DONE and not rest else "bold red")
    if code is ExitCode.DONE and (changes.failed or changes.impossible):
        return ExitCode.SOME_FAILED
    return code


async def _send(client: SmartleadClient, session: DailySession, changes: Changes) -> None:
    """Send the changes one after the other; one that fails does not keep the others from being sent."""
    participle = changes.change.participle
    with CountDisplay(session.output, "campaign", participle, total=len(changes.due)) as display:
        for campaign in changes.due:
            try:
                await client.campaigns.update_status(campaign.id, changes.change.action)
            except (AuthenticationError, PermissionDenied):
                raise
            except SmartleadError as error:
                changes.failed[campaign.id] = str(error)
                session.output.line(f"failed: {_title(campaign)}: {printable(error)}", "red")
            else:
                changes.done.append(campaign)
            display.update(len(changes.done))
