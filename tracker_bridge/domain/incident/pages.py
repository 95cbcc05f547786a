"""
Long sequences as values: to add, exchange, take out or find something costs the same however many there are.

A changed sequence shares all pages but one with the one before, which stays as it is.
"""

from bisect import bisect_left
from collections import Counter
from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from itertools import chain, islice, zip_longest
from typing import Any, Final, Self, TypeVar, overload

_ON_A_PAGE: Final = 32

T = TypeVar("T")
_Places = dict[Hashable, list[int]]


class Pages(Sequence[T]):
    """
    An immutable sequence, in the order of adding. By what something is found is told by :meth:`keys_of`.

    What is taken out leaves an empty place, so that places keep their numbers. ``_places`` are where something
    with a key was put, in this sequence or in another that came of the same one: what stands there is compared.
    """

    __slots__ = ("_counts", "_length", "_pages", "_places")

    _pages: tuple[tuple[T | None, ...], ...]
    _length: int
    _counts: Mapping[Hashable, int]
    _places: _Places

    def __init__(self, items: Iterable[T] = ()) -> None:
        kept = list(items)
        self._pages = tuple(tuple(kept[n : n + _ON_A_PAGE]) for n in range(0, len(kept), _ON_A_PAGE))
        self._length, self._counts, self._places = len(kept), Counter(map(self.counted_as, kept)), {}
        for place, one in enumerate(kept):
            _note(self._places, self.keys_of(one), place)

    @classmethod
    def _made(
        cls,
        pages: tuple[tuple[T | None, ...], ...],
        length: int,
        counts: Mapping[Hashable, int],
        places: _Places,
    ) -> Self:
        self = cls.__new__(cls)
        self._pages, self._length, self._counts, self._places = pages, length, counts, places
        return self

    @staticmethod
    def keys_of(one: T) -> Iterable[Hashable]:
        """Return by what it can be found, the rarest first; the same for what takes its place."""
        raise NotImplementedError

    @staticmethod
    def counted_as(one: T) -> Hashable:
        """Return the key by which it is counted, one of a few, so that no more are looked for than there are."""

    def having(self, one: T) -> Self:
        """Return a copy with ``one`` at its end."""
        places = self._places if self._pages else {}
        full, last = self._pages[:-1], self._pages[-1] if self._pages else ()
        if len(last) == _ON_A_PAGE:
            full, last = self._pages, ()
        _note(places, self.keys_of(one), _ON_A_PAGE * len(full) + len(last))
        return self._made((*full, (*last, one)), self._length + 1, self._counting(one, 1), places)

    def without(self, *items: T) -> Self:
        """Return a copy without ``items``, which were found here."""
        found = self
        for one in items:
            pages, counts = found._with(found._place_of(one), None), found._counting(one, -1)
            found = found._made(pages, len(found) - 1, counts, self._places)
        return found

    def exchanging(self, old: T, new: T) -> Self:
        """Return a copy with ``new`` where ``old`` was found."""
        return self._made(self._with(self._place_of(old), new), self._length, self._counts, self._places)

    def of(self, *keys: Hashable) -> list[T]:
        """Return all that have one of the ``keys``."""
        found = dict(pair for key in keys for pair in self._found(key))
        return [found[place] for place in sorted(found)]

    def latest(self, *keys: Hashable) -> T | None:
        """Return what was added last of all that have one of the ``keys``."""
        last = dict(pair for key in keys for pair in islice(self._found(key), 1))
        return last[max(last)] if last else None

    def _found(self, key: Hashable) -> Iterator[tuple[int, T]]:
        """Yield what has the key, each with its place, the last first."""
        left = self._counts.get(key, self._length)
        for place in reversed(self._places.get(key, ())):
            if not left:
                return
            one = self._at(place)
            if one is not None and key in self.keys_of(one):
                left -= 1
                yield place, one

    def _counting(self, one: T, more: int) -> Mapping[Hashable, int]:
        kind = self.counted_as(one)
        return {**self._counts, kind: self._counts.get(kind, 0) + more}

    def _at(self, place: int) -> T | None:
        page, number = divmod(place, _ON_A_PAGE)
        return self._pages[page][number] if page < len(self._pages) and number < len(self._pages[page]) else None

    def _place_of(self, one: T) -> int:
        places = (place for key in self.keys_of(one) for place in reversed(self._places.get(key, ())))
        found = next((place for place in places if self._at(place) is one), None)
        if found is None:
            raise ValueError(f"{one!r} was not found here")
        return found

    def _with(self, place: int, one: T | None) -> tuple[tuple[T | None, ...], ...]:
        page, number = divmod(place, _ON_A_PAGE)
        old = self._pages[page]
        return (*self._pages[:page], (*old[:number], one, *old[number + 1 :]), *self._pages[page + 1 :])

    def new_to(self, before: Self) -> list[T]:
        """Return what is here, and was not in the sequence that this one was made of."""
        pairs = zip_longest(self._pages, before._pages, fillvalue=())
        changed = [(set(map(id, old)), page) for page, old in pairs if page is not old]
        return [one for known, page in changed for one in page if one is not None and id(one) not in known]

    def __len__(self) -> int:
        return self._length

    def __iter__(self) -> Iterator[T]:
        return (one for one in chain.from_iterable(self._pages) if one is not None)

    def __reversed__(self) -> Iterator[T]:
        return (one for page in reversed(self._pages) for one in reversed(page) if one is not None)

    @overload
    def __getitem__(self, index: int) -> T: ...
    @overload
    def __getitem__(self, index: slice) -> tuple[T, ...]: ...
    def __getitem__(self, index: int | slice) -> T | tuple[T, ...]:
        return next(reversed(self)) if index == -1 and self else tuple(self)[index]

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Pages):
            return NotImplemented
        return self is other or (len(self) == len(other) and tuple(self) == tuple(other))

    def __hash__(self) -> int:
        return hash(tuple(self))

    def __repr__(self) -> str:
        return f"{type(self).__name__}({tuple(self)!r})"

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (tuple(self),)


def _note(places: _Places, keys: Iterable[Hashable], place: int) -> None:
    for key in keys:
        known = places.setdefault(key, [])
        if not known or known[-1] < place:
            known.append(place)
        elif known[at := bisect_left(known, place)] != place:  # the sequence was continued before, in another way
            known.insert(at, place)
