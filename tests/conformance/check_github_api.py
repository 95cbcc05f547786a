"""
What passes between a client and the sandbox's GitHub, held against GitHub's own description of its API.

The traffic is of three kinds: every route by hand, PyGithub's objects, and the bridge at work.
"""

import json
from collections import Counter
from collections.abc import Iterable
from dataclasses import replace

from tests.conformance import github_traffic
from tests.conformance.openapi import Description
from tests.conformance.packages import Unavailable, member
from tests.conformance.report import Report
from tracker_bridge.sandbox.server import Request

_OTHERS = ("/api/graphql", "/api/v3/meta")
PACKAGE, VERSION = "@octokit/openapi", "23.0.2"


def check(report: Report) -> None:
    try:
        file = member(PACKAGE, VERSION, "generated/api.github.com.json")
    except Unavailable as error:
        report.bad(str(error))
        return
    description = Description(file)
    _control(report, description)
    for name, play in github_traffic.PLAYS.items():
        authorizer(report, description, name, play())


def _control(report: Report, description: Description) -> None:
    """A description that finds nothing wrong with anything would prove nothing."""
    with github_traffic.town() as place:
        place.ask("GET", f"/repos/acme/api/issues/{place.ticket.number}")
        (good,) = place.sandbox.requests
    issue = json.loads(good.answer)
    wrong = {
        "a field that is missing": {name: value for name, value in issue.items() if name != "title"},
        "a field that is made up": issue | {"pinned": True},
        "a value of another type": issue | {"number": "1"},
        "a time without a zone": issue | {"created_at": "2026-11-02T09:00:00"},
    }
    for name, body in wrong.items():
        if any(description.problems(replace(good, answer=json.dumps(body).encode()))):
            report.good()
        else:
            report.bad(f"{name} was not noticed")


def authorizer(report: Report, description: Description, name: str, requests: Iterable[Request]) -> None:
    """Report on each request; GraphQL has no part in this description, nor has an Enterprise Server's version."""
    counts: Counter[str] = Counter()
    for request in requests:
        if request.face != "github" or request.fault is not None or request.path in _OTHERS:
            continue
        problems = list(description.problems(request))
        counts[description.name(request)] += 1
        if problems:
            sent = f"{request.method} {request.path}?{request.query} -> {request.status}"
            report.bad("\n    ".join([sent, *problems]))
        else:
            report.good()
    report.say(f"  {name}: {counts.total()} requests to {len(counts)} operations")
