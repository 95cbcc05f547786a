"""As in the stories: what people see, and no sockets."""

import pytest

from tests.contract.forges import Forge
from tests.intake.monitored import Monitored


@pytest.fixture
def sockets() -> bool:
    return False


@pytest.fixture
def monitored(forge: Forge) -> Monitored:
    return Monitored(forge)
