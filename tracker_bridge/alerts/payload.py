"""Payloads of others: read with patience, since whoever typed a template is asleep when the alert comes."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.parser import BytesParser
from email.policy import HTTP
from email.utils import parsedate_to_datetime
from typing import Any, Final
from urllib.parse import parse_qsl

MOST_LABELS: Final = 200
"""Labels of an alert that are read."""

_ODD_ESCAPE: Final = re.compile(r'\\(?!["\\/bfnrt]|u[0-9a-fA-F]{4})')
_TIME: Final = re.compile(
    r"(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d(?::\d\d)?)(?:\.(\d{1,6})\d*)?\s*(Z|[+-]\d\d:?\d\d)?", re.ASCII
)
_UNWRITABLE: Final = re.compile("[\x00\ud800-\udfff]")
_FIRST_YEAR: Final = 2000
_MILLISECONDS: Final = 10**11
_NANOSECONDS: Final = 10**17


class Unreadable(ValueError):
    """The body does not parse. The message says what was expected; it repeats nothing of the body."""


@dataclass(frozen=True, slots=True)
class Payload:
    """What was sent. ``headers`` has lower-case names."""

    headers: Mapping[str, str]
    body: bytes

    def json(self) -> Any:
        """Raises :class:`Unreadable`."""
        return json_of(self.body)

    def object(self) -> Mapping[str, Any]:
        """Return the JSON where it must be an object. Raises :class:`Unreadable`."""
        return object_of(self.body)

    def form(self) -> Mapping[str, str] | None:
        """Return the fields of a form; ``None`` where it is none."""
        return form_of(self.headers.get("content-type", ""), self.body)


def json_of(body: bytes) -> Any:
    """
    Return the JSON in ``body``. Line breaks and single backslashes in texts, as templates put them, are let pass.

    Raises :class:`Unreadable`.
    """
    text = body.decode("utf-8-sig", "replace")
    for attempt in (text, _ODD_ESCAPE.sub(r"\\\\", text)):
        try:
            return json.loads(attempt, strict=False)
        except ValueError:
            continue
        except RecursionError:
            break
    raise Unreadable("the body is not JSON")


def object_of(body: bytes) -> Mapping[str, Any]:
    """The same where it must be an object. Raises :class:`Unreadable`."""
    found = json_of(body)
    if not isinstance(found, Mapping):
        raise Unreadable("the body is not a JSON object")
    return found


def form_of(content_type: str, body: bytes) -> Mapping[str, str] | None:
    """Return the fields of a form, in either of its two encodings; ``None`` where it is none."""
    kind = content_type.partition(";")[0].strip().casefold()
    if kind == "application/x-www-form-urlencoded":
        text = body.decode("utf-8", "replace")
        return None if text.lstrip()[:1] in ("{", "[") else dict(parse_qsl(text, keep_blank_values=True))
    if kind != "multipart/form-data":
        return None
    head = f"Content-Type: {content_type}\r\n\r\n".encode("latin-1", "replace")
    parts = BytesParser(policy=HTTP).parsebytes(head + body)
    return {
        str(part.get_param("name", header="content-disposition")): _decoded(part.get_payload(decode=True))
        for part in parts.iter_parts()
    }


def _decoded(payload: object) -> str:
    return payload.decode("utf-8", "replace") if isinstance(payload, bytes) else ""


def text_of(value: object) -> str:
    """Return a text or a number as text, with what no file can hold replaced; anything else is no text."""
    if isinstance(value, str):
        return _UNWRITABLE.sub("\ufffd", value)
    return str(value) if isinstance(value, int | float) and not isinstance(value, bool) else ""


def mapping_of(value: object) -> Mapping[str, Any]:
    """Return an object; anything else is an empty one."""
    return value if isinstance(value, Mapping) else {}


def list_of(value: object) -> list[Any]:
    """Return a list; anything else is an empty one."""
    return value if isinstance(value, list) else []


def labels_of(value: object) -> dict[str, str]:
    """Return names with their texts, without those that have none."""
    found = ((str(name), text_of(one)) for name, one in list(mapping_of(value).items())[:MOST_LABELS])
    return {name: text for name, text in found if text}


def first_of(*texts: object) -> str:
    """Return the first that says anything."""
    return next((text for one in texts if (text := text_of(one)).strip()), "")


def time_of(value: object) -> datetime | None:
    """
    Read a time: RFC 3339 with any number of decimals, a date as HTTP and mail have it, or seconds, milliseconds or
    nanoseconds since 1970.

    ``None`` for anything else, and for the zero times that stand for none. Without a zone it is UTC.
    """
    text = text_of(value).strip()
    try:
        at = _of_number(float(text)) if text.replace(".", "", 1).isdecimal() else _of_words(text)
    except (ValueError, TypeError, IndexError, OverflowError, OSError):
        return None
    return at if at.year >= _FIRST_YEAR else None


def _of_number(number: float) -> datetime:
    seconds = number / (1e9 if number > _NANOSECONDS else 1e3 if number > _MILLISECONDS else 1)
    return datetime.fromtimestamp(seconds, UTC)


def _of_words(text: str) -> datetime:
    found = _TIME.fullmatch(text)
    if found is None:
        at = parsedate_to_datetime(text)
        return (at if at.tzinfo else at.replace(tzinfo=UTC)).astimezone(UTC)
    day, clock, fraction, zone = found.groups()
    at = datetime.fromisoformat(f"{day}T{clock}+00:00") + timedelta(
        microseconds=int((fraction or "0").ljust(6, "0"))
    )
    if zone and zone != "Z":
        ahead = timedelta(hours=int(zone[1:3]), minutes=int(zone[-2:]))
        at += ahead if zone[0] == "-" else -ahead
    return at
