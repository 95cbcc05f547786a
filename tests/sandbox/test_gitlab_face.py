"""The GitLab face: who may ask what, issues, people, labels, links, limits."""

from typing import Any

import gitlab
import pytest
from gitlab.exceptions import GitlabCreateError, GitlabGetError
from werkzeug.test import Client

from tests.sandbox.gitlab_place import LEVELS, PATH, Place
from tracker_bridge.sandbox.gitlab import create_face
from tracker_bridge.sandbox.gitlab.limits import Limits

# Who asks


@pytest.mark.parametrize("headers", [{}, {"PRIVATE-TOKEN": "wrong"}, {"Authorization": "Bearer wrong"}])
def test_without_a_token_that_is_known_there_is_no_answer(place: Place, headers: dict[str, str]) -> None:
    answer = place.http.get(f"{place.url}/api/v4/user", headers=headers, timeout=10)
    assert (answer.status_code, answer.json()) == (401, {"message": "401 Unauthorized"})


def test_both_ways_to_send_a_token_are_understood(place: Place) -> None:
    token = place.people["dev"].token
    for headers in ({"PRIVATE-TOKEN": token}, {"Authorization": f"Bearer {token}"}):
        answer = place.http.get(f"{place.url}/api/v4/user", headers=headers, timeout=10)
        assert answer.json()["username"] == "dev"


@pytest.mark.parametrize("name", ["acme/platform/api", "acme%2Fplatform%2Fapi", "ACME%2FPlatform%2Fapi"])
def test_a_project_is_found_by_its_path(place: Place, name: str) -> None:
    place.ticket()
    headers = {"PRIVATE-TOKEN": place.people["dev"].token}
    answer = place.http.get(f"{place.url}/api/v4/projects/{name}/issues/1", headers=headers, timeout=10)
    assert answer.json()["references"]["full"] == f"{PATH}#1"


def test_a_private_project_does_not_exist_for_strangers(place: Place) -> None:
    answer = place.call("stranger", "GET", "/issues")
    assert (answer.status_code, answer.json()) == (404, {"message": "404 Project Not Found"})


def test_a_moved_project_is_read_by_its_former_path_but_not_written(place: Place) -> None:
    place.ticket()
    place.project.former_paths.append("acme/old")
    old = f"{place.url}/api/v4/projects/acme%2Fold/issues"
    headers = {"PRIVATE-TOKEN": place.people["dev"].token}
    told = place.http.get(f"{old}?state=opened", headers=headers, timeout=10, allow_redirects=False)
    new = f"{place.url}/api/v4/projects/{place.project.id}/issues?state=opened"
    assert (told.status_code, told.headers["Location"]) == (302, new)
    refused = place.http.post(old, json={"title": "x"}, headers=headers, timeout=10)
    assert refused.status_code == 405
    assert refused.json() == {"message": "Non GET methods are not allowed for moved projects"}


def test_what_is_not_an_address_is_refused_in_grapes_words(place: Place) -> None:
    assert place.call("dev", "GET", "/nonsense/of/this/kind").status_code == 404
    assert place.call("dev", "PATCH", "/issues").json() == {"error": "405 Not Allowed"}


# Issues


def test_an_issue_has_the_shape_that_clients_read(place: Place) -> None:
    place.ticket(labels=["b", "a"], kind="incident")
    issue = place.call("dev", "GET", "/issues/1").json()
    assert issue["labels"] == ["a", "b"]
    assert (issue["type"], issue["issue_type"], issue["severity"]) == ("INCIDENT", "incident", "UNKNOWN")
    assert issue["web_url"] == f"{place.url}/{PATH}/-/issues/incident/1"
    assert issue["created_at"] == "2026-11-02T09:00:00.000Z"
    assert issue["author"]["username"] == "dev"


def test_issues_are_filtered_sorted_and_paged(place: Place) -> None:
    for _ in range(3):
        place.ticket()
        place.clock.forward(60)
    rita = place.ticket("rita", kind="incident", labels=["incident"]).author
    place.clock.forward(60)
    place.world.close(place.project.tickets[2], place.people["dev"])

    def listed(**query: Any) -> list[int]:
        return [issue["iid"] for issue in place.call("dev", "GET", "/issues", **query).json()]

    assert listed() == [4, 3, 2, 1]
    assert listed(order_by="updated_at", sort="desc") == [2, 4, 3, 1]
    assert listed(state="closed") == [2]
    assert listed(issue_type="incident") == [4]
    assert listed(labels="Incident") == [4]
    assert listed(labels="None", sort="asc") == [1, 2, 3]
    assert listed(**{"iids[]": [1, 3]}) == [3, 1]
    assert listed(updated_after="2026-11-02T09:03:00Z", order_by="updated_at", sort="asc") == [4, 2]
    assert listed(created_after="2026-11-02T09:02:00Z") == [4, 3]
    assert listed(author_id=rita.id) == [4]
    assert listed(per_page=3, page=2) == [1]


