"""
What a forge tells of itself, of our credential and of one project: facts without any judgement.

``None`` in place of a fact is "cannot be told with this credential", never "no".
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from tracker_bridge.domain.incident.labels import ProjectLabel


@dataclass(frozen=True, slots=True)
class Right:
    """
    Something that the credential needs.

    ``name``: as the forge's page has it. ``use``: what does not work without it. ``needed``: the bridge is of no
    use without; else it leaves something out. ``page``: where it is given.
    """

    name: str
    held: bool | None
    use: str
    page: str
    needed: bool = True


@dataclass(frozen=True, slots=True)
class Delivered:
    """
    The newest delivery of a webhook. ``status`` is what the receiver answered; 0: nothing.

    ``at`` is ``None`` where the forge does not tell (GitLab).
    """

    at: datetime | None
    status: int


@dataclass(frozen=True, slots=True)
class Webhook:
    """
    A webhook that might be ours: it sends to our path, or has one of our triggers.

    ``page`` is where it is changed; ``missing`` are the triggers that it lacks, as they are called there.
    ``stopped``: the forge has switched it off after failures. ``form``: it sends forms instead of JSON.
    """

    page: str
    url: str
    missing: tuple[str, ...]
    active: bool = True
    stopped: bool = False
    form: bool = False
    secret: bool = True
    last: Delivered | None = None

    def reaches(self, tracker: str) -> bool:
        """Whether it sends to the path at which the bridge listens."""
        return urlsplit(self.url).path.rstrip("/").endswith(f"/hooks/{tracker}")


@dataclass(frozen=True, slots=True)
class Credential:
    """``login``: whose it is. ``kind``: what it is, in words. ``page``: where another is made."""

    login: str
    kind: str
    page: str
    expires: datetime | None = None


@dataclass(frozen=True, slots=True)
class ProjectFacts:
    """A project as the forge has it now. ``path`` differs from ours once it was renamed."""

    id: int
    path: str
    archived: bool = False
    issues: bool = True


@dataclass(frozen=True, slots=True)
class Budget:
    """Requests that are left, until ``reset``."""

    left: int
    limit: int
    reset: datetime


@dataclass(frozen=True, slots=True)
class Job:
    """
    A workflow or a schedule of the forge that runs the bridge without a server. ``page``: where it is changed.

    ``off``: why it does not run, in words; empty while it does.
    """

    name: str
    page: str
    off: str = ""


@dataclass(frozen=True, slots=True)
class Facts:
    """
    All that was found out. What comes after a ``refusal`` was not asked.

    ``refusal``: why there is no credential or no project, in words, and ``mend`` what to do. ``skew``: how much
    the forge's clock is before ours. ``wide_hooks`` are those of the organisation, or of the groups above: they
    serve the project as well. ``jobs`` are workflows and schedules that are called after the bridge. ``own_types``
    are types of issues that the organisation made itself, and that the API hides.
    """

    address: str
    skew: timedelta | None
    version: str | None = None
    credential: Credential | None = None
    budget: Budget | None = None
    place: ProjectFacts | None = None
    rights: tuple[Right, ...] = ()
    hooks: tuple[Webhook, ...] | None = None
    hooks_page: str = ""
    wide_hooks: tuple[Webhook, ...] | None = None
    jobs: tuple[Job, ...] | None = None
    own_types: tuple[str, ...] | None = None
    labels: tuple[ProjectLabel, ...] | None = None
    refusal: str = ""
    mend: str = ""
