"""Factories that build lawful objects; each test breaks one thing."""

from datetime import date, timedelta
from typing import Any

import factory
from django.utils import timezone
from factory.django import DjangoModelFactory

from access.roles import Role
from accounts.models import Membership, SavedFilter, User
from agencies.models import Agency, Contract, Licence, LicenceEvent, MobileGroup, QuarterlyReport
from compliance.models import Answer, Clause, ClauseVersion, Draft, Rehearsal, RehearsedMark
from exchange.models import Addition, Import, Mend, SheetFault
from files.models import StoredFile
from guards.models import (
    Assignment,
    Attendee,
    Briefing,
    Cause,
    Credential,
    Employment,
    Guard,
    Module,
    Presence,
    PresenceNote,
    ProposalNote,
    Relief,
    Reminder,
    Requirement,
    Session,
    TrainingRecord,
)
from schools.identifiers import control_digit
from schools.models import Calendar, Closure, Post, Region, School
from staffing.models import SignedReason

LONG_AGO = date(2020, 1, 1)
# What the law asks of whoever stands at a post.
LAWFUL_PAPERS = (
    Credential.Kind.TRAINING_CERTIFICATE,
    Credential.Kind.REFRESHER_CERTIFICATE,
    Credential.Kind.MEDICAL_CERTIFICATE,
    Credential.Kind.NO_CRIMINAL_RECORD,
    Credential.Kind.IDENTITY_DOCUMENT,
)


def _numbered(prefix: str, serial: int, width: int) -> str:
    """The serial-th number with this prefix that is issued at all: some serials have no control digit."""
    place = -1
    for candidate in range(10**width):
        eleven = f"{prefix}{candidate:0{width}d}"
        digit = control_digit(eleven)
        place += digit is not None
        if place == serial:
            return f"{eleven}{digit}"
    raise ValueError(f"No number {serial} with the prefix {prefix}.")


def iin(serial: int) -> str:
    """A valid IIN that belongs to nobody: born in December 1850, long before the first IIN was issued."""
    return _numbered(f"5012{10 + serial // 1000 % 20:02d}1", serial % 1000, 4)


def bin_number(serial: int) -> str:
    """A valid BIN that belongs to nobody: registered in December 2060."""
    return _numbered("601240", serial, 5)


class CalendarFactory(DjangoModelFactory):
    class Meta:
        model = Calendar
        django_get_or_create = ("code",)

    code = "five-days"
    name = "Бес күндік"
    weekdays = "12345"


class ClosureFactory(DjangoModelFactory):
    class Meta:
        model = Closure

    calendar = factory.SubFactory(CalendarFactory)
    first_day = date(2026, 6, 1)
    last_day = date(2026, 8, 31)
    reason = "Summer"


class SchoolFactory(DjangoModelFactory):
    class Meta:
        model = School

    code = factory.Sequence(lambda n: f"S{n:04d}")
    bin = factory.Sequence(lambda n: bin_number(500 + n))
    name_ru = factory.Sequence(lambda n: f"Школа № {n}")
    name_kk = factory.Sequence(lambda n: f"№ {n} мектеп")
    region = factory.LazyFunction(lambda: Region.objects.get(code="35"))
    locality = "Караганда"
    pupils = 800
    staff = 90
    calendar = factory.SubFactory(CalendarFactory)


class PostFactory(DjangoModelFactory):
    class Meta:
        model = Post

    code = factory.Sequence(lambda n: f"P{n:04d}")
    school = factory.SubFactory(SchoolFactory)
    name = "Главный вход"
    pattern = Post.Pattern.ROUND_THE_CLOCK
    positions = 3
    first_day = LONG_AGO


class AgencyFactory(DjangoModelFactory):
    class Meta:
        model = Agency

    bin = factory.Sequence(bin_number)
    name_ru = factory.Sequence(lambda n: f"ТОО «Қорғау {n}»")
    name_kk = factory.Sequence(lambda n: f"«Қорғау {n}» ЖШС")
    region = factory.LazyFunction(lambda: Region.objects.get(code="35"))


class LicenceFactory(DjangoModelFactory):
    class Meta:
        model = Licence

    number = factory.Sequence(lambda n: f"L{n:05d}")
    agency = factory.SubFactory(AgencyFactory)
    subtype = Licence.Subtype.ALL
    issued_on = LONG_AGO


