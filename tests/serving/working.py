"""Run as a program: what ``tracker-bridge work`` runs, with a GitHub that is not there. Argument: the queue."""

import sys

from tracker_bridge.serving.running import work
from tracker_bridge.settings import Settings

if __name__ == "__main__":
    github = {"url": "http://127.0.0.1:9", "token": "ghp_token_of_the_tests", "projects": ["acme/api"]}
    work(Settings.model_validate({"queue": sys.argv[1], "github": github}))
