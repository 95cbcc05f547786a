"""Who does what (S6-S14, S36-S39, S116)."""

import pytest

from tests.commands.thread import Thread, declared, refusal
from tracker_bridge.domain.incident.roles import ALIASES, Role
from tracker_bridge.domain.incident.timeline import Kind
from tracker_bridge.domain.issue.issue import EventType

NAMES = [(role, name) for role in Role for name in (role.value, *ALIASES[role])]
SPELLINGS = [
    (Role.INCIDENT_LEAD, "Incident Lead"),
    (Role.INCIDENT_LEAD, "incident commander"),
    (Role.TECHNICAL_LEAD, "TECH_LEAD"),
    (Role.COMMUNICATION_LEAD, "communication lead"),
    (Role.COMMUNICATION_LEAD, "communications lead"),
]


def holders(thread: Thread, role: Role) -> list[str]:
    return [assignment.login for assignment in thread.incident.people.holders(role)]


@pytest.mark.parametrize(("role", "name"), NAMES + SPELLINGS)
def test_every_name_of_a_role_is_understood_by_every_command(role: Role, name: str) -> None:
    thread = declared()

    thread.say("alice", f"/incident claim {name}")
    assert holders(thread, role)[-1] == "alice"
    thread.say("alice", f"/incident handoff {name} @carol")
    assert holders(thread, role)[-1] == "carol"
    thread.say("alice", f"/incident unrole {name} @carol")
    assert "carol" not in holders(thread, role)
    thread.say("alice", f"/incident role {name} @dana")
    assert holders(thread, role)[-1] == "dana"
    assert thread.mistakes == []


def test_volunteering_and_assigning_both_work() -> None:
    """S37, S38."""
    thread = declared()
    thread.say("dana", "/incident claim scribe")
    thread.say("alice", "/incident role tester @carol")

    [scribe], [tester] = thread.incident.people.holders(Role.SCRIBE), thread.incident.people.holders(Role.TESTER)

    assert (scribe.login, scribe.by.login, scribe.volunteered) == ("dana", "dana", True)
    assert (tester.login, tester.by.login, tester.volunteered) == ("carol", "alice", False)


def test_one_person_may_hold_several_roles() -> None:
    """S8, S9."""
    thread = declared()
    thread.say("alice", "/incident claim lead\n/incident claim scribe\n/incident claim comms")
    assert [h.role for h in thread.incident.people.roles if h.login == "alice"] == [
        Role.INCIDENT_LEAD,
        Role.SCRIBE,
        Role.COMMUNICATION_LEAD,
    ]


def test_roles_have_any_number_of_holders_from_any_team() -> None:
    """S10, S11, S21."""
    people = [f"@tester-{number}" for number in range(30)]
    thread = declared()
    thread.say("alice", f"/incident role tester {' '.join(people)} @acme/quality @acme/platform/sre")

    assert len(holders(thread, Role.TESTER)) == 32
    assert holders(thread, Role.TESTER)[-2:] == ["acme/quality", "acme/platform/sre"]
    [card] = [text for key, text in thread.documents.items() if key.startswith("duty:1001.")]
    assert card.splitlines()[2].endswith(" @acme/quality @acme/platform/sre: **Tester**")


def test_people_with_similar_names_each_get_their_duties() -> None:
    thread = declared()
    thread.say("alice", "/incident role tester @a-b @a_b @a.b @acme/a-b @ACME/b")
    [key] = [key for key in thread.documents if key.startswith("duty:1001")]
    assert len(set(key.split("+"))) == 5
    assert thread.documents[key].splitlines()[2] == "- @a-b @a_b @a.b @acme/a-b @ACME/b: **Tester**"


