"""GitHub's own Markdown parser as the judge: what a text becomes, as events to compare."""

from html.parser import HTMLParser

import cmarkgfm
from cmarkgfm.cmark import Options


def html(text: str) -> str:
    """Render as GitHub does, but leave raw HTML in, so that nothing hides."""
    return str(cmarkgfm.github_flavored_markdown_to_html(text, Options.CMARK_OPT_UNSAFE))


_EMPTY = frozenset({"br", "hr", "img", "input"})


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
