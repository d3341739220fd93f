"""Merge tags of other tools that have two braces, too: what SmartLead has in their place."""

from __future__ import annotations

import re
from typing import Final

from .lead_aliases import alias_form

_SPINTAX: Final = "Spintax has single braces: {Hi|Hello}."

_CONDITION: Final = "Conditions are written as in Liquid: {% if first_name %}…{% endif %}."

_SIGNATURE: Final = "Write %signature%."

_BY_FORM: Final = tuple(
    (re.compile(pattern), advice)
    for pattern, advice in (
        (r"(?:random|spin|spintax|endspin)", _SPINTAX),
        (r"(?:if|else|elseif|endif|end|unless)", _CONDITION),
        (r"(?:\w*signature|sig)", _SIGNATURE),
        (
            r"(?:unsubscribe|optout|unsub)\w*",
            "SmartLead has the settings unsubscribe_text and add_unsubscribe_tag.",
        ),
        (
            r"(?:sender|sending|account|user|rep|owner|my|from)(?:account)?(?:first|last|full)?(?:name|email|company|phone|title)?",
            "Tags are filled from leads, and not from the sender: write the text, or %signature%.",
        ),
    )
)


def advice_on_foreign_tag(name: str, *, has_bar: bool = False) -> str:
    """Return what to write in place of a tag that no lead provides, or an empty string.

    ``has_bar`` tells that a bar follows the name in the braces.
    """
    if re.match(r"[#/^]\s*\w|(?:if|else|elsif|unless)\s", name):
        return _CONDITION
    form = alias_form(name)
    found = next((advice for pattern, advice in _BY_FORM if pattern.fullmatch(form)), "")
    return found or (_SPINTAX if has_bar and "_" not in name else "")
