"""What an operator sees of deliveries, looks, requests and sweeps, on both forges."""

import json
import logging
from datetime import timedelta

import pytest

from tests.observability.conftest import BODIES, EVENTS, OPERATOR, House
from tracker_bridge.domain.issue.issue import Access
from tracker_bridge.sandbox.faults import FaultResponse, Lose

forges = pytest.mark.parametrize("forge", ["github", "gitlab"])


@forges
def test_every_delivery_is_counted_by_what_became_of_it(house: House, forge: str) -> None:
    event, body = EVENTS[forge], BODIES[forge]
    assert house.deliver(forge, body("acme/api", 1), event) == 202
    assert house.deliver(forge, body("acme/ap", 1), event) == 202
    assert house.deliver(forge, {"zen": "Speak like a human."}, "ping") == 202
    assert house.deliver(forge, body("acme/api", 1), event, secret="another secret of somebody") == 401

    numbers = house.numbers()

    def count(event: str, outcome: str) -> float:
        labels = f'event="{event}",outcome="{outcome}",tracker="{forge}"'
        return numbers[f"tracker_bridge_deliveries_total{{{labels}}}"]

    assert count(event, "taken") == 1
    assert count(event, "other project") == 1
    assert count("ping", "nothing of ours") == 1
    assert count("unknown", "forged") == 1
    labels = f'project="acme/api",tracker="{forge}"'
    at = numbers[f"tracker_bridge_last_delivery_timestamp_seconds{{{labels}}}"]
    assert at == house.clock().timestamp()


@forges
def test_a_body_that_is_too_long_is_counted(house: House, forge: str) -> None:
    length = {"CONTENT_LENGTH": "99999999"}
    assert house.web.post(f"/hooks/{forge}", environ_overrides=length).status_code == 413
    assert f'outcome="too large",tracker="{forge}"}} 1.0' in house.get("/metrics").text


@forges
def test_a_reconcile_its_writes_and_its_requests_are_counted(house: House, forge: str) -> None:
    house.sandbox.world.open_ticket(house.projects[forge], house.alice, "Mail is down", "/incident declare")
    house.runtime.sweep.once()
    house.look()

    numbers = house.numbers()
    assert numbers[f'tracker_bridge_reconcile_seconds_count{{outcome="changed",tracker="{forge}"}}'] == 1
    assert numbers[f'tracker_bridge_writes_total{{kind="status",tracker="{forge}"}}'] == 1
    asked = [name for name in numbers if name.startswith("tracker_bridge_requests_total") and forge in name]
    assert any('kind="read"' in name and 'status="200"' in name for name in asked)
    assert any('kind="write"' in name and 'status="201"' in name for name in asked)
    assert 'title="' not in house.get("/metrics").text
    assert "alice" not in house.get("/metrics").text
    assert "Mail" not in house.get("/metrics").text


def test_the_budget_of_github_is_told(house: House) -> None:
    headers = {"X-RateLimit-Remaining": "4711", "X-RateLimit-Reset": "1800000000", "X-RateLimit-Resource": "core"}
    house.sandbox.faults.add(FaultResponse(500, headers), path="/issues", times=10)
    house.runtime.sweep.once()

    numbers = house.numbers()
    assert numbers['tracker_bridge_budget_remaining{resource="core",tracker="github"}'] == 4711
    assert house.health["trackers"]["github"]["remaining"]["core"] == 4711


@forges
def test_a_refused_credential_does_not_look_healthy(
    house: House, forge: str, caplog: pytest.LogCaptureFixture
) -> None:
    assert house.get("/health").status_code == 200
    house.sandbox.faults.add(FaultResponse(401), times=1000)
    house.runtime.sweep.once()

    page = house.get("/health")
    assert page.status_code == 503
    assert f"{forge} rejects the credential: configure a valid one" in page.text
    assert f"{forge} rejects the credential: configure a valid one" in caplog.messages
    ready = house.get("/readyz")
    assert ready.status_code == 200
    assert f"{forge} rejects the credential" in ready.text
    assert "acme" not in ready.text

    house.sandbox.faults.clear()
    caplog.set_level(logging.INFO)
    house.sweep()
    assert house.get("/health").status_code == 200
    assert house.get("/readyz").text == "ready\n"
    assert f"over: {forge} rejects the credential: configure a valid one" in caplog.messages


