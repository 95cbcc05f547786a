"""``python -m tracker_bridge`` is the command line."""

from tracker_bridge.cli import main

main(prog_name="tracker-bridge")
