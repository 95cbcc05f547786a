"""
The issue form: what was answered in it counts as if its author had said it (S24, S25, S87-S89, S117).

GitHub writes a form's answers into the opening post as ``### Question``, a blank line and the answer; GitLab's
description template has the same headings. Each answer becomes the command that would say the same, so that
rights, refusals and receipts are those of commands.
"""

import itertools
import re
from collections.abc import Iterable, Mapping
from dataclasses import replace
from functools import lru_cache
from types import MappingProxyType
from typing import Final

from tracker_bridge.domain.fold.authorization import Authorizer, Permission, receipt_of
from tracker_bridge.domain.fold.proposals import Proposer
from tracker_bridge.domain.incident.fields import Field, FieldValue, fitting
from tracker_bridge.domain.incident.incident import Incident
from tracker_bridge.domain.incident.replies import Mistake, Refused, Replies
from tracker_bridge.domain.issue.authors import writers
from tracker_bridge.domain.issue.grammar import Grammar, as_read
from tracker_bridge.domain.issue.invocations import Found, Invocation
from tracker_bridge.domain.issue.issue import Comment, Issue
from tracker_bridge.domain.issue.patterns import at_first_use
from tracker_bridge.domain.issue.receipts import Receipt, Verdict

QUESTIONS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "started": "When did it begin?",
        "detected": "When was it noticed?",
        "source": "Who noticed it?",
        "severity": "How bad is it?",
        "who": "Who is affected?",
        "how": "How are they affected?",
        "many": "How many are affected?",
        "cost": "What does it cost?",
        "more": "What else is known?",
    }
)
"""
The headings of the shipped forms, in their order.

The last one is the only place for long text: what people paste there cannot be taken for a heading.
"""

SOURCES: Final = {"alert": "an alert", "user": "a user", "staff": "our staff"}
"""Who noticed it, as ``detected`` calls them and as the form offers them."""

SOURCE_WORDS: Final = (*SOURCES, "alarm")
"""What people may write for them; see :func:`source_of`."""

SOURCES_MEANT: Final = MappingProxyType(
    {
        word: source
        for source, words in (
            ("alert", "alerting monitoring monitor pager probe pagerduty opsgenie grafana"),
            ("user", "customer customers client clients"),
            ("staff", "us we me team support employee employees engineer colleague developer"),
        )
        for word in words.split()
    }
)
"""Other words for them."""

_OWN: Final = "field "
"""What the question of a team's own field is called, before the name of the field."""

_FIRST = 900
"""Ordinal of the first answer; a comment has fewer commands."""

_HEADING = at_first_use(r"#{1,6}[ \t]+(?P<question>.*?)[ \t#]*")
_HINT = at_first_use(r"<!--.*?-->", re.DOTALL)
_SOURCE = at_first_use(rf"\b({'|'.join(SOURCE_WORDS)})s?\b", re.IGNORECASE)
_ITEM = at_first_use(r"^\s*[-*]\s+(?:\[[ xX]\]\s+)?")
_NUMBERED = at_first_use(r"^\s*(?:[-*]|[0-9]{1,3}[.)])\s+(?:\[[ xX]\]\s+)?")
"""How a line of a list begins; a single line that begins with a number is none."""
_OPTION = at_first_use(r"(?<!\S)--(?=many\b|cost\b)")
_VERDICTS = {
    Permission.ALLOWED: Verdict.ACCEPTED,
    Permission.LACKING: Verdict.DENIED,
    Permission.SILENT: Verdict.IGNORED,
    Permission.DOUBTFUL: Verdict.DOUBTFUL,
}
_LATER = at_first_use(r"\s+(?:yet|so far|for sure|exactly|at the moment|right now)[.!]*$")
_NOTHING = frozenset({
    "", "_no response_", "none", "n/a", "na", "nil", "-", "--", "–", "—", "?", "??", "???", "...", "…", "unknown",
    "not known", "don't know", "i don't know", "not sure", "unsure", "no idea", "idk", "tbd", "tba", "tbc",
})  # fmt: skip


def source_of(word: str) -> str:
    """Return who noticed it, as :data:`SOURCES` has it: people say alarm as well as alert."""
    source = word.casefold()
    return "alert" if source == "alarm" else source


