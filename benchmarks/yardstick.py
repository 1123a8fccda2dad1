"""The yardstick: the definition of turnover as SQL, computed by DuckDB over tables in memory.

It shares nothing with the engine but what both are given: the rows, which calendar and region a school has, and two
tables that a database has no function for: how many days a calendar was open up to each day, and the exact bounds of a
Poisson count.
"""

from collections.abc import Mapping
from typing import Any

import duckdb
import numpy as np

from compliance.intervals import poisson_bounds
from compliance.register import Register
from compliance.turnover import END_REASONS, KEYS_OF_LEVEL, OPEN, Level, Terms
from compliance.turnover import GRAIN_OF_LEVEL as GRAINS

PLACES = {"school": "school", "agency_school": "agency, school"}

SPELLS = """
CREATE OR REPLACE TEMP TABLE spells AS
WITH counted AS (
    SELECT guard, agency, school, region, calendar, first, least(last, $today + 1) AS last, reason, accepted,
        row_number() OVER so_far AS number,
        max(least(last, $today + 1)) OVER (so_far ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS reached
    FROM rows JOIN schools USING (school)
    WHERE NOT relief AND first <= $today
    WINDOW so_far AS (PARTITION BY guard, {place} ORDER BY first, ident)
), parted AS (
    SELECT counted.*,
        reached IS NULL OR (first > reached + 1 AND next.opened - gone.opened >= $gap) AS begins
    FROM counted
    LEFT JOIN open_days gone ON gone.cell = counted.calendar + reached AND first > reached + 1
    LEFT JOIN open_days next ON next.cell = counted.calendar + first - 1 AND first > reached + 1
), numbered AS (
    SELECT *, sum(begins::INT) OVER (PARTITION BY guard, {place} ORDER BY number ROWS UNBOUNDED PRECEDING) AS spell
    FROM parted
), merged AS (
    SELECT guard, school, any_value(region) AS region, any_value(calendar) AS calendar,
        min(first) AS first, max(last) AS last,
        arg_max({{'agency': agency, 'reason': reason, 'accepted': accepted}}, last::BIGINT * 1000000 + number) AS ending
    FROM numbered GROUP BY guard, {place}, spell
)
SELECT guard, ending.agency AS agency, school, region, calendar, first, last, last > $today AS open,
    last >= $start AND last <= $today AS gone,
    last >= $start AND last <= $today AND NOT (ending.accepted AND list_contains($excused, ending.reason)) AS net,
    last <= $today AND today.opened - since.opened >= $gap AS settled,
    first <= $start AND last >= $start AS starting
FROM merged
LEFT JOIN open_days today ON today.cell = merged.calendar + $today AND last <= $today
LEFT JOIN open_days since ON since.cell = merged.calendar + last AND last <= $today
"""

NEXT = """
CREATE OR REPLACE TEMP TABLE leaves AS
WITH asked AS (
    SELECT row_number() OVER () AS leave, guard, agency, school, region, last,
        greatest(coalesce(nth.day, $open), last + 1) AS back_by
    FROM (
        SELECT spells.*, opened FROM spells JOIN open_days ON open_days.cell = spells.calendar + last WHERE gone
    ) AS of_day
    LEFT JOIN nth_days nth ON nth.calendar = of_day.calendar AND nth.number = opened + $gap
)
SELECT any_value(asked.agency) AS agency, any_value(asked.school) AS school, any_value(region) AS region,
    coalesce(bool_or(after.school = asked.school), false) AND $between_agencies AS kept,
    coalesce(bool_or(after.agency = asked.agency), false) AS moved
FROM asked
LEFT JOIN (SELECT * FROM rows WHERE NOT relief AND first <= $today AND last >= $start) AS after
    ON after.guard = asked.guard AND after.last > asked.last AND after.first <= asked.back_by
GROUP BY leave
"""

