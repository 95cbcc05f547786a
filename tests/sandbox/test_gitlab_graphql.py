"""GraphQL on the GitLab face: who edited what, and native severity."""

from tests.sandbox.gitlab_place import PATH, Place


def test_graphql_tells_who_edited_a_comment_last(place: Place) -> None:
    ticket = place.ticket()
    own, others, never = (place.note(ticket, "gina") for _ in range(3))
    place.clock.forward(5)
    place.call("gina", "PUT", f"/issues/1/notes/{own.id}", body="x")
    place.call("mona", "PUT", f"/issues/1/notes/{others.id}", body="x")
    place.call("gina", "POST", f"/issues/1/notes/{never.id}/award_emoji", name="eyes")
    field = "{ lastEditedAt lastEditedBy { id username } }"
    asked = "\n".join(f'n{n.id}: note(id: "gid://gitlab/Note/{n.id}") {field}' for n in ticket.notes)
    told = place.graphql("dev", f"query {{ {asked} }}")["data"]
    edited = "2026-11-02T09:00:05Z"
    gina, mona = place.people["gina"], place.people["mona"]
    assert told == {
        f"n{own.id}": {
            "lastEditedAt": edited,
            "lastEditedBy": {"id": f"gid://gitlab/User/{gina.id}", "username": "gina"},
        },
        f"n{others.id}": {
            "lastEditedAt": edited,
            "lastEditedBy": {"id": f"gid://gitlab/User/{mona.id}", "username": "mona"},
        },
        f"n{never.id}": {"lastEditedAt": edited, "lastEditedBy": None},
    }


def test_graphql_shows_nothing_that_one_may_not_read(place: Place) -> None:
    note = place.note(place.ticket(confidential=True))
    query = f'{{ note(id: "gid://gitlab/Note/{note.id}") {{ body }} }}'
    assert place.graphql("gina", query) == {"data": {"note": None}}
    assert place.graphql("rita", query) == {"data": {"note": {"body": "hello"}}}


def test_graphql_tells_who_edited_a_description(place: Place) -> None:
    ticket = place.ticket()
    place.call("rita", "PUT", "/issues/1", description="Other")
    query = (
        f'{{ workItem(id: "gid://gitlab/WorkItem/{ticket.id}") '
        "{ widgets { ... on WorkItemWidgetDescription { lastEditedBy { username } } } } }"
    )
    told = place.graphql("gina", query)["data"]["workItem"]["widgets"]
    assert {"lastEditedBy": {"username": "rita"}} in told


def test_graphql_sets_the_severity(place: Place) -> None:
    ticket = place.ticket(kind="incident")
    mutation = "mutation S($input: IssueSetSeverityInput!) { issueSetSeverity(input: $input) { errors } }"
    wanted = {"projectPath": PATH, "iid": "1", "severity": "HIGH"}
    assert place.graphql("gina", mutation, input=wanted)["errors"]
    assert place.graphql("rita", mutation, input=wanted) == {"data": {"issueSetSeverity": {"errors": []}}}
    assert ticket.severity == "HIGH"


def test_graphql_refuses_unknown_fields_with_200(place: Place) -> None:
    told = place.graphql("dev", "{ currentUser { username nonsense } }")
    assert told["errors"][0]["message"] == "Field 'nonsense' doesn't exist on type 'CurrentUser'"
