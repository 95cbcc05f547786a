"""
The sandbox's web page: read the issues as the forges would show them, be anybody, comment, label, close.

It works without JavaScript; ``live.js`` only brings in what is new and keeps what was typed.
"""

from collections.abc import Iterable

from flask import Blueprint, Response, abort, make_response, redirect, render_template, request
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import HTTPException

from tracker_bridge.sandbox.gitlab import create_face as create_gitlab_face
from tracker_bridge.sandbox.gitlab.http import Face
from tracker_bridge.sandbox.pages import apps, chat, guard, labels, rights, views
from tracker_bridge.sandbox.pages.forms import Forge, FormError
from tracker_bridge.sandbox.pages.github import GitHubForms
from tracker_bridge.sandbox.pages.gitlab import GitLabForms
from tracker_bridge.sandbox.world import Account, Project, Ticket, World
from tracker_bridge.templates_folder import templates_folder

COOKIE = "sandbox_person"
ADDRESSES = {
    "github": ("/<owner>/<name>", "/<owner>/<name>/issues", ("/<owner>/<name>/issues/<int:number>",)),
    "gitlab": (
        "/gitlab/<path:owner>/<name>",
        "/gitlab/<path:owner>/<name>/-/issues",
        (
            "/gitlab/<path:owner>/<name>/-/issues/<int:number>",
            "/gitlab/<path:owner>/<name>/-/issues/incident/<int:number>",
            "/gitlab/<path:owner>/<name>/-/work_items/<int:number>",
        ),
    ),
}
"""A project, its list of issues, and every address of one issue, by forge."""


def create_face(world: World, gitlab_face: Face | None = None) -> Blueprint:
    """
    Return the pages, to be mounted at the root of the server.

    People's comments on GitLab issues go through ``gitlab_face``; by default through one of their own.
    """
    forges: dict[str, Forge] = {
        "github": GitHubForms(world),
        "gitlab": GitLabForms(world, gitlab_face or create_gitlab_face(world)),
    }
    pages = _Pages(world, forges)
    face = Blueprint("pages", __name__, template_folder=templates_folder() / "pages")
    face.before_request(guard.refuse_strangers)
    face.after_request(guard.add_headers)
    face.register_error_handler(HTTPException, pages.failed)
    face.context_processor(pages.vocabulary)
    face.add_url_rule("/", view_func=pages.index)
    face.add_url_rule("/-/labels.css", view_func=pages.label_colors)
    face.add_url_rule("/-/<any('style.css', 'live.js'):name>", view_func=pages.asset)
    face.add_url_rule("/-/person", view_func=pages.become, methods=["POST"])
    apps.add_pages(face, world, pages.actor)
    chat.add_pages(face, world, pages.page)
    for forge, (home, listing, threads) in ADDRESSES.items():
        here = {"forge": forge}
        both = ["GET", "POST"]
        face.add_url_rule(home, f"{forge}_home", pages.home, defaults=here)
        face.add_url_rule(listing, f"{forge}_project", pages.project, defaults=here)
        face.add_url_rule(f"{listing}/new", f"{forge}_new", pages.new_issue, defaults=here, methods=both)
        for at, thread in enumerate(threads):
            face.add_url_rule(thread, f"{forge}_issue_{at}", pages.issue, defaults=here, methods=both)
    face.add_url_rule("/<path:other>", view_func=pages.nothing)
    return face


