"""
The incident that the demo plays: who does what, and when.

It shows what a newcomer would try: labels and commands, times that were noted late, a mistyped command, and
the summary at the end.
"""

from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from tracker_bridge.domain.issue import Access

TEAM: Final = {
    "alice": ("Alice Ahmed", Access.MAINTAIN),
    "bob": ("Bob Brandt", Access.WRITE),
    "carol": ("Carol Chen", Access.WRITE),
    "dana": ("Dana Diaz", Access.TRIAGE),
    "erin": ("Erin Evans", Access.TRIAGE),
}
"""Login: name, and what they may do. Everybody else may read."""

TITLE: Final = "Checkout answers 502 for half of all payments"
BODY: Final = """\
Since a few minutes ago the checkout page answers with **502** for about every second payment.

- only `POST /checkout/confirm` is hit
- the error rate of the three pods is at 48 %
"""


@dataclass(frozen=True, slots=True)
class Step:
    """``minute`` counts from the opening. Either ``text`` is said in a comment, or ``label`` is put by hand."""

    minute: float
    who: str
    text: str = ""
    label: str = ""

    @property
    def after(self) -> timedelta:
        return timedelta(minutes=self.minute)


STEPS: Final = (
    Step(0, "bob", label="incident"),
    Step(2, "alice", "/incident claim lead\n/incident role scribe @dana"),
    Step(3, "alice", "/incident impact customers: every second payment fails"),
    Step(
        5, "alice", "/incident severity sev1 half of all payments are lost\n/incident role comms @carol customers"
    ),
    Step(7, "dana", "/incident started ~14m ago\n/incident detected 9m ago by alarm"),
    Step(
        12,
        "dana",
        "From the call:\n\n"
        "/incident note error rate at 48 % on all three checkout pods | 4m ago\n"
        "/incident note the payment provider sees no errors on their side | ~2m ago",
    ),
    Step(16, "carol", "Customers are writing in. Do we have a status page entry yet?"),
    Step(19, "erin", "/incident clam tester"),
    Step(20, "erin", "/incident claim tester"),
    Step(34, "bob", "/incident status identified the last deploy halved the connection pool"),
    Step(48, "dana", "/incident note rollback of checkout started, one pod after the other\n/incident major"),
    Step(63, "bob", "/incident fixed 2m ago\n\nAll pods run the old version, error rate is back at 0.1 %."),
    Step(95, "erin", "Paid with all three cards, twice. No error."),
    Step(98, "dana", "/incident note erin paid with all three cards without an error"),
    Step(112, "alice", "/incident resolve"),
)
