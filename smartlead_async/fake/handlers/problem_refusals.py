"""Refusals that several operations send for the same validation problem."""

from __future__ import annotations

from ..problem import Problem, ProblemKind
from ..replies import Refusal


def refuse_long_page(problem: Problem) -> Refusal | None:
    """Return the 422 for a page limit that is too high; every other bad value is a 400."""
    if problem.path == ("limit",) and problem.kind is ProblemKind.MAXIMUM and problem.limit is not None:
        return Refusal(422, {"error": f"limit must be less than or equal to {problem.limit:g}"})
    return None


def refuse_missing_email(problem: Problem) -> Refusal | None:
    """Return the 422 for a request without an email."""
    if problem.path == ("email",) and problem.kind is ProblemKind.REQUIRED:
        return Refusal(422, {"error": "email is required"})
    return None
