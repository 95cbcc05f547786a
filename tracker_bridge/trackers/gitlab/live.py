"""
The open questions about GitLab, asked of a scratch project; see :mod:`tracker_bridge.trackers.live`.

Everything is read as JSON, not in our shapes: what is looked for is what GitLab really sends.
"""

from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final
from urllib.parse import quote

from tracker_bridge.trackers import Denied, Gone
from tracker_bridge.trackers.gitlab import at_once, sweeping
from tracker_bridge.trackers.gitlab.client import Client, project_path
from tracker_bridge.trackers.gitlab.scene import Json, Scene
from tracker_bridge.trackers.gitlab.shapes import ShownNote, remark
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

REMARKS: Final = (
    "Are the system notes of a new severity and a new type worded as in GitLab's source, on every version?"
)
TRACES: Final = "Does a new title, description, assignee or confidentiality leave a note in the issue at once?"
CLOSINGS: Final = "Does closing an issue leave an event in its project at once?"
ALIASES: Final = "GraphQL complexity of forty aliased notes in one query"
VERSIONS: Final = "Can the versions of a description be read completely (`systemNoteMetadata.descriptionVersion`)?"
RAW: Final = "Does the raw file of `ref=HEAD` come with `X-Gitlab-Size` on every version?"
BOT: Final = "Does `GET /users/:id` tell `bot` to everyone, and for service accounts?"
TOKENS: Final = "How does `/personal_access_tokens/self` name a fine-grained token?"
ALONG: Final = "Do `updateNote` and `awardEmojiAdd` go in one request?"
COMMENTS: Final = "Is the question for the comments of 25 issues below the limit of complexity?"
EVENTS: Final = "Are `/hooks/:id/events` listed newest first?"

BEYOND: Final = {
    "Does `GET /projects/:id/issues/:iid/notes/:id` show an edit that was saved a moment ago?": (
        "it may differ where the database has replicas: edit a comment by hand, and read it at once"
    ),
    "Does GitLab tell the latest issue and the last commit of `.gitlab` of fifty projects with one question "
    "(`projects(fullPaths:)`, from 16.6 on)?": "it takes fifty projects",
    "Does GitLab tell who edited the texts of 25 issues with one question (`project.workItems(iids:)`), and times "
    "in whole seconds?": "it takes 25 issues with edited texts, far beyond the bounds",
    "Are `RateLimit-*` headers sent on 429 for note creation?": (
        "it takes sixty comments in a minute, far beyond the bounds"
    ),
    "Does GitLab list the direct members of a group to a Reporter of a project in it?": (
        "it takes a group with direct members, and the token of a Reporter of one project only"
    ),
    "Do `updateNote` and `awardEmojiAdd` count against a limit of their own?": (
        "it takes hundreds of edits in a minute, far beyond the bounds"
    ),
    "Is the account of deleted users always called `ghost...`, with the name *Ghost User*?": (
        "it takes an account that is deleted"
    ),
    "Does `createNote` take the id of a work item of an organisation's own type, and `project.workItems(iid:)` "
    "show it with its labels and comments?": (
        "it takes a work item of such a type: label one with the incident label, and see what the bridge says"
    ),
}
"""Questions that no run can ask, and why."""

_FORTY: Final = 40
_SEVERITY: Final = "mutation($input: IssueSetSeverityInput!) { done: issueSetSeverity(input: $input) { errors } }"
_DESCRIBED: Final = """
query($id: WorkItemID!) {
  workItem(id: $id) {
    widgets {
      ... on WorkItemWidgetNotes {
        discussions(first: 50, filter: ONLY_ACTIVITY) {
          nodes { notes { nodes { body systemNoteMetadata { descriptionVersion { description } } } } }
        }
      }
    }
  }
}
"""


