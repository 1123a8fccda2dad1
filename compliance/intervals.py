"""How sure a rate is: the exact interval of a Poisson count (Garwood 1936)."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import gammaincinv

DAYS_OF_YEAR = 365
# Counts below this are those of nearly every school and agency.
SMALL = 128


def yearly_rate(left: ArrayLike, person_days: ArrayLike) -> NDArray[np.float64]:
    """Leaves in percent a year: `100 * left / (person_days / 365)`; NaN (not measurable) where nobody served.

    This is `100 * left / average_headcount * 365 / window_days` with the window's length cancelled. One division of
    whole numbers is rounded once, so a rate that equals a limit is equal to it here too.
    """
    # As fractions, which are exact far beyond any count: whole numbers of four bytes would not hold it.
    count = np.multiply(left, 100 * DAYS_OF_YEAR, dtype=np.float64)
    days = np.asarray(person_days, dtype=np.float64)
    return np.divide(count, days, out=np.full(np.broadcast(count, days).shape, np.nan), where=days > 0)


def poisson_bounds(count: ArrayLike, confidence: float) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """The smallest and largest mean that a Poisson count k is compatible with, where a = 1 - confidence:
    `chi2.ppf(a/2, 2k)/2` and `chi2.ppf(1-a/2, 2k+2)/2`.

    Written with the inverse of the incomplete gamma function, `chi2.ppf(p, 2k)/2 = gammaincinv(k, p)`. The lower bound
    of 0 is 0. Each distinct count is solved once, a small one once and for all.
    """
    every = np.asarray(count)
    if every.dtype.kind in "iu" and every.max(initial=0) < SMALL:
        low, high = _small_bounds(confidence)
        return low[every], high[every]
    counts, where = np.unique(every, return_inverse=True)
    low, high = _bounds(counts, confidence)
    return low[where], high[where]


@lru_cache(maxsize=32)
def _small_bounds(confidence: float) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    return _bounds(np.arange(SMALL), confidence)


def _bounds(counts: NDArray, confidence: float) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    tail = (1 - confidence) / 2
    low = np.where(counts > 0, gammaincinv(np.maximum(counts, 1), tail), 0.0)
    return low, gammaincinv(counts + 1, 1 - tail)


def interval(
    left: ArrayLike, person_days: ArrayLike, confidence: float = 0.95
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """The low and high end of the yearly rate of `left` leaves in `person_days` days, in percent a year.

    Both are NaN where `person_days` is 0. Arrays of one shape, or scalars.
    """
    low, high = poisson_bounds(left, confidence)
    return yearly_rate(low, person_days), yearly_rate(high, person_days)
