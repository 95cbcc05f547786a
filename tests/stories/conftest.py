"""Stories are about what people see; HTTP itself is the subject of the contract suite and of tests/serving."""

import pytest


@pytest.fixture
def sockets() -> bool:
    return False