class LicenceEventFactory(DjangoModelFactory):
    class Meta:
        model = LicenceEvent

    licence = factory.SubFactory(LicenceFactory)
    on = date(2026, 1, 15)
    event = LicenceEvent.Kind.SUSPENDED


class ContractFactory(DjangoModelFactory):
    """A contract in force, under a licence of its agency."""

    class Meta:
        model = Contract

    code = factory.Sequence(lambda n: f"C{n:04d}")
    agency = factory.SubFactory(AgencyFactory)
    school = factory.SubFactory(SchoolFactory)
    number = factory.Sequence(lambda n: f"{n}/2020")
    signed_on = LONG_AGO
    first_day = LONG_AGO
    licence = factory.SubFactory(LicenceFactory, agency=factory.SelfAttribute("..agency"))


class MobileGroupFactory(DjangoModelFactory):
    class Meta:
        model = MobileGroup

    agency = factory.SubFactory(AgencyFactory)
    name = factory.Sequence(lambda n: f"Группа {n}")
    has_radio = True
    is_armed = True
    first_day = LONG_AGO


class QuarterlyReportFactory(DjangoModelFactory):
    class Meta:
        model = QuarterlyReport

    agency = factory.SubFactory(AgencyFactory)
    year = 2026
    quarter = 2
    sent_on = date(2026, 7, 20)


class GuardFactory(DjangoModelFactory):
    """Somebody without a recorded paper; with `papers=True` he has all that the law asks of who stands at a post."""

    class Meta:
        model = Guard
        skip_postgeneration_save = True

    iin = factory.Sequence(iin)
    family_name = factory.Sequence(lambda n: f"Сейтқалиев{n}")
    given_name = "Болат"
    patronymic = "Ерланұлы"

    @factory.post_generation
    def papers(self, create: bool, extracted: bool | None, **_options: Any) -> None:
        if extracted:
            for kind in LAWFUL_PAPERS:
                # Without a day of issue they hold until their last day, whatever day a test plays on.
                CredentialFactory(guard=self, kind=kind, issued_on=None)


class EmploymentFactory(DjangoModelFactory):
    class Meta:
        model = Employment

    guard = factory.SubFactory(GuardFactory)
    agency = factory.SubFactory(AgencyFactory)
    first_day = LONG_AGO


class CredentialFactory(DjangoModelFactory):
    class Meta:
        model = Credential

    guard = factory.SubFactory(GuardFactory)
    kind = Credential.Kind.MEDICAL_CERTIFICATE
    number = factory.Sequence(lambda n: f"M{n:05d}")
    issued_on = LONG_AGO
    valid_until = date(2030, 1, 1)


class ModuleFactory(DjangoModelFactory):
    class Meta:
        model = Module

    code = factory.Sequence(lambda n: f"M{n:03d}")
    title_ru = "Эвакуация"
    title_kk = "Эвакуация"
    title_en = "Evacuation"
    scope = Module.Scope.SCHOOL
    hours = 2
    valid_months = 12


class RequirementFactory(DjangoModelFactory):
    class Meta:
        model = Requirement

    school = factory.SubFactory(SchoolFactory)
    module = factory.SubFactory(ModuleFactory)
    first_day = LONG_AGO


class TrainingRecordFactory(DjangoModelFactory):
    class Meta:
        model = TrainingRecord

    guard = factory.SubFactory(GuardFactory)
    module = factory.SubFactory(ModuleFactory)
    school = factory.SubFactory(SchoolFactory)
    completed_on = LONG_AGO


class BriefingFactory(DjangoModelFactory):
    class Meta:
        model = Briefing

    school = factory.SubFactory(SchoolFactory)
    kind = Briefing.Kind.BRIEFING
    held_on = date(2026, 9, 1)
    topic = factory.Sequence(lambda n: f"Тема {n}")


