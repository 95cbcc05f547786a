"""Many incidents summed up (S63, S67): what counts, what does not, and how it is grouped."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from tests.commands.thread import Thread, declared
from tracker_bridge.domain.derived.report import Report, report_of
from tracker_bridge.domain.derived.sums import Case, Figure, Group
from tracker_bridge.domain.derived.targets import Target
from tracker_bridge.domain.incident.conditions import services
from tracker_bridge.domain.incident.postmortem import ActionState
from tracker_bridge.domain.incident.rules import Rules, Severity
from tracker_bridge.domain.incident.times import Moment

SINCE, UNTIL = datetime(2026, 11, 1, tzinfo=UTC), datetime(2026, 11, 30, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


def case(command: str = "", *said: str, over: str = "15:00", **more: object) -> Case:
    """An incident of bob's, declared at 14:00, resolved ``over`` (never when that is empty)."""
    thread = declared(f"/incident declare {command}\n" + "\n".join(f"/incident {line}" for line in said))
    if over:
        thread.say("alice", f"/incident resolve {over}", "18:00")
    return Case(thread.incident, **more)  # type: ignore[arg-type]  # by name


def report(*cases: Case) -> Report:
    return report_of(cases, projects=["local:acme/shop"], since=SINCE, until=UNTIL)


def figure(group: Group, name: str) -> Figure:
    [found] = [one for one in group.figures if one.name == name]
    return found


def names(groups: tuple[Group, ...]) -> list[tuple[str, int]]:
    return [(group.name, group.incidents) for group in groups]


def test_mean_and_median_are_of_what_is_known() -> None:
    total = report(
        case("--started 13:50 --detected 13:55"),
        case("--started 13:40 --detected 13:45", over="15:10"),
        case("--started 13:00 --detected 13:29", over="16:00"),
        case("--detected 13:30"),
    ).total

    detect = figure(total, "Time to detect")
    assert detect.known == (5 * MINUTE, 5 * MINUTE, 29 * MINUTE)
    assert (detect.mean, detect.median, detect.unknown) == (13 * MINUTE, 5 * MINUTE, 1)
    assert figure(total, "Total outage").mean == (70 + 90 + 180) / 3 * MINUTE
    resolve = figure(total, "Time to resolve")
    assert (resolve.median, resolve.unknown) == ((85 + 90) / 2 * MINUTE, 0)


def test_without_any_known_there_is_no_mean() -> None:
    detect = figure(report(case(), case()).total, "Time to detect")
    assert (detect.mean, detect.median, detect.unknown) == (None, None, 2)


def test_what_runs_backwards_is_counted_and_left_out() -> None:
    detect = figure(
        report(case("--started 13:50 --detected 13:40"), case("--started 13:50 --detected 13:58")).total,
        "Time to detect",
    )
    assert (detect.mean, detect.negative, detect.unknown) == (8 * MINUTE, 1, 0)


def test_a_rough_time_makes_a_rough_mean() -> None:
    total = report(case("--started ~13:50 --detected 13:55"), case("--started 13:50 --detected 13:55")).total
    assert figure(total, "Time to detect").approximate
    assert not figure(total, "Time to resolve").approximate


def test_drills_and_what_was_cancelled_do_not_count() -> None:
    found = report(case(), case("--drill"), case("", "cancel a mistake", over=""), Case(Thread().incident))
    assert (found.total.incidents, found.drills, found.cancelled) == (1, 1, 1)
    assert len(found.cases) == 1


def test_what_goes_on_counts_and_is_told_apart() -> None:
    total = report(case("--started 13:50 --detected 13:55", over=""), case()).total
    assert (total.incidents, total.ongoing) == (2, 1)
    assert figure(total, "Time to detect").mean == 5 * MINUTE
    assert figure(total, "Time to resolve").unknown == 2


def test_only_what_was_declared_in_the_time_counts() -> None:
    thread = declared()
    for since, until, count in (
        (datetime(2026, 11, 22, 14, 0, tzinfo=UTC), UNTIL, 1),
        (datetime(2026, 11, 22, 14, 1, tzinfo=UTC), UNTIL, 0),
        (SINCE, datetime(2026, 11, 22, 13, 59, tzinfo=UTC), 0),
    ):
        found = report_of([Case(thread.incident)], projects=[], since=since, until=until)
        assert found.total.incidents == count


def test_nothing_is_a_report_too() -> None:
    found = report()
    assert (found.total.incidents, found.severities, found.months, found.services) == (0, (), (), ())
    assert found.total.updates.share is None


def test_severities_come_worst_first_and_those_without_one_last() -> None:
    found = report(case("", "severity sev3"), case(), case("", "severity sev1"), case("", "severity sev3"))
    assert names(found.severities) == [("sev1", 1), ("sev3", 2), ("", 1)]


def test_a_scale_of_ones_own_is_kept_in_its_order() -> None:
    rules = Rules(severities=(Severity("major", "major", "x"), Severity("a-little", "a-little", "y")))
    cases = []
    for name in ("a-little", "major"):
        thread = Thread(f"/incident declare\n/incident severity {name}", rules=rules)
        cases.append(Case(thread.incident))
    assert names(report(*cases).severities) == [("major", 1), ("a-little", 1)]


def test_months_are_those_of_the_declaration() -> None:
    one = case("--started 2026-10-31 23:00")
    assert names(report(one).months) == [("2026-11", 1)]


def test_an_incident_of_two_services_counts_for_both() -> None:
    """S63."""
    found = report(case(services=("shop", "pay")), case(services=("shop",)), case())
    assert names(found.services) == [("pay", 1), ("shop", 2), ("", 1)]
    assert found.total.incidents == 3


