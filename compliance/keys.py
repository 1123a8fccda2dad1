"""Packed keys: a tuple of identifiers as one number, so that sorting and grouping touch one array only; and numbers in
half the room."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence, ValuesView

import numpy as np
from numpy.typing import NDArray

Numbers = NDArray[np.int64]

#: Packed keys stay below this, so that one digit more can be judged before it is added.
KEY_LIMIT = 2**62

#: Values spread over at most this many times their number are ranked by a table, without sorting.
TABLE_SPREAD = 16

#: Stands for the place of what is nowhere.
ABSENT = -1

#: So many keys are looked for one by one.
FEW = 8

#: So many numbers are worth holding in half the room.
MANY = 1000


def spread(column: NDArray) -> tuple[int, int]:
    """The smallest value, and how many whole numbers lie from it to the largest; (0, 0) for nothing."""
    if not len(column):
        return 0, 0
    low = int(column.min())
    return low, int(column.max()) - low + 1


def ranks(column: NDArray) -> tuple[Numbers, Numbers]:
    """The rank of each value among the distinct values, and these in order."""
    low, span = spread(column)
    if span > TABLE_SPREAD * len(column):
        values, rank = np.unique(column, return_inverse=True)
        return rank.astype(np.int64), values.astype(np.int64)
    position = column.astype(np.int64) - low
    occurs = np.zeros(span, dtype=bool)
    occurs[position] = True
    values = np.flatnonzero(occurs)
    rank = np.empty(span, dtype=np.int64)
    rank[values] = np.arange(len(values))
    return rank[position], values + low


def pack(columns: Sequence[NDArray]) -> tuple[Numbers, int]:
    """One number per element, sorting as the tuples of the columns do; and the base of its last digit.

    Columns are digits of a mixed base: `packed // base` drops the last one. Where they are too wide for 62 bits, the
    digits are replaced by their ranks, which always fit.
    """
    packed, room, base = np.zeros(len(columns[0]), dtype=np.int64), 1, 1
    for column in columns:
        low, base = spread(column)
        if room * base < KEY_LIMIT:
            digit = column.astype(np.int64) - low
        else:
            packed, seen = ranks(packed)
            digit, values = ranks(column)
            room, base = len(seen), len(values)
        packed = packed * base + digit
        room *= base
    return packed, base


class Numbered(Mapping[int, int]):
    """A number for each of many identifiers, in arrays, to be looked up many at a time: a fifth of the room of a dict
    where they lie close together."""

    def __init__(self, keys: NDArray, values: NDArray) -> None:
        order = np.argsort(keys)
        self._keys, self._values = keys[order].astype(np.int64), values[order].astype(np.int64)
        self._low, span = spread(keys)
        # Identifiers that lie close together are looked up in a table, others searched for.
        self._table = np.zeros(span if span <= TABLE_SPREAD * len(keys) else 0, dtype=np.int32)
        if len(self._table):
            self._table[self._keys - self._low] = np.arange(len(keys))

    @classmethod
    def of(cls, given: Mapping[int, int]) -> Numbered:
        """The same numbers for the same identifiers."""
        if isinstance(given, cls):
            return given
        return cls(*(np.fromiter(side, dtype=np.int64, count=len(given)) for side in (given, given.values())))

    def at(self, keys: Numbers, without: str = "Without a number") -> Numbers:
        """The number of each of these identifiers. ValueError names those that have none, and what it is they lack."""
        places = self._places(keys)
        if places.min(initial=0) == ABSENT:
            raise ValueError(f"{without}: {keys[places == ABSENT][:10].tolist()}.")
        return self._values[places]

    def pairs(self) -> Numbers:
        """A row for each identifier, in their order: it and its number."""
        return np.stack((self._keys, self._values), axis=1)

    def _places(self, keys: Numbers) -> NDArray:
        """Where each of these identifiers stands, ABSENT for those that do not."""
        if not len(self._keys):
            return np.full(len(keys), ABSENT)
        if len(self._table):
            found = self._table[np.clip(keys - self._low, 0, len(self._table) - 1)]
        else:
            found = np.minimum(np.searchsorted(self._keys, keys), len(self._keys) - 1)
        return np.where(self._keys[found] == keys, found, ABSENT)

    def __getitem__(self, key: int) -> int:
        (place,) = self._places(np.array([key]))
        if place == ABSENT:
            raise KeyError(key)
        return int(self._values[place])

    def __iter__(self) -> Iterator[int]:
        return iter(self._keys.tolist())

    def values(self) -> ValuesView[int]:
        """The numbers in order of their identifiers, none of which is looked up."""
        return _Values(self)

    def __len__(self) -> int:
        return len(self._keys)


class _Values(ValuesView[int]):
    _mapping: Numbered

    def __iter__(self) -> Iterator[int]:
        return iter(self._mapping.pairs()[:, 1].tolist())


def among(column: NDArray, keys: Collection[int]) -> NDArray[np.bool_]:
    """Which elements are one of the keys. A few are looked for one by one, where numpy would take ten times as long."""
    if len(keys) > FEW:
        return np.isin(column, list(keys))
    found = np.zeros(len(column), dtype=bool)
    for key in keys:
        found |= column == key
    return found


def running_maximum(values: NDArray, group: Numbers) -> Numbers:
    """The largest value so far within each group; groups stand one after another and count upwards."""
    low, step = spread(values)
    lifted = np.maximum.accumulate(group * step + (values - low))
    return lifted - group * step + low


def small(column: NDArray) -> NDArray:
    """Many whole numbers in four bytes each, where they fit; a few, and anything else, as they are."""
    if column.dtype != np.int64 or len(column) < MANY:
        return column
    found = column.astype(np.int32)
    return found if np.array_equal(found, column) else column
