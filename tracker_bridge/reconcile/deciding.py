"""Decide: what is to be done about an issue. Nothing is written here."""

import hashlib
import hmac
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Final, Protocol

from tracker_bridge.domain.derived.assigning import assigning
from tracker_bridge.domain.derived.dispatching import considered
from tracker_bridge.domain.derived.item_issues import is_untouched, with_states
from tracker_bridge.domain.derived.mirroring import Mirroring, lack_acts, mirroring, remembered_lacks
from tracker_bridge.domain.derived.post_incident import review_news
from tracker_bridge.domain.derived.reminders import due, timely
from tracker_bridge.domain.fold.fold import state_act
from tracker_bridge.domain.fold.recovery import Folded
from tracker_bridge.domain.incident.incident import Incident, Phase
from tracker_bridge.domain.incident.people import People
from tracker_bridge.domain.incident.rules import InForce, Layout, Rules
from tracker_bridge.domain.incident.timeline import Kind
from tracker_bridge.domain.issue.changes import Assign, Change, Close, Document, Open, Post, Reaction, Reopen
from tracker_bridge.domain.issue.documents import SUMMARY
from tracker_bridge.domain.issue.elsewhere import ref_of
from tracker_bridge.domain.issue.grammar import Grammar
from tracker_bridge.domain.issue.issue import Comment, Issue, IssueRef
from tracker_bridge.domain.issue.native import Capability, NativeChange, capability_of
from tracker_bridge.domain.issue.pings import without_pings
from tracker_bridge.domain.issue.plan import (
    DesiredState,
    is_new,
    keys_of,
    known_links,
    plan,
    plan_documents,
    urls_of,
    written_into,
)
from tracker_bridge.domain.issue.reactions import given, owed_acts, recent, unsure
from tracker_bridge.domain.issue.receipts import Receipts, Verdict
from tracker_bridge.reconcile.calling import Caller, NoSources, OnCallBook
from tracker_bridge.reconcile.elsewhere import Elsewhere
from tracker_bridge.reconcile.memory import Memory, Results
from tracker_bridge.reconcile.output_guard import OutputGuard
from tracker_bridge.reconcile.outward import Going, Outward
from tracker_bridge.reconcile.reading import IncidentReader
from tracker_bridge.reconcile.reviewing import (
    NO_REVIEW,
    Beside,
    handed_over,
    is_review,
    parted,
    planned,
    there_of,
    with_review,
)
from tracker_bridge.rendering import Renderer
from tracker_bridge.rendering.overflow import Appendix
from tracker_bridge.rendering.post_incident import ReviewText
from tracker_bridge.rendering.status import ForgeFacts
from tracker_bridge.trackers import OutOfReach, Tracker
from tracker_bridge.trackers.together import Together

MENDING: Final = timedelta(minutes=5)
"""How soon to look whether a team's broken settings are right again, so that the comment about them goes."""


DOUBTING: Final = (timedelta(seconds=5), timedelta(minutes=10))
"""How soon to look again who changed a text, and for how long: the forges tell some seconds late, as a rule."""


class ProjectRules(Protocol):
    """Tells what holds in a project. Both raise :class:`Gone` or :class:`Busy` where it cannot tell."""

    def in_force(self, tracker: str, project: str, now: datetime) -> InForce: ...

    def review_layout(self, tracker: str, project: str, now: datetime) -> Layout: ...


@dataclass(frozen=True, slots=True)
class Learned:
    """
    What the thread does not tell yet: issues that were opened, by key, and what the forge was found to lack.

    ``undone``: what it did not take just now, and may wait; ``there``: what it did now, whatever it lacked before.
    ``told``: keys of documents that were in the thread before, so that whom they mention knows.
    """

    links: Mapping[str, int] = field(default_factory=dict)
    unsupported: frozenset[Capability] = frozenset()
    undone: tuple[Change, ...] = ()
    there: frozenset[Capability] = frozenset()
    told: frozenset[str] = frozenset()

    @property
    def later(self) -> frozenset[Capability]:
        """The forge's own fields that could not be set just now."""
        return frozenset(capability_of(one) for one in self.undone if isinstance(one, NativeChange))