def test_a_value_that_is_not_offered_is_refused(place: Place) -> None:
    answer = place.call("dev", "GET", "/issues", state="open")
    assert (answer.status_code, answer.json()) == (400, {"error": "state does not have a valid value"})


def test_labels_are_put_and_taken_by_name(place: Place) -> None:
    place.ticket(labels=["kept", "old"])
    answer = place.call("rita", "PUT", "/issues/1", add_labels="new,kept", remove_labels="old,unknown")
    assert answer.json()["labels"] == ["kept", "new"]
    assert place.call("rita", "PUT", "/issues/1", labels="").json()["labels"] == []


def test_of_a_scope_only_the_last_label_remains(place: Place) -> None:
    place.ticket(labels=["severity::1", "team::a::x"])
    issue = place.call("rita", "PUT", "/issues/1", add_labels="severity::2,team::b").json()
    assert issue["labels"] == ["severity::2", "team::a::x", "team::b"]


def test_state_is_changed_by_an_event(place: Place) -> None:
    place.ticket()
    closed = place.call("rita", "PUT", "/issues/1", state_event="close").json()
    assert (closed["state"], closed["closed_by"]["username"]) == ("closed", "rita")
    reopened = place.call("rita", "PUT", "/issues/1", state_event="reopen").json()
    assert (reopened["state"], reopened["closed_at"]) == ("opened", None)
    events = place.call("gina", "GET", "/issues/1/resource_state_events").json()
    assert [(event["state"], event["user"]["username"]) for event in events] == [
        ("closed", "rita"),
        ("reopened", "rita"),
    ]


def test_guests_may_open_issues_but_not_sort_them(place: Place) -> None:
    opened = place.call("gina", "POST", "/issues", title="Help", labels="incident")
    assert (opened.status_code, opened.json()["labels"]) == (201, [])
    assert place.call("gina", "PUT", "/issues/1", add_labels="incident").json()["labels"] == []
    assert place.call("gina", "PUT", "/issues/1", title="Help!").json()["title"] == "Help!"
    place.ticket()
    assert place.call("gina", "PUT", "/issues/2", title="Mine").status_code == 403


def test_confidential_issues_are_hidden_from_guests(place: Place) -> None:
    place.ticket(confidential=True)
    hidden = place.call("gina", "GET", "/issues/1")
    assert (hidden.status_code, hidden.json()) == (404, {"message": "404 Not found"})
    assert place.call("gina", "GET", "/issues").json() == []
    assert place.call("gina", "GET", "/issues/1/notes").json() == {"message": "404 Issue Not Found"}
    assert place.call("rita", "GET", "/issues/1").json()["confidential"] is True


def test_only_owners_delete_issues_and_then_they_are_gone(place: Place) -> None:
    place.ticket()
    assert place.call("mona", "DELETE", "/issues/1").status_code == 403
    assert place.call("olga", "DELETE", "/issues/1").status_code == 204
    assert place.call("olga", "GET", "/issues/1").status_code == 404
    assert place.call("olga", "POST", "/issues", title="next").json()["iid"] == 2


def test_a_description_is_searched_for_quick_actions_too(place: Place) -> None:
    place.world.ensure_label(place.project, "incident")
    text = "Broken.\n\n/label ~incident\n/promote_to_incident"
    issue = place.call("dev", "POST", "/issues", title="x", description=text).json()
    assert (issue["description"], issue["labels"], issue["issue_type"]) == ("Broken.", ["incident"], "incident")
    closed = place.call("dev", "PUT", "/issues/1", description="Done.\n/close").json()
    assert (closed["description"], closed["state"]) == ("Done.", "closed")


# People, labels, links


def test_members_are_looked_up_with_their_level(place: Place) -> None:
    found = {
        login: place.call("gina", "GET", f"/members/all/{place.people[login].id}").json()["access_level"]
        for login in LEVELS
    }
    assert found == {"gina": 10, "rita": 20, "dev": 30, "mona": 40, "olga": 50}
    missing = place.call("gina", "GET", f"/members/all/{place.people['stranger'].id}")
    assert (missing.status_code, missing.json()) == (404, {"message": "404 Not found"})


