"""The seam at which compliance learns of every action: whatever it touched is judged again, in the same transaction."""

from collections.abc import Sequence
from typing import Any

from django.utils import timezone

from agencies.models import Agency
from audit.models import Event
from compliance.findings import rejudge
from compliance.register import Scope
from schools.models import School


def rejudge_what_was_touched(event: Event, subjects: Sequence[Any]) -> None:
    """Judge the schools and agencies among an event's subjects; an action that touches neither changes no figure."""
    schools = [subject.pk for subject in subjects if isinstance(subject, School)]
    agencies = [subject.pk for subject in subjects if isinstance(subject, Agency)]
    if schools or agencies:
        rejudge(Scope.of(schools, agencies), timezone.localdate())
