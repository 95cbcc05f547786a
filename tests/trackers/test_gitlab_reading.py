"""What reading from GitLab makes of odd answers; the ordinary ones are the contract tests' business."""

import json
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime

import pytest
import responses
import responses.matchers
from requests import PreparedRequest

from tests.trackers.gitlab_answers import (
    BOB,
    BOT,
    EVE,
    GRAPHQL,
    ISSUE,
    NOTES,
    PROJECT,
    T0,
    T1,
    T2,
    URL,
    Json,
    issue,
    note,
)
from tracker_bridge.domain.issue.issue import NOBODY, Access, EventType, IssueRef, Person, Revision
from tracker_bridge.trackers import Busy, Denied, Gone
from tracker_bridge.trackers._authors import AT_EVERY_RECONCILE
from tracker_bridge.trackers.gitlab.tracker import GitLabTracker

REF = IssueRef("gitlab", "acme/api", 12)


@pytest.fixture
def tracker() -> Iterator[GitLabTracker]:
    with responses.mock:
        responses.get(f"{URL}/api/v4/user", json=BOT | {"bot": True})
        tracker = GitLabTracker(URL, "token", ["acme/api"], clock=lambda: 1_800_000_000.0)
        yield tracker
        tracker.close()


def show(
    issue: Json, notes: Sequence[Json] = (), labelled: Sequence[Json] = (), closed: Sequence[Json] = ()
) -> None:
    """Let GitLab show this from now on."""
    for url, answer in (
        (ISSUE, issue),
        (NOTES, list(notes)),
        (f"{ISSUE}/resource_label_events", list(labelled)),
        (f"{ISSUE}/resource_state_events", list(closed)),
        (f"{ISSUE}/related_merge_requests", []),
    ):
        responses.upsert(responses.GET, url, json=answer)


REMARKS = {"activity_filter": "only_activity"}
WHOLE = {"order_by": "updated_at"}


def asking(kind: dict[str, str], page: int = 1) -> Callable[..., tuple[bool, str]]:
    """Fit requests for a page of notes of one kind."""
    number = {"page": str(page)} if page > 1 else {}
    return responses.matchers.query_param_matcher({**kind, **number}, strict_match=False)


def tell(data: Json) -> responses.BaseResponse:
    return responses.upsert(responses.POST, GRAPHQL, json={"data": data})


def by(user: Json | None) -> Json:
    return {"lastEditedBy": user and {"id": f"gid://gitlab/User/{user['id']}", "username": user["username"]}}


# Who edited


def test_a_reaction_is_no_edit_though_it_moves_the_time(tracker: GitLabTracker) -> None:
    show(issue(user_notes_count=1), [note(5, updated_at=T1)])
    tell({"t5": by(None)})
    assert tracker.read(REF).comments[0].edited_by is None


def test_an_edit_by_the_author_is_the_author_s_word(tracker: GitLabTracker) -> None:
    show(issue(user_notes_count=1), [note(5, updated_at=T1)])
    tell({"t5": by(BOB)})
    assert tracker.read(REF).comments[0].edited_by is None


def test_an_edit_by_somebody_else_is_told(tracker: GitLabTracker) -> None:
    show(issue(user_notes_count=1), [note(5, updated_at=T1)])
    tell({"t5": by(EVE)})
    assert tracker.read(REF).comments[0].edited_by == Person(4, "eve")


def test_an_untouched_comment_and_one_of_ours_are_not_asked_about(tracker: GitLabTracker) -> None:
    ours = note(6, "state\n\n<!-- tracker-bridge:status -->", author=BOT, updated_at=T1)
    show(issue(user_notes_count=2), [note(5), ours])
    question = tell({})
    assert [one.ours for one in tracker.read(REF).comments] == [False, True]
    assert question.call_count == 0


def test_who_edited_is_asked_once_for_each_text(tracker: GitLabTracker) -> None:
    show(issue(user_notes_count=1), [note(5, updated_at=T1)])
    question = tell({"t5": by(EVE)})
    tracker.read(REF)
    show(issue(user_notes_count=1), [note(5, updated_at=T2)])
    assert tracker.read(REF).comments[0].edited_by == Person(4, "eve")
    assert question.call_count == 1

    show(issue(user_notes_count=1), [note(5, "other words", updated_at=T2)])
    answer = tell({"t5": by(BOB)})
    assert tracker.read(REF).comments[0].edited_by is None
    assert answer.call_count == 1