def live(
    client: Client, project: str, ledger: Ledger, bounds: Bounds, pause: Callable[[float], None]
) -> Iterator[Result]:
    """See :meth:`tracker_bridge.trackers.live.Live.live`."""
    scene = Scene(client, project, bounds)
    begin(scene, ledger, "gitlab", project)
    pause(1.1)
    yield from asked(_questions(scene), BEYOND)


def _questions(scene: Scene) -> Iterator[Question]:
    yield Question((REMARKS,), lambda: _remarks(scene))
    yield Question((TRACES,), lambda: _traces(scene))
    yield Question((CLOSINGS,), lambda: _closings(scene))
    yield Question((ALIASES,), lambda: _aliases(scene))
    yield Question((VERSIONS,), lambda: _versions(scene))
    yield Question((RAW,), lambda: _raw(scene))
    yield Question((BOT,), lambda: _bot(scene))
    yield Question((TOKENS,), lambda: _token(scene))
    yield Question((EVENTS,), lambda: _events(scene))
    yield Question((ALONG,), lambda: _along(scene))
    yield Question((COMMENTS,), lambda: _comments(scene))


def _remarks(scene: Scene) -> Iterator[Result]:
    """Whether our own reader knows what GitLab says when somebody sets a type and a severity."""
    scene.put(scene.place, {"issue_type": "incident"})
    path = scene.client.names.now(scene.project)
    sent = {"projectPath": path, "iid": str(scene.issue["iid"]), "severity": "HIGH"}
    told = scene.graphql(_SEVERITY, write=True, input=sent)
    notes = scene.get(f"{scene.place}/notes?activity_filter=only_activity&sort=asc&per_page=100")
    shown = [ShownNote.model_validate(one) for one in notes]
    shown = [one for one in shown if "severity" in one.body or "type" in one.body]
    said, known = [one.body for one in shown], [one for one in shown if remark(one) is not None]
    if not said and told.get("errors"):
        yield Open(REMARKS, "this account may set neither")
        return
    yield Settled(
        REMARKS,
        f"{len(known)} of {len(said)} are known here: {'; '.join(said)[:200]}",
        expected=len(said) == len(known) > 1,
    )


def _traces(scene: Scene) -> Iterator[Result]:
    """Change everything with one request, and count the notes before and after."""
    activity, me = f"{scene.place}/notes?activity_filter=only_activity&per_page=100", scene.get("/user")["id"]
    before = {one["id"] for one in scene.get(activity)}
    changed = {"title": f"{scene.issue['title']}!", "description": "It was changed.", "assignee_ids": [me]}
    scene.put(scene.place, {**changed, "confidential": True})
    said = [str(one["body"]) for one in scene.get(activity) if one["id"] not in before]
    scene.put(scene.place, {"confidential": False})
    yield Settled(TRACES, f"{len(said)} notes on 4 changes: {'; '.join(said)[:200]}", expected=len(said) >= 4)


def _closings(scene: Scene) -> Iterator[Result]:
    scene.put(scene.place, {"state_event": "close"})
    told = [one.get("target_iid") for one in scene.get("events?action=closed&per_page=20")]
    scene.put(scene.place, {"state_event": "reopen"})
    there = scene.issue["iid"] in told
    yield Settled(CLOSINGS, "yes" if there else "it is not told", expected=there)


def _aliases(scene: Scene) -> Iterator[Result]:
    note = f'note(id: "gid://gitlab/Note/{scene.note["id"]}") {{ body lastEditedBy {{ id username }} }}'
    told = scene.graphql("query { " + " ".join(f"n{number}: {note}" for number in range(_FORTY)) + " }")
    errors = [str(one.get("message", one)) for one in told.get("errors") or []]
    fits = not errors and len(told.get("data") or {}) == _FORTY
    yield Settled(ALIASES, "forty are answered" if fits else f"refused: {'; '.join(errors)[:200]}", expected=fits)


