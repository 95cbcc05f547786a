"""The fixtures ``server`` and ``database``."""

from collections.abc import Iterator

import pytest

from tests.postgres import own_schema, running_server, temporary_folder


@pytest.fixture(scope="session")
def server() -> Iterator[str]:
    with running_server(temporary_folder()) as url:
        yield url


@pytest.fixture
def database(server: str) -> Iterator[str]:
    """Return the URL of a queue of its own, whose time passes."""
    with own_schema(server) as url:
        yield url
