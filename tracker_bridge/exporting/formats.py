"""
JSON and CSV that do no harm to whoever opens them.

People wrote what is in them: a spreadsheet must not run it as a formula, and a terminal or a comment must not be
turned round by it. https://owasp.org/www-community/attacks/CSV_Injection
"""

import csv
import io
import json
import re
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from types import MappingProxyType
from typing import Final

from tracker_bridge.domain.incident.rounding import whole_seconds
from tracker_bridge.domain.issue.cleaning import UNSEEN

FORMATS: Final = MappingProxyType({"json": "JSON", "csv": "CSV", "md": "Markdown"})
"""What can be asked for, and how it is called."""

Json = dict[str, object]
Cell = str | int | bool | datetime | timedelta | None

_UNSEEN = re.compile(rf"[{UNSEEN}\u2028\u2029]")
_CONTROL = re.compile("[\x00-\x08\x0e-\x1f]")
_FORMULA = re.compile("[=+@\t\r\n\uff1d\uff0b\uff20\uff0d-]")


def as_json(value: Json) -> str:
    """
    Return ``value`` as JSON, readable: letters of every language as they are.

    What cannot be seen is written as ``\\uXXXX``, and so is the beginning of an HTML comment.
    """
    text = json.dumps(value, ensure_ascii=False, indent=2)
    return _UNSEEN.sub(lambda sign: f"\\u{ord(sign[0]):04x}", text).replace("<!--", "\\u003c!--")


def as_csv(columns: Sequence[str], rows: Iterable[Sequence[Cell]]) -> str:
    """
    Return a table with a line of headings, one line each row (RFC 4180, but for the line ends).

    Times are ISO 8601 in UTC, lengths are whole seconds, yes is ``true``; what is not known is empty.
    """
    written = io.StringIO()
    writer = csv.writer(written, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows([_cell(value) for value in row] for row in rows)
    return written.getvalue()


def instant(at: datetime) -> str:
    """Write a time as in ``2026-11-22T14:05:00Z``."""
    return at.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


def seconds(length: timedelta) -> int:
    return whole_seconds(length)


def _cell(value: Cell) -> str:
    match value:
        case None:
            cell = ""
        case bool():
            cell = "true" if value else "false"
        case datetime():
            cell = instant(value)
        case timedelta():
            cell = str(seconds(value))
        case str():
            cell = _harmless(value)
        case int():
            cell = str(value)
    return cell


def _harmless(text: str) -> str:
    """Return one line without signs that cannot be seen; a spreadsheet takes it for text."""
    line = " ".join(_CONTROL.sub("", _UNSEEN.sub("", text)).split())
    return f"'{line}" if _FORMULA.match(text) or _FORMULA.match(line) else line
