"""The demonstration country: the same for the same seed and day, right in form, made in an empty register only."""

import io
import json
from collections import Counter
from datetime import UTC, date, datetime, timedelta
from itertools import islice, pairwise
from random import Random
from typing import Any

import pytest
import time_machine
from django.core.management import CommandError, call_command
from django.db import models, transaction
from django.utils import timezone

from access.roles import Role
from accounts.demo import PASSWORD, PLAYERS, SIGN_INS, make_sign_ins
from accounts.models import Membership, User
from agencies.licensing import fault_in_order
from agencies.models import Agency, Contract, Licence
from audit.models import Event
from exchange.demo import names, numbers, ordinary
from exchange.demo.country import Country
from exchange.demo.ledger import MODELS, Ledger
from exchange.demo.papers import papers, years_after
from exchange.demo.scales import NATIONAL, PLACES, SCALES, Scale, shares
from exchange.demo.seeding import RegisterInUse, seed
from exchange.demo.training import AT_EVERY_SCHOOL
from exchange.demo.years import OpenDays, closures, seasons
from guards.models import Assignment, Credential, Employment, Guard, Presence, TrainingRecord
from schools.identifiers import bin_fault, birth_date, iin_fault
from schools.models import Post, School
from tests.factories import GuardFactory

TODAY = date(2026, 11, 25)
TINY = Scale("tiny", ("35", "79"), history_years=7, attendance_days=28, schools=30, agencies=6, regions=("35", "79"))


@pytest.fixture(autouse=True)
def _today():
    with time_machine.travel(datetime(2026, 11, 25, 7, tzinfo=UTC), tick=False):
        yield


def every_row() -> dict[str, list[tuple[Any, ...]]]:
    return {model._meta.label: list(model._default_manager.order_by("pk").values_list()) for model in MODELS}


def made(number: int, today: date = TODAY) -> dict[str, list[tuple[Any, ...]]]:
    """All rows of the small country, which is taken back again."""
    with transaction.atomic():
        seed(SCALES["small"], seed_number=number, today=today)
        rows = every_row()
        transaction.set_rollback(True)
    return rows


@pytest.mark.django_db
def test_the_same_seed_on_the_same_day_gives_the_same_rows():
    first = made(1)
    assert made(1) == first


@pytest.mark.django_db
def test_another_seed_gives_other_people():
    of_one, of_two = (rows["guards.Guard"] for rows in (made(1), made(2)))
    assert len(of_one) == len(of_two) and of_one != of_two


@pytest.mark.django_db
def test_another_day_moves_the_country_along():
    def latest(rows: dict[str, list[tuple[Any, ...]]]) -> Any:
        place = [field.name for field in Presence._meta.concrete_fields].index("on")
        return max(row[place] for row in rows["guards.Presence"])

    assert latest(made(1)) == TODAY
    tomorrow = TODAY + timedelta(days=1)
    assert latest(made(1, tomorrow)) == tomorrow


# ---------------------------------------------------------------- form


@pytest.fixture
def country(db: None) -> Ledger:
    """The stories with ordinary schools beside them."""
    return seed(TINY, seed_number=3, today=TODAY)


def test_every_row_is_as_its_model_says(country: Ledger):
    """Clean as a form would have it: lengths, choices, identifiers, constraints."""
    for model in MODELS:
        for row in model._default_manager.order_by("pk")[:400]:
            # References were checked by the database, and asking for each would take long.
            references = [field.name for field in model._meta.concrete_fields if isinstance(field, models.ForeignKey)]
            row.clean_fields(exclude=references)
    assert {model for model in MODELS if not country.counts[model]} == set()
    assert all(country.counts[model] == model._default_manager.count() for model in MODELS)


def test_rows_that_come_later_get_numbers_of_their_own(country: Ledger):
    assert GuardFactory().pk == country.counts[Guard] + 1


def test_no_guard_is_on_two_posts_on_one_day(country: Ledger):
    rows = Assignment.objects.holding().order_by("guard", "first_day", "pk")
    for before, after in pairwise(rows):
        if before.guard_id == after.guard_id and (before.last_day is None or after.first_day <= before.last_day):
            assert before.post_id == after.post_id, f"{before} and {after}"


