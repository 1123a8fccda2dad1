"""Kazakh: 2026 ж. 24 қараша. Django ships no Kazakh formats and would print the month first."""

from formats.common import *  # noqa: F403

# E is the month inside a date, which Kazakh writes with a small letter; F would stand alone with a capital.
DATE_FORMAT = "Y ж. j E"
DATETIME_FORMAT = "Y ж. j E, H:i"
YEAR_MONTH_FORMAT = "Y ж. E"
MONTH_DAY_FORMAT = "j E"

DECIMAL_SEPARATOR = ","
