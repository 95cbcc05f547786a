"""
Case by case: what a thread says, and which statistics the summary then has.

What is expected was worked out by hand from the requirements: S62 (computed from the timeline), S64 (time to
detect, if known), S65 (total outage, if known), S66 (time to resolve), S67 (no means), S55, S56 (rough and late),
S87, S88 (four different times), S106 (over as of the fix, once it is confirmed).
"""

import re
from dataclasses import dataclass

import pytest

from tests.contract.forges import FORGES, Forge
from tests.examples import one_in
from tests.stories.story import Story

_LINK = re.compile(r"\[(?P<text>[^][]*)\]\((?P<url>[^()]*)\)")
_LINE = re.compile(r"^- \*\*(?P<name>[A-Z][a-z ]+): (?P<value>[^*]*)\*\*(?P<rest>.*)$", re.MULTILINE)
_DETECTED, _STARTED = "`/incident detected <time>`", "`/incident started <time>`"


@dataclass(frozen=True)
class Case:
    """
    An incident that bob declares at 10:00. ``said``: at that time of the day, who says what. To ``close`` the
    issue, and to ``edit`` or ``delete`` the last comment, are deeds.
    """

    why: str
    declared: str
    said: tuple[str, ...]
    expected: dict[str, str]


def case(why: str, declared: str, *said: str, **expected: str) -> Case:
    return Case(why, declared, said, {name.replace("_", " "): value for name, value in expected.items()})


BOTH = "--started 09:30 --detected 09:45"
DETECT = "15 min (start 09:30 → detection 09:45)"

