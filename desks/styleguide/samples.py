"""What the styleguide shows: invented people and figures, judged on one day that never changes."""

from collections.abc import Sequence
from datetime import date, timedelta

import numpy as np
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from compliance import intervals
from compliance.funnel import RANKS, funnel
from compliance.series import month_ends
from compliance.timeline import Step
from compliance.trends import Month
from desks import formats
from desks.components import Entry, Page
from desks.early_warning import EarlyWarning
from desks.pictures import before_after, budget, claim, covered, dots, histogram, interval, ribbon, tiles
from desks.pictures import funnel as funnels
from desks.pictures import trend as trends
from desks.pictures.dots import Mark
from desks.pictures.ribbon import EndMark, Kind, RibbonBar, RibbonPost
from desks.school_file import FigureBlock

TODAY = date(2026, 11, 24)
WINDOW = (TODAY - timedelta(days=364), TODAY)

# Names on the page, in no language: `{{ names.agency }}`.
NAMES = {
    "agency": "ТОО «Барыс Күзет»",
    "bin": "601240000004",
    "school": "Школа-гимназия № 12",
    "other_school": "Школа № 57",
    "clause": "Текучесть охранников в одной школе не превышает {} % в год.",
    "door": "Айгүл Сәрсенова",
    "answered": "Гүлнар Бекова",
    "large": "Ерлан Мұқашев",
    "rows": ["Ахметов Нұрлан", "Бекова Гүлнар", "Төлегенов Асхат"],
}
SCHOOLS = [("12", "Школа-гимназия № 12"), ("41", "Школа-лицей № 41")]
ICONS = ("door", "check", "document", "history", "people", "search", "chevron")

# Guard, post, first day, last day, and what ended the spell. The last two columns are empty for those who still serve.
SPELLS = (
    ("Ахметов Нұрлан", "АН", "main", date(2023, 9, 1), None, None),
    ("Пак Виктор", "ПВ", "main", date(2024, 2, 1), date(2025, 6, 20), EndMark.LEFT),
    ("Сәрсенова Айгүл", "СА", "main", date(2025, 9, 1), None, None),
    ("Сейтқалиев Болат", "СБ", "main", date(2024, 2, 5), None, None),
    ("Руденко Олег", "РО", "main", date(2024, 5, 1), date(2026, 3, 12), EndMark.LEFT),
    ("Оразбаев Тимур", "ОТ", "main", date(2026, 4, 6), None, None),
    ("Ким Сергей", "КС", "yard", date(2024, 8, 12), date(2026, 5, 29), EndMark.EXCUSED),
    ("Бекова Гүлнар", "БГ", "yard", date(2026, 8, 24), date(2026, 11, 9), EndMark.PROVISIONAL),
    ("Ли Анна", "ЛА", "yard", date(2026, 11, 16), None, None),
)
RELIEFS = (
    ("Мұқашев Ерлан", "МЕ", "main", date(2026, 3, 14), date(2026, 4, 4)),
    ("Мұқашев Ерлан", "МЕ", "yard", date(2026, 6, 1), date(2026, 8, 14)),
)


def posts() -> list[RibbonPost]:
    """A main entrance with four positions and a yard with one."""
    return [
        RibbonPost("main", _("Main entrance"), _("round the clock"), 4),
        RibbonPost("yard", _("Yard"), _("12 hours"), 1),
    ]


def bars() -> list[RibbonBar]:
    """Two years of service at the doors of one school."""
    regular = [
        RibbonBar(name, name, name.split()[0], initials, post, first, last, Kind.REGULAR, mark, url="#ribbon")
        for name, initials, post, first, last, mark in SPELLS
    ]
    relief = [
        RibbonBar(name, name, name.split()[0], initials, post, first, last, Kind.RELIEF)
        for name, initials, post, first, last in RELIEFS
    ]
    return regular + relief


def entries() -> list[Entry]:
    """A history of three events."""
    return [
        Entry(date(2026, 11, 20), "waiting", _("The agency proposed a guard"), "А. Жүнісова, ТОО «Барыс Күзет»"),
        Entry(date(2026, 11, 18), "provisional", _("The guard gave notice"), _("last day 30.11.2026")),
        Entry(date(2024, 2, 6), "ok", _("The director confirmed the guard"), "Г. Қасенова"),
    ]


