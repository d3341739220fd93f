"""``smartlead-async fake serve``: the in-memory SmartLead over HTTP."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ...wording import count, printable
from ..help_pages import App
from ..options import FaultsOption, SeedOption, TierOption, require_fault_rate
from ..output import CommandError, command_output
from ..settings import with_shared_options
from ..signals import run_until_interrupted
from ..tier import Tier

if TYPE_CHECKING:
    from ...fake import FakeSmartlead

app = App(help="A SmartLead in memory for trying things out.")

_LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})


@app.callback()
def _group() -> None:
    """Run a SmartLead in memory for trying things out."""


@app.command()
@with_shared_options
def serve(
    host: Annotated[str, typer.Option(metavar="ADDRESS", help="The address to listen on.")] = "127.0.0.1",
    port: Annotated[
        int, typer.Option(metavar="PORT", min=0, max=65535, help="The port; 0 takes a free one.")
    ] = 0,
    api_key: Annotated[
        list[str] | None,
        typer.Option(
            "--api-key",
            "--key",
            metavar="KEY",
            help="The API key it accepts; repeat it for several keys of one account.",
            show_default="test-key",
        ),
    ] = None,
    accept_any_user_agent: Annotated[
        bool,
        typer.Option(
            "--accept-any-user-agent",
            help="Accept clients whose User-Agent names only a library, such as curl. SmartLead does not.",
        ),
    ] = False,
    tier: TierOption = None,
    faults: FaultsOption = 0.0,
    seed: SeedOption = 0,
    plan: Annotated[
        Path | None,
        typer.Option(metavar="PLAN", help="Add the clients and mailboxes that this plan needs."),
    ] = None,
) -> None:
    """Serve the fake under /api/v1 until Ctrl-C or SIGTERM. The first line of output is its base URL.

    It has no rate limit without --tier, and keeps nothing when it ends. To try it:
    SMARTLEAD_API_KEY=test-key smartlead-async provision PLAN --target URL
    """
    with command_output() as output:
        from ...fake import FakeSmartlead
        from ...fake.server import serve as serve_fake
        from ...plan.needs import account_needs
        from ...plan.plan import load_plan
        from ...simulation import seed_account

        keys = dict.fromkeys(api_key or ["test-key"])
        if not all(key.strip() for key in keys):
            raise CommandError("--api-key is empty")
        fake = FakeSmartlead(
            api_key=next(iter(keys)),
            limits=Tier.parse(tier).limits if tier else None,
            faults=require_fault_rate(faults),
            seed=seed,
            strict_user_agent=not accept_any_user_agent,
        )
        for key in keys:
            fake.add_key(key)
        if host not in _LOOPBACK:
            output.warn(
                f"Listening on {printable(host)}, not only on this machine: anyone who can reach it "
                "can use it, and there is no TLS."
            )
        if plan is not None:
            seed_account(fake, account_needs(load_plan(plan).specs()))
            accounts = count(len(fake.email_accounts), "mailbox", "mailboxes")
            output.warn(f"Added {accounts} and {count(len(fake.account.clients), 'client')} of the plan.")

        def ready(base_url: str) -> None:
            sys.stdout.write(f"{base_url}\n")
            sys.stdout.flush()

        try:
            run_until_interrupted(serve_fake(fake, host=host, port=port, on_ready=ready))
        except KeyboardInterrupt:
            pass
        except (OSError, UnicodeError) as problem:
            address = f"{printable(host)}:{port}"
            raise CommandError(f"cannot listen on {address}: {_reason(problem)}") from None
        for line in _summary(fake):
            output.warn(line)


def _summary(fake: FakeSmartlead) -> Iterator[str]:
    """Yield what the fake has served; nothing if there was no request."""
    if not fake.requests.total:
        return
    from ...fake.keys import shown_key

    yield f"Served {count(fake.requests.total, 'request')}."
    for key in fake.api_keys:
        usage = fake.usage[key]
        requests = count(usage.requests, "request")
        yield f"Key {printable(shown_key(key))}: {requests}, {usage.too_many:,} got a 429."
    refused = fake.requests.by_status[403]
    if refused:
        yield (
            f"{count(refused, 'request')} got a 403, because the User-Agent was empty or a library's. "
            "Send your own, or start the fake with --accept-any-user-agent."
        )


def _reason(problem: Exception) -> str:
    import errno

    if isinstance(problem, OSError) and problem.errno == errno.EADDRINUSE:
        return "the port is in use by another process; choose another, or 0 for a free one"
    message = problem.strerror if isinstance(problem, OSError) else None
    return printable(message or problem)
