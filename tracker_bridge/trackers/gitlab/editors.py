"""
Who changed a text last: the one question that GitLab's REST API does not answer.

A note's ``updated_at`` proves nothing, since a reaction moves it. GraphQL tells the last editor, and tells
nobody exactly when the text was never changed (``Editable#last_edited_by`` and ``Note#edited?``);
``lastEditedAt`` is no help, since it falls back to ``updated_at``. For a description, a new title counts as
an edit as well.

A server that does not tell (no GraphQL, or one without these fields) leaves "edited by somebody else" out: it
cannot be told from a reaction there, and only maintainers can change the texts of others.
"""

import threading
import time
from collections.abc import Iterable, Mapping, Sequence
from itertools import islice

from tracker_bridge.domain.issue import Person
from tracker_bridge.trackers import Busy, TrackerError
from tracker_bridge.trackers.gitlab.client import Client
from tracker_bridge.trackers.gitlab.errors import UNCLEAR
from tracker_bridge.trackers.gitlab.shapes import editor

BATCH = 50
"""Texts asked about at once: 4 fields each, under GitLab's limit of 250, and well under 10,000 characters."""

ASK_AGAIN = 3600.0
"""Seconds after which a server that did not tell is asked again: it may have been upgraded."""

_EDITOR = "lastEditedBy { id username }"


class Editors:
    """The last editors of notes and descriptions, as far as the server tells."""

    def __init__(self, client: Client) -> None:
        self._client = client
        self._silent_until = 0.0
        self._lock = threading.Lock()

    def of(self, notes: Iterable[int], issue: int | None, act: str) -> Mapping[int, Person]:
        """
        Return the last editors of the notes, by id, and of the description, under 0; who is not in there was
        not found or not changed.

        ``issue`` is the issue's global id, ``None`` to leave the description out.
        """
        wanted = [(0, _description(issue))] if issue is not None else []
        wanted += [(id_, _note(id_)) for id_ in notes]
        found: dict[int, Person] = {}
        rest = iter(wanted)
        while (batch := list(islice(rest, BATCH))) and self._told():
            found |= self._ask(batch, act)
        return found

    def _ask(self, batch: Sequence[tuple[int, str]], act: str) -> Mapping[int, Person]:
        fields = "\n".join(f"t{id_}: {field}" for id_, field in batch)
        try:
            told = self._client.query(f"query {{\n{fields}\n}}", act)
        except Busy:
            raise
        except TrackerError:  # not offered at this address, or not to this token
            self._silence()
            return {}
        if told.data is None and told.errors:  # unknown fields
            self._silence()
            return {}
        if told.data is None or told.errors:
            raise Busy(f"could not {act}: GitLab did not finish telling who edited what", UNCLEAR)
        editors = ((id_, editor(told.data.get(f"t{id_}"))) for id_, _ in batch)
        return {id_: person for id_, person in editors if person is not None}

    def _told(self) -> bool:
        with self._lock:
            return time.monotonic() >= self._silent_until

    def _silence(self) -> None:
        with self._lock:
            self._silent_until = time.monotonic() + ASK_AGAIN


def _note(id_: int) -> str:
    return f'note(id: "gid://gitlab/Note/{id_}") {{ {_EDITOR} }}'


def _description(issue: int) -> str:
    """Every issue is a work item with the same id (https://docs.gitlab.com/api/graphql/reference/#workitem)."""
    widget = f"... on WorkItemWidgetDescription {{ {_EDITOR} }}"
    return f'workItem(id: "gid://gitlab/WorkItem/{issue}") {{ widgets {{ {widget} }} }}'
