"""Lists: every row once whatever the order, a page by the row beside it, a file that is safe to open."""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from io import BytesIO
from typing import Any
from zipfile import ZipFile

import django_filters
import pytest
from django.db import connection
from django.test import RequestFactory
from django.test.utils import CaptureQueriesContext
from django.utils import translation
from django.utils.translation import gettext_lazy
from python_calamine import CalamineWorkbook

from desks import lists
from desks.lists import Column, ListPage, export_file, list_page
from schools.models import Calendar, Region, School

pytestmark = pytest.mark.django_db

SORTS = {
    "name": ("name_ru",),
    "pupils": ("pupils",),
    "region": ("region__name_en", "-pupils"),
    "listed": ("-vulnerable_since", "name_ru"),
}


class SchoolFilter(django_filters.FilterSet):
    name = django_filters.CharFilter(field_name="name_ru", lookup_expr="contains")
    pupils = django_filters.NumberFilter(field_name="pupils", lookup_expr="gte")


@pytest.fixture
def schools() -> list[School]:
    """Thirteen schools with equal names, missing numbers and missing days among them."""
    calendar = Calendar.objects.create(code="five", name="Five days", weekdays="12345")
    regions = list(Region.objects.order_by("pk")[:3])
    return [
        School.objects.create(
            code=f"S{number}",
            name_ru=f"Школа {number % 5}",
            region=regions[number % 3],
            calendar=calendar,
            pupils=None if number % 4 == 0 else number % 3 * 100,
            vulnerable_since=None if number % 3 == 0 else date(2024, 1, 1 + number % 4),
        )
        for number in range(13)
    ]


def show(query: str = "", **change: Any) -> ListPage:
    options = {"sorts": SORTS, "default": "name", "size": 4, "filterset": SchoolFilter} | change
    return list_page(RequestFactory().get(f"/schools/?{query}"), School.objects.all(), **options)


def walk(page: ListPage, side: str) -> Iterator[ListPage]:
    yield page
    while url := getattr(page, side):
        page = show(url.partition("?")[2])
        yield page


def key_of(sort: str) -> Any:
    """The order of a sort in plain Python: values as they go, rows without one last."""
    turned = sort.startswith("-")

    def one(school: School, value: Any, descending: bool) -> tuple[bool, Any]:
        if value is None:
            return (True, 0)
        number = value if isinstance(value, int) else value.toordinal()
        return (False, -number if descending else number)

    ranks = {name: at for at, name in enumerate(sorted(set(School.objects.values_list("name_ru", flat=True))))}
    regions = {name: at for at, name in enumerate(sorted(Region.objects.values_list("name_en", flat=True)))}
    keys = {
        "name": lambda s: (one(s, ranks[s.name_ru], turned),),
        "pupils": lambda s: (one(s, s.pupils, turned),),
        "region": lambda s: (one(s, regions[s.region.name_en], turned), one(s, s.pupils, not turned)),
        "listed": lambda s: (one(s, s.vulnerable_since, not turned), one(s, ranks[s.name_ru], turned)),
    }
    return lambda s: (*keys[sort.removeprefix("-")](s), -s.pk if turned else s.pk)


@pytest.mark.parametrize("sort", [f"{sign}{name}" for name in SORTS for sign in ("", "-")])
def test_pages_forward_and_back_hold_each_row_once_in_order(schools: list[School], sort: str) -> None:
    forward = list(walk(show(f"sort={sort}"), "next_url"))
    expected = sorted(School.objects.select_related("region"), key=key_of(sort))
    assert [row for page in forward for row in page.rows] == expected
    assert [(page.start, page.end) for page in forward] == [(1, 4), (5, 8), (9, 12), (13, 13)]

    back = list(walk(forward[-1], "previous_url"))
    assert [(page.start, list(page.rows)) for page in back] == [
        (page.start, list(page.rows)) for page in reversed(forward)
    ]
    assert back[-1].previous_url is None
    assert forward[-1].next_url is None


def test_the_address_keeps_the_filter_and_the_sort(schools: list[School]) -> None:
    page = show("pupils=100&sort=-pupils")
    assert [row.pupils for row in page.rows] == [200, 200, 200, 100]
    assert page.next_url and "pupils=100" in page.next_url and "sort=-pupils" in page.next_url
    assert page.csv_url.endswith("pupils=100&sort=-pupils&format=csv")
    assert page.xlsx_url.endswith("pupils=100&sort=-pupils&format=xlsx")
    assert page.filter and page.filter.form["pupils"].value() == "100"
    assert page.count == School.objects.filter(pupils__gte=100).count()


def test_a_page_is_found_by_the_row_beside_it_though_rows_come_and_go(schools: list[School]) -> None:
    first = show()
    School.objects.filter(pk=first.rows[0].pk).delete()
    second = show(first.next_url.partition("?")[2])
    assert not {row.pk for row in first.rows} & {row.pk for row in second.rows}
    assert len(second.rows) == 4


def test_going_back_past_what_is_left_shows_a_full_first_page(schools: list[School]) -> None:
    second = show(show().next_url.partition("?")[2])
    School.objects.filter(name_ru="Школа 0").delete()
    page = show(second.previous_url.partition("?")[2])
    assert (page.start, len(page.rows), page.previous_url) == (1, 4, None)


