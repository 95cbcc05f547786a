"""What was answered in the issue form counts from the declaration on (S24, S87-S89, S117)."""

from collections.abc import Callable
from dataclasses import replace

import pytest
import yaml

from tests.commands.thread import PEOPLE, Thread, at
from tests.domain.test_form import FULL, as_github
from tracker_bridge.domain.fold.form import QUESTIONS
from tracker_bridge.domain.incident.rules import Rules, Severity
from tracker_bridge.domain.incident.timeline import Kind
from tracker_bridge.domain.issue.changes import Reaction
from tracker_bridge.domain.issue.issue import NOBODY, EventType
from tracker_bridge.rendering.forms import issue_form
from tracker_bridge.templates_folder import templates_folder
from tracker_bridge.trackers.forges import FORGES


def as_gitlab(answers: dict[str, str], rules: Rules | None = None) -> str:
    """The description template with the answers typed below the hints, after GitLab ran its quick action."""
    lines = []
    for section in issue_form(templates_folder(), FORGES["gitlab"].form, rules or Rules()).split("\n### "):
        question = section.partition("\n")[0]
        field = next((field for field, asked in QUESTIONS.items() if asked == question), "")
        part, quick, _ = section.partition("\n/label ")
        assert bool(quick) == (field == "more")
        lines.append(part.rstrip() + f"\n\n{answers.get(field, '')}")
    return "\n### ".join(lines).rstrip()


Form = Callable[[dict[str, str]], str]

FORMS = pytest.mark.parametrize("form", [as_github, as_gitlab])


def filled(form: Form, **answers: str) -> Thread:
    """Return an issue opened with the form, which puts the label."""
    return Thread(form(answers), labels=["incident"])


@FORMS
def test_the_answers_are_the_incidents_times_severity_and_impact(form: Form) -> None:
    """S24 S87 S88 S89 S117."""
    incident = filled(form, **FULL).incident

    assert incident.times.started is not None
    assert (incident.times.started.moment.at, incident.times.started.moment.approximate) == (at("13:50"), True)
    assert incident.times.started.url == "https://forge.test/acme/shop/issues/7"
    assert incident.times.detected is not None
    assert incident.times.detected.moment.at == at("13:58")
    assert incident.source == "alert"
    assert incident.severity is not None
    assert incident.severity.name == "sev2"
    [impact] = incident.impacts
    assert (impact.who, impact.how) == ("customers", "cannot pay by card")
    assert (impact.many, impact.cost) == ("about half", "2000 EUR an hour")


def test_they_stand_in_the_timeline_as_said_in_the_opening_post() -> None:
    thread = filled(as_github, **FULL)
    for kind in (Kind.STARTED, Kind.DETECTED, Kind.SEVERITY, Kind.IMPACT):
        [entry] = thread.entries(kind)
        assert (entry.author, entry.url, entry.by_hand) == ("bob", thread.issue.url, False)


@FORMS
def test_an_issue_that_is_no_incident_has_no_times(form: Form) -> None:
    thread = Thread(form(FULL))
    assert thread.incident.times.started is None
    assert thread.documents == {}


@pytest.mark.parametrize("how", ["command", "label"])
def test_they_count_from_the_declaration_on_whoever_declares(how: str) -> None:
    thread = Thread(as_github(FULL), opener="bob")
    if how == "command":
        thread.say("alice", "/incident declare --detected 14:00", "15:00")
    else:
        thread.do("alice", EventType.LABELED, "incident", "15:00")
    incident = thread.incident
    assert incident.times.started is not None
    assert incident.times.started.moment.at == at("13:50")
    assert incident.times.detected is not None
    assert incident.times.detected.moment.at == at("14:00" if how == "command" else "13:58")
    assert incident.people.opener.login == "alice"


def test_a_command_of_the_same_post_goes_before_them() -> None:
    thread = Thread(f"{as_github(FULL)}\n\n/incident declare --started 13:40\n/incident severity sev3")
    incident = thread.incident
    assert incident.times.started is not None
    assert incident.times.started.moment.at == at("13:40")
    assert incident.severity is not None
    assert incident.severity.name == "sev3"
    assert incident.times.detected is not None


def test_what_is_said_later_corrects_them() -> None:
    thread = filled(as_github, **FULL)
    thread.say("alice", "/incident started 13:30\n/incident severity sev1")
    incident = thread.incident
    assert incident.times.started is not None
    assert incident.times.started.moment.at == at("13:30")
    assert len(thread.entries(Kind.STARTED)) == 1
    assert incident.severity is not None
    assert incident.severity.name == "sev1"


