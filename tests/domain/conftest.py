"""Everything that reads a text is tried with the line ends of every browser, mail program and tool."""

from collections.abc import Callable

import pytest

Ended = Callable[[str], str]


def _mixed(text: str) -> str:
    ends = ("\r\n", "\n", "\r")
    lines = text.split("\n")
    return "".join(line + ends[n % 3] for n, line in enumerate(lines[:-1])) + lines[-1]


ENDS: dict[str, Ended] = {
    "lf": lambda text: text,
    "crlf": lambda text: text.replace("\n", "\r\n"),
    "cr": lambda text: text.replace("\n", "\r"),
    "mixed": _mixed,
}


@pytest.fixture(params=ENDS)
def ended(request: pytest.FixtureRequest) -> Ended:
    """Rewrites a text with other line ends (F17)."""
    return ENDS[request.param]