def test_a_forge_that_is_down_does_not_look_healthy(house: House) -> None:
    house.sandbox.faults.add(Lose(done=False), times=1000)
    house.runtime.sweep.once()

    assert house.health["complaints"] == ["github does not answer", "gitlab does not answer"]
    assert house.get("/readyz").text.startswith("ready, but github does not answer; gitlab does not answer;")
    assert 'tracker_bridge_requests_total{kind="read",status="none",tracker="github"}' in house.numbers()


@forges
def test_a_project_that_is_gone_is_said(house: House, forge: str, caplog: pytest.LogCaptureFixture) -> None:
    house.sandbox.faults.add(FaultResponse(404), times=1000)
    house.runtime.sweep.once()

    [complaint] = [one for one in house.health["complaints"] if one.startswith(forge)]
    assert complaint.startswith(f"{forge}:acme/api was deleted or renamed, or this credential cannot see it")
    assert f"a project of {forge} was deleted or renamed" in house.get("/readyz").text
    assert complaint in caplog.messages


@forges
def test_a_typing_error_in_projects_is_said(house: House, forge: str, caplog: pytest.LogCaptureFixture) -> None:
    for number in range(30):
        house.deliver(forge, BODIES[forge](f"acme/ap{number}", 1), EVENTS[forge])
        house.deliver(forge, BODIES[forge](f"acme/ap{number}", 2), EVENTS[forge])

    said = [one for one in caplog.messages if "not in the setting projects" in one]
    assert said[0].startswith(f"{forge}: deliveries arrive for acme/ap0, which is not in")
    assert len(said) == len(house.health["trackers"][forge]["other_projects"]) == 10
    assert "acme/ap0" in house.get("/health").text


@forges
def test_changes_without_deliveries_are_said(house: House, forge: str, caplog: pytest.LogCaptureFixture) -> None:
    world, project = house.sandbox.world, house.projects[forge]
    house.runtime.sweep.once()
    for _ in range(2):
        house.clock.forward(300)
        world.open_ticket(project, house.alice, "Mail is down", "/incident declare")
        house.sweep(400)

    [complaint] = house.health["complaints"]
    assert complaint.startswith(f"{forge}:acme/api changes, but no deliveries arrive")
    assert complaint in caplog.messages

    assert house.deliver(forge, BODIES[forge]("acme/api", 1), EVENTS[forge]) == 202
    assert house.health["complaints"] == []
    house.sweep(60)
    assert house.health["complaints"] == []


def test_health_is_one_screen(house: House) -> None:
    house.runtime.sweep.once()
    text = house.get("/health").text
    assert text.splitlines()[0] == "healthy"
    assert "queue: 0 waiting, 0 held, 0 s overdue" in text
    assert "  acme/api: last delivery never, sweep 2026-11-23T12:00:00Z, look never" in text


@pytest.mark.parametrize("path", ["/health", "/metrics"])
def test_only_operators_may_look(house: House, path: str) -> None:
    def status(address: str, headers: dict[str, str]) -> int:
        return house.web.get(path, headers=headers, environ_overrides={"REMOTE_ADDR": address}).status_code

    assert status("127.0.0.1", {}) == 200
    assert status("::1", {}) == 200
    assert status("192.0.2.7", {}) == 403
    assert status("127.0.0.1", {"X-Forwarded-For": "192.0.2.7"}) == 403
    assert status("192.0.2.7", {"Authorization": f"Bearer {OPERATOR}"}) == 200
    assert status("192.0.2.7", {"Authorization": f"Bearer {OPERATOR[:-1]}"}) == 403
    assert status("192.0.2.7", {"Authorization": "Bearer "}) == 403


