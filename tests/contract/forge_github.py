"""GitHub: the real PyGithub, against the sandbox's GitHub face."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from tests.contract.forges import Forge
from tests.contract.served import served
from tracker_bridge.trackers._pace import UNLIMITED
from tracker_bridge.trackers.github.tracker import GitHubTracker, Token
from tracker_bridge.trackers.quotas import Quotas


@contextmanager
def build(forge: Forge) -> Iterator[None]:
    with forge.opened as stack:
        forge.sandbox = stack.enter_context(served(forge))
        forge.secret = "a webhook secret of the tests"

        def another(clock: Callable[[], float] | None = None, quotas: Quotas | None = None) -> GitHubTracker:
            tracker = GitHubTracker(
                forge.sandbox.github_url,
                Token(forge.bot.token),
                projects=forge.served,
                webhook_secrets=[forge.secret],
                pace=UNLIMITED,
                quotas=quotas,
                clock=clock or time.monotonic,
            )
            stack.callback(tracker.close)
            return tracker

        forge.another = another
        forge.tracker = another()
        yield
