"""From somebody with the right, everything gets a verdict, and nothing that was said is lost or told to others."""

from dataclasses import dataclass

from hypothesis import given
from hypothesis import strategies as st

from tests.commands.thread import declared
from tests.examples import examples
from tests.properties.comments import drafts
from tests.properties.drafts import Draft, Meant
from tests.properties.speech import own_words, recorded
from tracker_bridge.domain.incident.incident import Incident
from tracker_bridge.domain.incident.replies import Mistake
from tracker_bridge.domain.issue.receipts import Receipt, Verdict

MEANT = drafts().filter(lambda draft: draft.meant)
OPENING = "in the opening post"
WHERE = st.sampled_from([OPENING, "bob", "dana"])
"""Dana has triage access, and is told what that is too little for."""


@dataclass(frozen=True)
class Heard:
    """What became of a comment: the receipts and the mistakes of it, and the incident."""

    number: int
    incident: Incident
    receipts: list[Receipt]
    mistakes: list[Mistake]

    def accepted(self, draft: Draft) -> list[tuple[str, Meant]]:
        """Return what was accepted, with its id."""
        pairs = zip(self.receipts, draft.meant, strict=True)
        return [(self._id(one), meant) for one, meant in pairs if one.verdict is Verdict.ACCEPTED]

    def _id(self, receipt: Receipt) -> str:
        return f"{self.number}.{receipt.ordinal}" if receipt.ordinal else str(self.number)


def heard(draft: Draft, where: str) -> Heard:
    """Let bob, who may everything and leads, say it in the opening post; or let somebody say it in a comment."""
    said = "/incident declare\n/incident claim lead\n/incident claim comms\n/incident claim tester"
    thread = declared(f"{said}\n\n{draft.body}" if where == OPENING else said)
    number = 0 if where == OPENING else thread.say(where, f"/incident note x\n\n{draft.body}")
    before = said.count("\n") + 1 if where == OPENING else 1
    folded = thread.folded
    receipts = sorted((one for one in folded.receipts.calls if one.comment == number), key=lambda one: one.ordinal)
    mistakes = [
        mistake
        for reply in folded.incident.outgoing.replies
        if reply.comment == number
        for mistake in reply.mistakes
    ]
    return Heard(number, folded.incident, receipts[before:], mistakes)


@examples(50)
@given(MEANT, WHERE)
def test_every_line_that_begins_a_command_gets_a_verdict(draft: Draft, where: str) -> None:
    result = heard(draft, where)

    assert len(result.receipts) == len({one.ordinal for one in result.receipts}) == len(draft.meant)
    assert {one.verdict for one in result.receipts} <= {Verdict.ACCEPTED, Verdict.REFUSED, Verdict.DENIED}
    assert len(result.mistakes) == sum(one.verdict is not Verdict.ACCEPTED for one in result.receipts)
    assert all(mistake.refused.reason for mistake in result.mistakes)


@examples(50)
@given(MEANT, WHERE)
def test_what_was_accepted_is_recorded_word_by_word(draft: Draft, where: str) -> None:
    result = heard(draft, where)
    kept = own_words("\n".join(recorded(result.incident)))

    for _, meant in result.accepted(draft):
        assert meant.text | meant.message <= kept, meant


@examples(50)
@given(MEANT, WHERE)
def test_what_was_told_to_one_audience_is_that_and_nothing_else(draft: Draft, where: str) -> None:
    result = heard(draft, where)
    meant = {id_: one for id_, one in result.accepted(draft) if one.verb == "update"}
    told = {one.id: own_words("\n".join(one.said)) for one in result.incident.comms.communications if one.said}

    assert told.keys() == meant.keys()
    of_others = {id_: _words_but(draft, one) for id_, one in meant.items()}
    for id_, words in told.items():
        assert words == meant[id_].message or (meant[id_].whole and words > meant[id_].message)
        assert not words & of_others[id_]


def _words_but(draft: Draft, meant: Meant) -> frozenset[str]:
    return frozenset().union(*(one.text | one.message for one in draft.meant if one is not meant))
