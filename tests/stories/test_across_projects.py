"""Issues of other projects: linked, merged into, opened; never where more people read (S26)."""

import pytest

from tests.contract.forges import Forge
from tests.stories.story import Story
from tracker_bridge.domain.issue.issue import SETTINGS, Access
from tracker_bridge.reconcile.elsewhere import Elsewhere
from tracker_bridge.sandbox.world import Project, Ticket


def neighbour(forge: Forge, path: str = "acme/Web-App", *, private: bool = True, served: bool = True) -> Project:
    """Another project: bob may write there, tess may read, and number 1 is an incident of bob's."""
    project = forge.world.add_project(path, forge.name, private=private)
    forge.world.add_member(project, forge.bot, Access.MAINTAIN)
    forge.world.add_member(project, forge.bob, Access.WRITE)
    forge.world.add_member(project, forge.tess, Access.READ)
    forge.world.open_ticket(project, forge.bob, "The shop is gone", "/incident declare", labels=["incident"])
    if served:
        forge.served.append(path)
        forge.tracker = forge.another()
    return project


def begun(forge: Forge, title: str = "Checkout is down", **shape: object) -> Story:
    story = Story(forge)
    story.at("10:00")
    story.open("alice", title, "/incident declare\n/incident severity sev2", **shape)
    return story


def texts(project: Project, number: int = 1) -> list[str]:
    return [note.body for note in project.tickets[number].comments]


def rests(story: Story, *others: Ticket) -> bool:
    bridge = story.bridge_of(story.forge.another())
    refs = [story.forge.ref(one) for one in (story.ticket, *others)]
    return all(bridge.reconcile(ref, story.forge.clock.now, {}).changes == () for ref in refs)


@pytest.mark.parametrize("name", ["acme/Web-App#1", "the address"])
def test_an_issue_of_another_project_is_told_once(forge: Forge, name: str) -> None:
    web = neighbour(forge)
    story = begun(forge)
    if name == "the address":
        if forge.name == "local":
            pytest.skip("local has no addresses")
        own = story.forge.tracker.read(story.ref).url
        name = own.replace("acme/api", "acme/Web-App").rpartition("/")[0] + "/1"

    story.say("bob", f"/incident related {name}")

    assert "- acme/Web-App#1 (linked by " in story.text("status")
    [told] = [text for text in texts(web) if "is related to this issue" in text]
    assert told.startswith("Incident acme/api#1 is related to this issue; linked by ")
    assert "Checkout" not in told
    story.say("alice", "/incident related Acme/web-app#1")
    assert "Related issues (1)" in story.text("status")
    assert rests(story)
    assert len([text for text in texts(web) if "is related" in text]) == 1


def test_the_same_number_of_two_projects_is_two_issues(forge: Forge) -> None:
    web = neighbour(forge)
    forge.world.open_ticket(forge.project, forge.bob, "The pool is small")
    story = begun(forge)
    story.say("bob", "/incident related #1 acme/Web-App#1")
    assert "Related issues (2)" in story.text("status")
    assert len([text for text in texts(web) if "is related" in text]) == 1
    assert len([text for text in texts(forge.project) if "is related" in text]) == 1
    assert rests(story)


def test_an_incident_goes_on_in_another_project(forge: Forge) -> None:
    web = neighbour(forge)
    story = begun(forge)
    story.bridge.reconcile(story.forge.ref(web.tickets[1]), forge.clock.now, {})

    story.say("bob", "/incident merge acme/Web-App#1")

    assert "**cancelled** as a duplicate of acme/Web-App#1" in story.text("status")
    assert not story.ticket.open
    assert any(text.startswith("acme/api#1 was marked as a duplicate of this incident") for text in texts(web))
    assert "Checkout" not in "".join(texts(web))
    assert rests(story, web.tickets[1])
    story.say("bob", "/incident reopen it is another one")
    assert story.ticket.open
    assert rests(story)


def test_what_is_no_incident_there_cannot_be_merged_into(forge: Forge) -> None:
    web = neighbour(forge)
    forge.world.open_ticket(web, forge.bob, "A wish")
    story = begun(forge)
    note = story.say("bob", "/incident merge acme/Web-App#2")
    assert "there is no incident `acme/Web-App#2`" in story.text(f"refusal:{note.id}")
    assert story.ticket.open


def test_an_action_item_is_opened_followed_and_done_elsewhere(forge: Forge) -> None:
    web = neighbour(forge)
    story = begun(forge)
    story.say("bob", "/incident action retry when the pool is full @bob due 2026-11-05 --in acme/Web-App")
    item = web.tickets[2]
    assert item.title == "retry when the pool is full"
    assert "\n\nAn action item for incident acme/api#1.\n" in item.body
    assert "Checkout" not in item.body
    assert [one.login for one in item.assignees] == ["bob"]
    assert "incident-action" in {label.name for label in item.labels}
    assert [key for key in story.keys if key.startswith("linked:action")]
    assert any("acme/Web-App#2 was opened for the action item" in note.body for note in story.ticket.comments)

    story.say("alice", "/incident resolve\n/incident postmortem")
    review = next(one for one in forge.project.tickets.values() if one.title.startswith("Postmortem"))
    assert "| open · acme/Web-App#2 |" in review.body
    story.at("2026-11-06 09:00")
    story.look()
    assert any("(acme/Web-App#2). Please close acme/Web-App#2" in note.body for note in story.ticket.comments)

    story.world.close(item, story.who("bob"), "completed")
    found = story.bridge.reconcile(story.forge.ref(item), forge.clock.now, {})
    assert found.others == (story.ref,)
    story.look()
    assert "| done · acme/Web-App#2 |" in review.body
    assert rests(story, item, review)


