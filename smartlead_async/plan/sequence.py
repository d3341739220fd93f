"""The e-mail sequence of a campaign: steps and their A/B variants."""

from __future__ import annotations

import re
import string
from collections.abc import Sequence
from typing import Final

import attrs

from ..api.campaigns.sequences import StepType, VariantDistribution, WinningMetric
from ..fields import bounds, bounds_of
from ..typed import is_list
from .findings import Findings, describe
from .html_body import without_tags
from .text_check import check_body, check_subject

MAX_VARIANTS: Final = 26


@attrs.frozen
class VariantSpec:
    """One version of a step's e-mail in an A/B test.

    If ``subject`` or ``body`` is omitted, the step's is used, so that a test of subjects needs the body only
    once. ``share`` is the percentage of leads, an integer; omit it in all variants for equal shares.
    ``label`` is one capital letter and defaults to the next free one. Example::

        VariantSpec("Quick question, {{first_name}}", share=50)
    """

    subject: str | None = None
    body: str | None = None
    share: int | None = attrs.field(default=None, metadata=bounds(0, 100))
    label: str | None = None


@attrs.frozen
class StepSpec:
    """One e-mail of the sequence.

    ``delay_days`` counts from the previous step (0 for the first). ``body`` is HTML and is sent unchanged.
    Step 1 needs a subject; later steps without one continue its thread. ``distribution`` defaults to what
    the shares of the variants imply; ``test_share`` (20 to 100) is the percentage of leads that take part in
    the test before ``winning_metric`` decides. Example::

        StepSpec("Your booking page, {{first_name}}", "<p>Hello {{first_name}}, …</p>")
        StepSpec(body="<p>Any thoughts?</p>", delay_days=3)
    """

    subject: str | None = None
    body: str | None = None
    delay_days: int = attrs.field(default=0, metadata=bounds(0))
    variants: Sequence[VariantSpec] = ()
    distribution: VariantDistribution | None = None
    winning_metric: WinningMetric | None = None
    test_share: int | None = attrs.field(default=None, metadata=bounds(20, 100))
    kind: StepType | None = None

    def mails(self) -> tuple[VariantSpec, ...]:
        """Return the e-mails of this step: itself, or its variants with labels and inherited values."""
        if not self.variants:
            return (VariantSpec(self.subject, self.body),)
        given = [v.label for v in self.variants]
        free = (letter for letter in string.ascii_uppercase if letter not in given)
        return tuple(
            VariantSpec(
                self.subject if v.subject is None else v.subject,
                self.body if v.body is None else v.body,
                v.share,
                next(free, "Z") if v.label is None else v.label,
            )
            for v in self.variants
        )

    @property
    def variant_distribution(self) -> VariantDistribution | None:
        """The distribution of leads over the variants: ``distribution``, or what the shares imply."""
        if self.distribution is not None or not self.variants:
            return self.distribution
        has_shares = any(v.share is not None for v in self.variants)
        return VariantDistribution.MANUAL_PERCENTAGE if has_shares else VariantDistribution.MANUAL_EQUAL


def check_steps(findings: Findings, steps: object) -> None:
    """Add the problems of a sequence."""
    for index, given in enumerate(findings.check_list("steps", steps)):
        path = f"steps[{index}]"
        if (step := findings.check_part(path, given, StepSpec)) is not None:
            _check_step(findings, index, path, step)


def _check_step(findings: Findings, index: int, path: str, step: StepSpec) -> None:
    _check_delay(findings, path, step.delay_days, is_first=index == 0)
    findings.check_choice(f"{path}.distribution", step.distribution, VariantDistribution)
    findings.check_choice(f"{path}.winning_metric", step.winning_metric, WinningMetric)
    findings.check_choice(f"{path}.kind", step.kind, StepType)
    findings.check_integer(f"{path}.test_share", step.test_share, *bounds_of(StepSpec, "test_share"))
    if not _are_variants(findings, f"{path}.variants", step.variants):
        # What the variants would inherit is unknown.
        findings.check_string(f"{path}.subject", step.subject)
        findings.check_string(f"{path}.body", step.body, one_line=False)
        return
    _check_mails(findings, index, path, step)
    if step.variants:
        _check_labels(findings, path, step)
        _check_shares(findings, path, step)


def _are_variants(findings: Findings, path: str, variants: object) -> bool:
    are_parts = [
        findings.check_part(f"{path}[{position}]", variant, VariantSpec) is not None
        for position, variant in enumerate(findings.check_list(path, variants))
    ]
    return is_list(variants) and all(are_parts)


