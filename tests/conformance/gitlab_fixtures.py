"""
A pytest plugin: what python-gitlab's functional tests ask for, made in a sandbox.

Their own conftest starts GitLab in Docker and makes people through the API; only that differs here.
"""

import uuid
from collections.abc import Iterator

import gitlab
import pytest
from gitlab.v4.objects import Project, ProjectIssue, User

from tracker_bridge.sandbox.server import Sandbox
from tracker_bridge.sandbox.world import World


@pytest.fixture(scope="session")
def world() -> World:
    return World()


@pytest.fixture(scope="session")
def gl(world: World) -> Iterator[gitlab.Gitlab]:
    root = world.add_account("root")
    with Sandbox(world) as sandbox, gitlab.Gitlab(sandbox.gitlab_url, private_token=root.token) as client:
        client.auth()
        yield client


@pytest.fixture(scope="module")
def project(gl: gitlab.Gitlab) -> Iterator[Project]:
    project = gl.projects.create({"name": f"test-project-{uuid.uuid4().hex}"})
    assert isinstance(project, Project)
    yield project
    project.delete()


@pytest.fixture(scope="module")
def issue(project: Project) -> ProjectIssue:
    issue = project.issues.create({"title": "An issue", "description": "Its description"})
    assert isinstance(issue, ProjectIssue)
    return issue


@pytest.fixture(scope="module")
def user(gl: gitlab.Gitlab, world: World) -> User:
    return gl.users.get(world.add_account(f"user{uuid.uuid4().hex}").id)
