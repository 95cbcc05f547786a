"""
The open questions about GitHub, asked of a scratch repository; see :mod:`tracker_bridge.trackers.live`.

Everything is read as JSON, not in our shapes: what is looked for is what GitHub really sends.
"""

from collections.abc import Callable, Iterator
from typing import Any, Final

from tracker_bridge.trackers.github import at_once
from tracker_bridge.trackers.github.checkup.identity import of_app, of_token
from tracker_bridge.trackers.github.client import Client
from tracker_bridge.trackers.github.scene import Scene, as_json
from tracker_bridge.trackers.live import (
    Bounds,
    Ledger,
    Made,
    Open,
    Question,
    Result,
    Settled,
    asked,
    begin,
    tidied,
)

TYPE: Final = "On personal accounts, does PATCH with a `type` answer 422, or 200 without it?"
CLOSED: Final = "Do the events of an issue tell why it was closed, as its timeline does?"
SINCE: Final = "Is `since` inclusive?"
MOVED: Final = "Do reactions or a pin move a comment's `updated_at`?"
HIDING: Final = "Does hiding a comment move its `updated_at`, or its issue's, or send a webhook?"
MINIMIZED: Final = "Does the REST API tell `minimized` on every server?"
VERSIONS: Final = (
    "Are the versions of a text (`userContentEdits`) listed newest first, each with its whole text in `diff`, the "
    "original last?"
)
LATE: Final = "How late does GraphQL report an edit?"
PIN: Final = "Which right does pinning need, and does the pin survive an edit?"
EDITED: Final = "Does an edited comment move its issue's `updated_at`?"
CREATOR: Final = "Does an App's own account appear as `creator` in issue lists, and under which name?"
TEAMS: Final = "Does `GET /orgs/{org}/teams` answer 200 with an empty list to a credential that may not see teams?"
SCOPES: Final = "Is `X-OAuth-Scopes` left out for fine-grained tokens, or sent empty?"
NO_HOOK: Final = "What does `GET /app/hook/config` answer for an App without a webhook?"
ALONG: Final = "Does one GraphQL request edit a comment and then react to it?"
REACTED: Final = "Does `viewerHasReacted` tell what this credential gave, of an App as well?"
PULLS: Final = "Does `/pulls` answer 403 to a fine-grained token without *Pull requests: read*?"

BEYOND: Final = {
    "Does `userContentEdits` list the bot's own edits, with an App's account as `Bot` and its `databaseId`?": (
        "edit a review as the App, and read its versions"
    ),
    "How does a version that was deleted look?": "no API deletes one: delete a version by hand, and look",
    "Is a deleted account's comment shown with `user: null`, or with the account `ghost`?": (
        "it takes an account that is deleted"
    ),
    "Does PATCH still work above 2,500 comments?": "it takes 2,500 comments, far beyond the bounds",
    "Does a label's list with `since` name an issue of which only a comment was edited?": (
        "it takes an issue that nothing else has changed for some minutes: edit a comment there, and list"
    ),
    "Does `issues(labels:)` of GraphQL tell upper from lower case?": (
        "it takes an issue with a label: ask for the label in capitals"
    ),
    "Does GitHub tell the comments of 25 issues with one question, within ten seconds?": (
        "it takes 25 long threads, far beyond the bounds"
    ),
    "Can a sub-issue, and the issue that a duplicate names, be in another repository of the same owner, and in "
    "one of another owner?": "it takes a second repository of this owner, and one of another",
    "Who sees that an issue of a private repository refers to one of a repository that more people see?": (
        "it takes a private repository, and an account that may not see it"
    ),
    "Does setting an issue field (`POST .../issue-field-values`) mail those who watch the issue, and what does it "
    "answer for an unknown choice?": (
        "it takes an organization with issue fields, and a second account whose mail is looked at"
    ),
    "Is a change of an organization's issue field delivered as a webhook of an issue?": (
        "it takes an organization with issue fields, and a webhook whose deliveries are looked at by hand"
    ),
    "Does an issue carry `issue_field_values` with `issue_field_name`, for every credential that may read it?": (
        "it takes an organization with issue fields, of which one is set"
    ),
    "Does `GET /orgs/{org}/teams/{team}/members` answer 200 with an empty list to a credential that may not "
    "see them?": ("it takes a team with members that the credential may not see"),
    "Do edits of comments count against the limit on texts, and each alias of a GraphQL request?": (
        "it takes eighty edits in a minute, far beyond the bounds"
    ),
    "Do reactions count against the limit on texts, alone or along with an edit?": (
        "it takes eighty reactions in a minute, far beyond the bounds"
    ),
}
"""Questions that no run can ask, and why."""

