"""The bridge's GraphQL, and the types that the sandbox knows, held against GitHub's published schema."""

import json
import shutil
import subprocess
from pathlib import Path
from typing import cast

from tests.conformance import github_traffic
from tests.conformance.packages import Unavailable, folder, member
from tests.conformance.report import Report
from tracker_bridge.sandbox.github.graphql import SCHEMA

JUDGE = Path(__file__).with_name("judge_graphql.cjs")
CONTROL = "{ nodes(ids: []) { lastEditedAt } }"
"""A node as such has no such field."""


def check(report: Report) -> None:
    played = github_traffic.by_the_bridge()
    queries = {str(json.loads(one.body)["query"]) for one in played if one.path == "/api/graphql"}
    try:
        problems = _judged(sorted(queries))
        noticed = _judged([CONTROL])
    except Unavailable as error:
        report.bad(str(error))
        return
    for problem in problems:
        report.bad(problem)
    if not queries or not noticed:
        report.bad("no query was sent" if not queries else "a field that is not there was not noticed")
    if not problems:
        report.good(len(queries) + sum(len(fields) for fields in SCHEMA.values()))
    report.say(f"  {len(queries)} queries of the bridge, {len(SCHEMA)} types of the sandbox")


def _judged(queries: list[str]) -> list[str]:
    node = shutil.which("node")
    if node is None:
        raise Unavailable("node is needed to judge GraphQL: install Node.js, then try again")
    asked = {
        "library": str(folder("graphql", "16.15.0")),
        "schema": str(member("@octokit/graphql-schema", "15.26.1", "schema.graphql")),
        "queries": queries,
        "types": SCHEMA,
    }
    done = subprocess.run(
        [node, str(JUDGE)], input=json.dumps(asked), stdout=subprocess.PIPE, text=True, check=True
    )
    return cast("list[str]", json.loads(done.stdout))
