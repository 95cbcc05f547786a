"""From nothing to a repository of one's own: a person in a browser, and a terminal beside it."""

import html
import os
import re
import stat
import threading
import tomllib
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import requests

from tests.cli.conftest import Run
from tests.contract.forges import Forge
from tests.pictures import Tab, find_chromium
from tests.sandbox.test_pages_in_browser import appears
from tracker_bridge.cli.connecting import github as steps
from tracker_bridge.cli.connecting import loopback
from tracker_bridge.cli.connecting.loopback import listening
from tracker_bridge.domain.issue.issue import Access
from tracker_bridge.trackers.github.manifest import Manifest, hook_problem, problems

HOOK = "https://bridge.example.org/hooks/github"
GITHUB = pytest.mark.parametrize("forge", ["github"], indirect=True)
GITLAB = pytest.mark.parametrize("forge", ["gitlab"], indirect=True)


class Browser:
    """Does what a person does who is sent to an address, in a thread of its own."""

    def __init__(self, site: str, *, confirms: bool = True) -> None:
        self.site, self.confirms = site, confirms
        self.seen: list[str] = []
        self.threads: list[threading.Thread] = []
        self.session = requests.Session()

    def open(self, address: str) -> bool:
        self.seen.append(address)
        act = self._install if address.startswith(self.site) else self._confirm
        thread = threading.Thread(target=act, args=(address,))
        thread.start()
        self.threads.append(thread)
        return True

    def _confirm(self, address: str) -> None:
        page = self.session.get(address, timeout=10).text
        action = _attribute(page, "action")
        asked = self.session.post(action, {"manifest": _attribute(page, "value")}, timeout=10)
        if self.confirms and asked.status_code == 200:
            form = {"manifest": _attribute(asked.text, "value"), "do": "create"}
            back = self.session.post(action, form, timeout=10)
            self.seen.append(back.url)

    def _install(self, address: str) -> None:
        self.session.post(address, {"as": "alice"}, timeout=10)


def _attribute(page: str, name: str) -> str:
    found = re.search(rf'{name}="([^"]*)"', page.rsplit("<h1>", maxsplit=1)[-1])
    assert found is not None, page
    return html.unescape(str(found[1]))


@pytest.fixture
def clean(forge: Forge, monkeypatch: pytest.MonkeyPatch) -> Forge:
    """A forge whose owner is alice, and no settings of it yet."""
    for name in list(os.environ):
        if name.startswith("TRACKER_BRIDGE_") and not name.endswith(("SIGNING_KEY", "QUEUE")):
            monkeypatch.delenv(name)
    forge.world.add_member(forge.project, forge.alice, Access.ADMIN)
    monkeypatch.setattr(steps, "sleep", lambda _: None)
    monkeypatch.setattr(steps, "PATIENCE", 20.0)
    return forge


@pytest.fixture
def site(clean: Forge) -> str:
    assert clean.sandbox is not None
    return str(clean.sandbox.url)


@pytest.fixture
def browse(monkeypatch: pytest.MonkeyPatch, site: str) -> Callable[..., Browser]:
    def begin(**how: bool) -> Browser:
        browser = Browser(site, **how)
        monkeypatch.setattr("webbrowser.open", browser.open)
        return browser

    return begin


@GITHUB
def test_an_app_is_made_installed_and_used(
    clean: Forge, run: Run, site: str, browse: Callable[..., Browser], tmp_path: Path
) -> None:
    browse()
    result = run("connect", "github", "--org", "acme", "--site", site, "--hook-url", HOOK)
    assert result.exit_code == 0, result.output
    settings = tomllib.loads(Path("tracker-bridge.toml").read_text())["github"]
    assert settings["projects"] == ["acme/api"]
    assert settings["url"] == f"{site}/api/v3"
    for name in ("tracker-bridge.toml", "app-key.pem"):
        assert stat.S_IMODE(Path(name).stat().st_mode) == 0o600
    pem = Path("app-key.pem").read_text()
    assert pem.splitlines()[1] not in result.output
    assert settings["webhook_secrets"][0] not in result.output
    assert "✓ Installed on acme." in result.output
    assert {"incident", "sev1"} <= clean.project.labels.keys()
    assert run("check").exit_code == 0

    again = run("connect", "github", "--org", "acme", "--site", site, "--hook-url", HOOK)
    assert again.exit_code == 0, again.output
    assert "is there already" in again.output
    assert "✓ The labels are up to date." in again.output


@GITHUB
def test_who_is_no_owner_learns_who_has_to_agree(
    clean: Forge, run: Run, site: str, browse: Callable[..., Browser], monkeypatch: pytest.MonkeyPatch
) -> None:
    clean.world.add_member(clean.project, clean.alice, Access.WRITE)
    monkeypatch.setattr(steps, "PATIENCE", 2.0)
    monkeypatch.setattr(steps, "sleep", lambda _: threading.Event().wait(0.05))
    browse()
    result = run("connect", "github", "--org", "acme", "--site", site)
    assert result.exit_code == 1
    assert "alice asked for it; an owner of acme has to agree." in result.output
    assert "run this again" in result.output


