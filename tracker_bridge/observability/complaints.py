"""What to complain about: what was remembered of each forge and project, judged."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from math import ceil

from tracker_bridge.events import Held, Rota, ShownPage, Waiting

UNHEARD = 2
"""Rounds in a row that find changes of which no delivery told, before that is a complaint: one may be chance."""

ENDING = timedelta(days=3)
"""A credential that ends earlier is a complaint; the alert and doctor tell of it two weeks before."""

LATE = timedelta(minutes=5)
"""An alert that has waited for longer to become an incident is a complaint; before, what fails is tried again."""

_FAILURES = {
    "gone": (
        "was deleted or renamed",
        ", or this credential cannot see it: correct the setting projects, or the access",
    ),
    "denied": ("may not be read", " with this credential"),
    "busy": ("does not answer", ""),
    "queue": ("could not be swept", ": changes cannot be queued"),
    "bug": ("could not be swept", ": unexpected error; the log has the traceback"),
}


@dataclass(slots=True)
class Project:
    """``unheard`` counts rounds in a row that found changes of which no delivery told."""

    delivered_at: datetime | None = None
    looked_at: datetime | None = None
    swept_at: datetime | None = None
    failure: str = ""
    unheard: int = 0
    called: str = ""


@dataclass(slots=True)
class Forge:
    """``refused`` and ``mute`` tell of the last answer: 401, or none at all. ``ends``: seconds since 1970."""

    projects: dict[str, Project]
    refused: bool = False
    mute: bool = False
    ends: float | None = None
    forged: int = 0
    remaining: dict[str, int] = field(default_factory=dict)
    strangers: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Complaint:
    """
    ``where``, ``github`` or ``github:acme/api``, and ``what`` are a sentence. ``short`` names no project. ``kind``
    is a word for programs.
    """

    kind: str
    short: str
    where: str
    what: str

    def __str__(self) -> str:
        return f"{self.where} {self.what}"


def complaints(forges: Mapping[str, Forge], now: datetime, *, hears: bool) -> Iterator[Complaint]:
    """Yield what is wrong, forge by forge. ``hears``: deliveries can be missed here."""
    for name, forge in forges.items():
        if forge.refused:
            what = "rejects the credential"
            yield Complaint("refused", f"{name} {what}", name, f"{what}: configure a valid one")
        if forge.ends is not None and forge.ends - now.timestamp() < ENDING.total_seconds():
            ends = datetime.fromtimestamp(forge.ends, UTC)
            what = f"accepts our credential only until {ends:%Y-%m-%d %H:%M} UTC: configure another"
            yield Complaint("ends", f"the credential for {name} expires soon", name, what)
        if forge.mute:
            yield Complaint("mute", f"{name} does not answer", name, "does not answer")
        for project, one in forge.projects.items():
            yield from _of_project(name, forge, project, one, hears=hears)


def _of_project(name: str, forge: Forge, project: str, one: Project, *, hears: bool) -> Iterator[Complaint]:
    where = f"{name}:{project}"
    explained = (forge.refused and one.failure == "denied") or (forge.mute and one.failure == "busy")
    if one.failure and not explained:
        short, rest = _FAILURES[one.failure]
        yield Complaint(one.failure, f"a project of {name} {short}", where, short + rest)
    if one.called:
        what = f"is now called {one.called}, and is followed there: update the setting projects"
        yield Complaint("renamed", f"a project of {name} was renamed", where, what)
    if hears and one.unheard >= UNHEARD:
        what = "changes, but no deliveries arrive"
        mend = "check its webhook, its triggers and its secret"
        yield Complaint("unheard", f"a project of {name} {what}", where, f"{what}: {mend}")


def late(waiting: Waiting, now: datetime) -> Iterator[Complaint]:
    """Yield a complaint about alerts that wait for long."""
    seconds = waiting.seconds(now)
    if seconds > LATE.total_seconds():
        what = f"have waited for {int(seconds // 60)} min to become incidents: the log says what fails"
        yield Complaint("late", "alerts wait to become incidents", "alerts", what)


def unreadable(rota: Rota) -> Iterator[Complaint]:
    """Yield a complaint about a source of people on call that cannot be read."""
    if rota.failing_since is None:
        return
    since = f"{rota.failing_since:%Y-%m-%d %H:%M} UTC"
    tells = "counts" if rota.known else "does not reach until now"
    copy = f"its copy of {rota.read_at:%Y-%m-%d %H:%M} UTC {tells}" if rota.read_at else "nothing is known of it"
    what = f"source {rota.source} cannot be read since {since} ({rota.reason}); {copy}"
    yield Complaint("rota", "a source of people on call cannot be read", "on call:", what)


def outdated(page: ShownPage) -> Iterator[Complaint]:
    """Yield a complaint about a status page that shows what was, and no more what is."""
    if not page.stale:
        return
    since = f"is from {page.built_at:%Y-%m-%d %H:%M} UTC" if page.built_at else "is not built yet"
    what = f"{since}: {', '.join(page.unread) or 'the trackers'} cannot be read completely; the log says why"
    yield Complaint("stale", "the status page is old", "the status page", what)


def unkept(problem: str) -> Complaint:
    """Return the complaint about a journal that cannot be used."""
    return Complaint("unkept", "alerts cannot be accepted", "alerts", f"cannot be accepted: {problem}")


def tripped(held: Held) -> Complaint:
    """Return the complaint about what the breaker holds back."""
    what = f"is paused ({held.what}) for {ceil(held.seconds / 60)} min: {held.why}"
    return Complaint("held", f"writing is paused on {held.tracker}", held.where, what)
