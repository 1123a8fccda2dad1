"""Arrays put aside in a file: what comes in one order and is wanted in another need not be held meanwhile."""

from collections import defaultdict
from collections.abc import Hashable, Iterator
from tempfile import TemporaryFile
from typing import Any, Literal
from weakref import finalize

import numpy as np

from compliance.spells import COLUMN_TYPES, Rows

# A row as it is put aside.
RECORD = np.dtype(list(COLUMN_TYPES.items()))


class Spool:
    """Arrays under names, in a file that has none itself: it goes with the process, a killed one too."""

    def __init__(self) -> None:
        self._file = TemporaryFile(prefix="qorgan-")  # noqa: SIM115 - closed once the spool is forgotten:
        finalize(self, self._file.close)
        self._end = 0
        self._places: dict[Hashable, list[tuple[int, Any, tuple[int, ...]]]] = defaultdict(list)

    def put(self, name: Hashable, array: np.ndarray) -> None:
        """Put an array behind those that stand under the name already."""
        self._places[name].append((self._end, array.dtype, array.shape))
        self._file.seek(self._end)
        self._end += self._file.write(array.tobytes())

    def take(self, name: Hashable) -> list[np.ndarray]:
        """What was put under a name, in that order."""
        return [self._read(*place) for place in self._places.get(name, ())]

    def names(self) -> list[Any]:
        """The names under which something stands."""
        return list(self._places)

    def _read(self, begin: int, dtype: Any, shape: tuple[int, ...]) -> np.ndarray:
        self._file.seek(begin)
        size = int(np.prod(shape, dtype=np.int64)) * dtype.itemsize
        return np.frombuffer(self._file.read(size), dtype).reshape(shape)


class Aside:
    """Rows put aside, to be taken by ranges of the identifier in one of their columns: so many at once."""

    def __init__(self, column: Literal["school", "agency", "guard"], at_once: int) -> None:
        self._column, self._at_once, self._spool = column, at_once, Spool()

    def put(self, rows: Rows) -> None:
        part = getattr(rows, self._column) // self._at_once
        order = np.argsort(part, kind="stable")
        record = np.empty(len(rows), RECORD)
        for name in COLUMN_TYPES:
            record[name] = getattr(rows, name)[order]
        parts, begins = np.unique(part[order], return_index=True)
        for number, some in zip(parts.tolist(), np.split(record, begins[1:]), strict=False):
            self._spool.put(number, some)

    def parts(self, last: int) -> Iterator[tuple[int, int, Rows]]:
        """The rows of each range: from which identifier on, and before which. To the last identifier at least, so that
        a range of which there are no rows is one too."""
        for number in range(max([last // self._at_once, *self._spool.names()]) + 1):
            record = np.concatenate([np.empty(0, RECORD), *self._spool.take(number)])
            rows = Rows(**{name: np.ascontiguousarray(record[name]) for name in COLUMN_TYPES})
            yield number * self._at_once, (number + 1) * self._at_once, rows