def test_labels_are_found_by_name_and_by_id(place: Place) -> None:
    label = place.call("rita", "POST", "/labels", name="a/b: c", color="#aabbcc").json()
    assert place.call("gina", "GET", "/labels/a%2Fb%3A%20c").json()["id"] == label["id"]
    assert place.call("gina", "GET", f"/labels/{label['id']}").json()["name"] == "a/b: c"
    assert place.call("rita", "POST", "/labels", name="a/b: c", color="#aabbcc").status_code == 409
    assert place.call("rita", "POST", "/labels", name="x", color="red").status_code == 400
    assert place.call("gina", "POST", "/labels", name="x", color="#aabbcc").status_code == 403


def test_a_label_is_renamed_on_its_issues_too(place: Place) -> None:
    place.ticket(labels=["old"])
    place.ticket(labels=["other"])
    changed = place.call("rita", "PUT", "/labels/old", new_name="new", color="#000000", description="d").json()
    assert (changed["name"], changed["color"], changed["description"]) == ("new", "#000000", "d")
    assert place.call("rita", "GET", "/issues/1").json()["labels"] == ["new"]
    assert place.call("rita", "PUT", "/labels/new", new_name="other").status_code == 409
    assert place.call("rita", "GET", "/labels/old").json() == {"message": "404 Label Not Found"}
    listed = place.call("gina", "GET", "/labels", search="ne").json()
    assert [(label["name"], label["open_issues_count"]) for label in listed] == [("new", 1)]
    assert place.call("gina", "POST", "/labels/new/subscribe").json()["subscribed"] is True
    assert place.call("gina", "POST", "/labels/new/unsubscribe").json()["subscribed"] is False


def test_a_deleted_label_comes_off_its_issues(place: Place) -> None:
    ticket = place.ticket(labels=["gone"])
    assert place.call("rita", "DELETE", "/labels/gone").status_code == 204
    assert ticket.labels == []


def test_issues_are_linked_both_ways_and_once(place: Place) -> None:
    place.ticket()
    place.ticket()
    wanted = {"target_project_id": place.project.id, "target_issue_iid": 2}
    made = place.call("rita", "POST", "/issues/1/links", **wanted)
    assert (made.status_code, made.json()["target_issue"]["iid"]) == (201, 2)
    assert place.call("rita", "POST", "/issues/1/links", **wanted).status_code == 409
    (back,) = place.call("rita", "GET", "/issues/2/links").json()
    assert (back["iid"], back["link_type"]) == (1, "relates_to")
    place.call("rita", "DELETE", f"/issues/2/links/{back['issue_link_id']}")
    assert place.call("rita", "GET", "/issues/1/links").json() == []


def test_links_that_can_not_be_are_refused(place: Place) -> None:
    place.ticket()
    place.ticket()
    mine = {"target_project_id": PATH}

    def status(who: str = "rita", **sent: Any) -> int:
        return place.call(who, "POST", "/issues/1/links", **sent).status_code

    assert status(**mine, target_issue_iid=1) == 404
    assert status(**mine, target_issue_iid=9) == 404
    assert status(target_project_id="acme/nothing", target_issue_iid=2) == 404
    assert status(**mine, target_issue_iid=2, link_type="blocks") == 403
    assert status(**mine, target_issue_iid="two") == 400
    assert place.call("rita", "DELETE", "/issues/1/links/1").status_code == 404


def test_an_event_of_a_label_is_found_by_its_id(place: Place) -> None:
    place.ticket(labels=["incident"])
    (event,) = place.call("gina", "GET", "/issues/1/resource_label_events").json()
    assert place.call("gina", "GET", f"/issues/1/resource_label_events/{event['id']}").json() == event
    assert place.call("gina", "GET", "/issues/1/resource_label_events/1").status_code == 404


def test_who_takes_part_in_an_issue(place: Place) -> None:
    ticket = place.ticket("dev")
    place.note(ticket, "gina")
    place.call("rita", "PUT", "/issues/1", assignee_id=place.people["mona"].id)
    people = place.call("gina", "GET", "/issues/1/participants").json()
    assert sorted(one["username"] for one in people) == ["dev", "gina", "mona"]


def test_users_are_found(place: Place) -> None:
    with gitlab.Gitlab(place.url, private_token=place.people["dev"].token) as client:
        (found,) = client.users.list(username="MONA", get_all=True)
        assert client.users.get(found.id).name == "Mona"
        assert [one.username for one in client.users.list(search="git", get_all=True)] == []
        assert client.version()[0].split(".")[0] == "19"
        with pytest.raises(GitlabGetError, match="404 User Not Found"):
            client.users.get(1)


