"""Why a text is not a time, said so that its author knows what to write instead."""

import re
from collections.abc import Iterator

from tracker_bridge.domain.incident.times.ago import parse_length
from tracker_bridge.domain.incident.times.moments import BadTime
from tracker_bridge.domain.incident.times.spelling import HALF, shown
from tracker_bridge.domain.incident.times.written import WrittenTime
from tracker_bridge.domain.incident.times.zones import NAME, is_ambiguous, named
from tracker_bridge.domain.issue.patterns import at_first_use

_FLAGS = re.ASCII | re.IGNORECASE
_JOINT = at_first_use(r"\s*(?:-+>?|→|\.{2,}|…|/|&|,|(?<!\w)(?:to|till?|until|through|thru|and)(?!\w))\s*", _FLAGS)
_WHOLE = at_first_use(
    rf"(?<![0-9:.])[0-9]{{1,2}}(?=[:h][0-9]|\s?{HALF})(?:[:h][0-9]{{2}}){{0,2}}(?:\s?(?P<half>{HALF}))?(?![0-9])",
    _FLAGS,
)
_BARE = at_first_use(r"[0-9]{1,2}(?![\w:.])", re.ASCII)
_BARE_END = at_first_use(r"(?<![\w:./-])[0-9]{1,2}$", re.ASCII)
_BEGINNING = at_first_use(r"(?:from|between)\s", _FLAGS)
_OPEN = at_first_use(r"(?:before|after|until|till?|by)(?!\w)", _FLAGS)
_DOTTED = at_first_use(r"[0-9]{1,2}\.[0-9]{2}", re.ASCII)
_RUN = at_first_use(
    r"(?P<hours>[01][0-9]|2[0-3])(?P<minutes>[0-5][0-9])(?:\s?h(?:ours|rs)?)?(?P<zone>|\s?Z|\s(?:UTC|GMT))\.?",
    _FLAGS,
)
"""``0855``, ``0855h`` and ``0855Z``, as soldiers and pilots write it."""

_VAGUE = at_first_use(r"(?:(?:a )?few|several|many) [a-z]+ ago|(?:a )?moments? ago|a while ago|last hour", _FLAGS)
_OFFSET = at_first_use(r"-[0-9]{1,2}:?[0-9]{0,2}", re.ASCII)
_SIGNED = at_first_use(r"[+-][0-9]", re.ASCII)


def beginnings(bare: str) -> Iterator[str] | None:
    """
    Return how the beginning of the span could be written that a plain text tells; ``None`` if it tells none.

    A span has a clock on either side of a dash or a word; of ``2-4pm`` and ``2:05-2:20pm`` nobody knows the
    first half.
    """
    for joint in _JOINT.finditer(bare):
        left, right = bare[: joint.start()], bare[joint.end() :]
        begin, end = _WHOLE.search(left), _WHOLE.search(right)
        if begin and (end or _BARE.match(right)):
            first = _BEGINNING.sub("", left, count=1).strip()
            return iter(()) if end and end["half"] and not begin["half"] else _written(first, right, end)
        if _WHOLE.match(right) and _BARE_END.search(left):
            return iter(())
    return None


def _written(first: str, right: str, end: re.Match[str] | None) -> Iterator[str]:
    """Yield the beginning with the zone that stands behind the end only, and alone."""
    if end and first[-1:].isdigit():
        yield f"{first} {right[end.end() :].strip()}".strip()
    yield first


_CLOCKS = {"morning": "09:05", "evening": "21:05", "tonight": "21:05"}
"""What is shown for an example, so that it fits the part of the day."""


def fault(text: str, bare: str) -> BadTime:
    """Return why ``text`` is not one time; ``bare`` is the same, plain."""
    if _OPEN.match(bare) or _VAGUE.fullmatch(bare):
        return BadTime(f"{shown(text)} is too vague; write a time, with `~` if it is approximate")
    found = WrittenTime(bare)
    if found.wrong:
        return found.wrong
    if found.clock:
        return _left_over(found.clock.text, found.rest)
    if found.day and not found.rest:
        if _DOTTED.fullmatch(found.day.text):
            return BadTime(f"{shown(text)} could be a time or a day; write a time with a colon")
        clock = next((one for part, one in _CLOCKS.items() if part in found.day.text.casefold()), "14:05")
        return BadTime(f"{shown(text)} is a day without a time; write `{found.day.text} {clock}`")
    return _without_clock(text, found.rest) or BadTime(f"{shown(text)} is not a time I understand")


def _left_over(clock: str, rest: str) -> BadTime:
    if _OFFSET.fullmatch(rest):
        return BadTime(
            f"{shown(rest)} after {shown(clock)} could be an offset or the end of a range; "
            f"for the offset, write `{clock} UTC{rest}`"
        )
    if rest.casefold() == "ago":
        return BadTime(f"{shown(f'{clock} ago')} could be hours or minutes; write it like `1h30m ago`")
    if (NAME.fullmatch(rest) and (rest.isupper() or "/" in rest or is_ambiguous(rest))) or _SIGNED.match(rest):
        zone = named(rest)
        if isinstance(zone, BadTime):
            return zone
    return BadTime(f"{shown(rest)} is not part of a time")


def _without_clock(text: str, rest: str) -> BadTime | None:
    if run := _RUN.fullmatch(rest):
        near = f"{run['hours']}:{run['minutes']}{run['zone']}"
        return BadTime(f"{shown(text)} lacks a colon; write it like `{near}`", near)
    if rest.casefold() == "midnight":
        return BadTime("`midnight` could be the start or the end of a day; write `00:00` with the date")
    if parse_length(rest) is not None:
        return BadTime(f"{shown(text)} is a duration; write `{rest} ago`")
    if rest.casefold().startswith("in ") and parse_length(rest[3:]) is not None:
        return BadTime(f"{shown(text)} is in the future")
    return None
