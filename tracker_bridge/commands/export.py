"""The incident as data, for other programs (S63)."""

from tracker_bridge.domain.fold.arguments import quoted
from tracker_bridge.domain.fold.command import Section, When, command
from tracker_bridge.domain.incident.incident import Incident, snapshot
from tracker_bridge.domain.incident.replies import Refused, Reply
from tracker_bridge.domain.issue.invocations import Invocation
from tracker_bridge.domain.issue.issue import Access
from tracker_bridge.exporting.formats import FORMATS

_MEANT = {"jsn": "json", "cvs": "csv", "excel": "csv", "spreadsheet": "csv", "xlsx": "csv", "markdown": "md"}


@command(
    "export",
    section=Section.ASK,
    usage="export json|csv|md",
    access=Access.TRIAGE,
    examples=("export csv", "export json"),
    when=When.DECLARED,
)
def export(incident: Incident, call: Invocation) -> Incident | Refused:
    """
    Export the incident into a comment.

    `json` has everything, `csv` the timeline for a spreadsheet, `md` a report to paste elsewhere. It is the
    incident as it is now. If it is too long for a comment, export it from the command line.
    """
    word = call.text.casefold().split(" ", 1)[0].strip(".,:;!*`\"'“”")
    if word not in FORMATS:
        return Refused(f"{quoted(word)} is not `json`, `csv` or `md`" if word else "which format?", _meant(word))
    if more := call.text.partition(" ")[2].strip():
        return Refused(f"{quoted(more)} does not belong after `{word}`; one format per line", f"export {word}")
    mine = incident.outgoing.replies.latest(("export", call.comment))
    topics = tuple(dict.fromkeys([*(mine.topics if mine else ()), word]))
    said = Reply("export", call.comment, call.url, topics, incident=snapshot(incident), at=call.at)
    return incident.replying(said)


def _meant(word: str) -> str:
    return f"export {_MEANT.get(word.strip('.'), '<json, csv or md>')}"
