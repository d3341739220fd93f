"""Provision a folder of lists, one for each client.

``python agency.py lists/`` makes a campaign of the client Northwind from ``lists/Northwind.csv``. Names are
looked up in the account's list of clients, and nothing is created if one of them is unknown. The key is in
SMARTLEAD_API_KEY.
"""

from __future__ import annotations

import asyncio
import difflib
import sys
from pathlib import Path

from smartlead_async import CampaignSpec, LeadFile, SmartleadClient, SqliteLedger, StepSpec

STEPS = (StepSpec("{{first_name}}, a question", "<p>Hello {{first_name}}</p>"),)


def unknown(name: str, known: list[str]) -> str:
    """Return a message about a name that no client has."""
    similar = difflib.get_close_matches(name, known, n=1)
    return f"there is no client {name!r}" + (f": did you mean {similar[0]!r}?" if similar else "")


async def main(lists: list[Path], ledger: Path) -> int:
    """Provision a draft for each list, and return the exit code."""
    async with SmartleadClient.from_env() as client:
        ids = {each.name: each.id for each in await client.clients.list() if each.name}
        if wrong := [unknown(file.stem, list(ids)) for file in lists if file.stem not in ids]:
            print("\n".join(wrong), file=sys.stderr)
            return 2
        specs = [
            CampaignSpec(
                "Founders Q1 2027 – demo invite", client_id=ids[file.stem], steps=STEPS, leads=LeadFile(file)
            )
            for file in lists
        ]
        report = await client.provision(specs, ledger=SqliteLedger(ledger))
        names = {number: name for name, number in ids.items()}
        for row in await report.to_dicts():
            print(f"{names[row['client_id']]}: {row['state']}, {row['leads.added']} leads")
    return 0 if report.succeeded else 1


if __name__ == "__main__":
    folder = Path(sys.argv[1])
    sys.exit(asyncio.run(main(sorted(folder.glob("*.csv")), folder / "agency.ledger")))
