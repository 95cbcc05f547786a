"""
The manifest that a GitHub App is made from.

https://docs.github.com/en/apps/sharing-github-apps/registering-a-github-app-from-a-manifest

What GitHub would refuse is found here: it says so on its own page only, and never comes back.
"""

import ipaddress
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlsplit

MAX_NAME: Final = 34
HOME: Final = "https://github.com"

PERMISSIONS: Final = {
    "issues": "write",
    "metadata": "read",
    "contents": "read",
    "pull_requests": "read",
    "members": "read",
}
EVENTS: Final = ("issues", "issue_comment", "label", "repository")
NEEDED: Final = {"issues": "issues", "issue_comment": "issues", "label": "issues", "repository": "metadata"}
"""The permission that each event needs. What tells of installations comes anyway, and must not be asked for."""

_LOGIN: Final = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,37}[A-Za-z0-9])?", re.ASCII)


@dataclass(frozen=True, slots=True)
class Manifest:
    """
    What is asked for. ``owner`` is an organisation, empty for the account of whoever confirms it. ``hook`` is
    where deliveries go, empty for none. ``back`` is the loopback address that the browser comes back to.
    """

    owner: str
    suffix: str
    hook: str
    back: str

    @property
    def name(self) -> str:
        """A name must be unique on all of GitHub, so that of the owner alone is not enough."""
        room = MAX_NAME - len("tracker-bridge  ") - len(self.suffix)
        return " ".join(part for part in ("tracker-bridge", self.owner[:room].rstrip("-"), self.suffix) if part)

    @property
    def content(self) -> dict[str, Any]:
        """Return it as it is sent."""
        permissions = dict(PERMISSIONS)
        if not self.owner:
            del permissions["members"]
        parts = urlsplit(self.hook)
        sent: dict[str, Any] = {
            "name": self.name,
            "url": f"{parts.scheme}://{parts.netloc}" if self.hook else HOME,
            "description": "Incident management in issues",
            "public": False,
            "redirect_url": self.back,
            "default_permissions": permissions,
            "default_events": list(EVENTS) if self.hook else [],
        }
        if self.hook:
            sent["hook_attributes"] = {"url": self.hook, "active": True}
        return sent

    def action(self, site: str, state: str) -> str:
        """Return where the form goes on a server whose web pages are at ``site``."""
        where = f"/organizations/{self.owner}" if self.owner else ""
        return f"{site}{where}/settings/apps/new?state={state}"


def problems(manifest: Manifest) -> Iterator[str]:
    """Yield what GitHub would refuse."""
    if manifest.owner and not _LOGIN.fullmatch(manifest.owner):
        yield f"{manifest.owner!r} is not the name of an organisation"
    if len(manifest.name) > MAX_NAME:
        yield f"the App's name would be longer than {MAX_NAME} characters"
    if manifest.hook and (wrong := hook_problem(manifest.hook)):
        yield f"webhooks cannot go to {manifest.hook}: {wrong}"
    for event in manifest.content["default_events"]:
        if NEEDED[event] not in manifest.content["default_permissions"]:
            yield f"the event {event} needs the permission {NEEDED[event]}"


def hook_problem(address: str) -> str:
    """Return why a forge on the internet cannot reach an address; empty if it may."""
    parts = urlsplit(address)
    host = parts.hostname or ""
    if parts.scheme != "https" or not host:
        return "it must begin with https://"
    if parts.username or parts.password or parts.query or parts.fragment:
        return "it must not have a password, a question mark or a hash"
    try:
        public = ipaddress.ip_address(host).is_global
    except ValueError:
        public = "." in host and not host.endswith((".local", ".localhost", ".internal", ".lan", ".test"))
    return "" if public else "it cannot be reached from the internet"
