"""
The last look at every text before it is sent.

The templates make safe text; this makes sure. A text that fails is not sent, whatever it is: the failure is a
bug of ours, and a bug must not run a quick action with the bot's rights or wake a hundred people.
"""

import re
from collections.abc import Iterable, Iterator, Sequence

from tracker_bridge.domain.issue.changes import Document, key_of
from tracker_bridge.domain.issue.cleaning import CONTROL, TURNING
from tracker_bridge.domain.issue.grammar import Grammar
from tracker_bridge.domain.issue.invocations import find_calls

_SLASH = re.compile(r"^[ \t]*/", re.MULTILINE)
_MENTION = re.compile(r"(?<![A-Za-z0-9_])@(?P<login>[A-Za-z0-9_][A-Za-z0-9_./-]*)")
_CODE = re.compile(r"(?P<escaped>\\.)|(?<!`)(?P<fence>`+)(?!`)[^\n]*?(?<!`)(?P=fence)(?!`)")
_FENCED = re.compile(r"^(?P<fence>`{3,})[a-z]*\n(?:.*\n)*?(?P=fence)$", re.MULTILINE)
_CONTROL = re.compile(rf"[{CONTROL}{TURNING}\u2028\u2029\ud800-\udfff]")


class UnsafeText(Exception):
    """A text of ours that must not be sent; the message says which rule it breaks, never the text."""


def check(
    document: Document, command_prefixes: Sequence[str], bot: str, max_body: int, secrets: Iterable[str] = ()
) -> None:
    """
    Raise :class:`UnsafeText` when the document must not be sent.

    What people wrote around our blocks is theirs: it named and showed what it does before we came.
    """
    text, ours = document.text, document.ours
    problem = (
        _shape(document, text, ours, max_body)
        or _foreign_mention(ours, document.mentions)
        or ("it contains a command to the bot" if commands_in(ours, Grammar(tuple(command_prefixes), bot)) else "")
        or ("it contains a secret" if any(secret in ours for secret in secrets) else "")
    )
    if problem:
        raise UnsafeText(f"the document {document.key} is not sent: {problem}")


def commands_in(text: str, grammar: Grammar) -> bool:
    """Whether a text of ours holds a command. Zero-width spaces are ours: they part what would act otherwise."""
    return any(not found.unread for found in find_calls(text.replace("\u200b", "·"), grammar))


def _shape(document: Document, text: str, ours: str, max_body: int) -> str:
    if _CONTROL.search(ours):
        return "it contains control characters"
    if _SLASH.search(ours) or _SLASH.search(text):
        return "a line begins with a slash, which would run as a quick action"
    if len(text) > max_body:
        return f"it has {len(text)} characters, and at most {max_body} fit"
    if ours.count("<!-- tracker-bridge:") != (0 if document.parts else 1):
        return "it does not have exactly one marker"
    return "" if key_of(text) == document.key else "its marker is not in the last line"


def _foreign_mention(text: str, mentions: Iterable[str]) -> str:
    allowed = {login.casefold() for login in mentions}
    if allowed.issuperset(_mentioned(text)):  # then it does not matter what of it is code
        return ""
    shown = _CODE.sub(lambda code: code["escaped"] or "``", _FENCED.sub("", text))
    for login in _mentioned(shown):
        if not {login, login.rstrip(".-")} & allowed:  # old logins end with a hyphen; sentences with a full stop
            return "it mentions someone who must not be pinged"
    return ""


def _mentioned(text: str) -> Iterator[str]:
    return (found["login"].casefold() for found in _MENTION.finditer(text))