def test_a_guard_stands_for_who_employs_him_under_a_contract(country: Ledger):
    employed = {}
    for guard, agency, first, last in Employment.objects.values_list("guard", "agency", "first_day", "last_day"):
        employed.setdefault((guard, agency), []).append((first, last or date.max))
    contracts = {}
    for agency, school, first, last in Contract.objects.values_list("agency", "school", "first_day", "last_day"):
        contracts.setdefault((agency, school), []).append((first, last))
    for row in Assignment.objects.select_related("post"):
        last = row.last_day or max(row.first_day, TODAY)
        assert any(begin <= row.first_day and last <= end for begin, end in employed[row.guard_id, row.agency_id])
        days = contracts[row.agency_id, row.post.school_id]
        assert any(begin <= row.first_day <= end for begin, end in days) and any(b <= last <= e for b, e in days)


def test_no_more_guards_than_positions(country: Ledger):
    for day in (TODAY, TODAY - timedelta(days=200)):
        for post in Post.objects.all():
            held = Assignment.objects.holding().on(day).filter(post=post, kind="regular").count()
            assert held <= post.positions, f"{post} on {day}"


def test_licence_events_follow_one_another(country: Ledger):
    for licence in Licence.objects.prefetch_related("events"):
        assert fault_in_order(licence.issued_on, [(event.on, event.event) for event in licence.events.all()]) is None


def test_what_is_proposed_or_answered_is_not_in_the_future(country: Ledger):
    assert not Assignment.objects.filter(proposed_at__gt=timezone.now()).exists()
    assert not Assignment.objects.filter(confirmed_on__gt=TODAY).exists()
    assert not Presence.objects.filter(on__gt=TODAY).exists()
    assert not TrainingRecord.objects.filter(completed_on__gt=TODAY).exists()
    assert not Credential.objects.filter(issued_on__gt=TODAY).exists()
    # Late in the evening of today at most: a late answer is given on a day that has come.
    assert not Presence.objects.filter(answered_at__date__gt=TODAY).exists()


def test_ordinary_schools_are_of_all_kinds(country: Ledger):
    of_stories = School.objects.order_by("pk")[:12].values_list("pk", flat=True)
    others = School.objects.exclude(pk__in=list(of_stories))
    assert others.count() == 30
    assert set(others.values_list("region", flat=True)) == {"35", "79"}
    assert not set(others.values_list("name_ru", flat=True)) & set(
        School.objects.filter(pk__in=list(of_stories)).values_list("name_ru", flat=True)
    )
    rows = Assignment.objects.filter(post__school__in=others)
    kinds = {(row.kind, row.status) for row in rows}
    assert {("regular", "confirmed"), ("regular", "ended"), ("relief", "ended")} <= kinds
    assert len(set(rows.values_list("end_reason", flat=True))) > 5


def test_somebody_is_handed_over_with_the_contract():
    ledger = Ledger(Random("handover"))
    country = Country(TODAY, Random("handover"), ledger, history_years=7, attendance_days=7)
    quiet = [ordinary.House(firm=f"firm {number}", yearly_leaves=0.01, narrow=False) for number in range(2)]  # type: ignore[arg-type]
    eras = [(quiet[0], date(2019, 1, 1), date(2022, 12, 31)), (quiet[1], date(2023, 1, 1), date(2026, 12, 31))]
    services = [ordinary._service(country, eras, date(2019, 1, 10)) for _time in range(40)]
    kept = [service for service in services if len(service.parts) == 2]
    assert len(kept) > 25
    assert all([house for house, _first, _last in service.parts] == quiet for service in kept)
    not_kept = [one for one in services if one.parts[-1][2] == date(2022, 12, 31)]
    assert not_kept and {(one.reason, one.accepted) for one in not_kept} == {("contract_ended", True)}


# ---------------------------------------------------------------- the command


@pytest.mark.django_db
def test_the_command_says_who_can_sign_in_and_what_comes_next():
    said = io.StringIO()
    call_command("seed_demo", stdout=said)
    assert all(line in said.getvalue() for line in SIGN_INS)
    assert "manage.py evaluate" in said.getvalue()
    event = Event.objects.get(verb="demo_seeded")
    assert event.details["scale"] == "small" and event.details["day"] == "2026-11-25"


