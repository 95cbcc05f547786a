"""
What the bot remembers in the thread: which calls it has judged, and how (the only thing it remembers).

Hidden lines of its own comments carry it, so that yesterday's command is not judged by today's rights, an edit by
somebody else does not run under the author's name, and a reaction is given once. When a line is lost or broken,
what it told is judged anew and the state stays right.
"""

import base64
import hashlib
import hmac
import re
import zlib
from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Final, Self

from tracker_bridge.domain.issue.call_outs import CallOut
from tracker_bridge.domain.issue.changes import Reaction
from tracker_bridge.domain.issue.dispatches import Dispatch, bounded
from tracker_bridge.domain.issue.issue import Access, Person

MAX_CHARACTERS: Final = 30_000
"""The length of one line at most. What does not fit goes into lines of further comments, the oldest first."""

_MAX_PACKED: Final = MAX_CHARACTERS - 100  # the rest is the signature and the frame
_ROW: Final = 22  # characters that a receipt takes in a line, nearly always less; names come on top
_MAX_RAW: Final = 1 << 20
_LINE = re.compile(r"^<!-- receipts:(?P<packed>[A-Za-z0-9_.=]+):(?P<mac>[0-9a-f]{64}) -->$", re.MULTILINE)
_ONE = re.compile(
    r"(?P<comment>[0-9]{1,19})\.(?P<ordinal>[0-9]{1,3}) (?P<digest>[0-9a-f]{16}) "
    r"(?P<verdict>[ardiq])(?P<access>[0-5]?)"
    r"(?: by=(?P<actor>[0-9]{1,19}[bt]?,\S{1,300}))?(?: of=(?P<first>[0-9]{1,19}[bt]?,\S{1,300}))?"
    r"(?P<people>(?: -?[0-9]{1,19}[bt]?,\S{1,300})*)(?P<tried>(?: ~-?[0-9]{1,19}[bt]?,\S{1,300})*)"
)
_KEPT = "= "
_OUT = "> "
_CALLED = "~ "
_ACT = re.compile(r"! (?P<act>[a-z]+\.[0-9a-f.]{1,64})")


class Verdict(StrEnum):
    """
    How a call was judged.

    Run, a mistake, not allowed and told so, a stranger's and so not answered, or not at all, as nobody knows
    who said it.
    """

    ACCEPTED = "a"
    REFUSED = "r"
    DENIED = "d"
    IGNORED = "i"
    DOUBTFUL = "q"


@dataclass(frozen=True, slots=True)
class Receipt:
    """
    One call that was judged. ``actor`` said it, if that was not the author of the comment.

    ``people`` are those whom it named, as they were found then: an account may give up its name later, and a name
    that was nobody's may be somebody's. ``first`` said it, if ``actor`` mended what somebody else had said.
    ``access`` is what its author had in the project then, and ``tried`` are those in the lines that were tried to
    be proposed: what is proposed depends on them, and stays so.
    """

    comment: int
    ordinal: int
    digest: bytes
    verdict: Verdict
    actor: Person | None = None
    people: tuple[Person, ...] = ()
    first: Person | None = None
    access: Access | None = None
    tried: tuple[Person, ...] = ()


