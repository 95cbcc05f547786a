"""
Slack: a webhook, or a bot's token, with which a message can be edited, and others go below it.

https://docs.slack.dev/messaging/sending-messages-using-incoming-webhooks
https://docs.slack.dev/reference/methods/chat.postMessage
"""

from typing import Any, Final

from tracker_bridge.destinations.attempts import Again, Attempt, delivered, failed, judged, unknown
from tracker_bridge.destinations.http import USUAL, Answer, Limits
from tracker_bridge.destinations.texts import TOO_LONG, cut, defused, whole_of
from tracker_bridge.destinations.trying import object_of, tried
from tracker_bridge.domain.incident.outward import Kind, Message

_MOST: Final = 39_000
_MOST_EDITED: Final = 3_900
_NOT_TAKEN: Final = frozenset({"ratelimited", "rate_limited", "service_unavailable", "request_timeout"})
_MAYBE_DONE: Final = frozenset({"fatal_error", "internal_error"})
"""Of these, Slack's documentation says that a part of the operation may have succeeded."""

_GONE_WORDS: Final = frozenset(
    {"message_not_found", "cant_update_message", "edit_window_closed", "thread_not_found", "invalid_thread_ts"}
)
_GONE: Final = failed("the earlier message is not there")


class SlackHook:
    """An incoming webhook: it posts, and says nothing by which a message could be found again."""

    service = "slack"
    can_edit = False
    can_dedup = False

    def __init__(self, name: str, url: str, max_text: int, limits: Limits = USUAL) -> None:
        self.name, self.max_text = name, max_text
        self._url, self._limits = url, limits

    def send(self, message: Message, handle: str | None) -> Attempt:  # noqa: ARG002 - a destination's signature
        text = cut(message, escaped(whole_of(message)), _MOST)
        return failed(TOO_LONG) if text is None else tried(self._url, _said(text), {}, limits=self._limits)


class SlackBot:
    """A channel in which a bot posts. The handle is the channel, and the time by which Slack knows the message."""

    service = "slack"
    can_edit = True
    can_dedup = False

    def __init__(self, name: str, url: str, token: str, max_text: int, limits: Limits = USUAL) -> None:
        """``url`` ends with the channel."""
        self.name, self.max_text = name, max_text
        self._api, _, self._channel = url.rstrip("/").rpartition("/")
        self._headers = {"Authorization": f"Bearer {token}"}
        self._limits = limits

    def send(self, message: Message, handle: str | None) -> Attempt:
        whole = escaped(whole_of(message))
        channel, _, at = (handle or "").partition(":")
        if at and message.kind is Kind.STATUS:
            edited = self._edit(channel, at, whole) if len(whole) <= _MOST_EDITED else _GONE
            return self._post(whole, message) if edited is _GONE else edited
        posted = self._post(whole, message, at)
        return self._post(whole, message) if posted is _GONE else posted

    def _post(self, whole: str, message: Message, below: str = "") -> Attempt:
        text = cut(message, whole, _MOST)
        if text is None:
            return failed(TOO_LONG)
        said = {"channel": self._channel, **_said(text), **({"thread_ts": below} if below else {})}
        url = f"{self._api}/chat.postMessage"
        return tried(url, said, self._headers, read=_came, limits=self._limits)

    def _edit(self, channel: str, at: str, text: str) -> Attempt:
        said = {"channel": channel, "ts": at, **_said(text)}
        url = f"{self._api}/chat.update"
        return tried(url, said, self._headers, read=_came, limits=self._limits, repeatable=True)


def escaped(text: str) -> str:
    """Return the text as Slack reads it: https://docs.slack.dev/messaging/formatting-message-text#escaping"""
    return defused(text).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _said(text: str) -> dict[str, Any]:
    """What is said as it was typed: nothing is formatted, no name becomes a mention, no address a picture."""
    return {"text": text, "mrkdwn": False, "link_names": False, "unfurl_links": False, "unfurl_media": False}


def _came(answer: Answer) -> Attempt:
    """Slack answers 200 to nearly everything, and says in the body what came of it."""
    if not answer.succeeded:
        return judged(answer.status, answer.retry_after)
    given = object_of(answer)
    if given.get("ok") is True:
        channel, at = given.get("channel"), given.get("ts")
        known = isinstance(channel, str) and isinstance(at, str) and len(channel) + len(at) < 60
        return delivered(f"{channel}:{at}" if known else None)
    error = _word(given.get("error"))
    if error in _NOT_TAKEN:
        return Again(f"answered {error}", answer.retry_after)
    if error in _GONE_WORDS:
        return _GONE
    if not error or error in _MAYBE_DONE:
        return unknown(f"answered {error}" if error else "an answer that cannot be read")
    return failed(f"answered {error}")


def _word(given: object) -> str:
    """Return Slack's word for what went wrong; any other text of an answer is not repeated."""
    known = isinstance(given, str) and given.isascii() and given.isidentifier() and len(given) <= 60
    return str(given) if known else ""