def pages() -> list[Page]:
    """The first page of a list, a page in its middle, and one of a list too long to count."""
    return [
        Page((), 1, 25, 63, next_url="?after=25", csv_url="?format=csv", xlsx_url="?format=xlsx"),
        Page((), 26, 50, 63, previous_url="?before=26", next_url="?after=50"),
        Page((), 51, 75, 1000, count_capped=True, previous_url="?before=51", next_url="?after=75"),
    ]


def blocks() -> list[FigureBlock]:
    """Figures of an owner in their states: within the limit, over it, confirmed, not measurable."""
    label = _("Turnover in 365 days")
    return [
        FigureBlock(label, "21", _("% a year"), interval=interval.lay_out(21.3, 0.5, 119, 50), mark="policy"),
        FigureBlock(
            label,
            "143",
            _("% a year"),
            interval=interval.lay_out(143.1, 57.5, 294.9, 50),
            status=("established", _("Limit breached: established")),
            mark="law",
        ),
        FigureBlock(_("Confirmed by the school"), "71,4", "%", bar=claim.bar(6402118, 8966412)),
        FigureBlock(label, status=("not_measurable", _("Not measurable"))),
    ]


def pictures() -> dict[str, object]:
    """The layouts of all pictures, in the states that differ."""
    return {
        "intervals": [
            interval.lay_out(21.3, 0.5, 119, 50),
            interval.lay_out(143.1, 57.5, 294.9, 50),
            interval.lay_out(58, 55, 61),
        ],
        "ribbon": ribbon.lay_out(posts(), bars(), window=WINDOW, from_day=date(2024, 12, 1), today=TODAY),
        "budgets": [
            budget.small(1, 2, _("one more until 12 March 2027")),
            budget.small(2, 2, _("none left until 12 March 2027")),
            budget.small(3, 2, _("limit breached: 3 instead of 2"), _("the first leave falls out on 8 January 2027")),
        ],
        "budget": budget.large(
            1,
            2,
            _("One more until 12 March 2027"),
            _("The limit allows 2 leaves in 365 days, 1 is used."),
            window=WINDOW,
            leave_name="Руденко О.",
            leave_day=date(2026, 3, 12),
            back_day=date(2027, 3, 12),
        ),
        "change": before_after.lay_out(
            21,
            43,
            50,
            [
                before_after.ChangeRow(_("Faces at the doors in 365 days"), "8", "9"),
                before_after.ChangeRow(
                    _("Constancy"), "90\N{NO-BREAK SPACE}%", "84\N{NO-BREAK SPACE}%", _("threshold 60 percent")
                ),
            ],
            _("The limit is not breached, but no further leave is left."),
        ),
        "fall": before_after.lay_out(43, 21, 50),
        "tiles": tiles.lay_out(
            {code: None if code == "62" else 45.0 + 11 * int(code) % 47 for code in tiles.PLACES},
            (55, 65, 75, 85),
            title=_("Confirmed by region"),
            counts={"47": 4, "79": 6, "75": 3},
            count_words=_("established breaches"),
        ),
        "funnel": _funnel(),
        "crowded_funnel": _funnel(100),
        "histogram": _histogram(),
        "trends": _trends(),
        "claim": claim.lay_out(1203, 1121, 23, _("14 did not come, 9 were somebody else")),
        "bar": claim.bar(6402118, 8966412),
        "fortnight": _fortnight(),
        "strip": covered.lay_out(TODAY, [True] + [False] * 3 + [True] * 10),
        "full_strip": covered.lay_out(TODAY, [True] * 14),
    }


def warning() -> EarlyWarning:
    """The early warning of an agency with many guards: small squares, and no timeline."""
    words = _("one more until 12 March 2027")
    drawn = budget.large(12, 13, words, _("The limit allows 13 leaves in 365 days, 12 are used."), window=WINDOW)
    return EarlyWarning(formats.percent(50), "policy", drawn, before_after.lay_out(46, 50, 50), "")