def test_labels_do_not_grow_with_what_strangers_send(house: House) -> None:
    for number in range(20):
        house.deliver("github", {"zen": "x"}, f"event-{number}")
        house.deliver("github", BODIES["github"](f"acme/ap{number}", 1), "issues")
    text = house.get("/metrics").text
    assert 'event="other"' in text
    assert "event-1" not in text
    assert "acme/ap1" not in text


def test_health_as_json_has_the_same(house: House) -> None:
    answer = house.get("/health", accept="application/json")
    assert answer.mimetype == "application/json"
    parts = {"healthy", "complaints", "queue", "alerts", "breaker", "unsupported", "trackers"}
    assert set(json.loads(answer.text)) == parts


@forges
def test_what_the_breaker_holds_back_is_said(house: House, forge: str, caplog: pytest.LogCaptureFixture) -> None:
    world = house.sandbox.world
    ticket = world.open_ticket(house.projects[forge], house.alice, "Mail is down", "/incident declare")
    house.runtime.sweep.once()
    house.look()
    for _ in range(12):
        for note in [one for one in ticket.comments if one.author is house.bot]:
            world.delete_comment(ticket, note, house.alice)
        house.clock.forward(60)
        house.deliver(forge, BODIES[forge]("acme/api", 1), EVENTS[forge])
        house.clock.forward(1)
        house.look()

    [complaint] = house.health["complaints"]
    kind, minutes = {"github": ("status", 58), "gitlab": ("mirror", 57)}[forge]
    assert complaint.startswith(f"{forge}:acme/api#1 is paused ({kind}) for {minutes} min: the same text was")
    assert house.health["breaker"][0]["where"] == f"{forge}:acme/api#1"
    assert f"writing is paused on {forge}" in house.get("/readyz").text
    numbers = house.numbers()
    where = f'project="acme/api",tracker="{forge}"'
    assert numbers[f"tracker_bridge_writing_paused{{{where}}}"] == 1
    assert numbers[f'tracker_bridge_breaker_trips_total{{kind="{kind}",scope="again",tracker="{forge}"}}'] == 1
    [said] = [one for one in caplog.messages if "writing paused" in one]
    assert said.startswith(f"{forge}:acme/api#1: writing paused: {kind}: ")

    house.sweep(3600)
    house.look()
    assert house.health["healthy"]
    assert [one for one in ticket.comments if one.author is house.bot]


@forges
def test_incidents_that_are_open_and_comments_that_are_refused_are_counted(house: House, forge: str) -> None:
    world, project = house.sandbox.world, house.projects[forge]

    def open_as(severity: str) -> float | None:
        labels = f'project="acme/api",severity="{severity}",tracker="{forge}"'
        return house.numbers().get(f"tracker_bridge_open_incidents{{{labels}}}")

    assert open_as("none") == 0
    first = world.open_ticket(project, house.alice, "Mail is down", "/incident declare")
    world.open_ticket(project, house.alice, "A drill", "/incident declare --drill")
    house.runtime.sweep.once()
    house.look()
    assert open_as("none") == 1

    world.comment(first, house.alice, "/incident severity sev1\n/incident severity sev9")
    house.sweep(60)
    house.look()
    assert (open_as("none"), open_as("sev1")) == (0, 1)
    assert house.numbers()[f'tracker_bridge_refusals_total{{tracker="{forge}"}}'] == 1

    world.comment(first, house.alice, "/incident resolve")
    house.sweep(60)
    house.look()
    assert (open_as("none"), open_as("sev1")) == (0, None)


