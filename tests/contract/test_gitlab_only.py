"""What GitLab does and no other forge: quick actions, hidden notes, reactions that move times, incidents."""

from collections.abc import Iterator, Mapping

import pytest

from tests.contract.forge_gitlab import build
from tests.contract.forges import Forge, town
from tracker_bridge.domain.issue.changes import Document, Edit, Open, Post, React, Reaction, Relabel
from tracker_bridge.domain.issue.issue import Access, EventType, IssueRef
from tracker_bridge.sandbox.world import Hook, Note, Ticket
from tracker_bridge.trackers import Busy, Forged, Gone, IssueChanged, TrackerError
from tracker_bridge.trackers.gitlab.tracker import GitLabTracker

STATUS = Document("status", "Investigating.")


@pytest.fixture
def forge(request: pytest.FixtureRequest) -> Iterator[Forge]:
    """GitLab alone; a parameter names the capabilities to switch off."""
    place = town("gitlab")
    place.lacking = {"gitlab": getattr(request, "param", ())}
    with build(place):
        yield place


@pytest.fixture
def ticket(forge: Forge) -> Ticket:
    return forge.world.open_ticket(forge.project, forge.alice, "API down")


def asked(forge: Forge) -> list[str]:
    """Return the last part of each request's path since the last time."""
    paths = [f"{one.method} {one.path.rpartition('/')[2]}" for one in forge.sandbox.requests]
    forge.sandbox.requests.clear()
    return paths


# Texts


@pytest.mark.parametrize("body", ["/close", "All checks passed.\n\n/close", "/close\n/label ~x"])
def test_a_text_that_ran_as_a_quick_action_is_an_alarm_and_no_success(
    forge: Forge, ticket: Ticket, body: str
) -> None:
    """The gate before every write keeps such a text from getting here; GitLab may know new ones."""
    forge.tracker.apply(forge.ref(ticket), Post(STATUS))
    [note] = ticket.comments
    for change in (Post(Document("summary", body)), Edit(note.id, Document("status", body))):
        with pytest.raises(TrackerError, match="quick action") as caught:
            forge.tracker.apply(forge.ref(ticket), change)
        assert type(caught.value) is TrackerError
        assert body not in str(caught.value)


@pytest.mark.parametrize("body", ["/close", "Not a command.\n\n/confidential"])
def test_an_issue_whose_text_ran_as_a_quick_action_is_an_alarm(forge: Forge, ticket: Ticket, body: str) -> None:
    wish = Open("Payments down", Document("incident", body), frozenset(), confidential=False, since=forge.clock())

    with pytest.raises(TrackerError, match="quick action") as caught:
        forge.tracker.apply(forge.ref(ticket), wish)

    assert type(caught.value) is TrackerError
    assert body not in str(caught.value)


def test_more_comments_than_gitlab_takes_is_a_bug_and_not_a_reason_to_wait(forge: Forge, ticket: Ticket) -> None:
    now = forge.clock.now
    ticket.notes += [Note(n, forge.bob, "x", now, now) for n in range(2_000_000, 2_000_000 + 5_000)]
    with pytest.raises(TrackerError) as caught:
        forge.tracker.apply(forge.ref(ticket), Post(STATUS))
    assert type(caught.value) is TrackerError


# Looks


def test_our_reaction_is_not_taken_for_an_edit(forge: Forge, ticket: Ticket) -> None:
    note = forge.world.comment(ticket, forge.bob, "/incident declare")
    ref = forge.ref(ticket)
    forge.tracker.read(ref)
    forge.clock.forward()
    forge.tracker.apply(ref, React(note.id, Reaction.ACCEPTED))
    assert note.updated_at > note.created_at
    asked(forge)

    assert forge.tracker.read(ref).comments[0].edited_by is None
    assert asked(forge) == ["GET notes", "GET 1"]
    assert forge.another().read(ref).comments[0].edited_by is None


