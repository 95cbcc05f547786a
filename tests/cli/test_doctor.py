"""``doctor``: a healthy project is all well, and each fault gives exactly its finding, with what mends it."""

import json
import re
import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any, ClassVar

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from tests.cli.conftest import Run
from tests.contract.forges import Forge
from tests.trackers import tls
from tracker_bridge.domain.incident.labels import wanted_labels
from tracker_bridge.domain.issue.issue import Access
from tracker_bridge.queue.key_file import kept_key, key_file
from tracker_bridge.sandbox.faults import FaultResponse
from tracker_bridge.sandbox.world import Hook
from tracker_bridge.settings import load, rules, team_rules

SECRETS = {
    "github": ("WEBHOOK_SECRETS", "a webhook secret of the tests"),
    "gitlab": ("SIGNING_TOKENS", "whsec_dHJhY2tlci1icmlkZ2UncyBjb250cmFjdCB0ZXN0czE="),
}
BRIDGE = "http://127.0.0.1:9/hooks/"
ALL: dict[str, dict[str, object]] = {
    "github": {"events": ["issues", "issue_comment"], "content_type": "json", "active": True},
    "gitlab": {
        "issues_events": True,
        "confidential_issues_events": True,
        "note_events": True,
        "confidential_note_events": True,
    },
}
EXPLAINED = (Path(__file__).parents[2] / "docs" / "troubleshooting.md").read_text()
README = (Path(__file__).parents[2] / "README.md").read_text()
LATE = datetime.now(UTC) + timedelta(days=200)

on_a_port = pytest.mark.parametrize("sockets", [True])
"""For what the forge's server tells by the time of its answers, and for what it sends itself."""


class Running(BaseHTTPRequestHandler):
    """A bridge that runs on this machine."""

    told: ClassVar[dict[str, Any]] = {}
    refuses: ClassVar[bool] = False

    def do_GET(self) -> None:
        status = 403 if self.refuses else 503 if self.told.get("complaints") else 200
        self.send_response(status)
        self.end_headers()
        self.wfile.write(b"" if self.refuses else json.dumps(self.told).encode())

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the library's name
        """Say nothing."""


@pytest.fixture
def running(monkeypatch: pytest.MonkeyPatch) -> Iterator[type[Running]]:
    monkeypatch.setattr(Running, "told", {"complaints": [], "breaker": []})
    monkeypatch.setattr(Running, "refuses", False)
    with HTTPServer(("127.0.0.1", 0), Running) as server:
        monkeypatch.setenv("TRACKER_BRIDGE_PORT", str(server.server_port))
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        yield Running
        server.shutdown()
        thread.join()


@pytest.fixture
def healthy(forge: Forge, running: type[Running], monkeypatch: pytest.MonkeyPatch) -> Forge:
    """A project with all that it takes, and a bridge that runs."""
    assert running.told["complaints"] == []
    name, secret = SECRETS[forge.name]
    monkeypatch.setenv(f"TRACKER_BRIDGE_{forge.name.upper()}__{name}", json.dumps([secret]))
    forge.world.add_member(forge.project, forge.bot, Access.ADMIN)
    forge.bot.grants.expires = LATE
    forge.bot.grants.owner = True
    for label in wanted_labels(rules(load(), forge.name)):
        forge.world.ensure_label(forge.project, label.name)
    hook(forge)
    return forge


def hook(forge: Forge, url: str = "", **settings: object) -> Hook:
    """Add a webhook to the bridge."""
    made = Hook(forge.world.next_id(), url or BRIDGE + forge.name, settings=ALL[forge.name] | settings)
    made.secret = "a secret"
    forge.project.hooks[made.id] = made
    return made


def only_hook(forge: Forge) -> Hook:
    return next(iter(forge.project.hooks.values()))


def found(run: Run, *projects: str) -> tuple[int, list[dict[str, Any]]]:
    """Return the exit code, and every finding that is not well."""
    result = run("doctor", "--json", *projects)
    assert result.exit_code in (0, 1), result.output
    findings = json.loads(result.stdout)["findings"]
    for one in findings:
        assert one["what"]
        assert one["level"] == "ok" or f"| `{one['topic']}` |" in EXPLAINED
        assert one["level"] == "ok" or one["why"]
    return result.exit_code, [one for one in findings if one["level"] != "ok"]


