"""Encrypted connections and proxies: nothing is sent where it is not sure who listens."""

import os
import resource
import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from functools import partial
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from tests.destinations.receiver import Receiver, answer, drip, raw, receiving
from tracker_bridge.destinations import http
from tracker_bridge.destinations.attempts import NotSent, Unclear
from tracker_bridge.destinations.http import Limits, request

PATIENT = Limits(connect=20, answer=20)
SHORT = Limits(connect=0.3, answer=0.3)


@pytest.fixture
def certificate(tmp_path: Path) -> tuple[Path, Path]:
    """A certificate of this machine's own, and its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    paths = tmp_path / "cert.pem", tmp_path / "key.pem"
    paths[0].write_bytes(made.public_bytes(serialization.Encoding.PEM))
    pem, plain = serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8
    paths[1].write_bytes(key.private_bytes(pem, plain, serialization.NoEncryption()))
    return paths


@contextmanager
def encrypted(receiver: Receiver, certificate: tuple[Path, Path]) -> Iterator[int]:
    """Speak TLS in front of a receiver, to one client."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(*certificate)
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.settimeout(20)

        def serve() -> None:
            sock, _ = listener.accept()
            try:
                with context.wrap_socket(sock, server_side=True) as inner:
                    asked = inner.recv(65536)
                    with socket.create_connection(("127.0.0.1", receiver.port)) as outer:
                        outer.sendall(asked)
                        while data := outer.recv(65536):
                            inner.sendall(data)
            except OSError:
                sock.close()

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        yield listener.getsockname()[1]
        thread.join(20)


def post(url: str, limits: Limits = PATIENT) -> http.Answer:
    return request(url, b"{}", {}, limits=limits)


def test_an_encrypted_connection_is_made_to_whom_it_is_for(
    certificate: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    with receiving(answer(200, "good")) as receiver:
        with encrypted(receiver, certificate) as port, pytest.raises(NotSent, match="not trusted") as refused:
            post(f"https://localhost:{port}/")
        assert refused.value.lasting
        monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(certificate[0]))
        with encrypted(receiver, certificate) as port:
            assert post(f"https://localhost:{port}/").body == b"good"
        with encrypted(receiver, certificate) as port, pytest.raises(NotSent, match="not trusted"):
            post(f"https://127.0.0.1:{port}/")  # another name
    assert len(receiver.requests) == 1


