"""The check of merge tags: broken ones, and those that the leads of a campaign leave blank."""

from __future__ import annotations

import functools
from collections.abc import Iterator, Sequence
from collections.abc import Set as AbstractSet

from ..wording import count
from .campaign import CampaignSpec
from .foreign_tags import advice_on_foreign_tag
from .hidden_characters import describe_character, find_hidden
from .lead_aliases import alias_form
from .lead_columns import field_of
from .liquid import (
    assigned_names,
    find_liquid_flaws,
    liquid_names,
)
from .merge_tags import (
    LEAD_FIELDS,
    SYSTEM_VARIABLES,
    MergeTag,
    TagUse,
    bare_name,
    find_broken_tags,
    find_system_tags,
    find_tags,
)
from .odd_tags import find_odd_tags
from .placeholders import find_placeholders
from .problem import Place, Problem, did_you_mean, error, warning
from .spintax import (
    HTML_COMMENT,
    TextFlaw,
    find_spintax_flaws,
    is_in_spintax,
    line_of,
    set_aside,
    spintax_spans,
)


def tags_of(spec: CampaignSpec, allowed: AbstractSet[str] = frozenset()) -> Iterator[tuple[str, MergeTag]]:
    """Yield every merge tag of a campaign that its leads must have, with the path of its text."""
    for path, text in _texts_of(spec):
        others = allowed | assigned_names(text)
        tags = find_tags(set_aside(HTML_COMMENT, text, " "))
        yield from ((path, tag) for tag in tags if tag.name not in others)


def tags_in_spintax(spec: CampaignSpec) -> set[str]:
    """Return the names of the tags of a campaign that are inside of spintax."""
    return {
        tag.name
        for _, text in _texts_of(spec)
        if (spans := spintax_spans(text))
        for tag in find_tags(text)
        if is_in_spintax(tag.position, spans)
    }


def tags_in_subjects(spec: CampaignSpec) -> set[str]:
    """Return the names of the custom tags of a campaign that are in a subject."""
    subjects = (text for path, text in _texts_of(spec) if path.endswith("subject"))
    # A line break in the name of a person or a company is told wherever it is used.
    return {tag.name for text in subjects for tag in find_tags(text) if field_of(tag.name) is None}


def tag_problems(
    spec: CampaignSpec,
    tags: Sequence[tuple[str, MergeTag]],
    use: TagUse,
    allowed: AbstractSet[str] = frozenset(),
) -> Iterator[Problem]:
    """Yield the problems of a campaign's merge tags, given the values that its leads have for them.

    ``allowed`` are further tags and placeholders, without their braces.
    """
    yield from _broken_tags(spec)
    yield from _flaws(spec, frozenset(map(alias_form, use.known_names)), allowed)
    if not use.leads:
        return
    yield from _liquid_problems(spec, use, allowed)
    texts = dict(_texts_of(spec))
    first = {tag.name: (path, tag) for path, tag in reversed(tags)}
    for name in dict.fromkeys(tag.name for _, tag in tags):
        path, tag = first[name]
        place = _place(spec, path, line_of(texts[path], tag.position))
        has_fallback = all(t.fallback for _, t in tags if t.name == name)
        for problem in _problems_of(name, path, use, spec.lead_file, has_fallback=has_fallback):
            yield problem.at(place)


def _flaws(spec: CampaignSpec, columns: frozenset[str], allowed: AbstractSet[str]) -> Iterator[Problem]:
    for path, text in _texts_of(spec):
        for flaw in _flaws_of_text(text, columns):
            if flaw.text and bare_name(flaw.text) in allowed:
                continue
            severity = error if flaw.is_certain else warning
            problem = severity(flaw.code, flaw.message, path=path, advice=flaw.advice)
            yield problem.at(_place(spec, path, flaw.line))


# Many campaigns of a plan have the same texts.
@functools.lru_cache(maxsize=500)
def _flaws_of_text(text: str, columns: frozenset[str]) -> tuple[TextFlaw, ...]:
    return (
        *find_spintax_flaws(text),
        *find_liquid_flaws(text),
        *find_placeholders(text, columns),
        *_system_flaws(text),
        *find_odd_tags(text),
    )


def _system_flaws(text: str) -> Iterator[TextFlaw]:
    for tag in find_system_tags(text):
        advice = did_you_mean(tag.name, SYSTEM_VARIABLES)
        if tag.name not in SYSTEM_VARIABLES and advice.startswith("Did"):
            message = f"{{{{{tag.name}}}}} is not a known variable of SmartLead"
            yield TextFlaw("system_variable", line_of(text, tag.position), message, advice, text=tag.name)


def _texts_of(spec: CampaignSpec) -> Iterator[tuple[str, str]]:
    """Yield every subject and body that is sent, once, with its path."""
    for index, step in enumerate(spec.steps):
        here = f"steps[{index}]"
        for name in ("subject", "body"):
            own = [getattr(v, name) for v in step.variants]
            inherited = [getattr(step, name)] if not own or None in own else []
            yield from ((f"{here}.{name}", text) for text in inherited if isinstance(text, str))
            for position, text in enumerate(own):
                if isinstance(text, str):
                    yield f"{here}.variants[{position}].{name}", text


