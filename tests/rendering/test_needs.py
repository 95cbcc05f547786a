"""What is needed, in plain words."""

import pytest

from tracker_bridge.domain.derived.needed import Need, What
from tracker_bridge.rendering.needs import in_words


@pytest.mark.parametrize(
    ("who", "said"),
    [
        (("alice",), "The first technical step: alice looks for the cause"),
        ((), "The first technical step: someone to look for the cause"),
    ],
)
def test_who_takes_the_first_step(who: tuple[str, ...], said: str) -> None:
    assert in_words(Need(What.FIRST_STEP, who=who), str) == said
