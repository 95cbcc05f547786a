"""Services that know who is on call, asked by their own interfaces; one small client each."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, time, timedelta
from typing import Any, ClassVar, Final
from urllib.parse import quote

from tracker_bridge.domain.issue.cleaning import clean
from tracker_bridge.on_call import web
from tracker_bridge.on_call.aside import Unreadable
from tracker_bridge.on_call.shifts import Listing, Shift

AHEAD: Final = timedelta(days=14)
BEFORE: Final = timedelta(days=1)
_MOST_PAGES: Final = 20
_LASTS: Final = timedelta(minutes=15)
"""How long an answer about now is good for, where a service tells nothing else."""

_LONGEST: Final = 100


@dataclass(frozen=True, slots=True)
class PagerDuty:
    """``GET /oncalls``: by ``policies``, whose levels it tells, or by ``schedules``, by their IDs."""

    reaches: ClassVar = True
    url: str
    token: str = field(repr=False)
    schedules: tuple[str, ...] = ()
    policies: tuple[str, ...] = ()

    def read(self, now: datetime) -> Listing:
        """Raises :class:`Unreadable`."""
        span = (now - BEFORE, now + AHEAD)
        asked = [("since", _iso(span[0])), ("until", _iso(span[1])), ("include[]", "users"), ("limit", "100")]
        asked += [("schedule_ids[]", one) for one in self.schedules]
        asked += [("escalation_policy_ids[]", one) for one in self.policies]
        found: dict[Shift, None] = {}
        for page in range(_MOST_PAGES):
            told = web.ask(
                "GET",
                f"{self.url}/oncalls",
                params=[*asked, ("offset", str(page * 100))],
                headers={
                    "Authorization": f"Token token={self.token}",
                    "Accept": "application/vnd.pagerduty+json;version=2",
                },
            )
            found |= dict.fromkeys(self._shift(one, span) for one in _listed(told, "oncalls"))
            if not told.get("more"):
                return Listing(tuple(found), span)
        raise Unreadable("it lists too many shifts")

    def _shift(self, told: Any, span: tuple[datetime, datetime]) -> Shift:
        """A shift without an end, or without a beginning, is always."""
        user = _table(told.get("user"))
        names = _names(user.get("name"), user.get("summary"))
        level = told.get("escalation_level") if self.policies else 1
        return Shift(
            _time(told["start"]) if told.get("start") else span[0],
            _time(told["end"]) if told.get("end") else span[1],
            names,
            _text(user.get("email")),
            level if isinstance(level, int) and level > 0 else 1,
            schedule=_text(_table(told.get("schedule")).get("summary")),
        )


@dataclass(frozen=True, slots=True)
class Grafana:
    """``final_shifts`` of Grafana OnCall or IRM; ``stack``: Grafana's address, for tokens of its accounts."""

    reaches: ClassVar = True
    url: str
    token: str = field(repr=False)
    schedules: tuple[str, ...] = ()
    stack: str = ""
    is_login: bool = False

    def read(self, now: datetime) -> Listing:
        """Raises :class:`Unreadable`."""
        since = datetime.combine(now.astimezone(UTC).date(), time.min, UTC) - BEFORE
        span = (since, since + BEFORE + AHEAD)
        shifts = [one for schedule in self.schedules for one in self._of(schedule, span)]
        return Listing(tuple(dict.fromkeys(shifts)), span)

    def _of(self, schedule: str, span: tuple[datetime, datetime]) -> Iterator[Shift]:
        headers = {"Authorization": f"Bearer {self.token}" if self.stack else self.token}
        headers |= {"X-Grafana-URL": self.stack} if self.stack else {}
        for page in range(1, _MOST_PAGES + 1):
            told = web.ask(
                "GET",
                f"{self.url}/api/v1/schedules/{quote(schedule, safe='')}/final_shifts",
                params={
                    "start_date": f"{span[0]:%Y-%m-%d}",
                    "end_date": f"{span[1]:%Y-%m-%d}",
                    "page": str(page),
                },
                headers=headers,
            )
            for one in _listed(told, "results"):
                names = _names(one.get("user_username"))
                start, end = _time(one.get("shift_start")), _time(one.get("shift_end"))
                yield Shift(start, end, names, _text(one.get("user_email")), is_login=self.is_login)
            if not told.get("next"):
                return
        raise Unreadable("it lists too many shifts")


