"""Regions, calendars, schools and posts: their data, their constraints and what a membership sees of them."""

from datetime import date
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.utils.translation import override

from access.roles import Role
from schools.models import Post, Region, School
from schools.regions import load_regions
from tests.claims import constraint_holds
from tests.compliance.registers import rows_of
from tests.factories import (
    CalendarFactory,
    ClosureFactory,
    ContractFactory,
    MembershipFactory,
    PostFactory,
    SchoolFactory,
)

pytestmark = pytest.mark.django_db

CODES = [f"{code:02d}" for code in (10, 11, 15, 19, 23, 27, 31, 33, 35, 39, 43, 47, 55, 59, 61, 62, 63, 71, 75, 79)]


def test_the_twenty_regions_stand_in_every_database():
    assert list(Region.objects.values_list("code", flat=True)) == CODES


def test_every_region_has_its_names_in_three_languages_and_a_tile_of_its_own():
    for region in Region.objects.all():
        names = {region.name_en, region.name_ru, region.name_kk}
        assert len(names) == 3 and all(names), region.code
        assert region.short_en and region.short_ru and region.short_kk
        for language, name in (("en", region.name_en), ("ru", region.name_ru), ("kk", region.name_kk)):
            with override(language):
                assert (region.name, str(region)) == (name, name)
    assert Region.objects.values("tile_column", "tile_row").distinct().count() == 20


@pytest.mark.parametrize(
    ("code", "english", "russian", "kazakh"),
    [
        ("10", "Abai", "область Абай", "Абай облысы"),
        ("35", "Karaganda", "Карагандинская область", "Қарағанды облысы"),
        ("79", "Shymkent", "город Шымкент", "Шымкент қаласы"),
    ],
)
def test_regions_are_named_as_the_state_names_them(code: str, english: str, russian: str, kazakh: str):
    region = Region.objects.get(code=code)
    assert (region.name_en, region.name_ru, region.name_kk) == (english, russian, kazakh)


def test_loading_the_regions_again_changes_nothing():
    before = rows_of(Region)
    load_regions()
    assert rows_of(Region) == before


@pytest.mark.parametrize("weekdays", ["", "0", "8", "21", "11", "mon", "1 2"])
def test_weekdays_are_digits_in_order(weekdays: str):
    calendar = CalendarFactory.build(code="odd", weekdays=weekdays)
    with pytest.raises(ValidationError) as refused:
        calendar.full_clean()
    assert list(refused.value.message_dict) == ["weekdays"]


@pytest.mark.parametrize("weekdays", ["12345", "1234567", "7", "135"])
def test_any_weekdays_in_order_make_a_calendar(weekdays: str):
    CalendarFactory.build(code="fair", weekdays=weekdays).full_clean()


SENTENCES: list[tuple[Any, dict[str, Any], str]] = [
    (
        ClosureFactory,
        {"first_day": date(2026, 6, 2), "last_day": date(2026, 6, 1)},
        "A closure ends on or after its first day.",
    ),
    (
        SchoolFactory,
        {"vulnerable_since": date(2026, 6, 2), "vulnerable_until": date(2026, 6, 1)},
        "A school is on the list of vulnerable objects until a day after it entered it.",
    ),
    (
        PostFactory,
        {"first_day": date(2026, 6, 2), "last_day": date(2026, 6, 1)},
        "A post closes on or after its first day.",
    ),
    (PostFactory, {"positions": 0}, "A post has at least one position."),
    (PostFactory, {"pattern": "9h"}, "A post's pattern is 24h, 12h or 8h."),
]


@pytest.mark.parametrize(("build", "broken", "sentence"), SENTENCES)
def test_a_constraint_says_its_sentence_and_holds_in_the_database(build: Any, broken: dict[str, Any], sentence: str):
    constraint_holds(build(), sentence, **broken)


def test_one_day_makes_a_closure_and_a_post():
    day = date(2026, 6, 1)
    ClosureFactory(first_day=day, last_day=day).full_clean()
    post = PostFactory(first_day=day, last_day=day)
    assert list(Post.objects.open_on(day)) == [post]


def test_a_post_is_open_from_its_first_day_to_its_last():
    PostFactory(first_day=date(2026, 6, 1), last_day=date(2026, 6, 3))
    found = [Post.objects.open_on(date(2026, *day)).exists() for day in ((5, 31), (6, 1), (6, 3), (6, 4))]
    assert found == [False, True, True, False]


@pytest.mark.parametrize(
    ("since", "until", "expected"),
    [
        (None, None, [False, False, False, False]),
        (date(2026, 6, 1), None, [False, True, True, True]),
        (date(2026, 6, 1), date(2026, 6, 3), [False, True, True, False]),
    ],
)
def test_a_school_is_vulnerable_while_it_is_on_the_list(since: date, until: date, expected: list[bool]):
    school = SchoolFactory(vulnerable_since=since, vulnerable_until=until)
    days = [date(2026, 5, 31), date(2026, 6, 1), date(2026, 6, 3), date(2026, 6, 4)]
    assert [school.is_vulnerable_on(day) for day in days] == expected
    assert [School.objects.vulnerable_on(day).exists() for day in days] == expected


def test_a_name_is_shown_in_the_readers_language_else_in_russian():
    school = SchoolFactory(name_ru="Школа имени Абая", name_kk="Абай мектебі")
    with override("kk"):
        assert school.name == "Абай мектебі"
    with override("en"):
        assert school.name == "Школа имени Абая"
    school.name_kk = ""
    with override("kk"):
        assert school.name == "Школа имени Абая"


def test_the_number_of_a_school_stays_with_its_sign_at_the_end_of_a_line():
    school = SchoolFactory(name_ru="Школа № 7", name_kk="№ 7 мектеп")
    with override("kk"):
        assert school.name == "№\N{NO-BREAK SPACE}7 мектеп"
    with override("ru"):
        assert str(school) == "Школа №\N{NO-BREAK SPACE}7"


def test_who_sees_which_schools():
    own = PostFactory().school
    contract = ContractFactory(school=own)
    abroad = PostFactory(school__region=Region.objects.get(code="75")).school
    ContractFactory(school=abroad)
    sees = {
        "manager": (MembershipFactory(agency=contract.agency), {own}),
        "other manager": (MembershipFactory(), set()),
        "director": (MembershipFactory(role=Role.SCHOOL_DIRECTOR, school=own), {own}),
        "officer": (MembershipFactory(role=Role.REGULATOR, region=own.region), {own}),
        "national officer": (MembershipFactory(role=Role.REGULATOR), {own, abroad}),
    }
    for who, (membership, schools) in sees.items():
        assert set(School.objects.visible_to(membership)) == schools, who
        assert {post.school for post in Post.objects.visible_to(membership)} == schools, who
    assert not School.objects.visible_to(None).exists()
