"""
An incident that began in the tracker, from its export: as the lines that would make it what it was.

Not all of its history comes back, but where it stood: its times, severity, roles, channels, notes and updates.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

from tracker_bridge.domain.issue.call_outs import CallOut
from tracker_bridge.offline.notebook import LOGIN, head, with_facts, written

_NOBODY: Final = "unknown"


class NoExport(Exception):
    """What was given is not the export of an incident; the message completes "the file ..."."""


@dataclass(frozen=True, slots=True)
class KnownLine:
    """What was said in the tracker: when, by whom."""

    at: datetime
    who: str
    text: str


def known_notebook(text: str, keeper: str, root: str = "/incident") -> str:
    """Return the top of a notebook in which an exported incident goes on. Raises :class:`NoExport`."""
    try:
        record = json.loads(text)
    except ValueError:
        raise NoExport("is not JSON; write it with `tracker-bridge export REF`") from None
    if not isinstance(record, dict) or record.get("kind") != "incident" or not record.get("is_incident"):
        raise NoExport("is not the export of an incident; write it with `tracker-bridge export REF`")
    try:
        lines = sorted(_lines(record, root), key=lambda one: one.at)  # stable: what is said at once stays in order
        opener = _name(record["times"]["declared"]["by"])
        top = head(title=record["title"], incident=record["ref"], opener=opener, keeper=keeper)
        top = with_facts(top, [] if record.get("confidential") is False else [("confidential", "yes")])
        top = with_facts(top, [("called", _called(one)) for one in record.get("call_outs", ())])
    except (KeyError, TypeError, ValueError, AttributeError):
        raise NoExport("is not an export of this version") from None
    return top + "".join(written(one.at, one.who, one.text, known=True) for one in lines) + "\n"


def _lines(record: Mapping[str, Any], root: str) -> Iterator[KnownLine]:
    times, opener = record["times"], _name(record["times"]["declared"]["by"])
    began = _at(times["declared"]["at"])

    def line(text: str, at: datetime = began, who: str = opener) -> KnownLine:
        return KnownLine(max(at, began), _name(who), f"{root} {text}")

    options = f" --by {record['source']}" if record["source"] in ("alert", "user", "staff") else ""
    yield line(f"declare{options}{' --drill' if record['drill'] else ''}")
    yield from (line(text) for text in _facts(record))
    yield from (line(text, at) for at, text in _roles(record))
    for entry in record["timeline"]:
        recorded, said = _at(entry["recorded_at"]), _entry(entry)
        if said:
            yield line(said, recorded, entry["author"])
    for one in record["announcements"]:
        yield line(f"announced {_flat(one['where'])}", _at(one["at"]), one["by"])
    for one in record["communications"]:
        at, lead = _at(one["recorded_at"]), "" if _led(record, one) else f"comms @{_name(one['by'])}"
        named = [f"role {lead} {name}" for name in one["audiences"]] if lead else []
        yield from (line(text, at) for text in named)
        yield line(_update(one), at, one["by"])
        yield from (line(f"un{text}", at) for text in named)
    for one in record["tasks"]:
        if not one["done"]:
            yield line(f"task @{one['carried_out_by']} {_flat(one['text'])}", _at(one["at"]), one["by"])
    yield from (line(text, at, by) for text, at, by in _ends(record))


def _facts(record: Mapping[str, Any]) -> Iterator[str]:
    for name in ("started", "detected"):
        if mark := record["times"][name]:
            yield f"{name} {_moment(mark['at'], mark['approximate'])}"
    for one in record["impacts"]:
        more = "".join(f" --{name} {_flat(one[name])}" for name in ("many", "cost") if one[name])
        yield f"impact {_flat(one['who'])}: {_flat(one['how'])}{more}"
    for one in record["channels"]:
        yield f"channel {one['use']} {_flat(one['where'])}"
    for one in record["stakeholders"]:
        who = f"@{one['login']}" if one["login"] else _flat(one["name"])
        yield f"stakeholder {who} {'affected' if one['affected'] else 'involved'}"
    for one in record["fields"]:
        yield f"field {one['name']} {_flat(one['value'])}"


def _roles(record: Mapping[str, Any]) -> Iterator[tuple[datetime, str]]:
    """Whoever declared it may not lead it technically any more."""
    declared = _at(record["times"]["declared"]["at"])
    if not any(one["role"] == "technical-lead" for one in record["roles"]):
        yield declared, "unrole technical-lead"
    for one in record["roles"]:
        audience = f" {one['audience']}" if one["audience"] else ""
        yield _at(one["since"]), f"role {one['role']} @{one['login']}{audience}"


def _entry(entry: Mapping[str, Any]) -> str:
    match entry["kind"]:
        case "note":
            external = "--external " if entry["external"] else ""
            return f"note {external}{_flat(entry['text'])} | {_moment(entry['occurred_at'], entry['approximate'])}"
        case "severity":
            return f"severity {entry['what']} {_flat(entry['text'])}".rstrip()
        case "phase" if entry["what"] in ("investigating", "identified", "monitoring"):
            return f"status {entry['what']} {_flat(entry['text'])}".rstrip()
    return ""


def _update(one: Mapping[str, Any]) -> str:
    via = f" via {', '.join(map(_flat, one['channels']))}" if one["channels"] else ""
    now = f" --now {_flat(one['why'])}" if one["why"] else ""
    correction = " --correction" if one["correction"] else ""
    verb = "no-update" if one["nothing_new_since"] else "update"
    first = (
        f"{verb} {', '.join(one['audiences'])}{via} at {_moment(one['at'], one['approximate'])}{now}{correction}:"
    )
    return "\n".join((first, *(f"> {line}" for line in one["said"].split("\n"))))


def _called(one: Mapping[str, Any]) -> str:
    """Return who was called out in the tracker, so that nobody is woken twice for it."""
    return CallOut(
        _at(one["at"]),
        int(one["opening"]),
        int(one["level"]),
        tuple(one["logins"]),
        tuple(one["unknown_names"]),
        pages=bool(one["paged"]),
        destinations=tuple(one["destinations"]),
        cause="known" if one["by_command"] else "",
        there=one["opened_it"] or "",
    ).row()


def _led(record: Mapping[str, Any], said: Mapping[str, Any]) -> bool:
    """Whether who said it still holds the role that it took, and held it then."""
    return any(
        one["role"] == "communication-lead"
        and one["login"] == said["by"]
        and _at(one["since"]) <= _at(said["recorded_at"])
        and (not one["audience"] or one["audience"] in said["audiences"])
        for one in record["roles"]
    )


def _ends(record: Mapping[str, Any]) -> Iterator[tuple[str, datetime, str]]:
    times = record["times"]
    if mark := times["fixed"]:
        yield f"fixed {_moment(mark['at'], mark['approximate'])}", _at(mark["at"]), mark["by"]
    last = max((_at(one["recorded_at"]) for one in record["timeline"]), default=_at(times["declared"]["at"]))
    if record["phase"] == "cancelled":
        yield "cancel it was cancelled in the tracker", last, times["declared"]["by"]
    elif mark := times["resolved"]:
        despite = " --despite it was resolved so in the tracker" if record["despite"] else ""
        yield f"resolve {_moment(mark['at'], mark['approximate'])}{despite}", last, mark["by"]


def _at(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)


def _moment(text: str, approximate: bool) -> str:
    return f"{'~' if approximate else ''}{_at(text):%Y-%m-%d %H:%M} UTC"


def _flat(text: str | None) -> str:
    return " ".join((text or "").split())


def _name(login: str) -> str:
    return login if LOGIN.fullmatch(login) else _NOBODY
