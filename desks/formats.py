"""Numbers and dates as a reader of each language expects them.

Kazakh and Russian: `1 234,5`, English: `1 234.5`; thousands are parted by a no-break space in all three, so that a
column reads alike in every language. The minus is `−`, a range takes an en dash, `%` follows a no-break space.
"""

from collections.abc import Callable
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache

from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

NO_BREAK = "\N{NO-BREAK SPACE}"
MINUS = "\N{MINUS SIGN}"
EN_DASH = "\N{EN DASH}"
UNKNOWN = "\N{EM DASH}"

# Month names as they stand in a date; the first of each pair in full, the second as the head of a chart's column.
MONTHS = {
    "kk": (
        "қаңтар ақпан наурыз сәуір мамыр маусым шілде тамыз қыркүйек қазан қараша желтоқсан",
        "қаң ақп нау сәу мам мау шіл там қыр қаз қар жел",
    ),
    "ru": (
        "января февраля марта апреля мая июня июля августа сентября октября ноября декабря",
        "янв фев мар апр май июн июл авг сен окт ноя дек",
    ),
    "en": (
        "January February March April May June July August September October November December",
        "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec",
    ),
}
WEEKDAYS = {
    "kk": "дүйсенбі сейсенбі сәрсенбі бейсенбі жұма сенбі жексенбі",
    "ru": "понедельник вторник среда четверг пятница суббота воскресенье",
    "en": "Monday Tuesday Wednesday Thursday Friday Saturday Sunday",
}
# Month names that stand alone.
MONTH_HEADS = {
    "kk": "Қаңтар Ақпан Наурыз Сәуір Мамыр Маусым Шілде Тамыз Қыркүйек Қазан Қараша Желтоқсан",
    "ru": "Январь Февраль Март Апрель Май Июнь Июль Август Сентябрь Октябрь Ноябрь Декабрь",
    "en": "January February March April May June July August September October November December",
}
SHORT_WEEKDAYS = {"kk": "дс сс ср бс жм сн жк", "ru": "пн вт ср чт пт сб вс", "en": "Mo Tu We Th Fr Sa Su"}
LONG = {"kk": "{year}{s}ж. {day}{s}{month}", "ru": "{day}{s}{month} {year}{s}года", "en": "{day}{s}{month} {year}"}

Number = int | float | Decimal


def language() -> str:
    """The language of the page, one of those with month names here."""
    code = (get_language() or "en").split("-")[0]
    return code if code in MONTHS else "en"


def number(value: Number | None, places: int = 0) -> str:
    """`1234.5` as `1 234,5`, rounded half up to `places`; None, which is unknown, as `—`."""
    return UNKNOWN if value is None else _number(value, places, "." if language() == "en" else ",")


@lru_cache(maxsize=4096)
def _number(value: Number, places: int, point: str) -> str:
    """A page says a few numbers many times."""
    shown = rounded(value, places)
    text = f"{abs(shown):,}".replace(",", NO_BREAK).replace(".", point)
    return f"{MINUS}{text}" if shown < 0 else text


def rounded(value: Number, places: int) -> Decimal:
    """The number that `number` shows."""
    return Decimal(str(value)).quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_UP)


def enough_places(holds: Callable[[int], bool], least: int = 2, most: int = 9) -> int:
    """With how many decimals numbers are shown so that something holds: that a reader computes what stands there.

    `least` where no number of them is enough.
    """
    return next((places for places in range(least, most) if holds(places)), least)


def percent(value: Number | None, places: int = 0) -> str:
    """A value already in percent, with its sign: `97,6 %`."""
    return UNKNOWN if value is None else f"{number(value, places)}{NO_BREAK}%"


def number_range(low: Number, high: Number, places: int = 0) -> str:
    """`58–295`."""
    return f"{number(low, places)}{EN_DASH}{number(high, places)}"


def percent_range(low: Number, high: Number) -> str:
    """`58–295 %`."""
    return f"{number_range(low, high)}{NO_BREAK}%"


def day(value: date | None) -> str:
    """`24.11.2026`, in every language; None as `—`."""
    return UNKNOWN if value is None else f"{value:%d.%m.%Y}"


def day_range(first: date, last: date) -> str:
    """`25.11.2025 – 24.11.2026`; of one day that day."""
    return f"{day(first)} {EN_DASH} {day(last)}" if first != last else day(first)


def long_day(value: date) -> str:
    """`24 ноября 2026 года`, `2026 ж. 24 қараша`, `24 November 2026`."""
    return LONG[language()].format(day=value.day, month=month(value), year=value.year, s=NO_BREAK)


def day_month(value: date) -> str:
    """`24 ноября`."""
    return f"{value.day}{NO_BREAK}{month(value)}"


def month(value: date) -> str:
    """The month's name as it stands in a date."""
    return MONTHS[language()][0].split()[value.month - 1]


def short_month(value: date) -> str:
    """Three letters, for the axis of a picture."""
    return MONTHS[language()][1].split()[value.month - 1]


def weekday(value: date) -> str:
    """The day of the week, opening a sentence."""
    name = WEEKDAYS[language()].split()[value.weekday()]
    return name[0].upper() + name[1:]


def short_weekday(value: date) -> str:
    """Two letters, for the head of a column."""
    return SHORT_WEEKDAYS[language()].split()[value.weekday()]


def month_year(value: date) -> str:
    """`Ноябрь 2026`: the head of a month."""
    name = MONTH_HEADS[language()].split()[value.month - 1]
    return f"{name}{NO_BREAK}{value.year}"


def days(count: int) -> str:
    """`3 дня`: a number of calendar days in words."""
    return ngettext("%(count)s day", "%(count)s days", count) % {"count": number(count)}


def until(last: date, today: date) -> dict[str, str]:
    """A day that matters as a sentence names it: the `day` itself, and what is `left` until then."""
    return {"day": long_day(last), "left": days_left(last, today)}


def days_left(last: date, today: date) -> str:
    """What is left of a term that ends with the day `last`: `today`, `3 days left`, `3 days ago`."""
    left = (last - today).days
    if left == 0:
        return _("today")
    if left < 0:
        return ngettext("%(count)s day ago", "%(count)s days ago", -left) % {"count": number(-left)}
    return ngettext("%(count)s day left", "%(count)s days left", left) % {"count": number(left)}
