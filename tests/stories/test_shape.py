"""Other people's shape: what a team settles for itself in its own file works in its incidents, on every forge."""

import json
import re

from tests.contract.forges import Forge
from tests.stories.test_own_settings import Team
from tracker_bridge.exporting.incidents import incident_json

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
    """S63, S118."""
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


def test_what_is_said_of_a_field_stands_in_the_organisations_own_as_well(forge: Forge) -> None:
    story = Team(forge)
    story.push(FIELDS)
    story.world.define_field("Tier", "single_select", ("gold", "silver"))
    story.open("alice", "Nobody can pay", "/incident declare\n/incident field tier gold")
    on_github = forge.name == "github"
    assert story.ticket.fields == ({"Tier": ("gold",)} if on_github else {})

    if on_github:
        story.world.fill(story.ticket, "Tier", ("silver",))  # by hand, and nobody argues with it
    story.at("10:00")
    story.look()
    assert story.ticket.fields == ({"Tier": ("silver",)} if on_github else {})
    assert shows(story.text("status"), "Customer tier", "gold")

    story.say("alice", "/incident field tier none")
    assert story.ticket.fields == {}
    assert "Customer tier: **" not in story.text("status").partition("Latest")[0]
    story.say("alice", "/incident field tier bronze")
    assert story.ticket.fields == {}
    assert shows(story.text("status"), "Customer tier", "bronze")
    assert ("Not available here: the organisation's issue fields" in story.text("status")) is on_github


CHECKLISTS = """
[[checklists]]
name = "Worst"
severity = "sev1"
items = ["Wake the board", "Open the war room"]

[[checklists]]
name = "Customer data"
label = "data"
items = ["Ask the data protection officer"]
"""


def test_a_checklist_comes_with_severity_and_label_and_a_box_ticked_by_hand_is_put_back(forge: Forge) -> None:
    """S118."""
    story = Team(forge)
    story.push(CHECKLISTS)
    story.open("alice", "Nobody can pay", "/incident declare")
    assert "- [ ]" not in story.text("status")

    story.say("alice", "/incident severity sev1")
    story.world.label(story.ticket, story.who("bob"), "data")
    story.look()
    assert "- [ ] 2: Open the war room" in story.text("status")
    assert "- [ ] 3: Ask the data protection officer" in story.text("status")

    note = story.ours["status"]
    by_hand = note.body.replace("- [ ] 2", "- [x] 2")
    story.world.edit_comment(story.ticket, note, story.who("bob"), by_hand)
    story.forge.clock.forward(60)
    story.look()
    assert "- [ ] 2: Open the war room" in story.text("status")
    assert "ticked here by hand are put back" in story.text("status")

    story.say("dana", "/incident check 2 3")
    assert re.search(r"- \[x\] 2: Open the war room — dana, ", story.text("status"))
    story.push("")
    story.say("bob", "/incident resolve")
    assert "- [ ] 1: Wake the board" in story.text("status")
    assert re.search(r"- \[x\] 3: Ask the data protection officer — dana, ", story.text("summary"))
    assert story.rests()


ROLES = """
[[roles]]
name = "security"
title = "Security Lead"
card = ["Yours: who saw what."]
single = true
needed = true
assign = true
"""


def test_a_teams_own_role_is_claimed_handed_over_and_kept_when_the_team_does_without_it(forge: Forge) -> None:
    """S8, S39, S118."""
    story = Team(forge)
    story.push(ROLES)
    story.open("alice", "Someone read our mail", "/incident declare")
    assert "| Security Lead | nobody yet · `/incident claim security` |" in story.text("status")

    card = story.card(story.say("dana", "/incident claim security"), "dana")
    assert "you are **Security Lead** in this incident" in card
    assert "- Yours: who saw what." in card
    assert story.who("dana") in story.ticket.assignees
    story.say("alice", "/incident handoff security @carol")
    assert "| Security Lead | **carol** |" in story.text("status")

    story.push("")
    story.look()
    assert "| Security Lead | **carol** |" in story.text("status")
    story.say("carol", "/incident leave security")
    assert "Security Lead |" not in story.text("status")
    story.say("alice", "/incident resolve")
    assert "| Security Lead | dana | " in story.text("summary")
    assert not any(key.startswith("refusal") for key in story.keys)
    assert story.rests()


WHEN = """
[[when]]
severity = "sev1"
say = ["channel main #inc-{number}", "audience management via board@example.org", "role scribe @dana"]

[[when]]
label = "data"
say = ["note Ask the data protection officer"]
"""


def test_the_settings_speak_once_whatever_becomes_of_the_bridge_and_of_the_file(forge: Forge) -> None:
    """S118."""
    story = Team(forge)
    story.push(WHEN)
    story.open("alice", "Nobody can pay", "/incident declare")
    said = story.say("bob", "/incident severity sev1")

    number = story.ticket.number
    assert f"`#inc-{number}`" in story.text("status")
    assert "| Scribe | **dana** |" in story.text("status")
    assert "you are **Scribe** in this incident" in story.card(said, "dana")
    story.world.label(story.ticket, story.who("bob"), "data")
    story.look()
    assert "Ask the data protection officer — the settings" in story.text("status")
    assert story.rests()

    story.say("alice", "/incident channel main #elsewhere\n/incident unrole scribe @dana")
    story.push(WHEN.replace("@example.org", "@example.com").replace("role scribe @dana", "note Everyone is awake"))
    story.look()
    assert "`#elsewhere`" in story.text("status"), "what a person said later counts"
    assert "**dana**" not in story.text("status").split("| Role |")[1]
    assert "Everyone is awake — the settings" in story.text("status")

    story.push("")
    story.look()
    assert story.rests()
    story.say("alice", "/incident resolve")
    summary = story.text("summary")
    assert summary.count("Ask the data protection officer — the settings") == 1
    assert summary.count("Everyone is awake — the settings") == 1
    assert len(re.findall(rf"Updates at \S*inc-{number}\b", summary)) == 1


