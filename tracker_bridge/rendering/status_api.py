"""
``api/v2``: the status as programs read it that ask Statuspage's pages.

https://metastatuspage.com/api
"""

import json
from typing import Any, Final

from tracker_bridge.domain.derived.public import (
    CANCELLED,
    COMPLETED,
    IN_PROGRESS,
    SCHEDULED,
    Component,
    PublicImpact,
    PublicIncident,
    PublicMaintenance,
    PublicStatus,
    PublicUpdate,
    opaque,
)
from tracker_bridge.rendering.status_words import IMPACTS, iso

_LISTED: Final = 50
"""Incidents and maintenance of a list, the newest first."""

Shape = dict[str, Any]


def api_files(status: PublicStatus, title: str, url: str) -> dict[str, str]:
    """Return the files by their paths."""
    return {
        f"api/v2/{name}.json": f"{json.dumps(shape, indent=2, ensure_ascii=False)}\n"
        for name, shape in _Api(status, title, url).shapes().items()
    }


class _Api:
    def __init__(self, status: PublicStatus, title: str, url: str) -> None:
        self._status, self._url, self._at = status, url, iso(status.at)
        self._id = opaque("page", title)
        self._page = {"id": self._id, "name": title, "url": url, "time_zone": "Etc/UTC", "updated_at": self._at}
        self._begun = self._first_known()
        self._shown = self._components()

    def shapes(self) -> dict[str, Shape]:
        status = self._status
        open_ones = [self._incident(one) for one in status.open]
        upcoming = [self._maintenance(one) for one in status.upcoming if one.state == SCHEDULED]
        active = [self._maintenance(one) for one in status.upcoming if one.state == IN_PROGRESS]
        worst = status.impact
        overall = {"indicator": worst.value, "description": IMPACTS[worst].overall}
        if active and worst is PublicImpact.NONE:
            overall["description"] = "Service Under Maintenance"
        every = {"scheduled_maintenances": [self._maintenance(one) for one in status.maintenance[:_LISTED]]}
        return {
            "summary": self._told(
                components=self._shown,
                incidents=open_ones,
                scheduled_maintenances=[*active, *upcoming],
                status=overall,
            ),
            "status": self._told(status=overall),
            "components": self._told(components=self._shown),
            "incidents": self._told(incidents=[self._incident(one) for one in status.incidents[:_LISTED]]),
            "incidents/unresolved": self._told(incidents=open_ones),
            "scheduled-maintenances": self._told(**every),
            "scheduled-maintenances/upcoming": self._told(scheduled_maintenances=upcoming),
            "scheduled-maintenances/active": self._told(scheduled_maintenances=active),
        }

    def _first_known(self) -> str:
        """Return the first moment of which something is known, on any component."""
        days = [
            day.date
            for one in self._status.components
            for day in one.availability.days
            if day.available is not None
        ]
        return f"{min(days)}T00:00:00Z" if days else self._at

    def _told(self, **parts: Any) -> Shape:
        return {"page": self._page, **parts}

    def _components(self) -> list[Shape]:
        """Groups are components as well, each before its own."""
        shown: list[Shape] = []
        groups = dict.fromkeys(one.group for one in self._status.components)
        for group in groups:
            mine = [one for one in self._status.components if one.group == group]
            if group:
                worst = max((one.impact for one in mine), key=lambda impact: impact.rank)
                ids = [_id("component", one.name) for one in mine]
                entry = self._entry("group", group, IMPACTS[worst].state, len(shown) + 1, self._changed(*mine))
                shown.append(entry | {"components": ids})
            shown += [self._component(one, len(shown) + number) for number, one in enumerate(mine, 1)]
        return shown

    def _component(self, one: Component, position: int) -> Shape:
        state = IMPACTS[one.impact].state
        if one.maintained and one.impact is PublicImpact.NONE:
            state = "under_maintenance"
        entry = self._entry("component", one.name, state, position, self._changed(one))
        more = {"group_id": _id("group", one.group)} if one.group else {}
        return entry | {"description": one.description or None} | more

    def _changed(self, *components: Component) -> str:
        """Return when one of them was last in the news; before that, since when something is known of them."""
        names = {one.name for one in components}
        entries: tuple[PublicIncident | PublicMaintenance, ...] = (
            *self._status.incidents,
            *self._status.maintenance,
        )
        news = [one.changed for one in entries if names & {*one.components}]
        return iso(max(news)) if news else self._begun

    def _entry(self, kind: str, name: str, state: str, position: int, changed: str) -> Shape:
        return {
            "id": _id(kind, name),
            "name": name,
            "status": state,
            "created_at": min(self._begun, changed),
            "updated_at": changed,
            "position": position,
            "description": None,
            "showcase": kind == "component",
            "start_date": None,
            "group_id": None,
            "page_id": self._id,
            "group": kind == "group",
            "only_show_if_degraded": False,
        }

    def _incident(self, one: PublicIncident) -> Shape:
        began = next((said.at for said in reversed(one.updates) if said.phase == "monitoring"), None)
        return self._case(one, one.phase, one.impact.value) | {
            "created_at": iso(one.began),
            "started_at": iso(one.began),
            "monitoring_at": iso(began) if began else None,
            "resolved_at": iso(one.ended) if one.ended else None,
        }

    def _maintenance(self, one: PublicMaintenance) -> Shape:
        state = COMPLETED if one.state == CANCELLED else one.state
        return self._case(one, state, "maintenance") | {
            "created_at": iso(one.announced),
            "started_at": iso(one.announced),
            "monitoring_at": None,
            "resolved_at": iso(one.ended) if state == COMPLETED else None,
            "scheduled_for": iso(one.began),
            "scheduled_until": iso(one.ended),
        }

    def _case(self, one: PublicIncident | PublicMaintenance, state: str, impact: str) -> Shape:
        return {
            "id": one.id,
            "name": one.name,
            "status": state,
            "impact": impact,
            "updated_at": iso(one.changed),
            "shortlink": f"{self._url}/#{one.id}" if self._url else f"#{one.id}",
            "page_id": self._id,
            "incident_updates": [_update(said, one.id) for said in one.updates],
            "components": [it for it in self._shown if it["name"] in one.components and not it["group"]],
        }


def _update(said: PublicUpdate, of: str) -> Shape:
    at = iso(said.at)
    return {
        "id": said.id,
        "incident_id": of,
        "status": COMPLETED if said.phase == CANCELLED else said.phase,
        "body": "\n".join(said.lines),
        "created_at": at,
        "updated_at": at,
        "display_at": at,
        "affected_components": None,
        "deliver_notifications": False,
        "custom_tweet": None,
        "tweet_id": None,
    }


def _id(kind: str, name: str) -> str:
    return opaque(kind, name)
