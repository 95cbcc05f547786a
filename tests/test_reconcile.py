"""One look at an issue, and another, and one after something went wrong: nothing twice, nothing lost."""

from contextlib import suppress
from datetime import datetime, timedelta
from pathlib import Path
from shutil import copytree

import pytest

from tests.contract.forges import Forge, Needs
from tests.stories.beginnings import beginning
from tests.stories.story import KEY, RENDERER, Story
from tracker_bridge.commands import COMMANDS
from tracker_bridge.domain.issue.changes import Document, Edit, Post, React, Reaction, Relabel, key_of
from tracker_bridge.domain.issue.gate import UnsafeText
from tracker_bridge.reconcile import SETTLING, Bridge
from tracker_bridge.reconcile.outbox import SentHere
from tracker_bridge.rendering import Renderer
from tracker_bridge.sandbox.faults import Cut, Fault, FaultResponse, Lag, Lose
from tracker_bridge.templates_folder import templates_folder
from tracker_bridge.trackers import Busy, Denied, Doubtful

COMMENTS = r"/issues/1/(comments|notes)$"
UNCLEAR = [Lose(done=True), FaultResponse(502, done=True), FaultResponse(504, done=True), Cut()]
LATER = timedelta(seconds=SETTLING + 1)


@pytest.fixture
def sockets() -> bool:
    """What is told here is the same without; what connections do, tests/contract/test_trouble.py tells."""
    return False


@pytest.fixture
@beginning
def story(forge: Forge) -> Story:
    """An incident of alice's with one command of hers, at rest."""
    story = Story(forge)
    story.open("alice", "API down", "/incident declare")
    story.at("09:05")
    story.say("alice", "/incident severity sev2\n/incident claim lead")
    return story


def rendered_from(folder: Path, **added: str) -> Renderer:
    """Return what renders our templates, some of which have something more at their end."""
    copytree(templates_folder(), folder)
    for name, more in added.items():
        path = folder / f"{name}.md.j2"
        path.write_text(path.read_text("utf-8") + more, "utf-8")
    return Renderer(folder, COMMANDS)


@pytest.fixture(scope="module")
def unsafe(tmp_path_factory: pytest.TempPathFactory) -> Renderer:
    """What renders a status comment that the gate refuses."""
    return rendered_from(tmp_path_factory.mktemp("unsafe") / "templates", status="\n/close\n")


@pytest.fixture(scope="module")
def unsafe_beside(tmp_path_factory: pytest.TempPathFactory) -> Renderer:
    """The same of the issues beside an incident."""
    more = "\n\n/close\n"
    return rendered_from(tmp_path_factory.mktemp("beside") / "templates", action=more, postmortem=more)


def kinds(changes: tuple[object, ...]) -> list[str]:
    return [type(change).__name__ for change in changes]


def writes(story: Story) -> list[str]:
    """Return the requests that change something; questions in GraphQL are posted as well."""
    asked = [f"{one.method} {one.path}" for one in story.forge.sandbox.requests]
    return [one for one in asked if not one.startswith("GET ") and not one.endswith("/graphql")]


# Writing


def test_a_second_reconcile_writes_nothing(story: Story, needs: Needs) -> None:
    """Asked of the forge itself: no request but reads."""
    needs("http")
    story.forge.sandbox.requests.clear()
    for _ in range(3):
        assert story.bridge.reconcile(story.ref, story.forge.clock.now, {}).changes == ()
    assert story.forge.sandbox.requests
    assert writes(story) == []


def test_a_bridge_that_knows_nothing_writes_nothing(story: Story) -> None:
    """S2: the whole record is in the tracker."""
    assert story.rests()


def test_an_issue_that_is_no_incident_is_left_alone(forge: Forge) -> None:
    story = Story(forge)
    story.open("bob", "A question", "What does `/incident declare` do?", labels=["question"])
    story.say("alice", "It makes an incident.")
    assert story.keys == set()
    assert story.labels == {"question"}


