"""Bytes of a file as text, with a reason when they are none. Part of no room."""

import codecs

_OTHERS = (
    (codecs.BOM_UTF32_LE, "UTF-32"),  # begins like the next one, so it comes first
    (codecs.BOM_UTF16_LE, "UTF-16"),
    (codecs.BOM_UTF32_BE, "UTF-32"),
    (codecs.BOM_UTF16_BE, "UTF-16"),
)


class Undecodable(ValueError):
    """The bytes are not text in UTF-8. The message completes "the file ...", and repeats nothing of it."""


def decoded(raw: bytes) -> str:
    """
    Return the text, without the byte-order mark that editors on Windows put first.

    Raises :class:`Undecodable`.
    """
    encoding = next((name for mark, name in _OTHERS if raw.startswith(mark)), "")
    if not encoding and [byte == 0 for byte in raw[:4]] in ([False, True] * 2, [True, False] * 2):
        encoding = "UTF-16"  # without a mark
    if encoding:
        raise Undecodable(f"is in {encoding}, as some Windows programs write it; save it as UTF-8")
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        raise Undecodable(f"is not text in UTF-8 (see line {line}); save it as UTF-8") from None
