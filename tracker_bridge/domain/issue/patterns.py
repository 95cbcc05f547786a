"""Regular expressions that are compiled when they are first used: a start need not wait for what few texts ask."""

import re
from typing import Any, Final, cast

_ASKED: Final = ("match", "fullmatch", "search", "sub", "split", "findall", "finditer", "pattern", "flags")


def at_first_use(text: str, flags: int = 0) -> re.Pattern[str]:
    """Return a pattern with what is asked of one here. A mistake in ``text`` shows when it is used."""
    return cast("re.Pattern[str]", _Uncompiled(text, flags))


class _Uncompiled:
    """Once something was asked of it, it has the methods of what was compiled, and costs no more than that."""

    def __init__(self, text: str, flags: int) -> None:
        self._text, self._flags = text, flags

    def __getattr__(self, name: str) -> Any:
        if name not in _ASKED:
            raise AttributeError(name)
        compiled = re.compile(self._text, self._flags)
        self.__dict__ |= {asked: getattr(compiled, asked) for asked in _ASKED}
        return self.__dict__[name]
