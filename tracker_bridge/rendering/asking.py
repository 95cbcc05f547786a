"""What a help comment explains, and what was asked for that there is not."""

from collections.abc import Iterable

from tracker_bridge.domain.fold.command import Command, Commands

_MOST_UNKNOWN = 3


def topics_of(commands: Commands, words: Iterable[str]) -> tuple[list[Command], list[tuple[str, str]]]:
    """
    Return the commands that are asked for, each once, and the words that are none, with the line that was probably
    meant.

    Beside a command, other words are taken for politeness: ``help severity please``.
    """
    topics: dict[str, Command] = {}
    unknown: dict[str, str] = {}
    for word in words:
        found, near = commands.find(word), commands.nearest(word)
        if found is not None:
            topics[found.verb] = found
        else:
            unknown[word] = f"help {near.verb}" if near else ""
    return list(topics.values()), [] if topics else list(unknown.items())[:_MOST_UNKNOWN]
