"""All projects of an organisation or a group, those that are made later as well."""

import json

import pytest

from tests.cli.conftest import Run
from tests.cli.test_job import documents, incident
from tests.contract.forges import Forge
from tracker_bridge.domain.issue.issue import Access
from tracker_bridge.sandbox.world import Project


@pytest.fixture
def wide(forge: Forge, monkeypatch: pytest.MonkeyPatch) -> Forge:
    patterns = ["acme/*" if forge.name == "github" else "acme/**", "!acme/secret-*"]
    monkeypatch.setenv(f"TRACKER_BRIDGE_{forge.name.upper()}__PROJECTS", json.dumps(patterns))
    return forge


def another(forge: Forge, path: str) -> Project:
    project = forge.world.add_project(path, forge.name)
    for account in (forge.bot, forge.alice):
        forge.world.add_member(project, account, Access.WRITE)
    return project


def test_projects_that_fit_are_swept_also_those_that_are_new(wide: Forge, run: Run) -> None:
    first = incident(wide)
    assert run("sweep").exit_code == 0
    assert "status" in documents(first)

    new, secret, others = (another(wide, path) for path in ("acme/new", "acme/secret-keys", "other/api"))
    tickets = [
        wide.world.open_ticket(one, wide.alice, "Down", labels=["incident"]) for one in (new, secret, others)
    ]
    result = run("sweep")
    assert result.exit_code == 0, result.output
    assert [bool(documents(ticket)) for ticket in tickets] == [True, False, False]


def test_a_project_can_be_named_though_only_a_pattern_is_set(wide: Forge, run: Run) -> None:
    ticket = incident(wide)
    assert run("reconcile", f"{wide.name}:acme/api#{ticket.number}").exit_code == 0
    assert "status" in documents(ticket)
    refused = run("show", f"{wide.name}:other/api#1")
    assert refused.exit_code == 2
    assert "is not in the setting" in refused.output
    assert run("report", "--last", "7d").exit_code in (0, 2)
