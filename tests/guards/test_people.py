"""Guards, employments and papers: constraints, names, and what a membership sees."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.utils import timezone

from access.roles import Role
from guards.models import Credential, Employment, Guard
from schools.models import Region
from tests.claims import constraint_holds
from tests.factories import (
    AgencyFactory,
    AssignmentFactory,
    CredentialFactory,
    EmploymentFactory,
    GuardFactory,
    MembershipFactory,
    RequirementFactory,
    SchoolFactory,
    TrainingRecordFactory,
)

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("build", "broken", "sentence"),
    [
        (
            EmploymentFactory,
            {"first_day": date(2026, 2, 2), "last_day": date(2026, 2, 1)},
            "An employment ends on or after its first day.",
        ),
        (
            CredentialFactory,
            {"issued_on": date(2026, 2, 2), "valid_until": date(2026, 2, 1)},
            "A paper is valid until its day of issue or later.",
        ),
        (
            RequirementFactory,
            {"first_day": date(2026, 2, 2), "last_day": date(2026, 2, 1)},
            "A requirement ends on or after its first day.",
        ),
    ],
)
def test_a_constraint_says_its_sentence_and_holds_in_the_database(build: Any, broken: dict[str, Any], sentence: str):
    constraint_holds(build(), sentence, **broken)


@pytest.mark.parametrize(
    ("build", "same", "sentence"),
    [
        (EmploymentFactory, ("guard", "agency", "first_day"), "This employment is already there."),
        (CredentialFactory, ("guard", "kind", "number"), "This paper is already there."),
        (RequirementFactory, ("school", "module", "first_day"), "This requirement is already there."),
        (TrainingRecordFactory, ("guard", "module", "completed_on", "school"), "This training is already there."),
    ],
)
def test_a_fact_stands_once(build: Any, same: tuple[str, ...], sentence: str):
    first = build()
    constraint_holds(build.build(**{name: getattr(first, name) for name in same}), sentence)


def test_a_general_training_stands_once_too():
    first = TrainingRecordFactory(school=None)
    twin = TrainingRecordFactory.build(
        guard=first.guard, module=first.module, completed_on=first.completed_on, school=None
    )
    constraint_holds(twin, "This training is already there.")


def test_a_paper_may_have_no_days():
    CredentialFactory(issued_on=None, valid_until=None)
    CredentialFactory(issued_on=None)
    CredentialFactory(valid_until=None)
    assert Credential.objects.count() == 3


def test_a_guard_is_named_as_a_person_and_as_papers_name_him():
    guard = GuardFactory(family_name="Мұқашев", given_name="Ерлан", patronymic="Болатұлы", iin="991231500006")
    assert (guard.name, str(guard), guard.initials) == ("Ерлан Мұқашев", "Ерлан Мұқашев", "ЕМ")
    assert guard.full_name == "Мұқашев Ерлан Болатұлы"
    assert (guard.masked_iin, guard.born_on) == ("99••••••0006", date(2099, 12, 31))
    assert GuardFactory(family_name="Ли", given_name="Анна", patronymic="").full_name == "Ли Анна"


def test_a_guard_is_on_the_staff_from_the_first_day_to_the_last():
    employment = EmploymentFactory(first_day=date(2026, 2, 1), last_day=date(2026, 2, 3))
    days = [date(2026, 1, 31), date(2026, 2, 1), date(2026, 2, 3), date(2026, 2, 4)]
    assert [Employment.objects.on(day).exists() for day in days] == [False, True, True, False]
    staff = [employment.guard in Guard.objects.employed_by(employment.agency_id, day) for day in days]
    assert staff == [False, True, True, False]
    assert [Employment.objects.not_ended(day).exists() for day in days] == [True, True, True, False]


def test_an_agency_sees_its_guards_until_their_last_day():
    agency, today = AgencyFactory(), timezone.localdate()
    staying, coming, going, gone = (
        EmploymentFactory(agency=agency, **days).guard
        for days in (
            {},
            {"first_day": today + timedelta(days=9)},
            {"last_day": today},
            {"last_day": today - timedelta(days=1)},
        )
    )
    EmploymentFactory()
    assert set(Guard.objects.visible_to(MembershipFactory(agency=agency))) == {staying, coming, going}
    assert gone not in Guard.objects.visible_to(MembershipFactory(agency=agency))


def test_a_guard_who_changes_his_agency_is_one_person_whom_the_new_one_sees():
    former, today = EmploymentFactory(), timezone.localdate()
    Employment.objects.filter(pk=former.pk).update(last_day=today - timedelta(days=1))
    now = EmploymentFactory(guard=former.guard, first_day=today)
    assert not Guard.objects.visible_to(MembershipFactory(agency=former.agency)).exists()
    assert list(Guard.objects.visible_to(MembershipFactory(agency=now.agency))) == [former.guard]


def test_who_sees_which_guards():
    almaty = Region.objects.get(code="75")
    assignment = AssignmentFactory()
    abroad = AssignmentFactory(post__school__region=almaty, agency__region=almaty)
    withdrawn = AssignmentFactory(post=assignment.post, agency=assignment.agency, status="withdrawn")
    mine, theirs = {assignment.guard, withdrawn.guard}, {abroad.guard}
    sees = {
        "director": (MembershipFactory(role=Role.SCHOOL_DIRECTOR, school=assignment.post.school), {assignment.guard}),
        "other director": (MembershipFactory(role=Role.SCHOOL_DIRECTOR, school=SchoolFactory()), set()),
        "officer": (MembershipFactory(role=Role.REGULATOR, region=assignment.post.school.region), mine),
        "other officer": (MembershipFactory(role=Role.REGULATOR, region=almaty), theirs),
        "national officer": (MembershipFactory(role=Role.REGULATOR), mine | theirs),
    }
    for who, (membership, guards) in sees.items():
        assert set(Guard.objects.visible_to(membership)) == guards, who
    assert not Guard.objects.visible_to(None).exists()
