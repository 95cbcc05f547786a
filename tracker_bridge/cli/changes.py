"""Changes as a diff that can be read before they are made."""

import difflib
from collections.abc import Iterable, Iterator, Mapping

import click

from tracker_bridge.cli.texts import one_line, plain
from tracker_bridge.domain.incident.outward import Message
from tracker_bridge.domain.issue.changes import (
    Assign,
    Change,
    Close,
    Describe,
    Document,
    Edit,
    Link,
    Open,
    Pin,
    Post,
    React,
    Relabel,
    Remove,
    Reopen,
)
from tracker_bridge.domain.issue.issue import Issue
from tracker_bridge.domain.issue.native import Advance, Fill, Mirror, NativeChange, Rate, Retype

_WIDTH = 100


def show_changes(issue: Issue, changes: Iterable[Change]) -> str:
    """Return ``changes`` to ``issue`` for people: one headline each, and the text line by line."""
    bodies = {comment.id: comment.body for comment in issue.comments}
    return "\n".join(line for change in changes for line in _change(change, bodies))


def show_messages(messages: Iterable[Message]) -> str:
    """Return messages that would go out, for people: where each goes, and what it says."""
    return "\n".join(line for one in messages for line in _message(one))


def _message(one: Message) -> Iterator[str]:
    yield click.style(f"* send to {one.destination}: {one_line(one.subject)}", bold=True)
    yield from (click.style(f"  + {line}", fg="green") for line in _lines(one.text))


def name_change(change: Change) -> str:
    """Return what one change does, in a few words."""
    match change:
        case Post(document, pin):
            words = f"post a comment ({document.key})" + (", pinned" if pin else "")
        case Edit(comment, document):
            words = f"edit comment {comment} ({document.key})"
        case Pin(comment):
            words = f"pin comment {comment}"
        case Remove(comment):
            words = f"remove comment {comment}"
        case React(comment, reaction, on):
            where = f"comment {comment}" if comment else "the opening post"
            words = f"react {reaction.value} to {where}" if on else f"take {reaction.value} back from {where}"
        case Relabel(add, remove):
            signed = [f"+{one_line(name)}" for name in sorted(add)] + [
                f"-{one_line(name)}" for name in sorted(remove)
            ]
            words = f"labels {' '.join(signed)}"
        case Assign(add, remove):
            people = [f"+{one_line(login)}" for login in add] + [f"-{one_line(login)}" for login in sorted(remove)]
            words = f"assignees {' '.join(people)}"
        case Retype() | Rate() | Advance() | Mirror() | Fill():
            words = _native(change)
        case _:
            words = _about_issues(change)
    return words


def _native(change: NativeChange) -> str:
    match change:
        case Retype():
            return "give the issue the tracker's type for incidents"
        case Rate(rank):
            return f"set the tracker's own severity to {rank or 'none'}"
        case Advance(progress):
            return f"set the tracker's own status to {progress.name.lower()}"
        case Fill(field, value):
            return f"set the organisation's field {one_line(field)} to {one_line(value) or 'nothing'}"
        case Mirror(milestones):
            return f"show {len(milestones)} milestones on the tracker's own timeline"


def _about_issues(change: Close | Reopen | Open | Describe | Link) -> str:
    match change:
        case Open(title, project=project):
            return f"open another issue{f' in {project}' if project else ''}: {one_line(title)}"
        case Describe(document):
            return f"replace the issue's text ({document.key})"
        case Link(number, document, project):
            return f"link the issue to {project}#{number}, and say so there ({document.key})"
        case Close(duplicate_of=number, duplicate_in=project) if number:
            return f"close the issue as a duplicate of {project}#{number}"
        case Close(done):
            return "close the issue" if done else "close the issue as not planned"
        case Reopen():
            return "reopen the issue"


def _change(change: Change, bodies: Mapping[int, str]) -> Iterator[str]:
    yield click.style(f"* {name_change(change)}", bold=True)
    match change:
        case Post(document) | Open(document=document) | Describe(document) | Link(document=document):
            yield from differences("", document)
        case Edit(comment, document):
            yield from differences(bodies.get(comment, ""), document)
        case Remove(comment):
            yield from (_removed(line) for line in _lines(bodies.get(comment, "")))


def differences(before: str, document: Document) -> Iterator[str]:
    """Yield the lines in which a document differs from what stands there, with two lines around them."""
    compared = difflib.unified_diff(_lines(before), _lines(document.text), n=2, lineterm="")
    for line in list(compared)[2:]:
        sign, text = line[:1], line[1:]
        match sign:
            case "@":
                if before:
                    yield click.style("    ...", dim=True)
            case "+":
                yield click.style(f"  + {text}", fg="green")
            case "-":
                yield _removed(text)
            case _:
                yield f"    {text}"


def _removed(line: str) -> str:
    return click.style(f"  - {line}", fg="red")


def _lines(body: str) -> list[str]:
    """The lines of a body; the hidden ones, long and for machines, are cut."""
    lines = plain(body).splitlines()
    return [line[:_WIDTH] + "..." if line.startswith("<!--") and len(line) > _WIDTH else line for line in lines]
