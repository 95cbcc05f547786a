"""
Finds GitLab's quick actions in a text, as ``lib/gitlab/quick_actions/extractor.rb`` does.

Only lines of top-level paragraphs count, at column 0, with an exact name. A name that GitLab knows is
stripped even where it does nothing, and a text of nothing else is never saved.
"""

import re
from dataclasses import dataclass
from itertools import pairwise

from markdown_it import MarkdownIt
from markdown_it.rules_block import StateBlock
from markdown_it.token import Token

NAMES = frozenset(
    """
    add_child add_contacts add_email approve assign assign_reviewer award blocked_by blocks board_move cc
    checkin_reminder child_epic clear_health_status clear_weight clone close confidential convert_to_ticket
    copy_metadata create_merge_request done draft due duplicate epic estimate estimate_time health_status
    internal_note invite_email iteration label labels link lock merge milestone move page parent_epic promote
    promote_to promote_to_incident publish react ready reassign reassign_reviewer rebase relabel relate
    remove_child remove_child_epic remove_contacts remove_due_date remove_email remove_epic remove_estimate
    remove_iteration remove_label remove_milestone remove_parent remove_parent_epic remove_reviewer
    remove_time_estimate remove_time_spent remove_zoom reopen request_review reviewer run_pipeline set_parent
    severity ship spend spend_time status submit_review subscribe tag target_branch timeline title todo type
    unapprove unassign unassign_reviewer unlabel unlink unlock unsubscribe weight zoom
    """.split()  # noqa: SIM905 - a hundred names read better as prose than as a column of quotes
)
"""Every name of GitLab 18.6 to 19.x and the older ones, aliases included."""

SUBSTITUTIONS = {"shrug": "¯\\＿(ツ)＿/¯", "tableflip": "(╯°□°)╯︵ ┻━┻"}
"""Names that leave something behind in the text."""

_ANY_NAME = "|".join(sorted(NAMES | SUBSTITUTIONS.keys(), key=len, reverse=True))
_ACTION = re.compile(
    rf"""
      (?P<code> `.+?` )
    | (?P<html> ^<[^>]+?>\n .+? \n</[^>]+?>$ )
    | ^/(?P<name> {_ANY_NAME} )(?:[ ](?P<argument>[^\n]*))?(?:\s*\n|$)
    """,
    re.VERBOSE | re.MULTILINE | re.DOTALL | re.IGNORECASE,
)
_PERHAPS = re.compile(rf"^/(?:{_ANY_NAME})", re.MULTILINE | re.IGNORECASE)
_QUOTE_FENCE = re.compile(r">>>+[ \t]*")


@dataclass(frozen=True, slots=True)
class QuickAction:
    """One line: the name in lower case, and the rest of the line."""

    name: str
    argument: str = ""


def extract(text: str) -> tuple[str, list[QuickAction]]:
    """Return what would be saved, and what would be executed, in order."""
    text = text.replace("\r", "")
    if not _PERHAPS.search(text):
        return text.rstrip(), []
    lines = re.findall(r"[^\n]*\n|[^\n]+", text)
    found: list[QuickAction] = []
    for start, end in _paragraphs(text):
        stop = end + (lines[end : end + 1] == ["\n"])  # one blank line after the paragraph goes with it
        paragraph = _ACTION.sub(lambda match: _strip(match, found), "".join(lines[start:stop]))
        lines[start:stop] = [paragraph] + [""] * (stop - start - 1)
    return "".join(lines).rstrip(), found


def _strip(match: re.Match[str], found: list[QuickAction]) -> str:
    if match["name"] is None:
        return match[0]
    action = QuickAction(match["name"].lower(), (match["argument"] or "").strip())
    found.append(action)
    if action.name not in SUBSTITUTIONS:
        return ""
    return f"{match['argument'] or ''} {SUBSTITUTIONS[action.name]}\n".lstrip()


def _paragraphs(text: str) -> list[tuple[int, int]]:
    """The line ranges of the top-level paragraphs in which a rendered line starts with a slash."""
    tokens = _MARKDOWN.parse(text)
    return [
        (token.map[0], token.map[1])
        for token, inside in pairwise(tokens)
        if token.type == "paragraph_open" and token.level == 0 and token.map and _slashed(inside)
    ]


def _slashed(inline: Token) -> bool:
    shown = "".join(
        "\n" if token.type in {"softbreak", "hardbreak"} else "" if token.type == "html_inline" else token.content
        for token in inline.children or ()
    )
    return any(line.startswith("/") for line in shown.split("\n"))


def _quote_fence(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    """``>>>`` alone on a line opens a quote that runs to the next such line, as GitLab's Markdown has it."""
    opening = state.src[state.bMarks[start] : state.eMarks[start]]
    if not _QUOTE_FENCE.fullmatch(opening):
        return False
    if silent:
        return True
    stop = start + 1
    while stop < end and state.src[state.bMarks[stop] : state.eMarks[stop]].rstrip() != opening.rstrip():
        stop += 1
    state.line = min(stop + 1, end)
    return True


_MARKDOWN = MarkdownIt("commonmark").enable("table")
_MARKDOWN.block.ruler.before(
    "blockquote", "quote_fence", _quote_fence, {"alt": ["paragraph", "reference", "blockquote", "list"]}
)
