"""The clone strategy: duplicates campaigns that share sequence, mailboxes, schedule and settings.

The first of each kind is set up in full. The others are duplicates of it that are renamed, which takes two
requests in place of up to five. SmartLead never copies the leads.

All duplicates of one campaign have the same name at first, so only one of them is made at a time. While
others wait, finished copies become templates as well, since their duplicates have other names.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Final, Self

import attrs

from ...api.campaigns.create import CreateCampaign, DuplicateCampaign
from ...naming import normal_name
from ...plan.request_count import COPIED
from ..ledger.records import CampaignRecord, StepRecord
from .creation import Creation

_MAX_OF_A_KIND: Final = 20
"""As many templates as requests may be in flight by default."""

UNKNOWN_CLIENT: Final = 0
"""The client of a copy until it is set, since it is not documented whether copies keep their client."""


@attrs.frozen
class Template:
    """A campaign on the server that can be duplicated."""

    campaign_id: int
    copy_name: str
    client_id: int | None
    steps: tuple[StepRecord, ...] = ()
    """The steps that a copy inherits; none if the content of the template is not known for certain."""

    @classmethod
    def of(cls, record: CampaignRecord) -> Self:
        """Return the template of a campaign that has everything that a copy inherits."""
        steps = tuple(attrs.evolve(step, requests=0) for step in record.steps if step.step in COPIED)
        return cls(record.server_id, name_of_copy(record.name), record.client_id, steps)


def name_of_copy(name: str) -> str:
    """Return the name that SmartLead gives to a copy of a campaign with this name."""
    return f"{name} - copy"


def creation(template: Template) -> Creation:
    """Return how a copy of a template is created."""
    return Creation(
        DuplicateCampaign(template.campaign_id),
        lambda response: response.campaign_id,
        template.copy_name,
        None if template.client_id is None else UNKNOWN_CLIENT,
        copy_of=template.campaign_id,
        inherited=template.steps,
    )


def creation_of(record: CampaignRecord) -> Creation:
    """Return how the campaign of a record was created, to look for it if the response was lost."""
    if record.copy_of is not None and record.copy_name is not None:
        return creation(Template(record.copy_of, record.copy_name, UNKNOWN_CLIENT))
    request = CreateCampaign(record.name, client_id=record.client_id)
    return Creation(request, lambda response: response.id, record.name, record.client_id)


@attrs.define
class Templates:
    """The templates of a job, by signature. The first campaign builds one; the others wait for it."""

    _ready: dict[str, asyncio.Future[Template | None]] = attrs.field(factory=dict)
    _standing: dict[int, Template] = attrs.field(factory=dict)
    _free: dict[str, asyncio.Queue[Template]] = attrs.field(factory=dict)
    """The templates of each kind that nobody is copying."""
    _copy_names: dict[str, set[str]] = attrs.field(factory=dict)
    """The names of the copies of each kind, in their normal form."""
    _kinds: dict[str, str] = attrs.field(factory=dict)
    """The kind of the templates of each name."""

    def known(self, record: CampaignRecord, *, is_current: bool) -> None:
        """Reserve the name of a template that an earlier run has begun; use it if it stays as it is."""
        if record.signature is None:
            return
        self._kinds.setdefault(normal_name(record.name), record.signature)
        if record.is_template and is_current:
            self.add(record)

    def reserve(self, kind: str) -> None:
        """Reserve a kind whose template an earlier run has begun: others wait for it and build none."""
        if kind not in self._ready:
            self._ready[kind] = asyncio.get_running_loop().create_future()

    def standing(self, campaign_id: int) -> Template | None:
        """Return the template with this id, if it is unchanged since the first copy of it was made."""
        return self._standing.get(campaign_id)

    def may_build(self, kind: str, name: str) -> bool:
        """Return whether a campaign of this name may be the template of its kind.

        Copies of two templates with one name would have one name as well, so a lost duplicate of one could
        not be told from one of the other. The second is therefore set up like any campaign.
        """
        if self._kinds.setdefault(normal_name(name), kind) == kind:
            return True
        # It is done if a campaign of an earlier run has completed the template while this one got its turn.
        if not (ready := self._ready[kind]).done():
            ready.set_result(None)
        return False

    def may_add(self, kind: str, name: str) -> bool:
        """Return whether a finished copy may become a template, and others have to wait for one."""
        names = self._copy_names.get(kind, set())
        return (
            0 < len(names) < _MAX_OF_A_KIND
            and self._free[kind].empty()
            and normal_name(name_of_copy(name)) not in names
            and self._kinds.setdefault(normal_name(name), kind) == kind
        )

    async def take(self, kind: str) -> Template | None:
        """Wait for a template of this kind that nobody else copies until :meth:`give_back`.

        None if the caller has to build it, in :meth:`building`.
        """
        return None if await self._wait_for(kind) is None else await self._free[kind].get()

    def give_back(self, kind: str, template: Template) -> None:
        """Let others copy a template."""
        self._free[kind].put_nowait(template)

    async def _wait_for(self, kind: str) -> Template | None:
        while (ready := self._ready.get(kind)) is not None:
            template = await asyncio.shield(ready)
            if template is not None:
                return template
            # Building it failed: the first of the waiting callers takes over.
            if self._ready.get(kind) is ready:
                del self._ready[kind]
        self._ready[kind] = asyncio.get_running_loop().create_future()
        return None

    @contextmanager
    def building(self, kind: str) -> Iterator[Callable[[CampaignRecord], None]]:
        """Build the template of a kind; call the yielded function when it is complete.

        Otherwise a waiting caller takes over.
        """
        try:
            yield self.add
        finally:
            ready = self._ready.get(kind)
            if ready is not None and not ready.done():
                ready.set_result(None)

    def add(self, record: CampaignRecord) -> None:
        """Let campaigns be copied from a template that is complete and on the ledger."""
        if record.signature is None or record.campaign_id is None:
            return
        template = Template.of(record)
        if record.campaign_id not in self._standing:
            self._standing[record.campaign_id] = template
            self._free.setdefault(record.signature, asyncio.Queue()).put_nowait(template)
            self._copy_names.setdefault(record.signature, set()).add(normal_name(template.copy_name))
        ready = self._ready.setdefault(record.signature, asyncio.get_running_loop().create_future())
        if not ready.done():
            ready.set_result(template)
