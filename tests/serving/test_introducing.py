"""A process that only receives finds out whose credential it has."""

import threading
from collections.abc import Mapping
from typing import cast

import pytest

from tests.contract.forges import Forge, Needs
from tracker_bridge.sandbox.faults import FaultResponse
from tracker_bridge.serving import introducing
from tracker_bridge.trackers import Tracker

LONG = 30.0


def test_it_asks_until_it_is_told(forge: Forge, needs: Needs, monkeypatch: pytest.MonkeyPatch) -> None:
    needs("http")
    monkeypatch.setattr(introducing, "AGAIN", 0.01)
    forge.sandbox.faults.add(FaultResponse(404), path="/user$", times=2)
    tracker, known = forge.another(), threading.Event()

    class Told:
        """The tracker, and whether it knows."""

        projects = tracker.projects
        told = tracker.told  # type: ignore[attr-defined]

        def viewer(self, project: str) -> object:
            found: object = tracker.viewer(project)  # type: ignore[attr-defined]
            known.set()
            return found

    with introducing.introduced(cast("Mapping[str, Tracker]", {forge.name: Told()})):
        assert known.wait(LONG)
