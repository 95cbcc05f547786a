"""Who is on call, from the command line: by which source, how well that is known, and what is wrong with it."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.cli.conftest import Run
from tests.contract.forges import Forge
from tests.on_call.test_calendars import SAMPLES, calendar
from tracker_bridge.domain.issue.issue import Access

pytestmark = pytest.mark.usefixtures("in_forks")

SETTINGS = """
repository_settings = {own}
on_call = [
  {{ source = "payments", service = "checkout", then = [{{ source = "backup" }}, {{ who = "alice" }}] }},
  {{ source = "gone", project = "acme/api" }},
  {{ who = "alice", project = "acme/elsewhere" }},
]
on_call_sources = [
  {{ name = "payments", file = "{samples}/09-follow-the-sun.ics" }},
  {{ name = "backup", file = "{samples}/08-gaps.ics" }},
  {{ name = "gone", url = "https://127.0.0.1:9/private/sEcReT/feed" }},
]
on_call_people = [{{ login = "bob", names = "erin" }}]
"""


FILE = 'name = "a"\nfile = "x"\n'
PERSON = '[[on_call_people]]\nlogin = "{}"\nnames = "{}"\n'


def settings(text: str = SETTINGS, own: str = "false") -> None:
    Path("tracker-bridge.toml").write_text(text.format(samples=SAMPLES, own=own))


def test_who_is_on_call_by_which_source_and_until_when(forge: Forge, run: Run) -> None:
    settings()
    result = run("on-call", "--at", "2026-11-28 16:00 UTC")
    assert result.exit_code == 1  # one source cannot be read
    assert result.stdout == (
        "On call at 2026-11-28 16:00 UTC\n"
        f"{forge.name}:acme/api\n"
        "  at service checkout\n"
        "    1. bob\n"
        "       payments: erin until 2026-11-29 01:00 UTC; femi (level 2) until 2026-11-29 00:00 UTC\n"
        '    2. "femi" (no login is known)\n'
        "       backup: nobody is on call\n"
        "    3. alice\n"
        "  in every incident\n"
        "    1. not known\n"
        "       gone: cannot be read (no connection (ConnectionError))\n"
    )
    assert "sEcReT" not in result.output


def test_the_same_as_json(forge: Forge, run: Run) -> None:
    settings()
    told = json.loads(run("on-call", f"{forge.name}:acme/api", "--at", "2026-11-28 03:00", "--json").stdout)
    [project] = told["projects"]
    checkout, other = project["entries"]
    assert told["at"] == "2026-11-28T03:00:00+00:00"
    assert [(one["logins"], one["unknown_names"], one["nobody"]) for one in checkout["levels"]] == [
        ([], ["chen"], False),
        ([], ["femi"], False),
        (["alice"], [], False),
    ]
    assert [one["known"] for one in checkout["levels"][0]["sources"]] == ["read"]
    assert (other["levels"][0]["nobody"], other["levels"][0]["sources"][0]["known"]) == (False, "unreadable")


def test_a_project_without_an_entry_and_a_wrong_time_are_said(forge: Forge, run: Run) -> None:
    result = run("on-call")
    assert result.exit_code == 0
    assert "nobody: the setting on_call has no entry for it" in result.stdout
    wrong = run("on-call", "--at", "when it is quiet")
    assert wrong.exit_code == 2
    assert "when it is quiet is not a time I understand" in wrong.output


def test_while_the_tracker_is_down_the_operators_settings_answer(
    forge: Forge, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings(own="true")
    monkeypatch.setenv(f"TRACKER_BRIDGE_{forge.name.upper()}__URL", "http://127.0.0.1:9")
    result = run("on-call", f"{forge.name}:acme/api", "--at", "2026-11-28 16:00 UTC")
    assert "its own settings are not known" in result.stderr
    assert "    1. bob\n" in result.stdout


def findings(run: Run) -> list[tuple[str, str, str]]:
    """Return what ``doctor`` finds about people on call, without what is well."""
    found: list[dict[str, Any]] = json.loads(run("doctor", "--json").stdout)["findings"]
    topics = ("on call", "source", "calendar", "gap", "names")
    return [
        (one["level"], one["topic"], one["what"])
        for one in found
        if one["topic"] in topics and one["level"] != "ok"
    ]


def test_doctor_says_what_is_wrong_with_sources(forge: Forge, run: Run, tmp_path: Path) -> None:
    begin = datetime.now(UTC).replace(minute=0, second=0, microsecond=0) - timedelta(hours=1)
    length = "DTSTART:{:%Y%m%dT%H%M%SZ}\r\nDTEND:{:%Y%m%dT%H%M%SZ}"
    shift = length.format(begin, begin + timedelta(hours=48))
    later = length.format(begin + timedelta(hours=60), begin + timedelta(days=30))
    (tmp_path / "rota.ics").write_bytes(
        calendar(f"SUMMARY:alice\r\n{shift}", f"SUMMARY:Zoe\r\n{later}", "SUMMARY:x")
    )
    settings(
        """
        repository_settings = {own}
        on_call = [{{ source = ["rota", "gone"] }}]
        on_call_sources = [
          {{ name = "rota", file = "rota.ics" }},
          {{ name = "gone", url = "https://127.0.0.1:9/private/sEcReT/feed" }},
        ]
        on_call_people = [{{ login = "alice", names = "alice" }}]
        """
    )
    gap = begin + timedelta(hours=48)
    assert findings(run) == [
        ("warning", "calendar", 'rota: "x": it has no start; it is left out'),
        (
            "warning",
            "gap",
            f"rota: nobody is on call from {gap:%F %R} UTC until {gap + timedelta(hours=12):%F %R} UTC",
        ),
        ("warning", "names", "rota: no login is known for Zoe"),
        ("problem", "source", "gone cannot be read: no connection (ConnectionError)"),
    ]


def test_doctor_says_which_names_are_nobodys_or_may_not_take_an_incident(forge: Forge, run: Run) -> None:
    world = forge.world
    world.add_member(forge.project, world.add_account("reader"), Access.READ)
    settings('repository_settings = {own}\non_call = [{{ who = ["alice", "reader", "ghost", "acme/nobody"] }}]')
    found = findings(run)
    assert ("problem", "on call", "ghost: there is no such account") in found
    assert ("warning", "on call", "reader: has no more than read access") in found
    assert [what for _, _, what in found if what.startswith("acme/nobody")] == [
        "acme/nobody: there is no such team"
    ]
    assert not [what for _, _, what in found if what.startswith("alice")]


def test_doctor_says_that_incidents_page_and_nobody_is_there(forge: Forge, run: Run) -> None:
    row = 'on_call = [{{ who = "alice", project = "acme/elsewhere" }}]'
    settings(f'repository_settings = {{own}}\n{row}\npaging.always = ["sev1"]')
    assert findings(run) == [("warning", "on call", "sev1 page, and on_call has no entry for this project")]


@pytest.mark.parametrize(
    ("source", "wrong"),
    [
        ('name = "a"', "needs url or file, and not both"),
        ('name = "a"\nurl = "https://a.example.org/x"\nfile = "x"', "needs url or file, and not both"),
        ('name = "a"\nurl = "http://a.example.org/sEcReT"', "http would send the secret address in the clear"),
        ('name = "a"\nurl = "ftp://a.example.org/sEcReT"', "url is not an address"),
        ('name = "a"\nkind = "pagerduty"\npolicies = "P1"', "pagerduty needs token"),
        ('name = "a"\nkind = "pagerduty"\ntoken = "t"', "pagerduty needs schedules or policies"),
        ('name = "a"\nkind = "grafana"\ntoken = "t"\nschedules = "S"', "grafana needs url"),
        ('name = "a"\nkind = "gitlab"\ntoken = "t"', "gitlab needs project"),
        ('name = "a"\nkind = "opsgenie"\ntoken = "t"', "opsgenie needs schedules"),
        ('name = "a"\nkind = "opsgenie"\nfile = "x"', "file is for calendars"),
        ('name = "a"\nfile = "x"\n[[on_call_sources]]\nname = "a"\nfile = "y"', "two sources are called a"),
        ('name = "a"\nfile = "x"\n[[on_call]]\nsource = "b"', "there is no source b; there are a"),
        (
            FILE + PERSON.format("x", "Al") + 'page = "phone"',
            "on_call_people pages x at phone, which is no destination",
        ),
        (FILE + PERSON.format("x", "Al") + PERSON.format("y", "al"), "al is both x and y"),
    ],
)
def test_check_says_what_is_wrong_with_a_source(forge: Forge, run: Run, source: str, wrong: str) -> None:
    Path("tracker-bridge.toml").write_text(f"[[on_call_sources]]\n{source}\n")
    result = run("check")
    assert result.exit_code == 2
    assert wrong in result.output
    assert "sEcReT" not in result.output


def test_check_names_sources_and_no_address(forge: Forge, run: Run) -> None:
    settings()
    result = run("check")
    assert "On call: payments, of calendar\n" in result.stdout
    assert "sEcReT" not in result.output
