"""An incident, as text."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from tests.commands.thread import SHAPED, declared
from tracker_bridge.cli.incidents import describe
from tracker_bridge.domain.incident.comms import Comms
from tracker_bridge.domain.incident.impact import Impact
from tracker_bridge.domain.incident.incident import Incident, Phase
from tracker_bridge.domain.incident.key_times import TimedFact, Times
from tracker_bridge.domain.incident.people import People
from tracker_bridge.domain.incident.roles import Role, RoleAssignment
from tracker_bridge.domain.incident.rules import Rules
from tracker_bridge.domain.incident.timeline import Kind, Timeline, TimelineEntry
from tracker_bridge.domain.incident.times import Moment
from tracker_bridge.domain.issue.dispatches import Dispatch, Outcome, Sent
from tracker_bridge.domain.issue.issue import IssueRef, Person, TrackerUrl

ANA = Person(3, "ana")
NOON = datetime(2026, 1, 5, 12, tzinfo=UTC)
REF = IssueRef("github", "acme/api", 12)
URL = "https://github.com/acme/api/issues/12"
PLAIN = Incident(REF, "Checkout fails", TrackerUrl(URL), People(Person(5, "ana")), Rules(), NOON)


def _entry(minutes: int, kind: Kind, **more: object) -> TimelineEntry:
    at = NOON + timedelta(minutes=minutes)
    return TimelineEntry(f"{minutes}", kind, Moment(at, approximate=minutes == 3), at, "ana", URL, **more)  # type: ignore[arg-type]  # by name


INCIDENT = Incident(
    REF,
    "Checkout fails\x1b[2J",
    TrackerUrl(URL),
    People(Person(5, "ana"), roles=(RoleAssignment(Role.TECHNICAL_LEAD, ANA, ANA, NOON, 1, TrackerUrl(URL)),)),
    Rules(),
    NOON,
    phase=Phase.IDENTIFIED,
    severity=Rules().severities[1],
    impacts=(Impact("customers", "cannot pay", TrackerUrl(URL)),),
    times=Times(
        started=TimedFact(Moment(NOON - timedelta(hours=1), approximate=True), TrackerUrl(URL), "ben"),
        declared=TimedFact(Moment(NOON), TrackerUrl(URL), "ana"),
    ),
    timeline=Timeline(
        [
            _entry(5, Kind.NOTE, text="database is full"),
            _entry(3, Kind.SEVERITY, what="sev2", major=True),
        ]
    ),
)


def test_an_ordinary_issue_is_said_to_be_one() -> None:
    assert describe(PLAIN).splitlines() == [
        "github:acme/api#12  Checkout fails",
        URL,
        "This issue is not an incident.",
    ]


def test_everything_known_is_printed_in_the_order_of_what_happened() -> None:
    assert describe(INCIDENT).splitlines() == [
        "github:acme/api#12  Checkout fails\\u001b[2J",
        URL,
        "",
        "Phase     identified",
        "Severity  sev2: many are blocked, or there is no reasonable workaround",
        "Impact    customers: cannot pay",
        "Started   ~2026-01-05 11:00 UTC, by ben",
        "Declared  2026-01-05 12:00 UTC, by ana",
        "",
        "Needed now",
        "  An Incident Lead",
        "    /incident claim lead",
        "    /incident role lead @<who>",
        "  Stakeholders: who is involved or affected?",
        "    /incident stakeholder <who> affected",
        "  One main channel for updates",
        "    /incident channel main <where>",
        "",
        "Figures",
        "  Time to detect      unknown, detection not recorded",
        "  Total outage        unknown, resolution not recorded",
        "  Time to resolve     unknown, detection and resolution not recorded",
        "  Time to acknowledge 5 min",
        "",
        "Roles",
        "  Technical Lead      ana",
        "  Incident Lead       open",
        "  Scribe              open",
        "  Communication Lead  open",
        "  Tester              open",
        "",
        "Timeline",
        "  ~2026-01-05 12:03 UTC * severity: sev2",
        "   2026-01-05 12:05 UTC   note: database is full",
    ]


def test_what_the_team_has_added_is_there_too() -> None:
    thread = declared("/incident declare --detected 13:50", rules=SHAPED)
    thread.say("alice", "/incident claim lead\n/incident field region eu-west\n/incident check 2", "14:10")
    thread.say("alice", "/incident update regulator: we lost some data", "14:20")
    text = describe(thread.incident)
    assert "Field     Region: eu-west\n" in text
    assert "Checklist: First\n  [ ] 1: Say who leads\n  [x] 2: Open a chat, by alice 2026-11-22 14:10" in text
    assert "\nDeadlines\n  regulator within 24 h, by 2026-11-23 13:50" in text
    assert "told 2026-11-22 14:20" in text
    assert "in time\n  regulator within 72 h, by 2026-11-25 13:50" in text


def test_messages_are_listed_with_what_came_of_them() -> None:
    refused = Sent(Outcome.FAILED, "answered 404")
    sent = Dispatch("declared.0", 0, "ops-mail", NOON, "0a0a").concluded(refused, NOON)
    told = Dispatch("update.7", 1, "customers", NOON, "0a0a", "12345678")
    text = describe(replace(INCIDENT, comms=Comms(dispatches=(sent, told))))
    assert "\nMessages\n" in text
    assert "declared to ops-mail: failed (answered 404)\n" in text
    assert "correction to customers: under way\n" in text
