"""
Change the parser, the fold and the plan in small ways, and see whether a test notices: ``make mutation``.

Cosmic Ray makes the changes, in a copy of the project. There are thousands, and each costs a run of tests: so a
sample is drawn from a seed, the same in every run. What to change, and which tests are to notice, is in
pyproject.toml. Survivors are printed as differences; many of them change nothing that anybody could see.
"""

import shutil
import sqlite3
import subprocess
import sys
import tomllib
from collections import Counter
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from typing import Final

ROOT: Final = Path(__file__).parents[1]
COPIED: Final = ("tracker_bridge", "tests", "templates", "docs", "deploy", "pyproject.toml", "README.md")


def main() -> int:
    """Print how many changes were noticed. The first argument is how many to draw, of each module."""
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["mutation"]
    most = int(sys.argv[1]) if len(sys.argv) > 1 else settings["sample"]
    total: Counter[str] = Counter()
    with TemporaryDirectory() as folder:
        copy = Path(folder)
        for name in COPIED:
            source = ROOT / name
            (shutil.copytree if source.is_dir() else shutil.copy)(source, copy / name)
        for module, tests in settings["modules"].items():
            found = _tried(copy, module, tests, most, settings["seed"])
            total += found
            print(f"{module}: {found['killed']} of {found.total()} noticed", flush=True)
    print(f"{total['killed']} of {total.total()} changes were noticed: {total['killed'] / total.total():.0%}")
    return 0


def _tried(copy: Path, module: str, tests: list[str], most: int, seed: int) -> Counter[str]:
    """Make some of the changes to a module; return what came of them."""
    session, config = copy / "session.sqlite", copy / "mutation.toml"
    session.unlink(missing_ok=True)
    command = f"{sys.executable} -m pytest -x -q -n 0 -p no:cacheprovider {' '.join(tests)}"
    config.write_text(
        f'[cosmic-ray]\nmodule-path = "{module}"\ntimeout = 120.0\nexcluded-modules = []\n'
        f'test-command = "{command}"\n[cosmic-ray.distributor]\nname = "local"\n'
    )
    _run(copy, "init", config, session)
    drawn = _draw(session, most, Random(f"{seed} {module}"))
    _run(copy, "exec", config, session)
    with sqlite3.connect(session) as database:
        rows = database.execute("SELECT test_outcome, diff FROM work_results").fetchall()
    for outcome, diff in rows:
        if outcome == "SURVIVED":
            print(diff, flush=True)
    outcomes = Counter("survived" if outcome == "SURVIVED" else "killed" for outcome, _ in rows)
    assert outcomes.total() == drawn, (outcomes, drawn)
    return outcomes


def _draw(session: Path, most: int, dice: Random) -> int:
    """Keep so many of the changes; return how many there are."""
    with sqlite3.connect(session) as database:
        jobs = sorted(row[0] for row in database.execute("SELECT job_id FROM mutation_specs ORDER BY rowid"))
        order = [row[0] for row in database.execute("SELECT job_id FROM mutation_specs ORDER BY rowid")]
        kept = {order[at] for at in dice.sample(range(len(order)), min(most, len(order)))}
        gone = [(job,) for job in jobs if job not in kept]
        database.executemany("DELETE FROM mutation_specs WHERE job_id = ?", gone)
        database.executemany("DELETE FROM work_items WHERE job_id = ?", gone)
    return len(kept)


def _run(copy: Path, what: str, config: Path, session: Path) -> None:
    program = Path(sys.executable).with_name("cosmic-ray")
    subprocess.run([program, what, config, session], cwd=copy, env={"PYTHONPATH": str(copy)}, check=True)


if __name__ == "__main__":
    sys.exit(main())
