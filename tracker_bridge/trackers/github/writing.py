"""
Carrying out changes. One request per change, two for a pin and for taking a reaction back; none is repeated.

Labels are only ever added and removed one by one, so that those of others stay.
"""

from collections.abc import Collection, Mapping
from contextlib import suppress
from dataclasses import replace
from typing import assert_never
from urllib.parse import quote

from tracker_bridge.domain.issue.changes import (
    REACTIONS,
    Assign,
    Close,
    Describe,
    Edit,
    Pin,
    Post,
    React,
    Reaction,
    Relabel,
    Remove,
    Reopen,
)
from tracker_bridge.domain.issue.cleaning import title_of
from tracker_bridge.domain.issue.issue import IssueRef, Person
from tracker_bridge.domain.issue.native import Advance, Capability, Fill, Mirror, Rate, Retype
from tracker_bridge.domain.issue.plan import normal
from tracker_bridge.trackers import DONE, Applied, Busy, Denied, Gone, TrackerError, lacking
from tracker_bridge.trackers._cache import ThreadCache
from tracker_bridge.trackers._writing import WritingChange, vanished
from tracker_bridge.trackers.doubts import APART, Doubts
from tracker_bridge.trackers.github import shapes
from tracker_bridge.trackers.github.at_once import AtOnce
from tracker_bridge.trackers.github.client import Client
from tracker_bridge.trackers.github.errors import UNCLEAR, ErrorResponse
from tracker_bridge.trackers.github.fields import Fields
from tracker_bridge.trackers.github.reading import issue_path
from tracker_bridge.trackers.github.shapes import IDENTIFIED, ISSUE, MAX_TITLE, POSTED

MISSING = (404, 410)