def test_system_notes_are_no_comments(forge: Forge, ticket: Ticket) -> None:
    forge.world.comment(ticket, forge.alice, "changed the title", system=True)
    said = forge.world.comment(ticket, forge.bob, "On it.")
    issue = forge.tracker.read(forge.ref(ticket))
    assert [one.id for one in issue.comments] == [said.id]


def test_internal_notes_are_read_by_a_bot_that_may(forge: Forge, ticket: Ticket) -> None:
    forge.world.comment(ticket, forge.bob, "between us", internal=True)
    assert [one.body for one in forge.tracker.read(forge.ref(ticket)).comments] == ["between us"]


def test_internal_notes_hidden_from_the_bot_cost_nothing_and_hide_no_deletion(
    forge: Forge, ticket: Ticket
) -> None:
    forge.world.add_member(forge.project, forge.bot, Access.READ)
    forge.world.comment(ticket, forge.bob, "between us", internal=True)
    said = forge.world.comment(ticket, forge.bob, "On it.")
    ref = forge.ref(ticket)
    forge.tracker.read(ref)
    asked(forge)
    assert len(forge.tracker.read(ref).comments) == 1
    assert asked(forge) == ["GET notes", "GET 1"]

    forge.world.comment(ticket, forge.bob, "one more between us", internal=True)
    assert len(forge.tracker.read(ref).comments) == 1
    forge.world.delete_comment(ticket, said, forge.bob)
    assert forge.tracker.read(ref).comments == ()


def test_a_comment_found_missing_is_missing_at_the_next_reconcile(forge: Forge, ticket: Ticket) -> None:
    forge.world.add_member(forge.project, forge.bot, Access.READ)
    ref = forge.ref(ticket)
    forge.tracker.apply(ref, Post(STATUS))
    [note] = ticket.comments
    forge.tracker.read(ref)
    forge.world.delete_comment(ticket, note, forge.alice)
    forge.world.comment(ticket, forge.bob, "between us", internal=True)  # so that the number stays the same
    with pytest.raises(Busy):
        forge.tracker.apply(ref, Edit(note.id, STATUS))
    assert forge.tracker.read(ref).comments == ()


def test_a_burst_between_two_reconciles_is_read_whole_and_no_further(forge: Forge, ticket: Ticket) -> None:
    for number in range(400):
        forge.world.comment(ticket, forge.bob, f"before {number}")
        forge.clock.forward(1)
    ref = forge.ref(ticket)
    forge.tracker.read(ref)
    for number in range(150):
        forge.world.comment(ticket, forge.bob, f"burst {number}")
    asked(forge)

    assert len(forge.tracker.read(ref).comments) == 550
    assert asked(forge) == ["GET notes", "GET notes", "GET 1"]


def test_a_deed_undone_between_two_reconciles_is_found_with_its_neighbour(forge: Forge, ticket: Ticket) -> None:
    forge.tracker.read(forge.ref(ticket))
    forge.world.close(ticket, forge.alice)
    forge.world.reopen(ticket, forge.alice)
    forge.world.label(ticket, forge.alice, "incident")
    found = {one.type.value for one in forge.tracker.read(forge.ref(ticket)).events}
    assert found == {"closed", "reopened", "labeled"}


def test_confidential_issues_are_read_listed_and_marked(forge: Forge) -> None:
    since = forge.clock.forward()
    ticket = forge.world.open_ticket(forge.project, forge.alice, "Breach", labels=["incident"], confidential=True)
    ref = forge.ref(ticket)
    assert forge.tracker.read(ref).confidential
    assert list(forge.tracker.changed(forge.project.path, since=since, label="incident")) == [ref]
    assert list(forge.tracker.changed(forge.project.path, since=None, label="incident")) == [ref]