def test_projects_are_made_listed_and_deleted(place: Place) -> None:
    with gitlab.Gitlab(place.url, private_token=place.people["dev"].token) as client:
        made = client.projects.create({"name": "A new One", "visibility": "public"})
        assert (made.path_with_namespace, made.visibility) == ("dev/a-new-one", "public")
        with pytest.raises(GitlabCreateError, match="has already been taken"):
            client.projects.create({"name": "A new One"})
        assert {one.path_with_namespace for one in client.projects.list(get_all=True)} == {PATH, "dev/a-new-one"}
        assert [one.id for one in client.projects.list(owned=True, get_all=True)] == [made.id]
        assert [one.id for one in client.projects.list(search="platform", get_all=True)] == [place.project.id]
        made.delete()
        assert [one.id for one in client.projects.list(membership=True, get_all=True)] == [place.project.id]


def test_titles_are_checked(place: Place) -> None:
    blank = place.call("dev", "POST", "/issues", title=" ")
    assert (blank.status_code, blank.json()) == (400, {"message": {"title": ["can't be blank"]}})
    assert "too long" in place.call("dev", "POST", "/issues", title="x" * 256).json()["message"]["title"][0]
    assert place.call("dev", "POST", "/issues").json() == {"error": "title is missing"}


# What may be lacking, and limits


@pytest.mark.parametrize(
    ("capability", "method", "path"),
    [
        ("award_emoji", "GET", "/projects/{project}/issues/1/award_emoji"),
        ("links", "GET", "/projects/{project}/issues/1/links"),
        ("events", "GET", "/projects/{project}/issues/1/resource_label_events"),
    ],
)
def test_a_lacking_capability_answers_404(place: Place, capability: str, method: str, path: str) -> None:
    place.ticket()
    headers = {"PRIVATE-TOKEN": place.people["dev"].token}
    path = f"/api/v4{path.format(project=place.project.id)}"
    assert Client(create_face(place.world)).open(path, method=method, headers=headers).status_code == 200
    face = create_face(place.world, lacking=frozenset({capability}))
    answer = Client(face).open(path, method=method, headers=headers)
    assert (answer.status_code, answer.get_json()) == (404, {"error": "404 Not Found"})


def test_graphql_may_be_lacking(place: Place) -> None:
    face = create_face(place.world, lacking=frozenset({"graphql"}))
    headers = {"PRIVATE-TOKEN": place.people["dev"].token}
    answer = Client(face).post("/api/graphql", json={"query": "{ currentUser { id } }"}, headers=headers)
    assert answer.status_code == 404


def test_without_scoped_labels_both_remain(place: Place) -> None:
    place.ticket(labels=["severity::1"])
    face = create_face(place.world, lacking=frozenset({"scoped_labels"}))
    answer = Client(face).put(
        f"/api/v4/projects/{place.project.id}/issues/1",
        json={"add_labels": "severity::2"},
        headers={"PRIVATE-TOKEN": place.people["dev"].token},
    )
    assert answer.get_json()["labels"] == ["severity::1", "severity::2"]


def test_an_unknown_capability_is_a_mistake_of_the_caller(place: Place) -> None:
    with pytest.raises(ValueError, match="unknown capabilities"):
        create_face(place.world, lacking=frozenset({"grafql"}))


def test_too_many_requests_are_told_when_to_come_back(place: Place) -> None:
    face = create_face(place.world, limits=Limits(requests=2))
    place.clock.forward(20)

    def ask() -> Any:
        token = place.people["dev"].token
        return Client(face).get("/api/v4/user", headers={"PRIVATE-TOKEN": token})

    first, _second, third = ask(), ask(), ask()
    assert (first.status_code, first.headers["RateLimit-Remaining"]) == (200, "1")
    assert (third.status_code, third.data, third.headers["Retry-After"]) == (429, b"Retry later\n", "40")
    place.clock.forward(40)
    assert ask().status_code == 200


def test_too_many_new_comments_are_refused_without_a_time(place: Place) -> None:
    note = place.note(place.ticket())
    client = Client(create_face(place.world, limits=Limits(notes=1)))
    path = f"/api/v4/projects/{place.project.id}/issues/1/notes"
    headers = {"PRIVATE-TOKEN": place.people["dev"].token}
    assert client.post(path, json={"body": "a"}, headers=headers).status_code == 201
    refused = client.post(path, json={"body": "b"}, headers=headers)
    assert (refused.status_code, "Retry-After" in refused.headers) == (429, False)
    assert client.put(f"{path}/{note.id}", json={"body": "c"}, headers=headers).status_code == 200


def test_python_gitlab_gets_the_errors_it_knows(place: Place) -> None:
    with gitlab.Gitlab(place.url, private_token=place.people["dev"].token) as client:
        with pytest.raises(GitlabGetError, match="404 Project Not Found") as missing:
            client.projects.get("acme/nothing")
        assert missing.value.response_code == 404
