"""Where messages go besides the thread: a destination, what it hears, and of which incidents."""

from collections.abc import Mapping
from typing import Annotated, Any, Final

from pydantic import AfterValidator, Field

from tracker_bridge.domain.incident.audiences import is_audience_name
from tracker_bridge.domain.incident.outward import Kind
from tracker_bridge.domain.incident.subscribers import Subscriber
from tracker_bridge.rendering.messages import compiled
from tracker_bridge.setting_types.destinations import Reached

UPDATES: Final = "update:"
"""Begins what a destination wants that hears what an audience is told; the audience's name follows."""

WANTED: Final = (Kind.DECLARED, Kind.SEVERITY, Kind.PHASE, Kind.RESOLVED, Kind.REMINDER, Kind.PAGE)
WORDED: Final = (*WANTED, Kind.CORRECTION, Kind.STATUS, Kind.ACKNOWLEDGED, Kind.PAGE_OVER)
"""What can be wanted, and what can have a template: an audience's words are nobody's to change."""

MOST_DESTINATIONS: Final = 50
MOST_CHARACTERS: Final = 4_000
"""Of a template."""


def _wants(words: tuple[str, ...]) -> tuple[str, ...]:
    for word in words:
        audience = word.removeprefix(UPDATES)
        if word.startswith(UPDATES) and is_audience_name(audience):
            continue
        if word not in set(WANTED):
            raise ValueError(f"has {word!r}; there are {', '.join(WANTED)} and {UPDATES}<audience>")
    if len(set(words)) < len(words):
        raise ValueError("contains the same entry twice")
    return words


def _templates(templates: Mapping[str, str]) -> Mapping[str, str]:
    for kind, template in templates.items():
        if kind not in set(WORDED):
            raise ValueError(f"has no message {kind!r}; there are {', '.join(WORDED)}")
        if len(template) > MOST_CHARACTERS:
            raise ValueError(f"{kind} can have at most {MOST_CHARACTERS:,} characters")
        try:
            compiled(template)
        except ValueError as error:
            raise ValueError(f"{kind} {error}") from None
    return templates


class NotifyRow(Reached):
    """A destination, and what it hears."""

    wants: Annotated[tuple[str, ...], AfterValidator(_wants)] = Field(
        default=(),
        description="What it hears by itself: declared, severity (raised), phase, resolved, reminder, page "
        "(the people on call are paged, acknowledge, and the incident ends: docs/on-call.md), and "
        "update:<audience> for what people send to an audience. Without any, only what people send there by name: "
        "as the channel of an audience, as the chat or as the main channel.",
    )
    projects: tuple[str, ...] = Field(
        default=(),
        max_length=MOST_DESTINATIONS,
        description="The projects that may use it, by name or pattern, like acme/api, gitlab:acme/* or "
        "!acme/secret-*. Without any, all.",
    )
    severities: tuple[str, ...] = Field(
        default=(),
        description="Only incidents of these severities. Without any, all. What people send goes anyway.",
    )
    drills: bool = Field(default=False, description="Whether it hears of drills.")
    templates: Annotated[Mapping[str, str], AfterValidator(_templates)] = Field(
        default={},
        description="A Jinja template of your own for declared, severity, phase, resolved, reminder, page, "
        "acknowledged, page-over, correction or status: the first line is the subject. See docs/notifications.md.",
    )

    @property
    def subscriber(self) -> Subscriber:
        """Return what threads know of it."""
        return Subscriber(
            name=self.name,
            wants=frozenset(Kind(one) for one in self.wants if not one.startswith(UPDATES)),
            audiences=frozenset(one.removeprefix(UPDATES) for one in self.wants if one.startswith(UPDATES)),
            projects=self.projects,
            severities=self.severities,
            drills=self.drills,
            max_text=self.address.max_text,
            repeats=self.address.can_dedup,
            templates={Kind(kind): template for kind, template in self.templates.items()},
        )


def check_notify(rows: tuple[NotifyRow, ...], found: Mapping[str, Any]) -> tuple[NotifyRow, ...]:
    """Each has a name of its own, and hears of severities that there are."""
    if len(rows) > MOST_DESTINATIONS:
        raise ValueError(f"must have at most {MOST_DESTINATIONS} entries")
    names = [row.name for row in rows]
    if twice := next((name for name in names if names.count(name) > 1), None):
        raise ValueError(f"two destinations are called {twice}")
    known = {word.casefold() for step in found.get("severities", ()) for word in (step.name, *step.previous_names)}
    for row in rows:
        if row.address.pages_only and (other := [one for one in row.wants if one != Kind.PAGE]):
            raise ValueError(f"{row.name} takes pages only, not {other[0]}")
        strangers = [one for one in row.severities if known and one.casefold() not in known]
        if strangers:
            steps = ", ".join(step.name for step in found["severities"])
            raise ValueError(f"{row.name} has no severity {strangers[0]}; the severities are {steps}")
    return rows
