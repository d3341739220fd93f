"""The clone strategy: campaigns that share sequence, mailboxes, schedule and settings are copied, not built.

The first of each kind is set up in full; the others are duplicates of it, renamed: two requests in place of
up to five. SmartLead copies all of that and never the leads.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Self

import attrs

from ...api.campaigns.create import DuplicateCampaign
from ...api.campaigns.setup import UpdateSettings
from ...fields import NOT_GIVEN
from ...plan.campaign import CampaignSpec
from ..ledger.records import CampaignRecord, CampaignState
from .create import Creation


@attrs.frozen
class Template:
    """A campaign on the server that others can be copies of."""

    campaign_id: int
    copy_name: str
    client_id: int | None

    @classmethod
    def of(cls, record: CampaignRecord) -> Self:
        """A campaign that stands with everything that a copy takes over."""
        return cls(record.server_id, name_of_copy(record.name), record.client_id)


def name_of_copy(name: str) -> str:
    """What SmartLead calls a copy of a campaign of this name."""
    return f"{name} - copy"


def creation(template: Template) -> Creation:
    """How a copy is made."""
    return Creation(
        DuplicateCampaign(template.campaign_id),
        lambda answer: answer.campaign_id,
        template.copy_name,
        None,
        is_copy=True,
    )


def renaming(spec: CampaignSpec, template: Template, campaign_id: int) -> UpdateSettings:
    """The request that turns a copy into the campaign of the plan."""
    same_client = spec.client_id == template.client_id
    client_id = NOT_GIVEN if same_client and spec.client_id is None else spec.client_id
    return UpdateSettings(campaign_id, name=spec.name, client_id=client_id)


@attrs.define
class Templates:
    """The templates of a job, by signature. Whoever comes first builds one; the others wait for it."""

    accept_changes: bool = False
    _ready: dict[str, asyncio.Future[Template | None]] = attrs.field(factory=dict)
    _standing: dict[int, Template] = attrs.field(factory=dict)
    _kinds: dict[str, str] = attrs.field(factory=dict)
    """Which kind the templates of a name are of."""

    def known(self, record: CampaignRecord) -> None:
        """A campaign that an earlier run has set up can serve as a template."""
        if record.signature is None or record.campaign_id is None:
            return
        self._kinds.setdefault(record.name, record.signature)
        # Unless it may be about to be set up in another way.
        if record.state is CampaignState.DONE or not self.accept_changes:
            self._built(record)

    def claim(self, kind: str) -> None:
        """An earlier run has begun to build this template: who needs it waits for it, and builds no other."""
        if kind not in self._ready:
            self._ready[kind] = asyncio.get_running_loop().create_future()

    def standing(self, campaign_id: int) -> Template | None:
        """The template with this id on the server, if it is as it was when the first copy of it was made."""
        return self._standing.get(campaign_id)

    def may_build(self, kind: str, name: str) -> bool:
        """Whether a campaign of this name may be the template of its kind.

        Two templates of one name have copies of one name, and a lost duplicate could not be told from one
        of the other: the second is built like any campaign, and somebody else's turn comes.
        """
        if self._kinds.setdefault(name, kind) == kind:
            return True
        self._ready[kind].set_result(None)
        return False

    async def wait_for(self, kind: str) -> Template | None:
        """The template of this kind; None when the caller is to build it, in :meth:`building`."""
        while (ready := self._ready.get(kind)) is not None:
            template = await asyncio.shield(ready)
            if template is not None:
                return template
            # Its builder has failed: the first of those who waited takes its place.
            if self._ready.get(kind) is ready:
                del self._ready[kind]
        self._ready[kind] = asyncio.get_running_loop().create_future()
        return None

    @contextmanager
    def building(self, kind: str) -> Iterator[Callable[[CampaignRecord], None]]:
        """Build the template of a kind; call what this gives when it stands. Else somebody else has a go."""
        try:
            yield self._built
        finally:
            ready = self._ready.get(kind)
            if ready is not None and not ready.done():
                ready.set_result(None)

    def _built(self, record: CampaignRecord) -> None:
        if record.signature is None or record.campaign_id is None:
            return
        template = self._standing[record.campaign_id] = Template.of(record)
        ready = self._ready.setdefault(record.signature, asyncio.get_running_loop().create_future())
        if not ready.done():
            ready.set_result(template)