WAITS: Final = (0.0, 1.0, 2.0, 4.0, 8.0)
"""Seconds before GraphQL is asked again whether it knows of an edit."""

_EDITS: Final = """
query($id: ID!) {
  node(id: $id) { ... on Comment { body lastEditedAt userContentEdits(first: 25) { nodes { diff editedAt } } } }
}
"""
_HIDE: Final = """
mutation($input: MinimizeCommentInput!) { minimizeComment(input: $input) { minimizedComment { isMinimized } } }
"""

_REFUSED: Final = (403, 404, 410, 422)


def live(
    client: Client, project: str, ledger: Ledger, bounds: Bounds, pause: Callable[[float], None]
) -> Iterator[Result]:
    """See :meth:`tracker_bridge.trackers.live.Live.live`."""
    who = of_app(client, client.installations, project) if client.installations else of_token(client, project)
    scene = Scene(client, project, bounds, pause, who)
    scene.repository = scene.rest("GET", "")[1]
    begin(scene, ledger, "github", project)
    yield from asked(_questions(scene), BEYOND)


def _questions(scene: Scene) -> Iterator[Question]:
    yield Question((SINCE,), lambda: _since(scene))
    yield Question((MOVED, PIN, EDITED), lambda: _moved(scene))
    yield Question((LATE, VERSIONS), lambda: _versions(scene))
    yield Question((HIDING, MINIMIZED), lambda: _hiding(scene))
    yield Question((TYPE,), lambda: _type(scene))
    yield Question((CLOSED,), lambda: _closed(scene))
    yield Question((CREATOR, NO_HOOK), lambda: _app(scene))
    yield Question((TEAMS,), lambda: _teams(scene))
    yield Question((SCOPES, PULLS), lambda: _token(scene))
    yield Question((ALONG, REACTED), lambda: _at_once(scene))


def _since(scene: Scene) -> Iterator[Result]:
    at = scene.comment["updated_at"]
    listed = scene.rest("GET", f"issues/{scene.issue['number']}/comments?since={at}")[1]
    inclusive = any(one["id"] == scene.comment["id"] for one in listed)
    yield Settled(
        SINCE,
        f"{'yes' if inclusive else 'no'}: asked since {at}, the comment of then is "
        f"{'listed' if inclusive else 'not listed'}",
    )


def _moved(scene: Scene) -> Iterator[Result]:
    number, before = scene.comment["id"], scene.comment["updated_at"]
    scene.pause(1.1)
    scene.rest("POST", f"issues/comments/{number}/reactions", {"content": "eyes"})
    reacted = scene.comment_now()["updated_at"] != before
    status = scene.rest("PUT", f"issues/comments/{number}/pin", fine=_REFUSED)[0]
    then = scene.comment_now()["updated_at"]
    pinned = f", a pin {'moves' if then != before else 'does not move'} it" if status < 400 else ""
    yield Settled(MOVED, f"a reaction {'moves' if reacted else 'does not move'} it{pinned}")
    touched = scene.issue_now()["updated_at"]
    scene.edit("As it was changed once.")
    after = scene.issue_now()
    if status >= 400:
        yield Settled(PIN, f"pinning is refused with {status} to {_who(scene)}", expected=True)
    else:
        kept = (after.get("pinned_comment") or {}).get("id") == number
        survives = "survives" if kept else "does not survive"
        yield Settled(PIN, f"{_who(scene)} may pin; the pin {survives} an edit", expected=kept)
    yield Settled(EDITED, "yes" if after["updated_at"] != touched else "no")


