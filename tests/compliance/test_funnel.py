"""The limits of the funnel: by hand, by scipy's distributions, and by a second implementation without arrays."""

from dataclasses import replace
from math import exp, lgamma, log, sqrt

import numpy as np
import pytest
from scipy import stats

from compliance.funnel import (
    LEAST_EXPECTED,
    Funnel,
    Standing,
    counts_at,
    dispersion,
    funnel,
    poisson_inverse,
    scale_of,
)
from compliance.intervals import interval

TAILS = (0.001, 0.025, 0.975, 0.999)
# Guard-years and settled leaves of agencies of many sizes, two of them far from the rest.
SIZES = [8, 10, 12, 15, 20, 25, 30, 40, 50, 60, 80, 100, 120, 150, 200, 2]
LEAVES = [2, 9, 3, 14, 5, 22, 8, 60, 12, 48, 25, 75, 30, 105, 70, 4]


def days(years: list[int]) -> list[int]:
    return [365 * one for one in years]


# A second implementation: one agency at a time, sums instead of special functions.


def plain_cdf(r: int, mean: float) -> float:
    return sum(plain_pmf(k, mean) for k in range(r + 1))


def plain_pmf(r: int, mean: float) -> float:
    return exp(-mean + r * log(mean) - lgamma(r + 1))


def plain_inverse(p: float, mean: float) -> float:
    r = 0
    while plain_cdf(r, mean) < p:
        r += 1
    return r - (plain_cdf(r, mean) - p) / plain_pmf(r, mean)


def plain_dispersion(expected: list[float], leaves: list[int]) -> tuple[float, float]:
    z = [sqrt(r) + sqrt(r + 1) - sqrt(4 * e + 1) for e, r in zip(expected, leaves, strict=True)]
    cut = len(z) // 10
    low, high = sorted(z)[cut], sorted(z)[len(z) - 1 - cut]
    phi = sum(min(max(one, low), high) ** 2 for one in z) / len(z)
    w = [4 * e for e in expected]
    tau2 = (len(z) * phi - (len(z) - 1)) / (sum(w) - sum(one * one for one in w) / sum(w))
    return phi, max(tau2, 0.0)


def plain_limit(p: float, mean: float, tau2: float) -> float:
    bound = max(plain_inverse(p, mean) + (1 if p > 0.5 else 0), 0.0)
    middle = sqrt(4 * mean + 1)
    scaled = middle + (sqrt(bound) + sqrt(bound + 1) - middle) * sqrt(1 + 4 * mean * tau2)
    low, high = 0.0, 1e6
    if scaled <= 1:
        return 0.0
    for _ in range(200):
        centre = (low + high) / 2
        low, high = (centre, high) if sqrt(centre) + sqrt(centre + 1) < scaled else (low, centre)
    return low


# By chance alone


@pytest.mark.parametrize("mean", [0.3, 1.0, 3.7, 12.25, 58.0, 140.0])
@pytest.mark.parametrize("p", TAILS)
def test_the_inverse_lies_within_one_event_of_the_quantile_of_scipy(mean, p):
    found = float(poisson_inverse(mean, p))
    r = int(stats.poisson.ppf(p, mean))
    assert r - 1 < found <= r
    assert found == pytest.approx(r - (stats.poisson.cdf(r, mean) - p) / stats.poisson.pmf(r, mean), abs=1e-9)
    assert found == pytest.approx(plain_inverse(p, mean), abs=1e-6)


def test_the_inverse_by_hand():
    # Mean 2: P(R <= 4) = 0.94735, P(R <= 5) = 0.98344, P(R = 5) = 0.03609. 5 - (0.98344 - 0.975) / 0.03609.
    assert float(poisson_inverse(2.0, 0.975)) == pytest.approx(4.76617, abs=1e-4)
    # P(R = 0) = 0.13534 is more than 0.025: 0 - (0.13534 - 0.025) / 0.13534.
    assert float(poisson_inverse(2.0, 0.025)) == pytest.approx(-0.81527, abs=1e-4)


