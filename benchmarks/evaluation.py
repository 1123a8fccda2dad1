"""How long a full `evaluate` takes: the first, that writes everything, and the next, that finds nothing changed."""

from collections.abc import Iterator
from datetime import date

from django.db import connection, transaction

from benchmarks.timing import Line, Took, median, sweep, timed
from compliance.findings import evaluate
from compliance.models import Answer, Comparison, Evaluation, Figure, Finding, SchoolCount, Trend

# How often it is judged as if never before, and again.
ROUNDS = 3
# Seconds that the first may take.
MOST = {"sqlite": 60, "postgresql": 30}


def evaluation(day: date) -> Iterator[Line]:
    """Judge the country as if never before, and again, in turn. Nothing is kept, so a commit is not in the times."""
    taken = [_in_turn(day) for _round in range(ROUNDS)]
    first, again = (median(side) for side in zip(*taken, strict=True))
    most = MOST[connection.vendor]
    yield Line(f"evaluate: the first, against {most} s", first, most, 1.0)
    yield Line("evaluate: again with nothing changed, against the first", again, first.clock, 0.5)


def _in_turn(day: date) -> tuple[Took, Took]:
    sweep()
    with transaction.atomic():
        for model in (Answer, Finding, Figure, Trend, Comparison, SchoolCount, Evaluation):
            model._default_manager.all().delete()
        taken = timed(lambda: evaluate(day))[1], timed(lambda: evaluate(day))[1]
        transaction.set_rollback(True)
    return taken