class _Pages:
    """The views. Each holds the world while it reads or acts, so that a page shows one moment."""

    def __init__(self, world: World, forges: dict[str, Forge]) -> None:
        self.world = world
        self.forges = forges

    # Pages

    def index(self) -> Response:
        with self.world.lock:
            seen = [
                p for p in self.world.projects.values() if rights.may_see_project(self.world, p, self._person())
            ]
            return self.page("projects.html", projects=self._listed(seen))

    def project(self, forge: str, owner: str, name: str) -> Response:
        with self.world.lock:
            return self.page("projects.html", projects=self._listed([self._project(forge, owner, name)]))

    def home(self, forge: str, owner: str, name: str) -> ResponseReturnValue:
        """The sandbox keeps no code: a repository is its issues."""
        with self.world.lock:
            return redirect(views.project_address(self._project(forge, owner, name)))

    def new_issue(self, forge: str, owner: str, name: str) -> ResponseReturnValue:
        with self.world.lock:
            project = self._project(forge, owner, name)
            if request.method == "GET":
                return self.page("new.html", project=project)
            try:
                ticket = self.forges[forge].open_ticket(
                    project, self.actor(), request.form, request.form.getlist("labels")
                )
            except FormError as refusal:
                return self.page("new.html", 422, project=project, complaint=str(refusal))
            return redirect(views.address(ticket), 303)

    def issue(self, forge: str, owner: str, name: str, number: int) -> ResponseReturnValue:
        with self.world.lock:
            project = self._project(forge, owner, name)
            ticket = project.tickets.get(number)
            if ticket is None or not rights.may_see(self.world, ticket, self._person()):
                abort(404, "There is no such issue, or this person may not see it.")
            if request.method == "GET":
                return self._thread(ticket)
            try:
                note = self.forges[forge].act(ticket, self.actor(), request.form)
            except FormError as refusal:
                return self._thread(ticket, 422, str(refusal))
            return redirect(views.address(ticket) + (f"#{views.anchor(ticket, note)}" if note else ""), 303)

    def become(self) -> ResponseReturnValue:
        """Act as somebody else from now on, and go back to the page where that was asked for."""
        person = self._named(request.form.get("login", ""))
        back = request.form.get("back", "/")
        if person is None:
            abort(400, "There is nobody of that name here.")
        if not back.startswith("/") or back.startswith("//") or "\\" in back:
            back = "/"
        response = redirect(back, 303)
        response.set_cookie(COOKIE, person.login, samesite="Strict", httponly=True)
        return response

    def nothing(self, other: str) -> ResponseReturnValue:
        abort(404, f"The sandbox has no page /{other}.")

    def label_colors(self) -> Response:
        with self.world.lock:
            return Response(labels.stylesheet(self.world), mimetype="text/css")

    def asset(self, name: str) -> Response:
        kind = "text/css" if name.endswith(".css") else "text/javascript"
        return Response((templates_folder() / "pages" / name).read_text("utf-8"), mimetype=kind)

    def failed(self, error: HTTPException) -> Response:
        """Say what is wrong on a page, from where the person can go on."""
        with self.world.lock:
            return self.page("failed.html", error.code or 500, error=error)

    def vocabulary(self) -> dict[str, object]:
        """What every template can say."""
        logins = frozenset(account.login for account in self.world.accounts.values())
        return {
            "world": self.world,
            "person": self._person(),
            "people": self._people(),
            "rights": rights,
            "colors": labels.version(self.world),
            "rendered": lambda text, project: views.rendered(text, project, logins),
            "address": views.address,
            "project_address": views.project_address,
            "anchor": views.anchor,
            "stamp": views.stamp,
            "emoji": views.emoji,
            "typed": _typed,
        }

    # What they share

    def _thread(self, ticket: Ticket, status: int = 200, complaint: str = "") -> Response:
        entries = views.thread(self.world, ticket, self._person())
        return self.page("issue.html", status, ticket=ticket, entries=entries, complaint=complaint)

    def page(self, template: str, status: int = 200, **words: object) -> Response:
        """A page with an ``ETag``: ``live.js`` asks again and again, and mostly nothing has changed."""
        response = make_response(render_template(template, **words), status)
        if request.method == "GET" and status == 200:
            response.add_etag()
            response.make_conditional(request)
        return response

    def _project(self, forge: str, owner: str, name: str) -> Project:
        project = self.world.project(f"{owner}/{name}", forge)
        if project is None or not rights.may_see_project(self.world, project, self._person()):
            abort(404, "There is no such project, or this person may not see it.")
        return project

    def _listed(self, projects: Iterable[Project]) -> list[tuple[Project, list[Ticket]]]:
        """Each project with the issues that the person may see: open ones first, then newest first."""
        listed = []
        for project in projects:
            seen = [t for t in project.tickets.values() if rights.may_see(self.world, t, self._person())]
            listed.append((project, sorted(seen, key=lambda t: (not t.open, -t.number))))
        return listed

    def _people(self) -> list[Account]:
        return [account for account in self.world.accounts.values() if not account.bot]

    def _named(self, login: str) -> Account | None:
        return next((account for account in self._people() if account.login == login), None)

    def _person(self) -> Account | None:
        """
        Who looks or acts: whom the form names, else whom the cookie names, else the first one.

        A form carries the name that its page showed: in another tab somebody else may have been chosen since.
        """
        named = self._named(request.form.get("as", "")) or self._named(request.cookies.get(COOKIE, ""))
        return named or next(iter(self._people()), None)

    def actor(self) -> Account:
        person = self._person()
        if person is None:
            abort(403, "Nobody lives in this sandbox: there is no one to act as.")
        return person


def _typed(box: object) -> str | None:
    """What was typed into that box of a form that was refused, so that it is not lost; else ``None``."""
    return request.form.get("body", "") if request.form.get("box") == str(box) else None