def test_the_address_of_a_comment_stays_when_the_type_changes(forge: Forge) -> None:
    ticket = forge.world.open_ticket(forge.project, forge.alice, "API down")
    forge.tracker.apply(forge.ref(ticket), Post(STATUS))
    [before] = forge.tracker.read(forge.ref(ticket)).comments
    forge.world.set_kind(ticket, forge.alice, "incident")
    issue = forge.tracker.read(forge.ref(ticket))
    assert issue.comments[0].url == before.url
    assert issue.url.endswith("/-/issues/1")


# Labels


@pytest.mark.parametrize("forge", [(), ("scoped_labels",)], ids=["premium", "free"], indirect=True)
def test_a_scoped_label_takes_the_place_of_its_sibling_on_every_plan(forge: Forge, ticket: Ticket) -> None:
    forge.world.label(ticket, forge.alice, "severity::1")
    forge.world.label(ticket, forge.alice, "team::api")
    change = Relabel(add=frozenset({"severity::2"}), remove=frozenset({"severity::1"}))
    for _ in range(2):
        forge.tracker.apply(forge.ref(ticket), change)
        assert {label.name for label in ticket.labels} == {"severity::2", "team::api"}


def test_labels_are_one_request_whatever_their_number(forge: Forge, ticket: Ticket) -> None:
    forge.tracker.read(forge.ref(ticket))
    asked(forge)
    forge.tracker.apply(forge.ref(ticket), Relabel(add=frozenset({"a", "b", "c: d & e"})))
    assert asked(forge) == ["PUT 1"]
    assert {label.name for label in ticket.labels} == {"a", "b", "c: d & e"}


# Deliveries


Seals = Mapping[str, str]

SIGNING = "whsec_YSBzaWduaW5nIHRva2VuIG9mIHRoZXNlIHRlc3RzISE="
OTHER = "whsec_YW4gb3RoZXIga2V5IG9mIHRoZXNlIHRlc3RzLCBzaXI="
TOKEN = "a plain webhook token of these tests"
EVENTS = ("note_events", "issues_events", "confidential_note_events", "confidential_issues_events", "emoji_events")


def hook(forge: Forge, **verifier: str) -> None:
    """Let the forge word a delivery of everything; none leaves."""
    forge.project.hooks[1] = Hook(1, "http://127.0.0.1:9/", settings=dict.fromkeys(EVENTS, True), **verifier)
    forge.sandbox.hooks.hold()


def newest(forge: Forge) -> tuple[Mapping[str, str], bytes]:
    delivery = forge.sandbox.hooks.log[-1]
    return {name.lower(): value for name, value in delivery.headers.items()}, delivery.body


@pytest.mark.parametrize(
    ("sender", "receiver", "believed"),
    [
        ({"secret": TOKEN}, {"webhook_tokens": [TOKEN]}, True),
        ({"secret": TOKEN}, {"webhook_tokens": ["old token of these tests", TOKEN]}, True),
        ({"secret": TOKEN}, {"webhook_tokens": [TOKEN], "signing_tokens": [SIGNING]}, True),
        ({"secret": TOKEN}, {"signing_tokens": [SIGNING]}, False),
        ({"signing_token": SIGNING}, {"signing_tokens": [OTHER, SIGNING]}, True),
        ({"signing_token": SIGNING}, {"signing_tokens": [OTHER]}, False),
        ({"signing_token": SIGNING}, {"webhook_tokens": [TOKEN]}, False),
        ({"signing_token": SIGNING, "secret": TOKEN}, {"webhook_tokens": [TOKEN]}, True),
        (
            {"signing_token": OTHER, "secret": TOKEN},
            {"webhook_tokens": [TOKEN], "signing_tokens": [SIGNING]},
            False,
        ),
        ({}, {"webhook_tokens": [TOKEN], "signing_tokens": [SIGNING]}, False),
        ({"secret": TOKEN, "signing_token": SIGNING}, {}, False),
    ],
)
def test_secrets_are_exchanged_without_a_gap_and_without_a_hole(
    forge: Forge, ticket: Ticket, sender: Seals, receiver: Mapping[str, list[str]], believed: bool
) -> None:
    hook(forge, **sender)
    forge.world.comment(ticket, forge.bob, "/incident declare")
    secrets = (receiver.get(kind, []) for kind in ("webhook_tokens", "signing_tokens"))
    tracker = GitLabTracker(forge.sandbox.gitlab_url, "token", [forge.project.path], *secrets)
    if believed:
        assert tracker.parse_webhook(*newest(forge)) is not None
    else:
        with pytest.raises(Forged):
            tracker.parse_webhook(*newest(forge))


