"""The scribe's work on what others said and wrote (S16, S53, S54)."""

import pytest

from tests.commands.thread import BOT, URL, Thread, at, declared, refusal
from tracker_bridge.domain.incident.timeline import Kind, Withheld
from tracker_bridge.domain.issue.changes import marker
from tracker_bridge.domain.issue.receipts import Receipts, Verdict


def scribed() -> Thread:
    thread = declared()
    thread.say("alice", "/incident role scribe @dana")
    return thread


def notes(thread: Thread) -> list[tuple[str, str]]:
    return [(entry.author, entry.text) for entry in thread.entries(Kind.NOTE)]


# Capturing


@pytest.mark.parametrize("name", ["4823", "823", f"{URL}#issuecomment-4823", f"{URL}#note_4823", f"{URL}#4823"])
def test_a_comment_is_captured_by_its_number_or_address(name: str) -> None:
    """S54: its words, its author, its time, and who put it there."""
    thread = scribed()
    thread.next_number = 4823
    thread.say("rita", "We see **48 %** errors\nat the gateway", "14:10")
    number = thread.say("dana", f"/incident capture {name}", "14:30")

    [entry] = thread.entries(Kind.NOTE)

    assert (entry.author, entry.text) == ("rita", "We see **48 %** errors at the gateway")
    assert (entry.occurred.at, entry.recorded_at) == (at("14:10"), at("14:30"))
    assert entry.url == f"{URL}#issuecomment-4823"
    status = thread.documents["status"]
    assert f"errors at the gateway — rita, noted by dana 14:30\u00a0<sub>`{number}`</sub>" in status


def test_a_time_tells_when_it_happened() -> None:
    thread = scribed()
    number = thread.say("rita", "it began", "14:10")
    thread.say("dana", f"/incident capture {number} | ~14:02")
    [entry] = thread.entries(Kind.NOTE)
    assert (entry.occurred.at, entry.occurred.approximate) == (at("14:02"), True)


def test_what_a_comment_quotes_is_found_by_its_text() -> None:
    """S54: replying is enough."""
    thread = scribed()
    thread.say("rita", "Something else.")
    thread.say("rita", "We see **48 %** errors at the gateway.\n\nSince about 14:02, I think.")
    thread.say("erin", "> We see 48 % errors at the gateway.\n\nSo do we.")
    thread.say("dana", "> We see 48% errors at\n> the gateway\n\nThat matters:\n\n/incident capture")
    [(author, text)] = notes(thread)
    assert (author, text) == (
        "rita",
        "We see **48 %** errors at the gateway. Since about 14:02, I think.",
    )


def test_commands_and_quotes_of_a_comment_are_not_its_words() -> None:
    thread = scribed()
    number = thread.say("carol", "> really?\n\nYes, it is back.\n\n/incident severity sev1\n/inc claim lead")
    thread.say("dana", f"/incident capture {number}")
    assert notes(thread) == [("carol", "Yes, it is back.")]


def captured(text: str = "it is down", command: str = "/incident capture {}") -> tuple[Thread, int, int]:
    """Return a thread with a captured comment of rita's that is major, both numbers, all of it seen."""
    thread = scribed()
    number = thread.say("rita", text, "14:10")
    capture = thread.say("dana", command.format(number), "14:20")
    thread.say("dana", f"/incident major {capture}", "14:21")
    thread.look()
    return thread, number, capture


@pytest.mark.parametrize("command", ["/incident capture {}", "> it is down\n\n/incident capture"])
def test_other_words_than_those_that_were_captured_are_not_shown(command: str) -> None:
    """Whoever captured it did not vouch for them; and they get no refusal."""
    thread, number, _ = captured(command=command)

    thread.edit(number, "BUY MY WATCHES")

    [entry] = thread.entries(Kind.NOTE)
    assert (entry.author, entry.text, entry.withheld, entry.major) == ("rita", "", Withheld.CHANGED, True)
    assert thread.mistakes == []
    shown = thread.documents["status"]
    assert "WATCHES" not in shown
    assert "the comment was edited after it was captured — rita, noted by dana" in shown

    thread.look()
    thread.edit(number, "it is down")
    assert notes(thread) == [("rita", "it is down")]


def test_what_does_not_change_the_words_changes_nothing() -> None:
    thread, number, _ = captured("it is down\n\n/incident note x")
    thread.edit(number, "> really?\n\nit is\ndown\n\n/incident note y")
    assert ("rita", "it is down") in notes(thread)


