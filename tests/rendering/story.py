"""Incidents in which everything is said and done that there is, and all their documents, with any words."""

from collections.abc import Callable
from dataclasses import fields, is_dataclass, replace
from datetime import date, timedelta
from enum import Enum

from tests.commands.thread import PEOPLE, SHAPED, URL, Thread, at, declared
from tracker_bridge.commands import COMMANDS
from tracker_bridge.domain.derived.post_incident import ReviewNews
from tracker_bridge.domain.derived.reminders import due
from tracker_bridge.domain.incident.audiences import Audience
from tracker_bridge.domain.incident.incident import Incident
from tracker_bridge.domain.incident.roles import Role
from tracker_bridge.domain.incident.rules import Flaws, Rules, Severity
from tracker_bridge.domain.incident.times import Moment
from tracker_bridge.domain.issue.changes import Document
from tracker_bridge.domain.issue.issue import EventType, IssueRef, Reference, TrackerUrl
from tracker_bridge.rendering import Renderer
from tracker_bridge.rendering.environment import documents_environment
from tracker_bridge.templates_folder import templates_folder

STRUCTURE = frozenset(
    {
        "audience",
        "audiences",
        "early",
        "id",
        "key",
        "kind",
        "template",
        "told",
        "url",
        "open_by",
        "source",
        "topics",
        "tracker",
        "project",
        "reason",
    }
)
"""Fields that hold values of ours, and never what a person wrote."""

SET = frozenset(
    {"sev1", "sev2", "sev3", "sev4", "investigating", "identified", "monitoring", *(r.words for r in Role)}
)
"""Values of entries that the commands choose from a list."""


OURS = (type, Rules, Severity, IssueRef, Moment)
"""Values that hold nothing that a person wrote here."""


def running() -> Thread:
    thread = declared(
        "/incident declare Checkout is down --started 13:00 --detected 13:10 --by alarm", rules=SHAPED
    )
    for role, login in [
        ("lead", "alice"),
        ("assist", "carol"),
        ("scribe", "dana"),
        ("tester", "erin"),
        ("tester", "bob"),
    ]:
        thread.say("alice", f"/incident role {role} @{login}")
    thread.say("alice", "/incident role comms @alice external")
    thread.say("alice", "/incident role assist @acme/on-call\n/incident role security @dana")
    thread.say("alice", "/incident update regulator: it is broken")
    for command in COMMANDS.values():
        if command.verb not in ("resolve", "cancel", "merge", "reopen", "unrole", "handoff"):
            for example in command.examples:
                thread.say("alice", f"/incident {example}\n\n> the message\n> in two lines")
    thread.say("alice", "/incident nonsense\n/incident note x | 99:99\n/incident role x @y\n`/incident note x`")
    thread.say("dana", "/incident handoff scribe @erin")
    return thread


def over() -> Thread:
    thread = running()
    thread.say("alice", "/incident unrole tech-lead @bob")
    thread.do("bob", EventType.LABELED, "sev1")
    thread.say("alice", "/incident fixed by @bob")
    thread.say("alice", "/incident resolve")
    thread.say("alice", "/incident reopen it came back")
    thread.say("alice", "/incident resolve")
    return thread


def merged() -> Thread:
    thread = declared()
    thread.say("alice", "/incident merge #12")
    return thread


def reported() -> Thread:
    return Thread("It is down.", opener="rita", labels=["incident"])


def captured() -> Thread:
    """Comments that were put on the timeline, and were changed or deleted afterwards."""
    thread = declared()
    changed, gone = thread.say("rita", "it is down"), thread.say("mallory", "so it is")
    thread.say("alice", f"/incident capture {changed}\n/incident capture {gone}")
    thread.look()
    thread.edit(changed, "it is up")
    thread.delete(gone)
    return thread


def withdrawn() -> Thread:
    thread = declared()
    number = thread.say("alice", "/incident resolve")
    thread.look()
    thread.delete(number)
    return thread


def lonely() -> Thread:
    """Nobody but the Technical Lead and the Incident Lead: reminders ask for the others."""
    thread = declared()
    thread.say("alice", "/incident claim lead")
    thread.say("alice", "/incident claim scribe")
    thread.say("alice", "/incident cancel it was nothing")
    thread.say("alice", "/incident reopen it was something")
    return thread