def test_an_edited_opening_post_names_its_editor(tracker: GitLabTracker) -> None:
    show(issue(description="/incident declare"))
    tell({"t0": {"widgets": [{}, by(EVE)]}})
    assert tracker.read(REF).body_edited_by == Person(4, "eve")


def test_an_issue_that_nothing_happened_to_since_it_was_opened_is_as_it_was_written(
    tracker: GitLabTracker,
) -> None:
    show(issue(description="/incident declare", updated_at=T0))
    question = tell({"t0": {"widgets": [{}, by(EVE)]}})

    assert tracker.read(REF).body_edited_by is None
    assert question.call_count == 0


def test_many_texts_are_asked_about_in_batches_within_gitlab_s_limits(tracker: GitLabTracker) -> None:
    documents: list[str] = []

    def answer(request: PreparedRequest) -> tuple[int, dict[str, str], str]:
        documents.append(json.loads(request.body or "")["query"])
        return 200, {}, json.dumps({"data": {}})

    show(issue(user_notes_count=120), [note(10**9 + one, updated_at=T1) for one in range(120)])
    responses.add_callback(responses.POST, GRAPHQL, answer, content_type="application/json")
    tracker.read(REF)
    assert [document.count("note(id:") for document in documents] == [40, 40, 40]
    assert max(len(document) for document in documents) < 10_000


def test_a_server_that_has_no_such_fields_is_taken_by_its_word_and_not_asked_each_time(
    tracker: GitLabTracker,
) -> None:
    show(issue(user_notes_count=1), [note(5, updated_at=T1)])
    errors = [{"message": "Field 'lastEditedBy' doesn't exist on type 'Note'"}]
    question = responses.post(GRAPHQL, json={"errors": errors})
    assert tracker.read(REF).comments[0].edited_by is None
    assert tracker.read(REF, whole=True).comments[0].edited_by is None
    assert question.call_count == 1

    show(issue(user_notes_count=1), [note(5, "changed before our eyes", updated_at=T2)])
    assert tracker.read(REF).comments[0].edited_by == NOBODY
    assert question.call_count == 1


@pytest.mark.parametrize(
    "answer",
    [
        {"status": 400, "json": {"errors": [{"message": "Query is too complex"}]}},
        {"status": 404, "json": {"error": "404 Not Found"}},
        {"status": 403, "body": "<html>blocked</html>"},
        {"status": 405, "body": ""},
        {"json": {"errors": [{"message": "Query has complexity of 251, which exceeds max complexity of 250"}]}},
        {"json": {"data": {"t5": None}}},
        {"json": {"data": {"t5": {"body": "another version", **by(BOB)}}}},
    ],
)
def test_what_is_not_told_is_nobody_s_and_is_asked_again_for_that_issue_alone(
    tracker: GitLabTracker, answer: Json
) -> None:
    show(issue(user_notes_count=1), [note(5, updated_at=T1)])
    responses.upsert(responses.POST, GRAPHQL, **answer)
    assert tracker.read(REF).comments[0].edited_by == NOBODY
    assert tracker.read(REF, whole=True).comments[0].edited_by == NOBODY

    tell({"t5": {"body": "text", **by(EVE)}})
    assert tracker.read(REF).comments[0].edited_by == Person(4, "eve")


def test_in_vain_it_is_asked_at_some_reconciles_and_then_now_and_then(tracker: GitLabTracker) -> None:
    show(issue(user_notes_count=1), [note(5, updated_at=T1)])
    question = responses.upsert(responses.POST, GRAPHQL, status=404, json={})
    for _ in range(20):
        tracker.read(REF)
    assert question.call_count == AT_EVERY_RECONCILE


def test_times_two_seconds_apart_are_no_edit_where_nothing_else_is_told(tracker: GitLabTracker) -> None:
    show(issue(user_notes_count=1), [note(5, updated_at="2026-11-02T09:00:01.900Z")])
    responses.upsert(responses.POST, GRAPHQL, status=404, json={})
    assert tracker.read(REF).comments[0].edited_by is None


