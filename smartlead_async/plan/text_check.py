"""Checks of subjects and bodies that do not depend on the leads: characters, line breaks, headers."""

from __future__ import annotations

import re
from collections import Counter
from typing import Final

from .findings import Findings
from .hidden_characters import describe_character
from .html_body import lost_line_breaks, visible_html, without_tags
from .value_kinds import find_garbled

_HEADER: Final = re.compile(
    r"\s*(?:subject\s*:|(to|cc|bcc|from|sender|reply-to|return-path|date|message-id|content-(?:type|transfer-\w+)"
    r"|mime-version|x-(?:mailer|priority|original\w*|spam-\w+))\s*:(?=\s|$))",
    re.IGNORECASE,
)

_MARKUP: Final = re.compile(
    r"</?(?:b|i|u|p|br|em|strong|span|a|div|font)(?:\s[^<>]*)?/?>|&(?:[a-z]+|#\d+);", re.IGNORECASE
)

_ESCAPED_BREAK: Final = re.compile(r"\\[nrt]")

_PATH: Final = re.compile(r"(?:\b[A-Za-z]:|\\)\\[\w\\.$-]*")
r"""A path of Windows, such as ``C:\new``."""

_KEY_IN_BODY: Final = re.compile(
    r"\s*(?:-{3,}\s*)?(?:(?:subject|betreff|objet|body)\s*:|\{\s*\"(?:subject|body|html|text)\"\s*:)",
    re.IGNORECASE,
)
"""What a body begins with if a whole e-mail, or a file of another format, is in its place."""

_IN_QUOTES: Final = re.compile(r"\s*\"[^\"]+\"\s*")

_MAX_SUBJECT: Final = 200

_DRAFT_SUBJECTS: Final = frozenset(
    {"subject", "no subject", "untitled", "test", "null", "none", "undefined", "nan", "n/a", "-", "."}
)

# What an editor makes of "&nbsp;" in plain text, and of "&amp;" in HTML.
_SHOWN_ENTITY: Final = re.compile(
    r"&amp;(?:nbsp|amp|quot|apos|[mn]dash|[lr][sd]quo|[A-Za-z](?:uml|acute|grave|circ|tilde)|#(?!0*12[35];|[xX]0*7[bBdD];)x?\w{2,6});"
)

_LINK: Final = re.compile(
    r"<(?:a|img)\b[^<>]*?\b(?:href|src)\s*=\s*(?:\"([^\">]*)\"|'([^'>]*)'|([^\s\"'>][^\s>]*))", re.IGNORECASE
)

_WORKING_LINK: Final = re.compile(
    r"https?://[^\s/]|mailto:.|tel:.|sms:.|data:image/|whatsapp:.|#\w|\{|\[|%|<|\*\|", re.IGNORECASE
)

_MARKDOWN: Final = re.compile(
    r"\[[^\]\n]+\]\((?:https?://|mailto:|\{\{)[^)\n]*\)|(?<![\w*])\*\*[^*\s][^*\n]*\*\*(?!\*)"
    r"|^#{1,4} \w[^\n<]*",
    re.MULTILINE,
)

_MARKDOWN_MARKS: Final = ("](", "**", "# ")

_CLOSABLE: Final = re.compile(r"<(?P<slash>/?)(?P<name>a|b|strong|em|i|u)(?:\s[^<>]*)?>", re.IGNORECASE)

_BEGINNING: Final = 500
"""The characters of a body in which its first words are."""

# Those that change what is read, or come with text that was copied; spaces and joiners have their uses.
_UNWANTED: Final = re.compile("[\x85\u2028\u2029\u200b\u2060-\u2064\u202a-\u202e\u2066-\u2069\ufeff\ufffd]")

_DRAFT: Final = re.compile(r"\b(?:TODO|FIXME|XXX|TBD|(?i:lorem ipsum))\b")


