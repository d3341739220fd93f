"""Provision this week's list of leads.

Run ``python weekly_list.py leads.xlsx`` from a scheduler, as often as you like: the ledger of the week knows
what has been done, so that a second run creates nothing twice, and adds the leads that the list has gained.
The key is in SMARTLEAD_API_KEY.
"""

from __future__ import annotations

import asyncio
import datetime as dt
import sys
from pathlib import Path

from smartlead_async import (
    CampaignSpec,
    InvalidPlan,
    LeadFile,
    MailboxChoice,
    ScheduleSpec,
    SettingsSpec,
    SmartleadClient,
    SqliteLedger,
    StepSpec,
)


def campaign(leads: Path, week: str) -> CampaignSpec:
    """Return the campaign of a week."""
    return CampaignSpec(
        f"Dentists {week} – demo invite",
        key=week,
        steps=(
            StepSpec(
                "{{first_name}}, a question", "<p>Hello {{first_name}},<br>would a demo be welcome?</p>"
            ),
            StepSpec(body="<p>Any thoughts, {{first_name}}?</p>", delay_days=3),
        ),
        mailboxes=MailboxChoice(ids=(601, 745)),
        leads=LeadFile(leads, blank_values=(), skip_bad_rows=True),
        schedule=ScheduleSpec("Europe/Oslo"),
        settings=SettingsSpec(stop_lead_settings="REPLY_TO_AN_EMAIL"),
        start=True,
    )


async def main(leads: Path) -> int:
    """Provision the campaign of this week, and return the exit code."""
    year, number, _ = dt.datetime.now().astimezone().isocalendar()
    week = f"{year}-W{number:02}"
    spec = campaign(leads, week)
    for row in spec.lead_rows():
        for problem in row.problems:
            print(problem, file=sys.stderr)
    try:
        spec.validate()
        async with SmartleadClient.from_env() as client:
            report = await client.provision([spec], ledger=SqliteLedger(leads.with_name(f"{week}.ledger")))
            rows = await report.to_dicts()
    except InvalidPlan as invalid:
        print(invalid, file=sys.stderr)
        return 2
    for row in rows:
        print(f"{row['name']}: {row['state']}, {row['leads.added']} leads, {report.requests} requests")
    return 0 if report.succeeded else 1


if __name__ == "__main__":
    sys.exit(asyncio.run(main(Path(sys.argv[1]))))
