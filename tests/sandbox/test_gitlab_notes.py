"""Comments and emoji on the GitLab face, and the quick actions in them."""

from collections.abc import Callable
from typing import Any

import gitlab
import pytest
from gitlab.exceptions import GitlabCreateError

from tests.sandbox.gitlab_place import PATH, Place
from tracker_bridge.sandbox.world import Note, Ticket


def test_a_comment_is_saved_normalised(place: Place) -> None:
    place.ticket()
    note = place.call("gina", "POST", "/issues/1/notes", body="a\r\n\r\nb  \r\n")
    assert note.status_code == 201
    assert note.json()["body"] == "a\n\nb"
    assert note.json()["noteable_iid"] == 1
    changed = place.call("gina", "PUT", f"/issues/1/notes/{note.json()['id']}", body="c\r\n").json()
    assert changed["body"] == "c"


def test_notes_are_filtered_and_sorted(place: Place) -> None:
    ticket = place.ticket()
    for _ in range(3):
        place.clock.forward(60)
        place.note(ticket)
    place.clock.forward(60)
    place.call("rita", "PUT", "/issues/1", title="Other")
    place.clock.forward(60)
    first, second, third, remark = (note.id for note in ticket.notes)
    place.call("dev", "PUT", f"/issues/1/notes/{first}", body="changed")

    def listed(**query: Any) -> list[int]:
        return [note["id"] for note in place.call("gina", "GET", "/issues/1/notes", **query).json()]

    assert listed() == [remark, third, second, first]
    assert listed(sort="asc", activity_filter="only_comments") == [first, second, third]
    assert listed(activity_filter="only_activity") == [remark]
    assert listed(order_by="updated_at", activity_filter="only_comments") == [first, third, second]
    assert place.call("gina", "GET", "/issues/1").json()["user_notes_count"] == 3


def test_remarks_of_gitlab_tell_what_was_done_but_labels_and_state_have_events(place: Place) -> None:
    ticket = place.ticket(kind="incident")
    place.call(
        "rita",
        "PUT",
        "/issues/1",
        title="New",
        add_labels="a",
        assignee_ids=[place.people["dev"].id],
        confidential=True,
        state_event="close",
    )
    place.call("rita", "POST", "/issues/1/notes", body="/severity 2")
    assert [note.body for note in ticket.notes] == [
        "changed title from **{-Checkout fails-}** to **{+New+}**",
        "assigned to @dev",
        "made the issue confidential",
        "changed the severity to **High - S2**",
    ]
    events = place.call("rita", "GET", "/issues/1/resource_label_events").json()
    assert [(event["action"], event["label"]["name"]) for event in events] == [("add", "a")]


def test_pages_tell_where_the_others_are(place: Place) -> None:
    ticket = place.ticket()
    for _ in range(45):
        place.note(ticket)
    answer = place.call("gina", "GET", "/issues/1/notes", page=2, sort="asc")
    here = f"{place.url}/api/v4/projects/{place.project.id}/issues/1/notes"
    assert answer.links["next"]["url"] == f"{here}?page=3&per_page=20&sort=asc"
    assert {name: link["url"].split("page=")[1][0] for name, link in answer.links.items()} == {
        "prev": "1",
        "next": "3",
        "first": "1",
        "last": "3",
    }
    named = ("X-Page", "X-Per-Page", "X-Prev-Page", "X-Next-Page", "X-Total", "X-Total-Pages")
    assert [answer.headers[name] for name in named] == ["2", "20", "1", "3", "45", "3"]
    last = place.call("gina", "GET", "/issues/1/notes", page=3, sort="asc")
    assert (len(last.json()), last.headers["X-Next-Page"], "next" in last.links) == (5, "", False)


def test_python_gitlab_reads_all_pages(place: Place) -> None:
    ticket = place.ticket()
    for number in range(250):
        place.note(ticket, body=str(number))
    client = gitlab.Gitlab(place.url, private_token=place.people["dev"].token)
    with client:
        notes = client.projects.get(PATH, lazy=True).issues.get(1, lazy=True).notes
        bodies = [note.body for note in notes.list(iterator=True, per_page=100, sort="asc")]
    assert bodies == [str(number) for number in range(250)]


def test_a_comment_of_quick_actions_only_is_not_saved(place: Place) -> None:
    ticket = place.ticket()
    answer = place.call("rita", "POST", "/issues/1/notes", body="/close\n/title New")
    assert answer.status_code == 202
    assert answer.json() == {
        "commands_changes": {"state_event": "close", "title": "New"},
        "summary": ['Closed this issue. Changed the title to "New".'],
    }
    assert not ticket.open
    assert ticket.comments == []


