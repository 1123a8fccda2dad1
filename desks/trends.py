"""The trend of a school, an agency, a region or the country, as the pages of every desk show it.

owner_trend(level, ...)     what `components/trend_section.html` draws
show_months(request, whose) a page of its own: the drawing, its rows, and both as a file
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _

from compliance.trends import trend
from compliance.turnover import Level
from desks import spreadsheets
from desks.lists import Column, csv_file
from desks.pictures.trend import Trend, TrendRow, lay_out


def owner_trend(level: Level, **owner: Any) -> Trend | None:
    """Turnover at the month ends with the limit in force (see `compliance.trends.trend`), read, not measured.

    Whoever is shown it may see the figures of its owner: that is asked before. None where nothing can be drawn yet.
    """
    found = trend(level, **owner)
    return lay_out(found.months, found.steps, due=found.due) if found else None


@dataclass(frozen=True)
class Whose:
    """Whose months a page shows: the owner, and where his own page stands: its address, its place in the navigation
    and, where that is a list, the address of the list."""

    level: Level
    owner: Mapping[str, Any]
    name: str
    url: str
    place: str
    list_url: str = ""


def show_months(request: HttpRequest, whose: Whose) -> HttpResponseBase:
    """The months of one owner: drawn, in rows, and as the file that the address asks for."""
    found = owner_trend(whose.level, **whose.owner)
    if found and request.GET.get("format") in ("csv", "xlsx"):
        return _file(found, request.GET["format"])
    return render(request, "trends/months.html", {"whose": whose, "trend": found})


def _file(found: Trend, ending: str) -> HttpResponseBase:
    heads = [str(column.head) for column in COLUMNS]
    rows = [[column.of(row) for column in COLUMNS] for row in found.rows]
    if ending == "xlsx":
        return spreadsheets.response(heads, rows, "turnover-by-month")
    return csv_file(heads, rows, "turnover-by-month")


def _of_month(name: str) -> Any:
    """A figure of the month; nothing where the month could not be measured."""
    return lambda row: getattr(row.month, name) if row.month.measurable else None


def _share(row: TrendRow) -> float | None:
    share = row.month.continuity
    return None if share is None else 100 * share


COLUMNS = [
    Column(_("Day"), lambda row: row.month.day),
    Column(_("Headcount"), _of_month("average_headcount")),
    Column(_("Leaves in all"), _of_month("gross_left")),
    Column(_("of them with an excused reason"), _of_month("excused_left")),
    Column(_("Leaves that count"), _of_month("net_left")),
    Column(_("of them provisional"), _of_month("provisional_left")),
    Column(_("Settled turnover, % a year"), _of_month("settled_rate")),
    Column(_("Lower bound"), _of_month("settled_low")),
    Column(_("Upper bound"), _of_month("settled_high")),
    Column(_("Limit, %"), "limit"),
    Column(_("Different guards at the doors"), _of_month("distinct_guards")),
    Column(_("Continuity, %"), _share),
]
