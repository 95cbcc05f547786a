"""Where people talk, who must know, and who is told what by whom (S3, S4, S12, S27-S35, S74, S75)."""

import re
from collections.abc import Sequence
from dataclasses import replace

from tracker_bridge.domain.fold.arguments import people, quoted
from tracker_bridge.domain.fold.command import Section, When, command
from tracker_bridge.domain.fold.lookups import Sought, whom
from tracker_bridge.domain.fold.suggestions import place_meant
from tracker_bridge.domain.incident.audiences import (
    Audience,
    Reach,
    audience_words,
    find_audience,
    is_audience_name,
)
from tracker_bridge.domain.incident.channels import (
    Announcement,
    Channel,
    Stakeholder,
    Use,
    channel_for,
    is_same_place,
    places,
    with_announcement,
    with_channel,
)
from tracker_bridge.domain.incident.incident import Incident
from tracker_bridge.domain.incident.names import mentions
from tracker_bridge.domain.incident.replies import Refused
from tracker_bridge.domain.incident.roles import Role, is_same
from tracker_bridge.domain.incident.timeline import Kind, entry_of
from tracker_bridge.domain.incident.times.behind import holds_time
from tracker_bridge.domain.issue.invocations import Invocation
from tracker_bridge.domain.issue.issue import Access, Person
from tracker_bridge.domain.issue.patterns import at_first_use
from tracker_bridge.domain.issue.spelling import denies, first_word, mistyped
from tracker_bridge.domain.transitions.role_changes import take

_PLACES = at_first_use(r"(?<![^\s,;&/+(])(?:#[\w-]+|https?://[^\s,;]+|[\w.+-]+@[\w-]+\.[\w.-]+)")
_SMALL = frozenset(
    {"a", "all", "an", "audience", "for", "my", "of", "our", "the", "their", "to", "and", "are", "as", "is", "&"}
)

_IS = at_first_use(r"(?:(?:=|->|→|is(?:\s(?:now|at|in))?\s)\s*(?=\S))?", re.IGNORECASE)
_LATE = at_first_use(r"(?<=\w)\s+(?:by\s+)?(?P<who>@[\w./-]+)$")
_KINDS = ("involved", "affected")
_KIND_FIRST = at_first_use(r"(?P<kind>involved|affected)\s*[:–—-]\s*(?=\S)", re.IGNORECASE)
_TAKING_OFF = at_first_use(r"(?:not|no longer|remove[ds]?|delete[ds]?|drop|minus)(?![\w-])", re.IGNORECASE)
_NO_PART = frozenset(
    {"add", "delete", "drop", "every", "new", "no", "nobody", "none", "not", "off", "on", "remove", "set", "stop"}
)
"""Words beside the name of an audience that are no part of it."""
_TO = at_first_use(r"(?:in|to|on|at|via)\s+(?=#\S|\S+@\S|https?://)", re.IGNORECASE)
_ALSO = at_first_use(r"\s+(?:and|&|\+)\s+(?=(?:in |to |on )?(?:#\S|\S+@\S|https?://))", re.IGNORECASE)
_AT_TIME = at_first_use(r"(?P<where>\S.*?)\s+at\s+(?P<time>[~\d]\S*(?:\s?[ap]m)?)", re.IGNORECASE)
_AT = frozenset({"by", "in", "on", "over", "through"})
_REACHES = {"internally": "internal", "externally": "external", "intern": "internal", "extern": "external"}
_WORDS = 3
"""Words that can be meant as one name."""

MAX_CHANNEL_CHARS = 120
MOST = 20
"""Characters of a place, and places, stakeholders or audiences of one incident: what a comment can show."""


def split_via(text: str) -> tuple[str, tuple[str, ...]]:
    """Split ``external via #status, mail`` into what stands before ``via``, and the places behind it."""
    before, via, after = f" {text} ".partition(" via ")
    return before.strip(), places(after) if via else ()


def _lists(text: str, word: str, rest: str) -> bool:
    """Whether another word follows the first one behind a comma: a line is about one."""
    return f"{word}," in text.casefold().split() and is_audience_name(rest.casefold().partition(" ")[0])


def too_long(where: tuple[str, ...], line: str) -> Refused | None:
    """Refuse descriptions of places that no table can show."""
    if any(len(one) > MAX_CHANNEL_CHARS for one in where):
        return Refused(f"a place can have at most {MAX_CHANNEL_CHARS} characters", line)
    return None


