"""A story whose incident reaches out; the courier notes what it was given, and answers as it was told to."""

from collections.abc import Iterable

from tests.contract.forges import Forge
from tests.stories.story import Story
from tracker_bridge.domain.incident.outward import Kind, Message, Outcome, Sent
from tracker_bridge.domain.incident.rules import Rules
from tracker_bridge.domain.incident.subscribers import Subscriber
from tracker_bridge.domain.issue.issue import IssueRef

ALL = frozenset({Kind.DECLARED, Kind.SEVERITY, Kind.PHASE, Kind.RESOLVED})
DELIVERED = Sent(Outcome.DELIVERED)


class Noting:
    """Notes every message; what comes of it is what ``answers`` says of its destination, or nothing yet."""

    def __init__(self) -> None:
        self.given: list[tuple[Message, str | None]] = []
        self.answers: dict[str, Sent | None] = {}
        self._known: dict[tuple[str, str], Sent] = {}

    def submit(self, message: Message, handle: str | None) -> None:
        self.given.append((message, handle))
        if (sent := self.answers.get(message.destination, DELIVERED)) is not None:
            self._known[message.destination, message.key] = sent

    def tell(self, destination: str, key: str, sent: Sent) -> None:
        self._known[destination, key] = sent

    def outcomes(self, ref: IssueRef) -> dict[tuple[str, str], Sent]:
        about = {(one.destination, one.key) for one, _ in self.given if one.thread == str(ref)}
        return {name: sent for name, sent in self._known.items() if name in about}


class Reaching(Story):
    """The bridge has a courier, and looks until it knows what came of its messages."""

    courier: Noting

    def __init__(self, forge: Forge, *destinations: Subscriber, **rules: object) -> None:
        self.courier = Noting()
        super().__init__(forge, Rules(subscribers=destinations, **rules))  # type: ignore[arg-type]  # handed through

    def look(self) -> None:  # type: ignore[override]  # what came of it is seen in the thread
        looks = (self.bridge.reconcile(self.ref, self.forge.clock.now, {}) for _ in range(4))
        assert any(look.changes == () for look in looks)

    def subjects(self, destination: str = "") -> list[str]:
        """Return the subjects of all messages so far, to one destination or all of them."""
        return [one.subject for one in self.messages(destination)]

    def messages(self, destination: str = "", kinds: Iterable[Kind] = tuple(Kind)) -> list[Message]:
        wanted = set(kinds)
        return [
            one
            for one, _ in self.courier.given
            if (not destination or one.destination == destination) and one.kind in wanted
        ]
