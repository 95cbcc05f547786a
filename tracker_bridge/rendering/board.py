"""The board as a page, and as lines for a terminal."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

from jinja2 import Environment
from markupsafe import Markup

from tracker_bridge.domain.derived.board import Board, BoardRow
from tracker_bridge.domain.incident.statistics import duration
from tracker_bridge.domain.issue.cleaning import clean
from tracker_bridge.rendering.environment import pages_environment
from tracker_bridge.rendering.needs import in_words
from tracker_bridge.rendering.status_page import policy
from tracker_bridge.rendering.status_words import clock, day, iso


@dataclass(frozen=True, slots=True)
class BoardPage:
    """A page, and what it may load."""

    html: str
    policy: str


def board_page(
    folder: Path, board: Board, *, read_at: datetime | None, unread: Sequence[str], every: int
) -> BoardPage:
    """
    Return the page. ``read_at``: when everything was asked for last; ``unread`` projects could not be read then.
    ``every`` are the seconds after which it comes again by itself; 0: it does not.
    """
    style = (folder / "board/style.css").read_text("utf-8")
    template = _environment(folder).get_template("board/page.html.j2")
    html = template.render(
        board=board,
        lasted=lambda row: _lasted(row, board),
        read_at=read_at,
        unread=unread,
        every=every,
        style=Markup(style),  # noqa: S704 - a file of ours
    )
    return BoardPage(html, policy(style))


@cache
def _environment(folder: Path) -> Environment:
    environment = pages_environment(folder)
    environment.globals.update(iso=iso, day=day, clock=clock, clean=clean)
    environment.filters["words"] = lambda need: in_words(need, clean)
    return environment


def board_lines(board: Board, line: Callable[[str], str]) -> Iterator[str]:
    """Yield it for a terminal; ``line`` makes one harmless line of what people wrote."""
    for row in board.rows:
        yield from _lines(row, board, line)
        yield ""
    count = len(board.rows) + board.hidden
    said = f"{count} incident{'' if count == 1 else 's'} open"
    yield f"{said}, {board.hidden} confidential" if board.hidden else said


def _lines(row: BoardRow, board: Board, line: Callable[[str], str]) -> Iterator[str]:
    incident, update = row.incident, row.update
    severity = incident.severity.name if incident.severity else "no severity"
    drill = "drill, " if incident.drill else ""
    yield f"{severity}  {line(incident.title)}  ({drill}{incident.phase.value})"
    yield f"  {incident.ref}  {line(incident.url)}"
    yield f"  Since {_stamp(row.since)}, {_lasted(row, board)}"
    for name, logins in (("Incident Lead", row.leads), ("Technical Lead", row.technical_leads)):
        yield f"  {name}: {', '.join(map(line, logins)) or 'open'}"
    if update:
        overdue = ", overdue" if update.overdue else ""
        yield f"  Next update: {line(update.audience)} by {_stamp(update.due)}{overdue}"
    for need in row.needs:
        yield f"  Needed: {in_words(need, line)}"
        yield from (f"    {incident.rules.command_prefixes[0]} {line(one)}" for one in need.lines)


def _lasted(row: BoardRow, board: Board) -> str:
    return duration(board.at - row.since).replace("\u00a0", " ")


def _stamp(at: datetime) -> str:
    return f"{at.astimezone(UTC):%Y-%m-%d %H:%M} UTC"