@command(
    "channel",
    section=Section.TALK,
    usage="channel main|chat|meeting <where>",
    examples=(
        "channel main #incident-checkout",
        "channel chat #war-room",
        "channel meeting https://meet.acme.test/9",
    ),
    when=When.DECLARED,
    by_settings=True,
)
def channel(incident: Incident, call: Invocation) -> Incident | Refused:
    """
    Set where people talk.

    `main` is the single point of contact for updates: there is exactly one, and setting it again replaces it.
    `chat` is for the responders, and `meeting` is a video call for anyone who needs one. `<where>` is whatever
    your team uses: a chat, a mailing list, a page, a phone number. When the main channel changes, the places
    that still point to the old one are listed.
    """
    word, where = first_word(call.text)
    where = " ".join(where.split())
    where = where[_IS.match(where).end() :]  # type: ignore[union-attr]  # it matches nothing, at least
    if word not in {use.value for use in Use} or _lists(call.text, word, where):
        if where and find_audience(incident, word) is not None:
            return Refused("the channel of an audience is set with `audience`", f"audience {word} via {where}")
        free = channel_for(incident.comms.channels, Use.MAIN) is None
        guess = (f"channel main {call.text}",) if call.text and free else ()
        which = f"channel <main, chat or meeting> {call.text or '<where>'}"
        near = mistyped(word, set(Use))
        meant = f"channel {near[0]} {where}" if len(near) == 1 and where else place_meant(call.text)
        return Refused("which channel: `main`, `chat` or `meeting`?", meant, which, guess)
    use = Use(word)
    if not where:
        return Refused("where is it?", f"channel {use} <where>")
    several = _PLACES.findall(where)
    if use is Use.MAIN and len(several) > 1:
        return Refused("there is only one main channel", f"channel main {several[0]}")
    there = channel_for(incident.comms.channels, use)
    if there is not None and there.where == where:
        return incident
    changed = with_channel(incident.comms.channels, Channel(use, where, call.actor.login, call.url))
    entry = entry_of(call.origin, Kind.CHANNEL, what=use.value, text=where)
    return too_long((where,), f"channel {use} <where>") or incident.having(
        entry, comms=replace(incident.comms, channels=changed)
    )


@command(
    "announced",
    section=Section.TALK,
    usage="announced <where>[, <where>]",
    examples=("announced #general, all@acme.test",),
    when=When.DECLARED,
    by_settings=True,
)
def announced(incident: Incident, call: Invocation) -> Incident | Refused:
    """
    Record where the incident was announced.

    Each of these places should point people to the main channel for updates; the status comment has the text
    for it. If the main channel is set later, or changes, the place is listed as out of date until you use this
    again.
    """
    if (at := _AT_TIME.fullmatch(call.text)) and holds_time(at["time"]):
        return Refused("a time goes behind a `|`", f"announced {at['where']} | {at['time']}")
    where = tuple(_TO.sub("", one) if _TO.match(one) else one for one in places(_ALSO.sub(", ", call.text)))
    main = channel_for(incident.comms.channels, Use.MAIN)
    if not where or denies(call.text):
        return Refused("where was it announced?", "announced <where>")
    if main and any(is_same_place(one, main.where) for one in where):
        others = ", ".join(one for one in where if not is_same_place(one, main.where))
        return Refused(
            "that is the main channel itself; name the other places", f"announced {others or '<where>'}"
        )
    if len(incident.comms.announcements) + len(where) > MOST:
        return Refused(
            f"at most {MOST} places are recorded; add others as a note", f"note announced at {', '.join(where)}"
        )
    known, there = incident.comms.announcements, main.where if main else ""
    for one in where:
        known = with_announcement(known, Announcement(one, there, call.at, call.actor.login, call.url))
    entry = entry_of(call.origin, Kind.ANNOUNCED, what=there, text=", ".join(where))
    return too_long(where, "announced <where>") or incident.having(
        entry, comms=replace(incident.comms, announcements=known)
    )


@command(
    "stakeholder",
    section=Section.TALK,
    usage="stakeholder @<who>|<name> [involved|affected]",
    aliases=("stakeholders",),
    examples=("stakeholder @dave involved", "stakeholder customer support affected"),
    when=When.DECLARED,
    names=whom,
    by_settings=True,
)
def stakeholder(incident: Incident, call: Invocation) -> Incident | Refused:
    """
    Add someone who is involved in the incident, or affected by it.

    People, teams (`@org/team`), or others by name; affected unless you say `involved`. Channels are agreed on
    once the stakeholders are known. Use it again to change an entry.
    """
    text, kind = _kind_of(call.text)
    given, name = people(text, call)
    name = "" if given and all(word.casefold() in _SMALL for word in name.split()) else name
    if _TAKING_OFF.match(name) or name.casefold() in _KINDS:
        return Refused(
            "to take someone off the list, edit or delete the comment that added them; to change an entry, say "
            "`involved` or `affected`",
            form="stakeholder <who> <involved or affected>",
        )
    named = [Stakeholder(one.login, kind != "involved", call.url, one.login) for one in given]
    named += [Stakeholder(name, kind != "involved", call.url)] if name else []
    if not named:
        return Refused("who is it?", "stakeholder <who> affected")
    if len(name) > MAX_CHANNEL_CHARS:
        return Refused(f"a name can have at most {MAX_CHANNEL_CHARS} characters", "stakeholder <name> affected")
    kept = [one for one in incident.comms.stakeholders if not any(is_same(one.name, new.name) for new in named)]
    if len(kept) + len(named) > MOST:
        return Refused(
            f"at most {MOST} stakeholders are listed; name the rest as a group", "stakeholder <name> affected"
        )
    incident = replace(incident, comms=replace(incident.comms, stakeholders=(*kept, *named)))
    for one in named:
        what = "affected" if one.affected else "involved"
        incident = incident.having(
            entry_of(call.origin, Kind.STAKEHOLDER, what=what, who=one.login, text=one.name)
        )
    return incident


