"""What a worker does to keep the database tidy."""

from datetime import timedelta

from django.core.management import call_command
from django.utils import timezone
from django_tasks import task
from django_tasks_db.models import DBTaskResult

REMEMBERED = timedelta(days=14)


@task
def tidy_up() -> None:
    """Forget tasks that were done long ago, and sessions that have run out."""
    DBTaskResult.objects.finished().filter(finished_at__lt=timezone.now() - REMEMBERED).delete()
    call_command("clearsessions")
