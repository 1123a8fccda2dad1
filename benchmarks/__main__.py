"""`make bench`: how fast the product is, as ratios of medians of sides that took turns in one run.

It makes a country of its own (`SCALE=national`, `region` or `small`) in a SQLite file that is thrown away; with
DATABASE_URL it measures the demonstration country there, which was judged before, and leaves it as it was.
"""

import argparse
import os
import platform
import resource
import sys
from collections.abc import Iterator
from typing import Any

from benchmarks.country import country

# The last is left out where nobody asks for it: it takes longer than all others, and tens of gigabytes.
PARTS = ("figures", "eligibility", "change", "evaluation", "rehearsal", "pages", "requests", "tenfold")


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--scale", choices=("small", "region", "national"), default="national")
    parser.add_argument("--rounds", type=int, default=9, help="how often each side is done; the median counts")
    parser.add_argument("--months", type=int, default=60, help="length of the series; 0 leaves it out")
    parser.add_argument(
        "--only", choices=PARTS, nargs="+", default=PARTS[:-1], help="parts to measure; all but tenfold"
    )
    parser.add_argument("--times", type=int, default=10, help="how many times the data the part tenfold makes")
    options = parser.parse_args()
    with country(options.scale):
        print(_machine(), flush=True)
        for line in _measured(options):
            print(f"| {' | '.join(line.cells)} |", flush=True)
        print(f"Most memory held: {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB")


def _measured(options: argparse.Namespace) -> Iterator[Any]:
    from django.utils import timezone

    day = timezone.localdate()
    if "figures" in options.only:
        from benchmarks.figures import figures

        yield from figures(day, options.rounds, options.months)
    if "eligibility" in options.only:
        from benchmarks.eligibility import eligibility

        yield from eligibility(day, options.rounds)
    if "change" in options.only:
        from benchmarks.change import change

        yield from change(day, options.rounds)
    if "evaluation" in options.only:
        from benchmarks.evaluation import evaluation

        yield from evaluation(day)
    if "rehearsal" in options.only:
        from benchmarks.rehearsal import rehearsal

        yield from rehearsal(day, options.rounds)
    if "pages" in options.only:
        from benchmarks.pages import pages

        yield from pages(options.rounds)
    if "requests" in options.only:
        from benchmarks.requests import requests

        yield from requests(options.rounds)
    if "tenfold" in options.only:
        from benchmarks.tenfold import tenfold

        yield from tenfold(options.times)


def _machine() -> str:
    from django.db import connection
    from django.utils import timezone

    return (
        f"{timezone.localtime():%Y-%m-%d %H:%M}, {platform.machine()}, {os.cpu_count()} processors, load "
        f"{os.getloadavg()[0]:.1f}, Python {sys.version.split()[0]}, {connection.vendor}"
    )


if __name__ == "__main__":
    main()
