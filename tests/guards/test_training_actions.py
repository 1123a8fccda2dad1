"""Sessions, requirements, the catalogue and the log: what each action does, what it refuses, and its event."""

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone, translation

from access.roles import Role
from audit.models import Event, Mention, subject_key
from compliance.eligibility import obstacles
from compliance.findings import evaluate
from compliance.models import Finding
from files.intake import take
from guards.actions import requirements, training
from guards.models import Attendee, Briefing, Module, Requirement, Session, TrainingRecord
from guards.refusals import Refused
from schools.models import Region
from tests.factories import (
    AssignmentFactory,
    AttendeeFactory,
    BriefingFactory,
    ContractFactory,
    EmploymentFactory,
    GuardFactory,
    MembershipFactory,
    ModuleFactory,
    PostFactory,
    RequirementFactory,
    SessionFactory,
    TrainingRecordFactory,
    days,
)

PDF = b"%PDF-1.7\n1 0 obj"


@pytest.fixture(autouse=True)
def english(db: None) -> Any:
    with translation.override("en"):
        yield


@pytest.fixture
def today() -> date:
    return timezone.localdate()


@pytest.fixture
def world(today: date) -> Any:
    """A school under contract; a guard who stands there without the module, and another who stands nowhere."""

    class World:
        post = PostFactory()
        school = post.school
        contract = ContractFactory(school=school)
        agency = contract.agency
        standing = AssignmentFactory(post=post, agency=agency).guard
        free = EmploymentFactory(agency=agency).guard
        module = ModuleFactory()
        manager = MembershipFactory(agency=agency)
        director = MembershipFactory(role=Role.SCHOOL_DIRECTOR, school=school)
        national = MembershipFactory(role=Role.REGULATOR)

        def plan(self, **changed: Any) -> Session:
            asked = {
                "agency": self.agency, "module": self.module, "school": self.school, "on": today,
                "trainer": "Ә. Оспанов", "hours": Decimal(2), "guards": [self.standing, self.free], "by": self.manager,
            }  # fmt: skip
            return training.plan(**(asked | changed))

        def require(self, **changed: Any) -> Requirement:
            asked = {"school": self.school, "module": self.module, "first_day": today, "by": self.director}
            return requirements.require(**(asked | changed))

        def log(self, **changed: Any) -> Briefing:
            asked = {
                "agency": self.agency, "school": self.school, "kind": "briefing", "held_on": today,
                "topic": "Өткізу режимі", "led_by": "Ә. Оспанов", "attended": [self.standing], "by": self.manager,
            }  # fmt: skip
            return requirements.log_briefing(**(asked | changed))

    return World()


def refused(work: Callable[[], Any], says: str, field: str | None = None) -> None:
    """It is refused in these words, by this field, and nothing is written."""
    counts = [model.objects.count() for model in (Session, TrainingRecord, Requirement, Module, Briefing, Event)]
    with pytest.raises(Refused) as refusal:
        work()
    assert (str(refusal.value), refusal.value.field) == (says, field)
    assert counts == [
        model.objects.count() for model in (Session, TrainingRecord, Requirement, Module, Briefing, Event)
    ]


def mentioned(verb: str) -> set[str]:
    return set(Mention.objects.filter(event__verb=verb).values_list("key", flat=True))


# To plan


def test_a_planned_session_has_its_list_and_trains_nobody(world: Any) -> None:
    session = world.plan()
    assert session.status == Session.Status.PLANNED
    assert {one.guard for one in session.attendees.all()} == {world.standing, world.free}
    assert set(session.attendees.values_list("came", flat=True)) == {None}
    assert not TrainingRecord.objects.exists()
    assert subject_key(world.standing) in mentioned("session_planned")


@pytest.mark.parametrize(
    ("changed", "says", "field"),
    [
        ({"guards": []}, "Choose at least one guard.", "guards"),
        ({"school": None}, "This module is completed for one school. Choose the school.", "school"),
        ({"hours": Decimal(0)}, "A session lasts more than 0 and at most 200 hours.", "hours"),
        ({"on": date(2020, 1, 2)}, "A session is entered at most 60 days after it was held.", "on"),
    ],
)
def test_a_plan_is_refused(world: Any, changed: dict[str, Any], says: str, field: str) -> None:
    refused(lambda: world.plan(**changed), says, field)


def test_a_general_module_has_no_school(world: Any) -> None:
    general = ModuleFactory(scope=Module.Scope.GENERAL)
    refused(
        lambda: world.plan(module=general), "A general module counts at every school. Leave the school empty.", "school"
    )
    assert world.plan(module=general, school=None).school is None


def test_a_session_is_planned_at_schools_under_contract_only(world: Any) -> None:
    stranger = PostFactory().school
    with pytest.raises(Refused, match="You have no contract with"):
        world.plan(school=stranger)


