"""The last look at every text before it is sent: no command that would run, no secret, nothing too long."""

import logging
from collections.abc import Iterable, Mapping
from dataclasses import replace

from tracker_bridge.domain.incident.rules import Rules
from tracker_bridge.domain.issue.changes import Change, Describe, Document, Edit, Link, Open, Post
from tracker_bridge.domain.issue.documents import is_registered
from tracker_bridge.domain.issue.gate import UnsafeText, check
from tracker_bridge.domain.issue.issue import Comment, Issue, Revision
from tracker_bridge.domain.issue.native import Mirror
from tracker_bridge.trackers import Tracker

_log = logging.getLogger(__name__)


class OutputGuard:
    """Knows how much the trackers take, and the ``secrets`` that no comment may contain."""

    def __init__(self, trackers: Mapping[str, Tracker], secrets: Iterable[str]) -> None:
        self._trackers = trackers
        self._secrets = tuple(secrets)

    def check_text(self, document: Document, tracker: str, bot: str, rules: Rules) -> None:
        """Raise :class:`UnsafeText` for a text that must not be sent."""
        if not is_registered(document.key):
            raise UnsafeText(f"the document {document.key} is not sent: its kind is not registered")
        check(document, rules.command_prefixes, bot, self._trackers[tracker].max_body, self._secrets)

    def check(self, issue: Issue, changes: Iterable[Change], rules: Rules) -> None:
        """Raise :class:`UnsafeText` for a text that must not be sent."""
        for change in changes:
            for document in _documents(change):
                self.check_text(document, issue.ref.tracker, issue.viewer.login, rules)

    def is_safe(self, issue: Issue, change: Change, rules: Rules) -> bool:
        """Whether it may be sent to another issue: a bug in it must not keep the incident from going on."""
        try:
            self.check(issue, (change,), rules)
        except UnsafeText as unsafe:
            _log.error("%s: unexpected error: %s", issue.ref, unsafe)
            return False
        return True

    def fitting(self, issue: Issue, changes: Iterable[Change]) -> tuple[Change, ...]:
        """Leave out texts that people wrote so much into that ours does not fit any more: theirs stays."""
        kept: list[Change] = []
        for one in changes:
            long = isinstance(one, Edit) and len(one.document.text) > self._trackers[issue.ref.tracker].max_body
            if long and isinstance(one, Edit) and one.document.parts:
                _log.warning("%s: %s is not brought up to date: it is full", issue.ref, one.document.key)
            else:
                kept.append(one)
        return tuple(kept)

    def without_secrets(self, issue: Issue) -> Issue:
        """
        Blank what somebody pasted and should not have: every comment that repeats it would be stopped.

        What holds none stays the very same value.
        """

        def is_clean(comment: Comment) -> bool:
            texts = (comment.body, *(one.body for one in comment.revisions))
            return not any(secret in text for secret in self._secrets for text in texts)

        def blanked(text: str) -> str:
            for secret in self._secrets:
                text = text.replace(secret, "[secret]")
            return text

        def versions(of: Iterable[Revision]) -> tuple[Revision, ...]:
            return tuple(replace(one, body=blanked(one.body)) for one in of)

        comments = tuple(
            c if c.ours or is_clean(c) else replace(c, body=blanked(c.body), revisions=versions(c.revisions))
            for c in issue.comments
        )
        return replace(
            issue,
            title=blanked(issue.title),
            body=blanked(issue.body),
            body_revisions=versions(issue.body_revisions),
            comments=comments,
        )


def _documents(change: Change) -> tuple[Document, ...]:
    """Return every text that a change sends."""
    if isinstance(change, Mirror):
        return tuple(Document("milestone", one.text) for one in change.milestones)
    return (change.document,) if isinstance(change, Post | Edit | Open | Link | Describe) else ()
