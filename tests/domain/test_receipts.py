"""What the bot remembers in the thread: it comes back whole, or not at all. security.md 3, reliability.md F26."""

import base64
import hashlib
import hmac
import re
import string
import zlib
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tests.examples import examples
from tracker_bridge.domain.issue.call_outs import CallOut, are_full
from tracker_bridge.domain.issue.changes import Reaction
from tracker_bridge.domain.issue.dispatches import MOST, Dispatch, Outcome, Sent, bounded
from tracker_bridge.domain.issue.issue import Access, Person
from tracker_bridge.domain.issue.receipts import MAX_CHARACTERS, Receipt, Receipts, Verdict

REF = "github:1012"
KEY = b"a key of the operator's"

LOGIN = f"{string.ascii_letters}{string.digits}_.-"
PEOPLE = st.builds(Person, st.integers(1, 10**19 - 1), st.text(LOGIN, min_size=1, max_size=60))
CALLS = st.builds(
    Receipt,
    comment=st.integers(0, 10**19 - 1),
    ordinal=st.integers(0, 19),
    digest=st.binary(min_size=8, max_size=8),
    verdict=st.sampled_from(Verdict),
    actor=st.none() | PEOPLE,
    people=st.lists(PEOPLE, max_size=3).map(tuple),
    first=st.none() | PEOPLE,
    access=st.none() | st.sampled_from(Access),
    tried=st.lists(PEOPLE, max_size=3).map(tuple),
)
ACTS = st.builds("{}.{}".format, st.sampled_from(["open", "close"]), st.integers(0, 10**19 - 1))
RECEIPTS = st.builds(
    Receipts,
    st.lists(CALLS, unique_by=lambda one: (one.comment, one.ordinal)).map(
        lambda calls: tuple(sorted(calls, key=lambda one: (one.comment, one.ordinal)))
    ),
    st.frozensets(ACTS, max_size=3),
)


def receipt(comment: int, verdict: Verdict = Verdict.ACCEPTED, ordinal: int = 0) -> Receipt:
    digest = hashlib.sha256(f"{comment}.{ordinal}".encode()).digest()[:8]
    return Receipt(comment, ordinal, digest, verdict)


def dispatch(number: int) -> Dispatch:
    """A message to a service that names what it shows by 26 random letters, which no packing makes shorter."""
    noise = hashlib.sha256(str(number).encode()).hexdigest()
    at = datetime(2026, 11, 2, tzinfo=UTC) + timedelta(minutes=number)
    sent = Sent(Outcome.DELIVERED, handle=base64.b32encode(bytes.fromhex(noise))[:26].decode().lower())
    return Dispatch(f"update.{int(noise[:8], 16)}.0", 0, "war-room", at, noise[8:12], noise[12:20], sent, at)


SOME = Receipts(
    (receipt(1001), receipt(1002, Verdict.REFUSED), receipt(1003, Verdict.DENIED)), frozenset({"close.1003"})
)


def forged(text: bytes, key: bytes = KEY, ref: str = REF) -> str:
    """Sign any packed text, as somebody could who has the key, or on a server that has none."""
    packed = base64.b64encode(text, altchars=b"_.").decode()
    mac = hmac.new(key, f"tracker-bridge receipts\n{ref}\n{packed}".encode(), hashlib.sha256).hexdigest()
    return f"<!-- receipts:{packed}:{mac} -->"


@examples(30)
@given(RECEIPTS, st.binary(max_size=40))
def test_receipts_come_back_as_they_were(receipts: Receipts, key: bytes) -> None:
    bodies = [
        f"### Status\n\ntext of ours\n\n{line}\n\n<!-- tracker-bridge:status -->"
        for line in receipts.pack(REF, key)
    ]
    assert Receipts.unpack(bodies, REF, [key]) == receipts


@examples(30)
@given(RECEIPTS)
def test_the_line_can_not_end_its_comment_nor_run_a_quick_action(receipts: Receipts) -> None:
    """Exactly one line, in an alphabet without ``-`` (so no ``--`` nor ``-->``) and without ``/``."""
    found = re.fullmatch(r"<!-- receipts:([A-Za-z0-9_.=]*):([0-9a-f]{64}) -->", receipts.pack(REF, KEY)[0])
    assert found
    assert "--" not in found[1]
    assert "/" not in found[0]


def test_the_forger_of_these_tests_forges_well() -> None:
    """Otherwise the tests that expect nothing from a forged line could not fail."""
    line = forged(zlib.compress(b"1001.0 0011223344556677 a"))
    assert Receipts.unpack([line], REF, [KEY]).calls == (
        Receipt(1001, 0, bytes.fromhex("0011223344556677"), Verdict.ACCEPTED),
    )