@pytest.mark.parametrize("command", ["/incident capture {}", "> it is down\n\n/incident capture"])
def test_a_captured_comment_that_is_deleted_leaves_its_event(command: str) -> None:
    thread, number, capture = captured(command=command)
    thread.delete(number)

    [entry] = thread.entries(Kind.NOTE)
    assert (entry.id, entry.text, entry.withheld, entry.major) == (str(capture), "", Withheld.GONE, True)
    assert thread.mistakes == []
    assert "the comment was deleted or hidden — dana" in thread.documents["status"]
    thread.look()
    assert [one.withheld for one in thread.entries(Kind.NOTE)] == [Withheld.GONE]


def test_it_is_captured_anew_as_it_reads_now() -> None:
    thread, number, first = captured("it is donw")
    thread.edit(number, "it is down, since 14:02")
    thread.look()
    thread.say("dana", f"/incident capture {number}")
    assert notes(thread) == [("rita", "it is down, since 14:02")]
    assert thread.mistakes == []

    # The same by the command that is written anew.
    thread, number, first = captured("it is donw")
    thread.edit(number, "it is down, since 14:02")
    thread.look()
    thread.edit(first, f"/incident capture {number} | ~14:02")
    assert notes(thread) == [("rita", "it is down, since 14:02")]


def test_what_the_scribe_puts_in_their_place_is_shown() -> None:
    thread, number, first = captured()
    thread.edit(number, "BUY MY WATCHES")
    thread.look()
    thread.say("dana", f"/incident edit {first} rita saw it fail")
    assert notes(thread) == [("rita", "rita saw it fail")]
    assert "not shown" not in thread.documents["status"]


def test_without_receipts_a_captured_comment_is_what_it_says_now() -> None:
    thread, number, _ = captured()
    thread.receipts = Receipts()
    thread.edit(number, "it is up")
    assert notes(thread) == [("rita", "it is up")]


def test_a_captured_comment_is_major_and_taken_off_like_a_note() -> None:
    thread = scribed()
    said = thread.say("rita", "it is down")
    number = thread.say("dana", f"/incident capture {said}")
    thread.say("dana", f"/incident major {number}")
    assert [entry.major for entry in thread.entries(Kind.NOTE)] == [True]
    thread.say("dana", f"/incident retract {number}")
    assert notes(thread) == []


def test_a_comment_of_the_bot_is_never_captured() -> None:
    thread = scribed()
    thread.say("rita", "hello")
    thread.next_number = 4823
    own = thread.say("incident-bot", f"Severity sev1\n\n{marker('status')}")
    assert thread.issue.comments[-1].author != BOT  # a namesake: the id decides
    ours = thread.issue.comments[-1]
    object.__setattr__(ours, "author", BOT)  # as the tracker would show it
    object.__setattr__(ours, "ours", True)
    told, _ = refusal(thread, "dana", f"/incident capture {own}")
    assert told == "`4823` is not a comment by a person on this issue"
    thread.say("dana", "> Severity sev1\n\n/incident capture")
    assert thread.mistakes[-1].refused.reason == "no comment here contains your quote"


@pytest.mark.parametrize(
    ("text", "reason", "instead"),
    [
        ("/incident capture", "which comment? Quote it above, or give its number or URL", "capture <number>"),
        ("/incident capture 99", "`99` is not a comment by a person on this issue", "capture <number>"),
        (
            "/incident capture the first",
            "`the first` is not a comment by a person on this issue",
            "capture <number>",
        ),
        ("/incident capture 14823 | soon", "`soon` is not a time I understand", "capture 14823 | <time>"),
        ("/incident capture 4823", "`4823` could be `14823` or `24823`", "capture <number>"),
        ("/incident capture 34823", "that comment has only commands and quotes", ""),
    ],
)
def test_refusals_of_capture(text: str, reason: str, instead: str) -> None:
    thread = scribed()
    for number, said in ((14823, "down"), (24823, "down"), (34823, "> down\n\n/incident show")):
        thread.next_number = number
        thread.say("rita", said)
    told, line = refusal(thread, "dana", text)
    assert told.startswith(reason)
    assert line == instead


