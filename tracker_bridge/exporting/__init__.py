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