def answers_of(body: str, fields: Iterable[Field] = ()) -> dict[str, str]:
    """
    Return the answers in an opening post by the keys of :data:`QUESTIONS`; what was left empty is left out.

    The headings are looked for in their order, and an answer reaches to the next of them: other headings in
    it are part of it. Questions of a team's own ``fields`` may stand anywhere; of one that stands there twice, the
    last is the form's, and the other was pasted into an answer.
    """
    if "#" not in body:
        return {}
    lines = _HINT.sub("", body.replace("\r\n", "\n").replace("\r", "\n")).split("\n")
    headings = [found["question"].casefold() if (found := _HEADING.fullmatch(line)) else "" for line in lines]
    starts: dict[str, int] = {}
    after = 0
    for field, question in QUESTIONS.items():
        if question.casefold() in headings[after:]:
            starts[field] = headings.index(question.casefold(), after)
            after = starts[field] + 1
    for own in fields:
        if own.question and own.question.casefold() in headings:
            last = len(headings) - 1 - headings[::-1].index(own.question.casefold())
            starts[f"{_OWN}{own.name}"] = last
    starts = dict(sorted(starts.items(), key=lambda start: start[1]))
    bounds = itertools.pairwise([*starts.values(), len(lines)])
    texts = {
        field: "\n".join(lines[start + 1 : end]).strip()
        for field, (start, end) in zip(starts, bounds, strict=True)
    }
    return {field: text for field, text in texts.items() if not _is_nothing(text)}


def _is_nothing(text: str) -> bool:
    said = text.casefold().replace("’", "'").strip("*` ")
    return said in _NOTHING or _LATER.sub("", said).rstrip(".!") in _NOTHING


def form_calls(
    opening: Comment, authorizer: Authorizer, grammar: Grammar, fields: tuple[Field, ...] = ()
) -> tuple[Invocation, ...]:
    """
    Return what the answers of the opening post would be as commands; ``asked`` marks them.

    ``fields`` are the team's own, of which some have questions.
    """
    answered = _found(opening.body, grammar, fields)
    calls = [
        Invocation(
            comment=opening.id,
            ordinal=_FIRST + ordinal,
            found=found,
            author=opening.author,
            actor=opening.author,
            at=opening.created_at,
            url=opening.url,
            asked=asked,
        )
        for ordinal, asked, found in answered
    ]
    now = [found for _, _, found in answered]
    by = writers(opening, now, lambda body: [found for _, _, found in _found(body, grammar, fields)])
    return tuple(authorizer.settled(opening, calls, by))


@lru_cache(256)  # each fold asks several times
def _found(body: str, grammar: Grammar, fields: tuple[Field, ...]) -> tuple[tuple[int, str, Found], ...]:
    """Return each answer as a command: its place among the questions, the question, and the command."""
    answers = {asked: _own_words(text, grammar) for asked, text in answers_of(body, fields).items()}
    questions = {**QUESTIONS, **{f"{_OWN}{one.name}": one.question for one in fields}}
    said = [*((asked, verb, text, text) for asked, verb, text in _commands(answers)), *_own(answers)]
    return tuple(
        (ordinal, asked, Found(verb, " ".join(text.split()), f"{questions[asked]} {' '.join(answer.split())}"))
        for ordinal, (asked, verb, text, answer) in enumerate(said)
        if text
    )


def _own_words(answer: str, grammar: Grammar) -> str:
    """Return an answer without the commands in it, which are run; a list becomes one line."""
    lines = [line for line in answer.split("\n") if grammar.spelling(as_read(line)) is None]
    said = [line for line in lines if line.strip()]
    if len(said) > 1 and all(map(_NUMBERED.match, said)):
        return ", ".join(_NUMBERED.sub("", line).strip() for line in said)
    return "\n".join(_ITEM.sub("", line) for line in lines).strip()


def _source(answer: str) -> str:
    """Return who noticed it, by the first word that tells; empty where none does."""
    if found := _SOURCE.search(answer):
        return source_of(found[1])
    words = re.findall(r"\w+", answer.casefold())
    return next((SOURCES_MEANT[word] for word in words if word in SOURCES_MEANT), "")


