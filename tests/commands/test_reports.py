"""A report: somebody who may not declare an incident says that there is one (S17, S23, S96)."""

from dataclasses import replace

import pytest

from tests.commands.thread import BEGIN, PEOPLE, Thread, at
from tests.domain.test_form import FULL, as_github
from tracker_bridge.domain.fold.reports import LABELLED, REPORTED
from tracker_bridge.domain.incident.roles import Role
from tracker_bridge.domain.incident.rules import Rules
from tracker_bridge.domain.incident.timeline import Kind
from tracker_bridge.domain.issue.issue import Access, EventType, IssueEvent, Person
from tracker_bridge.domain.issue.receipts import Verdict

STRANGERS = pytest.mark.parametrize("stranger", ["rita", "mallory"])


def labelled(opener: str, body: str = "", *, late: int = 0, **settings: object) -> Thread:
    """Return an issue that was opened with the label, which the tracker dates ``late`` seconds after it."""
    thread = Thread(body, opener=opener, labels=["incident"], **settings)  # type: ignore[arg-type]  # handed on
    when = BEGIN.replace(second=late)
    thread.issue = replace(thread.issue, events=(IssueEvent(when, PEOPLE[opener], EventType.LABELED, "incident"),))
    return thread


@STRANGERS
@pytest.mark.parametrize("late", [0, 2])
def test_a_label_that_a_stranger_opens_an_issue_with_makes_a_report(stranger: str, late: int) -> None:
    thread = labelled(stranger, "/incident claim lead\n/incident channel main https://evil.test", late=late)

    assert not thread.incident.exists
    assert (thread.incident.people.roles, thread.incident.outgoing.duties, thread.incident.comms.channels) == (
        (),
        (),
        (),
    )
    assert set(thread.documents) == {"reported"}
    assert thread.mentions == {}
    text = thread.documents["reported"]
    assert f"**{stranger}** [reported]" in text
    assert "write `/incident declare` in a comment (this needs triage access" in text


@STRANGERS
def test_a_label_that_no_event_explains_came_with_the_opening(stranger: str) -> None:
    thread = Thread(opener=stranger, labels=["incident"])
    assert set(thread.documents) == {"reported"}


@pytest.mark.parametrize("opener", ["alice", "bob", "dana"])
def test_a_label_of_somebody_with_the_right_counts_at_once(opener: str) -> None:
    thread = labelled(opener)
    assert thread.incident.people.holds(opener, Role.TECHNICAL_LEAD)
    assert LABELLED in thread.folded.receipts.once_keys


def test_one_that_is_put_later_counts_whoever_puts_it() -> None:
    """The forge let them."""
    thread = Thread(opener="mallory")
    thread.do("mallory", EventType.LABELED, "incident", "14:05")
    assert thread.incident.active


def test_a_bots_label_counts_at_once() -> None:
    thread = labelled("mallory")
    bot = Person(77, "alerts[bot]", bot=True)
    events = (replace(thread.issue.events[0], actor=bot),)
    thread.issue = replace(thread.issue, author=bot, events=events)
    assert thread.incident.active
    assert thread.incident.people.roles == ()


def test_somebody_with_the_right_confirms_it_and_leads_it() -> None:
    thread = labelled("rita", "We cannot pay.\n\n/incident note It began with the deploy.")
    thread.say("rita", "/incident started 13:40\n/incident severity sev1\n/incident claim lead")
    thread.look()
    assert thread.incident.severity is None

    thread.say("alice", "/incident declare", "14:20")

    incident = thread.incident
    assert incident.times.declared is not None
    assert (incident.times.declared.by, incident.times.declared.moment.at) == ("alice", at("14:20"))
    assert incident.people.holds("alice", Role.TECHNICAL_LEAD)
    assert not incident.people.holds("rita")
    assert "reported" not in thread.documents
    assert [entry.text for entry in thread.entries(Kind.NOTE)] == ["It began with the deploy."]
    assert incident.times.started is not None
    assert incident.severity is None
    assert incident.people.roles[0].login == "alice"
    assert thread.mistakes == []


def test_the_label_taken_off_and_put_again_confirms_it() -> None:
    thread = labelled("rita")
    thread.do("dana", EventType.UNLABELED, "incident")
    thread.do("dana", EventType.LABELED, "incident")
    assert thread.incident.active
    assert thread.incident.people.holds("dana", Role.TECHNICAL_LEAD)


def test_no_other_word_confirms_it() -> None:
    thread = labelled("rita")
    number = thread.say("alice", "/incident claim lead\n/incident severity sev1")
    assert not thread.incident.exists
    assert set(thread.documents) == {"reported", f"refusal:{number}"}

    thread.say("bob", "/incident declare")
    assert thread.mistakes == []
    assert thread.incident.people.holds("alice", Role.INCIDENT_LEAD)


@STRANGERS
def test_a_strangers_word_in_somebody_elses_issue_is_a_report_and_one_comment_at_most(stranger: str) -> None:
    thread = Thread()
    for text in ("/incident declare", "/incident declare Buy this --drill", "/incident declare --by nobody"):
        thread.say(stranger, text)
    thread.say("mallory", "/incident declare")

    assert set(thread.documents) == {"reported"}
    assert f"**{stranger}**" in thread.documents["reported"]
    assert thread.verdicts == [Verdict.IGNORED] * 4


