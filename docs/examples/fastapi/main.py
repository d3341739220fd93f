"""A service that sets up a campaign when a deal closes, and hears of replies.

    pip install 'smartlead-async[fastapi]' uvicorn
    SMARTLEAD_API_KEY=… WEBHOOK_TOKEN=… uvicorn main:app    # in the folder of this file

Its page is at http://127.0.0.1:8000/ and its documentation at http://127.0.0.1:8000/docs. It has no
authentication of its own: add yours to the ``dependencies`` of the application before others can reach it.
"""

import json
import os
from pathlib import Path
from typing import Annotated, Any

from fastapi import FastAPI
from fastapi.responses import FileResponse
from pydantic import BaseModel, Field

from smartlead_async import webhooks
from smartlead_async.integrations.fastapi import (
    ProvisioningJobs,
    Smartlead,
    add_error_handlers,
    provisioning_router,
    smartlead_lifespan,
    webhook_router,
)

HERE = Path(__file__).parent
DATA = Path(os.environ.get("DATA_FOLDER", HERE / "data"))
MAILBOX_TAG = os.environ.get("MAILBOX_TAG", "Onboarding")
DATA.mkdir(parents=True, exist_ok=True)

app = FastAPI(
    title="Campaigns for deals",
    description="Sets up a SmartLead campaign for each deal, once, and records replies.",
    lifespan=smartlead_lifespan(),
)
add_error_handlers(app)


# --- campaigns for deals -----------------------------------------------------------------------------------


class Contact(BaseModel):
    """A person at the customer."""

    email: str
    first_name: Annotated[str, Field(min_length=1)]


class Deal(BaseModel):
    """A deal that has closed."""

    id: Annotated[str, Field(min_length=1, max_length=100, examples=["deal-77"])]
    company: Annotated[str, Field(min_length=1, max_length=100, examples=["Northwind"])]
    contacts: Annotated[list[Contact], Field(min_length=1)]


class Accepted(BaseModel):
    """The job that sets up the campaign; its progress is at ``/jobs/{job}``."""

    job: str


jobs = ProvisioningJobs(DATA / "jobs")
app.include_router(provisioning_router(jobs))


@app.post("/deals", status_code=202, tags=["deals"])
async def close_deal(deal: Deal) -> Accepted:
    """Set up the onboarding campaign of a deal, in the background.

    The id of the deal is the idempotency key, so a deal that is sent twice has one campaign.
    """
    job = await jobs.submit(json.dumps(plan_for(deal)).encode(), key=deal.id)
    return Accepted(job=job.id)


def plan_for(deal: Deal) -> dict[str, Any]:
    """Return the plan of a deal's campaign, as docs/plan-format.md describes it."""
    return {
        "version": 1,
        "campaigns": [
            {
                "name": f"Onboarding of {deal.company} ({deal.id})",
                "steps": [
                    {"subject": "Welcome", "body": "<p>Hi {{first_name}}, welcome on board!</p>"},
                    {"subject": "", "body": "<p>Is everything working?</p>", "delay_days": 3},
                ],
                "mailboxes": {"tag": MAILBOX_TAG},
                "schedule": {
                    "timezone": "Europe/Berlin",
                    "days": [1, 2, 3, 4, 5],
                    "start": "09:00",
                    "end": "17:00",
                },
                "leads": [contact.model_dump() for contact in deal.contacts],
                "start": True,
            }
        ],
    }


@app.get("/campaigns/{campaign_id}", tags=["deals"])
async def campaign(campaign_id: int, smartlead: Smartlead) -> dict[str, str | None]:
    """Return the name and the status of a campaign."""
    found = await smartlead.campaigns.get(campaign_id)
    return {"name": found.name, "status": found.status}


# --- replies -----------------------------------------------------------------------------------------------


async def on_event(event: webhooks.Event) -> None:
    """Record a reply; in your service, tell the CRM. Called once for each event."""
    if isinstance(event, webhooks.EmailReplied):
        with (DATA / "replies.jsonl").open("a", encoding="utf-8") as file:
            file.write(json.dumps({"lead": event.lead_email, "text": event.reply_message.text}) + "\n")


app.include_router(
    webhook_router(on_event, queue=DATA / "webhooks.sqlite", url_token=os.environ["WEBHOOK_TOKEN"])
)


@app.get("/", include_in_schema=False)
async def page() -> FileResponse:
    """Return the page that shows the jobs."""
    return FileResponse(HERE / "page.html")