def hasty() -> Thread:
    """Everything that somebody is told of: early updates, testing one's own fix, leaving, an unclear time."""
    thread = declared()
    thread.say("bob", "/incident started 2026-10-25 02:30 Europe/Berlin")
    thread.say("alice", "/incident claim lead")
    thread.say("alice", "/incident role assist @carol")
    thread.say("alice", "/incident role tester @erin @dana")
    thread.say("alice", "/incident fixed by @erin")
    change = Reference(TrackerUrl(f"{URL}/pull/9"), "Larger pool", PEOPLE["dana"], at("14:10"), open=False)
    thread.issue = replace(thread.issue, references=(change,))
    for minute in ("14:20", "14:22"):
        thread.say("alice", "/incident update external via status page\n\n> soon\n> sooner", minute)
    thread.say("bob", "/incident unrole tech-lead")
    return thread


def planned() -> Thread:
    """Planned work that everyone is told of."""
    thread = Thread("Postgres 17", labels=["public-maintenance"])
    thread.say("bob", "/incident maintenance 2026-12-05 22:00 to 23:30\n\n> Payments move.\n> Soon.")
    thread.say("bob", "/incident maintenance update: Nearly there.")
    return thread


def in_private() -> Thread:
    """It is run in another project; here one comment says so."""
    thread = Thread("We found something", rules=Rules(private_project="acme/incidents"))
    thread.say("alice", "/incident declare Keys were leaked --private")
    return thread


def saying(value: object, words: Callable[[str], str]) -> object:
    """Return ``value`` with other ``words`` in place of everything that a person wrote."""
    if isinstance(value, tuple):
        return tuple(saying(one, words) for one in value)
    if isinstance(value, str) and not isinstance(value, Enum):
        return words(value) if value and not value.isdecimal() and value not in SET else value
    if not is_dataclass(value) or isinstance(value, OURS):
        return value
    if isinstance(value, Audience):  # its name is one plain word; other values refer to it
        return replace(value, via=tuple(map(words, value.via)))
    free = [field.name for field in fields(value) if field.name not in STRUCTURE]
    return replace(value, **{name: saying(getattr(value, name), words) for name in free})


def documents(thread: Thread, words: Callable[[str], str], room: int = 60_000) -> dict[str, Document]:
    """Render everything that there is to render of the incident with these words, by what it is."""
    incident = saying(thread.incident, words)
    assert isinstance(incident, Incident)
    long = {"timeline": 9, "communications": 8}
    moved = (*RENDERER.appendices(incident, room, long), *RENDERER.aftermath(incident, room, {}))
    moved += RENDERER.published(incident, room, {}, "0" * 32)
    links = {one.key: 30 + n for n, one in enumerate(incident.outgoing.openings)}
    links |= {one.opening.key: 50 + n for n, one in enumerate(moved)}
    nudges = [nudge for hours in (1, 2, 4) for nudge in due(incident, thread.now + timedelta(hours=hours)).nudges]
    found = [
        *RENDERER.documents(incident, "", room, links, nudges, moved=moved),
        *(page for one in moved for page in one.pages),
        *(one.document for one in RENDERER.opens(incident, {}, moved, confidential=False)),
        *(one.document for one in RENDERER.links(incident, {"merged.9": 12})),
        *(Document(f"milestone:{n}", one.text) for n, one in enumerate(RENDERER.milestones(incident))),
        *RENDERER.receipts(incident, ("<!-- receipts:none -->",)),
        RENDERER.dropped(incident, incident.ref, closed=True),
        *RENDERER.review_news(incident, ReviewNews(date(2026, 12, 1), date(2026, 12, 1))),
        RENDERER.unreachable(words("kind"), words("label")),
        *RENDERER.settings(incident, Flaws(words("path"), ((words("where"), words("what")),), kept=True), room),
    ]
    return {f"{number} {document.key.partition(':')[0]}": document for number, document in enumerate(found)}


RENDERER = Renderer(templates_folder(), COMMANDS)
RENDERER._environment = documents_environment.__wrapped__(templates_folder())  # nobody else's templates are in it


def templates_used() -> set[str]:
    """Return the names of the templates that were rendered so far."""
    cache = RENDERER._environment.cache
    assert cache is not None
    return {str(name) for _, name in cache.keys()}  # noqa: SIM118  # Jinja's cache is no dict
