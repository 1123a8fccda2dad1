"""One guard, one post a day: which other post stands in the way, told only to those who may know of it."""

from datetime import date
from typing import Any

from django.utils.functional import lazy
from django.utils.translation import gettext as _

from agencies.models import Agency
from guards.models import Assignment, Guard
from schools.models import Post, School
from staffing.holding import held, is_kept_from_another_agency
from staffing.obstacles import Obstacle
from staffing.refusals import Refused, day_words


def check_free(guard: Guard, post: Post, agency: Agency, first_day: date, last_day: date | None) -> None:
    """Refuse when the guard holds a post on any of these days; the guard's row is locked by the caller.

    Whoever stays at his post while the school passes to his new agency is free for that post.
    """
    for one in held(held_by(guard, first_day, last_day)):
        if one.assignment and not is_kept_from_another_agency(one, post, agency, first_day):
            raise Refused(conflict(one.assignment, agency).whole, field="guard")


def check_still_free(proposal: Assignment) -> None:
    """Refuse when the guard holds another post by now; a row at the same post is the same service, and spells merge.

    It is the school that is told: other schools are not named to it.
    """
    rows = held_by(proposal.guard, proposal.first_day, proposal.last_day).exclude(post=proposal.post)
    if found := rows.first():
        raise Refused(conflict_at(found, proposal.post.school).whole, field="guard")


def held_by(guard: Guard, first_day: date, last_day: date | None) -> Any:
    """The assignments by which a guard holds a post on any of these days, the first to begin first."""
    rows = Assignment.objects.holding().filter(guard=guard).overlapping(first_day, last_day)
    return rows.select_related("guard", "post__school", "agency").order_by("first_day", "pk")


def conflict(held: Assignment, agency: Agency) -> Obstacle:
    """That the guard holds another post on these days, as an agency may know it: which one, where it is its own."""
    if held.agency_id == agency.pk:
        return Obstacle(_sentence_later(held), _cure_later(held), assignment=held)
    return Obstacle(_elsewhere(held), _("Choose another day or another guard."))


def conflict_at(held: Assignment, school: School) -> Obstacle:
    """The same, as a school may know it: which post, where it is one of its own."""
    if held.post.school_id == school.pk:
        return Obstacle(_sentence_later(held), _cure_later(held), assignment=held)
    return Obstacle(
        _("%(guard)s holds a post at another school on these days.") % {"guard": held.guard.name},
        _("His agency knows which: it ends that service or withdraws this proposal."),
    )


def _sentence(held: Assignment) -> str:
    names = {
        "guard": held.guard.name,
        "school": held.post.school.name,
        "post": held.post.name,
        "first": day_words(held.first_day),
        "last": day_words(held.last_day) if held.last_day else "",
    }
    if held.status == Assignment.Status.PROPOSED:
        return _("%(guard)s is proposed for the post “%(post)s” at %(school)s from %(first)s.") % names
    if held.last_day:
        return _("%(guard)s already holds the post “%(post)s” at %(school)s from %(first)s to %(last)s.") % names
    return _("%(guard)s has held the post “%(post)s” at %(school)s since %(first)s.") % names


def _cure(held: Assignment) -> str:
    if held.status == Assignment.Status.PROPOSED:
        return _("Withdraw that proposal first.")
    if held.last_day:
        return _("Choose a day after %(last)s.") % {"last": day_words(held.last_day)}
    return _("End that service first.")


def _elsewhere(held: Assignment) -> str:
    return _("%(guard)s holds a post for another agency on these days.") % {"guard": held.guard.name}


# Put into words for those whom a page shows: of a large agency hundreds stand elsewhere.
_sentence_later, _cure_later = lazy(_sentence, str), lazy(_cure, str)
