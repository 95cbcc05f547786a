"""
JSON of any shape. By default the fields that docs/alerts.md names; else what the operator's templates make of it.

The templates are the operator's; the texts are anybody's, so nothing of these is ever taken for a template.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Final

from jinja2 import TemplateError
from jinja2.sandbox import ImmutableSandboxedEnvironment

from tracker_bridge.alerts.notice import Notice, Told, single
from tracker_bridge.alerts.payload import Payload, Unreadable, first_of, labels_of, mapping_of, time_of

OTHER_NAMES: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {
        "key": ("dedup", "dedup_key", "fingerprint", "id"),
        "status": ("state",),
        "title": ("name", "summary", "subject", "alertname", "alert"),
        "text": ("description", "message"),
        "severity": ("priority", "level"),
        "url": ("link",),
        "starts_at": ("startsAt", "started_at", "timestamp"),
    }
)
"""What others call these fields: read where the field itself is missing."""

FIELDS: Final = ("key", "status", "title", "text", "severity", "url", "starts_at")
"""What a template can be given for."""

_ENDS: Final = frozenset({
    "resolved", "resolve", "ok", "up", "recovered", "closed", "inactive", "normal", "false", "0", "clear",
    "cleared", "ended", "end", "healthy", "passing", "success", "green",
})  # fmt: skip
_MOST: Final = 1000
_MOST_CHARACTERS: Final = 200_000

_ENVIRONMENT: Final = ImmutableSandboxedEnvironment(autoescape=False)


def compiled(template: str) -> None:
    """Raise ``ValueError`` where it is no template."""
    try:
        _ENVIRONMENT.from_string(template)
    except TemplateError as error:
        raise ValueError(f"is not a template: {error}") from None


@dataclass(frozen=True, slots=True)
class Generic:
    """``templates`` are by the names of :data:`FIELDS`; a field without one is taken as it stands."""

    templates: Mapping[str, str]

    def read(self, payload: Payload) -> Told:
        """Read one alert, or a list of them. Raises ``Unreadable``."""
        found = payload.json()
        alerts = found if isinstance(found, list) else [found]
        if any(not isinstance(one, Mapping) for one in alerts):
            raise Unreadable("the body is neither a JSON object nor a list of them")
        notices = tuple(notice for one in alerts[:_MOST] if (notice := self._notice(mapping_of(one))))
        return Told(notices, "" if notices else "no alert with a key or a title")

    def _notice(self, alert: Mapping[str, Any]) -> Notice | None:
        said = {name: self._field(name, alert) for name in FIELDS}
        title = first_of(said["title"], said["key"], said["text"].strip().partition("\n")[0], said["url"])
        if not title:
            return None
        firing = said["status"].strip().casefold() not in _ENDS
        started = time_of(said["starts_at"])
        return Notice(
            key=first_of(said["key"], title),
            title=title,
            members=single(firing=firing, since=started),
            text="\n".join(one for one in (said["text"], said["url"]) if one),
            severity=said["severity"],
            labels=labels_of(alert.get("labels")),
            started=started,
            url=said["url"],
        )

    def _field(self, name: str, alert: Mapping[str, Any]) -> str:
        template = self.templates.get(name)
        if template is None:
            value = next((alert[one] for one in (name, *OTHER_NAMES.get(name, ())) if one in alert), None)
            return str(value).lower() if isinstance(value, bool) else first_of(value)
        try:
            return _ENVIRONMENT.from_string(template).render(alert=alert)[:_MOST_CHARACTERS].strip()
        except (
            TemplateError,
            TypeError,
            ValueError,
            ArithmeticError,
            LookupError,
            AttributeError,
            RecursionError,
        ):
            return ""  # of an alert that lacks what the template expects, the other fields are read all the same
