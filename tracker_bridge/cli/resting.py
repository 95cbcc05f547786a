"""How a team works, found without asking any tracker: the operator's settings, and a copy of the team's."""

from pathlib import Path

from tracker_bridge.cli.errors import Misused
from tracker_bridge.domain.incident.rules import Rules
from tracker_bridge.settings import BadSettings, Settings, load, rules, team_rules
from tracker_bridge.trackers.forges import FORGES


def settings_at_rest(config: Path | None) -> Settings:
    """
    Return the operator's settings, as far as there are any on this machine.

    Raises :class:`BadSettings` for a file that was named.
    """
    try:
        return load(config)
    except BadSettings:
        if config is not None:
            raise
        return Settings.model_validate({})


def rules_at_rest(config: Path | None, team: Path | None, project: str) -> Rules:
    """
    Return the rules that hold in a project, as far as this machine knows them.

    Without settings here, or with some that lack a secret of the server, the defaults hold. Raises
    :class:`BadSettings` for a file that was named, and for a team's that is wrong.
    """
    settings = settings_at_rest(config)
    named = project.partition(":")[0]
    tracker = named if named in FORGES else next(iter(settings.forges), next(iter(FORGES)))
    if team is None:
        return rules(settings, tracker)
    try:
        return team_rules(team.read_text("utf-8"), settings, tracker)
    except (OSError, UnicodeDecodeError) as error:
        raise Misused(f"{team} cannot be read: {error}.") from None
