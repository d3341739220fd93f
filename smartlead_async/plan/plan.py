"""Plan files: many campaigns in YAML, JSON or JSON Lines. docs/plan-format.md documents the format.

:func:`load_plan` opens one; ``plan.specs()`` yields its campaigns as
:class:`~smartlead_async.plan.campaign.CampaignSpec`.
"""

from __future__ import annotations

import enum
import os
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Final, TypeAlias

import attrs

from .campaign import CampaignSpec
from .clients import ClientNames, NamedClient
from .findings import describe
from .keys import KeyRing
from .leads_csv import LeadFile
from .merge_tags import bare_name
from .nodes import Node, read_json, read_json_line
from .plan_text import plan_lines, read_plan, unknown_format
from .problem import InvalidPlan, Place, Problem, error
from .reader import CAMPAIGN_KEYS, CampaignReader
from .reading import misspelled_keys, unknown_key
from .yaml_nodes import read_yaml

VERSION: Final = 1

SCHEMA_KEY: Final = "$schema"
"""The key by which a JSON file names its schema to editors."""

IGNORED_PREFIX: Final = "x-"
"""The beginning of top-level keys that are free for the author of a plan, such as YAML anchors."""


TOP_KEYS: Final = ("version", "strategy", "defaults", "allowed_tags", "campaigns")


MERGED: Final = ("schedule", "settings", "lead_import")


NOT_IN_DEFAULTS: Final = ("key", "for_each")


CLIENT_KEYS: Final = ("client", "client_id")


Written: TypeAlias = "tuple[str, Node | InvalidPlan]"
"""A campaign as written in the file, with its path, or the reason why its line cannot be parsed."""


class Strategy(enum.StrEnum):
    """The way in which campaigns are created: each in full, or as clones of the first of their kind."""

    FULL = "full"
    CLONE = "clone"


@attrs.frozen
class PlanEntry:
    """A campaign of a plan with its problems, except those of its lead file.

    ``spec`` is None if there is no campaign that can be read.
    """

    spec: CampaignSpec | None
    problems: tuple[Problem, ...] = ()


@attrs.frozen(eq=False)
class Plan:
    """An open plan file. Each iteration reads its campaigns again; those of a ``.jsonl`` file as a stream.

    ``problems`` are those of the file outside the campaigns; ``allowed_tags`` are tags that leads need not
    have. Example::

        plan = load_plan("plan.yaml")
        for spec in plan.specs():
            print(spec.key, spec.name)
    """

    path: Path
    version: int
    strategy: Strategy
    problems: tuple[Problem, ...]
    allowed_tags: frozenset[str]
    _defaults: Node = attrs.field(repr=False)
    _written: Callable[[], Iterator[Written]] = attrs.field(repr=False)
    skip_bad_rows: bool = False
    """Whether malformed rows of lead files are left out with a warning."""
    allow_files: bool = True
    """Whether the plan may name body files and lead files."""
    client_names: ClientNames | None = attrs.field(default=None, repr=False)
    """The clients of the account, which campaigns can name; None if they are not known."""

    def with_clients(self, clients: Iterable[NamedClient]) -> Plan:
        """Return the plan with the ids of these clients in the place of their names.

        A campaign whose client is not among them, or has the name of another one, has an error then. Without
        names, this is the same plan. Example::

            plan = load_plan("agency.yaml").with_clients(await client.clients.list())    # one request
        """
        return attrs.evolve(self, client_names=ClientNames.of(clients))

    @property
    def has_client_names(self) -> bool:
        """Whether a campaign or the defaults name a client. The campaigns are parsed and not checked."""
        written = (node for _, node in self._written() if not isinstance(node, InvalidPlan))
        return _names_client(self._defaults) or any(map(_names_client, written))

    def entries(self) -> Iterator[PlanEntry]:
        """Yield every campaign with its problems; invalid content does not raise."""
        reader = CampaignReader(self.path, allow_files=self.allow_files)
        ring = KeyRing()
        for path, node in self._written():
            if isinstance(node, InvalidPlan):
                yield PlanEntry(None, node.problems)
                continue
            for spec, found in self._campaigns(reader, path, node):
                if spec is None:
                    yield PlanEntry(None, tuple(found))
                    continue
                problems = (*found, *spec.problems(), *self._client_problems(spec))
                try:
                    yield PlanEntry(ring.keyed(self._with_options(spec)), problems)
                except InvalidPlan as taken:
                    yield PlanEntry(None, (*problems, *taken.problems))

    def _client_problems(self, spec: CampaignSpec) -> list[Problem]:
        if self.client_names is None or not spec.client or not isinstance(spec.client, str):
            return []
        problem = self.client_names.problem(spec.client)
        return [] if problem is None else [spec.located(problem)]

    def _with_options(self, spec: CampaignSpec) -> CampaignSpec:
        if self.client_names is not None:
            spec = self.client_names.resolved(spec)
        if not self.skip_bad_rows or not isinstance(spec.leads, LeadFile):
            return spec
        return attrs.evolve(spec, leads=attrs.evolve(spec.leads, skip_bad_rows=True))

    def specs(self) -> Iterator[CampaignSpec]:
        """Yield the campaigns, each with its key; :class:`InvalidPlan` at the first one with an error.

        Lead files are not read; ``check`` reads them and reports all problems of all campaigns.
        """
        _raise_errors(self.problems)
        for entry in self.entries():
            _raise_errors(entry.problems)
            if entry.spec is not None:
                yield entry.spec

    def require_valid(self) -> None:
        """Raise :class:`InvalidPlan` at the first campaign with an error. Lead files are not read."""
        for _ in self.specs():
            pass

    def _campaigns(
        self, reader: CampaignReader, path: str, node: Node
    ) -> Iterator[tuple[CampaignSpec | None, list[Problem]]]:
        """Yield the campaign that is written here, or those that its ``for_each`` generates."""
        if not isinstance(node.value, dict):
            message = "a campaign must be a mapping of keys to values"
            yield None, [error("wrong_kind", message, path=path, place=self._place(node))]
            return
        each = node.value.get(misspelled_keys(node.value, CAMPAIGN_KEYS).get("for_each", "for_each"))
        if each is None or each.value is None:
            yield reader.campaign(_with_defaults(self._defaults, node), path)
            return
        own = {k: v for k, v in node.value.items() if k != "for_each"}
        values, problems = reader.for_each(each, path)
        if "leads" in own:
            problems.append(
                error(
                    "leads_twice",
                    "for_each provides the leads, so the campaign must not have leads of its own",
                    path=f"{path}.leads" if path else "leads",
                    advice="Remove leads.",
                    place=self._place(own["leads"]),
                )
            )
        if problems:
            yield None, problems
        campaign = _with_defaults(self._defaults, node.with_value(own))
        for value, leads in values:
            yield reader.campaign(campaign, path, leads=leads, value=value)

    def _place(self, node: Node) -> Place:
        return Place(str(self.path), node.line, node.column)


