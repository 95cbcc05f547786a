"""What the checks found."""

import sys
from dataclasses import dataclass


@dataclass
class Report:
    """Counts, and says at once what is wrong."""

    passed: int = 0
    failed: int = 0

    def say(self, text: str) -> None:
        sys.stdout.write(f"{text}\n")
        sys.stdout.flush()

    def good(self, count: int = 1) -> None:
        self.passed += count

    def bad(self, what: str) -> None:
        """Something does not hold. ``what`` names it and says why, in a few lines."""
        self.failed += 1
        self.say(f"  FAILED {what}")