def test_without_its_command_an_item_elsewhere_is_closed(forge: Forge) -> None:
    web = neighbour(forge)
    story = begun(forge)
    note = story.say("bob", "/incident action retry @bob --in acme/Web-App")
    story.edit(note, "bob", "/incident action retry @bob")
    assert not web.tickets[2].open
    assert "The command for this action item of incident acme/api#1 was deleted or changed." in texts(web, 2)[0]
    assert [one.title for one in forge.project.tickets.values()] == ["Checkout is down", "retry"]
    assert rests(story, web.tickets[2])


# Where nothing goes


LINES = ["related acme/Web-App#1", "merge acme/Web-App#1", "action retry @bob --in acme/Web-App"]


def refused(forge: Forge, story: Story, login: str, line: str) -> str:
    """Say it; return why it was refused, when nothing came of it here."""
    note = story.say(login, f"/incident {line}")
    refusal = story.text(f"refusal:{note.id}")
    assert story.ticket.open
    assert "Related issues" not in story.text("status")
    assert story.rests()
    return refusal


@pytest.mark.parametrize("line", LINES)
def test_not_into_a_project_that_is_not_served(forge: Forge, line: str) -> None:
    web = neighbour(forge, served=False)
    why = refused(forge, begun(forge), "bob", line)
    assert "`acme/Web-App` is not served by this bridge, or you do not have " in why
    assert "who can do that" not in why
    assert (len(web.tickets), texts(web)) == (1, [])


@pytest.mark.parametrize("line", LINES)
@pytest.mark.parametrize("login", ["tess", "alice"])
def test_not_for_who_may_not_do_it_there(forge: Forge, line: str, login: str) -> None:
    """Tess may read there, alice nothing; what they are told is the same as of what is not served."""
    if login == "tess" and line.startswith("merge"):
        pytest.skip("tess may not merge here either")
    web = neighbour(forge)
    why = refused(forge, begun(forge), login, line)
    assert "`acme/Web-App` is not served by this bridge, or you do not have " in why
    assert (len(web.tickets), texts(web)) == (1, [])


@pytest.mark.parametrize("line", LINES)
def test_not_where_more_people_read(forge: Forge, line: str) -> None:
    web = neighbour(forge, private=False)
    why = refused(forge, begun(forge), "bob", line)
    assert "can be seen by more people than this incident" in why
    assert (len(web.tickets), texts(web)) == (1, [])


@pytest.mark.parametrize("line", LINES[:2])
def test_what_not_everybody_here_can_read_is_as_if_it_were_not_there(forge: Forge, line: str) -> None:
    forge.project.private = False
    web = neighbour(forge)
    story = begun(forge)
    there = refused(forge, story, "bob", line)
    nowhere = refused(forge, story, "bob", line.replace("#1", "#99"))
    assert "there is no issue `acme/Web-App#1` that everyone who can read this one can read as well" in there
    assert nowhere.replace("#99", "#1").partition("<sub>")[0] == there.partition("<sub>")[0]
    assert texts(web) == []


@pytest.mark.parametrize("line", LINES[:2])
def test_a_confidential_incident_is_told_of_in_confidential_issues_only(forge: Forge, line: str) -> None:
    if forge.name == "github":
        pytest.skip("github lacks confidential issues")
    web = neighbour(forge)
    story = begun(forge, "Keys were leaked", confidential=True)
    why = refused(forge, story, "bob", line)
    assert "can be seen by more people than this incident" in why
    assert texts(web) == []
    web.tickets[1].confidential = True
    story.say("bob", f"/incident {line}")
    assert len(texts(web)) == 1
    assert "leaked" not in texts(web)[0]


def test_an_action_item_of_a_confidential_incident_is_confidential_elsewhere(forge: Forge) -> None:
    if forge.name == "github":
        pytest.skip("github lacks confidential issues")
    web = neighbour(forge, private=False)
    story = begun(forge, "Keys were leaked", confidential=True)
    story.say("bob", "/incident action rotate them @bob --in acme/Web-App")
    assert web.tickets[2].confidential
    assert "leaked" not in web.tickets[2].body
    assert rests(story, web.tickets[2])


def test_what_becomes_public_is_not_written_into_any_more(forge: Forge) -> None:
    web = neighbour(forge)
    story = begun(forge)
    note = story.say("bob", "/incident action retry @bob --in acme/Web-App")
    web.private = False
    forge.tracker = forge.another()
    story.bridge = story.bridge_of(forge.tracker)
    before = (web.tickets[2].body, texts(web, 2))
    story.edit(note, "bob", "/incident action retry twice @bob due 2026-12-01 --in acme/Web-App")
    story.say("alice", "/incident resolve")
    assert (web.tickets[2].body, texts(web, 2)) == before


def test_one_who_may_not_keeps_nobody_else_from_it(forge: Forge) -> None:
    web = neighbour(forge)
    story = begun(forge)
    story.say("tess", "/incident related acme/Web-App#1")
    story.say("bob", "/incident related acme/Web-App#1")
    assert "Related issues (1)" in story.text("status")
    assert len(texts(web)) == 1


def test_the_settings_link_into_no_other_project(forge: Forge) -> None:
    """Who wrote them has no rights there that the bridge knows of."""
    neighbour(forge)
    story = begun(forge)
    elsewhere = Elsewhere({forge.tracker.name: forge.tracker})
    found = elsewhere.problem(forge.tracker.read(story.ref), "acme/Web-App", SETTINGS, Access.TRIAGE)
    assert found is not None
    assert found.barred