@pytest.mark.parametrize(("name", "role"), [("lead", Role.INCIDENT_LEAD), ("tl", Role.TECHNICAL_LEAD)])
def test_a_second_lead_replaces_the_first_and_says_so(name: str, role: Role) -> None:
    """S12, S13."""
    thread = declared()
    thread.say("alice", f"/incident role {name} @bob")
    thread.say("alice", f"/incident role {name} @carol")

    assert holders(thread, role) == ["carol"]
    assert f"| {role.words} | **carol** |" in thread.documents["status"]
    assert not any("bob" in key for key in thread.documents)
    thread.do("alice", EventType.CLOSED)
    full = thread.documents["summary"].partition("#### Full timeline")[2]
    assert f"**bob** is no longer {role.words} — alice" in full
    assert f"**carol** is {role.words} — alice" in full


def test_there_is_one_lead_at_a_time() -> None:
    """S13."""
    reason, instead = refusal(declared(), "alice", "/incident role tl @bob @carol")
    assert reason == "there is only one Technical Lead at a time"
    assert instead == "role tech-lead @bob"


@pytest.mark.parametrize("verb", ["role", "handoff"])
@pytest.mark.parametrize(("name", "words"), [("lead", "Incident Lead"), ("tech-lead", "Technical Lead")])
def test_a_team_leads_nothing(verb: str, name: str, words: str) -> None:
    """S13: exactly one person."""
    thread = declared()
    thread.say("bob", "/incident claim lead")
    told = (f"{words} must be one person, and `acme/backend` is a team", f"{verb} {name} @<who>")
    assert refusal(thread, "alice", f"/incident {verb} {name} @acme/backend") == told
    assert holders(thread, Role.TECHNICAL_LEAD) == ["bob"]
    assert holders(thread, Role.INCIDENT_LEAD) == ["bob"]


def test_the_opener_who_claims_the_technical_lead_is_told_once() -> None:
    """S7, S100."""
    thread = declared()
    thread.say("bob", "/incident claim tl")

    assert [(h.login, h.implied) for h in thread.incident.people.roles] == [("bob", False)]
    assert [key for key in thread.documents if key.startswith("duty")] == ["duty:opener"]


def test_the_duties_go_once_to_the_person_who_takes_a_role() -> None:
    """S7: what is theirs, what is not, in one comment however many roles."""
    thread = declared()
    first = thread.say("alice", "/incident role scribe @dana\n/incident role comms @dana external")
    thread.say("alice", "/incident role scribe @dana")
    thread.say("dana", "/incident claim comms internal")

    documents = thread.documents

    assert thread.mentions == {"duty:opener": {"bob"}, f"duty:{first}.dana": {"dana"}}
    card = documents[f"duty:{first}.dana"]
    assert card.startswith("@dana, you are **Scribe** and **Communication Lead** in this incident.")
    assert "ask the Technical Assist, never the Technical Lead" in card
    assert "do not forward the timeline as it is" in card


@pytest.mark.parametrize("role", Role)
def test_every_role_has_duties_of_its_own(role: Role) -> None:
    thread = declared()
    number = thread.say("alice", f"/incident claim {role.short}")
    card = thread.documents[f"duty:{number}.alice"]
    assert f"you are **{role.words}** in this incident" in card
    assert card.count("\n- ") >= 2


def test_who_leaves_a_role_has_no_duties_and_is_told_again_when_they_return() -> None:
    thread = declared()
    thread.say("dana", "/incident claim scribe")
    thread.say("dana", "/incident unrole scribe")
    assert set(thread.documents) == {"status", "duty:opener"}

    again = thread.say("dana", "/incident claim scribe")
    assert set(thread.documents) == {"status", "duty:opener", f"duty:{again}.dana"}


def test_who_leaves_one_of_two_roles_keeps_the_duties_of_the_other() -> None:
    thread = declared()
    number = thread.say("dana", "/incident claim scribe\n/incident claim tester")
    thread.say("dana", "/incident leave scribe")
    assert "you are **Tester** in this incident" in thread.documents[f"duty:{number}.dana"]