def _check_delay(findings: Findings, path: str, days: int, *, is_first: bool) -> None:
    path = f"{path}.delay_days"
    within = bounds_of(StepSpec, "delay_days")
    if findings.check_integer(path, days, *within, optional=False) and days == 0 and not is_first:
        findings.warning(
            "no_delay",
            path,
            "this step is sent on the same day as the previous one",
            "Set delay_days to 1 or more.",
        )


def _check_mails(findings: Findings, index: int, path: str, step: StepSpec) -> None:
    inherited: set[str] = set()
    for position, mail in enumerate(step.mails()):
        own = step.variants[position] if step.variants else step
        here = f"{path}.variants[{position}]" if step.variants else path
        which = f", variant {_label(mail, position)}," if step.variants else ""
        for name, check in (("subject", _check_subject), ("body", _check_body)):
            value = getattr(mail, name)
            if value is None or getattr(own, name) is not None:
                check(findings, index, f"{here}.{name}", value, which)
            elif name not in inherited:
                # The text of the step, which all variants without an own one share.
                inherited.add(name)
                check(findings, index, f"{path}.{name}", value, which)


def _label(mail: VariantSpec, position: int) -> str:
    return mail.label if isinstance(mail.label, str) else str(position + 1)


def _check_subject(findings: Findings, index: int, path: str, subject: str | None, which: str) -> None:
    if subject is not None and not findings.check_string(path, subject):
        return
    if index == 0 and not (subject or "").strip():
        findings.error(
            "no_subject",
            path,
            f"step 1{which} has no subject",
            "Only later steps may omit the subject; they continue the thread of step 1.",
        )
    if subject:
        check_subject(findings, path, subject)


_MAX_EMPTY: Final = 1000
"""The characters of a body that may consist of tags alone."""


def _shows_nothing(body: str) -> bool:
    # Conditional comments are shown by some programs.
    return not re.search(r"<img\b|<!--", body, re.IGNORECASE) and not without_tags(body).strip()


def _check_body(findings: Findings, index: int, path: str, body: str | None, _: str) -> None:
    if body is not None and not findings.check_string(path, body, one_line=False):
        return
    if not (body or "").strip():
        findings.error("no_body", path, f"step {index + 1} has no body", "Set body or body_file.")
    elif body and len(body) <= _MAX_EMPTY and _shows_nothing(body):
        findings.error("no_body", path, f"the body of step {index + 1} shows nothing", "Write its text.")
    if body:
        check_body(findings, path, body)


def _check_labels(findings: Findings, path: str, step: StepSpec) -> None:
    count = len(step.variants)
    if count > MAX_VARIANTS:
        findings.error(
            "too_many_variants",
            f"{path}.variants",
            f"the step has {count} variants; the maximum is {MAX_VARIANTS}, one for each label from A to Z",
        )
    seen: dict[str, int] = {}
    for index, label in enumerate(mail.label for mail in step.mails()):
        here = f"{path}.variants[{index}].label"
        if not isinstance(label, str):
            findings.wrong_type(here, "one capital letter", label)
        elif not re.fullmatch("[A-Z]", label):
            findings.error("bad_label", here, f"a label must be one capital letter, not {describe(label)}")
        elif label in seen and count <= MAX_VARIANTS:
            message = f"variants {seen[label] + 1} and {index + 1} both have the label {label}"
            findings.error("duplicate_label", here, message)
        else:
            seen[label] = index


def _check_shares(findings: Findings, path: str, step: StepSpec) -> None:
    shares = [v.share for v in step.variants]
    by_percentage = step.distribution == VariantDistribution.MANUAL_PERCENTAGE
    if all(share is None for share in shares):
        if by_percentage:
            message = "MANUAL_PERCENTAGE requires a share for every variant"
            findings.error("shares_missing", f"{path}.distribution", message)
        return
    if isinstance(step.distribution, str) and not by_percentage:
        findings.error(
            "shares_unused",
            f"{path}.distribution",
            f"{step.distribution} distributes the leads itself, so the variants must not have shares",
            "Remove the shares or the distribution.",
        )
    _check_sum(findings, path, shares)


def _check_sum(findings: Findings, path: str, shares: Sequence[int | None]) -> None:
    are_valid = [
        findings.check_integer(f"{path}.variants[{i}].share", share, *bounds_of(VariantSpec, "share"))
        for i, share in enumerate(shares)
        if share is not None
    ]
    for index, share in enumerate(shares):
        if share is None:
            findings.error(
                "shares_missing",
                f"{path}.variants[{index}].share",
                "this variant has no share, but other variants of the step have one",
                "Give every variant a share, or omit them all for equal shares.",
            )
    if all(are_valid) and None not in shares:
        total = sum(share for share in shares if share is not None)
        if total != 100:
            findings.error(
                "shares_not_100",
                f"{path}.variants",
                f"the shares of the variants add up to {total}, not 100",
                "Correct them, or omit them all for equal shares.",
            )
