"""What was told to whom, and what there is to tell (S17, S18, S59-S61, S73-S81, S105)."""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from tracker_bridge.commands.channels import split_via, too_long
from tracker_bridge.domain.derived.cadence import agreed_channels, may_speak, rows, speakers
from tracker_bridge.domain.fold.arguments import moment, named_audiences, options, quoted
from tracker_bridge.domain.fold.command import Section, When, command
from tracker_bridge.domain.incident.audiences import Audience, audience_words, audiences, find_audience
from tracker_bridge.domain.incident.communications import Communication, is_remarkable, spoken_lines
from tracker_bridge.domain.incident.incident import Incident
from tracker_bridge.domain.incident.replies import Refused, Replies, Reply
from tracker_bridge.domain.incident.roles import Role, is_same
from tracker_bridge.domain.incident.subscribers import subscribers, told_of
from tracker_bridge.domain.incident.timeline import Kind, entry_of
from tracker_bridge.domain.incident.times import Moment
from tracker_bridge.domain.incident.times.behind import holds_time, stray_time, trailing_time
from tracker_bridge.domain.issue.grammar import Takes
from tracker_bridge.domain.issue.invocations import Invocation, are_two_messages, behind_colon
from tracker_bridge.domain.issue.issue import Access, Person
from tracker_bridge.domain.issue.patterns import at_first_use
from tracker_bridge.domain.issue.spelling import after_break
from tracker_bridge.domain.transitions.update_timing import is_early

_AT = at_first_use(r"(?<!\S)(?:at\s+|(?=@[\d~≈])|[|｜│]\s*)", re.IGNORECASE)
_VIA = at_first_use(r"\svia\s", re.IGNORECASE)
_WHERE = at_first_use(
    r"(?:(?:on|in|by|over|through)\s+)?(?:the\s+)?\(?(?:via\s+)?(?P<place>[^()]+)\)?", re.IGNORECASE
)
_PLACE = at_first_use(r"(?:on|in|by|over|through|via|the|status|our)\s|[(#@<]|\S+://", re.IGNORECASE)
_CORRECTION = at_first_use(r"(?:a )?correct(?:ion|ed|ing)(?: of .*)?")
_NOW = at_first_use(r"(?:right )?now|urgent(?:ly)?|asap|immediately|again|anyway|force|early")
_NO_PLACE = at_first_use(r"@|\W*(?:draft|final|first|next|last)(?!\w)", re.IGNORECASE)
_FEW = 4
"""Signs of punctuation that stand for a text which is not there."""
_LONGEST = 2_000
"""Characters of what stands before a message: every "at" in it is tried for a time."""

_SHOWN = 300
"""Characters of a message that its event of the timeline repeats."""


@dataclass(frozen=True, slots=True)
class _Sending:
    """To whom, where, when, and with which options something was said."""

    audiences: tuple[Audience, ...]
    channels: tuple[str, ...]
    agreed: tuple[tuple[str, ...], ...]
    occurred: Moment
    flags: Mapping[str, str]


def _would_be_sent(incident: Incident, call: Invocation) -> tuple[Communication, dict[str, str]] | None:
    """Return what a call records, if it can be understood, and where the words would go."""
    updated = _updated(incident, call)
    if isinstance(updated, Refused):
        return None
    one = updated.comms.communications[-1]
    return one, told_of(updated, one)


def _weight(incident: Incident, call: Invocation) -> Access:
    """To speak for all takes write access, or the role."""
    found = _would_be_sent(incident, call) if incident.exists and incident.rules.subscribers else None
    if found is None or not found[1]:
        return Access.NONE
    held = incident.people.holders(Role.COMMUNICATION_LEAD)
    mine = {one.audience for one in held if incident.people.stands_for(call.actor, one.who)}
    return Access.NONE if "" in mine or set(found[1].values()) <= mine else Access.WRITE


def _too_long_to_send(incident: Incident, call: Invocation) -> Refused | None:
    """Refuse words that a destination would cut: what an audience reads is what was said."""
    found = _would_be_sent(incident, call) if incident.rules.subscribers else None
    if found is None:
        return None
    length = len("\n".join(found[0].said))
    room = {one.name: one.room for one in subscribers(incident) if one.name in found[1]}
    short = min(room, key=lambda name: room[name], default="")
    if not short or length <= room[short]:
        return None
    over = length - room[short]
    return Refused(
        f"`{short}` takes at most {room[short]:,} characters, and this has {length:,}: {over:,} too many. Nothing "
        "was sent; please shorten it"
    )


