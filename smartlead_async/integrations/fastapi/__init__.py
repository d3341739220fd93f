"""SmartLead in FastAPI applications; needs the extra ``fastapi``.

One client for an application, or one for each of its tenants; errors as HTTP responses; a router that
receives webhooks; and a router that runs plans in the background. Example::

    app = FastAPI(lifespan=smartlead_lifespan())
    add_error_handlers(app)

    @app.post("/campaigns", status_code=201)
    async def create_campaign(name: str, smartlead: Smartlead) -> dict[str, int]:
        return {"id": (await smartlead.campaigns.create(name)).id}
"""

from __future__ import annotations

from ._client import Smartlead, get_client, smartlead_lifespan
from ._errors import add_error_handlers
from ._job_files import JobStatus
from ._job_routes import provisioning_router
from ._jobs import ProvisioningJobs
from ._tenants import TenantClients
from ._webhooks import webhook_router

__all__ = [
    "JobStatus",
    "ProvisioningJobs",
    "Smartlead",
    "TenantClients",
    "add_error_handlers",
    "get_client",
    "provisioning_router",
    "smartlead_lifespan",
    "webhook_router",
]
