"""Who may say what: every command, by everybody, in every situation. security.md 2 and 5."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from tests.commands.thread import BOT, PEOPLE, Thread, declared
from tracker_bridge.commands import COMMANDS
from tracker_bridge.domain.fold.authorization import Authorizer, Permission, new_actors
from tracker_bridge.domain.incident.incident import Incident, Phase
from tracker_bridge.domain.incident.people import People
from tracker_bridge.domain.incident.roles import Role, RoleAssignment
from tracker_bridge.domain.incident.rules import Rules
from tracker_bridge.domain.issue.grammar import Unread
from tracker_bridge.domain.issue.invocations import Invocation
from tracker_bridge.domain.issue.issue import (
    NOBODY,
    Access,
    Comment,
    EventType,
    IssueRef,
    Person,
    Revision,
    TrackerUrl,
)
from tracker_bridge.domain.issue.origin import Origin
from tracker_bridge.domain.issue.receipts import Receipt, Receipts, Verdict
from tracker_bridge.domain.transitions.lifecycle import declare

NOW = datetime(2026, 11, 22, 14, 0, tzinfo=UTC)
ALICE, BOB, ZOE = Person(11, "alice"), Person(12, "bob"), Person(13, "zoe")


GRAMMAR = COMMANDS.grammar(("/incident",), BOT.login)


def comment(author: Person = ALICE, *, edited_by: Person | None = None, number: int = 1001) -> Comment:
    """Return a comment of one note; an editor who is known wrote it, instead of something else."""
    body = "/incident note x"
    told = edited_by is not None and edited_by != NOBODY
    versions = (Revision("hello", author), Revision(body, edited_by)) if told and edited_by else ()
    return Comment(
        number, author, NOW, NOW, body, TrackerUrl("https://f.test/1"), edited_by=edited_by, revisions=versions
    )


def call(
    author: Person = ALICE,
    *,
    edited_by: Person | None = None,
    number: int = 1001,
    authorizer: Authorizer | None = None,
) -> Invocation:
    [found] = (authorizer or Authorizer()).calls(comment(author, edited_by=edited_by, number=number), GRAMMAR)
    return found


def incident(*assignments: RoleAssignment, opener: Person = ZOE) -> Incident:
    issue = Incident(IssueRef("local", "a/b", 1), "t", TrackerUrl("https://forge.test"), People(ZOE), Rules(), NOW)
    begun = declare(issue, Origin("1000", 1000, NOW, opener.login, TrackerUrl("https://forge.test")), opener)
    return replace(begun, people=replace(begun.people, roles=(*begun.people.roles, *assignments)))


def assignment(login: str, by: str, *, implied: bool = False) -> RoleAssignment:
    return RoleAssignment(
        Role.SCRIBE, Person(0, login), Person(0, by), NOW, 1000, TrackerUrl("https://forge.test"), implied=implied
    )


def known(said: Invocation, verdict: Verdict, *, edited: bool = False) -> Receipts:
    actor = said.actor if edited else None
    return Receipts((Receipt(said.comment, said.ordinal, said.digest, verdict, actor),))


def rights(authorizer: Authorizer, said: Invocation, incident: Incident) -> dict[str, Permission]:
    """Whether each command may be said."""
    return {verb: authorizer.right(said, command, incident) for verb, command in COMMANDS.items()}


def due(have: Access) -> dict[str, Permission]:
    """Whether somebody with this access may say each command."""
    lacking = Permission.LACKING if have >= Access.TRIAGE else Permission.SILENT
    return {verb: Permission.ALLOWED if have >= one.access else lacking for verb, one in COMMANDS.items()}


def all_of(right: Permission) -> dict[str, Permission]:
    return dict.fromkeys(COMMANDS, right)


EACH = pytest.mark.parametrize("access", Access, ids=lambda access: access.name.lower())


def test_every_command_that_changes_something_takes_at_least_triage() -> None:
    assert all(command.access >= Access.TRIAGE for command in COMMANDS.values())


@EACH
def test_what_is_new_takes_the_access_of_the_command(access: Access) -> None:
    authorizer = Authorizer(access={ALICE.id: access})
    assert rights(authorizer, call(), incident()) == due(access)


@EACH
def test_the_teams_rules_override_what_a_command_takes(access: Access) -> None:
    rules = Rules(access={"note": Access.ADMIN, "cancel": Access.READ})
    authorizer = Authorizer(access={ALICE.id: access})
    found = rights(authorizer, call(), replace(incident(), rules=rules))
    assert (found["note"] is Permission.ALLOWED) == (access >= Access.ADMIN)
    assert (found["cancel"] is Permission.ALLOWED) == (access >= Access.READ)
    assert found == due(access) | {verb: found[verb] for verb in ("note", "cancel")}


@EACH
def test_what_once_was_allowed_stays_so_whatever_the_rights_are_now(access: Access) -> None:
    for verdict in (Verdict.ACCEPTED, Verdict.REFUSED):
        authorizer = Authorizer(known(call(), verdict), {ALICE.id: access})
        assert rights(authorizer, call(), incident()) == all_of(Permission.ALLOWED)


@EACH
def test_what_once_was_denied_stays_so_until_its_author_says_something_new(access: Access) -> None:
    """Access is looked up for people who said something new; only then it is known to be another by now."""
    for verdict, right in {Verdict.DENIED: Permission.LACKING, Verdict.IGNORED: Permission.SILENT}.items():
        authorizer = Authorizer(known(call(), verdict))
        assert rights(authorizer, call(), incident()) == all_of(right)
        authorizer = Authorizer(known(call(), verdict), {ALICE.id: access})
        assert rights(authorizer, call(), incident()) == due(access)


@EACH
def test_an_edit_by_somebody_else_is_judged_by_the_editors_rights(access: Access) -> None:
    for authors in Access:
        authorizer = Authorizer(access={ALICE.id: authors, BOB.id: access})
        assert rights(authorizer, call(edited_by=BOB), incident()) == due(access)


@EACH
def test_an_edit_by_nobody_knows_whom_is_not_run(access: Access) -> None:
    authorizer = Authorizer(access={ALICE.id: access, NOBODY.id: Access.ADMIN})
    assert rights(authorizer, call(edited_by=NOBODY), incident()) == all_of(Permission.DOUBTFUL)


@EACH
def test_a_doubt_gives_no_right_once_the_editor_is_known(access: Access) -> None:
    """The tracker may not tell today who edited a comment, and tell it tomorrow."""
    doubted = known(call(edited_by=NOBODY), Verdict.DOUBTFUL, edited=True)
    authorizer = Authorizer(doubted, {ALICE.id: Access.ADMIN, BOB.id: access})
    said = call(edited_by=BOB, authorizer=authorizer)
    assert new_actors([said], authorizer) == {BOB}
    assert rights(authorizer, said, incident()) == due(access)


@EACH
def test_a_role_given_by_somebody_else_counts_as_write_access(access: Access) -> None:
    authorizer = Authorizer(access={ALICE.id: access})
    assert rights(authorizer, call(), incident(assignment("Alice", "bob"))) == due(max(access, Access.WRITE))


@EACH
def test_nobody_gains_by_claiming_a_role(access: Access) -> None:
    """But for the Scribe, whose work it is to correct notes: those commands say so themselves."""
    authorizer = Authorizer(access={ALICE.id: access})
    lent = {verb for verb, command in COMMANDS.items() if command.lent}
    for mine in (
        assignment("alice", "alice"),
        assignment("ALICE", "alice"),
        assignment("alice", "alice", implied=True),
    ):
        found = rights(authorizer, call(), incident(mine))
        gained = {verb for verb, right in due(access).items() if found[verb] is not right}
        assert gained <= (lent if access >= Access.TRIAGE else set())


LED = {verb for verb, command in COMMANDS.items() if command.led}


@EACH
def test_who_claimed_the_lead_may_do_its_work_with_triage_access_and_nobody_else(access: Access) -> None:
    """S12: give roles, set the severity, hand off, resolve; strangers gain nothing by claiming."""
    authorizer = Authorizer(access={ALICE.id: access})
    mine = replace(assignment("alice", "alice"), role=Role.INCIDENT_LEAD)
    assert {"role", "handoff", "severity", "status", "resolve", "cancel", "audience"} <= LED
    wanted = {verb: authorizer.right(call(), COMMANDS[verb], incident(mine)) for verb in LED}
    led = dict.fromkeys(LED, Permission.ALLOWED)
    assert wanted == (led if access >= Access.TRIAGE else {verb: due(access)[verb] for verb in LED})
    opened = incident(mine, opener=ALICE)
    lacking = Permission.LACKING  # whoever opened it may add what they know, and gains nothing else
    assert {authorizer.right(call(), COMMANDS[verb], opened) for verb in LED} == {
        Permission.ALLOWED if access >= Access.TRIAGE else lacking
    }


def test_a_rule_of_the_teams_own_and_the_words_of_others_go_before_the_lead() -> None:
    authorizer = Authorizer(access={ALICE.id: Access.TRIAGE, BOB.id: Access.TRIAGE})
    mine = replace(assignment("alice", "alice"), role=Role.INCIDENT_LEAD)
    strict = replace(incident(mine), rules=Rules(access={"severity": Access.MAINTAIN}))
    assert authorizer.right(call(), COMMANDS["severity"], strict) is Permission.LACKING
    assert authorizer.right(call(), COMMANDS["role"], strict) is Permission.ALLOWED
    assert authorizer.right(call(BOB), COMMANDS["role"], incident(mine)) is Permission.LACKING
    mended = replace(call(), first=BOB)
    assert authorizer.right(mended, COMMANDS["role"], incident(mine)) is Permission.LACKING


@EACH
def test_nobody_gains_by_the_roles_of_others_or_of_teams(access: Access) -> None:
    authorizer = Authorizer(access={ALICE.id: access})
    others = incident(assignment("alic", "bob"), assignment("alicee", "bob"), assignment("acme/alice", "bob"))
    assert rights(authorizer, call(), others) == due(access)


@EACH
def test_the_opener_may_add_what_they_know(access: Access) -> None:
    authorizer = Authorizer(access={ALICE.id: access})
    assert rights(authorizer, call(), incident(opener=ALICE)) == due(max(access, Access.TRIAGE))


def test_deleted_accounts_are_not_one_opener() -> None:
    """They all have the id 0."""
    authorizer = Authorizer(access={ALICE.id: Access.ADMIN})
    opened = incident(opener=NOBODY)
    assert authorizer.right(call(Person(0, "ghost")), COMMANDS["note"], opened) is Permission.SILENT


def test_an_access_that_was_not_looked_up_is_none() -> None:
    assert Authorizer().right(call(), COMMANDS["note"], incident()) is Permission.SILENT


def test_rights_go_by_the_account_and_not_by_its_name() -> None:
    authorizer = Authorizer(access={ALICE.id: Access.ADMIN})
    taken_over = call(Person(99, ALICE.login))
    assert authorizer.right(taken_over, COMMANDS["note"], incident()) is Permission.SILENT


# What a receipt is good for


@pytest.mark.parametrize("verdict", [Verdict.ACCEPTED, Verdict.REFUSED])
@pytest.mark.parametrize(
    "other",
    [
        replace(call(), comment=1002),
        replace(call(), ordinal=1),
        replace(call(), found=replace(call().found, line="/incident note y")),
        replace(call(), found=replace(call().found, text="x\nmore")),
        replace(call(), found=replace(call().found, unread=Unread.WRAPPED)),
    ],
    ids=["another comment", "another place in it", "another text", "more text below", "in code"],
)
def test_a_receipt_is_for_one_call_only(verdict: Verdict, other: Invocation) -> None:
    authorizer = Authorizer(known(other, verdict), {ALICE.id: Access.NONE})
    assert authorizer.right(call(), COMMANDS["note"], incident()) is Permission.SILENT


def test_a_text_that_ran_under_its_authors_name_keeps_it_when_others_edit_around_it() -> None:
    authorizer = Authorizer(known(call(), Verdict.ACCEPTED))
    for editor in (BOB, NOBODY):
        settled = call(edited_by=editor, authorizer=authorizer)
        assert (settled.actor, settled.doubtful) == (ALICE, False)
        assert authorizer.right(settled, COMMANDS["cancel"], incident()) is Permission.ALLOWED


def test_a_text_that_ran_under_the_editors_name_does_not_become_the_authors() -> None:
    authorizer = Authorizer(known(call(edited_by=BOB), Verdict.ACCEPTED, edited=True))
    assert call(edited_by=BOB, authorizer=authorizer).actor == BOB
    assert call(edited_by=ZOE, authorizer=authorizer).actor == BOB


def test_only_people_who_said_something_new_are_looked_up() -> None:
    old, new, doubtful = call(ALICE), call(BOB, number=1002), call(ZOE, number=1003, edited_by=NOBODY)
    assert new_actors([old, new, doubtful], Authorizer(known(old, Verdict.DENIED))) == {BOB}


# In a whole thread


def test_yesterdays_command_is_not_judged_by_todays_rights() -> None:
    thread = declared()
    thread.say("alice", "/incident severity sev2")
    thread.say("rita", "/incident severity sev1")
    thread.look()
    thread.access |= {"alice": Access.NONE, "rita": Access.ADMIN}
    incident = thread.look().incident
    assert incident.severity is not None
    assert incident.severity.name == "sev2"
    assert thread.verdicts == [Verdict.ACCEPTED, Verdict.ACCEPTED, Verdict.IGNORED]


def test_without_receipts_everything_is_judged_by_the_rights_of_now() -> None:
    thread = declared()
    thread.say("alice", "/incident severity sev2")
    thread.look()
    thread.access["alice"] = Access.NONE
    thread.receipts = Receipts()
    assert thread.incident.severity is None


def test_an_edit_by_somebody_else_does_not_run_under_the_authors_name() -> None:
    thread = declared()
    number = thread.say("alice", "/incident severity sev2")
    thread.look()
    thread.edit(number, "/incident severity sev1", by=PEOPLE["dana"])
    assert thread.look().incident.severity is None
    thread.edit(number, "/incident severity sev3", by=PEOPLE["carol"])
    incident = thread.look().incident
    assert incident.severity is not None
    assert incident.severity.name == "sev3"
    assert incident.timeline[-1].author == "carol"


def test_a_command_taken_out_of_code_is_judged_as_the_command_that_it_is() -> None:
    """Explaining it takes less access than running it."""
    thread = declared()
    number = thread.say("dana", "`/incident cancel it was nothing`")
    assert "in code" in thread.mistake.refused.reason
    thread.look()
    thread.edit(number, "/incident cancel it was nothing")
    assert thread.look().incident.phase is Phase.INVESTIGATING
    assert thread.verdicts[-1] is Verdict.DENIED


def test_an_edit_that_nobody_owned_up_to_is_judged_once_the_editor_is_known() -> None:
    thread = declared()
    number = thread.say("alice", "all quiet")
    thread.edit(number, "/incident cancel it was nothing", by=NOBODY)
    thread.look()
    assert thread.verdicts == [Verdict.ACCEPTED, Verdict.DOUBTFUL]
    [comment] = thread.issue.comments
    told = (Revision("all quiet", comment.author), Revision(comment.body, PEOPLE["dana"]))
    thread.issue = replace(thread.issue, comments=(replace(comment, revisions=told),))
    thread.look()
    assert thread.verdicts == [Verdict.ACCEPTED, Verdict.DENIED]
    assert thread.incident.active


def test_a_claimed_lead_does_the_leads_work_and_what_was_done_stays() -> None:
    """S12: with triage access only; nobody without any can claim it."""
    thread = declared()
    thread.say("rita", "/incident claim lead\n/incident severity sev1")
    thread.say("mallory", "/incident claim lead\n/incident role scribe @mallory")
    assert thread.incident.people.holders(Role.INCIDENT_LEAD) == ()
    thread.say("dana", "/incident severity sev2")
    assert thread.mistakes[-1].refused.reason.endswith("; an Incident Lead can do it too, and there is none yet")
    lines = "claim lead\n/incident severity sev2\n/incident role scribe @erin\n/incident role tester @carol"
    thread.say("dana", f"/incident {lines}\n/incident status identified\n/incident handoff lead @alice")
    assert thread.verdicts[-6:] == [Verdict.ACCEPTED] * 6
    thread.look()
    assert thread.incident.severity is not None
    thread.say("dana", "/incident severity sev1")
    assert thread.verdicts[-1] is Verdict.DENIED  # the lead is alice's now
    thread.say("dana", "/incident claim lead\n/incident fixed\n/incident resolve")
    assert thread.verdicts[-3:] == [Verdict.ACCEPTED] * 3
    assert not thread.incident.active


def test_claiming_roles_opens_no_door() -> None:
    thread = declared(opener="bob")
    for role in Role:
        thread.say("dana", f"/incident claim {role.value}")
    thread.say("alice", "/incident claim lead")
    assert thread.incident.people.holds("dana", Role.TECHNICAL_LEAD)
    thread.say("dana", "/incident role scribe @dana")
    thread.say("dana", "/incident handoff lead @dana")
    thread.say("dana", "/incident severity sev1")
    thread.say("dana", "/incident cancel it was nothing")
    assert thread.verdicts[-4:] == [Verdict.DENIED] * 4
    assert thread.incident.active


def test_strangers_cost_no_comment_and_no_reaction() -> None:
    thread = declared()
    before = thread.documents
    for text in (
        "/incident cancel no",
        "/incident nonsense",
        "`/incident help`",
        "/incident",
        "@incident-bot help",
    ):
        thread.say("mallory", text)
        thread.say("rita", text)
    assert thread.documents == before
    assert set(thread.folded.receipts.reactions()) == {0}


def test_a_label_by_hand_makes_its_giver_the_opener_and_not_the_author() -> None:
    """A stranger's issue that the team takes over gives the stranger a voice, and nothing else."""
    thread = Thread(opener="mallory")
    thread.do("alice", EventType.LABELED, "incident")
    thread.say("mallory", "/incident claim lead\n/incident note it began after lunch")
    assert thread.incident.people.opener == PEOPLE["alice"]
    assert thread.verdicts == [Verdict.IGNORED, Verdict.ACCEPTED]