def test_a_burst_of_twenty_commands_is_one_edit_of_the_status_comment(story: Story) -> None:
    for number in range(20):
        story.world.comment(story.ticket, story.forge.bob, f"/incident note step {number}")

    look = story.look()

    changes = [change for change in look.changes if not isinstance(change, React)]
    assert kinds(tuple(changes)) == ["Edit"]
    assert isinstance(changes[0], Edit)
    assert changes[0].document.key == "status"
    assert len(look.changes) == 21
    assert "step 19" in story.text("status")


def test_unauthorised_commands_change_nothing_but_what_is_remembered(story: Story) -> None:
    story.world.comment(story.ticket, story.forge.rita, "/incident resolve\n/incident severity sev1")
    look = story.look()
    assert kinds(look.changes) == ["Edit"]
    assert story.labels == {"incident", "sev2"}
    assert story.ticket.open


# What was awaited


def test_awaited_comments_that_are_not_visible_are_missing(story: Story) -> None:
    note = story.ticket.comments[0]
    now = story.forge.clock.now
    expected_comments: dict[int, datetime | None] = {
        note.id: note.updated_at,
        999_999: now,
        story.ticket.comments[1].id: now + timedelta(minutes=1),
    }

    look = story.bridge.reconcile(story.ref, now, expected_comments)

    assert set(look.missing) == {999_999, story.ticket.comments[1].id}
    assert look.missing[999_999] == now


def test_an_awaited_deletion_that_is_not_visible_is_missing(story: Story) -> None:
    note = story.world.comment(story.ticket, story.forge.bob, "/incident note x")
    now = story.forge.clock.now
    assert story.bridge.reconcile(story.ref, now, {note.id: None}).missing == {note.id: None}

    story.world.delete_comment(story.ticket, note, story.forge.bob)
    assert story.bridge.reconcile(story.ref, now, {note.id: None}).missing == {}


def test_what_the_forge_does_not_show_yet_is_awaited_and_then_done(story: Story, needs: Needs) -> None:
    needs("http")
    story.forge.sandbox.faults.add(Lag(100), times=1_000)
    story.forge.clock.forward()
    note = story.world.comment(story.ticket, story.forge.bob, "/incident severity sev1")
    expected_comments = {note.id: note.updated_at}

    assert story.bridge.reconcile(story.ref, story.forge.clock.now, expected_comments).missing == expected_comments
    assert story.labels == {"incident", "sev2"}

    story.forge.sandbox.faults.clear()
    assert story.bridge.reconcile(story.ref, story.forge.clock.now, expected_comments).missing == {}
    assert story.labels == {"incident", "sev1"}


# Comments that may have been sent


@pytest.mark.parametrize("fault", UNCLEAR, ids=repr)
def test_a_comment_whose_answer_is_lost_does_not_appear_twice(forge: Forge, needs: Needs, fault: Fault) -> None:
    needs("http")
    story = Story(forge)
    story.ticket = story.world.open_ticket(forge.project, forge.alice, "API down", "/incident declare")
    forge.sandbox.faults.add(fault, method="POST", path=COMMENTS)

    with pytest.raises(Busy):
        story.bridge.reconcile(story.ref, forge.clock.now, {})
    story.bridge.reconcile(story.ref, forge.clock.now + LATER, {})

    assert story.keys == {"status", "duty:opener"}
    assert story.rests()


def test_what_another_host_sent_is_not_sent_again_while_reads_lag(
    forge: Forge, monkeypatch: pytest.MonkeyPatch
) -> None:
    story = Story(forge)
    story.ticket = story.world.open_ticket(forge.project, forge.alice, "API down", "/incident declare")
    sent, trackers, rules = SentHere(forge.clock.seconds), {forge.name: forge.tracker}, {forge.name: story.rules}
    one, other = (
        Bridge(trackers, rules, RENDERER, keys=[KEY], monotonic=forge.clock.seconds, sent=sent) for _ in range(2)
    )
    before = forge.tracker.read(story.ref)
    one.reconcile(story.ref, forge.clock.now, {})
    keys = [key_of(note.body) for note in story.ticket.comments]

    with monkeypatch.context() as lagging:
        lagging.setattr(forge.tracker, "read", lambda *_, **__: before)
        other.reconcile(story.ref, forge.clock.now, {})
    assert [key_of(note.body) for note in story.ticket.comments] == keys
    other.reconcile(story.ref, forge.clock.forward(SETTLING + 1), {})
    assert [key_of(note.body) for note in story.ticket.comments] == keys


