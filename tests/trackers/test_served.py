"""Whole organisations and groups: which projects are served, and how those are met that are made later."""

import pytest

from tests.benchmarks.test_growth import steps
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


def test_whose_a_delivery_is_costs_the_same_however_many_projects_there_are() -> None:
    def cost(number: int) -> int:
        paths = [f"acme/service-{n}" for n in range(number)]
        names = Names("github", Served(paths))
        for id_, path in enumerate(paths, start=1):
            names.met(path, id_, path)
        return steps(lambda: names.found(paths[-1], number)) + steps(lambda: names.found("acme/other", number + 1))

    assert cost(10) == cost(1_000)


def test_of_two_projects_with_one_id_the_first_is_meant_until_it_has_another() -> None:
    names = Names("github", Served(["acme/api", "acme/web"]))
    names.met("acme/api", 1, "acme/api")
    names.met("acme/web", 1, "acme/web")
    assert names.found("acme/web", 1) == "acme/api"

    names.met("acme/api", 2, "acme/api")
    assert (names.found("acme/web", 1), names.found("acme/api", 2)) == ("acme/web", "acme/api")
