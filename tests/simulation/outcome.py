"""
What a town looks like in the end, for comparison with the same town in good weather.

Bytes are compared, but for what cannot be the same: the numbers of comments and issues that the bot made, which
are replaced by what they are, and the signature of the receipts, whose content is compared instead.
"""

import re
from collections.abc import Set
from typing import Any, Final

from tests.simulation.place import Town
from tests.simulation.weather import AHEAD, BEHIND
from tracker_bridge.domain.issue.changes import key_of
from tracker_bridge.domain.issue.receipts import _inflate
from tracker_bridge.sandbox.world import Ticket

_RECEIPTS: Final = re.compile(r"<!-- receipts:([A-Za-z0-9_.=]+):[0-9a-f]{64} -->")

_ASIDE: Final = ("! found", "! assign", "! past", "! unheard")

_NUDGE: Final = "comment nudge:"
_COUNT: Final = re.compile(r"(?<=\d)\.\d+\.(?=[0-9a-f]+$)")
"""Of what somebody is reminded of: how often they were."""

_DIGEST: Final = re.compile(r"(?<=<!-- bot:)(/?[a-z]+ )[0-9a-f]{6}(?= -->)")
"""Of a block between which people may write: it depends on the addresses in the block, which have numbers."""

Outcome = dict[str, Any]


def outcome(town: Town) -> Outcome:
    """Return everything that people see of what the bot did, by issue and by what it is."""
    names = _Names(town)
    tickets = [one for one in town.project.tickets.values() if not one.deleted]
    return {names.issue(ticket): _ticket(town, ticket, names) for ticket in tickets}


class _Names:
    """Names for what the bot made, whose numbers depend on the order in which it came to do it."""

    def __init__(self, town: Town) -> None:
        self.town = town
        self._paths = re.compile("|".join(map(re.escape, [town.project.path, *town.project.former_paths])))
        self.issues = {
            one.number: key_of(one.body) or one.title
            for one in town.project.tickets.values()
            if one.author is town.bot
        }
        ours = [
            (note.id, f"{one.number}/{key_of(note.body)}")
            for one in town.project.tickets.values()
            for note in one.comments
            if note.author is town.bot
        ]
        self.comments = {str(id_): name for id_, name in ours}
        numbers = "|".join(map(str, self.issues)) or "none"
        self._issue = re.compile(rf"(#|issues/|work_items/|linked:[a-z0-9.]+:)({numbers})\b")
        self._comment = re.compile(r"(?:\b|(?<=#note_))(" + ("|".join(self.comments) or "none") + r")\b")

    def issue(self, ticket: Ticket) -> str:
        return self.issues.get(ticket.number, f"#{ticket.number}")

    def _pull(self, found: re.Match[str]) -> str:
        pulls = sorted(self.town.project.pulls)
        number = int(found[2])
        return f"{found[1]}<change {pulls.index(number)}>" if number in pulls else found[0]

    def text(self, body: str) -> str:
        body = _RECEIPTS.sub(lambda found: f"<!-- receipts: {_remembered(found[1])} -->", body)
        body = _DIGEST.sub(r"\1", body)
        body = re.sub(r"(pull/|#)([0-9]+)\b", self._pull, body)
        body = self._paths.sub("the/project", body)
        body = self._issue.sub(lambda found: f"{found[1]}<{self.issues[int(found[2])]}>", body)
        return self._comment.sub(lambda found: f"<{self.comments[found[1]]}>", body)


def _remembered(packed: str) -> str:
    """
    Return what receipts say. A call's place in its comment is left out: it depends on what was edited before.

    So are who was assigned by us, how far the past reached when something was lost, and what of it had perhaps not
    been heard: see docs/reliability.md.
    """
    rows = (re.sub(r"^([0-9]+)\.[0-9]+ ", r"\1 ", row) for row in _inflate(packed).splitlines())
    return "\n".join(sorted(row for row in rows if not row.startswith(_ASIDE)))


def _ticket(town: Town, ticket: Ticket, names: _Names) -> Outcome:
    ours = [note for note in ticket.comments if note.author is town.bot]
    human = {
        f"reactions to {note.id}": _reactions(town, note.reactions) for note in ticket.comments if note not in ours
    }
    shown: Outcome = {
        "title": ticket.title,
        "body": names.text(ticket.body),
        "reactions": _reactions(town, ticket.reactions),
        "open": ticket.open,
        "reason": ticket.state_reason,
        "confidential": ticket.confidential,
        "labels": sorted(label.name for label in ticket.labels),
        "kind": ticket.kind,
        "severity": ticket.severity,
        "escalation": ticket.escalation,
        "timeline": sorted(
            (str(one.at), one.text)
            for one in ticket.timeline
            if one.action == "comment" and one.author is town.bot
        ),
        "links": sorted({(one.kind, names.issue(one.other)) for one in ticket.links}),
        "pinned": (key_of(ticket.pinned.body) or "a person's") if ticket.pinned else "",
        "doubled": sorted(
            key for key in {key_of(n.body) for n in ours} if sum(key_of(n.body) == key for n in ours) > 1 if key
        ),
    }
    for note in ours:
        shown[f"comment {names.text(key_of(note.body) or note.body)}"] = names.text(note.body)
    return shown | human


def _reactions(town: Town, reactions: list[Any]) -> list[str]:
    return sorted(one.name for one in reactions if one.account is town.bot)


def difference(wanted: Outcome, found: Outcome, troubles: Set[str] = frozenset()) -> str:
    """
    Return the first few things that differ, in words; nothing when they are the same.

    What a wrong clock changes for good is forgiven where that is among the ``troubles``: see docs/reliability.md.
    """
    told: list[str] = []
    for issue in sorted({*wanted, *found}):
        one, other = wanted.get(issue), found.get(issue)
        if one is None or other is None:
            told.append(f"{issue}: {'only' if one is None else 'not'} in bad weather")
            continue
        if troubles & {AHEAD, BEHIND}:
            one, other = _reminding(one), _reminding(other)
        told += [
            f"{issue}, {part}:\n{_lines(one.get(part), other.get(part))}"
            for part in sorted({*one, *other})
            if one.get(part) != other.get(part) and not (AHEAD in troubles and _is_too_old(part, other.get(part)))
        ]
    return "\n".join(told[:6])


def _reminding(ticket: Outcome) -> Outcome:
    """
    Return the same with what people are reminded of in place of the reminders.

    When our clock was wrong, they came early or late: in other company, and counted otherwise.
    """
    rest, topics = dict[str, Any](), set[str]()
    for part, shown in ticket.items():
        if part.startswith(_NUDGE):
            topics |= {_COUNT.sub(".", topic) for topic in part.removeprefix(_NUDGE).split("+")}
        else:
            rest[part] = shown
    return rest | {"reminders": sorted(topics)}


def _is_too_old(part: str, shown: object) -> bool:
    """Whether a comment lacks its reaction: by a clock that is an hour ahead, nobody looks for it any more."""
    return part.startswith("reactions") and shown == []


def _lines(wanted: object, found: object) -> str:
    before, after = str(wanted).splitlines(), str(found).splitlines()
    lost = [f"  - {line[:600]}" for line in before if line not in after]
    new = [f"  + {line[:600]}" for line in after if line not in before]
    return "\n".join([*lost[:12], *new[:12]]) or "  (order)"