def _names_client(node: Node) -> bool:
    client = node.value.get("client") if isinstance(node.value, dict) else None
    return client is not None and client.value is not None


def _raise_errors(problems: Iterable[Problem]) -> None:
    errors = [p for p in problems if p.is_error]
    if errors:
        raise InvalidPlan(errors)


def _with_defaults(defaults: Node, campaign: Node) -> Node:
    """Return the campaign merged into the defaults: options by key, other values as a whole."""
    base = defaults.value if isinstance(defaults.value, dict) else {}
    merged = dict(base)
    own_values = campaign.value if isinstance(campaign.value, dict) else {}
    if own_values.keys() & set(CLIENT_KEYS):
        # The client of a campaign replaces that of the defaults, by whichever key.
        merged = {key: default for key, default in base.items() if key not in CLIENT_KEYS}
    for key, own in own_values.items():
        default = base.get(key)
        merged[key] = _merge(default, own) if key in MERGED and default is not None else own
    return campaign.with_value(merged)


def _merge(default: Node, own: Node) -> Node:
    if not isinstance(default.value, dict) or not isinstance(own.value, dict):
        return own
    merged = dict(default.value)
    for key, value in own.value.items():
        merged[key] = _merge(merged[key], value) if key in merged else value
    return own.with_value(merged)


# --- opening -----------------------------------------------------------------------------------------
def load_plan(path: str | os.PathLike[str], *, skip_bad_rows: bool = False, allow_files: bool = True) -> Plan:
    """Open a plan: ``.yaml``/``.yml`` (needs PyYAML), ``.json``, or ``.jsonl`` for very many campaigns.

    ``skip_bad_rows`` leaves out the malformed rows of lead files, which are errors otherwise; ``check``
    counts and lists them. With ``allow_files=False`` a plan that names a file is invalid, for plans of people
    who must not read your files. :class:`InvalidPlan` if the file cannot be read or parsed, or has an unknown
    version. ``entries()`` and ``specs()`` report the problems of its campaigns. No request is sent.
    """
    plan = _open(Path(path))
    return attrs.evolve(plan, skip_bad_rows=skip_bad_rows, allow_files=allow_files)


def _open(file: Path) -> Plan:
    match file.suffix.lower():
        case ".jsonl":
            return _open_lines(file)
        case ".json":
            return _open_document(file, read_json(read_plan(file), str(file)))
        case ".yaml" | ".yml":
            traps: list[Problem] = []
            root = read_yaml(read_plan(file), str(file), traps.append)
            return _open_document(file, root, traps)
    raise unknown_format(file)


def _open_document(file: Path, root: Node, traps: Iterable[Problem] = ()) -> Plan:
    header = _Header(file, root, TOP_KEYS)
    header.problems += traps
    campaigns = header.entries.get("campaigns")
    written = campaigns.value if campaigns is not None and isinstance(campaigns.value, list) else []
    if not written:
        advice = "Add a list named campaigns, with one mapping for each campaign."
        if campaigns is not None and isinstance(campaigns.value, dict):
            advice = "Make campaigns a list, even for a single one: in YAML, each begins with - and a space."
        header.error("no_campaigns", "campaigns", campaigns or root, "the plan has no campaigns", advice)
    return header.plan(lambda: ((f"campaigns[{i}]", node) for i, node in enumerate(written)))


