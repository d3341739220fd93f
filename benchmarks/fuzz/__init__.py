"""Fuzz tests: mutated plans, lead files and responses, and jobs on a server that garbles its responses.

    python -m benchmarks.fuzz --minutes 20

Every input must end in a value, or in an error that says what is wrong. No input may end in a traceback, and
no campaign and no lead may be lost without a message.
"""

from __future__ import annotations

from .case import Finding, Input, Kind
from .run import Failure, Result, fuzz

__all__ = ["Failure", "Finding", "Input", "Kind", "Result", "fuzz"]
