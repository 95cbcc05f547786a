"""
The kinds of value that settings are made of, with messages for the person who typed them.

Validators raise ``ValueError`` with what is wrong and what is accepted; never with the value of a secret.
"""

import re
from datetime import timedelta
from typing import Annotated

from pydantic import AfterValidator, BeforeValidator, SecretStr

LEAST_SECRET = 24
"""Bytes. A shared secret that is shorter can be guessed offline from one signed delivery."""

_SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86400}
_DURATION = re.compile(r"([0-9]{1,6})\s*([smhd])", re.ASCII)
_NO_DURATION = "not a duration; write it with a unit, like 30s, 5m, 1h or 1d"
_ROOT = re.compile(r"/[a-z][a-z0-9_-]*", re.ASCII)
_TOKEN = re.compile(r"[\x21-\x7e]+")
_WORD = re.compile(r"[a-z][a-z0-9-]{0,39}", re.ASCII)
_LOGIN = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,99}(?:/[A-Za-z0-9_][A-Za-z0-9_.-]{0,99}){0,20}", re.ASCII)
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")


class Elsewhere(ValueError):
    """A mistake that is found behind one setting, and lies in another one of the same table."""

    def __init__(self, setting: str, what: str) -> None:
        super().__init__(what)
        self.setting = setting


def _duration(given: object) -> object:
    if isinstance(given, str):
        found = _DURATION.fullmatch(given.strip())
        if found is None:
            raise ValueError(_NO_DURATION)
        given = timedelta(seconds=int(found[1]) * _SECONDS[found[2]])
    if not isinstance(given, timedelta):
        raise ValueError(_NO_DURATION)  # noqa: TRY004 - the library collects ValueError only
    if given < timedelta(seconds=1):
        raise ValueError("must be at least 1s")
    return given


def _interval(given: timedelta) -> timedelta:
    if not timedelta(minutes=1) <= given <= timedelta(days=365):
        raise ValueError("must be at least 1m, and at most 365d")
    return given


def _shared_secret(secret: SecretStr) -> SecretStr:
    text = secret.get_secret_value()
    if text != text.strip():
        raise ValueError("begins or ends with a space or a line break")
    length = len(text.encode())
    if length < LEAST_SECRET:
        raise ValueError(
            f"too short ({length} bytes); at least {LEAST_SECRET}, for example from: openssl rand -hex 32"
        )
    return secret


def one_or_several(given: object) -> object:
    """Return a list of one where there is only one."""
    return (given,) if isinstance(given, str) else given


def _keys(given: tuple[SecretStr, ...]) -> tuple[SecretStr, ...]:
    if not given:
        raise ValueError("must not be empty; if you leave it out, a key is created and kept with the queue")
    for number, key in enumerate(given, 1):
        try:
            _shared_secret(key)
        except ValueError as error:
            raise ValueError(f"number {number}: {error}" if len(given) > 1 else str(error)) from None
    if len({key.get_secret_value() for key in given}) < len(given):
        raise ValueError("contains the same key twice")
    return given


def _token(secret: SecretStr) -> SecretStr:
    if not secret.get_secret_value().strip():
        raise ValueError("is empty")
    if not _TOKEN.fullmatch(secret.get_secret_value()):
        raise ValueError("contains spaces, line breaks or other characters that are not valid in a token")
    return secret


def _root(root: str) -> str:
    if not _ROOT.fullmatch(root):
        raise ValueError("not a command root; write a slash and a lower-case word, like /incident")
    return root


def _word(word: str) -> str:
    if not _WORD.fullmatch(word):
        raise ValueError("must be one lower-case word of at most 40 letters, digits and hyphens, like sev1")
    return word


def _label(label: str) -> str:
    if not 0 < len(label) <= 50 or label != label.strip() or "," in label or _CONTROL.search(label):
        raise ValueError("not a label; 1 to 50 characters, no comma, no space at either end")
    return label


def _line(text: str) -> str:
    if not text.strip() or len(text) > 200 or _CONTROL.search(text):
        raise ValueError("must be one line of 1 to 200 characters")
    return text


def _line_or_nothing(text: str) -> str:
    return text and _line(text)


def _login(name: str) -> str:
    if not _LOGIN.fullmatch(name):
        raise ValueError("not a login; write it without @, and a team with its path, like acme/payments")
    return name


def distinct(given: tuple[str, ...]) -> tuple[str, ...]:
    """Return a list of names; there is at least one, and each comes once, whatever its case."""
    if not given:
        raise ValueError("must not be empty")
    folded = [entry.casefold() for entry in given]
    if len(set(folded)) < len(folded):
        raise ValueError("contains the same entry twice")
    return given


Duration = Annotated[timedelta, BeforeValidator(_duration)]
Interval = Annotated[Duration, AfterValidator(_interval)]
Token = Annotated[SecretStr, AfterValidator(_token)]
SharedSecret = Annotated[SecretStr, AfterValidator(_shared_secret)]
Keys = Annotated[tuple[SecretStr, ...], BeforeValidator(one_or_several), AfterValidator(_keys)]
Root = Annotated[str, AfterValidator(_root)]
Roots = Annotated[tuple[Root, ...], AfterValidator(distinct)]
Word = Annotated[str, AfterValidator(_word)]
Label = Annotated[str, AfterValidator(_label)]
Line = Annotated[str, AfterValidator(_line)]
Login = Annotated[str, AfterValidator(_login)]
LineOrNothing = Annotated[str, AfterValidator(_line_or_nothing)]
