"""Whom records concern: the schools and agencies that are to be judged when somebody touches them."""

from collections.abc import Collection, Mapping
from typing import Any

from django.db.models import Model, Q, QuerySet
from django.utils import timezone

from agencies.models import Agency, Contract, Licence
from compliance.prepared import Given, ask
from compliance.register import Scope
from guards.models import Assignment, Guard
from schools.models import Post, School

# The records that lead to a school or an agency.
LEADING: tuple[type[Model], ...] = (School, Agency, Guard, Post, Contract, Licence)


def owners_of(records: Mapping[type[Model], Collection[int]]) -> Scope:
    """The schools and agencies among some records (primary keys by model), those where the guards stand, and those
    under the contracts and licences. So no action can forget whom it concerns."""
    schools, agencies = set(records.get(School, ())), set(records.get(Agency, ()))
    guards, posts = records.get(Guard, ()), records.get(Post, ())
    contracts, licences = records.get(Contract, ()), records.get(Licence, ())
    if guards:
        for school, agency in ask(_standing, Given.of(timezone.localdate(), guards=guards)):
            schools.add(school)
            agencies.add(agency)
    if contracts or licences:
        under = Q(pk__in=contracts) | Q(licence__in=licences) | Q(agency__licences__in=licences)
        for school, agency in Contract.objects.filter(under).order_by().values_list("school", "agency").distinct():
            schools.add(school)
            agencies.add(agency)
    if posts:
        schools.update(school for (school,) in ask(_schools, Given.of(timezone.localdate(), posts=posts)))
    return Scope.of(schools, agencies)


def _standing(given: Given) -> QuerySet[Any, Any]:
    """Where some guards stand or are about to, and for whom."""
    standing = Assignment.objects.holding().filter(guard__in=given.guards)
    standing = standing.filter(Q(last_day__isnull=True) | Q(last_day__gte=given.day))
    return standing.order_by().values_list("post__school", "agency")


def _schools(given: Given) -> QuerySet[Any, Any]:
    return Post.objects.filter(pk__in=given.posts).order_by().values_list("school")
