"""The fake itself: takes HTTP requests as bytes and answers them from its state."""

from __future__ import annotations

import functools
import heapq
import itertools
import math
import re
from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Any, Final, Literal
from urllib.parse import parse_qsl, unquote

import attrs
import orjson

from ..limits import RateLimits
from .clock import Clock
from .faults import Fault, FaultKind, Faults, Match, Script, script
from .handlers import campaign_leads as handlers_campaign_leads
from .handlers import campaign_setup as handlers_campaign_setup
from .handlers import campaigns as handlers_campaigns
from .handlers import email_accounts as handlers_email_accounts
from .handlers import leads as handlers_leads
from .handlers import messages as handlers_messages
from .pages import failure, no_such_route, page
from .rate_limits import Counting, KeyWindows, Standing
from .request_log import LoggedRequest, RequestLog
from .routing import Call, Refusal, Reply, Route, Router, json_reply, text_reply
from .snapshot import campaign_snapshot
from .state import Access, Account, Campaign, Client, EmailAccount, Ids, Lead

if TYPE_CHECKING:
    from .transport import FakeTransport

BASE_PATH: Final = "/api/v1"

_LIBRARY_DEFAULTS: Final = re.compile(
    r"(python-requests|python-httpx|python-urllib|curl|wget|axios|node-fetch|go-http-client|okhttp|java|libwww-perl"
    r"|python/[\d.]+ aiohttp)(/|$)",
    re.IGNORECASE,
)

# Handlers register themselves on import; naming them here keeps the imports honest.
_HANDLERS: Final = (
    handlers_campaigns,
    handlers_campaign_setup,
    handlers_campaign_leads,
    handlers_leads,
    handlers_messages,
    handlers_email_accounts,
)


@functools.cache
def router() -> Router:
    """The tree of routes, built once for all fakes."""
    return Router()


_Late = tuple[float, int, Callable[[], object]]
"""When a late commit is due, its turn among equals, and the change."""

Ending = Literal["answered", "refused", "lost", "broken off", "too slow"]


@attrs.frozen
class Exchange:
    """What becomes of a request: the reply, when it comes, and whether all of it arrives."""

    ending: Ending
    reply: Reply | None = None
    delay: float = 0.0


