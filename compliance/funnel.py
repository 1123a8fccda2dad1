"""Whose guards leave more often than chance explains: agencies of all sizes against one line, with limits around it.

Pure functions over arrays: days of service and settled leaves of each agency in, one line and its limits out. After
Spiegelhalter, "Funnel plots for comparing institutional performance", Statistics in Medicine 2005; 24: 1185-1202, and
"Handling over-dispersion of performance indicators", Quality and Safety in Health Care 2005; 14: 347-351.

    line       100 * all leaves / all guard-years, percent a year; E = line / 100 * an agency's guard-years is what it
               would have at the line
    limits     by chance alone, the inverse of the Poisson distribution with mean E at p, between whole numbers
               interpolated as there: r is the smallest number with P(R <= r) >= p, a = (P(R <= r) - p) / P(R = r); the
               lower limit is r - a leaves, the upper one the same seen from above, r - a + 1
    z          how far an agency is from the line: sqrt(R) + sqrt(R+1) - sqrt(4E+1) (Freeman and Tukey 1950)
    phi        the mean square of z, the tenth part at either end drawn in to the value next to it (winsorised)
    tau2       by how much agencies differ beyond chance, by the method of moments (DerSimonian and Laird 1986) with
               weights w = 4E: (n phi - (n-1)) / (sum w - sum w^2 / sum w), or 0 where that is negative
    additive   the distance of each limit from the line, on the scale of z, times sqrt(1 + 4E tau2)

With tau2 = 0 the additive limits are those by chance alone. An agency is outside the limits by chance alone exactly
where its own Garwood interval does not hold the line. Why the scale, why no smaller agencies: docs/adr/0096.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from math import log, sqrt

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import ndtri, pdtr, pdtrik

from compliance.intervals import DAYS_OF_YEAR

Floats = NDArray[np.float64]

INNER, OUTER = 0.95, 0.998
WINSORISED = 0.1
#: The expected leaves from which on no leave at all is below the inner limit: exp(-E) < 0.025.
LEAST_EXPECTED = -log((1 - INNER) / 2)


class Standing(StrEnum):
    """Where an agency stands: too small to be told from the line both ways, within the limits, or outside them."""

    FAR_OVER = "far_over"
    OVER = "over"
    INSIDE = "inside"
    UNDER = "under"
    FAR_UNDER = "far_under"
    SMALL = "small"


#: Each by a number, those above the line first.
RANKS = {standing: rank for rank, standing in enumerate(Standing)}


@dataclass(frozen=True)
class Limits:
    """The limits of agencies of some sizes, percent a year: `far_` those at 99.8 %, the others at 95 %."""

    far_under: Floats
    under: Floats
    over: Floats
    far_over: Floats


@dataclass(frozen=True)
class Funnel:
    """The line of some agencies and how much they differ beyond chance.

    `line` is None where nobody served. `compared` agencies are large enough to say anything; `phi` is of them, None
    without any. `tau2` widens the limits; 0 leaves those by chance alone.
    """

    line: float | None
    guard_years: float
    leaves: int
    agencies: int
    compared: int
    phi: float | None
    tau2: float

    @property
    def by_chance_alone(self) -> Funnel:
        return replace(self, tau2=0.0)

    @property
    def least_guard_years(self) -> float | None:
        """The size from which on an agency can be told from the line both ways; None where nobody left."""
        return 100 * LEAST_EXPECTED / self.line if self.line else None

    @property
    def spread(self) -> tuple[float, float]:
        """Between which rates those of 95 of 100 agencies lie, chance taken away, percent a year."""
        reach = float(ndtri((1 + INNER) / 2)) * sqrt(self.tau2)
        return (self.line or 0.0) * max(1 - reach, 0.0) ** 2, (self.line or 0.0) * (1 + reach) ** 2

    def expected(self, guard_years: ArrayLike) -> Floats:
        """The leaves of agencies of some sizes at the line."""
        return np.asarray(guard_years, dtype=np.float64) * (self.line or 0.0) / 100

    def limits(self, guard_years: ArrayLike) -> Limits:
        """The limits of agencies of some sizes above 0."""
        years = np.asarray(guard_years, dtype=np.float64)
        counts = [100 * self._bound(self.expected(years), p) / years for p in _probabilities()]
        return Limits(*counts)

    def standings(self, person_days: ArrayLike, leaves: ArrayLike) -> list[Standing]:
        """Where each agency stands; no leaves say nothing where nobody is expected to leave."""
        expected, count = self.expected(np.asarray(person_days) / DAYS_OF_YEAR), np.asarray(leaves)
        found = np.full(len(expected), Standing.SMALL, dtype=object)
        large = expected >= LEAST_EXPECTED
        far_under, under, over, far_over = (self._bound(expected[large], p) for p in _probabilities())
        held = count[large]
        found[large] = np.select(
            [held > far_over, held > over, held < far_under, held < under],
            [Standing.FAR_OVER, Standing.OVER, Standing.FAR_UNDER, Standing.UNDER],
            Standing.INSIDE,
        )
        return [Standing(one) for one in found.tolist()]

    def _bound(self, expected: Floats, p: float) -> Floats:
        """The number of leaves beyond which an agency is outside, on the side where p lies."""
        bound = np.maximum(poisson_inverse(expected, p) + (p > 0.5), 0.0)
        middle = np.sqrt(4 * expected + 1)
        return counts_at(middle + (scale_of(bound) - middle) * np.sqrt(1 + 4 * expected * self.tau2))


def funnel(person_days: ArrayLike, leaves: ArrayLike) -> Funnel:
    """The line of some agencies, and what they differ by beyond chance, from days of service and settled leaves."""
    days, count = np.asarray(person_days, dtype=np.float64), np.asarray(leaves, dtype=np.int64)
    years, total = float(days.sum()) / DAYS_OF_YEAR, int(count.sum())
    line = 100 * total / years if years else None
    expected = days / DAYS_OF_YEAR * (line or 0.0) / 100
    large = expected >= LEAST_EXPECTED
    phi, tau2 = dispersion(expected[large], count[large])
    return Funnel(line, years, total, int((days > 0).sum()), int(large.sum()), phi, tau2)


def poisson_inverse(expected: ArrayLike, p: float) -> Floats:
    """The number of events that a Poisson count of some mean does not exceed with probability p, between whole numbers
    interpolated: below 0, and more than -1, where p is less than the probability of 0. Each distinct mean is solved
    once."""
    mean, where = np.unique(np.asarray(expected, dtype=np.float64), return_inverse=True)
    safe = np.where(mean > 0, mean, 1.0)
    r = np.maximum(np.ceil(pdtrik(p, safe)), 0)
    below = np.maximum(r - 1, 0)
    r = np.where(pdtr(below, safe) >= p, below, r)
    up_to, up_to_before = pdtr(r, safe), np.where(r > 0, pdtr(np.maximum(r - 1, 0), safe), 0.0)
    found = np.where(mean > 0, r - (up_to - p) / (up_to - up_to_before), p - 1.0)
    return found[where].reshape(np.shape(expected))


def scale_of(count: ArrayLike) -> Floats:
    """A count on the scale on which chance spreads all counts alike, with variance 1 (Freeman and Tukey)."""
    return np.sqrt(count) + np.sqrt(np.asarray(count, dtype=np.float64) + 1)


def counts_at(scaled: Floats) -> Floats:
    """The count at a place on that scale; 0 below it."""
    scaled = np.maximum(scaled, 1.0)
    return ((scaled - 1 / scaled) / 2) ** 2


def dispersion(expected: Floats, leaves: ArrayLike) -> tuple[float | None, float]:
    """phi and tau2 of some agencies, from the leaves expected and those that were."""
    many = len(expected)
    if not many:
        return None, 0.0
    z = np.sort(scale_of(leaves) - np.sqrt(4 * expected + 1))
    drawn_in = int(WINSORISED * many)
    z = np.clip(z, z[drawn_in], z[many - 1 - drawn_in])
    phi = float((z**2).mean())
    weights = 4 * expected
    room = weights.sum() - (weights**2).sum() / weights.sum()
    return phi, max(float((many * phi - (many - 1)) / room), 0.0) if many > 1 else 0.0


def _probabilities() -> Sequence[float]:
    """The tails of the limits, from the lowest to the highest."""
    return (1 - OUTER) / 2, (1 - INNER) / 2, (1 + INNER) / 2, (1 + OUTER) / 2
