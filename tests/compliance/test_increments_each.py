"""Every verb, each on its own, leaves nothing of what it touched to the night: what is stored after it is what judging
everything anew would store.

A case prepares a register, which is judged, and then acts. A verb that is to change what is stored must change it, else
its case would prove nothing; one that is to change nothing must change nothing. A verb without a case fails.
"""

import inspect
import re
from collections.abc import Callable, Iterator
from datetime import timedelta
from decimal import Decimal
from importlib import import_module
from pkgutil import iter_modules
from typing import Any

import pytest
import time_machine

import guards.actions
import staffing
from compliance.actions import answer_finding
from compliance.findings import evaluate
from compliance.models import Evaluation, Finding
from exchange import importing
from files.intake import PDF, Taken
from guards.actions import papers, people, requirements, training
from guards.actions.recorded import record_about
from guards.models import Credential, EndReason
from staffing import actions, asking, attendance, causes, relief, reminding, replacing, taking_over
from tests.compliance.registers import DAY, SPRING, noon
from tests.compliance.standing_world import KIND, LAST_WEEK, YESTERDAY, World
from tests.compliance.test_increments_always import stored, stored_anew
from tests.exchange.sheets import GUARD_HEADS, Sender, csv_file
from tests.factories import (
    AssignmentFactory,
    BriefingFactory,
    CauseFactory,
    CredentialFactory,
    EmploymentFactory,
    MembershipFactory,
    ModuleFactory,
    PresenceFactory,
    RequirementFactory,
)
from tests.staffing.test_lawful_always import Reasons

pytestmark = pytest.mark.django_db

SCAN = Taken(b"%PDF-1.7\n", PDF, "scan.pdf")
Case = Callable[[World], Iterator[Any]]
# How a verb writes its event.
RECORDS = re.compile(r"\b_?record(_about)?\(")
# For each case the verb that it is about, and whether that is to change anything that is stored.
CASES: dict[str, tuple[Case, Any, bool]] = {}


def about(verb: Any, *, changes: bool = True) -> Callable[[Case], Case]:
    def keep(case: Case) -> Case:
        CASES[case.__name__] = case, verb, changes
        return case

    return keep


# Assignments


@about(actions.propose)
def whoever_is_proposed_lacks_a_module(world: World) -> Iterator[Any]:
    world.requirement()
    newcomer = world.newcomer()
    yield
    said = {"post": world.post, "agency": world.agency, "first_day": DAY, "reasons": Reasons()}
    actions.propose(guard=newcomer, **said, by=world.manager)


@about(actions.withdraw)
def a_proposal_is_withdrawn(world: World) -> Iterator[Any]:
    proposal = world.waiting()
    yield
    actions.withdraw(assignment=proposal, by=world.manager)


@about(actions.confirm)
def a_proposal_is_confirmed(world: World) -> Iterator[Any]:
    proposal = world.waiting()
    yield
    actions.confirm(assignment=proposal, by=world.director)


@about(actions.decline)
def a_proposal_is_declined(world: World) -> Iterator[Any]:
    proposal = world.waiting()
    yield
    actions.decline(assignment=proposal, reason="No.", by=world.director)


@about(reminding.remind, changes=False)
def a_school_is_reminded(world: World) -> Iterator[Any]:
    proposal = world.waiting()
    yield
    reminding.remind(assignment=proposal, by=world.manager)


@about(asking.discuss, changes=False)
def a_proposal_is_spoken_of(world: World) -> Iterator[Any]:
    proposal = world.waiting()
    yield
    asking.discuss(assignment=proposal, text="Where has he stood before?", by=world.director)


@about(relief.name, changes=False)
def somebody_is_named_who_stands_in(world: World) -> Iterator[Any]:
    newcomer = world.newcomer()
    yield
    relief.name(guard=newcomer, school=world.school, by=world.manager)


@about(relief.approve, changes=False)
def who_stands_in_is_approved(world: World) -> Iterator[Any]:
    named = world.named()
    yield
    relief.approve(relief=named, by=world.director)


@about(relief.decline, changes=False)
def who_stands_in_is_declined(world: World) -> Iterator[Any]:
    named = world.named()
    yield
    relief.decline(relief=named, reason="We know him.", by=world.director)


@about(relief.end, changes=False)
def nobody_stands_in_any_more(world: World) -> Iterator[Any]:
    named = world.named()
    yield
    relief.end(relief=named, by=world.manager)


