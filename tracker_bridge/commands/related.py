"""Issues that have to do with the incident (S26)."""

from dataclasses import replace

from tracker_bridge.commands._elsewhere import foreign, issue_named, why_not
from tracker_bridge.domain.fold.command import Section, When, command
from tracker_bridge.domain.incident.incident import Incident
from tracker_bridge.domain.incident.relations import Relation
from tracker_bridge.domain.incident.replies import Refused
from tracker_bridge.domain.incident.roles import is_same
from tracker_bridge.domain.issue.elsewhere import NAMED_IN_TEXT, name_of
from tracker_bridge.domain.issue.invocations import Invocation
from tracker_bridge.domain.issue.patterns import at_first_use
from tracker_bridge.domain.issue.spelling import denies

_SMALL = frozenset(
    {
        "also",
        "and",
        "bug",
        "incident",
        "issue",
        "issues",
        "mr",
        "please",
        "pr",
        "see",
        "the",
        "ticket",
        "to",
        "with",
    }
)

_LINK = at_first_use(r"\[[^\]]*\]\((?P<to>[^)\s]+)\)")
_BETWEEN = at_first_use(r"[\s,;&]+|(?<=[0-9])\+(?=#)")

MOST = 20
"""Issues that one incident is linked to by word."""


@command(
    "related",
    section=Section.WORK,
    usage="related #<number> | <project>#<number> ...",
    aliases=("relate", "relates-to"),
    examples=("related #12 #13", "related acme/web#12"),
    when=When.DECLARED,
    by_settings=True,
)
def related(incident: Incident, call: Invocation) -> Incident | Refused:
    """
    Link related issues of this project, or of another one that the bridge serves.

    They are linked natively where the tracker supports it, a short comment on each of them says so, and the
    status comment lists them. You can give an issue's number, its URL, or, for an issue of another project,
    `acme/web#12`. There you need triage access as well, and nothing is told where more people can read it.
    """
    for word in _words(call.text):
        found = issue_named(word, incident)
        if found is None:
            return Refused("which issues?", _form(incident, call))
        project, number = found
        name = name_of(project, number)
        if found == ("", incident.ref.number):
            return Refused("an incident cannot be related to itself", _form(incident, call, name))
        problem = call.thread.problem(project, number, call.actor)
        if problem and (problem.gone or problem.exposed or problem.barred):
            return Refused(why_not(problem, name, project, "triage"), _form(incident, call, name), final=True)
        if any(one.number == number and is_same(one.project, project) for one in incident.relations):
            continue
        if len(incident.relations) >= MOST:
            return Refused(f"at most {MOST} issues can be linked; add others as a note", f"note see {call.text}")
        new = Relation(number, call.actor.login, call.url, project, call.actor.id)
        incident = replace(incident, relations=(*incident.relations, new))
    return incident if call.text else Refused("which issues?", _form(incident, call))


def _words(text: str) -> list[str]:
    """Return what names an issue, each, without the signs that editors put around it."""
    plain = _LINK.sub(r"\g<to>", text)
    return [
        bare for word in _BETWEEN.split(plain) if (bare := word.rstrip(".!").strip("<>()\"'“”`*").rstrip(".!"))
    ]


def _form(incident: Incident, call: Invocation, wrong: str = "") -> str:
    """Return the line with the issues that it names for certain, and a remark as a note; else one with a gap."""
    names = [
        name_of(foreign(one["project"] or "", incident), int(one["number"]))
        for one in NAMED_IN_TEXT.finditer(call.text)
    ]
    others = [word for word in _words(NAMED_IN_TEXT.sub(" ", call.text).casefold()) if word not in _SMALL]
    named = " ".join(name if "#" in name else f"#{name}" for name in dict.fromkeys(names) if name != wrong)
    if others and not wrong and (len(others) == 1 or not named or denies(call.text)):
        return "related #<number>"
    remark = f"\nnote {call.text}" if others and not wrong else ""
    return f"related {named or '#<number>'}{remark}"
