"""GitLab: the real python-gitlab, against the sandbox's GitLab face."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from tests.contract.forges import Forge
from tests.contract.served import served
from tracker_bridge.trackers._pace import UNLIMITED
from tracker_bridge.trackers.gitlab.tracker import GitLabTracker
from tracker_bridge.trackers.quotas import Quotas


@contextmanager
def build(forge: Forge) -> Iterator[None]:
    with forge.opened as stack:
        forge.sandbox = stack.enter_context(served(forge))
        forge.secret = "whsec_dHJhY2tlci1icmlkZ2UncyBjb250cmFjdCB0ZXN0czE="

        def another(clock: Callable[[], float] | None = None, quotas: Quotas | None = None) -> GitLabTracker:
            tracker = GitLabTracker(
                forge.sandbox.gitlab_url,
                forge.bot.token,
                forge.served,
                signing_tokens=[forge.secret],
                monotonic=clock or time.monotonic,
                pace=UNLIMITED,
                quotas=quotas,
            )
            stack.callback(tracker.close)
            return tracker

        forge.another = another
        forge.tracker = another()
        forge.unsupported = frozenset({"pins"})
        yield