def _kind_of(text: str) -> tuple[str, str]:
    """Split ``sales (affected)`` and ``affected: sales``: who it is, and what they are, if that is said."""
    if found := _KIND_FIRST.match(text):
        return text[found.end() :], found["kind"].casefold()
    words = text.split()
    last = words[-1].strip("()[].!").casefold() if words else ""
    kind = last if last in _KINDS else ""
    return " ".join(words[:-1] if kind else words).rstrip(":,; -–—"), kind


def _leads(_: Incident, call: Invocation) -> Sought:
    """Return who speaks to the audience; a place may have any name."""
    return Sought(tuple(mentions(split_via(call.text)[0])))


@command(
    "audience",
    section=Section.TALK,
    usage="audience <name> [internal|external] [@<who> ...] [via <where>[, <where>]]",
    access=Access.WRITE,
    led=True,
    examples=("audience external @carol via status page, #customers", "audience board internal via mail"),
    when=When.DECLARED,
    names=_leads,
    by_settings=True,
)
def audience(incident: Incident, call: Invocation) -> Incident | Refused:
    """
    Set who informs an audience, and on which channel.

    The audiences are `internal`, `external` and `management`, or those that your team configured; a new
    `<name>` (one word) adds one, external unless you say `internal`. The people named become its Communication
    Leads. Each audience has its own clock.
    """
    head, via = split_via(call.text)
    given, rest = people(head, call)
    name, rest = first_word(rest.casefold())
    words = [_REACHES.get(word, word) for word in rest.split()]
    reaches = {reach.value: reach for reach in Reach}
    if every := _at_once(head, name, words):
        return _one_each(given, every, *[word for word in words if word in reaches and word not in every][:1])
    if via and (late := _LATE.search(via[-1])):
        where = ", ".join((*via[:-1], via[-1][: late.start()]))
        return Refused("name people before `via`", f"audience {head} {late['who']} via {where}")
    if not is_audience_name(name):
        reason = (
            f"{quoted(name)} is not a valid audience name; use one word of letters and digits"
            if name
            else "which audience?"
        )
        return Refused(reason, _with_name(incident, call, [name, *words]))
    if len(words) > 1 or any(word not in reaches for word in words):
        return Refused(
            f"{quoted(' '.join((name, *words)))} is not a valid audience name, which is one word; `internal` or "
            "`external` can follow, and the channel after `via`",
            _with_name(incident, call, [name, *words]),
        )
    if len(incident.comms.audiences) >= MOST:
        return Refused(f"there are already {MOST} audiences")
    known = find_audience(incident, name) or Audience(name, Reach.EXTERNAL)
    changed = replace(known, reach=reaches[words[0]] if words else known.reach, via=via or known.via)
    others = tuple(one for one in incident.comms.audiences if one.name != name)
    incident = replace(incident, comms=replace(incident.comms, audiences=(*others, changed)))
    for one in given:
        incident = take(incident, call, Role.COMMUNICATION_LEAD, one, name)
    return too_long(via, f"audience {name} via <where>") or incident


def _at_once(head: str, name: str, words: Sequence[str]) -> list[str]:
    """Return the audiences of a line that names several; ``internal external`` makes nothing internal public."""
    reaches = {reach.value for reach in Reach}
    if name in reaches and words and words[0] in reaches and words[0] != name:
        return [name, words[0]]
    listed = bool(words) and _lists(head, name, " ".join(words))
    return [one for one in audience_words(" ".join((name, *words))) if one not in reaches] if listed else []


def _one_each(given: tuple[Person, ...], names: Sequence[str], *reach: str) -> Refused:
    """Show a line for each of several audiences."""
    more = (*reach, *(f"@{one.login}" for one in given))
    return Refused("one audience per line", "\n".join(" ".join(("audience", one, *more)) for one in names))


def _with_name(incident: Incident, call: Invocation, words: list[str]) -> str:
    """Return the line with a name of one word, made of those that were meant as one; else with a gap."""
    at = next((n for n, word in enumerate(words) if n and word in _AT), 0)
    if at and len(words) > at + 1:
        return " ".join(("audience", *words[:at], "via", *words[at + 1 :]))
    if len(words) > 1 and find_audience(incident, words[0]):
        return f"audience {words[0]} via <where>"
    telling = [word for word in words if word not in _SMALL and word not in set(Reach)]
    named = len(telling) <= _WORDS and not any(w in _NO_PART or any(map(str.isdigit, w)) for w in telling)
    made = "-".join(telling) if named else ""
    head, via, where = f"{call.text} ".partition(" via ")
    given, _ = people(head, call)
    reach = [word for word in words if word in set(Reach)][:1]
    said = ("audience", made if is_audience_name(made) else "<name>", *reach, *(f"@{one.login}" for one in given))
    return f"{' '.join(said)}{via}{where}".strip()
