"""
How a command is spelled: the words that begin one, what people's editors add to it, and how far its text goes.

docs/writing-commands.md says the same for people.
"""

import difflib
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property
from typing import Final


class Takes(StrEnum):
    """How far the text of a command goes."""

    LINE = "line"  # to the end of its line
    REASON = "reason"  # also over the next lines of the paragraph, if it has begun on the first
    TEXT = "text"  # over the next lines of the paragraph
    QUOTE = "quote"  # to the end of its line; a quote right below is a message
    MESSAGE = "message"  # what others are told: behind a colon, in the quote right below, or all that is below


SAID: Final = frozenset({Takes.QUOTE, Takes.MESSAGE})
"""What records words for others: it was said, whoever mends the record of it."""


class Unread(StrEnum):
    """Why a line that looks like a command is not run, but explained."""

    WRAPPED = "wrapped"  # it is in code, bold, a quote or a list, and all that the comment says
    INDENTED = "indented"
    MISSPELLED = "misspelled"  # nearly the word that begins a command
    UNCLOSED = "unclosed"  # it is below a code block or an HTML comment that somebody forgot to close
    MAIL = "mail"  # it is in a mail that was answered
    JOINED = "joined"  # another command stands in the middle of its text
    TOO_MANY = "too many"
    TOO_LONG = "too long"


_UNSEEN: Final = re.compile(
    "[\u00ad\u061c\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u2064\u2066-\u206f\ufeff\U000e0000-\U000e007f]"
    "|(?<![^\x00-\x7f])[\u200c\u200d]|[\u200c\u200d](?![^\x00-\x7f])"  # between others they join emoji and letters
)
_MAY_BE_UNSEEN: Final = re.compile(
    "[\u00ad\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u206f\ufeff\U000e0000-\U000e007f]"
)
"""One of these signs at all, which takes a tenth of the time to find out."""

_SPACES: Final = re.compile(r"[\t\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000]")
_BREAKS_BACKWARDS: Final = re.compile(r"(?:\s*>/?\s*rb<)+", re.IGNORECASE)
_ESCAPED: Final = re.compile(
    r"(?P<code>(?<!`)(?P<ticks>`+)(?!`)[^\n]*?(?<!`)(?P=ticks)(?!`))|\\(?P<sign>[!-/:-@\[-`{-~])"
)
_BEGINNING: Final = re.compile(r"(?:[\s>]|[-*+]|[0-9]{1,9}[.)])*")
"""The signs of quotes and lists: what follows them stands at the beginning of a line."""
_CODE: Final = re.compile(r"(?<!`)(`+)(?!`).*?(?<!`)\1(?!`)", re.DOTALL)
_SLASH: Final = r"(?:\\?[/\uff0f\u2215\u2044]{1,2}|[\\!]) {0,3}"
_ATTEMPT: Final = re.compile(
    rf"^ {{0,3}}(?:{_SLASH}|@)(?P<word>[\w-]{{3,40}})[:,;.!]? +(?P<verb>[\w-]+)", re.MULTILINE
)
_VERB: Final = re.compile(r"(?P<verb>[\w-]+)(?:[:：=](?!//)(?P<text>\S.*))?", re.DOTALL)
_BOT: Final = "[bot]"
_ATTEMPTS: Final = frozenset("/\uff0f\u2215\u2044\\!@")
"""What such a line begins with."""

_ALIKE: Final = 0.75
"""How much two words have in common, at least, of which one is the other with a letter or two wrong (difflib)."""


@dataclass(frozen=True, slots=True)
class Spelling:
    """How a line begins a command. ``rest`` is what follows the root; not ``exact``: it is to be explained."""

    rest: str
    exact: bool


