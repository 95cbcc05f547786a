"""
What the monitoring reported of an incident: which alerts fire, and what happened to them.

It is remembered in the text of the issue that was opened for them: a hidden line, signed as the receipts are, and
bound to the issue by the key in its marker. Editing that text mails nobody.
"""

import base64
import hashlib
import hmac
import json
import re
import zlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any, Final, Self

from tracker_bridge.domain.issue.changes import key_of

MAX_NAMED: Final = 200
"""Alerts whose names are kept; of the others the number is."""

MAX_STEPS: Final = 80
MAX_NAME: Final = 100
NAMES_OF_STEP: Final = 5

GATHERED: Final = timedelta(minutes=1)
"""What changes again within this time is one step."""

_LINE: Final = re.compile(r"^<!-- alerts:(?P<packed>[A-Za-z0-9_=-]+):(?P<mac>[0-9a-f]{64}) -->$", re.MULTILINE)
_MAX_RAW: Final = 1 << 20


class Step(StrEnum):
    """What happened to the alerts of an incident."""

    FIRED = "fired"
    CHANGED = "changed"
    CLEARED = "cleared"
    """None fires any more, as the monitoring says. Nobody knows yet whether all is well."""
    AGAIN = "again"
    CLOSED = "closed"
    """None has fired for so long that the bridge ended an incident that nobody touched."""


@dataclass(frozen=True, slots=True)
class AlertStep:
    """
    ``firing`` is how many fire after it. ``began`` and ``ended`` are the names of some that did, ``more`` is how
    many others. ``caution``: why an end need not mean that all is well.
    """

    at: datetime
    step: Step
    firing: int
    began: tuple[str, ...] = ()
    ended: tuple[str, ...] = ()
    more: int = 0
    caution: str = ""


@dataclass(frozen=True, slots=True)
class AlertRecord:
    """
    ``firing`` are the names of those that fire, by short digests of the sender's ids; beyond :data:`MAX_NAMED` the
    names are empty. ``source`` is the name of the endpoint. ``repeats`` counts news that told nothing new, the
    last one at ``seen``. ``before`` is the number of an earlier issue for the same alert.
    """

    source: str = ""
    firing: Mapping[str, str] = field(default_factory=dict)
    steps: tuple[AlertStep, ...] = ()
    seen: datetime | None = None
    repeats: int = 0
    before: int = 0

    @property
    def last(self) -> AlertStep | None:
        return self.steps[-1] if self.steps else None

    def heard(self, firing: Mapping[str, str], ended: Iterable[str], at: datetime, caution: str = "") -> Self:
        """Return the record after news: those that fire now, and the names of those that ended."""
        began = [name for one, name in firing.items() if one not in self.firing]
        gone = list(ended)
        if not began and firing.keys() == self.firing.keys():
            return replace(self, seen=at, repeats=self.repeats + 1)
        if firing:
            step = Step.CHANGED if self.firing else Step.AGAIN if self.steps else Step.FIRED
        else:
            step = Step.CLEARED
        told = AlertStep(
            at,
            step,
            len(firing),
            tuple(began[:NAMES_OF_STEP]),
            tuple(gone[:NAMES_OF_STEP]),
            max(0, len(began) - NAMES_OF_STEP) + max(0, len(gone) - NAMES_OF_STEP),
            caution if step is Step.CLEARED else "",
        )
        named = dict(list(firing.items())[:MAX_NAMED]) | dict.fromkeys(list(firing)[MAX_NAMED:], "")
        return replace(self, firing=named, steps=_added(self.steps, told), seen=at)

    def closed(self, at: datetime) -> Self:
        """Return the record after the bridge ended the incident."""
        return replace(self, steps=_added(self.steps, AlertStep(at, Step.CLOSED, 0)), seen=at)

    def pack(self, marker_key: str, key: bytes) -> str:
        """Return the hidden line for the issue with that key in its marker, signed with ``key``."""
        said = {
            "of": self.source,
            "firing": self.firing,
            "seen": self.seen and self.seen.timestamp(),
            "repeats": self.repeats,
            "before": self.before,
            "steps": [
                [one.at.timestamp(), one.step, one.firing, one.began, one.ended, one.more, one.caution]
                for one in self.steps
            ],
        }
        raw = json.dumps(said, separators=(",", ":")).encode()
        packed = base64.urlsafe_b64encode(zlib.compress(raw, 9)).decode()
        return f"<!-- alerts:{packed}:{_mac(packed, marker_key, key)} -->"

    @classmethod
    def unpack(cls, body: str, keys: Sequence[bytes]) -> Self | None:
        """Read the line in the text of an issue of ours; ``None`` unless one of the keys signed it."""
        lines, marked = list(_LINE.finditer(body)), key_of(body)
        if len(lines) != 1 or marked is None:
            return None
        packed, mac = lines[0]["packed"], lines[0]["mac"]
        if not any(hmac.compare_digest(mac, _mac(packed, marked, key)) for key in keys):
            return None
        try:
            return cls._parse(json.loads(_inflated(packed)))
        except (ValueError, TypeError, KeyError, OverflowError, zlib.error):
            return None

    @classmethod
    def _parse(cls, said: Mapping[str, Any]) -> Self:
        steps = tuple(
            AlertStep(_at(at), Step(step), int(firing), tuple(began), tuple(ended), int(more), str(caution))
            for at, step, firing, began, ended, more, caution in said["steps"]
        )
        seen = said["seen"]
        known = None if seen is None else _at(seen)
        return cls(str(said["of"]), dict(said["firing"]), steps, known, int(said["repeats"]), int(said["before"]))


def only_line(body: str, line: str) -> str:
    """Return a text without any other hidden line of this kind: with two of them, neither would count."""
    return _LINE.sub(lambda found: found[0] if found[0] == line else "", body)


def digest_of(member: str) -> str:
    """Return eight hexadecimal digits for the id of an alert."""
    return hashlib.sha256(member.encode("utf-8", "surrogatepass")).hexdigest()[:8]


def _added(steps: tuple[AlertStep, ...], new: AlertStep) -> tuple[AlertStep, ...]:
    """Add a step. Changes that follow each other soon are one; of too many, those in the middle are left out."""
    last = steps[-1] if steps else None
    if last and last.step is Step.CHANGED is new.step and new.at - last.at < GATHERED:
        began, ended = (*last.began, *new.began), (*last.ended, *new.ended)
        more = last.more + new.more + max(0, len(began) - NAMES_OF_STEP) + max(0, len(ended) - NAMES_OF_STEP)
        joined = replace(new, at=last.at, began=began[:NAMES_OF_STEP], ended=ended[:NAMES_OF_STEP], more=more)
        return (*steps[:-1], joined)
    all_ = (*steps, new)
    return all_ if len(all_) <= MAX_STEPS else (*all_[:10], *all_[len(all_) - MAX_STEPS + 10 :])


def _at(seconds: float) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)


def _mac(packed: str, marker_key: str, key: bytes) -> str:
    return hmac.new(key, f"alerts\n{marker_key}\n{packed}".encode(), hashlib.sha256).hexdigest()


def _inflated(packed: str) -> bytes:
    unpacking = zlib.decompressobj()
    raw = unpacking.decompress(base64.urlsafe_b64decode(packed), _MAX_RAW)
    if unpacking.unconsumed_tail:
        raise ValueError("it is too long")
    return raw
