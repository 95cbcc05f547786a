"""
What simulations keep from one look to the next, because it is always the same.

What an incident looks like as text depends on the incident only; other tests say so. And a face of the sandbox
knows nothing but its world.
"""

import pickle
from collections.abc import Callable
from functools import cache, partial, wraps
from typing import TYPE_CHECKING, Any, Final

from tracker_bridge.rendering import Renderer
from tracker_bridge.sandbox import gitlab
from tracker_bridge.sandbox.gitlab.http import Face
from tracker_bridge.sandbox.switchboard import Switchboard
from tracker_bridge.sandbox.world import World

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication

_MOST: Final = 2000
_PURE: Final = frozenset(
    {"documents", "appendices", "aftermath", "opens", "links", "milestones", "settings", "receipts"}
)


class Remembering(Renderer):
    """Renders the same incident once."""

    def __init__(self, *args: Any) -> None:
        super().__init__(*args)
        self._known: dict[tuple[bytes, bytes], Any] = {}
        self._latest: tuple[object, bytes] = (None, b"")
        for name in _PURE:
            render = getattr(self, name)
            setattr(self, name, wraps(render)(partial(self._remembered, name, render)))

    def _remembered(self, name: str, render: Callable[..., Any], incident: object, *args: Any, **more: Any) -> Any:
        if self._latest[0] is not incident:
            self._latest = incident, pickle.dumps(incident)
        args = tuple(tuple(one) if hasattr(one, "__next__") else one for one in args)
        key = self._latest[1], pickle.dumps((name, args, more))
        if key not in self._known:
            if len(self._known) >= _MOST:
                self._known.clear()
            self._known[key] = render(incident, *args, **more)
        return self._known[key]


class SharedFaces(Switchboard):
    """Makes GitLab's face once, and gives it the world that it is to speak of: making one takes a while."""

    def _made(self, name: str, world: World) -> "WSGIApplication":
        if name != "gitlab":
            return super()._made(name, world)
        face = _gitlab(lagging=world is not self.world)
        face.world = world
        return face


@cache
def _gitlab(*, lagging: bool) -> Face:  # one for each
    return gitlab.create_face(World())
