"""Every pair of colours that meet on a page can be read: text at 4.5:1, edges and marks at 3:1, in both themes."""

import re

import pytest

from desks.pictures.palette import LIGHT
from tools import ROOT

CSS = (ROOT / "static" / "css" / "tokens.css").read_text()
GROUNDS = ("paper", "surface")
TEXTS = [
    *[(text, ground) for text in ("ink", "ink2") for ground in (*GROUNDS, "sunken", "act-soft")],
    *[(text, ground) for text in ("act", "act-hover") for ground in (*GROUNDS, "act-soft")],
    *[(text, ground) for text in ("ok", "warn", "bad", "none") for ground in (*GROUNDS, f"{text}-soft")],
    *[("on-act", ground) for ground in ("act", "act-hover")],
    *[(text, "band") for text in ("band-ink", "band-ink2")],
    ("paper", "ink"),
    *[(f"t{n}", f"g{n}") for n in range(1, 9)],
    *[(f"st{n}", f"s{n}") for n in range(1, 6)],
]
MARKS = [
    *[(mark, ground) for mark in ("edge", "hatch", "act", "bad", "focus") for ground in GROUNDS],
    *[(f"e{n}", ground) for n in range(1, 9) for ground in GROUNDS],
    ("band-edge", "band"),
    ("focus", "halo"),
]


def block(opening: str) -> dict[str, str]:
    """The tokens between an opening of the stylesheet and the brace that closes it."""
    text = CSS.partition(opening)[2].partition("}")[0]
    return dict(re.findall(r"--([\w-]+): (#[0-9A-F]+);", text))


ROOT_TOKENS = block(":root {")
DARK = block(':root[data-theme="dark"] {')
THEMES = {"light": ROOT_TOKENS, "dark": ROOT_TOKENS | DARK}


def luminance(colour: str) -> float:
    def linear(part: int) -> float:
        share = part / 255
        return share / 12.92 if share <= 0.04045 else ((share + 0.055) / 1.055) ** 2.4

    red, green, blue = (linear(int(colour[at : at + 2], 16)) for at in (1, 3, 5))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


def test_black_on_white_is_21() -> None:
    assert contrast("#000000", "#FFFFFF") == pytest.approx(21)
    assert contrast("#777777", "#FFFFFF") == pytest.approx(4.48, abs=0.005)


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize(("pairs", "least"), [(TEXTS, 4.5), (MARKS, 3.0)], ids=["text", "marks"])
def test_what_meets_can_be_told_apart(theme: str, pairs: list[tuple[str, str]], least: float) -> None:
    tokens = THEMES[theme]
    found = {pair: round(contrast(tokens[pair[0]], tokens[pair[1]]), 2) for pair in pairs}
    assert {pair: ratio for pair, ratio in found.items() if ratio < least} == {}


def test_every_text_token_is_in_some_pair() -> None:
    """A new colour cannot slip past: grounds, lines and the window are the only ones no pair begins with."""
    spoken = {one for one, _ in (*TEXTS, *MARKS)} | {ground for _, ground in (*TEXTS, *MARKS)}
    assert set(ROOT_TOKENS) - spoken == {"rule", "band-line", "win"}


def test_the_dark_theme_is_the_same_chosen_or_of_the_device() -> None:
    assert block(':root:not([data-theme="light"], [data-theme="dark"]) {') == DARK
    assert set(DARK) <= set(ROOT_TOKENS)


def test_paper_prints_the_light_colours() -> None:
    # Half transparent on screen, so paper has a figure of its own.
    assert {name: colour for name, colour in LIGHT.items() if name != "win"} == {
        name: ROOT_TOKENS[name] for name in LIGHT if name != "win"
    }
