"""A report as JSON, CSV and Markdown (S63, S67)."""

import csv
import io
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from tests.commands.thread import SHAPED, declared
from tests.domain.test_report import SINCE, UNTIL, case
from tests.exporting.schemas import valid
from tracker_bridge.domain.derived.report import Report, report_of
from tracker_bridge.domain.derived.sums import Case
from tracker_bridge.exporting.reports import COLUMNS, report_csv, report_json
from tracker_bridge.rendering.reports import report_markdown
from tracker_bridge.templates_folder import templates_folder


@pytest.fixture
def report() -> Report:
    evil = case("--detected 13:30", services=("=shop|x",))
    incident = replace(evil.incident, title="<b>@all</b> | broken", ref=replace(evil.incident.ref, number=8))
    return report_of(
        [
            case("--started ~13:50 --detected 13:58", "severity sev1", services=("shop",)),
            case("--started 13:50 --detected 13:40"),
            replace(evil, incident=incident),
            case("--drill"),
            case(over="", confidential=True),
        ],
        projects=["local:acme/shop"],
        since=SINCE,
        until=UNTIL,
        unread=["local:acme/shop#3"],
    )


def test_json_is_as_documented(report: Report) -> None:
    value = valid(report_json(report), "report")

    assert (value["since"], value["until"]) == ("2026-11-01T00:00:00Z", "2026-11-30T00:00:00Z")
    assert (value["drills"], value["cancelled"], value["unread"]) == (1, 0, ["local:acme/shop#3"])
    assert (value["all"]["incidents"], value["all"]["ongoing"]) == (4, 1)
    assert value["all"]["statistics"]["time_to_detect"] == {
        "mean_seconds": 480,
        "median_seconds": 480,
        "p50_seconds": 480,
        "p90_seconds": 480,
        "known": 1,
        "unknown": 2,
        "negative": 1,
        "approximate": True,
    }
    assert [group["name"] for group in value["severities"]] == ["sev1", None]
    assert value["incidents"][0]["statistics"]["total_outage"] == 4200
    assert [one["title"] for one in value["incidents"]].count(None) == 1


def test_an_empty_report_is_as_documented() -> None:
    empty = report_of([], projects=["local:acme/shop"], since=SINCE, until=UNTIL)
    assert valid(report_json(empty), "report")["all"]["incidents"] == 0
    assert len(report_csv(empty).splitlines()) == 2
    assert "No incidents were declared in this period." in report_markdown(templates_folder(), empty)


def test_csv_has_a_row_for_every_group(report: Report) -> None:
    rows = list(csv.DictReader(io.StringIO(report_csv(report))))

    assert tuple(rows[0]) == COLUMNS
    assert [row["name"] for row in rows if row["by"] == "incident"] == [
        str(one.incident.ref) for one in report.cases
    ]
    assert [(row["by"], row["name"]) for row in rows if row["by"] != "incident"] == [
        ("all", ""),
        ("severity", "sev1"),
        ("severity", ""),
        ("month", "2026-11"),
        ("service", "'=shop|x"),
        ("service", "shop"),
        ("service", ""),
    ]
    assert rows[0]["time_to_detect_mean"] == "480"
    assert rows[0]["time_to_detect_negative"] == "1"
    assert rows[0]["updates_intervals"] == "0"
    assert None not in {value for row in rows for value in row.values()}


def test_markdown_says_it_for_people(report: Report) -> None:
    text = report_markdown(templates_folder(), report)

    assert text.startswith(
        "# Incidents from 01\u00a0Nov\u00a02026 to 30\u00a0Nov\u00a02026\n\n`local:acme/shop`\n"
    )
    assert "Time to detect: mean | median |" in text
    assert "| sev1 | 1 | ≈ 8 min | ≈ 8 min | ≈ 1 h 10 min |" in text.replace("\u00a0", " ")
    assert "- 1 of them is still open." in text
    assert "unknown for 2, where a time is not recorded yet; 1 ends before it begins" in text
    assert "Not counted: 1 drill." in text
    assert "1 issue could not be read and is not included." in text
    assert "\n\n\n" not in text


def test_markdown_repeats_what_people_wrote_harmlessly(report: Report) -> None:
    text = report_markdown(templates_folder(), report)
    assert "<b>" not in text
    assert "@all" not in text
    assert "| \\=shop\\|x | 1 |" in text
    widths = {line.count("|") - line.count("\\|") for line in text.splitlines() if line.startswith("| ")}
    assert widths == {6, 7, 10}


def test_the_word_mean_is_for_aggregates_only() -> None:
    """S67: the templates of single incidents do not contain it."""
    found = [
        path.name for path in templates_folder().glob("*.md.j2") if " mean " in path.read_text(encoding="utf-8")
    ]
    assert [name for name in found if name not in ("report.md.j2", "duty.md.j2")] == []


def test_a_confidential_title_stays_where_it_is() -> None:
    one = case(confidential=True)
    found = report_of([one], projects=[], since=SINCE, until=datetime(2026, 12, 1, tzinfo=UTC))
    for text in (report_json(found), report_csv(found), report_markdown(templates_folder(), found)):
        assert one.incident.title not in text


def test_markdown_speaks_of_deployments_only_where_one_was_the_cause() -> None:
    def text(*said: str) -> str:
        one = case("--started 13:50", *said)
        return report_markdown(
            templates_folder(), report_of([one], projects=["local:acme/shop"], since=SINCE, until=UNTIL)
        )

    assert "Failed changes: 1 of the 1 incidents" in text("caused by #45")
    assert "Recovery time of failed deployments, from start to resolution: median 1 h 10 min" in text(
        "caused by #45"
    )
    assert "Time to restore, from start to resolution: median 1 h 10 min" in text()
    assert "deployment" not in text()


def test_a_teams_own_fields_and_deadlines_are_in_the_table_and_in_the_record() -> None:
    def shaped(number: int, region: str, *, confidential: bool = False, told: bool = True) -> Case:
        thread = declared(rules=SHAPED)
        said = "/incident claim comms regulator" + (
            "\n/incident update regulator: No data was lost." if told else ""
        )
        thread.say("alice", f"/incident field region {region}\n{said}")
        incident = thread.incident
        return Case(replace(incident, ref=replace(incident.ref, number=number)), confidential=confidential)

    cases = [
        shaped(17, "eu-west"),
        shaped(18, "us-east", told=False),
        shaped(19, "us-east", confidential=True),
        case("", "severity sev1"),
    ]
    found = report_of(cases, projects=["local:acme/shop"], since=SINCE, until=UNTIL)
    rows = list(csv.DictReader(io.StringIO(report_csv(found))))
    assert list(rows[0])[-1] == "field_region"
    regions = [(row["name"], row["incidents"]) for row in rows if row["by"] == "field_region"]
    assert regions == [("eu-west", "1"), ("us-east", "1"), ("", "1")]
    singly = {row["name"]: row for row in rows if row["by"] == "incident"}
    values = [singly[f"local:acme/shop#{number}"]["field_region"] for number in (17, 18, 19)]
    assert values == ["eu-west", "us-east", ""]
    told = singly["local:acme/shop#17"]
    assert [told[f"deadlines_{state}"] for state in ("in_time", "late", "open")] == ["1", "0", "1"]
    value = valid(report_json(found), "report")
    assert [group["name"] for group in value["fields"]["region"]] == ["eu-west", "us-east", None]
    assert value["all"]["deadlines"] == {"in_time": 2, "late": 0, "open": 4}