def test_a_quote_of_several_comments_names_them() -> None:
    thread = scribed()
    first, second = thread.say("rita", "it is down"), thread.say("erin", "It is down!")
    thread.say("dana", "> it is down\n\n/incident capture")
    assert thread.mistake.refused.reason == f"your quote could be from `{first}` or `{second}`"
    assert (thread.mistake.refused.instead, thread.mistake.refused.form) == ("", "capture <number>")


def test_a_comment_is_captured_once() -> None:
    thread = scribed()
    number = thread.say("rita", "it is down")
    thread.say("dana", f"/incident capture {number}")
    assert refusal(thread, "alice", f"/incident capture {number}") == (
        "that comment is already on the timeline",
        "",
    )


# Correcting


def test_the_scribe_corrects_the_notes_of_others() -> None:
    """S16."""
    thread = scribed()
    number = thread.say("alice", "/incident note rolled bakc", "14:10")
    thread.say("dana", f"/incident edit {number} rolled back", "14:30")

    [entry] = thread.entries(Kind.NOTE)

    assert (entry.author, entry.text, entry.occurred.at) == ("alice", "rolled back", at("14:10"))
    assert "rolled back — alice, corrected by dana" in thread.documents["status"]

    thread.say("dana", f"/incident correct {number} --external rolled back by the provider | ~14:05")
    [entry] = thread.entries(Kind.NOTE)
    assert (entry.occurred.at, entry.occurred.approximate, entry.external) == (at("14:05"), True, True)
    thread.say("dana", f"/incident retract {number}")
    assert notes(thread) == []


@pytest.mark.parametrize("verb", ["edit {} better", "retract {}"])
def test_notes_of_others_are_for_the_scribe_and_for_who_may_write(verb: str) -> None:
    """S16: everybody else corrects their own."""
    thread = scribed()
    number = thread.say("carol", "/incident note rolled back")
    own = thread.say("erin", "/incident note mine")

    thread.say("erin", f"/incident {verb.format(number)}")
    assert thread.verdicts[-1] is Verdict.DENIED
    assert ("carol", "rolled back") in notes(thread)

    thread.say("erin", f"/incident {verb.format(own)}")
    thread.say("dana", f"/incident {verb.format(number)}")
    assert thread.verdicts[-2:] == [Verdict.ACCEPTED, Verdict.ACCEPTED]
    assert ("carol", "rolled back") not in notes(thread)
    assert ("erin", "mine") not in notes(thread)


def test_what_one_corrects_oneself_needs_no_remark() -> None:
    thread = scribed()
    number = thread.say("dana", "/incident note one")
    thread.say("dana", f"/incident edit {number} two")
    assert "corrected" not in thread.documents["status"]


@pytest.mark.parametrize(
    ("text", "reason", "instead"),
    [
        (
            "edit",
            "which one? Use the number shown after each entry in the status comment",
            "edit <number> <text>",
        ),
        ("edit 77 it", "`77` is not a timeline entry", "edit <number> it"),
        ("edit 0 it", "only notes can be edited; to correct this, use its command again", ""),
        ("edit 4823", "what happened?", "edit 4823 <text>"),
        ("edit 4823 it | 25:00", "`25:00` is not a time I understand", "edit 4823 it | <time>"),
        ("edit 4823 --outside it", "`--outside` is not an option here; the options are `--internal`", ""),
        (
            "note --extrenal it",
            "`--extrenal` is not an option here; the options are `--internal` and `--external`",
            "",
        ),
        ("note --external", "what happened?", "note --external <text>"),
    ],
)
def test_refusals_of_correcting(text: str, reason: str, instead: str) -> None:
    thread = scribed()
    thread.next_number = 4823
    thread.say("dana", "/incident note one")
    told, line = refusal(thread, "dana", f"/incident {text}")
    assert told.startswith(reason)
    assert line == instead
    assert notes(thread) == [("dana", "one")]


# Where it happened


def test_what_happened_outside_of_the_team_is_shown_as_such() -> None:
    """S53."""
    thread = scribed()
    thread.say("dana", "/incident note --external the provider reports an outage | ~14:00")
    thread.say("dana", "/incident note --internal we called them")
    thread.say("dana", "/incident note ran deploy --force")
    assert [(entry.external, entry.text) for entry in thread.entries(Kind.NOTE)] == [
        (True, "the provider reports an outage"),
        (False, "we called them"),
        (False, "ran deploy --force"),
    ]
    status = thread.documents["status"]
    assert "External: the provider reports an outage" in status
    assert "External: we" not in status
