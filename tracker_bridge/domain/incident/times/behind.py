"""
Times behind a bar: ``first customer calls | ~14:05``.

Behind the last bar of a line stands a time, right or wrong, when it is one from end to end; when it is made of
words of time, or begins with a number that counts nothing else; or when there is a clock or a date in it, unless
it is the rest of a pipeline. All other bars are part of what was said, and so is each that stands in code.
"""

import re
from typing import Final

from tracker_bridge.domain.incident.times.spelling import HALF, MAX_TIME_CHARS, MONTH, plain
from tracker_bridge.domain.incident.times.written import WrittenTime
from tracker_bridge.domain.issue.patterns import at_first_use

_FLAGS = re.ASCII | re.IGNORECASE
_TICKS = at_first_use(r"`+")
_BAR = at_first_use(r"\\?[|｜│¦∣]")
_ANY_BAR = at_first_use(r"[|｜│¦∣]")  # quicker to find, and most texts have none
_BARS = " \t\\|｜│¦∣"

_CLOCK_OR_DATE = at_first_use(
    rf"(?<![\w.:/-])(?:[0-9]{{1,2}}(?::[0-9]{{2}}(?::[0-9]{{2}})?(?![0-9:])|h[0-9]{{2}}(?!\w)|\s?{HALF}|"
    rf"(?:st|nd|rd|th)?[ /-]?(?:of )?{MONTH})|20[0-9]{{2}}([-/.])[0-9]{{1,2}}\1[0-9]{{1,2}}(?=T[0-9]|[\s,:]|$)|"
    rf"{MONTH}[ -]?[0-9]{{1,2}}(?!\w))",
    _FLAGS,
)
_LEAD = (
    r"(?:(?:at|in|since|on|from|about|around|roughly|ca|circa|approx|until|till?|before|after|by|time)(?!\w)[.:]?"
    r"\s*|[@~]\s*)*"
)
_NUMBER = at_first_use(
    rf"{_LEAD}(?:[0-9]+$|[0-9]{{1,4}}(?:[:/-][0-9]{{1,2}}(?:[./-][0-9]{{2,4}})?(?![\w.%])|-[0-9]{{1,2}}\s?{HALF}|"
    r"\.[0-9]{2}(?:\.(?:20[0-9]{2})?)?(?:$|\s?(?:h|uhr)(?!\w)|\s[0-9])))",
    _FLAGS,
)
_LENGTH = at_first_use(
    r"(?<!\w)[0-9]+(?:[.,][0-9]+)?\s?(?:d(?:ays?)?|h(?:ours?|rs?)?|m(?:in(?:ute)?s?)?|sec(?:ond)?s?)(?!\w)", _FLAGS
)
_WORD = at_first_use(r"[^\W_]+")
_ADDRESS = at_first_use(r"[a-z]{2,10}://\S+", re.IGNORECASE)
_LIKE_A_CLOCK = at_first_use(r"\d(?:\W{1,3}\d|h\d|\s?[ap])|noon", re.IGNORECASE)
_BEGUN = at_first_use(
    r"(?:~\w|(?:now(?:\(\))? ?)?- ?[0-9]+ ?(?:[dhm]|min|hours?|minutes?)(?![a-z-])|"
    r"[0-2][0-9][0-5][0-9] ?(?:h|z|utc|gmt)(?!\w)|(?:yesterday|today|tomorrow)(?!\w))",
    _FLAGS,
)
_ENDED = at_first_use(r"(?<!\w)ago$", _FLAGS)
_BLANK = at_first_use(r"<?(?:time|when|date)>?", _FLAGS)

_TIMES: Final = frozenset({
    "now", "ago", "yesterday", "today", "tomorrow", "tonight", "noon", "midnight", "morning", "afternoon",
    "evening", "night", "clock", "minute", "minutes", "min", "mins", "hour", "hours", "second", "seconds",
    "day", "days", "week", "weeks", "month", "months", "monday", "tuesday", "wednesday", "thursday", "friday",
    "saturday", "sunday", "earlier", "later", "soon", "recently", "sometime", "uhr", "past", "quarter", "noonish",
})  # fmt: skip
_WITH_TIMES: Final = frozenset({
    "at", "on", "in", "of", "the", "a", "an", "o", "this", "that", "last", "next", "before", "after", "since",
    "until", "till", "by", "from", "to", "between", "and", "about", "around", "roughly", "approximately",
    "approx", "ca", "circa", "some", "few", "couple", "several", "half", "just", "right", "early", "late",
    "mid", "maybe", "perhaps", "probably", "shortly", "time", "one", "two", "three", "four", "five", "six",
    "seven", "eight", "nine", "ten", "eleven", "twelve", "fifteen", "twenty", "thirty", "forty", "fifty", "utc",
    "gmt", "am", "pm",
})  # fmt: skip

