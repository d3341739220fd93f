"""Checks of subjects and bodies that do not depend on the leads: characters, line breaks, headers."""

from __future__ import annotations

import re
from typing import Final

from .findings import Findings
from .hidden_characters import describe_character
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


# Those that change what is read, or come with text that was copied; spaces and joiners have their uses.
_UNWANTED: Final = re.compile("[\u200b\u2060-\u2064\u202a-\u202e\u2066-\u2069\ufeff\ufffd]")


_DRAFT: Final = re.compile(r"\b(?:TODO|FIXME|XXX|TBD|(?i:lorem ipsum))\b")


def check_subject(findings: Findings, path: str, subject: str) -> None:
    """Add the problems of a subject: it is one line, and neither a header nor HTML."""
    if found := _HEADER.match(subject):
        message = f"the subject begins like a header, {found[0].strip()!r}"
        findings.warning("header_in_subject", path, message, "Write the subject alone.")
    if found := _MARKUP.search(subject):
        message = f"the subject contains HTML, {found[0]!r}, which is shown as it stands"
        findings.warning("markup_in_subject", path, message, "Write it as plain text.")
    _check_characters(findings, path, subject, "subject")


def check_body(findings: Findings, path: str, body: str) -> None:
    """Add the problems of a body: line breaks that are not shown."""
    count = lost_line_breaks(body)
    if count:
        lost = "1 line break is" if count == 1 else f"{count} line breaks are"
        message = f"the body is HTML, in which {lost} not shown"
        findings.warning("lost_line_breaks", path, message, "Write <br> or <p>, or no HTML tags at all.")
    _check_characters(findings, path, body, "body")


def _check_characters(findings: Findings, path: str, text: str, what: str) -> None:
    if found := _UNWANTED.search(text):
        message = f"the {what} contains an invisible character, {describe_character(found[0])}"
        findings.warning("hidden_character", path, message, "Retype the text around it.")
    if found := _DRAFT.search(text):
        message = f"the {what} contains {found[0]!r}, as in a draft"
        findings.warning("draft_text", path, message, "Replace it, if it is not meant.")
    if _ESCAPED_BREAK.search(text):
        message = rf"the {what} contains \n as two characters, which are sent as they stand"
        findings.warning(
            "escaped_line_break", path, message, "In YAML, \\n is a line break in double quotes only."
        )
