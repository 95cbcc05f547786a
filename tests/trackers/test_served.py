"""Whole organisations and groups: which projects are served, and how those are met that are made later."""

import pytest

from tracker_bridge.trackers._names import Names
from tracker_bridge.trackers.served import Served


@pytest.mark.parametrize(
    ("given", "project", "fits"),
    [
        (["acme/*"], "acme/api", True),
        (["acme/*"], "ACME/Api", True),
        (["acme/*"], "acme/group/api", False),
        (["acme/*"], "acmee/api", False),
        (["acme/**"], "acme/group/api", True),
        (["acme/**"], "acme/api", True),
        (["acme/*", "!acme/secret-*"], "acme/secret-keys", False),
        (["acme/*", "!acme/secret-*"], "acme/api", True),
        (["acme/**", "!acme/hidden/**"], "acme/hidden/a/b", False),
        (["acme/**", "!acme/hidden/**", "acme/hidden/a"], "acme/hidden/a", True),
        (["acme/web-*"], "acme/web-shop", True),
        (["acme/web-*"], "acme/api", False),
        (["acme/api"], "acme/api", True),
        (["acme/a.i"], "acme/aXi", False),
    ],
)
def test_what_fits(given: list[str], project: str, fits: bool) -> None:
    assert Served(given).fits(project) is fits


def test_what_is_listed_comes_and_goes_and_what_is_named_stays() -> None:
    served = Served(["acme/*", "!acme/secret", "other/api"])
    assert served.owners == ("acme",)
    assert served.listed(["acme/api", "acme/secret", "acme/web"]) == (
        frozenset({"acme/api", "acme/web"}),
        frozenset(),
    )
    assert served.listed(["acme/web", "acme/new"]) == (frozenset({"acme/new"}), frozenset({"acme/api"}))
    assert served.all == {"acme/web", "acme/new", "other/api"}
    assert served.found("ACME/Web") == "acme/web"


def test_a_group_in_a_group_is_looked_below() -> None:
    assert Served(["acme/tools/**", "acme/tools/web-*"]).owners == ("acme/tools",)


def test_a_project_that_is_met_is_served_at_once_and_only_if_it_fits() -> None:
    served = Served(["acme/*", "!acme/secret-*"])
    names = Names("github", served)
    assert names.found("acme/new", 7) == "acme/new"
    assert names.found("acme/secret-keys", 8) is None
    assert names.found("other/new", 9) is None
    assert names.found("acme/renamed", 7) == "acme/new", "it is the same one"
    assert served.all == {"acme/new"}
