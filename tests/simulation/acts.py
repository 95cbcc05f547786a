"""What people do in a town, as values: the same acts are played in every weather."""

from dataclasses import dataclass
from typing import Protocol

from tests.simulation.place import Town
from tracker_bridge.domain.issue.issue import Access


class Act(Protocol):
    """Something that somebody does. What it is about may not be there any more; then nothing happens."""

    def perform(self, town: Town) -> None: ...


def perform(town: Town, act: Act) -> None:
    """Let people do it."""
    with town.world.people():
        act.perform(town)


@dataclass(frozen=True)
class Open:
    """Open the next issue."""

    who: str
    title: str
    body: str = ""
    label: str = ""
    confidential: bool = False

    def perform(self, town: Town) -> None:
        labels = [self.label] if self.label else []
        author, secret = town.who(self.who), self.confidential
        town.world.open_ticket(town.project, author, self.title, self.body, labels=labels, confidential=secret)


@dataclass(frozen=True)
class Say:
    """Comment on an issue. ``name`` is what the comment is called in other acts."""

    name: int
    ticket: int
    who: str
    text: str

    def perform(self, town: Town) -> None:
        town.notes[self.name] = town.world.comment(town.ticket(self.ticket), town.who(self.who), self.text)


@dataclass(frozen=True)
class Edit:
    name: int
    ticket: int
    who: str
    text: str

    def perform(self, town: Town) -> None:
        if self.name not in town.gone:
            note = town.notes[self.name]
            town.world.edit_comment(town.ticket(self.ticket), note, town.who(self.who), self.text)


@dataclass(frozen=True)
class Delete:
    name: int
    ticket: int
    who: str

    def perform(self, town: Town) -> None:
        if self.name not in town.gone:
            town.gone.add(self.name)
            town.world.delete_comment(town.ticket(self.ticket), town.notes[self.name], town.who(self.who))


@dataclass(frozen=True)
class Label:
    ticket: int
    who: str
    label: str
    on: bool = True

    def perform(self, town: Town) -> None:
        put = town.world.label if self.on else town.world.unlabel
        put(town.ticket(self.ticket), town.who(self.who), self.label)


@dataclass(frozen=True)
class SetOpen:
    """Open or close an issue by hand."""

    ticket: int
    who: str
    open: bool

    def perform(self, town: Town) -> None:
        turn = town.world.reopen if self.open else town.world.close
        turn(town.ticket(self.ticket), town.who(self.who))


@dataclass(frozen=True)
class Give:
    """Give somebody an access, or take it."""

    who: str
    access: Access

    def perform(self, town: Town) -> None:
        town.world.add_member(town.project, town.who(self.who), self.access)


@dataclass(frozen=True)
class Rename:
    """The project gets another name, or another owner."""

    path: str

    def perform(self, town: Town) -> None:
        town.world.rename_project(town.project, self.path)


@dataclass(frozen=True)
class Harm:
    """Somebody deletes one of the bot's comments, or writes over it (``text``)."""

    ticket: int
    who: str
    key: str
    text: str = ""

    def perform(self, town: Town) -> None:
        ticket, note = town.ticket(self.ticket), town.ours(self.ticket, self.key)
        if note is not None and self.text:
            town.world.edit_comment(ticket, note, town.who(self.who), self.text)
        elif note is not None:
            town.world.delete_comment(ticket, note, town.who(self.who))


@dataclass(frozen=True)
class Rate:
    """Set the native severity by hand (GitLab)."""

    ticket: int
    who: str
    severity: str

    def perform(self, town: Town) -> None:
        town.world.rate(town.ticket(self.ticket), town.who(self.who), self.severity)


@dataclass(frozen=True)
class Merge:
    """Open a pull request that mentions the issue, and merge it."""

    ticket: int
    who: str
    title: str

    def perform(self, town: Town) -> None:
        pull = town.world.open_pull(town.project, town.who(self.who), self.title, town.ticket(self.ticket))
        town.world.end_pull(pull)
