"""However much was said: every document fits into a comment, keeps what matters, says what was cut (F12, S69)."""

import re
from dataclasses import replace
from datetime import timedelta

import pytest

from tests.commands.thread import BEGIN, BOT, RENDERER, URL, Thread, declared
from tests.rendering.gfm import skeleton
from tracker_bridge.domain.incident.incident import Incident
from tracker_bridge.domain.incident.postmortem import Postmortem
from tracker_bridge.domain.incident.timeline import Kind, Timeline, TimelineEntry
from tracker_bridge.domain.incident.times import Moment
from tracker_bridge.domain.incident.work import Contribution
from tracker_bridge.domain.issue.changes import Document
from tracker_bridge.domain.issue.documents import SUMMARY
from tracker_bridge.domain.issue.gate import check
from tracker_bridge.domain.issue.issue import TrackerUrl
from tracker_bridge.domain.issue.receipts import MAX_CHARACTERS

LENGTH, COUNT = 4_000, 20
"""Characters of a long line, and how many of them stand in one comment."""

ROOM = 60_000
TEXTS = {
    "words": "rolled back the checkout service after the queue began to grow again",
    "one word": "x",
    "emoji": "👩‍👩‍👧‍👦👍🏽❤️🇩🇪" * 20,
    "CJK": "結帳服務在佇列再次開始增長後回滾" * 20,
    "accents": "e\u0301\u0302" * 300,
    "to be escaped": "*_`|<>[]#@\\" * 60,
}


def over(count: int, text: str, *, major: int = 0) -> Incident:
    """Return a resolved incident with ``count`` notes, the first ``major`` of them for the summary."""
    thread = declared("/incident declare --started 13:50 --detected 13:58 --by alarm")
    thread.say("alice", "/incident resolve", "20:00")
    incident = thread.incident
    return replace(
        incident, timeline=Timeline([*incident.timeline, *(note(n, text, major=n < major) for n in range(count))])
    )


def note(number: int, text: str, *, major: bool) -> TimelineEntry:
    at = BEGIN + timedelta(seconds=number)
    url = f"{URL}#issuecomment-{2000 + number}"
    return TimelineEntry(
        str(2000 + number),
        Kind.NOTE,
        Moment(at),
        at,
        "alice",
        TrackerUrl(url),
        text=f"{number}: {text}",
        major=major,
    )


def summary(incident: Incident) -> str:
    [document] = [one for one in RENDERER.documents(incident, "", ROOM, {}) if one.key == SUMMARY]
    check(document, incident.rules.command_prefixes, BOT.login, ROOM)
    return document.body


def part(body: str, heading: str) -> str:
    return body.partition(f"#### {heading}\n")[2].partition("\n#### ")[0]


def rows(text: str) -> int:
    return len(re.findall(r"(?m)^\| \[", text))


MANY = [(text, 1_000 if len(line) < 100 else 300) for text, line in TEXTS.items()]
"""More lines than fit, of each kind."""


@pytest.mark.parametrize(("text", "count"), [*MANY, ("words", 5_000), ("CJK", 5_000)])
def test_a_summary_of_many_events_fits_and_keeps_statistics_and_summary(text: str, count: int) -> None:
    """Every row has its cells, every fold its end; nothing is cut between a letter and its accent."""
    body = summary(over(count, TEXTS[text], major=20))
    assert len(body) > ROOM * 0.9
    assert "- **Total outage: 6\u00a0h\u00a010\u00a0min**" in part(body, "Statistics")
    assert rows(part(body, "Summary timeline")) == 20 + 4  # start, detection, declaration, end
    shown = rows(part(body, "Full timeline"))
    assert 0 < shown < count + 4
    assert f"{count + 4 - shown} later entries do not fit" in body
    tags = skeleton(body)
    for tag in ("table", "tr", "td", "details", "summary", "a"):
        assert sum(one.startswith(f"<{tag} ") for one in tags) == tags.count(f"</{tag}>"), tag
    assert not re.search("\u200d…|…[\u0301\u0302\ufe0f]", body)


def test_a_summary_timeline_that_is_itself_too_long_is_cut_and_says_so() -> None:
    body = summary(over(2_000, TEXTS["words"], major=2_000))
    shown = rows(part(body, "Summary timeline"))
    assert 100 < shown < 2_004
    assert f"{2_004 - shown} later entries of the summary do not fit" in body
    assert "Total outage" in part(body, "Statistics")