@FORMS
def test_a_time_that_can_not_be_read_is_told_once_below_the_opening_post(form: Form) -> None:
    thread = filled(form, started="teatime", detected="13:58", severity="sev9: worse")

    text = thread.documents["refusal:0"]

    assert "`When did it begin? teatime` could not be read: `teatime` is not a time I understand." in text
    assert "Write it like `/incident started <time>`" in text
    assert "`How bad is it? sev9` could not be read: the severities are `sev1`" in text
    assert thread.incident.times.detected is not None
    assert thread.folded.receipts.reactions() == {0: Reaction.REFUSED}


def test_it_is_told_together_with_what_is_wrong_with_the_commands_there() -> None:
    thread = Thread(f"/incident nonsense\n\n{as_github({'started': 'teatime'})}", labels=["incident"])
    text = thread.documents["refusal:0"]
    assert "`/incident nonsense` was not run" in text
    assert "teatime" in text


def test_the_refusal_goes_when_the_answer_is_given_in_another_way() -> None:
    thread = filled(as_github, started="teatime", detected="dawn")
    thread.say("bob", "/incident started 13:50")
    assert "teatime" not in thread.documents["refusal:0"]
    thread.say("bob", "/incident detected 13:50")
    assert "refusal:0" not in thread.documents


@pytest.mark.parametrize("login", ["rita", "mallory"])
def test_strangers_answer_what_they_saw_but_set_no_severity_and_cost_no_comment(login: str) -> None:
    thread = Thread(as_github(FULL), opener=login)
    thread.do("alice", EventType.LABELED, "incident")
    assert thread.incident.times.started is not None
    assert thread.incident.impacts
    assert thread.incident.severity is None
    assert "refusal:0" not in thread.documents


def test_yesterdays_answers_are_not_judged_by_todays_rights() -> None:
    thread = filled(as_github, **FULL)
    thread.look()
    thread.access["bob"] = thread.access["rita"]
    assert thread.incident.severity is not None
    thread.issue = replace(thread.issue, body=as_github(FULL | {"severity": "sev1: all"}))
    assert thread.incident.severity is None


def test_a_form_that_was_changed_by_nobody_knows_whom_is_not_believed() -> None:
    thread = filled(as_github, **FULL)
    thread.issue = replace(thread.issue, body_edited_by=NOBODY)
    assert thread.incident.times.started is None
    thread.issue = replace(thread.issue, body_edited_by=PEOPLE["alice"])
    assert thread.incident.times.started is None


def test_reconciling_again_gives_the_same() -> None:
    thread = filled(as_github, **FULL)
    first = thread.look()
    assert thread.folded.incident == first.incident
    assert thread.folded.receipts == first.receipts


def test_a_cancelled_incident_is_not_answered() -> None:
    thread = Thread(f"/incident declare\n/incident cancel a mistake\n\n{as_github(FULL)}")
    assert thread.incident.impacts == ()
    assert "refusal:0" not in thread.documents


def test_githubs_form_asks_the_questions_in_their_order_and_puts_the_label() -> None:
    scale = (Severity("p1", "priority: 1", 'all: "dark" & quiet'), Severity("p2", "priority: 2", "# some"))
    rules = Rules(incident_label="outage: now", severities=scale)

    form = yaml.safe_load(issue_form(templates_folder(), FORGES["github"].form, rules))

    asked = [element for element in form["body"] if element["type"] != "markdown"]
    assert form["labels"] == ["outage: now"]
    assert [element["id"] for element in asked] == list(QUESTIONS)
    assert [element["attributes"]["label"] for element in asked] == list(QUESTIONS.values())
    assert [element["type"] for element in asked if element["type"] == "textarea"] == ["textarea"]
    assert asked[-1]["type"] == "textarea"
    options = {element["id"]: element["attributes"].get("options") for element in asked}
    assert options["severity"] == ['p1: all: "dark" & quiet', "p2: # some"]
    for step, option in zip(scale, options["severity"], strict=True):
        answers = {"severity": option, "source": options["source"][1]}
        incident = Thread(as_github(answers), labels=["outage: now"], rules=rules).incident
        assert incident.severity == step
        assert incident.source == "user"


def test_gitlabs_template_puts_the_label_and_says_nothing_while_nothing_is_answered() -> None:
    rules = Rules(incident_label="outage: now")
    text = issue_form(templates_folder(), FORGES["gitlab"].form, rules)
    assert text.endswith('\n/label ~"outage: now"\n')
    thread = Thread(as_gitlab({}, rules), labels=["outage: now"], rules=rules)
    assert thread.incident.exists
    assert (thread.incident.times.started, thread.incident.impacts, thread.mistakes) == (None, (), [])


def test_each_forge_has_a_form_where_it_looks_for_it() -> None:
    assert {name: forge.form for name, forge in FORGES.items()} == {
        "github": ".github/ISSUE_TEMPLATE/incident.yml",
        "gitlab": ".gitlab/issue_templates/Incident.md",
    }
