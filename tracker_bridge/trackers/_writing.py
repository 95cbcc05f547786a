"""What the writers of all forges have in common: which changes they carry out, and a comment that vanished."""

from tracker_bridge.domain.issue.changes import (
    Assign,
    Close,
    Describe,
    Edit,
    Pin,
    Post,
    React,
    Relabel,
    Remove,
    Reopen,
)
from tracker_bridge.domain.issue.native import NativeChange
from tracker_bridge.trackers import Busy

WritingChange = Post | Edit | Pin | Remove | React | Relabel | Assign | Close | Reopen | Describe | NativeChange
"""Every change to the issue itself."""

LOOK_AGAIN = 2.0
"""Seconds until the next reconcile when our comment vanished, or was edited, just before we edited it."""


def vanished(action: str, comment: int) -> Busy:
    """
    Return the error for a comment that was deleted before it could be edited.

    The issue is not gone for that: the next reconcile sees that the document is missing, and posts it anew.
    """
    return Busy(f"could not {action}: comment {comment} is no longer there", LOOK_AGAIN)
