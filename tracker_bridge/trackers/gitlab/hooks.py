"""
Deliveries: whether one is authentic, and which issue it hints at.

GitLab signs with signing tokens (19.0; Standard Webhooks, https://www.standardwebhooks.com), or sends a
secret token along. Where a signature can be checked, it decides alone.
https://docs.gitlab.com/user/project/integrations/webhooks/
"""

import base64
import hmac
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Annotated, Any, Literal

from pydantic import BaseModel, Field, TypeAdapter

from tracker_bridge.domain.issue.changes import key_of
from tracker_bridge.trackers import Forged, Glimpse, IssueChanged
from tracker_bridge.trackers._names import Names, ref_of
from tracker_bridge.trackers._odd import validated
from tracker_bridge.trackers.gitlab.shapes import lines, may_be_incident

TOLERANCE = 300
"""Seconds that a signed delivery's time may differ from ours."""


SHORTEST = 24
"""Bytes that a signing key has at least (Standard Webhooks); GitLab's have 32."""


class WebhookVerifier:
    """The secrets of the webhooks. Several of each: the old and the new one while they are being replaced."""

    def __init__(self, webhook_tokens: Collection[str], signing_tokens: Collection[str]) -> None:
        """Raise ``ValueError``, which does not show it, for a secret that cannot be one."""
        if not all(webhook_tokens):
            raise ValueError("an empty webhook token would let anyone in")
        self._tokens = [token.encode() for token in webhook_tokens]
        self._keys = [hmac.new(_key(token), digestmod="sha256") for token in signing_tokens]

    def precheck(self, headers: Mapping[str, str], now: float) -> None:
        """Raise :class:`Forged` unless the headers prove a delivery, or a signature in them may prove the body."""
        if self._signed(headers):
            _signature(headers, now)
        else:
            self._check_token(headers)

    def verify(self, headers: Mapping[str, str], body: bytes, now: float) -> None:
        """Raise :class:`Forged` unless one of the secrets proves the delivery."""
        if not self._signed(headers):
            self._check_token(headers)
            return
        id_, at, given = _signature(headers, now)
        wanted = []
        for key in self._keys:
            signed = key.copy()
            signed.update(b"%b.%b." % (id_, at))
            signed.update(body)
            wanted.append(b"v1," + base64.b64encode(signed.digest()))
        if not _matches(given.split(b" "), wanted):
            raise Forged("not signed with a configured token")

    def _check_token(self, headers: Mapping[str, str]) -> None:
        if not _matches([_ascii(headers, "x-gitlab-token")], self._tokens):
            raise Forged("not a configured secret")

    def _signed(self, headers: Mapping[str, str]) -> bool:
        """Whether a signature decides."""
        return bool(self._keys) and "webhook-signature" in headers


def _signature(headers: Mapping[str, str], now: float) -> tuple[bytes, bytes, bytes]:
    """Return the delivery's id, its time, and its signatures."""
    id_, at, given = (_ascii(headers, f"webhook-{part}") for part in ("id", "timestamp", "signature"))
    if not at.isdigit() or len(at) > 12:
        raise Forged("webhook-timestamp is missing or malformed")
    if now - int(at) > TOLERANCE:
        raise Forged(f"signed more than {TOLERANCE} s ago: sent again, or this machine's clock is ahead")
    if int(at) - now > TOLERANCE:
        raise Forged(f"signed more than {TOLERANCE} s from now: this machine's clock is behind")
    return id_, at, given


def _key(token: str) -> bytes:
    try:
        key = base64.b64decode(token.removeprefix("whsec_"), validate=True)
    except ValueError:
        key = b""
    if len(key) < SHORTEST:
        raise ValueError("a signing token must be as GitLab shows it: whsec_ followed by 32 bytes in base64")
    return key


def _ascii(headers: Mapping[str, str], name: str) -> bytes:
    value = headers.get(name, "")
    if not value or not value.isascii():
        raise Forged(f"{name} is missing or malformed")
    return value.encode()


def _matches(given: Sequence[bytes], wanted: Sequence[bytes]) -> bool:
    """Compare each with each, to the end, in a time that does not depend on where they differ."""
    return sum(hmac.compare_digest(one, other) for one in given for other in wanted) > 0


MISSING = False
"""Stands in for a text that may be ``null``, and is not there: then nothing is known of it."""

_Id = Annotated[int, Field(gt=0, lt=2**63)]
_Number = Annotated[int, Field(gt=0, lt=10**10)]  # as in IssueRef


class _Project(BaseModel):
    path_with_namespace: str
    id: _Id | None = None


class _User(BaseModel):
    id: int | None = None


class _Shown(BaseModel):
    """What may be told of an issue, if it is as GitLab does it."""

    title: Any = None
    description: Any = MISSING
    type: Any = None
    labels: Any = None


class _Numbered(_Shown):
    iid: _Number


class _Attributes(_Shown):
    id: _Id | None = None
    iid: _Number | None = None
    noteable_type: str | None = None
    author_id: int | None = None
    updated_by_id: int | None = None
    updated_at: str | None = None
    action: Any = None
    note: Any = None


class _Moved(BaseModel):
    """A system hook about names. https://docs.gitlab.com/administration/system_hooks/"""

    event_name: Literal["project_rename", "project_transfer", "group_rename"]
    path_with_namespace: str = ""
    old_path_with_namespace: str = ""
    project_id: _Id | None = None
    full_path: str = ""
    old_full_path: str = ""


