"""What the school asks its guards to have learned, and who has."""

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from access.allow import allow
from access.requests import MemberRequest
from access.roles import Role
from desks.school import training
from guards.models import Assignment


@require_safe
@allow(Role.SCHOOL_DIRECTOR)
def requirements(request: MemberRequest) -> HttpResponse:
    """The modules the school asks for today, and each of its guards with what he lacks."""
    today = timezone.localdate()
    school = request.membership.school
    asked = training.required(school, today)
    standing = Assignment.objects.visible_to(request.membership).counted().on(today).select_related("guard", "post")
    guards = {one.guard_id: one for one in standing.order_by("-first_day", "-pk")}
    learned = training.learned(asked, school, guards, today)
    rows = sorted(guards.values(), key=lambda one: (one.guard.family_name, one.guard.given_name))
    return render(
        request,
        "school/requirements.html",
        {
            "requirements": [
                (requirement, sum(learned[guard][at].lasts for guard in guards)) for at, requirement in enumerate(asked)
            ],
            "guards": [(one, training.summary(learned[one.guard_id]), learned[one.guard_id]) for one in rows],
            "to_come": training.to_come(school, today),
            "today": today,
        },
    )
