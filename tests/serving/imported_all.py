"""Imported once, by the process that ``forked.py`` forks from: all that a bridge imports at its start."""

import gc
from importlib import import_module

from apprise.manager_plugins import NotificationManager

from tracker_bridge.rendering.environment import documents_environment
from tracker_bridge.templates_folder import templates_folder

for module in (
    "tests.worker.conftest",
    "tracker_bridge.cli.receive",
    "tracker_bridge.cli.serve",
    "tracker_bridge.cli.work",
    "tracker_bridge.destinations.child",
    "tracker_bridge.on_call.calendar",
    "tracker_bridge.queue.postgres",
    "tracker_bridge.trackers.github.tracker",
    "tracker_bridge.trackers.gitlab.tracker",
):
    import_module(module)
NotificationManager().schemas()  # type: ignore[no-untyped-call] # it imports all of its services
templates = documents_environment(templates_folder())
for name in templates.list_templates(filter_func=lambda one: one.startswith(("_", "status.md"))):
    templates.get_template(name)  # what every incident needs is compiled as well
gc.freeze()  # no fork copies what a collection would only look at
