"""What can be set for the public status page: what it is called, its components, and how bad what counts as."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Annotated, Any

from pydantic import AfterValidator, Field, field_validator

from tracker_bridge.domain.derived.public import WEIGHTS, PageRules, PublicImpact, PublicService
from tracker_bridge.setting_types import Section
from tracker_bridge.setting_types.addresses import check_url
from tracker_bridge.setting_types.values import Interval, Line, LineOrNothing
from tracker_bridge.settings.alerts import ProjectName
from tracker_bridge.trackers.forges import FORGES

MOST_COMPONENTS = 200

Weight = Annotated[float, Field(ge=0, le=1)]


def _address(url: str) -> str:
    return url and check_url(url, allow_http=True)


class ComponentRow(Section):
    """A component of the status page."""

    name: Line = Field(description="What everyone calls it.")
    services: tuple[Line, ...] = Field(
        default=(), description="The services whose labels mean it; the default is its name."
    )
    description: LineOrNothing = Field(default="", description="A line below its name.")
    group: LineOrNothing = Field(default="", description="The heading under which it stands.")
    since: date | None = Field(
        default=None, description="The day from which its incidents are recorded, where that is another one."
    )


class StatusPage(Section):
    """The public status page (docs/status-page.md). It shows external updates, and nothing internal."""

    serve: bool = Field(
        default=False,
        description="Whether serve and receive show the page at /status/, to everyone who can reach them.",
    )
    title: Line = Field(default="Status", description="Title of the page, its feeds and its calendar.")
    url: Annotated[str, AfterValidator(_address)] = Field(
        default="", description="Where the page is, for its feeds.", examples=["https://status.example.org"]
    )
    projects: tuple[ProjectName, ...] = Field(
        default=(),
        description="Whose incidents are shown, like github:acme/api; the default is all that are served.",
        examples=[[f"{next(iter(FORGES))}:acme/api"]],
    )
    components: tuple[ComponentRow, ...] = Field(
        default=(),
        max_length=MOST_COMPONENTS,
        description="The components, in this order, and no others. Without any, these are the services of the "
        "incidents shown, by their labels.",
        examples=[
            (
                ComponentRow(name="Card payments", services=("checkout", "billing"), group="Shop"),
                ComponentRow(name="Search", services=("search",), description="Finding articles", group="Shop"),
            )
        ],
    )
    impacts: dict[str, PublicImpact] = Field(
        default={},
        description="How bad each severity is for everyone: none, minor (degraded), major (partial outage) or "
        "critical (major outage). Without an entry, the worst severity is critical, the second major, all others "
        "minor; an incident without a severity is major.",
        examples=[{"sev1": "critical", "sev2": "major", "sev3": "minor", "sev4": "none"}],
    )
    weights: dict[PublicImpact, Weight] = Field(
        default=dict(WEIGHTS),
        description="Which part of the time of an incident counts as not available, from 0 to 1, by its impact.",
    )
    since: date | None = Field(
        default=None,
        description="The day from which incidents are recorded with the bridge: days before it are unknown. "
        "Without it, everything before the first incident on the page is unknown.",
        examples=[date(2026, 9, 1)],
    )

    every: Interval = Field(
        default=timedelta(minutes=1),
        description="How often the page at /status/ is built again. What it reads itself is shown at once.",
    )

    @field_validator("components")
    @classmethod
    def _once(cls, rows: tuple[ComponentRow, ...]) -> tuple[ComponentRow, ...]:
        names = [one.name for one in rows]
        if twice := next((name for name in names if names.count(name) > 1), None):
            raise ValueError(f"two components are called {twice}")
        return rows

    @property
    def rules(self) -> PageRules:
        """Return what the page is built by."""
        services = tuple(
            PublicService(one.name, one.services or (one.name,), one.description, one.group, one.since)
            for one in self.components
        )
        return PageRules(services, self.impacts, {**WEIGHTS, **self.weights}, self.since)


def check_status_page(page: StatusPage, found: Mapping[str, Any]) -> StatusPage:
    """Its impacts are of severities that there are."""
    names = [step.name for step in found.get("severities", ())]
    if strangers := sorted(page.impacts.keys() - set(names)):
        raise ValueError(f"impacts: has no severity {strangers[0]}; the severities are {', '.join(names)}")
    return page
