"""A review is laid out by a template: ours, or a team's (S115, S118)."""

from pathlib import Path

import pytest

from tracker_bridge.domain.incident.review_layout import PLACES, Piece, faults, layout_of
from tracker_bridge.rendering.post_incident import default_template

PAGE = (Path(__file__).parents[2] / "docs" / "review.md").read_text("utf-8")


@pytest.mark.parametrize("name", PLACES)
def test_every_place_is_in_our_template_and_explained(name: str) -> None:
    assert Piece(name=name) in layout_of(default_template())
    assert f"| `{{{{ {name} }}}}` |" in PAGE


def test_ours_has_no_faults_and_room_for_what_people_say() -> None:
    assert faults(default_template()) == ()
    for heading in ("What went well", "What did not go well", "Contributing factors", "Lessons"):
        assert f"### {heading}" in default_template()


def test_whom_it_invites_comes_first_where_a_template_does_not_say() -> None:
    assert layout_of("Hello\r\n\r\n  {{timeline}}  \r\n") == (
        Piece(name="invitation"),
        Piece("Hello"),
        Piece(name="timeline"),
    )


@pytest.mark.parametrize(
    ("template", "where", "what"),
    [
        ("{{ who }}", "line 1", "there is no `{{ who }}`; there are invitation, "),
        ("a\nsee {{ timeline }}", "line 2", "`{{ timeline }}` must be a name, on a separate line; "),
        ("{% if x %}", "line 1", "`{% if x %}` must be a name, on a separate line; "),
        ("{{ roles }}\n{{ roles }}", "the file", "has `{{ roles }}` 2 times; once is enough"),
        ("<!-- bot:/roles -->", "the file", "contains `<!-- bot:`, which marks "),
        ("x" * 20_001, "the file", "is longer than 20,000 characters"),
    ],
)
def test_every_fault_says_where_and_what(template: str, where: str, what: str) -> None:
    [(found, said)] = faults(template)
    assert found == where
    assert said.startswith(what)
