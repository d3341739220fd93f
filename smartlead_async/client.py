"""The client: the areas of the API, options, and the lifetime of its connections."""

from __future__ import annotations

import functools
import inspect
import os
import random
import time
import warnings
from collections.abc import Callable, Iterable, Mapping, Sequence
from types import MethodType, TracebackType
from typing import TYPE_CHECKING, Any, Concatenate, Final, Literal, ParamSpec, Self, TypeVar

import attrs

from ._version import __version__
from .api.areas import Areas
from .base_url import normalize_base_url
from .errors import ConfigurationError, SmartleadAdvice
from .limits import Lane, RateLimits
from .pipeline.api_key import ApiKey
from .pipeline.base_urls import base_urls_of
from .pipeline.events import Listener, Observer, Response, both
from .pipeline.limiter import Limiter
from .pipeline.options import Options
from .pipeline.pipeline import Pipeline
from .pipeline.rate_limiter import RateLimiter
from .pipeline.retry import RetryPolicy
from .request import Host, Request
from .resource import LazyModule, signature_of
from .transport import Transport
from .typed import check_values

if TYPE_CHECKING:
    from .plan.campaign import CampaignSpec
    from .provisioning.adoption.importer import Imported
    from .provisioning.changes.plan_changes import PlanChanges, Refresher
    from .provisioning.job import options as job_options
    from .provisioning.job.job import Job
    from .provisioning.job.operations import Operation
    from .provisioning.job.options import ReconcilePolicy
    from .provisioning.ledger.protocol import Ledger
else:
    job_options = LazyModule(f"{__package__}.provisioning.job.options")

P = ParamSpec("P")
T = TypeVar("T")

_USER_AGENT: Final = f"smartlead-async/{__version__}"


def _with_keywords_of(
    options: Callable[P, job_options.JobOptions],  # noqa: ARG001 - only its type is used
) -> Callable[[Callable[..., Job]], Callable[Concatenate[SmartleadClient, Iterable[CampaignSpec], P], Job]]:
    """Give a method that takes ``**options`` the keywords of an options class, for type checkers."""

    def described(method: Any) -> Any:
        return _ProvisionMethod(method)

    return described


class _ProvisionMethod:
    """A method that shows the keywords of the job options; they are loaded when it is first used."""

    def __init__(self, method: Any) -> None:
        self._method = method
        self.__doc__ = method.__doc__

    def __get__(self, instance: object, _owner: type) -> Any:
        if not hasattr(self._method, "__signature__"):
            from .plan.campaign import CampaignSpec  # noqa: PLC0415 - loaded by those who use it
            from .provisioning.job.job import Job  # noqa: PLC0415
            from .provisioning.job.options import JobOptions  # noqa: PLC0415

            kind = inspect.Parameter.POSITIONAL_OR_KEYWORD
            specs = inspect.Parameter("specs", kind, annotation=Iterable[CampaignSpec])
            self._method.__signature__ = signature_of(JobOptions, Job, specs)
        return self._method if instance is None else MethodType(self._method, instance)


