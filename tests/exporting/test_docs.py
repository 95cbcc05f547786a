"""docs/export.md and docs/labels-and-forms.md name what there is."""

import re

import pytest

from tests.exporting.schemas import DOCS
from tracker_bridge.cli import COMMANDS as PROGRAM
from tracker_bridge.commands import COMMANDS
from tracker_bridge.exporting.formats import FORMATS
from tracker_bridge.exporting.incidents import COLUMNS
from tracker_bridge.settings import Settings
from tracker_bridge.trackers.forges import FORGES

PAGES = ("export.md", "labels-and-forms.md")


def page(name: str) -> str:
    return (DOCS / name).read_text(encoding="utf-8")


def test_every_column_and_format_is_described() -> None:
    text = page("export.md")
    assert [name for name in COLUMNS if f"`{name}`" not in text] == []
    assert [name for name in FORMATS.values() if name not in text] == []


def test_every_form_is_described() -> None:
    assert [one.form for one in FORGES.values() if f"`{one.form}`" not in page("labels-and-forms.md")] == []


@pytest.mark.parametrize("name", PAGES)
def test_commands_links_and_settings_in_the_pages_exist(name: str) -> None:
    text = page(name)
    assert set(re.findall(r"/incident ([a-z-]+)", text)) <= set(COMMANDS)
    assert set(re.findall(r"tracker-bridge ([a-z]+) ", text)) <= set(PROGRAM)
    assert all((DOCS / target).exists() for target in re.findall(r"\]\(([a-z-]+[a-z.]+)\)", text))
    labels = type(Settings().labels).model_fields
    assert set(re.findall(r"`labels\.([a-z_]+)`", text)) <= set(labels)