def test_what_a_reconcile_saw_change_is_no_longer_the_author_s_until_it_is_told_whose(
    tracker: GitLabTracker,
) -> None:
    show(issue(user_notes_count=1), [note(5, "/incident note x")])
    tracker.read(REF)
    show(issue(user_notes_count=1), [note(5, "/incident resolve", updated_at=T1)])
    tell({"t5": by(None)})
    [read] = tracker.read(REF).comments
    assert read.edited_by == NOBODY
    assert read.revisions == (Revision("/incident note x", read.author), Revision("/incident resolve", NOBODY))

    tell({"t5": by(EVE)})
    [read] = tracker.read(REF).comments
    eve = Person(4, "eve")
    assert read.edited_by == eve
    assert read.revisions == (Revision("/incident note x", read.author), Revision("/incident resolve", eve))


@pytest.mark.parametrize(
    "answer",
    [
        {"status": 502, "body": "bad gateway"},
        {"json": {"data": {"t5": None}, "errors": [{"message": "Timeout on Query.note"}]}},
    ],
)
def test_an_unfinished_answer_about_editors_is_no_answer(tracker: GitLabTracker, answer: Json) -> None:
    show(issue(user_notes_count=1), [note(5, updated_at=T1)])
    responses.post(GRAPHQL, **answer)
    with pytest.raises(Busy):
        tracker.read(REF)


# Comments


def test_hidden_notes_do_not_look_like_deleted_ones(tracker: GitLabTracker) -> None:
    show(issue(user_notes_count=3), [note(5)])
    tracker.read(REF)
    before = len(responses.calls)
    assert len(tracker.read(REF).comments) == 1
    assert len(responses.calls) - before == 2

    show(issue(user_notes_count=2), [])
    assert tracker.read(REF).comments == ()


def test_a_note_counted_but_not_listed_yet_is_no_deletion(tracker: GitLabTracker) -> None:
    show(issue(user_notes_count=1), [note(5)])
    tracker.read(REF)
    show(issue(user_notes_count=2), [note(5)])
    before = len(responses.calls)
    assert len(tracker.read(REF).comments) == 1
    assert len(responses.calls) - before == 2


def test_a_note_that_slipped_between_two_pages_is_looked_for_once_more(tracker: GitLabTracker) -> None:
    show(issue(user_notes_count=102))
    first, rest = [note(one) for one in range(1, 101)], [note(101), note(102)]
    link = {"Link": f'<{NOTES}?page=2>; rel="next"'}
    responses.remove(responses.GET, NOTES)
    for second in (rest[1:], rest):
        responses.get(NOTES, json=first, headers=link, match=[asking(WHOLE)])
        responses.get(NOTES, json=second, match=[asking(WHOLE, 2)])
    responses.get(NOTES, json=[], match=[asking(REMARKS)])
    assert [one.id for one in tracker.read(REF).comments] == list(range(1, 103))


def test_system_notes_are_left_out_even_where_the_filter_is_not_known(tracker: GitLabTracker) -> None:
    show(issue(user_notes_count=1), [note(6, "changed the title", system=True), note(5)])
    assert [one.id for one in tracker.read(REF).comments] == [5]


def listed(
    whole: Sequence[Json], remarks: Sequence[Json]
) -> tuple[responses.BaseResponse, responses.BaseResponse]:
    responses.remove(responses.GET, NOTES)
    return (
        responses.get(NOTES, json=list(whole), match=[asking(WHOLE)]),
        responses.get(NOTES, json=list(remarks), match=[asking(REMARKS)]),
    )


RATED = note(6, "changed the severity to **High - S2**", system=True, author=EVE)
TYPED = note(7, "changed type from issue to incident", system=True, author=EVE)


@pytest.mark.parametrize("notes", [[RATED, TYPED, note(5)], [note(5), TYPED, RATED]])
def test_remarks_come_with_the_comments(tracker: GitLabTracker, notes: Sequence[Json]) -> None:
    show(issue(user_notes_count=1, issue_type="incident", severity="HIGH"))
    whole, remarks = listed(notes, [])

    seen = tracker.read(REF)

    assert [one.id for one in seen.comments] == [5]
    assert [one.type for one in seen.events] == [EventType.RATED, EventType.TYPED]
    assert (whole.call_count, remarks.call_count) == (1, 0)


@pytest.mark.parametrize(
    ("shows", "early", "late"),
    [
        ({"severity": "HIGH"}, [], RATED),
        ({"severity": "HIGH"}, [note(4, "changed the severity to **Low - S4**", system=True)], RATED),
        ({"issue_type": "incident"}, [], TYPED),
    ],
)
def test_a_remark_that_is_not_listed_with_the_comments_yet_is_asked_for(
    tracker: GitLabTracker, shows: Json, early: Sequence[Json], late: Json
) -> None:
    show(issue(user_notes_count=1, **shows))
    whole, remarks = listed([note(5), *early], [*early, late])

    assert len(tracker.read(REF).events) == 1 + len(early)
    assert (whole.call_count, remarks.call_count) == (1, 1)


