"""What became of an assignment that somebody else changed meanwhile: the sentence that stops the second of two."""

from django.utils import timezone
from django.utils.translation import gettext as _

from audit.models import Event
from guards.models import Assignment
from staffing.refusals import day_words

#: The events that give an assignment another status.
CHANGES = ("assignment_confirmed", "assignment_declined", "assignment_withdrawn", "assignment_ended")


def changed(assignment: Assignment) -> str:
    """How it stands, for an end the last day and the reason, and who changed it when."""
    said = [_("This assignment is “%(status)s” by now.") % {"status": assignment.get_status_display()}]
    if assignment.last_day and assignment.end_reason:
        values = {"day": day_words(assignment.last_day), "reason": assignment.get_end_reason_display()}
        said.append(_("Last day %(day)s, reason: %(reason)s.") % values)
    return " ".join([*said, *_by_whom(assignment)])


def _by_whom(assignment: Assignment) -> list[str]:
    """Who changed it and when; nothing of what came with a register package."""
    event = Event.objects.about(assignment).filter(verb__in=CHANGES).first()
    if event is None:
        return []
    values = {"name": event.actor_name, "day": day_words(timezone.localdate(event.at))}
    if not event.actor_name:
        return [_("It was changed on %(day)s, when the contract had ended.") % values]
    return [_("It was changed on %(day)s by %(name)s.") % values]