def test_the_bots_own_comments_command_nothing() -> None:
    thread = declared()
    thread.say("alice", "/incident cancel it was nothing")
    assert not thread.incident.active
    thread.issue = replace(thread.issue, comments=(replace(thread.issue.comments[0], ours=True),))
    assert thread.incident.active


def lent(holder: Person) -> Incident:
    return incident(RoleAssignment(Role.SCRIBE, holder, BOB, NOW, 1000, TrackerUrl("https://forge.test")))


def test_what_a_role_lends_follows_the_account_and_not_the_name() -> None:
    """Somebody else may be called so by now; and who holds the role may be called otherwise."""
    stranger = Authorizer(access={ALICE.id: Access.READ})

    assert rights(stranger, call(), lent(Person(99, "alice"))) == due(Access.READ)
    assert rights(stranger, call(), lent(Person(ALICE.id, "alicia"))) == due(Access.WRITE)


def test_a_team_lends_nothing_to_an_account_of_its_name() -> None:
    assert rights(Authorizer(), call(), lent(Person(0, "alice", team=True))) == due(Access.NONE)


def test_where_the_forge_did_not_tell_the_account_the_name_decides() -> None:
    assert rights(Authorizer(), call(), lent(Person(0, "Alice"))) == due(Access.WRITE)


@EACH
def test_members_of_a_team_that_was_given_a_role_act_in_it_and_nobody_else_of_that_name(access: Access) -> None:
    """S11: by their accounts, as the forge says who is in the team; not while nobody says so."""
    held = lent(Person(0, "acme/ops", team=True))
    for teams in ({}, {"acme/other": (ALICE,)}, {"acme/ops": (BOB,)}, {"acme/ops": (Person(99, "alice"),)}):
        others = replace(held, people=replace(held.people, teams=teams))
        assert rights(Authorizer(access={ALICE.id: access}), call(), others) == due(access)
    ours = replace(held, people=replace(held.people, teams={"acme/ops": (BOB, ALICE)}))
    assert rights(Authorizer(access={ALICE.id: access}), call(), ours) == due(max(access, Access.WRITE))
