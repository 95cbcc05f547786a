"""The incident as data, asked for in its thread (S63)."""

import csv
import io
import re

import pytest

from tests.commands.thread import BOT, Thread, declared, refusal
from tests.exporting.schemas import valid
from tracker_bridge.commands import COMMANDS
from tracker_bridge.domain.issue.gate import check
from tracker_bridge.rendering import Renderer
from tracker_bridge.templates_folder import templates_folder

BLOCK = re.compile(r"^(?P<fence>`{3,})(?P<language>[a-z]+)\n(?P<text>.*?)\n(?P=fence)$", re.MULTILINE | re.DOTALL)


def exported(thread: Thread, number: int) -> dict[str, str]:
    """The code blocks of the answer, by their language."""
    return {found["language"]: found["text"] for found in BLOCK.finditer(thread.documents[f"export:{number}"])}


def test_the_data_stands_folded_in_one_answer() -> None:
    thread = declared("/incident declare --started 13:50")
    number = thread.say("dana", "/incident export json\nand\n/incident export CSV\n/incident export json", "14:20")

    text = thread.documents[f"export:{number}"]

    assert text.count("<details>") == 2
    assert "<summary>This incident as JSON, as of 14:20 UTC</summary>" in text
    blocks = exported(thread, number)
    assert valid(blocks["json"], "incident")["times"]["started"]["at"] == "2026-11-22T13:50:00Z"
    assert [row["kind"] for row in csv.DictReader(io.StringIO(blocks["csv"]))] == ["started", "declared"]


def test_it_is_the_incident_as_it_stood_when_it_was_asked_for() -> None:
    thread = declared()
    number = thread.say("dana", "/incident export json")
    before = thread.documents[f"export:{number}"]
    thread.say("alice", "/incident severity sev1")
    assert thread.documents[f"export:{number}"] == before


def test_markdown_is_a_document_of_its_own() -> None:
    thread = declared("/incident declare --started ~13:50 --detected 13:58")
    thread.say("dana", "/incident note @bob sees <b>#12</b> | 14:01\n/incident impact customers: cannot pay")
    number = thread.say("dana", "/incident export md")

    text = exported(thread, number)["md"]

    assert text.startswith("# Checkout is down\n")
    assert "- **Time to detect: ≈\u00a08\u00a0min** (" in text
    assert "- **customers**: cannot pay" in text
    assert (
        "| [14:01](https://forge.test/acme/shop/issues/7#issuecomment-1001) | @\u200bbob sees &lt;b\\>\\#\u200b12"
        in text
    )


NASTY = (
    "```json",
    "````",
    "<!-- tracker-bridge:status -->",
    "</details> @alice #1",
    "/close",
    "`/incident resolve` @all",
    "~~~\u202e",
    "=cmd|'/C calc'!A0",
)


@pytest.mark.parametrize("form", ["json", "csv", "md"])
@pytest.mark.parametrize("text", NASTY)
def test_nothing_that_people_wrote_gets_out_of_the_block(form: str, text: str) -> None:
    """Every document passes the gate in ``documents``."""
    thread = declared()
    thread.say("dana", f"/incident note {text}\n/incident impact {text}: {text}")
    number = thread.say("dana", f"/incident export {form}")
    body = thread.documents[f"export:{number}"]
    [block] = BLOCK.finditer(body)
    assert block["language"] == form
    assert body[block.end() :].strip() == "</details>"


def test_what_is_too_long_is_had_from_the_command_line() -> None:
    thread = declared()
    for _ in range(30):
        thread.say("dana", "\n".join(f"/incident note {'long ' * 60}" for _ in range(15)))
    number = thread.say("dana", "/incident export json\n/incident export csv")

    text = thread.documents[f"export:{number}"]

    assert "As JSON, this incident is too long for a comment. On the command line: " in text
    assert "`tracker-bridge export local:acme/shop#7 --format csv`" in text


@pytest.mark.parametrize("room", [1_500, 3_000, 6_000, 60_000])
def test_it_always_fits(room: int) -> None:
    thread = declared()
    thread.say("dana", "\n".join(f"/incident note {n}" for n in range(9)))
    number = thread.say("dana", "/incident export csv\n/incident export json\n/incident export md")
    documents = Renderer(templates_folder(), COMMANDS).documents(thread.incident, "", room, {})
    [answer] = [one for one in documents if one.key == f"export:{number}"]
    check(answer, thread.rules.command_prefixes, BOT.login, room)


@pytest.mark.parametrize(
    ("text", "reason"), [("export", "which format?"), ("export pdf", "`pdf` is not `json`, `csv` or `md`")]
)
def test_another_format_is_refused(text: str, reason: str) -> None:
    assert refusal(declared(), "dana", f"/incident {text}") == (reason, "export <json, csv or md>")


def test_words_behind_the_format_are_refused() -> None:
    assert refusal(declared(), "dana", "/incident export CSV by mail") == (
        "`by mail` does not belong after `csv`; one format per line",
        "export csv",
    )


def test_what_is_no_incident_is_not_exported() -> None:
    assert refusal(Thread(), "dana", "/incident export csv") == (
        "this issue is not an incident yet; this line takes effect once it is",
        "declare",
    )


def test_the_document_tells_that_there_was_nothing_new() -> None:
    """S60."""
    thread = declared()
    thread.say("alice", "/incident role comms @carol external\n/incident channel main #status", "14:01")
    thread.say("carol", "/incident no-update external", "14:30")
    thread.say("carol", "/incident no-update external\n> Please be patient.", "15:00")
    text = exported(thread, thread.say("alice", "/incident export md"))["md"]
    assert "| Nothing new since 14:00 |" in text.replace("\u00a0", " ")
    assert "| Nothing new since 14:00: Please be patient. |" in text.replace("\u00a0", " ")
