"""What writes needs the key that the serving process signs with; what reads needs none."""

from pathlib import Path

import pytest

from tests.cli.conftest import Run
from tests.contract.forges import Forge
from tracker_bridge.queue.key_file import kept_key
from tracker_bridge.sandbox.world import Ticket
from tracker_bridge.settings import load


@pytest.fixture
def ticket(forge: Forge, monkeypatch: pytest.MonkeyPatch) -> Ticket:
    monkeypatch.delenv("TRACKER_BRIDGE_SIGNING_KEY")
    seal = {"github": "GITHUB__WEBHOOK_SECRETS", "gitlab": "GITLAB__WEBHOOK_TOKENS"}[forge.name]
    monkeypatch.setenv(f"TRACKER_BRIDGE_{seal}", '["a webhook secret of the tests"]')
    return forge.world.open_ticket(forge.project, forge.alice, "API down", "/incident declare")


@pytest.fixture
def ref(forge: Forge, ticket: Ticket) -> str:
    return f"{forge.name}:{forge.project.path}#{ticket.number}"


def kept(queue: Path) -> bytes:
    """Make the key as ``serve`` does at its first start."""
    queue.parent.mkdir(parents=True)
    return kept_key(queue)


@pytest.mark.parametrize("args", [["reconcile", "REF"], ["sweep"], ["declare", "PROJECT", "Mail is slow"]])
def test_what_writes_does_not_without_a_key_and_says_what_to_do(
    forge: Forge, run: Run, ref: str, args: list[str]
) -> None:
    places = {"REF": ref, "PROJECT": ref.partition("#")[0]}
    result = run(*[places.get(one, one) for one in args])

    assert result.exit_code == 2
    assert "key (TRACKER_BRIDGE_SIGNING_KEY): is not set, and no queue on this machine has one" in result.output
    assert str(load().queue_file) + ".key" in result.output
    assert "openssl rand -hex 32" in result.output
    assert [one.comments for one in forge.project.tickets.values()] == [[]]
    assert not load().queue_file.parent.exists()


@pytest.mark.parametrize("args", [["plan"], ["show"], ["export", "--format", "json"]])
def test_what_reads_needs_none(run: Run, ref: str, args: list[str]) -> None:
    assert run(args[0], ref, *args[1:]).exit_code == 0


def test_the_key_of_the_queue_signs(
    run: Run, ticket: Ticket, ref: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    key = kept(load().queue_file).decode()
    assert "post a comment (status)" in run("reconcile", ref).output
    assert "up to date" in run("reconcile", ref).output

    monkeypatch.setenv("TRACKER_BRIDGE_SIGNING_KEY", key)
    monkeypatch.setenv("TRACKER_BRIDGE_QUEUE", str(tmp_path / "elsewhere" / "queue.sqlite3"))
    assert "up to date" in run("reconcile", ref).output
    assert not [note for note in ticket.comments if key in note.body]


def test_check_says_where_the_key_is(run: Run, ticket: Ticket, monkeypatch: pytest.MonkeyPatch) -> None:
    queue = load().queue_file
    assert f"none yet; serve creates one at its first start, and keeps it in {queue}.key" in run("check").output
    kept(queue)
    assert f"Signing key: kept in {queue}.key\n" in run("check").output
    monkeypatch.setenv("TRACKER_BRIDGE_SIGNING_KEY", "k" * 32)
    given = "Signing key: given in the environment variable TRACKER_BRIDGE_SIGNING_KEY"
    assert f"{given}; the one kept in {queue}.key is accepted as well\n" in run("check").output
