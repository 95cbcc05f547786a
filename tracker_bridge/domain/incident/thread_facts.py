"""What was read or remembered besides what the thread says of the incident."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from tracker_bridge.domain.incident.relations import LinkProblem
from tracker_bridge.domain.incident.roles import is_same
from tracker_bridge.domain.issue.captures import Capture
from tracker_bridge.domain.issue.issue import NOBODY, Comment, Person, Reference


@dataclass(frozen=True, slots=True)
class ThreadFacts:
    """
    ``comments``: what people wrote, all of it. ``link_problems``: issues of the project that were looked up, by
    number.

    ``references`` are the changes that refer to the incident. ``captured`` is what was remembered of comments on
    the timeline before. ``known_as`` are the logins of those who appear in the thread, by their ids. ``past``: the
    comment up to which it was judged before, and that is not remembered any more; 0 as a rule.
    """

    references: tuple[Reference, ...] = ()
    comments: tuple[Comment, ...] = field(default=(), compare=False, repr=False)
    captured: tuple[Capture, ...] = field(default=(), compare=False, repr=False)
    link_problems: Mapping[int, LinkProblem] = field(default_factory=dict, compare=False, repr=False)
    known_as: Mapping[int, str] = field(default_factory=dict, compare=False, repr=False)
    past: int = 0

    def called(self, person: Person) -> Person:
        """
        Return an account under its login of now, as far as the thread tells it.

        Where the login that it had is somebody else's by now, it has none that could be printed.
        """
        login = self.known_as.get(person.id, "")
        if person.id <= 0 or login == person.login:
            return person
        taken = any(is_same(one, person.login) for one in self.known_as.values())
        return replace(person, login=login or NOBODY.login) if login or taken else person
