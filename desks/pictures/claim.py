"""Claim and confirmation: what the agency claimed beside what the school said to it."""

from dataclasses import dataclass

from django.utils.translation import gettext as _

from desks import formats


@dataclass(frozen=True)
class Bar:
    """One amount; `share` in percent of the claim."""

    kind: str
    name: str
    note: str
    count: str
    share: float
    words: str


@dataclass(frozen=True)
class Claim:
    bars: list[Bar]


@dataclass(frozen=True)
class HatchedBar:
    """A part confirmed, the rest only claimed."""

    share: float
    words: str


def lay_out(claimed: int, confirmed: int, refused: int, refused_note: str = "") -> Claim:
    """Days or shifts of the same window; what is neither confirmed nor refused has no answer."""
    unanswered = claimed - confirmed - refused
    if unanswered < 0:
        raise ValueError("a school cannot answer more than was claimed")
    rows = (
        ("claimed", _("The agency claimed"), "", claimed),
        ("confirmed", _("The school confirmed"), "", confirmed),
        ("refused", _("The school said no"), refused_note, refused),
        ("unanswered", _("The school did not answer"), "", unanswered),
    )
    return Claim([_bar(kind, name, note, count, claimed) for kind, name, note, count in rows])


def _bar(kind: str, name: str, note: str, count: int, claimed: int) -> Bar:
    share = round(100 * count / claimed, 2) if claimed else 0.0
    return Bar(
        kind, name, note, formats.number(count), share, formats.percent(share, 1) if claimed else formats.UNKNOWN
    )


def bar(part: int, whole: int) -> HatchedBar:
    """One bar: `part` of `whole` confirmed, the rest hatched."""
    share = round(100 * part / whole, 2) if whole else 0.0
    words = _("confirmed %(part)s of %(whole)s") % {"part": formats.number(part), "whole": formats.number(whole)}
    return HatchedBar(share, words)
