"""
The incident that the demo plays: who does what, and when.

It shows what a team would do: labels and commands, times that were noted late, a mistyped command, updates to
two audiences, a reminder, a fix that did not hold and one that did, the summary, and the review.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from tracker_bridge.domain.issue.issue import Access

TEAM: Final = {
    "alice": ("Alice Ahmed", Access.MAINTAIN),
    "bob": ("Bob Brandt", Access.WRITE),
    "carol": ("Carol Chen", Access.WRITE),
    "dana": ("Dana Diaz", Access.TRIAGE),
    "erin": ("Erin Evans", Access.TRIAGE),
    "femi": ("Femi Falana", Access.WRITE),
}
"""Login: name, and what they may do. Everybody else may read."""

TITLE: Final = "Checkout answers 502 for half of all payments"
BODY: Final = """\
Since a few minutes ago the checkout page answers with **502** for about every second payment.

- only `POST /checkout/confirm` is hit
- the error rate of the three pods is at 48 %
"""


SETTINGS: Final = """\
[[fields]]
name = "region"
kind = "choice"
choices = ["eu-west", "us-east"]

[[checklists]]
name = "Lost payments"
severity = "sev1"
items = ["Ask the bank which payments went through", "Tell accounting"]

[[when]]
severity = "sev1"
say = ["stakeholder accounting affected"]
"""
"""The settings file of the project: what this team adds (docs/team.md)."""


@dataclass(frozen=True, slots=True)
class Step:
    """
    ``minute`` counts from the opening. ``text`` is said in a comment, or ``label`` is put by hand; without
    either, time passes. ``{review}`` and ``{due}`` in a text are days after the incident.
    """

    minute: float
    who: str = ""
    text: str = ""
    label: str = ""

    @property
    def after(self) -> timedelta:
        return timedelta(minutes=self.minute)

    def said(self, begun: datetime) -> str:
        """Return what is said when the incident begins at that time."""
        days = {"review": begun + timedelta(days=7), "due": begun + timedelta(days=21)}
        return self.text.format(**{name: f"{day:%Y-%m-%d}" for name, day in days.items()})


STEPS: Final = (
    Step(0, "bob", label="incident"),
    Step(2, "alice", "/incident claim lead\n/incident role scribe @dana\n/incident role assist @femi"),
    Step(3, "alice", "/incident impact customers: every second payment fails"),
    Step(
        5,
        "alice",
        "/incident severity sev1 half of all payments are lost\n"
        "/incident field region eu-west\n"
        "/incident stakeholder support affected\n"
        "/incident channel main #incident-checkout\n"
        "/incident audience external @carol via status-room\n"
        "/incident audience internal @carol via all-hands list",
    ),
    Step(7, "dana", "/incident started ~14m ago\n/incident detected 9m ago by alert"),
    Step(8, "carol", "/incident announced #general, #support"),
    Step(
        10,
        "carol",
        "/incident update external, internal\n> Some payments fail at the moment. We are on it; the next update "
        "comes within the hour.",
    ),
    Step(
        14,
        "dana",
        "From the call:\n\n"
        "/incident note error rate at 48 % on all three checkout pods | 4m ago\n"
        "/incident note --external the payment provider sees no errors on their side | ~2m ago",
    ),
    Step(16, "bob", "/incident task @femi compare the pool's settings with last week's"),
    Step(19, "erin", "/incident clam tester"),
    Step(20, "erin", "/incident claim tester"),
    Step(33, "femi", "/incident task done 1 the pool is half as large"),
    Step(34, "bob", "/incident status identified the last deploy halved the connection pool"),
    Step(
        44,
        "carol",
        "/incident update external\n> We found the cause and are putting a fix in. Payments that failed were not "
        "charged.",
    ),
    Step(
        48,
        "dana",
        "/incident note rollback of checkout started, one pod after the other\n/incident major\n/incident check 1",
    ),
    Step(57, "bob", "/incident fixed by @femi"),
    Step(60),
    Step(61, "erin", "/incident test fail paying with the saved card still answers 502"),
    Step(66, "bob", "/incident question why did the deploy's check not notice?"),
    Step(71, "carol", "/incident no-update internal"),
    Step(78, "femi", "/incident note the third pod had kept the old settings; restarted\n/incident fixed 1m ago"),
    Step(86, "erin", "/incident test pass all three cards, twice"),
    Step(88, "alice", "/incident resolve"),
    Step(90, "carol", "/incident update external, internal\n> Payments work again since a few minutes ago."),
    Step(
        98,
        "alice",
        "/incident postmortem {review}\n"
        "/incident cause the pool's size is read from a file that the new image does not ship\n"
        "/incident caused by the deployment of checkout 4.2\n"
        "/incident action alert on the size of the connection pool @bob due {due}",
    ),
)