def test_a_comment_that_failed_is_sent_again_once_it_would_be_visible(forge: Forge, needs: Needs) -> None:
    needs("http")
    story = Story(forge)
    story.ticket = story.world.open_ticket(forge.project, forge.alice, "API down", "/incident declare")
    forge.sandbox.faults.add(Lose(done=False), method="POST", path=COMMENTS)
    now = forge.clock.now

    with pytest.raises(Busy):
        story.bridge.reconcile(story.ref, now, {})
    early = story.bridge.reconcile(story.ref, forge.clock.forward(5), {})
    assert "status" not in story.keys
    assert early.next_at is not None
    assert early.next_at <= now + timedelta(seconds=5 + SETTLING)

    story.bridge.reconcile(story.ref, forge.clock.forward(SETTLING), {})
    assert story.keys == {"status", "duty:opener"}


def test_a_comment_that_is_not_visible_yet_is_not_sent_again(forge: Forge, needs: Needs) -> None:
    needs("http")
    story = Story(forge)
    story.ticket = story.world.open_ticket(forge.project, forge.alice, "API down", "/incident declare")
    forge.sandbox.faults.add(Lag(100), times=1_000)

    story.bridge.reconcile(story.ref, forge.clock.now, {})
    again = story.bridge.reconcile(story.ref, forge.clock.forward(15), {})

    assert not any(isinstance(change, Post) for change in again.changes)
    assert again.next_at is not None
    assert story.keys == {"status", "duty:opener"}
    forge.sandbox.faults.clear()
    assert story.rests()


def test_two_status_comments_become_one_the_older(story: Story) -> None:
    """Two bridges looked at the same time: each posted, and neither could see the other's."""
    status = story.ours["status"]
    first_duty = story.ours["duty:opener"]
    for body in (status.body, first_duty.body, status.body):
        story.world.comment(story.ticket, story.forge.bot, body)

    story.look()

    assert story.ours["status"] is status
    assert story.ours["duty:opener"] is first_duty
    assert story.rests()


def test_a_crash_between_two_writes_is_made_up_for(story: Story) -> None:
    """Whatever write it stops before: the next look finishes, and the thread is as if nothing had happened."""
    story.say("bob", "/incident nonsense")
    for stop in range(12):
        story.forge.clock.forward(60)
        note = story.world.comment(
            story.ticket, story.forge.alice, f"/incident severity sev{1 + stop % 3}\n/incident nonsense {stop}"
        )
        decision = story.bridge.decide(story.forge.tracker.read(story.ref), story.forge.clock.now)
        for change in decision.changes[: stop % (len(decision.changes) + 1)]:
            story.forge.tracker.apply(story.ref, change)

        story.bridge = story.bridge_of(story.forge.another())
        story.look()

        assert story.labels == {"incident", f"sev{1 + stop % 3}"}
        assert story.reactions(note) == ["confused"]
        assert f"refusal:{note.id}" in story.keys
    assert story.rests()


# What must not be sent


def test_a_text_that_is_not_safe_is_not_sent_nor_anything_else(story: Story, unsafe: Renderer) -> None:
    """However it came about: here a template of ours begins a line with a slash."""
    forge = story.forge
    bridge = Bridge({forge.name: forge.tracker}, {forge.name: story.rules}, unsafe, keys=[KEY])
    before = [note.body for note in story.ticket.comments]
    story.world.comment(story.ticket, forge.bob, "/incident severity sev1\n/incident nonsense")

    with pytest.raises(UnsafeText, match="the document status is not sent: a line begins with a slash"):
        bridge.reconcile(story.ref, forge.clock.now, {})

    assert [note.body for note in story.ticket.comments[:-1]] == before
    assert story.labels == {"incident", "sev2"}