def test_the_table_shows_every_needed_role_and_the_line_to_type() -> None:
    """S36, S39; S15: assists are seen to work beside the lead."""
    thread = declared()
    thread.say("alice", "/incident role assist @carol\n/incident role comms @erin external")

    status = thread.documents["status"]

    assert "| Incident Lead | nobody yet · `/incident claim lead` |" in status
    assert "| Technical Lead | **bob** |" in status
    assert "| Technical Assist | **carol** |" in status
    assert "| Communication Lead | **erin** for external |" in status
    assert "| Tester | nobody yet · `/incident claim tester` |" in status


def test_a_role_that_is_not_needed_is_not_asked_for() -> None:
    """S39: not every role is needed."""
    assert "Technical Assist |" not in declared().documents["status"]


def test_the_table_pings_nobody() -> None:
    """S11."""
    thread = declared()
    thread.say("alice", "/incident role tester @dana @acme/quality")
    assert "@dana" not in thread.documents["status"]
    assert "@acme" not in thread.documents["status"]


def test_when_the_technical_lead_leaves_the_first_assist_is_offered() -> None:
    """S14."""
    thread = declared()
    thread.say("alice", "/incident role assist @carol @dana")
    thread.say("bob", "/incident unrole tl")

    assert holders(thread, Role.TECHNICAL_LEAD) == []
    status = thread.documents["status"]
    assert "- A Technical Lead. **carol** is next in line: `/incident role tech-lead @carol`" in status

    thread.say("alice", "/incident role tech-lead @carol")
    assert "next in line" not in thread.documents["status"]


def test_a_role_is_taken_from_those_who_are_named() -> None:
    thread = declared()
    thread.say("alice", "/incident role tester @carol @dana @erin")
    thread.say("alice", "/incident unrole tester @Carol @erin")
    assert holders(thread, Role.TESTER) == ["dana"]


def test_a_handoff_gives_what_one_has_to_another() -> None:
    thread = declared()
    thread.say("dana", "/incident claim scribe")
    number = thread.say("alice", "/incident handoff scribe @erin")

    assert holders(thread, Role.SCRIBE) == ["erin"]
    assert f"duty:{number}.erin" in thread.documents
    kinds = [(entry.kind, entry.who) for entry in thread.incident.timeline if entry.what == "Scribe"]
    assert kinds[1:] == [(Kind.ROLE_LEFT, "dana"), (Kind.ROLE_TAKEN, "erin")]


def test_with_several_holders_it_is_ones_own_part_that_goes_over() -> None:
    thread = declared()
    thread.say("alice", "/incident role comms @carol external\n/incident role comms @carol management")
    thread.say("alice", "/incident role comms @erin internal")
    thread.say("carol", "/incident handoff comms @dana")

    assert [(h.login, h.audience) for h in thread.incident.people.holders(Role.COMMUNICATION_LEAD)] == [
        ("erin", "internal"),
        ("dana", "external"),
        ("dana", "management"),
    ]


@pytest.mark.parametrize(
    ("roles", "text", "taken"),
    [
        ("claim tester", "unrole tester", True),
        ("claim tester", "unrole tester @dana", True),
        ("claim lead", "unrole scribe @carol", True),
        ("claim tester", "unrole scribe @carol", False),
        ("claim scribe", "unrole scribe @dana @carol", False),
    ],
)
def test_who_may_only_add_takes_no_role_from_others(roles: str, text: str, taken: bool) -> None:
    """It takes what it takes to give one, or to lead the incident."""
    thread = declared()
    thread.say("alice", "/incident role scribe @carol")
    thread.say("dana", f"/incident {roles}")
    before = thread.incident.people.roles
    thread.say("dana", f"/incident {text}")
    assert (thread.incident.people.roles != before) is taken
    assert [mistake.refused.reason.split(" access")[0] for mistake in thread.mistakes] == (
        [] if taken else ["`unrole` needs write"]
    )


def leads(thread: Thread) -> list[tuple[str, str]]:
    return [(h.login, h.audience) for h in thread.incident.people.holders(Role.COMMUNICATION_LEAD)]


