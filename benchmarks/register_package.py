"""How long a package takes to load and to export, against reading its bytes as CSV.

`python -m benchmarks.register_package` makes an invented register, loads it into a database of its own of the kind that
DATABASE_URL names, loads it again, exports it, and prints each time with its ratio to the plain reading, and the most
memory held so far.
"""

import argparse
import csv
import os
import random
import resource
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from pathlib import Path

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

FIRST_DAY = date(2021, 1, 1)
GUARDS_A_SCHOOL = 12


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--assignments", type=int, default=100_000)
    parser.add_argument("--training", type=int, default=0, help="training records besides")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="qorgan-benchmark-") as name:
        folder = Path(name)
        package = folder / "package"
        package.mkdir()
        _make(package, options.assignments, options.training)
        with _Database(folder):
            _measure(folder, package)


def _measure(folder: Path, package: Path) -> None:
    from exchange.actions import load
    from exchange.export import export
    from exchange.faults import Faults
    from exchange.packages import opened

    def loaded(*, dry_run: bool = False) -> None:
        faults = Faults()
        with opened(package, faults) as files:
            outcome = load(package=files, faults=faults, dry_run=dry_run, by=None)
        if outcome.faults:
            raise SystemExit(f"The package made here is at fault: {outcome.faults[0]}")

    plain = _timed("read as CSV alone", lambda: _read(package), None)
    _timed("dry run into an empty register", lambda: loaded(dry_run=True), plain)
    _timed("load into an empty register", loaded, plain)
    _timed("load again", loaded, plain)
    _timed("export to a folder", lambda: export(folder / "out"), plain)
    _timed("export to a .zip", lambda: export(folder / "out.zip"), plain)


def _timed(what: str, act: Callable[[], object], plain: float | None) -> float:
    start = time.perf_counter()
    act()
    took = time.perf_counter() - start
    ratio = f"{took / plain:8.1f} x" if plain else " " * 10
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"{what:<32}{took:8.2f} s {ratio}   {memory:6.0f} MB", flush=True)
    return took


def _read(package: Path) -> int:
    rows = 0
    for path in package.iterdir():
        with path.open(encoding="utf-8", newline="") as text:
            rows += sum(1 for _row in csv.reader(text))
    return rows


class _Database:
    """A new database of the kind that DATABASE_URL names, destroyed at the end."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def __enter__(self) -> None:
        import django

        django.setup()
        from django.db import connection

        if connection.vendor == "sqlite":
            connection.settings_dict["TEST"]["NAME"] = str(self._folder / "benchmark.sqlite3")
        self._name = connection.settings_dict["NAME"]
        connection.creation.create_test_db(verbosity=0, autoclobber=True, serialize=False)

    def __exit__(self, *_fault: object) -> None:
        from django.db import connection

        connection.creation.destroy_test_db(self._name, verbosity=0)


def _make(package: Path, assignments: int, training: int) -> None:
    """Write an invented register: ten assignments a guard, one after the other, at a school of his."""
    guards = list(_iins(max(1, assignments // 10)))
    schools = [f"S{number:06d}" for number in range(1, len(guards) // GUARDS_A_SCHOOL + 2)]
    agency = _with_control("60124000000")
    dice = random.Random(1)
    _table(package, "calendars.csv", "calendar_id,name,weekdays", [("five", "Five days", "12345")])
    _table(package, "agencies.csv", "bin,name_ru,region", [(agency, "ТОО «Пример»", "35")])
    _table(package, "modules.csv", "code,title_ru,scope", [("M1", "Первая помощь", "general")])
    _table(
        package,
        "schools.csv",
        "school_id,name_ru,region,calendar_id",
        ((school, f"Школа {school}", "35", "five") for school in schools),
    )
    _table(
        package,
        "posts.csv",
        "post_id,school_id,name,pattern,positions,first_day",
        ((f"P{school}", school, "Вход", "24h", GUARDS_A_SCHOOL, FIRST_DAY) for school in schools),
    )
    _table(
        package,
        "guards.csv",
        "iin,family_name,given_name,patronymic,citizenship",
        ((iin, "Сейтқалиев", "Болат", "Ерланұлы", "KZ") for iin in guards),
    )
    _table(
        package,
        "employments.csv",
        "iin,agency_bin,first_day,last_day,end_reason",
        ((iin, agency, FIRST_DAY, "", "") for iin in guards),
    )
    _table(
        package,
        "assignments.csv",
        "assignment_id,iin,post_id,agency_bin,kind,first_day,last_day,end_reason,cause_accepted,status,confirmed_on",
        _assignments(assignments, guards, schools, agency, dice),
    )
    if training:
        _table(
            package,
            "training.csv",
            "iin,module_code,school_id,completed_on,hours,trainer",
            (
                (
                    guards[number % len(guards)],
                    "M1",
                    "",
                    FIRST_DAY + timedelta(number // len(guards)),
                    "8",
                    "Инструктор",
                )
                for number in range(training)
            ),
        )


def _assignments(
    number: int, guards: list[str], schools: list[str], agency: str, dice: random.Random
) -> Iterator[tuple[object, ...]]:
    for one in range(number):
        guard, turn = divmod(one, 10)
        first = FIRST_DAY + timedelta(turn * 200 + dice.randrange(20))
        ended = turn < 9
        yield (
            f"A{one:08d}",
            guards[guard % len(guards)],
            f"P{schools[guard % len(schools)]}",
            agency,
            "regular",
            first,
            first + timedelta(150 + dice.randrange(20)) if ended else "",
            dice.choice(("resigned", "illness", "contract_ended")) if ended else "",
            "0",
            "ended" if ended else "confirmed",
            first,
        )


def _table(package: Path, file: str, header: str, rows: object) -> None:
    with (package / file).open("w", encoding="utf-8", newline="") as text:
        text.write(header + "\n")
        csv.writer(text, lineterminator="\n").writerows(rows)  # type: ignore[arg-type]


def _iins(number: int) -> Iterator[str]:
    """So many valid IIN, of people born from 1850 on: they belong to nobody."""
    day = date(1850, 1, 1)
    while number > 0:
        for serial in range(min(number + 20, 10_000)):
            if number > 0 and (iin := _with_control(f"{day:%y%m%d}1{serial:04d}")):
                number -= 1
                yield iin
        day += timedelta(1)


def _with_control(eleven: str) -> str | None:
    from schools.identifiers import control_digit

    digit = control_digit(eleven)
    return None if digit is None else f"{eleven}{digit}"


if __name__ == "__main__":
    main()
