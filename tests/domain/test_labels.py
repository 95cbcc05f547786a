"""The label set: its colours can be read, and putting it right never hurts what others made (S25)."""

import pytest

from tracker_bridge.domain.incident.labels import (
    ACTION_COLOR,
    INCIDENT_COLOR,
    MAINTENANCE_COLOR,
    RECORD_COLOR,
    SEVERITY_COLORS,
    ProjectLabel,
    PutLabel,
    label_changes,
    wanted_labels,
)
from tracker_bridge.domain.incident.rules import Rules, Severity

COLORS = (INCIDENT_COLOR, ACTION_COLOR, RECORD_COLOR, MAINTENANCE_COLOR, *SEVERITY_COLORS)


def channels(color: str) -> list[int]:
    return [int(color[at : at + 2], 16) for at in (0, 2, 4)]


def luminance(color: str) -> float:
    """https://www.w3.org/TR/WCAG21/#dfn-relative-luminance"""
    linear = [
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4
        for part in (channel / 255 for channel in channels(color))
    ]
    return sum(weight * part for weight, part in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


def contrast(one: str, other: str) -> float:
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def github_text(color: str) -> str:
    """White below a perceived lightness of 0.453, else black: the style sheet of its labels."""
    weights = (0.2126, 0.7152, 0.0722)
    lightness = sum(weight * part for weight, part in zip(weights, channels(color), strict=True)) / 255
    return "ffffff" if lightness < 0.453 else "000000"


def gitlab_text(color: str) -> str:
    """Dark on a sum above 500, else white: ``text_color_for_bg`` of its labels' helper."""
    return "333333" if sum(channels(color)) > 500 else "ffffff"


@pytest.mark.parametrize("color", COLORS)
def test_each_colour_can_be_read_on_both_forges(color: str) -> None:
    assert contrast(color, github_text(color)) >= 4.5
    assert contrast(color, gitlab_text(color)) >= 4.5


def test_the_contrast_is_reckoned_as_the_standard_does() -> None:
    assert contrast("ffffff", "000000") == pytest.approx(21)
    assert contrast("767676", "ffffff") == pytest.approx(4.54, abs=0.01)


def test_the_colours_are_told_apart() -> None:
    assert len(set(COLORS)) == len(COLORS)


def test_the_set_is_the_incident_and_its_severities_with_their_meanings() -> None:
    incident, action, record, maintenance, *severities = wanted_labels(Rules())
    assert incident.name == "incident"
    assert action.name == "incident-action"
    assert record.name == "incident-record"
    assert maintenance.name == "public-maintenance"
    assert [label.name for label in severities] == ["sev1", "sev2", "sev3", "sev4"]
    assert severities[0].description == "everyone, or a core function, is blocked"
    assert [label.color for label in severities] == list(SEVERITY_COLORS[:4])


def test_a_longer_scale_ends_in_one_colour_and_a_longer_meaning_in_an_ellipsis() -> None:
    steps = tuple(Severity(f"sev{step}", f"severity::{step}", "x" * 200) for step in range(1, 9))
    labels = wanted_labels(Rules(severities=steps))[4:]
    assert {label.color for label in labels[4:]} == {SEVERITY_COLORS[-1]}
    assert {len(label.description) for label in labels} == {100}


def test_what_is_missing_is_made_and_what_differs_is_changed_under_its_own_name() -> None:
    wanted = (
        ProjectLabel("incident", "5b21b6", "down"),
        ProjectLabel("sev1", "b60205", "all"),
        ProjectLabel("sev2", "c2410c", "many"),
    )
    there = (
        ProjectLabel("Incident", "ffffff"),
        ProjectLabel("sev2", "c2410c", "many"),
        ProjectLabel("bug", "d73a4a"),
    )

    assert label_changes(wanted, there) == (
        PutLabel(ProjectLabel("Incident", "5b21b6", "down"), new=False),
        PutLabel(ProjectLabel("sev1", "b60205", "all"), new=True),
    )


def test_a_label_of_the_group_above_is_left_alone_and_one_of_the_project_goes_before_it() -> None:
    wanted = (ProjectLabel("sev1", "b60205", "all"),)
    of_the_group = ProjectLabel("sev1", "ffffff", "the group's", inherited=True)

    assert label_changes(wanted, [of_the_group]) == ()
    for there in ([of_the_group, ProjectLabel("sev1", "ffffff")], [ProjectLabel("sev1", "ffffff"), of_the_group]):
        assert label_changes(wanted, there) == (PutLabel(wanted[0], new=False),)