@about(actions.end)
def a_service_ends(world: World) -> Iterator[Any]:
    yield
    actions.end(assignment=world.standing, last_day=YESTERDAY, reason="resigned", by=world.manager)


@about(replacing.replace)
def a_guard_is_replaced(world: World) -> Iterator[Any]:
    newcomer = world.newcomer()
    yield
    said = {"reason": "resigned", "last_day": YESTERDAY, "first_day": DAY, "reasons": Reasons()}
    replacing.replace(assignment=world.standing, successor=newcomer, **said, by=world.manager)


@about(taking_over.propose_all)
def several_are_proposed_who_lack_a_module(world: World) -> Iterator[Any]:
    world.requirement()
    placings = [taking_over.Placing(world.newcomer(), post) for post in (world.post, world.elsewhere)]
    yield
    said = {"agency": world.agency, "first_day": DAY, "reasons": Reasons()}
    taking_over.propose_all(placings=placings, **said, by=world.manager)


@about(taking_over.end_what_outlived_its_contract)
def a_contract_ended_and_its_guards_with_it(world: World) -> Iterator[Any]:
    world.agency.contracts.filter(school=world.school).update(last_day=YESTERDAY)
    yield
    assert taking_over.end_what_outlived_its_contract() == 1


# Shifts


@about(actions.mark_presence)
def a_day_is_filled_in_of_whoever_has_left(world: World) -> Iterator[Any]:
    PresenceFactory(guard=world.guard, post=world.post, on=LAST_WEEK)
    actions.end(assignment=world.standing, last_day=YESTERDAY, reason="resigned", by=world.manager)
    yield
    actions.mark_presence(guard=world.guard, post=world.post, on=LAST_WEEK, answer="present", by=world.director)


@about(actions.mark_presence)
def a_day_is_filled_in_of_whoever_stands_for_another_agency_now(world: World) -> Iterator[Any]:
    PresenceFactory(guard=world.guard, post=world.post, on=LAST_WEEK)
    actions.end(assignment=world.standing, last_day=YESTERDAY, reason="resigned", by=world.manager)
    AssignmentFactory(post=world.post, guard=world.guard, first_day=DAY)
    yield
    actions.mark_presence(guard=world.guard, post=world.post, on=LAST_WEEK, answer="absent", by=world.director)


@about(attendance.claim_month)
def a_month_is_claimed(world: World) -> Iterator[Any]:
    yield
    first, _last = attendance.month_days(DAY)
    claims = attendance.shifts([world.standing], first, DAY)
    said = {"agency": world.agency, "school": world.school, "month": first, "seen": ()}
    attendance.claim_month(claims=claims, **said, by=world.manager)


@about(attendance.claim)
def a_claim_is_taken_back(world: World) -> Iterator[Any]:
    shift = PresenceFactory(guard=world.guard, post=world.post, on=LAST_WEEK)
    yield
    attendance.claim(presence=shift, claimed=False, by=world.manager)


@about(attendance.add_note, changes=False)
def a_shift_is_spoken_of(world: World) -> Iterator[Any]:
    shift = PresenceFactory(guard=world.guard, post=world.post, on=LAST_WEEK)
    yield
    attendance.add_note(presence=shift, text="He was ill.", by=world.manager)


# Causes


@about(causes.submit, changes=False)
def a_cause_is_proved(world: World) -> Iterator[Any]:
    left = world.leaves()
    yield
    causes.submit(assignment=left, note="Sick list № 7.", evidence=None, by=world.manager)


@about(causes.accept)
def a_cause_is_accepted(world: World) -> Iterator[Any]:
    cause = CauseFactory(assignment=world.leaves())
    yield
    causes.accept(cause=cause, by=world.director)


@about(causes.reject, changes=False)
def a_cause_is_rejected(world: World) -> Iterator[Any]:
    cause = CauseFactory(assignment=world.leaves())
    yield
    causes.reject(cause=cause, reason="No stamp.", by=world.director)


# Papers and people


@about(papers.add_paper)
def a_paper_is_added(world: World) -> Iterator[Any]:
    world.guard.credentials.filter(kind=KIND).delete()
    yield
    papers.add_paper(guard=world.guard, kind=KIND, number="7", by=world.manager)


@about(papers.add_paper)
def with_its_first_paper_of_a_kind_an_agency_answers_for_all_its_guards(world: World) -> Iterator[Any]:
    world.nobody_has_a(KIND)
    yield
    papers.add_paper(guard=world.guard, kind=KIND, number="7", by=world.manager)


