"""The fonts: a woff2 subset for pages and static instances for documents, built into `var/fonts`.

Onest comes from a package of fonts under the SIL Open Font License; nothing that is built is committed.
Builds are the same byte for byte on every run.
"""

import shutil
import sys
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING

from tools import VAR, stamps

if TYPE_CHECKING:
    from fontTools.ttLib import TTFont

FAMILY = "Onest"
FOLDER = VAR / "fonts"
WEB = "onest.woff2"
# Static instances, for PDF: weight -> the name of its style.
WEIGHTS = {400: "Regular", 500: "Medium", 600: "SemiBold"}
WEB_WEIGHTS = (400, 600)

LATIN = [*range(0x20, 0x7F), *range(0xA0, 0x180)]
CYRILLIC = [*range(0x400, 0x460)]
KAZAKH = [ord(letter) for letter in "ӘәҒғҚқҢңӨөҰұҮүҺһІі"]
# Spaces that do not break or are thin, dashes, quotation marks, bullets, primes.
PUNCTUATION = [*range(0x2007, 0x200B), *range(0x2010, 0x2027), 0x202F, 0x2030, 0x2032, 0x2033, 0x2039, 0x203A]
SYMBOLS = [ord(symbol) for symbol in "№₸₽€←↑→↓−≈≠≤≥×÷±·✓"]
CHARACTERS = [*LATIN, *CYRILLIC, *KAZAKH, *PUNCTUATION, *SYMBOLS]


def _source() -> Path:
    import fontpkg_onest

    return Path(fontpkg_onest.__file__).parent / "files" / "Onest[wght].ttf"


def _instance(weights: float | tuple[float, float]) -> "TTFont":
    """Onest at one weight, or with an axis between two, and no more than the characters used here."""
    from fontTools import subset
    from fontTools.ttLib import TTFont
    from fontTools.varLib import instancer

    variable = TTFont(_source(), recalcTimestamp=False)
    font = instancer.instantiateVariableFont(variable, {"wght": weights})
    # Of the alternatives of a letter only those stay that running text and figures in tables need.
    features = ["ccmp", "locl", "kern", "mark", "mkmk", "calt", "case", "tnum"]
    subsetter = subset.Subsetter(subset.Options(layout_features=features, name_IDs=["*"], notdef_outline=True))
    subsetter.populate(unicodes=CHARACTERS)
    subsetter.subset(font)
    return font


def _name(font: "TTFont", weight: int, style: str) -> None:
    """Name an instance so that every weight is found under the one family."""
    names = {
        1: FAMILY if style == "Regular" else f"{FAMILY} {style}",
        2: "Regular",
        3: f"{FAMILY}-{style}",
        4: f"{FAMILY} {style}",
        6: f"{FAMILY}-{style}",
        16: FAMILY,
        17: style,
    }
    for number, text in names.items():
        font["name"].setName(text, number, 3, 1, 0x409)
    font["OS/2"].usWeightClass = weight


def build(folder: Path) -> None:
    """Write the web font, the static instances and their licence into the folder."""
    folder.mkdir(parents=True, exist_ok=True)
    web = _instance(WEB_WEIGHTS)
    web.flavor = "woff2"
    web.save(folder / WEB)
    for weight, style in WEIGHTS.items():
        font = _instance(weight)
        _name(font, weight, style)
        font.save(folder / f"onest-{weight}.ttf")
    shutil.copyfile(_source().parents[1] / "LICENSE", folder / "LICENSE.txt")


def prepare() -> bool:
    """Build the fonts if what they are built from changed; return whether they were built."""
    mark = stamps.fingerprint([Path(__file__)], metadata.version("fontpkg-onest"), metadata.version("fonttools"))
    stamp = FOLDER / ".stamp"
    if stamps.is_fresh(stamp, mark):
        return False
    build(FOLDER)
    stamps.write(stamp, mark)
    return True


if __name__ == "__main__":
    prepare()
    for path in sorted(FOLDER.iterdir()):
        sys.stdout.write(f"{path.stat().st_size:>8,}  {path.name}\n")