class Writer:
    """
    Writes, and tells ``threads`` what it did, so that the next reconcile is not surprised by it.

    ``issue_type`` is the type of incidents.
    """

    def __init__(
        self,
        client: Client,
        threads: ThreadCache,
        issue_type: str,
        doubts: Doubts,
        at_once: AtOnce,
        *,
        fields: Fields,
    ) -> None:
        self._client = client
        self._at_once = at_once
        self._threads = threads
        self._doubts = doubts
        self._issue_type = issue_type
        self._fields = fields

    def apply(self, ref: IssueRef, change: WritingChange) -> Applied:
        applied = self._write(ref, change)
        if not applied.unsupported:
            self._threads.changed(ref, change)
        if isinstance(change, Edit | Describe) and change.document.parts:
            self._threads.doubt(ref, change.comment if isinstance(change, Edit) else 0)
        return applied

    def _write(self, ref: IssueRef, change: WritingChange) -> Applied:
        match change:
            case Post() | Edit() | React():
                return self._say(ref, change)
            case Pin(comment=comment):
                return self._pin_later(ref, comment)
            case Assign():
                return self._assign(ref, change)
            case Retype() | Fill():
                return self._retype(ref) if isinstance(change, Retype) else self._fields.apply(ref, change)
            case Rate() | Advance() | Mirror():
                return DONE  # GitHub has none of these, and says so: nobody plans them
            case _:
                self._set(ref, change)
                return DONE

    def _say(self, ref: IssueRef, change: Post | Edit | React) -> Applied:
        match change:
            case Post():
                return self._post(ref, change)
            case Edit():
                return self._edit(ref, change)
            case React():
                given = self._at_once.react(ref, change)
                if given is None:
                    self._react(ref, change)
                return Applied(given=given or ())

    def _set(self, ref: IssueRef, change: Remove | Relabel | Close | Reopen | Describe) -> None:
        match change:
            case Remove(comment=comment):
                action = f"remove comment {comment} of {ref}"
                self._client.send(action, "DELETE", comment_path(ref, comment), project=ref.project, fine=MISSING)
            case Relabel():
                self._relabel(ref, change)
            case Close() | Reopen():
                self._open_or_close(ref, change)
            case Describe(document=document, title=title):
                action = f"edit the description for {document.key} in {ref}"
                body = {"body": document.text} | ({"title": title_of(title, MAX_TITLE)} if title else {})
                answer = self._client.send(action, "PATCH", issue_path(ref), project=ref.project, body=body)
                if normal(shapes.lines(answer.parse(ISSUE, action).body)) != normal(document.text):
                    raise TrackerError(
                        f"could not {action}: GitHub stored a different text, as it does when one is too long"
                    )
            case _:
                assert_never(change)

    def _post(self, ref: IssueRef, change: Post) -> Applied:
        """A pin that fails leaves the comment as it is: it is an ornament, and not every GitHub has it."""
        action = f"post {change.document.key} to {ref}"
        path, body = f"{issue_path(ref)}/comments", {"body": change.document.text}
        answer = self._client.send(action, "POST", path, project=ref.project, body=body)
        done = DONE
        with suppress(Busy):
            posted = answer.parse(POSTED, action)
            done = Applied(posted=(posted.id, f"issuecomment-{posted.id}"))
            try:
                if change.pin:
                    self._pin(ref, posted.id)
            except (Gone, Denied):
                return done if posted.tells_pin else replace(done, unsupported=frozenset({Capability.PIN}))
        return done

    def _pin(self, ref: IssueRef, comment: int) -> None:
        path = f"{comment_path(ref, comment)}/pin"
        self._client.send(f"pin comment {comment} in {ref}", "PUT", path, project=ref.project)

    def _pin_later(self, ref: IssueRef, comment: int) -> Applied:
        """Pin what was posted without an answer. A refusal is believed when it comes twice."""
        try:
            with self._doubts.twice((ref.project, "pin")):
                self._pin(ref, comment)
        except (Gone, Denied):
            return lacking(Capability.PIN)
        return DONE

    def _edit(self, ref: IssueRef, change: Edit) -> Applied:
        """A comment that was deleted meanwhile cannot be edited."""
        given = self._at_once.edit(ref, change)
        if given is not None:
            return Applied(given=given)
        action = f"edit {change.document.key} in {ref}"
        path, body = comment_path(ref, change.comment), {"body": change.document.text}
        answer = self._client.send(action, "PATCH", path, project=ref.project, body=body, fine=MISSING)
        if answer.status in MISSING:
            self._threads.forget(ref)
            raise vanished(action, change.comment)
        return DONE

    def _react(self, ref: IssueRef, change: React) -> None:
        """
        Giving a reaction again is harmless (200 instead of 201), and tells its id, by which it is taken back.

        A GitHub without reactions, a comment that is gone, and a refusal are passed over, when they come twice:
        what was given is remembered, and not given again.
        """
        action = f"react to comment {change.comment} of {ref}"
        target = comment_path(ref, change.comment) if change.comment else issue_path(ref)
        path, body = f"{target}/reactions", {"content": change.reaction.value}
        try:
            with self._doubts.twice((ref.project, "reactions")):
                answer = self._client.send(action, "POST", path, project=ref.project, body=body)
        except Gone:
            return
        if not change.on:
            path = f"{path}/{answer.parse(IDENTIFIED, action).id}"
            with suppress(Gone), self._doubts.twice((ref.project, "reactions removed")):
                self._client.send(action, "DELETE", path, project=ref.project)

    def reactions(self, ref: IssueRef, comments: Collection[int], viewer: Person) -> Mapping[int, Reaction | None]:
        """Return the reactions that ``viewer`` gave: all with one question, and the others one by one."""
        told = self._at_once.reactions(ref, comments)
        return {one: told[one] if one in told else self._reaction(ref, one, viewer) for one in comments}

    def _reaction(self, ref: IssueRef, comment: int, viewer: Person) -> Reaction | None:
        """
        Return the reaction that ``viewer`` gave. https://docs.github.com/en/rest/reactions/reactions

        A refusal is believed when it comes twice, apart: much depends on it.
        """
        action = f"read the reactions to comment {comment} of {ref}"
        path = f"{comment_path(ref, comment) if comment else issue_path(ref)}/reactions"
        try:
            pages = self._client.pages(action, path, shapes.REACTIONS, project=ref.project)
            given = {one.content for one in pages if one.user is not None and one.user.id == viewer.id}
        except (Gone, Denied) as refusal:
            if not self._doubts.settled(("reactions", ref.project)):
                raise Busy(str(refusal), APART) from None
            return None
        return next((one for one in REACTIONS if one.value in given), None)

    def _relabel(self, ref: IssueRef, change: Relabel) -> None:
        action, path = f"label {ref}", f"{issue_path(ref)}/labels"
        if change.add:
            body = {"labels": sorted(change.add)}
            self._client.send(action, "POST", path, project=ref.project, body=body)
        for name in sorted(change.remove):
            one = f"{path}/{quote(name, safe='')}"
            self._client.send(action, "DELETE", one, project=ref.project, fine=MISSING)

    def _assign(self, ref: IssueRef, change: Assign) -> Applied:
        """
        https://docs.github.com/en/rest/issues/assignees.

        Who cannot be assigned is left out by GitHub, or refused (422) with all; it is no reason to stop. Any other
        refusal is believed when it comes twice.
        """
        action, path = f"assign {ref}", f"{issue_path(ref)}/assignees"
        try:
            with self._doubts.twice((ref.project, "assignees")):
                for verb, logins in (("POST", change.add), ("DELETE", sorted(change.remove))):
                    body = {"assignees": list(logins)}
                    if logins:
                        self._client.send(action, verb, path, project=ref.project, body=body, fine=(422,))
        except (Gone, Denied):
            return lacking(Capability.ASSIGN)
        return DONE

    def _retype(self, ref: IssueRef) -> Applied:
        """
        https://docs.github.com/en/rest/issues/issues#update-an-issue.

        An organisation without that type refuses it (422); a personal account has no types, and whose account
        may not push is not told that nothing happened.
        """
        action, body = f"give {ref} the type of incidents", {"type": self._issue_type}
        try:
            answer = self._client.send(
                action, "PATCH", issue_path(ref), project=ref.project, body=body, fine=(422,)
            )
        except (Gone, Denied) as refusal:
            if self._doubts.settled(ref):
                return lacking(Capability.TYPE)
            raise Busy(str(refusal), UNCLEAR) from None
        self._doubts.forget(ref)
        if answer.status == 422:
            return lacking(Capability.TYPE)
        return DONE if answer.parse(ISSUE, action).is_typed(self._issue_type) else lacking(Capability.TYPE)

    def _open_or_close(self, ref: IssueRef, change: Close | Reopen) -> None:
        if isinstance(change, Reopen):
            self._state(ref, "reopen", "open", "reopened")
        elif not (change.duplicate_of and self._close_as_duplicate(ref, change)):
            self._state(ref, "close", "closed", "completed" if change.done else "not_planned")

    def _close_as_duplicate(self, ref: IssueRef, change: Close) -> bool:
        """Return whether this GitHub knows duplicates (422 if not); the other issue is named by its id."""
        there = replace(ref, number=change.duplicate_of, project=change.duplicate_in or ref.project)
        action = f"close {ref} as a duplicate of {there}"
        path = issue_path(there)
        for last in (False, True):  # a 404 may pass
            answer = self._client.send(action, "GET", path, project=there.project, fine=MISSING)
            if answer.status not in MISSING:
                break
            if last:
                return False
        other = answer.parse(IDENTIFIED, action).id
        body = {"state": "closed", "state_reason": "duplicate", "duplicate_issue_id": other}
        return self._patched(ref, action, body, fine=(422,)).status != 422

    def _state(self, ref: IssueRef, verb: str, state: str, reason: str) -> None:
        body = {"state": state, "state_reason": reason}
        self._patched(ref, f"{verb} {ref}", body)

    def _patched(
        self, ref: IssueRef, action: str, body: Mapping[str, object], fine: tuple[int, ...] = ()
    ) -> ErrorResponse:
        """Set the state: a refusal is believed when it comes twice, since it is remembered that this was done."""
        with self._doubts.about((ref, "state")):
            return self._client.send(action, "PATCH", issue_path(ref), project=ref.project, body=body, fine=fine)


def comment_path(ref: IssueRef, comment: int) -> str:
    return f"/repos/{ref.project}/issues/comments/{comment}"
