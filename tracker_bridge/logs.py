"""
Logging for people and for machines: one line per event on standard error, and no secret in it.

Three nets: the values that the settings call secret, shapes that tokens of the forges have, and what follows
``Authorization`` or the credentials of an address. The last step before writing is the redaction, so that
tracebacks and other libraries' messages pass through it as well.
"""

import json
import logging
import re
import sys
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Literal, TextIO

HIDDEN = "[hidden]"

_SHAPES = re.compile(
    r"-----BEGIN [A-Z ]*PRIVATE KEY-----.*?(?:-----END [A-Z ]*PRIVATE KEY-----|\Z)"
    r"|\bgh[opsur]_[A-Za-z0-9_]{10,}"
    r"|\bgithub_pat_[A-Za-z0-9_]{10,}"
    r"|\bgl[a-z]{2,6}-[A-Za-z0-9_.-]{10,}"
    r"|\bwhsec_[A-Za-z0-9+/=]{10,}"
    r"|\bxox[abp]-[A-Za-z0-9-]{10,}"
    r"|\beyJ[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]{10,}",
    re.DOTALL,
)
_AUTHORIZATION = re.compile(
    r"(?P<name>\b(?:authorization|private-token|x-gitlab-token)\b['\"]?\s*[:=]\s*['\"]?)"
    r"(?:(?:bearer|basic|token)\s+)?[^\s'\",}]+",
    re.IGNORECASE,
)
_USERINFO = re.compile(r"(?<=://)[^/\s@:]*:[^/\s@]+(?=@)")
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")
_NOISY = ("urllib3", "github", "gitlab")

FIELDS = ("ref", "project", "tracker", "delivery", "request", "status", "outcome", "seconds", "changes")
"""What a line about one thing may tell beside its message, for machines."""


class Redaction:
    """Takes secrets out of text. ``known`` are values; those shorter than four characters are left alone."""

    def __init__(self, known: Iterable[str] = ()) -> None:
        values = {spelling for value in known if len(value) >= 4 for spelling in _spellings(value)}
        longest_first = sorted(values, key=len, reverse=True)
        self._known = re.compile("|".join(map(re.escape, longest_first))) if values else None

    def __call__(self, text: str) -> str:
        """Return ``text`` with everything secret replaced by ``[hidden]``."""
        if self._known is not None:
            text = self._known.sub(HIDDEN, text)
        text = _SHAPES.sub(HIDDEN, text)
        text = _USERINFO.sub(HIDDEN, text)
        return _AUTHORIZATION.sub(rf"\g<name>{HIDDEN}", text)


class TextLines(logging.Formatter):
    """``2026-01-05T14:05:00Z INFO worker: reconciled github:acme/api#12``; a traceback follows, indented."""

    def __init__(self, redaction: Redaction) -> None:
        super().__init__()
        self._redaction = redaction

    def format(self, record: logging.LogRecord) -> str:
        name = record.name.removeprefix("tracker_bridge.")
        lines = f"{_time(record)} {record.levelname} {name}: {record.getMessage()}".splitlines()
        if record.exc_info:
            lines += self.formatException(record.exc_info).splitlines()
        return self._redaction("\n    ".join(_CONTROL.sub(_visible, line) for line in lines))


class JsonLines(logging.Formatter):
    """
    One object per line: ``at``, ``level``, ``logger``, ``message``, ``traceback`` if there is one, and those of
    :data:`FIELDS` that are known.
    """

    def __init__(self, redaction: Redaction) -> None:
        super().__init__()
        self._redaction = redaction

    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, object] = {
            "at": _time(record),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": self._redaction(record.getMessage()),
        }
        given = {name: getattr(record, name) for name in FIELDS if getattr(record, name, "") not in ("", None)}
        line |= {name: self._shown(value) for name, value in given.items()}
        if record.exc_info:
            line["traceback"] = self._redaction(self.formatException(record.exc_info))
        return json.dumps(line, ensure_ascii=False)

    def _shown(self, value: object) -> object:
        if isinstance(value, list):
            return [self._redaction(str(one)) for one in value]
        return value if isinstance(value, int | float) else self._redaction(str(value))


def configure_logging(
    level: str = "info",
    form: Literal["text", "json"] = "text",
    secrets: Iterable[str] = (),
    stream: TextIO | None = None,
) -> None:
    """
    Send all logging to ``stream`` (standard error), replacing what was configured before.

    The clients' libraries speak only from ``error`` on: below, they print requests, answers and retries, and what
    comes of those is logged by the bridge in its own words. No library debugs: a Markdown parser that does drowns
    everything else.
    """
    redaction = Redaction(secrets)
    lines = logging.StreamHandler(stream or sys.stderr)
    lines.setFormatter(JsonLines(redaction) if form == "json" else TextLines(redaction))
    root = logging.getLogger()
    root.handlers[:] = [lines]
    root.setLevel(max(logging.INFO, logging.getLevelNamesMapping()[level.upper()]))
    logging.getLogger("tracker_bridge").setLevel(level.upper())
    for name in _NOISY:
        logging.getLogger(name).setLevel(logging.ERROR)


def _spellings(value: str) -> Iterable[str]:
    """A secret as it is, and as it looks when something printed it escaped."""
    yield value
    yield json.dumps(value)[1:-1]
    yield repr(value)[1:-1]


def _visible(sign: re.Match[str]) -> str:
    return f"\\x{ord(sign[0]):02x}"


def _time(record: logging.LogRecord) -> str:
    return datetime.fromtimestamp(record.created, UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
