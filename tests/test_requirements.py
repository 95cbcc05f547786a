"""Every requirement is held by a test that names it: docs/requirements.md lists them."""

import ast
import io
import re
import tokenize
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
TESTS = sorted((ROOT / "tests").rglob("test_*.py"))

ROW = re.compile(r"^\| S(?P<number>\d+) \| (?P<kind>[MSI]) \| (?P<words>\S.*\S) \|$", re.MULTILINE)
NAMED = re.compile(r"\bS(\d{1,3})(?:[-–]S(\d{1,3}))?\b")


def listed() -> dict[int, str]:
    """Return the kinds of the requirements by their numbers."""
    rows = list(ROW.finditer((ROOT / "docs/requirements.md").read_text("utf-8")))
    kinds = {int(row["number"]): row["kind"] for row in rows}
    assert len(kinds) == len(rows), "a number is listed twice"
    return kinds


def named(text: str) -> Iterator[int]:
    """Yield the numbers that a comment or docstring names; ``S68-S72`` are five."""
    for first, last in NAMED.findall(text):
        yield from range(int(first), int(last or first) + 1)


def by_tests(source: str) -> Iterator[tuple[str, int]]:
    """Yield the test functions of a module, each with every number that its docstring or a comment in it names."""
    comments = [
        (token.start[0], token.string)
        for token in tokenize.generate_tokens(io.StringIO(source).readline)
        if token.type == tokenize.COMMENT
    ]
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.FunctionDef) and node.name.startswith("test_"):
            inside = [text for line, text in comments if node.lineno <= line <= (node.end_lineno or line)]
            for text in (ast.get_docstring(node) or "", *inside):
                yield from ((node.name, number) for number in named(text))


@cache
def held() -> dict[int, set[str]]:
    found: dict[int, set[str]] = {}
    for path in TESTS:
        source = path.read_text("utf-8")
        if path != Path(__file__) and NAMED.search(source):  # their grammar takes a while
            for test, number in by_tests(source):
                found.setdefault(number, set()).add(f"{path.relative_to(ROOT)}::{test}")
    return found


def test_the_list_has_every_number_once_in_order() -> None:
    assert list(listed()) == list(range(1, 119))


def test_every_must_and_should_is_held_by_a_test_that_names_it() -> None:
    tests = held()
    assert [f"S{number}" for number, kind in listed().items() if kind in "MS" and number not in tests] == []


def test_every_number_that_a_test_names_is_listed() -> None:
    kinds = listed()
    assert {f"S{number}": tests for number, tests in held().items() if number not in kinds} == {}


@pytest.mark.parametrize(
    ("source", "numbers"),
    [
        ('def test_x():\n    """S1, S3-S5: and SHA256."""', [1, 3, 4, 5]),
        ("def test_x():  # S7\n    pass", [7]),
        ("class TestX:\n    def test_x(self):\n        x = 'S8'  # S9 holds", [9]),
        ('"""S1."""\n# S2\ndef helper():\n    """S3."""', []),
    ],
)
def test_numbers_are_found_in_docstrings_and_comments_of_tests_alone(source: str, numbers: list[int]) -> None:
    assert [number for _, number in by_tests(source)] == numbers