class AssignmentFactory(DjangoModelFactory):
    """A confirmed regular assignment that still goes on, of a guard whom the agency employs, under a contract."""

    class Meta:
        model = Assignment

    code = factory.Sequence(lambda n: f"A{n:05d}")
    guard = factory.SubFactory(GuardFactory)
    post = factory.SubFactory(PostFactory)
    agency = factory.SubFactory(AgencyFactory)
    first_day = LONG_AGO
    status = Assignment.Status.CONFIRMED
    confirmed_on = factory.SelfAttribute("first_day")

    class Params:
        left = factory.Trait(status=Assignment.Status.ENDED, end_reason="resigned")
        # Of somebody whom the law lets be confirmed.
        proposal = factory.Trait(
            status=Assignment.Status.PROPOSED,
            confirmed_on=None,
            guard=factory.SubFactory(GuardFactory, papers=True),
        )

    @classmethod
    def _create(cls, model_class: type[Assignment], *args: Any, **kwargs: Any) -> Assignment:
        assignment = super()._create(model_class, *args, **kwargs)
        pair = {"guard": assignment.guard, "agency": assignment.agency}
        if not Employment.objects.filter(**pair).exists():
            EmploymentFactory(**pair)
        if not Contract.objects.filter(agency=assignment.agency, school=assignment.post.school).exists():
            ContractFactory(agency=assignment.agency, school=assignment.post.school)
        return assignment


class SignedReasonFactory(DjangoModelFactory):
    """Why the agency set the clause about training at the school aside."""

    class Meta:
        model = SignedReason

    assignment = factory.SubFactory(AssignmentFactory, proposal=True)
    version = factory.LazyFunction(lambda: ClauseVersion.objects.filter(rule="school_training").earliest("pk"))
    sentence = "Module “Evacuation”, which the school requires, was not completed here by 30.11.2026."
    text = "The trainer comes on Friday; until then he stands with a colleague."
    signed_by = "manager@example.kz"
    signed_name = "Айгерим Жүнісова"


class ProposalNoteFactory(DjangoModelFactory):
    class Meta:
        model = ProposalNote

    assignment = factory.SubFactory(AssignmentFactory, proposal=True)
    role = Role.SCHOOL_DIRECTOR
    author = "Сәуле Ахметова"
    text = "Бұрын мектепте тұрды ма?"


class ReliefFactory(DjangoModelFactory):
    """A guard whom the agency of a school, which employs him, named for its relief; `approved` by the director."""

    class Meta:
        model = Relief

    class Params:
        approved = factory.Trait(status="approved", answered_on=factory.LazyFunction(timezone.localdate))

    guard = factory.SubFactory(GuardFactory)
    school = factory.SubFactory(SchoolFactory)
    agency = factory.SubFactory(AgencyFactory)
    named_by = "Айгерим Жүнісова"


class PresenceFactory(DjangoModelFactory):
    class Meta:
        model = Presence

    guard = factory.SubFactory(GuardFactory)
    post = factory.SubFactory(PostFactory)
    on = date(2026, 11, 20)
    agency_claim = True


class UserFactory(DjangoModelFactory):
    class Meta:
        model = User

    email = factory.Sequence(lambda n: f"person{n}@qorgan.example")
    full_name = "Айгүл Жүнісова"


class MembershipFactory(DjangoModelFactory):
    """A person in a role, with an organisation of its own unless one is given."""

    class Meta:
        model = Membership

    user = factory.SubFactory(UserFactory)
    role = Role.AGENCY_MANAGER
    agency = factory.Maybe("of_agency", factory.SubFactory(AgencyFactory), None)
    school = factory.Maybe("of_school", factory.SubFactory(SchoolFactory), None)
    region = None

    class Params:
        of_agency = factory.LazyAttribute(lambda one: one.role == Role.AGENCY_MANAGER)
        of_school = factory.LazyAttribute(lambda one: one.role == Role.SCHOOL_DIRECTOR)


class SavedFilterFactory(DjangoModelFactory):
    class Meta:
        model = SavedFilter

    membership = factory.SubFactory(MembershipFactory)
    page = "agency:guards"
    name = factory.Sequence(lambda n: f"Filter {n}")
    query = "status=free"


class StoredFileFactory(DjangoModelFactory):
    class Meta:
        model = StoredFile

    name = "scan.pdf"
    content_type = "application/pdf"
    size = 9
    digest = "0" * 64
    content = factory.django.FileField(filename="scan.pdf", data=b"%PDF-1.7\n")


class CauseFactory(DjangoModelFactory):
    """Evidence of why an assignment ended, not yet answered."""

    class Meta:
        model = Cause

    assignment = factory.SubFactory(AssignmentFactory)
    note = "Декретный отпуск"
    submitted_by = "Айгүл Жүнісова"


