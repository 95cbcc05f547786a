"""A status page out of a project's issues: what everyone was told, and not a byte of anything else."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.cli.conftest import Run
from tests.contract.forges import Forge
from tracker_bridge.cli import status

CANARY = "canary-3f9a"


def written() -> dict[str, bytes]:
    return {
        str(path.relative_to("public")): path.read_bytes() for path in Path("public").rglob("*") if path.is_file()
    }


def incident(forge: Forge, *lines: str, confidential: bool = False) -> None:
    """Open an incident in which every internal text is a canary, and say the ``lines``."""
    world = forge.world
    labels = ["incident", "service:checkout", CANARY]
    ticket = world.open_ticket(
        forge.project, forge.alice, f"{CANARY} title", f"{CANARY} body", labels=labels, confidential=confidential
    )
    internal = (
        f"/incident impact {CANARY}: {CANARY} cannot pay",
        "/incident claim comms external",
        f"/incident note {CANARY}",
        f"/incident channel main #{CANARY}",
        f"/incident update internal: {CANARY} inside",
    )
    for line in (*internal, *lines):
        world.comment(ticket, forge.alice, line)


def test_a_page_is_built_from_what_everyone_was_told(forge: Forge, run: Run) -> None:
    incident(forge, "/incident update external: Payments fail.")
    assert run("sweep").exit_code == 0
    address = ("--title", "Acme status", "--url", "https://status.example.org")
    result = run("status", "build", "public", *address, "--check")
    assert result.exit_code == 0, result.output
    assert "Nothing internal of 1 incidents is in the files." in result.output
    page = Path("public/index.html").read_text("utf-8")
    assert "<h3>Payments fail</h3>" in page
    summary = json.loads(Path("public/api/v2/summary.json").read_text("utf-8"))
    assert summary["page"]["name"] == "Acme status"
    assert [one["name"] for one in summary["components"]] == ["checkout"]
    assert Path("public/components/checkout.atom").exists()


def test_no_byte_of_any_file_is_internal(forge: Forge, run: Run) -> None:
    assert forge.sandbox is not None
    incident(forge, "/incident update external: Payments fail.")
    if forge.name == "gitlab":  # GitHub has no confidential issues
        incident(forge, f"/incident update external: {CANARY} said in confidence.", confidential=True)
    assert run("sweep").exit_code == 0
    assert run("status", "build", "public").exit_code == 0
    for name, content in written().items():
        for word in (CANARY, forge.project.path, forge.alice.login, forge.sandbox.url, "/issues/"):
            assert word.encode() not in content, (name, word)


def maintenance(forge: Forge, labels: list[str], *, confidential: bool = False) -> None:
    """Plan work in an issue in which everything internal is a canary."""
    forge.clock.now = datetime.now(UTC).replace(microsecond=0)
    begin = forge.clock.now + timedelta(days=3)
    line = f"/incident maintenance {begin:%Y-%m-%d} 22:00 UTC for 2h: Payments move to a new database."
    ticket = forge.world.open_ticket(
        forge.project, forge.alice, f"{CANARY} title", line, labels=labels, confidential=confidential
    )
    forge.world.comment(ticket, forge.alice, f"{CANARY} among us")


def test_planned_work_is_on_the_page_and_nothing_internal_of_it(forge: Forge, run: Run) -> None:
    maintenance(forge, ["public-maintenance", "service:checkout", CANARY])
    assert run("sweep").exit_code == 0
    assert run("status", "build", "public", "--check").exit_code == 0
    summary = json.loads(Path("public/api/v2/summary.json").read_text("utf-8"))
    [planned] = summary["scheduled_maintenances"]
    assert (planned["name"], planned["status"]) == ("Payments move to a new database", "scheduled")
    assert planned["scheduled_for"].endswith("T22:00:00Z")
    assert [one["name"] for one in planned["components"]] == ["checkout"]
    files = written()
    assert b"Maintenance: Payments move" in files["feed.atom"]
    assert b"Maintenance: Payments move" in files["components/checkout.atom"]
    assert b"SUMMARY:Payments move to a new database" in files["calendar.ics"]
    assert [name for name, content in files.items() if CANARY.encode() in content] == []


@pytest.mark.parametrize("kind", ["unlabelled", "confidential"])
def test_planned_work_that_is_not_public_is_in_no_file(forge: Forge, run: Run, kind: str) -> None:
    if kind == "confidential" and forge.name == "github":
        pytest.skip("GitHub has no confidential issues")
    labels = [] if kind == "unlabelled" else ["public-maintenance"]
    maintenance(forge, labels, confidential=kind == "confidential")
    assert run("sweep").exit_code == 0
    assert run("status", "build", "public").exit_code == 0
    assert [name for name, content in written().items() if b"Payments move" in content] == []


def test_internal_text_in_a_template_is_found_and_nothing_is_written(
    forge: Forge, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    incident(forge, "/incident update external: Payments fail.")
    assert run("sweep").exit_code == 0
    monkeypatch.setattr(status, "public_page", lambda cases, *_: tuple(cases))
    leaking = lambda _folder, cases, **_kw: {"index.html": cases[0].incident.title}  # noqa: E731
    monkeypatch.setattr(status, "status_files", leaking)
    result = run("status", "build", "public", "--check")
    assert result.exit_code == 1
    assert "internal text is in index.html" in result.output
    assert not Path("public").exists()


def test_the_settings_name_the_components_and_what_is_gone_is_removed(
    forge: Forge, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    incident(forge, "/incident update external: Payments fail.")
    assert run("sweep").exit_code == 0
    assert run("status", "build", "public").exit_code == 0
    component = {"name": "Card payments", "services": ["checkout"], "group": "Shop", "description": "By card"}
    page = {"title": "Acme", "components": [component], "impacts": {"sev1": "major"}, "since": "2026-01-01"}
    for name, value in page.items():
        text = value if isinstance(value, str) else json.dumps(value)
        monkeypatch.setenv(f"TRACKER_BRIDGE_STATUS_PAGE__{name.upper()}", text)
    assert run("status", "build", "public").exit_code == 0
    summary = json.loads(Path("public/api/v2/summary.json").read_text("utf-8"))
    group, card = summary["components"]
    assert (group["name"], group["group"], group["components"]) == ("Shop", True, [card["id"]])
    assert (card["name"], card["group_id"], card["description"]) == ("Card payments", group["id"], "By card")
    assert [one["name"] for one in summary["incidents"][0]["components"]] == ["Card payments"]
    assert not Path("public/components/checkout.atom").exists()
    assert len(list(Path("public/components").iterdir())) == 1