def test_without_any_service_there_is_no_such_table() -> None:
    assert report(case(), case()).services == ()


@pytest.mark.parametrize(
    ("labels", "prefix", "found"),
    [
        ({"service:shop", "incident", "Service: Pay"}, "service:", ("Pay", "shop")),
        ({"service::shop", "service::", "my-service:x"}, "service:", ("shop",)),
        ({"svc/shop", "svcs"}, "svc/", ("shop",)),
    ],
)
def test_services_are_named_by_labels(labels: set[str], prefix: str, found: tuple[str, ...]) -> None:
    assert services(labels, prefix) == found


def test_updates_in_time_are_the_intervals_no_longer_than_the_ceiling() -> None:
    """S77: of 14:00-14:50, 14:50-16:10 and 16:10-16:30 two are in time."""
    thread = declared("/incident declare\n/incident role comms @alice external")
    for when in ("14:50", "16:10"):
        thread.say("alice", "/incident update external via #status\n> still at it", when)
    thread.say("alice", "/incident resolve", "16:30")
    silent = case()

    updates = report(Case(thread.incident), silent).total.updates

    assert (updates.within, updates.intervals) == (2, 3)
    assert updates.share == pytest.approx(2 / 3)
    assert report(silent).total.updates.share is None


def test_an_audience_that_was_told_nothing_is_not_in_time() -> None:
    """S77: it has a lead, and the incident lasted from 14:00 to 15:30, or to 14:30."""
    for over, within in (("15:30", 0), ("14:30", 1)):
        updates = report(case("", "role comms @carol management", over=over)).total.updates
        assert (updates.within, updates.intervals) == (within, 1)


def test_incidents_are_listed_in_the_order_of_declaration() -> None:
    first, second = declared().incident, declared().incident
    later = replace(second, ref=replace(second.ref, number=8))
    found = report(Case(later), Case(first))
    assert [one.incident.ref.number for one in found.cases] == [7, 8]


def test_percentiles_lie_between_incidents_in_proportion() -> None:
    found = Figure("x", tuple(MINUTE * n for n in (10, 20, 30, 40)), approximate=False, unknown=0, negative=0)
    lengths = [found.percentile(share) for share in (0, 50, 90, 100)]
    assert lengths == [10 * MINUTE, 25 * MINUTE, 37 * MINUTE, 40 * MINUTE]
    assert found.median == found.percentile(50)
    assert Figure("x", (), approximate=False, unknown=0, negative=0).percentile(90) is None


def test_targets_are_met_by_those_that_have_one_and_can_be_judged() -> None:
    rules = Rules(targets={"sev1": {"resolve": 90 * MINUTE, "detect": 5 * MINUTE}})

    def one(severity: str, over: str, command: str = "--detected 13:45") -> Case:
        thread = Thread(f"/incident declare {command}\n/incident severity {severity}", rules=rules)
        if over:
            thread.say("alice", f"/incident resolve {over}", "18:00")
        return Case(thread.incident)

    total = report(
        one("sev1", "15:15"), one("sev1", "15:16"), one("sev2", "17:00"), one("sev1", "16:00", ""), one("sev1", "")
    ).total
    assert total.targets == (Target("Time to resolve", 1, 3),)  # what goes on is late; undetected is not judged


def test_what_goes_on_is_not_judged_before_it_is_late() -> None:
    rules = Rules(targets={"sev1": {"resolve": 90 * MINUTE}})
    thread = Thread("/incident declare --detected 13:45\n/incident severity sev1", rules=rules)
    for clock, of in ((15, 0), (16, 1)):
        until = datetime(2026, 11, 22, clock, 0, tzinfo=UTC)
        found = report_of([Case(thread.incident)], projects=[], since=SINCE, until=until).total.targets
        assert sum(one.of for one in found) == of


def test_action_items_are_open_overdue_or_done() -> None:
    due = ("2026-11-29", "2026-11-30", "2026-12-01", "2026-11-20")
    actions = [f"action look at disk {day} @bob due {day}" for day in due]
    one = case("", *actions)
    items = one.incident.follow_up.actions
    done = replace(one.incident.follow_up, actions=(*items[:3], replace(items[3], state=ActionState.DONE)))
    found = report(replace(one, incident=replace(one.incident, follow_up=done))).total.follow_ups
    assert (found.open, found.overdue, found.done) == (3, 1, 1)  # as of the 30th


def test_months_without_incidents_are_part_of_the_trend() -> None:
    one = case("--detected 13:30").incident
    assert one.times.declared
    earlier = replace(one.times.declared, moment=Moment(datetime(2026, 9, 2, tzinfo=UTC)))
    before = replace(one, times=replace(one.times, declared=earlier))
    found = report_of([Case(one), Case(before)], projects=[], since=datetime(2026, 1, 1, tzinfo=UTC), until=UNTIL)
    assert names(found.months) == [("2026-09", 1), ("2026-10", 0), ("2026-11", 1)]
    assert [month.more for month in found.trend] == [None, -1, 1]
    assert [month.longer(2) for month in found.trend] == [None, None, None]


def test_failed_changes_count_only_where_somebody_said_so() -> None:
    """https://dora.dev/guides/dora-metrics/: of these alone, the outage is the recovery time of a deployment."""
    total = report(
        case("--started 13:50", "caused by #45"),
        case("", "caused by the deployment of 4.2"),
        case("--started 13:00", "caused by none"),
        case("--started 13:00"),
    ).total.changes
    assert (total.caused, total.not_caused, total.unknown) == (2, 1, 1)
    assert total.recovery.name == "Recovery time of failed deployments"
    assert (total.recovery.known, total.recovery.unknown) == ((70 * MINUTE,), 1)
