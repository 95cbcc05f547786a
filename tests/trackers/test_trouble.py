"""Why nobody answered: the address, the cause and the next step, over real sockets, on both forges."""

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest

from tests.trackers import tls
from tracker_bridge.trackers import Denied, Labels, Unanswered
from tracker_bridge.trackers.github.tracker import GitHubTracker, Token
from tracker_bridge.trackers.gitlab.tracker import GitLabTracker

Ask = Callable[[str], Unanswered]
SECRET = "a-token-that-must-never-be-shown"


@pytest.fixture(autouse=True)
def _no_proxies(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)


@pytest.fixture(params=["github", "gitlab"])
def ask(request: pytest.FixtureRequest) -> Ask:
    """Ask a forge at that address for something, and return the trouble."""

    def asked(url: str) -> Unanswered:
        made: GitHubTracker | GitLabTracker
        if request.param == "github":
            made = GitHubTracker(f"{url}/api/v3", Token(SECRET), ["acme/api"])
        else:
            made = GitLabTracker(url, SECRET, ["acme/api"])
        with closing(made), pytest.raises(Unanswered) as trouble:
            list(made.labels("acme/api"))
        assert url in str(trouble.value)
        assert SECRET not in str(trouble.value)
        assert trouble.value.fix in str(trouble.value)
        return trouble.value

    return asked


@pytest.fixture
def closed_port() -> Iterator[int]:
    """A port at which nobody listens."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        yield taken.getsockname()[1]


def test_nothing_listens(ask: Ask, closed_port: int) -> None:
    trouble = ask(f"http://127.0.0.1:{closed_port}")
    assert trouble.cause == "the connection was refused: nothing listens there"
    assert "setting url" in trouble.fix


def test_a_name_that_nobody_knows(ask: Ask) -> None:
    trouble = ask("https://forge.invalid")
    assert trouble.cause == "the name forge.invalid cannot be resolved"


def test_a_certificate_that_signs_itself(ask: Ask, tmp_path: Path) -> None:
    with tls.serving(tls.certificate(tmp_path)) as place:
        trouble = ask(f"https://{place}")
    assert trouble.cause == "its certificate is not trusted: self-signed"
    assert "REQUESTS_CA_BUNDLE" in trouble.fix


def test_an_authority_of_ones_own_is_named_in_the_environment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pem = tls.certificate(tmp_path)
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(pem))
    with tls.serving(pem) as place:
        github = GitHubTracker(f"https://{place}/api/v3", Token(SECRET), ["acme/api"])
        gitlab = GitLabTracker(f"https://{place}", SECRET, ["acme/api"])
        for made in (github, gitlab):
            assert isinstance(made, Labels)
            with closing(made), pytest.raises(Denied, match="401"):  # it was reached, and refused the token
                list(made.labels("acme/api"))


def test_a_certificate_for_another_name(ask: Ask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pem = tls.certificate(tmp_path, address="127.0.0.9")
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(pem))
    with tls.serving(pem) as place:
        trouble = ask(f"https://{place}")
    assert trouble.cause == "its certificate is not for 127.0.0.1"


def test_a_certificate_that_has_expired(ask: Ask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pem = tls.certificate(tmp_path, days=2)
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(pem))
    with tls.serving(pem) as place:
        trouble = ask(f"https://{place}")
    assert trouble.cause == "its certificate has expired"


def test_a_file_of_authorities_that_is_not_there(ask: Ask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", "/nowhere/ca.pem")
    trouble = ask("https://127.0.0.1:9")
    assert trouble.cause == "the file that REQUESTS_CA_BUNDLE or CURL_CA_BUNDLE names is not there"


def test_a_port_that_speaks_no_tls(ask: Ask) -> None:
    with tls.serving(None) as place:
        trouble = ask(f"https://{place}")
    assert trouble.cause == "the TLS handshake failed"
    assert trouble.fix == f"inspect it: openssl s_client -connect {place}"


def test_a_proxy_that_is_not_there(ask: Ask, closed_port: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTPS_PROXY", f"http://me:hidden@127.0.0.1:{closed_port}")
    trouble = ask("https://forge.invalid")
    assert trouble.cause == f"the proxy http://127.0.0.1:{closed_port} cannot be reached"
    assert "HTTPS_PROXY" in trouble.fix
    assert "hidden" not in str(trouble)


def test_a_proxy_that_lets_nobody_through(ask: Ask, monkeypatch: pytest.MonkeyPatch) -> None:
    with tls.serving(None) as place:  # it answers every CONNECT with 501
        monkeypatch.setenv("HTTPS_PROXY", f"http://{place}")
        trouble = ask("https://forge.invalid")
    assert trouble.cause == f"the proxy http://{place} refuses the connection"


def test_a_server_that_hangs_up(ask: Ask) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:

        def hang_up() -> None:
            while True:
                try:
                    server.accept()[0].close()
                except OSError:
                    return

        thread = threading.Thread(target=hang_up, daemon=True)
        thread.start()
        trouble = ask(f"http://127.0.0.1:{server.getsockname()[1]}")
    assert trouble.cause == "it closed the connection"