CASES = (
    case(
        "S64 S65 S66: three times, and three intervals",
        BOTH,
        "10:50 alice /incident resolve",
        detect=DETECT,
        outage="1 h 20 min (start 09:30 → resolution 10:50)",
        resolve="1 h 5 min (detection 09:45 → resolution 10:50)",
        acknowledge="50 min (declaration 10:00 → first response 10:50)",
    ),
    case(
        "S64 S65: if known",
        "--detected 09:45",
        "10:50 alice /incident resolve",
        detect=f"unknown, start not recorded (detection 09:45). To record it: {_STARTED}",
        outage="unknown, start not recorded (resolution 10:50)",
        resolve="1 h 5 min (detection 09:45 → resolution 10:50)",
        acknowledge="50 min (declaration 10:00 → first response 10:50)",
    ),
    case(
        "S66: the detection is asked for",
        "--started 09:30",
        "10:50 alice /incident resolve",
        detect=f"unknown, detection not recorded (start 09:30). To record it: {_DETECTED}",
        outage="1 h 20 min (start 09:30 → resolution 10:50)",
        resolve="unknown, detection not recorded (resolution 10:50)",
        acknowledge="50 min (declaration 10:00 → first response 10:50)",
    ),
    case(
        "S62: nothing is made up of when the issue was opened and closed",
        "",
        "10:50 alice /incident resolve",
        detect=f"unknown, start and detection not recorded. To record it: {_DETECTED}, {_STARTED}",
        outage="unknown, start not recorded (resolution 10:50)",
        resolve="unknown, detection not recorded (resolution 10:50)",
        acknowledge="50 min (declaration 10:00 → first response 10:50)",
    ),
    case(
        "S56: roughly stays roughly, for what it is a part of",
        "--started ~09:30 --detected 09:45",
        "10:50 alice /incident resolve",
        detect="≈ 15 min (start ≈ 09:30 → detection 09:45)",
        outage="≈ 1 h 20 min (start ≈ 09:30 → resolution 10:50)",
        resolve="1 h 5 min (detection 09:45 → resolution 10:50)",
        acknowledge="50 min (declaration 10:00 → first response 10:50)",
    ),
    case(
        "S62: what runs backwards is flagged, and not hidden",
        "--started 09:50 --detected 09:45",
        "10:50 alice /incident resolve",
        detect="−5 min ⚠️ ends before it begins (start 09:50 → detection 09:45)",
        outage="1 h (start 09:50 → resolution 10:50)",
        resolve="1 h 5 min (detection 09:45 → resolution 10:50)",
        acknowledge="50 min (declaration 10:00 → first response 10:50)",
    ),
    case(
        "S106: over as of the fix, once a tester confirms it",
        BOTH,
        "10:05 alice /incident role tester @carol",
        "10:30 bob /incident fixed",
        "10:45 carol /incident test pass",
        "11:00 alice /incident resolve",
        detect=DETECT,
        outage="1 h (start 09:30 → resolution 10:30)",
        resolve="45 min (detection 09:45 → resolution 10:30)",
        acknowledge="5 min (declaration 10:00 → first response 10:05)",
        mitigate="45 min (detection 09:45 → fix 10:30)",
    ),
    case(
        "S106: a failed test lets the clock run on",
        BOTH,
        "10:05 alice /incident role tester @carol",
        "10:30 bob /incident fixed",
        "10:40 carol /incident test fail still slow",
        "10:50 bob /incident fixed",
        "10:55 carol /incident test pass",
        "11:00 alice /incident resolve",
        detect=DETECT,
        outage="1 h 20 min (start 09:30 → resolution 10:50)",
        resolve="1 h 5 min (detection 09:45 → resolution 10:50)",
        acknowledge="5 min (declaration 10:00 → first response 10:05)",
        mitigate="1 h 5 min (detection 09:45 → fix 10:50)",
    ),
    case(
        "S106: also after the end, which then was none",
        BOTH,
        "10:05 alice /incident claim lead",
        "10:06 alice /incident role tester @carol",
        "10:30 bob /incident fixed",
        "10:35 alice /incident resolve",
        "10:50 carol /incident test fail still slow",
        "11:20 bob /incident fixed",
        "11:25 carol /incident test pass",
        "11:30 alice /incident resolve",
        detect=DETECT,
        outage="1 h 50 min (start 09:30 → resolution 11:20)",
        resolve="1 h 35 min (detection 09:45 → resolution 11:20)",
        acknowledge="5 min (declaration 10:00 → first response 10:05)",
        mitigate="1 h 35 min (detection 09:45 → fix 11:20)",
    ),
    case(
        "S106: without testers the Incident Lead confirms, as of the fix",
        BOTH,
        "10:05 alice /incident claim lead",
        "10:30 bob /incident fixed",
        "11:00 alice /incident resolve",
        detect=DETECT,
        outage="1 h (start 09:30 → resolution 10:30)",
        resolve="45 min (detection 09:45 → resolution 10:30)",
        acknowledge="5 min (declaration 10:00 → first response 10:05)",
        mitigate="45 min (detection 09:45 → fix 10:30)",
    ),
    case(
        "S62: whoever says when it was over is believed",
        BOTH,
        "10:30 bob /incident fixed",
        "11:00 alice /incident resolve 10:55",
        detect=DETECT,
        outage="1 h 25 min (start 09:30 → resolution 10:55)",
        resolve="1 h 10 min (detection 09:45 → resolution 10:55)",
        acknowledge="30 min (declaration 10:00 → first response 10:30)",
        mitigate="45 min (detection 09:45 → fix 10:30)",
    ),
    case(
        "S87 S88: closing the issue by hand ends it then",
        BOTH,
        "10:50 alice close",
        detect=DETECT,
        outage="1 h 20 min (start 09:30 → resolution 10:50)",
        resolve="1 h 5 min (detection 09:45 → resolution 10:50)",
        acknowledge="50 min (declaration 10:00 → first response 10:50)",
    ),
    case(
        "S55: what is recorded late occurred when it did",
        BOTH,
        "10:50 bob /incident fixed 20m ago",
        "11:00 alice /incident resolve",
        "11:30 bob /incident detected 09:40",
        detect="10 min (start 09:30 → detection 09:40)",
        outage="≈ 1 h (start 09:30 → resolution ≈ 10:30)",
        resolve="≈ 50 min (detection 09:40 → resolution ≈ 10:30)",
        acknowledge="50 min (declaration 10:00 → first response 10:50)",
        mitigate="≈ 50 min (detection 09:40 → fix ≈ 10:30)",
    ),
    case(
        "S56: another time zone, another day",
        '--started "2026-11-01 23:30" --detected "10:45 CET"',
        "10:50 alice /incident resolve",
        detect="10 h 15 min (start 01 Nov 23:30 → detection 02 Nov 09:45)",
        outage="11 h 20 min (start 01 Nov 23:30 → resolution 02 Nov 10:50)",
        resolve="1 h 5 min (detection 02 Nov 09:45 → resolution 02 Nov 10:50)",
        acknowledge="50 min (declaration 02 Nov 10:00 → first response 02 Nov 10:50)",
    ),
    case(
        "S65: hours in which it was over are told, and taken off in a line of their own",
        BOTH,
        "10:50 alice /incident resolve",
        "12:00 alice /incident reopen",
        "12:30 alice /incident resolve",
        detect=DETECT,
        outage="3 h (start 09:30 → resolution 12:30)",
        resolve="2 h 45 min (detection 09:45 → resolution 12:30)",
        acknowledge="50 min (declaration 10:00 → first response 10:50)",
        net="1 h 50 min (start 09:30 → resolution 12:30, without the 1 h 10 min in which it was resolved)",
    ),
    case(
        "S91: identified for good, and mitigated by the fix that holds",
        BOTH,
        "10:04 alice /incident claim lead",
        "10:20 bob /incident status identified the pool",
        "10:25 bob /incident status investigating it is not the pool",
        "10:40 bob /incident status identified the network",
        "10:45 bob /incident fixed",
        "11:00 alice /incident resolve",
        detect=DETECT,
        outage="1 h 15 min (start 09:30 → resolution 10:45)",
        resolve="1 h (detection 09:45 → resolution 10:45)",
        acknowledge="4 min (declaration 10:00 → first response 10:04)",
        identify="55 min (detection 09:45 → cause identified 10:40)",
        mitigate="1 h (detection 09:45 → fix 10:45)",
    ),
    case(
        "S62: a corrected comment corrects the statistics",
        "--started 09:30",
        "10:10 bob /incident detected 09:40",
        "10:20 bob edit /incident detected 09:35",
        "10:50 alice /incident resolve",
        detect="5 min (start 09:30 → detection 09:35)",
        outage="1 h 20 min (start 09:30 → resolution 10:50)",
        resolve="1 h 15 min (detection 09:35 → resolution 10:50)",
        acknowledge="10 min (declaration 10:00 → first response 10:10)",
    ),
    case(
        "S62: what is deleted never happened",
        "--started 09:30",
        "10:10 bob /incident detected 09:40",
        "10:20 bob delete",
        "10:50 alice /incident resolve",
        detect=f"unknown, detection not recorded (start 09:30). To record it: {_DETECTED}",
        outage="1 h 20 min (start 09:30 → resolution 10:50)",
        resolve="unknown, detection not recorded (resolution 10:50)",
        acknowledge="50 min (declaration 10:00 → first response 10:50)",
    ),
)


