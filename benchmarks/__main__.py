"""`make bench`: how fast the product is, as ratios of medians of sides that took turns in one run.

It makes a country of its own (`SCALE=national`, `region` or `small`) in a SQLite file that is thrown away; with
DATABASE_URL it measures the demonstration country there, which was judged before, and leaves it as it was.
"""

import argparse
import os
import platform
import resource
import sys
from collections.abc import Collection, Iterator
from typing import Any

from benchmarks.country import country

PARTS = ("figures", "eligibility", "change", "evaluation", "pages")


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--scale", choices=("small", "region", "national"), default="national")
    parser.add_argument("--rounds", type=int, default=9, help="how often each side is done; the median counts")
    parser.add_argument("--months", type=int, default=60, help="length of the series; 0 leaves it out")
    parser.add_argument("--only", choices=PARTS, nargs="+", default=PARTS, help="parts to measure; all")
    options = parser.parse_args()
    with country(options.scale):
        print(_machine(), flush=True)
        for line in _measured(options.only, options.rounds, options.months):
            print(_told(line), flush=True)
        print(f"Most memory held: {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB")


def _measured(parts: Collection[str], rounds: int, months: int) -> Iterator[Any]:
    from django.utils import timezone

    from benchmarks.change import change
    from benchmarks.eligibility import eligibility
    from benchmarks.evaluation import evaluation
    from benchmarks.figures import figures
    from benchmarks.pages import pages

    day = timezone.localdate()
    if "figures" in parts:
        yield from figures(day, rounds, months)
    if "eligibility" in parts:
        yield from eligibility(day, rounds)
    if "change" in parts:
        yield from change(day, rounds)
    if "evaluation" in parts:
        yield from evaluation(day)
    if "pages" in parts:
        yield from pages(rounds)


def _machine() -> str:
    from django.db import connection
    from django.utils import timezone

    return (
        f"{timezone.localtime():%Y-%m-%d %H:%M}, {platform.machine()}, {os.cpu_count()} processors, load "
        f"{os.getloadavg()[0]:.1f}, Python {sys.version.split()[0]}, {connection.vendor}"
    )


def _told(line: Any) -> str:
    """A line of the table in docs/performance.md."""
    cells = [line.what, f"{line.took.clock:.3f} s", f"{line.took.processors:.3f} s", "", "", ""]
    if line.ratio is not None:
        cells[3] = f"{line.ratio:.2f}"
    if line.target is not None:
        cells[4:] = f"{line.target:.2f}", "met" if line.ratio <= line.target else "missed"
    return f"| {' | '.join(cells)} |"


if __name__ == "__main__":
    main()
