"""Every list of the site: filters, sorting by links, keyset paging, a capped count, and export to CSV and XLSX.

    page = list_page(request, Guard.objects.visible_to(request.membership), filterset=GuardFilter,
                     sorts={"name": ("family_name", "given_name"), "tenure": ("-stands_since",)}, default="name")
    if page.wants_file:
        return export_file(page, COLUMNS, "guards")
    return show_list(request, "agency/guards.html", {"page": page})

The state of a list is its address: the fields of its filter, `sort`, `after` or `before`, `format`. A page is found by
the values of the row beside it, never by an offset, so that the thousandth page costs what the first one does. The same
address serves the whole page, or to htmx the list alone: the part of the template that is called `list`.
"""

import base64
import csv
import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import chain, islice
from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.db.models import F, Q, QuerySet
from django.db.models.expressions import OrderBy
from django.http import FileResponse, HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.utils import translation
from django.utils.cache import patch_vary_headers
from django_filters import FilterSet

from desks import spreadsheets
from desks.components import Page

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

COUNT_CAP = 1000
EXPORT_CHUNK = 2000
PAGING = ("after", "before", "format")
FILES = ("csv", "xlsx")
# The part of a template that htmx swaps, and the element it takes the place of.
FRAGMENT = "list"
# What a spreadsheet program would take for a formula.
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")

Prepare = Callable[[Sequence[Any]], None]


@dataclass(frozen=True)
class Key:
    """One thing a list is ordered by. Rows without a value come last, whichever way the values go."""

    name: str
    field: Any
    descending: bool
    nullable: bool

    @property
    def attribute(self) -> str:
        """Where a row of the list keeps the value."""
        return f"sorted_{self.name}" if "__" in self.name else self.name

    def order(self, *, reverse: bool) -> OrderBy:
        nulls: dict[str, Any] = {}
        if self.nullable:
            nulls = {"nulls_first": True} if reverse else {"nulls_last": True}
        return OrderBy(F(self.name), descending=self.descending != reverse, **nulls)

    def beyond(self, value: Any, *, reverse: bool) -> Q:
        """Rows that stand after a value in this order, or before it where `reverse`."""
        if value is None:
            return Q(**{f"{self.name}__isnull": False}) if reverse else Q(pk__in=())
        found = Q(**{f"{self.name}__{'lt' if self.descending != reverse else 'gt'}": value})
        return found | Q(**{f"{self.name}__isnull": True}) if self.nullable and not reverse else found

    def same(self, value: Any) -> Q:
        return Q(**{f"{self.name}__isnull": True}) if value is None else Q(**{self.name: value})


@dataclass(frozen=True)
class ListPage(Page):
    """One page of a list, and all that is drawn around it.

    `sorted_by` is the sort in use; `filter` the bound FilterSet, whose form is the filter bar; `wants_file` the kind of
    file that the address asks for, if any; `everything` all rows that pass the filter, in order, for that file.
    """

    filter: FilterSet | None = None
    sorted_by: str = ""
    wants_file: str = ""
    everything: QuerySet[Any] | None = None
    prepare: Prepare | None = None


@dataclass(frozen=True)
class Column:
    """A column of an export: its head, and the value of a row by the name of an attribute or by a function."""

    head: "StrOrPromise"
    value: str | Callable[[Any], Any]

    def of(self, row: Any) -> Any:
        return getattr(row, self.value) if isinstance(self.value, str) else self.value(row)


