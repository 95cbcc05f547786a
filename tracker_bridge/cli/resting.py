"""How a team works, found without asking any tracker: the operator's settings, and a copy of the team's."""

from pathlib import Path

from tracker_bridge.cli.errors import Misused
from tracker_bridge.domain.incident.rules import Rules
from tracker_bridge.settings import BadSettings, Settings, load, rules, team_rules
from tracker_bridge.trackers.forges import FORGES


def rules_at_rest(config: Path | None, team: Path | None, project: str) -> Rules:
    """
    Return the rules that hold in a project, as far as this machine knows them.

    Without settings here, or with some that lack a secret of the server, the defaults hold. Raises
    :class:`BadSettings` for a file that was named, and :class:`Misused` for a team's that is wrong.
    """
    try:
        settings = load(config)
    except BadSettings:
        if config is not None:
            raise
        settings = Settings.model_validate({})
    named = project.partition(":")[0]
    tracker = named if named in FORGES else next(iter(settings.forges), next(iter(FORGES)))
    if team is None:
        return rules(settings, tracker)
    try:
        return team_rules(team.read_text("utf-8"), settings, tracker)
    except (OSError, UnicodeDecodeError) as error:
        raise Misused(f"{team} cannot be read: {error}.") from None
