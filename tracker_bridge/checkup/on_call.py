"""Who is on call, judged: can the sources be read, are the names accounts, and may these take an incident?"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from tracker_bridge.checkup import CheckResult, note, ok, problem, warning
from tracker_bridge.domain.incident.calls import Paging
from tracker_bridge.domain.issue.issue import Access, Person
from tracker_bridge.on_call.people import Directory, find
from tracker_bridge.on_call.shifts import Known, Listing, Shift, Snapshot, who

ABOUT = "on call"
_PAGE = "docs/on-call.md"
_AHEAD = timedelta(days=7)
"""How far gaps and unknown names are looked for."""

_MOST = 5
"""Names in one finding."""


@dataclass(frozen=True, slots=True)
class Standing:
    """
    What a forge says of a name: the ``account``, ``None`` where there is none; ``access``, ``None`` where it does
    not matter or is not known; of a team, how many are in it, ``None`` where that is not known.
    """

    account: Person | None
    access: Access | None = None
    members: int | None = None


def source_findings(
    name: str, snapshot: Snapshot, directories: Iterable[Directory], now: datetime
) -> Iterator[CheckResult]:
    """Yield the findings of a source; ``directories`` are those of the trackers."""
    answer, topic = who(name, snapshot, now), "source"
    listing = snapshot.listing
    if answer.known is not Known.READ or listing is None:
        why = "who is on call there is not known, so nobody of it is asked"
        yield problem(ABOUT, topic, f"{name} cannot be read: {answer.reason}", why, f"see {_PAGE}")
        return
    people = ", ".join(one.name or "an entry without a name" for one in answer.shifts)
    yield ok(ABOUT, topic, f"{name} can be read; on call now: {people or 'nobody'}")
    if listing.complaints:
        what = f"{name}: {'; '.join(listing.complaints)}"
        yield warning(ABOUT, "calendar", what, "what is left out counts for nobody", "correct it there")
    if (gap := next_gap(listing, now)) is not None:
        until = f"until {_stamp(gap[1])}" if gap[1] else "and nobody after that"
        why = "an incident in that time asks nobody of it"
        yield warning(
            ABOUT, "gap", f"{name}: nobody is on call from {_stamp(gap[0])} {until}", why, "add someone there"
        )
    coming = [one for one in listing.shifts if one.start < now + _AHEAD and one.end > now]
    known = [frozenset(find(coming, one).strangers) for one in directories]
    if unknown := sorted(frozenset.union(*known)) if known else []:
        more = f" and {len(unknown) - _MOST} more" if len(unknown) > _MOST else ""
        what = f"{name}: no login is known for {', '.join(unknown[:_MOST])}{more}"
        yield warning(ABOUT, "names", what, "they cannot be mentioned or assigned", "add them to on_call_people")


def next_gap(listing: Listing, now: datetime) -> tuple[datetime, datetime | None] | None:
    """Return the next time within a week without anybody on the first level; without an end, it is open."""
    end = min(now + _AHEAD, listing.span[1])
    shifts = sorted((one for one in listing.shifts if one.level == 1 and one.end > now), key=_start)
    covered = now
    for one in shifts:
        if one.start > covered:
            return (covered, one.start) if covered < end else None
        covered = max(covered, one.end)
    return (covered, None) if covered < end else None


def _start(shift: Shift) -> datetime:
    return shift.start


def nobody_to_page(about: str, paging: Paging, *, there: bool) -> CheckResult | None:
    """Return a finding where incidents page, and the settings name nobody; ``there``: they name somebody."""
    severities = tuple(dict.fromkeys((*paging.severities, *paging.always)))
    if there or not severities:
        return None
    what = f"{', '.join(severities)} page, and on_call has no entry for this project"
    return warning(about, "on call", what, "nobody is paged there", f"add one: {_PAGE}")


def people_findings(about: str, found: Mapping[str, Standing]) -> Iterator[CheckResult]:
    """Yield the findings of the logins and teams that the settings name for a project."""
    good = []
    for name, standing in found.items():
        result = _wrong(about, name, standing)
        if result is None:
            good.append(name)
        else:
            yield result
    if good:
        yield ok(about, "on call", f"these can be asked: {', '.join(good)}")


def _wrong(about: str, name: str, standing: Standing) -> CheckResult | None:
    what = "team" if "/" in name else "account"
    if standing.account is None:
        why = "nobody is asked or paged by that name"
        return problem(
            about, "on call", f"{name}: there is no such {what}", why, "correct on_call or on_call_people"
        )
    if standing.account.team:
        if standing.members is None:
            why = "it can be mentioned; who of it takes an incident is not known"
            return note(about, "on call", f"{name}: who is in the team is not known", why)
        if not standing.members:
            return warning(
                about, "on call", f"{name}: nobody is in the team", "nobody is asked", "add someone to it"
            )
        return None
    if standing.access is not None and standing.access < Access.TRIAGE:
        why = "they can be asked, and neither assigned nor claim a role"
        fix = "give them triage access, which is called Reporter where it is a role"
        return warning(
            about, "on call", f"{name}: has no more than {standing.access.name.lower()} access", why, fix
        )
    return None


def _stamp(at: datetime) -> str:
    return f"{at.astimezone(UTC):%Y-%m-%d %H:%M} UTC"
