"""
What a command is: a word that people can say, who may say it, its documentation, and what it does.

A command cannot exist without documentation: the docstring of its function is the help text.
"""

import inspect
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from typing import Final

from tracker_bridge.domain.fold.lookups import Sought
from tracker_bridge.domain.incident.incident import Incident, Phase
from tracker_bridge.domain.incident.replies import Refused
from tracker_bridge.domain.incident.times.behind import trailing_time
from tracker_bridge.domain.issue.grammar import Grammar, Takes
from tracker_bridge.domain.issue.invocations import Invocation
from tracker_bridge.domain.issue.issue import Access
from tracker_bridge.domain.issue.spelling import mistyped

_OPTIONAL: Final = re.compile(r" ?\[(?:[^][]|\[[^]]*\])*\]")

_cleaned: Final = lru_cache(256)(inspect.cleandoc)

Run = Callable[[Incident, Invocation], Incident | Refused]
Lent = Callable[[Incident, Invocation], bool]
Names = Callable[[Incident, Invocation], Sought]
Barred = Callable[[Incident, Invocation], Refused | None]
Weighs = Callable[[Incident, Invocation], Access]


class When(StrEnum):
    """In which state of affairs a command makes sense."""

    ALWAYS = "always"
    DECLARED = "declared"  # there is an incident, whether it goes on or not
    COUNTED = "counted"  # there is one that goes on, or went on until it was resolved
    ACTIVE = "active"  # there is one, and it has not ended


class Section(StrEnum):
    """What a command is about; help and documentation list them in this order."""

    BEGIN = "Declare and classify"
    ROLES = "Roles"
    WORK = "Work and tests"
    TIMELINE = "Timeline"
    TALK = "Communication"
    END = "Resolution and review"
    ASK = "Help and information"


@dataclass(frozen=True, slots=True)
class Command:
    """
    ``usage`` is the line without the root: ``severity sev1 [why]``. ``run`` is a pure function.

    ``access`` is what it takes to say it, unless the rules say otherwise; triage access is enough for those
    whom ``lent`` picks, and none is needed by those whom ``theirs`` picks: it is about what they were given.
    ``led``: it is the Incident Lead's work, for whom triage access is enough, also if they claimed the role.
    ``own`` picks what whoever opened the issue may say of their own incident, and ``reports`` what is a report
    when somebody without the right says it. ``barred`` refuses what a person may not do in their part of this
    incident, such as a verdict of somebody who is no tester. It is asked when the call is judged, and never again:
    a role that is taken back later takes nothing back that was done under it. ``weighs`` tells what a call takes
    at least that does more than record something, unless the rules say otherwise. ``names`` tells who is to be
    looked up before it is acted on. ``takes`` tells how far its text goes. ``by_settings``: a team's settings may
    say it as well. ``in_review``: it may be said in the review's issue as well. ``examples`` are whole lines
    without the root.
    """

    verb: str
    usage: str
    access: Access
    section: Section
    run: Run
    aliases: tuple[str, ...] = ()
    examples: tuple[str, ...] = ()
    when: When = When.ACTIVE
    lent: Lent | None = None
    led: bool = False
    theirs: Lent | None = None
    own: Lent | None = None
    reports: Lent | None = None
    barred: Barred | None = None
    weighs: Weighs | None = None
    names: Names | None = None
    takes: Takes = Takes.LINE
    by_settings: bool = False
    in_review: bool = False

    @property
    def short(self) -> str:
        """The line in its first form, without what may be left out: ``severity <severity>``."""
        return _OPTIONAL.sub("", self.usage).partition(" | ")[0]

    @property
    def form(self) -> str:
        """What is shown to be filled in: the short line, or all of it where there is nothing to fill in there."""
        return self.short if "<" in self.short else self.usage

    @property
    def documentation(self) -> str:
        """The whole help text, Markdown."""
        return _cleaned(self.run.__doc__ or "")

    @property
    def summary(self) -> str:
        """The first line of the help text, for tables."""
        return self.documentation.partition("\n")[0].rstrip(".")

    def waits(self, incident: Incident) -> bool:
        """Whether it has to wait for the issue to become an incident."""
        return self.when is not When.ALWAYS and not incident.exists

    def untimely(self, incident: Incident) -> Refused | None:
        """Refuse it where it makes no sense, as things stand."""
        if self.waits(incident):
            return Refused("this issue is not an incident yet; this line takes effect once it is", "declare")
        if self.when is When.ALWAYS:
            return None
        ended = not incident.active if self.when is When.ACTIVE else incident.phase is Phase.CANCELLED
        if ended and self.when is not When.DECLARED:
            return Refused(
                f"this incident is {incident.phase}; `{incident.rules.command_prefixes[0]} reopen` undoes that"
            )
        return None

    def dated(self, call: Invocation) -> tuple[str, str]:
        """Split a time behind a bar from a call, where the command itself reads none: ``claim lead | 14:05``."""
        return (call.paragraph, "") if "<time>" in self.usage else trailing_time(call.paragraph)

    def timeless(self, text: str) -> Refused:
        """Refuse a time where there is nothing that could have happened then."""
        reason = f"`{self.verb}` takes effect when it is posted; use `note` for another time"
        return Refused(reason, f"{self.verb} {text}".strip())


