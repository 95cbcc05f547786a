"""
What people say behind a verb: every command, with what is right and what is not.

Each word that is to be found again is one of its own (``w12w``), so that it can be told where it went.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from typing import Any, Final

from hypothesis import strategies as st

Draw = Callable[[st.SearchStrategy[Any]], Any]

OWN_WORD: Final = re.compile(r"w[0-9]+w")

NAMES: Final = ("alice", "bob", "carol", "dana", "erin", "rita")
AUDIENCES: Final = ("internal", "external", "management")

_SLOTS: Final[dict[str, tuple[str, ...]]] = {
    "who": (*(f"@{name}" for name in NAMES), "@Dana", "**@bob**", "@carol,", "@acme/sre", "bob", "@jürgen"),
    "role": ("lead", "tech-lead", "assist", "scribe", "tester", "tl", "Incident Lead", "captain", "boss", "qa"),
    "audience": (*AUDIENCES, "External", "internal, external", "external and management", "everybody"),
    "severity": ("sev1", "sev2", "SEV3", "3", "sev-2", "high"),
    "phase": ("investigating", "identified", "Monitoring", "resolved", "fixed", "finished"),
    "time": ("14:05", "~14:05", "20m ago", "2026-11-22 14:05", "14:05 UTC", "2:05pm", "25:99", "13:00-14:00"),
    "day": ("2026-12-01", "tomorrow", "friday", "in 2 weeks", "15 Dec", "next week maybe", "31 Feb"),
    "place": ("#status", "all@acme.test", "https://meet.acme.test/9", "status page, #customers", "+49 30 1234"),
    "number": ("1", "2", "#12", "1001", "1001.1", "x"),
    "length": ("45m", "2h", "1h30m", "3 days", "0m"),
}  # fmt: skip

_SAID: Final[dict[str, tuple[str, ...]]] = {
    "declare": ("", "{text}", "{text} --drill", "{text} --started {time} --by alarm", "{text} --new", "--oops"),
    "claim": ("{role}", "comms {audience}", "{role} for {who}", "{role} and {role}", "", "{role} {text}"),
    "role": ("{role} {who}", "{role} {who} {who}", "comms {who} {audience}", "{role} {who} {text}"),
    "unrole": ("{role}", "{role} {who}", "comms {audience}", ""),
    "handoff": ("{role} {who}", "comms {who} {audience}", "{role}"),
    "severity": ("{severity}", "{severity} {text}", ""),
    "impact": ("customers: {text}", "{text}: {text} --many {text} --cost {text}", "{text}"),
    "status": ("{phase}", "{phase} {text}", ""),
    "note": ("{text}", "{text} | {time}", "--external {text}", "{text} | {text}", "{text} | {text} | {time}", ""),
    "major": ("", "{number}", "{text}"),
    "minor": ("{number}", ""),
    "started": ("{time}", "{text}", ""),
    "detected": ("{time}", "{time} by alarm", "by user", "{time} by {text}"),
    "fixed": ("", "{time}", "{time} by {who}", "by {who}", "{text}"),
    "snooze": ("{length} {text}", "{length}", "{text}"),
    "capture": ("{number}", ""),
    "task": ("{who} {text}", "accept {number}", "done {number} {text}", "pass {number} {who}", "{text}"),
    "test": ("request {text}", "pass {text}", "fail {text}", "pass", "{text}"),
    "propose": ("{text}", ""),
    "help-offer": ("{text}", ""),
    "question": ("{text}", "{text} {who}?"),
    "channel": ("main {place}", "chat {place}", "meeting {place}", "main {text}", "{place}"),
    "announced": ("{place}", "{text}, {text}"),
    "stakeholder": ("{who} involved", "{text} affected", "{text}"),
    "audience": ("external {who} via {place}", "w{number} internal", "board {text}"),
    "no-update": ("{audience}", "{audience} via {place}"),
    "brief": ("{audience}", ""),
    "postmortem": ("", "{day}", "{day} {text}"),
    "action": ("{text} {who} due {day}", "{text} {who}", "{text} by mail {who}", "{text}"),
    "cause": ("{text}", ""),
    "related": ("#12", "#12 #13", "{text}"),
    "show": ("", "{text}"),
    "catchup": ("",),
    "help": ("", "note", "{text}"),
    "export": ("csv", "{text}"),
    "resolve": ("", "{time}", "{text}"),
    "reopen": ("{text}", ""),
    "cancel": ("{text}", ""),
    "merge": ("#12", "{text}"),
    "nte": ("{text}",),
    "": ("",),
}  # fmt: skip
"""What is said behind each verb, but ``update``."""

NO_VERBS: Final = ("nte", "")

ENDING: Final = frozenset({"resolve", "cancel", "merge"})
LONG: Final = (
    "note", "task", "test", "propose", "question", "cause", "action", "cancel",
    "impact", "snooze", "reopen", "help-offer", "severity", "status",
)  # fmt: skip
"""The verbs whose text goes on over several lines (docs/writing-commands.md), and those that are like them."""

VERBS: Final = tuple(verb for verb in _SAID if verb not in ENDING)

_AMONG: Final = (
    "the",
    "a",
    "_so_",
    "**it**",
    "`x_y`",
    "– that",
    "100%",
    "e.g.",
    "(again)",
    "é",
    "\\*",
    "👍",
    "<b>x</b>",
)
_ENDS: Final = ("", "", "", "", "\\", "  ", "<br>", "\u200b")
_BEHIND_ROOT: Final = (" ", " ", " ", "  ", "\t", "\u00a0")
_ROOTS: Final = ("/incident",) * 4 + (
    "/inc",
    "/INCIDENT",
    "/Incident",
    "@incident-bot",
    "/inci\u00addent",
    "\u200b/incident",
)
_ROOTS_WITH_A_STOP: Final = ("@incident-bot,", "@Incident-Bot:", "/incident:")
NEARLY: Final = (
    "/incidents ",
    "/ incident ",
    "//incident ",
    "\\/incident ",
    "/incident-",
    "/incident! ",
    "／incident ",
    "/incident",
    "/incident /incident ",
    "/incident — ",
    "@incident-bot please ",
    "@incident-bot! ",
)


class Vocabulary:
    """Gives out words of their own, in order."""

    def __init__(self) -> None:
        self._count = 0

    def word(self) -> str:
        self._count += 1
        return f"w{self._count}w"

    def words(self, draw: Draw, most: int = 4) -> str:
        """Return a few words of their own among others; it begins and ends with one."""
        parts = [self.word()]
        for _ in range(draw(st.integers(0, most - 1))):
            parts += [draw(st.sampled_from(_AMONG)), self.word()]
        return " ".join(parts)


def arguments(draw: Draw, vocabulary: Vocabulary, verb: str) -> str:
    """Return something that is said behind a verb."""

    def filled(slot: re.Match[str]) -> str:
        return vocabulary.words(draw) if slot[1] == "text" else str(draw(st.sampled_from(_SLOTS[slot[1]])))

    return re.sub(r"\{(\w+)\}", filled, draw(st.sampled_from(_SAID[verb])))


def root(draw: Draw) -> str:
    """Return how a line begins a command, with what stands between it and the verb."""
    if draw(st.integers(0, 9)) == 0:
        return f"{draw(st.sampled_from(_ROOTS_WITH_A_STOP))} "
    return f"{draw(st.sampled_from(_ROOTS))}{draw(st.sampled_from(_BEHIND_ROOT))}"


def line_end(draw: Draw) -> str:
    """Return what editors leave at the end of a line; mostly nothing."""
    return str(draw(st.sampled_from(_ENDS)))


def own_words(text: str) -> frozenset[str]:
    """Return the words of their own in a text."""
    return frozenset(OWN_WORD.findall(text))


def recorded(
    value: object, *, but: frozenset[str] = frozenset({"comments", "url", "by_id", "rules"})
) -> Iterator[str]:
    """Yield every text that a value of the domain holds; not what the comments themselves say."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, Sequence):
        for one in value:
            yield from recorded(one, but=but)
    elif hasattr(value, "__dataclass_fields__"):
        for name in value.__dataclass_fields__:
            if name not in but:
                yield from recorded(getattr(value, name), but=but)
