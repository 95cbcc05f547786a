"""
Where messages go: knows services, and nothing of incidents.

What a message is stands in domain/incident/outward.py. A destination makes one attempt and says what came of it.

opening.py     from settings to destinations
attempts.py    what may come of one attempt
http.py        one request with a deadline
texts.py       what a service would take for a mention, a link or a command
trying.py      one attempt over HTTP, by the same rules for each service
slack.py, mattermost.py, pagerduty.py, opsgenie.py, webhook.py, ntfy.py   a service each
paging.py      what services share that wake people
apprise.py     all other services, in a process of its own
child.py       that process; witness.py sees what leaves it
courier.py     a lane for each destination; lane.py: what waits in one
"""

from typing import Protocol

from tracker_bridge.destinations.attempts import Attempt
from tracker_bridge.domain.incident.outward import Message


class Destination(Protocol):
    """
    One place at one service.

    ``max_text`` is how many characters of a text it shows. ``can_dedup``: the service itself takes a message that
    comes twice for one, so that an attempt with an unknown outcome may be repeated.
    """

    @property
    def name(self) -> str: ...

    @property
    def service(self) -> str: ...

    @property
    def max_text(self) -> int: ...

    @property
    def can_edit(self) -> bool: ...

    @property
    def can_dedup(self) -> bool: ...

    def send(self, message: Message, handle: str | None) -> Attempt:
        """
        Make one attempt, which ends within half a minute. ``handle`` is of an earlier message: of what a mirrored
        status replaces, or below which any other message goes.
        """
        ...