def test_the_remarks_of_a_long_thread_are_listed_by_themselves(tracker: GitLabTracker) -> None:
    show(issue(user_notes_count=100))
    _, remarks = listed([note(one) for one in range(10, 110)], [RATED])

    assert len(tracker.read(REF).events) == 1
    assert remarks.call_count == 1


def test_line_ends_and_deleted_accounts(tracker: GitLabTracker) -> None:
    show(issue(user_notes_count=1, author=None), [note(5, "a\r\nb\rc", author=None)])
    seen = tracker.read(REF)
    assert seen.comments[0].body == "a\nb\nc"
    assert (seen.author, seen.comments[0].author) == (NOBODY, NOBODY)


def test_a_missing_description_is_an_empty_text_and_times_are_utc(tracker: GitLabTracker) -> None:
    show(issue(description=None, created_at="2026-11-02T10:00:00.250+01:00"))
    seen = tracker.read(REF)
    assert seen.body == ""
    assert seen.created_at == datetime(2026, 11, 2, 9, 0, 0, 250_000, tzinfo=UTC)


def test_the_bots_of_access_tokens_are_known_by_name(tracker: GitLabTracker) -> None:
    bot = BOB | {"username": "project_12_bot_0a1b2c"}
    show(issue(user_notes_count=2), [note(5, author=bot), note(6)])
    assert [one.author.bot for one in tracker.read(REF).comments] == [True, False]


# Several at once

OTHER = IssueRef("gitlab", "acme/api", 13)


def told_ahead(*notes: Json, errors: Sequence[str] = (), **description: object) -> Json:
    """What GraphQL tells of the issue and of another one, in whole seconds."""
    item = {"iid": "12", "updatedAt": "2026-11-02T09:01:00Z", "widgets": [{}, description]}
    data = {"workItems": {"nodes": [item]}, "issues": {"nodes": [{"iid": "12", "notes": {"nodes": list(notes)}}]}}
    return {"data": {"project": data}, "errors": list(errors)}


def told_note(kind: str = "Note", **more: object) -> Json:
    told = {"id": f"gid://gitlab/{kind}/5", "body": "text", "updatedAt": "2026-11-02T09:01:00Z"}
    return told | by(EVE) | more


@pytest.mark.parametrize("kind", ["Note", "DiscussionNote"])
def test_who_edited_is_told_ahead_in_whole_seconds(tracker: GitLabTracker, kind: str) -> None:
    show(issue(user_notes_count=1, description="Why?"), [note(5, updated_at=T1)])
    asked = responses.post(GRAPHQL, json=told_ahead(told_note(kind), description="Why?", **by(EVE)))
    tracker.foresee([REF, OTHER])

    seen = tracker.read(REF)

    assert (seen.body_edited_by, seen.comments[0].edited_by) == (Person(4, "eve"), Person(4, "eve"))
    assert asked.call_count == 1


@pytest.mark.parametrize(
    "ahead",
    [
        told_ahead(told_note(body="other words")),
        told_ahead(told_note(updatedAt="2026-11-02T09:00:59Z")),
        told_ahead(told_note(), errors=["Internal server error"]),
        told_ahead(told_note(id="gid://gitlab/LabelNote/5f")),
        {"errors": ["Query has complexity of 300, which exceeds max complexity of 250"]},
        {"data": {"project": None}},
    ],
)
def test_what_is_told_ahead_of_another_version_is_asked_again(tracker: GitLabTracker, ahead: Json) -> None:
    show(issue(user_notes_count=1), [note(5, updated_at=T1)])
    responses.post(GRAPHQL, json=ahead)
    responses.post(GRAPHQL, json={"data": {"t5": by(BOB)}})
    tracker.foresee([REF, OTHER])

    assert tracker.read(REF).comments[0].edited_by is None


def test_a_reconcile_that_reads_everything_asks_anew(tracker: GitLabTracker) -> None:
    show(issue(user_notes_count=1), [note(5, updated_at=T1)])
    tell({"t5": by(BOB)})
    tracker.read(REF)
    tracker.foresee([REF, OTHER])
    question = tell({"t5": by(EVE)})

    assert tracker.read(REF, whole=True).comments[0].edited_by == Person(4, "eve")
    assert question.call_count == 1


