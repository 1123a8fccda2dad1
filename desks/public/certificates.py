"""Whether a training certificate is genuine and still holds: for anyone who scans its code."""

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from desks import training
from guards.models import TrainingRecord


@login_not_required
@require_safe
def certificate(request: HttpRequest, token: str) -> HttpResponse:
    """Module, day, agency and the guard's initials; no name, no number, no school. An unknown code answers 404."""
    record = training.certified(TrainingRecord.objects.all(), token)
    now = timezone.localtime()
    if record is None:
        return render(request, "public/certificate_unknown.html", {"now": now}, status=404)
    validity = training.validity(record, now.date())
    context = {
        "record": record,
        "initials": training.initials(record.guard),
        "agency": training.taught_by(record),
        "is_valid": validity.kind != "blocked",
        "until": training.until_words(record, now.date()),
        "now": now,
    }
    return render(request, "public/certificate.html", context)
