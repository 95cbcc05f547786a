"""Many issues are read at once, and a limit is waited for."""

import threading

from tracker_bridge.cli.reading import AT_ONCE, LIMITS, each
from tracker_bridge.domain.issue.issue import IssueRef
from tracker_bridge.trackers import Denied, Later, TrackerError

REFS = [IssueRef("github", "acme/api", number) for number in range(1, 41)]


def test_several_are_read_at_once_and_given_in_their_order() -> None:
    together = threading.Barrier(AT_ONCE, timeout=30)

    def read(ref: IssueRef) -> int:
        together.wait()
        return ref.number

    assert list(each(REFS, read, print)) == [(ref, ref.number) for ref in REFS]


def test_a_limit_is_waited_for_and_the_rest_is_read() -> None:
    limited, said, slept = [REFS[3], REFS[3], REFS[7]], list[str](), list[float]()

    def read(ref: IssueRef) -> int:
        if ref in limited:
            limited.remove(ref)
            raise Later("could not read it: GitHub limits requests", 90)
        return ref.number

    found = dict(each(REFS, read, said.append, sleep=slept.append))

    assert found == {ref: ref.number for ref in REFS}
    assert slept == [90, 90, 90]
    assert "github:acme/api#8: waiting 90 s for a limit to pass" in said


def test_what_can_not_be_read_keeps_nothing_from_being_read() -> None:
    slept = list[float]()

    def read(ref: IssueRef) -> int:
        if ref.number == 2:
            raise Denied("no")
        if ref.number == 3:
            raise Later("never", 1)
        return ref.number

    found = dict(each(REFS, read, lambda _: None, sleep=slept.append))

    assert [ref.number for ref, one in found.items() if isinstance(one, TrackerError)] == [2, 3]
    assert len(slept) == LIMITS
