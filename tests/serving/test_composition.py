"""From settings to what runs."""

import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.serving.conftest import Start, eventually
from tracker_bridge.queue import QueueError
from tracker_bridge.serving import host
from tracker_bridge.serving.bridge import open_bridge
from tracker_bridge.serving.running import GRACE, serve
from tracker_bridge.serving.runtime import SWEEP_GRACE, open_runtime
from tracker_bridge.settings import BadSettings, Settings

SECRET = "a webhook secret of the tests"
GITHUB = {"token": "ghp_token_of_the_tests", "projects": ["acme/api"], "webhook_secrets": [SECRET]}
GITLAB = {"token": "glpat-token-of-the-tests", "projects": ["acme/web"], "webhook_tokens": [SECRET]}


@pytest.fixture
def queue(tmp_path: Path) -> Path:
    return tmp_path / "state" / "queue.sqlite3"


def settings(queue: Path, **tables: Any) -> Settings:
    return Settings.model_validate({"queue": queue, "port": 0, **tables})


def test_everything_is_opened_and_closed_again(queue: Path) -> None:
    for _ in range(2):
        with open_runtime(settings(queue, github=GITHUB, gitlab=GITLAB)) as runtime:
            assert sorted(runtime.trackers) == ["github", "gitlab"]
            assert runtime.queue.stats().waiting == 0
            assert runtime.web().test_client().get("/readyz").status_code == 200


def test_one_shot_commands_need_no_queue(queue: Path) -> None:
    with open_bridge(settings(queue, gitlab=GITLAB)) as bridge:
        assert bridge.trackers["gitlab"].projects == {"acme/web"}
    assert not queue.parent.exists()


def test_a_tracker_that_is_not_configured_is_not_imported(queue: Path) -> None:
    """Each is asked in a fork of one process: what both import is imported once."""
    tables = {"github": GITHUB, "gitlab": GITLAB}
    program = (
        "import os, sys\n"
        "from tracker_bridge.serving.runtime import open_runtime\n"
        "from tracker_bridge.settings import Settings\n"
        "print(sorted({'github', 'gitlab'} & sys.modules.keys()), flush=True)\n"
        f"for name, table in {tables!r}.items():\n"
        "    if os.fork() == 0:\n"
        f"        settings = Settings.model_validate({{'queue': {str(queue)!r} + name, name: table}})\n"
        "        with open_runtime(settings):\n"
        "            print(sorted({'github', 'gitlab'} & sys.modules.keys()), flush=True)\n"
        "            os._exit(0)\n"
        "    assert os.wait()[1] == 0\n"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, timeout=60)
    assert done.stdout.splitlines() == ["[]", "['github']", "['gitlab']"]


def test_no_tracker_is_a_problem_of_the_settings(queue: Path) -> None:
    with pytest.raises(BadSettings, match="no tracker is configured"), open_runtime(settings(queue)):
        pytest.fail("it was opened")


def test_serving_without_a_secret_is_refused(queue: Path) -> None:
    with pytest.raises(BadSettings, match="webhooks without a secret are not accepted"):
        serve(settings(queue, github={**GITHUB, "webhook_secrets": []}))


def test_serving_a_queue_in_use_is_refused_before_anything_runs(queue: Path) -> None:
    chosen = settings(queue, github=GITHUB)
    with open_runtime(chosen), pytest.raises(QueueError, match="in use by another process"):
        serve(chosen)


def test_a_folder_that_can_not_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    nowhere = settings(tmp_path / "file" / "queue.sqlite3", github=GITHUB)
    with pytest.raises(QueueError, match="cannot be created"), open_runtime(nowhere):
        pytest.fail("it was opened")


def test_other_wsgi_servers_find_the_application(queue: Path, start: Start) -> None:
    environ = {
        "TRACKER_BRIDGE_QUEUE": str(queue),
        "TRACKER_BRIDGE_GITHUB__TOKEN": "ghp_token_of_the_tests",
        "TRACKER_BRIDGE_GITHUB__URL": "http://127.0.0.1:9",
        "TRACKER_BRIDGE_GITHUB__PROJECTS": '["acme/api"]',
        "TRACKER_BRIDGE_GITHUB__WEBHOOK_SECRETS": f'["{SECRET}"]',
    }
    program = start("tests.serving.imported", environ=environ)

    program.says("200 ready")
    assert program.ends() == 0
    program.says("queue closed")


@pytest.mark.parametrize(
    ("file", "setting"),
    [("tracker-bridge.service", r"^TimeoutStopSec=(\d+)$"), ("compose.yaml", r"^ *stop_grace_period: (\d+)s\b")],
)
def test_an_orderly_stop_is_over_before_a_supervisor_kills(file: str, setting: str) -> None:
    text = (Path(__file__).parents[2] / "deploy" / file).read_text()
    found = re.search(setting, text, re.MULTILINE)
    assert found is not None
    at_most = GRACE + host.UNDER_WAY + SWEEP_GRACE + 1  # and what takes no time
    assert at_most < int(found[1])


def test_working_ends_at_sigterm_with_0(queue: Path, fork: Start) -> None:
    program = fork("tests.serving.working", queue)
    eventually(lambda: "running: github" in program.log.read_text(), "that it works")
    program.process.terminate()

    assert program.ends() == 0
    assert "stopped" in program.log.read_text()
