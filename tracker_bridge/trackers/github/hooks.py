"""
Deliveries from GitHub: the signature first, over the raw bytes, and then the few fields that make a hint.

https://docs.github.com/en/webhooks/using-webhooks/validating-webhook-deliveries
"""

import hmac
import re
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from typing import Annotated, Any, Literal
from urllib.parse import unquote_to_bytes

from pydantic import AwareDatetime, BaseModel, Field, TypeAdapter

from tracker_bridge.domain.issue.changes import key_of
from tracker_bridge.domain.issue.issue import IssueRef, Person
from tracker_bridge.trackers import Forged, Glimpse, IssueChanged
from tracker_bridge.trackers._names import Names
from tracker_bridge.trackers._odd import validated
from tracker_bridge.trackers.github.shapes import lines

SIGNATURE = re.compile(r"sha256=([0-9a-f]{64})")

Number = Annotated[int, Field(strict=True, gt=0, lt=10**10)]
Id = Annotated[int, Field(strict=True, gt=0, lt=2**63)]

MISSING = False
"""Stands in for a text that may be ``null``, and is not there: then nothing is known of it."""

_TEXT = frozenset({str})
_TEXT_OR_NONE = frozenset({str, type(None)})


class Sender(BaseModel):
    id: Id


class Repository(BaseModel):
    full_name: str
    id: Id | None = None


class HookedIssue(BaseModel):
    number: Number
    pull_request: object = None
    title: Any = None
    body: Any = MISSING
    labels: Any = None
    type: Any = None


class HookedComment(BaseModel):
    id: Id
    body: str | None = None
    updated_at: AwareDatetime


class Delivery(BaseModel):
    """What ``issues`` and ``issue_comment`` have in common; of the latter, ``comment``."""

    action: str
    repository: Repository
    issue: HookedIssue
    comment: HookedComment | None = None
    sender: Sender
    changes: Any = None
    label: Any = None


class About(BaseModel):
    repository: Repository


class _Named(BaseModel):
    """What stood there before a change."""

    name: dict[str, str] = {}


class _Owned(BaseModel):
    user: dict[str, Any] | None = None
    organization: dict[str, Any] | None = None


class _OwnedBefore(BaseModel):
    before: _Owned = Field(default_factory=_Owned, alias="from")


class _Changes(BaseModel):
    repository: _Named = Field(default_factory=_Named)
    owner: _OwnedBefore = Field(default_factory=_OwnedBefore)


class Moved(BaseModel):
    """A repository has another name, or another owner. https://docs.github.com/en/webhooks/webhook-events-and-payloads"""

    action: Literal["renamed", "transferred"]
    repository: Repository
    changes: _Changes = Field(default_factory=_Changes)

    @property
    def before(self) -> str:
        """What it was called; empty where that is not told."""
        owner, _, name = self.repository.full_name.partition("/")
        was = self.changes.owner.before
        whose = (was.organization or was.user or {}).get("login") or owner
        return f"{whose}/{self.changes.repository.name.get('from') or name}"


DELIVERY = TypeAdapter(Delivery)
_ABOUT = TypeAdapter(About)
_MOVED = TypeAdapter(Moved)


def signature(headers: Mapping[str, str]) -> str:
    """Return what is said to be the signature; raise :class:`Forged` when nothing can be."""
    found = SIGNATURE.fullmatch(headers.get("x-hub-signature-256", ""))
    if found is None:
        raise Forged("the header X-Hub-Signature-256 is missing or malformed")
    return found[1]


def keyed(secrets: Iterable[str]) -> list[hmac.HMAC]:
    """Return what :func:`verify` takes: to begin with the secret each time costs half as much as the body."""
    return [hmac.new(secret.encode(), digestmod="sha256") for secret in secrets]


def verify(headers: Mapping[str, str], body: bytes, keys: Iterable[hmac.HMAC]) -> None:
    """
    Raise :class:`Forged` unless one of the secrets signed ``body``. Several may be valid: GitHub has no
    overlap when a secret is changed. All are tried, whichever fits.
    """
    given = signature(headers)
    fits = 0
    for key in keys:
        signed = key.copy()
        signed.update(body)
        fits += hmac.compare_digest(signed.hexdigest(), given)
    if not fits:
        raise Forged("not signed with a configured secret")