@GITHUB
def test_nobody_who_comes_back_from_elsewhere_is_believed(
    clean: Forge, run: Run, site: str, browse: Callable[..., Browser], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(loopback.Loopback.code, "__defaults__", (1.0,))
    browser = browse(confirms=False)

    def forged(address: str) -> bool:
        answers = [
            requests.get(f"{address}/created?code=evil&state=guessed", timeout=5),
            requests.get(f"{address}/created?code=evil", timeout=5),
            requests.get(f"{address}/", headers={"Host": "evil.example"}, timeout=5),
        ]
        assert [one.status_code for one in answers] == [400, 400, 403]
        return browser.open(address)

    monkeypatch.setattr("webbrowser.open", forged)
    result = run("connect", "github", "--org", "acme", "--site", site)
    assert result.exit_code == 1
    assert "Nobody came back from GitHub" in result.output
    assert not Path("app-key.pem").exists()


@GITHUB
def test_over_ssh_the_address_is_pasted(
    clean: Forge, run: Run, site: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    made: list[loopback.Loopback] = []
    real = loopback.Loopback.show

    def shown(self: loopback.Loopback, site: str, action: str, manifest: dict[str, object]) -> None:
        made.append(self)
        real(self, site, action, manifest)

    monkeypatch.setattr(loopback.Loopback, "show", shown)

    def pasted(*_: object, **__: object) -> str:
        page = requests.get(made[0].address, timeout=5).text
        action = _attribute(page, "action")
        form = {"manifest": _attribute(page, "value"), "do": "create"}
        came = requests.post(action, form, timeout=5, allow_redirects=False)
        return str(came.headers["Location"])

    monkeypatch.setattr("click.prompt", pasted)
    browser = Browser(site)
    monkeypatch.setattr("webbrowser.open", browser.open)
    result = run("connect", "github", "--org", "acme", "--site", site, "--paste")
    assert result.exit_code == 0, result.output
    assert urlsplit(browser.seen[0]).path.endswith("/installations/new")


@GITHUB
def test_every_step_is_shown_without_doing_it(clean: Forge, run: Run, site: str) -> None:
    result = run("connect", "github", "--org", "acme", "--hook-url", HOOK, "--dry-run")
    assert result.exit_code == 0
    assert "permissions: issues: write, metadata: read" in result.output
    assert not Path("tracker-bridge.toml").exists()


@pytest.mark.parametrize(
    ("url", "wrong"),
    [
        ("http://bridge.example.org/hooks/github", "https"),
        ("https://localhost/hooks/github", "cannot be reached"),
        ("https://10.0.0.7/hooks/github", "cannot be reached"),
        ("https://[::1]/hooks", "cannot be reached"),
        ("https://bridge.internal/hooks", "cannot be reached"),
        ("https://user:pass@bridge.example.org/", "password"),
        ("https://bridge.example.org/hooks?x=1", "question mark"),
        ("bridge.example.org", "https"),
        (HOOK, ""),
        ("https://203.0.114.5/hooks/github", ""),
    ],
)
def test_addresses_that_github_could_not_reach_are_refused_before(url: str, wrong: str) -> None:
    assert wrong in hook_problem(url)
    assert bool(hook_problem(url)) == bool(wrong)


@pytest.mark.parametrize("owner", ["", "a", "acme", "a-long-organization-name-of-39-letter-x"])
@pytest.mark.parametrize("hook", ["", HOOK])
def test_a_manifest_is_one_that_github_takes(owner: str, hook: str) -> None:
    manifest = Manifest(owner, "4f2a", hook, "http://127.0.0.1:1/created")
    assert list(problems(manifest)) == []
    sent = manifest.content
    assert len(sent["name"]) <= 34
    assert ("hook_attributes" in sent) == bool(hook)
    assert not sent["public"]
    assert "setup_url" not in sent


@GITLAB
def test_the_webhooks_of_a_group_are_added_once(
    clean: Forge, run: Run, site: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GITLAB_TOKEN", clean.bot.token)
    clean.world.add_member(clean.project, clean.bot, Access.ADMIN)
    hook = "https://bridge.example.org/hooks/gitlab"
    where = ("connect", "gitlab", "--group", "acme", "--site", f"{site}/gitlab", "--hook-url", hook)
    shown = run(*where, "--dry-run")
    assert "2. acme/api: a webhook to" in shown.output
    assert clean.project.hooks == {}

    result = run(*where)
    assert result.exit_code == 0, result.output
    [made] = clean.project.hooks.values()
    assert made.signing_token.startswith("whsec_")
    assert made.settings["confidential_note_events"]
    assert not made.settings["push_events"]
    assert made.signing_token not in result.output
    assert clean.bot.token not in result.output
    assert {"incident", "severity::1"} <= clean.project.labels.keys()

    made.settings["note_events"] = False
    assert "webhook mended" in run(*where).output
    assert "the webhook is there" in run(*where).output
    assert len(clean.project.hooks) == 1
    assert run("check").exit_code == 0


@GITLAB
def test_a_token_that_may_not_is_told_without_the_token(
    clean: Forge, run: Run, site: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GITLAB_TOKEN", "glpat-nobody-has-this-one")
    result = run(
        "connect",
        "gitlab",
        "--project",
        "acme/api",
        "--site",
        f"{site}/gitlab",
        "--hook-url",
        "https://b.example.org/h",
    )
    assert result.exit_code == 1
    assert "could not list the webhooks of acme/api: GitLab answered 401" in result.output
    assert "glpat" not in result.output


@GITHUB
@pytest.mark.slow
@pytest.mark.parametrize("sockets", [True])
@pytest.mark.skipif(find_chromium() is None, reason="no Chromium on the PATH")
def test_a_real_browser_walks_the_way(clean: Forge, site: str, tab: Tab) -> None:
    with listening() as here:
        manifest = Manifest("acme", "4f2a", HOOK, here.back)
        here.show("GitHub", manifest.action(site, here.state), manifest.content)
        tab.open(here.address)
        tab.follow("document.querySelector('button').click()")
        assert appears(tab, "document.querySelector('button.primary')?.textContent == 'Create GitHub App'")
        tab.follow("document.querySelector('button.primary').click()")
        assert here.code(20.0)
        assert appears(tab, "document.querySelector('h1')?.textContent == 'Done'")
