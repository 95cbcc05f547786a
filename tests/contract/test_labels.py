"""Labels of a project: what is missing is made, what is ours is kept right, what is others' stays (S25)."""

import pytest

from tests.contract.forges import Forge, Needs
from tracker_bridge.domain.incident.labels import ProjectLabel, PutLabel, label_changes, wanted_labels
from tracker_bridge.domain.incident.rules import Rules, Severity
from tracker_bridge.domain.issue.issue import Access
from tracker_bridge.sandbox.faults import Fault, FaultResponse, Lose
from tracker_bridge.trackers import Busy, Denied, Gone, Labels

WANTED = ProjectLabel("severity::1", "b60205", "Everybody is blocked: “now” & here")


@pytest.fixture
def tracker(forge: Forge) -> Labels:
    assert isinstance(forge.tracker, Labels)
    return forge.tracker


def there(tracker: Labels) -> dict[str, ProjectLabel]:
    return {label.name: label for label in tracker.labels("acme/api")}


def test_a_new_label_is_there_as_it_was_wished(forge: Forge, tracker: Labels) -> None:
    tracker.put_label("acme/api", PutLabel(WANTED, new=True))

    assert there(tracker) == {"severity::1": WANTED}


@pytest.mark.parametrize("name", ["severity::1", "priority: critical / now", "Größe 100 %", "why?#1"])
def test_a_label_gets_another_colour_and_description(forge: Forge, tracker: Labels, name: str) -> None:
    label = forge.world.ensure_label(forge.project, name, "FFFFFF", "old")

    tracker.put_label("acme/api", PutLabel(ProjectLabel(name, "b60205", "new"), new=False))

    assert (label.name, label.color, label.description) == (name, "b60205", "new")
    assert set(forge.project.labels) == {name}


def test_a_label_without_a_description_is_read(forge: Forge, tracker: Labels) -> None:
    forge.world.ensure_label(forge.project, "bug", "D73A4A" if forge.name != "local" else "d73a4a")

    assert there(tracker) == {"bug": ProjectLabel("bug", "d73a4a")}


def test_more_than_a_page_is_read(forge: Forge, tracker: Labels) -> None:
    for number in range(120):
        forge.world.ensure_label(forge.project, f"label {number}")

    assert len(there(tracker)) == 120


def test_the_set_is_put_once_and_others_stay_as_they_are(forge: Forge, tracker: Labels) -> None:
    rules = Rules(severities=(Severity("sev1", "severity::1", "all"), Severity("sev2", "severity::2", "many")))
    other = forge.world.ensure_label(forge.project, "severity::9", "123456", "of others")
    cased = forge.world.ensure_label(forge.project, "Incident", "123456", "made by hand")

    for put in label_changes(wanted_labels(rules), tracker.labels("acme/api")):
        tracker.put_label("acme/api", put)

    assert set(forge.project.labels) == {
        "Incident",
        "incident-action",
        "incident-record",
        "public-maintenance",
        "severity::1",
        "severity::2",
        "severity::9",
    }
    assert (other.color, other.description) == ("123456", "of others")
    assert cased.color != "123456"
    assert label_changes(wanted_labels(rules), tracker.labels("acme/api")) == ()


@pytest.mark.parametrize("new", [True, False])
def test_without_the_right_to_it_it_is_denied(forge: Forge, tracker: Labels, *, new: bool) -> None:
    forge.world.add_member(forge.project, forge.bot, Access.READ)
    if not new:
        forge.world.ensure_label(forge.project, WANTED.name)

    with pytest.raises(Denied, match=r"severity::1 into \w+:acme/api"):
        tracker.put_label("acme/api", PutLabel(WANTED, new=new))


def test_in_a_project_that_is_gone_there_are_none(forge: Forge, tracker: Labels) -> None:
    with pytest.raises(Gone):
        list(tracker.labels("acme/nothing"))
    with pytest.raises(Gone):
        tracker.put_label("acme/nothing", PutLabel(WANTED, new=True))


@pytest.mark.parametrize("fault", [FaultResponse(502), Lose(done=True)], ids=repr)
def test_it_is_sent_once(forge: Forge, tracker: Labels, needs: Needs, fault: Fault) -> None:
    needs("http")
    forge.sandbox.faults.add(fault, method="POST", path=r"/labels$")

    with pytest.raises(Busy):
        tracker.put_label("acme/api", PutLabel(WANTED, new=True))

    assert sum(one.method == "POST" for one in forge.sandbox.requests) == 1