FIGURES = """
WITH faces AS (
    SELECT {keys}, count(DISTINCT guard) FILTER (WHERE last >= $start) AS distinct_guards
    FROM rows JOIN schools USING (school) WHERE first <= $today GROUP BY {keys}
), kinds AS (
    SELECT {keys}, count(*) FILTER (WHERE kept) AS kept, count(*) FILTER (WHERE moved AND NOT kept) AS moved,
        count(*) FILTER (WHERE NOT moved AND NOT kept) AS "left"
    FROM leaves GROUP BY {keys}
), serving AS (
    SELECT DISTINCT guard, {place} FROM spells WHERE last >= $today
), staying AS (
    SELECT {keys}, count(*) AS staying_guards
    FROM spells SEMI JOIN serving USING (guard, {place}) WHERE starting GROUP BY {keys}
), counts AS (
    SELECT {keys},
        count(*) FILTER (WHERE gone) AS gross_left,
        count(*) FILTER (WHERE net) AS net_left,
        count(*) FILTER (WHERE net AND settled) AS settled_left,
        sum(greatest(least(last, $today) - greatest(first, $start) + 1, 0)) AS person_days,
        sum(greatest(least(last, $today) - greatest(first + $seasoned, $start) + 1, 0)) AS seasoned_days,
        count(*) FILTER (WHERE open) AS open_spells,
        median($today - first + 1) FILTER (WHERE open) AS median_tenure_days,
        count(*) FILTER (WHERE starting) AS starting_guards
    FROM spells GROUP BY {keys}
), whole AS (
    SELECT {keys}, distinct_guards, median_tenure_days,
        coalesce(gross_left, 0) AS gross_left, coalesce(net_left, 0) AS net_left,
        coalesce(settled_left, 0) AS settled_left, coalesce(person_days, 0)::BIGINT AS person_days,
        coalesce(seasoned_days, 0)::BIGINT AS seasoned_days, coalesce(open_spells, 0) AS open_spells,
        coalesce(starting_guards, 0) AS starting_guards, coalesce(staying_guards, 0) AS staying_guards,
        coalesce(moved, 0) AS moved, coalesce(kept, 0) AS kept, coalesce("left", 0) AS "left"
    FROM faces LEFT JOIN counts USING ({keys}) LEFT JOIN kinds USING ({keys}) LEFT JOIN staying USING ({keys})
)
SELECT {keys}, person_days > 0 AS measurable, person_days, person_days / $window AS average_headcount, gross_left,
    gross_left - net_left AS excused_left, net_left, net_left - settled_left AS provisional_left, settled_left,
    36500e0 * net_left / nullif(person_days, 0) AS rate,
    36500e0 * of_net.low / nullif(person_days, 0) AS rate_low,
    36500e0 * of_net.high / nullif(person_days, 0) AS rate_high,
    36500e0 * settled_left / nullif(person_days, 0) AS settled_rate,
    36500e0 * of_settled.low / nullif(person_days, 0) AS settled_low,
    distinct_guards, seasoned_days, seasoned_days / nullif(person_days, 0) AS continuity,
    open_spells, median_tenure_days, starting_guards, staying_guards,
    staying_guards / nullif(starting_guards, 0) AS stability, moved, kept, "left"
FROM whole
JOIN bounds of_net ON of_net.count = net_left
JOIN bounds of_settled ON of_settled.count = settled_left
ORDER BY {keys}
"""

Figures = dict[str, Any]


class Yardstick:
    """A register in DuckDB's memory. What is done on opening is not part of any time."""

    def __init__(self, register: Register, confidence: float) -> None:
        self._connection = duckdb.connect()
        self._confidence = confidence
        for name, columns in _tables(register, confidence).items():
            self._connection.register("given", columns)
            self._connection.query("FROM given").create(name)
            self._connection.unregister("given")

    @property
    def about(self) -> str:
        """Its version, and how many processors it takes."""
        threads = self._connection.execute("SELECT current_setting('threads')").fetchall()[0][0]
        return f"DuckDB {duckdb.__version__}, {threads} threads"

    def measure(self, today: int, terms: Mapping[Level, Terms]) -> dict[Level, Figures]:
        """The figures of a day, by level and column: spells once for each grain, as the engine has them."""
        found: dict[Level, Figures] = {}
        for grain, place in PLACES.items():
            of_grain = [level for level in terms if GRAINS[level] == grain]
            if not of_grain:
                continue
            shared = terms[of_grain[0]]
            if any(terms[level] != shared for level in of_grain) or shared.confidence != self._confidence:
                raise ValueError("The yardstick measures levels of one grain by the same terms.")
            given = _parameters(today, shared)
            self._run(SPELLS.format(place=place), given)
            self._run(NEXT, {**given, "between_agencies": grain == "agency_school"})
            for level in of_grain:
                keys = ", ".join(KEYS_OF_LEVEL[level])
                found[level] = self._run(FIGURES.format(keys=keys, place=place), given).fetchnumpy()
        return found

    def _run(self, statement: str, given: Mapping[str, Any]) -> duckdb.DuckDBPyConnection:
        return self._connection.execute(
            statement, {name: value for name, value in given.items() if f"${name}" in statement}
        )


def _parameters(today: int, terms: Terms) -> dict[str, Any]:
    return {
        "today": today,
        "start": today - terms.window_days + 1,
        "window": terms.window_days,
        "gap": terms.gap_open_days,
        "seasoned": terms.seasoned_days,
        "open": OPEN,
        "excused": [END_REASONS.index(reason) for reason in sorted(terms.excused)],
    }


def _tables(register: Register, confidence: float) -> dict[str, Any]:
    """The tables by name, each as its columns. `cell` is a calendar and a day in one number."""
    rows, calendars = register.rows, register.calendars
    low, high = calendars.low_day, calendars.high_day
    # Far enough apart that calendar and day together name one day of one calendar.
    step = 10_000_000
    kept = np.array(sorted(register.region_of_school))
    day = np.arange(low - 1, high + 1)
    counts = np.arange(len(rows) + 1)
    lower, upper = poisson_bounds(counts[:100_000], confidence)
    calendar_of_day = np.repeat(np.arange(len(calendars.opened)), np.diff(calendars.offsets))
    return {
        "rows": {
            name: getattr(rows, name)
            for name in ("guard", "agency", "school", "first", "last", "relief", "reason", "accepted", "ident")
        },
        "schools": {
            "school": kept,
            "region": np.array([register.region_of_school[school] for school in kept.tolist()]),
            "calendar": calendars.of_schools(kept) * step,
        },
        "open_days": {
            "cell": (np.arange(len(calendars.opened))[:, None] * step + day).ravel(),
            "opened": calendars.opened.ravel(),
        },
        "nth_days": {
            "calendar": calendar_of_day * step,
            "number": np.arange(len(calendars.days)) - calendars.offsets[calendar_of_day] + 1,
            "day": calendars.days,
        },
        "bounds": {"count": counts[: len(lower)], "low": lower, "high": upper},
    }
