"""A setting that is a file, or the URL of a database, which may hold a password."""

import re
from pathlib import Path
from typing import Annotated
from urllib.parse import SplitResult, parse_qs, unquote, urlsplit

from pydantic import PlainValidator, SecretStr

_SCHEMES = ("postgresql", "postgres")
_CONNECTION = re.compile(r"\s*(?:host|hostaddr|port|dbname|user|service)\s*=", re.ASCII)
_ODD = re.compile(r"[\x00-\x20\x7f-\xa0\u2028\u2029\ud800-\udfff]|%(?![0-9A-Fa-f]{2})")
_EXAMPLE = "write it like postgresql://user:password@host:5432/name"

GUESSABLE = 12
"""Letters of a password below which it is not looked for in texts: it may be a word that people write."""


class DatabaseUrl(SecretStr):
    """The URL of a PostgreSQL database."""

    @property
    def place(self) -> str:
        """Where it is, for people to read: without the user and the password."""
        parts = urlsplit(self.get_secret_value())
        given = parse_qs(parts.query)
        host = parts.hostname or given.get("host", ["localhost"])[0]
        name = unquote(parts.path.lstrip("/")) or given.get("dbname", [""])[0]
        return f"{host}:{parts.port or given.get('port', ['5432'])[0]}/{name}"

    @property
    def hidden(self) -> frozenset[str]:
        """Return what no output may contain: the whole, and the password as it is written and as it is read."""
        whole = self.get_secret_value()
        parts = urlsplit(whole)
        pairs = (pair.partition("=") for pair in parts.query.split("&"))
        written = [parts.password or "", *(value for name, _, value in pairs if name == "password")]
        found = {one for password in written for one in (password, unquote(password))}
        return frozenset({whole, *(one for one in found if len(one) >= GUESSABLE)})


def _file_or_database(given: object) -> Path | DatabaseUrl:
    if isinstance(given, Path | DatabaseUrl):
        return given
    if not isinstance(given, str):
        raise ValueError("must be text: the path of a file, or postgresql://...")  # noqa: TRY004 - the library collects ValueError only
    if "://" in given or _CONNECTION.match(given):
        return _database(given)
    return Path(given)


def _database(text: str) -> DatabaseUrl:
    """The value may hold a password, so that no message repeats any of it."""
    try:
        parts = urlsplit(text)
        port = parts.port
    except ValueError:
        raise ValueError(f"is not the URL of a database; {_EXAMPLE}") from None
    if not text.startswith(tuple(f"{scheme}://" for scheme in _SCHEMES)):
        raise ValueError(f"must be a file or the URL of a PostgreSQL database; {_EXAMPLE}")
    if _ODD.search(text) or "#" in text or port == 0:
        raise ValueError(f"has a character that must be percent-encoded, or a wrong port; {_EXAMPLE}")
    if not _names_a_place(parts):
        raise ValueError(f"names no host and no database; {_EXAMPLE}")
    return DatabaseUrl(text)


def _names_a_place(parts: SplitResult) -> bool:
    return bool(parts.hostname or parts.path.strip("/") or parse_qs(parts.query))


FileOrDatabase = Annotated[Path | DatabaseUrl, PlainValidator(_file_or_database)]