class SmartleadClient(Areas):
    """A client for one API key and one event loop.

    ``base_url`` is one URL for all of SmartLead's hosts, or a mapping from :class:`Host` to the URLs of some
    of them. ``limits`` are the windows of your plan; ``extra_limits`` are further windows of a host or of a
    request class, and replace those that a class declares. ``timeout`` are the seconds one attempt may take,
    ``retry`` says when a failed request is sent again, ``max_in_flight`` limits the requests in flight. A
    ``limiter`` of your own, such as one that several processes share, replaces ``limits`` and
    ``max_in_flight``. The default ``transport`` is aiohttp; it takes proxies from HTTPS_PROXY and NO_PROXY,
    and CA certificates from SSL_CERT_FILE, unless ``proxy`` (a URL) and ``ca_bundle`` (a file) are given.
    ``listener`` is called with each event of :mod:`smartlead_async.events`, such as retries and waits, and
    ``on_attempt`` with each attempt that has ended. Nothing is opened before the first request. Share one
    client among all tasks; it paces them together.
    ``review_names`` turns SmartLead's naming advice into a :class:`SmartleadAdvice` warning when a campaign
    is created with a name that says little. ``wall_clock`` (unix time, for dates in headers) and ``rng`` (for
    the jitter of retries) make tests reproducible. Example::

        async with SmartleadClient(api_key) as client:
            created = await client.campaigns.create("SaaS founders Q1 2027")
    """

    def __init__(
        self,
        api_key: str,
        *,
        base_url: str | Mapping[Host, str] | None = None,
        transport: Transport | None = None,
        limits: RateLimits = RateLimits.STANDARD,
        extra_limits: Mapping[Host | type[Request[Any]], RateLimits] | None = None,
        retry: RetryPolicy | None = None,
        timeout: float = 30.0,
        user_agent: str | None = None,
        max_in_flight: int = 20,
        limiter: RateLimiter | None = None,
        proxy: str | None = None,
        ca_bundle: str | os.PathLike[str] | None = None,
        on_attempt: Observer | None = None,
        listener: Listener | None = None,
        review_names: bool = False,
        wall_clock: Callable[[], float] = time.time,
        rng: random.Random | None = None,
    ) -> None:
        _check_arguments(type(self).__name__, SmartleadClient.__init__, locals())
        if user_agent is not None and not user_agent.isprintable():
            raise ConfigurationError("user_agent contains a character that no header has: remove it")
        self._options = Options(
            timeout=timeout, retry=retry or RetryPolicy(), on_attempt=on_attempt, listener=listener
        )
        limiter = limiter or Limiter(limits, max_in_flight=max_in_flight)
        base_urls = base_urls_of(base_url)
        if transport is None:
            urls = base_urls.values()
            transport = _default_transport(urls, limiter.max_in_flight, proxy, ca_bundle)
        elif proxy is not None or ca_bundle is not None:
            raise ConfigurationError("proxy and ca_bundle are for the default transport: pass them to yours")
        self._pipeline = Pipeline(
            transport=transport,
            limiter=limiter,
            key=ApiKey(api_key),
            base_urls=base_urls,
            user_agent=user_agent or _USER_AGENT,
            retry=self._options.retry,
            extra_limits=extra_limits,
            wall_clock=wall_clock,
            rng=rng,
        )
        self._owns_pipeline = True
        self._review_names = review_names

    @classmethod
    def from_env(cls, *, profile: str | None = None, **options: Any) -> Self:
        """Create a client from ``SMARTLEAD_API_KEY``, ``SMARTLEAD_BASE_URL`` and ``SMARTLEAD_TIER``.

        The last two may be unset; the tier is ``standard``, ``pro``, ``unlimited`` or windows such as
        ``60/60,1000/3600``. ``profile`` is a profile of the command line, and goes before these variables;
        that of ``SMARTLEAD_PROFILE`` goes behind them, and so does the file's default if there is no key.
        Its key may come from the keyring or a command. ``options`` are those of the constructor and take
        precedence. Sends nothing. Example::

            async with SmartleadClient.from_env() as client: ...
            async with SmartleadClient.from_env(profile="northwind") as client: ...
        """
        key = os.environ.get("SMARTLEAD_API_KEY", "")
        if profile is not None or os.environ.get("SMARTLEAD_PROFILE") or not key:
            from .profiles.client_options import key_and_options  # noqa: PLC0415 - loaded by those who use it

            key, defaults = key_and_options(profile)
            if "transport" in options:
                # A proxy is for the default transport.
                defaults.pop("proxy", None)
            return cls(key, **{**defaults, **options})
        if base_url := os.environ.get("SMARTLEAD_BASE_URL"):
            options.setdefault("base_url", normalize_base_url(base_url, "SMARTLEAD_BASE_URL"))
        if tier := os.environ.get("SMARTLEAD_TIER"):
            try:
                options.setdefault("limits", RateLimits.parse(tier))
            except ValueError as problem:
                raise ConfigurationError(f"SMARTLEAD_TIER: {problem}") from None
        return cls(key, **options)

    async def send(self, request: Request[T], /) -> T:
        """Send any request and return its response, typed as the request class declares."""
        if self._review_names:
            _advise(request)
        return (await self._pipeline.send(request, self._options)).value

    async def send_raw(self, request: Request[T], /) -> Response[T]:
        """Send any request and return its response with status, headers, attempts and rate-limit state."""
        if self._review_names:
            _advise(request)
        return await self._pipeline.send(request, self._options)

    @_with_keywords_of(job_options.JobOptions)
    def provision(self, specs: Iterable[CampaignSpec], **options: Any) -> Job:
        """Set up many campaigns: create, sequences, mailboxes, leads, schedule, settings, start.

        Await the job for its report, or iterate over it for each campaign as it is done. A campaign that
        fails does not stop the others. It costs one request a step and one for every 400 leads. The keywords
        are those of :class:`JobOptions`. Example::

            report = await client.provision([CampaignSpec("SaaS founders Q1 2027", steps=...)])
            print(report.done, report.failed)
        """
        from .provisioning.job.job import Job  # noqa: PLC0415 - loaded by those who use it
        from .provisioning.job.options import JobOptions  # noqa: PLC0415

        return Job(self, specs, JobOptions(**options))

    def plan_changes(
        self,
        specs: Iterable[CampaignSpec],
        ledger: Ledger,
        *,
        select: Iterable[str] = (),
        strategy: Literal["full", "clone"] = "full",
        plan: str | None = None,
        refresh: bool = False,
    ) -> PlanChanges:
        """Return what :meth:`provision` would do with this ledger, campaign by campaign. Nothing is changed.

        Iterate over it for each :class:`CampaignChange`, or await it for the totals. The ledger is opened,
        read and closed. ``select``, ``strategy`` and ``plan`` are those of :class:`JobOptions`.

        Nothing is sent, unless ``refresh`` is set: then each campaign is read from the server as well, and
        its ``drift`` is what somebody has changed by hand. That costs one request, two for each campaign, one
        for every 100 leads, and one for each campaign that was changed. Example::

            async for change in client.plan_changes(specs, SqliteLedger("founders.ledger")):
                print(change.action, change.name, change.leads)
        """
        from .provisioning.changes.plan_changes import PlanChanges  # noqa: PLC0415 - loaded by those who use it
        from .provisioning.selection import Selection  # noqa: PLC0415

        selection = Selection.parse(select)
        limits = self.limiter.limits
        return PlanChanges(
            specs,
            ledger,
            selection=selection,
            limits=limits,
            strategy=strategy,
            plan=plan,
            refresh=self._refresher(ledger) if refresh else None,
        )

    def _refresher(self, ledger: Ledger) -> Callable[[], Refresher]:
        from .provisioning.job.refresh import Refresh  # noqa: PLC0415 - loaded by those who use it

        return lambda: Refresh(self, ledger)

    def operate(
        self,
        operation: Operation | Literal["pause", "resume", "destroy"],
        ledger: Ledger,
        *,
        select: Sequence[str] = (),
        concurrency: int = 10,
        deadline: float | None = None,
        reconcile: ReconcilePolicy | None = None,
    ) -> Job:
        """Pause, resume or destroy the campaigns of a ledger; their plan is not needed.

        ``pause`` stops those that are running, ``resume`` starts those that were paused in this way, and
        ``destroy`` deletes all that the ledger has made, for good. ``select`` restricts it to some of them,
        see :class:`Selection`. It costs two requests for each campaign to pause, one to resume, and one to
        delete, or three if it is running. Example::

            report = await client.operate("pause", SqliteLedger("plan.ledger"), select=["client:7"])
        """
        from .provisioning.job.job import Job  # noqa: PLC0415 - loaded by those who use it
        from .provisioning.job.operations import Operation  # noqa: PLC0415
        from .provisioning.job.options import JobOptions, ReconcilePolicy  # noqa: PLC0415

        reconcile = reconcile or ReconcilePolicy()
        options = JobOptions(
            ledger=ledger, select=select, concurrency=concurrency, deadline=deadline, reconcile=reconcile
        )
        return Job(self, (), options, operation=Operation(operation))

    async def import_campaigns(
        self,
        plan: str | os.PathLike[str],
        *,
        ids: Iterable[int] = (),
        clients: Iterable[int] = (),
        names: Iterable[str] = (),
        statuses: Iterable[str] = (),
        ledger: str | os.PathLike[str] | None = None,
        force: bool = False,
    ) -> Imported:
        """Write a plan, lead files and a ledger for campaigns that stand on the server.

        Provisioning that plan sends nothing until it is edited. Values of one kind are alternatives, and all
        kinds that are given must agree; ``names`` may have ``*``, ``?`` and ``[…]``. Existing files are an
        :class:`ImportRefused` unless ``force`` is set. What a plan cannot say is in ``notes``, and campaigns
        that no plan can describe are in ``left_out``. Costs one request, three for each campaign and one for
        every 100 leads. Example::

            imported = await client.import_campaigns("dentists.yaml", clients=[7], names=["Dentists*"])
            print(len(imported.campaigns), imported.left_out, imported.notes)
        """
        from .provisioning.adoption.choice import CampaignChoice  # noqa: PLC0415 - loaded by those who use it
        from .provisioning.adoption.files import ImportFiles  # noqa: PLC0415
        from .provisioning.adoption.importer import Importer  # noqa: PLC0415

        importer = Importer(self, ImportFiles.of(plan, ledger), force=force)
        choice = CampaignChoice(ids=ids, clients=clients, names=names, statuses=statuses)
        return await importer.run(await importer.choose(choice))

    def with_options(
        self,
        *,
        timeout: float | None = None,
        retry: RetryPolicy | None = None,
        lane: Lane | None = None,
        on_attempt: Observer | None = None,
        listener: Listener | None = None,
        limiter: RateLimiter | None = None,
    ) -> Self:
        """Return a copy with other options on the same connections. Closing it closes nothing.

        An observer or listener is called after the existing one and does not replace it. A ``limiter`` does
        replace the limiter that all copies share otherwise. Example::

            patient = client.with_options(timeout=120, retry=RetryPolicy(max_attempts=8))
        """
        _check_arguments("with_options", SmartleadClient.with_options, locals())
        changes: dict[str, Any] = {
            "timeout": timeout,
            "retry": retry,
            "lane": lane,
            "on_attempt": both(self._options.on_attempt, on_attempt),
            "listener": both(self._options.listener, listener),
            "limiter": limiter,
        }
        copy = object.__new__(type(self))
        copy._options = attrs.evolve(
            self._options, **{name: value for name, value in changes.items() if value is not None}
        )
        copy._pipeline = self._pipeline
        copy._owns_pipeline = False
        copy._review_names = self._review_names
        return copy

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self._pipeline.base_urls[Host.CORE]}, {self.limiter!r}>"

    @property
    def limiter(self) -> RateLimiter:
        """The limiter that paces this client, and its copies unless they were given another."""
        return self._options.limiter or self._pipeline.limiter

    @property
    def listener(self) -> Listener | None:
        """The function that is called with each event; None if there is none."""
        return self._options.listener

    async def aclose(self) -> None:
        """Close the connections. A session that you passed in stays open."""
        if self._owns_pipeline:
            await self._pipeline.aclose()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.aclose()


def _check_arguments(owner: str, method: Callable[..., Any], values: Mapping[str, object]) -> None:
    """Check the types of the arguments that are not the default; the URL has a check of its own."""
    for name, default in (method.__kwdefaults__ or {}).items():
        if values[name] is not default and name != "base_url":
            check_values(owner, {name: _type_of(method.__annotations__[name])}, values)


@functools.cache
def _type_of(annotation: str) -> Any:
    """Return the type that an annotation of this module names. All of them would take milliseconds."""
    return eval(annotation, globals())  # noqa: S307 - source of this module


def _advise(request: Request[Any]) -> None:
    for advice in request.advice():
        warnings.warn(f"{request.operation.name}: {advice}", SmartleadAdvice, stacklevel=3)


def _default_transport(
    urls: Iterable[str], max_in_flight: int, proxy: str | None, ca_bundle: str | os.PathLike[str] | None
) -> Transport:
    from .transport.aiohttp import AiohttpTransport  # noqa: PLC0415 - a fifth of a second, only when used

    transport = AiohttpTransport(max_connections=max_in_flight, proxy=proxy, ca_bundle=ca_bundle)
    for url in urls:
        transport.check_proxy(url)
    return transport
