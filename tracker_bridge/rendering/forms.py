"""
The issue forms that a team puts into its repository: GitHub's issue form, GitLab's description template.

They are files for a repository, not comments: nothing that strangers wrote is in them.
"""

from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from tracker_bridge.domain.fold.form import QUESTIONS, SOURCES
from tracker_bridge.domain.incident.rules import Rules


def issue_form(folder: Path, path: str, rules: Rules) -> str:
    """Return the form that belongs at ``path``, with the team's rules; ``folder`` has the templates."""
    environment = Environment(
        loader=FileSystemLoader(folder / "issue-forms"),
        autoescape=False,  # noqa: S701 - YAML and Markdown of the operator's own settings
        undefined=StrictUndefined,
        trim_blocks=True,
        keep_trailing_newline=True,
    )
    template = environment.get_template(f"{path.rpartition('/')[2]}.j2")
    return template.render(questions=QUESTIONS, sources=SOURCES, rules=rules, zone=str(rules.timezone))
