"""
How stories begin: what several tests begin with is played once on each forge, and each of them gets a copy.

Whoever goes on from there is a bridge that has just been started.
"""

import importlib
import itertools
import pickle
from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, Final, ParamSpec, TypeVar

from tests.contract.forges import Builder, Forge, town
from tests.stories.story import Story

P = ParamSpec("P")
S = TypeVar("S", bound=Story)

_PEOPLE: Final = ("project", "bot", "alice", "bob", "tess", "rita")
_NOT_KEPT: Final = frozenset({"clock", "lock", "listeners", "_ids", "forge", "world", "bridge"})
"""Of a world and a story: what belongs to the test that goes on."""


def beginning(play: Callable[Concatenate[Forge, P], S]) -> Callable[Concatenate[Forge, P], S]:
    """Let ``play`` tell its story once for each forge, and for all else that it is given."""
    kept: dict[bytes, tuple[type[S], bytes]] = {}

    @wraps(play)
    def begun(forge: Forge, *args: P.args, **more: P.kwargs) -> S:
        key = pickle.dumps((forge.name, args, more))
        if key not in kept:
            elsewhere = town(forge.name)
            elsewhere.sockets = False
            build: Builder = importlib.import_module(f"tests.contract.forge_{forge.name}").build
            with build(elsewhere):
                story = play(elsewhere, *args, **more)
                kept[key] = type(story), _kept(story)
        kind, state = kept[key]
        return _copied(kind, state, forge)

    return begun  # type: ignore[return-value]  # fixtures are given their forge by its name


def _kept(story: Story) -> bytes:
    forge = story.forge
    parts: tuple[Any, ...] = (_parts(story.world), _parts(story), [getattr(forge, name) for name in _PEOPLE])
    return pickle.dumps((*parts, story.world.next_id(), forge.clock.now))


def _parts(whole: object) -> dict[str, object]:
    return {name: value for name, value in vars(whole).items() if name not in _NOT_KEPT}


def _copied(kind: type[S], state: bytes, forge: Forge) -> S:
    world, parts, people, number, forge.clock.now = pickle.loads(state)  # it is our own
    vars(forge.world).update(world, _ids=itertools.count(number))
    vars(forge).update(zip(_PEOPLE, people, strict=True))
    forge.tracker = forge.another()
    story = kind.__new__(kind)
    vars(story).update(parts, forge=forge, world=forge.world)
    story.bridge = story.bridge_of(forge.tracker)
    return story