# Moved and renamed


def test_a_moved_issue_is_gone(tracker: GitLabTracker) -> None:
    show(issue(moved_to_id=4711))
    with pytest.raises(Gone, match="moved to another project"):
        tracker.read(REF)


def test_a_renamed_project_is_gone_and_its_new_path_is_told(tracker: GitLabTracker) -> None:
    show(issue(references={"full": "acme/backend#12"}))
    with pytest.raises(Gone, match="acme/backend#12"):
        tracker.read(REF)


def test_another_spelling_of_the_path_is_the_same_project(tracker: GitLabTracker) -> None:
    show(issue(references={"full": "Acme/API#12"}))
    assert tracker.read(REF).ref == REF


# Events


def test_others_deeds_are_told_in_order_and_without_our_own_or_deleted_labels(tracker: GitLabTracker) -> None:
    def event(id_: int, at: str, user: Json | None, **more: object) -> Json:
        return {"id": id_, "created_at": at, "user": user} | more

    incident = {"id": 1, "name": "incident"}
    show(
        issue(labels=["incident"]),
        labelled=[
            event(3, T2, BOB, action="remove", label=incident),
            event(1, T1, BOB, action="add", label=incident),
            event(2, T1, BOT, action="add", label=incident),
            event(4, T2, BOB, action="add", label=None),
        ],
        closed=[event(5, T2, None, state="closed"), event(6, T2, EVE, state="reopened")],
    )
    told = [(one.type, one.actor.login, one.label) for one in tracker.read(REF).events]
    assert told == [
        (EventType.LABELED, "bob", "incident"),
        (EventType.UNLABELED, "bob", "incident"),
        (EventType.CLOSED, "ghost", ""),
        (EventType.REOPENED, "eve", ""),
    ]


LABELLED = {"id": 1, "user": BOB, "created_at": T1, "action": "add", "label": {"name": "incident"}}


def test_what_is_done_while_the_issue_is_read_is_read_once_more(tracker: GitLabTracker) -> None:
    show(issue(labels=["incident"]))
    responses.add(responses.GET, f"{ISSUE}/resource_label_events", json=[LABELLED])

    assert [one.label for one in tracker.read(REF).events] == ["incident"]


def test_what_is_refused_beside_the_issue_is_asked_for_twice_in_all(tracker: GitLabTracker) -> None:
    show(issue(labels=["incident"]))
    refused = [
        responses.upsert(responses.GET, f"{ISSUE}/{what}", status=404)
        for what in ("resource_label_events", "resource_state_events", "related_merge_requests")
    ]

    assert tracker.read(REF).events == ()
    assert tracker.read(REF, whole=True).references == ()
    assert [one.call_count for one in refused] == [4, 4, 4]


def test_that_an_issue_was_moved_is_told_whatever_becomes_of_the_rest(tracker: GitLabTracker) -> None:
    show(issue(moved_to_id=99))
    responses.upsert(responses.GET, f"{ISSUE}/related_merge_requests", status=502)

    with pytest.raises(Gone, match="moved"):
        tracker.read(REF)


def test_a_server_without_events_tells_no_deeds(tracker: GitLabTracker) -> None:
    show(issue(labels=["incident"]))
    for kind in ("label", "state"):
        responses.upsert(responses.GET, f"{ISSUE}/resource_{kind}_events", status=404)
    assert tracker.read(REF).events == ()


# Rights


@pytest.mark.parametrize(
    ("level", "access"),
    [
        (5, Access.NONE),
        (10, Access.READ),
        (15, Access.TRIAGE),
        (20, Access.TRIAGE),
        (25, Access.TRIAGE),
        (30, Access.WRITE),
        (35, Access.WRITE),
        (40, Access.MAINTAIN),
        (50, Access.ADMIN),
        (60, Access.ADMIN),
    ],
)
def test_levels_are_compared_not_matched(tracker: GitLabTracker, level: int, access: Access) -> None:
    responses.get(f"{PROJECT}/members/all/3", json=BOB | {"access_level": level})
    assert tracker.access(REF, Person(3, "bob")) is access