def test_a_process_with_many_connections_makes_another(
    certificate: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    """``select`` takes no descriptor above 1023."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(certificate[0]))
    with receiving(answer(200, "good")) as receiver, ExitStack() as held:
        resource.setrlimit(resource.RLIMIT_NOFILE, (2_048, hard))
        held.callback(resource.setrlimit, resource.RLIMIT_NOFILE, (soft, hard))
        with encrypted(receiver, certificate) as port:
            for there in iter(partial(os.dup, 0), 1_100):
                held.callback(os.close, there)
            held.callback(os.close, 1_100)
            assert post(f"https://localhost:{port}/").body == b"good"


def test_whoever_does_not_speak_tls_gets_nothing() -> None:
    plain = raw(b"HTTP/1.1 400 no\r\n\r\n")
    with receiving(plain) as receiver, pytest.raises(NotSent, match="no encrypted connection"):
        post(f"https://localhost:{receiver.port}/", Limits(connect=20, answer=1.0))
    assert not [one for one in receiver.requests if one.method == "POST"]


def _unknown(*_: object, **__: object) -> None:
    raise socket.gaierror


def test_a_proxy_of_the_environment_is_used(monkeypatch: pytest.MonkeyPatch) -> None:
    with receiving(answer()) as proxy:
        monkeypatch.setenv("http_proxy", f"http://name:p%40ss@127.0.0.1:{proxy.port}")
        assert post("http://chat.internal/x?y=1").status == 200
        monkeypatch.setenv("no_proxy", "chat.internal")
        monkeypatch.setattr(socket, "getaddrinfo", _unknown)
        with pytest.raises(NotSent, match="its name is not known"):
            post("http://chat.internal/")
    [asked] = proxy.requests[:1]
    assert asked.path == "http://chat.internal/x?y=1"
    assert asked.headers["proxy-authorization"] == "Basic bmFtZTpwQHNz"


@pytest.mark.parametrize(("status", "said"), [(407, "the proxy answered 407"), (502, "the proxy answered 502")])
def test_a_proxy_that_refuses_has_sent_nothing(status: int, said: str, monkeypatch: pytest.MonkeyPatch) -> None:
    with receiving(answer(status)) as proxy:
        monkeypatch.setenv("https_proxy", f"http://127.0.0.1:{proxy.port}")
        with pytest.raises(NotSent, match=said):
            post("https://chat.internal/")
    assert proxy.requests[0].method == "CONNECT"
    assert proxy.requests[0].path == "chat.internal:443"


def test_the_metadata_of_a_cloud_is_not_asked_for_by_a_proxy_either(monkeypatch: pytest.MonkeyPatch) -> None:
    with receiving(answer()) as proxy:
        monkeypatch.setenv("http_proxy", f"http://127.0.0.1:{proxy.port}")
        with pytest.raises(NotSent, match="one that is never connected to"):
            post("http://169.254.169.254/latest")
    assert proxy.requests == []


def test_a_name_that_leads_to_the_metadata_of_a_cloud_is_not_connected_to(monkeypatch: pytest.MonkeyPatch) -> None:
    found = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("169.254.169.254", 80))]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: found)
    with pytest.raises(NotSent, match="one that is never connected to"):
        post("http://innocent.example.org/")


def test_headers_without_an_end_are_cut_off() -> None:
    endless = drip(b"HTTP/1.1 200 OK\r\n" + b"X-Header: y\r\n" * 500)
    with receiving(endless) as receiver, pytest.raises(Unclear, match=r"no answer in 0\.3 s"):
        post(receiver.url, SHORT)


def test_a_body_without_an_end_is_not_read_to_its_end() -> None:
    huge = raw(b"HTTP/1.1 200 OK\r\n\r\n" + b"x" * 300_000)
    with receiving(huge) as receiver:
        assert len(post(receiver.url).body) <= 64 * 1024


@pytest.mark.parametrize(
    ("given", "seconds"),
    [
        ("7", 7.0),
        ("0", 1.0),
        ("Wed, 21 Oct 2026 07:28:30 GMT", 30.0),
        ("Wednesday, 21-Oct-26 07:28:30 GMT", 30.0),
        ("Wed Oct 21 07:28:30 2026", 30.0),
        ("Wed, 21 Oct 2026 07:27:00 GMT", 1.0),
        ("Wed, 21 Oct 2099 07:28:00 GMT", None),
        ("soon", None),
        ("-1", None),
        ("9" * 9, None),
    ],
)
def test_how_long_to_wait_is_a_number_of_seconds_or_a_date(given: str, seconds: float | None) -> None:
    """A date is reckoned by the clock of who gives it."""
    headers = {"retry-after": given, "date": "Wed, 21 Oct 2026 07:28:00 GMT"}
    assert http.Answer(429, headers).retry_after == seconds


def test_a_date_without_the_clock_of_who_gives_it_is_reckoned_by_ours() -> None:
    in_an_hour = http.Answer(503, {"retry-after": format_datetime(datetime.now(UTC) + timedelta(hours=1))})
    assert in_an_hour.retry_after == pytest.approx(3600, abs=60)


def test_an_address_that_this_machine_cannot_speak_to_is_passed_over(monkeypatch: pytest.MonkeyPatch) -> None:
    """As a name has addresses of IPv6 on a machine that has none of it."""
    foreign = (socket.AddressFamily(socket.AF_IRDA), socket.SOCK_STREAM, 6, "", ("127.0.0.1", 80))
    with receiving(answer(200, "good")) as receiver:
        there = (socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", receiver.port))
        found = [foreign, there]
        monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: found)
        assert post(f"http://chat.internal:{receiver.port}/").body == b"good"
        found.pop()
        with pytest.raises(NotSent, match="cannot be reached"):
            post(f"http://chat.internal:{receiver.port}/")


def test_a_resolver_that_hangs_holds_nobody_up_and_one_thread(monkeypatch: pytest.MonkeyPatch) -> None:
    asked, over = list[str](), threading.Event()

    def hangs(host: str, *_: object, **__: object) -> list[object]:
        asked.append(host)
        over.wait(30)
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", receiver.port))]

    with receiving(answer(200, "good")) as receiver:
        monkeypatch.setattr(socket, "getaddrinfo", hangs)
        for _ in range(3):
            with pytest.raises(NotSent, match=r"its name was not resolved in 0\.3 s") as refused:
                post(f"http://chat.internal:{receiver.port}/", SHORT)
            assert not refused.value.lasting
        assert asked == ["chat.internal"]
        over.set()
        assert post(f"http://chat.internal:{receiver.port}/").body == b"good"


def test_a_name_is_resolved_again_when_threads_can_be_started_again(monkeypatch: pytest.MonkeyPatch) -> None:
    def none_left(_: threading.Thread) -> None:
        raise RuntimeError("can't start new thread")

    with receiving(answer(200, "good")) as receiver:
        found = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", receiver.port))]
        monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: found)
        with monkeypatch.context() as crowded:
            crowded.setattr(threading.Thread, "start", none_left)
            with pytest.raises(NotSent, match="no thread could be started"):
                post(f"http://chat.internal:{receiver.port}/", SHORT)
        assert post(f"http://chat.internal:{receiver.port}/").body == b"good"


@pytest.mark.parametrize("proxy", ["http://127.0.0.1:abc", "127.0.0.1:99999", "http://[::1"])
def test_a_proxy_that_is_no_address_has_sent_nothing(proxy: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("http_proxy", proxy)
    with pytest.raises(NotSent, match="the proxy of the environment is not an address") as refused:
        post("http://chat.internal/")
    assert refused.value.lasting


def test_a_name_that_no_host_may_have_is_not_sent_through_a_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    with receiving(answer()) as proxy:
        monkeypatch.setenv("https_proxy", f"http://127.0.0.1:{proxy.port}")
        with pytest.raises(NotSent, match="not one that a host may have"):
            post("https://" + "a" * 70 + ".example.org/")
