"""``smartlead-async fake serve``: the in-memory SmartLead over HTTP."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from ..options import FaultsOption, SeedOption, TierOption, fault_rate, limits_of
from ..output import Refused, speaking
from ..wording import count, shown

app = typer.Typer(help="A SmartLead in memory, to try things on.", no_args_is_help=True)


_HERE = frozenset({"localhost", "127.0.0.1", "::1"})


@app.callback()
def _group() -> None:
    """A SmartLead in memory, to try things on."""


@app.command()
def serve(
    host: Annotated[str, typer.Option(help="The address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=0, max=65535, help="The port; 0 takes a free one.")] = 0,
    api_key: Annotated[str, typer.Option(help="The key it accepts.")] = "test-key",
    tier: TierOption = None,
    faults: FaultsOption = 0.0,
    seed: SeedOption = 0,
    plan: Annotated[
        Path | None,
        typer.Option(metavar="PLAN", help="Furnish it with the clients and mailboxes of this plan."),
    ] = None,
) -> None:
    """Serve the fake under /api/v1 until Ctrl-C or SIGTERM. The first line of output is its base URL.

    It has no rate limit unless --tier gives it one, and forgets everything when it ends. Try it:
    SMARTLEAD_API_KEY=test-key smartlead-async provision PLAN --target URL
    """
    with speaking() as output:
        import asyncio

        from ...fake import FakeSmartlead
        from ...fake.server import serve as serve_fake
        from ...plan.needs import account_needs
        from ...plan.plan import load_plan
        from ...simulation import furnish

        if not api_key.strip():
            raise Refused("--api-key is empty")
        limits = limits_of(tier) if tier else None
        fake = FakeSmartlead(api_key=api_key, limits=limits, faults=fault_rate(faults), seed=seed)
        if host not in _HERE:
            output.warn(
                f"Listening on {shown(host)}, not only on this machine: whoever reaches it can use it, "
                "and there is no TLS."
            )
        if plan is not None:
            furnish(fake, account_needs(load_plan(plan).specs()))
            accounts = count(len(fake.email_accounts), "mailbox", "mailboxes")
            output.warn(f"Furnished with {accounts} and {count(len(fake.account.clients), 'client')}.")

        def ready(base_url: str) -> None:
            sys.stdout.write(f"{base_url}\n")
            sys.stdout.flush()

        try:
            asyncio.run(serve_fake(fake, host=host, port=port, on_ready=ready))
        except (OSError, UnicodeError) as problem:
            where = f"{shown(host)}:{port}"
            raise Refused(f"cannot listen on {where}: {_reason(problem)}") from None


def _reason(problem: Exception) -> str:
    import errno

    if isinstance(problem, OSError) and problem.errno == errno.EADDRINUSE:
        return "the port is in use by another process. Choose another, or 0 for a free one"
    text = problem.strerror if isinstance(problem, OSError) else None
    return shown(text or problem)
