"""A forge is a folder and a line: nobody else names one, and a third one is served."""

import ast
import json
import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.serving.conftest import eventually, starting
from tracker_bridge.trackers.forges import FORGES

ROOT = Path(__file__).parents[2]
PRODUCT = ROOT / "tracker_bridge"

OWN = tuple(f"trackers/{name}/" for name in FORGES)
KNOWN = {
    "trackers/forges.py": "the list",
    "demo/environment.py": "plays in the sandbox, which stands in for these two",
    "logs.py": "hides what looks like anybody's token, before any setting is read",
    "alerts/senders/__init__.py": "one of the senders of alerts is a form of GitLab's",
    "alerts/senders/gitlab.py": "reads that form",
    "on_call/services.py": "one of the services that know who is on call is GitLab's own",
    "settings/on_call.py": "the same",
    "serving/on_call.py": "opens it",
    "settings/alerts.py": "one of the senders of alerts is a form of GitLab's",
    "cli/ambient.py": "reads what the jobs of both forges say of themselves",
    "cli/connect.py": "has a command for each forge: connecting to one is nothing like connecting to the other",
    "cli/connecting/github.py": "is one of them",
    "cli/connecting/gitlab.py": "is the other",
}
"""Who may name a forge outside of its folder, and why."""

NAMES = re.compile("|".join(FORGES), re.IGNORECASE)


def names_of_forges(text: str) -> Iterator[str]:
    """
    Yield what in a module names a forge: texts, imports, names. Docstrings and what settings say of themselves
    explain, and decide nothing.
    """
    if not NAMES.search(text):
        return
    tree = ast.parse(text)
    explaining = {node.value for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for field in ast.walk(tree):
        if isinstance(field, ast.keyword) and field.arg == "description":
            explaining |= {field.value}
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and node in explaining:
            continue
        values = (getattr(node, one, None) for one in ("value", "id", "attr", "arg", "name", "module"))
        yield from (value for value in values if isinstance(value, str) and NAMES.search(value))


def test_nobody_else_names_a_forge() -> None:
    modules = {path.relative_to(PRODUCT).as_posix(): path.read_text("utf-8") for path in PRODUCT.rglob("*.py")}
    others = {where: text for where, text in modules.items() if not where.startswith((*OWN, "sandbox/"))}
    found = {where: named for where, text in others.items() if (named := list(names_of_forges(text)))}
    assert {where: named for where, named in found.items() if where not in KNOWN} == {}
    assert found.keys() == KNOWN.keys(), "one of them has no reason any more"


def test_no_document_names_one() -> None:
    """What is shown in a thread is the same on each; the forms and the sandbox's pages are made for one."""
    templates = ROOT.glob("templates/*.md.j2")
    assert [path.name for path in templates if NAMES.search(path.read_text("utf-8"))] == []


@pytest.mark.parametrize(
    "text",
    [
        "x = 'github'",
        "x = f'/hooks/gitlab/{1}'",
        "x = settings.github",
        "f(gitlab=1)",
        "import github",
        "from tracker_bridge.trackers.gitlab import FORGE",
        "from tracker_bridge.trackers import gitlab as x",
        "def github(): ...",
        "match x:\n    case 'GitHub': pass",
    ],
)
def test_naming_one_would_be_noticed(text: str) -> None:
    assert list(names_of_forges(text)) != []


def test_one_that_is_explained_is_not_named() -> None:
    assert list(names_of_forges('"""As GitHub does."""\nx = Field(description="As GitLab does.")')) == []


@pytest.mark.parametrize("name", FORGES)
def test_a_forges_package_tells_what_its_modules_are_for(name: str) -> None:
    folder = PRODUCT / "trackers" / name
    told = ast.get_docstring(ast.parse((folder / "__init__.py").read_text("utf-8"))) or ""
    modules = {path.stem for path in folder.iterdir() if not path.name.startswith("_")}
    assert [one for one in sorted(modules) if not re.search(rf"^{one} |``{one}``", told, re.MULTILINE)] == []


@pytest.mark.slow
def test_a_third_forge_is_a_folder_and_a_line(tmp_path: Path) -> None:
    scratch, secret = tmp_path / "scratch", "a secret of twenty-four bytes"
    shutil.copytree(PRODUCT, scratch / "tracker_bridge", ignore=shutil.ignore_patterns("__pycache__", "sandbox"))
    (scratch / "templates").symlink_to(ROOT / "templates")
    folder = scratch / "tracker_bridge" / "trackers" / "toy"
    folder.mkdir()
    shutil.copy(ROOT / "tests/trackers/toy.py", folder / "__init__.py")
    listed = scratch / "tracker_bridge" / "trackers" / "forges.py"
    listed.write_text(listed.read_text("utf-8").replace('    "gitlab",\n', '    "gitlab",\n    "toy",\n'), "utf-8")
    environ = {
        "PYTHONPATH": str(scratch),
        "PYTHONSAFEPATH": "1",
        "TRACKER_BRIDGE_PORT": "0",
        "TRACKER_BRIDGE_QUEUE": str(tmp_path / "queue.sqlite3"),
        "TRACKER_BRIDGE_TOY__URL": "https://toy.invalid",
        "TRACKER_BRIDGE_TOY__PROJECTS": '["a/b"]',
        "TRACKER_BRIDGE_TOY__HOOK_SECRET": secret,
    }
    with starting(tmp_path) as start:
        served = start("tracker_bridge", "serve", environ=environ)
        served.answers()
        body = json.dumps({"project": "a/b", "number": 7}).encode()
        assert served.request("POST", "/hooks/toy", body, {"X-Toy": "guessed"}) == 401
        assert served.request("POST", "/hooks/toy", body, {"X-Toy": secret}) == 202
        eventually(lambda: "could not read toy:a/b#7" in served.log.read_text(), "a look at it")
