"""
Takes the pictures of the documentation from a run of the demo's story: ``python -m tests.docs_pictures``.

Needs Chromium, so it is no part of ``make docs``.
"""

import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from tests.pictures import Tab, browser
from tests.rendering.incidents import cases
from tests.rendering.test_report_page import page
from tests.showing.sample import board_html, status_html
from tracker_bridge.demo.environment import DemoEnvironment, open_demo
from tracker_bridge.demo.story import STEPS
from tracker_bridge.domain.issue.changes import key_of
from tracker_bridge.sandbox.world import Ticket

FOLDER = Path(__file__).parents[1] / "docs" / "pictures"
BEGUN = datetime(2026, 11, 21, 2, 4, tzinfo=UTC)
WIDTHS = {"": 900, "-telephone": 390}
CHARTS = {"report-weeks": "weeks", "report-resolve": "figure-resolve"}
TIDY = "document.querySelectorAll('details.change, form:has(button[value=hide])').forEach(one => one.remove())"
"""Takes the sandbox's own buttons away: the forges have others."""


@dataclass(frozen=True, slots=True)
class Shot:
    """After ``minute``, the last comment of that kind; with ``title``, the text of the issue called so."""

    minute: int
    name: str
    kind: str = ""
    title: str = ""


SHOTS = (
    Shot(0, "declared", "status"),
    Shot(2, "duty", "duty"),
    Shot(19, "refusal", "refusal"),
    Shot(20, "status", "status"),
    Shot(60, "nudge", "nudge"),
    Shot(88, "summary", "summary"),
    Shot(90, "communications", "communications"),
    Shot(90, "status-ended", "status"),
    Shot(98, "review", title="Postmortem review"),
)


def main() -> None:
    FOLDER.mkdir(parents=True, exist_ok=True)
    with open_demo(0) as place, browser() as tab:
        tickets = place.open_tickets(BEGUN)
        for step in STEPS:
            place.play(step, tickets, BEGUN)
            for shot in SHOTS:
                if shot.minute == step.minute:
                    for file in _picture(tab, place, tickets[0], shot):
                        print(file.relative_to(FOLDER.parents[1]))
        for file in (*charts(tab), *pages(tab)):
            print(file.relative_to(FOLDER.parents[1]))


def charts(tab: Tab) -> Iterator[Path]:
    """Half a year of incidents, drawn: the demo's story has one only."""
    text = page(*cases(30))
    with tempfile.TemporaryDirectory() as folder:
        written = Path(folder) / "report.html"
        written.write_text(text, encoding="utf-8")
        for suffix, width in WIDTHS.items():
            for name, heading in CHARTS.items():
                tab.look(width=width, dark=False, scale=2)
                tab.open(written.as_uri())
                file = FOLDER / f"{name}{suffix}.png"
                file.write_bytes(tab.picture(f"section[aria-labelledby={heading}]", margin=8))
                yield file


def pages(tab: Tab) -> Iterator[Path]:
    """The status page and the board, with something of everything on them."""
    for name, text in (("status-page", status_html()), ("board", board_html())):
        with tempfile.TemporaryDirectory() as folder:
            written = Path(folder) / f"{name}.html"
            written.write_text(text, encoding="utf-8")
            for suffix, width in WIDTHS.items():
                tab.look(width=width, dark=False)
                tab.open(written.as_uri())
                file = FOLDER / f"{name}{suffix}.png"
                file.write_bytes(tab.picture())
                yield file


def _picture(tab: Tab, place: DemoEnvironment, ticket: Ticket, shot: Shot) -> Iterator[Path]:
    page, selector = _spot(ticket, shot)
    for suffix, width in WIDTHS.items():
        tab.look(width=width, dark=False, scale=2)
        tab.open(place.page(page))
        tab.run(TIDY)
        file = FOLDER / f"{shot.name}{suffix}.png"
        file.write_bytes(tab.picture(selector, margin=8))
        yield file


def _spot(ticket: Ticket, shot: Shot) -> tuple[Ticket, str]:
    if shot.title:
        others = ticket.project.tickets.values()
        other = next(one for one in others if one.title.startswith(shot.title))
        return other, f"#issue-{other.id}"
    notes = [note for note in ticket.comments if (key_of(note.body) or "").partition(":")[0] == shot.kind]
    return ticket, f"#issuecomment-{notes[-1].id}"


if __name__ == "__main__":
    main()
