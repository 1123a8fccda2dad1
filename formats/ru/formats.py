"""Russian: 24 ноября 2026 г. Django's own form for a day without a year is "24 Ноябрь"."""

from formats.common import *  # noqa: F403

DATE_FORMAT = "j E Y г."
DATETIME_FORMAT = "j E Y г., H:i"
YEAR_MONTH_FORMAT = "F Y г."
MONTH_DAY_FORMAT = "j E"

DECIMAL_SEPARATOR = ","