@command(
    "update",
    section=Section.TALK,
    usage=(
        "update <audience>[, <audience>] [via <where>[, <where>]] [at <time>] [--now <why>] [--correction]: <text>"
    ),
    aliases=("told",),
    examples=(
        "update external via status page: Half of all payments fail. We know more at 15:00.",
        "update internal, management at 14:05 --now the press called: We are working on it.",
    ),
    when=When.DECLARED,
    weighs=_weight,
    barred=_too_long_to_send,
    takes=Takes.MESSAGE,
)
def update(incident: Incident, call: Invocation) -> Incident | Refused:
    """
    Record what an audience was told.

    Put the message into the lines below, as a quote (`> `) if something else follows; a short one can follow a
    colon. Its time is when you wrote it, unless you add another one with `at`; its channel is the audience's, or
    the main one, unless you name another with `via`. If that channel is a destination of the bridge's, it sends
    exactly these words there, which takes write access or the role of the audience's Communication Lead; else it
    only records them, and you send them yourself. Less than half an hour after the last one it is early: give the
    reason with `--now`. The first update, one about a confirmed fix, the resolution or a reopening, and a
    `--correction` of a wrong statement may come at any time.
    """
    return _updated(incident, call)


def _updated(incident: Incident, call: Invocation) -> Incident | Refused:
    head, message = _message(call)
    if are_two_messages(call.text, call.below):
        return in_two_places(f"update {behind_colon(call.text, '')[0]}")
    said, time = trailing_time(call.text.removeprefix(head)) if head != call.text else ("", "")
    if stray_time(f"| {time}"):
        return Refused("the time goes before the colon", f"update {head} at {time}: {said.lstrip(': ')}")
    sending = _sending(head, incident, call)
    if isinstance(sending, Refused):
        return _keeping(sending, " ".join(" ".join(message).split()))
    if not _tells("".join(message)):
        reason = "what was said? Put it after a colon, or in the lines below, as a quote"
        return Refused(reason, f"update {head}".strip() + ": <text>")
    return _communicated(incident, call, sending, message, nothing_new=False)


@command(
    "no-update",
    section=Section.TALK,
    usage="no-update <audience>[, <audience>] [via <where>[, <where>]] [at <time>] [--now <why>]",
    aliases=("noupdate", "nothing-new"),
    examples=("no-update external", "no-update internal, management via #status"),
    takes=Takes.QUOTE,
)
def no_update(incident: Incident, call: Invocation) -> Incident | Refused:
    """
    Record that an audience was told there is nothing new.

    It counts as a communication, but not as news about the fix. You can quote the words in the lines below.
    """
    head, said = behind_colon(call.text, "")
    sending = _sending(head, incident, call)
    if isinstance(sending, Refused):
        return sending
    if said.strip():
        return Refused(f"put what was said in the lines below `no-update {head}`, as a quote")
    message = spoken_lines(call.below)
    return _communicated(incident, call, sending, message, nothing_new=True)


@command(
    "brief",
    section=Section.TALK,
    usage="brief [<audience>]",
    examples=("brief external", "brief"),
    when=When.DECLARED,
)
def brief(incident: Incident, call: Invocation) -> Incident | Refused:
    """
    Show what is new for an audience, with a draft update.

    Lists what happened since the audience's last update, with a first draft for you to rework. Nothing is sent.
    Without a name it is for the audience that you are responsible for.
    """
    wanted = named_audiences(call.text, incident, call)
    if isinstance(wanted, Refused):
        return wanted
    named = [one.name for one in wanted] or _own(incident, call)
    now = replace(incident, outgoing=replace(incident.outgoing, replies=Replies()))
    return _answering(incident, Reply("brief", call.comment, call.url, tuple(named), incident=now, at=call.at))


def _message(call: Invocation) -> tuple[str, tuple[str, ...]]:
    """Split what follows the verb from what was said: text behind a colon, a quote below, or text below."""
    head, text = behind_colon(call.text, call.below)
    if text:
        return head, spoken_lines(f"{text}\n{call.below}")
    return call.text.removesuffix(":"), spoken_lines(call.below)


def in_two_places(line: str) -> Refused:
    """Refuse a message that is in part behind the colon, and in part in a quote, a list or code below."""
    reason = "put the whole message after the colon or in the lines below, as a quote, not in both"
    return Refused(reason, form=f"{line.strip()}: <text>", final=True)


