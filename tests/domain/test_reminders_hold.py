"""What holds for the reminders of every incident, whatever people say, whoever they are, whenever one looks."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

from hypothesis import event, given
from hypothesis import strategies as st

from tests.commands.thread import BOT, RENDERER, ROOM, Thread
from tests.examples import examples
from tracker_bridge.domain.derived.clocks import Due, Nudge
from tracker_bridge.domain.derived.reminders import due
from tracker_bridge.domain.incident.incident import Incident
from tracker_bridge.domain.incident.replies import Replies
from tracker_bridge.domain.incident.roles import Role, is_same
from tracker_bridge.domain.incident.rules import Intervals, Rules
from tracker_bridge.domain.issue.changes import key_of
from tracker_bridge.domain.issue.gate import check
from tracker_bridge.domain.issue.issue import Access, EventType

RULES = Rules(
    severity_intervals={"sev1": Intervals(technical_silence=timedelta(minutes=7), roles=timedelta(minutes=4))}
)
STATUS = ("quiet", "unassisted", "update")
AFTER_THE_END = ("testers", "undetected", "action")

people = st.sampled_from(["alice", "bob", "carol", "dana", "erin"])
roles = st.sampled_from([role.short for role in Role])
audiences = st.sampled_from(["internal", "external", "management", "press"])
lines = st.one_of(
    st.builds("claim {}".format, roles),
    st.builds("role {} @{}".format, roles, people),
    st.builds("role {} @{} @{}".format, roles, people, people),
    st.builds("role comms @{} {}".format, people, audiences),
    st.builds("unrole {} @{}".format, roles, people),
    st.builds("handoff {} @{}".format, roles, people),
    st.builds("update {}: we look into it".format, audiences),
    st.builds("no-update {}".format, audiences),
    st.builds("audience {} via mail".format, audiences),
    st.builds("severity {}".format, st.sampled_from(["sev1", "sev3"])),
    st.builds("snooze {}m tea".format, st.integers(1, 300)),
    st.builds("fixed by @{}".format, people),
    st.builds("task @{} look at the pool".format, people),
    st.builds("action alert @{} due 2026-11-{}".format, people, st.integers(20, 25)),
    st.sampled_from(
        [
            "note the pool is full",
            "status identified the pool",
            "fixed",
            "test request",
            "test pass",
            "test fail",
            "resolve",
            "reopen",
            "cancel nothing there",
        ]
    ),
)
deeds = st.sampled_from(
    [
        (EventType.CLOSED, ""),
        (EventType.REOPENED, ""),
        (EventType.UNLABELED, "incident"),
        (EventType.LABELED, "incident"),
        (EventType.LABELED, "sev1"),
    ]
)
STAFFED = """\
/incident role lead @alice
/incident role assist @erin
/incident role comms @carol external
/incident role tester @dana"""

Act = Callable[[Thread, str], object]


def opened(thread: Thread, who: str) -> None:
    """Nothing is said, after it was opened."""


def staffed(thread: Thread, who: str) -> None:
    thread.say(who, STAFFED)


acts = st.one_of(
    lines.map(lambda line: lambda thread, who: thread.say(who, f"/incident {line}")),
    lines.map(lambda line: lambda thread, who: thread.say(who, f"/incident {line}")),
    deeds.map(lambda deed: lambda thread, who: thread.do(who, *deed)),
    st.just(lambda thread, who: thread.say(who, "still at it")),
)
pauses = st.one_of(st.integers(0, 40), st.integers(0, 3000)).map(lambda count: timedelta(minutes=count))
steps = st.lists(st.tuples(people, acts, pauses), max_size=14)


def shown(incident: Incident, found: Due) -> dict[str, str]:
    """Return the reminders as they stand in the thread; each has passed the gate and pings whom it is for."""
    bare = replace(
        incident,
        times=replace(incident.times, declared=None),
        outgoing=replace(incident.outgoing, replies=Replies(), openings=(), duties=()),
        testing=replace(incident.testing, requests=()),
        people=replace(incident.people, vacancy=None),
    )
    documents = {
        document.key: document
        for document in RENDERER.documents(
            replace(
                bare,
                ending=replace(bare.ending, resolutions=0, merge=None),
            ),
            "",
            ROOM,
            {},
            found.nudges,
        )
        if document.key.startswith("nudge:")
    }
    assert len(documents) <= 1, "one comment for all that is due"
    for document in documents.values():
        check(document, incident.rules.command_prefixes, BOT.login, ROOM)
        assert key_of(document.text) == f"nudge:{'+'.join(nudge.name for nudge in found.nudges)}"
        assert document.mentions == {login for nudge in found.nudges for login in nudge.clock.logins}
        assert all(f"@{login}" in document.body for login in document.mentions)
    assert bool(documents) == bool(found.nudges)
    return {key: document.body for key, document in documents.items()}


def may_be_asked(incident: Incident, nudge: Nudge, login: str) -> bool:
    if nudge.clock.reminder.kind == "action":
        return any(is_same(action.owner, login) for action in incident.follow_up.actions)
    opener = nudge.clock.reminder.kind in ("lead", "roles") and is_same(incident.people.opener.login, login)
    return incident.people.holds(login) or opener


def holds(incident: Incident, now: datetime) -> Due:
    """Check all that can be said about one moment."""
    found = due(incident, now)
    technical_leads = incident.people.logins(Role.TECHNICAL_LEAD)
    for nudge in found.nudges:
        kind, logins = nudge.clock.reminder.kind, nudge.clock.logins
        event(kind)
        assert nudge.at <= now
        assert incident.active or kind in AFTER_THE_END
        assert logins
        assert all(may_be_asked(incident, nudge, login) for login in logins)
        alone = kind == "update" and technical_leads == incident.people.logins(Role.INCIDENT_LEAD)  # S9
        if kind in STATUS and not alone:  # S52
            assert not any(is_same(login, lead) for login in logins for lead in technical_leads)
    subjects = [(nudge.clock.reminder.kind, nudge.clock.reminder.facts) for nudge in found.nudges]
    assert len(subjects) == len(set(subjects)), "one clock, one reminder"
    return found


@examples(30)
@given(st.sampled_from([opened, staffed, staffed]), steps)
def test_reminders(begin: Act, said: list[tuple[str, Act, timedelta]]) -> None:
    thread = Thread("/incident declare", rules=RULES)
    thread.access = dict.fromkeys(thread.access, Access.MAINTAIN)
    bodies: dict[str, str] = {}
    for who, act, pause in [("bob", begin, timedelta()), *said]:
        act(thread, who)
        incident, now = thread.incident, thread.now
        for at in (now, now + pause):
            found = holds(incident, at)
            if found.next_at is not None:
                assert found.next_at > at
                assert holds(incident, found.next_at - timedelta(seconds=1)) == found, "before its time"
                holds(incident, found.next_at)
            else:
                assert holds(incident, at + timedelta(days=400)) == found, "nothing was to change any more"
            for key, body in shown(incident, found).items():
                assert bodies.setdefault(key, body) == body, "a reminder was edited"
        thread.now += pause
