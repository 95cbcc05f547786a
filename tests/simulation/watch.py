"""
What must hold at every moment, whatever goes wrong.

The watch listens to the world as people would: it knows nothing of the bridge but its account and the markers of
its comments.
"""

import re
from collections import Counter
from typing import Final

from tests.simulation.place import Town
from tracker_bridge.domain.issue.changes import key_of
from tracker_bridge.sandbox.world import Event, Note, Ticket

_PING: Final = re.compile(r"(?<![\w`/@.])@(?P<login>[a-z][a-z0-9-]*)\b")
_SOURCES: Final = re.compile(r"(?<=[:+])\d+")
_SLASH: Final = re.compile(r"^[ \t]*/", re.MULTILINE)
_TAKES_BACK: Final = re.compile("reopen|test fail")
_CANARIES: Final = ("7351", "vault")
_LAST: Final = ("summary",)


class Broken(AssertionError):
    """Something that must always hold did not."""


class Watch:
    """
    Listens to one town. ``forgiving``: reminders may come again, because the clock of the machine is set back.

    ``pings`` counts who was pinged by what; ``checks`` counts the texts that were read.
    """

    def __init__(self, town: Town, *, forgiving: bool = False) -> None:
        self.town = town
        self.forgiving = forgiving
        self.checks = 0
        self.pings: Counter[tuple[int, str, str]] = Counter()
        self.changed_by_people: set[int] = set()
        self.ended: set[int] = set()
        self.broken: list[str] = []
        town.world.listeners.append(self.heard)

    def heard(self, event: Event) -> None:
        """Note what is wrong; it is raised by :meth:`check`, outside of the code under test."""
        if event.kind == "reaction":
            return
        if event.actor is not self.town.bot:
            self._people(event)
        elif event.kind == "comment" and event.note is not None:
            self._comment(event, event.ticket, event.note)
        elif event.action == "reopened" and event.ticket.number in self.ended:
            self.broken.append(f"an incident that was over was opened again: #{event.ticket.number}")
        elif event.action == "closed":
            self.ended.add(event.ticket.number)
        elif event.action in ("opened", "edited"):
            self._text(event.ticket, event.ticket.body)

    def check(self) -> None:
        if self.broken:
            raise Broken(self.broken[0])

    def _people(self, event: Event) -> None:
        """Some of what people do takes an end back; what they do to our comments may have them anew."""
        said = event.note.body if event.note is not None and event.action == "created" else "changed: reopen"
        if event.kind == "issue" or _TAKES_BACK.search(said):
            self.ended.discard(event.ticket.number)
        if event.note is not None and event.action != "created":
            self.changed_by_people.add(event.note.id)
            if event.note.author is not self.town.bot:
                self._unsaid(event.ticket)

    def _unsaid(self, ticket: Ticket) -> None:
        """A reminder that we removed because of what somebody said is news again when they unsay it."""
        for one in [one for one in self.pings if one[0] == ticket.number and one[1].startswith("nudge:")]:
            del self.pings[one]

    def _comment(self, event: Event, ticket: Ticket, note: Note) -> None:
        key = key_of(note.body) or ""
        same = [one for one in ticket.comments if one.author is self.town.bot and key_of(one.body) == key]
        if event.action == "deleted":
            if key in _LAST and not same:
                self.broken.append(f"the {key} of #{ticket.number} was removed")
            return
        if not key:
            self.broken.append(f"a comment of ours without a marker: {note.body[:60]!r}")
        if len(same) > 1:
            self.broken.append(f"two comments of {key} in #{ticket.number}")
        self._text(ticket, note.body)
        if event.action == "created":
            self._pinging(ticket, key, note.body)

    def _pinging(self, ticket: Ticket, key: str, body: str) -> None:
        named = {found["login"] for found in _PING.finditer(_without_code(body))} & self._logins
        changed = any(int(source) in self.changed_by_people for source in _SOURCES.findall(key))
        changed |= self.forgiving and key.startswith("nudge:")
        for login in named:
            self.pings[ticket.number, key, login] += 1
            if self.pings[ticket.number, key, login] > 1 and not changed:
                self.broken.append(f"@{login} was pinged twice by {key} in #{ticket.number}")

    @property
    def _logins(self) -> set[str]:
        return {account.login for account in self.town.world.accounts.values()}

    def _text(self, ticket: Ticket, body: str) -> None:
        self.checks += 1
        if _SLASH.search(body):
            self.broken.append(f"a line begins with a slash in #{ticket.number}")
        if re.search(r"(?<![\w`])@everybody\b", _without_code(body)):
            self.broken.append(f"@everybody is pinged in #{ticket.number}")
        if self.town.bot.token in body:
            self.broken.append(f"a secret stands in #{ticket.number}")
        if not ticket.confidential and any(canary in body for canary in _CANARIES):
            self.broken.append(f"what is confidential stands in #{ticket.number}")


def _without_code(body: str) -> str:
    return re.sub(r"`[^`\n]*`", "", re.sub(r"```.*?```", "", body, flags=re.DOTALL))
