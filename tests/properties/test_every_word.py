"""Accepted means that every word was used: one that says nothing is recorded, or the line is refused."""

from collections.abc import Iterator

from hypothesis import given
from hypothesis import strategies as st

from tests.commands.thread import Thread, declared
from tests.examples import examples
from tests.properties import speech
from tests.properties.speech import Vocabulary, arguments, recorded
from tracker_bridge.domain.issue.receipts import Verdict

JUNK = "xyzzy"
MESSAGES = ("external: {0}", "internal, external via #status at 14:05: {0}", "external --now {0}: {0}")


@st.composite
def lines(draw: st.DrawFn) -> str:
    """Draw a command, of which most are right."""
    words = Vocabulary()
    verb = draw(st.sampled_from(sorted({*speech.VERBS, *speech.ENDING, "update"} - {*speech.NO_VERBS})))
    if verb == "update":
        return f"update {draw(st.sampled_from(MESSAGES))}".format(words.words(draw))
    return f"{verb} {arguments(draw, words, verb)}".strip()


def staffed() -> Thread:
    """Return an incident in which alice has every role, and a task."""
    thread = declared()
    roles = ("lead", "assist", "scribe", "comms", "tester")
    thread.say("alice", "\n".join(f"/incident claim {role}" for role in roles))
    thread.say("alice", "/incident task @alice look at the logs\n/incident note rolled back")
    return thread


def with_junk(line: str) -> Iterator[str]:
    """Yield the line with a word that says nothing between two others, or in the place of one; not of the verb."""
    verb, *rest = line.split(" ")
    for place in range(len(rest) + 1):
        yield " ".join([verb, *rest[:place], JUNK, *rest[place:]])
    for place in range(len(rest)):
        yield " ".join([verb, *rest[:place], JUNK, *rest[place + 1 :]])


def lost(line: str) -> bool:
    """Whether the line is accepted, and nothing is left of the word."""
    thread = staffed()
    number = thread.say("alice", f"/incident {line}", "15:00")
    folded = thread.folded
    [verdict] = [one.verdict for one in folded.receipts.calls if one.comment == number]
    return verdict is Verdict.ACCEPTED and JUNK not in "\n".join(recorded(folded.incident)).casefold()


@examples(30)
@given(lines(), st.data())
def test_no_word_is_passed_over(line: str, data: st.DataObject) -> None:
    tried = data.draw(st.sampled_from(list(with_junk(line))))
    assert not lost(tried)
