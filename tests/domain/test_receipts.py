"""What the bot remembers in the thread: it comes back whole, or not at all. security.md 3, reliability.md F26."""

import base64
import hashlib
import hmac
import re
import zlib
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracker_bridge.domain.changes import Reaction
from tracker_bridge.domain.issue import IssueRef
from tracker_bridge.domain.receipts import MAX_CHARACTERS, Receipt, Receipts, Verdict

REF = IssueRef("github", "acme/api", 12)
KEY = b"a key of the operator's"

CALLS = st.builds(
    Receipt,
    comment=st.integers(0, 10**19 - 1),
    ordinal=st.integers(0, 19),
    digest=st.binary(min_size=8, max_size=8),
    verdict=st.sampled_from(Verdict),
    edited=st.booleans(),
)
ACTS = st.builds("{}.{}".format, st.sampled_from(["open", "close"]), st.integers(0, 10**19 - 1))
RECEIPTS = st.builds(Receipts, st.lists(CALLS).map(tuple), st.frozensets(ACTS, max_size=3))


def receipt(comment: int, verdict: Verdict = Verdict.ACCEPTED, ordinal: int = 0) -> Receipt:
    digest = hashlib.sha256(f"{comment}.{ordinal}".encode()).digest()[:8]
    return Receipt(comment, ordinal, digest, verdict)


SOME = Receipts(
    (receipt(1001), receipt(1002, Verdict.REFUSED), receipt(1003, Verdict.DENIED)), frozenset({"close.1003"})
)


def forged(text: bytes, key: bytes = KEY, ref: IssueRef = REF) -> str:
    """Sign any packed text, as somebody could who has the key, or on a server that has none."""
    packed = base64.b64encode(text, altchars=b"_.").decode()
    mac = hmac.new(key, f"tracker-bridge receipts\n{ref}\n{packed}".encode(), hashlib.sha256).hexdigest()
    return f"<!-- receipts:{packed}:{mac} -->"


@given(RECEIPTS, st.binary(max_size=40))
def test_receipts_come_back_as_they_were(receipts: Receipts, key: bytes) -> None:
    line = receipts.pack(REF, key)
    body = f"### Status\n\ntext of ours\n\n{line}\n\n<!-- tracker-bridge:status -->"
    assert Receipts.unpack(body, REF, key) == receipts


@given(RECEIPTS)
def test_the_line_can_not_end_its_comment_nor_run_a_quick_action(receipts: Receipts) -> None:
    """Exactly one line, in an alphabet without ``-`` (so no ``--`` nor ``-->``) and without ``/``."""
    found = re.fullmatch(r"<!-- receipts:([A-Za-z0-9_.=]*):([0-9a-f]{64}) -->", receipts.pack(REF, KEY))
    assert found
    assert "--" not in found[1]
    assert "/" not in found[0]


def test_the_forger_of_these_tests_forges_well() -> None:
    """Otherwise the tests that expect nothing from a forged line could not fail."""
    line = forged(zlib.compress(b"1001.0 0011223344556677 a"))
    assert Receipts.unpack(line, REF, KEY).calls == (
        Receipt(1001, 0, bytes.fromhex("0011223344556677"), Verdict.ACCEPTED),
    )


@pytest.mark.parametrize("key", [KEY, b""], ids=["with a key", "without a key"])
def test_no_single_changed_character_makes_other_receipts(key: bytes) -> None:
    line = SOME.pack(REF, key)
    for at, was in enumerate(line):
        for other in {chr(ord(was) ^ 1), chr(ord(was) ^ 32), "A", "0", "a", ".", "\n", "é"} - {was}:
            found = Receipts.unpack(line[:at] + other + line[at + 1 :], REF, key)
            assert found in (Receipts(), SOME), f"{other!r} at {at}"


def test_a_line_cut_anywhere_counts_for_nothing() -> None:
    line = SOME.pack(REF, KEY)
    for end in range(len(line)):
        assert Receipts.unpack(line[:end], REF, KEY) == Receipts()
        assert Receipts.unpack(line[end + 1 :], REF, KEY) == Receipts()


@pytest.mark.parametrize(
    "ref",
    [
        replace(REF, number=13),
        replace(REF, number=1),
        replace(REF, project="acme/apis"),
        replace(REF, project="acme/API"),
        replace(REF, tracker="gitlab"),
    ],
    ids=str,
)
@pytest.mark.parametrize("key", [KEY, b""], ids=["with a key", "without a key"])
def test_the_line_of_another_issue_counts_for_nothing(ref: IssueRef, key: bytes) -> None:
    assert Receipts.unpack(SOME.pack(REF, key), ref, key) == Receipts()


@pytest.mark.parametrize("key", [b"", KEY[:-1], KEY + b"\x01", b"another"])
def test_a_line_signed_with_another_key_counts_for_nothing(key: bytes) -> None:
    assert Receipts.unpack(SOME.pack(REF, KEY), REF, key) == Receipts()


def test_two_lines_count_for_nothing() -> None:
    line, other = SOME.pack(REF, KEY), Receipts((receipt(1),)).pack(REF, KEY)
    assert Receipts.unpack(f"{line}\n\n{line}", REF, KEY) == Receipts()
    assert Receipts.unpack(f"{other}\n{line}", REF, KEY) == Receipts()


