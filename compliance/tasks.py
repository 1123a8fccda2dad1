"""What a worker does for compliance. Each task may be done twice: the second time changes nothing."""

from datetime import timedelta

from django.utils import timezone
from django_tasks import task

from compliance import trends
from compliance.findings import evaluate, rejudge_marked
from compliance.models import Rehearsal, Stale, TrendMark
from compliance.register import take_statistics
from compliance.rehearsals import break_off, run

# A mark this old was left by a task that failed.
LEFT_BEHIND = timedelta(minutes=2)


@task
def rejudge_stale() -> int:
    """Judge the owners that were too large to be judged while somebody waited."""
    return rejudge_marked(timezone.localdate())


@task
def evaluate_today() -> None:
    """Judge the whole register, with its tables counted as they have grown."""
    take_statistics()
    evaluate(timezone.localdate())


@task
def rehearse(public_id: str) -> None:
    """Judge by a draft; what keeps it from ending is said to whoever asked."""
    rehearsal = Rehearsal.objects.select_related("draft", "region").get(public_id=public_id)
    try:
        run(rehearsal)
    except Exception as fault:
        break_off(rehearsal, f"{type(fault).__name__}: {fault}")
        raise


@task
def count_trends() -> int:
    """Count the months again of whom actions touched."""
    return trends.count_marked(timezone.localdate())


def sweep() -> None:
    """Have marks judged that no task took, and months counted that actions touched: a minute's worth at once."""
    if TrendMark.objects.exists():
        count_trends.enqueue()
    if Stale.objects.filter(since__lt=timezone.now() - LEFT_BEHIND).exists():
        rejudge_stale.enqueue()