def _open_lines(file: Path) -> Plan:
    root = next((node for _, node in _json_lines(file, header=True)), None)
    if root is None:
        raise InvalidPlan([error("no_campaigns", "the plan is empty", place=Place(str(file)))])
    if isinstance(root, InvalidPlan):
        raise root
    header = _Header(file, root, TOP_KEYS[:-1])
    if not header.problems and next(_json_lines(file, header=False), None) is None:
        header.error("no_campaigns", "", root, "the plan has no campaigns", "Add one line for each campaign.")
    return header.plan(lambda: _json_lines(file, header=False))


def _json_lines(file: Path, *, header: bool) -> Iterator[Written]:
    """Yield the values of a JSON Lines file; without ``header``, all but the first."""
    for index, (number, line) in enumerate(plan_lines(file)):
        if header or index:
            try:
                yield "", read_json_line(line, str(file), number)
            except InvalidPlan as flaw:
                yield "", flaw


def _is_ignored(key: str) -> bool:
    return key == SCHEMA_KEY or key.startswith(IGNORED_PREFIX)


class _Header:
    """The top level of a plan; ``$schema``, which is for editors, and keys with ``x-`` are ignored."""

    def __init__(self, file: Path, root: Node, keys: tuple[str, ...]) -> None:
        self.file = file
        self.problems: list[Problem] = []
        if not isinstance(root.value, dict):
            message, advice = "a plan must be a mapping of keys to values", "Start it with version: 1."
            self.error("wrong_kind", "", root, message, advice)
            raise InvalidPlan(self.problems)
        given = {key: node for key, node in root.value.items() if not _is_ignored(key)}
        misspelled = misspelled_keys(given, keys)
        self.entries = given | {key: given[name] for key, name in misspelled.items()}
        if "version" not in misspelled:
            self._check_version(root)
        for key, node in given.items():
            if key not in keys:
                self.error("unknown_key", key, node, *unknown_key(key, keys))

    def error(self, code: str, path: str, node: Node, message: str, advice: str = "") -> None:
        """Add an error about a node."""
        place = Place(str(self.file), node.line, node.column)
        self.problems.append(error(code, message, path=path, advice=advice, place=place))

    def plan(self, written: Callable[[], Iterator[Written]]) -> Plan:
        """Return the plan with these campaigns."""
        defaults, strategy, allowed = self._defaults(), self._strategy(), self._allowed_tags()
        return Plan(self.file, VERSION, strategy, tuple(self.problems), allowed, defaults, written)

    def _check_version(self, root: Node) -> None:
        version = self.entries.get("version")
        if version is not None and version.value == VERSION and not isinstance(version.value, bool):
            return
        message = f"unknown version {describe(version.plain())}" if version else "the plan has no version"
        advice = f"Set version: {VERSION}, the only one that this release supports."
        if version is None and self.file.suffix.lower() == ".jsonl":
            advice = f'Begin with the line {{"version": {VERSION}}}, above the campaigns.'
        self.error("bad_version", "version", version or root, message, advice)
        raise InvalidPlan(self.problems)

    def _defaults(self) -> Node:
        defaults = self.entries.get("defaults", Node({}, 1))
        if defaults.value is None:
            return defaults.with_value({})
        if not isinstance(defaults.value, dict):
            message = "defaults must be a mapping of keys to values"
            self.error("wrong_kind", "defaults", defaults, message)
            return defaults.with_value({})
        known = [k for k in CAMPAIGN_KEYS if k not in NOT_IN_DEFAULTS]
        for key, node in defaults.value.items():
            if key not in known:
                message, advice = unknown_key(key, known)
                self.error("unknown_key", f"defaults.{key}", node, f"{message} in defaults", advice)
        misspelled = misspelled_keys(defaults.value, known)
        # An empty one has nothing to use, and would be reported as incomplete.
        meant = {key: node for key, name in misspelled.items() if (node := defaults.value[name]).value != {}}
        return defaults.with_value({k: v for k, v in defaults.value.items() if k in known} | meant)

    def _allowed_tags(self) -> frozenset[str]:
        node = self.entries.get("allowed_tags", Node([], 1))
        tags = [item.text for item in node.value] if isinstance(node.value, list) else [node.text]
        if node.value is None:
            return frozenset()
        if all(isinstance(tag, str) and bare_name(tag) for tag in tags):
            return frozenset(map(bare_name, tags))
        self.error(
            "wrong_kind", "allowed_tags", node, "expected a list of tags", "Write [sender_name, link]."
        )
        return frozenset()

    def _strategy(self) -> Strategy:
        node = self.entries.get("strategy")
        if node is None:
            return Strategy.FULL
        if node.value in list(Strategy):
            return Strategy(str(node.value))
        message = f"{node.value!r} is not a strategy"
        self.error("unknown_value", "strategy", node, message, "Use full or clone.")
        return Strategy.FULL
