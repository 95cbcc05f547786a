"""Incidents that are declared from another issue: opened beside it, once (S23, S26)."""

from tests.contract.forges import Forge
from tests.stories.linked import all_rest, forge_facts, others
from tests.stories.story import Story


def test_a_question_turns_out_to_be_an_incident_of_its_own(forge: Forge) -> None:
    story = Story(forge)
    story.at("09:00")
    story.open("rita", "How do I reset my password?", "The mail does not come.")
    assert story.keys == set()

    story.at("09:10")
    asked = story.say("alice", "/incident declare Mail is down --new")
    new = forge_facts(story, "Mail is down")
    [told] = story.keys
    assert told == f"linked:opened.{asked.id}:{new.number}"
    assert f"#{new.number} is open as a separate incident, requested by **alice**: Mail is down." in story.text(
        told
    )
    assert story.labels == set()
    assert story.ticket.open
    if "links" not in forge.unsupported:
        assert [link.other for link in story.ticket.links] == [new]  # S26
    assert story.rests()

    # Somebody else asks for the same, elsewhere: the open one is found (S23).
    question = story.ticket
    story.at("09:15")
    story.open("bob", "No confirmation mails")
    again = story.say("carol", "/incident declare mail is DOWN --new")
    assert len(others(story)) == 2
    assert f"#{new.number} is open as a separate incident" in story.text(f"linked:opened.{again.id}:{new.number}")
    assert story.rests()

    # There it goes on, like any other.
    story.ticket = new
    story.look()
    assert "status" in story.keys
    assert story.labels == {"incident"}
    assert "**alice** declared this incident" in new.body
    story.at("09:30")
    story.say("alice", "/incident claim lead\n/incident detected 09:00 by user")
    story.say("bob", "/incident fixed\n/incident note the spool was full")
    story.at("09:40")
    story.say("alice", "/incident resolve")
    assert "- **Time to resolve: 30 min**" in story.text("summary")
    assert not new.open
    assert story.rests()

    # Once it is over, the next one is another incident.
    story.ticket = question
    story.at("12:00")
    story.say("alice", "/incident declare Mail is down --new")
    first, second = [one for one in others(story) if one.title == "Mail is down"]
    assert (first.open, second.open) == (False, True)
    assert story.rests()
    story.ticket = second
    story.look()
    assert story.keys == {"status"}
    assert all_rest(story)
