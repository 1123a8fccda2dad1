"""Words on a proposal before it is answered: the director asks, the agency says, both read all of it."""

from django.db import transaction
from django.utils.translation import gettext as _

from access.roles import Role
from accounts.models import Membership
from audit.recording import record
from guards.models import Assignment, Guard, ProposalNote
from staffing.changed import changed
from staffing.refusals import Refused

SPEAKING = (Role.AGENCY_MANAGER, Role.SCHOOL_DIRECTOR)


@transaction.atomic
def discuss(*, assignment: Assignment, text: str, by: Membership) -> ProposalNote:
    """The director asks about a proposal that waits for him, or its agency answers. Raises Refused."""
    Guard.objects.select_for_update().get(pk=assignment.guard_id)
    assignment = Assignment.objects.select_related("guard", "post__school", "agency").get(pk=assignment.pk)
    if by.role not in SPEAKING or not Assignment.objects.visible_to(by).filter(pk=assignment.pk).exists():
        raise Refused(_("Words on a proposal are the school's and its agency's."))
    if assignment.status != Assignment.Status.PROPOSED:
        raise Refused(changed(assignment))
    if not text.strip():
        raise Refused(_("Write what you want to say."), field="text")
    note = ProposalNote.objects.create(
        assignment=assignment, role=by.role, author=by.user.get_full_name(), text=text.strip()
    )
    record(
        "proposal_discussed",
        subjects=[assignment, assignment.guard, assignment.post.school],
        by=by,
        guard=assignment.guard.name,
        post=assignment.post.name,
        school=assignment.post.school.code,
        first_day=assignment.first_day.isoformat(),
    )
    return note