@about(papers.correct_paper)
def with_a_paper_of_another_kind_an_agency_answers_for_other_papers(world: World) -> Iterator[Any]:
    world.nobody_has_a(KIND)
    world.colleague.credentials.filter(kind=Credential.Kind.IDENTITY_DOCUMENT).delete()
    paper = world.guard.credentials.get(kind=Credential.Kind.IDENTITY_DOCUMENT)
    yield
    papers.correct_paper(paper=paper, kind=KIND, number="7", by=world.manager)


@about(papers.delete_paper)
def without_its_last_paper_of_a_kind_an_agency_answers_for_none(world: World) -> Iterator[Any]:
    world.nobody_has_a(KIND)
    newcomer = world.newcomer()
    yield
    papers.delete_paper(paper=newcomer.credentials.get(kind=KIND), by=world.manager)


@about(papers.verify_paper, changes=False)
def a_paper_is_verified(world: World) -> Iterator[Any]:
    yield
    papers.verify_paper(paper=world.guard.credentials.get(kind=KIND), by=world.regulator)


@about(papers.doubt_paper, changes=False)
def a_paper_is_doubted(world: World) -> Iterator[Any]:
    yield
    papers.doubt_paper(paper=world.guard.credentials.get(kind=KIND), words="Not theirs.", by=world.regulator)


@about(people.hire)
def whoever_is_hired_brings_the_first_paper_of_a_kind(world: World) -> Iterator[Any]:
    world.nobody_has_a(KIND)
    hired = CredentialFactory(kind=KIND).guard
    yield
    names = {"iin": hired.iin, "family_name": hired.family_name, "given_name": hired.given_name}
    people.hire(**names, agency=world.agency, first_day=DAY, by=world.manager)


@about(people.hire)
def whoever_is_hired_takes_the_last_paper_of_a_kind_along(world: World) -> Iterator[Any]:
    hired, manager = world.alone_has_a(KIND, last_day=YESTERDAY), world.another
    yield
    names = {"iin": hired.iin, "family_name": hired.family_name, "given_name": hired.given_name}
    people.hire(**names, agency=manager.agency, first_day=DAY, by=manager)


@about(people.dismiss)
def whoever_works_for_two_takes_the_last_paper_of_a_kind_along(world: World) -> Iterator[Any]:
    leaving = world.alone_has_a(KIND)
    EmploymentFactory(guard=leaving, agency=world.another.agency)
    yield
    people.dismiss(guard=leaving, agency=world.agency, last_day=DAY, reason=EndReason.RESIGNED, by=world.manager)


@about(people.dismiss, changes=False)
def whoever_goes_to_nobody_leaves_his_papers_with_the_agency(world: World) -> Iterator[Any]:
    leaving = world.alone_has_a(KIND)
    yield
    people.dismiss(guard=leaving, agency=world.agency, last_day=YESTERDAY, reason=EndReason.RESIGNED, by=world.manager)


@about(papers.add_paper, changes=False)
def a_paper_of_a_former_guard_is_not_the_agencys(world: World) -> Iterator[Any]:
    moved = world.moved_on()
    yield
    papers.add_paper(guard=moved, kind=KIND, number="7", by=world.another)


@about(people.correct)
def a_citizenship_is_corrected(world: World) -> Iterator[Any]:
    yield
    names = {"family_name": world.guard.family_name, "given_name": world.guard.given_name}
    people.correct(guard=world.guard, **names, citizenship="RU", by=world.manager)


@about(people.set_photo, changes=False)
def a_photograph_is_set(world: World) -> Iterator[Any]:
    yield
    people.set_photo(guard=world.guard, taken=Taken(b"picture", "image/jpeg", "photo.jpg"), by=world.manager)


@about(people.dismiss)
def whoever_stands_for_another_agency_is_dismissed_for_a_negative_reason(world: World) -> Iterator[Any]:
    first_employer = EmploymentFactory(guard=world.guard).agency
    manager = MembershipFactory(agency=first_employer)
    yield
    said = {"agency": first_employer, "last_day": YESTERDAY, "reason": "dismissed_negative"}
    people.dismiss(guard=world.guard, **said, by=manager)


# Training


@about(training.plan, changes=False)
def a_session_is_planned(world: World) -> Iterator[Any]:
    world.requirement()
    module = ModuleFactory(hours=1, scope="general")
    yield
    said = {"agency": world.agency, "module": module, "school": None, "on": DAY, "trainer": "T"}
    training.plan(**said, hours=Decimal(2), guards=[world.guard], by=world.manager)


