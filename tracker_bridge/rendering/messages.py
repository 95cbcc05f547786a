"""
The texts of messages that go out: plain text, whose first line is the subject.

What people told an audience is not rendered: it goes out as it was said. The templates may be the operator's; the
values are anybody's, so nothing of these is ever taken for a template.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC
from functools import cache
from pathlib import Path
from typing import Any, Final

from jinja2 import FileSystemLoader, StrictUndefined, TemplateError
from jinja2.sandbox import ImmutableSandboxedEnvironment

from tracker_bridge.domain.derived.clocks import Nudge
from tracker_bridge.domain.derived.needed import What, needed_now
from tracker_bridge.domain.derived.owed import Act, digest_of, epoch_of
from tracker_bridge.domain.incident.channels import Use, channel_for
from tracker_bridge.domain.incident.conditions import services
from tracker_bridge.domain.incident.incident import Incident, Phase
from tracker_bridge.domain.incident.outward import Facts, Kind, Message
from tracker_bridge.domain.incident.roles import Role
from tracker_bridge.domain.incident.statistics import duration, statistics
from tracker_bridge.domain.incident.subscribers import Subscriber, mirrors
from tracker_bridge.domain.incident.timeline import Kind as Entry
from tracker_bridge.domain.incident.timeline import TimelineEntry, in_order
from tracker_bridge.domain.incident.times import Moment
from tracker_bridge.domain.issue.cleaning import clean

SUBJECT: Final = 200
LINE: Final = 300
"""Characters of a subject, and of what a person wrote in a line of a message."""

LATEST: Final = 3
"""Events that a mirrored status shows."""

MOST: Final = 20_000
"""Characters of what an operator's template makes."""

WORDS: Final[Mapping[What, str]] = {
    What.ON_CALL: "someone to take it",
    What.INCIDENT_LEAD: "an Incident Lead",
    What.SUCCESSOR: "a Technical Lead",
    What.TECHNICAL_LEAD: "a Technical Lead",
    What.SUGGESTED_SEVERITY: "a severity",
    What.SEVERITY: "a severity",
    What.IMPACT: "a severity",
    What.RESOLUTION: "someone to resolve it: the fix is confirmed",
    What.VERDICT: "a test of the fix",
    What.TESTER: "a tester for the fix",
    What.ALL_CLEAR: "a look: the monitoring reports all clear",
}
"""What is said of what is needed; the rest is work that is going on."""

_SHOWN: Final = (Entry.NOTE, Entry.PHASE, Entry.FIXED, Entry.TEST_PASSED, Entry.TEST_FAILED, Entry.CHANGE_MERGED)

_LINK: Final = re.compile(r"\[([^\]\n]*)\]\([^)\s]*\)")
_SMALL: Final = re.compile(r"<sub>.*</sub>")
_SIGNS: Final = re.compile(r"\\(?=[!-/:-@\[-`{-~])|\*\*|`+|(?<!\w)@(?=\w)")


_FAILURES: Final = (ArithmeticError, LookupError, TypeError, ValueError, AttributeError, RecursionError)
"""What a template of the operator's may raise, besides what says that it is none."""


@cache
def _environment(folder: Path | None) -> ImmutableSandboxedEnvironment:
    return ImmutableSandboxedEnvironment(
        loader=FileSystemLoader(folder) if folder else None,
        autoescape=False,
        undefined=StrictUndefined,
        auto_reload=False,
        trim_blocks=True,
        lstrip_blocks=True,
    )


@dataclass(frozen=True, slots=True)
class Texts:
    """Renders the messages of the templates in ``folder``."""

    folder: Path

    def message(self, incident: Incident, act: Act, reminder: Callable[[Nudge], str]) -> Message:
        """Return what is said by an act; ``reminder`` renders one as Markdown."""
        values = values_of(incident, act)
        if act.nudge is not None:
            values["text"] = plain(reminder(act.nudge))
        subject, text = self._rendered(act.subscriber, act.kind, values)
        return Message(
            key=act.name,
            destination=act.subscriber.name,
            kind=act.kind,
            subject=subject,
            text="\n".join(act.words) if act.kind is Kind.UPDATE else text,
            url=None if act.external else incident.url,
            thread=str(incident.ref),
            facts=None if act.external else _facts(incident, act),
        )

    def shown(self, incident: Incident) -> dict[str, str]:
        """Return the digests of the statuses that are mirrored, by destination."""
        found = {}
        for one in mirrors(incident):
            act = Act("status", one, Kind.STATUS, incident.created_at)
            found[one.name] = digest_of("\n".join(self._rendered(one, Kind.STATUS, values_of(incident, act))))
        return found

    def _rendered(self, subscriber: Subscriber, kind: Kind, values: Mapping[str, Any]) -> tuple[str, str]:
        """Return subject and text. Where an operator's template fails, ours is used: a message is not held up."""
        own = subscriber.templates.get(kind)
        if own is not None:
            try:
                return parted(_environment(None).from_string(own).render(values))
            except (TemplateError, *_FAILURES):
                pass
        return parted(_environment(self.folder).get_template(f"messages/{kind.value}.txt.j2").render(values))


def _facts(incident: Incident, act: Act) -> Facts:
    """Return how the incident stands. A page that ended is that of its own opening, although it goes on by now."""
    facts = facts_of(incident)
    return facts if act.epoch is None else replace(facts, epoch=act.epoch)


def parted(text: str) -> tuple[str, str]:
    """Return the first line as a subject, and what follows."""
    subject, _, rest = text.strip()[:MOST].partition("\n")
    return clean(subject, SUBJECT), "\n".join(line.rstrip() for line in rest.strip().split("\n"))