def _versions(scene: Scene) -> Iterator[Result]:
    text = "As it was changed twice."
    scene.edit(text)
    waited, node = 0.0, dict[str, Any]()
    for wait in WAITS:
        scene.pause(wait)
        waited += wait
        told = scene.graphql(_EDITS, {"id": scene.comment["node_id"]})
        node = (told.get("data") or {}).get("node") or {}
        if node.get("body") == text:
            break
    if node.get("body") != text:
        yield Settled(LATE, f"it did not tell of it within {waited:.0f} s", expected=True)
        yield Open(VERSIONS, "GraphQL does not tell of the edit")
        return
    yield Settled(LATE, f"it told of it {waited:.0f} s after the answer", expected=True)
    edits = [one.get("diff") or "" for one in (node.get("userContentEdits") or {}).get("nodes") or [] if one]
    whole = [text, "As it was changed once.", scene.comment["body"]]
    shown = [one.strip() for one in edits]
    order = "newest first" if shown == whole else "oldest first" if shown == whole[::-1] else ""
    if order:
        yield Settled(VERSIONS, f"{order}, each with its whole text", expected=True)
    else:
        yield Settled(VERSIONS, f"neither: {len(shown)} versions of {len(whole)}", expected=False)


def _hiding(scene: Scene) -> Iterator[Result]:
    before, issue = scene.comment_now()["updated_at"], scene.issue_now()["updated_at"]
    scene.pause(1.1)
    sent = {"subjectId": scene.comment["node_id"], "classifier": "OUTDATED"}
    told = scene.graphql(_HIDE, {"input": sent}, write=True)
    if not (told.get("data") or {}).get("minimizeComment"):
        yield Open(HIDING, "this credential may not hide comments")
        yield Open(MINIMIZED, "this credential may not hide comments")
        return
    after, touched = scene.comment_now(), scene.issue_now()["updated_at"] != issue
    moved = after["updated_at"] != before
    found = f"its own time {'moves' if moved else 'stays'}, its issue's {'moves' if touched else 'stays'}"
    yield Settled(
        HIDING, f"{found}; see the deliveries of the webhook for the rest", expected=not (moved or touched)
    )
    there = "minimized" in after
    yield Settled(MINIMIZED, f"here it {'does' if there else 'does not'}", expected=there)


def _type(scene: Scene) -> Iterator[Result]:
    if scene.repository.get("owner", {}).get("type") != "User":
        yield Open(TYPE, "it takes a repository of a person, not of an organisation")
        return
    status, told, _ = scene.rest("PATCH", f"issues/{scene.issue['number']}", {"type": "Task"}, fine=(422,))
    kept = status < 400 and bool((told or {}).get("type"))
    found = "with it" if kept else "without it" if status < 400 else "unprocessable"
    yield Settled(TYPE, f"{status}, {found}", expected=not kept)


def _closed(scene: Scene) -> Iterator[Result]:
    number = scene.issue["number"]
    scene.rest("PATCH", f"issues/{number}", {"state": "closed", "state_reason": "not_planned"})
    events = scene.rest("GET", f"issues/{number}/events?per_page=100")[1]
    why = next((one.get("state_reason") for one in events if one.get("event") == "closed"), None)
    yield Settled(CLOSED, f"yes: {why}" if why else "no")


