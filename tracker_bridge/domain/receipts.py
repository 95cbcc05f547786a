"""
What the bot remembers in the thread: which calls it has judged, and how (the only thing it remembers).

A hidden line of the status comment carries it, so that yesterday's command is not judged by today's rights,
an edit by somebody else does not run under the author's name, and a reaction is given once. When the line is
lost or broken, everything is judged anew and the state stays right.
"""

import base64
import hashlib
import hmac
import re
import zlib
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Final, Self

from tracker_bridge.domain.changes import Reaction
from tracker_bridge.domain.issue import IssueRef

MAX_CHARACTERS: Final = 30_000
"""The line's length at most; ignored and then the oldest receipts go first. It holds some 1,500."""

_MAX_PACKED: Final = MAX_CHARACTERS - 100  # the rest is the signature and the frame
_MAX_CALLS: Final = 2_800  # no more fit: a digest alone takes eleven characters
_MAX_RAW: Final = 1 << 20
_LINE = re.compile(r"^<!-- receipts:(?P<packed>[A-Za-z0-9_.=]+):(?P<mac>[0-9a-f]{64}) -->$", re.MULTILINE)
_ONE = re.compile(
    r"(?P<comment>[0-9]{1,19})\.(?P<ordinal>[0-9]{1,2}) (?P<digest>[0-9a-f]{16}) "
    r"(?P<verdict>[ardiq])(?P<edited>e?)"
)
_ACT = re.compile(r"! (?P<act>[a-z]+\.[0-9.]{1,24})")


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
    """One call that was judged. ``edited``: it ran under the editor's name."""

    comment: int
    ordinal: int
    digest: bytes
    verdict: Verdict
    edited: bool = False


@dataclass(frozen=True, slots=True)
class Receipts:
    """``acts`` are things to be done once, such as ``close.1042``: closing for the command 1042."""

    calls: tuple[Receipt, ...] = ()
    acts: frozenset[str] = field(default_factory=frozenset)

    @property
    def state_acts(self) -> frozenset[str]:
        """What was done to the issue's state."""
        return frozenset(act for act in self.acts if act.startswith(("open.", "close.")))

    def having(self, acts: frozenset[str]) -> Self:
        """Return a copy that remembers these as well."""
        return replace(self, acts=self.acts | acts)

    def reactions(self) -> dict[int, Reaction]:
        """Return the reaction that each comment was given; commands that were not allowed get none."""
        given: dict[int, Reaction] = {}
        for receipt in self.calls:
            if receipt.verdict in (Verdict.REFUSED, Verdict.DOUBTFUL):
                given[receipt.comment] = Reaction.REFUSED
            elif receipt.verdict is Verdict.ACCEPTED:
                given.setdefault(receipt.comment, Reaction.ACCEPTED)
        return given

    def fitting(self) -> Self:
        """
        Return what of them fits into the line: comments with all of their calls, the latest ones.

        Those whose calls were all ignored go first: else strangers could push out what the team said.
        """
        answered = {receipt.comment for receipt in self.calls if receipt.verdict is not Verdict.IGNORED}
        ranked = sorted(self.calls, key=lambda receipt: receipt.comment in answered)
        gone = max(0, len(ranked) - _MAX_CALLS)
        while True:
            dropped = {receipt.comment for receipt in ranked[:gone]}
            kept = tuple(receipt for receipt in self.calls if receipt.comment not in dropped)
            if not kept or len(_packed(kept, self.acts)) <= _MAX_PACKED:
                return replace(self, calls=kept)
            gone += (len(ranked) - gone) // 10 + 1

    def pack(self, ref: IssueRef, key: bytes) -> str:
        """Return the hidden line, bound to the issue, and to ``key`` when there is one."""
        kept = self.fitting()
        packed = _packed(kept.calls, kept.acts)
        return f"<!-- receipts:{packed}:{_mac(packed, ref, key)} -->"

    @classmethod
    def unpack(cls, body: str, ref: IssueRef, key: bytes) -> Self:
        """Read the line in ``body``; empty receipts when there is none, or it is not ours."""
        lines = list(_LINE.finditer(body))
        if len(lines) != 1:
            return cls()
        packed, mac = lines[0]["packed"], lines[0]["mac"]
        if not hmac.compare_digest(mac, _mac(packed, ref, key)):
            return cls()
        return cls._parse(_inflate(packed))

    @classmethod
    def _parse(cls, text: str) -> Self:
        rows = text.splitlines()
        found = [_ONE.fullmatch(row) for row in rows]
        acts = [_ACT.fullmatch(row) for row in rows]
        return cls(
            tuple(
                Receipt(
                    int(one["comment"]),
                    int(one["ordinal"]),
                    bytes.fromhex(one["digest"]),
                    Verdict(one["verdict"]),
                    bool(one["edited"]),
                )
                for one in found
                if one is not None
            ),
            frozenset(act["act"] for act in acts if act is not None),
        )


def _packed(calls: Iterable[Receipt], acts: Iterable[str]) -> str:
    rows = [f"{r.comment}.{r.ordinal} {r.digest.hex()} {r.verdict}{'e' if r.edited else ''}" for r in calls]
    rows += [f"! {act}" for act in sorted(acts)]
    return base64.b64encode(zlib.compress("\n".join(rows).encode(), 9), altchars=b"_.").decode()


def _mac(packed: str, ref: IssueRef, key: bytes) -> str:
    return hmac.new(key, f"tracker-bridge receipts\n{ref}\n{packed}".encode(), hashlib.sha256).hexdigest()


def _inflate(packed: str) -> str:
    """Inflate at most a mebibyte: a small line can hold a very large text."""
    try:
        return zlib.decompressobj().decompress(base64.b64decode(packed, altchars=b"_."), _MAX_RAW).decode()
    except (ValueError, zlib.error):
        return ""
