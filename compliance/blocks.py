"""The figures of the country in the memory of a part of it: counted block by block of guards, and added up."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace
from datetime import date

import numpy as np

from compliance.keys import small
from compliance.register import Register
from compliance.turnover import Counts, Known, Level, Table, Terms, count, day_number, grouped, total

# A level, and the terms that it is measured by.
Asked = tuple[Level, Terms]
# What so many blocks counted is added up at once.
ADDED_AT_ONCE = 8


def measure_blocks(
    blocks: Iterable[Register], as_of: date | int, asked: Collection[Asked], *, followed: bool = True
) -> dict[Asked, Table]:
    """The figures of every key on a day, as `measure` has them of all rows at once, for each level and its terms;
    what guards who left did next is counted where it is asked, `followed`.

    Each guard, with all his rows, stands in one of the blocks.
    """
    today = day_number(as_of)
    parts: dict[Asked, list[Counts]] = {each: [] for each in asked}
    for block in blocks:
        rows = block.rows.take(block.rows.first <= today)
        known = Known(rows, block.calendars, block.region_of_school, today)
        for each, counted in parts.items():
            counted.append(_held(count(known, *each, followed=followed)))
            if len(counted) == ADDED_AT_ONCE:
                counted[:] = [added(counted)]
    # One level after another: what was counted of a level goes when its figures are there.
    return {each: added(parts.pop(each)).table(*each) for each in list(parts)}


def _held(counts: Counts) -> Counts:
    """What was counted of a block, as it waits for the others: half as large."""
    return replace(counts, totals={name: small(column) for name, column in counts.totals.items()})


def added(parts: Sequence[Counts]) -> Counts:
    """What parts counted together. No guard occurs in two of them."""
    if len(parts) == 1:
        return parts[0]
    keys, group = grouped([np.concatenate(column) for column in zip(*(part.keys for part in parts), strict=True)])
    position = np.split(group, np.cumsum([len(part.keys[0]) for part in parts])[:-1])
    return Counts(
        keys=keys,
        totals={
            name: small(total(group, len(keys[0]), np.concatenate([part.totals[name] for part in parts])))
            for name in parts[0].totals
        },
        group=np.concatenate([at[part.group] for at, part in zip(position, parts, strict=True)]).astype(np.int32),
        tenure=np.concatenate([part.tenure for part in parts]),
    )