class AnswerFactory(DjangoModelFactory):
    """An agency's answer to the `finding` that is given."""

    class Meta:
        model = Answer

    text = "Приказ издан"
    given_by = "Айгүл Жүнісова"


class PresenceNoteFactory(DjangoModelFactory):
    class Meta:
        model = PresenceNote

    presence = factory.SubFactory(PresenceFactory)
    role = Role.SCHOOL_DIRECTOR
    author = "Сәуле Қасенова"
    text = "Пришёл другой человек"


class ReminderFactory(DjangoModelFactory):
    class Meta:
        model = Reminder

    about = factory.Sequence(lambda n: f"paper {n} 30")


class SessionFactory(DjangoModelFactory):
    """A session planned by an agency on a general module."""

    class Meta:
        model = Session

    agency = factory.SubFactory(AgencyFactory)
    module = factory.SubFactory(ModuleFactory)
    on = date(2026, 9, 1)
    trainer = "Болат Сейтқалиев"
    hours = 4


class AttendeeFactory(DjangoModelFactory):
    class Meta:
        model = Attendee

    session = factory.SubFactory(SessionFactory)
    guard = factory.SubFactory(GuardFactory)


class ImportFactory(DjangoModelFactory):
    """A sheet of guards that was checked, with a row at fault to be mended."""

    class Meta:
        model = Import

    agency = factory.SubFactory(AgencyFactory)
    kind = "guards"
    file = factory.SubFactory(StoredFileFactory)
    language = "en"
    heads = ["IIN", "Family name", "Given name", "On the staff since"]
    matching = ["iin", "family_name", "given_name", "first_day"]
    state = Import.State.CHECKED
    rows = 2
    rows_at_fault = 1
    to_mend = factory.SubFactory(StoredFileFactory)
    sent_by = factory.SubFactory(MembershipFactory, agency=factory.SelfAttribute("..agency"))


class SheetFaultFactory(DjangoModelFactory):
    class Meta:
        model = SheetFault

    of = factory.SubFactory(ImportFactory)
    row = 2
    column = "first_day"
    sentence = "“-” is not a day."


class MendFactory(DjangoModelFactory):
    class Meta:
        model = Mend

    of = factory.SubFactory(ImportFactory)
    file = factory.SubFactory(StoredFileFactory)


class AdditionFactory(DjangoModelFactory):
    """Something that an import brought in, as it is no more."""

    class Meta:
        model = Addition

    of = factory.SubFactory(ImportFactory)
    model = "guards.guard"
    key = factory.Sequence(lambda n: 1_000_000 + n)
    digest = 0


class DraftFactory(DjangoModelFactory):
    """A draft of the paragraph on security agencies of schools, still without a clause."""

    class Meta:
        model = Draft

    code = factory.Sequence(lambda n: f"draft-{n}")
    paragraph = factory.LazyFunction(lambda: Clause.objects.get(paragraph__code="school-guards", number="1").paragraph)


class RehearsalFactory(DjangoModelFactory):
    """One that waits for a worker; of the whole country unless a region is given."""

    class Meta:
        model = Rehearsal

    draft = factory.SubFactory(DraftFactory)
    day = LONG_AGO
    digest = factory.LazyAttribute(lambda one: one.draft.digest)
    asked_by = factory.SubFactory(MembershipFactory, role=Role.REGULATOR)
    engine = "1"


class RehearsedMarkFactory(DjangoModelFactory):
    """A school that the draft marks for the first time."""

    class Meta:
        model = RehearsedMark

    rehearsal = factory.SubFactory(RehearsalFactory)
    clause = factory.LazyFunction(lambda: Clause.objects.get(paragraph__code="school-guards", number="1"))
    school = factory.SubFactory(SchoolFactory)
    subject = factory.LazyAttribute(lambda one: f"school:{one.school.pk} agency: guard:")
    region = factory.SelfAttribute("school.region")
    change = RehearsedMark.Change.NEWLY
    before = RehearsedMark.Mark.NONE
    after = RehearsedMark.Mark.INDICATED
    headcount = 4.16
    left = 2
    value = 48.1
    low = 5.8
    high = 173.7
    weight = 5.8


def days(count: int) -> timedelta:
    return timedelta(days=count)