@pytest.mark.parametrize("key", [KEY, b""], ids=["with a key", "without a key"])
def test_no_single_changed_character_makes_other_receipts(key: bytes) -> None:
    line = SOME.pack(REF, key)[0]
    for at, was in enumerate(line):
        for other in {chr(ord(was) ^ 1), chr(ord(was) ^ 32), "A", "0", "a", ".", "\n", "é"} - {was}:
            found = Receipts.unpack([line[:at] + other + line[at + 1 :]], REF, [key])
            assert found in (Receipts(), SOME), f"{other!r} at {at}"


def test_a_line_cut_anywhere_counts_for_nothing() -> None:
    line = SOME.pack(REF, KEY)[0]
    for end in range(len(line)):
        assert Receipts.unpack([line[:end]], REF, [KEY]) == Receipts()
        assert Receipts.unpack([line[end + 1 :]], REF, [KEY]) == Receipts()


@pytest.mark.parametrize("ref", ["github:1013", "github:101", "gitlab:1012", "github:acme/api#12", ""])
@pytest.mark.parametrize("key", [KEY, b""], ids=["with a key", "without a key"])
def test_the_line_of_another_issue_counts_for_nothing(ref: str, key: bytes) -> None:
    assert Receipts.unpack([SOME.pack(REF, key)[0]], ref, [key]) == Receipts()


@pytest.mark.parametrize("key", [b"", KEY[:-1], KEY + b"\x01", b"another"])
def test_a_line_signed_with_another_key_counts_for_nothing(key: bytes) -> None:
    assert Receipts.unpack([SOME.pack(REF, KEY)[0]], REF, [key]) == Receipts()


def test_two_lines_count_for_nothing() -> None:
    line, other = SOME.pack(REF, KEY)[0], Receipts((receipt(1),)).pack(REF, KEY)[0]
    assert Receipts.unpack([f"{line}\n\n{line}"], REF, [KEY]) == Receipts()
    assert Receipts.unpack([f"{other}\n{line}"], REF, [KEY]) == Receipts()


@pytest.mark.parametrize("frame", ["> {}", "- {}", "`{}`", "| {} |", " {}", "{} x", "x {}"])
def test_a_line_in_other_text_is_not_one(frame: str) -> None:
    assert Receipts.unpack([frame.format(SOME.pack(REF, KEY)[0])], REF, [KEY]) == Receipts()


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
    assert Receipts.unpack([forged(text)], REF, [KEY]) == Receipts()


def test_rows_of_another_version_are_left_out_and_the_others_kept() -> None:
    rows = (
        b"1001.0 0011223344556677 a\n1002.0 0011223344556677 z9\nwhat? ever\n1003.0 0011223344556677 d by=7,rita"
    )
    found = Receipts.unpack([forged(zlib.compress(rows))], REF, [KEY])
    assert [(r.comment, r.verdict, r.actor) for r in found.calls] == [
        (1001, Verdict.ACCEPTED, None),
        (1003, Verdict.DENIED, Person(7, "rita")),
    ]


def test_a_small_line_that_inflates_without_end_is_read_up_to_a_mebibyte() -> None:
    rows = b"".join(b"%d.0 0011223344556677 a\n" % n for n in range(100_000)) * 4
    bomb = zlib.compress(rows, 9)
    line = forged(bomb)
    found = Receipts.unpack([line], REF, [KEY])
    assert 0 < len(found.calls) < 50_000


def test_receipts_that_do_not_fit_into_one_line_go_on_in_others_the_oldest_first() -> None:
    many = Receipts(tuple(receipt(n) for n in range(1, 5_001)), frozenset({"close.5000"}))
    latest, *others = many.pack(REF, KEY)
    assert len(others) == 3
    assert all(len(line) <= MAX_CHARACTERS for line in (latest, *others))
    assert Receipts.unpack([latest, *others], REF, [KEY]) == many
    alone = Receipts.unpack([latest], REF, [KEY])
    assert alone.calls == many.calls[-len(alone.calls) :]
    assert alone.once_keys == many.once_keys
    assert len(Receipts.unpack(others[1:], REF, [KEY]).calls) < len(many.calls)


def test_all_messages_leave_a_line_that_fits() -> None:
    many = Receipts(tuple(receipt(n) for n in range(1, 1_301)), out=tuple(map(dispatch, range(MOST))))
    lines = many.pack(REF, KEY)
    assert all(len(line) <= MAX_CHARACTERS for line in lines)
    assert Receipts.unpack(lines, REF, [KEY]) == many
    assert Receipts.unpack(lines[:1], REF, [KEY]).out == many.out


@examples(50)
@given(
    key=st.from_regex(r"[a-z][a-z0-9._-]{0,119}", fullmatch=True),
    part=st.integers(0, 10**9 - 1),
    minute=st.integers(0, 10**8),
    digest=st.sampled_from(["", "0011aabb"]),
    sent=st.none()
    | st.builds(
        Sent,
        st.sampled_from(Outcome),
        st.sampled_from(["", "answered 404"]),
        st.none() | st.from_regex(r"[!-,.-~]{1,300}", fullmatch=True),
    ),
)
@example(
    "status", 10_000, 0, "0011aabb", Sent(Outcome.DELIVERED, handle="1764400000.123456")
)  # a week, once a minute
def test_a_message_comes_back_as_it_was(key: str, part: int, minute: int, digest: str, sent: Sent | None) -> None:
    at = datetime.fromtimestamp(minute * 60, UTC)
    made = Dispatch(key, part, "war-room", at, "0a1b", digest, sent, at if sent else None)
    assert Dispatch.parse(made.row()) == made


