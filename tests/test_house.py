"""What holds for the whole house: documented, declared, shipped, and described as it is built."""

import ast
import io
import re
import subprocess
import sys
import tokenize
import tomllib
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from importlib.util import find_spec
from pathlib import Path
from zipfile import ZipFile

import pytest
from jinja2 import nodes

from tests.contract.local import LocalTracker
from tests.docs import GENERATED
from tracker_bridge.commands import COMMANDS
from tracker_bridge.domain.incident.rules import Rules
from tracker_bridge.domain.issue.documents import DOCUMENTS as REGISTRY
from tracker_bridge.queue.sqlite import SqliteQueue
from tracker_bridge.rendering.environment import documents_environment
from tracker_bridge.settings import Settings
from tracker_bridge.templates_folder import templates_folder
from tracker_bridge.trackers.github.tracker import GitHubTracker
from tracker_bridge.trackers.gitlab.tracker import GitLabTracker
from tracker_bridge.web import create_app

ROOT = Path(__file__).parents[1]
PRODUCT = ROOT / "tracker_bridge"
MODULES = sorted([*PRODUCT.rglob("*.py"), ROOT / "app.py"])
TESTS = sorted((ROOT / "tests").rglob("*.py"))
TEMPLATES = sorted(ROOT.glob("templates/**/*.j2"))
DOCUMENTS = sorted(ROOT.glob("templates/[!_]*.md.j2"))
PARTS = sorted(ROOT.glob("templates/_*.md.j2"))
BRACKETS = str.maketrans("", "", "[]")
PAGES = [*ROOT.glob("*.md"), *ROOT.glob("docs/*.md")]


