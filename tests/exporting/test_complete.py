"""Every field of an incident is exported under a stated name, or it is stated why it is not."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, fields, is_dataclass
from typing import Any, get_type_hints

import pytest

from tests.commands.thread import declared
from tests.exporting.schemas import DOCS
from tracker_bridge.domain.incident.incident import Incident
from tracker_bridge.exporting.incidents import incident_json

SAME = (
    *("ref", "title", "url", "phase", "severity", "impacts", "drill", "source", "roles", "timeline", "channels"),
    *("announcements", "stakeholders", "communications", "tasks", "proposals", "offers", "questions", "causes"),
    "actions",
)
EXPORTED = {
    **{name: name for name in SAME},
    **{name: f"times.{name}" for name in ("started", "detected", "declared", "fixed", "resolved")},
    "postmortem": "review",
    "findings": "tests",
    "exceptions": "exceptions",
    "merge": "duplicate_of",
    "despite": "despite",
    "relations": "related",
    "failed_change": "failed_change",
    "fields": "fields",
    "ticks": "checklists",
    "dispatches": "messages",
    "made": "call_outs",
    "answers": "acknowledgements",
}
"""The field, and what programs know it as."""

INTERNAL = {
    "opener": "the timeline tells who declared it",
    "author": "the issue tells",
    "rules": "the team's settings, not the incident",
    "created_at": "the issue's, not the incident's",
    "report": "no incident yet",
    "resolutions": "the timeline tells",
    "duties": "a comment that is owed",
    "replies": "comments that are owed",
    "openings": "issues that are to be opened",
    "requests": "comments that are owed; what came of them is exported",
    "labels": "the issue tells",
    "sayings": "the timeline tells what they did",
    "audiences": "what was set up; communications tell who was told",
    "words": "people's own comments stay in the thread",
    "snoozed_until": "reminders of ours",
    "conflicts": "a comment that is owed",
    "vacancy": "a comment that is owed; the roles tell",
    "teams": "looked up in the tracker",
    "unlabeled": "the issue's labels tell",
    "wants_open": "the issue's state tells",
    "open_by": "how the issue's state came about",
    "withdrawn": "a comment that is owed; the timeline tells",
    "changes": "looked up in the tracker",
    "wanted": "call-outs tell",
    "drill_pages": "call-outs tell",
    "captures": "remembered for the next reconcile",
    "public": "where external updates are published; communications tell what they say",
    "past": "remembered for the next reconcile",
    "maintenance": "no incident; the status page shows it",
}
"""The field, and why no program gets it."""


def named(of: type) -> Iterator[str]:
    """Yield the fields, of groups those inside: a field that is on neither list and is a dataclass is a group."""
    queue = get_type_hints(of)
    for field in fields(of):
        group = queue[field.name]
        known = field.name in EXPORTED or field.name in INTERNAL
        if not known and isinstance(group, type) and is_dataclass(group):
            yield from named(group)
        else:
            yield field.name


def test_every_field_is_exported_or_has_a_reason() -> None:
    assert sorted(named(Incident)) == sorted({*EXPORTED, *INTERNAL})


def test_a_field_that_nobody_thought_of_is_found() -> None:
    @dataclass
    class Group:
        title: str
        forgotten: tuple[str, ...] = ()

    @dataclass
    class Outer:
        ref: str
        group: Group

    assert set(named(Outer)) - {*EXPORTED, *INTERNAL} == {"forgotten"}


@pytest.mark.parametrize("path", sorted(EXPORTED.values()))
def test_what_is_exported_is_in_the_record_and_in_the_schema(path: str) -> None:
    schema = json.loads((DOCS / "incident.schema.json").read_text("utf-8"))
    record: Any = json.loads(incident_json(declared().incident))
    for part in path.split("."):
        assert part in schema["properties"], path
        assert part in record, path
        schema, record = schema["properties"][part], record[part]


def test_the_schema_lists_what_the_record_has_and_nothing_else() -> None:
    schema = json.loads((DOCS / "incident.schema.json").read_text("utf-8"))
    assert set(json.loads(incident_json(declared().incident))) == set(schema["properties"])
    assert set(schema["required"]) == set(schema["properties"])
