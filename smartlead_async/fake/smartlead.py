"""The fake itself: set it up, inspect it, make it fail."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping
from typing import Any, Literal

from ..limits import RateLimits
from ..request import Host, Request
from .accounts import Access, Account, Client
from .assertions import Assertions
from .backend import Backend
from .clock import Clock
from .deliveries import Deliveries, Delivery
from .exchange import Exchange
from .faults import Fault, Faults, Match, Script, create_script
from .ids import Ids
from .mail_log import MailLog, sender_of
from .mailing.mailing import Mailing
from .mailing.rates import Rates
from .quirks import Quirks
from .rate_limits import Counting
from .records import ClientKey
from .replies import given_reply
from .request_log import RequestLog
from .routes import router
from .routing import Router
from .snapshot import campaign_snapshot
from .state import Campaign, EmailAccount, Lead
from .throttle import KeyUsage, Throttle, TooManyRequests
from .transport import FakeTransport
from .world import DuplicatesFlag, World


class FakeSmartlead(Assertions):
    """An in-memory SmartLead for tests and trials: stateful, with the real one's rules and responses.

    It has one account with one key (``api_key``); add more with :meth:`add_account`, :meth:`add_key` and
    :meth:`add_client`. Methods that set something up do so in the first account, unless they are given
    another. ``limits`` are the windows of each key (None: no limits), counted ``"sliding"``, ``"fixed"`` or
    as a ``"token"`` bucket. ``faults`` is a :class:`Faults`, or only a rate drawn with ``seed``.
    ``lead_quota`` is the number of leads that may still be imported. The newest ``log_size`` requests and
    deliveries to webhooks are kept (None: all of them).

    An operation that the fake does not simulate gets the contract's example as its response, until
    :meth:`respond` sets another.

    Switches for behaviour on which the sources disagree:

    ``duplicates_flag``
        The meaning of ``ignore_duplicate_leads_in_other_campaign: true``: ``"true_imports"`` as in
        SmartLead's guide, ``"true_skips"`` as two public clients report.
    ``too_many_requests``
        The body of a 429: ``"error"`` (an object with code and retry_after), ``"message"`` or ``"text"``.
    ``strict_user_agent``
        Whether the edge refuses an empty or library-default User-Agent with a 403.
    ``strict_clients``
        Whether a ``client_id`` that was never added is refused; otherwise it is added.

    ``quirks`` are odd habits of a server that a client must survive; see :class:`Quirks`.

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
        duplicates_flag: DuplicatesFlag = "true_imports",
        too_many_requests: TooManyRequests = "error",
        rate_limit_headers: bool = True,
        strict_user_agent: bool = True,
        strict_clients: bool = False,
        log_size: int | None = 10_000,
        wall_clock: Callable[[], float] | None = None,
        quirks: Quirks | None = None,
    ) -> None:
        self.clock = Clock(wall_clock)
        self.limits = limits or RateLimits.UNLIMITED
        self.quirks = quirks or Quirks()
        self._world = World(self.clock, self.quirks, duplicates_flag, strict_clients, log_size=log_size)
        self._backend = Backend(
            self._world,
            router(),
            Throttle(self.limits, counting, self.clock, too_many_requests, headers=rate_limit_headers),
            RequestLog(log_size),
            Faults(faults, seed=seed) if isinstance(faults, (int, float)) else faults,
            strict_user_agent=strict_user_agent,
        )
        self._mailing = Mailing(self._world, seed)
        self._accounts: list[Account] = []
        self.account = self.add_account(api_key)
        self.account.lead_quota = lead_quota

    # --- setup ---------------------------------------------------------------------------------------

    @property
    def ids(self) -> Ids:
        """The counters of ids, which all accounts share."""
        return self._world.ids

    def add_account(self, api_key: str) -> Account:
        """Add a SmartLead account with a key of its own. It shares nothing with the first but the ids."""
        account = Account(next(self.ids.account))
        self._accounts.append(account)
        self._world.keys[api_key] = Access(api_key, account)
        return account

    def add_client(
        self,
        name: str,
        *,
        client_id: int | None = None,
        api_key: str | None = None,
        account: Account | None = None,
    ) -> int:
        """Add a client and return its id; ``api_key`` sees only the objects of this client."""
        number = client_id if client_id is not None else next(self.ids.client)
        (account or self.account).clients[number] = Client(number, name, created_at=self.clock.wall())
        if api_key is not None:
            self.add_key(api_key, client_id=number, account=account)
        return number

    def add_key(self, api_key: str, *, client_id: int | None = None, account: Account | None = None) -> None:
        """Add a key for an account, or for one client of it. Every key has windows of its own."""
        account = account or self.account
        self._world.keys[api_key] = Access(api_key, account, client_id)
        if client_id is not None:
            key = ClientKey(
                next(self.ids.client_key), client_id, f"key of client {client_id}", api_key, self.clock.wall()
            )
            account.client_keys[key.id] = key

    def revoke_key(self, api_key: str) -> None:
        """Invalidate a key."""
        account = self._world.keys.pop(api_key).account
        for key in [key for key in account.client_keys.values() if key.api_key == api_key]:
            del account.client_keys[key.id]

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
        type: str = "SMTP",  # noqa: A002 - the API's name
        account: Account | None = None,
    ) -> int:
        """Add a mailbox and return its id.

        ``healthy=False`` breaks both of its connections, ``smtp_ok`` and ``imap_ok`` one of them.
        """
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
        account = account or self.account
        account.email_accounts[mailbox.id] = mailbox
        for tag in mailbox.tags:
            account.tag(tag)
        return mailbox.id

    def block(self, email_or_domain: str) -> None:
        """Add an address or a domain to the global block list."""
        self.account.blocked.add(email_or_domain, at=self.clock.wall())

    def unsubscribe(self, email: str) -> None:
        """Unsubscribe an address from everything."""
        self.account.unsubscribed.add(email.lower())
        lead = self.account.leads_by_email.get(email.lower())
        if lead is not None:
            lead.unsubscribed = True

    def bounce(self, email: str) -> None:
        """Add an address to the community bounce list."""
        self.account.bounced.add(email.lower())

    def record_message(
        self,
        campaign_id: int,
        email: str,
        *,
        type: Literal["SENT", "REPLY"] = "SENT",  # noqa: A002 - the API's name
        subject: str = "",
        email_body: str = "",
        step: int = 1,
        account: Account | None = None,
    ) -> str:
        """Record a mail to a lead, or a reply, and return its ``stats_id``, which a reply needs."""
        account = account or self.account
        member = account.campaigns[campaign_id].leads[account.leads_by_email[email.lower()].id]
        log, now = MailLog(self._world, account), self.clock.wall()
        if type == "REPLY":
            return log.reply(member, subject=subject, body=email_body, at=now).stats_id
        mailbox = sender_of(account, member)
        return log.sent(member, mailbox, subject=subject, body=email_body, number=step, at=now).stats_id

    @property
    def webhook_deliveries(self) -> Deliveries:
        """The delivery of webhooks: set ``receive`` to a function that is called with each delivery."""
        return self._world.deliveries

    @property
    def deliveries(self) -> list[Delivery]:
        """The newest deliveries to webhooks (``log_size`` of them), oldest first."""
        self._backend.catch_up()
        return list(self._world.deliveries.kept)

    # --- time ----------------------------------------------------------------------------------------

    @property
    def rates(self) -> Rates:
        """The rates at which leads react to the mails that campaigns send during :meth:`advance`."""
        return self._mailing.rates

    @rates.setter
    def rates(self, rates: Rates) -> None:
        self._mailing.rates = rates

    def advance(self, *, days: float = 0, hours: float = 0, minutes: float = 0) -> dict[str, int]:
        """Let time pass, and return how many mails and reactions of each kind there were.

        Started campaigns send by their schedules and limits, and leads open, click, reply, bounce and
        unsubscribe at :attr:`rates`, drawn with the seed of the fake. No campaign sends at any other time,
        however long a test waits. Every timestamp follows; rate limits and waiting do not, as with
        ``clock.jump``. Example::

            fake.advance(days=3)  # {"SENT": 80, "OPEN": 37, "REPLY": 4}
        """
        seconds = days * 86_400 + hours * 3600 + minutes * 60
        if not 0 <= seconds < math.inf:
            raise ValueError(f"time cannot advance by {seconds:g} seconds")
        start = self.clock.wall()
        counts = self._mailing.advance(self._accounts, start, start + seconds)
        self.clock.jump(seconds)
        return counts

    # --- inspection ----------------------------------------------------------------------------------

    @property
    def campaigns(self) -> dict[int, Campaign]:
        """The account's campaigns by id."""
        self._backend.catch_up()
        return self.account.campaigns

    @property
    def leads(self) -> dict[int, Lead]:
        """The account's leads by id: one record for each address."""
        self._backend.catch_up()
        return self.account.leads

    @property
    def email_accounts(self) -> dict[int, EmailAccount]:
        """The account's mailboxes by id."""
        return self.account.email_accounts

    @property
    def requests(self) -> RequestLog:
        """The requests that arrived: counts, and the newest one by one."""
        return self._backend.log

    def campaigns_named(self, name: str) -> list[Campaign]:
        """Return every campaign with that name: more than one if a create was repeated."""
        return [campaign for campaign in self.campaigns.values() if campaign.name == name]

    def snapshot(self) -> list[dict[str, Any]]:
        """Return all campaigns as plain data without ids and timestamps, by name, to compare two fakes."""
        accounts = self.email_accounts
        snapshots = [campaign_snapshot(campaign, accounts) for campaign in self.campaigns.values()]
        return sorted(snapshots, key=lambda snapshot: (snapshot["name"], snapshot["client_id"] or 0))

    def settle(self) -> None:
        """Apply every late commit and list every campaign now."""
        self._backend.late_commits.run_until(math.inf)
        for account in self._accounts:
            for campaign in account.campaigns.values():
                campaign.listed_from = 0.0

    # --- faults and limits ---------------------------------------------------------------------------

    @property
    def faults(self) -> Faults | None:
        """The random faults; assign others, or None for no more of them."""
        return self._backend.faults

    @faults.setter
    def faults(self, faults: Faults | None) -> None:
        self._backend.faults = faults

    def fail_next(self, fault: Fault, match: Match = None, *, times: int = 1) -> Script:
        """Let the next request (of that operation) meet this fault."""
        return self.script(match, fault, times)

    def script(self, match: Match, fault: Fault, times: int | None = 1) -> Script:
        """Let the next ``times`` matching requests meet this fault; None: all, until ``stop()`` is called."""
        script = create_script(match, fault, times)
        self._backend.scripts = [each for each in self._backend.scripts if each.remaining >= 1] + [script]
        return script

    def clear_scripts(self) -> None:
        """Remove every scripted fault."""
        self._backend.scripts.clear()

    def spend(self, count: int, api_key: str | None = None) -> None:
        """Count requests of another process with the same key (by default the first one)."""
        self._backend.throttle.spend(api_key or next(iter(self._world.keys)), count)

    @property
    def throttled(self) -> int:
        """The number of requests that were refused because a window was full."""
        return self._backend.throttle.refused

    @property
    def usage(self) -> Mapping[str, KeyUsage]:
        """The requests and 429s of each API key that was used."""
        return self._backend.throttle.usage

    @property
    def api_keys(self) -> list[str]:
        """The valid API keys, in the order in which they were added."""
        return list(self._world.keys)

    @property
    def accepts_any_user_agent(self) -> bool:
        """Whether the edge lets in clients whose User-Agent names only a library."""
        return not self._backend.strict_user_agent

    def add_operation(self, request: type[Request[Any]]) -> None:
        """Serve an operation of your own; it takes the place of a declared one with the same route."""
        if request not in self._backend.router.requests:
            others = [other for other in self._backend.router.requests if _route(other) != _route(request)]
            self._backend.router = Router([*others, request])

    def respond(self, request: type[Request[Any]], body: Any, *, status: int = 200) -> None:
        """Send this response to an operation from now on; its handler, if it has one, is not called.

        A string is sent as plain text, bytes as they are, everything else as JSON. Example::

            fake.respond(GetCampaign, {"error": "Maintenance"}, status=503)
        """
        self.add_operation(request)
        self._backend.responses[request.operation.name] = given_reply(body, status)

    # --- requests ------------------------------------------------------------------------------------

    def transport(self, latency: float | Callable[[], float] = 0.0) -> FakeTransport:
        """Create a transport for ``SmartleadClient``; ``latency`` in seconds is that of the round trip."""
        return FakeTransport(self, latency)

    def receive(
        self,
        method: str,
        path: str,
        query_string: str,
        headers: Mapping[str, str],
        body: bytes | None,
        /,
        *,
        host: Host | None = None,
    ) -> Exchange:
        """Carry out one HTTP request.

        ``path`` is that of the whole URL. Without a ``host`` it begins with ``/api/v1``, the base path under
        which the operations of all hosts are served together.
        """
        return self._backend.receive(method, path, query_string, headers, body, host=host)


def _route(request: type[Request[Any]]) -> tuple[Host, str, str]:
    operation = request.operation
    return operation.host, operation.method, operation.path.rstrip("/")
