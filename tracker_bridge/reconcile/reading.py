"""
From threads to incidents: who may say what, and what other issues tell.

Asked of the tracker beside the issue: the access of people who said something new, the issues that this one is to
be linked to, whether action items are done, and an open incident of the same title.
"""

import logging
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence, Set
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import partial

from tracker_bridge.domain.derived.item_issues import orphaned
from tracker_bridge.domain.derived.post_incident import POSTMORTEM
from tracker_bridge.domain.derived.similar import PastIssue, similar
from tracker_bridge.domain.fold.authorization import Authorizer, new_actors
from tracker_bridge.domain.fold.command import Commands
from tracker_bridge.domain.fold.fold import all_calls, fold
from tracker_bridge.domain.fold.lost_receipts import traces_of
from tracker_bridge.domain.fold.recovery import Folded
from tracker_bridge.domain.incident.comms import PublicIssue
from tracker_bridge.domain.incident.conditions import services
from tracker_bridge.domain.incident.incident import Incident, Phase
from tracker_bridge.domain.incident.on_call import teams_of
from tracker_bridge.domain.incident.postmortem import Action
from tracker_bridge.domain.incident.relations import Merge, Relation, is_taken_back, ref_in
from tracker_bridge.domain.incident.rules import Rules
from tracker_bridge.domain.issue.alert_record import AlertRecord, AlertStep
from tracker_bridge.domain.issue.changes import LinkedIssueSpec, key_of
from tracker_bridge.domain.issue.documents import MAINTENANCE, RECEIPTS, REPORTED, STATUS
from tracker_bridge.domain.issue.elsewhere import PRIVATE, PUBLIC, project_in, ref_of, seen_from
from tracker_bridge.domain.issue.issue import NO_ACCOUNT, Access, Comment, Issue, IssueRef, Person
from tracker_bridge.domain.issue.plan import known_links
from tracker_bridge.domain.issue.receipts import Receipts
from tracker_bridge.domain.issue.thread_context import LinkProblem, LinkProblems
from tracker_bridge.reconcile.elsewhere import Elsewhere
from tracker_bridge.reconcile.memory import Results
from tracker_bridge.reconcile.output_guard import OutputGuard
from tracker_bridge.reconcile.turns import Turns
from tracker_bridge.trackers import (
    Accounts,
    Denied,
    Gone,
    History,
    Reactions,
    Teams,
    Titles,
    Tracker,
    TrackerError,
)
from tracker_bridge.trackers.together import Together, all_of

RulesOf = Callable[[str], Rules]
Wanted = Merge | Relation | Action | PublicIssue | LinkedIssueSpec
"""What leads to another issue, or makes one in another project."""

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Reading:
    """
    What our comments remembered ``before``, and what the thread amounts to.

    ``alike`` is an open incident of the same title, 0 for none, ``None`` where nobody looked.
    """

    before: Receipts
    folded: Folded
    alike: int | None = None


