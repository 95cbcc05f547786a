"""
Incidents as data, for other programs: JSON and CSV. Markdown is the renderer's.

incidents.py   one incident: its record, and its timeline as a table
details.py     the parts of the record: communications, work, the review
reports.py     many incidents
actions.py     the open action items of many incidents
board.py       what goes on now
formats.py     how JSON and CSV are written so that nothing in them does harm

docs/export.md describes the formats, docs/incident.schema.json, docs/report.schema.json, docs/actions.schema.json
and docs/board.schema.json hold them.
"""

from types import MappingProxyType
from typing import Final

from tracker_bridge.exporting.actions import actions_json
from tracker_bridge.exporting.board import board_json
from tracker_bridge.exporting.incidents import incident_csv, incident_json
from tracker_bridge.exporting.reports import report_csv, report_json

__all__ = ["FORMATS", "actions_json", "board_json", "incident_csv", "incident_json", "report_csv", "report_json"]

FORMATS: Final = MappingProxyType({"json": "JSON", "csv": "CSV", "md": "Markdown"})
"""What can be asked for, and how it is called."""