@about(training.change, changes=False)
def a_session_is_changed(world: World) -> Iterator[Any]:
    session = world.session()
    yield
    said = {"on": DAY, "trainer": "Another", "hours": Decimal(3), "guards": [world.guard]}
    training.change(session=session, **said, by=world.manager)


@about(training.hold)
def a_session_is_held(world: World) -> Iterator[Any]:
    session = world.session()
    yield
    training.hold(session=session, came=[world.guard], by=world.manager)


@about(training.hold)
def a_general_module_is_completed_by_whoever_stands_for_another_agency(world: World) -> Iterator[Any]:
    module = ModuleFactory(hours=1, scope="general")
    there = world.on_the_staff_of_two()
    RequirementFactory(school=there.post.school, module=module, first_day=SPRING)
    said = {"agency": world.agency, "module": module, "school": None, "on": DAY, "trainer": "T"}
    session = training.plan(**said, hours=Decimal(2), guards=[there.guard], by=world.manager)
    yield
    training.hold(session=session, came=[there.guard], by=world.manager)


@about(training.cancel, changes=False)
def a_session_is_cancelled(world: World) -> Iterator[Any]:
    session = world.session()
    yield
    training.cancel(session=session, reason="Snow.", by=world.manager)


@about(training.keep_sheet, changes=False)
def a_signed_sheet_is_kept(world: World) -> Iterator[Any]:
    session = world.session()
    training.hold(session=session, came=[world.guard], by=world.manager)
    yield
    training.keep_sheet(session=session, sheet=SCAN, by=world.manager)


@about(requirements.add_module, changes=False)
def a_module_is_replaced_in_the_catalogue(world: World) -> Iterator[Any]:
    module = world.requirement().module
    yield
    said = {"title_kk": "Эвакуация", "title_ru": "Эвакуация", "scope": module.scope, "replaces": module}
    requirements.add_module(**said, by=world.regulator)


@about(requirements.require)
def a_school_requires_a_module(world: World) -> Iterator[Any]:
    module = ModuleFactory()
    yield
    requirements.require(school=world.school, module=module, first_day=DAY, by=world.director)


@about(requirements.require)
def a_school_requires_the_next_version_of_a_module_instead(world: World) -> Iterator[Any]:
    earlier = world.requirement().module
    module = ModuleFactory(replaces=earlier, version=2)
    yield
    requirements.require(school=world.school, module=module, first_day=DAY, by=world.director)


@about(requirements.change_briefing, changes=False)
def a_school_changes_its_words(world: World) -> Iterator[Any]:
    requirement = world.requirement()
    yield
    requirements.change_briefing(requirement=requirement, briefing="By the east door.", by=world.director)


@about(requirements.end_requirement, changes=False)
def a_school_requires_a_module_until_today(world: World) -> Iterator[Any]:
    requirement = world.requirement()
    yield
    requirements.end_requirement(requirement=requirement, last_day=DAY, by=world.director)


@about(requirements.log_briefing)
def a_briefing_is_logged(world: World) -> Iterator[Any]:
    BriefingFactory(school=world.school, held_on=SPRING - timedelta(days=365))
    yield
    said = {"agency": world.agency, "school": world.school, "kind": "briefing", "held_on": DAY, "topic": "Keys"}
    requirements.log_briefing(**said, led_by="T", attended=[world.guard], by=world.manager)


# Sheets and answers


@about(importing.send, changes=False)
def a_sheet_is_sent(world: World) -> Iterator[Any]:
    sender = Sender(membership=world.manager)
    yield
    sender.sends("credentials", _papers(sender.guard))


@about(importing.match, changes=False)
def the_columns_of_a_sheet_are_matched(world: World) -> Iterator[Any]:
    sender = Sender(membership=world.manager)
    sheet = sender.sends("credentials", _papers(sender.guard))
    yield
    importing.match(of=sheet, names=["iin", "kind", "number"], by=world.manager)


@about(importing.mend, changes=False)
def a_sheet_is_mended(world: World) -> Iterator[Any]:
    sender = Sender(membership=world.manager)
    sheet = sender.sends("credentials", _papers(sender.guard))
    yield
    rows = csv_file(["Строка", "iin", "kind", "number"], ["2", sender.guard.iin, "training_certificate", "8"])
    importing.mend(of=sheet, file=rows, by=world.manager)


@about(importing.load_checked)
def a_sheet_brings_the_first_papers_of_a_kind(world: World) -> Iterator[Any]:
    world.nobody_has_a(KIND)
    sender = Sender(membership=world.manager)
    sheet = sender.sends("credentials", _papers(world.guard))
    yield
    sender.works(sheet, "load")