def test_outside_by_chance_alone_is_where_the_agencys_own_interval_does_not_hold_the_line():
    sizes = np.arange(5, 400, 7)
    one = Funnel(line=40.0, guard_years=1000, leaves=400, agencies=9, compared=9, phi=1.0, tau2=0.0)
    for confidence, outside in (
        (0.95, {Standing.OVER, Standing.FAR_OVER, Standing.UNDER, Standing.FAR_UNDER}),
        (0.998, {Standing.FAR_OVER, Standing.FAR_UNDER}),
    ):
        for years in sizes.tolist():
            counts = np.arange(0, 3 * years)
            low, high = interval(counts, np.full(len(counts), 365 * years), confidence)
            standings = one.standings(np.full(len(counts), 365 * years), counts)
            if standings[0] == Standing.SMALL:
                continue
            assert [one in outside for one in standings] == ((low > 40) | (high < 40)).tolist()


def test_limits_are_rates_of_the_bounds_and_close_in_on_the_line():
    found = funnel(days(SIZES), LEAVES).by_chance_alone
    limits = found.limits([10, 100, 1000])
    assert limits.over[0] == pytest.approx(100 * (plain_inverse(0.975, found.line / 10) + 1) / 10, abs=1e-6)
    assert limits.far_under[2] == pytest.approx(100 * (float(poisson_inverse(found.line * 10, 0.001))) / 1000)
    assert limits.far_over[0] > limits.over[0] > limits.over[2] > found.line > limits.under[2] > limits.under[0]


def test_a_lower_limit_is_zero_up_to_the_least_size_and_above_it_from_there():
    found = funnel(days(SIZES), LEAVES).by_chance_alone
    assert found.least_guard_years == pytest.approx(100 * 3.688879 / found.line, rel=1e-5)
    below, above = found.limits([found.least_guard_years * 0.99, found.least_guard_years * 1.01]).under
    assert below == 0 < above
    assert exp(-LEAST_EXPECTED) == pytest.approx(0.025)


# With what agencies differ by


def test_phi_and_tau2_are_those_of_the_second_implementation():
    found = funnel(days(SIZES), LEAVES)
    line = 100 * sum(LEAVES) / sum(SIZES)
    assert found.line == pytest.approx(line)
    large = [(line * size / 100, left) for size, left in zip(SIZES, LEAVES, strict=True) if line * size / 100 >= 3.689]
    phi, tau2 = plain_dispersion([one for one, _ in large], [left for _, left in large])
    assert (found.phi, found.tau2) == (pytest.approx(phi), pytest.approx(tau2))
    assert found.compared == len(large) == 15 and found.agencies == 16
    assert phi > 1 and tau2 > 0


def test_phi_and_tau2_by_hand():
    # Two agencies, four leaves expected of each: z = sqrt(9) + sqrt(10) - sqrt(17), and sqrt(0) + sqrt(1) - sqrt(17).
    z = [3 + sqrt(10) - sqrt(17), 1 - sqrt(17)]
    phi = (z[0] ** 2 + z[1] ** 2) / 2
    # Weights 16 and 16: sum w - sum w^2 / sum w = 32 - 512 / 32 = 16.
    assert dispersion(np.array([4.0, 4.0]), [9, 0]) == (pytest.approx(phi), pytest.approx((2 * phi - 1) / 16))


def test_the_tenth_part_at_either_end_is_drawn_in():
    expected = np.full(10, 25.0)
    calm = [25] * 9
    assert dispersion(expected, [*calm, 400]) == dispersion(expected, [*calm, 25])
    nine = dispersion(expected[:9], [*calm[:8], 400])[0]
    assert nine is not None and nine > 50


@pytest.mark.parametrize("p", TAILS)
def test_additive_limits_are_those_of_the_second_implementation(p):
    found = funnel(days(SIZES), LEAVES)
    sides = dict(zip(TAILS, ("far_under", "under", "over", "far_over"), strict=True))
    for years in (4, 12, 60, 150):
        limit = getattr(found.limits([years]), sides[p])[0]
        assert limit == pytest.approx(100 * plain_limit(p, found.line * years / 100, found.tau2) / years, abs=1e-6)


