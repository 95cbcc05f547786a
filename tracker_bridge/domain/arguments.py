"""Reading what follows a verb: options, people, and a time at the end."""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from tracker_bridge.domain.calls import Call
from tracker_bridge.domain.incident import Incident, Refused
from tracker_bridge.domain.times import ACCEPTED, BadTime, Moment, parse_time

_OPTION = re.compile(r"(?<!\S)--(?P<name>[a-z][a-z-]*)(?!\S)")
_PERSON = re.compile(
    r"(?<![\w.])@(?P<login>[A-Za-z0-9_](?:[A-Za-z0-9_.-]*[A-Za-z0-9_])?(?:/[A-Za-z0-9_.-]*[A-Za-z0-9_])*)"
)

_LONGEST_LOGIN = 255  # GitLab's; GitHub's are shorter


@dataclass(frozen=True, slots=True)
class Options:
    """``rest`` is what stands before the first option; a flag's value is empty."""

    rest: str
    values: Mapping[str, str]


def options(text: str, valued: Collection[str], flags: Collection[str] = ()) -> Options | Refused:
    """Split ``title --by alarm --drill``; an option's value reaches to the next option."""
    parts = _OPTION.split(plain_dashes(text, (*valued, *flags)))
    values: dict[str, str] = {}
    for name, value in zip(parts[1::2], parts[2::2], strict=True):
        known = ", ".join(f"`--{one}`" for one in (*valued, *flags))
        if name not in valued and name not in flags:
            return Refused(f"`--{name}` is not an option here; there are {known}")
        if name in valued and not value.strip():
            return Refused(f"`--{name}` wants a value")
        if name in flags and value.strip():
            return Refused(f"`--{name}` takes no value; put it last")
        values[name] = value.strip()
    return Options(parts[0].strip(), values)


def plain_dashes(text: str, names: Collection[str]) -> str:
    """
    Give the options of these names the two dashes that a keyboard made a long one of.

    Any other dash is part of what somebody said, like — as here — that.
    """
    return re.sub(rf"(?<!\S)[—–]{{1,2}}(?=(?:{'|'.join(names)})(?!\S))", "--", text)


def people(text: str) -> tuple[tuple[str, ...], str]:
    """Return the logins that are mentioned (teams with their slash, no doubles), and the text without them."""
    logins = [found["login"] for found in _PERSON.finditer(text) if len(found["login"]) <= _LONGEST_LOGIN]
    rest = _PERSON.sub(lambda found: " " if found["login"] in logins else found[0], text)
    return tuple(dict.fromkeys(logins)), " ".join(rest.split())


def moment(text: str, incident: Incident, call: Call) -> Moment | Refused:
    """Read a time as the author meant it when writing; the refusal shows the accepted forms."""
    found = parse_time(text, call.at, incident.rules.zone)
    if isinstance(found, BadTime):
        return Refused(f"{found.reason}. Accepted: {ACCEPTED}", f"{call.verb} 20m ago")
    return found


def trailing_time(text: str) -> tuple[str, str]:
    """Split ``text | 14:05`` at the last bar; the time is empty when there is none."""
    before, bar, after = text.rpartition("|")
    return (before.strip(), after.strip()) if bar else (text.strip(), "")


def quoted(text: str) -> str:
    """Return what somebody typed, short and in back-ticks, for a refusal's reason."""
    return "`" + text[:60].replace("`", "'") + "`"