def list_page(
    request: HttpRequest,
    queryset: QuerySet[Any],
    *,
    sorts: Mapping[str, Sequence[str]],
    default: str,
    filterset: type[FilterSet] | None = None,
    size: int = 25,
    prepare: Prepare | None = None,
) -> ListPage:
    """The page of a list that an address asks for.

    `sorts` names each sort and the fields it orders by, `-` before a field for descending; `-name` in the address turns
    a sort round. `prepare` is given the rows of the page, or of a part of an export, to hang on them what one query can
    fetch for all. An address that makes no sense shows the first page.
    """
    bound = filterset(request.GET, queryset=queryset, request=request) if filterset else None
    rows = bound.qs if bound else queryset
    sorted_by = request.GET.get("sort", "")
    if sorted_by.removeprefix("-") not in sorts:
        sorted_by = default
    keys = _keys(rows, sorts, sorted_by)
    rows = rows.annotate(**{key.attribute: F(key.name) for key in keys if key.attribute != key.name})
    everything = _in_order(rows, keys)
    asked = request.GET.get("format", "")
    wants_file = asked if asked in FILES else ""

    start, shown, more_before, more_after = (1, [], False, False) if wants_file else _slice(request, rows, keys, size)
    counted = 0 if wants_file else rows.order_by().values("pk")[: COUNT_CAP + 1].count()
    if prepare and shown:
        prepare(shown)
    return ListPage(
        rows=shown,
        start=start if shown else 0,
        end=start + len(shown) - 1 if shown else 0,
        count=min(counted, COUNT_CAP),
        count_capped=counted > COUNT_CAP,
        previous_url=_url(request, before=_cursor(keys, shown[0], max(start - size, 1))) if more_before else None,
        next_url=_url(request, after=_cursor(keys, shown[-1], start + len(shown))) if more_after else None,
        filter=bound,
        sorted_by=sorted_by,
        csv_url=_url(request, format="csv"),
        xlsx_url=_url(request, format="xlsx"),
        wants_file=wants_file,
        everything=everything,
        prepare=prepare,
    )


def show_list(request: HttpRequest, template: str, context: Mapping[str, Any]) -> HttpResponse:
    """The page of a list, or to htmx the fragment of it that changes (see docs/components.md)."""
    wanted = request.headers.get("HX-Target") == FRAGMENT
    response = render(request, f"{template}#{FRAGMENT}" if wanted else template, context)
    # One address, two bodies: a browser that keeps the one must not show it for the other.
    patch_vary_headers(response, ["HX-Target"])
    return response


def _slice(request: HttpRequest, rows: QuerySet[Any], keys: list[Key], size: int) -> tuple[int, list[Any], bool, bool]:
    """The running number of the first row, the rows, and whether there are more before and after them."""
    for side in ("after", "before"):
        if cursor := _read_cursor(request.GET.get(side, ""), keys):
            start, values = cursor
            reverse = side == "before"
            beyond = rows.filter(_beyond(keys, values, reverse=reverse))
            found = first(_in_order(beyond, keys, reverse=reverse), size + 1)
            more = len(found) > size
            if reverse and more:
                return start, found[size - 1 :: -1], True, True
            if not reverse and found:
                return start, found[:size], True, more
    found = first(_in_order(rows, keys), size + 1)
    return 1, found[:size], False, len(found) > size


def _in_order(rows: QuerySet[Any], keys: list[Key], *, reverse: bool = False) -> QuerySet[Any]:
    return rows.order_by(*(key.order(reverse=reverse) for key in keys))


def first(ordered: QuerySet[Any], count: int) -> list[Any]:
    """The first so many rows of an order. Which they are is asked before what they hold: with all that a line joins in
    one query SQLite may begin at the smallest table, and put the whole list in order to show a page of it."""
    return by_keys(ordered, list(ordered.values_list("pk", flat=True)[:count]))


def by_keys(rows: QuerySet[Any], keys: Sequence[Any]) -> list[Any]:
    """The rows with these primary keys, in the order of the keys."""
    found = {row.pk: row for row in rows.order_by().filter(pk__in=keys)}
    return [found[key] for key in keys if key in found]


def _keys(rows: QuerySet[Any], sorts: Mapping[str, Sequence[str]], sorted_by: str) -> list[Key]:
    """What a sort orders by, the primary key last, so that no two rows are equal."""
    turned = sorted_by.startswith("-")
    names = [*sorts[sorted_by.removeprefix("-")], "pk"]
    return [_key(rows, name.removeprefix("-"), name.startswith("-") != turned) for name in names]


def _key(rows: QuerySet[Any], name: str, descending: bool) -> Key:
    if name in rows.query.annotations:
        return Key(name, rows.query.annotations[name].output_field, descending, nullable=True)
    model, nullable = rows.model, False
    *path, last = name.split("__")
    for step in path:
        relation = model._meta.get_field(step)
        model, nullable = relation.related_model, nullable or relation.null
    field = model._meta.pk if last == "pk" else model._meta.get_field(last)
    return Key(name, field, descending, nullable or field.null)