@pytest.mark.parametrize(
    "more",
    [
        {"state": "blocked"},
        {"state": "deactivated"},
        {"membership_state": "awaiting"},
        {"expires_at": "2026-11-01"},
        {"expires_at": "2027-01-15"},
    ],
    ids=["blocked", "deactivated", "awaiting", "expired", "expires today"],
)
def test_who_is_not_an_active_member_may_do_nothing(tracker: GitLabTracker, more: Json) -> None:
    responses.get(f"{PROJECT}/members/all/3", json=BOB | {"access_level": 50} | more)
    assert tracker.access(REF, Person(3, "bob")) is Access.NONE


def test_a_membership_that_ends_tomorrow_counts_today(tracker: GitLabTracker) -> None:
    member = BOB | {"access_level": 30, "membership_state": "active", "expires_at": "2027-01-16"}
    responses.get(f"{PROJECT}/members/all/3", json=member)
    assert tracker.access(REF, Person(3, "bob")) is Access.WRITE


def test_no_member_has_no_rights_and_is_asked_about_once(tracker: GitLabTracker) -> None:
    question = responses.get(f"{PROJECT}/members/all/3", status=404, json={"message": "404 Not found"})
    responses.get(f"{PROJECT}/members/all", json=[])
    assert tracker.access(REF, Person(3, "bob")) is Access.NONE
    assert tracker.access(REF, Person(3, "bob")) is Access.NONE
    assert question.call_count == 1


def test_rights_that_can_not_be_asked_are_not_guessed_or_remembered(tracker: GitLabTracker) -> None:
    responses.get(f"{PROJECT}/members/all/3", status=500)
    with pytest.raises(Busy):
        tracker.access(REF, Person(3, "bob"))
    responses.replace(responses.GET, f"{PROJECT}/members/all/3", json=BOB | {"access_level": 30})
    assert tracker.access(REF, Person(3, "bob")) is Access.WRITE


# Who we are


def test_no_gitlab_at_the_address_is_denied_so_that_no_issue_is_forgotten(tracker: GitLabTracker) -> None:
    responses.replace(responses.GET, f"{URL}/api/v4/user", status=404)
    with pytest.raises(Denied, match="TRACKER_BRIDGE_GITLAB__URL"):
        tracker.read(REF)


def test_who_we_are_is_asked_once(tracker: GitLabTracker) -> None:
    show(issue())
    tracker.read(REF)
    assert tracker.read(REF, whole=True).viewer == Person(7, "incident-bot", bot=True)
    asked = [call for call in responses.calls if str(call.request.url).endswith("/user")]
    assert len(asked) == 1


# Listing


def test_what_changed_is_one_listing_that_reaches_back_over_the_throttle(tracker: GitLabTracker) -> None:
    responses.get(f"{PROJECT}/issues", json=[{"iid": 3}, {"iid": 12}])
    since = datetime(2026, 11, 2, 9, 5, tzinfo=UTC)
    found = list(tracker.changed("acme/api", since=since, label="incident"))
    assert found == [IssueRef("gitlab", "acme/api", 3), REF]
    [call] = responses.calls
    asked = call.request.params  # type: ignore[attr-defined]  # added by responses
    assert asked == {
        "scope": "all",
        "state": "all",
        "updated_after": "2026-11-02T09:02:00Z",
        "per_page": "100",
    }


def test_without_a_time_the_open_ones_with_the_label_are_listed(tracker: GitLabTracker) -> None:
    responses.get(f"{PROJECT}/issues", json=[{"iid": 12}])
    assert list(tracker.changed("acme/api", since=None, label="incident")) == [REF]
    asked = responses.calls[0].request.params  # type: ignore[attr-defined]  # added by responses
    assert asked == {"scope": "all", "state": "opened", "labels": "incident", "per_page": "100"}


# What is odd


def test_half_a_character_in_one_note_or_in_the_issue_holds_up_nothing(tracker: GitLabTracker) -> None:
    show(issue(user_notes_count=2, title="API \ud83d"), [note(1, body="a \ud83d b"), note(2)])

    shown = tracker.read(REF)

    assert shown.title == "API \ufffd"
    assert shown.comments[0].body == "a \ufffd b"


def test_a_note_that_stays_odd_is_left_out() -> None:
    now = [100.0]
    with responses.mock:
        responses.get(f"{URL}/api/v4/user", json=BOT)
        tracker = GitLabTracker(URL, "token", ["acme/api"], monotonic=lambda: now[0])
        show(issue(user_notes_count=2), [note(1, updated_at="yesterday"), note(2)])
        with pytest.raises(Busy):
            tracker.read(REF)
        now[0] += 5

        assert [one.id for one in tracker.read(REF).comments] == [2]
        tracker.close()
