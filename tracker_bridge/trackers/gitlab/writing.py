"""
Carrying out changes. One request per change, more only for taking a reaction back; none is repeated.

Every text sent to GitLab is searched for quick actions, which would run with the bot's rights and vanish from
the text. Nothing of ours contains one; GitLab's answer is compared with what was sent all the same.
"""

from collections.abc import Collection, Mapping
from contextlib import suppress
from typing import assert_never

from tracker_bridge.domain.issue.changes import (
    REACTIONS,
    Assign,
    Close,
    Describe,
    Document,
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
from tracker_bridge.trackers._writing import LOOK_AGAIN, WritingChange, vanished
from tracker_bridge.trackers.doubts import APART, Doubts
from tracker_bridge.trackers.gitlab.at_once import EMOJI, AtOnce
from tracker_bridge.trackers.gitlab.client import AlreadyThere, Client, issue_path
from tracker_bridge.trackers.gitlab.fields import Fields
from tracker_bridge.trackers.gitlab.shapes import MAX_TITLE, Award, Identified, Kept, Labelled, ShownIssue, lines


class Writer:
    """Writes, and tells ``threads`` what it did, so that the next reconcile is not surprised by it."""

    def __init__(self, client: Client, threads: ThreadCache, doubts: Doubts, at_once: AtOnce) -> None:
        self._client = client
        self._at_once = at_once
        self._threads = threads
        self._doubts = doubts
        self._fields = Fields(client, threads, doubts)

    def apply(self, ref: IssueRef, change: WritingChange, viewer: Person) -> Applied:
        """``viewer`` is the bot's own account, by which its reactions and timeline events are found."""
        applied = self._write(ref, change, viewer)
        if not applied.unsupported:
            self._threads.changed(ref, change)
        return applied

    def _write(self, ref: IssueRef, change: WritingChange, viewer: Person) -> Applied:
        match change:
            case Retype() | Rate() | Advance() | Mirror() | Fill():
                return self._fields.apply(ref, change, viewer)
            case Assign():
                return self._assign(ref, change)
            case React():
                given = self._at_once.react(ref, change) if change.on else None
                if given is None:
                    self._react(ref, change, viewer)
                return Applied(given=given or ())
            case Post() | Edit():
                return self._post(ref, change) if isinstance(change, Post) else self._edit(ref, change)
            case Pin():
                return DONE  # GitLab has none, and says so: nobody plans it
            case _:
                self._set(ref, change)
                return DONE

    def _set(self, ref: IssueRef, change: Remove | Relabel | Close | Reopen | Describe) -> None:
        match change:
            case Remove(comment=comment):
                with suppress(Gone):
                    self._client.delete(f"{_notes(ref)}/{comment}", f"remove comment {comment} of {ref}")
            case Relabel():
                self._relabel(ref, change)
            case Close() | Reopen():
                self._state(ref, "close" if isinstance(change, Close) else "reopen")
            case Describe():
                self._describe(ref, change)
            case _:
                assert_never(change)

    def _post(self, ref: IssueRef, change: Post) -> Applied:
        """https://docs.gitlab.com/api/notes/#create-an-issue-note. GitLab cannot pin a comment."""
        action = f"post {change.document.key} to {ref}"
        kept = self._client.post(_notes(ref), action, {"body": change.document.text}, Kept)
        _check(kept, change.document, action)
        return Applied(posted=(kept.id, f"note_{kept.id}") if kept.id is not None else None)

    def _edit(self, ref: IssueRef, change: Edit) -> Applied:
        """A comment that was deleted meanwhile cannot be edited."""
        action = f"edit {change.document.key} in {ref}"
        done = self._at_once.edit(ref, change)
        if done is not None:
            kept, given = done
            check(kept, change.document, action)
            return Applied(given=given)
        try:
            if change.read:
                self._check_note(ref, change, action)
            answer = self._client.put(
                f"{_notes(ref)}/{change.comment}", action, {"body": change.document.text}, Kept
            )
        except Gone:
            self._threads.forget(ref)
            raise vanished(action, change.comment) from None
        _check(answer, change.document, action)
        return DONE

    def _react(self, ref: IssueRef, change: React, viewer: Person) -> None:
        """
        https://docs.gitlab.com/api/emoji_reactions/.

        A reaction given before is passed over. So are refusals, of a comment that is gone and of a GitLab without
        reactions, when they come twice: what was given is remembered, and not given again.
        """
        if not change.on:
            self._take_back(ref, change, viewer)
            return
        action = f"react to comment {change.comment} of {ref}"
        path, body = _awards(ref, change.comment), {"name": EMOJI[change.reaction]}
        with suppress(Gone), self._doubts.twice((ref.project, "reactions")), suppress(AlreadyThere):
            self._client.post(path, action, body, Identified)

    def reactions(self, ref: IssueRef, comments: Collection[int], viewer: Person) -> Mapping[int, Reaction | None]:
        """Return the reactions that ``viewer`` gave: all with one question, and the others one by one."""
        told = self._at_once.reactions(comments, viewer)
        return {one: told[one] if one in told else self._reaction(ref, one, viewer) for one in comments}

    def _reaction(self, ref: IssueRef, comment: int, viewer: Person) -> Reaction | None:
        """Return the reaction that ``viewer`` gave. A refusal is believed when it comes twice, apart."""
        action = f"read the reactions to comment {comment} of {ref}"
        try:
            pages = self._client.pages(_awards(ref, comment), action, Award)
            given = {one.name for one in pages if one.user.id == viewer.id}
        except (Gone, Denied) as refusal:
            if not self._doubts.settled(("reactions", ref.project)):
                raise Busy(str(refusal), APART) from None
            return None
        return next((one for one in REACTIONS if EMOJI[one] in given), None)

    def _take_back(self, ref: IssueRef, change: React, viewer: Person) -> None:
        action, path = f"remove the reaction to comment {change.comment} of {ref}", _awards(ref, change.comment)
        with suppress(Gone), self._doubts.twice((ref.project, "reactions removed")):
            given = [one for one in self._client.pages(path, action, Award) if one.user.id == viewer.id]
            for award in given:
                if award.name == EMOJI[change.reaction]:
                    self._client.delete(f"{path}/{award.id}", action)

    def _relabel(self, ref: IssueRef, change: Relabel) -> None:
        """
        One request for all: scoped labels exclude each other by themselves only where that is paid for.

        Labels that the account may not change are left out of a request silently.
        """
        wanted = {"add_labels": change.add, "remove_labels": change.remove - change.add}
        body = {key: ",".join(sorted(names)) for key, names in wanted.items() if names}
        if not body:
            return
        worn = self._update(ref, f"label {ref}", body)
        if change.add - worn or wanted["remove_labels"] & worn:
            raise Denied(
                f"could not label {ref}: GitLab did not change the labels; the account needs the role Reporter"
            )

    def _assign(self, ref: IssueRef, change: Assign) -> Applied:
        """
        Add and take people without naming the others, which REST cannot; one request for both.

        Without a paid plan GitLab keeps one assignee. What it refuses is left out; when it refuses all, twice.
        https://docs.gitlab.com/api/graphql/reference/#mutationissuesetassignees
        """
        issue = {"projectPath": self._client.names.now(ref.project), "iid": str(ref.number)}
        wanted = {"APPEND": list(change.add), "REMOVE": sorted(change.remove)}
        inputs = {
            mode.lower(): issue | {"assigneeUsernames": logins, "operationMode": mode}
            for mode, logins in wanted.items()
            if logins
        }
        types = ", ".join(f"${name}: IssueSetAssigneesInput!" for name in inputs)
        parts = " ".join(f"{name}: issueSetAssignees(input: ${name}) {{ errors }}" for name in inputs)
        try:
            with self._doubts.twice((ref.project, "assignees")):
                self._client.mutate(f"mutation({types}) {{ {parts} }}", f"assign {ref}", **inputs)
        except (Gone, Denied):
            return lacking(Capability.ASSIGN)
        return DONE

    def _state(self, ref: IssueRef, event: str) -> None:
        """A refusal is believed when it comes twice, since it is remembered that this was done."""
        with self._doubts.about((ref, "state")):
            self._update(ref, f"{event} {ref}", {"state_event": event})

    def _describe(self, ref: IssueRef, change: Describe) -> None:
        action = f"edit the description for {change.document.key} in {ref}"
        if change.read:
            shown = self._client.get(issue_path(ref.project, ref.number), action, ShownIssue)
            self._check_unchanged(ref, shown.description, change.read, action)
        body = {"description": change.document.text}
        body |= {"confidential": "true"} if change.confidential else {}
        body |= {"title": title_of(change.title, MAX_TITLE)} if change.title else {}
        body |= {"due_date": change.due.isoformat()} if change.due else {}
        answer = self._client.put(issue_path(ref.project, ref.number), action, body, ShownIssue)
        check(answer.description, change.document, action)

    def _check_note(self, ref: IssueRef, change: Edit, action: str) -> None:
        """https://docs.gitlab.com/api/notes/#retrieve-an-issue-note; one that is gone is found to be so next."""
        with suppress(Gone):
            note = self._client.get(f"{_notes(ref)}/{change.comment}", action, Kept)
            self._check_unchanged(ref, note.body, change.read, action)

    def _check_unchanged(self, ref: IssueRef, now: str | None, read: str, action: str) -> None:
        """Look again if somebody wrote into a text since it was read: GitLab keeps no versions to heal it from."""
        if normal(lines(now)) != normal(read):
            self._threads.forget(ref)
            raise Busy(f"could not {action}: someone has just edited it", LOOK_AGAIN)

    def _update(self, ref: IssueRef, action: str, body: dict[str, str]) -> frozenset[str]:
        """
        Return the labels afterwards.

        https://docs.gitlab.com/api/issues/#update-an-issue
        """
        return self._client.put(issue_path(ref.project, ref.number), action, body, Labelled).labels


def check(kept: str | None, document: Document, action: str) -> None:
    """
    Raise :class:`TrackerError` when GitLab kept another text than the one sent.

    It deletes carriage returns and spaces at the end, and nothing else.
    """
    if lines(kept).rstrip() != lines(document.text).rstrip():
        raise TrackerError(
            f"could not {action}: GitLab stored a different text; a line may have run as a quick action"
        )


def _check(answer: Kept, document: Document, action: str) -> None:
    """Raise :class:`TrackerError` when GitLab kept another comment than the one sent, or (status 202) none."""
    if answer.id is None:
        raise TrackerError(
            f"could not {action}: GitLab treated all of it as quick actions, ran them and stored no comment"
        )
    check(answer.body, document, action)


def _notes(ref: IssueRef) -> str:
    return f"{issue_path(ref.project, ref.number)}/notes"


def _awards(ref: IssueRef, comment: int) -> str:
    """Comment 0 is the opening post, so the issue itself."""
    return (
        f"{_notes(ref)}/{comment}/award_emoji" if comment else f"{issue_path(ref.project, ref.number)}/award_emoji"
    )