@on_a_port
def test_a_healthy_project_is_all_well(healthy: Forge, run: Run) -> None:
    result = run("doctor")

    assert result.exit_code == 0, result.output
    assert result.stdout.endswith("\nAll checks passed.\n")
    assert {line.split()[0] for line in result.stdout.splitlines() if line.startswith("  ")} == {"ok"}
    assert result.stderr == f"checking {healthy.name}:acme/api\n"
    assert "incident-bot" in result.stdout
    assert f"it is valid until {LATE:%Y-%m-%d}" in result.stdout
    assert healthy.bot.token not in result.output
    asked = [one for one in healthy.sandbox.requests if not one.path.endswith("/graphql")]
    assert {one.method for one in asked} == {"GET"}
    assert not [one for one in healthy.sandbox.requests if b"mutation" in one.body]


def test_projects_are_named_and_unknown_ones_are_a_mistake(healthy: Forge, run: Run) -> None:
    assert found(run, f"{healthy.name}:acme/api#12") == (0, [])
    assert run("doctor", f"{healthy.name}:acme/other").exit_code == 2


# The webhook of a whole organisation or group


def test_the_webhook_of_the_organisation_or_group_is_one(healthy: Forge, run: Run) -> None:
    one = only_hook(healthy)
    healthy.project.hooks.clear()
    healthy.world.add_wide_hook(healthy.name, "acme", one)
    assert found(run) == (0, [])

    one.secret = one.signing_token = ""
    code, [flaw] = found(run)
    assert (code, flaw["topic"]) == (1, "secret")
    assert "acme/-/hooks" in flaw["fix"] or "/organizations/acme/settings/hooks" in flaw["fix"]


def test_one_here_and_one_there_are_two(healthy: Forge, run: Run) -> None:
    other = Hook(healthy.world.next_id(), BRIDGE + healthy.name, settings=ALL[healthy.name])
    other.secret = "a secret"
    healthy.world.add_wide_hook(healthy.name, "acme", other)
    assert [one["what"] for one in found(run)[1]] == [
        f"2 webhooks send to this bridge, or to several: {BRIDGE}{healthy.name}, {BRIDGE}{healthy.name}"
    ]


def test_whom_the_organisation_s_webhooks_are_hidden_from_is_not_alarmed(
    healthy: Forge, running: type[Running], run: Run
) -> None:
    healthy.bot.grants.owner = False
    assert found(run) == (0, []), "the project's own is there"
    healthy.project.hooks.clear()
    code, [doubt] = found(run)
    assert (code, doubt["level"]) == (0, "warning")
    assert "a webhook of the organisation or group may; only its owners can see it" in doubt["what"]

    told = {"problem": "", "last_delivery": "2026-11-28T12:00:00Z"}
    running.told = running.told | {"trackers": {healthy.name: {"projects": {"acme/api": told}}}}
    assert found(run) == (0, [])
    assert "deliveries arrive at the bridge on this machine, the last one at 2026-11-28T12" in run("doctor").stdout
    told["problem"] = "unheard"
    assert len(found(run)[1]) == 1


# The bridge that runs here


def test_what_a_running_bridge_complains_about_is_told(healthy: Forge, running: type[Running], run: Run) -> None:
    issue = f"{healthy.name}:acme/api#7"
    running.told = {
        "complaints": [f"{issue} is paused (duty) for 3 min: x", "github does not answer"],
        "breaker": [{"where": issue, "holds_back": "duty", "seconds": 180, "why": "the very same was written"}],
    }
    code, findings = found(run)
    assert code == 0
    assert [(one["about"], one["topic"], one["what"]) for one in findings] == [
        ("bridge", "breaker", f"{issue}: writing is paused (duty): the very same was written"),
        ("bridge", "running", "github does not answer"),
    ]