@pytest.mark.parametrize("kind", ["issue", "incident"])
@pytest.mark.parametrize("confidential", [False, True])
def test_incidents_and_confidential_issues_are_heard_of(forge: Forge, kind: str, confidential: bool) -> None:
    hook(forge, signing_token=forge.secret)
    ticket = forge.world.open_ticket(forge.project, forge.alice, "API down", kind=kind, confidential=confidential)
    assert forge.tracker.parse_webhook(*newest(forge)) == IssueChanged(forge.ref(ticket))
    note = forge.world.comment(ticket, forge.bob, "On it.")
    assert forge.tracker.parse_webhook(*newest(forge)) == IssueChanged(forge.ref(ticket), note.id, note.updated_at)


def test_reactions_are_heard_of_but_for_ours(forge: Forge, ticket: Ticket) -> None:
    note = forge.world.comment(ticket, forge.bob, "/incident declare")
    forge.tracker.read(forge.ref(ticket))
    hook(forge, signing_token=forge.secret)
    for target in (ticket, note):
        forge.world.react(target, forge.alice, "eyes")
        assert forge.tracker.parse_webhook(*newest(forge)) == IssueChanged(forge.ref(ticket))
        forge.tracker.apply(forge.ref(ticket), React(0 if target is ticket else note.id, Reaction.ACCEPTED))
        assert forge.tracker.parse_webhook(*newest(forge)) is None


def test_a_comment_of_ours_that_somebody_else_changed_is_news(forge: Forge, ticket: Ticket) -> None:
    hook(forge, signing_token=forge.secret)
    forge.tracker.apply(forge.ref(ticket), Post(STATUS))
    assert forge.tracker.parse_webhook(*newest(forge)) is None
    forge.world.edit_comment(ticket, ticket.comments[0], forge.alice, "All clear!")
    assert forge.tracker.parse_webhook(*newest(forge)) is not None


# Types that an organisation made itself


def test_a_work_item_that_rest_hides_is_gone_and_said_once(forge: Forge, caplog: pytest.LogCaptureFixture) -> None:
    story = forge.world.open_ticket(
        forge.project, forge.alice, "As a user", labels=["incident"], kind="user_story"
    )
    for _ in range(3):
        with pytest.raises(Gone, match="does not show the type User Story"):
            forge.tracker.read(forge.ref(story))

    [said] = [record.getMessage() for record in caplog.records if "REST API" in record.getMessage()]
    assert said == (
        "gitlab:acme/api#1 is of the type User Story, which GitLab's REST API does not show: it cannot be "
        "processed; change it to an issue or an incident"
    )
    assert list(forge.tracker.changed(forge.project.path, since=None, label="incident")) == []


def test_it_is_within_reach_once_it_is_an_incident_and_that_is_told(forge: Forge) -> None:
    story = forge.world.open_ticket(forge.project, forge.alice, "As a user", kind="User story")
    with pytest.raises(Gone):
        forge.tracker.read(forge.ref(story))
    forge.world.set_kind(story, forge.bob, "incident")

    issue = forge.tracker.read(forge.ref(story))

    assert [(one.type, one.actor.login) for one in issue.events] == [(EventType.TYPED, "bob")]


def test_what_is_not_there_at_all_is_just_gone(forge: Forge, caplog: pytest.LogCaptureFixture) -> None:
    with pytest.raises(Gone, match="not there"):
        forge.tracker.read(IssueRef("gitlab", "acme/api", 99))

    assert "type" not in caplog.text
