"""The guards of an agency as a list shows them: where they stand, since when, their papers, their training there."""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from django.db.models import DateField, OuterRef, QuerySet, Subquery, Value
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from compliance.predicates.standing import those_who_stand
from compliance.predicates.training import SchoolTraining
from compliance.prepared import Given, ask
from desks import papers
from desks.lists import Column
from desks.papers import Validity
from guards.models import Assignment, Guard

SORTS = {
    "name": ("family_name", "given_name"),
    # Fewest days first: whoever came last.
    "days": ("-stands_since",),
    "papers": ("paper_until",),
}


def listed(membership: Any, today: date) -> QuerySet[Guard]:
    """Guards with `stands_since`, the first day at the post where they stand, and the end of their first paper."""
    here = Assignment.objects.visible_to(membership).counted().on(today).filter(guard=OuterRef("pk"))
    since = here.order_by("first_day").values("first_day")[:1]
    return papers.with_papers(Guard.objects.visible_to(membership)).annotate(stands_since=Subquery(since))


def holding(agencies: Iterable[int], day: date) -> QuerySet[Any]:
    """The places that guards hold for the agencies on the day, as the rules read them."""
    rows = those_who_stand().filter(agency__in=agencies).on(day)  # type: ignore[attr-defined]
    return rows.annotate(on=Value(day, output_field=DateField()))


def untrained(rows: QuerySet[Any]) -> QuerySet[Any]:
    """The guards of those places who lack a module that the school asks for."""
    return SchoolTraining().lacking(rows).values_list("guard")


def _untrained(given: Given) -> QuerySet[Any, Any]:
    return untrained(holding(given.agencies, given.day).filter(guard__in=given.guards))


def hang_details(guards: Sequence[Any], membership: Any, today: date) -> None:
    """Hang on each guard `assignment` (where he stands, or is proposed), `days`, `validity` and `trained`."""
    keys = [guard.pk for guard in guards]
    assignments = Assignment.objects.visible_to(membership).filter(guard__in=keys)
    assignments = assignments.select_related("post__school__region")
    proposed = Assignment.Status.PROPOSED
    held = assignments.holding().overlapping(today, None)
    current = [one for one in held if one.status == proposed or one.first_day <= today]
    found: dict[int, Assignment] = {}
    # Where he stands comes before where he is proposed; of several, the one held longest.
    for assignment in sorted(current, key=lambda one: (one.status == proposed, one.first_day, one.pk)):
        found.setdefault(assignment.guard_id, assignment)
    of_guard, asked = papers.of_guards(keys), papers.asked_for(today)
    of_page = Given.of(today, agencies=[membership.agency_id], guards=keys)
    lacking = {guard for (guard,) in ask(_untrained, of_page)}
    for guard in guards:
        guard.assignment = found.get(guard.pk)
        guard.trained = _trained(guard, lacking, today)
        guard.days = (today - guard.stands_since).days + 1 if guard.stands_since else None
        guard.validity = papers.summary(of_guard.get(guard.pk, []), asked, today)


def _trained(guard: Any, lacking: set[int], today: date) -> Validity | None:
    """Whether he knows the school where he stands, in the words of the filter; None where he stands nowhere yet."""
    if guard.assignment is None or guard.assignment.first_day > today:
        return None
    if guard.pk in lacking:
        return Validity("near", _("Something is missing"))
    return Validity("ok", _("Everything that is asked for"))


def place_in_words(guard: Any) -> str:
    """Where a guard of the list stands, for a file."""
    if guard.assignment is None:
        return _("Free")
    school = guard.assignment.post.school.name
    return school if guard.stands_since else _("Proposed to %(school)s") % {"school": school}


COLUMNS = [
    Column(gettext_lazy("Family name"), "family_name"),
    Column(gettext_lazy("Given name"), "given_name"),
    Column(gettext_lazy("Patronymic"), "patronymic"),
    Column(gettext_lazy("IIN"), "masked_iin"),
    Column(gettext_lazy("Region"), lambda guard: guard.assignment.post.school.region.name if guard.assignment else ""),
    Column(gettext_lazy("Where"), place_in_words),
    Column(gettext_lazy("At the post since"), "stands_since"),
    Column(gettext_lazy("Days at the post"), "days"),
    Column(gettext_lazy("Papers"), lambda guard: guard.validity.text),
    Column(gettext_lazy("First paper to end"), "paper_until"),
    Column(gettext_lazy("Training for the school"), lambda guard: guard.trained.text if guard.trained else ""),
]
