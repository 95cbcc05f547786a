"""After the incident: the review and the action items (S108-S114)."""

from datetime import date, timedelta

import pytest

from tests.commands.thread import RENDERER, ROOM, URL, Thread, declared, refusal
from tracker_bridge.domain.derived.post_incident import cadence, invited, roles_filled
from tracker_bridge.domain.incident.roles import Role
from tracker_bridge.domain.issue.changes import Document
from tracker_bridge.domain.issue.gate import check


def issues(thread: Thread) -> dict[str, Document]:
    """The texts of the issues that are wanted beside the incident, by key; each has passed the gate."""
    found = RENDERER.aftermath(thread.incident, ROOM, {})
    for one in found:
        for page in one.pages:
            check(page, thread.rules.command_prefixes, "incident-bot", ROOM)
    return {one.opening.key: one.pages[0] for one in found}


@pytest.fixture
def over() -> Thread:
    """Declared at 14:00 by bob, led by alice, resolved at 15:00."""
    thread = declared("/incident declare --started 13:50 --detected 13:55")
    thread.say("alice", "/incident claim lead\n/incident role scribe @dana", "14:10")
    thread.say("dana", "/incident note the pool is empty", "14:20")
    thread.say("alice", "/incident resolve", "15:00")
    return thread


def test_a_review_waits_for_the_end() -> None:  # S108
    thread = declared()
    thread.say("alice", "/incident postmortem 2026-12-01")
    assert "postmortem" not in issues(thread)
    thread.say("alice", "/incident resolve")
    assert "postmortem" in issues(thread)


def test_nobody_has_to_review(over: Thread) -> None:
    assert issues(over) == {}


def test_the_day_of_the_review_can_be_moved(over: Thread) -> None:  # S108
    over.say("alice", "/incident postmortem")
    assert "date not set" in issues(over)["postmortem"].body
    over.say("alice", "/incident postmortem 2026-12-01")
    over.say("alice", "/incident postmortem 2026-12-08")
    body = issues(over)["postmortem"].body
    assert "2026-12-08" in body
    assert "2026-12-01" not in body


def test_the_review_opens_with_what_happened(over: Thread) -> None:  # S109
    over.say("alice", "/incident postmortem")
    body = issues(over)["postmortem"].body
    order = [body.index(part) for part in ("Time to detect", "The outage began", "### How the process went")]
    assert order == sorted(order)
    assert "the pool is empty" not in body  # a note that nobody marked as major


def test_who_took_part_is_invited_once(over: Thread) -> None:  # S111
    over.say("carol", "/incident note the provider confirms")
    over.say("alice", "/incident postmortem")
    assert invited(over.incident) == ("bob", "alice", "dana", "carol")
    assert issues(over)["postmortem"].mentions == {"alice", "bob", "carol", "dana"}


def test_teams_and_bots_are_not_invited(over: Thread) -> None:
    over.say("alice", "/incident reopen\n/incident role tester @acme/qa\n/incident role assist @renovate[bot]")
    assert not {"acme/qa", "renovate[bot]"} & set(invited(over.incident))


def test_causes_stand_in_the_review(over: Thread) -> None:  # S112
    over.say("alice", "/incident postmortem")
    assert "Keep asking why" in issues(over)["postmortem"].body
    over.say("bob", "/incident cause the size was read from a file that is gone")
    body = issues(over)["postmortem"].body
    assert f"the size was read from a file that is gone — [bob]({URL}#" in body
    assert "Keep asking why" not in body


def test_parked_questions_stand_in_the_review(over: Thread) -> None:  # S94
    over.say("carol", "/incident question why did no alarm go off earlier?")
    over.say("alice", "/incident postmortem")
    assert "why did no alarm go off earlier?" in issues(over)["postmortem"].body


def test_an_action_item_becomes_an_issue_with_owner_and_day(over: Thread) -> None:  # S113
    number = over.say("alice", "/incident action alert on the pool @bob due 2026-12-15")
    [action] = over.incident.follow_up.actions
    assert (action.text, action.owner, action.due) == ("alert on the pool", "bob", date(2026, 12, 15))
    text = issues(over)[f"action.{number}"]
    assert text.mentions == {"bob"}
    assert "2026-12-15" in text.body


def test_what_is_too_long_for_a_title_stands_in_the_issue(over: Thread) -> None:  # S113
    number = over.say("alice", f"/incident action {'and look at the pool ' * 20}once more @bob")
    body = issues(over)[f"action.{number}"].body
    assert "and look at the pool once more" in body
    short = over.say("alice", "/incident action alert on the pool @bob")
    assert "alert on the pool" not in issues(over)[f"action.{short}"].body


def test_action_items_do_not_wait_for_the_end() -> None:
    thread = declared()
    number = thread.say("alice", "/incident action alert on the pool @bob")
    assert list(issues(thread)) == [f"action.{number}"]


