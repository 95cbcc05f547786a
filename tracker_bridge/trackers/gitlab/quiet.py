"""
In which projects nothing happened: one request tells that of fifty, in place of lists of each.

It is asked when an issue changed last, which a list would tell as well, and which commit changed the folder of the
settings last. Who may not read a project's code is told nothing of it.

https://docs.gitlab.com/api/graphql/reference/#queryprojects
"""

from collections.abc import Iterator, Sequence
from typing import Final

from pydantic import AwareDatetime, BaseModel

from tracker_bridge.trackers._quiet import AT_ONCE, Seen
from tracker_bridge.trackers.gitlab.client import Client

QUERY: Final = f"""
query($paths: [String!]) {{
  projects(fullPaths: $paths, first: {AT_ONCE}) {{
    nodes {{
      fullPath
      issues(sort: UPDATED_DESC, first: 1) {{ nodes {{ updatedAt }} }}
      repository {{ tree(path: ".gitlab") {{ lastCommit {{ sha }} }} }}
    }}
  }}
}}
"""


class _Changed(BaseModel):
    updatedAt: AwareDatetime  # noqa: N815 -- GraphQL's name


class _Issues(BaseModel):
    nodes: list[_Changed]


class _Commit(BaseModel):
    sha: str


class _Tree(BaseModel):
    lastCommit: _Commit | None  # noqa: N815 -- GraphQL's name


class _Repository(BaseModel):
    tree: _Tree | None


class _Project(BaseModel):
    fullPath: str  # noqa: N815 -- GraphQL's name
    issues: _Issues | None
    repository: _Repository | None

    @property
    def folder(self) -> str:
        """The commit that changed the folder last; empty without one."""
        last = self.repository.tree.lastCommit if self.repository and self.repository.tree else None
        return last.sha if last else ""


class _Projects(BaseModel):
    nodes: list[_Project]


class _Data(BaseModel):
    projects: _Projects | None


class _Told(BaseModel):
    data: _Data | None = None
    errors: list[object] = []


def seen(client: Client, projects: Sequence[str]) -> Iterator[tuple[str, Seen]]:
    """Yield what is seen of the projects; nothing where GitLab did not answer all of the question."""
    action = f"ask what changed in {projects[0]} and {len(projects) - 1} others"
    names = {client.names.now(project).casefold(): project for project in projects}
    told = client.ask(QUERY, action, _Told, paths=[client.names.now(project) for project in projects])
    if told.errors or told.data is None or told.data.projects is None:
        return
    for one in told.data.projects.nodes:
        project = names.get(one.fullPath.casefold())
        if project is not None and one.issues is not None and one.repository is not None:
            yield project, Seen([issue.updatedAt for issue in one.issues.nodes], one.folder)
