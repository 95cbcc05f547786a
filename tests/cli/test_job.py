"""A team without a server: the same reconcile, in a job that says what it is about."""

import json
from pathlib import Path

import pytest
import yaml

from tests.cli.conftest import Run
from tests.contract.forges import Forge
from tracker_bridge.domain.issue.changes import key_of
from tracker_bridge.sandbox.world import Ticket

JOBS = Path(__file__).parent / "jobs"
ROOT = Path(__file__).parents[2]


@pytest.fixture
def job(forge: Forge, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> "Job":
    return Job(forge, monkeypatch, tmp_path)


class Job:
    """The environment of a job, from a sample, about the project of the forge."""

    def __init__(self, forge: Forge, monkeypatch: pytest.MonkeyPatch, folder: Path) -> None:
        self.forge, self.patch, self.folder = forge, monkeypatch, folder
        self.summary = folder / "summary.md"

    def begins(self, sample: str, number: int = 0, **changed: str) -> None:
        """Set what a job of GitHub Actions has; ``number`` is the issue that started it."""
        event = json.loads((JOBS / f"{sample}.json").read_bytes())
        if number:
            event["issue"]["number"] = number
        (self.folder / "event.json").write_text(json.dumps(event))
        lines = (JOBS / f"{sample}.env").read_text().splitlines()
        given = dict(line.split("=", 1) for line in lines if "=" in line)
        given |= {
            "GITHUB_REPOSITORY": self.forge.project.path,
            "GITHUB_EVENT_PATH": str(self.folder / "event.json"),
            "GITHUB_STEP_SUMMARY": str(self.summary),
            "GITHUB_TOKEN": self.forge.bot.token,
            "GITHUB_API_URL": self.forge.sandbox.github_url if self.forge.sandbox else "",
            **changed,
        }
        for name, value in given.items():
            self.patch.setenv(name, value)
        for name in ("TOKEN", "URL", "PROJECTS"):
            self.patch.delenv(f"TRACKER_BRIDGE_GITHUB__{name}", raising=False)

    def is_triggered(self, by: int, number: int) -> None:
        """Set what a job of GitLab CI has, when a webhook triggered it."""
        event = json.loads((JOBS / "trigger-payload.json").read_bytes())
        event["user"]["id"] = by
        event["issue"] = {**event.get("issue", {}), "iid": number}
        (self.folder / "payload.json").write_text(json.dumps(event))
        lines = (JOBS / "trigger-payload.env").read_text().splitlines()
        given = dict(line.split("=", 1) for line in lines if "=" in line)
        assert self.forge.sandbox is not None
        given |= {
            "CI_PROJECT_PATH": self.forge.project.path,
            "CI_SERVER_URL": self.forge.sandbox.gitlab_url,
            "TRIGGER_PAYLOAD": str(self.folder / "payload.json"),
        }
        for name, value in given.items():
            self.patch.setenv(name, value)
        for name in ("URL", "PROJECTS"):
            self.patch.delenv(f"TRACKER_BRIDGE_GITLAB__{name}", raising=False)


def documents(ticket: Ticket) -> list[str | None]:
    return [key_of(note.body) for note in ticket.comments if note.author.bot]


def incident(forge: Forge, title: str = "Down") -> Ticket:
    return forge.world.open_ticket(forge.project, forge.alice, title, labels=["incident"])


@pytest.mark.parametrize("forge", ["github"], indirect=True)
@pytest.mark.parametrize("sample", ["issues.opened", "issues.labeled", "issue_comment.created"])
def test_an_event_reconciles_its_issue_first_and_then_what_else_changed(
    forge: Forge, run: Run, job: Job, sample: str
) -> None:
    other, ticket = incident(forge), incident(forge, "Also down")
    job.begins(sample, ticket.number)
    result = run("job")
    assert result.exit_code == 0, result.output
    assert "status" in documents(ticket)
    assert "status" in documents(other)
    said = job.summary.read_text()
    assert said.index(f"#{ticket.number}:") < said.index(f"#{other.number}:")
    assert "2 issues processed, 2 changed, 0 failures. Last looked at" in said


@pytest.mark.parametrize("forge", ["github"], indirect=True)
@pytest.mark.parametrize("sample", ["schedule", "workflow_dispatch"])
def test_a_schedule_sweeps(forge: Forge, run: Run, job: Job, sample: str) -> None:
    ticket = incident(forge)
    job.begins(sample)
    assert run("job").exit_code == 0
    assert "status" in documents(ticket)
    assert "1 issue processed, 0 changed" in run("job").output


@pytest.mark.parametrize("forge", ["github"], indirect=True)
def test_a_comment_on_a_pull_request_is_left_alone(forge: Forge, run: Run, job: Job) -> None:
    ticket = incident(forge)
    job.begins("issue_comment.created.pull-request")
    assert run("job").output == "Nothing to do: this event is about a pull request.\n"
    assert documents(ticket) == []


@pytest.mark.parametrize("forge", ["github"], indirect=True)
def test_the_token_of_a_job_tells_who_we_are(forge: Forge, run: Run, job: Job) -> None:
    ticket = incident(forge)
    assert forge.sandbox is not None
    token = forge.sandbox.job_token(forge.bot)
    job.begins("schedule", GITHUB_TOKEN=token)
    result = run("job")
    assert result.exit_code == 0, result.output
    assert "status" in documents(ticket)


@pytest.mark.parametrize("forge", ["gitlab"], indirect=True)
def test_a_trigger_reconciles_and_our_own_notes_trigger_nothing(forge: Forge, run: Run, job: Job) -> None:
    ticket = incident(forge)
    job.is_triggered(forge.bot.id, ticket.number)
    assert run("job").output == "Nothing to do: it was our own doing.\n"
    assert documents(ticket) == []
    job.is_triggered(forge.alice.id, ticket.number)
    result = run("job")
    assert result.exit_code == 0, result.output
    assert "status" in documents(ticket)


@pytest.mark.parametrize("forge", ["gitlab"], indirect=True)
def test_a_payload_that_cannot_be_read_means_a_sweep(forge: Forge, run: Run, job: Job) -> None:
    ticket = incident(forge)
    job.is_triggered(forge.alice.id, 99)
    (job.folder / "payload.json").write_text('{"object_kind": "note", ')
    assert run("job").exit_code == 0
    assert "status" in documents(ticket)


@pytest.mark.parametrize("forge", ["github"], indirect=True)
def test_what_is_missing_is_said(forge: Forge, run: Run, job: Job, monkeypatch: pytest.MonkeyPatch) -> None:
    result = run("job")
    assert result.exit_code == 2
    assert "this is no job of GitHub Actions or GitLab CI; elsewhere, use sweep" in result.output
    job.begins("schedule", GITHUB_TOKEN="")
    assert "GITHUB_TOKEN: ${{ github.token }}" in run("job").output
    monkeypatch.setenv("GITHUB_ACTIONS", "")
    monkeypatch.setenv("GITLAB_CI", "true")
    monkeypatch.setenv("CI_PROJECT_PATH", "acme/api")
    assert "add a masked and protected variable" in run("job").output


@pytest.mark.parametrize("forge", ["github"], indirect=True)
def test_the_workflows_do_as_the_documentation_shows(forge: Forge) -> None:
    page = (ROOT / "docs/no-server.md").read_text("utf-8")
    for path in ("github-workflows/tracker-bridge.yml", "github-workflows/tracker-bridge-sweep.yml"):
        assert (ROOT / "deploy" / path).read_text("utf-8") in page


def test_the_workflow_of_the_status_page_does_as_the_documentation_shows() -> None:
    page = (ROOT / "docs/status-page.md").read_text("utf-8")
    assert (ROOT / "deploy/github-workflows/tracker-bridge-status-page.yml").read_text("utf-8") in page


def test_the_job_of_gitlab_pages_publishes_what_it_builds(
    forge: Forge, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its variables are settings, its command works, and its artifact is what is built."""
    if forge.name == "github":
        pytest.skip("GitLab's job")
    inputs, job = yaml.safe_load_all((ROOT / "deploy/gitlab/templates/status-page.yml").read_text("utf-8"))
    job = job["pages"]
    given = {
        "$[[ inputs.title ]]": inputs["spec"]["inputs"]["title"]["default"],
        "$CI_PAGES_URL": "https://pages.test",
    }
    for name, value in job["variables"].items():
        if name.startswith("TRACKER_BRIDGE_STATUS_PAGE__"):
            monkeypatch.setenv(name, given[value])
    *program, folder, check = job["script"][-1].split()
    assert program == ["tracker-bridge", "status", "build"]
    assert run("status", "build", folder, check).exit_code == 0
    assert Path(job["artifacts"]["paths"][0], "index.html").exists()