@dataclass(frozen=True, slots=True)
class Decision:
    """
    What an issue amounts to, what is to be done about it, and when time alone changes that.

    ``links`` are the issues that were opened for it, ``moved`` its documents that have one of these.
    ``redraft`` plans the comments anew when more of them are there.
    ``possible_duplicate`` was open under the same title when it began, 0 for none. ``review`` is what is to be
    changed in the thread of its review, ``orphans`` in the issues of action items whose commands are gone.
    ``judges``: a tester's verdict is new, and what is known of merged changes may be some minutes old. ``recent``
    are the comments that a reaction may still come to, ``unsure`` the reactions of which it is not known whether
    they came. ``going`` is what goes out beside the thread.
    """

    issue: Issue
    incident: Incident
    changes: tuple[Change, ...]
    redraft: Callable[[Issue], tuple[Change, ...]] = field(compare=False)
    next_at: datetime | None = None
    links: Mapping[str, int] = field(default_factory=dict)
    moved: tuple[Appendix, ...] = ()
    possible_duplicate: int = 0
    review: Beside = NO_REVIEW
    orphans: tuple[Beside, ...] = ()
    judges: bool = False
    recent: Mapping[int, Comment] = field(default_factory=dict)
    unsure: Mapping[int, Reaction] = field(default_factory=dict)
    going: Going = field(default_factory=Going)

    @property
    def turns(self) -> bool:
        """
        Whether the summary is about to be posted, an end to be taken back, a verdict to be heard, or words that
        went out to be corrected.
        """
        return (
            self.judges
            or self.going.corrects
            or any(
                isinstance(one, Reopen) or (isinstance(one, Post) and one.document.key == SUMMARY)
                for one in self.changes
            )
        )

    def there(self) -> Iterator[tuple[IssueRef, Appendix]]:
        """Yield the documents with an issue of their own that is there, with that."""
        for one in self.moved:
            if (number := self.links.get(one.opening.key)) is not None:
                yield ref_of(self.issue.ref, one.opening.key, number), one