def _tells(said: str) -> bool:
    """Whether it is more than a few signs, as ``...`` or a dash; an emoji tells something."""
    return len(said) > _FEW or any(unicodedata.category(sign)[0] in "LNS" for sign in said)


def _keeping(refused: Refused, message: str) -> Refused:
    """Let the proposed line carry the message, where it stands in the lines below."""
    form = refused.form if not refused.form or ": " in refused.form else f"{refused.form}: {message or '<text>'}"
    bare = refused.instead and not refused.instead.endswith(message) and ": " not in refused.instead
    instead = f"{refused.instead}: {message}" if bare and message else refused.instead
    return replace(refused, instead=instead, form=form)


def _sending(text: str, incident: Incident, call: Invocation) -> _Sending | Refused:
    given = options(text, ("now",), ("correction",))
    if isinstance(given, Refused):
        form = f"{call.verb} <audience> --now <why>"
        return replace(given, form=f"{form}: <text>" if call.verb != "no-update" else form)
    head, at = _at(given.rest, incident, call)
    if isinstance(at, Refused):
        return at
    names, via = split_via(head)
    known = named_audiences(names, incident, call)
    if isinstance(known, Refused):
        without = _without_colon if text == call.text else _without_via
        said = call.text.removeprefix(text)
        return without(call.verb, names, incident, said) or _without_audience(call, text, known, incident)
    if not known:
        return Refused(
            "which audience?", f"{call.verb} <audience>{': <text>' if call.verb != 'no-update' else ''}"
        )
    for one in known:
        if not any(may_speak(incident, who, one.name) for who in (call.actor, call.first) if who):
            return _not_a_speaker(incident, one.name)
    agreed = () if via else tuple(agreed_channels(incident, one) for one in known)
    where = via or tuple(dict.fromkeys(place for places in agreed for place in places))
    return too_long(where, f"{call.verb} <audience> via <where>") or _Sending(
        known, where, agreed, at, given.values
    )


def _without_audience(call: Invocation, text: str, known: Refused, incident: Incident) -> Refused:
    """Where not one word is an audience, all of it was to be said to one."""
    words = audience_words(text)
    if known.instead or len(words) < 2 or any(find_audience(incident, one) for one in words):
        return known
    said = f": {text}" if text == call.text else call.text.removeprefix(text)
    return Refused("which audience?", form=f"{call.verb} <audience>{said}") if call.verb != "no-update" else known


def _without_colon(verb: str, text: str, incident: Incident, _: str = "") -> Refused | None:
    """Say it when an audience and what it was told run into each other."""
    name, _, said = text.partition(" ")
    name, said = name.rstrip(";,.:"), after_break(said)
    if find_audience(incident, name) is None:
        return None
    if verb == "no-update":
        return Refused(f"put what was said in the lines below `no-update {name}`, as a quote")
    return Refused("put what was said after a colon, or in the lines below", f"{verb} {name}: {said}")


def _without_via(verb: str, text: str, incident: Incident, message: str = "") -> Refused | None:
    """Say it when an audience and where it was told run into each other, or the beginning of what was said."""
    name, _, where = text.partition(" ")
    if find_audience(incident, name) is None:
        return None
    if meant := _option_meant(where):
        return Refused(f"{quoted(where)} is not an audience, nor an option", f"{verb} {name} {meant}{message}")
    if " " in where and not _PLACE.match(where) and message.startswith(":"):
        return Refused("put the colon right after the audience", f"{verb} {name}: {after_break(where)}{message}")
    found = _WHERE.fullmatch(where)
    if found is None or _NO_PLACE.match(where):
        return None
    return Refused(
        f"{quoted(where)} is not an audience; the channel goes after `via`",
        f"{verb} {name} via {found['place']}",
    )


def _option_meant(words: str) -> str:
    """Return the option that words behind an audience may mean; empty for what can be a place."""
    bare = words.strip("()[]–—- ").casefold()
    if _CORRECTION.fullmatch(bare):
        return "--correction"
    if _NOW.fullmatch(bare):
        return "--now <why>"
    return "at <time>" if holds_time(bare) else ""