@pytest.mark.parametrize("frame", ["> {}", "- {}", "`{}`", "| {} |", " {}", "{} x", "x {}"])
def test_a_line_in_other_text_is_not_one(frame: str) -> None:
    assert Receipts.unpack(frame.format(SOME.pack(REF, KEY)), REF, KEY) == Receipts()


@pytest.mark.parametrize(
    "text",
    [
        b"",
        b"not deflated",
        zlib.compress(b""),
        zlib.compress(b"\xff\xfe"),
        zlib.compress(b"{}"),
        zlib.compress(b"1001.0 00112233 a"),
        zlib.compress(b"1001.0 0011223344556677 x"),
        zlib.compress(b"-1.0 0011223344556677 a"),
        zlib.compress(b"1" * 30 + b".0 0011223344556677 a"),
        zlib.compress("١.0 0011223344556677 a".encode()),
        zlib.compress(b"! rm -rf"),
        zlib.compress(b"1001.0 0011223344556677 a")[:-9],
    ],
)
def test_nonsense_that_is_well_signed_counts_for_nothing(text: bytes) -> None:
    assert Receipts.unpack(forged(text), REF, KEY) == Receipts()


def test_rows_of_another_version_are_left_out_and_the_others_kept() -> None:
    rows = b"1001.0 0011223344556677 a\n1002.0 0011223344556677 z9\nwhat? ever\n1003.0 0011223344556677 de"
    found = Receipts.unpack(forged(zlib.compress(rows)), REF, KEY)
    assert [(r.comment, r.verdict, r.edited) for r in found.calls] == [
        (1001, Verdict.ACCEPTED, False),
        (1003, Verdict.DENIED, True),
    ]


def test_a_small_line_that_inflates_without_end_is_read_up_to_a_mebibyte() -> None:
    bomb = zlib.compress(b"1001.0 0011223344556677 a\n" * 2_000_000, 9)
    line = forged(bomb)
    assert len(line) < 250_000
    found = Receipts.unpack(line, REF, KEY)
    assert 0 < len(found.calls) <= (1 << 20) // 26 + 1


def test_receipts_that_do_not_fit_are_dropped_oldest_first() -> None:
    many = Receipts(tuple(receipt(n) for n in range(1, 5_001)), frozenset({"close.5000"}))
    line = many.pack(REF, KEY)
    found = Receipts.unpack(line, REF, KEY)
    assert len(line) <= MAX_CHARACTERS
    assert 1_200 < len(found.calls) < 5_000
    assert found.calls == many.calls[-len(found.calls) :]
    assert found.acts == many.acts
    assert found == many.fitting()


def test_a_comment_is_remembered_with_all_of_its_calls_or_not_at_all() -> None:
    """Else its reaction would change with what is remembered of it."""
    many = Receipts(tuple(receipt(n, ordinal=o) for n in range(1, 301) for o in range(20)))
    kept = many.fitting()
    assert 0 < len(kept.calls) < len(many.calls)
    assert len(kept.calls) % 20 == 0
    assert kept.fitting() == kept


def test_what_strangers_said_is_forgotten_before_what_the_team_said() -> None:
    team = tuple(receipt(n) for n in range(1, 41))
    strangers = tuple(receipt(n, Verdict.IGNORED, o) for n in range(1_000, 1_200) for o in range(20))
    kept = Receipts(team + strangers, frozenset({"close.40"})).fitting()

    assert kept.calls[:40] == team
    assert 40 < len(kept.calls) < 4_000
    assert kept.calls[40:] == strangers[40 - len(kept.calls) :]
    assert kept.fitting() == kept


@pytest.mark.parametrize("verdict", [v for v in Verdict if v is not Verdict.IGNORED])
def test_a_comment_of_which_one_call_was_answered_is_no_stranger_s(verdict: Verdict) -> None:
    mixed = (receipt(1, Verdict.IGNORED, 0), receipt(1, verdict, 1))
    strangers = tuple(receipt(n, Verdict.IGNORED) for n in range(2, 4_000))

    assert Receipts(mixed + strangers).fitting().calls[:2] == mixed


@given(st.lists(CALLS, max_size=30))
def test_what_fits_is_kept_whole(calls: list[Receipt]) -> None:
    assert Receipts(tuple(calls)).fitting() == Receipts(tuple(calls))


def test_packing_ends_whatever_there_is_to_remember() -> None:
    acts = frozenset(f"close.{hashlib.sha256(str(n).encode()).hexdigest()[:16]}" for n in range(5_000))
    line = Receipts((receipt(1),), acts).pack(REF, KEY)
    assert line.endswith(" -->")


def test_a_comment_with_a_mistake_is_frowned_at_and_one_that_was_not_allowed_is_left_alone() -> None:
    receipts = Receipts(
        (
            receipt(1),
            receipt(2, Verdict.REFUSED),
            receipt(3, Verdict.DENIED),
            receipt(4, Verdict.DOUBTFUL),
            receipt(5, Verdict.ACCEPTED, 0),
            receipt(5, Verdict.REFUSED, 1),
            receipt(5, Verdict.ACCEPTED, 2),
            receipt(6, Verdict.DENIED, 0),
            receipt(6, Verdict.ACCEPTED, 1),
        )
    )
    assert receipts.reactions() == {
        1: Reaction.ACCEPTED,
        2: Reaction.REFUSED,
        4: Reaction.REFUSED,
        5: Reaction.REFUSED,
        6: Reaction.ACCEPTED,
    }