class Decider:
    """Knows the trackers and how the team works; see :class:`tracker_bridge.reconcile.Bridge`."""

    def __init__(
        self,
        trackers: Mapping[str, Tracker],
        rules: Mapping[str, Rules],
        renderer: Renderer,
        *,
        keys: Sequence[bytes],
        secrets: Iterable[str],
        teams: ProjectRules | None,
        together: Together,
        outward: Outward,
        on_call: OnCallBook | None,
    ) -> None:
        self._caller = Caller(on_call or NoSources())
        self._outward = outward
        self._trackers = trackers
        self._rules = rules
        self._renderer = renderer
        self._key = keys[0] if keys else b""
        self._teams = teams
        self.screen = OutputGuard(trackers, secrets)
        self.elsewhere = Elsewhere(trackers)
        self._reader = IncidentReader(trackers, renderer.commands, self.screen, keys, together)
        self._memory = Memory()

    def in_force(self, tracker: str, project: str, now: datetime) -> InForce:
        """Return what holds in a project. Raises as :class:`ProjectRules` do."""
        return self._teams.in_force(tracker, project, now) if self._teams else InForce(self._rules[tracker])

    def grammar(self, rules: Rules, bot: str) -> Grammar:
        """Return how commands are spelled."""
        return self._renderer.commands.grammar(rules.command_prefixes, bot)

    def decide(self, issue: Issue, now: datetime, learned: Learned) -> Decision:
        """Fold and plan. What is said in a review is answered by the reconcile of its incident."""
        in_force = self.in_force(issue.ref.tracker, issue.ref.project, now)
        issue = self.screen.without_secrets(issue)
        if not is_review(issue):
            return self._decide(issue, now, learned, in_force)
        people = People(issue.opener)
        none = Incident(issue.ref, issue.title, issue.url, people, in_force.rules, issue.created_at)
        return Decision(issue, none, (), lambda _: ())

    def _decide(self, issue: Issue, now: datetime, learned: Learned, in_force: InForce) -> Decision:
        tracker = self._trackers[issue.ref.tracker]
        rules, flaws = in_force.rules, in_force.flaws
        results = self._memory.of(issue)
        links = {**known_links(issue), **learned.links}
        review, thread = self._with_review(issue, links, rules)
        reading = self._reader.read(
            thread, rules, results, lambda project: self.in_force(issue.ref.tracker, project, now).rules
        )
        before, folded = reading.before, reading.folded
        renderer, room = self._renderer, tracker.max_body
        incident = with_states(folded.incident, links, self._reader.actions(issue.ref, folded.incident, links))
        incident, called = self._caller.with_calls(issue, incident, before, now)
        unsupported = (remembered_lacks(before.once_keys) - learned.there) | learned.unsupported
        undone = any(isinstance(one, Assign) for one in learned.undone)
        assigned = assigning(incident, issue.assignees, before.once_keys, undone=undone)
        mirrored = self._mirrored(incident, issue, before, learned, results)
        clocks = due(incident, now)
        nudges = timely(clocks.nudges, keys_of(issue), now)
        incident, going = self._outward.with_dispatches(
            issue, incident, before=before, folded=folded, nudges=nudges, now=now
        )
        layout = self._layout(incident, review, now)
        alike = self._similar(issue, incident, before, results)
        written = written_into(issue, SUMMARY)
        there_only = there_of(review) if layout.flaws else None
        text = ReviewText(layout.template, Beside(review).added, alike or (), there_only)
        moved = (
            *results.same(renderer.appendices, incident, room, links, written),
            *results.same(renderer.aftermath, incident, room, links, text),
        )
        moved += results.same(renderer.published, incident, room, links, stub_token(self._key, issue.identity))
        opens = results.same(renderer.opens, incident, links, moved, confidential=issue.confidential)
        duplicate = self._reader.possible_duplicate(issue, incident, reading)
        forge_facts = ForgeFacts(unsupported, duplicate, clocks.pending, alike or (), written)
        once_keys = (
            assigned.once_keys
            | mirrored.once_keys
            | lack_acts(unsupported)
            | linked_keys(incident)
            | {f"twin.{forge_facts.possible_duplicate}"}
            | (frozenset() if alike is None else {f"alike.{'.'.join(map(str, alike)) or 0}"})
        )
        once_keys |= owed_acts(learned.undone) | considered(incident, folded.receipts)
        remembered = folded.receipts.having(once_keys) if incident.exists else folded.receipts
        if any(isinstance(one, Close | Reopen) for one in learned.undone):
            remembered = replace(remembered, once_keys=remembered.once_keys - {state_act(incident)})
        hidden, *further = results.same(
            Receipts.pack,
            replace(remembered, out=going.dispatches, called=(*remembered.called, *called.new)),
            issue.identity,
            self._key,
        )

        def documents(issue: Issue) -> tuple[Document, ...]:
            found = (
                *results.same(
                    renderer.documents,
                    incident,
                    hidden,
                    room,
                    links,
                    nudges,
                    moved=moved,
                    forge_facts=forge_facts,
                    there=keys_of(issue),
                    urls=urls_of(issue),
                ),
                *renderer.settings(incident, flaws, room, layout.flaws),
                *results.same(renderer.receipts, incident, further),
            )
            return tuple(without_pings(found, issue, learned.told))

        here, there = parted(documents(issue), thread.in_review)
        wanted = replace(
            wanted_of(folded, before if self._reader.begun(issue) else Receipts()),
            documents=tuple(here),
            opens=tuple(
                one
                for one in opens
                if is_new(one, incident.past)
                and self.screen.is_safe(issue, one, rules)
                and self._may_open(issue, one)
            ),
            links=results.same(
                renderer.links, incident, self._reader.still_told(issue, incident, links), before.once_keys
            ),
            native=mirrored.changes,
            assign=assigned.add,
            unassign=assigned.remove,
            pin=incident.exists and Capability.PIN not in unsupported,
        )
        changes = self.screen.fitting(issue, plan(issue, wanted, tracker.max_comments))
        self.screen.check(issue, changes, rules)

        def redraft(issue: Issue) -> tuple[Change, ...]:
            drafts, _ = parted(documents(issue), thread.in_review)
            again = plan_documents(issue, replace(wanted, documents=tuple(drafts)), tracker.max_comments)
            self.screen.check(issue, again, rules)
            return tuple(again)

        news = review_news(incident, review, keys_of(review) if review else (), now)
        there += renderer.review_news(incident, news)
        beside = planned(review, wanted, there, tracker.max_comments)
        mended = now + MENDING if flaws and incident.active else None
        doubted = doubted_at(thread, folded.receipts, now)
        wakes = (clocks.next_at, mended, doubted, news.next_at, layout.next_at, going.next_at, called.next_at)
        next_at = min(filter(None, wakes), default=None)
        return Decision(
            issue,
            incident,
            changes,
            redraft,
            next_at,
            links,
            moved,
            possible_duplicate=forge_facts.possible_duplicate,
            review=beside,
            judges=_is_judged_anew(incident, before),
            orphans=self._orphans(issue, incident, links),
            recent=(late := recent(issue, now)),
            unsure=unsure(late, wanted.given, wanted.reactions),
            going=going,
        )

    def _with_review(self, issue: Issue, links: Mapping[str, int], rules: Rules) -> tuple[Issue | None, Issue]:
        """Return the review's issue, and the incident's with what is said there."""
        review = self._reader.review(issue.ref, links)
        said = self.screen.without_secrets(review) if review else None
        return review, with_review(issue, said, self.grammar(rules, issue.viewer.login))

    def _similar(
        self, issue: Issue, incident: Incident, before: Receipts, results: Results
    ) -> tuple[int, ...] | None:
        """A reconcile that resolves decides several times; past incidents are asked for once."""
        about = (issue.title, issue.labels)
        known: tuple[int, ...] | None = results.find("similar", about) if incident.ending.resolutions else None
        if known is None:
            known = self._reader.similar(issue, incident, before)
            results.keep("similar", about, known)
        return known

    def _may_open(self, issue: Issue, change: Open) -> bool:
        """Whether an issue may be opened where it is wanted: more people may only read what is for everyone."""
        if not change.project:
            return True
        served = self._trackers[issue.ref.tracker].serves(change.project)
        return served if change.public else not self.elsewhere.exposed(issue, change.project)

    def _orphans(self, incident_issue: Issue, incident: Incident, links: Mapping[str, int]) -> tuple[Beside, ...]:
        """Let go of the issues of action items that nobody asks for any more."""
        found = []
        for issue in self._reader.orphans(incident, links):
            project = issue.ref.project
            if project != incident.ref.project and self.elsewhere.exposed(incident_issue, project):
                continue
            closing = is_untouched(issue)
            said = self._renderer.dropped(incident, issue.ref, closed=closing)
            found.append(handed_over(issue, said, incident.rules.action_label, closing=closing))
        return tuple(found)

    def _layout(self, incident: Incident, review: Issue | None, now: datetime) -> Layout:
        """Look up a team's template once the review is to be opened; of a closed one nobody is told its faults."""
        wanted = incident.follow_up.postmortem and incident.ending.resolutions
        if self._teams is None or not wanted:
            return Layout()
        found = self._teams.review_layout(incident.ref.tracker, incident.ref.project, now)
        return found if review is None or review.open else replace(found, flaws=None, next_at=None)

    def unreachable(self, ref: IssueRef, found: OutOfReach, now: datetime) -> Post | None:
        """Return what is to be said where nothing can be read: once, and only to whoever labelled it."""
        rules = self.in_force(ref.tracker, ref.project, now).rules
        labels = {one.casefold() for one in found.labels}
        if not labels & {one.casefold() for one in (rules.incident_label, *rules.previous_names)}:
            return None
        document = self._renderer.unreachable(found.kind, rules.incident_label)
        self.screen.check_text(document, ref.tracker, found.viewer.login, rules)
        return Post(document) if document.key not in found.told else None

    def _mirrored(
        self, incident: Incident, issue: Issue, before: Receipts, learned: Learned, results: Results
    ) -> Mirroring:
        """What was lacking once is tried again: this process has not asked yet, or not for a day."""
        can = (self._trackers[issue.ref.tracker].native & incident.rules.native_fields) - learned.unsupported
        milestones = results.same(self._renderer.milestones, incident) if Capability.TIMELINE in can else ()
        return mirroring(incident, issue, milestones, before.once_keys, can, later=learned.later)


