"""What is posted of a notebook, by whom, and that the thread says the same: the random ones too (S54-S56, S80)."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.commands.thread import PEOPLE
from tests.examples import examples
from tests.offline.replaying import NOW, plan_of, thread_of
from tracker_bridge.commands import COMMANDS
from tracker_bridge.domain.incident.incident import Incident
from tracker_bridge.domain.incident.timeline import Kind
from tracker_bridge.domain.issue.invocations import find_calls
from tracker_bridge.domain.issue.issue import Access
from tracker_bridge.offline.notebook import written
from tracker_bridge.offline.trial import differences

TOP = "title: Checkout is down\nkeeper: alice\n\n"
DAY = "2026-11-28"


def notebook(*lines: str, keeper: str = "alice") -> str:
    """Return a notebook in which each line is said a minute after the one before."""
    said = [f"{DAY}T20:{number:02}Z {line}" for number, line in enumerate(lines)]
    return "\n".join((TOP.replace("alice", keeper), *said, ""))


def posted(text: str, runner: str = "alice", **settings: object) -> list[str]:
    """Return the lines of all comments that are commands."""
    plan = plan_of(text, runner, **settings)  # type: ignore[arg-type]  # handed through
    return [one for part in plan.comments for one in part.document.body.split("\n") if one.startswith("/")]


@pytest.mark.parametrize(
    ("line", "becomes"),
    [
        ("alice the pool is empty", "note the pool is empty | 2026-11-28 20:00 UTC"),
        ("bob the pool is empty", "note bob: the pool is empty | 2026-11-28 20:00 UTC"),
        ("bob first calls | ~19:40", "note bob: first calls | ~2026-11-28 19:40 UTC"),
        ("bob /incident note --external x | 20m ago", "note --external bob: x | ~2026-11-28 19:40 UTC"),
        ("bob ask @carol, and @all", "note bob: ask `@carol`, and `@all` | 2026-11-28 20:00 UTC"),
        ("alice /incident sev1: nobody can pay", "severity sev1 nobody can pay | 2026-11-28 20:00 UTC"),
        ("bob /incident started 30m ago", "started ~2026-11-28 19:30 UTC"),
        ("bob /incident detected 19:50 by user", "detected 2026-11-28 19:50 UTC by user"),
        ("bob /incident impact shops: cannot sell", "impact shops: cannot sell | 2026-11-28 20:00 UTC"),
        ("bob /incident question why no alarm?", "question bob, 20:00 UTC: why no alarm?"),
        ("bob /incident propose roll back", "propose bob, 20:00 UTC: roll back | 2026-11-28 20:00 UTC"),
        ("bob /incident claim scribe", "role scribe @bob | 2026-11-28 20:00 UTC"),
        ("alice /incident claim scribe", "claim scribe | 2026-11-28 20:00 UTC"),
        ("bob /incident action add an alert @carol due tomorrow", "action add an alert @carol due 2026-11-29"),
        ("bob /incident postmortem 2026-12-04", "postmortem 2026-12-04"),
        ("bob /incident fixed", "fixed 2026-11-28 20:00 UTC by @bob"),
    ],
)
def test_every_line_has_its_time_and_who_said_it(line: str, becomes: str) -> None:
    assert f"/incident {becomes}" in posted(notebook(line))


def test_what_was_corrected_is_posted_as_it_was_corrected() -> None:
    text = notebook(
        "alice one",
        "bob two",
        "alice three",
        "alice /incident claim scribe",
        "alice /incident edit 2 second",
        "alice /incident retract 3",
        "alice /incident major 1",
    )
    plan = plan_of(text)
    assert plan.applied == 3
    assert [one for one in posted(text) if "role" not in one and "claim" not in one] == [
        "/incident note one | 2026-11-28 20:00 UTC",
        "/incident major",
        "/incident note bob: second | 2026-11-28 20:01 UTC",
    ]
    assert [one.text for one in plan.incident.timeline if one.major and one.kind is Kind.NOTE] == ["one"]


def test_questions_are_left_out_and_what_is_only_for_the_notebook_is_text() -> None:
    plan = plan_of(notebook("alice one", "alice /incident show", "alice /incident snooze 45m waiting"))
    assert plan.asked == 1
    assert [one.text for one in plan.inert] == ["/incident snooze 45m waiting"]


def test_words_that_were_refused_are_kept_with_their_line() -> None:
    plan = plan_of(notebook("bob /incident update external:\n  > We are looking into it.\n  > More at 23:15."))
    body = plan.comments[0].document.body
    assert "`/incident update external: > We are looking into it. > More at 23:15.`" in body


def test_nothing_that_acts_stands_in_a_comment() -> None:
    """Quick actions, mentions and commands that others said are words."""
    text = notebook("bob /close", "bob one", "alice two") + "  /close\n  @all\n  /incident cancel x\n"
    for part in plan_of(text).comments:
        for line in part.document.body.split("\n"):
            assert not line.startswith("/") or line.startswith("/incident note ")
        outside = re.sub(r"`[^`]*`", "", part.document.body)
        assert "@" not in outside


def test_who_declares_it_in_the_notebook_leads_it_technically_and_gives_it_its_title() -> None:
    """S100."""
    text = notebook(
        "bob the pool is empty", "bob /incident declare Mail is late --started 19:00 --by user --drill"
    )
    plan = plan_of(text)
    assert plan.inert == ()
    assert "/incident started 2026-11-28 19:00 UTC" in posted(text)
    assert "/incident role tech-lead @bob | 2026-11-28 20:00 UTC" in posted(text)
    found = plan.incident
    assert (found.title, found.source, found.drill) == ("Mail is late", "user", True)
    kept = thread_of(text).incident
    assert differences(kept, found, {}) == ()
    assert kept.times.declared
    assert f"{kept.times.declared.moment.at:%H:%M}" == "20:01"


def test_nobody_is_woken_afterwards() -> None:
    plan = plan_of(notebook("alice /incident page @bob"))
    assert [one.text for one in plan.inert] == ["/incident page @bob"]


def test_comments_are_as_few_as_fit() -> None:
    lines = [f"alice {'x' * 100} {n}" for n in range(60)]
    assert len(plan_of(notebook(*lines)).comments) == 1
    parts = plan_of(notebook(*lines), room=4_000).comments
    assert len(parts) == 3
    assert all(len(one.document.text) <= 4_000 for one in parts)
    marks = [mark for one in parts for mark in one.marks]
    assert len(marks) == len(set(marks)) == 60


def test_the_runner_leads_where_that_is_needed_and_gives_it_back() -> None:
    text = notebook(
        "bob /incident claim lead", "carol /incident claim comms external", "carol /incident update external: x"
    )
    plan = plan_of(text)
    assert plan.comments[0].lines[0].text == "/incident claim lead"
    assert plan.inert == ()
    assert plan.incident.people.logins(*plan.incident.rules.every_role[:1]) == ("bob",)
    nobody = plan_of(notebook("carol /incident claim comms external", "carol /incident update external: x"))
    assert nobody.comments[0].lines[-1].text == "/incident unrole lead"


def test_names_that_nobody_has_are_told_before() -> None:
    plan = plan_of(notebook("zoe /incident claim scribe"))
    [line] = plan.inert
    assert "there is no account called `zoe` here" in line.why
    assert plan_of(notebook("zoe /incident claim scribe"), logins={"zoe": "carol"}).inert == ()


def test_a_verdict_is_the_testers_own() -> None:
    text = notebook("bob /incident claim tester", "bob /incident test pass paid by card")
    [line] = plan_of(text).inert
    assert (line.who, line.plain) == ("bob", "/incident test pass paid by card | 2026-11-28 20:01 UTC")
    assert plan_of(text, "bob").inert == ()


# Random ones

_TEXTS = st.sampled_from(
    ["the pool is empty", "restarted db1", "a | b", "ran `ps | 14:05`", "ümläut 🔥", "#12, see"]
)
_WHO = st.sampled_from(["alice", "bob", "carol"])
_LINES = st.one_of(
    _TEXTS,
    _TEXTS.map(lambda text: f"/incident note {text} | 19:45"),
    st.sampled_from(["sev1", "sev2", "sev3"]).map(lambda name: f"/incident severity {name} because"),
    st.sampled_from(
        [
            "/incident declare Mail is late --started 19:00 --by user",
            "/incident claim lead",
            "/incident claim tech-lead",
            "/incident claim scribe",
            "/incident claim comms external",
            "/incident claim comms",
            "/incident unrole scribe",
            "/incident unrole comms",
            "/incident role assist @carol",
            "/incident role tester @bob",
            "/incident handoff lead @carol",
            "/incident handoff comms @bob external",
            "/incident started ~19:30",
            "/incident detected 19:40 by user",
            "/incident status identified the pool",
            "/incident status monitoring",
            "/incident fixed",
            "/incident fixed 19:58 by @carol",
            "/incident resolve",
            "/incident reopen it is back",
            "/incident cancel a false alarm",
            "/incident channel main #inc",
            "/incident audience external via #status",
            "/incident announced #general",
            "/incident stakeholder support affected",
            "/incident impact customers: cannot pay --many 40",
            "/incident update external: We are on it.",
            "/incident update internal, management via #all --now the press called: We know.",
            "/incident no-update external",
            "/incident test request pay by card",
            "/incident task @carol look at the logs",
            "/incident task done 1 found it",
            "/incident propose roll back",
            "/incident question why no alarm?",
            "/incident severty sev1",
            "/incident major",
            "/incident help",
        ]
    ),
)
SAID = st.lists(st.tuples(_WHO, _LINES, st.integers(0, 40)), min_size=1, max_size=14)


def text_of(said: list[tuple[str, str, int]]) -> str:
    at, lines = datetime(2026, 11, 28, 20, 0, tzinfo=UTC), []
    for who, line, minutes in said:
        at += timedelta(minutes=minutes)
        lines.append(f"{at:%Y-%m-%dT%H:%MZ} {who} {line}")
    return "\n".join((TOP, *lines, ""))


def _key_times(incident: Incident) -> dict[str, object]:
    times = incident.times
    marks = {
        "started": times.started,
        "detected": times.detected,
        "fixed": times.fixed,
        "resolved": times.resolved,
    }
    return {name: one and one.moment for name, one in marks.items()}


@examples(25)
@given(SAID, _WHO)
def test_the_thread_amounts_to_what_the_notebook_does(said: list[tuple[str, str, int]], runner: str) -> None:
    """
    Up to what docs/when-the-tracker-is-down.md lists: when it was declared, what the runner is noted as author
    of, verdicts of others, and the runner's own leading while it is posted.
    """
    text = text_of(said)
    kept = thread_of(text)
    meant = kept.incident
    assert "status" in kept.documents(NOW)
    everyone = dict.fromkeys(PEOPLE, Access.WRITE)
    plan = plan_of(text, runner, access=everyone)
    found = plan.incident
    excused = [one for one in plan.inert if one.why != "it was refused in the notebook"]
    assert excused == []
    assert (found.severity, found.phase) == (meant.severity, meant.phase)
    assert _key_times(found) == _key_times(meant)
    assert {(one.role, one.login, one.audience) for one in found.people.roles} == {
        (one.role, one.login, one.audience) for one in meant.people.roles
    }
    told = [(one.audiences, one.channels, one.said, one.occurred) for one in meant.comms.communications]
    assert [(one.audiences, one.channels, one.said, one.occurred) for one in found.comms.communications] == told
    notes = [(one.text, one.occurred) for one in meant.timeline if one.kind is Kind.NOTE]
    assert [
        (re.sub(r"^(?:alice|bob|carol): ", "", one.text), one.occurred)
        for one in found.timeline
        if one.kind is Kind.NOTE
    ] == notes
    assert differences(meant, found, {}) == ()


_HOSTILE = st.lists(
    st.one_of(
        st.sampled_from(
            [
                *(
                    "/close",
                    "/incident cancel x",
                    "/incident",
                    "@all",
                    "@bob",
                    "```",
                    "~~~",
                    "<!--",
                    "-->",
                    "`",
                    "|",
                ),
                *(
                    "| 14:05",
                    "> quote",
                    "- item",
                    "# head",
                    "<details>",
                    "--external",
                    "\\",
                    "[x](y)",
                    "&lt;",
                    ":",
                ),
                *("\n", "\n\n", "\n/close", "\n/incident note y", "\n```\n", "\n> ", "words and more"),
            ]
        ),
        st.text(st.characters(exclude_categories=["Cs"]), max_size=6),
    ),
    min_size=1,
    max_size=8,
).map(" ".join)


@examples(60)
@given(
    st.lists(
        st.tuples(
            _WHO,
            st.sampled_from(["", "/incident note ", "/incident update external: ", "/incident sev1 "]),
            _HOSTILE,
        ),
        min_size=1,
        max_size=4,
    )
)
def test_whatever_is_in_a_notebook_each_line_is_one_command_and_nothing_else_acts(
    said: list[tuple[str, str, str]],
) -> None:
    at = datetime(2026, 11, 28, 20, 0, tzinfo=UTC)
    text = TOP + written(at, "alice", "/incident claim lead")
    text += "".join(
        written(at, who, f"{begin}{words}" if begin or words.strip() else "x") for who, begin, words in said
    )
    plan = plan_of(text, access=dict.fromkeys(PEOPLE, Access.WRITE))
    grammar = COMMANDS.grammar(("/incident", "/inc"), "the-bridge")
    for part in plan.comments:
        lines = [one for one in part.lines if not one.inert]
        assert len(find_calls(part.document.text, grammar)) == len(lines)
        assert all(one.startswith("/incident ") for one in part.document.text.split("\n") if one.startswith("/"))
        assert part.document.text.count("<!-- replayed ") == 1
