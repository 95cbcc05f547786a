"""What axe-core finds wrong with a page for those who cannot see it, or not all of it."""

import json
from importlib.resources import files
from typing import Any

from tests.pictures import Tab

_ASK = (
    "axe.run({resultTypes: ['violations']}).then(found => JSON.stringify(found.violations.map("
    "one => [one.id, one.help, one.nodes.map(node => node.html.slice(0, 200))])))"
)


def violations(tab: Tab) -> list[Any]:
    """
    Return the rules that the page breaks, each with the places.

    A page that runs no scripts is asked all the same: the protocol is not bound by its policy.
    """
    tab.run((files("axe_core_python") / "axe.min.js").read_text("utf-8") + ";0")
    return list(json.loads(tab.run(_ASK)))