def _commands(answers: Mapping[str, str]) -> tuple[tuple[str, str, str], ...]:
    """Return question, verb and text of every command there could be; without an answer the text is empty."""
    detected, source = _first_line(answers, "detected"), _source(answers.get("source", ""))
    if source:
        detected = f"{detected} by {source}".strip()
    severity = _first_line(answers, "severity").partition(":")[0].strip()
    return (
        ("started", "started", _first_line(answers, "started")),
        ("detected", "detected", detected),
        ("severity", "severity", severity),
        ("who", "impact", _impact({field: _OPTION.sub("", text) for field, text in answers.items()})),
    )


def _own(answers: Mapping[str, str]) -> list[tuple[str, str, str, str]]:
    """Return the same of the team's own fields that were answered, each with the answer."""
    own = {asked: answer for asked, answer in answers.items() if asked.startswith(_OWN)}
    return [(asked, "field", f"{asked.removeprefix(_OWN)} {answer}", answer) for asked, answer in own.items()]


def _impact(answers: Mapping[str, str]) -> str:
    """Nothing unless it is known who is hit, and how."""
    who, how = answers.get("who", "").replace(":", ","), answers.get("how", "")
    if not who or not how:
        return ""
    return f"{who}: {how}" + "".join(f" --{name} {answers[name]}" for name in ("many", "cost") if name in answers)


def _first_line(answers: Mapping[str, str], field: str) -> str:
    return answers.get(field, "").partition("\n")[0].strip("> \t")


def apply_form(
    incident: Incident, calls: tuple[Invocation, ...], authorizer: Authorizer, proposer: Proposer
) -> tuple[Incident, list[Receipt]]:
    """
    Apply the answers to an incident that has just been declared.

    What was said by then in other ways stays. What its author may not say is passed over silently: nobody who
    fills in a form asks for more than the form offers.
    """
    receipts: list[Receipt] = []
    mistakes: list[Mistake] = []
    for call in calls:
        command = proposer.commands.find(call.verb)
        if command is None or command.untimely(incident):
            continue
        access = authorizer.known_access(call)
        proposer.heard(call, access)
        verdict = _VERDICTS[authorizer.right(call, command, incident)]
        if verdict is Verdict.ACCEPTED and not _is_known(incident, call.asked):
            outcome = command.run(incident, call)
            if isinstance(outcome, Refused):
                verdict = Verdict.REFUSED
                told, _ = proposer.told(incident, call, Mistake(call.line, outcome, call.asked))
                mistakes.append(told)
            else:
                incident = outcome
        receipts.append(receipt_of(call, verdict, access))
    if mistakes:
        incident = incident.refusing(calls[0].comment, calls[0].url, *mistakes)
    return incident, receipts


def _is_known(incident: Incident, asked: str) -> bool:
    if asked.startswith(_OWN):
        return any(one.name == asked.removeprefix(_OWN) for one in incident.fields)
    return {
        "started": incident.times.started is not None,
        "detected": incident.times.detected is not None,
        "severity": incident.severity is not None,
        "who": bool(incident.impacts),
    }[asked]


def without_settled(incident: Incident) -> Incident:
    """Drop the refusals of answers that have been given since in another way."""
    if not any(one.asked for reply in incident.outgoing.replies for one in reply.mistakes):
        return incident
    replies = []
    for reply in incident.outgoing.replies:
        mistakes = tuple(one for one in reply.mistakes if not one.asked or not _is_known(incident, one.asked))
        if mistakes or not reply.mistakes:
            replies.append(replace(reply, mistakes=mistakes))
    return replace(incident, outgoing=replace(incident.outgoing, replies=Replies(replies)))


def with_issue_fields(incident: Incident, issue: Issue) -> Incident:
    """Let the forge's own fields fill in what nobody said; what does not fit into a team's field is left there."""
    if not (incident.exists and incident.rules.fields):
        return incident
    told = {name.casefold(): value for name, value in issue.fields}
    fields = incident.fields
    for one in incident.rules.fields:
        text = told.get(one.issue_field.casefold(), "") if one.issue_field else ""
        known = any(value.name == one.name for value in fields)
        value = fitting(one, text, issue.created_at, incident.rules.timezone) if text and not known else ""
        if isinstance(value, str) and value:
            fields = (*fields, FieldValue(one.name, value, issue.url))
    return replace(incident, fields=fields)
