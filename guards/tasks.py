"""What is done about guards when nobody waits for it."""

from django.utils import timezone
from django_tasks import task

from guards.reminders import send_due_reminders


@task()
def remind() -> int:
    """Write about the papers and training that run out; how many agencies were written to."""
    return send_due_reminders(timezone.localdate())