def test_a_new_issue_is_nothing_that_a_stranger_can_ask_for() -> None:
    thread = Thread()
    thread.say("rita", "/incident declare Buy this --new")
    assert thread.documents == {}


def test_who_may_only_not_declare_is_told_by_the_report() -> None:
    thread = Thread(rules=Rules(access={"declare": Access.WRITE}))
    thread.say("dana", "/incident declare")
    assert set(thread.documents) == {"reported"}
    assert "this needs write access" in thread.documents["reported"]

    again = thread.say("dana", "/incident declare")
    assert set(thread.documents) == {"reported", f"refusal:{again}"}


def test_closing_the_issue_turns_the_report_down() -> None:
    thread = labelled("rita")
    thread.do("alice", EventType.CLOSED)
    assert thread.documents == {}
    thread.do("alice", EventType.REOPENED)
    assert set(thread.documents) == {"reported"}


def test_a_report_stays_one_when_its_author_is_given_rights_and_an_incident_when_they_lose_them() -> None:
    report, incident = labelled("rita"), labelled("dana")
    for thread in (report, incident):
        thread.look()
        thread.access = {"rita": Access.ADMIN, "dana": Access.NONE, "alice": Access.MAINTAIN}
    assert REPORTED in report.receipts.once_keys
    assert not report.incident.exists
    assert incident.incident.active

    report.say("alice", "/incident declare")
    report.look()
    assert report.incident.people.holds("alice", Role.TECHNICAL_LEAD)


def test_the_answers_of_a_form_count_from_the_confirmation_on() -> None:
    thread = labelled("rita", as_github(FULL))
    assert (thread.incident.times.started, thread.incident.impacts) == (None, ())
    thread.say("alice", "/incident declare")
    assert thread.incident.times.started is not None
    assert len(thread.incident.impacts) == 1
    assert thread.incident.severity is None


def test_who_opened_it_may_tell_what_they_know_and_nothing_else() -> None:
    """A customer's issue that the staff labels."""
    thread = Thread(opener="rita")
    thread.do("alice", EventType.LABELED, "incident")
    known = ["note x", "started 13:40", "detected 13:50 by user", "impact customers: cannot pay"]
    others = ["claim lead", "channel main #evil", "fixed", "action x @bob", "cause y", "export json", "show"]
    thread.say("rita", "\n".join(f"/incident {line}" for line in known + others))

    assert thread.verdicts == [Verdict.ACCEPTED] * 4 + [Verdict.IGNORED] * 7
    assert thread.mistakes == []
    assert thread.incident.people.opener == PEOPLE["alice"]


def test_what_the_team_said_of_the_times_is_not_for_them_to_change() -> None:
    thread = Thread(opener="rita")
    thread.do("alice", EventType.LABELED, "incident")
    thread.say("alice", "/incident started 13:00\n/incident detected 13:10")
    thread.say("rita", "/incident started 12:00\n/incident detected 12:10")
    assert thread.verdicts == [Verdict.ACCEPTED] * 2 + [Verdict.IGNORED] * 2


def test_a_rule_of_the_teams_own_goes_before_that() -> None:
    thread = Thread(opener="rita", rules=Rules(access={"note": Access.WRITE}))
    thread.do("alice", EventType.LABELED, "incident")
    thread.say("rita", "/incident note x")
    assert thread.verdicts == [Verdict.IGNORED]


def test_a_project_that_trusts_who_opens_issues_has_no_reports() -> None:
    thread = labelled("rita", rules=Rules(confirm_reports=False))
    assert thread.incident.people.holds("rita", Role.TECHNICAL_LEAD)

    other = Thread(rules=Rules(confirm_reports=False))
    other.say("mallory", "/incident declare")
    assert other.documents == {}


def test_the_word_that_confirmed_it_is_deleted() -> None:
    """It was an incident, and stays one; nobody leads it, and least of all the stranger."""
    thread = labelled("rita")
    number = thread.say("alice", "/incident declare")
    thread.look()
    thread.delete(number)
    assert set(thread.documents) == {"status"}
    assert thread.incident.people.roles == ()


@pytest.mark.parametrize("confirmed", ["said", "labelled"])
def test_a_severity_that_nobody_explains_leaves_who_confirmed_it(confirmed: str) -> None:
    """Of two labels of severity one was taken off: nothing tells who put the other one."""
    thread = labelled("rita")
    if confirmed == "said":
        thread.say("alice", "/incident declare")
    else:
        thread.do("alice", EventType.LABELED, "incident", "14:20")
    thread.look()
    thread.issue = replace(thread.issue, labels=thread.issue.labels | {"sev2"})

    incident = thread.look().incident

    assert incident.severity is not None
    assert incident.people.opener == PEOPLE["alice"]
    assert incident.people.holds("alice", Role.TECHNICAL_LEAD)


def test_who_opened_an_issue_that_is_no_incident_any_more_is_told_nothing() -> None:
    thread = Thread(opener="rita")
    thread.say("rita", "/incident impact customers: cannot pay by card")
    before = thread.incident
    number = thread.say("alice", "/incident declare")
    thread.look()
    thread.delete(number)
    thread.receipts = replace(thread.receipts, once_keys=frozenset())
    assert thread.incident == before
    assert thread.mistakes == []
