"""All other services: through Apprise, in a process that can be killed. Each test starts one or two, or forks."""

import json
import logging
import os
import re
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from email import message_from_bytes
from email.header import decode_header, make_header
from email.message import Message as Mail
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from tests.destinations.conftest import MESSAGE, message, reached
from tests.destinations.every_service import PAGERS
from tests.destinations.receiver import Turn, answer, drip, receiving, reset
from tests.destinations.test_texts import CORPUS, does_something
from tests.serving import forked
from tracker_bridge.destinations.apprise import MISSING, Library
from tracker_bridge.destinations.attempts import Again, Attempt, delivered, failed, unknown
from tracker_bridge.destinations.child import attempt
from tracker_bridge.destinations.opening import opened
from tracker_bridge.destinations.texts import defused
from tracker_bridge.destinations.witness import Witness
from tracker_bridge.domain.incident.outward import Kind
from tracker_bridge.environment import for_others
from tracker_bridge.setting_types.services import LIBRARY

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")  # the library's, in its own process else
PATIENT = 60.0
TOKEN = "S3cr3tT0k3nV4lu3"

in_forks = pytest.mark.usefixtures("in_forks")
"""For what the library does once it was imported; the others start the process as it always starts."""


class Mailbox:
    """Takes mail, or answers as it is told to."""

    def __init__(self, refusal: str = "") -> None:
        self.mails: list[Mail] = []
        self._refusal = refusal

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802 - its name
        if self._refusal:
            return self._refusal
        self.mails.append(message_from_bytes(bytes(envelope.original_content or b"")))
        return "250 OK"


@contextmanager
def mailing(refusal: str = "") -> Iterator[tuple[Mailbox, str]]:
    box = Mailbox(refusal)
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]  # the server connects to itself, and must know its port
    server = Controller(box, hostname="127.0.0.1", port=port)
    server.start()
    try:
        yield box, f"mailto://127.0.0.1:{port}?from=bridge@example.org&to=team@example.org"
    finally:
        server.stop()


def send(address: str, *, longest: float = PATIENT, **changed: Any) -> Attempt:
    return Library("chat", reached(address).address, longest).send(message(**changed), None)


def gotify(url: str) -> str:
    return f"gotify://{url.removeprefix('http://')}/{TOKEN}"


def test_a_mail_has_the_words_and_is_one_of_a_thread() -> None:
    with mailing() as (box, address):
        assert send(f"{address}&format=html&retry=5", text="<b>@team</b> é <script>") == delivered()
        assert send(address, kind=Kind.PHASE) == delivered()
    mail, later = box.mails
    assert str(make_header(decode_header(mail["Subject"]))) == "sev1: Checkout fails"
    assert mail.get_content_type() == "text/plain"
    payload = mail.get_payload(decode=True)
    assert isinstance(payload, bytes)
    assert payload.decode().strip().replace("\r\n", "\n") == f"<b>@team</b> é <script>\n{MESSAGE.url}"
    assert mail["In-Reply-To"] == later["In-Reply-To"] == later["References"] != ""


@in_forks
@pytest.mark.parametrize(
    ("refusal", "expected"),
    [("451 try later", Again("answered 451")), ("554 no spam", failed("answered 554"))],
)
def test_what_a_mail_server_says_is_what_came_of_it(refusal: str, expected: Attempt) -> None:
    with mailing(refusal) as (_, address):
        assert send(address) == expected


@in_forks
def test_a_service_gets_plain_text_and_no_pictures() -> None:
    with receiving(answer(200, "{}")) as receiver:
        assert send(f"{gotify(receiver.url)}?image=yes&format=markdown", text="@all <at>x</at>") == delivered()
    [request] = receiver.requests
    text = request.body.decode()
    assert "sev1: Checkout fails" in text
    assert "@all" not in text
    assert "<at>" not in text
    assert "githubusercontent" not in text


