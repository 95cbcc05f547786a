"""Work for others, proposals, offers to help, questions that can wait (S5, S15, S42-S49, S94-S96, S101, S107)."""

import pytest

from tests.commands.thread import Thread, declared, refusal
from tracker_bridge.domain.incident.roles import Role
from tracker_bridge.domain.incident.timeline import Kind


def staffed() -> Thread:
    """Bob leads technically, carol assists, alice leads."""
    thread = declared()
    thread.say("alice", "/incident claim lead\n/incident role assist @carol")
    return thread


def rows(thread: Thread) -> list[str]:
    """The rows of the status comment's table of tasks."""
    _, found, after = thread.documents["status"].partition("| Task | | Who |\n|:--|:--|:--|\n")
    return [
        line.partition("](")[0][3:] + line.partition(")")[2] for line in after.split("\n\n")[0].split("\n")
    ] * bool(found)


# Tasks


def test_the_technical_lead_hands_work_to_the_assist_and_the_assist_passes_it_on() -> None:
    """S42, S47, S48: who passes a task on stays answerable for it."""
    thread = staffed()
    thread.say("bob", "/incident task @carol compare the two deploys")
    assert rows(thread) == ["1 | compare the two deploys | **carol** |"]

    thread.say("carol", "/incident task accept 1")
    assert rows(thread) == ["1 | compare the two deploys | **carol** · accepted |"]

    thread.say("carol", "/incident task pass 1 @erin")
    assert rows(thread) == ["1 | compare the two deploys | **erin**, for **carol** |"]
    thread.say("erin", "/incident task accept #1")
    assert rows(thread) == ["1 | compare the two deploys | **erin**, for **carol** · accepted |"]

    thread.say("erin", "/incident task done 1 the pool is half as large")
    assert rows(thread) == []
    assert thread.mistakes == []
    timeline = [(e.kind, e.author, e.what, e.who, e.text) for e in thread.incident.timeline if "task" in e.kind]
    assert timeline == [
        (Kind.TASK_GIVEN, "bob", "1", "carol", "compare the two deploys"),
        (Kind.TASK_PASSED, "carol", "1", "erin", "carol"),
        (Kind.TASK_DONE, "erin", "1", "erin", "the pool is half as large"),
    ]
    status = thread.documents["status"]
    assert "Task 1 for **carol**: compare the two deploys — bob" in status
    assert "Task 1 passed to **erin**, on behalf of **carol** — carol" in status
    assert "Task 1 is done: the pool is half as large" in status


def test_numbers_follow_the_order_of_giving_and_stay() -> None:
    thread = staffed()
    thread.say("carol", "/incident task @dana one\n/incident task nothing\n/incident task @erin two")
    thread.say("dana", "/incident task done 1")
    thread.say("bob", "/incident task @carol three")
    assert [(task.number, task.text) for task in thread.incident.work.open_tasks] == [(2, "two"), (3, "three")]


def test_a_task_that_comes_back_is_ones_own_again() -> None:
    thread = staffed()
    thread.say("bob", "/incident task @carol one")
    thread.say("carol", "/incident task pass 1 @erin")
    thread.say("erin", "/incident task pass 1 @carol")
    assert rows(thread) == ["1 | one | **carol** |"]


def test_people_who_help_with_the_fix_count_as_technical() -> None:
    """S49, S101: whoever the Assist or the Technical Lead coordinates; not whom the Incident Lead does."""
    thread = staffed()
    thread.say("carol", "/incident task @dana one\n/incident task @erin two")
    thread.say("carol", "/incident task pass 2 @rita")
    thread.say("alice", "/incident task @frank set up a video meeting")
    assert thread.incident.technical == {"bob", "carol", "dana", "erin", "rita"}


@pytest.mark.parametrize("order", ["tester first", "tester last"])
def test_a_tester_who_helps_with_the_fix_is_warned(order: str) -> None:
    """S20, S107: in the table, and when it happens."""
    thread = staffed()
    lines = ["/incident role tester @erin", "/incident task @erin read the logs"]
    first, last = lines if order == "tester first" else lines[::-1]
    thread.say("alice" if "role" in first else "carol", first)
    assert "⚠️" not in thread.documents["status"]
    number = thread.say("alice" if "role" in last else "carol", last)

    documents = thread.documents

    assert "| Tester | **erin** ⚠️ |" in documents["status"]
    told = documents.get(f"duty:{number}.erin") or documents["status"]
    assert "esters should be independent" in told


