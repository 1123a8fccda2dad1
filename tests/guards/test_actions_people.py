"""Taking guards on the staff and letting them go: one person for one IIN, whoever employs him."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.utils import timezone

from audit.models import Event
from files.intake import Taken
from files.models import StoredFile
from guards.actions import correct, dismiss, hire, set_photo
from guards.models import Employment, EndReason, Guard
from guards.refusals import Refused, day_words
from schools.models import School
from tests.factories import (
    AssignmentFactory,
    EmploymentFactory,
    GuardFactory,
    MembershipFactory,
    StoredFileFactory,
    iin,
)

pytestmark = pytest.mark.django_db
ONE_DAY = timedelta(days=1)


@pytest.fixture
def manager() -> Any:
    return MembershipFactory()


def take_on(manager: Any, **changed: Any) -> Guard:
    values = {
        "iin": iin(700),
        "family_name": "Мұқашев",
        "given_name": "Ерлан",
        "agency": manager.agency,
        "first_day": timezone.localdate(),
    }
    return hire(**(values | changed), by=manager)


def let_go(guard: Any, manager: Any, **changed: Any) -> Employment:
    values = {"last_day": timezone.localdate(), "reason": EndReason.RESIGNED}
    return dismiss(guard=guard, agency=manager.agency, **(values | changed), by=manager)


def mentioned(verb: str) -> set[str]:
    return set(Event.objects.get(verb=verb).mentions.values_list("key", flat=True))


def test_a_new_person_comes_into_the_register_and_on_the_staff(manager: Any) -> None:
    guard = take_on(manager)
    assert Employment.objects.get(guard=guard).agency == manager.agency
    assert mentioned("guard_hired") == {
        f"guards.guard:{guard.public_id}",
        f"agencies.agency:{manager.agency.public_id}",
    }


def test_a_false_iin_is_refused_by_its_field(manager: Any) -> None:
    with pytest.raises(Refused, match="does not agree") as refused:
        take_on(manager, iin="991231500007")
    assert refused.value.field == "iin"


def test_somebody_who_is_not_born_yet_is_refused_by_his_iin(manager: Any) -> None:
    with pytest.raises(Refused, match="will be born on") as refused:
        take_on(manager, iin="991231500006")
    assert refused.value.field == "iin"


def test_who_moves_between_agencies_stays_one_person_with_his_history(manager: Any) -> None:
    former = MembershipFactory()
    guard = take_on(former, first_day=date(2020, 1, 1))
    let_go(guard, former, last_day=timezone.localdate() - ONE_DAY)
    assert take_on(manager) == guard
    assert Employment.objects.filter(guard=guard).count() == 2
    assert guard in Guard.objects.visible_to(manager)
    assert guard not in Guard.objects.visible_to(former)


def test_who_is_employed_elsewhere_is_refused_without_a_name(manager: Any) -> None:
    former = MembershipFactory()
    take_on(former)
    with pytest.raises(Refused, match="Another agency employs this person") as refused:
        take_on(manager)
    assert former.agency.name not in str(refused.value)
    assert not Employment.objects.filter(agency=manager.agency).exists()


def test_who_leaves_another_agency_can_come_the_day_after(manager: Any) -> None:
    today = timezone.localdate()
    former = MembershipFactory()
    guard = take_on(former)
    let_go(guard, former, last_day=today + 5 * ONE_DAY)
    with pytest.raises(Refused, match=f"from {day_words(today + 6 * ONE_DAY)}") as refused:
        take_on(manager, first_day=today + 5 * ONE_DAY)
    assert refused.value.field == "first_day"
    assert take_on(manager, first_day=today + 6 * ONE_DAY) == guard


def test_nobody_comes_on_the_same_staff_twice(manager: Any) -> None:
    take_on(manager)
    with pytest.raises(Refused, match="on your staff already"):
        take_on(manager)


def test_a_known_iin_by_another_name_is_refused(manager: Any) -> None:
    GuardFactory(iin=iin(700), family_name="Руденко", given_name="Олег")
    with pytest.raises(Refused, match="by another name") as refused:
        take_on(manager)
    assert "Руденко" not in str(refused.value)


def test_one_of_two_names_that_agrees_is_enough(manager: Any) -> None:
    known = GuardFactory(iin=iin(700), family_name="Руденко", given_name="ЕРЛАН")
    assert take_on(manager) == known
    known.refresh_from_db()
    assert known.family_name == "Руденко"


def test_the_name_is_corrected_and_the_event_keeps_the_one_before(manager: Any) -> None:
    guard = take_on(manager)
    correct(guard=guard, family_name="Мұқашева", given_name="Ерлан", citizenship="KZ", by=manager)
    guard.refresh_from_db()
    assert guard.family_name == "Мұқашева"
    assert Event.objects.get(verb="guard_corrected").details["before"] == "Мұқашев Ерлан"


def test_a_photograph_takes_the_place_of_the_one_before(manager: Any, django_capture_on_commit_callbacks: Any) -> None:
    guard = take_on(manager)
    guard.photo = before = StoredFileFactory()
    guard.save()
    storage, name = before.content.storage, before.content.name
    with django_capture_on_commit_callbacks(execute=True):
        set_photo(guard=guard, taken=Taken(b"picture", "image/jpeg", "photo.jpg"), by=manager)
    guard.refresh_from_db()
    assert guard.photo.content.read() == b"picture"
    assert not storage.exists(name)
    assert StoredFile.objects.count() == 1


def test_an_employment_ends_with_its_reason_and_the_view_with_it(manager: Any) -> None:
    guard = EmploymentFactory(agency=manager.agency).guard
    let_go(guard, manager, last_day=timezone.localdate() - ONE_DAY, reason=EndReason.RETIRED)
    assert Employment.objects.get(guard=guard).end_reason == EndReason.RETIRED
    assert guard not in Guard.objects.visible_to(manager)


def test_who_is_still_assigned_is_not_let_go_and_the_place_is_named(manager: Any) -> None:
    assignment = AssignmentFactory(agency=manager.agency)
    with pytest.raises(Refused, match="still assigned") as refused:
        let_go(assignment.guard, manager)
    assert assignment.post.school.name in str(refused.value)


def test_an_assignment_that_ends_by_the_last_day_holds_nobody(manager: Any) -> None:
    today = timezone.localdate()
    assignment = AssignmentFactory(agency=manager.agency, last_day=today, left=True)
    assert let_go(assignment.guard, manager, last_day=today).last_day == today


def test_the_event_of_a_dismissal_names_the_school_where_he_stands(manager: Any) -> None:
    today = timezone.localdate()
    assignment = AssignmentFactory(agency=manager.agency, last_day=today, left=True)
    let_go(assignment.guard, manager, last_day=today)
    assert f"schools.school:{School.objects.get().public_id}" in mentioned("guard_dismissed")


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"last_day": date(2019, 1, 1)}, "the last day is that day or later"),
        ({"reason": "licence_delay"}, "Choose the reason"),
    ],
)
def test_an_end_that_makes_no_sense_is_refused(manager: Any, changed: dict[str, Any], sentence: str) -> None:
    guard = EmploymentFactory(agency=manager.agency).guard
    with pytest.raises(Refused, match=sentence):
        let_go(guard, manager, **changed)


def test_a_planned_end_is_not_put_off(manager: Any) -> None:
    today = timezone.localdate()
    guard = EmploymentFactory(agency=manager.agency, last_day=today + ONE_DAY).guard
    with pytest.raises(Refused, match="already ends"):
        let_go(guard, manager, last_day=today + 2 * ONE_DAY)


def test_another_agencys_guard_cannot_be_let_go(manager: Any) -> None:
    with pytest.raises(Refused, match="not on your staff"):
        let_go(EmploymentFactory().guard, manager)