def _is_judged_anew(incident: Incident, before: Receipts) -> bool:
    """Whether a tester has spoken who had not when we looked before (S107)."""
    verdicts = [one.id for one in incident.timeline.of(Kind.TEST_PASSED, Kind.TEST_FAILED) if one.id]
    known = {receipt.comment for receipt in before.calls} if verdicts else set()
    return any(int(said.partition(".")[0]) not in known for said in verdicts)


def doubted_at(issue: Issue, receipts: Receipts, now: datetime) -> datetime | None:
    """Return when to ask again who changed a text: soon at first, then less often, and not for ever."""
    doubted = {one.comment for one in receipts.calls if one.verdict is Verdict.DOUBTFUL}
    changed = [one.updated_at for one in (issue.opening, *issue.comments) if one.id in doubted]
    soonest, longest = DOUBTING
    since = now - max(changed, default=now)
    return now + max(since, soonest) if doubted and since < longest else None


def wanted_of(folded: Folded, before: Receipts) -> DesiredState:
    """Return what labels, reactions and state the incident asks for; documents are the renderer's."""
    incident = folded.incident
    if not incident.exists:
        return DesiredState()
    rules, severity = incident.rules, incident.severity
    reactions = folded.receipts.reactions()
    due = bool(incident.ending.open_by) and state_act(incident) not in before.once_keys
    return DesiredState(
        labels=frozenset(
            ({rules.incident_label} if not incident.ending.unlabeled else set())
            | ({severity.label} if severity else set())
        ),
        no_labels=rules.outdated_labels(severity),
        unsaid_labels=frozenset() if severity else frozenset(one.label for one in rules.severities),
        given=_answered(folded, given(before, reactions)),
        reactions=_answered(folded, reactions),
        past=incident.past,
        over=incident.phase.ended,
        open=incident.ending.wants_open
        if due and (incident.ending.wants_open or rules.close_when_resolved)
        else None,
        done=incident.phase is not Phase.CANCELLED,
        duplicate_of=incident.ending.merge.number if incident.ending.merge else 0,
        duplicate_in=incident.ending.merge.project if incident.ending.merge else "",
    )


def stub_token(key: bytes, identity: str) -> str:
    """Return what tells the issue for everyone from others, and tells nobody which incident it is about."""
    return hmac.new(key, b"public " + identity.encode(), hashlib.sha256).hexdigest()[:32]


def linked_keys(incident: Incident) -> frozenset[str]:
    """Return what is remembered of issues that it was linked to, and of those that may be opened elsewhere."""
    related = {relation.once_key for relation in incident.relations}
    placed = {one.placed_key for one in incident.follow_up.actions if one.project}
    placed |= {public.placed_key} if (public := incident.comms.public) and public.id else set()
    taken_back = {merge.key for merge in incident.merges if merge != incident.ending.merge}
    return frozenset(related | placed | taken_back)


def _answered(folded: Folded, reactions: Mapping[int, Reaction]) -> dict[int, Reaction]:
    """
    Leave out what is not answered with a reaction.

    That is the past, once it is over, but for what was not heard then; and comments of which something is not
    proven to have been accepted: what a look gives that is cut short must not pass for a proof in the next one.
    """
    past = folded.incident.past if folded.incident.phase.ended else 0
    left = {one for one in reactions if past and one <= past} - folded.unheard | folded.held
    return {one: given for one, given in reactions.items() if one not in left}
