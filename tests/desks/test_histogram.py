"""The picture of a distribution: heights, limits whose words never meet, and parts that are never lost."""

from xml.etree import ElementTree

import pytest
from django.template import Context, Template
from django.utils import translation

from desks.pictures.histogram import BASE, LEAST, TOP, WIDTH, Held, Histogram, Part, lay_out


@pytest.fixture(autouse=True)
def english() -> None:
    translation.activate("en")


def bars(*owners: int, **marked: dict[int, int]) -> list[Held]:
    """Twelve bars of ten percent, the first ones with so many owners; `kept={5: 3}` marks three in the sixth."""
    counts = [*owners, *[0] * (12 - len(owners))]
    named = {kind: [places.get(at, 0) for at in range(12)] for kind, places in marked.items()}
    return [
        Held(10 * at, None if at == 11 else 10 * at + 10, count, **{kind: found[at] for kind, found in named.items()})
        for at, count in enumerate(counts)
    ]


def drawn(held: list[Held], now: float | None = 50.0, then: float | None = 40.0) -> Histogram:
    return lay_out(held, now=now, then=then, title="Distribution", axis="turnover")


def part(layout: Histogram, bar: int, kind: str) -> Part:
    return next(one for one in layout.bars[bar].parts if one.kind == kind)


def test_the_highest_bar_reaches_the_top_and_the_others_are_as_high_as_their_share():
    layout = drawn(bars(400, 100))
    assert part(layout, 0, "all").y == TOP
    assert part(layout, 1, "all").height == round((BASE - TOP) / 4, 2)


def test_what_is_marked_stands_on_the_base_and_what_is_added_upon_it():
    layout = drawn(bars(0, 0, 0, 0, 0, 100, kept={5: 20}, gone={5: 10}, added={5: 30}))
    kept, gone, added = (part(layout, 5, kind) for kind in ("kept", "gone", "added"))
    assert kept.y + kept.height == BASE
    assert gone.y + gone.height < kept.y
    assert added.y + added.height < gone.y
    assert (layout.has_kept, layout.has_gone, layout.has_added) == (True, True, True)


def test_one_in_thousands_is_still_seen():
    assert part(drawn(bars(0, 0, 0, 0, 5000, added={4: 1})), 4, "added").height == LEAST


def test_lines_behind_the_bars_are_round_and_few():
    assert [tick.words for tick in drawn(bars(1310)).heights] == ["0", "400", "800", "1\N{NO-BREAK SPACE}200"]
    assert [tick.words for tick in drawn(bars(3)).heights] == ["0", "1", "2", "3"]


def test_the_last_bar_says_that_it_holds_what_is_more():
    layout = drawn(bars(1))
    assert [tick.words for tick in layout.values] == ["0", "20", "40", "60", "80", "110+"]
    assert layout.bars[-1].range == "110\N{NO-BREAK SPACE}% and more"


def test_a_share_ends_at_a_hundred():
    held = [Held(10 * at, 10 * at + 10, at) for at in range(10)]
    assert [tick.words for tick in drawn(held, 60.0, 70.0).values] == ["0", "20", "40", "60", "80", "100"]


def test_the_words_of_two_limits_stand_on_either_side_of_their_lines():
    lower, higher = drawn(bars(1)).lines
    assert (lower.words, lower.dashed, lower.anchor) == ("draft 40\N{NO-BREAK SPACE}%", True, "end")
    assert (higher.words, higher.dashed, higher.anchor) == ("now 50\N{NO-BREAK SPACE}%", False, "start")
    assert lower.words_x < lower.x < higher.x < higher.words_x


def test_a_higher_limit_of_the_draft_stands_right():
    assert [line.dashed for line in drawn(bars(1), 50.0, 62.5).lines] == [False, True]


@pytest.mark.parametrize(("now", "then"), [(50.0, 2.0), (2.0, 1.0), (50.0, 115.0)])
def test_words_without_room_at_their_side_stand_at_the_other_a_line_lower(now: float, then: float):
    for line in drawn(bars(1), now, then).lines:
        width = 60
        left, right = (
            (line.words_x - width, line.words_x) if line.anchor == "end" else (line.words_x, line.words_x + width)
        )
        assert left >= -width / 2 and right <= WIDTH + width / 2
    rows = {line.words_y for line in drawn(bars(1), now, then).lines}
    assert len(rows) == 2


def test_a_limit_that_both_share_is_one_line():
    assert [line.words for line in drawn(bars(1), 50.0, 50.0).lines] == ["now and by the draft 50\N{NO-BREAK SPACE}%"]


def test_a_clause_that_is_new_or_repealed_has_one_limit():
    assert [line.dashed for line in drawn(bars(1), None, 40.0).lines] == [True]
    assert [line.dashed for line in drawn(bars(1), 50.0, None).lines] == [False]


def test_the_number_added_stands_where_there_is_room_for_it():
    above = drawn(bars(0, 0, 0, 0, 600, added={4: 134})).bars[4]
    inside = drawn(bars(0, 0, 0, 0, 600, added={4: 590})).bars[4]
    nowhere = drawn(bars(6000, 0, 0, 0, 12, added={4: 11})).bars[4]
    assert (above.added_words, above.added_inside) == ("134", False)
    assert (inside.added_words, inside.added_inside) == ("590", True)
    assert nowhere.added_words == ""
    assert "the draft adds: 11" in nowhere.title


def test_the_drawing_is_well_formed_named_and_followed_by_its_rows():
    layout = drawn(bars(1310, 640, 0, 0, 612, 318, kept={5: 20}, gone={5: 3}, added={4: 134}))
    text = Template("{% load qorgan %}<div>{% histogram layout %}{% histogram_legend layout %}</div>").render(
        Context({"layout": layout})
    )
    root = ElementTree.fromstring(text)
    svg = next(one for one in root.iter() if one.tag.endswith("svg"))
    assert svg.get("role") == "img"
    assert "draft 40" in (svg.get("aria-label") or "")
    rows = [[cell.text for cell in row] for row in root.iter("tr")]
    assert rows[0] == ["From and to", "In all", "Marked now", "Marked no longer", "The draft adds"]
    assert rows[6][1:] == ["318", "23", "3", "0"]