class IncidentReader:
    """Reads threads as incidents. What one of the ``keys`` signed are receipts."""

    def __init__(
        self,
        trackers: Mapping[str, Tracker],
        commands: Commands,
        screen: OutputGuard,
        keys: Sequence[bytes],
        together: Together,
    ) -> None:
        self._trackers = trackers
        self._elsewhere = Elsewhere(trackers)
        self._commands = commands
        self._screen = screen
        self._keys = keys
        self._together = together
        self._turns = Turns()

    def receipts(self, issue: Issue, results: Results | None = None) -> Receipts:
        """Return what our comments remember: the status comment, and those that hold what does not fit there."""
        results = results or Results()
        status = _status(issue)
        first = status or _ours(issue, REPORTED) or _ours(issue, MAINTENANCE)
        ours = {key: one for one in issue.comments if one.ours and (key := key_of(one.body))}
        lines = {key: one.body for key, one in ours.items() if key.startswith(f"{RECEIPTS}:")}
        lines = {STATUS: first.body, **lines} if first else lines
        found = Receipts.joined(self._receipts_in(key, body, issue, results) for key, body in lines.items())
        if status is not None and not found.once_keys and self._keys:
            _log.warning(
                "%s: its receipts are not signed with a known key; all commands are judged again", issue.ref
            )
        return found

    def _receipts_in(self, key: str, body: str, issue: Issue, results: Results) -> Receipts:
        """Most lines stay as they are when something is said."""
        source = body, issue.identity
        known: Receipts | None = results.find(f"{RECEIPTS} {key}", source)
        if known is None:
            known = Receipts.of_line(body, issue.identity, self._keys)
            results.keep(f"{RECEIPTS} {key}", source, known)
        return known

    def begun(self, issue: Issue) -> bool:
        """Whether what our comments remember was carried out: nothing is, before there is a status comment."""
        return _status(issue) is not None

    def read(self, issue: Issue, rules: Rules, results: Results, rules_of: RulesOf) -> Reading:
        """
        Return what our comments remember, and what the thread amounts to.

        Where nothing had to be looked up for it the last time, the same thread says the same: ``results``.
        ``rules_of`` returns what holds in a project, also in another one.
        """
        known: Reading | None = results.find("thread", (issue, rules))
        if known is not None:
            return known
        before = self.receipts(issue, results)
        reading, alone = self._fold(issue, before, rules, rules_of, results)
        if alone:
            results.keep("thread", (issue, rules), reading)
        return reading

    def _fold(
        self, issue: Issue, before: Receipts, rules: Rules, rules_of: RulesOf, results: Results
    ) -> tuple[Reading, bool]:
        """
        Fold the thread; tell as well whether that depends on the thread alone.

        Issues that it is to be linked to are looked up, until we remember that it was done. An open incident of
        the same title is looked for at the same time as access is, where this may be about to become one.
        """
        tracker = self._trackers[issue.ref.tracker]
        authorizer, newcomers = self._newcomers(issue, before, rules, results)
        labelled = rules.incident_label.casefold() in {one.casefold() for one in issue.labels}
        may_begin = _status(issue) is None and bool(newcomers or labelled)
        access, alike = self._together(
            lambda: self._access(tracker, issue.ref, newcomers, fresh=False),
            lambda: self._alike(issue, before, rules) if may_begin else None,
        )
        authorizer = replace(authorizer, access=access)
        link_problems: LinkProblems = {}
        asked_again = False
        while True:
            authorizer, folded = self._folded(issue, authorizer, rules, link_problems, results)
            if not asked_again:
                asked_again = True
                authorizer, anew = self._asked_again(issue.ref, authorizer, folded.lacking)
                if anew:
                    continue
            linked = self._to_be_linked(issue, folded.incident, before.once_keys)
            found = dict(self._wrong(issue, linked, rules_of))
            if not found:
                asked = (authorizer.access, authorizer.accounts, authorizer.reactions, authorizer.members)
                return Reading(before, folded, alike), alike is None and not any((*asked, linked))
            link_problems = {**link_problems, **found}

    def actions(self, ref: IssueRef, incident: Incident, links: Mapping[str, int]) -> dict[str, Issue | None]:
        """
        Read the issues of the action items by their keys, whose state tells what became of each.

        ``None`` if it is gone. What another project does not show any more keeps nothing from going on here.
        """
        if not incident.ending.resolutions:
            return {}
        keys = [action.opening_key for action in incident.follow_up.actions if action.opening_key in links]
        read = self._trackers[ref.tracker].read

        def one(key: str) -> Issue | Denied | None:
            try:
                return _asked_twice(partial(read, ref_of(ref, key, links[key])))
            except Gone:
                return None
            except Denied as denied:
                if not project_in(key):
                    raise
                return denied

        found = all_of(self._together, [partial(one, key) for key in keys])
        return {key: one for key, one in zip(keys, found, strict=True) if not isinstance(one, Denied)}

    def orphans(self, incident: Incident, links: Mapping[str, int]) -> list[Issue]:
        """Read the issues of action items whose commands are gone; those that are there, and ours."""
        found: list[Issue] = []
        for key, number in orphaned(incident, links).items():
            with suppress(Gone, Denied) if project_in(key) else suppress(Gone):
                issue = self._trackers[incident.ref.tracker].read(ref_of(incident.ref, key, number))
                found += [issue] if issue.author.id == issue.viewer.id else []
        return found

    def review(self, ref: IssueRef, links: Mapping[str, int]) -> Issue | None:
        """Read the review's issue, if it was opened by us and is still there."""
        number = links.get(POSTMORTEM)
        if number is None:
            return None
        with suppress(Gone):
            found = self._trackers[ref.tracker].read(replace(ref, number=number))
            return found if found.author.id == found.viewer.id else None
        return None

    def possible_duplicate(self, issue: Issue, incident: Incident, reading: Reading) -> int:
        """
        Return an incident that is open under the same title (S23), 0 for none: looked for when this one begins.

        The answer is remembered.
        """
        known = _known_twins(reading.before)
        if known or not incident.active or _status(issue) is not None:
            return next(iter(known), 0)
        found = reading.alike
        return (self._alike(issue, reading.before, incident.rules) if found is None else found) or 0

    def similar(self, issue: Issue, incident: Incident, before: Receipts) -> tuple[int, ...] | None:
        """
        Return past incidents that look like this one: looked for once, when it is resolved; ``None`` before.

        The answer is remembered, also where the tracker gives none: it is an ornament.
        """
        known = [one.partition(".")[2].split(".") for one in before.once_keys if one.startswith("alike.")]
        if known:
            return tuple(int(number) for number in known[0] if number != "0")
        tracker = self._trackers[issue.ref.tracker]
        if incident.phase is not Phase.RESOLVED or incident.drill or not isinstance(tracker, History):
            return None
        rules = incident.rules
        service = [one for one in issue.labels if services((one,), rules.service_label)][:2]
        past: list[PastIssue] = []
        with suppress(TrackerError):
            for labels in ((rules.incident_label,), *((rules.incident_label, one) for one in service)):
                past += tracker.past(issue.ref, labels)
        return similar(issue.title, issue.labels, rules.service_label, past)

    def _alike(self, issue: Issue, before: Receipts, rules: Rules) -> int | None:
        """
        Ask for an open incident of the same title; ``None``: there is nothing to ask.

        A tracker that does not answer is not asked again: it is an ornament. What it finds is seen by everybody:
        an incident that is not cannot be merged into it.
        """
        tracker = self._trackers[issue.ref.tracker]
        if issue.confidential or _known_twins(before) or not isinstance(tracker, Titles):
            return None
        with suppress(TrackerError):
            return tracker.alike(issue.ref, issue.title, rules.incident_label) or 0
        return 0

    def _folded(
        self,
        issue: Issue,
        authorizer: Authorizer,
        rules: Rules,
        link_problems: LinkProblems | None = None,
        results: Results | None = None,
    ) -> tuple[Authorizer, Folded]:
        """
        Fold the thread, with all looked up that it turns out to depend on; from where the last fold was the same.

        That is what whoever opened the issue may do, and who the people are whom a call names: only where it
        matters, and until we remember it.
        """
        tracker = self._trackers[issue.ref.tracker]
        if authorizer.accounts is None and isinstance(tracker, Accounts):
            authorizer = replace(authorizer, accounts={})
        alerts, results = self._alerts(issue), results or Results()
        while True:
            with self._turns.of(issue):
                trails = results.find("trails", issue.ref) or ()
                folded = fold(
                    issue, self._commands, authorizer, rules, link_problems, alerts=alerts, trails=trails
                )
                results.keep("trails", issue.ref, folded.trails)
            if folded.unknown is not None:
                known = {folded.unknown.id: tracker.access(issue.ref, folded.unknown)}
                authorizer = replace(authorizer, access={**authorizer.access, **known})
            elif folded.unproved - authorizer.reactions.keys() and isinstance(tracker, Reactions):
                asked = folded.unproved - authorizer.reactions.keys()
                answers = {**tracker.reactions(issue.ref, sorted(asked - issue.in_review))}
                if there := asked & issue.in_review:
                    answers |= tracker.reactions(replace(issue.ref, number=issue.review), sorted(there))
                authorizer = replace(authorizer, reactions={**authorizer.reactions, **answers})
            elif folded.asked and isinstance(tracker, Accounts):
                names = sorted(folded.asked)
                asking = [partial(_account, tracker, issue.ref, name) for name in names]
                people = all_of(self._together, asking)
                found = {name.casefold(): one for name, one in zip(names, people, strict=True)}
                authorizer = replace(authorizer, accounts={**(authorizer.accounts or {}), **found})
            elif isinstance(tracker, Teams) and (teams := _unasked(folded, authorizer)):
                them = all_of(self._together, [partial(tracker.members, issue.ref, one) for one in teams])
                members = {one.casefold(): who for one, who in zip(teams, them, strict=True)}
                authorizer = replace(authorizer, members={**authorizer.members, **members})
            else:
                return authorizer, folded

    def _alerts(self, issue: Issue) -> tuple[AlertStep, ...]:
        """Return what the monitoring reported, as the text of an issue of ours remembers it."""
        record = AlertRecord.unpack(issue.body, self._keys) if issue.author.id == issue.viewer.id else None
        return record.steps if record else ()

    def _authorizer(self, issue: Issue, before: Receipts, rules: Rules) -> Authorizer:
        authorizer, newcomers = self._newcomers(issue, before, rules)
        tracker = self._trackers[issue.ref.tracker]
        return replace(authorizer, access=self._access(tracker, issue.ref, newcomers, fresh=False))

    def _newcomers(
        self, issue: Issue, before: Receipts, rules: Rules, results: Results | None = None
    ) -> tuple[Authorizer, Set[Person]]:
        """Return who must be asked about before anything can be judged."""
        authorizer = Authorizer(before, traces=traces_of(issue, before, rules))
        if results is not None:
            earlier: Authorizer | None = results.find("calls", issue.ref)
            authorizer = authorizer.following(earlier) if earlier else authorizer
            results.keep("calls", issue.ref, authorizer)
        grammar = self._commands.grammar(rules.command_prefixes, issue.viewer.login)
        with self._turns.of(issue):
            return authorizer, new_actors(all_calls(issue, grammar, authorizer, rules), authorizer)

    def _access(
        self, tracker: Tracker, ref: IssueRef, people: Iterable[Person], *, fresh: bool
    ) -> dict[int, Access]:
        them = sorted(people, key=lambda one: one.id)
        found = all_of(self._together, [partial(tracker.access, ref, one, fresh=fresh) for one in them])
        return {one.id: access for one, access in zip(them, found, strict=True)}

    def _asked_again(self, ref: IssueRef, authorizer: Authorizer, people: Set[Person]) -> tuple[Authorizer, bool]:
        """Ask anew what people may do before they are refused; tell whether any of them may do more by now."""
        tracker = self._trackers[ref.tracker]
        access = {**authorizer.access, **self._access(tracker, ref, people, fresh=True)}
        return replace(authorizer, access=access), access != authorizer.access

    def _to_be_linked(self, issue: Issue, incident: Incident, done: Set[str]) -> tuple[Wanted, ...]:
        """
        Return with what it is to be linked, and is not yet; and what is to be opened in another project.

        A merge that was taken back is looked up once: into what is not there nothing was ever merged.
        """
        links = known_links(issue)
        merges = [
            one
            for one in incident.merges
            if links.get(one.told_key) != one.number and (one == incident.ending.merge or one.key not in done)
        ]
        relations = [one for one in incident.relations if one.once_key not in done]
        abroad = [one for one in incident.follow_up.actions if one.project and one.placed_key not in done]
        public = incident.comms.public
        asked = [public] if public and public.id and public.placed_key not in done else []
        private = [one for one in incident.outgoing.openings if one.project and one.key not in links]
        return (*merges, *relations, *abroad, *asked, *private)

    def still_told(self, issue: Issue, incident: Incident, links: Mapping[str, int]) -> dict[str, int]:
        """Return the links, without merges that were taken back where nobody can be told of that any more."""
        back = {
            key: Merge(number, key, "", incident.url, project_in(key))
            for key, number in links.items()
            if is_taken_back(key, number, incident.ending.merge)
        }
        mute = {key for key, one in back.items() if not self._may_tell(issue, one)}
        return {key: number for key, number in links.items() if key not in mute}

    def _may_tell(self, issue: Issue, one: Merge) -> bool:
        """Whether the other issue is there, and may be told of this one."""
        try:
            return not isinstance(self._other(issue, one), LinkProblem)
        except Denied:
            return False

    def _wrong(
        self, issue: Issue, wanted: Iterable[Wanted], rules_of: RulesOf
    ) -> Iterator[tuple[tuple[str, int, int], LinkProblem]]:
        """Look up the issues that it is to be linked to; yield those that will not do."""
        for one in wanted:
            if problem := self._problem(issue, one, rules_of):
                yield _about(one), problem

    def _problem(self, issue: Issue, one: Wanted, rules_of: RulesOf) -> LinkProblem | None:
        if isinstance(one, LinkedIssueSpec):
            return self._elsewhere.seen_by_all(issue, one.project)
        least = Access.WRITE if isinstance(one, Merge | PublicIssue) else Access.TRIAGE
        if one.project and (problem := self._elsewhere.problem(issue, one.project, one.asker, least)):
            return problem
        if isinstance(one, PublicIssue):
            return None
        if isinstance(one, Action):
            return self._elsewhere.exposed(issue, one.project)
        if isinstance(one, Merge):
            return self._unfit(issue, one, rules_of)
        other = self._other(issue, one)
        return other if isinstance(other, LinkProblem) else None

    def _other(self, issue: Issue, one: Merge | Relation) -> Issue | LinkProblem:
        """
        Read an issue that is to be told of this one.

        Nothing is told where more people read it; and what not everybody who reads this can read is not there.
        """
        tracker, ref = self._trackers[issue.ref.tracker], issue.ref
        there = replace(ref, number=one.number, project=one.project or ref.project)
        try:
            other = _asked_twice(lambda: tracker.read(there))
        except Gone:
            return LinkProblem(gone=True)
        closer = self._elsewhere.compared(issue, other)
        if closer > 0:
            return LinkProblem(gone=True)
        return LinkProblem(exposed=True) if closer < 0 else other

    def _unfit(self, issue: Issue, one: Merge, rules_of: RulesOf) -> LinkProblem | None:
        """
        Look up what is to be merged into; return why it cannot be, if so.

        A merge counts that a comment of ours over there tells of. Of two issues that want to be merged into each
        other at the same time, the older one stays, and in two projects the first by name.
        """
        found = self._other(issue, one)
        if isinstance(found, LinkProblem):
            return found
        ref, other = issue.ref, self._screen.without_secrets(found)
        rules = rules_of(other.ref.project)
        authorizer = self._authorizer(other, self.receipts(other), rules)
        incident = self._folded(other, authorizer, rules)[1].incident
        merge = incident.ending.merge
        mutual = merge is not None and ref_in(other.ref, merge) == ref < other.ref
        if merge and (known_links(other).get(merge.told_key) == merge.number or mutual):
            into = ref_in(other.ref, merge)
            return LinkProblem(merged_into=seen_from(into, "" if into.project == ref.project else ref.project))
        if incident.phase is Phase.CANCELLED and not merge:
            return LinkProblem(cancelled=True)
        return None if incident.exists else LinkProblem()


