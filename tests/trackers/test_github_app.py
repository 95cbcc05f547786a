"""As a GitHub App: tokens minted once for all threads, renewed in time, dropped when refused."""

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
import responses
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from tests.contract.forges import town
from tests.trackers.github_answers import API, REF, REPO
from tracker_bridge.domain.issue.changes import Document, Post, Remove
from tracker_bridge.sandbox.server import Sandbox
from tracker_bridge.trackers import Busy, Denied
from tracker_bridge.trackers._pace import UNLIMITED
from tracker_bridge.trackers.github.tracker import GITHUB_COM, App, GitHubTracker

MINT = f"{API}/app/installations/55/access_tokens"


@pytest.fixture(scope="session")
def key() -> str:
    made = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    form = serialization.PrivateFormat.TraditionalOpenSSL
    return made.private_bytes(serialization.Encoding.PEM, form, serialization.NoEncryption()).decode()


@pytest.fixture
def api() -> Iterator[responses.RequestsMock]:
    with responses.RequestsMock(assert_all_requests_are_fired=False) as mock:
        mock.delete(f"{REPO}/issues/comments/5", status=204)
        yield mock


def tracker(key: str, installation: int | None = 55) -> GitHubTracker:
    return GitHubTracker(GITHUB_COM, App("4711", key, installation), ["acme/api"], pace=UNLIMITED)


def minted(token: str, seconds: int = 3600) -> dict[str, str]:
    until = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() + seconds))
    return {"token": token, "expires_at": until}


def used(api: responses.RequestsMock) -> list[str]:
    """The tokens that came with the deletions."""
    calls = [call.request for call in api.calls if call.request.method == "DELETE"]
    return [call.headers["Authorization"].rpartition(" ")[2] for call in calls]


def test_an_app_works_on_a_forge(key: str) -> None:
    place = town("github")
    ticket = place.world.open_ticket(place.project, place.alice, "API down", "text")
    with Sandbox(place.world) as sandbox:
        app = GitHubTracker(sandbox.github_url, App(str(place.bot.id), key), ["acme/api"], pace=UNLIMITED)
        place.tracker = app
        app.apply(place.ref(ticket), Post(Document("status", "All checks passed.")))
        issue = app.read(place.ref(ticket))
        app.close()

    assert issue.viewer.id == place.bot.id
    assert [one.ours for one in issue.comments] == [True]


def test_one_token_serves_all_threads(api: responses.RequestsMock, key: str) -> None:
    api.post(MINT, status=201, json=minted("ghs_1"))
    app = tracker(key)

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda _: app.apply(REF, Remove(5)), range(40)))

    assert used(api) == ["ghs_1"] * 40
    assert sum(call.request.url == MINT for call in api.calls) == 1


def test_a_token_is_renewed_before_it_ends(api: responses.RequestsMock, key: str) -> None:
    api.post(MINT, status=201, json=minted("ghs_1", seconds=60))
    api.post(MINT, status=201, json=minted("ghs_2"))
    app = tracker(key)

    for _ in range(3):
        app.apply(REF, Remove(5))

    assert used(api) == ["ghs_1", "ghs_2", "ghs_2"]


def test_a_refused_token_is_dropped(api: responses.RequestsMock, key: str) -> None:
    api.post(MINT, status=201, json=minted("ghs_1"))
    api.post(MINT, status=201, json=minted("ghs_2"))
    api.upsert(responses.DELETE, f"{REPO}/issues/comments/5", status=401, json={"message": "Bad credentials"})
    app = tracker(key)
    with pytest.raises(Denied):
        app.apply(REF, Remove(5))

    api.upsert(responses.DELETE, f"{REPO}/issues/comments/5", status=204)
    app.apply(REF, Remove(5))

    assert used(api) == ["ghs_1", "ghs_2"]


def test_the_installation_is_looked_up_once_per_repository(api: responses.RequestsMock, key: str) -> None:
    api.get(f"{REPO}/installation", json={"id": 55})
    api.post(MINT, status=201, json=minted("ghs_1"))
    app = tracker(key, installation=None)

    for _ in range(3):
        app.apply(REF, Remove(5))

    assert sum(str(call.request.url).endswith("/installation") for call in api.calls) == 1


def test_an_app_that_is_installed_again_is_found_under_its_new_number(
    api: responses.RequestsMock, key: str
) -> None:
    found = api.get(f"{REPO}/installation", json={"id": 55})
    api.post(MINT, status=404, json={"message": "Not Found"})
    app = tracker(key, installation=None)
    with pytest.raises(Denied, match="no longer installed there"):
        app.apply(REF, Remove(5))

    api.remove(found)
    api.get(f"{REPO}/installation", json={"id": 56})
    api.post(MINT.replace("55", "56"), status=201, json=minted("ghs_2"))
    app.apply(REF, Remove(5))

    assert used(api) == ["ghs_2"]


def test_an_app_that_is_not_installed_is_told_to_be(api: responses.RequestsMock, key: str) -> None:
    api.get(f"{REPO}/installation", status=404, json={"message": "Not Found"})

    with pytest.raises(Denied, match=r"github:acme/api.*install the App"):
        tracker(key, installation=None).apply(REF, Remove(5))


@pytest.mark.parametrize(
    ("status", "error"), [(404, Denied), (401, Denied), (403, Denied), (502, Busy), (429, Busy)]
)
def test_a_token_that_is_not_given(
    api: responses.RequestsMock, key: str, status: int, error: type[Exception]
) -> None:
    api.post(MINT, status=status, json={"message": "no"})

    with pytest.raises(error, match="installation 55"):
        tracker(key).apply(REF, Remove(5))

    assert len(api.calls) == 1


@pytest.mark.parametrize("broken", ["", "not a key", "-----BEGIN RSA PRIVATE KEY-----\nc2VjcmV0\n-----END"])
def test_a_private_key_that_can_not_sign_is_refused_at_once_and_not_shown(broken: str) -> None:
    with pytest.raises(ValueError, match="private key") as refused:
        GitHubTracker(GITHUB_COM, App("4711", broken), ["acme/api"])

    assert "c2VjcmV0" not in str(refused.value)
    assert refused.value.__suppress_context__
