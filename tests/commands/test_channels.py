"""Channels, stakeholders and audiences (S3, S4, S12, S27-S31, S33-S35, S74, S75)."""

import pytest
from hypothesis import given
from hypothesis import strategies as some

from tests.commands.thread import Thread, declared, refusal
from tracker_bridge.domain.derived.cadence import rows
from tracker_bridge.domain.incident.audiences import Audience, Reach, audiences
from tracker_bridge.domain.incident.channels import Use, channel_for
from tracker_bridge.domain.incident.roles import Role
from tracker_bridge.domain.incident.rules import Rules
from tracker_bridge.domain.incident.timeline import Kind

WHERE = some.sampled_from(
    [
        "#inc",
        "all@acme.test",
        "https://status.acme.test",
        "phone 0800 1234",
        "#INC ",
        "https://meet.acme.test/a?authuser=0&pli=1",
        "this issue",
        "Paris -> room 4",
    ]
)


def status(thread: Thread) -> str:
    return thread.documents["status"]


def settled() -> Thread:
    """Return an incident that has what is asked for before the stakeholders."""
    thread = declared()
    thread.say("alice", "/incident claim lead\n/incident severity sev1")
    return thread


# Channels


@pytest.mark.parametrize(
    "where", ["#incident-9", "incidents@acme.test", "https://status.acme.test/9", "+49 30 1234"]
)
def test_a_channel_is_whatever_the_team_uses(where: str) -> None:
    """S3, S12, S33: and it is shown as it was written, without being a link."""
    thread = settled()
    thread.say("alice", f"/incident channel main {where}")
    assert f"Updates only at `{where}`" in status(thread)


@pytest.mark.parametrize("joined", ["is ", "= ", "=", "-> ", "is now ", ": "])
def test_a_word_or_sign_between_a_channel_and_its_place_is_not_part_of_it(joined: str) -> None:
    thread = settled()
    thread.say("alice", f"/incident channel meeting {joined}https://meet.acme.test/a?this=is a room")
    assert [one.where for one in thread.incident.comms.channels] == ["https://meet.acme.test/a?this=is a room"]


def test_main_chat_and_meeting_stand_side_by_side() -> None:
    """S27, S31."""
    thread = settled()
    thread.say(
        "alice", "/incident channel main #inc\n/incident channel chat #war\n/incident channel meeting room 4"
    )
    assert "Updates only at `#inc` · Work in `#war` · Meeting `room 4`" in status(thread)
    assert [entry.what for entry in thread.entries(Kind.CHANNEL)] == ["main", "chat", "meeting"]


@given(said=some.lists(some.tuples(some.sampled_from(list(Use)), WHERE), min_size=1, max_size=6))
def test_there_is_exactly_one_main_channel_whatever_is_said(said: list[tuple[Use, str]]) -> None:
    """S34: the last word counts, for each use by itself."""
    thread = declared()
    for use, where in said:
        thread.say("alice", f"/incident channel {use} {where}")

    incident = thread.incident

    assert thread.mistakes == []
    assert {c.use: c.where for c in incident.comms.channels} == {use: where.strip() for use, where in said}
    assert len(incident.comms.channels) == len({use for use, _ in said})


@pytest.mark.parametrize(
    ("text", "reason", "instead"),
    [
        ("channel", "which channel", "channel <main, chat or meeting> <where>"),
        ("channel #inc", "which channel", "channel main #inc"),
        ("channel external status-page", "set with `audience`", "audience external via status-page"),
        ("channel main", "where is it?", "channel main <where>"),
        ("channel main " + "x" * 121, "at most", "channel main <where>"),
        ("announced", "where was it announced?", "announced <where>"),
        ("stakeholder", "who is it?", "stakeholder <who> affected"),
        ("stakeholder involved", "who is it?", "stakeholder <who> affected"),
        ("audience", "which audience?", "audience <name>"),
        ("audience Ünï", "is not a valid audience name", "audience <name>"),
        ("audience board public", "`board public` is not a valid audience name", "audience board-public"),
        (
            "audience internal external @bob",
            "one audience per line",
            "audience internal @bob\naudience external @bob",
        ),
        ("audience remove partners", "`remove partners` is not a valid audience name", "audience <name>"),
        ("audience partners every 30m", "`partners every 30m` is not a valid audience name", "audience <name>"),
        ("announced not yet", "where was it announced?", "announced <where>"),
        ("announced #general at 14:00", "a time goes behind a `|`", "announced #general | 14:00"),
        (
            "stakeholder @bob not affected",
            "to take someone off the list",
            "stakeholder <who> <involved or affected>",
        ),
        ("stakeholder remove sales", "to take someone off the list", "stakeholder <who> <involved or affected>"),
    ],
)
def test_refusals_name_the_next_step(text: str, reason: str, instead: str) -> None:
    told, line = refusal(declared(), "alice", f"/incident {text}")
    assert reason in told
    assert line == instead


