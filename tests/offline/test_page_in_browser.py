"""The page in a real browser: it works without a script, on a narrow phone, and for those who cannot see it."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.axe import violations
from tests.commands.thread import RENDERER
from tests.pictures import Tab, find_chromium
from tracker_bridge.domain.incident.rules import Rules
from tracker_bridge.offline.desk import Desk
from tracker_bridge.offline.notebook_file import NotebookFile
from tracker_bridge.offline.server import Page
from tracker_bridge.templates_folder import templates_folder

pytestmark = [
    pytest.mark.skipif(find_chromium() is None, reason="no Chromium on the PATH"),
    pytest.mark.slow,
]

NOW = datetime(2026, 11, 28, 23, 50, tzinfo=UTC)
NOTEBOOK = f"""\
title: Checkout is down
keeper: alice

2026-11-28T22:30Z alice /incident severity sev1 nobody can pay
2026-11-28T22:31Z alice /incident claim lead
2026-11-28T22:32Z carol /incident claim comms external
2026-11-28T22:33Z carol /incident update external: We are looking into failing payments.
2026-11-28T22:34Z bob the pool is empty {"averylongword" * 20}
2026-11-28T22:35Z bob /incident severty sev2
a line without a time
"""


@pytest.fixture
def served(tmp_path: Path) -> Iterator[Page]:
    file = NotebookFile(tmp_path / "incident.txt")
    file.begin(NOTEBOOK)
    with Page(Desk(file, Rules(), RENDERER, clock=lambda: NOW), "alice", templates_folder()) as page:
        yield page


def test_a_form_is_sent_without_a_script_and_its_answer_shown(served: Page, tab: Tab) -> None:
    tab.open(served.address)
    tab.run("document.querySelector('#text').value = '/incident severty sev3'")
    tab.run("document.querySelector('#who').value = 'bob'")
    tab.follow("document.querySelector('button').click()")
    assert "is not a command" in tab.run("document.querySelector('#answer').textContent")
    assert tab.run("document.querySelector('#text').value") == ""
    assert tab.run("document.scripts.length") == 0
    assert "Z bob /incident severty sev3\n" in served.desk.file.text()


@pytest.mark.parametrize("dark", [False, True])
@pytest.mark.parametrize("path", ["", "watch"])
def test_nothing_is_wider_than_a_phone_and_axe_finds_nothing(
    served: Page, tab: Tab, path: str, *, dark: bool
) -> None:
    tab.look(width=320, dark=dark)
    tab.open(f"{served.address}{path}")
    assert tab.run("document.documentElement.scrollWidth") <= 320
    assert violations(tab) == []
