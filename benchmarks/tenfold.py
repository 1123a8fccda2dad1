"""Ten times the data: how time and memory grow, and whether the answers are ten times the answers.

Both countries are copies of the one that is measured, thrown away afterwards. Each measurement is a process of its own,
so that its memory is its own: `python -m benchmarks.tenfold figures 10` with the DATABASE_URL of the larger one.
"""

import hashlib
import json
import os
import resource
import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import fields
from datetime import date
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import numpy as np

from benchmarks.timing import Held, Line, Took, interleaved, timed

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

ROUNDS = 9
# Times the data may take so many times the time and the memory; what is of one owner or one page so many times its
# own time.
TIME, MEMORY, OF_ONE = 12.0, 1.5, 1.5
# The full run may hold so many megabytes.
MOST_MEGABYTES = 1536


class NotTenTimes(Exception):
    """The larger country is not judged as so many of the smaller one: no time means anything."""


def tenfold(times: int) -> Iterator[Any]:
    """Measure one country and one of so many times its size, turn by turn."""
    with tempfile.TemporaryDirectory(prefix="qorgan-tenfold-") as name, _copies(Path(name)) as urls:
        for url, of in zip(urls, (1, times), strict=True):
            made = _child(url, "multiply", of)
            print(f"A country {of} times as large: made in {made['clock']:.0f} s", flush=True)
        for what in ("figures", "evaluate", "again", "eligibility", "change", "lists"):
            one, many = (_child(url, what, of) for url, of in zip(urls, (1, times), strict=True))
            if what in ("change", "lists"):
                for name, took in many["answer"].items():
                    yield Line(f"{name}, {times} times the data", Took(*took), one["answer"][name][0], OF_ONE)
                continue
            _compare(what, one["answer"], many["answer"], times)
            grown = Took(many["clock"], many["processors"])
            yield Line(f"{what}, {times} times the data", grown, one["clock"], TIME * times / 10)
            yield Held(f"{what}: memory, {times} times the data", many["megabytes"], one["megabytes"], MEMORY)
            if what == "evaluate":
                yield Held("evaluate: memory of the country itself", one["megabytes"], MOST_MEGABYTES, 1)


def _compare(what: str, one: dict[str, Any], many: dict[str, Any], times: int) -> None:
    """Counts are so many times as large; digests are one for each copy, all the same."""
    expected = {name: value * times if isinstance(value, int | list) else value for name, value in one.items()}
    if expected != many:
        names = {*expected, *many}
        wrong = {name: (expected.get(name), many.get(name)) for name in names if expected.get(name) != many.get(name)}
        raise NotTenTimes(f"{what}: {wrong}")


@contextmanager
def _copies(folder: Path) -> Iterator[list[str]]:
    """Two copies of the country that is measured, by DATABASE_URL."""
    from django.db import connection

    if connection.vendor == "sqlite":
        paths = [folder / f"{name}.sqlite3" for name in ("one", "many")]
        with connection.cursor() as cursor:
            cursor.execute("VACUUM INTO %s", [str(paths[0])])
        shutil.copyfile(*paths)
        yield [f"sqlite:///{path}" for path in paths]
        return
    given = urlsplit(os.environ["DATABASE_URL"])
    source, names = connection.settings_dict["NAME"], ("qorgan_one", "qorgan_many")
    connection.close()
    for name in names:
        _in_postgres(given, f'CREATE DATABASE "{name}" TEMPLATE "{source}"')
    try:
        yield [given._replace(path=f"/{name}").geturl() for name in names]
    finally:
        for name in names:
            _in_postgres(given, f'DROP DATABASE "{name}"')


def _in_postgres(given: Any, statement: str) -> None:
    import psycopg

    with psycopg.connect(given._replace(scheme="postgresql", path="/postgres").geturl(), autocommit=True) as server:
        server.execute(statement.encode())


def _child(url: str, what: str, copies: int) -> dict[str, Any]:
    command = [sys.executable, "-m", "benchmarks.tenfold", what, str(copies)]
    done = subprocess.run(command, env={**os.environ, "DATABASE_URL": url}, stdout=subprocess.PIPE, check=True)
    told: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return told


# What a child does: what is timed, and what its answer is.


def _figures(_copies: int) -> Any:
    from compliance.blocks import measure_blocks
    from compliance.register import read_blocks
    from compliance.turnover import DEFAULT_TERMS

    return measure_blocks(read_blocks(_today()), _today(), list(DEFAULT_TERMS.items()))