@pytest.mark.parametrize(
    ("said", "name", "affected"),
    [
        ("affected: sales", "sales", True),
        ("involved - sales", "sales", False),
        ("sales (involved)", "sales", False),
        ("sales, affected.", "sales", True),
        ("No. 10", "No. 10", True),
    ],
)
def test_what_a_stakeholder_is_stands_before_or_behind(said: str, name: str, affected: bool) -> None:
    thread = settled()
    thread.say("alice", f"/incident stakeholder {said}")
    assert [(one.name, one.affected) for one in thread.incident.comms.stakeholders] == [(name, affected)]


# Places of announcement


@pytest.mark.parametrize("said", ["in #general and to all@acme.test", "#general & #eng", "to #general, #eng"])
def test_the_words_between_places_are_none(said: str) -> None:
    thread = settled()
    thread.say("alice", f"/incident announced {said}")
    assert [one.where.strip("#") for one in thread.incident.comms.announcements] == [
        "general",
        "all@acme.test" if "all" in said else "eng",
    ]


def announced() -> Thread:
    thread = settled()
    thread.say("alice", "/incident channel main #inc\n/incident announced #general, all@acme.test")
    return thread


def test_each_place_gets_the_text_that_sends_people_to_the_main_channel() -> None:
    """S35."""
    text = status(announced())
    assert "- `#general`: `Updates on this incident only at #inc`" in text
    assert "- `all@acme.test`: `Updates on this incident only at #inc`" in text
    assert "do not point to the main channel" not in text


def test_when_main_changes_the_places_that_point_wrong_are_listed_until_announced_again() -> None:
    """S35."""
    thread = announced()
    thread.say("alice", "/incident channel main status page")

    warned = status(thread)
    assert "do not point to the main channel. Post `Updates on this incident only at status page` there" in warned
    assert "  - `#general`, sent to `#inc`: `/incident announced #general`" in warned

    thread.say("alice", "/incident announced #GENERAL")
    warned = status(thread)
    assert "`#GENERAL`, sent to" not in warned
    assert "- `all@acme.test`, sent to `#inc`" in warned

    thread.say("alice", "/incident announced all@acme.test")
    assert "do not point to the main channel" not in status(thread)
    assert len(thread.incident.comms.announcements) == 2


def test_when_main_comes_back_nothing_points_wrong() -> None:
    thread = announced()
    thread.say("alice", "/incident channel main #other\n/incident channel main #inc")
    assert "do not point to the main channel" not in status(thread)


def test_what_was_announced_before_there_is_a_main_channel_is_directed_to_it_later() -> None:
    """S35: an announcement comes first, often."""
    thread = settled()
    thread.say("alice", "/incident announced #general, all@acme.test")
    assert thread.mistakes == []
    text = status(thread)
    assert "⚠️ It was announced at `#general`, `all@acme.test`, and there is no main channel yet" in text

    thread.say("alice", "/incident channel main #inc")
    text = status(thread)
    assert "It was announced at" not in text
    assert "  - `#general`: `/incident announced #general`" in text

    thread.say("alice", "/incident announced #general, all@acme.test")
    assert "⚠️" not in status(thread)


def test_a_place_that_becomes_the_main_channel_does_not_point_wrong() -> None:
    """S34, S35: else the warning could never be cleared."""
    thread = announced()
    thread.say("alice", "/incident channel main #General")
    text = status(thread)
    assert "- `all@acme.test`, sent to `#inc`" in text
    assert "`#general`" not in text.partition("**Latest events**")[0]
    thread.say("alice", "/incident announced all@acme.test")
    assert "do not point to the main channel" not in status(thread)

    thread.say("alice", "/incident channel main #other")
    assert "- `#general`, sent to `#inc`" in status(thread)


def test_the_main_channel_is_no_place_of_announcement() -> None:
    assert refusal(announced(), "alice", "/incident announced #INC")[0].startswith(
        "that is the main channel itself"
    )


def test_there_is_an_end_to_what_is_listed() -> None:
    thread = announced()
    thread.say("alice", "/incident announced " + ", ".join(f"#p{n}" for n in range(19)))
    assert thread.mistake.refused.reason.startswith("at most 20 places")


# Stakeholders


def test_stakeholders_are_involved_or_affected() -> None:
    """S28, S29."""
    thread = settled()
    thread.say("alice", "/incident stakeholder @dave @acme/data involved\n/incident stakeholder customer support")
    text = status(thread)
    assert "**dave** involved, **acme/data** involved, **customer support** affected" in text
    assert "status" not in thread.mentions


