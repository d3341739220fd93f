"""``smartlead-async import``: write a plan for campaigns that stand on the server."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final

import attrs
import typer

from ...errors import APIError, AuthenticationError, PermissionDenied, TransportError
from ...wording import count, duration, printable
from ..count_display import CountDisplay
from ..exit_code import ExitCode
from ..failures import show_more
from ..fingerprint import JobFingerprint, require_key, require_target
from ..key_digest import key_digest
from ..options import AcceptNewKeyOption, JsonOption, ProxyOption, TierOption
from ..output import CommandError, Output, command_output
from ..plan_ledger import PlanLedger
from ..signals import run_until_interrupted
from ..target import Target, require_api_key

if TYPE_CHECKING:
    from ...limits import RateLimits
    from ...provisioning.adoption.choice import CampaignChoice
    from ...provisioning.adoption.files import ImportFiles
    from ...provisioning.adoption.importer import Imported

_MAX_IN_FLIGHT: Final = 20
_MAX_SHOWN: Final = 100


def import_campaigns(
    plan: Annotated[
        Path,
        typer.Argument(metavar="OUT_PLAN", help="The plan file to write: .yaml.", show_default=False),
    ],
    ids: Annotated[
        list[int] | None, typer.Option("--id", metavar="ID", help="The id of a campaign; may be repeated.")
    ] = None,
    clients: Annotated[
        list[int] | None,
        typer.Option("--client", metavar="ID", help="The campaigns of this client; may be repeated."),
    ] = None,
    names: Annotated[
        list[str] | None,
        typer.Option("--name", metavar="GLOB", help="Campaigns of this name, such as 'Dentists*'."),
    ] = None,
    statuses: Annotated[
        list[str] | None,
        typer.Option("--status", metavar="STATUS", help="Campaigns in this status, such as ACTIVE."),
    ] = None,
    target: Annotated[
        str, typer.Option(metavar="live|URL", help="Where the campaigns are: SmartLead, or another server.")
    ] = "live",
    ledger: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="The ledger to write. Default: OUT_PLAN with the suffix .ledger."),
    ] = None,
    force: Annotated[
        bool,
        typer.Option(
            "--force", help="Replace an existing plan and its lead files, and add to an existing ledger."
        ),
    ] = False,
    tier: TierOption = None,
    proxy: ProxyOption = None,
    accept_new_key: AcceptNewKeyOption = False,
    as_json: JsonOption = False,
) -> None:
    """Write a plan, lead files and a ledger for campaigns that stand on the server. Nothing is changed there.

    Without --id, --client, --name and --status, all campaigns are imported. Provisioning the plan sends
    nothing until it is edited. Costs one request, three for each campaign and one for every 100 leads.

    Exit codes: 0 imported, 1 some campaigns were left out or the server could not be read, 2 the command
    cannot be used, 3 the key is refused, 4 stopped before the end.
    """
    with command_output(as_json=as_json) as output:
        from ...provisioning.adoption.choice import CampaignChoice
        from ...provisioning.adoption.files import ImportFiles

        source = Target.parse(target, proxy=proxy)
        if source.is_fake:
            raise CommandError("a fake in memory has no campaigns to import: --target is live or a URL")
        limits = source.tier(tier).limits
        key = require_api_key()
        own_ledger = PlanLedger(plan, ledger)
        files = ImportFiles(plan, own_ledger.path)
        files.require_usable(force=force)
        choice = CampaignChoice(
            ids=ids or (), clients=clients or (), names=names or (), statuses=statuses or ()
        )
        command = _Import(
            output, source, files, own_ledger, limits, key, force=force, accept_new_key=accept_new_key
        )
        imported = run_until_interrupted(command.run(choice))
        code = ExitCode.SOME_FAILED if imported.left_out else ExitCode.DONE
        _show(output, imported)
        output.print_json(_as_json(imported, code))
    raise typer.Exit(code)


@attrs.frozen
class _Import:
    """One run of the command."""

    output: Output
    source: Target
    files: ImportFiles
    ledger: PlanLedger
    limits: RateLimits
    key: str = attrs.field(repr=False)
    force: bool = attrs.field(kw_only=True)
    accept_new_key: bool = attrs.field(kw_only=True)

    async def run(self, choice: CampaignChoice) -> Imported:
        try:
            return await self._run(choice)
        except (AuthenticationError, PermissionDenied):
            raise
        except (APIError, TransportError) as error:
            message = f"the server could not be read, so nothing was written: {error}"
            raise CommandError(message, ExitCode.SOME_FAILED) from None

    async def _run(self, choice: CampaignChoice) -> Imported:
        from ...provisioning.adoption.importer import Importer

        digest = await self._key_digest()
        self.output.line(f"Target: {self.source.description}")
        with CountDisplay(self.output, "campaign", "read") as display:
            async with self.source.client(None, self.limits, max_in_flight=_MAX_IN_FLIGHT) as client:
                importer = Importer(
                    client,
                    self.files,
                    force=self.force,
                    job=lambda campaigns: self._fingerprint(campaigns, digest),
                    on_campaign=display.update,
                )
                chosen = await importer.choose(choice)
                self._announce(len(chosen))
                return await importer.run(chosen)

    async def _key_digest(self) -> str:
        """Return the digest of the key for the ledger; refuse a ledger of another target or key."""
        from ...provisioning.ledger.sqlite import SqliteLedger

        path = self.files.ledger
        before = None
        if path.exists():
            async with SqliteLedger(path, read_only=True) as ledger:
                before = JobFingerprint.parse((await ledger.open()).plan)
        if before is None:
            return key_digest(self.key)
        self.ledger.require_plan(before)
        require_target(before, self.source, path)
        require_key(before, self.key, path, accepted=self.accept_new_key)
        return key_digest(self.key) if self.accept_new_key or before.key is None else before.key

    def _fingerprint(self, campaigns: int, digest: str) -> str:
        # The content of the plan counts as changed, so that its first run looks at every campaign.
        return str(JobFingerprint(self.source.identity, "", campaigns, 0, digest, self.files.plan.name))

    def _announce(self, campaigns: int) -> None:
        from ...provisioning.adoption.importer import REQUESTS_PER_CAMPAIGN

        requests = campaigns * (REQUESTS_PER_CAMPAIGN + 1)
        least = ""
        if self.limits.windows:
            least = f", at least {duration(self.limits.shortest_time(requests))} at {self.limits}"
        self.output.line(
            f"Reading {count(campaigns, 'campaign')}: at least {count(requests, 'request')} "
            f"(3 for each campaign, and 1 for every 100 leads){least}"
        )


def _show(output: Output, imported: Imported) -> None:
    from ...provisioning.adoption.campaign_spec import UNREADABLE

    for line in (*imported.notes[:_MAX_SHOWN], *imported.left_out[:_MAX_SHOWN]):
        output.line(printable(line), "yellow")
    for lines in (imported.notes, imported.left_out):
        show_more(output, len(lines), _MAX_SHOWN, style="yellow", hint=": --json lists them all")
    output.line(
        f"SmartLead does not return these settings, so they are not in the plan and stay as they are: "
        f"{', '.join(UNREADABLE)}."
    )
    leads = sum(each.leads for each in imported.campaigns)
    output.line(
        f"Imported {count(len(imported.campaigns), 'campaign')} and {count(leads, 'lead')} with "
        f"{count(imported.requests, 'request')}.",
        "bold green",
    )
    output.field("Plan", str(imported.plan))
    output.field("Ledger", str(imported.ledger))


def _as_json(imported: Imported, code: ExitCode) -> dict[str, Any]:
    from ...provisioning.adoption.campaign_spec import UNREADABLE

    return {
        "plan": str(imported.plan),
        "ledger": str(imported.ledger),
        "exit_code": int(code),
        "requests": imported.requests,
        "campaigns": [
            {
                "id": each.campaign.id,
                "name": each.campaign.name,
                "key": each.spec.identity,
                "status": str(each.campaign.status),
                "leads": each.leads,
            }
            for each in imported.campaigns
        ],
        "left_out": [attrs.asdict(each) for each in imported.left_out],
        "notes": [attrs.asdict(each) for each in imported.notes],
        "settings_not_returned": list(UNREADABLE),
    }