def test_the_warning_is_no_comment() -> None:
    """It would be a mail to everyone, and ping nobody."""
    thread = staffed()
    thread.say("alice", "/incident role tester @erin @dana")
    before = thread.documents.keys()
    thread.say("carol", "/incident task @erin one\n/incident task @dana two")
    assert thread.documents.keys() == before


def test_the_technical_lead_is_not_given_tasks() -> None:
    """S5, S48, S96: it is proposed, and stands where it does not distract."""
    thread = staffed()
    told = ("the Technical Lead is not assigned tasks; propose it instead", "propose try turning it off")
    assert refusal(thread, "carol", "/incident task @BOB try turning it off") == told
    thread.say("bob", "/incident task @carol one")
    told = ("the Technical Lead is not assigned tasks; propose it instead", "propose one")
    assert refusal(thread, "carol", "/incident task pass 1 @bob") == told


def test_nothing_of_tasks_pings_anybody() -> None:
    """S11, S96: whoever gives a task has named its person; the bridge does not do it again."""
    thread = staffed()
    before = thread.mentions
    thread.say("bob", "/incident task @carol one")
    thread.say("carol", "/incident task pass 1 @erin\n/incident task @dana two")
    thread.say("erin", "/incident help-offer more\n/incident question why?\n/incident propose this")
    assert thread.mentions == before


def test_a_long_list_of_tasks_is_cut() -> None:
    thread = staffed()
    for hour in range(2):
        thread.say("carol", "\n".join(f"/incident task @dana part {hour}.{part}" for part in range(15)))
    assert rows(thread)[19:] == ["20 | part 1.4 | **dana** |", " and 10 more | |"]


def test_what_stands_below_is_the_result_of_a_task_and_no_part_of_anything_else() -> None:
    thread = staffed()
    thread.say("bob", "/incident task @carol one\n/incident task @carol two")
    thread.say("carol", "/incident task accept 1\nI am on it, @dana.")
    thread.say("carol", "/incident task pass 2 @erin\nwho knows @bob better")
    thread.say("carol", "/incident task done 1\nit was the pool")

    assert thread.mistakes == []
    assert [(task.done, task.accepted, task.people[-1].login) for task in thread.incident.work.tasks] == [
        (True, True, "carol"),
        (False, False, "erin"),
    ]
    assert thread.entries(Kind.TASK_DONE)[0].text == "it was the pool"


@pytest.mark.parametrize(
    ("login", "text", "reason", "instead"),
    [
        (
            "dana",
            "task @erin look there",
            (
                "tasks can only be assigned by the Technical Lead, a Technical Assist or the Incident Lead: "
                "`bob`, `alice`"
            ),
            "",
        ),
        ("bob", "task", "a task needs one person, and what to do", "task @<who> <text>"),
        ("bob", "task @erin", "a task needs one person", "task @erin <text>"),
        ("bob", "task @dana @erin see", "a task needs one person", "task @<who> see"),
        ("bob", "task done", "which task?", "task done 1"),
        ("bob", "task done the thing", "which task?", "task done 1 the thing"),
        ("bob", "task done 7", "there is no open task 7; open tasks: 1", "task done <number>"),
        ("bob", "task pass 7 @erin", "there is no open task 7; open tasks: 1", "task pass <number> @erin"),
        ("bob", "task pass 1", "to whom?", "task pass 1 @<who>"),
        ("bob", "task pass 1 @erin @dana", "to whom?", "task pass 1 @<who>"),
        ("carol", "task accept 1 at once", "`task accept` takes only the number", "task accept 1"),
        ("dana", "task accept 1", "task 1 is for `carol`", ""),
        ("dana", "task done 1 it is fine", "task 1 is for `carol`", ""),
        ("dana", "task pass 1 @erin", "task 1 is for `carol`", ""),
        ("bob", "task 1 @erin", "task 1 is `one`; to pass it on, say so", "task pass 1 @erin"),
        ("bob", "task reassign 1 → @erin", "task 1 is `one`; to pass it on, say so", "task pass 1 @erin"),
        ("carol", "task 1 done: it’s the lb", "a task needs one person", "task done 1 it’s the lb"),
        ("carol", "pass 1 to @erin", "`pass` is not a command", "task pass 1 to @erin"),
        ("dana", "propose", "what could fix it?", "propose <text>"),
        ("dana", "help-offer", "how can you help?", "help-offer <text>"),
        ("dana", "question", "what is the question?", "question <text>"),
    ],
)
def test_refusals(login: str, text: str, reason: str, instead: str) -> None:
    thread = staffed()
    thread.say("bob", "/incident task @carol one")
    told, line = refusal(thread, login, f"/incident {text}")
    assert told.startswith(reason)
    assert line == instead
    assert [(task.who.login, task.carrier, task.done) for task in thread.incident.work.tasks] == [
        ("carol", None, False)
    ]


