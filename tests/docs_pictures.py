"""
Takes the pictures of the documentation from a run of the demo's story: ``python -m tests.docs_pictures``.

Needs Chromium, so it is no part of ``make docs``.
"""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from tests.pictures import browser
from tracker_bridge.demo.place import Place, open_place
from tracker_bridge.demo.story import STEPS
from tracker_bridge.domain.changes import key_of
from tracker_bridge.sandbox.world import Ticket

FOLDER = Path(__file__).parents[1] / "docs" / "pictures"
BEGUN = datetime(2026, 11, 21, 2, 4, tzinfo=UTC)

WIDTHS = {"": 900, "-telephone": 390}

SHOTS = {7: ["status", "duty"], 19: ["refusal"], 112: ["status", "summary"]}
"""After which minute which documents are pictured."""


def main() -> None:
    FOLDER.mkdir(parents=True, exist_ok=True)
    with open_place(0) as place:
        tickets = place.open_tickets(BEGUN)
        for step in STEPS:
            place.play(step, tickets, BEGUN)
            for kind in SHOTS.get(int(step.minute), []):
                for file in _picture(place, tickets[0], kind, ended=step is STEPS[-1]):
                    print(file.relative_to(FOLDER.parents[1]))


def _picture(place: Place, ticket: Ticket, kind: str, *, ended: bool) -> Iterator[Path]:
    notes = [note for note in ticket.comments if (key_of(note.body) or "").partition(":")[0] == kind]
    name = f"{kind}-ended" if ended and kind == "status" else kind
    with browser() as tab:
        for suffix, width in WIDTHS.items():
            tab.look(width=width, dark=False, scale=2)
            tab.open(place.page(ticket))
            file = FOLDER / f"{name}{suffix}.png"
            file.write_bytes(tab.picture(f"#issuecomment-{notes[-1].id}", margin=8))
            yield file


if __name__ == "__main__":
    main()
