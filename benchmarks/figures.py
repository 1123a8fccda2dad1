"""The figures of all levels against DuckDB: from arrays, from the database, and as a series of months."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from typing import Any

import numpy as np

from benchmarks.timing import Disagreement, Line, interleaved
from benchmarks.yardstick import Figures, Yardstick
from compliance.blocks import measure_blocks
from compliance.register import Register, joined, read_blocks, read_register
from compliance.series import Part, Series, add_parts, count_days, month_ends, series
from compliance.turnover import DEFAULT_TERMS, KEY_COLUMNS, KEYS_OF_LEVEL, Level, Table

ROWS_AT_ONCE = 250_000
CONFIDENCE = DEFAULT_TERMS["school"].confidence


def figures(day: date, rounds: int, months: int) -> Iterator[Line]:
    """Measure, once every figure of every owner was found to agree on the day and on every month's end."""
    blocks, register = list(read_blocks(day)), read_register(day)
    yardstick = Yardstick(register, CONFIDENCE)
    print(f"{len(register.rows):,} rows, {yardstick.about}", flush=True)
    print(f"{_agree(engine(blocks, day), yardstick, day):,} owners agree on the day", flush=True)
    ends = month_ends(day, months) if months else []
    if ends:
        print(f"{_agreed(yardstick, ends):,} owners agree on {len(ends)} month ends", flush=True)
    yield from _one_day(blocks, yardstick, day, rounds)
    if ends:
        yield from _series(yardstick, ends, max(1, rounds // 3))


def engine(blocks: Iterable[Register], day: date) -> dict[Level, Table]:
    """The figures of a day, by the terms that apply where no clause says otherwise."""
    return {level: table for (level, _), table in measure_blocks(blocks, day, list(DEFAULT_TERMS.items())).items()}


def _one_day(blocks: list[Register], yardstick: Yardstick, day: date, rounds: int) -> Iterator[Line]:
    took = interleaved(
        rounds,
        {
            "duckdb": lambda: yardstick.measure(day.toordinal(), DEFAULT_TERMS),
            "engine": lambda: engine(blocks, day),
            "database": lambda: engine(read_blocks(day), day),
        },
    )
    yield Line("DuckDB: all figures of one day, in memory", took["duckdb"])
    yield Line("engine: all figures of one day, in memory", took["engine"], took["duckdb"].clock, 1.0)
    yield Line("from the database to all figures of one day", took["database"], took["duckdb"].clock, 1.75)


def _agreed(yardstick: Yardstick, ends: list[date]) -> int:
    """How many owners agree, month by month."""
    found = _months(ends)
    return sum(_agree(_tables(found, at), yardstick, end) for at, end in enumerate(ends))


def _series(yardstick: Yardstick, ends: list[date], rounds: int) -> Iterator[Line]:
    def by_duckdb() -> None:
        for end in ends:
            yardstick.measure(end.toordinal(), DEFAULT_TERMS)

    took = interleaved(rounds, {"duckdb": by_duckdb, "engine": lambda: _all_tables(_months(ends))})
    yield Line(f"DuckDB: a series of {len(ends)} months, in memory", took["duckdb"])
    yield Line(f"from the database to a series of {len(ends)} months", took["engine"], took["duckdb"].clock, 0.75)


def _months(ends: list[date]) -> dict[Level, Series]:
    """All figures of all owners, months across, from the database."""
    days, terms = [end.toordinal() for end in ends], [dict(DEFAULT_TERMS)] * len(ends)
    counted: dict[Level, Part] = {}
    for register in _bundles(ends[-1]):
        by = register.calendars, register.region_of_school, days, terms
        counted = add_parts(counted, count_days(register.rows, *by))
    return series(counted, days, terms)


def _bundles(day: date) -> Iterator[Register]:
    """The country in some parts, many guards at once: each part costs its time."""
    waiting: list[Register] = []
    for block in read_blocks(day):
        waiting.append(block)
        if sum(len(one.rows) for one in waiting) >= ROWS_AT_ONCE:
            yield joined(waiting)
            waiting = []
    if waiting:
        yield joined(waiting)


def _tables(found: Mapping[Level, Series], position: int) -> dict[Level, Table]:
    return {level: series.table(position) for level, series in found.items()}


def _all_tables(found: Mapping[Level, Series]) -> list[dict[Level, Table]]:
    """All figures of all months: rates and intervals too."""
    return [_tables(found, position) for position in range(len(found["school"].days))]


def _agree(tables: Mapping[Level, Table], yardstick: Yardstick, day: date) -> int:
    """How many owners have figures, all of which agree. Whole numbers to the last one, fractions to twelve digits."""
    other = yardstick.measure(day.toordinal(), DEFAULT_TERMS)
    return sum(_same(table, other[level], day) for level, table in tables.items())


def _same(table: Table, other: Figures, day: date) -> int:
    names = [name for name in vars(table) if name != "level"]
    for name in names:
        if name in KEY_COLUMNS and name not in KEYS_OF_LEVEL[table.level]:
            continue
        ours, theirs = getattr(table, name), _plain(other[name])
        if ours.shape != theirs.shape or not _equal(ours, theirs):
            raise Disagreement(f"{name} at level {table.level} on {day}: {ours} {theirs}")
    return len(table)


def _plain(column: Any) -> np.ndarray:
    """What is empty, masked by DuckDB, as NaN."""
    if isinstance(column, np.ma.MaskedArray):
        return column.astype(np.float64).filled(np.nan) if column.mask.any() else column.data
    return np.asarray(column)


def _equal(ours: np.ndarray, theirs: np.ndarray) -> bool:
    if ours.dtype.kind == "f":
        return bool(np.allclose(ours, theirs.astype(np.float64), rtol=1e-12, atol=0, equal_nan=True))
    return bool((ours == theirs).all())
