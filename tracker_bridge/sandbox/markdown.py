"""
Show Markdown as the forges show it: GitHub's syntax, then GitHub's list of what may stay.

A comment seen here is a fair preview of the comment on GitHub: tables, task lists, folds, alerts, hidden
HTML comments, bold mentions. Bare addresses are not linked, mermaid stays code, ``:shortcodes:`` stay text.
"""

import re
from functools import lru_cache
from html.parser import HTMLParser

import nh3
from markdown_it import MarkdownIt
from markdown_it.rules_core import StateCore
from markdown_it.token import Token
from markupsafe import Markup

_ALERT = re.compile(r"\[!(NOTE|TIP|IMPORTANT|WARNING|CAUTION)\]", re.IGNORECASE)
_ALERTS = ("note", "tip", "important", "warning", "caution")
_TASK = re.compile(r"\[(?P<mark>[ xX])\](?=\s)")
_UNTOUCHED = frozenset({"a", "code", "pre"})
"""Elements in which a forge sees no mention."""

_ALLOWED = """
a abbr b bdo blockquote br caption cite code dd del details dfn div dl dt em figcaption figure h1 h2 h3 h4 h5
h6 hr i img input ins kbd li mark ol p pre q rp rt ruby s samp small span strike strong sub summary sup table
tbody td tfoot th thead time tr tt ul var wbr
"""
_ATTRIBUTES = {
    "*": {"align", "alt", "aria-hidden", "aria-label", "dir", "height", "lang", "title", "valign", "width"},
    "a": {"href"},
    "img": {"src"},
    "input": {"checked"},
    "details": {"open"},
    "ol": {"start", "reversed"},
    "td": {"colspan", "rowspan"},
    "th": {"colspan", "rowspan", "scope"},
    "time": {"datetime"},
}
_CLASSES = {
    "code": {"language-mermaid"},
    "div": {"markdown-alert", *(f"markdown-alert-{name}" for name in _ALERTS)},
    "li": {"task-list-item"},
    "p": {"markdown-alert-title"},
    "span": {"mention"},
}
_CLEANER = nh3.Cleaner(
    tags=set(_ALLOWED.split()),
    attributes=_ATTRIBUTES,
    allowed_classes=_CLASSES,
    url_schemes={"http", "https", "mailto"},
    link_rel="nofollow noopener noreferrer",
    # A box that somebody typed as HTML becomes what a task list has: a tick that nobody can change.
    set_tag_attribute_values={"input": {"type": "checkbox", "disabled": ""}},
)


@lru_cache(maxsize=4096)
def render(text: str, people: frozenset[str] = frozenset(), *, hard_breaks: bool = True) -> Markup:
    """
    Return ``text`` as safe HTML.

    ``people`` are the logins whose mention pings somebody: those are set in bold. ``hard_breaks``: a line end
    inside a paragraph is a line end, as in comments on GitHub and not on GitLab.
    """
    cleaned = _CLEANER.clean(_reader(hard_breaks).render(text))
    return Markup(_mark_mentions(cleaned, people) if people else cleaned)  # noqa: S704 - cleaned above


@lru_cache
def _reader(hard_breaks: bool) -> MarkdownIt:
    reader = MarkdownIt("commonmark", {"html": True, "breaks": hard_breaks})
    reader.enable(["table", "strikethrough"])
    reader.core.ruler.after("block", "alerts", _alerts)
    reader.core.ruler.after("block", "tasks", _tasks)
    reader.core.ruler.after("block", "columns", _columns)
    return reader


def _alerts(state: StateCore) -> None:
    """Turn ``> [!NOTE]`` with something below it into a titled box."""
    tokens: list[Token] = []
    for at, token in enumerate(state.tokens):
        tokens.append(token)
        before = [earlier.type for earlier in state.tokens[max(0, at - 2) : at]]
        if token.type != "inline" or before != ["blockquote_open", "paragraph_open"] or token.level != 2:
            continue
        first, _, rest = token.content.partition("\n")
        if rest.strip() and (found := _ALERT.fullmatch(first.strip())):
            name = found[1].lower()
            quote = state.tokens[at - 2]
            quote.tag = "div"
            quote.attrSet("class", f"markdown-alert markdown-alert-{name}")
            end = next(
                later for later in state.tokens[at:] if later.type == "blockquote_close" and not later.level
            )
            end.tag = "div"
            title = f'<p class="markdown-alert-title">{name.title()}</p>\n'
            tokens.insert(-2, Token("html_block", "", 0, content=title))
            token.content = rest
    state.tokens = tokens


def _tasks(state: StateCore) -> None:
    """Turn ``- [x] done`` into a ticked box. Raw HTML is read afterwards, so the box is written as such."""
    for item, opening, token in zip(state.tokens, state.tokens[1:], state.tokens[2:], strict=False):
        if (item.type, opening.type, token.type) != ("list_item_open", "paragraph_open", "inline"):
            continue
        if found := _TASK.match(token.content):
            checked = "" if found["mark"] == " " else " checked"
            item.attrSet("class", "task-list-item")
            token.content = f'<input type="checkbox"{checked}>{token.content[found.end() :]}'


def _columns(state: StateCore) -> None:
    """Align cells as GitHub does, with ``align``: no style is left in what people wrote."""
    for token in state.tokens:
        if token.type in {"th_open", "td_open"} and (style := token.attrGet("style")):
            token.attrs = {"align": str(style).removeprefix("text-align:")}


def _mark_mentions(html: str, people: frozenset[str]) -> str:
    marker = _Mentions(people)
    marker.feed(html)
    marker.close()
    return "".join(marker.parts)


class _Mentions(HTMLParser):
    """Copies clean HTML as it is, with the mentions in its text, outside code and links, set in bold."""

    def __init__(self, people: frozenset[str]) -> None:
        super().__init__(convert_charrefs=False)
        logins = "|".join(re.escape(login) for login in sorted(people, key=len, reverse=True))
        self._mention = re.compile(rf"(?<![\w/])@(?:{logins})(?![\w/-])", re.IGNORECASE)
        self._inside = 0
        self.parts: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:  # noqa: ARG002 - copied whole
        self._inside += tag in _UNTOUCHED
        self.parts.append(self.get_starttag_text() or "")

    def handle_endtag(self, tag: str) -> None:
        self._inside -= tag in _UNTOUCHED
        self.parts.append(f"</{tag}>")

    def handle_data(self, data: str) -> None:
        bold = r'<span class="mention">\g<0></span>'
        self.parts.append(data if self._inside else self._mention.sub(bold, data))

    def handle_entityref(self, name: str) -> None:
        self.parts.append(f"&{name};")

    def handle_charref(self, name: str) -> None:
        self.parts.append(f"&#{name};")
