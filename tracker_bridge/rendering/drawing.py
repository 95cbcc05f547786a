"""
Charts as SVG: rows of marks, each with a shape of its own, that say the same without their colours.

A chart is two drawings on top of each other: a picture with title and description, and over it what of it leads
somewhere. A picture must not hold links, or those who hear the page are lost in it; the table beside it has them.

https://www.w3.org/TR/svg-aam-1.0/, https://www.w3.org/TR/wai-aria-1.2/#childrenArePresentational
"""

from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise
from typing import Final

from markupsafe import Markup

from tracker_bridge.domain.incident.rounding import half_up
from tracker_bridge.domain.issue.cleaning import clean

WIDTH: Final = 300
_LEFT, _RIGHT = 82, 264
_ROW, _TOP, _FOOT = 20, 4, 18
_PITCH: Final = 14.0
"""Units from one mark to the next where they are counted; closer when there are many."""

_NO_XML: Final = dict.fromkeys((0xFFFE, 0xFFFF))


class Shape(StrEnum):
    """A mark of about ten units; the value is its outline around the point where it stands."""

    TRIANGLE = "M0-6 6 5-6 5Z"
    DIAMOND = "M0-6 6 0 0 6-6 0Z"
    SQUARE = "M-5-5H5V5H-5Z"
    CIRCLE = "M-5 0A5 5 0 1 1 5 0A5 5 0 1 1-5 0Z"
    CROSS = "M-2-5H2V-2H5V2H2V5H-2V2H-5V-2H-2Z"
    RING = "M-5 0A5 5 0 1 1 5 0A5 5 0 1 1-5 0ZM-3 0A3 3 0 1 0 3 0A3 3 0 1 0-3 0Z"


@dataclass(frozen=True, slots=True)
class Sign:
    """How a kind of mark looks, and what it means. ``tone`` is its class in the style sheet."""

    shape: Shape
    tone: str
    means: str


@dataclass(frozen=True, slots=True)
class Mark:
    """A mark that stands for ``words``, and leads to ``url``; ``at`` is 0 on the left, and 1 on the right."""

    sign: Sign
    words: str
    url: str
    at: float = 0


@dataclass(frozen=True, slots=True)
class Row:
    """``bars`` are places that all marks of the row have to do with, by their tone; ``note`` is at the right."""

    label: str
    marks: tuple[Mark, ...]
    bars: tuple[tuple[str, float], ...] = ()
    note: str = ""


@dataclass(frozen=True, slots=True)
class Chart:
    """
    What is drawn. ``id`` is its own on the page, ``description`` says in words what it shows, ``ticks`` are below.
    """

    id: str
    title: str
    description: str
    rows: tuple[Row, ...]
    ticks: tuple[tuple[float, str], ...] = ()
    legend: tuple[Sign, ...] = ()

    @property
    def height(self) -> int:
        return _TOP + _ROW * len(self.rows) + (_FOOT if self.ticks else 4)


def counted(marks: list[Mark]) -> tuple[Mark, ...]:
    """Put the marks side by side, from the left, as close as they must be."""
    step = min(_PITCH / (_RIGHT - _LEFT), 1 / max(len(marks), 1))
    return tuple(Mark(one.sign, one.words, one.url, (at + 0.5) * step) for at, one in enumerate(marks))


def drawn(chart: Chart) -> Markup:
    """Return the picture."""
    head = Markup(
        '<svg viewBox="0 0 {w} {h}" role="img" aria-labelledby="{id}-t {id}-d">'
        '<title id="{id}-t">{title}</title><desc id="{id}-d">{words}</desc>'
    ).format(w=WIDTH, h=chart.height, id=chart.id, title=_said(chart.title), words=_said(chart.description))
    rows = [_row(row, _TOP + _ROW * number) for number, row in enumerate(chart.rows)]
    return Markup("\n").join([head, *_axis(chart), *rows, Markup("</svg>")])


def links(chart: Chart) -> Markup:
    """Return what lies over the picture, for a pointer."""
    spots = [
        Markup(
            '<a href="{url}" tabindex="-1"><title>{words}</title>'
            '<rect x="{x}" y="{y}" width="{width}" height="{height}"/></a>'
        ).format(
            url=mark.url,
            words=_said(mark.words),
            x=_units(_x(mark.at) - _wide(row) / 2),
            y=_TOP + _ROW * number,
            width=_units(_wide(row)),
            height=_ROW,
        )
        for number, row in enumerate(chart.rows)
        for mark in row.marks
        if mark.url
    ]
    head = Markup('<svg class="links" viewBox="0 0 {} {}" aria-hidden="true">').format(WIDTH, chart.height)
    return Markup("\n").join([head, *spots, Markup("</svg>")])


def sample(sign: Sign) -> Markup:
    """Return the mark alone, for the legend."""
    return Markup('<svg class="sample" viewBox="-7 -7 14 14" aria-hidden="true">{}</svg>').format(
        _shape(sign, 0, 0)
    )


def _axis(chart: Chart) -> list[Markup]:
    bottom = _TOP + _ROW * len(chart.rows)
    return [
        Markup(
            '<path class="tick" d="M{x} {top}V{bottom}"/><text class="small" x="{x}" y="{y}" text-anchor="{side}">'
            "{text}</text>"
        ).format(
            x=_units(_x(at)),
            top=_TOP,
            bottom=bottom,
            y=bottom + 13,
            text=text,
            side="end" if at > 0.95 else "middle",
        )
        for at, text in chart.ticks
    ]


def _row(row: Row, top: int) -> Markup:
    middle = top + _ROW // 2
    parts = [
        Markup('<text x="{}" y="{}" text-anchor="end">{}</text>').format(
            _LEFT - 8, middle + 4, _said(row.label, 14)
        )
    ]
    parts += [_shape(mark.sign, _x(mark.at), middle) for mark in row.marks]
    parts += [
        Markup('<path class="{}" d="M{} {}V{}"/>').format(tone, _units(_x(at)), top + 1, top + _ROW - 1)
        for tone, at in row.bars
    ]
    if row.note:
        parts.append(
            Markup('<text x="{}" y="{}" text-anchor="end">{}</text>').format(WIDTH - 2, middle + 4, row.note)
        )
    return Markup("").join(parts)


def _shape(sign: Sign, x: float, y: float) -> Markup:
    return Markup('<path class="{}" transform="translate({} {})" d="{}"/>').format(
        sign.tone, _units(x), _units(y), sign.shape.value
    )


def _wide(row: Row) -> float:
    """How much room there is for a pointer at one mark."""
    places = sorted(mark.at for mark in row.marks)
    near = [(b - a) * (_RIGHT - _LEFT) for a, b in pairwise(places) if b > a]
    return max(3.0, min([_PITCH, *near]))


def _x(at: float) -> float:
    return _LEFT + at * (_RIGHT - _LEFT)


def _units(number: float) -> str:
    whole, tenths = divmod(half_up(int(number * 1000), 100), 10)
    return f"{whole}.{tenths}" if tenths else str(whole)


def _said(text: str, most: int = 0) -> str:
    """Leave out what turns round other text, and what no XML can hold; shorten to ``most`` letters."""
    return clean(text.translate(_NO_XML), most)
