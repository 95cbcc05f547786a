"""Reading what follows a verb: options, people, and a time at the end."""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from tracker_bridge.domain.incident.audiences import Audience, audience_words, audiences
from tracker_bridge.domain.incident.incident import Incident
from tracker_bridge.domain.incident.names import mentions
from tracker_bridge.domain.incident.replies import Refused
from tracker_bridge.domain.incident.times import ACCEPTED, BadTime, Moment, parse_time
from tracker_bridge.domain.issue.invocations import Invocation
from tracker_bridge.domain.issue.issue import NO_ACCOUNT, Person
from tracker_bridge.domain.issue.spelling import mistyped

_OPTION = re.compile(r"(?<!\S)--(?P<name>[a-z][a-z-]*)(?=[\s=]|$)")

_EMPTY = re.compile(r"\[\s*\]\([^()\s]*\)|\(\s*\)|\[\s*\]|<\s*>|\"\s*\"|“\s*”|«\s*»|(?<!\S)[,;:.]+(?!\S)")
"""What stood around a name, or behind it, and holds nothing without it."""
_AUDIENCES = {
    "external": frozenset({"ext", "customers", "customer", "clients", "users", "public", "outside", "externals"}),
    "internal": frozenset(
        {"int", "staff", "team", "employees", "us", "colleagues", "company", "inside", "internals"}
    ),
    "management": frozenset(
        {"mgmt", "managers", "board", "execs", "executives", "leadership", "bosses", "ceo", "manager"}
    ),
}
_YES, _NO = frozenset({"yes", "true", "1", "on"}), frozenset({"no", "false", "0", "off"})
_JOINING = frozenset({"for", "to", "and", "the", "&"})


@dataclass(frozen=True, slots=True)
class Options:
    """``rest`` is what stands before the first option; a flag's value is empty."""

    rest: str
    values: Mapping[str, str]


def options(text: str, valued: Collection[str], flags: Collection[str] = ()) -> Options | Refused:
    """Split ``title --by alert --drill``; an option's value reaches to the next option."""
    parts = _OPTION.split(plain_dashes(text, (*valued, *flags)))
    values: dict[str, str] = {}
    for name, value in zip(parts[1::2], parts[2::2], strict=True):
        known = ", ".join(f"`--{one}`" for one in (*valued, *flags))
        if name not in valued and name not in flags:
            return Refused(f"`--{name}` is not an option here; the options are {known}")
        if name in valued and not value.strip():
            return Refused(f"`--{name}` needs a value")
        if name in flags and value.strip().casefold() in _NO:
            continue
        if name in flags and value.strip() and value.strip().casefold() not in _YES:
            return Refused(f"`--{name}` takes no value; put it last")
        values[name] = "" if name in flags else value.strip()
    return Options(parts[0].strip(), values)


def plain_dashes(text: str, names: Collection[str]) -> str:
    """
    Write the options of these names as they are read: ``—By: x`` and ``--by=x`` are ``--by x``.

    Keyboards make one long dash of two. Any other dash is part of what somebody said, like — as here — that.
    """
    spelled = rf"(?<!\S)(?:[—–]{{1,2}}|[-‐‑−]{{2}})(?P<name>{'|'.join(names)})(?:\s*[=:]\s*|\s|$)"
    return re.sub(spelled, lambda found: f"--{found['name'].casefold()} ", text, flags=re.IGNORECASE).rstrip()


def people(text: str, call: Invocation) -> tuple[tuple[Person, ...], str]:
    """
    Return whom ``text``, a part of the call's, names, each once; and the text without them.

    They are who the names were found to be when the call was judged, under the login of today. What is nobody's
    name stays in the text.
    """
    known = {one.login.casefold(): one for one in (call.actor, *call.known)}
    found: dict[str, Person] = {}
    rest, after = "", 0
    for one in mentions(text):
        person = known.get(one.name.casefold()) or Person(0, one.name, team="/" in one.name)
        if one.name and person.id != NO_ACCOUNT:
            found.setdefault(one.name.casefold(), call.thread.called(person))
            rest, after = f"{rest}{text[after : one.start]} ", one.end
    rest += text[after:]
    return tuple(found.values()), " ".join((_EMPTY.sub(" ", rest) if found else rest).split())


def moment(text: str, incident: Incident, call: Invocation, before: str = "", after: str = "") -> Moment | Refused:
    """
    Read a time as the author meant it when writing; the refusal shows the accepted forms.

    ``before`` and ``after`` stand around the time in the line that is proposed; without them it is the verb alone.
    """
    found = parse_time(text, call.at, incident.rules.timezone)
    if isinstance(found, BadTime):
        right = found.near or "<time>"
        return Refused(f"{found.reason}. Accepted: {ACCEPTED}", f"{before or call.verb} {right}{after}")
    return found


def named_audiences(text: str, incident: Incident, call: Invocation) -> tuple[Audience, ...] | Refused:
    """Find the audiences that ``text``, a part of the call's, names: all of them."""
    known = {one.name: one for one in audiences(incident)}
    words = audience_words(text)
    wrong = next((word for word in words if word not in known), None)
    if wrong is None:
        return tuple(known[word] for word in words)
    names = ", ".join(f"`{name}`" for name in known)
    line, clear = call.text, True
    for word in dict.fromkeys(words):
        meant = word if word in known else _audience_meant(word, known)
        clear = clear and bool(meant or word in _JOINING)
        line = line if word in known else _with_word(line, word, meant)
    return Refused(
        f"{quoted(wrong)} is not an audience; the audiences are {names}, and `audience` adds more",
        " ".join(f"{call.verb} {line}".split()) if clear else "",
        form=f"{call.verb} {_with_word(call.text, wrong, '<audience>')}",
    )


def _with_word(line: str, word: str, other: str) -> str:
    """Put ``other`` where ``word`` stands for the first time."""
    return re.sub(rf"(?<![\w@-]){re.escape(word)}(?![\w-])", lambda _: other, line, count=1, flags=re.IGNORECASE)


def _audience_meant(word: str, known: Collection[str]) -> str:
    """Return the audience that has another word, or was mistyped; empty where it can be several, or none."""
    meant = [name for name, words in _AUDIENCES.items() if word in words and name in known]
    near = meant or mistyped(word, known)
    return near[0] if len(near) == 1 else ""


def quoted(text: str) -> str:
    """Return what somebody typed, short and in back-ticks, for a refusal's reason."""
    return "`" + text[:60].replace("`", "'") + "`"
