"""Other people's shape: what a team settles for itself in its own file works in its incidents, on every forge."""

import json
import re

from tests.contract.forges import Forge
from tests.stories.test_own_settings import Team
from tracker_bridge.exporting import incident_json

FIELDS = """
[[fields]]
name = "region"
kind = "choice"
choices = ["eu-west", "us-east"]
question = "Which region?"

[[fields]]
name = "tier"
title = "Customer tier"
issue_field = "Tier"
"""


def shows(text: str, title: str, value: str) -> bool:
    """Whether a document shows a field; where comments have addresses, with a link to who said so."""
    return (
        re.search(rf"^(?:.* · )?{title}: \*\*(?:\[{value}\]\(\S+\)|{value})\*\*", text, re.MULTILINE) is not None
    )


def test_a_teams_own_fields_from_the_form_to_the_export(forge: Forge) -> None:
    story = Team(forge)
    story.push(FIELDS)
    form = "### Which region?\n\neu-west\n"
    story.open("alice", "Nobody can pay", form, labels=["incident"])
    assert shows(story.text("status"), "Region", "eu-west")

    story.at("10:00")
    story.say("alice", "/incident field customer tier gold")
    story.say("bob", "/incident field region us-east")
    assert shows(story.text("status"), "Region", "us-east")
    assert shows(story.text("status"), "Customer tier", "gold")

    story.push("")  # the definitions are gone, and what was said by them stays
    story.at("11:00")
    story.say("alice", "/incident resolve\n/incident postmortem")
    assert shows(story.text("summary"), "Customer tier", "gold")
    assert "Region: **us-east**" in story.text("summary"), "on the timeline"
    assert not any(key.startswith("refusal") for key in story.keys)
    assert story.rests()

    decision = story.bridge.decide(forge.tracker.read(story.ref), forge.clock.now)
    exported = json.loads(incident_json(decision.incident))
    assert [(one["name"], one["value"], one["by"]) for one in exported["fields"]] == [
        ("region", "us-east", "bob"),
        ("tier", "gold", "alice"),
    ]
    review = next(one for one in forge.project.tickets.values() if one.title.startswith("Postmortem review"))
    assert "Customer tier: **" in review.body


def test_what_stands_in_the_organisations_own_field_counts_on_github(forge: Forge) -> None:
    story = Team(forge)
    story.push(FIELDS)
    story.open("alice", "Nobody can pay", "/incident declare")
    story.world.fill(story.ticket, "Tier", ("gold",))
    story.look()
    assert (shows(story.text("status"), "Customer tier", "gold")) is (forge.name == "github")

    story.say("alice", "/incident field tier silver")
    story.world.fill(story.ticket, "Tier", 3.0)
    story.look()
    assert shows(story.text("status"), "Customer tier", "silver")