def test_an_issue_beside_that_is_not_safe_does_not_silence_the_incident(
    story: Story, unsafe_beside: Renderer, caplog: pytest.LogCaptureFixture
) -> None:
    """Neither when it is to be opened, nor when it is there: the summary is posted all the same (S68)."""
    forge = story.forge
    bridge = Bridge({forge.name: forge.tracker}, {forge.name: story.rules}, unsafe_beside, keys=[KEY])
    story.say("alice", "/incident action look at the pool @bob")
    story.world.comment(story.ticket, forge.alice, "/incident postmortem\n/incident resolve")

    bridge.reconcile(story.ref, forge.clock.now, {})

    assert "summary" in story.keys
    assert not [one for one in story.forge.project.tickets.values() if "/close" in one.body]
    assert "the document postmortem:from.1 is not sent: a line begins with a slash" in caplog.text
    assert (
        f"{story.forge.ref(story.forge.project.tickets[2])}: unexpected error: the document action." in caplog.text
    )


def test_a_secret_of_ours_is_not_repeated(story: Story) -> None:
    forge = story.forge
    secret = "glpat-0123456789_abcdef"
    bridge = Bridge({forge.name: forge.tracker}, {forge.name: story.rules}, RENDERER, keys=[KEY], secrets=[secret])
    story.world.comment(story.ticket, forge.bob, f"/incident note the token is {secret}, do not tell")

    bridge.reconcile(story.ref, forge.clock.now, {})

    assert r"the token is \[secret\], do not tell" in story.text("status")
    assert "0123456789" not in "".join(note.body for note in story.ours.values())


# Other things than comments


def test_a_label_that_somebody_took_off_by_hand_stays_off_and_others_are_nobodys_business(story: Story) -> None:
    story.forge.clock.forward(60)
    story.world.label(story.ticket, story.forge.bob, "team::payments")
    story.world.unlabel(story.ticket, story.forge.bob, "sev2")
    story.look()
    assert story.labels == {"incident", "team::payments"}
    assert story.rests()


def test_a_reaction_that_is_given_twice_or_gone_is_no_reason_to_write(story: Story) -> None:
    note = story.say("bob", "/incident note x")
    [reaction] = [one for one in note.reactions if one.account is story.forge.bot]
    story.world.unreact(note, reaction)
    story.world.react(note, story.forge.rita, Reaction.REFUSED.value)
    assert story.look().changes == ()


def test_comments_of_ours_of_a_newer_version_are_left_alone(story: Story) -> None:
    future = Document("postmortem_of_the_future", "Who did what and why.")
    story.forge.tracker.apply(story.ref, Post(future))
    assert story.look().changes == ()
    assert key_of(story.ticket.comments[-1].body) == future.key


def test_reconciles_of_two_issues_do_not_mix(story: Story) -> None:
    first = story.ticket
    story.open("bob", "Mail down", "/incident declare\n/incident severity sev4")
    assert story.labels == {"incident", "sev4"}
    story.ticket = first
    assert story.labels == {"incident", "sev2"}
    assert story.rests()


def test_a_plan_writes_nothing(story: Story, needs: Needs) -> None:
    needs("http")
    story.world.comment(story.ticket, story.forge.bob, "/incident severity sev1")
    story.forge.sandbox.requests.clear()

    decision = story.bridge.decide(story.forge.tracker.read(story.ref), story.forge.clock.now)

    assert Relabel(frozenset({"sev1"}), frozenset({"sev2"})) in decision.changes
    assert writes(story) == []
    assert story.labels == {"incident", "sev2"}


# What is refused


def test_a_refusal_of_an_ornament_does_not_keep_the_summary_back(story: Story, needs: Needs) -> None:
    """The scribe's comment is the one thing that must be posted (S68)."""
    needs("http")
    for method in ("POST", "PUT", "PATCH", "DELETE"):
        story.forge.sandbox.faults.add(
            FaultResponse(403, body=b"{}"), method=method, path=r"labels|/issues/1$", times=50
        )
    story.at("09:30")
    story.world.comment(story.ticket, story.who("alice"), "/incident severity sev1\n/incident resolve")

    with pytest.raises(Denied, match="could not"):
        story.bridge.reconcile(story.ref, story.forge.clock.now, {})

    assert "summary" in story.keys
    assert "**sev1**" in story.text("status")


REACTING = r"(reactions|award_emoji)$"


def one_by_one(story: Story) -> None:
    """Let there be no GraphQL, which does several things at once."""
    story.forge.sandbox.faults.add(FaultResponse(404), method="POST", path="graphql$", times=50)


