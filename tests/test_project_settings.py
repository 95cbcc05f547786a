"""When a project's own file is read, and what holds while it cannot be."""

import logging
from datetime import UTC, datetime, timedelta

import pytest

from tests.contract.local import LocalTracker, rules_of
from tracker_bridge.domain.incident.rules import Layout, Rules
from tracker_bridge.project_settings import ProjectSettings
from tracker_bridge.sandbox.world import World
from tracker_bridge.settings import Settings
from tracker_bridge.trackers import Busy, Denied, Gone, TrackerError, Unreadable

NOON = datetime(2026, 11, 2, 12, 0, tzinfo=UTC)
EVERY = timedelta(minutes=5)
BERLIN, TOKYO, BROKEN = 'timezone = "Europe/Berlin"', 'timezone = "Asia/Tokyo"', "timezone = "


class Forge(LocalTracker):
    """A tracker that counts what is asked of it, and may refuse."""

    def __init__(self) -> None:
        world = World()
        bot = world.add_account("incident-bot", bot=True)
        self.files = world.add_project("acme/api", "local").files
        self.asked = 0
        self.trouble: TrackerError | None = None
        super().__init__(world, ["acme/api"], bot)

    def file(self, project: str, path: str) -> str | None:
        self.asked += 1
        if self.trouble:
            raise self.trouble
        return super().file(project, path)

    def push(self, text: str) -> None:
        self.files[".local/tracker-bridge.toml"] = text


class House:
    """The teams of one forge, and a clock."""

    def __init__(self) -> None:
        self.forge = Forge()
        self.now = NOON
        self.teams = self.another()

    def another(self) -> ProjectSettings:
        own = {"local": Rules()}
        return ProjectSettings(
            {"local": self.forge}, own, lambda name, text: rules_of(text, Settings(), name), every=EVERY
        )

    def zone(self, *, later: timedelta = EVERY) -> str:
        """Return what holds after some time."""
        self.now += later
        return str(self.teams.in_force("local", "acme/api", self.now).rules.timezone)

    @property
    def problems(self) -> list[str]:
        flaws = self.teams.in_force("local", "acme/api", self.now).flaws
        return [f"{where}: {what}" for where, what in flaws.problems] if flaws else []


@pytest.fixture
def house() -> House:
    return House()


def test_without_a_file_the_operators_settings_hold(house: House) -> None:
    assert house.zone() == "UTC"
    assert house.problems == []


def test_a_file_is_read_once_in_a_while(house: House) -> None:
    house.forge.push(BERLIN)
    assert house.zone() == "Europe/Berlin"
    house.forge.push(TOKYO)
    assert house.zone(later=EVERY - timedelta(seconds=1)) == "Europe/Berlin"
    assert house.forge.asked == 1
    assert house.zone(later=timedelta(seconds=1)) == "Asia/Tokyo"
    assert house.forge.asked == 2


def test_that_there_is_no_file_is_remembered_as_well(house: House) -> None:
    for _ in range(3):
        house.zone(later=timedelta(seconds=1))
    assert house.forge.asked == 1


def test_a_file_that_is_deleted_holds_no_more(house: House) -> None:
    house.forge.push(BERLIN)
    assert house.zone() == "Europe/Berlin"
    house.forge.files.clear()
    assert house.zone() == "UTC"


def test_projects_do_not_share_their_settings(house: House) -> None:
    house.forge.push(BERLIN)
    assert house.zone() == "Europe/Berlin"
    assert str(house.teams.in_force("local", "acme/web", house.now).rules.timezone) == "UTC"


def test_while_a_file_is_broken_its_last_good_version_holds(house: House) -> None:
    house.forge.push(BERLIN)
    house.zone()
    for broken in (BROKEN, "github = 1", BROKEN):
        house.forge.push(broken)
        assert house.zone() == "Europe/Berlin"
        assert len(house.problems) == 1
    flaws = house.teams.in_force("local", "acme/api", house.now).flaws
    assert flaws is not None
    assert flaws.kept

    house.forge.push(TOKYO)
    assert house.zone() == "Asia/Tokyo"
    assert house.problems == []