def test_python_gitlab_sees_a_note_without_an_id_then(place: Place) -> None:
    place.ticket()
    client = gitlab.Gitlab(place.url, private_token=place.people["rita"].token)
    with client:
        note = client.projects.get(PATH).issues.get(1).notes.create({"body": "/close"})
    assert "id" not in note.attributes


def test_an_edit_to_quick_actions_only_deletes_the_comment(place: Place) -> None:
    ticket = place.ticket()
    note = place.note(ticket, "rita")
    assert place.call("rita", "PUT", f"/issues/1/notes/{note.id}", body="/close").status_code == 202
    assert (ticket.open, ticket.comments) == (False, [])


def test_quick_actions_beside_text_are_executed_and_gone(place: Place) -> None:
    ticket = place.ticket(kind="incident", labels=["bug"])
    text = "Looks bad.\n\n/severity S1\n/assign @dev me\n/unlabel ~bug\n/merge\n\nMore to come."
    note = place.call("rita", "POST", "/issues/1/notes", body=text).json()
    assert note["body"] == "Looks bad.\n\nMore to come."
    assert note["commands_changes"]["severity"] == "critical"
    assert ticket.severity == "CRITICAL"
    assert [account.login for account in ticket.assignees] == ["dev", "rita"]
    assert ticket.labels == []


def test_quick_actions_run_with_the_rights_of_who_sent_them(place: Place) -> None:
    ticket = place.ticket()
    place.world.ensure_label(place.project, "bug")
    answer = place.call("gina", "POST", "/issues/1/notes", body="/close\n/label ~bug\n/page x")
    assert answer.status_code == 202
    assert answer.json()["summary"] == [
        "Could not apply close command. Could not apply label command. Could not apply page command."
    ]
    assert (ticket.open, ticket.labels) == (True, [])


def test_an_action_that_has_nothing_to_say_is_refused(place: Place) -> None:
    place.ticket()
    answer = place.call("rita", "POST", "/issues/1/notes", body="/title")
    assert answer.json() == {"message": "400 Bad request - Failed to apply commands."}


QUICK: dict[str, Callable[[Ticket], bool]] = {
    "/reopen": lambda ticket: ticket.open,
    "/relabel ~a": lambda ticket: [label.name for label in ticket.labels] == ["a"],
    "/remove_label ~b": lambda ticket: ticket.labels == [],
    "/unlabel": lambda ticket: ticket.labels == [],
    "/confidential": lambda ticket: ticket.confidential,
    "/lock": lambda ticket: ticket.locked,
    "/unassign @dev": lambda ticket: [one.login for one in ticket.assignees] == ["mona"],
    "/unassign": lambda ticket: ticket.assignees == [],
    "/reassign @rita": lambda ticket: [one.login for one in ticket.assignees] == ["rita"],
    "/promote_to_incident": lambda ticket: ticket.kind == "incident",
    "/relate #2": lambda ticket: [link.other.number for link in ticket.links] == [2],
}


@pytest.mark.parametrize("line", QUICK)
def test_quick_action(place: Place, line: str) -> None:
    ticket = place.ticket(labels=["b"])
    place.ticket()
    place.world.ensure_label(place.project, "a")
    for login in ("dev", "mona"):
        place.world.assign(ticket, place.people["dev"], place.people[login])
    place.world.close(ticket, place.people["dev"])
    assert not QUICK[line](ticket)
    assert place.call("rita", "POST", "/issues/1/notes", body=line).status_code == 202
    assert QUICK[line](ticket)


def test_a_duplicate_is_closed_and_both_are_told(place: Place) -> None:
    ticket, other = place.ticket(), place.ticket()
    place.call("rita", "POST", "/issues/1/notes", body="/duplicate #2")
    assert not ticket.open
    assert [note.body for note in ticket.notes] == ["marked this issue as a duplicate of #2"]
    assert [note.body for note in other.notes] == ["marked #1 as a duplicate of this issue"]


def test_blank_comments_are_refused_each_in_its_way(place: Place) -> None:
    note = place.note(place.ticket())
    missing = place.call("dev", "POST", "/issues/1/notes")
    blank = place.call("dev", "POST", "/issues/1/notes", body=" ")
    emptied = place.call("dev", "PUT", f"/issues/1/notes/{note.id}", body="")
    assert missing.json() == {"error": "body is missing"}
    assert blank.json() == {"message": '400 Bad request - Note {:note=>["can\'t be blank"]}'}
    assert emptied.json() == {"error": "body is empty"}
    assert {answer.status_code for answer in (missing, blank, emptied)} == {400}


