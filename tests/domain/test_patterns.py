"""Patterns that are compiled when they are first used."""

import re
from importlib import import_module
from pathlib import Path

import pytest

import tracker_bridge
from tracker_bridge.domain.issue.patterns import _Uncompiled, at_first_use

PRODUCT = Path(tracker_bridge.__file__).parent
USERS = sorted(
    ".".join(("tracker_bridge", *path.relative_to(PRODUCT).with_suffix("").parts))
    for path in PRODUCT.rglob("*.py")
    if "import at_first_use\n" in path.read_text("utf-8")
)


def test_it_is_asked_as_any_other() -> None:
    late, early = at_first_use(r"(?P<what>b+)", re.IGNORECASE), re.compile(r"(?P<what>b+)", re.IGNORECASE)
    for text in ("aBba b", "b", "", "none"):
        for name in ("match", "fullmatch", "search"):
            one, other = (getattr(pattern, name)(text) for pattern in (late, early))
            assert (one and (one.span(), one["what"])) == (other and (other.span(), other["what"]))
        assert late.sub("-", text) == early.sub("-", text)
        assert late.findall(text) == early.findall(text)
    assert (late.pattern, late.flags) == (early.pattern, early.flags)


def test_a_mistake_shows_when_it_is_used() -> None:
    wrong = at_first_use("(")
    with pytest.raises(re.error):
        wrong.match("")


@pytest.mark.parametrize("module", USERS)
def test_those_of_the_product_have_no_mistake(module: str) -> None:
    found = [value for value in vars(import_module(module)).values() if isinstance(value, _Uncompiled)]
    assert found
    assert all(isinstance(re.compile(one._text, one._flags), re.Pattern) for one in found)