def _beyond(keys: list[Key], values: list[Any], *, reverse: bool) -> Q:
    """Rows after the row with these values, in the order of the keys, or before it where `reverse`."""
    found, equal = Q(), Q()
    for key, value in zip(keys, values, strict=True):
        found |= equal & key.beyond(value, reverse=reverse)
        equal &= key.same(value)
    # The first key alone bounds the rows: what an index can follow.
    return (keys[0].beyond(values[0], reverse=reverse) | keys[0].same(values[0])) & found


def _cursor(keys: list[Key], row: Any, start: int) -> str:
    """A row as a place in the list: the running number with which the page beside it starts, and the row's values."""
    values = [_plain(getattr(row, key.attribute)) for key in keys]
    return base64.urlsafe_b64encode(json.dumps([start, *values]).encode()).decode().rstrip("=")


def _plain(value: Any) -> Any:
    if value is None or isinstance(value, bool | int | float | str):
        return value
    return value.isoformat() if isinstance(value, date) else str(value)


def _read_cursor(text: str, keys: list[Key]) -> tuple[int, list[Any]] | None:
    """The running number and values that a cursor holds; None when it is not one of this list's."""
    try:
        start, *values = json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
        if len(values) != len(keys) or not isinstance(start, int) or start < 1:
            return None
        return start, [key.field.to_python(value) for key, value in zip(keys, values, strict=True)]
    except (ValueError, TypeError, ValidationError):
        return None


def _url(request: HttpRequest, **change: str) -> str:
    query = request.GET.copy()
    for name in PAGING:
        query.pop(name, None)
    for name, value in change.items():
        query[name] = value
    return f"{request.path}?{query.urlencode()}"


class _Line:
    """What the csv module writes to: it hands each line back."""

    def write(self, line: str) -> str:
        return line


def export_file(page: ListPage, columns: Sequence[Column], name: str) -> FileResponse | StreamingHttpResponse:
    """All rows that pass the filter, as the file that the address asks for; a cell never becomes a formula.

    CSV as spreadsheet programs of the country open it: UTF-8 with a byte order mark, parted by semicolons, days as
    24.11.2026, parts of a number after a comma. XLSX with days and numbers as such.
    """
    heads = [str(column.head) for column in columns]
    # A CSV is written after the request is over: the reader's language is carried along.
    rows = _values(page, columns, translation.get_language())
    if page.wants_file == "xlsx":
        return spreadsheets.response(heads, rows, name)
    return csv_file(heads, rows, name)


def csv_file(heads: Sequence[str], rows: Iterable[Sequence[Any]], name: str) -> StreamingHttpResponse:
    """Rows of values as a CSV file."""
    writer = csv.writer(_Line(), delimiter=";")
    lines = ([_cell(value) for value in row] for row in rows)
    response = StreamingHttpResponse(
        chain(["\ufeff"], (writer.writerow(line) for line in chain([heads], lines))),
        content_type="text/csv; charset=utf-8",
    )
    response["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    return response


def _values(page: ListPage, columns: Sequence[Column], language: str | None) -> Iterator[list[Any]]:
    assert page.everything is not None
    rows = page.everything.iterator(chunk_size=EXPORT_CHUNK)
    while part := list(islice(rows, EXPORT_CHUNK)):
        if page.prepare:
            page.prepare(part)
        with translation.override(language):
            # A lazy word is said now, while its language is the reader's.
            found = [[_said(column.of(row)) for column in columns] for row in part]
        yield from found


def _said(value: Any) -> Any:
    return value if value is None or isinstance(value, date | int | float | Decimal) else str(value)


def _decimal(value: float | Decimal) -> str:
    """A number with a comma: with a point a spreadsheet of the country may read 3.00 as a day of March."""
    whole, point, part = f"{Decimal(str(value)):f}".partition(".")
    part = part.rstrip("0")
    return f"{whole},{part}" if point and part else whole


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, date):
        return f"{value:%d.%m.%Y}"
    if isinstance(value, float | Decimal):
        return _decimal(value)
    text = str(value)
    return f"'{text}" if text.startswith(FORMULA_STARTS) and not isinstance(value, int) else text