def test_a_comment_has_at_most_a_million_characters(place: Place) -> None:
    place.ticket()
    assert place.call("dev", "POST", "/issues/1/notes", body="ü" * 1_000_000).status_code == 201
    refused = place.call("dev", "POST", "/issues/1/notes", body="x" * 1_000_001)
    assert (refused.status_code, "is too long" in refused.json()["message"]) == (400, True)


def test_an_issue_holds_5000_comments_and_any_number_of_remarks(place: Place) -> None:
    ticket = place.ticket()
    for number in range(5_000):
        place.note(ticket, body=str(number))
    refused = place.call("dev", "POST", "/issues/1/notes", body="one more")
    assert refused.status_code == 400
    assert "Maximum number of comments exceeded" in refused.json()["message"]
    assert place.call("dev", "POST", "/issues/1/notes", body="/title Still").status_code == 202
    assert ticket.notes[-1].system


def test_authors_and_maintainers_change_comments_and_nobody_remarks(place: Place) -> None:
    ticket = place.ticket()
    note = place.note(ticket, "gina")
    remark = place.note(ticket, "gina", "did something", system=True)

    def changed(who: str, which: Note) -> int:
        return place.call(who, "PUT", f"/issues/1/notes/{which.id}", body=f"by {who}").status_code

    assert [changed(who, note) for who in ("gina", "dev", "mona")] == [200, 403, 200]
    assert changed("olga", remark) == 403
    assert place.call("dev", "DELETE", f"/issues/1/notes/{note.id}").status_code == 403
    assert place.call("gina", "DELETE", f"/issues/1/notes/{note.id}").status_code == 204
    assert place.call("gina", "DELETE", f"/issues/1/notes/{note.id}").json() == {"message": "404 Not found"}


def test_internal_comments_are_for_reporters(place: Place) -> None:
    ticket = place.ticket()
    assert place.call("gina", "POST", "/issues/1/notes", body="x", internal=True).status_code == 403
    note = place.call("rita", "POST", "/issues/1/notes", body="x", internal=True).json()
    assert (note["internal"], note["confidential"]) == (True, True)
    assert place.call("gina", "GET", "/issues/1/notes").json() == []
    assert place.call("gina", "GET", f"/issues/1/notes/{note['id']}").status_code == 404
    assert len(ticket.comments) == 1


def test_a_locked_discussion_is_for_members_above_guests(place: Place) -> None:
    place.ticket()
    place.call("rita", "PUT", "/issues/1", discussion_locked=True)
    assert place.call("gina", "POST", "/issues/1/notes", body="x").status_code == 403
    assert place.call("rita", "POST", "/issues/1/notes", body="x").status_code == 201


def test_a_comment_touches_its_issue_once_a_minute_at_most(place: Place) -> None:
    ticket = place.ticket()
    opened = ticket.updated_at
    place.clock.forward(60)
    note = place.note(ticket)
    assert ticket.updated_at == opened
    place.clock.forward(1)
    place.call("dev", "PUT", f"/issues/1/notes/{note.id}", body="changed")
    assert ticket.updated_at == place.clock.now


# Emoji


def test_an_emoji_moves_the_comment_but_not_the_issue(place: Place) -> None:
    ticket = place.ticket()
    note = place.note(ticket)
    before = ticket.updated_at
    place.clock.forward(600)
    award = place.call("gina", "POST", f"/issues/1/notes/{note.id}/award_emoji", name="thumbsup").json()
    assert (award["name"], award["awardable_type"], award["awardable_id"]) == ("thumbsup", "Note", note.id)
    assert (note.updated_at, ticket.updated_at) == (place.clock.now, before)
    assert note.reactions[0].name == "+1"


def test_an_emoji_is_given_once(place: Place) -> None:
    place.ticket()
    client = gitlab.Gitlab(place.url, private_token=place.people["gina"].token)
    with client:
        emoji = client.projects.get(PATH).issues.get(1).awardemojis
        award = emoji.create({"name": "tada"})
        with pytest.raises(GitlabCreateError, match="404 Award Emoji Name has already been taken Not Found"):
            emoji.create({"name": "tada"})
        award.delete()
        assert emoji.list(get_all=True) == []


def test_only_ones_own_emoji_are_taken_back(place: Place) -> None:
    place.ticket()
    award = place.call("gina", "POST", "/issues/1/award_emoji", name="eyes").json()
    assert place.call("olga", "DELETE", f"/issues/1/award_emoji/{award['id']}").status_code == 401
