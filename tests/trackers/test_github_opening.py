"""Opening an issue where GitHub's filters do not help."""

import json
from datetime import UTC, datetime

import pytest
import responses
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from tests.contract.forges import town
from tests.trackers.github_answers import BOT, REF, REPO, issue, tracker
from tracker_bridge.domain.issue.changes import Document, Open
from tracker_bridge.domain.issue.issue import Access, IssueRef
from tracker_bridge.sandbox.server import Sandbox
from tracker_bridge.trackers import Busy
from tracker_bridge.trackers._pace import UNLIMITED
from tracker_bridge.trackers.github.tracker import App, GitHubTracker

SINCE = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)
WISH = Open(
    "Payments down", Document("incident", "Text"), frozenset({"down, now"}), confidential=False, since=SINCE
)


@pytest.fixture
def key() -> str:
    made = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    return made.private_bytes(Encoding.PEM, PrivateFormat.TraditionalOpenSSL, NoEncryption()).decode()


def test_an_apps_issues_are_found_without_asking_for_their_creator(key: str) -> None:
    place = town("github")
    bot = place.world.add_account("bridge[bot]", bot=True)
    place.world.add_member(place.project, bot, Access.MAINTAIN)
    ticket = place.world.open_ticket(place.project, place.alice, "API down")
    with Sandbox(place.world) as sandbox:
        app = GitHubTracker(sandbox.github_url, App(str(bot.id), key), ["acme/api"], pace=UNLIMITED)
        ref = IssueRef("github", "acme/api", ticket.number)
        refs = {app.apply(ref, WISH).opened, app.apply(ref, WISH).opened}
        app.close()
        queries = [one.query for one in sandbox.requests if one.path.endswith("/issues") and one.method == "GET"]

    assert refs == {IssueRef("github", "acme/api", 2)}
    assert len(queries) == 2
    assert not any("creator" in query for query in queries)


@pytest.fixture
def api() -> responses.RequestsMock:
    mock = responses.RequestsMock()
    mock.get(f"{REPO.removesuffix('/repos/acme/api')}/user", json=BOT)
    return mock


def test_filters_that_were_lost_on_the_way_are_made_up_for(api: responses.RequestsMock) -> None:
    ours, labels = {"user": BOT, "body": WISH.document.text}, [{"name": "Down, now"}]
    api.get(
        f"{REPO}/issues",
        json=[
            issue(number=1, title=WISH.title, labels=labels, state="closed"),
            issue(number=2, title=WISH.title, labels=[]),
            issue(number=3, labels=labels),
            issue(number=4, title=WISH.title, labels=labels, pull_request={}),
            issue(number=5, created_at="2026-11-01T09:00:00Z", **ours),
            issue(number=6, title=WISH.title, labels=labels, id=600),
        ],
    )
    linking = api.post(f"{REPO}/issues/7/sub_issues", status=201, json={})
    reusing = Open(WISH.title, WISH.document, WISH.labels, confidential=False, since=SINCE, reuse=True)

    with api:
        assert tracker().apply(REF, reusing).opened == IssueRef("github", "acme/api", 6)

    urls = [str(call.request.url) for call in api.calls]
    assert not any("labels=" in url for url in urls)  # the comma would mean two
    assert json.loads(linking.calls[0].request.body or "") == {"sub_issue_id": 600}


@pytest.mark.parametrize("answer", ["", "{}", "<html>"])
def test_an_answer_that_makes_no_sense_may_have_opened_it(api: responses.RequestsMock, answer: str) -> None:
    api.get(f"{REPO}/issues", json=[])
    opening = api.post(f"{REPO}/issues", status=201, body=answer)

    with api, pytest.raises(Busy) as busy:
        tracker().apply(REF, WISH)

    assert busy.value.retry_after >= 10
    assert opening.call_count == 1