def test_of_one_minute_what_was_sent_first_is_forgotten_first() -> None:
    """That somebody acknowledged is sent again, as long as it is remembered that they were paged, and not this."""
    at, sent = datetime(2026, 11, 2, tzinfo=UTC), Sent(Outcome.DELIVERED)
    keys = ("page.0.l1", "acknowledged.0.l1", "page-over.0")
    rows = [Dispatch(key, 0, "phone", at, "0a1b", sent=sent, known_at=at) for key in keys]
    for most in range(4):
        assert [one.key for one in bounded(rows, most)] == list(keys[3 - most :])
        assert bounded(bounded(rows, most), most) == bounded(rows, most)


@st.composite
def remembering_much(draw: st.DrawFn) -> Receipts:
    """Messages with handles of any length, some of them under way, and call-outs of many people."""
    seed, handle = draw(st.integers(0, 1 << 30)), draw(st.integers(1, 64))
    under_way = draw(st.sets(st.integers(0, MOST - 1), max_size=60))

    def sent(number: int) -> Dispatch:
        one = dispatch(seed + number)
        reason = hashlib.sha256(str(number).encode()).hexdigest() if number % 7 == 0 else ""
        known = Sent(Outcome.DELIVERED, reason, hashlib.sha512(str(one.at).encode()).hexdigest()[:handle])
        at = one.at - timedelta(minutes=seed)
        if number in under_way:
            return replace(one, at=at, sent=None, known_at=None)
        return replace(one, at=at, sent=known, known_at=at)

    called: list[CallOut] = []
    logins = draw(st.integers(0, 40))
    for number in range(draw(st.integers(0, 120))):
        if are_full(called):
            break
        who = tuple(hashlib.sha256(f"{number} {one}".encode()).hexdigest()[:20] for one in range(logins))
        called.append(CallOut(datetime(2026, 11, 2, tzinfo=UTC), 0, number + 1, who, pages=True))
    calls = tuple(receipt(n) for n in range(draw(st.integers(0, 300))))
    return Receipts(calls, out=tuple(map(sent, range(draw(st.integers(0, MOST))))), called=tuple(called))


@examples(20)
@given(remembering_much())
def test_however_much_is_remembered_each_line_fits_and_only_old_messages_are_forgotten(much: Receipts) -> None:
    lines = much.pack(REF, KEY)
    assert all(len(line) <= MAX_CHARACTERS for line in lines)
    again = Receipts.unpack(lines, REF, [KEY])
    assert (again.calls, again.called) == (much.calls, much.called)
    assert [one for one in again.out if one.sent is None] == [one for one in much.out if one.sent is None]
    known = [one for one in much.out if one.sent is not None]
    kept = [one for one in again.out if one.sent is not None]
    assert kept == known[len(known) - len(kept) :]
    assert again.pack(REF, KEY) == lines
    if len(kept) < len(known):
        assert len(lines[0]) > MAX_CHARACTERS * 0.9


def test_a_call_more_changes_only_the_latest_line() -> None:
    """The others are comments: each change would be a write."""
    calls = tuple(receipt(n) for n in range(1, 3_001))
    before = Receipts(calls).pack(REF, KEY)
    after = Receipts((*calls, receipt(3_001))).pack(REF, KEY)
    assert before[1:] == after[1:]
    assert before[0] != after[0]


def test_a_call_in_two_lines_is_what_the_first_tells() -> None:
    old, new = Receipts((receipt(1, Verdict.DENIED),)), Receipts((receipt(1, Verdict.ACCEPTED),))
    lines = [*new.pack(REF, KEY), *old.pack(REF, KEY)]
    assert Receipts.unpack(lines, REF, [KEY]) == new


def test_names_take_room_as_well() -> None:
    names = tuple(Person(10**12 + n, hashlib.sha256(str(n).encode()).hexdigest()) for n in range(60))
    many = Receipts(tuple(replace(receipt(n), people=names) for n in range(40)))
    lines = many.pack(REF, KEY)
    assert all(len(line) <= MAX_CHARACTERS for line in lines)
    assert Receipts.unpack(lines, REF, [KEY]) == many


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


def test_the_first_key_signs_and_each_of_them_is_believed() -> None:
    line = SOME.pack(REF, b"the old key")[0]
    assert Receipts.unpack([line], REF, [b"the new key", b"the old key"]) == SOME
    assert Receipts.unpack([line], REF, [b"the new key"]) == Receipts()
    assert Receipts.unpack([line], REF, []) == Receipts()