def test_saying_it_again_changes_it() -> None:
    thread = settled()
    thread.say("alice", "/incident stakeholder @dave\n/incident stakeholder @Dave involved")
    assert [(one.name, one.affected) for one in thread.incident.comms.stakeholders] == [("Dave", False)]


def test_stakeholders_are_asked_for_before_channels_and_both_from_the_beginning() -> None:
    """S30, S97."""
    thread = declared()
    assert 0 < status(thread).index("- Stakeholders:") < status(thread).index("- One main channel")
    thread.say("alice", "/incident stakeholder customers")
    assert "- Stakeholders:" not in status(thread)
    assert "- One main channel" in status(thread)
    thread.say("alice", "/incident channel main #inc")
    assert "- One main channel" not in status(thread)


# Audiences


def test_the_usual_audiences_are_there_each_internal_or_external() -> None:
    """S4, S75."""
    found = {one.name: one.reach for one in audiences(declared().incident)}
    assert found == {"internal": Reach.INTERNAL, "external": Reach.EXTERNAL, "management": Reach.INTERNAL}


def test_a_team_can_have_others() -> None:
    """S75."""
    rules = Rules(audiences=(Audience("clinics", Reach.EXTERNAL),))
    assert [one.name for one in audiences(declared(rules=rules).incident)] == ["clinics"]


def test_an_audience_gets_a_lead_a_reach_and_channels() -> None:
    """S73, S74."""
    thread = settled()
    thread.say("alice", "/incident audience board internal @carol @dana via mail, phone")

    [row] = rows(thread.incident)

    assert (row.audience.name, row.audience.reach, row.leads) == ("board", Reach.INTERNAL, ("carol", "dana"))
    assert row.channels == ("mail", "phone")
    assert {h.role for h in thread.incident.people.roles if h.login == "carol"} == {Role.COMMUNICATION_LEAD}
    line = "- **board** (internal) · first update **by 15:00** · **carol**, **dana** · `mail`, `phone`\n"
    assert line in status(thread)


def test_a_new_audience_is_external_unless_said_otherwise() -> None:
    """S4: the careful reading."""
    thread = settled()
    thread.say("alice", "/incident audience clinics via fax\n/incident audience press @carol")
    assert [(row.audience.name, row.audience.reach) for row in rows(thread.incident)] == [
        ("clinics", Reach.EXTERNAL),
        ("press", Reach.EXTERNAL),
    ]


def test_what_is_not_said_again_stays() -> None:
    thread = settled()
    thread.say("alice", "/incident audience board internal via mail\n/incident audience board @carol")
    [row] = rows(thread.incident)
    assert (row.audience.reach, row.channels) == (Reach.INTERNAL, ("mail",))


def test_a_mail_address_is_a_place_and_nobody_to_lead() -> None:
    thread = settled()
    thread.say("alice", "/incident audience board via board@acme.test")
    assert rows(thread.incident)[0].channels == ("board@acme.test",)
    assert thread.incident.people.holders(Role.COMMUNICATION_LEAD) == ()


def test_one_lead_can_speak_to_several_audiences() -> None:
    """S73, S74."""
    thread = settled()
    thread.say("alice", "/incident role comms @carol internal, external")
    assert [(row.audience.name, row.leads) for row in rows(thread.incident)] == [
        ("internal", ("carol",)),
        ("external", ("carol",)),
    ]


def test_a_lead_who_was_not_told_for_whom_begins_with_the_first_audience() -> None:
    thread = settled()
    thread.say("carol", "/incident claim comms")
    assert [row.audience.name for row in rows(thread.incident)] == ["internal"]
    thread.say("carol", "/incident update external: We are on it.")
    led = [(row.audience.name, row.leads) for row in rows(thread.incident)]
    assert led == [("internal", ("carol",)), ("external", ("carol",))]  # what the card said stays true


def test_questions_are_sent_to_who_answers_and_never_to_the_technical_lead() -> None:
    """S17, S52, S93, S105."""
    thread = settled()
    assert "Ask **alice** for status, not the people working on the fix." in status(thread)
    thread.say("alice", "/incident role scribe @dana")
    assert "Ask **dana** for status, not the people working on the fix." in status(thread)
    thread.say("alice", "/incident role comms @carol external\n/incident role comms @bob internal")
    assert "Ask **carol** for status, not the people working on the fix." in status(thread)


def test_what_people_wrote_is_shown_and_does_nothing() -> None:
    thread = settled()
    thread.say("alice", "/incident channel main `x` | [a](http://b) @carol #12")
    thread.say("alice", "/incident announced a|b `c`\n/incident channel main other")
    thread.say("alice", "/incident stakeholder </details> <b>\n/incident audience board via a|b")
    text = status(thread)
    assert "Updates only at `other`" in text
    assert " · `a|b`\n" in text
    assert "</details> <b>" not in text
    assert channel_for(thread.incident.comms.channels, Use.MAIN) is not None