def play(forge: Forge, told: Case) -> Story:
    story, note = Story(forge), None
    story.at("10:00")
    story.open("bob", "Checkout is down", f"/incident declare {told.declared}".strip())
    for line in told.said:
        clock, login, text = line.split(" ", 2)
        story.at(clock)
        deed, _, new = text.partition(" ")
        if deed == "close":
            story.world.close(story.ticket, story.who(login))
            story.look()
        elif deed == "edit" and note:
            story.edit(note, login, new)
        elif deed == "delete" and note:
            story.delete(note)
        else:
            note = story.say(login, text)
    return story


BY_HAND = ("close", "edit", "delete")
PLACES = [
    pytest.param(name, told, id=f"{name}-{told.why}")
    for at, told in enumerate(CASES)
    for name in (FORGES if any(line.split(" ")[2] in BY_HAND for line in told.said) else one_in(3, FORGES, at))
]
"""Each case on one of the forges, in turn; those in which people do something to the issue or a comment on all."""


@pytest.mark.parametrize(("forge", "told"), PLACES, indirect=["forge"])
def test_the_statistics_are_what_the_thread_says(forge: Forge, told: Case) -> None:
    story = play(forge, told)
    summary = story.text("summary")
    found = {}
    for line in _LINE.finditer(summary):
        short = line["name"].casefold().removeprefix("time to ").removeprefix("total ").removesuffix(" outage")
        found[short] = _LINK.sub(r"\g<text>", line["value"] + line["rest"])
        ends = len(re.findall(r"(?:start|detection|declaration|resolution|response|identified|fix) \[", line[0]))
        assert len(_LINK.findall(line[0])) == ends == line[0].count("](")  # each end leads to what supplied it
        for link in _LINK.finditer(line[0]):
            assert link["url"].startswith(str(story.bridge.trackers[forge.name].read(story.ref).url))
    assert found == told.expected
    assert "mean" not in summary.casefold()
    assert story.rests()