def test_what_gitlab_lacks_is_counted_and_shown(house: House) -> None:
    house.sandbox.world.open_ticket(house.projects["gitlab"], house.alice, "Mail is down", "/incident declare")
    house.sandbox.world.add_member(house.projects["gitlab"], house.bot, Access.TRIAGE)
    house.runtime.sweep.once()
    house.look()

    unsupported = house.health["unsupported"]
    assert unsupported
    assert all(one.startswith("gitlab:acme/api ") for one in unsupported)
    name = next(iter(unsupported)).rpartition(" ")[2]
    assert house.numbers()[f'tracker_bridge_unsupported_issues{{capability="{name}",tracker="gitlab"}}'] == 1
    assert "missing capabilities, by number of issues: gitlab:acme/api" in house.get("/health").text


def test_a_complaint_is_a_number_while_it_lasts(house: House) -> None:
    house.sandbox.faults.add(FaultResponse(401), path="/api/v4/", times=1000)
    house.runtime.sweep.once()
    name = 'tracker_bridge_problem{kind="refused",project="",tracker="gitlab"}'
    assert house.numbers()[name] == 1
    house.sandbox.faults.clear()
    house.sweep()
    assert name not in house.numbers()


def test_a_work_item_that_is_out_of_reach_is_counted_and_named_once(
    house: House, caplog: pytest.LogCaptureFixture
) -> None:
    world, project = house.sandbox.world, house.projects["gitlab"]
    story = world.open_ticket(project, house.alice, "As a user", labels=["incident"], kind="user_story")
    for _ in range(3):
        house.deliver("gitlab", BODIES["gitlab"]("acme/api", story.number), "Issue Hook")
        house.clock.forward(1)
        house.look()

    assert house.numbers()['tracker_bridge_reconcile_seconds_count{outcome="out of reach",tracker="gitlab"}'] == 3
    assert len([one for one in caplog.messages if "is of the type User Story" in one]) == 1
    assert [one.author for one in story.comments] == [house.bot]


@forges
def test_a_project_that_was_renamed_is_said_until_the_settings_follow(
    house: House, forge: str, caplog: pytest.LogCaptureFixture
) -> None:
    house.runtime.sweep.once()
    house.sandbox.world.rename_project(house.projects[forge], "acme/public-api")
    house.sweep()

    [complaint] = house.health["complaints"]
    told = f"{forge}:acme/api is now called acme/public-api, and is followed there"
    assert complaint == f"{told}: update the setting projects"
    assert f"a project of {forge} was renamed" in house.get("/readyz").text
    assert house.get("/readyz").status_code == 200
    assert house.numbers()[f'tracker_bridge_problem{{kind="renamed",project="acme/api",tracker="{forge}"}}'] == 1
    assert len([one for one in caplog.messages if one.startswith(told)]) == 1

    house.sandbox.world.rename_project(house.projects[forge], "acme/api")
    house.sweep()
    assert house.health["complaints"] == []


@forges
def test_when_a_credential_ends_is_told(house: House, forge: str) -> None:
    end = house.clock() + timedelta(days=10)
    house.bot.grants.expires = end
    house.runtime.sweep.once()
    told = house.numbers()[f'tracker_bridge_credential_end_timestamp_seconds{{tracker="{forge}"}}']
    assert abs(told - end.timestamp()) < 86400, "GitLab tells the day"
    assert house.health["trackers"][forge]["credential_ends"].startswith("2026-12-03T")
    assert house.health["healthy"]

    house.clock.forward(8 * 86400)
    house.runtime.sweep.once()
    assert f"{forge} accepts our credential only until 2026-12-03" in "; ".join(house.health["complaints"])
    assert f"the credential for {forge} expires soon" in house.get("/readyz").text


def test_gitlab_is_asked_for_the_end_now_and_then_only(house: House) -> None:
    for _ in range(5):
        house.sweep()
    asked = [one for one in house.sandbox.requests if one.path.endswith("/personal_access_tokens/self")]
    assert len(asked) == 1
    house.sweep(7 * 3600)
    asked = [one for one in house.sandbox.requests if one.path.endswith("/personal_access_tokens/self")]
    assert len(asked) == 2
