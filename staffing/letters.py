"""Letters to schools about proposals that wait for them."""

from django.core.mail import send_mail
from django.utils import translation
from django.utils.translation import gettext as _

from access.roles import Role
from accounts.models import Membership
from guards.models import Assignment
from staffing.refusals import day_words

# A letter speaks both languages of the screen: nobody knows which of them a director reads.
LANGUAGES = ("kk", "ru")


def write_reminder(assignment: int) -> int:
    """Write to every director of the school, unless the proposal was answered meanwhile; how many letters that were."""
    found = (
        Assignment.objects.proposed().filter(pk=assignment).select_related("guard", "post__school", "agency").first()
    )
    if found is None:
        return 0
    directors = Membership.objects.in_use().filter(
        role=Role.SCHOOL_DIRECTOR, school=found.post.school_id, user__is_active=True
    )
    for director in directors:
        send_mail(*_letter(found), None, [director.user.email])
    return len(directors)


def _letter(proposal: Assignment) -> tuple[str, str]:
    """Subject and text, each in both languages."""
    subjects, texts = [], []
    for language in LANGUAGES:
        with translation.override(language):
            values = {
                "agency": proposal.agency.name,
                "guard": proposal.guard.name,
                "post": proposal.post.name,
                "day": day_words(proposal.first_day),
            }
            subjects.append(_("A guard waits for your answer: %(guard)s") % values)
            texts.append(
                _(
                    "%(agency)s proposed %(guard)s to your school: post “%(post)s”, from %(day)s. You have not answered"
                    " yet. Open Qorgan, page “Confirm”: confirm him, or say no and why."
                )
                % values
            )
    return " / ".join(subjects), "\n\n".join(texts)