def test_a_session_is_planned_for_ones_own_staff_only(world: Any) -> None:
    with pytest.raises(Refused, match="is not on your staff on"):
        world.plan(guards=[GuardFactory()])


# To hold


def test_who_came_has_completed_the_module_and_who_did_not_has_not(world: Any, today: date) -> None:
    session = world.plan()
    records = training.hold(session=session, came=[world.standing], by=world.manager)
    record = TrainingRecord.objects.get()
    assert records == [record]
    assert (record.guard, record.module, record.school) == (world.standing, world.module, world.school)
    assert (record.completed_on, record.hours, record.trainer, record.session) == (today, 2, "Ә. Оспанов", session)
    assert dict(session.attendees.values_list("guard", "came")) == {world.standing.pk: True, world.free.pk: False}
    session.refresh_from_db()
    assert session.status == Session.Status.HELD


def test_the_events_name_guard_agency_and_school(world: Any) -> None:
    training.hold(session=world.plan(), came=[world.standing], by=world.manager)
    named = mentioned("session_held")
    assert {subject_key(one) for one in (world.agency, world.school, world.standing)} <= named
    assert subject_key(world.free) not in named


def test_a_finding_of_the_school_closes_with_the_training(world: Any, today: date) -> None:
    RequirementFactory(school=world.school, module=world.module)
    evaluate(today)
    open_ones = Finding.objects.filter(version__rule="school_training", closed_on__isnull=True)
    assert open_ones.filter(school=world.school).exists()
    training.hold(session=world.plan(), came=[world.standing], by=world.manager)
    assert not open_ones.filter(school=world.school).exists()


def test_a_general_module_names_the_schools_where_they_stand(world: Any) -> None:
    general = ModuleFactory(scope=Module.Scope.GENERAL)
    session = world.plan(module=general, school=None)
    training.hold(session=session, came=[world.standing], by=world.manager)
    assert subject_key(world.school) in mentioned("session_held")


def test_training_that_the_register_holds_already_is_the_same_training(world: Any, today: date) -> None:
    kept = TrainingRecordFactory(guard=world.standing, module=world.module, school=world.school, completed_on=today)
    session = world.plan()
    training.hold(session=session, came=[world.standing], by=world.manager)
    kept.refresh_from_db()
    assert kept.session == session
    assert TrainingRecord.objects.count() == 1


def test_nobody_came_is_no_session(world: Any) -> None:
    session = world.plan()
    refused(
        lambda: training.hold(session=session, came=[], by=world.manager),
        "Tick those who came. If nobody came, cancel the session.",
        "came",
    )


def test_only_those_on_the_list_can_have_come(world: Any) -> None:
    session, stranger = world.plan(guards=[world.standing]), world.free
    refused(
        lambda: training.hold(session=session, came=[world.standing, stranger], by=world.manager),
        "1 of them are not on the list of this session.",
        "came",
    )


def test_a_session_is_held_on_its_day_and_not_before(world: Any, today: date) -> None:
    session = world.plan(on=today + days(1))
    with pytest.raises(Refused, match="it can be held on that day or later"):
        training.hold(session=session, came=[world.standing], by=world.manager)


@pytest.mark.parametrize("status", ["held", "cancelled"])
def test_what_is_over_is_neither_held_nor_cancelled_again(world: Any, status: str) -> None:
    session = SessionFactory(agency=world.agency, status=status)
    guard = AttendeeFactory(session=session).guard
    for work in (
        lambda: training.hold(session=session, came=[guard], by=world.manager),
        lambda: training.cancel(session=session, reason="Nobody came", by=world.manager),
    ):
        with pytest.raises(Refused, match="This session is “"):
            work()


def test_the_steps_of_a_session_are_those_that_the_model_names() -> None:
    assert set(Session.TRANSITIONS) == set(Session.Status)
    assert Session.TRANSITIONS[Session.Status.PLANNED] == {Session.Status.HELD, Session.Status.CANCELLED}


def test_a_cancelled_session_leaves_no_record(world: Any) -> None:
    session = training.cancel(session=world.plan(), reason="Nobody came", by=world.manager)
    assert session.status == Session.Status.CANCELLED
    assert not TrainingRecord.objects.exists()
    assert set(Attendee.objects.values_list("came", flat=True)) == {None}


def test_the_signed_sheet_is_kept_with_a_session_that_was_held(world: Any) -> None:
    session = world.plan()
    sheet = take(SimpleUploadedFile("лист.pdf", PDF))
    refused(
        lambda: training.keep_sheet(session=session, sheet=sheet, by=world.manager),
        "A signed sheet belongs to a session that was held. Say first who came.",
        "sheet",
    )
    training.hold(session=session, came=[world.standing], by=world.manager)
    kept = training.keep_sheet(session=session, sheet=sheet, by=world.manager).signed_sheet
    assert kept is not None
    assert kept.name == "лист.pdf"


