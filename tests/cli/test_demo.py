"""The demo plays its story on both forges to the end, and prints what the README says."""

import re
from pathlib import Path

from click.testing import CliRunner

from tracker_bridge.cli import main

README = Path(__file__).parents[2] / "README.md"


def test_the_story_ends_with_a_summary_on_both_forges() -> None:
    played = CliRunner().invoke(main, ["demo", "--no-serve"])
    assert played.exit_code == 0, played.output
    assert played.output.count("the summary is there") == 2
    counts = re.findall(r"(?m)^ +\d+ comments, .*$|^\d+ signed webhooks .*$", played.output)
    assert len(counts) == 3
    assert [line for line in counts if line not in README.read_text("utf-8")] == []