def parse_webhook(
    event: str,
    body: bytes,
    *,
    tracker: str,
    names: Names,
    viewer: Person | None,
    issue_type: str = "",
    seen: Callable[[str], None] = lambda _: None,
) -> IssueChanged | None:
    """
    Tell what an authentic delivery hints at. A repository is known by its id, whatever it is called.

    ``issue_type`` is the type of incidents. That a repository is called otherwise is noted, and no hint. Whose
    delivery it is that is none of ours, is told to ``seen``.
    """
    if event == "repository":
        _note_name(body, names)
    try:
        delivery = validated(DELIVERY, unwrapped(body))
    except ValueError:
        return None
    project = names.found(delivery.repository.full_name, delivery.repository.id)
    if project is None or delivery.issue.pull_request is not None or our_own(delivery, viewer):
        seen(delivery.repository.full_name)
        return None
    ref = IssueRef(tracker, project, delivery.issue.number)
    told = _told(delivery, issue_type)
    echo = viewer is None and delivery.comment is not None and is_marked(delivery.comment)
    if event == "issues":
        return IssueChanged(ref, told=told)
    return _commented(delivery, ref, told, echo=echo) if event == "issue_comment" else None


def _commented(delivery: Delivery, ref: IssueRef, told: Glimpse | None, *, echo: bool) -> IssueChanged | None:
    comment = delivery.comment
    if comment is None:
        return None
    match delivery.action:
        case "created" | "edited":
            return IssueChanged(ref, comment.id, comment.updated_at, told, echo)
        case "deleted":
            return IssueChanged(ref, comment.id, told=told, echo=echo)
        case _:
            return None


def _note_name(body: bytes, names: Names) -> None:
    with suppress(ValueError):
        moved = validated(_MOVED, unwrapped(body))
        names.moved(moved.before, moved.repository.full_name, moved.repository.id)


def _told(delivery: Delivery, issue_type: str) -> Glimpse | None:
    """Return what is told of the issue; ``None`` where that is not as GitHub does it."""
    issue, changes = delivery.issue, delivery.changes or {}
    try:
        labels = [label["name"] for label in [*issue.labels, *([delivery.label] if delivery.label else [])]]
        before = [changes[what]["from"] for what in ("title", "body") if what in changes] if changes else []
        type_ = issue.type and issue.type["name"]
    except (TypeError, KeyError):
        return None
    comment = [delivery.comment.body] if delivery.comment else []
    texts = [issue.title, issue.body, *comment, *before]
    if not _TEXT.issuperset(map(type, labels)) or not _TEXT_OR_NONE.issuperset(map(type, texts)):
        return None
    typed = "typed" in delivery.action or (bool(issue_type) and str(type_).casefold() == issue_type.casefold())
    whole = bool(before) or delivery.action != "edited"
    return Glimpse(frozenset(labels), tuple([lines(text) for text in texts if text]), typed, whole)


def project_of(body: bytes) -> str | None:
    try:
        return validated(_ABOUT, unwrapped(body)).repository.full_name
    except ValueError:
        return None


def unwrapped(body: bytes) -> bytes:
    """Take the JSON out of a form: what GitHub sends unless the hook's content type was set to JSON."""
    if not body.startswith(b"payload="):
        return body
    payload = body.removeprefix(b"payload=").partition(b"&")[0]
    return unquote_to_bytes(payload.replace(b"+", b" "))


def our_own(delivery: Delivery, viewer: Person | None) -> bool:
    """
    Tell whether this is an echo of what we did. A comment without our marker is not, even from our account:
    a person may use the same one, to try the bridge out with a token of their own.
    """
    if viewer is None or delivery.sender.id != viewer.id:
        return False
    return delivery.comment is None or is_marked(delivery.comment)


def is_marked(comment: HookedComment) -> bool:
    """Whether it looks like one of ours: until the own account is known, nothing else tells."""
    return key_of(lines(comment.body)) is not None
