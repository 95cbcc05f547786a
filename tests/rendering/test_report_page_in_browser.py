"""The page with charts in a real browser: readable on a small telephone, and by those who do not see it."""

import json

import pytest

from tests.axe import violations
from tests.pictures import Tab, find_chromium
from tests.rendering.incidents import cases
from tests.rendering.test_report_page import page

pytestmark = [
    pytest.mark.skipif(find_chromium() is None, reason="no Chromium on the PATH"),
    pytest.mark.slow,
]


@pytest.fixture(scope="module")
def tab(chromium: Tab, tmp_path_factory: pytest.TempPathFactory) -> Tab:
    file = tmp_path_factory.mktemp("report") / "report.html"
    file.write_text(page(*cases(30)), encoding="utf-8")
    chromium.anew()
    chromium.look(width=320, dark=False)
    chromium.open(file.as_uri())
    return chromium


@pytest.mark.parametrize("dark", [False, True])
@pytest.mark.parametrize("width", [320, 390, 1100])
def test_it_fits_the_screen_and_leaves_nobody_out(tab: Tab, width: int, dark: bool) -> None:
    tab.look(width=width, dark=dark)
    assert tab.run("document.documentElement.scrollWidth") <= width
    assert violations(tab) == []
    smallest = tab.run(
        "Math.min(...[...document.querySelectorAll('.chart text')].map(one => one.getBoundingClientRect().height))"
    )
    assert smallest >= 9, "letters of a chart can be read"


def test_a_mark_leads_to_its_incident(tab: Tab) -> None:
    tab.look(width=1100, dark=False)
    found = json.loads(
        tab.run(
            "JSON.stringify([...document.querySelectorAll('.links')].map(over => {"
            "const spot = over.querySelector('rect'); spot.scrollIntoView({block: 'center'});"
            "const at = spot.getBoundingClientRect();"
            "const hit = document.elementFromPoint(at.x + at.width / 2, at.y + at.height / 2);"
            "return hit.closest('a')?.getAttribute('href') ?? null }))"
        )
    )
    assert len(found) == 12
    assert all(one and one.startswith("https://forge.test/") for one in found)


def test_marks_differ_without_their_colours(tab: Tab) -> None:
    shapes = json.loads(
        tab.run(
            "JSON.stringify([...document.querySelectorAll('section')].map(one => "
            "[...one.querySelectorAll('.legend path')].map(path => path.getAttribute('d'))))"
        )
    )
    assert max(map(len, shapes)) >= 4
    assert all(len(one) == len(set(one)) for one in shapes)