def name_of(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def published() -> list[Path]:
    """Return every text file that belongs to the project."""
    told = subprocess.run(["git", "ls-files"], cwd=ROOT, check=False, capture_output=True, text=True)
    files = [ROOT / line for line in told.stdout.splitlines()] or [*MODULES, *TESTS, *TEMPLATES, *PAGES]
    return [file for file in files if file.is_file() and file.suffix not in (".png", ".sqlite3")]


# Documentation


@pytest.mark.parametrize("path", GENERATED)
def test_generated_documentation_is_current(path: str) -> None:
    assert (ROOT / path).read_text("utf-8") == GENERATED[path](), f"{path} is stale: run make docs"


def test_every_command_and_setting_is_in_the_documentation() -> None:
    commands = (ROOT / "docs/commands.md").read_text("utf-8")
    settings = (ROOT / "docs/settings.md").read_text("utf-8")
    assert [verb for verb in COMMANDS if f"\n### {verb}\n" not in commands] == []
    words = [word for one in COMMANDS.values() for word in one.aliases]
    assert [word for word in words if f"`{word}`" not in commands] == []
    assert [
        name for name in Settings.model_fields if not re.search(rf"^##.*`\[?{name}\]?`", settings, re.MULTILINE)
    ] == []


def test_the_code_map_names_every_module() -> None:
    """The folders of the forges, and the sandbox, say themselves what their modules are for."""
    text = (ROOT / "ARCHITECTURE.md").read_text("utf-8")
    chapter = text[text.index("## Code map") : text.index("### Words")]
    shared = text[text.index("### What the forges share") : text.index("## Invariants")]
    named = {name.rpartition("/")[2] for name in re.findall(r"`([a-z_/]+?)(?:\.py)?/?`", chapter + shared)}
    elsewhere = {PRODUCT / "sandbox", PRODUCT / "trackers" / "github", PRODUCT / "trackers" / "gitlab"}
    modules = [path for path in PRODUCT.rglob("*.py") if not elsewhere & set(path.parents)]
    assert {path.stem for path in modules if not path.stem.startswith("__")} - named == set()
    there = {path.stem for path in PRODUCT.rglob("*.py")} | {path.name for path in PRODUCT.rglob("*/")}
    assert set(re.findall(r"(?m)^\| `([a-z_]+)`", chapter)) - there == set()


def test_every_route_is_documented(tmp_path: Path) -> None:
    text = "\n".join(page.read_text("utf-8") for page in PAGES)
    with closing(SqliteQueue(tmp_path / "queue.sqlite3")) as queue:
        app = create_app({}, queue, clock=lambda: datetime.now(UTC), sweep_soon=lambda: None)
    routes = [rule.rule for rule in app.url_map.iter_rules()]
    assert routes
    hooks = [f"/hooks/{tracker.name}" for tracker in (GitHubTracker, GitLabTracker)]
    assert [route for route in (*routes, *hooks) if route not in text] == []


def test_every_module_says_what_it_is() -> None:
    assert [name_of(path) for path in (*MODULES, *TESTS) if not is_explained(path.read_text("utf-8"))] == []


@pytest.mark.parametrize(
    ("text", "explained"),
    [
        ("", True),
        ("\n", True),
        ('"""What it is."""\nx = 1', True),
        ('# A comment.\n\nr"""What it is."""', True),
        ("x = 1", False),
        ('x = """What it is."""', False),
        ('"""   """', False),
        ("#!/usr/bin/env python3\nimport re", False),
    ],
)
def test_a_module_is_explained_by_its_docstring(text: str, *, explained: bool) -> None:
    assert is_explained(text) == explained


def is_explained(text: str) -> bool:
    """Whether a module begins with a docstring, or is empty; its first statement tells."""
    for token in tokenize.generate_tokens(io.StringIO(text).readline):
        if token.type == tokenize.STRING:
            return bool(ast.literal_eval(token.string).strip())
        if token.type not in (tokenize.COMMENT, tokenize.NL):
            break
    return not text.strip()


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_links_of_the_documentation_lead_somewhere(page: Path) -> None:
    targets = re.findall(r"\]\(([^)\s]+)\)|(?:src|href)=\"([^\"]+)\"", page.read_text("utf-8"))
    local = [one.partition("#")[0] for pair in targets for one in pair if one and "://" not in one]
    assert [one for one in local if one and not (page.parent / one).exists()] == []


# Architecture


def items_of(section: str) -> Iterator[str]:
    """Yield the numbered items of a section of ARCHITECTURE.md, or the rows of its table."""
    text = (ROOT / "ARCHITECTURE.md").read_text("utf-8")
    found = re.search(rf"^## {section}.*?\n(.*?)(?=^## |\Z)", text, re.MULTILINE | re.DOTALL)
    assert found, f"ARCHITECTURE.md has no section {section!r}"
    for item in re.split(r"^(?=\d+\. |- |\| *\d)", found[1], flags=re.MULTILINE):
        if re.match(r"\d+\. |- |\| *\d", item):
            yield item


def test_every_invariant_of_the_architecture_names_tests_that_exist() -> None:
    invariants = list(items_of("Invariants"))
    assert len(invariants) >= 11
    named = {one: re.findall(r"\btest_\w+(?!\w*\.py)(?=`)", one) for one in invariants}
    assert [one for one, tests in named.items() if not tests] == [], "held by no test"
    every = {test for tests in named.values() for test in tests}
    texts = [path.read_text("utf-8") for path in TESTS]
    known = {
        node.name
        for text in texts
        if every & set(re.findall(r"\bdef (test_\w+)", text))
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.FunctionDef)
    }
    assert every - known == set()
    text = (ROOT / "ARCHITECTURE.md").read_text("utf-8")
    paths = re.findall(r"`((?:tests|tracker_bridge|templates|docs|deploy)/[\w./-]+)`", text)
    assert [path for path in paths if not (ROOT / path).exists()] == []