def _funnel(times: int = 1) -> funnels.FunnelPicture | None:
    """Agencies of 3 to 300 guards around one line, two of them far above it, one far below, and two too small; or so
    many times that they are drawn in heaps."""
    sizes = np.array([3.2, 4.1, *(6.5 * 1.17**step for step in range(25))])
    off = {0: 3, 5: 24, 8: 18, 14: 58, 20: 150, 23: 90}
    leaves = np.array([off.get(at, round(size * (0.5 + 0.17 * ((at * 7) % 5) / 4))) for at, size in enumerate(sizes)])
    found = funnel(np.tile(365 * sizes, times), np.tile(leaves, times))
    standings = found.standings(365 * sizes, leaves)
    crowd = funnels.Crowd(sizes, 100 * leaves / sizes, np.array([RANKS[one] for one in standings]))
    outside = [
        funnels.Point(size, rate, standing, f"ТОО «Күзет {number}»", "#pictures")
        for number, (size, rate, standing) in enumerate(
            zip(sizes.tolist(), crowd.rates.tolist(), standings, strict=True)
        )
        if standing in funnels.OUTSIDE
    ]
    many = crowd.take(np.tile(np.arange(len(sizes)), times))
    return funnels.lay_out(found, many, outside, line_words=pgettext("line of a picture", "country"), limit=50)


def _histogram() -> histogram.Histogram:
    """Schools by turnover, a lower limit beside the one in force: most of those that it adds lie between the two."""
    owners = (1310, 640, 742, 690, 612, 318, 268, 152, 84, 46, 27, 23)
    kept, gone, added = {5: 40, 6: 52, 7: 48, 8: 40, 9: 30, 10: 20, 11: 19}, {5: 9}, {4: 134, 6: 17}
    bars = [
        histogram.Held(
            10 * at,
            None if at == 11 else 10 * at + 10,
            count,
            *(marked.get(at, 0) for marked in (kept, gone, added)),
        )
        for at, count in enumerate(owners)
    ]
    axis = _("turnover, %% a year; height: how many") % ()
    return histogram.lay_out(bars, now=50, then=40, title=_("Distribution of turnover"), axis=axis)


def _trends() -> list[trends.Trend | None]:
    """A country whose turnover falls under two limits, and a school whose director confirmed nobody for a while."""
    country = (74, 75, 73, 72, 73, 71, 72, 74, 70, 69, 68, 68, 67, 66, 66, 65, 64, 64, 63, 61, 61, 60, 59, 58)
    school = (0, 0, 18, 18, 39, 40, None, None, None, None, None, 22, 43, 44, 66, 67, 69, 70, 48, 46, 44, 43, 22, 21)
    steps = [Step(date(2024, 12, 31), None), Step(date(2025, 3, 1), 60), Step(date(2026, 7, 1), 50)]
    return [
        trends.lay_out(_months(country, 5_000), steps),
        trends.lay_out(_months(school, 4.7), [Step(date(2024, 12, 31), 50)], due=True),
    ]


def _months(rates: Sequence[float | None], headcount: float) -> list[Month]:
    """A month for each rate, None where nothing could be measured; the last one is today."""
    months = []
    for day, rate in zip([*month_ends(TODAY, len(rates) - 1), TODAY], rates, strict=True):
        left = round((rate or 0) / 100 * headcount)
        low, high = (float(bound) for bound in intervals.interval(left, round(365 * headcount)))
        known = rate is not None
        bounds = (rate, low if known else None, high if known else None)
        months.append(Month(day, known, headcount, left, 0, left, 0, *bounds, None, None))
    return months


def _fortnight() -> dots.Fortnight:
    came, off = Mark.PRESENT, Mark.NOT_EXPECTED
    main = [came] * 14
    main[2], main[6], main[8], main[13] = Mark.LATE, Mark.ABSENT, Mark.UNMARKED, Mark.NOT_YET
    yard = [came, came, came, off, off, came, came, came, came, came, off, off, came, came]
    days = [TODAY - timedelta(days=13 - at) for at in range(14)]
    return dots.lay_out(days, {_("Entrance"): main, _("Yard"): yard}, TODAY)