@in_forks
@pytest.mark.parametrize(
    ("turn", "expected"),
    [
        (answer(404, "no"), failed("answered 404")),
        (answer(429, "no", Retry_After="9"), Again("answered 429", 9.0)),
        (reset(), unknown("no answer in time, or a broken connection")),
    ],
    ids=["404", "429", "reset"],
)
def test_what_the_library_keeps_to_itself_is_seen_below_it(turn: Turn, expected: Attempt) -> None:
    with receiving(turn) as receiver:
        assert send(gotify(receiver.url)) == expected
    assert len(receiver.requests) == 1


@in_forks
def test_a_redirect_is_not_followed() -> None:
    with receiving(answer(200)) as other, receiving(answer(302, "", Location=f"{other.url}/x")) as receiver:
        came = send(gotify(receiver.url))
    assert came == failed("answered 302, and redirects are not followed")
    assert other.requests == []


@in_forks
def test_where_nobody_listens_nothing_was_sent() -> None:
    with receiving(answer()) as receiver:
        pass
    assert send(gotify(receiver.url)) == Again("cannot be reached")


def test_whoever_takes_too_long_is_killed_with_the_process() -> None:
    with receiving(drip()) as receiver:
        assert send(gotify(receiver.url), longest=4.0) == unknown("no answer in 4 s")


def test_the_metadata_of_a_cloud_is_not_asked() -> None:
    library = Library("chat", reached(f"gotify://169.254.169.254/{TOKEN}", allow_http=True).address, PATIENT)
    came = library.send(MESSAGE, None)
    assert came == failed("its address is one that is never connected to")


@in_forks
def test_the_words_of_a_person_are_never_cut() -> None:
    with receiving(answer(200, "{}")) as receiver:
        came = send(gotify(receiver.url), kind=Kind.UPDATE, text="@" * 30_000)
    assert came == failed("is too long for this service")
    assert receiver.requests == []


def strings(body: str) -> Iterator[str]:
    """Yield the texts of a body, whether it is JSON or a form."""
    try:
        given = json.loads(body)
    except ValueError:
        yield from (value for _, value in parse_qsl(body))
        return
    yield from _strings(given)


def _strings(given: object) -> Iterator[str]:
    if isinstance(given, str):
        yield given
    for one in given.values() if isinstance(given, dict) else given if isinstance(given, list) else ():
        yield from _strings(one)


@pytest.fixture(scope="module")
def library() -> dict[str, Any]:
    """What leaves for each service, as the library puts it, some with HTML or a bold title. And its schemes."""
    text = " ".join(one for one in CORPUS if not one.startswith(("/", "\u200b")))
    told = {"longest": 60, "ours": True, "thread": "x", "title": defused(text)[:60], "text": defused(text)}
    job = json.dumps({**told, "whole": defused(f"Title\n{text}")}).encode()
    command = [sys.executable, "-P", "-m", "tests.destinations.every_service"]
    done = forked.run(command, input=job, env=os.environ, timeout=PATIENT)
    found: dict[str, Any] = json.loads(done.stdout)
    return found


