"""The figures of docs/reliability.md and SECURITY.md, made by the runs."""

from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from tests.simulation.kills import Killed
from tests.simulation.run import Told
from tests.simulation.weather import KINDS

ROOT: Final = Path(__file__).parents[2]
BEGIN, END = "<!-- figures: python -m tests.simulation --figures -->", "<!-- end of the figures -->"


@dataclass
class Figures:
    """What came of some seeds, and of killing at every request."""

    seeds: range
    total: Counter[str] = field(default_factory=Counter)
    faults: Counter[str] = field(default_factory=Counter)
    failed: int = 0
    killed: dict[tuple[str, str], Killed] = field(default_factory=dict)

    def add(self, told: Told) -> None:
        self.total.update(acts=told.acts, looks=told.looks, requests=told.requests, texts=told.checks)
        self.total[told.forge] += 1
        self.faults += told.faults
        self.failed += bool(told.problem)


def write(found: Figures) -> None:
    """Put the figures into the pages."""
    for page, text in ((ROOT / "docs" / "reliability.md", shown(found)), (ROOT / "SECURITY.md", secured(found))):
        before, rest = page.read_text().split(BEGIN)
        page.write_text(f"{before}{BEGIN}\n{text}\n{END}{rest.split(END)[1]}")


def secured(found: Figures) -> str:
    """Return what concerns the safety of people's words."""
    faults, texts = found.faults.total(), found.total["texts"]
    seeds, failed = len(found.seeds), found.failed
    said = f"In {seeds:,} seeds, with {faults:,} faults, {texts:,} texts by the bridge were checked when they\n"
    return f"{said}were written; {failed} seeds failed."


def shown(found: Figures) -> str:
    total = found.total
    rows = [
        ("seeds", f"{len(found.seeds):,}: {total['github']:,} on GitHub, {total['gitlab']:,} on GitLab"),
        ("actions by people", f"{total['acts']:,}"),
        ("reconciles, while things go wrong", f"{total['looks']:,}"),
        ("requests, while things go wrong", f"{total['requests']:,}"),
        ("texts by the bridge that were checked", f"{total['texts']:,}"),
        ("faults", f"{found.faults.total():,}"),
        ("**seeds that failed**", f"**{found.failed}**"),
    ]
    lines = ["", "| the simulation | |", "|:--|:--|", *(f"| {name} | {count} |" for name, count in rows)]
    lines += ["", "| fault | times |", "|:--|--:|", *(f"| {kind} | {found.faults[kind]:,} |" for kind in KINDS)]
    for whose in dict.fromkeys(whose for whose, _ in found.killed):
        lines += ["", f"| {whose} at every request | GitHub | GitLab |", "|:--|--:|--:|"]
        both = [found.killed[whose, forge] for forge in ("github", "gitlab")]
        lines += [f"| requests, reads included | {' | '.join(str(one.points) for one in both)} |"]
        lines += [f"| **not healed** | {' | '.join(f'**{len(one.problems)}**' for one in both)} |"]
    return "\n".join([*lines, ""])