@pytest.mark.parametrize("word", ["due", "--due", "—due", "by", "DUE", "due by", "due:", "until", ""])
def test_the_day_of_an_action_item_is_told_in_a_few_ways(over: Thread, word: str) -> None:
    over.say("alice", f"/incident action alert on the pool @bob {word} 2026-12-15")
    assert over.incident.follow_up.actions[0].due == date(2026, 12, 15)
    assert over.incident.follow_up.actions[0].text == "alert on the pool"


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("/incident action", "what needs to be done?"),
        ("/incident action @bob", "what needs to be done?"),
        ("/incident action alert on the pool", "name one owner"),
        ("/incident action alert @bob @carol", "name one owner"),
        ("/incident action alert @bob due soon", "`soon` is not a day I understand; write it like `2026-12-01`"),
        ("/incident postmortem soon", "`soon` is not a day I understand; write it like `2026-12-01`"),
        ("/incident cause", "what was the cause?"),
    ],
)
def test_what_is_missing_is_named(over: Thread, line: str, reason: str) -> None:
    assert refusal(over, "alice", line)[0] == reason


@pytest.mark.parametrize(
    ("text", "reason", "instead"),
    [
        (
            "action fix it by mail @bob due next week",
            "`next week` is not a day I understand",
            "action fix it by mail @bob due <YYYY-MM-DD>",
        ),
        ("action fix it @bob due", "due when?", "action fix it @bob due <YYYY-MM-DD>"),
        (
            "action fix it by the end of the month @bob",
            "`the end of the month` is not a day I understand",
            "action fix it by <YYYY-MM-DD> @bob",
        ),
        ("action fix it @bob due 02/12", "`02/12` could mean two days", "action fix it @bob due <YYYY-MM-DD>"),
        (
            "action fix it @bob due 2026-12-01 17:00",
            "`2026-12-01 17:00` is not just a day",
            "action fix it @bob due 2026-12-01",
        ),
        ("action fix it due 1 Dec", "name one owner", "action fix it @<who> due 2026-12-01"),
        ("action @bob due 1 Dec", "what needs to be done?", "action <text> @bob due 2026-12-01"),
        ("action fix it @bob @carol", "name one owner", "action fix it @<who>"),
        ("postmortem next week", "`next week` is not a day I understand", "postmortem <YYYY-MM-DD>"),
        (
            "postmortem 2026-12-01 at 10:00",
            "only the day is recorded, not `at 10:00`",
            "postmortem 2026-12-01",
        ),
        ("postmortem next Friday", "`next Friday` could mean two days", "postmortem <YYYY-MM-DD>"),
    ],
)
def test_a_day_that_can_not_be_read_is_refused_and_the_words_stay(
    over: Thread, text: str, reason: str, instead: str
) -> None:
    """S108, S113."""
    told, line = refusal(over, "alice", f"/incident {text}")
    assert told.startswith(reason)
    assert line == instead
    assert not over.incident.follow_up.actions
    assert over.incident.follow_up.postmortem is None


@pytest.mark.parametrize("text", ["on Tuesday", "1 Dec", "Tue, 1 December 2026", "(2026-12-01)"])
def test_the_day_of_the_review_is_written_in_a_few_ways(over: Thread, text: str) -> None:
    over.say("alice", f"/incident postmortem {text}", "2026-11-26 15:00")
    assert over.incident.follow_up.postmortem is not None
    assert over.incident.follow_up.postmortem.on == date(2026, 12, 1)


def test_how_long_roles_were_open_is_told(over: Thread) -> None:  # S114
    filled = {one.role: one.length for one in roles_filled(over.incident)}
    assert filled[Role.INCIDENT_LEAD] == timedelta(minutes=10)
    assert filled[Role.TECHNICAL_LEAD] == timedelta()
    assert filled[Role.TESTER] is None
    over.say("alice", "/incident postmortem")
    assert "| Tester | never filled |" in issues(over)["postmortem"].body


def test_who_declared_led_technically_until_it_was_handed_over() -> None:  # S98, S114
    thread = declared()
    thread.say("bob", "/incident handoff tech-lead @carol", "14:30")
    filled = {one.role: one.length for one in roles_filled(thread.incident)}
    assert filled[Role.TECHNICAL_LEAD] == timedelta()


def test_an_audience_that_was_never_told_anything_is_told_of() -> None:  # S77, S114
    """It has one silence, as long as the incident."""
    thread = declared()
    thread.say("alice", "/incident claim lead\n/incident audience management @rita", "14:01")
    thread.say("alice", "/incident audience board internal via mail", "14:02")
    thread.say("alice", "/incident update external via status page: It is over.\n/incident resolve", "15:30")
    found = {one.audience: (one.updates, one.longest, one.silences, one.late) for one in cadence(thread.incident)}
    whole = timedelta(minutes=90)
    assert found == {
        "management": (0, whole, 1, 1),
        "board": (0, whole, 1, 1),
        "external": (1, whole, 2, 1),
    }
    thread.say("alice", "/incident postmortem")
    assert "| management | 0 | 1\u00a0h\u00a030\u00a0min | 1 | 0 |" in issues(thread)["postmortem"].body


