"""Checks of subjects and bodies that do not depend on the leads: characters, line breaks, headers."""

from __future__ import annotations

import re
from typing import Final

from .findings import Findings
from .html_body import lost_line_breaks

_HEADER: Final = re.compile(
    r"\s*(subject|to|cc|bcc|from|sender|reply-to|return-path|date|message-id|content-[\w-]+|mime-version|x-[\w-]+)"
    r"\s*:(?=\s|$)",
    re.IGNORECASE,
)


_MARKUP: Final = re.compile(
    r"</?(?:b|i|u|p|br|em|strong|span|a|div|font)(?:\s[^<>]*)?/?>|&(?:[a-z]+|#\d+);", re.IGNORECASE
)


# Not a path such as C:\\new.
_ESCAPED_BREAK: Final = re.compile(r"(?<![:\\])\\n")


def check_subject(findings: Findings, path: str, subject: str) -> None:
    """Add the problems of a subject: it is one line, and neither a header nor HTML."""
    if found := _HEADER.match(subject):
        message = f"the subject begins like a header, {found[0].strip()!r}"
        findings.warning("header_in_subject", path, message, "Write the subject alone.")
    if found := _MARKUP.search(subject):
        message = f"the subject contains HTML, {found[0]!r}, which is shown as it stands"
        findings.warning("markup_in_subject", path, message, "Write it as plain text.")
    _check_escapes(findings, path, subject, "subject")


def check_body(findings: Findings, path: str, body: str) -> None:
    """Add the problems of a body: line breaks that are not shown."""
    count = lost_line_breaks(body)
    if count:
        lost = "1 line break is" if count == 1 else f"{count} line breaks are"
        message = f"the body is HTML, in which {lost} not shown"
        findings.warning("lost_line_breaks", path, message, "Write <br> or <p>, or no HTML tags at all.")
    _check_escapes(findings, path, body, "body")


def _check_escapes(findings: Findings, path: str, text: str, what: str) -> None:
    if _ESCAPED_BREAK.search(text):
        message = rf"the {what} contains \n as two characters, which are sent as they stand"
        findings.warning(
            "escaped_line_break", path, message, "In YAML, \\n is a line break in double quotes only."
        )
