"""Who is on call: chosen by the operator for all, or by a repository for itself, by the same checks."""

import re
from collections.abc import Collection, Iterable, Mapping
from datetime import time, timedelta, tzinfo
from pathlib import Path
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, BeforeValidator, Field, SecretStr, model_validator

from tracker_bridge.domain.incident.calls import Paging, Quiet
from tracker_bridge.domain.incident.on_call import OnCall, OnCallStep
from tracker_bridge.setting_types import Section
from tracker_bridge.setting_types.addresses import check_url
from tracker_bridge.setting_types.values import (
    Duration,
    Interval,
    Line,
    Login,
    Token,
    Word,
    distinct,
    one_or_several,
)
from tracker_bridge.settings.conditions import Several, When, check_when, severity_words
from tracker_bridge.trackers.forges import FORGES

MOST_ON_CALL = 50
MOST_PEOPLE = 500

Names = Annotated[
    tuple[Login, ...], BeforeValidator(one_or_several), Field(max_length=MOST_ON_CALL), AfterValidator(distinct)
]
"""A login, or a list of them."""

Sources = Annotated[
    tuple[Word, ...], BeforeValidator(one_or_several), Field(max_length=MOST_ON_CALL), AfterValidator(distinct)
]

_PROJECT = re.compile(r"[\w.-]+(?:/[\w.-]+)+", re.ASCII)
_LOOPBACK = ("127.0.0.1", "::1", "localhost")

Kind = Literal["calendar", "pagerduty", "grafana", "gitlab", "opsgenie"]

ADDRESSES: Mapping[str, str] = {
    "pagerduty": "https://api.pagerduty.com",
    "opsgenie": "https://api.opsgenie.com",
    "gitlab": "https://gitlab.com",
}
"""Where a kind of service is asked, unless told otherwise."""


class OnCallSource(Section):
    """Something that knows who is on call."""

    name: Word = Field(description="What the entries of on_call call it, and what is shown of it.")
    kind: Kind = Field(
        default="calendar",
        description="calendar (iCal: Google, Outlook, PagerDuty's and Grafana's exports), pagerduty, grafana "
        "(IRM and OnCall), gitlab (its on-call schedules, Premium) or opsgenie.",
    )
    url: SecretStr | None = Field(
        default=None,
        description="Address of the calendar, https or webcal, which is a secret: anyone who has it can read it. "
        "Of a service, its API, where that is not the usual one; of grafana, always.",
    )
    file: Path | None = Field(default=None, description="Instead of url: a calendar in a file.")
    token: Token | None = Field(default=None, description="Of a service, an API key that may read.")
    schedules: Several = Field(
        default=(),
        description="Only these schedules: by ID (pagerduty, grafana), or by name. A calendar that mixes several "
        "names them as PagerDuty does.",
    )
    policies: Several = Field(
        default=(), description="pagerduty: escalation policies by ID, whose levels are asked one after the other."
    )
    project: str = Field(default="", description="gitlab: the path of the project with the schedules.")
    stack: str = Field(
        default="", description="grafana: address of Grafana, if the token is one of a service account there."
    )
    timezone: ZoneInfo | None = Field(
        default=None, description="calendar: zone of entries that name none. Default: the calendar's own, or UTC."
    )
    logins: bool = Field(
        default=False,
        description="Whether it names people by their logins on the tracker, so that no map is needed.",
    )
    every: Duration = Field(default=timedelta(minutes=5), description="How often it is read, in the background.")

    @model_validator(mode="after")
    def _complete(self) -> "OnCallSource":
        if self.kind == "calendar":
            if (self.url is None) == (self.file is None):
                raise ValueError("needs url or file, and not both")
            if self.url is not None:
                _check_address(self.url.get_secret_value())
        elif self.file is not None:
            raise ValueError(f"file is for calendars; {self.kind} is asked at its url")
        elif self.url is not None:
            check_url(self.url.get_secret_value(), allow_http=False)
        if missing := self._missing():
            raise ValueError(f"{self.kind} needs {missing}")
        return self

    def _missing(self) -> str:
        wanted = {
            "pagerduty": (("token", self.token), ("schedules or policies", self.schedules or self.policies)),
            "grafana": (("url", self.url), ("token", self.token), ("schedules", self.schedules)),
            "gitlab": (("token", self.token), ("project", _PROJECT.fullmatch(self.project))),
            "opsgenie": (("token", self.token), ("schedules", self.schedules)),
        }
        return next((name for name, given in wanted.get(self.kind, ()) if not given), "")


class PagingSection(Section):
    """Who is woken, when, and for what."""

    severities: tuple[Line, ...] = Field(
        default=(),
        description="Incidents of these severities page the people on call: they are mentioned, assigned, and "
        "sent a page where on_call_people or a destination has one. Without any, nobody is paged by severity.",
        examples=[["sev1", "sev2"]],
    )
    escalate_after: Interval = Field(
        default=timedelta(minutes=10), description="When the next level is paged, while nobody acknowledges."
    )
    quiet_from: time | None = Field(
        default=None,
        description="From this time until quiet_until, each day in the setting timezone, nobody is paged by "
        "severity: only when the quiet hours are over, if nobody has taken the incident by then.",
        examples=["22:00"],
    )
    quiet_until: time | None = Field(default=None, description="End of the quiet hours.", examples=["07:00"])
    always: tuple[Line, ...] = Field(
        default=(), description="These severities page in quiet hours as well.", examples=[["sev1"]]
    )

    def rule(self, zone: tzinfo) -> Paging:
        quiet = None
        if self.quiet_from is not None and self.quiet_until is not None:
            quiet = Quiet(self.quiet_from, self.quiet_until, zone)
        return Paging(self.severities, self.escalate_after, quiet, self.always)

    @model_validator(mode="after")
    def _both_ends(self) -> "PagingSection":
        if (self.quiet_from is None) != (self.quiet_until is None):
            raise ValueError("quiet hours need quiet_from and quiet_until")
        if self.quiet_from is not None and self.quiet_from == self.quiet_until:
            raise ValueError("quiet hours end when they begin")
        return self