@pytest.mark.parametrize("trouble", [None, Unreadable("is larger than 64 KiB")])
def test_a_file_that_was_never_right_leaves_the_operators_settings(
    house: House, trouble: TrackerError | None
) -> None:
    house.forge.push(BROKEN)
    house.forge.trouble = trouble
    assert house.zone() == "UTC"
    flaws = house.teams.in_force("local", "acme/api", house.now).flaws
    assert flaws is not None
    assert not flaws.kept
    assert flaws.path == ".local/tracker-bridge.toml"
    assert flaws.problems[0][0] == "the file"


def test_a_file_that_can_no_more_be_taken_as_a_text_keeps_its_last_good_version(house: House) -> None:
    house.forge.push(BERLIN)
    house.zone()
    house.forge.trouble = Unreadable("is not text in UTF-8")
    assert house.zone() == "Europe/Berlin"
    assert house.problems == ["the file: is not text in UTF-8"]


@pytest.mark.parametrize("trouble", [Busy("not now", 5), Gone("moved")])
def test_trouble_changes_nothing_that_is_known(house: House, trouble: TrackerError) -> None:
    house.forge.push(BERLIN)
    house.zone()
    house.forge.trouble = trouble
    assert house.zone() == "Europe/Berlin"
    asked = house.forge.asked
    assert house.zone(later=timedelta(seconds=1)) == "Europe/Berlin"
    assert house.forge.asked == asked, "nor is it asked again at once"
    house.forge.trouble = None
    house.forge.push(TOKYO)
    assert house.zone() == "Asia/Tokyo"


@pytest.mark.parametrize("trouble", [Busy("not now", 5), Gone("moved")])
def test_what_was_never_known_is_not_guessed(house: House, trouble: TrackerError) -> None:
    house.forge.push(BERLIN)
    house.forge.trouble = trouble
    with pytest.raises(type(trouble)):
        house.zone()
    house.forge.trouble = None
    assert house.zone(later=timedelta(0)) == "Europe/Berlin"


def test_a_credential_that_may_not_read_files_is_as_if_there_were_none_and_said_once(
    house: House, caplog: pytest.LogCaptureFixture
) -> None:
    house.forge.trouble = Denied("could not read it: not allowed (403)")
    with caplog.at_level(logging.INFO):
        for _ in range(3):
            assert house.zone() == "UTC"
    assert [record.getMessage() for record in caplog.records] == [
        "local:acme/api: could not read it: not allowed (403); the operator's settings apply"
    ]


def test_the_log_tells_each_change_once(house: House, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO):
        for text in (None, BERLIN, BERLIN, BROKEN, BROKEN, TOKYO):
            if text:
                house.forge.push(text)
            house.zone()
    assert [(record.levelname, record.getMessage().partition(": ")[2][:60]) for record in caplog.records] == [
        ("INFO", "no .local/tracker-bridge.toml, or it is not visible; the ope"),
        ("INFO", ".local/tracker-bridge.toml holds"),
        ("WARNING", ".local/tracker-bridge.toml is broken, its last good version "),
        ("INFO", ".local/tracker-bridge.toml holds"),
    ]


# The template of reviews


def test_a_broken_template_keeps_its_last_good_version(house: House) -> None:
    files, later = house.forge.files, timedelta(hours=2)
    path = ".local/tracker-bridge/postmortem.md"

    def layout() -> Layout:
        house.now += later
        return house.teams.review_layout("local", "acme/api", house.now)

    assert layout() == Layout()
    files[path] = "{{ timeline }}"
    assert layout() == Layout("{{ timeline }}")
    files[path] = "{{ timline }}"
    broken = layout()
    assert broken.template == "{{ timeline }}"
    assert broken.flaws is not None
    assert (broken.flaws.path, broken.flaws.kept, broken.flaws.of_review) == (path, True, True)
    files[path] = "\udcff"
    assert layout().flaws is not None
    del files[path]
    assert layout() == Layout()