def _app(scene: Scene) -> Iterator[Result]:
    installations, who = scene.client.installations, scene.who
    if installations is None or who is None or who.credential is None:
        yield from (Open(row, "it takes the credential of a GitHub App") for row in (CREATOR, NO_HOOK))
        return
    login = who.credential.login
    names = [login, f"app/{login.removesuffix('[bot]')}"]
    found = [name for name in names if _lists(scene, name)]
    yield Settled(
        CREATOR,
        f"under {' and '.join(found)}" if found else f"not under {' nor '.join(names)}",
        expected=bool(found),
    )
    scene.bounds.take(write=False)
    answer = installations.ask("read the App's webhook", "/app/hook/config")
    told = as_json(answer.text)
    if answer.status < 400 and isinstance(told, dict) and told.get("url"):
        yield Open(NO_HOOK, "this App has a webhook")
    else:
        said = f"{answer.status}, without url" if answer.status < 400 else f"{answer.status}"
        yield Settled(NO_HOOK, said, expected=answer.status == 404 or answer.status < 400)


def _lists(scene: Scene, creator: str) -> bool:
    query = f"issues?state=all&per_page=20&creator={creator.replace('[', '%5B').replace(']', '%5D')}"
    status, listed, _ = scene.rest("GET", query, fine=(422,))
    return status < 400 and any(one["number"] == scene.issue["number"] for one in listed)


def _teams(scene: Scene) -> Iterator[Result]:
    owner = scene.repository.get("owner", {})
    if owner.get("type") == "User":
        yield Open(TEAMS, "it takes a repository of an organisation")
        return
    status, listed, _ = scene.rest("GET", f"/orgs/{owner.get('login')}/teams", fine=_REFUSED)
    if status < 400 and listed:
        yield Open(TEAMS, "this credential sees teams")
    else:
        yield Settled(TEAMS, f"{status}" + (", an empty list (if there are teams)" if status < 400 else ""))


def _token(scene: Scene) -> Iterator[Result]:
    if scene.who is None or scene.who.scopes is not None or scene.client.installations:
        yield from (Open(row, "it takes a fine-grained token") for row in (SCOPES, PULLS))
        return
    header = scene.who.answer.headers.get("x-oauth-scopes")
    yield Settled(SCOPES, "left out" if header is None else f"sent: {header!r}", expected=not header)
    status = scene.rest("GET", "pulls?per_page=1", fine=(403, 404))[0]
    if status < 400:
        yield Open(PULLS, "this token may read pull requests")
    else:
        yield Settled(PULLS, f"{status}", expected=True)


def _at_once(scene: Scene) -> Iterator[Result]:
    node = scene.comment["node_id"]
    edit, react = {"id": node, "body": "As it was changed at once."}, {"subjectId": node, "content": "ROCKET"}
    told = scene.graphql(at_once.mutation(1), {"edit": edit, "react0": react}, write=True)
    done = [name for name, part in (told.get("data") or {}).items() if part]
    yield Settled(ALONG, "yes" if len(done) == 2 else f"of both, {len(done)} is done", expected=len(done) == 2)
    if "react0" not in done:
        yield Open(REACTED, "this credential could not react by GraphQL")
        return
    [found] = (scene.graphql(at_once.QUERY, {"ids": [node]}).get("data") or {}).get("nodes") or [None]
    groups = (found or {}).get("reactionGroups") or []
    mine = any(one["viewerHasReacted"] for one in groups if one["content"] == "ROCKET")
    yield Settled(REACTED, f"{'yes' if mine else 'no'}, of {_who(scene)}", expected=mine)


def _who(scene: Scene) -> str:
    """Return what kind of credential it is, and what it may do there, as GitHub tells."""
    role = scene.repository.get("permissions") or {}
    held = next((name for name in ("admin", "maintain", "push", "triage", "pull") if role.get(name)), "")
    kind = scene.who.credential.kind if scene.who and scene.who.credential else "this credential"
    return f"{kind}, {held}" if held else kind


def tidy(client: Client, thing: Made, bounds: Bounds) -> str:
    """See :meth:`tracker_bridge.trackers.live.Live.tidy`."""
    return tidied(Scene(client, thing.project, bounds, lambda _: None), thing)
