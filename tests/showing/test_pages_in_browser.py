"""The status page and the board in a real browser: small, in the dark, and for those who cannot see."""

import pytest

from tests.axe import violations
from tests.pictures import Tab, find_chromium
from tests.showing.sample import AT, board_html, status_html
from tracker_bridge.rendering.status_page import AGE

pytestmark = [
    pytest.mark.skipif(find_chromium() is None, reason="no Chromium on the PATH"),
    pytest.mark.slow,
]


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """Return the address of each page by its name; ``old`` is a status page that says how old it is."""
    folder = tmp_path_factory.mktemp("pages")
    made = {"status": status_html(), "board": board_html()}
    made["old"] = made["status"].replace(AGE, '<p class="old">This page is 3 hours old.</p>')
    for name, html in made.items():
        (folder / f"{name}.html").write_text(html, encoding="utf-8")
    return {name: (folder / f"{name}.html").as_uri() for name in made}


@pytest.mark.parametrize("dark", [False, True])
@pytest.mark.parametrize("width", [320, 1280])
@pytest.mark.parametrize("name", ["status", "board", "old"])
def test_it_fits_the_screen_and_leaves_nobody_out(
    tab: Tab, pages: dict[str, str], name: str, width: int, dark: bool
) -> None:
    tab.look(width=width, dark=dark)
    tab.open(pages[name])
    assert tab.run("document.documentElement.scrollWidth") <= width
    assert tab.run("getComputedStyle(document.querySelector('main')).maxWidth") != "none", "its style is loaded"
    tab.run("document.querySelectorAll('details').forEach(one => one.open = true)")
    assert tab.run("document.documentElement.scrollWidth") <= width
    assert violations(tab) == []


def test_its_policy_lets_no_script_run_and_nothing_be_loaded(tab: Tab, pages: dict[str, str]) -> None:
    for name in ("status", "board"):
        tab.look(width=1280, dark=False)
        tab.open(pages[name])
        assert tab.run("document.scripts.length") == 0
        assert tab.run("performance.getEntriesByType('resource').length") == 0


def test_days_differ_without_their_colours(tab: Tab, pages: dict[str, str]) -> None:
    tab.look(width=1280, dark=False)
    tab.open(pages["status"])
    shapes = tab.run(
        "[...document.querySelectorAll('rect')].map("
        "one => one.getAttribute('class') + ' ' + one.getAttribute('y'))"
    )
    assert {"unknown 13", "none 0", "critical 0", "critical 18"} <= set(shapes)
    assert f"{AT:%d %b %Y}" in tab.run("document.body.textContent")
