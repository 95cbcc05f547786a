"""The page on loopback: it shows what a thread shows, and takes what was sent from it and nothing else."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from html import unescape
from http.client import HTTPConnection, HTTPResponse
from pathlib import Path
from urllib.parse import urlencode

import pytest

from tests.commands.thread import RENDERER
from tracker_bridge.domain.incident.rules import Rules
from tracker_bridge.offline.desk import Desk
from tracker_bridge.offline.notebook_file import NotebookFile
from tracker_bridge.offline.page import as_html
from tracker_bridge.offline.server import MOST_BYTES, Page
from tracker_bridge.templates_folder import templates_folder

NOW = datetime(2026, 11, 28, 23, 50, tzinfo=UTC)
HOSTILE = (
    "<script>alert(1)</script> [x](javascript:alert(1)) ![x](http://evil.test/x.png) <img src=x onerror=y> \u202e"
)


@pytest.fixture
def served(tmp_path: Path) -> Iterator[Page]:
    file = NotebookFile(tmp_path / "incident.txt")
    file.begin("title: Checkout is down\nkeeper: alice\n\n2026-11-28T22:30Z alice /incident declare\n")
    with Page(Desk(file, Rules(), RENDERER, clock=lambda: NOW), "alice", templates_folder()) as page:
        yield page


def ask(
    page: Page, method: str = "GET", path: str = "/", body: str | None = None, **headers: str
) -> tuple[HTTPResponse, str]:
    connection = HTTPConnection(page.netloc, timeout=10)
    sent = {name.replace("_", "-"): value for name, value in headers.items()}
    try:
        connection.request(method, path, body, sent)
        answer = connection.getresponse()
        return answer, answer.read().decode()
    finally:
        connection.close()


def write(page: Page, text: str, **more: str) -> tuple[HTTPResponse, str]:
    form = {"text": text, "who": "alice", "at": "", "token": page.token, **more}
    return ask(page, "POST", "/", urlencode(form))


def test_what_is_written_is_on_the_disk_and_answered(served: Page) -> None:
    answer, _ = write(served, "/incident severty sev1\r\n", who="bob", at="22:40")
    assert (answer.status, answer.headers["Location"]) == (303, "/?said=2#answer")
    assert "2026-11-28T22:40Z bob /incident severty sev1\n" in served.desk.file.text()
    _, page = ask(served, path="/?said=2")
    assert "is not a command" in page
    write(served, "/incident claim lead")
    _, page = ask(served)
    assert re.search(r"Incident Lead</td>\s*<td><strong>alice</strong>", page)
    assert "<sub>Edit your comment" not in page


def test_what_is_not_written_down_stays_in_the_form(served: Page) -> None:
    answer, page = write(served, "the pool <b>", at="99:00")
    assert answer.status == 422
    assert "there is no such time" in page
    assert "the pool &lt;b&gt;</textarea>" in page
    assert "the pool" not in served.desk.file.text()


def test_reminders_that_are_due_are_shown(served: Page) -> None:
    _, page = ask(served)
    assert "<h2>Due now</h2>" in page
    assert "this incident has no Incident Lead yet" in page


def test_a_page_to_be_watched_refreshes_and_has_no_form(served: Page) -> None:
    answer, page = ask(served, path="/watch")
    assert answer.headers["Refresh"] == "20"
    assert "<form" not in page
    assert ask(served)[0].headers["Refresh"] is None


@pytest.mark.parametrize(
    ("headers", "form", "status"),
    [
        ({"Host": "evil.test"}, {}, 403),
        ({"Host": "evil.test:80"}, {}, 403),
        ({"Origin": "http://evil.test"}, {}, 403),
        ({"Origin": "null"}, {}, 403),
        ({}, {"token": "other"}, 403),
        ({}, {"token": ""}, 403),
        ({}, {"token": "ü"}, 403),
        ({"Content_Length": "9999999"}, {}, 413),
        ({"Content_Length": "-1"}, {}, 413),
    ],
)
def test_what_was_not_sent_from_the_page_is_not_written(
    served: Page, headers: dict[str, str], form: dict[str, str], status: int
) -> None:
    before = served.desk.file.text()
    body = urlencode({"text": "x", "who": "alice", "at": "", "token": served.token, **form})
    answer, page = ask(served, "POST", "/", body, **headers)
    assert answer.status == status
    assert "Checkout" not in page
    assert served.desk.file.text() == before


def test_another_name_of_this_machine_shows_nothing(served: Page) -> None:
    answer, page = ask(served, Host="rebound.test")
    assert (answer.status, "Checkout" in page) == (403, False)
    assert ask(served, Host=served.netloc.replace("127.0.0.1", "localhost"))[0].status == 200


def test_its_own_origin_is_fine(served: Page) -> None:
    body = urlencode({"text": "x", "who": "alice", "at": "", "token": served.token})
    assert ask(served, "POST", "/", body, Origin=f"http://{served.netloc}")[0].status == 303


def test_nothing_that_people_write_acts(served: Page) -> None:
    write(served, HOSTILE)
    write(served, f"/incident severty {HOSTILE}")
    write(served, f"/incident channel main {HOSTILE}")
    with served.desk.path.open("a", encoding="utf-8") as file:
        file.write(f"{HOSTILE}\n")
    answer, page = ask(served)
    assert answer.status == 200
    for bad in ("<script", "<img", 'javascript:alert(1)"', 'href="http://evil', "\u202e"):
        assert bad not in page, bad
    policy = answer.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "alert(1)" in unescape(page)


def test_documents_keep_the_tags_of_the_templates_only() -> None:
    shown = as_html(
        "<details>\n<summary>More <b>x</b></summary>\n\n- a <script>b</script> <sub>c</sub>\n\n</details>"
    )
    assert shown.count("<details>") == shown.count("</details>") == 1
    assert "<summary>More &lt;b&gt;x&lt;/b&gt;</summary>" in shown
    assert "&lt;script&gt;" in shown
    assert "<sub>c</sub>" in shown
    assert as_html("a <!-- hidden --> b") == "<p>a  b</p>\n"


@pytest.mark.parametrize(
    "path", ["/other", "/?said=x", "/?said=99999999999", "/?said=7", "//evil.test/", "/../etc"]
)
def test_any_other_address_is_harmless(served: Page, path: str) -> None:
    assert ask(served, path=path)[0].status in (200, 404)


def test_a_notebook_that_is_gone_is_told(served: Page) -> None:
    served.desk.path.unlink()
    answer, page = ask(served)
    assert (answer.status, "cannot be read" in page) == (500, True)
    assert MOST_BYTES > 60_000