# What a school asks for


def test_a_school_asks_from_a_day_on_in_its_own_words(world: Any, today: date) -> None:
    made = world.require(first_day=today + days(7), briefing=" Запасной выход справа ")
    assert (made.first_day, made.last_day, made.briefing) == (today + days(7), None, "Запасной выход справа")
    assert subject_key(world.school) in mentioned("requirement_made")


def test_nobody_learns_today_that_he_was_untrained_yesterday(world: Any, today: date) -> None:
    refused(
        lambda: world.require(first_day=today - days(1)),
        "A school asks for a module from today on, or from a later day.",
        "first_day",
    )


def test_a_module_is_asked_for_once_at_a_time(world: Any) -> None:
    world.require()
    with pytest.raises(Refused, match="Your school already asks for this module"):
        world.require()


def test_a_new_version_takes_the_place_of_the_one_before(world: Any, today: date) -> None:
    earlier = RequirementFactory(school=world.school, module=world.module)
    later = ModuleFactory(replaces=world.module, version=2)
    world.require(module=later, first_day=today + days(3))
    earlier.refresh_from_db()
    assert earlier.last_day == today + days(2)
    with pytest.raises(Refused, match="There is a later version of this module"):
        world.require(module=world.module, first_day=today + days(9))


def test_an_earlier_version_yet_to_begin_gives_way(world: Any, today: date) -> None:
    coming = RequirementFactory(school=world.school, module=world.module, first_day=today + days(5))
    world.require(module=ModuleFactory(replaces=world.module, version=2), first_day=today)
    assert not Requirement.objects.filter(pk=coming.pk).exists()


def test_a_requirement_ends_today_or_later_and_once(world: Any, today: date) -> None:
    made = RequirementFactory(school=world.school, module=world.module)
    with pytest.raises(Refused, match="The last day is"):
        requirements.end_requirement(requirement=made, last_day=today - days(1), by=world.director)
    ended = requirements.end_requirement(requirement=made, last_day=today, by=world.director)
    assert ended.last_day == today
    past = RequirementFactory(school=world.school, last_day=today - days(1))
    with pytest.raises(Refused, match="no longer asks"):
        requirements.end_requirement(requirement=past, last_day=today, by=world.director)


def test_the_words_of_before_stay_in_the_trail(world: Any) -> None:
    made = RequirementFactory(school=world.school, briefing="Бұрынғы сөз")
    changed = requirements.change_briefing(requirement=made, briefing="Жаңа сөз", by=world.director)
    assert changed.briefing == "Жаңа сөз"
    assert Event.objects.get(verb="requirement_words_changed").details["before"] == "Бұрынғы сөз"


# The catalogue

NEW = {"title_kk": "Өрт", "title_ru": "Пожар", "scope": "school", "hours": Decimal(3), "valid_months": 6}


def test_a_module_comes_into_the_catalogue_with_a_code_of_its_own(world: Any) -> None:
    first = requirements.add_module(**NEW, title_en="Fire", by=world.national)
    second = requirements.add_module(**NEW, title_en="Fire", by=world.national)
    assert (first.code, second.code) == ("fire", "fire-2")
    assert (first.version, first.replaces) == (1, None)


def test_a_new_version_leaves_the_records_of_the_one_before_as_they_are(world: Any) -> None:
    record = TrainingRecordFactory(module=world.module, completed_on=date(2026, 1, 31))
    later = requirements.add_module(**NEW, replaces=world.module, by=world.national)
    record.refresh_from_db()
    assert (later.version, later.replaces, later.code) == (2, world.module, f"{world.module.code}-v2")
    assert record.valid_until == date(2027, 1, 31)
    assert set(Module.objects.current()) == {later}
    third = requirements.add_module(**NEW, replaces=later, by=world.national)
    assert (third.version, third.code) == (3, f"{world.module.code}-v3")


def test_a_version_is_replaced_once(world: Any) -> None:
    requirements.add_module(**NEW, replaces=world.module, by=world.national)
    refused(
        lambda: requirements.add_module(**NEW, replaces=world.module, by=world.national),
        "There is a later version of this module by now. Open the catalogue again.",
    )


def test_a_version_keeps_the_kind_of_its_module(world: Any) -> None:
    refused(
        lambda: requirements.add_module(**(NEW | {"scope": "general"}), replaces=world.module, by=world.national),
        "A version keeps the kind of its module: general, or for one school.",
        "scope",
    )


def test_a_regional_officer_does_not_change_the_catalogue(world: Any) -> None:
    regional = MembershipFactory(role=Role.REGULATOR, region=Region.objects.get(code="35"))
    refused(
        lambda: requirements.add_module(**NEW, by=regional),
        "The catalogue is one for the whole country: the national officer changes it.",
    )