def test_a_reaction_that_is_refused_holds_up_nothing_and_is_owed(story: Story, needs: Needs) -> None:
    needs("http")
    one_by_one(story)
    story.forge.sandbox.faults.add(FaultResponse(403, body=b"{}"), method="POST", path=REACTING)
    story.at("09:30")
    note = story.world.comment(story.ticket, story.who("alice"), "/incident severity sev1\n/incident resolve")

    look = story.bridge.reconcile(story.ref, story.forge.clock.now, {})
    assert "summary" in story.keys
    assert story.reactions(note) == []
    assert look.next_at == story.forge.clock.now + timedelta(seconds=60)

    story.forge.clock.forward(60)
    story.bridge = story.bridge_of(story.forge.another())  # with nothing remembered but the thread
    story.look()
    assert story.reactions(note) == ["+1"]
    assert story.rests()


def test_a_reaction_that_is_refused_again_is_not_asked_for_for_ever(story: Story, needs: Needs) -> None:
    needs("http")
    story.bridge = story.bridge_of(story.forge.another(story.forge.clock.seconds))
    one_by_one(story)
    story.forge.sandbox.faults.add(FaultResponse(403, body=b"{}"), method="POST", path=REACTING, times=50)
    story.at("09:30")
    story.world.comment(story.ticket, story.who("alice"), "/incident severity sev1")
    story.bridge.reconcile(story.ref, story.forge.clock.now, {})
    story.forge.clock.forward(60)

    with pytest.raises(Denied, match="react"):
        story.bridge.reconcile(story.ref, story.forge.clock.now, {})
    story.look()


def test_a_reaction_that_was_to_change_changes_later(story: Story, needs: Needs) -> None:
    needs("http")
    note = story.say("alice", "/incident nonsense")
    assert story.reactions(note) == ["confused"]
    story.forge.sandbox.faults.add(FaultResponse(502), path=rf"{note.id}/{REACTING}", times=3)
    story.forge.clock.forward(60)
    story.world.edit_comment(story.ticket, note, story.who("alice"), "/incident severity sev1")
    story.bridge.reconcile(story.ref, story.forge.clock.now, {})
    assert story.reactions(note) == ["confused"]

    story.forge.sandbox.faults.clear()
    story.forge.clock.forward(60)
    story.look()
    assert story.reactions(note) == ["+1"]
    assert story.rests()


def test_people_who_could_not_be_assigned_for_a_moment_are_later(story: Story, needs: Needs) -> None:
    needs("http")
    refused = r"graphql$" if story.forge.name == "gitlab" else r"assignees$"
    story.forge.sandbox.faults.add(FaultResponse(404, body=b"{}"), method="POST", path=refused)
    story.at("09:30")
    story.world.comment(story.ticket, story.who("alice"), "/incident role tech-lead @bob")
    story.bridge.reconcile(story.ref, story.forge.clock.now, {})

    story.forge.clock.forward(60)
    story.look()
    assert "bob" in {one.login for one in story.ticket.assignees}
    assert "assignees" not in story.text("status")
    assert story.rests()


def test_a_status_comment_whose_post_got_no_answer_is_pinned_once(story: Story, needs: Needs) -> None:
    needs("http")
    needs("pins")
    story.forge.sandbox.faults.add(Lose(done=True), method="POST", path="/comments$")
    ticket = story.world.open_ticket(story.forge.project, story.who("bob"), "Mail down", "/incident declare")
    ref = story.forge.ref(ticket)
    with pytest.raises(Busy):
        story.bridge.reconcile(ref, story.forge.clock.now, {})
    assert ticket.pinned is None

    story.forge.clock.forward(60)
    story.bridge.reconcile(ref, story.forge.clock.now, {})
    assert ticket.pinned is ticket.comments[0]

    story.forge.clock.forward(60)
    story.world.comment(ticket, story.who("bob"), "/incident severity sev1")
    story.bridge.reconcile(ref, story.forge.clock.now, {})
    story.world.pin(ticket, None, story.who("alice"))
    story.bridge.reconcile(ref, story.forge.clock.now, {})
    assert ticket.pinned is None, "people may take it down"


