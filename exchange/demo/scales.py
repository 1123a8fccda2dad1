"""How large the demonstration country is, and how its schools and agencies spread over the regions."""

import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

PLACES: dict[str, Any] = tomllib.loads(Path(__file__).with_name("places.toml").read_text(encoding="utf-8"))
KARAGANDA, SHYMKENT = "35", "79"


@dataclass(frozen=True)
class Scale:
    """A size: the regions of the two groups of stories, what is made beside the stories, and how far back it goes."""

    name: str
    story_regions: tuple[str, str]
    history_years: int
    attendance_days: int
    # Ordinary schools and agencies, shared out over these regions in real proportion.
    schools: int = 0
    agencies: int = 0
    regions: tuple[str, ...] = ()
    # About how many rows it comes to, so that a progress bar can say how long it will take.
    rows: int = 2_500


# 8,000 schools and 1,500 agencies with those of the stories.
NATIONAL = Scale(
    "national",
    (KARAGANDA, SHYMKENT),
    history_years=7,
    attendance_days=28,
    schools=7_988,
    agencies=1_496,
    regions=tuple(PLACES),
    rows=5_100_000,
)


def shares(total: int, regions: tuple[str, ...]) -> dict[str, int]:
    """A total shared out over the regions by their schools, to the last one (largest remainders)."""
    weights = {region: PLACES[region]["schools"] for region in regions}
    exact = {region: total * weight / sum(weights.values()) for region, weight in weights.items()}
    parts = {region: int(part) for region, part in exact.items()}
    by_remainder = sorted(regions, key=lambda region: (parts[region] - exact[region], region))
    for region in by_remainder[: total - sum(parts.values())]:
        parts[region] += 1
    return parts


def _one_region(region: str) -> Scale:
    """A region as the country has it; both groups of stories stand there."""
    schools = shares(NATIONAL.schools, NATIONAL.regions)[region]
    agencies = shares(NATIONAL.agencies, NATIONAL.regions)[region]
    rows = NATIONAL.rows * schools // NATIONAL.schools
    return Scale(
        "region", (region, region), NATIONAL.history_years, NATIONAL.attendance_days, schools, agencies, (region,), rows
    )


SCALES = {
    scale.name: scale
    for scale in (
        Scale("small", (KARAGANDA, SHYMKENT), history_years=3, attendance_days=90),
        _one_region(KARAGANDA),
        NATIONAL,
    )
}