@pytest.mark.parametrize("to", ["", "to ", "→ ", "on to "])
def test_a_task_is_passed_to_someone(to: str) -> None:
    thread = staffed()
    thread.say(
        "bob", f"/incident task @carol one\n/incident task pass 1 {to}@erin\n/incident task @dana 2 pods hang"
    )
    assert [(one.text, one.people[-1].login) for one in thread.incident.work.tasks] == [
        ("one", "erin"),
        ("2 pods hang", "dana"),
    ]


def test_where_no_task_is_open_none_is_proposed() -> None:
    assert refusal(staffed(), "bob", "/incident task done 1") == ("there is no open task 1", "")


def test_the_scribe_may_tick_a_task_off() -> None:
    """S51: asked or not, what came of it is noted."""
    thread = staffed()
    thread.say("alice", "/incident role scribe @dana")
    thread.say("bob", "/incident task @carol one")
    thread.say("dana", "/incident task done 1 nothing unusual")
    assert thread.incident.work.open_tasks == ()


# Proposals


def test_a_proposed_fix_stands_there_until_one_is_in() -> None:
    """S43: and again when it did not hold."""
    thread = staffed()
    thread.say("bob", "/incident propose roll back to Tuesday's version")
    status = thread.documents["status"]
    assert "**Proposed**" in status
    assert "roll back to Tuesday's version — bob" in status

    thread.say("bob", "/incident fixed")
    assert "**Proposed**" not in thread.documents["status"]
    thread.say("bob", "/incident status investigating it did not hold")
    assert "**Proposed**" in thread.documents["status"]
    assert [entry.text for entry in thread.entries(Kind.PROPOSED)] == ["roll back to Tuesday's version"]


# Offers and questions


def test_offers_of_help_wait_for_the_incident_lead_and_the_assist() -> None:
    """S95: until they have been given something to do."""
    thread = staffed()
    thread.say("erin", "/incident help-offer I know the provider's people")
    thread.say("dana", "/incident can-help I can read logs")
    status = thread.documents["status"]
    assert "**Offers of help**, for the Incident Lead and the Technical Assist" in status
    assert "I know the provider's people — erin" in status
    assert "`/incident task @erin <text>`" in status

    thread.say("alice", "/incident role scribe @erin")
    thread.say("carol", "/incident task @dana the logs of the gateway")
    assert "Offers of help" not in thread.documents["status"]


def test_questions_are_parked_in_a_fold_and_kept() -> None:
    """S94: after the end as well."""
    thread = staffed()
    thread.say("erin", "/incident question why did no alarm go off?")
    assert thread.incident.timeline[-1].kind is Kind.ROLE_TAKEN
    thread.say("alice", "/incident resolve")
    thread.say("dana", "/incident question who knew of the deploy?")
    status = thread.documents["status"]
    assert "<summary>Questions for the postmortem (2)</summary>" in status
    assert "why did no alarm go off? — erin" in status
    assert [question.text for question in thread.incident.work.questions] == [
        "why did no alarm go off?",
        "who knew of the deploy?",
    ]


def test_many_questions_do_not_swell_the_status_comment() -> None:
    thread = staffed()
    for _ in range(5):
        thread.say("erin", "\n".join(f"/incident question {'why ' * 300}?" for _ in range(20)))
    status = thread.documents["status"]
    assert "- and 80 earlier" in status
    assert len(status) < 30_000


def test_tracks_of_work_are_seen_side_by_side() -> None:
    """S15: what the Assist looks at, and for whom, stands beside what the lead does."""
    thread = staffed()
    thread.say("bob", "/incident propose roll back")
    thread.say("carol", "/incident task @dana look at the database")
    status = thread.documents["status"]
    assert "look at the database | **dana**" in status
    assert "roll back — bob" in status
    assert thread.incident.people.holds("carol", Role.TECHNICAL_ASSIST)
