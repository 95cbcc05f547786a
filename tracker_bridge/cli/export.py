"""``tracker-bridge export``"""

from pathlib import Path

import click

from tracker_bridge.cli.errors import Failed
from tracker_bridge.cli.options import EXITS, config_option, out_option, ref_argument
from tracker_bridge.cli.session import open_house
from tracker_bridge.cli.texts import deliver
from tracker_bridge.commands import COMMANDS
from tracker_bridge.exporting.formats import FORMATS
from tracker_bridge.exporting.incidents import incident_csv, incident_json
from tracker_bridge.rendering import Renderer
from tracker_bridge.templates_folder import templates_folder


@click.command(epilog=EXITS)
@ref_argument
@click.option(
    "--format", "form", type=click.Choice(list(FORMATS)), default="json", show_default=True, help="Output format."
)
@out_option
@config_option
def command(ref: str, form: str, out: Path | None, config: Path | None) -> None:
    """
    Export one incident as JSON, CSV or Markdown.

    REF is an issue of a configured project: github:acme/api#12, gitlab:acme/web#3, or its URL. JSON has everything
    in the thread, CSV the timeline as a table, Markdown a report to paste elsewhere. docs/export.md describes the
    formats. Read-only.

    \b
    Examples:
      tracker-bridge export github:acme/api#12
      tracker-bridge export github:acme/api#12 --format csv --out timeline.csv
    """
    with open_house(config) as session:
        decision = session.decide(session.find(ref))
    incident = decision.incident
    if not incident.exists:
        raise Failed(f"{incident.ref} is not an incident.")
    match form:
        case "json":
            text = incident_json(incident, decision.possible_duplicate, confidential=decision.issue.confidential)
        case "csv":
            text = incident_csv(incident)
        case _:
            text = Renderer(templates_folder(), COMMANDS).markdown(incident)
    deliver(text, out)