def _versions(scene: Scene) -> Iterator[Result]:
    for text in ("It was changed once.", "It was changed twice."):
        scene.put(scene.place, {"description": text})
    told = scene.graphql(_DESCRIBED, id=f"gid://gitlab/WorkItem/{scene.issue['id']}")
    if told.get("errors"):
        yield Settled(VERSIONS, f"not told: {str(told['errors'])[:200]}")
        return
    found = [one["description"] for one in _described(told.get("data"))]
    yield Settled(VERSIONS, f"{len(found)} versions are told of 3: {'; '.join(map(str, found))[:200]}")


def _described(told: Any) -> Iterator[Json]:
    """Yield every version, however deep."""
    if isinstance(told, Mapping):
        if isinstance(version := told.get("descriptionVersion"), Mapping):
            yield dict(version)
        for one in told.values():
            yield from _described(one)
    elif isinstance(told, list):
        for one in told:
            yield from _described(one)


def _raw(scene: Scene) -> Iterator[Result]:
    try:
        files = [one["path"] for one in scene.get("repository/tree?per_page=50") if one["type"] == "blob"]
    except (Gone, Denied):
        files = []
    if not files:
        yield Open(RAW, "the project has no file on its default branch")
        return
    scene.bounds.take(write=False)
    path = f"{project_path(scene.project)}/repository/files/{quote(files[0], safe='')}/raw"
    scene.client.raw(path, f"read a file of gitlab:{scene.project}", 1, ref="HEAD")
    there = "X-Gitlab-Size" in scene.client.headers
    yield Settled(RAW, f"here {'with' if there else 'without'} it", expected=there)


def _bot(scene: Scene) -> Iterator[Result]:
    me = scene.get("/user")
    told = scene.get(f"/users/{me['id']}")
    there = "bot" in told
    found = f"bot: {told['bot']} is told of {me['username']}" if there else "it is not told"
    yield Settled(BOT, found, expected=there)


def _token(scene: Scene) -> Iterator[Result]:
    told = scene.get("/personal_access_tokens/self")
    scopes = told.get("scopes") or []
    if scopes and not told.get("granular") and "granular" not in scopes:
        yield Open(TOKENS, "it takes a fine-grained token")
        return
    known = bool(told.get("granular")) or not scopes or "granular" in scopes
    yield Settled(TOKENS, f"granular: {told.get('granular')}, scopes: {scopes}", expected=known)


def _events(scene: Scene) -> Iterator[Result]:
    try:
        hooks = scene.get("hooks?per_page=20")
    except (Gone, Denied):
        hooks = []
    for hook in hooks[:3]:
        numbers = [one["id"] for one in scene.get(f"hooks/{hook['id']}/events?per_page=20")]
        if len(numbers) > 1:
            newest_first = numbers == sorted(numbers, reverse=True)
            yield Settled(EVENTS, "yes" if newest_first else "no", expected=newest_first)
            return
    yield Open(EVENTS, "it takes a webhook with two deliveries, and the role Maintainer to see it")


def _along(scene: Scene) -> Iterator[Result]:
    note = at_once.note_gid(scene.note["id"])
    edit, award = {"id": note, "body": "It was changed at once."}, {"awardableId": note, "name": "rocket"}
    told = scene.graphql(at_once.mutation(1), write=True, edit=edit, award0=award)
    done = [part for part in (told.get("data") or {}).values() if part and not part.get("errors")]
    yield Settled(ALONG, "yes" if len(done) == 2 else f"of both, {len(done)} is done", expected=len(done) == 2)


def _comments(scene: Scene) -> Iterator[Result]:
    path = scene.client.names.now(scene.project)
    told = scene.graphql(sweeping.QUERY, path=path, iids=[str(scene.issue["iid"])])
    errors = "; ".join(str(one.get("message", one)) for one in told.get("errors") or [])
    yield Settled(COMMENTS, f"no: {errors[:200]}" if errors else "yes", expected=not errors)


def tidy(client: Client, thing: Made, bounds: Bounds) -> str:
    """See :meth:`tracker_bridge.trackers.live.Live.tidy`."""
    return tidied(Scene(client, thing.project, bounds), thing)
