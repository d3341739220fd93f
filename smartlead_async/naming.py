"""Advice on campaign names: purpose, audience and period, as SmartLead recommends.

:func:`review` returns its advice as data. It prefers to miss a bad name over criticizing a good one: an
unknown word may well be the audience.
"""

from __future__ import annotations

import enum
import functools
import html
import re
import unicodedata
from typing import Final

import attrs

from .limits import MAX_NAME_LENGTH


class AdviceCode(enum.StrEnum):
    """A shortcoming of a name."""

    EMPTY = "empty"
    GENERIC = "generic"
    NO_PURPOSE = "no_purpose"
    NO_AUDIENCE = "no_audience"
    NO_PERIOD = "no_period"
    TOO_LONG = "too_long"
    BLANK_EDGES = "blank_edges"


@attrs.frozen
class Advice:
    """One piece of advice about a name: ``code`` for programs, ``message`` for people."""

    code: AdviceCode
    message: str


@attrs.frozen
class NameReview:
    """The result of :func:`review`; true if there is no advice."""

    name: str
    advice: tuple[Advice, ...] = ()

    @property
    def codes(self) -> tuple[AdviceCode, ...]:
        """The codes of the advice, in order."""
        return tuple(a.code for a in self.advice)

    def __bool__(self) -> bool:
        return not self.advice


_MESSAGES: Final = {
    AdviceCode.EMPTY: 'the name is empty; SmartLead would call the campaign "Untitled Campaign"',
    AdviceCode.GENERIC: "the name does not describe the campaign; state purpose, audience and period: "
    '"SaaS founders Q1 2027 – demo invite"',
    AdviceCode.NO_PURPOSE: 'the name does not state the purpose, such as "demo invite" or "webinar"',
    AdviceCode.NO_AUDIENCE: 'the name does not state the audience, such as "SaaS founders"',
    AdviceCode.NO_PERIOD: 'the name does not state the period, such as "Q1 2027" or "March"',
    AdviceCode.TOO_LONG: f"the name has more than {MAX_NAME_LENGTH} characters",
    AdviceCode.BLANK_EDGES: "the name begins or ends with whitespace",
}

_MONTHS: Final = (
    r"jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?"
    r"|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?"
)
_PERIOD: Final = re.compile(
    r"(?<!\d)(?:19|20)\d\d(?!\d)"  # a year, also inside a date or before 年
    r"|(?<![^\W_])(?:[qt][1-4]|[1-4]q|h[12]|(?:fy|cy)\s?'?\d{2})(?!\d{3})(?![a-z])"
    r"|(?<![^\W_])(?:w|wk|kw|cw|week)[\s_.-]?\d{1,2}(?!\d)"
    rf"|(?<![^\W_])(?:{_MONTHS})(?=[\W_\d]|$)"
    r"|(?<![^\W_])(?:spring|summer|autumn|winter|fall|christmas|xmas|easter|ramadan|black\s?friday|cyber\s?monday"
    r"|new\s?year|evergreen|always[\s-]on|ongoing|weekly|monthly|quarterly|daily)(?=[\W_\d]|$)"
    r"|(?<!\d)\d{1,2}[./-]\d{1,2}(?:[./-]\d{2,4})?(?!\d)",
    re.IGNORECASE,
)


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_GENERIC: Final = _words("""
    a an and new old my our the of to for untitled unnamed name no campaign campaigns test tests testing
    tmp temp draft drafts copy clone duplicate final version v ver first second third next last one two
    three sample example foo bar baz asdf qwerty xxx abc default unknown misc stuff thing cold
    email emails mail mails mailing sequence sequences list leads lead outreach outbound main real
    actual current latest blast
""")

_PURPOSE: Final = _words("""
    demo demos invite invites invitation invitations webinar webinars event events conference meetup
    roundtable workshop summit fair followup reactivation reactivate reengagement reengage winback
    launch launches onboarding upsell upselling crosssell expansion renewal renewals retention churn
    hiring recruiting recruitment sourcing partnership partnerships affiliate intro introduction
    introductions meeting meetings trial trials survey feedback newsletter announcement announcements
    promo promotion promotions offer offers discount sale nurture nurturing audit audits pilot pilots
    booking bookings call calls prospecting pipeline leadgen feature features update updates release
    migration switch casestudy study whitepaper ebook report guide content download guestpost backlink
    backlinks linkbuilding pr press pitch sponsor sponsors sponsorship fundraising fundraise donation
    discovery signup signups beta waitlist referral referrals review reviews testimonial testimonials
    interview interviews research validation quote quotes proposal proposals consultation assessment
    checkup benchmark abm awareness outreach prospection acquisition activation replacement rollout
""")

