"""How many examples a property is tried with: ``SOAK=20`` asks for twenty times as many."""

import os
from typing import Final

from hypothesis import HealthCheck, settings

MORE: Final = int(os.environ.get("SOAK", "1"))


def examples(count: int) -> settings:
    """Return the settings of a property that is tried ``count`` times in ``make test``."""
    slow = [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much]
    return settings(max_examples=count * MORE, suppress_health_check=slow if MORE > 1 else [])
