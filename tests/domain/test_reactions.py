"""Which reactions were given, and which are owed because the forge did not take them."""

import pytest

from tracker_bridge.domain.issue.changes import React, Reaction, Reopen
from tracker_bridge.domain.issue.reactions import given, owed_acts
from tracker_bridge.domain.issue.receipts import Receipt, Receipts, Verdict

OK, NO = Reaction.ACCEPTED, Reaction.REFUSED


def receipts(*once_keys: str, **verdicts: Verdict) -> Receipts:
    calls = tuple(Receipt(int(comment[1:]), 0, bytes(8), verdict) for comment, verdict in verdicts.items())
    return Receipts(calls, frozenset(once_keys))


def test_what_is_remembered_was_given() -> None:
    before = receipts("close.7.0", c7=Verdict.ACCEPTED, c8=Verdict.REFUSED, c9=Verdict.IGNORED)
    assert given(before, before.reactions()) == {7: OK, 8: NO}


@pytest.mark.parametrize(
    ("once_key", "verdict", "there"),
    [
        ("owed.7.0", Verdict.ACCEPTED, {}),
        ("owed.7.0", Verdict.REFUSED, {}),
        ("owed.7.1", Verdict.ACCEPTED, {7: NO}),
        ("owed.7.1", Verdict.REFUSED, {7: OK}),
        ("owed.7.1", Verdict.IGNORED, {7: OK}),
        ("owed.0.0", Verdict.ACCEPTED, {7: OK}),
    ],
)
def test_what_is_owed_was_not_given_and_the_other_one_may_still_be_there(
    once_key: str, verdict: Verdict, there: dict[int, Reaction]
) -> None:
    now = receipts(once_key, c7=verdict)
    assert given(now, now.reactions()) == there


@pytest.mark.parametrize(
    ("undone", "once_keys"),
    [
        ([], set()),
        ([Reopen()], set()),
        ([React(7, OK)], {"owed.7.0"}),
        ([React(7, NO, on=False), React(7, OK)], {"owed.7.1"}),
        ([React(0, OK), React(7, NO, on=False)], {"owed.0.0", "owed.7.1"}),
    ],
)
def test_what_the_forge_did_not_take_is_owed(undone: list[React | Reopen], once_keys: set[str]) -> None:
    assert owed_acts(undone) == once_keys
