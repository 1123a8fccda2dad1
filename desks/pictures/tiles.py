"""The tile map: the 20 regions as tiles of one size in their rough places, shaded by one figure."""

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from desks import formats

WIDTH, HEIGHT, GAP = 80, 70, 5

# The two-digit code of a region: column, row, the name short enough for a tile.
PLACES = {
    "10": (5, 2, pgettext_lazy("tile of a region", "Abai")),
    "11": (3, 1, pgettext_lazy("tile of a region", "Akmola")),
    "15": (1, 2, pgettext_lazy("tile of a region", "Aktobe")),
    "19": (5, 4, pgettext_lazy("tile of a region", "Almaty reg.")),
    "23": (0, 2, pgettext_lazy("tile of a region", "Atyrau")),
    "27": (0, 1, pgettext_lazy("tile of a region", "West Kaz.")),
    "31": (4, 4, pgettext_lazy("tile of a region", "Zhambyl")),
    "33": (5, 3, pgettext_lazy("tile of a region", "Zhetisu")),
    "35": (4, 2, pgettext_lazy("tile of a region", "Karaganda")),
    "39": (2, 1, pgettext_lazy("tile of a region", "Kostanay")),
    "43": (2, 3, pgettext_lazy("tile of a region", "Kyzylorda")),
    "47": (0, 3, pgettext_lazy("tile of a region", "Mangystau")),
    "55": (5, 1, pgettext_lazy("tile of a region", "Pavlodar")),
    "59": (3, 0, pgettext_lazy("tile of a region", "North Kaz.")),
    "61": (3, 4, pgettext_lazy("tile of a region", "Turkistan")),
    "62": (3, 2, pgettext_lazy("tile of a region", "Ulytau")),
    "63": (6, 2, pgettext_lazy("tile of a region", "East Kaz.")),
    "71": (4, 1, pgettext_lazy("tile of a region", "Astana")),
    "75": (5, 5, pgettext_lazy("tile of a region", "Almaty")),
    "79": (3, 5, pgettext_lazy("tile of a region", "Shymkent")),
}
NOT_MEASURABLE = gettext_lazy("not measurable")


@dataclass(frozen=True)
class Tile:
    """One region; `level` 1..5 is its class, 0 is not measurable; `count` stands beside a small square."""

    code: str
    name: str
    value: str
    level: int
    count: str
    title: str
    x: int
    y: int
    url: str


@dataclass(frozen=True)
class TileMap:
    tiles: list[Tile]
    width: int
    height: int
    title: str
    classes: list[tuple[int, str]]
    has_unmeasured: bool
    count_words: str


def lay_out(
    values: Mapping[str, float | None],
    bounds: Sequence[float],
    *,
    title: str,
    counts: Mapping[str, int] | None = None,
    count_words: str = "",
    urls: Mapping[str, str] | None = None,
    made_of: Mapping[str, str] | None = None,
) -> TileMap:
    """Values in percent by the region's code; None, or no value, is not measurable. `made_of` says in the title of a
    tile what its value is made of.

    `bounds` are the four lower bounds of the classes 2 to 5, ascending. `counts` stand under the figure, but no zeros.
    """
    if len(bounds) != 4 or list(bounds) != sorted(bounds):
        raise ValueError("four ascending bounds part five classes")
    tiles = []
    for code, (column, row, name) in PLACES.items():
        value = values.get(code)
        count = (counts or {}).get(code, 0)
        said = formats.percent(value) if value is not None else str(NOT_MEASURABLE)
        title_of = ", ".join(filter(None, (f"{name}: {said}", (made_of or {}).get(code, ""))))
        tiles.append(
            Tile(
                code=code,
                name=str(name),
                value=formats.number(value),
                level=0 if value is None else 1 + bisect_right(bounds, value),
                count=formats.number(count) if count else "",
                title=f"{title_of}. {count_words}: {count}" if count else title_of,
                x=column * (WIDTH + GAP),
                y=row * (HEIGHT + GAP),
                url=(urls or {}).get(code, ""),
            )
        )
    return TileMap(
        tiles=sorted(tiles, key=lambda tile: (tile.y, tile.x)),
        width=7 * (WIDTH + GAP) - GAP,
        height=6 * (HEIGHT + GAP) - GAP,
        title=title,
        classes=_classes(bounds),
        has_unmeasured=any(tile.level == 0 for tile in tiles),
        count_words=count_words if any(tile.count for tile in tiles) else "",
    )


def _classes(bounds: Sequence[float]) -> list[tuple[int, str]]:
    words = [_("under %(bound)s") % {"bound": formats.number(bounds[0])}]
    words += [
        formats.number_range(low, high - 1) if float(high).is_integer() else formats.number_range(low, high, 1)
        for low, high in pairwise(bounds)
    ]
    words.append(_("%(bound)s and over") % {"bound": formats.number(bounds[-1])})
    return list(enumerate(words, start=1))
