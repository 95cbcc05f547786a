"""
Mattermost: a webhook, or a bot's token, with which a post can be edited, and others go below it.

https://developers.mattermost.com/integrate/webhooks/incoming/
https://developers.mattermost.com/api-documentation/#/operations/CreatePost
"""

import re
from typing import Final

from tracker_bridge.destinations.attempts import Attempt, delivered, failed, judged
from tracker_bridge.destinations.http import USUAL, Answer, Limits
from tracker_bridge.destinations.texts import TOO_LONG, cut, defused, whole_of
from tracker_bridge.destinations.trying import object_of, tried
from tracker_bridge.domain.incident.outward import Kind, Message

_MOST: Final = 16_000
_ID: Final = re.compile(r"[a-z0-9]{26}", re.ASCII)
_GONE: Final = failed("the earlier post is not there")
_PROBLEM: Final = frozenset({400, 403, 404})
"""What a post that was deleted, or may not be edited any more, is answered with."""


class MattermostHook:
    """An incoming webhook: it posts, and says nothing by which a post could be found again."""

    service = "mattermost"
    can_edit = False
    can_dedup = False

    def __init__(self, name: str, url: str, max_text: int, limits: Limits = USUAL) -> None:
        self.name, self.max_text = name, max_text
        self._url, self._limits = url, limits

    def send(self, message: Message, handle: str | None) -> Attempt:  # noqa: ARG002 - a destination's signature
        text = cut(message, defused(whole_of(message)), _MOST)
        return failed(TOO_LONG) if text is None else tried(self._url, {"text": text}, {}, limits=self._limits)


class MattermostBot:
    """A channel in which a bot posts. The handle is the post's id."""

    service = "mattermost"
    can_edit = True
    can_dedup = False

    def __init__(self, name: str, url: str, token: str, max_text: int, limits: Limits = USUAL) -> None:
        """``url`` ends with the channel's id."""
        self.name, self.max_text = name, max_text
        server, _, self._channel = url.rstrip("/").rpartition("/")
        self._posts = f"{server}/api/v4/posts"
        self._headers = {"Authorization": f"Bearer {token}"}
        self._limits = limits

    def send(self, message: Message, handle: str | None) -> Attempt:
        text = cut(message, defused(whole_of(message)), _MOST)
        if text is None:
            return failed(TOO_LONG)
        earlier = handle if handle and _ID.fullmatch(handle) else ""
        attempt = self._post(text, "") if not earlier else self._follow(message, text, earlier)
        return self._post(text, "") if attempt is _GONE else attempt

    def _follow(self, message: Message, text: str, earlier: str) -> Attempt:
        return self._edit(text, earlier) if message.kind is Kind.STATUS else self._post(text, earlier)

    def _post(self, text: str, below: str) -> Attempt:
        said = {"channel_id": self._channel, "message": text, **({"root_id": below} if below else {})}
        read = _below if below else _came
        return tried(self._posts, said, self._headers, read=read, limits=self._limits)

    def _edit(self, text: str, post: str) -> Attempt:
        url = f"{self._posts}/{post}/patch"
        return tried(
            url, {"message": text}, self._headers, read=_below, method="PUT", limits=self._limits, repeatable=True
        )


def _came(answer: Answer) -> Attempt:
    if not answer.succeeded:
        return judged(answer.status, answer.retry_after or _reset(answer))
    post = object_of(answer).get("id")
    return delivered(post if isinstance(post, str) and _ID.fullmatch(post) else None)


def _below(answer: Answer) -> Attempt:
    """Read what belongs to an earlier post, which may have been deleted."""
    return _GONE if answer.status in _PROBLEM else _came(answer)


def _reset(answer: Answer) -> float | None:
    """Mattermost says in a header of its own in how many seconds it takes more."""
    given = answer.headers.get("x-ratelimit-reset", "")
    return float(given) if given.isascii() and given.isdecimal() and len(given) < 5 else None
