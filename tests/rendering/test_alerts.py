"""The text of an issue that a program opens: read back as it was meant, and harmless whatever the program says."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.rendering.corpus import ALL
from tracker_bridge.domain.fold.form import answers_of
from tracker_bridge.domain.incident.times import Moment, parse_time
from tracker_bridge.domain.issue.changes import Document
from tracker_bridge.domain.issue.gate import check
from tracker_bridge.rendering.alerts import MAX_ALERT_CHARS, alert_text
from tracker_bridge.templates_folder import templates_folder

ROOTS = ("/incident", "/inc")
ROOM = 59_000


def text(**answers: str) -> str:
    return alert_text(templates_folder(), answers, ROOM)


def passes(body: str) -> None:
    check(Document("new:1", body), ROOTS, "incident-bot", 60_000)


def test_the_answers_are_those_of_the_form() -> None:
    shown = text(
        started="about 2026-11-20 14:05 UTC", detected="2026-11-20 14:12 UTC", source="alert", severity="sev1"
    )

    found = answers_of(shown)

    assert found == {
        "started": "about 2026-11-20 14:05 UTC",
        "detected": "2026-11-20 14:12 UTC",
        "source": "an alert",
        "severity": "sev1",
    }
    now = datetime(2026, 11, 20, 15, tzinfo=UTC)
    begun = parse_time(found["started"], now, UTC)
    assert begun == Moment(datetime(2026, 11, 20, 14, 5, tzinfo=UTC), approximate=True)


def test_nothing_is_said_of_what_is_not_known() -> None:
    assert text() == ""


@pytest.mark.parametrize("said", ALL)
def test_what_else_is_known_is_harmless(said: str) -> None:
    passes(text(detected="2026-11-20 14:12 UTC", more=said))


@given(st.text(st.characters(exclude_categories=("Cs", "Cc")) | st.sampled_from("\n`/@#"), max_size=200))
def test_whatever_it_is(said: str) -> None:
    passes(text(more=said))


@pytest.mark.parametrize("line", ["x", "/close\n", "`", "\tx", "<!--", "\u00e4\u0301", "🔥"])
def test_a_log_of_any_length_fits_and_tells_what_is_left_out(line: str) -> None:
    shown = text(detected="2026-11-20 14:12 UTC", more=line * (MAX_ALERT_CHARS * 3))

    assert len(shown) <= ROOM
    assert "more characters are left out here]" in shown
    passes(shown)


def test_of_a_log_that_just_fits_nothing_is_left_out() -> None:
    assert text(more="x" * MAX_ALERT_CHARS).count("x") == MAX_ALERT_CHARS
    assert "[1 more character is left out here]" in text(more="x" * (MAX_ALERT_CHARS + 1))
