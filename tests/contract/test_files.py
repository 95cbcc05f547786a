"""Files of a project: a text, nothing, or why it cannot be taken as one (S118)."""

import re

import pytest

from tests.contract.forges import Forge, Needs
from tracker_bridge.domain.issue.issue import Access
from tracker_bridge.sandbox.faults import Cut, Fault, FaultResponse
from tracker_bridge.trackers import MAX_FILE, Busy, Denied, Files, Unreadable

PATH = ".github/tracker-bridge.toml"


@pytest.fixture
def tracker(forge: Forge) -> Files:
    assert isinstance(forge.tracker, Files)
    return forge.tracker


@pytest.mark.parametrize(
    "text", ["", 'timezone = "UTC"\n', 'timezone = "UTC"\r\n', "# Größe: 🔥 \u2028\n" * 900, "x" * MAX_FILE]
)
def test_a_file_is_read_as_it_is(forge: Forge, tracker: Files, text: str) -> None:
    forge.project.files[PATH] = text

    assert tracker.file("acme/api", PATH) == text


def test_a_path_with_odd_characters_is_one_path(forge: Forge, tracker: Files) -> None:
    forge.project.files["docs/Über uns/50%25 #1?.md"] = "here"

    assert tracker.file("acme/api", "docs/Über uns/50%25 #1?.md") == "here"


def test_a_byte_order_mark_is_no_part_of_the_text(forge: Forge, tracker: Files) -> None:
    forge.project.files[PATH] = '\ufefftimezone = "UTC"'

    assert tracker.file("acme/api", PATH) == 'timezone = "UTC"'


def test_a_file_that_is_not_there_is_none(forge: Forge, tracker: Files) -> None:
    assert tracker.file("acme/api", PATH) is None
    forge.project.files["README.md"] = "# API"
    assert tracker.file("acme/api", PATH) is None


def test_of_a_project_that_is_hidden_or_gone_there_is_none(forge: Forge, tracker: Files) -> None:
    forge.project.files[PATH] = "secret"
    del forge.project.members[forge.bot.id]

    assert tracker.file("acme/api", PATH) is None
    assert tracker.file("acme/nothing", PATH) is None


@pytest.mark.parametrize("size", [MAX_FILE + 1, 3_000_000])
def test_a_large_file_is_not_read(forge: Forge, tracker: Files, size: int) -> None:
    forge.project.files[PATH] = "x" * size

    with pytest.raises(Unreadable, match=r"^is larger than 64 KiB$"):
        tracker.file("acme/api", PATH)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("\udcff\udcfe", "is in UTF-16, as some Windows programs write it; save it as UTF-8"),
        ("caf\udce9 = 1", "is not text in UTF-8 (see line 1); save it as UTF-8"),
        ("\x00\n\udc80", "is not text in UTF-8 (see line 2); save it as UTF-8"),
    ],
)
def test_a_file_that_is_not_utf_8_is_not_read(forge: Forge, tracker: Files, text: str, reason: str) -> None:
    forge.project.files[PATH] = text

    with pytest.raises(Unreadable, match=f"^{re.escape(reason)}$"):
        tracker.file("acme/api", PATH)


@pytest.mark.parametrize("lacking", ["contents"])
def test_a_credential_that_may_not_read_files_is_told_so(forge: Forge, tracker: Files) -> None:
    with pytest.raises(Denied, match=r"read \.github/tracker-bridge\.toml of \w+:acme/api"):
        tracker.file("acme/api", PATH)


def test_a_guest_of_a_private_gitlab_project_may_not_read_its_files(forge: Forge, tracker: Files) -> None:
    if forge.name != "gitlab":
        pytest.skip("on GitHub whoever may read issues may read files")
    forge.project.files[PATH] = "x"
    forge.world.add_member(forge.project, forge.bot, Access.READ)

    with pytest.raises(Denied):
        tracker.file("acme/api", PATH)


@pytest.mark.parametrize("fault", [FaultResponse(502), FaultResponse(429), Cut()], ids=repr)
def test_trouble_is_no_missing_file(forge: Forge, tracker: Files, needs: Needs, fault: Fault) -> None:
    needs("http")
    forge.project.files[PATH] = "timezone = 'UTC'" * 2_000
    forge.sandbox.faults.add(fault, times=10)

    with pytest.raises(Busy):
        tracker.file("acme/api", PATH)


def test_one_request_is_one_file(forge: Forge, tracker: Files, needs: Needs) -> None:
    needs("http")
    forge.project.files[PATH] = "x" * MAX_FILE

    tracker.file("acme/api", PATH)

    assert [one.method for one in forge.sandbox.requests] == ["GET"]