@pytest.mark.django_db
def test_a_register_in_use_is_left_alone():
    GuardFactory()
    with pytest.raises(CommandError, match="DATABASE_URL"):
        call_command("seed_demo")
    with pytest.raises(RegisterInUse):
        seed(SCALES["small"], seed_number=1, today=TODAY)
    assert not School.objects.exists() and not User.objects.exists()


@pytest.mark.django_db
def test_the_judged_country_holds_what_every_part_of_the_site_shows(tmp_path):
    call_command("seed_demo", stdout=io.StringIO())
    call_command("evaluate", json=str(tmp_path / "day.json"), stderr=io.StringIO())
    findings = json.loads((tmp_path / "day.json").read_text(encoding="utf-8"))["findings"]
    found = Counter((finding["rule"], finding["strength"]) for finding in findings)
    for wanted in (
        ("turnover_limit", "established"),
        ("turnover_limit", "indicated"),
        ("measurable", None),
        ("licence_in_force", None),
        ("licence_subtype", None),
    ):
        assert found[wanted] >= 1, wanted


@pytest.mark.django_db
def test_exported_and_loaded_it_is_judged_the_same(tmp_path):
    def judged(name: str) -> str:
        call_command("evaluate", json=str(tmp_path / name), stderr=io.StringIO())
        return (tmp_path / name).read_text(encoding="utf-8")

    with transaction.atomic():
        seed(SCALES["small"], seed_number=1, today=TODAY)
        call_command("export_register", str(tmp_path / "package"), stdout=io.StringIO())
        before = judged("before.json")
        transaction.set_rollback(True)
    assert not School.objects.exists()
    call_command("load_register", str(tmp_path / "package"), stdout=io.StringIO())
    assert judged("after.json") == before


# ---------------------------------------------------------------- sign-ins


@pytest.mark.django_db
def test_each_role_can_sign_in_and_neighbours_exist():
    seed(SCALES["small"], seed_number=1, today=TODAY)
    for player in PLAYERS:
        user = User.objects.get(email=player.email)
        assert user.check_password(PASSWORD) and user.memberships.in_use().count() == len(player.seats)
    seats = Counter(Membership.objects.values_list("role", flat=True))
    assert seats[Role.AGENCY_MANAGER] >= 2 and seats[Role.SCHOOL_DIRECTOR] >= 2 and seats[Role.REGULATOR] >= 2
    assert Membership.objects.filter(role=Role.REGULATOR, region=None).count() == 2


@pytest.mark.django_db
def test_making_the_sign_ins_again_changes_nothing():
    seed(SCALES["small"], seed_number=1, today=TODAY)
    before = list(Membership.objects.values_list()), list(User.objects.values_list("email", "password"))
    events = Event.objects.count()
    make_sign_ins(
        agencies={agency.name_ru[5:-1]: agency.bin for agency in Agency.objects.all()},
        schools={school.name_ru.split()[-1]: school.code for school in School.objects.all()},
    )
    assert (list(Membership.objects.values_list()), list(User.objects.values_list("email", "password"))) == before
    assert Event.objects.count() == events


# ---------------------------------------------------------------- pieces


def test_numbers_are_right_and_belong_to_nobody():
    for man, woman in islice(numbers.iin_numbers(), 5_000):
        assert iin_fault(man) is None and iin_fault(woman) is None
        assert birth_date(man) == birth_date(woman) < date(1876, 1, 1)
    for number in islice(numbers.bin_numbers(numbers.AGENCIES), 2_000):
        assert bin_fault(number) is None and number.startswith("6001")


def test_numbers_do_not_repeat():
    pairs = list(islice(numbers.iin_numbers(), 20_000))
    assert len({number for pair in pairs for number in pair}) == 40_000


def test_names_are_those_of_no_story():
    chance = Random(1)
    people = [names.anybody(chance) for _person in range(20_000)]
    assert not {f"{one.given} {one.family}" for one in people} & names.TAKEN
    women = [one for one in people if one.woman]
    assert 0.2 < len(women) / len(people) < 0.4
    assert all(not one.patronymic.endswith(("ұлы", "ич")) for one in women)
    assert len(set(people)) > 15_000


