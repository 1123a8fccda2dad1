"""How large the demonstration country is."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Scale:
    """A size: the two regions of the stories, and how far back history and attendance go."""

    name: str
    story_regions: tuple[str, str]
    history_years: int
    attendance_days: int


KARAGANDA, SHYMKENT = "35", "79"
SCALES = {scale.name: scale for scale in (Scale("small", (KARAGANDA, SHYMKENT), history_years=3, attendance_days=90),)}