def _at(text: str, incident: Incident, call: Invocation) -> tuple[str, Moment | Refused]:
    """Take ``at 14:05`` out, wherever it stands; a place may be called "the desk at the door"."""
    if len(text) > _LONGEST:
        reason = f"audience, channel and time can have at most {_LONGEST:,} characters"
        return text, _without_colon(call.verb, text, incident) or Refused(reason)
    found = [(text[: at.start()].strip(), *_until_via(text[at.end() :])) for at in _AT.finditer(text)]
    wrong: Refused | None = None
    for before, time, behind in found:
        if not time.strip():
            continue
        said, _, after = call.text.partition(time)
        at = moment(time, incident, call, f"{call.verb} {said.rstrip()}", after)
        if not isinstance(at, Refused):
            return f"{before}{behind}", at
        wrong = at if holds_time(time) else wrong
    return text, wrong or Moment(call.at)


def _until_via(text: str) -> tuple[str, str]:
    via = _VIA.search(text)
    return (text[: via.start()], text[via.start() :]) if via else (text, "")


def _not_a_speaker(incident: Incident, name: str) -> Refused:
    who = " or ".join(map(quoted, speakers(incident, name)[:3]))
    if not who:
        claim = f"{incident.rules.command_prefixes[0]} claim comms {name}"
        return Refused(f"`{name}` has no Communication Lead yet; use `{claim}` first, then post it again")
    return Refused(
        f"{who} can record that; it takes a Communication Lead, the Incident Lead, or the Scribe if this "
        "audience has no Communication Lead",
        asked=speakers(incident, name),
    )


def _communicated(
    incident: Incident, call: Invocation, sending: _Sending, said: tuple[str, ...], *, nothing_new: bool
) -> Incident:
    names = tuple(one.name for one in sending.audiences)
    exempt = "correction" in sending.flags
    by, mended = _speaker(incident, call, names)
    one = Communication(
        id=call.id,
        audiences=names,
        channels=sending.channels,
        said=said,
        occurred=sending.occurred,
        recorded_at=call.at,
        by=by.login,
        url=call.url,
        since=_last_known(incident, names) if nothing_new else None,
        early=tuple(name for name in names if not exempt and is_early(incident, name, sending.occurred.at)),
        why=sending.flags.get("now", ""),
        correction=exempt,
        unagreed=not all(agreed_channels(incident, audience) for audience in sending.audiences),
        agreed=sending.agreed,
        corrected_by=mended,
    )
    kind = Kind.NO_UPDATE if nothing_new else Kind.UPDATE
    text = " ".join(" ".join(said).split())[:_SHOWN]
    origin = replace(call.origin, by=by.login, by_id=by.id)
    entry = entry_of(origin, kind, sending.occurred, what=", ".join(names), text=text)
    entry = replace(entry, corrected_by=mended)
    incident = incident.having(
        entry, comms=replace(incident.comms, communications=(*incident.comms.communications, one))
    )
    return _remarked(incident, call) if is_remarkable(incident.comms.communications, call.comment) else incident


def _speaker(incident: Incident, call: Invocation, names: tuple[str, ...]) -> tuple[Person, str]:
    """
    Return who told it, and who mended the record of it.

    It was said, whoever puts the words right afterwards: colleagues do, who speak to nobody.
    """
    first = call.first
    if first is not None and all(may_speak(incident, first, name) for name in names):
        return first, call.actor.login
    return call.actor, ""


def _last_known(incident: Incident, names: tuple[str, ...]) -> datetime:
    """Return when the audiences heard something new for the last time; since the declaration they heard it all."""
    told = [one for one in incident.comms.communications if one.since is None and set(one.audiences) & set(names)]
    begun = incident.times.declared.moment.at if incident.times.declared else incident.created_at
    return max((one.occurred.at for one in told), default=begun)


def _remarked(incident: Incident, call: Invocation) -> Incident:
    """Say once, under the comment, what was early about what it records (S18, S76)."""
    now = replace(incident, outgoing=replace(incident.outgoing, replies=Replies()))
    return _answering(incident, Reply("early", call.comment, call.url, incident=now, at=call.at))


def _own(incident: Incident, call: Invocation) -> list[str]:
    """Return the audiences that the caller speaks to; else the first that is told anything."""
    shown = rows(incident)
    own = [row.audience.name for row in shown if any(is_same(login, call.actor.login) for login in row.leads)]
    return own or [row.audience.name for row in shown[:1]] or [audiences(incident)[0].name]


def _answering(incident: Incident, reply: Reply) -> Incident:
    """Answer a comment; it gets one answer of each kind, about everything it asked."""
    mine = incident.outgoing.replies.latest((reply.kind, reply.comment))
    topics = tuple(dict.fromkeys([*(mine.topics if mine else ()), *reply.topics]))
    return incident.replying(replace(reply, topics=topics))
