"""
Making and installing a GitHub App, as GitHub's own pages do it: whoever is looked at confirms, and is sent back.

What GitHub refuses is said here, on its page, and whoever sent the form never hears of it.
"""

import ipaddress
import json
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final
from urllib.parse import urlencode, urlsplit

from flask import Blueprint, abort, redirect, render_template, request
from flask.typing import ResponseReturnValue

from tracker_bridge.domain.issue.issue import Access
from tracker_bridge.sandbox.world import Account, World

FORMS: Final = ("/settings/apps/new", "/organizations/<org>/settings/apps/new")
MAX_NAME: Final = 34
_NEEDS: Final = {"issues": "issues", "issue_comment": "issues", "label": "issues", "repository": "metadata"}


def add_pages(face: Blueprint, world: World, actor: Callable[[], Account]) -> None:
    """Add the pages; ``actor`` is whoever looks."""

    def new(org: str = "") -> ResponseReturnValue:
        return _new(world, org or actor().login)

    def install(slug: str) -> ResponseReturnValue:
        with world.lock:
            return _install(world, slug, actor())

    for number, rule in enumerate(FORMS):
        face.add_url_rule(rule, f"new_app_{number}", new, methods=["POST"])
    face.add_url_rule("/apps/<slug>/installations/new", "install_app", install, methods=["GET", "POST"])


def _new(world: World, owner: str) -> ResponseReturnValue:
    manifest, state = _read(request.form.get("manifest", "")), request.args.get("state", "")
    wrong = list(refusals(world, manifest))
    shown = {
        "manifest": manifest,
        "sent": request.form["manifest"],
        "owner": owner,
        "wrong": wrong,
        "state": state,
    }
    if wrong:
        return render_template("app.html", **shown), 422
    if request.form.get("do") != "create":
        return render_template("app.html", **shown)
    code = world.draft_app(owner, manifest)
    return redirect(f"{manifest['redirect_url']}?{urlencode({'code': code, 'state': state})}", 302)


def _install(world: World, slug: str, person: Account) -> ResponseReturnValue:
    app = next((one for one in world.accounts.values() if one.login == f"{slug}[bot]"), None)
    if app is None:
        abort(404, "There is no such App.")
    owner = world.owners.get(app.id, "")
    here = [p for p in world.projects.values() if p.forge == "github" and p.path.startswith(f"{owner}/")]
    may = any(world.access(one, person) >= Access.ADMIN for one in here)
    if request.method == "POST" and may:
        for project in here:
            world.add_member(project, app, Access.WRITE)
        app.grants.installed, app.grants.requested_by = True, ""
    elif request.method == "POST":
        app.grants.requested_by = person.login
    return render_template("install.html", app=app, owner=owner, projects=here, may=may)


def refusals(world: World, manifest: Mapping[str, Any]) -> Iterator[str]:
    """Yield what GitHub says no to, and to all of it then."""
    name = str(manifest.get("name", ""))
    if not 0 < len(name) <= MAX_NAME:
        yield f"Name is too long (maximum is {MAX_NAME} characters)"
    if any(one.name.lower() == name.lower() for one in world.accounts.values()):
        yield "Name is already in use"
    hook = manifest.get("hook_attributes")
    if hook is not None and not (isinstance(hook, dict) and hook.get("url")):
        yield '"url" wasn\'t supplied'
    elif hook is not None and not _is_public(str(hook["url"])):
        yield "Hook url is not supported because it isn't reachable over the public Internet"
    granted = manifest.get("default_permissions") or {}
    for event in manifest.get("default_events") or ():
        if event not in _NEEDS:
            yield f"Default events unsupported: {event}"
        elif _NEEDS[event] not in granted:
            yield f"Default events are not supported by permissions: {event}"


def _is_public(url: str) -> bool:
    host = urlsplit(url).hostname or ""
    try:
        return ipaddress.ip_address(host).is_global
    except ValueError:
        return "." in host


def _read(text: str) -> dict[str, Any]:
    try:
        found = json.loads(text)
    except ValueError:
        abort(400, "The manifest is not JSON.")
    if not isinstance(found, dict) or not found.get("redirect_url"):
        abort(400, "The manifest lacks redirect_url.")
    return found
