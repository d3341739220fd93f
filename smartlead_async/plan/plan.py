"""Plan files: many campaigns in YAML, JSON or JSON Lines. docs/plan-format.md tells every key.

:func:`load_plan` opens one; ``plan.specs()`` gives its campaigns as a stream of
:class:`~smartlead_async.plan.campaign.CampaignSpec`.
"""

from __future__ import annotations

import enum
import functools
import os
import re
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Final, TypeAlias

import attrs

from .campaign import CampaignSpec
from .keys import KeyRing
from .problem import InvalidPlan, Place, Problem, did_you_mean, error
from .reader import CAMPAIGN_KEYS, CampaignReader
from .text import Node, read_json, read_json_line, read_yaml

VERSION: Final = 1


_TOP_KEYS: Final = ("version", "strategy", "defaults", "campaigns")


_MERGED: Final = ("schedule", "settings", "lead_import")


_NOT_IN_DEFAULTS: Final = ("key", "for_each")


_VALUE: Final = re.compile(r"(?<!\{)\{value\}(?!\})")


Written: TypeAlias = "tuple[str, Node | InvalidPlan]"
"""A campaign as it stands in the file, with its path; or why that line of the file cannot be read."""


class Strategy(enum.StrEnum):
    """How the campaigns of a plan come about: each in full, or as clones of the first of their kind."""

    FULL = "full"
    CLONE = "clone"


@attrs.frozen
class PlanEntry:
    """A campaign of a plan with everything that is wrong with it, a lead file aside.

    ``spec`` is None where no campaign can be made out.
    """

    spec: CampaignSpec | None
    problems: tuple[Problem, ...] = ()


@attrs.frozen(eq=False)
class Plan:
    """An open plan file. Every walk reads its campaigns anew: 100,000 of them in a ``.jsonl`` need no memory.

    ``problems`` are those of the file around the campaigns. Example::

        plan = load_plan("plan.yaml")
        for spec in plan.specs():
            print(spec.key, spec.name)
    """

    path: Path
    version: int
    strategy: Strategy
    problems: tuple[Problem, ...]
    _defaults: Node = attrs.field(repr=False)
    _written: Callable[[], Iterator[Written]] = attrs.field(repr=False)

    def entries(self) -> Iterator[PlanEntry]:
        """Every campaign with its problems: what ``check`` walks. It never raises for what the plan says."""
        reader = CampaignReader(self.path)
        ring = KeyRing()
        for path, node in self._written():
            if isinstance(node, InvalidPlan):
                yield PlanEntry(None, node.problems)
                continue
            for spec, found in self._campaigns(reader, path, node):
                if spec is None:
                    yield PlanEntry(None, tuple(found))
                    continue
                problems = (*found, *spec.problems())
                try:
                    yield PlanEntry(ring.keyed(spec), problems)
                except InvalidPlan as taken:
                    yield PlanEntry(None, (*problems, *taken.problems))

    def specs(self) -> Iterator[CampaignSpec]:
        """The campaigns, each with its key; :class:`InvalidPlan` at the first that has an error.

        Lead files are not read for it: ``check`` does that, and tells all problems of all campaigns.
        """
        _raise_errors(self.problems)
        for entry in self.entries():
            _raise_errors(entry.problems)
            if entry.spec is not None:
                yield entry.spec

    def _campaigns(
        self, reader: CampaignReader, path: str, node: Node
    ) -> Iterator[tuple[CampaignSpec | None, list[Problem]]]:
        """The campaign that is written here, or those that a ``for_each`` makes of it."""
        place = Place(str(self.path), node.line)
        if not isinstance(node.value, dict):
            yield (
                None,
                [error("wrong_kind", "a campaign is a mapping of keys to values", path=path, place=place)],
            )
            return
        each = node.value.get("for_each")
        if each is None or each.value is None:
            yield reader.campaign(_with_defaults(self._defaults, node.value, node.line), path)
            return
        own = {k: v for k, v in node.value.items() if k != "for_each"}
        campaign = _with_defaults(self._defaults, own, node.line)
        values, problems = reader.for_each(each, path)
        if "leads" in own:
            said = "for_each brings the leads, so the campaign can have none of its own"
            here = f"{path}.leads" if path else "leads"
            place = Place(str(self.path), own["leads"].line)
            problems.append(error("leads_twice", said, path=here, advice="Remove leads.", place=place))
        if problems:
            yield None, problems
        for value, leads in values:
            yield reader.campaign(campaign, path, leads=leads, value=functools.partial(_put_in, value))


def _put_in(value: str, text: str) -> str:
    return _VALUE.sub(lambda _: value, text)


def _raise_errors(problems: Iterable[Problem]) -> None:
    errors = [p for p in problems if p.is_error]
    if errors:
        raise InvalidPlan(errors)


def _with_defaults(defaults: Node, campaign: dict[str, Node], line: int) -> Node:
    """The campaign over the defaults. Only mappings of options merge; a null takes the default away."""
    base = defaults.value if isinstance(defaults.value, dict) else {}
    merged = dict(base)
    for key, own in campaign.items():
        below = base.get(key)
        merged[key] = _over(below, own) if key in _MERGED and below is not None else own
    return Node(merged, line)


def _over(below: Node, own: Node) -> Node:
    if not isinstance(below.value, dict) or not isinstance(own.value, dict):
        return own
    merged = dict(below.value)
    for key, value in own.value.items():
        merged[key] = _over(merged[key], value) if key in merged else value
    return Node(merged, own.line)