_AUDIENCE: Final = _words("""
    founder founders cofounder cofounders ceo ceos cto ctos cfo cfos cmo cmos coo coos cio cios ciso
    cisos vp vps director directors head heads executive executives owner owners lawyer lawyers engineer
    engineers developer developers marketer marketers designer designers recruiter recruiters buyer
    buyers investor investors agency agencies startup startups saas ecommerce fintech healthcare smb
    smbs sme smes enterprise enterprises b2b b2c retail retailers manufacturers manufacturing clinic
    clinics dentist dentists hotel hotels restaurants customers clients users subscribers partners
    prospects teams leaders managers consultants accountants architects realtors brokers schools
    universities nonprofits ngos hr devops legal finance logistics dach emea apac latam nordics benelux
    uk us usa eu europe germany france spain italy poland
""")


_SHORTEST_CUT: Final = 50
"""The length of the shortest name that is recognized as the beginning of a longer one."""
_DASHES: Final = str.maketrans(dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2015\u2212", "-"))
_QUOTES: Final = str.maketrans({"\u2018": "'", "\u2019": "'", "\u201c": '"', "\u201d": '"'})


# One name is compared with many stored ones, and these with many names.
@functools.lru_cache(maxsize=4096)
def normal_name(name: str) -> str:
    """Return the normal form of a campaign name. Names with the same normal form are taken to be equal.

    A server or a form may store a name in another way than it was sent. The normal form therefore ignores
    HTML escapes, the Unicode form, invisible characters, the kind of dashes and quotation marks, and how
    much whitespace there is. Example::

    >>> normal_name(" R&amp;D \u2013  Q1 ") == normal_name("R&D - Q1")
    True
    """
    if name.isascii() and name.isprintable() and "&" not in name:
        return " ".join(name.split())
    unescaped = html.unescape(html.unescape(unicodedata.normalize("NFKC", name)))
    # Format characters (zero-width ones, for example) are invisible; control characters may become blanks.
    visible = "".join(
        " " if unicodedata.category(char) == "Cc" else char
        for char in unescaped
        if unicodedata.category(char) not in ("Cf", "Cs")
    )
    folded = unicodedata.normalize("NFKC", visible).translate(_DASHES).translate(_QUOTES)
    return " ".join(folded.split())


def may_be_stored_as(name: str, stored: str) -> bool:
    """Return whether a server may have stored a campaign of this name under the other one.

    It may have changed what :func:`normal_name` ignores, or cut off the end of a long name.
    """
    wanted, found = normal_name(name), normal_name(stored)
    return wanted == found or (len(found) >= _SHORTEST_CUT and wanted.startswith(found))


def review(name: str) -> NameReview:
    """Return advice on a campaign name; no request is sent.

    Example::

    >>> [advice.code.value for advice in review("Campaign 1").advice]
    ['generic']
    >>> bool(review("SaaS founders Q1 2027 – demo invite"))
    True
    """
    codes: list[AdviceCode] = []
    if not name.strip():
        codes.append(AdviceCode.EMPTY)
    else:
        codes += _missing(name)
        if name != name.strip():
            codes.append(AdviceCode.BLANK_EDGES)
    if len(name) > MAX_NAME_LENGTH:
        codes.append(AdviceCode.TOO_LONG)
    return NameReview(name, tuple(Advice(code, _MESSAGES[code]) for code in codes))


def _missing(name: str) -> list[AdviceCode]:
    rest, periods = _PERIOD.subn(" ", name)
    # Treat "follow-up", "re-engagement" and "link building" as one word each.
    rest = re.sub(r"(?i)\b(follow|re|win|cross|case|link|guest|sign)[\s-](?=\w)", r"\1", rest)
    words = [w for w in re.findall(r"[^\W\d_]+", rest.lower()) if len(w) > 1 or not w.isascii()]
    specific = [w for w in words if w not in _GENERIC]
    if not specific and not any(w in _PURPOSE for w in words):
        return [AdviceCode.GENERIC]
    purpose = any(w in _PURPOSE for w in words)
    audience = any(w in _AUDIENCE for w in specific)
    # An unknown word fills a gap: no list covers product names, trades and other languages.
    unknown = sum(w not in _PURPOSE and w not in _AUDIENCE for w in specific)
    codes = []
    if not audience and unknown:
        audience, unknown = True, unknown - 1
    if not purpose and not unknown:
        codes.append(AdviceCode.NO_PURPOSE)
    if not audience:
        codes.append(AdviceCode.NO_AUDIENCE)
    if not periods:
        codes.append(AdviceCode.NO_PERIOD)
    return codes