def test_an_earlier_version_is_taught_while_a_school_asks_for_it(world: Any, today: date) -> None:
    later = ModuleFactory(replaces=world.module, version=2)
    assert set(Module.objects.to_teach([world.school], today)) == {later}
    RequirementFactory(school=world.school, module=world.module)
    assert set(Module.objects.to_teach([world.school], today)) == {later, world.module}


# How long a module holds


@pytest.mark.parametrize(
    ("completed_on", "months", "until"),
    [
        (date(2026, 1, 15), 12, date(2027, 1, 15)),
        (date(2026, 8, 31), 6, date(2027, 2, 28)),
        (date(2024, 2, 29), 12, date(2025, 2, 28)),
        (date(2026, 12, 1), 1, date(2027, 1, 1)),
        (date(2026, 12, 1), None, None),
    ],
)
def test_a_module_holds_until_the_same_day_so_many_months_later(
    completed_on: date, months: int | None, until: date | None
) -> None:
    assert Module(valid_months=months).lasts_until(completed_on) == until


def test_the_rule_counts_the_same_last_day(world: Any, today: date) -> None:
    """On the last day that the model names no school finds the module lacking; on the next day each does."""
    RequirementFactory(school=world.school, module=world.module)
    record = TrainingRecordFactory(
        guard=world.free, module=world.module, school=world.school, completed_on=date(2026, 8, 31)
    )
    last = record.valid_until
    assert last is not None

    def lacking(day: date) -> bool:
        found = obstacles([world.free], world.post, world.agency, day)[world.free.pk]
        return any(one.version.rule == "school_training" for one in found)

    assert [lacking(last), lacking(last + timedelta(days=1))] == [False, True]


# The log


def test_an_entry_names_who_attended_and_whose_it_is(world: Any) -> None:
    entry = world.log()
    assert (entry.agency, set(entry.attended.all())) == (world.agency, {world.standing})
    assert {subject_key(world.agency), subject_key(world.school)} <= mentioned("briefing_logged")


def test_the_log_refuses_what_is_to_come_what_is_long_past_and_what_it_holds(world: Any, today: date) -> None:
    refused(lambda: world.log(held_on=today + days(1)), "The log holds what was held: today or earlier.", "held_on")
    refused(lambda: world.log(held_on=today - days(400)), "An entry is made at most a year after the day.", "held_on")
    refused(lambda: world.log(attended=[]), "Choose at least one guard.", "attended")
    BriefingFactory(school=world.school, kind="briefing", held_on=today, topic="Өткізу режимі")
    refused(lambda: world.log(), "This entry of the log is already there.", "topic")


def test_the_log_of_a_school_without_contract_is_not_written(world: Any) -> None:
    with pytest.raises(Refused, match="You have no contract with"):
        world.log(school=PostFactory().school)


def changed(world: Any, session: Session, **other: Any) -> Session:
    said = {"on": session.on, "trainer": session.trainer, "hours": session.hours, "guards": [world.standing]}
    return training.change(session=session, **{**said, **other}, by=world.manager)


def test_a_session_shorter_than_its_module_completes_nothing(world: Any) -> None:
    with pytest.raises(Refused, match="takes 2 hours; a shorter session") as refused:
        world.plan(hours=Decimal("1.5"))
    assert refused.value.field == "hours"
    session = world.plan(hours=Decimal(2))
    with pytest.raises(Refused, match="takes 2 hours"):
        changed(world, session, hours=Decimal("1.5"))


def test_a_change_says_what_stood_there_and_names_who_came_and_went_from_the_list(world: Any) -> None:
    session = world.plan(guards=[world.standing])
    changed(world, session, trainer="А. Жаңа", guards=[world.free])
    event = Event.objects.get(verb="session_changed")
    assert (event.details["before"]["trainer"], event.details["added"], event.details["removed"]) != ("А. Жаңа", 0, 0)
    named = {mention.key for mention in event.mentions.all()}
    assert {subject_key(world.standing), subject_key(world.free), subject_key(session)} <= named
    assert [one.guard for one in session.attendees.all()] == [world.free]


@pytest.mark.parametrize("status", [Session.Status.HELD, Session.Status.CANCELLED])
def test_what_is_over_is_not_changed(world: Any, status: str) -> None:
    session = world.plan()
    session.status = status
    session.save()
    with pytest.raises(Refused, match="by now"):
        changed(world, session)


def test_a_session_is_not_cancelled_without_a_reason(world: Any) -> None:
    with pytest.raises(Refused, match="why the session is cancelled") as refused:
        training.cancel(session=world.plan(), reason=" ", by=world.manager)
    assert refused.value.field == "reason"