_PROGRAMS: Final = frozenset({
    "awk", "base64", "bash", "bat", "cat", "column", "comm", "curl", "cut", "dd", "diff", "docker", "egrep",
    "fgrep", "fold", "gawk", "grep", "gunzip", "gzip", "head", "hexdump", "iconv", "jq", "json", "kubectl",
    "less", "logger", "mail", "md5sum", "more", "mysql", "nc", "nl", "node", "od", "openssl", "paste", "perl",
    "psql", "python", "python3", "rev", "rg", "ruby", "search", "sed", "sh", "sha256sum", "shuf", "sort",
    "split", "ssh", "stats", "strings", "sudo", "tac", "tail", "tee", "timechart", "tr", "ts", "uniq", "vim",
    "where", "wc", "xargs", "xxd", "yq", "zcat", "zgrep", "findstr", "select-string", "where-object",
})  # fmt: skip
_PROGRAM = at_first_use(r"(?P<name>[a-z][\w.+-]*)(?P<more>.*)", re.ASCII | re.DOTALL | re.IGNORECASE)
_FILTER = at_first_use(r"[=>&]|[!~]\s*[\"'`]")
_SHELL = at_first_use(r"\s-{1,2}[A-Za-z]|[$<>{}]|&&|(?:^|\s)[~.]{0,2}/\w", re.ASCII)


def trailing_time(text: str) -> tuple[str, str]:
    """
    Split ``text | 14:05`` at the bar that a time stands behind; the time is empty when there is none.

    Of several lines it may be any; what stands in the others belongs to the text.
    """
    if not _ANY_BAR.search(text):
        return text.strip(), ""
    lines, bare = text.split("\n"), _without_code(text).split("\n")
    for number in range(len(lines) - 1, -1, -1):
        found = _behind(lines[number], bare[number])
        if found:
            before, time = found
            kept = [*lines[:number], before, *lines[number + 1 :]]
            return "\n".join(line for line in kept if line.strip()).strip(), time
    return text.strip(), ""


def stray_time(text: str) -> str:
    """Return a time that stands alone behind some bar; empty without one."""
    if not _ANY_BAR.search(text):
        return ""
    bare = _without_code(text)
    bars = [*_BAR.finditer(bare)]
    ends = [bar.start() for bar in bars[1:]] + [len(text)]
    parts = (text[bar.end() : end].partition("\n")[0].strip() for bar, end in zip(bars, ends, strict=False))
    return next((part for part in parts if _is_whole(part)), "")


def _behind(line: str, bare: str) -> tuple[str, str] | None:
    """Split one line; a bar at its very end, as tables have it, closes the time."""
    bars = [*_BAR.finditer(bare)]
    if bars and not bare[bars[-1].end() :].strip():
        line = line[: bars.pop().start()]
    time = line[bars[-1].end() :].strip() if bars else ""
    return (line[: bars[-1].start()].rstrip(_BARS).strip(), time) if time and holds_time(time) else None


def _without_code(text: str) -> str:
    """Return a text of the same length in which code has no bars."""
    runs = [*_TICKS.finditer(text)]
    nearest: dict[int, int] = {}
    closing: dict[int, int] = {}
    for number in range(len(runs) - 1, -1, -1):
        length = len(runs[number][0])
        if length in nearest:
            closing[number] = nearest[length]
        nearest[length] = number
    parts, after, number = [], 0, 0
    while number < len(runs):
        if number in closing:
            begin, number = runs[number].start(), closing[number]
            code = text[begin : runs[number].end()]
            parts += [text[after:begin], _BAR.sub(lambda bar: "." * len(bar[0]), code)]
            after = runs[number].end()
        number += 1
    return "".join((*parts, text[after:]))


def holds_time(text: str) -> bool:
    """Whether what stands behind a bar is a time, right or wrong."""
    text = _ADDRESS.sub("address", text)
    bare = plain(text)
    if _is_whole(text) or _BLANK.fullmatch(text) or _BEGUN.match(bare) or _ENDED.search(bare):
        return True
    if _is_pipeline(text):
        return False
    return bool(_CLOCK_OR_DATE.search(bare) or _NUMBER.match(bare)) or _is_of_time(bare)


def _is_whole(text: str) -> bool:
    if not _LIKE_A_CLOCK.search(text) or len(bare := plain(text)) > MAX_TIME_CHARS:
        return False
    found = WrittenTime(bare)
    return found.clock is not None and not found.rest


def _is_of_time(bare: str) -> bool:
    words = [word for word in _WORD.findall(_LENGTH.sub(" minutes ", bare).casefold()) if not word.isdigit()]
    return any(word in _TIMES for word in words) and all(word in _TIMES | _WITH_TIMES for word in words)


def _is_pipeline(text: str) -> bool:
    """Whether a program is called, one that is known or any with options or paths; or a log is filtered."""
    found = _PROGRAM.match(text)
    if found is None:
        return bool(_FILTER.match(text))
    name = found["name"].casefold()
    return name in _PROGRAMS or (name not in _TIMES | _WITH_TIMES and bool(_SHELL.search(found["more"])))
