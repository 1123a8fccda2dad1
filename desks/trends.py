"""The trend of a school, an agency, a region or the country, as the pages of every desk show it."""

from typing import Any

from compliance.trends import trend
from compliance.turnover import Level
from desks.pictures.trend import Trend, lay_out


def owner_trend(level: Level, **owner: Any) -> Trend | None:
    """Turnover at the month ends with the limit in force (see `compliance.trends.trend`), read, not measured.

    Whoever is shown it may see the figures of its owner: that is asked before. None where nothing can be drawn yet.
    """
    found = trend(level, **owner)
    return lay_out(found.months, found.steps, due=found.due) if found else None
