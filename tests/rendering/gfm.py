"""GitHub's own Markdown parser as the judge: what a text becomes, as events to compare."""

import re
from dataclasses import dataclass
from functools import lru_cache
from html.parser import HTMLParser

import cmarkgfm
from cmarkgfm.cmark import Options


def html(text: str) -> str:
    """Render as GitHub does, but leave raw HTML in, so that nothing hides."""
    return str(cmarkgfm.github_flavored_markdown_to_html(text, Options.CMARK_OPT_UNSAFE))


_EMPTY = frozenset({"br", "hr", "img", "input"})


class _Skeleton(HTMLParser):
    """Collects everything but the text: tags with what they carry, and comments; and the text apart."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: list[str] = []
        self.links: list[str] = []
        self.texts: list[str] = []
        self.in_code = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.in_code += tag == "code"
        self.tags.append(f"<{tag} {sorted(name for name, _ in attrs)}>")
        self.links += [value or "" for name, value in attrs if name in ("href", "src")]

    def handle_endtag(self, tag: str) -> None:
        self.in_code -= tag == "code"
        self.tags.append(f"</{tag}>")

    def handle_comment(self, data: str) -> None:
        self.tags.append("<!---->")

    def handle_decl(self, decl: str) -> None:
        self.tags.append("<!>")

    def handle_pi(self, data: str) -> None:
        self.tags.append("<?>")

    def unknown_decl(self, data: str) -> None:
        self.tags.append("<![>")

    def handle_data(self, data: str) -> None:
        self.texts.append("\x00" if self.in_code else data)


@lru_cache(512)
def _read(text: str) -> _Skeleton:
    """Return what a text becomes, which is asked for its tags, its links and its words."""
    skeleton = _Skeleton()
    skeleton.feed(html(text))
    skeleton.close()
    return skeleton


def skeleton(text: str) -> list[str]:
    """Return the tags that a text becomes, without the words between them and the addresses in them."""
    return _read(text).tags


def links(text: str) -> list[str]:
    """Return every address that a text links to or loads."""
    return _read(text).links


def words(text: str) -> str:
    """Return the text that a reader sees, each run of code as one ``\\0``."""
    return re.sub("\x00+", "\x00", "".join(_read(text).texts))


FOUND_BY_FORGES = re.compile(
    r"""
      (?<![A-Za-z0-9_])@[A-Za-z0-9_]      # people and teams
    | @[A-Za-z0-9-]+\.[A-Za-z]            # mail
    | [#!$&][0-9] | [~%][\w"] | &"        # issues, merge requests, snippets, epics, labels, milestones
    | \bGH-[0-9]
    | \[(?:vulnerability|feature_flag|cadence|contact|issue|work_item|wiki_page):
    | \*iteration: | \^alert\#[0-9]
    | [a-z]:// | \bwww\.                  # addresses
    | :(?:tada|[+]1|-1|e-mail|100|8ball|non-potable_water):
    | \$[^\s\u200b]\S*\$                  # math
    | [{\[][-+]                           # GitLab's inline diffs
    """,
    re.VERBOSE | re.IGNORECASE,
)
"""What the forges look for in the finished text, after Markdown; generous where they are strict."""


class _Reader(HTMLParser):
    """Collects the text that stands in top-level paragraphs, a string each."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.inside: list[str] = []
        self.paragraphs: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in _EMPTY:
            self.inside.append(tag)
            if self.inside in (["p"], ["h1"], ["h2"]):
                self.paragraphs.append("")

    def handle_endtag(self, tag: str) -> None:
        if tag in self.inside:
            del self.inside[len(self.inside) - 1 - self.inside[::-1].index(tag) :]

    def handle_data(self, data: str) -> None:
        if self.inside[:1] in (["p"], ["h1"], ["h2"]) and "code" not in self.inside:
            self.paragraphs[-1] += data


def paragraph_lines(text: str) -> list[str]:
    """
    Return the lines of the top-level paragraphs as a reader sees them, code left out.

    Raw HTML is left out, with what it covers. Headings made by underlining count: people underline commands
    without meaning a heading.
    """
    reader = _Reader()
    reader.feed(cmarkgfm.github_flavored_markdown_to_html(text, Options.CMARK_OPT_DEFAULT))
    reader.close()
    return [line for paragraph in reader.paragraphs for line in paragraph.split("\n")]


@dataclass(frozen=True)
class Shown:
    """The words that a reader sees as text, also in place of an image, and those that they see as code."""

    text: frozenset[str]
    code: frozenset[str]


class _Words(HTMLParser):
    def __init__(self, word: re.Pattern[str]) -> None:
        super().__init__(convert_charrefs=True)
        self.word = word
        self.in_code = 0
        self.text: set[str] = set()
        self.code: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.in_code += tag in ("code", "pre", "script", "style")
        self.text.update(self.word.findall(dict(attrs).get("alt") or ""))

    def handle_endtag(self, tag: str) -> None:
        self.in_code = max(0, self.in_code - (tag in ("code", "pre", "script", "style")))

    def handle_data(self, data: str) -> None:
        (self.code if self.in_code else self.text).update(self.word.findall(data))


_COMMENTS = re.compile(r"<!--.*?(?:-->|\Z)", re.DOTALL)  # the parser shows what a comment without an end covers


def words_of(html: str, word: re.Pattern[str]) -> Shown:
    """Return the words of this kind that a page shows."""
    reader = _Words(word)
    reader.feed(_COMMENTS.sub("", html))
    reader.close()
    return Shown(frozenset(reader.text), frozenset(reader.code))