def _sums(tables: Any, _copies: int) -> dict[str, Any]:
    """Of each level the sums of what is counted; medians stay what they are. Every figure is the one that all rows at
    once give."""
    _compare_unblocked(tables)
    names = ("person_days", "gross_left", "net_left", "settled_left", "distinct_guards", "open_spells")
    answer: dict[str, Any] = {}
    for (level, _terms), table in tables.items():
        answer |= {f"{level} {name}": int(getattr(table, name).sum()) for name in names}
        if level == "region":
            answer["medians of regions"] = repr(table.median_tenure_days.tolist())
    return answer


def _compare_unblocked(tables: Any) -> None:
    """NotTenTimes where a figure of the blocks is not that of all rows at once."""
    from compliance.register import read_register
    from compliance.turnover import measure

    register = read_register(_today())
    by = register.rows, register.calendars, register.region_of_school, _today()
    unblocked = measure(*by, dict(tables.keys()))
    for (level, _terms), table in tables.items():
        whole = unblocked[level]
        for name in (column.name for column in fields(table) if column.name != "level"):
            if not np.array_equal(getattr(table, name), getattr(whole, name), equal_nan=True):
                raise NotTenTimes(f"{name} at level {level}: {getattr(table, name)} {getattr(whole, name)}")


def _evaluate(_copies: int) -> Any:
    from compliance.findings import evaluate

    evaluate(_today())


def _judged(_nothing: None, copies: int) -> dict[str, Any]:
    """How many findings are open by each version, and the stored figures of each copy of the schools and agencies."""
    from compliance.models import Finding

    versions = Counter(map(str, Finding.objects.open().order_by().values_list("version", flat=True)))
    return {**versions, "schools": _digests("school", copies), "agencies": _digests("agency", copies)}


def _digests(level: str, copies: int) -> list[str]:
    from compliance.figures import VALUES
    from compliance.models import Figure

    rows = list(Figure.objects.filter(level=level).order_by(level).values_list(*VALUES))
    size = len(rows) // copies
    return [hashlib.sha256(repr(rows[at : at + size]).encode()).hexdigest() for at in range(0, len(rows), size)]


def _eligibility(_copies: int) -> Any:
    from compliance.engine import RegisterWorld, base_terms, versions_judged
    from compliance.predicates.standing import StandingRule
    from compliance.register import COUNTRY

    versions = versions_judged(_today())
    world = RegisterWorld(_today(), COUNTRY, base_terms(versions))
    rules = ((version, version.build_rule()) for version in versions)
    return {
        str(version): sum(1 for _ in rule.breaches(world)) for version, rule in rules if isinstance(rule, StandingRule)
    }


def _change(_copies: int) -> Any:
    from benchmarks.change import added_up, changes

    return {"one change": added_up(changes(_today(), ROUNDS))}


def _lists(_copies: int) -> Any:
    from benchmarks.pages import LISTS, opening, signed_in

    sides: dict[str, Callable[[], object]] = {}
    for who, names in LISTS.items():
        browser = signed_in(f"{who}@demo.qorgan.kz")
        sides |= {name: opening(browser, name) for name in names}
    interleaved(1, sides)
    return dict(interleaved(ROUNDS, sides))


def _multiply(copies: int) -> Any:
    from benchmarks.copies import multiply

    multiply(copies)
    return {}


def _as_given(answer: dict[str, Any], _copies: int) -> dict[str, Any]:
    return answer


def _today() -> date:
    from django.utils import timezone

    return timezone.localdate()


ACTS: dict[str, tuple[Callable[[int], Any], Callable[[Any, int], dict[str, Any]]]] = {
    "multiply": (_multiply, _as_given),
    "figures": (_figures, _sums),
    "evaluate": (_evaluate, _judged),
    "again": (_evaluate, _judged),
    "eligibility": (_eligibility, _as_given),
    "change": (_change, _as_given),
    "lists": (_lists, _as_given),
}


def main() -> None:
    import django

    django.setup()
    what, copies = sys.argv[1], int(sys.argv[2])
    act, answer_of = ACTS[what]
    given, took = timed(lambda: act(copies))
    held = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    answer = answer_of(given, copies)
    print(json.dumps({"answer": answer, "clock": took.clock, "processors": took.processors, "megabytes": held}))


if __name__ == "__main__":
    main()
