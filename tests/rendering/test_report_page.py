"""A report as one page: every incident is where it belongs, leads to its issue, and nothing else gets in (S63)."""

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from xml.etree import ElementTree as ET

import pytest

from tests.domain.test_report import case
from tests.rendering.incidents import cases
from tracker_bridge.domain.derived.load import load
from tracker_bridge.domain.derived.report import Report, report_of
from tracker_bridge.domain.derived.sums import Case
from tracker_bridge.domain.derived.weeks import weeks
from tracker_bridge.domain.incident.statistics import duration
from tracker_bridge.domain.issue.issue import TrackerUrl
from tracker_bridge.rendering.charts import charts
from tracker_bridge.rendering.report_page import report_page
from tracker_bridge.templates_folder import templates_folder

SINCE, UNTIL = datetime(2026, 5, 1, tzinfo=UTC), datetime(2026, 11, 28, 12, tzinfo=UTC)
SVG = re.compile(r"<svg\b.*?</svg>", re.DOTALL)


def report(*found: Case) -> Report:
    return report_of(found, projects=["local:acme/shop"], since=SINCE, until=UNTIL)


def page(*found: Case, as_of: datetime | None = None) -> str:
    return report_page(templates_folder(), report(*found), title="Incidents", as_of=as_of)


@pytest.fixture(scope="module")
def many() -> tuple[Case, ...]:
    return cases(30)


def test_every_picture_has_title_and_description_and_every_incident_is_led_to(many: tuple[Case, ...]) -> None:
    text = page(*many)
    pictures = [ET.fromstring(one) for one in SVG.findall(text)]
    drawn = [one for one in pictures if one.get("role") == "img"]
    assert len(drawn) == len(charts(report(*many))) == 12
    for one in drawn:
        named = (one.get("aria-labelledby") or "").split()
        assert [(part.tag, part.get("id")) for part in one][:2] == [("title", named[0]), ("desc", named[1])]
        assert all(part.text for part in one[:2])
    for one in pictures:
        for link in one.iter("a"):
            assert (link.get("href") or "").startswith("https://forge.test/acme/shop/issues/")
            assert link[0].tag == "title"
            assert link[0].text
    over = [one for one in pictures if one.get("class") == "links"]
    assert len(over) == len(drawn)
    for picture, spots in zip(drawn, over, strict=True):
        assert len([one for one in picture.iter("path") if one.get("transform")]) == len(list(spots.iter("a")))
    assert {link.get("href") for link in over[0].iter("a")} == {one.incident.url for one in many}


def test_it_asks_nobody_and_runs_nothing(many: tuple[Case, ...]) -> None:
    text = page(*many)
    assert not re.search(r"<(?:script|link|img|iframe|object|embed)\b|\son\w+=|@import|url\(|javascript:", text)
    assert set(re.findall(r'(?:src|href)="(https?://[^/"]+)', text)) == {"https://forge.test"}


def test_the_same_incidents_give_the_same_bytes(many: tuple[Case, ...]) -> None:
    assert page(*many) == page(*reversed(many))
    later = report_of(many, projects=["local:acme/shop"], since=SINCE, until=UNTIL.replace(hour=13))
    assert report_page(templates_folder(), later, title="Incidents") == page(*many)
    assert "28 Nov 2026" not in page(*many)
    assert "as of 28 Nov 2026" in page(*many, as_of=UNTIL)


def test_the_tables_say_what_the_report_says(many: tuple[Case, ...]) -> None:
    whole = report(*many)
    shown = {one.chart.id: one for one in charts(whole)}
    figure = next(one for one in whole.total.figures if one.name == "Time to resolve")
    median, ninety = figure.median, figure.percentile(90)
    assert median is not None
    assert ninety is not None
    told = (str(len(figure.known)), duration(median), duration(ninety), str(figure.unknown + figure.negative))
    assert shown["figure-resolve"].rows[-1] == ("all", *told)
    assert "from detection to resolution" in shown["figure-resolve"].chart.title
    assert sum(len(row.marks) for row in shown["figure-resolve"].chart.rows) == len(figure.known)
    assert sum(int(row[1]) for row in shown["weeks"].rows) == len(many)
    assert all(int(row[1]) == sum(map(int, row[2:])) for row in shown["weeks"].rows)
    kept = whole.total.follow_ups
    assert shown["follow-ups"].rows[-1] == ("all", str(kept.open), str(kept.overdue), str(kept.done))
    assert kept.overdue > 0
    for shown_one in shown.values():
        assert {len(row) for row in shown_one.rows} == {len(shown_one.columns)}


def test_each_week_stands_once_also_a_quiet_one() -> None:
    first, *_, last = cases(12)
    found = weeks((first, last))
    assert [one.cases for one in found] == [(first,), *[()] * (len(found) - 2), (last,)]
    assert {later.monday - one.monday for one, later in pairwise(found)} == {timedelta(weeks=1)}
    assert all(one.monday.weekday() == 0 for one in found)


def test_a_role_counts_once_for_each_incident_and_a_machine_carries_nothing() -> None:
    said = ("claim scribe", "unrole scribe @bob", "claim scribe", "role assist @carol", "role tech-lead @carol")
    [bob, carol] = load([case("", *said)])
    assert (bob.login, [one.role.value for one in bob.turns]) == ("bob", ["technical-lead", "scribe"])
    assert (carol.login, [one.role.value for one in carol.turns]) == (
        "carol",
        ["technical-lead", "technical-assist"],
    )


def test_without_incidents_it_says_so() -> None:
    assert "<p>No incidents.</p>" in page()
    assert "<svg" not in page()


@pytest.mark.parametrize("over", ["", "15:00"])
def test_one_incident_is_enough(over: str) -> None:
    assert page(case("", over=over)).count('role="img"') >= 2


HOSTILE = ("<script>alert(1)</script>", "]]>&amp;", 'x"onload="y', "a\u202eb\x07c\ufffe", "{{ 7*7 }}", "é" * 300)


@pytest.mark.parametrize("title", HOSTILE)
def test_whatever_an_incident_is_called_is_text(title: str) -> None:
    one = case("", "severity sev1", f"action {title.strip()} @carol due 2026-11-20")
    text = page(replace(one, incident=replace(one.incident, title=title)))
    for picture in SVG.findall(text):
        ET.fromstring(picture)
    assert "<script" not in text
    assert not re.search(r"<[^>]*\sonload=", text)
    assert "\u202e" not in text


def test_what_is_no_address_is_led_to_by_nothing() -> None:
    one = case("", "severity sev1")
    bad = replace(one.incident, url=TrackerUrl("javascript:alert(1)"))
    assert "javascript" not in page(replace(one, incident=bad))


def test_a_confidential_incident_that_is_asked_for_has_no_words() -> None:
    one = case("", "severity sev1", "action Rotate the canary @carol")
    secret = replace(one, confidential=True, incident=replace(one.incident, title="The canary leaked"))
    text = page(secret)
    assert "acme/shop#7" in text
    assert "canary" not in text