def test_agencies_have_names_of_their_own():
    first = list(islice(names.agencies(), 1_500))
    assert len(set(first)) == 1_500


@pytest.mark.parametrize("total", [1, 20, 1_496, 7_988])
def test_shares_add_up(total: int):
    assert sum(shares(total, tuple(PLACES)).values()) == total


def test_the_country_has_the_size_it_should_have():
    assert len(NATIONAL.regions) == 20
    assert NATIONAL.schools + 12 == 8_000 and NATIONAL.agencies + 4 == 1_500
    assert shares(NATIONAL.agencies, NATIONAL.regions)["62"] >= 5


@pytest.mark.parametrize(
    ("year", "first"),
    [(2023, date(2023, 10, 30)), (2024, date(2024, 10, 28)), (2025, date(2025, 10, 27)), (2026, date(2026, 10, 26))],
)
def test_the_autumn_break_is_that_of_the_orders(year: int, first: date):
    assert (first, first + timedelta(days=6), "Күзгі каникул") in closures(year, year)


def test_school_days_lie_between_the_closures():
    days = OpenDays("12345", list(closures(2025, 2026)))
    assert date(2026, 9, 1) in days and date(2026, 5, 25) in days and date(2026, 11, 25) in days
    assert date(2026, 5, 26) not in days and date(2026, 8, 31) not in days
    assert date(2026, 11, 22) not in days and date(2026, 12, 16) not in days and date(2026, 1, 5) not in days


@pytest.mark.parametrize(
    ("today", "parts"),
    [
        (date(2026, 3, 2), [(date(2025, 2, 1), date(2025, 5, 25)), (date(2025, 9, 1), None)]),
        (date(2026, 5, 25), [(date(2025, 2, 1), date(2025, 5, 25)), (date(2025, 9, 1), None)]),
        (
            date(2026, 7, 15),
            [(date(2025, 2, 1), date(2025, 5, 25)), (date(2025, 9, 1), date(2026, 5, 25)), (date(2026, 9, 1), None)],
        ),
    ],
)
def test_seasons_end_in_may_and_begin_in_september(today: date, parts: list[tuple[date, date | None]]):
    assert list(seasons(date(2025, 2, 1), today)) == parts
    assert next(seasons(date(2025, 7, 1), today))[0] == date(2025, 9, 1)


def test_a_service_is_covered_by_valid_papers_on_every_day():
    first, last = date(2023, 2, 10), TODAY
    found = list(papers(first, last))
    for kind in ("medical_certificate", "no_criminal_record", "identity_document", "training_certificate"):
        of_kind = [(issued, until) for one, issued, until in found if one == kind]
        day = first
        while day <= last:
            assert any(issued <= day and (until is None or day <= until) for issued, until in of_kind), (kind, day)
            day += timedelta(days=1)
    trained = sorted(
        issued for kind, issued, _until in found if kind.endswith("_certificate") and "medical" not in kind
    )
    assert all(after <= years_after(before, 1) for before, after in pairwise([*trained, last]))


@pytest.mark.parametrize("ends", [date(2026, 11, 20), date(2027, 1, 5), date(2028, 2, 29)])
def test_the_last_paper_ends_when_a_story_asks_for_it(ends: date):
    found = [until for kind, _issued, until in papers(date(2024, 1, 1), ends, {"medical_certificate": ends})]
    assert ends in found


@pytest.mark.django_db
def test_every_guard_on_a_post_learned_what_the_school_asks_for(country: Ledger):
    standing = Assignment.objects.counted().on(TODAY).exclude(post__school__name_ru="Школа № 21")
    learned = set(
        TrainingRecord.objects.filter(completed_on__gt=years_after(TODAY, -1)).values_list(
            "guard", "school", "module__code"
        )
    )
    missing = [
        (row.code, module)
        for row in standing.select_related("post")
        for module in AT_EVERY_SCHOOL
        if (row.guard_id, row.post.school_id, module) not in learned
    ]
    assert missing == []