@pytest.fixture
def everywhere(library: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = library["sent"]
    assert len(found) > 35
    return found


def test_no_service_is_given_what_it_would_take_for_a_mention_or_a_picture(everywhere: dict[str, Any]) -> None:
    for name, one in everywhere.items():
        assert (name, one["came"], one["reason"]) == (name, "delivered", "")
        url, body = one["sent"][-1]  # what is before that is a login
        assert (name, "caronc" in url + body) == (name, False)
        harm = [does for said in strings(body) for does in does_something(said)]
        assert (name, harm) == (name, [])


def test_the_end_of_a_page_is_no_alert_of_its_own(everywhere: dict[str, Any]) -> None:
    """Both have one key, and the second says that it is over."""
    ends = re.compile(r"(?i)resolve|close|recovery")
    for name in PAGERS:
        [page], [over] = everywhere[f"{name} failure"]["sent"], everywhere[f"{name} success"]["sent"]
        assert (name, "tb:x:0" in unquote(page[1])) == (name, True)
        assert (name, "tb:x:0" in unquote(over[1])) == (name, True)
        assert (name, ends.search(over[1]) is None) == (name, False)
        assert (name, ends.search(page[1])) == (name, None)


# Addresses


BAD = [
    f"discord://{TOKEN}",
    f"tgram://{TOKEN}/{TOKEN}",
    f"gotifys://{TOKEN}@/",
    f"twilio://{TOKEN}:{TOKEN}@{TOKEN}/1/2",
    f"mailtos://{TOKEN}",
    f"mailtos://{TOKEN}:{TOKEN}@[::/?to={TOKEN}",
    f"zulip://{TOKEN}@{TOKEN}/{TOKEN}",
    f"pover://{TOKEN}",
    f"ilert://{TOKEN}%%%/",
    f"matrixs://{TOKEN}:{TOKEN}@/#{TOKEN}",
    f"workflows://{TOKEN}",
    f"gchat://{TOKEN}",
    f"ses://{TOKEN}/{TOKEN}",
    f"mailtos://u:{TOKEN}@example.org?to=a@example.org,b@example.org",
]


def test_no_address_is_shown_whatever_is_wrong_with_it(
    caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    """In this process, where everything would be seen that the library logs or prints."""
    from apprise.logger import logger  # noqa: PLC0415 - only here

    caplog.set_level(logging.DEBUG)
    for address in BAD:
        known = reached(address).address.get_secret_value()
        logging.disable(logging.CRITICAL)  # as the process does
        try:
            came = attempt({"address": known}, Witness())
        finally:
            logging.disable(logging.NOTSET)
        assert TOKEN not in str(came)
        assert came != delivered() or "," not in address
    out, err = capfd.readouterr()
    assert TOKEN not in out + err + caplog.text
    assert logger.name == "apprise"


def test_the_process_tells_what_is_wrong_and_prints_nothing_else() -> None:
    """The real process, with all that it prints."""
    job = b'{"address": "tgram://' + TOKEN.encode() + b"/" + TOKEN.encode() + b'", "longest": 60}'
    command = [sys.executable, "-m", "tracker_bridge.destinations.child"]
    done = subprocess.run(command, input=job, capture_output=True, check=True, timeout=PATIENT, env={**os.environ})
    assert TOKEN.encode() not in done.stdout + done.stderr
    assert done.stdout.count(b"\n") == 1


@in_forks
def test_what_the_library_finds_wrong_is_said_beforehand() -> None:
    targets = "mailtos://u:p@example.org?to=a@example.org,b@example.org"
    assert "several targets" in Library("chat", reached(targets).address, PATIENT).fault()
    good = "mailtos://u:p@example.org?to=a@example.org"
    assert Library("chat", reached(good).address, PATIENT).fault() == ""


def test_every_service_that_is_allowed_is_one_of_the_library(library: dict[str, Any]) -> None:
    assert LIBRARY.keys() - set(library["schemes"]) == set()


def test_every_service_that_is_allowed_is_documented() -> None:
    page = (Path(__file__).parents[2] / "docs/notifications.md").read_text("utf-8")
    table = page.partition("| | schemes |")[2].partition("\n\n")[0]
    told = set(re.findall(r"`([a-z0-9]+)`", table))
    assert told - LIBRARY.keys() == set()
    others = {"wxteams", "simplepush", "victorops"}  # other names of some that are there
    missing = {one for one in LIBRARY if one not in told and f"{one}s" not in told}
    assert missing == others


def test_without_the_extra_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tracker_bridge.destinations.apprise.find_spec", lambda name: None)
    assert opened(reached("discord://1/2")).send(MESSAGE, None) == failed(MISSING)


def test_secrets_of_the_bridge_are_not_given_to_the_process(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TRACKER_BRIDGE_GITHUB__TOKEN", "ghp_x")
    monkeypatch.setenv("HTTPS_PROXY", "http://proxy:3128")
    given = for_others("APPRISE_")
    assert "TRACKER_BRIDGE_GITHUB__TOKEN" not in given
    assert given["HTTPS_PROXY"] == "http://proxy:3128"