_SCHEDULES: Final = """query($project: ID!) { project(fullPath: $project) {
  incidentManagementOncallSchedules(first: 100) { nodes { iid name oncallUsers { username } } } } }"""


@dataclass(frozen=True, slots=True)
class GitLab:
    """GitLab's own on-call schedules (Premium), by GraphQL: the logins of who is on call now."""

    reaches: ClassVar = False
    url: str
    token: str = field(repr=False)
    project: str
    schedules: tuple[str, ...] = ()

    def read(self, now: datetime) -> Listing:
        """Raises :class:`Unreadable`."""
        told = web.ask(
            "POST",
            f"{self.url}/api/graphql",
            json={"query": _SCHEDULES, "variables": {"project": self.project}},
            headers={"Authorization": f"Bearer {self.token}"},
        )
        if errors := _table(told).get("errors"):
            first = _table(errors[0] if isinstance(errors, list) and errors else {}).get("message")
            raise Unreadable(f"it answered with an error: {clean(_text(first), _LONGEST)}")
        project = _table(_table(told).get("data")).get("project")
        if not isinstance(project, dict):
            raise Unreadable("the project is not there, or the token may not see it")
        found = project.get("incidentManagementOncallSchedules")
        if not isinstance(found, dict):
            raise Unreadable("the project has no on-call schedules, or the token may not see them")
        nodes = [_table(one) for one in found.get("nodes") or ()]
        wanted = {one.casefold() for one in self.schedules}
        there = [
            one for one in nodes if not wanted or {_text(one.get("name")).casefold(), str(one.get("iid"))} & wanted
        ]
        known = {word for one in nodes for word in (_text(one.get("name")).casefold(), str(one.get("iid")))}
        if missing := [one for one in self.schedules if one.casefold() not in known]:
            raise Unreadable(f"there is no schedule {missing[0]}")
        people = [(_table(user), one) for one in there for user in one.get("oncallUsers") or ()]
        return _now(
            now,
            [(_names(user.get("username")), "", _text(one.get("name"))) for user, one in people],
            is_login=True,
        )


@dataclass(frozen=True, slots=True)
class Opsgenie:
    """The on-calls of Opsgenie's schedules, by name: the mail addresses of now. It ends in April 2027."""

    reaches: ClassVar = False
    url: str
    token: str = field(repr=False)
    schedules: tuple[str, ...] = ()

    def read(self, now: datetime) -> Listing:
        """Raises :class:`Unreadable`."""
        people: list[tuple[tuple[str, ...], str, str]] = []
        for schedule in self.schedules:
            told = web.ask(
                "GET",
                f"{self.url}/v2/schedules/{quote(schedule, safe='')}/on-calls",
                params={"scheduleIdentifierType": "name", "flat": "true"},
                headers={"Authorization": f"GenieKey {self.token}"},
            )
            mails = _listed(_table(told).get("data"), "onCallRecipients", of=str)
            people += [((), _text(one), schedule) for one in mails]
        return _now(now, people)


def _now(now: datetime, people: list[tuple[tuple[str, ...], str, str]], *, is_login: bool = False) -> Listing:
    """Make a listing of an answer that is about now only."""
    span = (now - _LASTS, now + _LASTS)
    shifts = tuple(Shift(*span, names, mail, schedule=of, is_login=is_login) for names, mail, of in people)
    return Listing(tuple(dict.fromkeys(shifts)), span)


def _listed(told: Any, name: str, of: type = dict) -> list[Any]:
    """Return a list of the answer; that it is missing is no "nobody"."""
    found = told.get(name) if isinstance(told, dict) else None
    if not isinstance(found, list) or not all(isinstance(one, of) for one in found):
        raise Unreadable(f"the answer has no {name}")
    return found


def _table(told: Any) -> dict[str, Any]:
    return told if isinstance(told, dict) else {}


def _text(told: Any) -> str:
    return clean(told, 200) if isinstance(told, str) else ""


def _names(*told: Any) -> tuple[str, ...]:
    return tuple(dict.fromkeys(name for one in told if (name := _text(one))))


def _time(told: Any) -> datetime:
    try:
        found = datetime.fromisoformat(told)
    except (TypeError, ValueError):
        raise Unreadable("the answer has a time that is not understood") from None
    return (found if found.tzinfo else found.replace(tzinfo=UTC)).astimezone(UTC)


def _iso(when: datetime) -> str:
    return f"{when.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"