def command(
    verb: str,
    *,
    section: Section,
    usage: str = "",
    access: Access = Access.TRIAGE,
    aliases: Iterable[str] = (),
    examples: Iterable[str] = (),
    when: When = When.ACTIVE,
    lent: Lent | None = None,
    led: bool = False,
    theirs: Lent | None = None,
    own: Lent | None = None,
    reports: Lent | None = None,
    barred: Barred | None = None,
    weighs: Weighs | None = None,
    names: Names | None = None,
    takes: Takes = Takes.LINE,
    by_settings: bool = False,
    in_review: bool = False,
) -> Callable[[Run], Command]:
    """Turn a function with a docstring into a command; without one, or without an example, it is refused."""

    def build(run: Run) -> Command:
        built = Command(
            verb,
            usage or verb,
            access,
            section,
            run,
            tuple(aliases),
            tuple(examples),
            when,
            lent,
            led,
            theirs,
            own,
            reports,
            barred,
            weighs,
            names,
            takes,
            by_settings,
            in_review,
        )
        if not built.documentation or not built.examples:
            raise TypeError(f"the command {verb!r} needs a docstring and an example: they are its help")
        return built

    return build


class Commands(Mapping[str, Command]):
    """All the commands by their verb, in the order of their sections; aliases are found by :meth:`find`."""

    def __init__(self, commands: Iterable[Command]) -> None:
        """Raise ``ValueError`` when two commands want the same word."""
        self._by_verb: dict[str, Command] = {}
        self._by_word: dict[str, Command] = {}
        for one in sorted(commands, key=lambda command: list(Section).index(command.section)):
            self._by_verb[one.verb] = one
            for word in (one.verb, *one.aliases):
                if self._by_word.setdefault(word, one) is not one:
                    raise ValueError(f"two commands are called {word!r}")
        self._grammar = lru_cache(64)(self._spelled)

    def __getitem__(self, verb: str) -> Command:
        return self._by_verb[verb]

    def __iter__(self) -> Iterator[str]:
        return iter(self._by_verb)

    def __len__(self) -> int:
        return len(self._by_verb)

    def grammar(self, command_prefixes: Iterable[str], bot: str) -> Grammar:
        """Return how these commands are written behind ``command_prefixes``, or to ``bot``; the same one again."""
        return self._grammar(tuple(command_prefixes), bot)

    def _spelled(self, command_prefixes: tuple[str, ...], bot: str) -> Grammar:
        return Grammar(command_prefixes, bot, tuple((word, one.takes) for word, one in self._by_word.items()))

    def find(self, word: str) -> Command | None:
        """Find a command by its verb or an alias."""
        return self._by_word.get(word)

    def nearest(self, word: str) -> Command | None:
        """Return the command that a mistyped ``word`` was meant to be, where it can be one only."""
        close = {self._by_word[one].verb for one in mistyped(word, self._by_word)}
        return self._by_verb[close.pop()] if len(close) == 1 else None

    @property
    def words(self) -> dict[str, str]:
        """Every word that a command has, with the command's verb."""
        return {word: one.verb for word, one in self._by_word.items()}