@dataclass(frozen=True)
class Grammar:
    """
    The words of a thread.

    ``command_prefixes`` begin a command, each with its slash; ``bot`` is the login that ``@bot verb`` addresses.
    ``takes`` are the verbs, aliases included, with how far the text of each goes.
    """

    command_prefixes: tuple[str, ...]
    bot: str
    takes: tuple[tuple[str, Takes], ...] = ()
    _extent: dict[str, Takes] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_extent", dict(self.takes))

    def __hash__(self) -> int:
        """Asked for with every text whose reading is remembered; a hundred verbs tell no more of two apart."""
        return hash((self.command_prefixes, self.bot))

    @cached_property
    def words(self) -> tuple[str, ...]:
        """What begins a command, case-folded. A GitHub App's login is ``name[bot]``; people write ``@name``."""
        return (
            *(root.casefold() for root in self.command_prefixes),
            f"@{self.bot.casefold().removesuffix('[bot]')}",
        )

    @cached_property
    def _stems(self) -> tuple[str, ...]:
        """The same without the sign in front, which people leave out or mistype."""
        return tuple(word[1:] for word in self.words)

    @cached_property
    def _near(self) -> re.Pattern[str]:
        stems = "|".join(map(re.escape, self._stems[:-1]))
        return re.compile(
            rf"{_SLASH}(?:{stems})"
            r"(?:s?(?=$|[ :,;!?]|\.(?: |$))[ :,;.!?]*|[-–—]?(?P<verb>[a-z][a-z-]*)(?=$|[ :,]))",
            re.IGNORECASE,
        )

    @cached_property
    def _anew(self) -> re.Pattern[str]:
        stems = "|".join(map(re.escape, self._stems[:-1]))
        return re.compile(
            rf"(?:/?(?:{stems})[:,]? +|[-–—>→•]+ +|(?:please|pls|plz|(?:can|could|would|will) you)[,:]? +)+",
            re.IGNORECASE,
        )

    def verb(self, rest: str) -> tuple[str, str]:
        """Split what follows the root into the verb, case-folded, and its text; ``note:x`` lacks only a blank."""
        found = _VERB.match(rest)
        if found and found["text"] and found["verb"].casefold() in self._extent:
            return found["verb"].casefold(), found["text"]
        verb, _, text = rest.partition(" ")
        return unescaped(verb).casefold().rstrip(".,:;!："), text

    def extent(self, verb: str) -> Takes:
        """Return how far the text of ``verb`` goes; words that are no command end with their line."""
        return self._extent.get(verb, Takes.LINE)

    def may_be_in(self, body: str) -> bool:
        """Whether a text may hold a command at all; most comments do not, and cost no more than this."""
        low = unseen_dropped(body).casefold()
        return any(stem in low for stem in self._stems) or any(self._attempts(low))

    def _attempts(self, text: str) -> Iterator[re.Match[str]]:
        """Yield where lines begin with a word behind a sign, and one of our verbs behind that."""
        if not any(line.lstrip(" ")[:1] in _ATTEMPTS for line in text.split("\n")):
            return iter(())
        return (found for found in _ATTEMPT.finditer(text) if found["verb"].casefold() in self._extent)

    def is_joined(self, said: str) -> bool:
        """
        Whether another command stands in the middle of a line, outside of code.

        Mail programs and telephones join lines: what was a command of its own is no part of a text.
        """
        low = said.casefold()
        if not any(word in low for word in self.words[:-1]):
            return False
        text = _CODE.sub("`", said)
        return any(
            found["verb"].casefold() in self._extent
            and not _BEGINNING.fullmatch(text, text.rfind("\n", 0, found.start()) + 1, found.start())
            for found in self._inside.finditer(text)
        )

    @cached_property
    def _inside(self) -> re.Pattern[str]:
        command_prefixes = "|".join(map(re.escape, self.words[:-1]))
        return re.compile(
            rf"(?:(?<=\S)[ \t]+|<br ?/?>|\\n|(?<=[;,&|]))(?:{command_prefixes})[:,]?[ \t]+(?P<verb>[\w-]+)",
            re.IGNORECASE,
        )

    def spelling(self, line: str) -> Spelling | None:
        """Return how a line, without what is not seen, begins a command; ``None`` for any other line."""
        for word in self.words:
            if line[: len(word)].casefold() == word:
                after = line[len(word) :]
                if word[0] == "@" and after[: len(_BOT)].casefold() == _BOT:
                    after = after[len(_BOT) :]
                if after[:1] in ("", " "):
                    return self._begun(after.strip())
                if after[:2] in (":", ",", ": ", ", "):
                    return self._begun(after[1:].strip())
        near = self._near.match(line) if self.command_prefixes else None
        if near is None or (near["verb"] and near["verb"].casefold() not in self._extent):
            return self._mistyped(line)
        rest = line[near.start("verb") :] if near["verb"] else line[near.end() :]
        return Spelling(rest.strip(), exact=False)

    def _begun(self, rest: str) -> Spelling:
        """Return what follows the root; where it stands twice, or ``please`` is between, it is to be explained."""
        found = self._anew.match(rest)
        if found and self.verb(rest[found.end() :])[0] in self._extent:
            return Spelling(rest[found.end() :], exact=False)
        return Spelling(rest, exact=True)

    def _mistyped(self, line: str) -> Spelling | None:
        """Read a word that is a letter or two from one that begins a command; only a verb behind it shows that."""
        for found in self._attempts(line):
            at = "@" in line[: found.start("word")]
            stems = [word[1:] for word in self.words if word.startswith("@") is at]
            if difflib.get_close_matches(found["word"].casefold(), stems, n=1, cutoff=_ALIKE):
                return Spelling(line[found.start("verb") :].strip(), exact=False)
        return None


def unseen_dropped(text: str) -> str:
    """Return the text without the characters that nobody sees, which come along when it is copied or composed."""
    return text if text.isascii() or not _MAY_BE_UNSEEN.search(text) else _UNSEEN.sub("", text)


def as_read(line: str) -> str:
    """Return a line as it is read for a command: plain spaces, and no sign of a line break at its end."""
    line = _SPACES.sub(" ", unseen_dropped(line)).rstrip()
    if breaks := line.endswith(">") and _BREAKS_BACKWARDS.match(line[::-1]):  # a search would try every one
        line = line[: -breaks.end()].rstrip()
    backslashes = len(line) - len(line.rstrip("\\"))
    return line[:-1].rstrip() if backslashes % 2 else line


def unescaped(text: str) -> str:
    """Return what a reader of Markdown sees: rich-text editors put a backslash before many a sign."""
    if "\\" not in text:
        return text
    return _ESCAPED.sub(lambda found: found["code"] or found["sign"], text)
