"""``python -m tests.benchmarks [name ...]``: run the benchmarks named, or all of them."""

import importlib
import pkgutil
import sys
from collections.abc import Sequence
from types import ModuleType

from tests import benchmarks
from tests.benchmarks.report import progress


def main(wanted: Sequence[str]) -> int:
    """Return 2 when there is no such benchmark."""
    found = _modules()
    if unknown := [name for name in wanted if name not in found]:
        sys.stderr.write(f"There is no benchmark {', '.join(unknown)}; there are: {', '.join(found)}\n")
        return 2
    for name in wanted or found:
        progress(name)
        heading = (found[name].__doc__ or name).strip().splitlines()[0]
        sys.stdout.write(f"\n{heading}\n{'=' * len(heading)}\n")
        sys.stdout.flush()
        found[name].main()
    return 0


def _modules() -> dict[str, ModuleType]:
    """Every module beside this one that has a ``main``."""
    names = [
        one.name for one in pkgutil.iter_modules(benchmarks.__path__) if not one.name.startswith(("_", "test_"))
    ]
    modules = {name: importlib.import_module(f"tests.benchmarks.{name}") for name in names}
    return {name: module for name, module in modules.items() if hasattr(module, "main")}


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
