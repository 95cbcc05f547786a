"""
How this team runs its incidents: the part of the configuration that the domain needs, as one value.

Settings build it once per tracker. The defaults are what a team gets that configures nothing.
"""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta, tzinfo
from functools import cached_property
from typing import Final

from tracker_bridge.domain.incident.audiences import AUDIENCES, Audience
from tracker_bridge.domain.incident.calls import NO_PAGING, Paging
from tracker_bridge.domain.incident.checklists import Checklist
from tracker_bridge.domain.incident.fields import Field
from tracker_bridge.domain.incident.on_call import OnCall
from tracker_bridge.domain.incident.roles import AnyRole, OwnRole, Role
from tracker_bridge.domain.incident.sayings import Saying
from tracker_bridge.domain.incident.subscribers import Subscriber
from tracker_bridge.domain.issue.issue import Access, Person
from tracker_bridge.domain.issue.native import NATIVE, RANKS, Capability
from tracker_bridge.domain.issue.spelling import after_break

_NO_LETTER = re.compile(r"[\s_.,:;!*'\"`“”‘’„«»()-]")
_PICTURES = frozenset({"So", "Sk", "Mn", "Me", "Cf"})
"""Categories of the signs of which emoji consist."""
_DASH = re.compile(r"^(?P<word>\S+?)[—–](?=\S)")


@dataclass(frozen=True, slots=True)
class Severity:
    """
    One step of the scale: what people type, the label that shows it, and what it means.

    ``previous_names``: names and labels that it had before; incidents that were told them go on.
    """

    name: str
    label: str
    meaning: str
    previous_names: tuple[str, ...] = ()

    @property
    def words(self) -> frozenset[str]:
        """All that means it, case-folded."""
        return frozenset(word.casefold() for word in (self.name, self.label, *self.previous_names))


SEVERITIES = (
    Severity("sev1", "sev1", "everyone, or a core function, is blocked"),
    Severity("sev2", "sev2", "many are blocked, or there is no reasonable workaround"),
    Severity("sev3", "sev3", "some are affected, and there is a workaround"),
    Severity("sev4", "sev4", "hardly anyone notices"),
)


@dataclass(frozen=True, slots=True)
class Intervals:
    """
    How long is long, for one severity (process: clocks and nudges).

    ``technical_silence``: without news from those who work on the fix (S58). ``min_update_interval`` and
    ``max_update_interval``: between two communications to one audience (S76, S77). ``roles``: a needed role is
    open (S36). ``testers``: a fix is in and nobody has tested it (S106). ``actions``: between two reminders of an
    action item that is past due.
    """

    technical_silence: timedelta = timedelta(minutes=30)
    min_update_interval: timedelta = timedelta(minutes=30)
    max_update_interval: timedelta = timedelta(minutes=60)
    roles: timedelta = timedelta(minutes=15)
    testers: timedelta = timedelta(minutes=15)
    actions: timedelta = timedelta(days=2)


NEEDED_ROLES: Final[tuple[Role, ...]] = (
    Role.INCIDENT_LEAD,
    Role.TECHNICAL_LEAD,
    Role.SCRIBE,
    Role.COMMUNICATION_LEAD,
    Role.TESTER,
)
ASSIGNED_ROLES: Final[tuple[Role, ...]] = (Role.INCIDENT_LEAD, Role.TECHNICAL_LEAD)
"""What a team needs, and whom it assigns to the issue, unless its settings say otherwise."""


