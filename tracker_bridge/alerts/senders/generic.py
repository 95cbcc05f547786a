"""
JSON of any shape. By default the fields that docs/alerts.md names; else what the operator's templates make of it.

The templates are the operator's; the texts are anybody's, so nothing of these is ever taken for a template.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Final

from jinja2 import TemplateError
from jinja2.sandbox import ImmutableSandboxedEnvironment

from tracker_bridge.alerts.notice import Notice, Told, single
from tracker_bridge.alerts.payload import Payload, Unreadable, first_of, json_of, labels_of, mapping_of, time_of

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
    "cleared", "ended", "end", "healthy", "passing", "success", "green", "recovery",
})  # fmt: skip
_IN_TITLE: Final = re.compile(
    rf"[^\w#@/]*(?P<state>{'|'.join(map(re.escape, sorted(_ENDS - {'0', 'false'})))}|firing|alerting|triggered|"
    r"problem|critical|warning|pending|down|no data)(?::[0-9]+)?(?:\s*[\]:|]|\s+[-–—]\s)\s*",
    re.IGNORECASE,
)
_MOST: Final = 1000
_MOST_CHARACTERS: Final = 200_000

_ENVIRONMENT: Final = ImmutableSandboxedEnvironment(autoescape=False)


def compiled(template: str) -> None:
    """Raise ``ValueError`` where it is no template."""
    try:
        _ENVIRONMENT.from_string(template)
    except TemplateError as error:
        raise ValueError(f"is not a template: {error}") from None


def _of_form(form: Mapping[str, str]) -> Any:
    """Return what a form tells: its fields, or the JSON in the field where chats expect it."""
    return json_of(form["payload"].encode()) if form.get("payload", "").lstrip().startswith(("{", "[")) else form


def _state(title: str) -> str:
    """Return the state with which a title begins, as in ``[RESOLVED] Disk full``; empty without one."""
    found = _IN_TITLE.match(title)
    return found["state"].casefold() if found else ""


def _steady(title: str) -> str:
    """Return a title without its state, which changes while the alert is the same."""
    while found := _IN_TITLE.match(title):
        title = title[found.end() :]
    return title.strip()


@dataclass(frozen=True, slots=True)
class Generic:
    """``templates`` are by the names of :data:`FIELDS`; a field without one is taken as it stands."""

    templates: Mapping[str, str]

    def read(self, payload: Payload) -> Told:
        """Read one alert, or a list of them. Raises ``Unreadable``."""
        form = payload.form()
        found = _of_form(form) if form else payload.json()
        alerts = [one for one in (found if isinstance(found, list) else [found]) if isinstance(one, Mapping)]
        if not alerts and found != []:
            raise Unreadable("the body is neither a JSON object nor a list of them")
        notices = tuple(notice for one in alerts[:_MOST] if (notice := self._notice(mapping_of(one))))
        return Told(notices, "" if notices else "no alert with a key or a title")

    def _notice(self, alert: Mapping[str, Any]) -> Notice | None:
        said = {name: self._field(name, alert) for name in FIELDS}
        title = first_of(said["title"], said["key"], said["text"].strip().partition("\n")[0], said["url"])
        if not title:
            return None
        status, name = said["status"].strip().casefold(), _steady(title)
        firing = (status or _state(title)) not in _ENDS
        started = time_of(said["starts_at"])
        return Notice(
            key=first_of(said["key"], name, title),
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
            values = (alert.get(one) for one in (name, *OTHER_NAMES.get(name, ())))
            return first_of(*(str(one).lower() if isinstance(one, bool) else one for one in values))
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
