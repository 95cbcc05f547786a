"""What several folders of tests share, by name: the contract suite's forges, a PostgreSQL, a browser, forks."""

import gc
import logging
import sys
import typing
from collections.abc import Iterator
from functools import cache
from unittest.mock import patch

import pytest
from hypothesis import settings

from tests.contract.conftest import forge, lacking, needs, sockets
from tests.pictures import Tab, browser
from tests.postgres.conftest import database, server
from tests.serving.conftest import in_forks
from tracker_bridge.logs import JsonLines, TextLines

__all__ = ["database", "forge", "in_forks", "lacking", "needs", "server", "sockets"]

settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")

if sys.version_info < (3, 12):
    # What a protocol asks for never changes, and is found anew at every isinstance: requests asks eight times for
    # each request. Later Pythons find it once.
    patch.object(typing, "_get_protocol_attrs", cache(typing._get_protocol_attrs)).start()  # type: ignore[attr-defined]

# jsonschema reads addresses with it where a schema asks for that, which none of ours does; its import compiles 38
# grammars, a third of what each worker needs to collect the tests.
sys.modules["rfc3987_syntax"] = None  # type: ignore[assignment]


def pytest_collection_finish() -> None:
    """All that was imported and collected stays to the end: no collection of garbage need go through it again."""
    gc.collect()
    gc.freeze()


@pytest.fixture(autouse=True)
def logging_as_before() -> Iterator[None]:
    """Take back what a command that ran in this process has configured: others look for what is logged."""
    root, ours = logging.getLogger(), logging.getLogger("tracker_bridge")
    levels = root.level, ours.level
    yield
    root.handlers[:] = [one for one in root.handlers if not isinstance(one.formatter, JsonLines | TextLines)]
    root.setLevel(levels[0])
    ours.setLevel(levels[1])


@pytest.fixture(scope="module")
def chromium() -> Iterator[Tab]:
    """One browser for all of a file: each takes half a second to start, and some time when nobody asks it."""
    with browser() as tab:
        yield tab


@pytest.fixture
def tab(chromium: Tab) -> Tab:
    """An empty page that shares nothing with those of other tests."""
    chromium.anew()
    return chromium