@about(importing.load_checked)
def a_sheet_brings_a_paper_of_whoever_stands_for_another_agency(world: World) -> Iterator[Any]:
    there = world.on_the_staff_of_two()
    CredentialFactory(kind=KIND, guard=AssignmentFactory(agency=there.agency).guard)
    sender = Sender(membership=world.manager)
    sheet = sender.sends("credentials", _papers(there.guard))
    yield
    sender.works(sheet, "load")


@about(importing.load_checked, changes=False)
def a_sheet_brings_a_paper_of_a_former_guard_of_another_agency(world: World) -> Iterator[Any]:
    moved = world.moved_on()
    sender = Sender(membership=world.another)
    sheet = sender.sends("credentials", _papers(moved))
    yield
    sender.works(sheet, "load")


@about(importing.load_checked)
def a_sheet_brings_the_first_paper_of_a_kind_of_whoever_works_for_two(world: World) -> Iterator[Any]:
    world.nobody_has_a(KIND)
    sender = Sender(membership=world.another)
    EmploymentFactory(guard=world.guard, agency=world.another.agency)
    sheet = sender.sends("credentials", _papers(world.guard))
    yield
    sender.works(sheet, "load")


@about(importing.load_checked)
def a_sheet_brings_whoever_takes_the_last_paper_of_a_kind_along(world: World) -> Iterator[Any]:
    hired = world.alone_has_a(KIND, last_day=YESTERDAY)
    sender = Sender(membership=world.another)
    row = [hired.iin, hired.family_name, hired.given_name, "", f"{DAY:%d.%m.%Y}"]
    sheet = sender.sends("guards", csv_file(GUARD_HEADS, row))
    yield
    sender.works(sheet, "load")


@about(importing.undo)
def a_sheet_of_papers_is_undone_that_went_along_to_another_agency(world: World) -> Iterator[Any]:
    world.nobody_has_a(KIND)
    sender = Sender(membership=world.another)
    sheet = sender.loads("credentials", _papers(sender.guard))
    sender.guard.employments.update(last_day=YESTERDAY)
    EmploymentFactory(guard=sender.guard, agency=world.agency, first_day=DAY)
    yield
    sender.works(sheet, "undo")


@about(importing.undo)
def a_sheet_is_undone(world: World) -> Iterator[Any]:
    world.nobody_has_a(KIND)
    sender = Sender(membership=world.manager)
    sheet = sender.loads("credentials", _papers(world.guard))
    yield
    sender.works(sheet, "undo")


def _papers(guard: Any) -> Taken:
    return csv_file(["iin", "kind", "number"], [guard.iin, KIND, "7"])


@about(answer_finding, changes=False)
def a_finding_is_answered(world: World) -> Iterator[Any]:
    world.requirement()
    yield
    finding = Finding.objects.filter(agency=world.agency).earliest("pk")
    answer_finding(finding=finding, text="We train him on Friday.", by=world.manager)


# The proof


@pytest.fixture
def clock() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(noon(DAY), tick=False) as traveller:
        yield traveller


@pytest.mark.usefixtures("clock")
@pytest.mark.parametrize("name", CASES)
def test_nothing_is_left_to_the_night(name: str):
    case, _verb, changes = CASES[name]
    acting = case(World())
    next(acting)
    evaluate(DAY)
    before = stored()
    assert next(acting, None) is None
    after, anew = stored(), stored_anew()
    for held, judged in zip(after, anew, strict=True):
        assert (held - judged, judged - held) == (set(), set())
    assert (after != before) == changes
    evaluate(DAY)
    assert Evaluation.objects.latest("pk").missed == 0


def verbs() -> Iterator[Any]:
    """The public functions that write an event of their own."""
    folders = [(staffing, "staffing"), (guards.actions, "guards.actions")]
    names = [f"{name}.{one.name}" for folder, name in folders for one in iter_modules(folder.__path__)]
    for name in [*names, "exchange.importing", "compliance.actions"]:
        for found in vars(import_module(name)).values():
            of_module = inspect.isfunction(found) and found.__module__ == name
            if of_module and not found.__name__.startswith("_") and RECORDS.search(inspect.getsource(found)):
                yield found


def test_every_verb_has_a_case():
    told = {verb for _case, verb, _changes in CASES.values()}
    # The one without a case is what others write their event with.
    assert set(verbs()) - told == {record_about}