def test_the_layers_are_declared() -> None:
    """Held by lint-imports; here only that nobody takes the contracts away."""
    declared = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["importlinter"]
    assert declared["include_external_packages"]
    rooms, domain = (one for one in declared["contracts"] if one["type"] == "layers")
    assert rooms["exhaustive"]
    assert domain["exhaustive"]
    assert rooms["containers"] == ["tracker_bridge"]
    assert domain["containers"] == ["tracker_bridge.domain"]
    assert domain["layers"] == ["fold | derived", "transitions", "incident", "issue"]
    assert rooms["layers"][-1] == "domain"
    placed = {module for layer in rooms["layers"] for module in layer.split(" | ")}
    there = {path.stem for path in PRODUCT.glob("*.py")} | {
        path.parent.name for path in PRODUCT.glob("*/__init__.py")
    }
    assert placed == there - {"__init__"}
    guarded = {
        module: one["allowed_importers"]
        for one in declared["contracts"]
        if one["type"] == "protected"
        for module in one["protected_modules"]
    }
    assert guarded["github"] == ["tracker_bridge.trackers.github"]
    assert guarded["gitlab"] == ["tracker_bridge.trackers.gitlab"]
    assert guarded["requests"] == [
        "tracker_bridge.trackers",
        "tracker_bridge.alerts.amazon",
        "tracker_bridge.on_call.web",
        "tracker_bridge.destinations.witness",
    ]
    assert guarded["apprise"] == ["tracker_bridge.destinations.child"]
    assert guarded["tracker_bridge.sandbox"] == ["tracker_bridge.demo", "tracker_bridge.cli.demo"]


@pytest.mark.parametrize("tracker", [GitHubTracker, GitLabTracker, LocalTracker])
def test_no_tracker_takes_our_words_for_its_own(
    tracker: type[GitHubTracker] | type[GitLabTracker] | type[LocalTracker],
) -> None:
    assert isinstance(tracker.reserved, frozenset)
    assert {root.removeprefix("/") for root in Rules().command_prefixes} & tracker.reserved == set()


# Templates


def names_in_code() -> tuple[set[str], set[str]]:
    """Return the string literals of the product, and as patterns its f-strings with a name in them."""
    said, made = set(), set()
    for path in MODULES:
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                said.add(node.value)
            if isinstance(node, ast.JoinedStr):
                fixed = [str(part.value) if isinstance(part, ast.Constant) else "" for part in node.values]
                if any(re.search(r"[a-z]{4}", part) for part in fixed) and not all(fixed):
                    made.add("".join(re.escape(part) or r"\w+" for part in fixed))
    return said, made


def test_every_template_is_a_document_that_is_written_or_a_part_that_is_used() -> None:
    said, patterns = names_in_code()
    made = re.compile("|".join(f"(?:{pattern})" for pattern in patterns))
    stems = {one.name.removesuffix(".md.j2") for one in DOCUMENTS}
    assert [stem for stem in sorted(stems - said) if not made.fullmatch(stem)] == []
    sources = {one.name: one.read_text("utf-8") for one in TEMPLATES}
    unused = [part.name for part in PARTS if not any(f'"{part.name}"' in text for text in sources.values())]
    assert unused == []


ROWS_OF_A_DOCUMENT = {"communication", "timeline_rows"}
"""Templates of rows that a document is made of."""

FILES_OF_PEOPLE = {"incident", "report"}
"""Templates of what the command line writes into a file; the bridge sends neither."""


def test_every_template_has_its_row_and_every_row_its_template() -> None:
    stems = {one.name.removesuffix(".md.j2") for one in DOCUMENTS}
    rows = {template for one in REGISTRY for template in one.templates}
    assert rows - stems == set()
    assert stems - rows - FILES_OF_PEOPLE - ROWS_OF_A_DOCUMENT == set()
    assert len({one.kind for one in REGISTRY}) == len(REGISTRY)


MADE_SAFE = {"prose", "code", "spoken", "link", "mention", "issue", "cell"}
"""Filters whose result is harmless Markdown."""

ASSEMBLING = {"safe", "join", "format", "replace", "escape", "e", "forceescape", "indent", "tojson"}
"""Filters of Jinja's own that take text that was made safe, or make it out of text that was not."""


