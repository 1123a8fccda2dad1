"""Reminding a school of a proposal that it has not answered: once a day at most, by letter to its directors."""

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Membership
from audit.recording import record
from guards.models import Assignment, Guard
from staffing.changed import changed
from staffing.refusals import Refused
from staffing.tasks import send_reminder


@transaction.atomic
def remind(*, assignment: Assignment, by: Membership) -> Assignment:
    """Remind the school's directors of a proposal. Raises Refused for one answered, or reminded of today."""
    Guard.objects.select_for_update().get(pk=assignment.guard_id)
    assignment = Assignment.objects.select_related("guard", "post__school", "agency").get(pk=assignment.pk)
    today = timezone.localdate()
    if assignment.status != Assignment.Status.PROPOSED:
        raise Refused(changed(assignment))
    if assignment.reminded_on == today:
        raise Refused(_("The school was reminded today already. You can remind it again tomorrow."))
    assignment.reminded_on = today
    assignment.save(update_fields=["reminded_on"])
    record(
        "proposal_reminded",
        # No figure hangs on it: neither school nor agency is judged again.
        subjects=[assignment, assignment.guard],
        by=by,
        guard=assignment.guard.name,
        post=assignment.post.name,
        school=assignment.post.school.code,
        first_day=assignment.first_day.isoformat(),
    )
    transaction.on_commit(lambda: send_reminder.enqueue(assignment.pk))
    return assignment