@pytest.mark.parametrize(
    "query", ["after=nonsense", "after=WzEsMl0", "before=e30", "sort=colour", "after=", "after=WzBd"]
)
def test_an_address_that_makes_no_sense_shows_the_first_page(schools: list[School], query: str) -> None:
    page = show(query)
    assert list(page.rows) == list(show().rows)
    assert page.sorted_by == "name"


def test_an_empty_list_says_so() -> None:
    page = show()
    assert (page.start, page.end, page.count, page.previous_url, page.next_url) == (0, 0, 0, None, None)


def test_the_count_is_capped(schools: list[School], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lists, "COUNT_CAP", 12)
    assert (show().count, show().count_capped) == (12, True)
    monkeypatch.setattr(lists, "COUNT_CAP", 13)
    assert (show().count, show().count_capped) == (13, False)


def test_a_page_takes_three_queries_whatever_its_size(schools: list[School]) -> None:
    last = list(walk(show(), "next_url"))[-1]
    for query in ("", last.previous_url.partition("?")[2], show().next_url.partition("?")[2]):
        with CaptureQueriesContext(
            connection,
        ) as few:
            show(query)
        with CaptureQueriesContext(connection) as many:
            show(query, size=12) if not query else show(query)
        assert len(few) == len(many) == 3


def test_prepare_is_given_the_rows_of_a_page_and_of_an_export(schools: list[School]) -> None:
    def prepare(rows: Any) -> None:
        seen.append(len(rows))

    seen: list[int] = []
    show(prepare=prepare)
    page = show("format=csv", prepare=prepare)
    assert seen == [4]
    b"".join(export_file(page, [Column("Code", "code")], "schools"))
    assert seen == [4, 13]


def test_an_export_holds_every_row_that_passes_the_filter_in_order(schools: list[School]) -> None:
    page = show("pupils=100&sort=pupils&format=csv")
    assert page.wants_file == "csv"
    columns = [
        Column("Code", "code"),
        Column("Pupils", lambda row: row.pupils),
        Column("Day", lambda row: date(2026, 3, 9)),
    ]
    response = export_file(page, columns, "schools")
    assert response["Content-Disposition"] == 'attachment; filename="schools.csv"'
    text = b"".join(response).decode("utf-8")
    expected = School.objects.filter(pupils__gte=100).order_by("pupils", "pk")
    assert text == "\ufeffCode;Pupils;Day\r\n" + "".join(f"{row.code};{row.pupils};09.03.2026\r\n" for row in expected)


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r"])
def test_a_cell_never_becomes_a_formula(schools: list[School], start: str) -> None:
    columns = [
        Column("Text", lambda row: f"{start}1+1"),
        Column("Number", lambda row: -5),
        Column("None", lambda row: None),
    ]
    text = b"".join(export_file(show("name=4&format=csv"), columns, "schools")).decode()
    assert f"'{start}1+1" in text
    assert ";-5;\r\n" in text


@pytest.mark.parametrize(
    ("value", "written"),
    [(Decimal("3.00"), "3"), (Decimal("1.50"), "1,5"), (Decimal("-0.5"), "-0,5"), (46.2, "46,2"), (100.0, "100")],
)
def test_parts_of_a_number_stand_after_a_comma(schools: list[School], value: Any, written: str) -> None:
    columns = [Column("Number", lambda row: value), Column("None", lambda row: None)]
    text = b"".join(export_file(show("name=4&format=csv"), columns, "schools")).decode()
    assert f"\r\n{written};\r\n" in text


def test_an_export_speaks_the_language_of_the_reader_though_written_later(schools: list[School]) -> None:
    with translation.override("ru"):
        response = export_file(
            show("format=csv"), [Column(gettext_lazy("Law"), lambda row: translation.get_language())], "schools"
        )
    with translation.override("en"):
        lines = b"".join(response).decode().splitlines()
    assert lines[1] == "ru"


def test_the_same_rows_as_xlsx_keep_days_and_numbers_and_no_text_becomes_a_formula(schools: list[School]) -> None:
    columns = [
        Column("Code", "code"),
        Column("Pupils", "pupils"),
        Column("Day", lambda row: date(2026, 3, 9)),
        Column("Formula", lambda row: "=1+1"),
        Column("None", lambda row: None),
    ]
    response = export_file(show("pupils=100&sort=pupils&format=xlsx"), columns, "schools")
    assert response["Content-Disposition"] == 'attachment; filename="schools.xlsx"'
    content = b"".join(response)
    # The response's own close would end the request, and with it the connection of this test.
    response.file_to_stream.close()
    heads, *rows = CalamineWorkbook.from_filelike(BytesIO(content)).get_sheet_by_index(0).to_python()
    assert heads == ["Code", "Pupils", "Day", "Formula", "None"]
    expected = School.objects.filter(pupils__gte=100).order_by("pupils", "pk")
    assert rows == [[row.code, row.pupils, date(2026, 3, 9), "=1+1", ""] for row in expected]
    with ZipFile(BytesIO(content)) as archive:
        assert b"<f>" not in archive.read("xl/worksheets/sheet1.xml")


def test_another_format_is_the_page(schools: list[School]) -> None:
    assert show("format=pdf").wants_file == ""
