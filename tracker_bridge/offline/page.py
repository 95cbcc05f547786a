"""The notebook as a page: what a thread would show, without a script, and all that people wrote escaped."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cache
from html import escape
from pathlib import Path
from typing import Any, Final

from markdown_it import MarkdownIt
from markdown_it.token import Token
from markupsafe import Markup

from tracker_bridge.domain.issue.cleaning import GONE
from tracker_bridge.domain.issue.documents import STATUS
from tracker_bridge.offline.thread import OfflineThread
from tracker_bridge.rendering.environment import pages_environment

_LAST: Final = 30
"""Entries that are shown; the file has all of them."""

_TAG: Final = re.compile(r"</?(?:details|summary|sub|sup)>")
_HIDDEN: Final = re.compile(r"<!--.*?-->", re.DOTALL)
_SMALL: Final = re.compile(r"(?m)^<sub>.*</sub>$")
"""What stands small below an answer is about comments on a tracker."""


@dataclass(frozen=True, slots=True)
class View:
    """
    What is shown beside the thread: ``message`` says why nothing was written, ``answered`` is the entry that was,
    ``unsaved``, ``who`` and ``at`` what stands in the form. ``watching``: there is no form, and it refreshes.
    """

    token: str
    who: str
    message: str = ""
    answered: int = 0
    unsaved: str = ""
    at: str = ""
    watching: bool = False


def page(folder: Path, thread: OfflineThread, path: Path, now: datetime, view: View) -> str:
    """Return the page; ``folder`` has the templates."""
    documents = thread.documents(now)
    style = (folder / "offline/style.css").read_text("utf-8")
    refused = [one.body for key, one in documents.items() if key.startswith("refusal:")]
    return (
        _environment(folder)
        .get_template("offline/page.html.j2")
        .render(
            title=_shown(thread.issue.title),
            path=path,
            now=f"{now:%Y-%m-%d %H:%M}",
            style=Markup(style),  # noqa: S704 - a file of ours
            token=view.token,
            who=view.who,
            at=view.at,
            message=view.message,
            unsaved=view.unsaved,
            watching=view.watching,
            faults=thread.notebook.faults,
            answers=_texts(thread.answers(now, view.answered)) if view.answered else (),
            due=_texts(one.body for key, one in documents.items() if key.startswith("nudge")),
            status=as_html(_SMALL.sub("", documents[STATUS].body))
            if STATUS in documents
            else Markup("<p>Nothing yet.</p>"),
            refused=_texts(refused[-5:]),
            entries=[replace(one, text=_shown(one.text)) for one in reversed(thread.notebook.entries[-_LAST:])],
        )
    )


def as_html(markdown: str) -> Markup:
    """Return a document as HTML: of its tags, only those that the templates use are tags."""
    return Markup(_parser().render(_HIDDEN.sub("", markdown)))  # noqa: S704 - all else is escaped


def _texts(bodies: Iterable[str]) -> tuple[Markup, ...]:
    return tuple(as_html(_SMALL.sub("", one)) for one in bodies)


def _shown(text: str) -> str:
    return GONE.sub("", text)


@cache
def _parser() -> MarkdownIt:
    parser = MarkdownIt("commonmark", {"html": True}).enable("table").disable("image")
    parser.add_render_rule("html_block", _tags)
    parser.add_render_rule("html_inline", _tags)
    for cell in ("th", "td"):  # a style of its own is nothing that the page's policy allows
        parser.add_render_rule(f"{cell}_open", lambda _, tokens, at, *__: f"<{tokens[at].tag}>")
    return parser


def _tags(_: Any, tokens: Sequence[Token], at: int, *__: Any) -> str:
    """Escape all of it but the tags that fold text, or make it small."""
    text, shown, after = tokens[at].content, [], 0
    for tag in _TAG.finditer(text):
        shown += [escape(text[after : tag.start()]), tag[0]]
        after = tag.end()
    return "".join((*shown, escape(text[after:])))


_environment = cache(pages_environment)