def test_one_audience_is_left_and_the_others_kept() -> None:
    """S74."""
    thread = declared()
    number = thread.say("alice", "/incident claim comms external, management")
    thread.say("alice", "/incident unrole comms external")
    assert leads(thread) == [("alice", "management")]
    assert f"duty:{number}.alice" in thread.documents

    told = refusal(thread, "alice", "/incident unrole comms external")
    assert told == ("`alice` is not Communication Lead for external", "")
    thread.say("alice", "/incident leave comms")
    assert leads(thread) == []
    assert f"duty:{number}.alice" not in thread.documents


def test_one_audience_is_handed_over_and_the_others_kept() -> None:
    """S74."""
    thread = declared()
    thread.say("carol", "/incident claim comms external, management")
    thread.say("alice", "/incident role comms @erin internal")
    thread.say("carol", "/incident handoff comms @erin external")
    assert leads(thread) == [("carol", "management"), ("erin", "internal"), ("erin", "external")]

    told = refusal(thread, "alice", "/incident handoff comms @erin external")
    assert told == ("`erin` is already Communication Lead for external", "")


@pytest.mark.parametrize(
    ("text", "wrong", "instead"),
    [
        ("claim comms extrenal", "extrenal", "claim comms external"),
        ("claim comms please", "please", "claim comms <audience>"),
        ("role comms @carol for management", "for", "role comms @carol management"),
        ("unrole comms extrenal", "extrenal", "unrole comms external"),
        ("handoff comms @carol managment", "managment", "role comms @carol management"),
    ],
)
def test_an_audience_that_there_is_not_is_refused_with_the_nearest(text: str, wrong: str, instead: str) -> None:
    """S73, S75: a slip makes no audience with a clock of its own; `audience` does."""
    thread = declared()
    thread.say("alice", "/incident claim comms external")
    before = leads(thread)
    reason, line = refusal(thread, "alice", f"/incident {text}")
    assert reason.startswith(
        f"`{wrong}` is not an audience; the audiences are `internal`, `external`, `management`, and"
    )
    assert line == instead
    assert leads(thread) == before

    thread.say("alice", "/incident audience press\n/incident role comms @dana press")
    assert ("dana", "press") in leads(thread)


def test_the_card_of_a_communication_lead_is_about_their_own_audiences() -> None:
    """S7, S74, S75."""
    thread = declared()
    number = thread.say("alice", "/incident role comms @carol management\n/incident role comms @dana")
    card = thread.card(number, "carol")
    assert "informing your audience (**management**)" in card
    for line in ("brief management", "update management", "no-update management"):
        assert f"`/incident {line}`" in card
    assert "`/incident update internal`" in thread.card(number, "dana")

    thread.say("carol", "/incident claim comms external")
    assert "`/incident update management, external`" in thread.card(number, "carol")


def test_one_is_warned_who_holds_most_of_the_roles() -> None:
    """S6, S116."""
    thread = declared()
    thread.say("alice", "/incident claim lead\n/incident claim scribe\n/incident claim comms")
    assert "holds most of the roles" not in thread.documents["status"]

    thread.say("alice", "/incident claim assist")
    assert "⚠️ **alice** holds most of the roles. Someone else can take one" in thread.documents["status"]


def test_confirming_a_volunteer_gives_them_what_the_role_needs() -> None:
    """S11: who was given a role acts in it, from whichever team they come."""
    thread = declared()
    thread.say("dana", "/incident claim assist")
    thread.say("dana", "/incident severity sev1")
    assert (
        "needs write access to this project, or a role that someone assigned to you"
        in thread.mistake.refused.reason
    )

    thread.say("alice", "/incident role assist @dana")
    thread.say("dana", "/incident claim assist")
    thread.say("dana", "/incident severity sev2")

    assert thread.incident.severity == thread.rules.severities[1]
    assert len(thread.mistakes) == 1
    assert len([key for key in thread.documents if key.startswith("duty") and "dana" in key]) == 1


