"""Everything at once, each as long and as often as it gets: every document still passes the gate (F12, S69)."""

from datetime import timedelta

import pytest

from tests.commands.thread import BOT, RENDERER, Thread
from tracker_bridge.domain.derived.reminders import due
from tracker_bridge.domain.incident.rules import Flaws
from tracker_bridge.domain.issue.changes import Document
from tracker_bridge.domain.issue.gate import check
from tracker_bridge.domain.issue.receipts import MAX_CHARACTERS
from tracker_bridge.trackers.github.tracker import GitHubTracker

LENGTH, COUNT = 4_000, 20
"""Characters of a long line, and how many of them stand in one comment."""

FULL = 65_536
ROOM = GitHubTracker.max_body
HIDDEN = f"<!-- receipts:{'A' * (MAX_CHARACTERS - 100)}:{'0' * 64} -->"
FLAWS = Flaws("x" * 4_000, (("where" * 90, "what" * 300),) * 900, kept=False)


def comments(fill: str) -> list[str]:
    """Return comments that are full of commands, which are full of ``fill``."""
    text = (fill * LENGTH)[: LENGTH - 40]
    place, name = text[:100], "n" * 240
    places = ", ".join(f"{n}{fill}" for n in range(700))
    logins = " ".join(f"@{name}{n}" for n in range(15))
    lines = [
        *(f"impact {n}{text[:300]}: {text[:1200]} --many {text[:900]} --cost {text[:900]}" for n in range(12)),
        *(f"channel {use} {place}" for use in ("main", "chat", "meeting")),
        *(f"announced {n}{place}" for n in range(20)),
        "channel main elsewhere",
        *(f"stakeholder {n}{place} affected" for n in range(20)),
        *(f"audience aud{n} @alice via {places[:3800]}" for n in range(19)),
        *(f"role comms @alice word{n}" for n in range(40)),
        *(f"role {role} {logins}" for role in ("assist", "scribe", "comms", "tester")),
        *(f"question {n}{text}" for n in range(120)),
        *(f"cause {n}{text}" for n in range(40)),
        *(f"action {text} @bob due 2026-12-01" for _ in range(50)),
        "claim assist",
        *(f"{line} {text}" for line in ("status identified", "severity sev1", "snooze 45m", "test request")),
        *(f"{verb} {text}" for verb in ("propose", "help-offer", "task @carol", "test pass") for _ in range(20)),
        *(["note " + text, "major"] * 60),
        *["update nobody-in-particular"] * 20,
        *[f"note {text} | 99:99"] * 20,
        "handoff tech-lead @carol\n\n/incident catchup\n\n/incident show\n\n/incident help",
        "brief aud0, aud1, aud2, aud3",
        "postmortem",
    ]
    size = FULL // LENGTH
    batches = [lines[at : at + size] for at in range(0, len(lines), size)]
    told = f"update external, aud1 via {places[:1800]} --now {text[:1800]}\n\n> {text[:50]}\n"
    return ["\n\n".join(f"/incident {line}" for line in batch) for batch in (*batches, [told] * COUNT)]


def everything(thread: Thread) -> list[Document]:
    """Return all that would be written, in the incident and beside it."""
    incident = thread.incident
    moved = (*RENDERER.appendices(incident, ROOM, {}), *RENDERER.aftermath(incident, ROOM, {}))
    links = {one.opening.key: number for number, one in enumerate(moved, start=30)}
    nudges = [one for hours in (1, 2, 4) for one in due(incident, thread.now + timedelta(hours=hours)).nudges]
    return [
        *RENDERER.documents(incident, HIDDEN, ROOM, links, nudges, moved=moved),
        *RENDERER.settings(incident, FLAWS, ROOM),
        *(page for one in moved for page in one.pages),
        *(one.document for one in RENDERER.opens(incident, {}, moved, confidential=False)),
    ]


def checked(thread: Thread) -> dict[str, str]:
    documents = everything(thread)
    for document in documents:
        check(document, thread.rules.command_prefixes, BOT.login, ROOM)
    return {document.key.partition(":")[0]: document.body for document in documents}


@pytest.mark.parametrize("fill", ["x", "<"])
def test_an_incident_that_is_full_of_everything_can_be_shown(fill: str) -> None:
    """``<`` grows most when it is made harmless: to four characters."""
    thread = Thread(f"/incident declare {(fill * LENGTH)[: LENGTH - 40]}")
    thread.say("alice", "/incident claim lead\n/incident claim tester\n/incident role scribe @dana")
    for text in comments(fill):
        thread.say("alice", text)
    thread.say("carol", "/incident fixed")
    found = checked(thread)
    assert found.keys() >= {"status", "catchup", "show", "help", "brief", "duty", "test", "refusal"}
    assert found.keys() >= {"settings", "nudge"}
    thread.say("alice", "/incident resolve")
    assert checked(thread).keys() >= {"status", "summary", "postmortem", "page"}
