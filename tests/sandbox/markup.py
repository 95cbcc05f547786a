"""Reads pages as a browser's parser would, to tell what they could do and how they are built."""

from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import urlsplit

ACTING = frozenset(
    {"base", "button", "embed", "form", "frame", "iframe", "link", "math", "meta", "object", "script", "style"}
    | {"svg", "textarea"}
)
SCHEMES = frozenset({"", "http", "https", "mailto"})


@dataclass(slots=True)
class Element:
    tag: str
    attributes: dict[str, str]
    text: str = ""


@dataclass(slots=True)
class Page:
    """Elements in document order; ``text`` is all of it, without what is in scripts."""

    elements: list[Element] = field(default_factory=list)
    text: str = ""

    def find(self, *tags: str) -> list[Element]:
        return [element for element in self.elements if element.tag in tags]


def read(html: str) -> Page:
    page = Page()
    reader = _Reader(page)
    reader.feed(html)
    reader.close()
    return page


def harmful(html: str) -> list[str]:
    """What in a rendered comment could run, ask for input, restyle the page or leave it unasked."""
    found = []
    for element in read(html).elements:
        if element.tag in ACTING:
            found.append(element.tag)
        if element.tag == "input" and element.attributes.get("type") != "checkbox":
            found.append("input")
        found += dangerous_attributes(element)
    return found


def dangerous_attributes(element: Element) -> list[str]:
    found = [f"{element.tag} {name}" for name in element.attributes if name.startswith("on") or name == "style"]
    for name in ("href", "src", "action", "formaction"):
        address = "".join(element.attributes.get(name, "").split()).lower()
        if urlsplit(address).scheme not in SCHEMES:
            found.append(f"{element.tag} {address}")
    return found


class _Reader(HTMLParser):
    def __init__(self, page: Page) -> None:
        super().__init__()
        self.page = page
        self.open: list[Element] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        element = Element(tag, {name: value or "" for name, value in attrs})
        self.page.elements.append(element)
        self.open.append(element)

    def handle_endtag(self, tag: str) -> None:
        while self.open and any(element.tag == tag for element in self.open):
            if self.open.pop().tag == tag:
                break

    def handle_data(self, data: str) -> None:
        self.page.text += data
        for element in self.open:
            element.text += data
