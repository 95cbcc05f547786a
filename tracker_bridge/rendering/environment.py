"""
The Jinja environment of the documents: what a template prints is escaped, whether it asks for it or not.

Every value that a ``{{ }}`` prints is made harmless Markdown, unless a filter of ours made it so already. The
mechanism is Jinja's own for HTML: ``Markup`` marks what is safe, and everything else goes through ``finalize``.
"""

import re
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from types import BuiltinMethodType, MethodType
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined, nodes
from jinja2.compiler import CodeGenerator, Frame
from jinja2.exceptions import SecurityError
from jinja2.runtime import Context
from jinja2.sandbox import ImmutableSandboxedEnvironment
from markupsafe import Markup

from tracker_bridge.domain.issue.elsewhere import NAMED
from tracker_bridge.domain.issue.issue import NOBODY, TrackerUrl
from tracker_bridge.rendering.escaping import cell, code, prose, spoken

_LOGIN = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_./-]*", re.ASCII)
_NOBODY = frozenset({"all", "channel", "everyone", "here", NOBODY.login})
_MISSING = object()
_METHODS = (MethodType, BuiltinMethodType)
_ADDRESS = re.compile(r"https?://[^\s()<>\[\]{}\\\"'`|^]+")


class _Generator(CodeGenerator):
    """Knows no ``~``: it would put text beside what is safe, escaped for HTML only, and call both safe."""

    def visit_Concat(self, node: nodes.Concat, frame: Frame) -> None:  # noqa: ARG002, N802  # Jinja calls it
        self.fail("print one after the other what is to stand together; ~ does not escape it", node.lineno)


class _Environment(ImmutableSandboxedEnvironment):
    """What is safe already is printed as it is: operators that people use by habit do not add to it."""

    code_generator_class = _Generator
    intercepted_binops = frozenset({"+", "%"})

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self._safe: dict[tuple[type, str], bool] = {}

    def getattr(self, obj: Any, attribute: str) -> Any:
        """Read a field at once where the sandbox allowed it before; methods it looks at each time."""
        if self._safe.get((type(obj), attribute)):
            value = getattr(obj, attribute, _MISSING)
            if value is not _MISSING and not isinstance(value, _METHODS):
                return value
        return super().getattr(obj, attribute)

    def is_safe_attribute(self, obj: Any, attr: str, value: Any) -> bool:
        """Remember the sandbox's answer: it depends on the kind of the value, and costs more than the rest."""
        known = self._safe.get((type(obj), attr))
        if known is None:
            known = self._safe[type(obj), attr] = super().is_safe_attribute(obj, attr, value)
        return known

    def call_binop(self, context: Context, operator: str, left: Any, right: Any) -> Any:
        if isinstance(left, Markup) or isinstance(right, Markup):
            raise SecurityError(
                f"print one after the other what is to stand together; {operator} does not escape it"
            )
        return super().call_binop(context, operator, left, right)


@cache
def documents_environment(folder: Path) -> ImmutableSandboxedEnvironment:
    """Return the environment for the ``*.md.j2`` files in ``folder``; one, since compiling them takes a while."""
    environment = _Environment(
        loader=FileSystemLoader(folder),
        auto_reload=False,
        cache_size=-1,  # all of them are kept: every document asks for several, also for those that it imports
        autoescape=True,  # so that macros return Markup, and are not escaped twice
        finalize=_finalize,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=False,
    )
    environment.filters.clear()
    environment.filters.update(
        prose=prose,
        code=code,
        cell=cell,
        spoken=spoken,
        link=link,
        mention=mention,
        issue=issue,
        length=len,
        last=last,
        min=min,
    )
    environment.globals.clear()
    return environment


def pages_environment(folder: Path) -> Environment:
    """Return a new environment for the HTML templates in ``folder``. Keep it: it compiles each of them once."""
    return Environment(
        loader=FileSystemLoader(folder),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )


def _finalize(value: Any) -> Any:
    """Make a printed value safe. ``None`` in a text is a mistake of the template."""
    if isinstance(value, Markup):
        return value
    if value is None:
        raise TypeError("a template prints None")
    return prose(str(value))


def last(items: Sequence[Any], count: int) -> Sequence[Any]:
    """Return the last ``count`` items, or all of them; none for 0."""
    return items[max(len(items) - count, 0) :]


def link(text: str, url: TrackerUrl) -> Markup:
    """
    Link to an address that the tracker gave us; anything but a plain http(s) address is left out.

    Raise ``TypeError`` for any other text: a person may have written it.
    """
    if not isinstance(url, TrackerUrl):
        raise TypeError("a template links to what is no address of a tracker")
    shown = text if isinstance(text, Markup) else prose(text)
    return Markup(f"[{shown}]({url})") if _ADDRESS.fullmatch(url) else shown  # noqa: S704  # both were checked


def issue(name: int | str) -> Markup:
    """
    Refer to an issue, which both forges turn into a link: ``12``, or ``acme/web#12`` in another project.

    Raise ``ValueError`` for what is no name of one.
    """
    text = str(name) if "#" in str(name) else f"#{name}"
    if not NAMED.fullmatch(text):
        raise ValueError("a template refers to what is no issue")
    return Markup(text)  # noqa: S704  # it was checked


def mention(login: str) -> Markup:
    """
    Ping somebody, never everybody, nor the account that stands for deleted ones.

    The document must name them in its mentions, or the gate refuses it.
    """
    one = _LOGIN.fullmatch(login) and login.casefold() not in _NOBODY
    return Markup(f"@{login}") if one else prose(login)  # noqa: S704  # it was checked