@dataclass(frozen=True, slots=True)
class Receipts:
    """
    ``once_keys`` are things to be done once, such as ``close.1042``: closing for the command 1042.

    ``kept`` are parts of the settings, a line each, without which what was said by them could not be read. ``out``
    are the messages that were to go out, ``called`` those who were on call, and asked: oldest first.
    """

    calls: tuple[Receipt, ...] = ()
    once_keys: frozenset[str] = field(default_factory=frozenset)
    kept: frozenset[str] = field(default_factory=frozenset)
    out: tuple[Dispatch, ...] = ()
    called: tuple[CallOut, ...] = ()

    @property
    def state_acts(self) -> frozenset[str]:
        """What was done to the issue's state."""
        return frozenset(once_key for once_key in self.once_keys if once_key.startswith(("open.", "close.")))

    def having(self, once_keys: frozenset[str]) -> Self:
        """Return a copy that remembers these as well."""
        return replace(self, once_keys=self.once_keys | once_keys)

    def reactions(self) -> dict[int, Reaction]:
        """Return the reaction that each comment was given; commands that were not allowed get none."""
        given: dict[int, Reaction] = {}
        for receipt in self.calls:
            if receipt.verdict is Verdict.ACCEPTED:
                given.setdefault(receipt.comment, Reaction.ACCEPTED)
            elif receipt.verdict in (Verdict.REFUSED, Verdict.DOUBTFUL):
                given[receipt.comment] = Reaction.REFUSED
        return given

    def pack(self, identity: str, key: bytes) -> tuple[str, ...]:
        """
        Return the hidden lines, signed with ``key`` and bound to the issue of that ``identity``.

        The first is the status comment's, with the latest calls, all acts and all messages. The others hold the
        calls before, oldest first: they stay as they are while calls are added. Where all messages leave no room
        for the latest calls, these are the last of the others. Messages that do not fit even so are forgotten, the
        oldest first, and none that is still under way.
        """
        *full, latest = _shared_out(self.calls)
        remembered = self._fitting()
        first = _packed(latest, remembered)
        if latest and len(first) > _MAX_PACKED:
            full, first = [*full, latest], _packed((), remembered)
        packed = [first, *(_packed(calls, ()) for calls in full)]
        return tuple(f"<!-- receipts:{one}:{_mac(one, identity, key)} -->" for one in packed)

    def _fitting(self) -> tuple[str, ...]:
        """Return what is remembered beside calls, without the messages that leave no room."""

        def rows(forgotten: int) -> tuple[str, ...]:
            return self._remembered(bounded(self.out, len(self.out) - forgotten) if forgotten else self.out)

        def fits(forgotten: int) -> bool:
            return len(_packed((), rows(forgotten))) <= _MAX_PACKED

        return rows(0 if fits(0) else bisect_left(range(len(self.out)), True, key=fits))

    def _remembered(self, out: Iterable[Dispatch]) -> tuple[str, ...]:
        return (
            *(f"! {once_key}" for once_key in sorted(self.once_keys)),
            *(f"{_KEPT}{one}" for one in sorted(self.kept)),
            *(f"{_OUT}{one.row()}" for one in out),
            *(f"{_CALLED}{one.row()}" for one in self.called),
        )

    @classmethod
    def unpack(cls, bodies: Iterable[str], identity: str, keys: Sequence[bytes]) -> Self:
        """Read the lines in our own comments ``bodies``."""
        return cls.joined(cls.of_line(body, identity, keys) for body in bodies)

    @classmethod
    def joined(cls, parts: Iterable[Self]) -> Self:
        """Return what several lines remember together: of a call in two of them, what the first says."""
        read = list(parts)
        calls = {(one.comment, one.ordinal): one for part in reversed(read) for one in part.calls}
        kept = tuple(call for _, call in sorted(calls.items()))
        once_keys = frozenset(once_key for part in read for once_key in part.once_keys)
        out = tuple(one for part in read for one in part.out)
        called = tuple(one for part in read for one in part.called)
        return cls(kept, once_keys, frozenset(one for part in read for one in part.kept), out, called)

    @classmethod
    def of_line(cls, body: str, identity: str, keys: Sequence[bytes]) -> Self:
        """
        Read the line in our own comment ``body``; one that none of the ``keys`` signed tells nothing.

        There are several keys while one takes the place of another.
        """
        lines = list(_LINE.finditer(body))
        if len(lines) != 1:
            return cls()
        packed, mac = lines[0]["packed"], lines[0]["mac"]
        if not any(hmac.compare_digest(mac, _mac(packed, identity, key)) for key in keys):
            return cls()
        return cls._parse(_inflate(packed))

    @classmethod
    def _parse(cls, text: str) -> Self:
        rows = text.split("\n")
        calls = [_receipt(one) for row in rows if (one := _ONE.fullmatch(row))]
        once_keys = frozenset(once_key["act"] for row in rows if (once_key := _ACT.fullmatch(row)))
        kept = frozenset(row[2:] for row in rows if row.startswith(_KEPT))
        out = [sent for row in rows if row.startswith(_OUT) and (sent := Dispatch.parse(row[2:]))]
        called = [made for row in rows if row.startswith(_CALLED) and (made := CallOut.parse(row[2:]))]
        return cls(tuple(calls), once_keys, kept, tuple(out), tuple(called))


def _receipt(row: re.Match[str]) -> Receipt:
    comment, ordinal, digest, verdict, access, actor, first, people, tried = row.groups()
    return Receipt(
        int(comment),
        int(ordinal),
        bytes.fromhex(digest),
        Verdict(verdict),
        _person(actor) if actor else None,
        tuple(map(_person, people.split())),
        _person(first) if first else None,
        Access(int(access)) if access else None,
        tuple(_person(one.removeprefix("~")) for one in tried.split()) if tried else (),
    )


def _person(text: str) -> Person:
    number, _, login = text.partition(",")
    return Person(int(number.rstrip("bt")), login, bot=number.endswith("b"), team=number.endswith("t"))


def _told(person: Person) -> str:
    return f"{person.id}{'b' if person.bot else 't' if person.team else ''},{person.login}"


def _row(receipt: Receipt) -> str:
    by = f" by={_told(receipt.actor)}" if receipt.actor else ""
    by += f" of={_told(receipt.first)}" if receipt.first else ""
    people = "".join(
        (*(f" {_told(one)}" for one in receipt.people), *(f" ~{_told(one)}" for one in receipt.tried))
    )
    access = "" if receipt.access is None else int(receipt.access)
    return f"{receipt.comment}.{receipt.ordinal} {receipt.digest.hex()} {receipt.verdict}{access}{by}{people}"


def _shared_out(calls: Sequence[Receipt]) -> list[tuple[Receipt, ...]]:
    """Share the calls out to lines, the oldest to the first; where one ends does not depend on what follows it."""
    parts: list[list[Receipt]] = [[]]
    room = _MAX_PACKED
    for call in sorted(calls, key=lambda one: (one.comment, one.ordinal)):
        names = sum(
            len(one.login) + 13 for one in (*call.people, *call.tried, *filter(None, (call.actor, call.first)))
        )
        size = _ROW + 4 * names // 3
        if size > room and parts[-1]:
            parts.append([])
            room = _MAX_PACKED
        parts[-1].append(call)
        room -= size
    return [tuple(part) for part in parts]


def _packed(calls: Iterable[Receipt], remembered: Iterable[str]) -> str:
    rows = [*map(_row, calls), *remembered]
    return base64.b64encode(zlib.compress("\n".join(rows).encode(), 9), altchars=b"_.").decode()


def _mac(packed: str, identity: str, key: bytes) -> str:
    return hmac.new(key, f"tracker-bridge receipts\n{identity}\n{packed}".encode(), hashlib.sha256).hexdigest()


def _inflate(packed: str) -> str:
    """Inflate at most a mebibyte: a small line can hold a very large text."""
    try:
        return zlib.decompressobj().decompress(base64.b64decode(packed, altchars=b"_."), _MAX_RAW).decode()
    except (ValueError, zlib.error):
        return ""