def test_additive_limits_hold_those_by_chance_alone_and_do_not_close_in_on_the_line():
    wide = funnel(days(SIZES), LEAVES)
    narrow = wide.by_chance_alone
    sizes = np.geomspace(2, 5000, 60)
    assert (wide.limits(sizes).over > narrow.limits(sizes).over).all()
    assert (wide.limits(sizes).far_under <= narrow.limits(sizes).far_under).all()
    huge = wide.limits([1e7]).over[0]
    assert huge == pytest.approx(wide.spread[1], rel=1e-2)
    assert narrow.limits([1e7]).over[0] == pytest.approx(wide.line, rel=1e-2)


def test_without_difference_the_additive_limits_are_those_by_chance_alone():
    same = funnel(days([20] * 12), [10] * 12)
    assert (same.tau2, same.spread) == (0.0, (50.0, 50.0))
    assert same.limits([20]).over[0] == pytest.approx(100 * (plain_inverse(0.975, 10.0) + 1) / 20)
    assert same.standings(days([20] * 12), [10] * 12) == [Standing.INSIDE] * 12


def test_an_agency_far_from_alike_ones_is_told_at_either_end():
    sizes, leaves = [50] * 20, [25] * 18 + [60, 3]
    found = funnel(days(sizes), leaves).standings(days(sizes), leaves)
    assert found == [Standing.INSIDE] * 18 + [Standing.FAR_OVER, Standing.FAR_UNDER]


def test_between_95_and_998_percent_an_agency_is_outside_the_inner_limits_alone():
    one = Funnel(line=50.0, guard_years=1000, leaves=500, agencies=20, compared=20, phi=1.0, tau2=0.0)
    # Ten are expected: P(R >= 17) = 0.0270, P(R >= 18) = 0.0143, P(R >= 21) = 0.0016, P(R >= 22) = 0.0007.
    counts = [16, 17, 18, 21, 22, 4, 3, 2, 1, 0]
    assert one.standings([7300] * 10, counts) == [
        Standing.INSIDE,
        Standing.INSIDE,
        Standing.OVER,
        Standing.OVER,
        Standing.FAR_OVER,
        Standing.INSIDE,
        Standing.UNDER,
        Standing.UNDER,
        Standing.FAR_UNDER,
        Standing.FAR_UNDER,
    ]
    wide = replace(one, tau2=0.05)
    assert wide.standings([7300] * 2, [18, 22]) == [Standing.INSIDE, Standing.INSIDE]


def test_the_scale_and_its_inverse_lead_back():
    counts = np.array([0.0, 0.4, 1, 7, 1000])
    assert counts_at(scale_of(counts)) == pytest.approx(counts)
    assert counts_at(np.array([0.3, -2.0])).tolist() == [0, 0]


# Few agencies, or nothing to tell


def test_no_agency_has_no_line():
    found = funnel([], [])
    assert (found.line, found.least_guard_years, found.phi, found.tau2, found.compared) == (None, None, None, 0.0, 0)
    assert found.standings([], []) == []


def test_nobody_served():
    found = funnel([0, 0], [0, 0])
    assert (found.line, found.agencies) == (None, 0)
    assert found.standings([0, 0], [0, 0]) == [Standing.SMALL, Standing.SMALL]


def test_nobody_left():
    found = funnel(days([50, 20]), [0, 0])
    assert (found.line, found.least_guard_years, found.phi, found.tau2) == (0.0, None, None, 0.0)
    assert found.standings(days([50, 20]), [0, 0]) == [Standing.SMALL, Standing.SMALL]


def test_one_agency_is_its_own_line():
    found = funnel(days([100]), [50])
    assert (found.line, found.compared, found.tau2) == (50.0, 1, 0.0)
    assert found.standings(days([100]), [50]) == [Standing.INSIDE]


def test_small_agencies_count_for_the_line_and_for_nothing_else():
    alone, joined = funnel(days([100, 100]), [50, 50]), funnel(days([100, 100, 2]), [50, 50, 1])
    assert (joined.line, joined.compared, joined.phi) == (alone.line, 2, alone.phi)
    assert joined.standings(days([2]), [9]) == [Standing.SMALL]