def unsafe(node: nodes.Node, *, literal: bool = False) -> Iterator[str]:
    """
    Yield what in a printed expression goes round the escaping; ``literal``: inside of what becomes a code span.

    Jinja knows only HTML. Where safe text (``Markup``) meets plain text in ``~``, ``+`` or ``%``, it escapes the
    plain one as HTML and calls the result safe: a mention or a table's bar passes. So texts are put together
    side by side in a template, never by an operator; but for the arguments of ``line()`` and what ``code`` is
    put on, where all is plain and becomes one code span.
    """
    match node:
        case nodes.Concat() | nodes.Mod(left=nodes.Filter() | nodes.Name() | nodes.Getattr() | nodes.Call()):
            yield type(node).__name__
        case nodes.Add() if not literal:
            yield "Add"
        case nodes.ScopedEvalContextModifier() | nodes.MarkSafe() | nodes.MarkSafeIfAutoescape():
            yield type(node).__name__
        case nodes.Filter(name=name) if name in ASSEMBLING:
            yield name
        case nodes.Filter(name="cell", node=inner) if not _is_safe(inner):
            yield "cell on something that was not made safe"
    plain = (isinstance(node, nodes.Call) and isinstance(node.node, nodes.Name) and node.node.name == "line") or (
        isinstance(node, nodes.Filter) and node.name in ("code", "prose")
    )
    for child in node.iter_child_nodes():
        yield from unsafe(child, literal=literal or plain)


def _is_safe(node: nodes.Node | None) -> bool:
    match node:
        case nodes.Filter(name=name):
            return name in MADE_SAFE
        case nodes.Call(node=nodes.Name(name="line")):
            return True
    return False


@pytest.mark.parametrize("path", [*DOCUMENTS, *PARTS], ids=name_of)
def test_templates_do_not_go_round_the_escaping(path: Path) -> None:
    tree = documents_environment(templates_folder()).parse(path.read_text("utf-8"))
    assert list(unsafe(tree)) == []


@pytest.mark.parametrize(
    "source",
    [
        "{{ entry.text | safe }}",
        "{{ 'x' ~ entry.text }}",
        "{{ line('x') + entry.text }}",
        "{{ entry.text | cell }}",
        "{{ line('%s') % entry.text }}",
        "{{ [a, b] | join(', ') }}",
        "{% autoescape false %}{{ entry.text }}{% endautoescape %}",
        "{{ show(line('x') ~ 'y') }}",
    ],
)
def test_going_round_the_escaping_would_be_noticed(source: str) -> None:
    assert list(unsafe(documents_environment(templates_folder()).parse(source))) != []


@pytest.mark.slow
def test_templates_are_in_the_wheel_and_tests_are_not(tmp_path: Path) -> None:
    isolation = ["--no-build-isolation"] if find_spec("hatchling") else []
    command = [
        sys.executable,
        "-m",
        "pip",
        "wheel",
        "--quiet",
        "--no-deps",
        *isolation,
        "--wheel-dir",
        str(tmp_path),
    ]
    subprocess.run([*command, str(ROOT)], check=True, capture_output=True, timeout=300)
    [wheel] = tmp_path.glob("*.whl")

    names = set(ZipFile(wheel).namelist())

    expected = [one.relative_to(ROOT).as_posix() for one in ROOT.glob("templates/**/*") if one.is_file()]
    assert [one for one in expected if f"tracker_bridge/{one}" not in names] == []
    assert [name_of(one) for one in MODULES if one.name != "app.py" and name_of(one) not in names] == []
    assert not [name for name in names if name.startswith("tests/")]


# Manners

PRIVATE = re.compile(
    r"(?<![\w.])/(?:work|root|Users)/\w|(?<![\w.])/home/(?!runner\b)\w+"  # paths of somebody's machine
    r"|\b(?:TODO|FIXME)\b"
    r"|(?i:\b(?:this|last|next|another|earlier|my) session\b)"
)


HALF_TO_EVEN = re.compile(r"\bround\(|:\.[0-9](?:f|%)\}")
"""Python's own rounding; ``domain/incident/rounding.py`` says why people are told others."""


@pytest.mark.parametrize(
    "room", ["domain", "commands", "rendering", "exporting", "cli", "checkup", "observability"]
)
def test_numbers_that_people_read_are_rounded_in_one_place(room: str) -> None:
    found = [path for path in (PRODUCT / room).rglob("*.py") if HALF_TO_EVEN.search(path.read_text("utf-8"))]
    assert [name_of(path) for path in found] == []


def test_files_say_nothing_about_how_they_came_about() -> None:
    found = [
        f"{name_of(path)}:{number}"
        for path in published()
        if path != Path(__file__)
        if PRIVATE.search(text := path.read_text("utf-8", errors="replace"))
        for number, line in enumerate(text.splitlines(), start=1)
        if PRIVATE.search(line)
    ]
    assert found == []
