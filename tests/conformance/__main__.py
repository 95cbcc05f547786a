"""Run every check, print what is going on, end with one line: ``N passed, N failed``."""

import importlib
import logging
import pkgutil
import sys

from tests import conformance
from tests.conformance.report import Report


def main() -> int:
    logging.disable()  # refusals are what some checks are after
    report = Report()
    for module in sorted(found.name for found in pkgutil.iter_modules(conformance.__path__)):
        if module.startswith("check_"):
            report.say(f"\n{module.removeprefix('check_').replace('_', ' ')}")
            importlib.import_module(f"tests.conformance.{module}").check(report)
    report.say(f"\n{report.passed} passed, {report.failed} failed")
    return 1 if report.failed else 0


if __name__ == "__main__":
    sys.exit(main())
