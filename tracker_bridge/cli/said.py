"""What other programs say, on the command line or on standard input: bytes that are meant to be a text."""

import codecs
import re
import sys

_BYTE = re.compile("[\udc80-\udcff]")
_HALF = re.compile("[\ud800-\udfff]")


def readable(text: str) -> str:
    """
    Return an argument as text. Python has a byte that is not UTF-8 in it as half a character.

    Such bytes come from programs that write as Windows does: so they are read.
    """
    return _HALF.sub("\ufffd", _BYTE.sub(lambda half: _windows(ord(half[0]) - 0xDC00), text))


def standard_input() -> str:
    """Return all that comes in as text; nothing where there is no standard input."""
    if sys.stdin is None:  # closed by whoever started this
        return ""
    raw = sys.stdin.buffer.read()
    if raw.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return readable(raw.decode("utf-16", "replace"))
    return readable(raw.decode("utf-8-sig", "surrogateescape"))


def _windows(byte: int) -> str:
    return bytes([byte]).decode("cp1252", "replace")