def test_while_an_incident_is_over_nothing_is_late() -> None:  # S77, S114
    """Declared at 14:00, over at 14:30; opened again at 20:00, over at 21:30."""
    thread = declared()
    thread.say("alice", "/incident claim lead\n/incident claim comms external", "14:01")
    thread.say("alice", "/incident update external via mail: We are on it.", "14:20")
    thread.say("alice", "/incident resolve", "14:30")
    thread.say("alice", "/incident update external via mail: It is over.", "14:35")
    thread.say("alice", "/incident reopen", "20:00")
    thread.say("alice", "/incident update external via mail: It is back.", "20:10")
    thread.say("alice", "/incident resolve", "21:30")
    [told] = cadence(thread.incident)
    assert (told.updates, told.silences, told.longest, told.late) == (3, 4, timedelta(minutes=80), 1)


def test_how_each_audience_was_kept_up_to_date_is_told() -> None:  # S114
    thread = declared()
    thread.say("alice", "/incident claim lead\n/incident claim comms external", "14:01")
    thread.say("alice", "/incident update external via status page\n> Payments fail.", "14:05")
    thread.say("alice", "/incident update external via status page\n> Still.", "14:15")
    thread.say("alice", "/incident update external via status page\n> A fix is on its way.", "15:45")
    thread.say("alice", "/incident resolve 16:00", "16:00")
    [told] = cadence(thread.incident)
    assert (told.audience, told.updates, told.longest) == ("external", 3, timedelta(minutes=90))
    assert (told.late, told.early) == (1, 1)


@pytest.mark.parametrize("due", ["friday week", "tomorrow week", "monday fortnight"])
def test_a_day_that_is_counted_from_another_is_refused(due: str) -> None:
    thread = declared()
    thread.say("alice", f"/incident action check the disk @bob due {due}")
    assert thread.mistake.refused.form == "action check the disk @bob due <YYYY-MM-DD>"


@pytest.mark.parametrize(
    ("line", "what"),
    [
        ("caused by #45", "#45"),
        ("caused-by !45", "!45"),
        ("caused by: the deployment of checkout 4.2", "the deployment of checkout 4.2"),
        ("broken-by https://forge.test/acme/shop/pull/45", "https://forge.test/acme/shop/pull/45"),
        ("caused by none", ""),
        ("caused by no deployment.", ""),
        ("caused by no change of ours", ""),
        ("caused by nodes that were full", "nodes that were full"),
    ],
)
def test_the_change_that_caused_it_is_what_people_say(line: str, what: str) -> None:
    thread = declared()
    assert thread.incident.work.failed_change is None
    number = thread.say("alice", f"/incident {line}")
    said = thread.incident.work.failed_change
    assert said is not None
    assert (said.what, said.by) == (what, "alice")
    thread.say("bob", "/incident caused by #46")
    assert thread.incident.work.failed_change is not None
    assert thread.incident.work.failed_change.what == "#46"
    thread.delete(number + 1)
    assert thread.incident.work.failed_change == said
    thread.delete(number)
    assert thread.incident.work.failed_change is None


@pytest.mark.parametrize("said", ["cause unknown", "cause TBD", "cause still investigating", "caused not by #45"])
def test_what_is_no_cause_is_not_recorded(said: str) -> None:
    thread = declared()
    thread.say("alice", f"/incident {said}")
    assert thread.mistake.refused.form in ("cause <text>", "caused by <merge or deployment>")
    assert (thread.incident.work.causes, thread.incident.work.failed_change) == ((), None)


def test_a_cause_without_a_change_is_asked_for() -> None:
    assert refusal(declared(), "alice", "/incident caused by") == (
        "which merge or deployment?",
        "caused by <merge or deployment>",
    )


@pytest.mark.parametrize(
    ("said", "text"),
    [
        ("alert on the pool (@bob)", "alert on the pool"),
        ("alert on the pool - @bob", "alert on the pool"),
        ("alert on the pool, @bob", "alert on the pool"),
        ("alert on the pool owner: @bob", "alert on the pool"),
        ("alert on the pool, assigned to @bob due 2026-12-15", "alert on the pool"),
        ("- [ ] alert on the pool @bob", "alert on the pool"),
        ("@bob: alert on the pool, due 2026-12-15", "alert on the pool"),
    ],
)
def test_what_only_names_the_owner_is_no_part_of_an_action(said: str, text: str) -> None:
    thread = declared()
    thread.say("alice", f"/incident action {said}")
    [one] = thread.incident.follow_up.actions
    assert (one.text, one.owner) == (text, "bob")


def test_a_day_long_past_is_a_slip() -> None:
    reason, form = refusal(declared(), "alice", "/incident action alert @bob due 2025-12-15")
    assert (reason, form) == ("2025-12-15 is in the past", "action alert @bob due <YYYY-MM-DD>")
