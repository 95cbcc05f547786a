"""Where the bot's links lead: to what its tracker told, never to an address that a person wrote."""

import ast
from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from importlib import import_module
from pathlib import Path
from pkgutil import walk_packages

import pytest
from jinja2 import nodes

import tracker_bridge.domain
from tracker_bridge.domain.issue.issue import TrackerUrl
from tracker_bridge.rendering.environment import documents_environment
from tracker_bridge.templates_folder import templates_folder

PRODUCT = Path(__file__).parents[2] / "tracker_bridge"
TEMPLATES = sorted(templates_folder().rglob("*.md.j2"))


def rendered(folder: Path, template: str, **values: object) -> str:
    (folder / "one.md.j2").write_text(template, encoding="utf-8")
    return documents_environment(folder).get_template("one.md.j2").render(**values)


def test_an_address_of_the_tracker_is_linked(tmp_path: Path) -> None:
    url = TrackerUrl("https://forge.test/acme/api/issues/7")
    assert rendered(tmp_path, '{{ "runbook" | link(url) }}', url=url) == f"[runbook]({url})"


@pytest.mark.parametrize("argument", ["text", '"https://evil.test"', "text.strip()", "url.lower()", "url[:20]"])
def test_any_other_text_is_a_mistake_of_the_template(tmp_path: Path, argument: str) -> None:
    values = {"text": "https://evil.test/login", "url": TrackerUrl("https://forge.test/acme/api/issues/7")}
    with pytest.raises(TypeError, match="no address of a tracker"):
        rendered(tmp_path, f'{{{{ "runbook" | link({argument}) }}}}', **values)


# What no render may reach


def links_of(template: str) -> Iterator[str]:
    """Yield the last name of what each link of a template leads to."""
    for one in documents_environment(templates_folder()).parse(template).find_all(nodes.Filter):
        if one.name == "link":
            to = one.args[0]
            yield to.attr if isinstance(to, nodes.Getattr) else getattr(to, "name", type(to).__name__)


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.name)
def test_every_link_of_every_template_leads_to_the_url_of_something(path: Path) -> None:
    assert set(links_of(path.read_text("utf-8"))) <= {"url"}


@pytest.mark.parametrize("to", ["entry.text", "place.where", "url.lower()", '"https://evil.test"', "url[:9]"])
def test_a_link_to_anything_else_is_found(to: str) -> None:
    assert set(links_of(f'{{{{ "runbook" | link({to}) }}}}')) != {"url"}


def test_every_url_of_the_domain_is_the_trackers() -> None:
    domain = tracker_bridge.domain
    modules = [import_module(one.name) for one in walk_packages(domain.__path__, f"{domain.__name__}.")]
    found = (value for module in modules for value in vars(module).values())
    values = {value for value in found if isinstance(value, type) and is_dataclass(value)}
    urls = {value: field.type for value in values for field in fields(value) if field.name == "url"}
    assert len(urls) > 20
    either = (TrackerUrl, TrackerUrl | None)  # outsiders are led nowhere
    assert [value for value, kind in urls.items() if kind not in either] == []


# Where they are made


def makes(text: str) -> bool:
    """Whether a module may make one: it calls the type, or hands it to somebody who could."""
    if "TrackerUrl" not in text:
        return False
    for node in ast.walk(ast.parse(text)):
        match node:
            case ast.alias(name="TrackerUrl", asname=str()):
                return True
            case ast.Call(func=ast.Name(id="isinstance")):
                continue
            case ast.Call(func=ast.Name(id="TrackerUrl"), args=[ast.Constant(value="")], keywords=[]):
                continue  # no address: of an incident that only tries something out
            case ast.Call(func=func, args=args, keywords=keywords):
                given = [func, *args, *(one.value for one in keywords)]
                if any(_is_it(one) for one in given):
                    return True
            case ast.Assign(value=value) | ast.Return(value=ast.expr() as value) if _is_it(value):
                return True
    return False


def _is_it(node: ast.expr) -> bool:
    return ast.unparse(node).rpartition(".")[2] == "TrackerUrl"


def test_only_what_reads_a_trackers_answer_makes_one() -> None:
    making = {path for path in PRODUCT.rglob("*.py") if makes(path.read_text("utf-8"))}
    assert making == set(PRODUCT.glob("trackers/*/shapes.py"))


@pytest.mark.parametrize(
    "text",
    [
        "x = TrackerUrl(text)",
        "x = issue.TrackerUrl(text)",
        'x = TrackerUrl("https://evil.test")',
        "x = cast(TrackerUrl, text)",
        "x = map(TrackerUrl, texts)",
        "x = TrackerUrl.__new__(TrackerUrl, text)",
        "make = TrackerUrl",
        "from tracker_bridge.domain.issue.issue import TrackerUrl as Url",
    ],
)
def test_whoever_else_makes_one_is_found(text: str) -> None:
    assert makes(text)
