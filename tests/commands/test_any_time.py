"""Whatever stands where a time or a day is expected: it is heard or refused, and what is proposed runs."""

import re

from hypothesis import example, given
from hypothesis import strategies as st

from tests.commands.thread import Thread, declared
from tests.domain.test_times import PARTS
from tests.examples import examples
from tracker_bridge.domain.issue.receipts import Verdict

LINES = [
    "note {}",
    "note x | {}",
    "note --external {} | 14:05",
    "edit 4823 x | {}",
    "capture 4824 | {}",
    "started {}",
    "detected {}",
    "detected {} by alert",
    "fixed {}",
    "fixed {} by @bob",
    "resolve {}",
    "update external at {}: x",
    "update external via mail {}: x",
    "no-update external at {} via mail",
    "postmortem {}",
    "action x {}",
    "action x @bob due {}",
    "action due {} x @bob",
]
WORDS = ["by", "due", "next week", "@bob", "via", "--", "alarm", "1 Dec", "soon", "<time>", ":", ": "]
SAID = st.one_of(
    st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\n\r"), max_size=20),
    st.lists(st.sampled_from([*PARTS, *WORDS]), max_size=5).map(" ".join),
    st.lists(st.sampled_from([*PARTS, *WORDS]), max_size=5).map("".join),
)


def thread() -> Thread:
    """Return an incident with a note and a comment to correct, in which alice may say everything."""
    found = declared()
    found.next_number = 4823
    found.say("alice", "/incident note one")
    found.say("bob", "the pool is empty")
    found.say(
        "alice", "/incident claim lead\n/incident claim scribe\n/incident channel main #inc\n/incident claim comms"
    )
    return found


@examples(50)
@given(st.sampled_from(LINES), SAID)
@example("update external at {}: x", "")
@example("update external via mail {}: x", "at")
@example("update external via mail {}: x", "|")
@example("note x | {}", "02:00-03:00")
@example("action x @bob due {}", "Sunday")
@example("action due {} x @bob", "2026-12-01 17:00")
def test_anything_is_heard_or_refused_and_what_is_proposed_runs(line: str, said: str) -> None:
    found = thread()
    found.say("alice", f"/incident {line.format(said)}", "14:30")
    before = len(found.verdicts)

    assert found.verdicts[-1] in (Verdict.ACCEPTED, Verdict.REFUSED)
    assert "status" in found.documents
    for mistake in found.mistakes:
        instead = mistake.refused.instead
        if instead and not re.search(r"<[^<>]+>", instead) and mistake.line != f"/incident {instead}":
            found.say("alice", f"/incident {instead}", "14:30")
            assert len(found.verdicts) == before + 1
            assert found.verdicts[-1] is Verdict.ACCEPTED, instead
