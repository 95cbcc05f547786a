"""
A text that somebody was pinged by is not a ping again.

A comment of ours that a person deleted comes back, because the thread must be complete; whom it mentions was told
the first time. So it comes back with the names, and without the pings.
"""

import re
from collections.abc import Iterable, Iterator, Set
from dataclasses import replace
from typing import Final

from tracker_bridge.domain.issue.bundles import items_of
from tracker_bridge.domain.issue.changes import Document, key_of, kind_of_key
from tracker_bridge.domain.issue.issue import Issue

_PARTS: Final = re.compile(
    r"(?P<fenced>^(?P<fence>`{3,})[a-z]*\n(?:.*\n)*?(?P=fence)$)"
    r"|(?P<escaped>\\.)|(?P<span>(?<!`)(?P<ticks>`+)(?!`)[^\n]*?(?<!`)(?P=ticks)(?!`))"
    r"|(?<![A-Za-z0-9_])@(?P<login>[A-Za-z0-9_][A-Za-z0-9_./-]*)",
    re.MULTILINE,
)
"""Code, in which nothing pings, and mentions."""


def without_pings(documents: Iterable[Document], issue: Issue, told: Set[str]) -> Iterator[Document]:
    """
    Yield the documents, quiet where their people were told before.

    ``told`` are keys of documents that were seen in the thread or written there. One that stands there quiet stays
    so, whoever remembers why.
    """
    there = {key_of(one.body): one.body for one in reversed(issue.comments) if one.ours}
    for document in documents:
        text = there.get(document.key)
        if not document.mentions:
            again = False
        else:
            again = _was_told(document.key, told) if text is None else _is_quiet(text, document)
        yield quiet(document) if again else document


def quiet(document: Document) -> Document:
    """Return the document with its people named and not pinged."""

    def named(found: re.Match[str]) -> str:
        return f"@\u200b{found['login']}" if _mentioned(found, document) else found[0]

    return replace(document, body=_PARTS.sub(named, document.body), mentions=frozenset())


def _was_told(key: str, told: Set[str]) -> bool:
    """Whether all that a comment says was said before, in one or in several."""
    before = {item for one in told if kind_of_key(one) == kind_of_key(key) for item in items_of(one)}
    return before.issuperset(items_of(key))


def _is_quiet(text: str, document: Document) -> bool:
    if any(_mentioned(found, document) for found in _PARTS.finditer(text)):
        return False
    return any(f"@\u200b{login.casefold()}" in text.casefold() for login in document.mentions)


def _mentioned(found: re.Match[str], document: Document) -> bool:
    login = (found["login"] or "").casefold()
    known = {one.casefold() for one in document.mentions}
    return bool(login) and bool({login, login.rstrip(".-")} & known)