class _Delivery(BaseModel):
    """The part of a body that is looked at (https://docs.gitlab.com/user/project/integrations/webhook_events/)."""

    object_kind: Literal["note", "issue", "work_item", "emoji"]
    project: _Project
    object_attributes: _Attributes
    user: _User = _User()
    issue: _Numbered | None = None
    work_item: _Numbered | None = None
    labels: Any = None
    changes: Any = None
    note: Any = None

    @property
    def number(self) -> int | None:
        """The issue's number; ``None`` for what happens to merge requests, commits and snippets."""
        if self.object_kind in ("issue", "work_item"):
            return self.object_attributes.iid
        if self.object_kind == "note" and self.object_attributes.noteable_type not in ("Issue", "WorkItem"):
            return None
        item = self.issue or self.work_item
        return None if item is None else item.iid

    def by(self, viewer: int) -> bool:
        """
        Whether the account ``viewer`` did it. A note's ``user`` is always its author, even when somebody else
        changed it.
        """
        if self.object_kind != "note":
            return self.user.id == viewer
        changed = self.object_attributes
        return changed.author_id == viewer and changed.updated_by_id in (None, viewer)

    def told(self) -> Glimpse | None:
        """Return what is told of the issue; ``None`` where that is not as GitLab does it."""
        if self.object_kind in ("issue", "work_item"):
            return self._told_of_issue()
        item = self.issue or self.work_item
        if item is None:
            return None
        note = self.object_attributes if self.object_kind == "note" else self.note
        text = note.get("note") if isinstance(note, dict) else note and note.note
        created = self.object_kind == "emoji" or self.object_attributes.action == "create"
        return _told(item, item.labels, (item.title, item.description, text), whole=created)

    def _told_of_issue(self) -> Glimpse | None:
        item, changes = self.object_attributes, self.changes or {}
        try:
            moved = changes.get("labels") or {}
            labels = [*(self.labels or item.labels or ()), *moved.get("previous", ()), *moved.get("current", ())]
            before = [changes[what]["previous"] for what in ("title", "description") if what in changes]
        except (TypeError, AttributeError, KeyError):
            return None
        if self.labels is None and item.labels is None:
            return None
        whole = bool(changes) or item.action != "update"
        told = _told(item, labels, (item.title, item.description, *before), whole=whole)
        retyped = bool({"type", "issue_type", "work_item_type_id"} & changes.keys())
        return replace(told, typed=True) if told and retyped else told


def _told(item: _Shown, labels: Any, texts: Sequence[Any], *, whole: bool) -> Glimpse | None:
    try:
        names = [label["title"] for label in labels]
    except (TypeError, KeyError):
        return None
    if not isinstance(item.type, str) or not all(isinstance(one, str) for one in names):
        return None
    if not all(isinstance(one, str | None) for one in texts):
        return None
    shown = tuple(lines(text) for text in texts if text)
    return Glimpse(frozenset(names), shown, may_be_incident(item.type), whole)


class _About(BaseModel):
    project: _Project


_ABOUT = TypeAdapter(_About)
_DELIVERY = TypeAdapter(_Delivery)
_MOVED = TypeAdapter(_Moved)


def project_of(body: bytes) -> str | None:
    try:
        return validated(_ABOUT, body).project.path_with_namespace
    except ValueError:
        return None


def parse_webhook(
    body: bytes, names: Names, viewer: int | None, seen: Callable[[str], None] = lambda _: None
) -> IssueChanged | None:
    """
    Tell what an authentic delivery hints at; ``None`` for nothing of ours, or what makes no sense.

    A project is known by its id, whatever its path. ``viewer`` is the bot's account, if known: its own doings are
    no news. That a project or a group is called otherwise is noted, and no hint. Whose delivery it is that is none
    of ours, is told to ``seen``.
    """
    if b"event_name" in body and _moved(body, names):
        return None
    try:
        delivery = validated(_DELIVERY, body)
    except ValueError:
        return None
    project = names.found(delivery.project.path_with_namespace, delivery.project.id)
    if project is None or delivery.number is None or (viewer is not None and delivery.by(viewer)):
        seen(delivery.project.path_with_namespace)
        return None
    ref = ref_of("gitlab", project, delivery.number)
    changed, told = delivery.object_attributes, delivery.told
    if delivery.object_kind != "note" or changed.id is None or changed.updated_at is None:
        return IssueChanged(ref, told=told)
    echo = viewer is None and isinstance(changed.note, str) and key_of(lines(changed.note)) is not None
    try:
        return IssueChanged(ref, changed.id, _moment(changed.updated_at), told, echo)
    except (ValueError, OverflowError):
        return IssueChanged(ref, told=told)


def _moved(body: bytes, names: Names) -> bool:
    """Take in what system hooks tell of names, on servers of one's own; return whether it is that."""
    try:
        told = validated(_MOVED, body)
    except ValueError:
        return False
    if told.event_name == "group_rename":
        names.group_moved(told.old_full_path, told.full_path)
    else:
        names.moved(told.old_path_with_namespace, told.path_with_namespace, told.project_id)
    return True


def _moment(text: str) -> datetime:
    """Read ISO 8601, or the form of older versions: ``2026-01-05 14:05:10 UTC``."""
    at = datetime.fromisoformat(text.removesuffix(" UTC"))
    return at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)
