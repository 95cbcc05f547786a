"""The fixture ``forge``: every contract test runs once on each."""

import importlib
from collections.abc import Iterator
from contextlib import ExitStack

import pytest

from tests.contract.forges import CAPABILITIES, FORGES, Builder, Deliveries, Delivery, Forge, Needs, town
from tracker_bridge.sandbox.github import webhooks as github_webhooks
from tracker_bridge.sandbox.gitlab import webhooks as gitlab_webhooks
from tracker_bridge.sandbox.hooks import Hooks
from tracker_bridge.sandbox.world import Hook


@pytest.fixture
def lacking() -> str:
    """What the forge's server lacks, of ``CAPABILITIES``; a test that is about that parametrises it."""
    return ""


@pytest.fixture
def sockets() -> bool:
    """Whether requests go over a socket."""
    return True


@pytest.fixture(params=FORGES)
def forge(request: pytest.FixtureRequest, lacking: str, sockets: bool) -> Iterator[Forge]:
    name: str = request.param
    build: Builder = importlib.import_module(f"tests.contract.forge_{name}").build
    place = town(name)
    place.sockets = sockets
    if lacking and name not in CAPABILITIES[lacking]:
        pytest.skip(f"{name} never lacks {lacking}, or always")
    if lacking:
        place.lacking = {name: [CAPABILITIES[lacking][name]]}
    with build(place):
        yield place


@pytest.fixture
def needs(forge: Forge) -> Needs:
    """Skip the test, by name, when the forge lacks an optional ability."""

    def skip(capability: str) -> None:
        if capability in forge.unsupported:
            pytest.skip(f"{forge.name} lacks {capability}")

    return skip


@pytest.fixture
def deliveries(forge: Forge, needs: Needs) -> Iterator[Deliveries]:
    """Return what the forge sent out since the last time, as it arrives."""
    needs("deliveries")
    seal = {"github": "secret", "gitlab": "signing_token"}[forge.name]
    events = ("note_events", "issues_events", "confidential_note_events", "confidential_issues_events")
    hook = Hook(1, "http://127.0.0.1:9/", settings=dict.fromkeys(events, True), **{seal: forge.secret})
    forge.project.hooks[hook.id] = hook
    hooks: Hooks = forge.sandbox.hooks
    log = hooks.log
    seen = 0

    def new() -> list[Delivery]:
        nonlocal seen
        fresh, seen = log[seen:], len(log)
        return [({name.lower(): value for name, value in one.headers.items()}, one.body) for one in fresh]

    with ExitStack() as stack:
        if not forge.sockets:  # else the server has done so
            hooks.register("github", github_webhooks.writer(forge.world, forge.sandbox.url))
            hooks.register("gitlab", gitlab_webhooks.writer(forge.sandbox.gitlab_url))
            stack.enter_context(hooks)
        hooks.hold()
        yield new
