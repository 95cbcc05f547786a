"""How far a word is from another: for words that were mistyped, not for words that mean the same."""

import re
from collections import Counter
from collections.abc import Iterable
from functools import lru_cache
from typing import Final

_SHORTEST: Final = 3
_LONG: Final = 7
"""Letters of a word that has slips at all, and of one that may have two."""


@lru_cache(4096)
def slips(word: str, other: str) -> int:
    """Count the letters that are missing, too many, wrong, or swapped with their neighbour."""
    before: list[int] = []
    row = list(range(len(other) + 1))
    for at, letter in enumerate(word, start=1):
        earlier, before, row = before, row, [at]
        for to, wanted in enumerate(other, start=1):
            best = min(before[to] + 1, row[to - 1] + 1, before[to - 1] + (letter != wanted))
            swapped = at > 1 and to > 1 and letter == other[to - 2] and word[at - 2] == wanted
            row.append(min(best, earlier[to - 2] + 1) if swapped else best)
    return row[-1]


def mistyped(word: str, words: Iterable[str]) -> tuple[str, ...]:
    """
    Return those of ``words`` that ``word`` may be with a slip, or two in a long one: the nearest, all as near.

    In a short one no letter is taken for another: that makes other words of it.
    """
    most = 0 if len(word) < _SHORTEST else 1 if len(word) < _LONG else 2
    near = [
        (slips(word, one), one) for one in words if abs(len(one) - len(word)) <= most and len(one) >= _SHORTEST
    ]
    fitting = [
        (count, one) for count, one in near if count <= most and (len(word) > _SHORTEST or _same(word, one))
    ]
    best = min((count for count, _ in fitting), default=0)
    return tuple(one for count, one in fitting if count == best)


def _same(word: str, other: str) -> bool:
    """Whether the letters of one are all in the other."""
    return not (Counter(word) - Counter(other)) or not (Counter(other) - Counter(word))


_SAYS = re.compile(r"\w")
_KEYWORD = re.compile(r"\s*(?P<word>\S*?)[:,;.!]*(?:\s+(?P<rest>.*))?", re.DOTALL)
_BREAK = re.compile(r"(?:[-–—:,;.!]+(?:\s+|$))?")


def says(text: str) -> bool:
    """Whether there is a word in it: a sign, a smiley or an emoji says nothing that could be heeded."""
    return _SAYS.search(text) is not None


def first_word(text: str) -> tuple[str, str]:
    """
    Split ``Identified: the disk is full``: the word by which something is chosen, and what follows it.

    The signs between the two, a colon or a dash, are neither's.
    """
    found = _KEYWORD.fullmatch(text)
    return (found["word"].casefold(), after_break(found["rest"] or "")) if found else ("", "")


def after_break(text: str) -> str:
    """Return what follows the sign, a colon or a dash, with which a text begins; one that begins a word stays."""
    text = text.strip()
    return text[_BREAK.match(text).end() :]  # type: ignore[union-attr]  # it matches nothing, at least


_DENIES: Final = re.compile(
    r"(?:(?:\S+\s+)?(?:not?|nope|never|cannot|(?:ca|do|is|wo|does|should)n['’]?t|nicht|kein\w*|nein)|nothing|when|once|"
    r"if|unless|as soon as|later|maybe|perhaps)(?![\w-])",
    re.IGNORECASE,
)


def denies(text: str) -> str:
    """Return the word at its beginning by which a text denies, or puts off, what it chooses; empty without one."""
    found = _DENIES.match(text)
    return found[0].casefold().split()[-1] if found else ""


_APART: Final = re.compile(r"(?m)^\s*>.*$|(?<!\w):[\w+-]+:|(?<![\w.])@[\w./-]+")
"""What is not somebody's own words: a quote, an emoji by its name, whom they address."""

_AT_LENGTH, _BRIEF = 4_000, 1_000
"""Characters that nobody writes, or quotes, to nod; and those of most comments."""

_NODDING: Final = re.compile(
    r"\b(?:1|ok|okay|kk?|yes|yep|yeah|yup|sure|right|agreed?|ack(?:ed|nowledged)?|noted|roger|copy|understood"
    r"|thanks?|you|thx|ty|cheers|great|nice|good|cool|perfect|lgtm|please|welcome|same|here|me|too|for|that|this"
    r"|from|the|will|do|on|it)\b"
)


def nods(text: str) -> bool:
    """Whether it only says that something was read, or liked: ``+1``, a smiley, thanks."""
    return len(text) < _AT_LENGTH and (_nods_briefly(text) if len(text) < _BRIEF else _nods(text))


def _nods(text: str) -> bool:
    return not says(_NODDING.sub(" ", _APART.sub(" ", text).casefold()))


_nods_briefly = lru_cache(20_000)(_nods)  # each comment is asked about at every reconcile