def test_a_review_of_more_than_fits_is_cut_and_says_where_the_rest_is() -> None:  # S69, S94
    incident = over(1_000, TEXTS["words"], major=1_000)
    questions = tuple(
        Contribution("carol", f"{number}: {TEXTS['words'] * 9}", BEGIN, TrackerUrl(f"{URL}#issuecomment-{number}"))
        for number in range(500, 700)
    )
    incident = replace(
        incident,
        work=replace(incident.work, questions=questions),
        follow_up=replace(incident.follow_up, postmortem=Postmortem(None, "alice", TrackerUrl(URL))),
    )
    [review] = RENDERER.aftermath(incident, ROOM, {})
    [page] = review.pages
    check(page, incident.rules.command_prefixes, BOT.login, ROOM)
    asked = page.body.partition("### Open questions")[2].partition("### Root cause")[0]
    shown = asked.count("[carol]")
    assert 40 < shown < 200
    assert f"- {200 - shown} more do not fit here; see the thread of #7" in asked
    assert f"from [this comment]({URL}#issuecomment-{500 + shown}) on" in asked
    assert f"{1_004 - shown} later entries of the summary do not fit here" in page.body
    assert "### Action items" in page.body


def test_what_fits_is_not_cut() -> None:
    body = summary(over(100, TEXTS["words"]))
    assert rows(part(body, "Full timeline")) == 104
    assert "do not fit" not in body


# Whatever people who may command do on purpose


def fitting(thread: Thread) -> dict[str, Document]:
    """Return the documents; each must pass the gate, with the longest receipts in the status comment."""
    hidden = f"<!-- receipts:{'A' * (MAX_CHARACTERS - 100)}:{'0' * 64} -->"
    found = RENDERER.documents(thread.incident, hidden, ROOM, {})
    for document in found:
        check(document, thread.rules.command_prefixes, BOT.login, ROOM)
    return {document.key: document for document in found}


LONG = "x" * (LENGTH - 60)
FILLING = {
    "mistakes with a right line as long": [f"/incident note {LONG} | 99:99"] * COUNT,
    "mistakes that quote": [f"/incident role {LONG}"] * COUNT,
    "words that are no command": [f"/incident {LONG}"] * COUNT,
    "words nearly right": [f"/incident nte {LONG}"] * COUNT,
    "impacts": [f"/incident impact who{n} {LONG[:1900]}: {LONG[:1900]}" for n in range(COUNT)],
    "testers": [f"/incident role tester @t{n}x0 @t{n}x1 @t{n}x2 @t{n}x3 @t{n}x4" for n in range(COUNT)],
    "assists who test": [
        f"/incident role {role} @t{n}x0 @t{n}x1 @t{n}x2 @t{n}x3 @t{n}x4"
        for n in range(COUNT // 2)
        for role in ("assist", "tester")
    ],
    "long names": [f"/incident role scribe @{'a' * 3_900}{n}" for n in range(COUNT)],
    "names as long as they get": [f"/incident role scribe @{'a' * 250}{n}" for n in range(COUNT)],
    "audiences": [f"/incident audience {'x' * 37}{n:02} @alice via {LONG[:100]}" for n in range(COUNT)],
    "help": [f"/incident help {word}" for word in list(RENDERER.commands)[:COUNT]],
    "shows": ["/incident show", "/incident note x"] * (COUNT // 2),
    "notes": [f"/incident note {LONG}"] * COUNT,
    "channels": [f"/incident channel {use} {LONG}" for use in ("main", "chat", "meeting")],
    "announcements": [f"/incident announced {n}{LONG}" for n in range(COUNT)],
    "stakeholders": [f"/incident stakeholder {' '.join(f'@s{n}x{m}' for m in range(99))}" for n in range(COUNT)],
    "tasks": [f"/incident task @bob {n}{LONG}" for n in range(COUNT)],
    "questions": [f"/incident question {n}{LONG}" for n in range(COUNT)],
    "offers": [f"/incident help-offer {n}{LONG}" for n in range(COUNT)],
    "actions": [f"/incident action {n}{LONG} @bob due 2026-12-01" for n in range(COUNT)],
    "titles": [f"/incident declare {LONG} --drill"],
    "reasons": [f"/incident cancel {LONG}", f"/incident reopen {LONG}", f"/incident snooze 45m {LONG}"],
    "updates": [f"/incident update external via {LONG[:1500]} --now {LONG[:1500]}\n\n> {LONG}\n"] * COUNT,
}


@pytest.mark.parametrize("filling", FILLING)
def test_nobody_fills_a_comment_until_it_can_not_be_sent(filling: str) -> None:
    """A text that does not pass the gate would stop the whole incident."""
    thread = Thread("/incident declare " + ("--drill" if filling != "titles" else LONG))
    thread.say("alice", "/incident claim lead")
    for _ in range(2):
        thread.say("alice", "\n".join(FILLING[filling]))
    assert "status" in fitting(thread)
    thread.say("alice", "/incident resolve")
    assert "summary" in fitting(thread)
