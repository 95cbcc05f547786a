"""``labels`` from the settings to the forge (S25)."""

import pytest

from tests.cli.conftest import Run
from tests.contract.forges import Forge

SCALE = {"github": ["sev1", "sev2", "sev3", "sev4"], "gitlab": [f"severity::{step}" for step in (1, 2, 3, 4)]}


def test_the_labels_are_made_once(forge: Forge, run: Run) -> None:
    forge.world.ensure_label(forge.project, "bug", "d73a4a", "of others")

    result = run("labels", f"{forge.name}:acme/api")

    assert result.exit_code == 0, result.output
    assert set(forge.project.labels) == {
        "bug",
        "incident",
        "incident-action",
        "incident-record",
        "public-maintenance",
        *SCALE[forge.name],
    }
    assert (
        f"{forge.name}:acme/api: create incident (#5b21b6, Something is down and being worked on)" in result.output
    )
    assert result.stdout.endswith("8 labels updated.\n")
    assert f"checking {forge.name}:acme/api" in result.stderr
    assert forge.project.labels["bug"].color == "d73a4a"

    again = run("labels", f"{forge.name}:acme/api#12")
    assert again.stdout == "The labels are up to date.\n"


def test_a_dry_run_says_what_would_be_done_and_does_nothing(forge: Forge, run: Run) -> None:
    forge.world.ensure_label(forge.project, "incident", "ffffff")

    result = run("labels", "--dry-run", f"{forge.name}:acme/api", f"{forge.name}:acme/api")

    assert result.stdout.count(": change incident (") == 1
    assert result.stdout.endswith("8 labels would be updated.\n")
    assert set(forge.project.labels) == {"incident"}
    assert forge.project.labels["incident"].color == "ffffff"
    assert {one.method for one in forge.sandbox.requests} == {"GET"}


@pytest.mark.parametrize("named", ["github:acme/other", "acme/api", "jira:acme/api"])
def test_a_project_that_is_not_configured_is_a_usage_error(forge: Forge, run: Run, named: str) -> None:
    assert run("labels", named).exit_code == 2
