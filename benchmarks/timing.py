"""How a time is taken, and the lines of the table that docs/performance.md shows."""

import statistics
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from django.db import connection


class Took(NamedTuple):
    """Seconds: by the clock, and of all processors together, which a busy machine hardly changes."""

    clock: float
    processors: float


@dataclass(frozen=True)
class Line:
    """One line of the table: what was measured, how long it took, against how many seconds, and the target.

    The ratio is one of times by the clock.
    """

    what: str
    took: Took
    against: float | None = None
    target: float | None = None

    @property
    def ratio(self) -> float | None:
        """How many times the yardstick's time it took."""
        return self.took.clock / self.against if self.against else None

    @property
    def cells(self) -> list[str]:
        cells = [self.what, f"{self.took.clock:.3f} s", f"{self.took.processors:.3f} s", "", "", ""]
        if self.ratio is not None:
            cells[3] = f"{self.ratio:.2f}"
        if self.target is not None and self.ratio is not None:
            cells[4:] = f"{self.target:.2f}", "met" if self.ratio <= self.target else "missed"
        return cells


@dataclass(frozen=True)
class Rate:
    """A line about requests a second, by the clock and by the server's processors: how long one took, one of the page
    it is held against, and the least share of that page's requests. The ratio is by the clock, in brackets by
    processors.
    """

    what: str
    took: Took
    against: Took | None = None
    target: float | None = None

    @property
    def cells(self) -> list[str]:
        cells = [self.what, *(f"{1 / seconds:.1f} /s" for seconds in self.took), "", "", ""]
        if self.against and self.target is not None:
            clock, processors = (other / own for own, other in zip(self.took, self.against, strict=True))
            met = "met" if clock >= self.target else "missed"
            cells[3:] = f"{clock:.2f} ({processors:.2f})", f"{self.target:.2f}", met
        return cells


@dataclass(frozen=True)
class Held:
    """A line about memory: the most megabytes that a process held, against how many, and the target."""

    what: str
    megabytes: float
    against: float
    target: float

    @property
    def cells(self) -> list[str]:
        ratio = self.megabytes / self.against
        met = "met" if ratio <= self.target else "missed"
        return [self.what, f"{self.megabytes:.0f} MB", "", f"{ratio:.2f}", f"{self.target:.2f}", met]


class Disagreement(Exception):
    """The engine and the yardstick do not say the same: no time means anything."""


def timed(act: Callable[[], Any]) -> tuple[Any, Took]:
    """What an act gives, and how long it took."""
    clock, processors = time.perf_counter(), time.process_time()
    given = act()
    return given, Took(time.perf_counter() - clock, time.process_time() - processors)


def median(times: Iterable[Took]) -> Took:
    """The medians of some times."""
    return Took(*map(statistics.median, zip(*times, strict=True)))


def interleaved(rounds: int, sides: Mapping[str, Callable[[], object]]) -> dict[str, Took]:
    """The medians of what each side took. In every round each is done once, so that what disturbs one disturbs all."""
    took: dict[str, list[Took]] = {name: [] for name in sides}
    for _round in range(rounds):
        for name, act in sides.items():
            took[name].append(timed(act)[1])
    return {name: median(times) for name, times in took.items()}


def sweep() -> None:
    """Have PostgreSQL sweep up what was taken back, and count its tables, as it does by itself within minutes: until
    then whoever looks up a figure passes by those that were written in vain."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("VACUUM (ANALYZE)")
