"""
Deliveries from GitHub: the signature first, over the raw bytes, and then the few fields that make a hint.

https://docs.github.com/en/webhooks/using-webhooks/validating-webhook-deliveries
"""

import hmac
import re
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from functools import partial
from typing import Annotated, Any, Literal, NotRequired
from urllib.parse import unquote_to_bytes

from pydantic import AwareDatetime, BaseModel, Field, TypeAdapter
from typing_extensions import TypedDict

from tracker_bridge.domain.issue.changes import key_of
from tracker_bridge.domain.issue.issue import IssueRef, Person
from tracker_bridge.trackers import Forged, Glimpse, IssueChanged
from tracker_bridge.trackers._names import Names, ref_of
from tracker_bridge.trackers._odd import validated
from tracker_bridge.trackers.github.shapes import lines

SIGNATURE = re.compile(r"sha256=([0-9a-f]{64})")

Number = Annotated[int, Field(strict=True, gt=0, lt=10**10)]
Id = Annotated[int, Field(strict=True, gt=0, lt=2**63)]

MISSING = False
"""Stands in for a text that may be ``null``, and is not there: then nothing is known of it."""

_TEXT = frozenset({str})
_TEXT_OR_NONE = frozenset({str, type(None)})


class Sender(TypedDict):
    id: Id


class Repository(TypedDict):
    full_name: str
    id: NotRequired[Id | None]


class Label(TypedDict):
    name: str


class HookedIssue(TypedDict):
    """``labels`` are something else where they are not as GitHub does it."""

    number: Number
    pull_request: NotRequired[object]
    title: NotRequired[Any]
    body: NotRequired[Any]
    labels: NotRequired[Annotated[list[Label] | Any, Field(union_mode="left_to_right")]]
    type: NotRequired[Any]


class HookedComment(TypedDict):
    id: Id
    body: NotRequired[str | None]
    updated_at: AwareDatetime


class Delivery(TypedDict):
    """
    What ``issues`` and ``issue_comment`` have in common; of the latter, ``comment``.

    Dictionaries, since models take a third longer to be read.
    """

    action: str
    repository: Repository
    issue: HookedIssue
    comment: NotRequired[HookedComment | None]
    sender: Sender
    changes: NotRequired[Any]
    label: NotRequired[Any]


class About(TypedDict):
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
        owner, _, name = self.repository["full_name"].partition("/")
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
    repository, issue = delivery["repository"], delivery["issue"]
    project = names.found(repository["full_name"], repository.get("id"))
    if project is None or issue.get("pull_request") is not None or our_own(delivery, viewer):
        seen(repository["full_name"])
        return None
    ref = ref_of(tracker, project, issue["number"])
    told = partial(_told, delivery, issue_type)
    if event == "issues":
        return IssueChanged(ref, told=told)
    return _commented(delivery, ref, told, viewer) if event == "issue_comment" else None


def _commented(
    delivery: Delivery, ref: IssueRef, told: Callable[[], Glimpse | None], viewer: Person | None
) -> IssueChanged | None:
    comment = delivery.get("comment")
    if comment is None:
        return None
    echo = viewer is None and is_marked(comment)
    match delivery["action"]:
        case "created" | "edited":
            return IssueChanged(ref, comment["id"], comment["updated_at"], told, echo)
        case "deleted":
            return IssueChanged(ref, comment["id"], told=told, echo=echo)
        case _:
            return None


def _note_name(body: bytes, names: Names) -> None:
    with suppress(ValueError):
        moved = validated(_MOVED, unwrapped(body))
        names.moved(moved.before, moved.repository["full_name"], moved.repository.get("id"))


def _told(delivery: Delivery, issue_type: str) -> Glimpse | None:
    """Return what is told of the issue; ``None`` where that is not as GitHub does it."""
    issue, changes, put = delivery["issue"], delivery.get("changes") or {}, delivery.get("label")
    try:
        labels = [label["name"] for label in [*issue["labels"], *([put] if put else [])]]
        before = [changes[what]["from"] for what in ("title", "body") if what in changes] if changes else []
        type_ = issue.get("type")
        type_ = type_ and type_["name"]
    except (TypeError, KeyError):
        return None
    comment = delivery.get("comment")
    said = [comment.get("body")] if comment else []
    texts = [issue.get("title"), issue.get("body", MISSING), *said, *before]
    if not _TEXT.issuperset(map(type, labels)) or not _TEXT_OR_NONE.issuperset(map(type, texts)):
        return None
    action = delivery["action"]
    typed = "typed" in action or (bool(issue_type) and str(type_).casefold() == issue_type.casefold())
    whole = bool(before) or action != "edited"
    return Glimpse(frozenset(labels), tuple([lines(text) for text in texts if text]), typed, whole)


def project_of(body: bytes) -> str | None:
    try:
        return validated(_ABOUT, unwrapped(body))["repository"]["full_name"]
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
    if viewer is None or delivery["sender"]["id"] != viewer.id:
        return False
    comment = delivery.get("comment")
    return comment is None or is_marked(comment)


def is_marked(comment: HookedComment) -> bool:
    """Whether it looks like one of ours: until the own account is known, nothing else tells."""
    return key_of(lines(comment.get("body"))) is not None