def _broken_tags(spec: CampaignSpec) -> Iterator[Problem]:
    for path, text in _texts_of(spec):
        for broken in find_broken_tags(text):
            severity = error if broken.is_certain else warning
            yield severity(
                "broken_tag",
                f"{broken.text!r} is not a merge tag: {broken.flaw}",
                path=path,
                advice="Write {{name}}.",
                place=_place(spec, path, line_of(text, broken.position)),
            )


def _place(spec: CampaignSpec, path: str, line: int) -> Place | None:
    if spec.origin is None:
        return None
    place = spec.origin.place(path)
    # If the text is a whole file, the line within it is known.
    return place if place.file == spec.origin.file else Place(place.file, 1 + line)


def _problems_of(
    name: str, path: str, use: TagUse, file: str | None, *, has_fallback: bool
) -> Iterator[Problem]:
    written = f"{{{{{name}}}}}"
    if not use.provided(name):
        leads = "the only lead" if use.leads == 1 else f"all {use.leads} leads"
        message = f"no lead field or custom field provides {written}: {leads} would get a blank"
        yield error("unknown_tag", message, path=path, advice=_suggestion(name, use, has_bar=has_fallback))
        return
    if use.blanks(name) and not has_fallback:
        yield _blanks(name, path, use, file)
    if name in use.bars:
        yield _bars(name, path, use, file)
    if name in use.breaks:
        yield _line_breaks(name, path, use, file)
    spelling = use.spelling(name)
    if spelling is not None:
        yield warning(
            "tag_spelling",
            f"the tag {written} is spelled differently from the leads' field {spelling!r}",
            path=path,
            advice=f"Write {{{{{spelling}}}}}: SmartLead matches tags by name.",
        )
    if has_fallback:
        yield warning(
            "tag_fallback",
            f"{written} has a fallback, which SmartLead's API reference does not document",
            path=path,
            advice="Send yourself a test e-mail before you rely on it.",
        )


def _blanks(name: str, path: str, use: TagUse, file: str | None) -> Problem:
    first = use.first_blank(name)
    where = f" (the first in {file}:{first})" if first is not None and file else ""
    return warning(
        "blank_tag",
        f"{use.blanks(name)} of {use.leads} leads would get a blank for {{{{{name}}}}}{where}",
        path=path,
        advice="Fill in the column, or reword the sentence so that it works without the value.",
    )


def _bars(name: str, path: str, use: TagUse, file: str | None) -> Problem:
    line, value, number = use.bars[name]
    where = f" (the first is {value[:40]!r}{f' in {file}:{line}' if line is not None and file else ''})"
    return warning(
        "bar_in_value",
        f"{{{{{name}}}}} is inside of spintax, and {count(number, 'value')} of it would split the options: "
        f"a | is in the value{where}",
        path=path,
        advice="Remove the | from the values, or put the tag outside of the spintax.",
    )


def _line_breaks(name: str, path: str, use: TagUse, file: str | None) -> Problem:
    line, value, number = use.breaks[name]
    where = f" (the first is {value[:40]!r}{f' in {file}:{line}' if line is not None and file else ''})"
    have = "has" if number == 1 else "have"
    return warning(
        "line_break_in_subject",
        f"{{{{{name}}}}} is in a subject, and {count(number, 'value')} of it {have} a line break{where}",
        path=path,
        advice="Remove the line breaks from the values, or use the tag in the body only.",
    )


def _suggestion(name: str, use: TagUse, *, has_bar: bool) -> str:
    if hidden := find_hidden(name):
        return f"Retype the tag: it contains {describe_character(hidden)}."
    field = field_of(name)
    if field is not None and field != name and name[0] not in "#/^":
        return f"Did you mean {field!r}?"
    if name in LEAD_FIELDS:
        # Another field would not help, and a column under another header would.
        advice = did_you_mean(name, [known for known in use.known_names if known not in LEAD_FIELDS])
        return advice if advice.startswith("Did") else f"Add a column {name}, or remove the tag."
    advice = advice_on_foreign_tag(name, has_bar=has_bar) or did_you_mean(name, use.known_names)
    return advice or "Add a column, or remove the tag."


def _liquid_problems(spec: CampaignSpec, use: TagUse, allowed: AbstractSet[str]) -> Iterator[Problem]:
    """Yield the names of conditions that no lead has a value for."""
    for path, text in _texts_of(spec):
        for name, position in liquid_names(text).items():
            if name in allowed or use.provided(name):
                continue
            advice = did_you_mean(name, use.known_names)
            yield warning(
                "unknown_liquid_name",
                f"no lead has a value for {name!r}, which {{% … %}} refers to",
                path=path,
                advice=advice if advice.startswith("Did") else "Add a column, or remove the condition.",
                place=_place(spec, path, line_of(text, position)),
            )


def names_in_liquid(spec: CampaignSpec) -> set[str]:
    """Return the names that the conditions of a campaign's texts refer to."""
    return {name for _, text in _texts_of(spec) for name in liquid_names(text)}