def check_subject(findings: Findings, path: str, subject: str) -> None:
    """Add the problems of a subject: it is one line, and neither a header nor HTML."""
    if found := _HEADER.match(subject):
        message = f"the subject begins like a header, {found[0].strip()!r}"
        findings.warning("header_in_subject", path, message, "Write the subject alone.")
    if found := _MARKUP.search(subject):
        message = f"the subject contains HTML, {found[0]!r}, which is shown as it stands"
        findings.warning("markup_in_subject", path, message, "Write it as plain text.")
    if len(subject) > _MAX_SUBJECT:
        message = f"the subject has {len(subject)} characters, of which most programs show 70 at most"
        findings.warning("long_subject", path, message, "Check that it is not the body.")
    if subject.strip().casefold() in _DRAFT_SUBJECTS:
        message = f"the subject is only {subject.strip()!r}"
        findings.warning("draft_text", path, message, "Replace it, if it is not meant.")
    _check_characters(findings, path, subject, "subject")


def check_body(findings: Findings, path: str, body: str) -> None:
    """Add the problems of a body: line breaks that are not shown, links that lead nowhere, unclosed tags."""
    count = lost_line_breaks(body)
    if count:
        lost = "1 line break is" if count == 1 else f"{count} line breaks are"
        message = f"the body is HTML, in which {lost} not shown"
        findings.warning("lost_line_breaks", path, message, "Write <br> or <p>, or no HTML tags at all.")
    if found := _KEY_IN_BODY.match(without_tags(body[:_BEGINNING])):
        message = f"the body begins with {' '.join(found[0].split())!r}"
        findings.warning("header_in_body", path, message, "Write the text of the e-mail alone.")
    if "&amp;" in body and (found := _SHOWN_ENTITY.search(body)):
        shown = found[0].replace("&amp;", "&", 1)
        message = f"the body shows {shown!r} as it stands: it is plain text, or escaped twice"
        findings.warning("shown_entity", path, message, "Write the character itself.")
    if any(mark in body for mark in _MARKDOWN_MARKS) and (found := _MARKDOWN.search(body)):
        message = f"the body contains Markdown, {found[0][:60]!r}, which is sent as it stands"
        findings.warning("markdown", path, message, "Write HTML, or plain text without marks.")
    _check_tags(findings, path, visible_html(body))
    _check_characters(findings, path, body, "body")


def _check_tags(findings: Findings, path: str, body: str) -> None:
    for found in _LINK.finditer(body):
        target = found[found.lastindex or 1].strip()
        if not _WORKING_LINK.match(target):
            message = f"the link or image {target[:60]!r} leads nowhere from an e-mail"
            findings.warning("broken_link", path, message, "Write its whole address, with https://.")
            break
    balance = Counter[str]()
    for found in _CLOSABLE.finditer(body):
        balance[found["name"].lower()] += -1 if found["slash"] else 1
    for name, number in balance.items():
        if number > 0:
            findings.warning(
                "unclosed_tag", path, f"a tag <{name}> of the body is not closed", f"Add </{name}>."
            )


def _check_characters(findings: Findings, path: str, text: str, what: str) -> None:
    if found := _UNWANTED.search(text):
        message = f"the {what} contains an invisible character, {describe_character(found[0])}"
        findings.warning("hidden_character", path, message, "Retype the text around it.")
    elif found := find_garbled(text):
        message = (
            f"the {what} contains garbled characters, {text[max(0, found.start() - 10) : found.end() + 10]!r}"
        )
        findings.warning("garbled_text", path, message, "Retype them, and save the file as UTF-8.")
    if _IN_QUOTES.fullmatch(text):
        message = f"the whole {what} is in double quotes, which are sent"
        findings.warning("quoted_text", path, message, "Remove them, if they are not meant.")
    if found := _DRAFT.search(text):
        message = f"the {what} contains {found[0]!r}, as in a draft"
        findings.warning("draft_text", path, message, "Replace it, if it is not meant.")
    if "\\" in text and (found := _ESCAPED_BREAK.search(_PATH.sub(" ", text))):
        message = f"the {what} contains {found[0]} as two characters, which are sent as they stand"
        advice = rf"In YAML, {found[0]} is an escape in double quotes only."
        findings.warning("escaped_line_break", path, message, advice)