def test_an_issue_that_could_not_be_closed_for_a_moment_is_closed_later(story: Story, needs: Needs) -> None:
    needs("http")
    story.forge.sandbox.faults.add(FaultResponse(403, body=b"{}"), method="PATCH", path="/issues/1$")
    story.forge.sandbox.faults.add(FaultResponse(403, body=b"{}"), method="PUT", path="/issues/1$", nth=2)
    story.at("09:30")
    story.world.comment(story.ticket, story.who("alice"), "/incident resolve")
    look = story.bridge.reconcile(story.ref, story.forge.clock.now, {})
    if story.ticket.open:
        assert "summary" in story.keys
        assert look.next_at == story.forge.clock.now + timedelta(seconds=60)

    story.forge.clock.forward(60)
    story.bridge = story.bridge_of(story.forge.another())
    story.look()
    assert not story.ticket.open
    assert story.rests()


@pytest.mark.parametrize("status", [403, 404])
def test_whom_the_forge_does_not_know_for_a_moment_is_asked_for_again(
    story: Story, needs: Needs, status: int
) -> None:
    needs("http")
    story.bridge = story.bridge_of(story.forge.another(story.forge.clock.seconds))
    asked = r"/users(/bob)?$" if status == 403 or story.forge.name == "github" else r"/groups/"
    story.forge.sandbox.faults.add(FaultResponse(status, body=b"{}"), path=asked)
    story.at("09:30")
    story.world.comment(story.ticket, story.who("alice"), "/incident role scribe @bob")
    note = story.world.comment(story.ticket, story.who("alice"), "/incident role tester @nobody-at-all")
    with suppress(Doubtful):
        story.bridge.reconcile(story.ref, story.forge.clock.now, {})
    story.forge.clock.forward(6)
    story.look()
    assert "| Scribe | **bob** |" in story.text("status")
    assert "there is no account called `nobody-at-all`" in story.text(f"refusal:{note.id}")


def test_an_issue_that_is_not_there_for_a_moment_can_be_merged_into(story: Story, needs: Needs) -> None:
    needs("http")
    other = story.world.open_ticket(story.forge.project, story.who("bob"), "The same", "/incident declare")
    story.bridge.reconcile(story.forge.ref(other), story.forge.clock.now, {})
    story.at("09:30")
    story.forge.sandbox.faults.add(FaultResponse(404, body=b"{}"), path=f"/issues/{other.number}$")
    story.say("alice", f"/incident merge #{other.number}")
    assert not story.ticket.open
    assert any((key_of(note.body) or "").startswith("merged:1.") for note in other.comments)


def test_nothing_is_said_before_the_status_comment_that_may_be_there_already(story: Story, needs: Needs) -> None:
    needs("http")
    comments = r"/issues/(2/)?(comments|notes)$"
    story.forge.sandbox.faults.add(Lose(done=False), method="POST", path=comments)
    ticket = story.world.open_ticket(
        story.forge.project, story.who("bob"), "Mail down", "/incident declare\n/incident nonsense"
    )
    ref = story.forge.ref(ticket)
    with pytest.raises(Busy):
        story.bridge.reconcile(ref, story.forge.clock.now, {})
    story.forge.clock.forward(10)
    story.bridge.reconcile(ref, story.forge.clock.now, {})
    assert not ticket.comments

    story.forge.clock.forward(SETTLING)
    story.bridge.reconcile(ref, story.forge.clock.now, {})
    assert [key_of(note.body) for note in ticket.comments] == ["status", "refusal:0", "duty:opener"]


def test_a_comment_that_is_refused_ends_the_reconcile(story: Story, needs: Needs) -> None:
    needs("http")
    comments = r"/issues/(1/)?(comments|notes)(/[0-9]+)?$"
    for method in ("POST", "PUT", "PATCH"):
        story.forge.sandbox.faults.add(FaultResponse(403, body=b"{}"), method=method, path=comments, times=50)
    one_by_one(story)
    story.at("09:30")
    story.world.comment(story.ticket, story.who("alice"), "/incident resolve")
    story.forge.sandbox.requests.clear()

    with pytest.raises(Denied, match="status"):
        story.bridge.reconcile(story.ref, story.forge.clock.now, {})

    tried = [one for one in story.forge.sandbox.requests if one.status == 403]
    assert len(tried) == 1