def plain(markdown: str) -> str:
    """Return a text of ours without its signs: what is pinged in the thread is only named elsewhere."""
    text = _LINK.sub(r"\1", _SMALL.sub("", markdown).replace("\u200b", "").replace("\u00a0", " "))
    return _SIGNS.sub("", text).strip()


def compiled(template: str) -> None:
    """Raise ``ValueError`` where it is no template, or asks for what no message has."""
    try:
        _environment(None).from_string(template).render(SAMPLE)
    except TemplateError as error:
        raise ValueError(f"is not a template: {error}") from None
    except _FAILURES as error:
        raise ValueError(f"fails: {error}") from None


def values_of(incident: Incident, act: Act) -> dict[str, Any]:
    """Return what templates are made of: text, each one line but for ``text``, and what is true or not."""
    times, ending = incident.times, incident.ending
    main = channel_for(incident.comms.channels, Use.MAIN)
    entry = act.about
    lasted = statistics(incident)[1].length or statistics(incident)[2].length
    return {
        "title": clean(incident.title, 120),
        "severity": incident.severity.name if incident.severity else "",
        "meaning": incident.severity.meaning if incident.severity else "",
        "phase": incident.phase.value,
        "project": incident.ref.project,
        "number": incident.ref.number,
        "url": str(incident.url),
        "drill": incident.drill,
        "since": _since(incident),
        "until": _at(times.resolved.moment) if times.resolved else "",
        "lasted": duration(lasted).replace("\u00a0", " ") if lasted is not None else "",
        "lead": _people(incident, Role.INCIDENT_LEAD),
        "technical_lead": _people(incident, Role.TECHNICAL_LEAD),
        "impact": "; ".join(clean(f"{one.who}: {one.how}", LINE) for one in incident.impacts[:3]),
        "services": ", ".join(services(incident.labels, incident.rules.service_label)),
        "channel": clean(main.where, LINE) if main else "",
        "needed": ", ".join(dict.fromkeys(WORDS[one.what] for one in needed_now(incident) if one.what in WORDS)),
        "why": _why(entry) if entry else "",
        "reopened": bool(epoch_of(incident)) or bool(ending.withdrawn),
        "withdrawn": act.is_withdrawal or (act.timeless and not act.words),
        "called_off": incident.phase is Phase.CANCELLED,
        "audience": act.audience,
        "external": act.external,
        "correction": act.correction,
        "said": _at(Moment(act.at)),
        "text": "\n".join(act.words),
        "latest": tuple(map(_event, _latest(incident))),
        "paged": ", ".join((*act.call.logins, *act.call.strangers)) if act.call else "",
        "level": act.call.level if act.call else 0,
        "who": act.who,
    }


def facts_of(incident: Incident) -> Facts:
    """Return how it stands, for programs."""
    known, times = incident.rules.severities, incident.times
    return Facts(
        tracker=incident.ref.tracker,
        project=incident.ref.project,
        number=incident.ref.number,
        title=clean(incident.title, SUBJECT),
        phase=incident.phase.value,
        severity=incident.severity.name if incident.severity else "",
        rank=known.index(incident.severity) + 1 if incident.severity in known else 0,
        ranks=len(known),
        epoch=epoch_of(incident),
        drill=incident.drill,
        declared_at=times.declared.moment.at if times.declared else None,
        started_at=times.started.moment.at if times.started else None,
        detected_at=times.detected.moment.at if times.detected else None,
        resolved_at=times.resolved.moment.at if times.resolved else None,
        leads=incident.people.logins(Role.INCIDENT_LEAD) or incident.people.logins(Role.TECHNICAL_LEAD),
        services=services(incident.labels, incident.rules.service_label),
    )


def _since(incident: Incident) -> str:
    """Say when it began, else when it was declared."""
    if incident.times.started:
        return _at(incident.times.started.moment)
    declared = incident.times.declared
    return f"declared {_at(declared.moment)}" if declared else _at(Moment(incident.created_at))


def _at(when: Moment) -> str:
    return f"{'about ' if when.approximate else ''}{when.at.astimezone(UTC):%H:%M UTC, %d %b %Y}"


def _why(entry: TimelineEntry) -> str:
    words = {Entry.FIXED: "A fix is in.", Entry.TEST_FAILED: "A test of the fix failed."}
    return clean(entry.text, LINE) or words.get(entry.kind, "")


def _people(incident: Incident, role: Role) -> str:
    return ", ".join(incident.people.logins(role)[:5])


def _latest(incident: Incident) -> tuple[TimelineEntry, ...]:
    told = [one for one in in_order(incident.timeline) if one.kind in _SHOWN and not one.withheld]
    return tuple(told[: -LATEST - 1 : -1])


def _event(entry: TimelineEntry) -> str:
    words = {
        Entry.NOTE: "",
        Entry.PHASE: entry.what,
        Entry.FIXED: "a fix is in",
        Entry.TEST_PASSED: "test passed",
        Entry.TEST_FAILED: "test failed",
        Entry.CHANGE_MERGED: "change merged",
    }[entry.kind]
    said = ": ".join(one for one in (words, clean(entry.text, LINE)) if one)
    return f"{entry.occurred.at.astimezone(UTC):%H:%M} {said}"


SAMPLE: Final[Mapping[str, Any]] = {
    **dict.fromkeys(
        (
            *("title", "severity", "meaning", "phase", "project", "url", "since", "until", "lasted", "lead"),
            *(
                "technical_lead",
                "impact",
                "services",
                "channel",
                "needed",
                "why",
                "audience",
                "said",
                "text",
                "paged",
                "who",
            ),
        ),
        "",
    ),
    **dict.fromkeys(("drill", "reopened", "withdrawn", "called_off", "external", "correction"), False),
    "number": 1,
    "level": 1,
    "latest": (),
}
"""The names that a template may use, with values that say nothing."""
