"""Which day an action item is due, whatever else is said with the same words (S113)."""

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracker_bridge.domain.incident.due import find_due

SAID_AT = datetime(2026, 11, 22, 14, 30, tzinfo=UTC)  # a Sunday

DUE = {
    "alert on the pool @bob before 2026-12-01": "alert on the pool @bob",
    "alert on the pool @bob, bis 2026-12-01": "alert on the pool @bob,",
    "alert by mail when the disk is full @bob due 2026-12-01": "alert by mail when the disk is full @bob",
    "move due dates into the tool @bob due 2026-12-01": "move due dates into the tool @bob",
    "fix the due tomorrow bug @bob due 1 Dec": "fix the due tomorrow bug @bob",
    "due 2026-12-01 alert on the pool @bob": "alert on the pool @bob",
    "due 1 Dec: alert on the pool @bob": "alert on the pool @bob",
    "alert by 2026-12-01 on the pool @bob": "alert on the pool @bob",
    "alert due by Dec 1 @bob": "alert @bob",
    "alert @bob due Tue, 1 December 2026": "alert @bob",
    "alert @bob (due 2026-12-01)": "alert @bob",
    "alert @bob due:2026-12-01": "alert @bob",
    "alert @bob due=2026-12-01": "alert @bob",
    "alert @bob --due=1 Dec": "alert @bob",
    "alert @bob due on 1 Dec.": "alert @bob",
    "alert @bob 2026-12-01": "alert @bob",
    "alert @bob until 1 Dec": "alert @bob",
    "alert @bob due in 9 days": "alert @bob",
    "@bob alert by mail due 1 Dec": "@bob alert by mail",
    "alert @bob due 2026-12-01 @carol": "alert @bob @carol",
}

TEXTS = [
    "check it before the deploy @bob",
    "move due dates into the tool @bob",
    "@bob move due dates into the tool",
    "fix it @bob by phone",
    "reduce the timeout by 20 seconds @bob",
    "cut it by 1.5 @bob",
    "fix by Monday's deploy @bob",
    "upgrade due to load @bob",
    "fix what this week's deploy broke @bob",
    "wait until it works @bob",
    "alert on the pool @bob",
    "alert on the pool",
]

FAULTS = {
    "fix it @bob due next week": "fix it @bob due <YYYY-MM-DD>",
    "fix it @bob by next week": "fix it @bob by <YYYY-MM-DD>",
    "fix it @bob due whenever it suits": "fix it @bob due <YYYY-MM-DD>",
    "fix it @bob due": "fix it @bob due <YYYY-MM-DD>",
    "fix it @bob due <date>": "fix it @bob due <YYYY-MM-DD>",
    "fix it @bob due DATE": "fix it @bob due <YYYY-MM-DD>",
    "fix it @bob due 2026-02-30": "fix it @bob due <YYYY-MM-DD>",
    "fix it @bob 02/12": "fix it @bob due <YYYY-MM-DD>",
    "fix it @bob due Sunday": "fix it @bob due <YYYY-MM-DD>",
    "by next release upgrade @bob": "by <YYYY-MM-DD> upgrade @bob",
    "fix it soon, due end of the month @bob": "fix it soon, due <YYYY-MM-DD> @bob",
    "fix it due asap @bob": "fix it due <YYYY-MM-DD> @bob",
    "fix it @bob due 1 Dec or 2 Dec": "fix it @bob due 2026-12-01",
    "fix it @bob due 2026-12-01 at noon": "fix it @bob due 2026-12-01",
    "fix it by 1 Dec at noon @bob": "fix it by <YYYY-MM-DD> at noon @bob",
    "fix it @bob by 1 Dec, due next week": "fix it @bob by 1 Dec, due <YYYY-MM-DD>",
}


@pytest.mark.parametrize(("text", "left"), DUE.items(), ids=repr)
def test_it_is_the_last_word_that_a_day_follows(text: str, left: str) -> None:
    found = find_due(text, SAID_AT, UTC)
    assert (found.text, found.day, found.fault) == (left, date(2026, 12, 1), "")


@pytest.mark.parametrize("text", TEXTS)
def test_the_words_are_text_where_no_day_is_meant(text: str) -> None:
    found = find_due(text, SAID_AT, UTC)
    assert (found.text, found.day, found.fault) == (text, None, "")


@pytest.mark.parametrize(("text", "line"), FAULTS.items(), ids=repr)
def test_what_is_meant_as_a_day_and_can_not_be_read_is_a_fault(text: str, line: str) -> None:
    found = find_due(text, SAID_AT, UTC)
    assert found.fault
    assert (found.text, found.day) == (line, None)


WORDS = [
    "fix",
    "it",
    "due",
    "by",
    "due:",
    "until",
    "@bob",
    "@carol",
    "1",
    "Dec",
    "2026-12-01",
    "next",
    "week",
    "02/12",
]


@given(st.lists(st.sampled_from([*WORDS, "friday", "mail", "at", "17:00", "(", "—due", "soon", "or"]), max_size=9))
def test_nothing_is_dropped(words: list[str]) -> None:
    """What is left are the words as they were said; only the day goes, or has a form in its place."""
    found = find_due(" ".join(words), SAID_AT, UTC)
    left = [word for word in found.text.split() if word not in ("<YYYY-MM-DD>", "due", "due:")]
    if found.day is None and not found.fault:
        assert found.text == " ".join(words)
    else:
        rest = iter(words)
        assert all(word in rest for word in left if not word.startswith("2026-") or word in words)