@dataclass(frozen=True)  # without slots, it keeps what severities are called
class Rules:
    """
    ``command_prefixes`` are the words that begin a command, most preferred first, each with its slash.
    ``previous_names`` are labels that made an issue an incident before; ``action_label`` is put on action items,
    ``record_label`` on the issues of documents that are too long for a comment; ``maintenance_label`` is on issues
    whose planned work is public;
    ``service_label`` is what labels that name services begin with.

    ``timezone`` is used for times that people write without one. ``access`` overrides what a verb needs.
    ``confirm_reports``: what people without the right call an incident is one when somebody with it says so too.
    ``needed_roles`` are listed as open while nobody holds them. ``assign``: whose holders are
    assigned to the issue. ``separate_communications``: the timeline of
    communications always has an issue of its own, not only when it is too large for a comment (S84).
    ``native_fields``: which of the forge's own fields for incidents are read and written. ``targets``: how long
    the figures of an incident may be, by severity, each under the name that settings give it. ``action_due``: in
    how much time action items are due that nobody gave a day, by severity. ``roles``,
    ``fields`` and ``checklists`` are the team's own, ``sayings`` the lines that its settings say by themselves.
    ``on_call`` are asked to take what ``alert_accounts``, and accounts that the forge marks as bots, open;
    ``paging`` tells when somebody is woken for it.
    ``subscribers`` are the operator's destinations. Incidents that not everyone may read are run in
    ``private_project``, if there is one.
    """

    command_prefixes: tuple[str, ...] = ("/incident", "/inc")
    incident_label: str = "incident"
    action_label: str = "incident-action"
    record_label: str = "incident-record"
    maintenance_label: str = "public-maintenance"
    previous_names: tuple[str, ...] = ()
    service_label: str = "service:"
    severities: tuple[Severity, ...] = SEVERITIES
    timezone: tzinfo = UTC
    needed_roles: tuple[AnyRole, ...] = NEEDED_ROLES
    assign: tuple[AnyRole, ...] = ASSIGNED_ROLES
    access: Mapping[str, Access] = field(default_factory=dict)
    confirm_reports: bool = True
    close_when_resolved: bool = True
    audiences: tuple[Audience, ...] = AUDIENCES
    separate_communications: bool = False
    native_fields: frozenset[Capability] = NATIVE
    intervals: Intervals = Intervals()
    severity_intervals: Mapping[str, Intervals] = field(default_factory=dict)
    targets: Mapping[str, Mapping[str, timedelta]] = field(default_factory=dict)
    action_due: Mapping[str, timedelta] = field(default_factory=dict)
    roles: tuple[OwnRole, ...] = ()
    fields: tuple[Field, ...] = ()
    on_call: tuple[OnCall, ...] = ()
    paging: Paging = NO_PAGING
    alert_accounts: tuple[str, ...] = ()
    checklists: tuple[Checklist, ...] = ()
    sayings: tuple[Saying, ...] = ()
    subscribers: tuple[Subscriber, ...] = ()
    private_project: str = ""

    @property
    def every_role(self) -> tuple[AnyRole, ...]:
        """The roles that every incident has, then the team's own."""
        return (*Role, *self.roles)

    def known(self, account: Person) -> Person:
        """Return an account as what it is, where the forge does not tell that it is a program's."""
        programs = {login.casefold() for login in self.alert_accounts}
        return replace(account, bot=True) if account.login.casefold() in programs else account

    def targets_of(self, severity: Severity | None) -> Mapping[str, timedelta]:
        """Return what is wanted of incidents of a severity."""
        return self.targets.get(severity.name, {}) if severity else {}

    def action_due_of(self, severity: Severity | None) -> timedelta | None:
        """Return in how much time an action item is due that nobody gave a day; ``None``: at no time."""
        return self.action_due.get(severity.name) if severity else None

    def intervals_of(self, severity: Severity | None) -> Intervals:
        """Return the intervals in force for a severity."""
        return self.severity_intervals.get(severity.name, self.intervals) if severity else self.intervals

    def severity(self, name: str) -> Severity | None:
        """Find a severity by name or by label, whatever the case."""
        return next((one for one in self.severities if name.casefold() in one.words), None)

    def severity_in(self, text: str) -> tuple[Severity | None, str]:
        """
        Split ``Sev-2: half the users``: the severity as people write it, and what follows it.

        Nothing but spelling is made good: a word that means how bad it is, but names no step, is none.
        """
        if text.isascii() and text[:1].isalpha() and text[0].casefold() not in self._initials:
            return None, text  # as nearly every command
        text = _DASH.sub(lambda found: f"{found['word']} - ", text)
        first, second, *_ = (*text.split(maxsplit=2), "", "")
        for count, spelled in ((2, first + second), (1, first)):
            found = self._steps.get(_bare(spelled))
            if found is not None:
                return found, after_break(" ".join(text.split()[count:]))
        return None, text

    @cached_property
    def _steps(self) -> Mapping[str, Severity]:
        """What means each step, by its letters and digits alone; of two that share a name, the first."""
        found = {_bare(word): one for one in reversed(self.severities) for word in one.words}
        return {spelled: one for spelled, one in found.items() if spelled}

    @cached_property
    def _initials(self) -> frozenset[str]:
        return frozenset(spelled[0] for spelled in self._steps)

    def rank(self, severity: Severity | None) -> int:
        """Return the native severity that shows it: the step's number, the last for all steps after it."""
        return min(self.severities.index(severity) + 1, RANKS) if severity in self.severities else 0

    def severity_of_rank(self, rank: int) -> Severity | None:
        """Return the step that a native severity shows; ``None`` for none."""
        return self.severities[min(rank, len(self.severities)) - 1] if rank else None

    def is_incident_label(self, label: str) -> bool:
        """Whether the label makes an issue an incident, or did so before."""
        return label.casefold() in {word.casefold() for word in (self.incident_label, *self.previous_names)}

    def outdated_labels(self, severity: Severity | None) -> frozenset[str]:
        """Return the labels that an incident of that severity is not to wear."""
        others = [one.label for one in self.severities if severity and one != severity]
        return frozenset(
            (*others, *self.previous_names, *(word for one in self.severities for word in one.previous_names))
        )


def _bare(words: str) -> str:
    bare = _NO_LETTER.sub("", unicodedata.normalize("NFKC", words).casefold())
    return (
        bare if bare.isascii() else "".join(sign for sign in bare if unicodedata.category(sign) not in _PICTURES)
    )


@dataclass(frozen=True, slots=True)
class Flaws:
    """
    What is wrong with a project's own settings at ``path``: where, and what, each.

    ``kept``: their last good version holds; else the operator's rules do. ``of_review``: it is the template of
    reviews, and else ours is used.
    """

    path: str
    problems: tuple[tuple[str, str], ...]
    kept: bool
    of_review: bool = False


@dataclass(frozen=True, slots=True)
class Layout:
    """A team's ``template`` of reviews, empty for ours; what is wrong with it, and when to read it again."""

    template: str = ""
    flaws: Flaws | None = None
    next_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class InForce:
    """The rules that hold in a project, and why others do not."""

    rules: Rules
    flaws: Flaws | None = None
