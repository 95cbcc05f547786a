"""
What an operator can choose: a TOML file, the environment, files of secrets, flags.

model.py      every setting, with its documentation; intervals.py how long is long, team.py severities, labels,
              audiences, shape.py what a team adds. What can be set for a forge stands in its folder
              (trackers/*/settings.py)
repository.py the part that a project may settle for itself
toml.py       values as they stand in a file
loading.py    where they come from, and which wins
credentials.py where credentials of real forges are configured
problems.py   what is wrong, all at once
requirements.py  what a command needs beyond settings that are right in themselves
"""

from tracker_bridge.settings.credentials import Configured, place_of_key, real_credentials
from tracker_bridge.settings.loading import load, secrets, settings_file
from tracker_bridge.settings.model import Settings
from tracker_bridge.settings.notify import NotifyRow
from tracker_bridge.settings.problems import BadSettings, Problem
from tracker_bridge.settings.repository import FILE, MOST_PROBLEMS, TEMPLATE, team_rules
from tracker_bridge.settings.requirements import (
    demand_alerts,
    demand_libraries,
    demand_lines,
    demand_roots,
    demand_secrets,
    demand_trackers,
    foreign_severities,
    rules,
)
from tracker_bridge.settings.team import Labels, Severity

__all__ = [
    "FILE",
    "MOST_PROBLEMS",
    "TEMPLATE",
    "BadSettings",
    "Configured",
    "Labels",
    "NotifyRow",
    "Problem",
    "Settings",
    "Severity",
    "demand_alerts",
    "demand_libraries",
    "demand_lines",
    "demand_roots",
    "demand_secrets",
    "demand_trackers",
    "foreign_severities",
    "load",
    "place_of_key",
    "real_credentials",
    "rules",
    "secrets",
    "settings_file",
    "team_rules",
]