def check_paging(paging: PagingSection, found: Mapping[str, Any]) -> PagingSection:
    """It is about severities that there are; raises ``ValueError``."""
    steps = found.get("severities", ())
    known = severity_words(steps)
    given = (*paging.severities, *paging.always)
    if steps and (strangers := [name for name in given if name.casefold() not in known]):
        names = ", ".join(step.name for step in steps)
        raise ValueError(f"there is no severity {strangers[0]}; the severities are {names}")
    return paging


class OnCallPerson(Section):
    """Somebody who can be on call."""

    login: Login = Field(description="Their login on the tracker, without @.")
    page: Word | Literal[""] = Field(
        default="", description="The destination that pages them, by the name that it has in notify."
    )
    names: Annotated[tuple[Line, ...], BeforeValidator(one_or_several), Field(max_length=30)] = Field(
        default=(),
        description="What the sources call them: names and mail addresses, each exactly as it is there.",
    )
    tracker: str = Field(default="", description="github or gitlab, where logins differ; without it, both.")


class OnCallStepRow(Section):
    """Who is asked at the next level."""

    who: Names = Field(default=(), description="Logins and teams.")
    source: Sources = Field(default=(), description="Names of sources.")

    @property
    def step(self) -> OnCallStep:
        return OnCallStep(self.who, self.source)

    @model_validator(mode="after")
    def _somebody(self) -> "OnCallStepRow":
        if not self.who and not self.source:
            raise ValueError("names nobody; set who, source, or both")
        return self


class OnCallRow(When):
    """Who is asked to take the incidents that alerts open, and paged."""

    who: Names = Field(
        default=(),
        description="Logins, and teams as org/team (GitHub) or by the path of their group (GitLab), without @.",
    )
    source: Sources = Field(
        default=(), description="Names of on_call_sources: those on call there at the time are asked."
    )
    then: tuple[OnCallStepRow, ...] = Field(
        default=(), max_length=9, description="The next levels, each with who, source, or both."
    )
    project: Several = Field(default=(), description="For these projects, by their paths.")

    @property
    def on_call(self) -> OnCall:
        return OnCall(self.who, self.condition, self.project, self.source, tuple(one.step for one in self.then))

    @model_validator(mode="after")
    def _somebody(self) -> "OnCallRow":
        if not self.who and not self.source:
            raise ValueError("names nobody; set who, source, or both")
        return self

    @property
    def label_of_row(self) -> str:
        return ", ".join((*self.who, *self.source))


def check_on_call(
    rows: tuple[OnCallRow, ...], found: Mapping[str, Any], sources: tuple[OnCallSource, ...] | None
) -> tuple[OnCallRow, ...]:
    """They are for severities that there are, and name ``sources`` that there are; ``None``: these are wrong."""
    if len(rows) > MOST_ON_CALL:
        raise ValueError(f"must have at most {MOST_ON_CALL} entries")
    known = None if sources is None else {one.name for one in sources}
    for one in rows:
        check_when(one, one.label_of_row, found)
        named = (*one.source, *(name for step in one.then for name in step.source))
        if known is not None and (strangers := [name for name in named if name not in known]):
            there = f"there are {', '.join(sorted(known))}" if known else "on_call_sources has none"
            raise ValueError(f"there is no source {strangers[0]}; {there}")
    return rows


def check_on_call_sources(sources: tuple[OnCallSource, ...]) -> tuple[OnCallSource, ...]:
    """Raise ``ValueError`` where two have one name."""
    names = [one.name for one in sources]
    if twice := next((name for name in names if names.count(name) > 1), None):
        raise ValueError(f"two sources are called {twice}")
    return sources


def check_on_call_people(people: tuple[OnCallPerson, ...]) -> tuple[OnCallPerson, ...]:
    """Raise ``ValueError`` where a name could be two people on one tracker."""
    seen: dict[tuple[str, str], str] = {}
    for one in people:
        for name in one.names:
            for tracker in (one.tracker,) if one.tracker else FORGES:
                key = tracker, " ".join(name.split()).casefold()
                other = seen.setdefault(key, one.login)
                if other != one.login:
                    raise ValueError(f"{name} is both {other} and {one.login}")
    return people


def check_pagers(people: Iterable[OnCallPerson], destinations: Collection[str]) -> None:
    """Raise ``ValueError`` where somebody is paged at a destination that is not there."""
    if wrong := next((one for one in people if one.page and one.page not in destinations), None):
        there = f"there are {', '.join(destinations)}" if destinations else "there are none"
        raise ValueError(f"on_call_people pages {wrong.login} at {wrong.page}, which is no destination; {there}")


def _check_address(address: str) -> None:
    """Say what is wrong with a calendar's address, and never what it is."""
    try:
        parts = urlsplit(address)
        host = parts.hostname or ""
    except ValueError:
        raise ValueError("url is not an address; write it like https://... or webcal://...") from None
    if (
        parts.scheme.casefold() not in ("https", "webcal", "webcals", "http")
        or not host
        or address != address.strip()
    ):
        raise ValueError("url is not an address; write it like https://... or webcal://...")
    if parts.scheme.casefold() == "http" and host not in _LOOPBACK:
        raise ValueError("url: http would send the secret address in the clear; use https")