def _about(one: Wanted) -> tuple[str, int, int]:
    """Return under which key commands find what is wrong with it."""
    match one:
        case LinkedIssueSpec(project=project):
            return project, PRIVATE, 0
        case PublicIssue(project=project, by_id=by_id):
            return project, PUBLIC, by_id
        case Action(project=project, by_id=by_id):
            return project, 0, by_id
    return one.project, one.number, one.by_id if one.project else 0


def _asked_twice(read: Callable[[], Issue]) -> Issue:
    """A 404 may pass, and what is refused because of it stays refused. Raises :class:`Gone`."""
    try:
        return read()
    except Gone:
        return read()


def _account(tracker: Accounts, ref: IssueRef, name: str) -> Person:
    """Ask who it is. A name passes as it is where the credential may not know: nothing was said against it."""
    try:
        return tracker.account(ref, name) or Person(NO_ACCOUNT, name)
    except Denied:
        return Person(0, name, team="/" in name)


def _unasked(folded: Folded, authorizer: Authorizer) -> list[str]:
    """Return the teams of which it matters who is in them, and is not asked yet."""
    return sorted(one for one in teams_of(folded.incident) if one.casefold() not in authorizer.members)


def _known_twins(before: Receipts) -> list[int]:
    """Return the number that was found when it began, 0 for none."""
    return [int(one.removeprefix("twin.")) for one in before.once_keys if one.startswith("twin.")]


def _status(issue: Issue) -> Comment | None:
    """Return our status comment."""
    return _ours(issue, STATUS)


def _ours(issue: Issue, key: str) -> Comment | None:
    return next((one for one in issue.comments if one.ours and key_of(one.body) == key), None)
