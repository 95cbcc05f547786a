"""
Who is blocked, and how; and a severity proposed from it (S24).

A person confirms it: the proposal changes nothing.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from tracker_bridge.domain.incident.rules import Severity
from tracker_bridge.domain.issue.issue import TrackerUrl
from tracker_bridge.domain.issue.patterns import at_first_use

_ALL = at_first_use(
    r"\b(?:all|every\w*|public|company|whole|anyone|most|many|half|majority|thousands?|hundreds?)\b"
    r"|(?<![0-9.,])[0-9]+(?:[.,][0-9]+)?\s?(?:k|m|mio|million|thousand)\b",
    re.IGNORECASE,
)
_SHARE = at_first_use(
    r"(?<![0-9.,])(?P<share>[0-9]{1,3}(?:[.,][0-9]+)?)\s?(?:%|percent\b|per cent\b)", re.IGNORECASE
)
_LARGE: Final = 20
"""Per cent from which they are many."""

_MANY = at_first_use(r"\b(?:customers|users|clients|people)\b", re.IGNORECASE)
_FEW = at_first_use(
    r"\b(?:one|single|two|three|few|handful|couple|several|some|hardly|customer|user|client|person|colleague)\b"
    r"|(?<![0-9.,])[0-9]{1,2}(?![0-9.,]|\s?(?:%|per|[km]|mio|million|thousand)\b|\s?%)",
    re.IGNORECASE,
)
_GROUP = at_first_use(
    r"^(?:the|our|this|that)\b|\b(?:team|office|department|support|staff|sales|finance|shop)\b", re.IGNORECASE
)
_NONE = at_first_use(r"^(?:nobody|no one|none|no (?:customers?|users?|clients?|people))\b", re.IGNORECASE)
_DENIED = at_first_use(
    r"\b(?:none|nobody|no ?one|no (?:customer|user|client)s?)\b[^.;]*\b(?:blocked|down|lost|stuck|affected)\b"
    r"|\b(?:not|no longer|never|isn['’]?t|aren['’]?t|wasn['’]?t|nothing is|nothing was)\s+(?:\w+\s+)?"
    r"(?:blocked|down|lost|stopped|stuck|impossible|outage)\b",
    re.IGNORECASE,
)
_STUCK = at_first_use(
    r"\b(?:can ?not|can['’]?t|unable|blocked|down|lost|losing|stopped|stuck|impossible|nothing|nobody|outage"
    r"|fails?)\b",
    re.IGNORECASE,
)
_HINDERED = at_first_use(
    r"\b(?:slow\w*|delay\w*|late|later|longer|sometimes|intermittent\w*|degraded|errors?|wrong|missing|partial\w*"
    r"|work ?arounds?|way around|flaky|time ?outs?|hangs?|hanging|calls|complain\w*)\b",
    re.IGNORECASE,
)
_TRIFLE = at_first_use(
    r"\b(?:typos?|cosmetic|spelling|misspelled|wording|colou?rs?|fonts?|layout|icons?)\b", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Impact:
    """Who is blocked, and how (S24); ``many`` and ``cost``, where somebody knows them (S117)."""

    who: str
    how: str
    url: TrackerUrl
    many: str = ""
    cost: str = ""

    @property
    def extent(self) -> str:
        """How many, and what it costs: ``some 400; 2000 EUR an hour``."""
        return "; ".join(part for part in (self.many, self.cost) if part)


_OUTSIDE = at_first_use(
    r"\b(?:customer|client|user|visitor|buyer|shopper|consumer|subscriber|merchant|partner|guest|tenant|patient|"
    r"passenger|everyone|everybody|anyone|public|all)s?\b",
    re.IGNORECASE,
)
_INSIDE = at_first_use(
    r"\b(?:on-?call|internal|intranet|staff|colleague|employee|team|support|office|sales|finance|billing|engineer|"
    r"developer|operator|our own)s?\b",
    re.IGNORECASE,
)
_ONE_AND_ALL = ("external", "customers", "users", "clients", "public")


def is_on(impact: Impact, audience: str) -> bool:
    """
    Whether an impact is on an audience outside, as far as its words tell; what is unclear is not.

    An audience of its own name, such as ``partners``, hears what is on everyone, and on those who are called so.
    """
    if _INSIDE.search(impact.who):
        return False
    name = audience.casefold().removesuffix("s")
    named = re.search(rf"\b{re.escape(name)}s?\b", impact.who, re.IGNORECASE) is not None
    if _OUTSIDE.fullmatch(audience) and audience.casefold() not in _ONE_AND_ALL:
        return named or re.search(r"\b(?:everyone|everybody|anyone|all)\b", impact.who, re.IGNORECASE) is not None
    return named or _OUTSIDE.search(impact.who) is not None


def propose(impacts: Iterable[Impact], scale: tuple[Severity, ...]) -> Severity | None:
    """
    Return the step of ``scale`` (worst first) for the worst impact.

    ``None`` where the words do not tell: nobody is hit, both few and all are, or they are of another language.
    """
    steps = [step for step in map(_step, impacts) if step is not None]
    return scale[min(*steps, len(scale) - 1)] if steps and scale else None


def _step(impact: Impact) -> int | None:
    """Many and stuck: 0. Many hindered, or a few stuck: 1 and 2 in this order. A few hindered, or a trifle: 3."""
    many, how = _many(impact.who), _DENIED.sub("", impact.how)
    if many is None:
        return None
    if _STUCK.search(how):
        return 0 if many else 2
    if _TRIFLE.search(how):
        return 3
    return (1 if many else 3) if _HINDERED.search(how) else None


def _many(who: str) -> bool | None:
    """Whether they are many, or a few; ``None`` where that is not said."""
    if share := _SHARE.search(who):
        percent = float(share["share"].replace(",", "."))
        return percent >= _LARGE if percent else None
    everybody, few = _ALL.search(who), _FEW.search(who)
    if _NONE.search(who) or (everybody and few):
        return None
    if everybody or (_MANY.search(who) and not few):
        return True
    return False if few or _GROUP.search(who) else None
