"""How long a full `evaluate` takes: the first, that writes everything, and the next, that finds nothing changed."""

from collections.abc import Iterator
from datetime import date

from django.db import connection, transaction

from benchmarks.timing import Line, interleaved
from compliance.findings import evaluate
from compliance.models import Answer, Comparison, Evaluation, Figure, Finding, SchoolCount, Trend

# Seconds that the first may take.
MOST = {"sqlite": 60, "postgresql": 30}


def evaluation(day: date) -> Iterator[Line]:
    """Judge the country as if never before, and again. Nothing of it is kept, so a commit is not in the times."""
    with transaction.atomic():
        for model in (Answer, Finding, Figure, Trend, Comparison, SchoolCount, Evaluation):
            model._default_manager.all().delete()
        first = interleaved(1, {"first": lambda: evaluate(day)})["first"]
        again = interleaved(1, {"again": lambda: evaluate(day)})["again"]
        most = MOST[connection.vendor]
        yield Line(f"evaluate: the first, against {most} s", first, most, 1.0)
        yield Line("evaluate: again with nothing changed, against the first", again, first.clock, 0.5)
        transaction.set_rollback(True)