def test_a_name_that_is_a_link_is_a_name() -> None:
    thread = declared()
    thread.say(
        "alice", "/incident role tester [@dana](https://forge.test/dana), [@erin](<https://forge.test/erin>)"
    )
    assert thread.incident.people.logins(Role.TESTER) == ("dana", "erin")


@pytest.mark.parametrize(
    ("text", "reason", "instead"),
    [
        ("claim", "the roles are `lead`", "claim <role>"),
        ("claim boss", "`boss` is not a role; the roles are `lead`", "claim <role>"),
        ("claim lead @bob", "you can only claim a role for yourself", "role lead @bob"),
        ("role", "the roles are", "role <role> @<who>"),
        ("role boss @bob", "`boss` is not a role", "role <role> @<who>"),
        ("role scribe", "who should be Scribe?", "role scribe @<who>"),
        ("role scribe dana", "who should be Scribe? Name people with an `@`", "role scribe @dana"),
        ("role scribe @dana please", "`please` does not belong after Scribe", "role scribe @dana"),
        (
            "role tester @dana, @erin and carol",
            "`and carol` does not belong after",
            "role tester @dana @erin @carol",
        ),
        (
            "claim lead and scribe",
            "`and scribe` does not belong after Incident Lead; one role per line",
            "claim lead\nclaim scribe",
        ),
        ("claim scribe for bob", "`for bob` does not belong after Scribe", "role scribe @bob"),
        ("unrole tester now", "`now` does not belong after Tester", ""),
        ("claim lead for @dana", "you can only claim a role for yourself", "role lead @dana"),
        ("unrole", "the roles are", "unrole <role>"),
        ("unrole scribe", "`alice` is not Scribe", ""),
        ("unrole tester @dana @erin", "`dana` and `erin` are not Tester", ""),
        ("unrole boss", "`boss` is not a role", "unrole <role>"),
        ("handoff", "the roles are", "handoff <role> @<who>"),
        ("handoff tl", "hand a role to one person", "handoff tech-lead @<who>"),
        ("handoff tl @carol @dana", "hand a role to one person", "handoff tech-lead @carol"),
        ("handoff tl @BOB", "`BOB` is already Technical Lead", ""),
        ("handoff scribe @dana", "nobody is Scribe yet", "role scribe @dana"),
    ],
)
def test_refusals(text: str, reason: str, instead: str) -> None:
    thread = declared()
    told, line = refusal(thread, "alice", f"/incident {text}")
    assert told.startswith(reason)
    assert line == instead
    assert [h.login for h in thread.incident.people.roles] == ["bob"]


def test_a_handoff_of_one_of_several_wants_to_know_whose() -> None:
    thread = declared()
    thread.say("alice", "/incident role tester @dana @erin")
    assert refusal(thread, "alice", "/incident handoff tester @carol") == (
        "say which Tester hands over",
        "role tester @carol",
    )


def test_roles_stay_where_they_are_when_the_incident_ends() -> None:
    thread = declared()
    thread.say("alice", "/incident claim lead\n/incident resolve")
    assert "| Incident Lead | **alice** |" in thread.documents["summary"]
    assert "nobody yet" not in thread.documents["status"]


@pytest.mark.parametrize("sign", ["!", "…", "👍", "：", " 🙏", "~", " !!"])
def test_signs_behind_a_name_are_no_words(sign: str) -> None:
    thread = declared()
    thread.say("alice", f"/incident role scribe @dana{sign}")
    assert thread.incident.people.logins(Role.SCRIBE) == ("dana",)


@pytest.mark.parametrize("name", ['"lead"', "`lead`", "**lead**", "“lead”", "'incident lead'", "(lead)"])
def test_signs_around_the_name_of_a_role_are_not_part_of_it(name: str) -> None:
    thread = declared()
    thread.say("carol", f"/incident claim {name}")
    assert thread.incident.people.logins(Role.INCIDENT_LEAD) == ("carol",)