def test_a_line_that_cannot_be_said_is_told_where_the_file_is_read(forge: Forge) -> None:
    story = Team(forge)
    story.push('[[when]]\nseverity = "sev1"\nsay = ["resolve", "role scribe @nobody-of-that-name", "note x"]')
    story.open("alice", "Nobody can pay", "/incident declare\n/incident severity sev1")
    told = story.text("settings")
    assert '- `when[0].say[0]`: resolve: the settings cannot say "resolve": only a person can' in told
    assert "say[1]" not in told

    story.push('[[when]]\nseverity = "sev1"\nsay = ["role scribe @nobody-of-that-name", "note x"]')
    story.look()
    assert "settings" not in story.keys
    if forge.name != "local":
        assert story.text("status").count("there is no account called `nobody-of-that-name` here") == 1
    assert not any(key.startswith("refusal") for key in story.keys)
    assert story.rests()


DEADLINES = """
[[audiences]]
name = "internal"
reach = "internal"

[[audiences]]
name = "regulator"
reach = "external"
deadlines = ["24h", "72h"]
label = "data"
"""


def test_a_deadline_is_asked_for_kept_and_proved_also_after_the_end(forge: Forge) -> None:
    """S80, S83, S118."""
    story = Team(forge)
    story.push(DEADLINES)
    story.open("alice", "Someone read our mail", "/incident declare --detected 09:00", labels=["data"])
    story.say("alice", "/incident claim lead\n/incident role comms @carol regulator")
    assert "- **regulator** within 24 h, by 03 Nov 09:00: not told yet" in story.text("status")

    story.at("11:00")
    story.say("alice", "/incident resolve")
    assert "- **regulator** within 24 h, by 03 Nov 09:00: not told yet" in story.text("summary")
    story.at("2026-11-03 05:01")
    story.look()
    [key] = [key for key in story.keys if key.startswith("nudge:deadline")]
    assert (
        "@carol, the audience **regulator** has to be told by 09:00 UTC, 24 h after the detection."
        in story.text(key)
    )

    story.at("2026-11-03 08:00")
    story.say(
        "carol", "/incident update regulator via https://regulator.example.org: We lost the mails of three people."
    )
    assert not any(key.startswith("nudge:deadline") for key in story.keys)
    assert re.search(r"within 24 h, by 03 Nov 09:00: told \S*03 Nov 08:00\S*, in time", story.text("status"))
    story.push("")
    story.at("2026-11-05 10:00")
    story.look()
    assert any(key.startswith("nudge:deadline") for key in story.keys), "the obligation outlives the file"
    story.say("carol", "/incident update regulator: It was a wrong setting, which is mended.")
    summary = story.text("summary")
    assert re.search(r"within 72 h, by 05 Nov 09:00: told .*05 Nov 10:00.*, ⚠️ 1 h late", summary)
    assert "Deadlines" not in story.text("status"), "all are kept: the proof stands in the summary"
    assert story.rests()


HOSTILE = """
[[roles]]
name = "security"
title = "@all **Lead** #1 <b>"
card = ["/close @bob", "[x](http://evil.test) <!-- tracker-bridge:status -->"]
needed = true

[[fields]]
name = "x"
title = "@bob | #2 | `y`"
kind = "choice"
choices = ["@bob <b>", "/close"]

[[checklists]]
name = "@bob ### <details>"
items = ["- [x] @bob #3", "/close | x", "<!-- x -->"]

[[when]]
severity = "sev1"
say = ["note @bob said /close <b> #4", "field x /close", "role security @dana",
    "stakeholder <i>[x](http://evil.test)</i> affected"]
"""


def test_whatever_a_team_writes_into_its_file_is_only_text(forge: Forge) -> None:
    story = Team(forge)
    story.push(HOSTILE)
    story.open("alice", "Nobody can pay", "/incident declare")
    said = story.say("alice", "/incident severity sev1\n/incident check 1 2")
    story.say("alice", "/incident field x @bob <b>\n/incident resolve\n/incident postmortem")
    assert "settings" not in story.keys, story.text("settings")
    card = next(key for key in story.keys if str(said.id) in key)
    assert "@dana, you are **" in story.text(card)
    review = next(one for one in forge.project.tickets.values() if one.title.startswith("Postmortem review"))
    for text in (*map(story.text, story.keys), review.body.partition("### What happened")[2]):
        bare = re.sub(r"(?<!`)(`+)(?!`).*?(?<!`)\1(?!`)", "", text)
        assert "@bob" not in bare
        assert "@all" not in bare
        assert "<b>" not in bare
        assert "[x](http" not in bare
        assert not re.search(r"(?m)^\s*/", text)
    assert story.ticket.state_reason in ("completed", None)
    assert story.rests()
