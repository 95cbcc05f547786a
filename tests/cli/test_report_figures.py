"""Every number of a report, held against what a few lines make of the raw threads of the forge (S62-S67)."""

import csv
import io
import re
from datetime import datetime, timedelta
from statistics import mean, quantiles
from typing import Any

import pytest

from tests.cli.conftest import Run
from tests.contract.forges import Forge
from tests.exporting.schemas import valid
from tracker_bridge.sandbox.world import Ticket

Plan = tuple[tuple[int, str], ...]

PLANS: tuple[tuple[str, Plan], ...] = (
    ("sev1", ((3, "claim lead"), (10, "status identified"), (25, "fixed"), (40, "resolve 08:30"))),
    ("sev1", ((7, "note looking"), (55, "fixed"), (97, "resolve 10:00"))),
    ("sev2", ((1, "note looking"), (50, "resolve 09:10"), (150, "reopen"), (220, "resolve 11:50"))),
    ("sev1", ((12, "claim lead"), (13, "status identified"))),
)
"""The severity, and what bob says so many minutes after 08:25:30, when it is declared, detected at 08:20."""

TARGETS = {"acknowledge": timedelta(minutes=5), "resolve": timedelta(hours=1)}


@pytest.fixture
def tickets(forge: Forge) -> list[Ticket]:
    found, day = [], forge.clock.now.replace(hour=8, minute=25, second=30, microsecond=0)
    for number, (severity, plan) in enumerate(PLANS):
        begun = forge.clock.now = day + timedelta(days=number)
        times = f"--started 08:0{number} --detected 08:20"
        body = f"/incident declare {times}\n/incident severity {severity}"
        ticket = forge.world.open_ticket(forge.project, forge.alice, f"Number {number}", body, labels=["incident"])
        for after, line in plan:
            forge.clock.now = begun + timedelta(minutes=after)
            forge.world.comment(ticket, forge.bob, f"/incident {line}")
        found.append(ticket)
    return found


def seconds_of(ticket: Ticket) -> dict[str, float | None]:
    """Read one thread with nothing but its texts and times."""
    begun = ticket.created_at

    def clock(text: str) -> datetime:
        hour, minute = map(int, text.split(":"))
        return begun.replace(hour=hour, minute=minute, second=0)

    notes = [one for one in ticket.notes if "/incident" in one.body]
    started, detected = (clock(re.findall(rf"--{word} (\S+)", ticket.body)[0]) for word in ("started", "detected"))
    ends = [clock(one.body.split()[-1]) for one in notes if "resolve" in one.body]
    said = {one.body.removeprefix("/incident "): one.created_at for one in notes}
    reopened = said.get("reopen")

    def seconds(begin: datetime, end: datetime | None, without: timedelta = timedelta()) -> float | None:
        return (end - begin - without).total_seconds() if end else None

    over = ends[-1] if ends else None
    return {
        "time_to_detect": seconds(started, detected),
        "total_outage": seconds(started, over),
        "time_to_resolve": seconds(detected, over),
        "time_to_acknowledge": seconds(begun, notes[0].created_at),
        "time_to_identify": seconds(detected, said.get("status identified")),
        "time_to_mitigate": seconds(detected, said.get("fixed")),
        "net_outage": seconds(started, over, reopened - ends[0] if reopened else timedelta()),
    }


def summed(lengths: list[float]) -> dict[str, int]:
    tenths = quantiles(lengths, n=10, method="inclusive") if len(lengths) > 1 else lengths * 9
    return {
        "mean_seconds": int(mean(lengths) + 0.5),
        "median_seconds": int(tenths[4] + 0.5),
        "p50_seconds": int(tenths[4] + 0.5),
        "p90_seconds": int(tenths[8] + 0.5),
        "known": len(lengths),
    }


def test_every_number_is_what_the_raw_threads_say(
    forge: Forge, tickets: list[Ticket], run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TRACKER_BRIDGE_TARGETS", '{"sev1": {"acknowledge": "5m", "resolve": "1h"}}')
    result = run("report", "--since", "2020-01-01", "--format", "json")
    assert result.exit_code == 0, result.output
    value: Any = valid(result.stdout, "report")
    raw = {ticket.title: seconds_of(ticket) for ticket in tickets}

    assert {one["title"]: one["statistics"] for one in value["incidents"]} == raw
    for name, figure in value["all"]["statistics"].items():
        known = [found for one in raw.values() if (found := one[name]) is not None]
        assert figure["unknown"] == len(raw) - len(known)
        assert {key: figure[key] for key in summed(known)} == summed(known), name
    worst = [raw[f"Number {number}"] for number, (severity, _) in enumerate(PLANS) if severity == "sev1"]
    for short, limit in TARGETS.items():
        judged = [one[f"time_to_{short}"] for one in worst]
        met = sum(one is not None and one <= limit.total_seconds() for one in judged)
        told = value["all"]["targets"][f"time_to_{short}"]
        assert (told["within"], told["of"]) == (met, len(judged))  # the one that goes on is late by now
        assert told["share"] == round(met / len(judged), 4)

    table = run("report", "--since", "2020-01-01", "--format", "csv").stdout
    row = next(csv.DictReader(io.StringIO(table)))
    for name, figure in value["all"]["statistics"].items():
        for part in ("mean", "median", "p50", "p90"):
            assert row[f"{name}_{part}"] == str(figure[f"{part}_seconds"])
    assert (row["time_to_acknowledge_target_within"], row["time_to_acknowledge_target_of"]) == ("1", "3")
    assert "1 of 3 (33%) |" in run("report", "--since", "2020-01-01").stdout