def test_no_running_bridge_is_no_problem(
    healthy: Forge, running: type[Running], run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    running.refuses = True
    code, [refused] = found(run)
    assert (code, refused["level"]) == (0, "note")
    assert "it answers 403; the setting operator_token must have the same value there" in refused["what"]
    monkeypatch.setenv("TRACKER_BRIDGE_PORT", "9")
    assert healthy.name in run("doctor").stdout
    [nobody] = found(run)[1]
    assert nobody["what"] == "http://127.0.0.1:9: no bridge answers there"


# Faults

Fault = Callable[[Forge], None]


def _no_hook(forge: Forge) -> None:
    forge.project.hooks.clear()


def _hook_elsewhere(forge: Forge) -> None:
    only_hook(forge).url = "http://127.0.0.1:9/gateway"


def _two_hooks(forge: Forge) -> None:
    hook(forge, f"http://127.0.0.1:10/hooks/{forge.name}")


def _comments_only(forge: Forge) -> None:
    if forge.name == "github":
        only_hook(forge).settings["events"] = ["issue_comment"]
    else:
        only_hook(forge).settings |= {"issues_events": False, "confidential_issues_events": False}


def _no_secret(forge: Forge) -> None:
    only_hook(forge).secret = ""


def _no_labels(forge: Forge) -> None:
    forge.project.labels.pop("incident")


def _renamed(forge: Forge) -> None:
    forge.project.former_paths.append("acme/api")
    forge.project.path = "acme/public-api"


def _gone(forge: Forge) -> None:
    forge.project.path = "acme/other"


def _archived(forge: Forge) -> None:
    forge.project.archived = True


def _token_refused(forge: Forge) -> None:
    forge.bot.token = "another"


def _ends_soon(forge: Forge) -> None:
    forge.bot.grants.expires = datetime.now(UTC) + timedelta(days=3)


def _no_scope(forge: Forge) -> None:
    forge.bot.grants.scopes = ("read:org", "read_api")


def _broken_file(forge: Forge) -> None:
    forge.project.files[f".{forge.name}/tracker-bridge.toml"] = "severities = 7\n"


def _broken_template(forge: Forge) -> None:
    text = "{{ timeline }}\nsee {{ actions }}\n{{ blame }}\n"
    forge.project.files[f".{forge.name}/tracker-bridge/postmortem.md"] = text


def _empty_template(forge: Forge) -> None:
    forge.project.files[f".{forge.name}/tracker-bridge/postmortem.md"] = " \n"


@pytest.mark.parametrize(
    ("fault", "level", "topic", "what", "fix"),
    [
        (_no_hook, "problem", "webhook", "there is no webhook", "hooks"),
        (_hook_elsewhere, "warning", "webhook", "http://127.0.0.1:9/gateway may", "hooks"),
        (_two_hooks, "warning", "webhook", "2 webhooks", "keep one"),
        (_comments_only, "problem", "triggers", "Issues", "enable them"),
        (_no_secret, "problem", "secret", "has no secret", "hooks"),
        (_no_labels, "warning", "labels", "missing: incident", "tracker-bridge labels"),
        (_renamed, "problem", "name", "now called acme/public-api", '"acme/public-api"'),
        (_gone, "problem", "project", "does not exist", ".projects"),
        (_archived, "problem", "project", "archived", "unarchive"),
        (_token_refused, "problem", "credential", "401", "token"),
        (_ends_soon, "warning", "expiry", "only until", "tokens"),
        (_no_scope, "problem", "right", "scope", "tokens"),
        (_broken_template, "problem", "review template", "is broken: line 2: `{{ actions }}`", "docs/review.md"),
        (_empty_template, "warning", "review template", "is empty", "delete it"),
        (_broken_file, "problem", "own settings", "broken: severities", "tracker-bridge check --repository"),
    ],
)
def test_a_fault_gives_exactly_its_finding(
    healthy: Forge, run: Run, *, fault: Fault, level: str, topic: str, what: str, fix: str
) -> None:
    fault(healthy)

    code, findings = found(run)

    assert [(one["level"], one["topic"]) for one in findings] == [(level, topic)], findings
    assert what in findings[0]["what"]
    assert fix in findings[0]["fix"]
    assert code == (1 if level == "problem" else 0)


@on_a_port
@pytest.mark.parametrize(("seconds", "what"), [(180, "3 min behind"), (-180, "3 min ahead")])
def test_a_clock_that_is_wrong_is_told(healthy: Forge, run: Run, seconds: int, what: str) -> None:
    healthy.sandbox.set_clock_ahead(seconds)
    code, [finding] = found(run)
    assert (code, finding["level"], finding["topic"]) == (1, "problem", "clock")
    assert what in finding["what"]
    assert "timedatectl" in finding["fix"]


def test_a_teams_template_of_reviews_is_told_with_its_places(healthy: Forge, run: Run) -> None:
    path = f".{healthy.name}/tracker-bridge/postmortem.md"
    healthy.project.files[path] = "# Review\n\n{{ timeline }}\n\n## To do\n\n{{ actions }}\n"
    code, findings = found(run)
    assert (code, findings) == (0, [])
    assert f"{path} is valid; it has invitation, timeline, actions" in run("doctor").stdout


def test_no_key_yet_is_a_note(healthy: Forge, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("TRACKER_BRIDGE_SIGNING_KEY")
    code, findings = found(run)
    assert (code, [(one["level"], one["topic"]) for one in findings]) == (0, [("note", "key")])
    assert "start serve" in findings[0]["fix"]


@pytest.mark.parametrize(("mode", "told"), [(0o600, []), (0o640, [("warning", "key")])])
def test_a_key_that_is_kept_is_for_its_owner_only(
    healthy: Forge, run: Run, monkeypatch: pytest.MonkeyPatch, *, mode: int, told: list[tuple[str, str]]
) -> None:
    monkeypatch.delenv("TRACKER_BRIDGE_SIGNING_KEY")
    load().queue_file.parent.mkdir()
    kept_key(load().queue_file)
    key_file(load().queue_file).chmod(mode)
    code, findings = found(run)
    assert (code, [(one["level"], one["topic"]) for one in findings]) == (0, told)


def test_who_may_read_only_is_told(healthy: Forge, run: Run) -> None:
    healthy.world.add_member(healthy.project, healthy.bot, Access.READ)
    code, findings = found(run)
    assert code == 1
    told = [(one["level"], one["topic"]) for one in findings if one["topic"] != "own settings"]
    assert told == [("problem", "right"), ("note", "webhook")]
    assert "role" in findings[0]["what"]


def test_what_may_not_be_seen_is_no_problem(healthy: Forge, run: Run) -> None:
    """Without the right to see webhooks: cannot tell."""
    healthy.world.add_member(healthy.project, healthy.bot, Access.WRITE)
    code, findings = found(run)
    assert (code, [(one["level"], one["topic"]) for one in findings]) == (0, [("note", "webhook")])
    assert "unknown" in findings[0]["what"]


@on_a_port
@pytest.mark.parametrize(("status", "topic"), [(202, ""), (401, "secret"), (404, "delivery"), (502, "delivery")])
def test_the_newest_delivery_tells_how_it_arrives(healthy: Forge, run: Run, status: int, topic: str) -> None:
    with tls.serving(None, status) as place:
        only_hook(healthy).url = f"http://{place}/hooks/{healthy.name}"
        healthy.world.open_ticket(healthy.project, healthy.alice, "API down", "text")
        healthy.sandbox.hooks.settle()
    code, findings = found(run)
    assert [one["topic"] for one in findings] == ([topic] if topic else [])
    assert code == (1 if topic else 0)


@on_a_port
def test_a_bridge_that_nobody_reaches_is_told(healthy: Forge, run: Run) -> None:
    healthy.world.open_ticket(healthy.project, healthy.alice, "API down", "text")
    healthy.sandbox.hooks.settle()
    _, findings = found(run)
    assert [(one["topic"], one["level"]) for one in findings] == [("delivery", "problem")]
    assert "cannot be reached" in findings[0]["why"]


def test_a_hook_that_gitlab_stopped_is_told(healthy: Forge, run: Run) -> None:
    if healthy.name == "github":
        only_hook(healthy).settings["active"] = False
    else:
        only_hook(healthy).settings["alert_status"] = "disabled"
    _, findings = found(run)
    assert [(one["topic"], one["level"]) for one in findings] == [("webhook", "problem")]


def test_a_server_that_does_not_answer_is_named_once(
    healthy: Forge, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    prefix = f"TRACKER_BRIDGE_{healthy.name.upper()}__"
    monkeypatch.setenv(f"{prefix}URL", "http://127.0.0.1:9")
    monkeypatch.setenv(f"{prefix}PROJECTS", '["acme/api", "acme/web"]')
    code, findings = found(run)
    assert (code, [one["topic"] for one in findings]) == (1, ["server"])
    assert "refused" in findings[0]["what"]
    assert "http://127.0.0.1:9" in findings[0]["what"]


def test_another_address_on_the_server_is_told(healthy: Forge, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """The web site in place of the API, a sub-path that was left out."""
    monkeypatch.setenv(f"TRACKER_BRIDGE_{healthy.name.upper()}__URL", f"{healthy.sandbox.url}/elsewhere")
    (finding,) = found(run)[1]
    assert finding["what"].startswith("there is no Git")
    assert f"{healthy.name}.url" in finding["fix"]


def test_a_server_that_fails_now_is_told(healthy: Forge, run: Run) -> None:
    healthy.sandbox.faults.add(FaultResponse(503), path="/labels", times=9)
    code, findings = found(run)
    assert (code, [one["topic"] for one in findings]) == (1, ["forge"])
    assert "again" in findings[0]["fix"]


# GitHub's other credentials


@pytest.fixture
def github(healthy: Forge) -> Forge:
    if healthy.name != "github":
        pytest.skip("GitHub only")
    return healthy


@pytest.fixture(scope="session")
def key() -> str:
    made = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    return made.private_bytes(Encoding.PEM, PrivateFormat.TraditionalOpenSSL, NoEncryption()).decode()


@pytest.fixture
def app(github: Forge, key: str, monkeypatch: pytest.MonkeyPatch) -> Forge:
    """The bot as an App that has a webhook for itself; the repository has none."""
    monkeypatch.delenv("TRACKER_BRIDGE_GITHUB__TOKEN")
    monkeypatch.setenv("TRACKER_BRIDGE_GITHUB__APP_ID", str(github.bot.id))
    monkeypatch.setenv("TRACKER_BRIDGE_GITHUB__PRIVATE_KEY", key)
    github.bot.hook = github.project.hooks.popitem()[1]
    return github


def test_a_healthy_app_is_all_well(app: Forge, run: Run) -> None:
    result = run("doctor")
    assert result.stdout.endswith("\nAll checks passed.\n"), result.stdout
    assert "the GitHub App incident-bot" in result.stdout


def in_docs(text: str, forge: Forge) -> str:
    """Return what was printed with the addresses and names of the docs in place of the sandbox's."""
    site = forge.sandbox.url
    replaced = {
        forge.sandbox.github_url: "https://api.github.com",
        f"{site}/hooks": "https://bridge.example.org/hooks",
        BRIDGE: "https://bridge.example.org/hooks/",
        site: "https://github.com",
        "acme/api": "acme/shop",
        f"installations/{forge.bot.id}": "installations/4711",
        f"ID {forge.project.id}": "ID 815",
        str(load().queue_file): "/var/lib/tracker-bridge/queue.sqlite3",
    }
    for found, shown in replaced.items():
        text = text.replace(found, shown)
    text = re.sub(r"answers, version \S+", "answers", text)
    text = re.sub(r"http://127\.0\.0\.1:\d+", "http://127.0.0.1:8080", text)
    text = re.sub(r"\d+ of 5000 requests are left until \d\d", "4999 of 5000 requests are left until 15", text)
    return re.sub(r"differ by \d+ s", "differ by 0 s", text)


@on_a_port
def test_the_readme_shows_what_doctor_says(app: Forge, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("TRACKER_BRIDGE_SIGNING_KEY")
    load().queue_file.parent.mkdir(exist_ok=True)
    kept_key(load().queue_file)
    app.bot.grants.permissions["pull_requests"] = "none"
    for name in ("sev3", "sev4"):
        app.project.labels.pop(name)
    [shown] = re.findall(r"^\$ tracker-bridge doctor\n(.*?)^```", README, re.MULTILINE | re.DOTALL)
    result = run("doctor")
    assert in_docs(result.stderr + result.stdout, app) == shown


@pytest.mark.parametrize(
    ("permission", "level", "name"),
    [
        ("issues", "problem", "Issues: read and write"),
        ("pull_requests", "warning", "Pull requests: read"),
        ("contents", "warning", "Contents: read"),
        ("members", "warning", "Members: read"),
    ],
)
def test_a_permission_that_an_app_lacks_is_told(
    app: Forge, run: Run, permission: str, level: str, name: str
) -> None:
    app.bot.grants.permissions[permission] = "none"
    if permission == "issues":
        app.bot.grants.permissions[permission] = "read"
    _, findings = found(run)
    assert (level, f"permission {name}: missing") in [(one["level"], one["what"]) for one in findings]
    assert {one["topic"] for one in findings} <= {"right", "own settings"}
    assert "/settings/installations/" in findings[0]["fix"]


def test_an_app_that_is_not_installed_or_suspended_is_told(app: Forge, run: Run) -> None:
    app.bot.grants.suspended = True
    assert [one["what"] for one in found(run)[1]] == ["the App's installation is suspended"]
    app.bot.grants.installed = False
    (finding,) = found(run)[1]
    assert finding["what"] == "the App is not installed there"
    assert finding["fix"].endswith("/apps/incident-bot/installations/new")


def test_the_wrong_app_is_told(app: Forge, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TRACKER_BRIDGE_GITHUB__APP_ID", "999999")
    assert [(one["topic"], one["level"]) for one in found(run)[1]] == [("credential", "problem")]


def test_a_renamed_repository_is_told_by_an_app_as_well(app: Forge, run: Run) -> None:
    _renamed(app)
    assert [one["topic"] for one in found(run)[1]] == ["name"]


def test_events_that_an_app_did_not_ask_for_are_told(app: Forge, run: Run) -> None:
    app.bot.grants.events = ("issues",)
    (finding,) = found(run)[1]
    assert (finding["topic"], finding["level"]) == ("triggers", "problem")
    assert "Issue comments" in finding["what"]


def test_an_app_without_a_webhook_is_looked_for_in_the_repository(app: Forge, run: Run) -> None:
    app.bot.hook = None
    (finding,) = found(run)[1]
    assert (finding["topic"], finding["level"]) == ("webhook", "note")


def test_of_a_fine_grained_token_what_reads_is_tried(github: Forge, run: Run) -> None:
    github.bot.grants.scopes = None
    github.bot.grants.permissions |= {"repository_hooks": "read"}
    code, findings = found(run)
    assert code == 0
    assert [one["what"] for one in findings] == ["permission Issues: read and write: unknown"]

    github.bot.grants.permissions["pull_requests"] = "none"
    code, findings = found(run)
    assert "permission Pull requests: read: missing" in [one["what"] for one in findings]


def test_a_fine_grained_token_of_gitlab_does_not_tell(healthy: Forge, run: Run) -> None:
    if healthy.name == "github":
        pytest.skip("GitLab only")
    healthy.bot.grants.scopes = None
    code, findings = found(run)
    assert (code, [one["what"] for one in findings]) == (0, ["scope api: unknown"])


def test_types_of_the_organisation_s_own_are_told(healthy: Forge, run: Run) -> None:
    healthy.project.own_types = ("User Story", "Change")
    code, findings = found(run)
    told = [(one["level"], one["topic"], one["what"]) for one in findings]
    own = ("note", "types", "the organisation has its own issue types: User Story, Change")
    assert (code, told) == (0, [own] if healthy.name == "gitlab" else [])


def test_a_form_is_only_a_note(github: Forge, run: Run) -> None:
    only_hook(github).settings["content_type"] = "form"
    assert [(one["topic"], one["level"]) for one in found(run)[1]] == [("content", "note")]


# Without a server, and alerts

JOBS = {"github": ".github/workflows/tracker-bridge-sweep.yml", "gitlab": "tracker-bridge, every hour"}
OFF = {
    "github": ("disabled_inactivity", "GitHub switched it off after 60 days without activity"),
    "gitlab": ("inactive", "it is inactive"),
}


def test_a_workflow_or_schedule_that_is_switched_off_is_told(healthy: Forge, run: Run) -> None:
    state, why = OFF[healthy.name]
    healthy.project.jobs |= {JOBS[healthy.name]: state, "nightly tests": "inactive", "ci.yml": "disabled_manually"}
    code, [finding] = found(run)
    assert (code, finding["level"], finding["topic"]) == (0, "warning", "job")
    assert f"{JOBS[healthy.name]} is switched off: {why}" in finding["what"]
    assert "switch it on: http" in finding["fix"]


def test_one_that_is_switched_on_needs_no_webhook(healthy: Forge, run: Run) -> None:
    healthy.project.hooks.clear()
    healthy.project.jobs[JOBS[healthy.name]] = "active"
    assert found(run) == (0, [])
    assert f"{JOBS[healthy.name]} is switched on" in run("doctor").stdout


def test_one_that_may_not_be_seen_is_no_problem(healthy: Forge, run: Run) -> None:
    path = r"/(actions/workflows|pipeline_schedules)$"
    healthy.sandbox.faults.add(FaultResponse(403, body=b"{}"), method="GET", path=path, times=9)
    assert found(run) == (0, [])


def sources(forge: Forge, monkeypatch: pytest.MonkeyPatch, **given: object) -> None:
    source = {
        "name": "prod",
        "kind": "alertmanager",
        "project": f"{forge.name}:acme/api",
        "secrets": ["a secret of twenty-four bytes"],
        **given,
    }
    monkeypatch.setenv("TRACKER_BRIDGE_ALERTS", json.dumps([source]))


def test_sources_of_alerts_are_told_with_the_last_that_came(
    healthy: Forge, run: Run, running: type[Running], monkeypatch: pytest.MonkeyPatch
) -> None:
    sources(healthy, monkeypatch)
    running.told = {"complaints": [], "alerts": {"sources": {}}}
    assert "none has come since the bridge was started" in run("doctor").stdout
    running.told = {"complaints": [], "alerts": {"sources": {"prod": "2026-11-02T09:00:00Z"}}}
    shown = run("doctor").stdout
    assert "POST /alerts/prod takes those of alertmanager, the last one came at 2026-11-02T09:00:00Z" in shown
    assert "a secret of" not in shown


@pytest.mark.parametrize(("count", "level"), [(1, ""), (2, "note"), (3, "warning")])
def test_secrets_that_were_left_over_are_told(
    healthy: Forge, run: Run, monkeypatch: pytest.MonkeyPatch, count: int, level: str
) -> None:
    sources(healthy, monkeypatch, secrets=[f"{number} is a secret of the tests" for number in range(count)])
    code, told = found(run)
    assert (code, [(one["level"], one["topic"]) for one in told]) == (
        0,
        [(level, "alert secrets")] if level else [],
    )


def test_severities_of_alerts_are_those_of_the_project_s_own_scale(
    healthy: Forge, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    scale = '[[severities]]\nname = "p1"\nmeaning = "everyone is blocked"\n'
    healthy.project.files[f".{healthy.name}/tracker-bridge.toml"] = scale
    for label in wanted_labels(team_rules(scale, load(), healthy.name)):
        healthy.world.ensure_label(healthy.project, label.name)
    sources(healthy, monkeypatch, severity="p1", severities={"page": "P1"})
    assert found(run) == (0, [])
    sources(healthy, monkeypatch, severity="sev2", severities={"page": "p1", "ticket": "sev4"})
    code, [finding] = found(run)
    assert (code, finding["level"], finding["topic"]) == (0, "warning", "alert severities")
    where = f"{healthy.name}:acme/api"
    assert finding["what"] == f"{where} has no severity sev2, sev4; its severities are p1"
