"""Whom records concern: the schools and agencies that are to be judged when somebody touches them."""

from collections.abc import Collection, Iterable, Mapping
from typing import Any

from django.db.models import Exists, Model, OuterRef, Q, QuerySet
from django.utils import timezone

from agencies.models import Agency, Contract, Licence
from audit.models import Event
from compliance.predicates.papers import employments_with_a
from compliance.prepared import Given, Question, ask
from compliance.register import Scope
from guards.models import Assignment, Credential, Employment, Guard
from schools.models import Post, School

# The records that lead to a school or an agency.
LEADING: tuple[type[Model], ...] = (School, Agency, Guard, Post, Contract, Licence)
# The actions that give an agency papers of its guards, or take them from it: each changes one paper, or for whom a
# guard works, or brings in or takes out a sheet of either.
OF_ONE_PAPER = ("paper_added", "paper_corrected", "paper_deleted")
OF_STAFF = ("guard_hired", "guard_dismissed")
OF_SHEETS = ("register_loaded", "sheet_undone")
GIVING_PAPERS = (*OF_ONE_PAPER, *OF_STAFF, *OF_SHEETS)


def owners_of(records: Mapping[type[Model], Collection[int]], events: Iterable[Event] = ()) -> Scope:
    """The schools and agencies among some records (primary keys by model), those where the guards stand, and those
    under the contracts and licences. So no action can forget whom it concerns.

    With the events that named them also all for whom such an agency stands as begins, or ceases, with them to be
    judged by a kind of paper.
    """
    schools, agencies = set(records.get(School, ())), set(records.get(Agency, ()))
    guards = records.get(Guard, ())
    contracts, licences = records.get(Contract, ()), records.get(Licence, ())
    where_they_stand, of_posts = owners_asks(records)
    for school, agency in ask(*where_they_stand):
        schools.add(school)
        agencies.add(agency)
    schools.update(school for (school,) in ask(*of_posts))
    if guards:
        for school, agency in _judged_by_other_papers(guards, events):
            schools.add(school)
            agencies.add(agency)
    if contracts or licences:
        under = Q(pk__in=contracts) | Q(licence__in=licences) | Q(agency__licences__in=licences)
        for school, agency in Contract.objects.filter(under).order_by().values_list("school", "agency").distinct():
            schools.add(school)
            agencies.add(agency)
    return Scope.of(schools, agencies)


def owners_asks(records: Mapping[type[Model], Collection[int]]) -> tuple[Question, Question]:
    """What `owners_of` asks first: where the guards stand, and the schools of the posts."""
    given = Given.of(timezone.localdate(), guards=records.get(Guard, ()), posts=records.get(Post, ()))
    return (_standing, given), (_schools, given)


def _standing(given: Given) -> QuerySet[Any, Any]:
    """Where some guards stand or are about to, and for whom."""
    standing = Assignment.objects.holding().filter(guard__in=given.guards)
    standing = standing.filter(Q(last_day__isnull=True) | Q(last_day__gte=given.day))
    return standing.order_by().values_list("post__school", "agency")


def _judged_by_other_papers(guards: Collection[int], events: Iterable[Event]) -> Iterable[tuple[int, int]]:
    """Where an agency stands that alone by some guards has, or had, a paper of a kind, and that agency.

    With the first paper of a kind it answers for all its guards, with the last it ceases to (docs/adr/0126).
    """
    events = list(events)
    employments = Employment.objects.filter(guard__in=guards)
    if all(event.verb in OF_ONE_PAPER for event in events):
        # Where he was before, his papers are not asked for any more.
        employments = employments.lasting_longest()
    awakened: set[int] = set()
    for kind in _kinds_of_paper(guards, events):
        others = employments_with_a(kind).filter(agency=OuterRef("pk")).exclude(guard__in=guards)
        employers = Agency.objects.filter(pk__in=employments.values("agency"))
        awakened.update(employers.filter(~Exists(others)).values_list("pk", flat=True))
    if not awakened:
        return []
    standing = Assignment.objects.holding().overlapping(timezone.localdate(), None).filter(agency__in=awakened)
    return standing.order_by().values_list("post__school", "agency").distinct()


def _kinds_of_paper(guards: Collection[int], events: Iterable[Event]) -> set[str]:
    """The kinds of paper that events gave or took; whoever comes or goes has his own, and a sheet may have had any."""
    kinds: set[str] = set()
    for event in events:
        if event.verb in OF_ONE_PAPER:
            kind = event.details.get("paper", "")
            kinds |= {kind, event.details.get("before", {}).get("kind", kind)}
        elif event.verb in OF_STAFF:
            kinds.update(Credential.objects.filter(guard__in=guards).values_list("kind", flat=True))
        elif event.verb in OF_SHEETS:
            kinds.update(Credential.Kind.values)
    return kinds


def _schools(given: Given) -> QuerySet[Any, Any]:
    return Post.objects.filter(pk__in=given.posts).order_by().values_list("school")