class FakeSmartlead:
    """A SmartLead in memory, for tests and trials: stateful, with the real one's rules and answers.

    It knows one account with one key (``api_key``); more come with :meth:`add_account`, :meth:`add_key` and
    :meth:`add_client`. ``limits`` are the windows of each key (None: no limits), counted ``"sliding"``,
    ``"fixed"`` or as a ``"token"`` bucket. ``faults`` is a :class:`Faults`, or just a rate drawn with
    ``seed``. ``lead_quota`` is how many leads may still be imported.

    Switches for what the sources tell in more than one way:

    ``duplicates_flag``
        What ``ignore_duplicate_leads_in_other_campaign: true`` does: ``"true_imports"`` as SmartLead's guide
        says, ``"true_skips"`` as two public clients report.
    ``too_many_requests``
        The body of a 429: ``"error"`` (an object with code and retry_after), ``"message"`` or ``"text"``.
    ``strict_user_agent``
        Whether the edge turns away an empty or library-default User-Agent with a 403.
    ``strict_clients``
        Whether a ``client_id`` that was never added is refused; otherwise it comes into being.

    Example::

        fake = FakeSmartlead(limits=RateLimits.STANDARD)
        mailbox = fake.add_email_account("ada@sender.example")
        async with SmartleadClient("test-key", transport=fake.transport()) as client:
            created = await client.campaigns.create("SaaS founders Q1 2027")
        assert fake.campaigns[created.id].status == "DRAFTED"
    """

    def __init__(
        self,
        *,
        api_key: str = "test-key",
        seed: int = 0,
        limits: RateLimits | None = None,
        counting: Counting = "sliding",
        faults: Faults | float | None = None,
        lead_quota: int | None = None,
        duplicates_flag: Literal["true_imports", "true_skips"] = "true_imports",
        too_many_requests: Literal["error", "message", "text"] = "error",
        rate_limit_headers: bool = True,
        strict_user_agent: bool = True,
        strict_clients: bool = False,
        log_size: int | None = 10_000,
        wall_clock: Callable[[], float] | None = None,
    ) -> None:
        self.clock = Clock(wall_clock)
        self.ids = Ids()
        self.duplicates_flag = duplicates_flag
        self.strict_clients = strict_clients
        self.strict_user_agent = strict_user_agent
        self.faults = Faults(faults, seed=seed) if isinstance(faults, (int, float)) else faults
        self.limits = limits or RateLimits.UNLIMITED
        self.counting: Counting = counting
        self.throttled = 0
        """How many requests met a full window."""
        self._log = RequestLog(log_size)
        self._too_many_requests = too_many_requests
        self._rate_limit_headers = rate_limit_headers
        self._keys: dict[str, Access] = {}
        self._windows: dict[str, KeyWindows] = {}
        self._scripts: list[Script] = []
        self._late: list[_Late] = []
        self._order = itertools.count()
        self._hidden_for = 0.0
        self.account = self.add_account(api_key)
        self.account.lead_quota = lead_quota

    # --- setting the scene ---------------------------------------------------------------------------

    def add_account(self, api_key: str) -> Account:
        """Another SmartLead account with a key of its own. It shares nothing with the first but the ids."""
        account = Account(next(self.ids.account))
        self._keys[api_key] = Access(api_key, account)
        return account

    def add_client(self, name: str, *, client_id: int | None = None, api_key: str | None = None) -> int:
        """A client of the account, and a key that sees only this client's objects if one is given."""
        number = client_id if client_id is not None else next(self.ids.client)
        self.account.clients[number] = Client(number, name)
        if api_key is not None:
            self.add_key(api_key, client_id=number)
        return number

    def add_key(self, api_key: str, *, client_id: int | None = None) -> None:
        """Another key for the account, or for one client of it. Every key has windows of its own."""
        self._keys[api_key] = Access(api_key, self.account, client_id)

    def revoke_key(self, api_key: str) -> None:
        """The key is invalid from now on."""
        del self._keys[api_key]

    def add_email_account(
        self,
        from_email: str,
        *,
        from_name: str | None = None,
        tags: Iterable[str] = (),
        healthy: bool = True,
        suspended: bool = False,
        smtp_ok: bool | None = None,
        imap_ok: bool | None = None,
        client_id: int | None = None,
        type: str = "SMTP",  # noqa: A002 - the API's word
    ) -> int:
        """A mailbox; ``healthy=False`` breaks both connections, ``smtp_ok``/``imap_ok`` one of them."""
        now = self.clock.wall()
        mailbox = EmailAccount(
            next(self.ids.email_account),
            from_email,
            from_name if from_name is not None else from_email.partition("@")[0].title(),
            now,
            now,
            client_id=client_id,
            type=type,
            smtp_ok=healthy if smtp_ok is None else smtp_ok,
            imap_ok=healthy if imap_ok is None else imap_ok,
            suspended=suspended,
            tags=list(tags),
        )
        self.account.email_accounts[mailbox.id] = mailbox
        for tag in mailbox.tags:
            self.account.tag_id(tag)
        return mailbox.id

    def block(self, email_or_domain: str) -> None:
        """Put an address or a domain on the global block list."""
        self.account.blocked.add(email_or_domain.lower().lstrip("@"))

    def unsubscribe(self, email: str) -> None:
        """The person behind an address unsubscribes from everything."""
        self.account.unsubscribed.add(email.lower())
        lead = self.account.leads_by_email.get(email.lower())
        if lead is not None:
            lead.unsubscribed = True

    def bounce(self, email: str) -> None:
        """Put an address on the community bounce list."""
        self.account.bounced.add(email.lower())

    def record_message(
        self,
        campaign_id: int,
        email: str,
        *,
        type: Literal["SENT", "REPLY"] = "SENT",  # noqa: A002 - the API's word
        subject: str = "",
        email_body: str = "",
        step: int = 1,
    ) -> str:
        """A mail went to a lead, or one came back. Gives its ``stats_id``, which a reply needs."""
        place = self.account.campaigns[campaign_id].leads[self.account.leads_by_email[email.lower()].id]
        return handlers_messages.record_message(self, place, type, subject, email_body, step)

    # --- looking at it -------------------------------------------------------------------------------

    @property
    def campaigns(self) -> dict[int, Campaign]:
        """The account's campaigns by id, as they stand now."""
        self._run_late_commits(self.clock.now())
        return self.account.campaigns

    @property
    def leads(self) -> dict[int, Lead]:
        """The account's leads by id: one record for each address."""
        self._run_late_commits(self.clock.now())
        return self.account.leads

    @property
    def email_accounts(self) -> dict[int, EmailAccount]:
        """The account's mailboxes by id."""
        return self.account.email_accounts

    @property
    def requests(self) -> RequestLog:
        """What arrived here, in numbers and (the newest) one by one."""
        return self._log

    def campaigns_named(self, name: str) -> list[Campaign]:
        """Every campaign of that name: more than one where something was made twice."""
        return [campaign for campaign in self.campaigns.values() if campaign.name == name]

    def snapshot(self) -> list[dict[str, Any]]:
        """All campaigns as plain data without ids and instants, by name: compare two fakes with it."""
        accounts = self.email_accounts
        shots = [campaign_snapshot(campaign, accounts) for campaign in self.campaigns.values()]
        return sorted(shots, key=lambda shot: (shot["name"], shot["client_id"] or 0))

    def settle(self) -> None:
        """Let every late commit take effect and every campaign be listed, without waiting for it."""
        self._run_late_commits(math.inf)
        for campaign in self.account.campaigns.values():
            campaign.listed_from = 0.0

    # --- faults and limits ---------------------------------------------------------------------------

    def fail_next(self, fault: Fault, match: Match = None, *, times: int = 1) -> Script:
        """The next request (of that operation) meets this fault."""
        return self.script(match, fault, times)

    def script(self, match: Match, fault: Fault, times: int | None = 1) -> Script:
        """The next ``times`` requests that match meet this fault; None: all, until ``stop()`` is called."""
        self._scripts = [each for each in self._scripts if each.remaining >= 1]
        self._scripts.append(script(match, fault, times))
        return self._scripts[-1]

    def spend(self, count: int, api_key: str | None = None) -> None:
        """Another process with the same key sends that many requests: they count in its windows."""
        self._windows_of(api_key or next(iter(self._keys))).spend(count, self.clock.now())

    def transport(self, latency: float | Callable[[], float] = 0.0) -> FakeTransport:
        """A transport for ``SmartleadClient`` that ends here; ``latency`` in seconds, there and back."""
        from .transport import FakeTransport  # noqa: PLC0415 - it stands on this module

        return FakeTransport(self, latency)

    # --- requests ------------------------------------------------------------------------------------

    def receive(
        self, method: str, path: str, query_string: str, headers: Mapping[str, str], body: bytes | None
    ) -> Exchange:
        """One HTTP request. ``path`` begins with ``/api/v1``; header names are looked up in lower case."""
        now = self.clock.now()
        if self._late and self._late[0][0] <= now:
            self._run_late_commits(now)
        found = router().find(method, self._below_base(path)) if path.startswith(BASE_PATH) else None
        operation = found[0].operation.name if found else "unknown"
        fault = self._fault_for(operation)
        exchange = self._exchange(method, path, query_string, headers, body or b"", found, fault, now)
        status = exchange.reply.status if exchange.reply is not None else None
        kind = fault.kind if fault is not None else None
        self._log.add(LoggedRequest(method, path, operation, status, now, kind))
        return exchange

    def _exchange(
        self,
        method: str,
        path: str,
        query_string: str,
        headers: Mapping[str, str],
        body: bytes,
        found: tuple[Route, list[str]] | None,
        fault: Fault | None,
        now: float,
    ) -> Exchange:
        kind = fault.kind if fault is not None else None
        if kind is FaultKind.REFUSED:
            return Exchange("refused")
        if kind is FaultKind.LOST_BEFORE:
            return Exchange("lost")
        if self.strict_user_agent and self._is_turned_away(headers):
            return Exchange("answered", text_reply("error code: 1010", 403, "text/plain; charset=UTF-8"))
        query = dict(parse_qsl(query_string, keep_blank_values=True))
        access = self._keys.get(query.get("api_key", ""))
        standing: Standing | None = None
        if access is not None and self.limits.windows:
            standing = self._windows_of(access.key).take(now)
            if not standing.allowed:
                self.throttled += 1
                return Exchange("answered", self._with_limits(self._too_many(standing.retry_after), standing))
        reply: Reply
        if fault is not None and kind is FaultKind.RATE_LIMITED:
            reply = self._too_many(fault.seconds)
        elif fault is not None and kind is FaultKind.STATUS_BEFORE:
            reply = failure(fault.status)
        elif found is None:
            reply = no_such_route(method, path)
        elif access is None:
            reply = json_reply(found[0].unauthorized, 401)
        else:
            return self._commit(found, access, query, body, fault, standing, now)
        return Exchange("answered", self._with_limits(reply, standing))

    def _commit(
        self,
        found: tuple[Route, list[str]],
        access: Access,
        query: Mapping[str, str],
        body: bytes,
        fault: Fault | None,
        standing: Standing | None,
        now: float,
    ) -> Exchange:
        if fault is None:
            reply = self._perform(found, access, query, body)
            return Exchange("answered", self._with_limits(reply, standing))
        kind = fault.kind
        if kind is FaultKind.LATE_COMMIT:
            due = now + fault.seconds
            late = functools.partial(self._perform, found, access, query, body)
            entry: _Late = (due, next(self._order), late)
            heapq.heappush(self._late, entry)
            return Exchange("lost")
        self._hidden_for = fault.seconds if kind is FaultKind.UNLISTED else 0.0
        try:
            reply = self._perform(found, access, query, body)
        finally:
            self._hidden_for = 0.0
        ending: Ending = "answered"
        delay = 0.0
        match kind:
            case FaultKind.STATUS_AFTER:
                reply = failure(fault.status)
            case FaultKind.LOST_AFTER | FaultKind.UNLISTED:
                return Exchange("lost")
            case FaultKind.TOO_SLOW:
                ending, delay = "too slow", fault.seconds
            case FaultKind.SLOW:
                delay = fault.seconds
            case FaultKind.TRUNCATED:
                reply = attrs.evolve(reply, body=reply.body[: len(reply.body) // 2])
            case FaultKind.BROKEN_OFF:
                ending = "broken off"
            case FaultKind.NOT_JSON:
                reply = page(fault.status, "Something went wrong")
        return Exchange(ending, self._with_limits(reply, standing), delay)

    def _perform(
        self, found: tuple[Route, list[str]], access: Access, query: Mapping[str, str], body: bytes
    ) -> Reply:
        route, captured = found
        try:
            ids, given, parsed = route.understand(captured, query, body)
            return route.handler(Call(self, access, ids, given, parsed))
        except Refusal as refusal:
            return refusal.reply

    def listed_from(self) -> float:
        """The instant from which lists show what is created now."""
        return self.clock.now() + self._hidden_for if self._hidden_for else 0.0

    def _run_late_commits(self, until: float) -> None:
        while self._late and self._late[0][0] <= until:
            heapq.heappop(self._late)[2]()

    def _fault_for(self, operation: str) -> Fault | None:
        for placed in self._scripts:
            if placed.fits(operation):
                return placed.take()
        return self.faults.draw() if self.faults is not None else None

    def _windows_of(self, api_key: str) -> KeyWindows:
        windows = self._windows.get(api_key)
        if windows is None:
            windows = self._windows[api_key] = KeyWindows(self.limits, self.counting)
        return windows

    def _is_turned_away(self, headers: Mapping[str, str]) -> bool:
        agent = headers.get("user-agent") or headers.get("User-Agent") or ""
        return not agent.strip() or _LIBRARY_DEFAULTS.match(agent) is not None

    @staticmethod
    def _below_base(path: str) -> str:
        below = path[len(BASE_PATH) :]
        return unquote(below) if "%" in below else below

    def _too_many(self, retry_after: float) -> Reply:
        seconds = max(1, math.ceil(retry_after - 1e-6))
        headers = {"Retry-After": str(seconds)}
        text = f"Too many requests. Please retry after {seconds} seconds."
        if self._too_many_requests == "text":
            return attrs.evolve(text_reply(text, 429), headers=headers)
        body: Any = {"message": text}
        if self._too_many_requests == "error":
            body = {"error": {"code": "RATE_LIMIT_EXCEEDED", "message": text, "retry_after": seconds}}
        return Reply(429, orjson.dumps(body), headers=headers)

    def _with_limits(self, reply: Reply, standing: Standing | None) -> Reply:
        if standing is None or not self._rate_limit_headers:
            return reply
        headers = {
            **reply.headers,
            "X-RateLimit-Limit": str(standing.limit),
            "X-RateLimit-Remaining": str(standing.remaining),
            "X-RateLimit-Reset": str(math.ceil(self.clock.wall() + standing.reset - 1e-6)),
        }
        return Reply(reply.status, reply.body, reply.content_type, headers)