# --- opening -----------------------------------------------------------------------------------------
def load_plan(path: str | os.PathLike[str]) -> Plan:
    """Open a plan: ``.yaml``/``.yml`` (needs PyYAML), ``.json``, or ``.jsonl`` for very many campaigns.

    :class:`InvalidPlan` when the file cannot be read, is no YAML or JSON, or has an unknown version. What is
    wrong with its campaigns comes with ``entries()`` and ``specs()``. No request.
    """
    file = Path(path)
    kind = file.suffix.lower()
    if kind == ".jsonl":
        return _open_lines(file)
    if kind not in {".yaml", ".yml", ".json"}:
        said = f"{file.name!r} does not end in .yaml, .yml, .json or .jsonl"
        raise InvalidPlan([error("unknown_format", said, place=Place(str(file)))])
    text = _read(file)
    root = read_json(text, str(file)) if kind == ".json" else read_yaml(text, str(file))
    top, problems = _top(root, file, _TOP_KEYS)
    campaigns = top.get("campaigns")
    if campaigns is None or not isinstance(campaigns.value, list) or not campaigns.value:
        place = Place(str(file), campaigns.line if campaigns else root.line)
        advice = "Give campaigns: a list with one mapping for each."
        problems.append(
            error("no_campaigns", "the plan has no campaigns", path="campaigns", advice=advice, place=place)
        )
    written = campaigns.value if campaigns is not None and isinstance(campaigns.value, list) else []
    return _plan(file, top, problems, lambda: ((f"campaigns[{i}]", node) for i, node in enumerate(written)))


def _open_lines(file: Path) -> Plan:
    header: Node | None = None
    for node in (node for _, node in _json_lines(file, header=True)):
        if isinstance(node, InvalidPlan):
            raise node
        header = node
        break
    if header is None:
        raise InvalidPlan([error("no_campaigns", "the plan is empty", place=Place(str(file)))])
    top, problems = _top(header, file, _TOP_KEYS[:-1])
    return _plan(file, top, problems, lambda: _json_lines(file, header=False))


def _json_lines(file: Path, *, header: bool) -> Iterator[Written]:
    """The values of a JSON Lines file: with ``header`` all of them, else all but the first."""
    try:
        with file.open(encoding="utf-8-sig") as lines:
            first = True
            for number, line in enumerate(lines, 1):
                if not line.strip():
                    continue
                if header or not first:
                    try:
                        yield "", read_json_line(line, str(file), number)
                    except InvalidPlan as flaw:
                        yield "", flaw
                first = False
    except (OSError, UnicodeDecodeError) as failure:
        raise _unreadable(file, failure) from None


def _read(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as failure:
        raise _unreadable(file, failure) from None


def _unreadable(file: Path, failure: OSError | UnicodeDecodeError) -> InvalidPlan:
    said = (failure.strerror or type(failure).__name__) if isinstance(failure, OSError) else "it is not UTF-8"
    return InvalidPlan([error("unreadable_file", f"the plan cannot be read: {said}", place=Place(str(file)))])


def _top(root: Node, file: Path, keys: tuple[str, ...]) -> tuple[dict[str, Node], list[Problem]]:
    """The entries at the top of a plan; keys that begin with ``x-`` are the author's own."""
    if not isinstance(root.value, dict):
        advice = "It begins with version: 1."
        flaw = error(
            "wrong_kind",
            "a plan is a mapping of keys to values",
            advice=advice,
            place=Place(str(file), root.line),
        )
        raise InvalidPlan([flaw])
    problems = []
    for key, node in root.value.items():
        if key not in keys and not key.startswith("x-"):
            said, advice = f"there is no key {key!r} here", did_you_mean(key, keys)
            problems.append(
                error("unknown_key", said, path=key, advice=advice, place=Place(str(file), node.line))
            )
    version = root.value.get("version")
    if version is None or version.value != VERSION or isinstance(version.value, bool):
        line = version.line if version else root.line
        said = f"version {version.value!r} is unknown" if version else "the plan does not say its version"
        advice = f"This release reads version {VERSION}: write version: {VERSION}."
        raise InvalidPlan(
            [error("bad_version", said, path="version", advice=advice, place=Place(str(file), line))]
        )
    return root.value, problems


def _plan(
    file: Path, top: dict[str, Node], problems: list[Problem], written: Callable[[], Iterator[Written]]
) -> Plan:
    defaults = top.get("defaults", Node({}, 1))
    place = Place(str(file), defaults.line)
    if defaults.value is None:
        defaults = Node({}, defaults.line)
    if not isinstance(defaults.value, dict):
        problems.append(error("wrong_kind", "defaults are a mapping", path="defaults", place=place))
        defaults = Node({}, defaults.line)
    known = [k for k in CAMPAIGN_KEYS if k not in _NOT_IN_DEFAULTS]
    for key, node in list((defaults.value if isinstance(defaults.value, dict) else {}).items()):
        if key not in known:
            said, advice = f"there is no key {key!r} in defaults", did_you_mean(key, known)
            place = Place(str(file), node.line)
            problems.append(error("unknown_key", said, path=f"defaults.{key}", advice=advice, place=place))
    if isinstance(defaults.value, dict):
        defaults = Node({k: v for k, v in defaults.value.items() if k in known}, defaults.line)
    strategy = top.get("strategy", Node(Strategy.FULL.value, 1))
    if strategy.value not in list(Strategy):
        said = f"{strategy.value!r} is no strategy"
        place = Place(str(file), strategy.line)
        problems.append(
            error("unknown_value", said, path="strategy", advice="Write full or clone.", place=place)
        )
        strategy = Node(Strategy.FULL.value, strategy.line)
    return Plan(file, VERSION, Strategy(str(strategy.value)), tuple(problems), defaults, written)
