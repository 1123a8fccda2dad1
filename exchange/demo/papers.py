"""The papers and the training of a guard over his years of service, such as the law asks for."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta

# The kinds, as `Credential.Kind` and the register package write them.
TRAINING, REFRESHER, MEDICAL = "training_certificate", "refresher_certificate", "medical_certificate"
NO_RECORD, IDENTITY = "no_criminal_record", "identity_document"

# A year's paper is renewed with two months left, so that only the stories have papers that run out.
RENEWED_AFTER = 300
IDENTITY_YEARS = 3
ISSUERS = {
    TRAINING: "СУЦ «Қорған-Оқу»",
    REFRESHER: "СУЦ «Қорған-Оқу»",
    MEDICAL: "Қалалық емхана № 5",
    NO_RECORD: "Комитет по правовой статистике",
    IDENTITY: "",
}


@dataclass(frozen=True)
class Bent:
    """How the papers of somebody in a story differ: the last one of a kind ends on a day, or there is none at all."""

    ends: Mapping[str, date] = field(default_factory=dict)
    without: frozenset[str] = frozenset()


STRAIGHT = Bent()
Paper = tuple[str, date, date | None]


def years_after(day: date, years: int) -> date:
    """The same day of another year; 28 February stands for the 29th where there is none."""
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return day.replace(year=day.year + years, day=28)


def papers(first: date, last: date, bent: Bent = STRAIGHT, renewed_after: int = RENEWED_AFTER) -> Iterator[Paper]:
    """Kind, day of issue and last day of validity of every paper of a service that lasts from `first` to `last`."""
    trained = first - timedelta(days=20)
    if TRAINING not in bent.without:
        yield TRAINING, trained, None
    for kind, begin in ((REFRESHER, trained), (MEDICAL, first - timedelta(days=9)), (NO_RECORD, first)):
        if kind in bent.without:
            continue
        for issued in _yearly(begin - timedelta(days=5), last, bent.ends.get(kind), renewed_after):
            # The first refresher is the special training itself.
            if kind != REFRESHER or issued > trained:
                yield kind, issued, years_after(issued, 1)
    if IDENTITY not in bent.without:
        yield from _identity(first, last, bent.ends.get(IDENTITY))


def _yearly(begin: date, last: date, ends: date | None, renewed_after: int) -> Iterator[date]:
    """Days of issue of a paper that lasts a year; the last of them such that it ends when it has to."""
    final = years_after(ends, -1) if ends else None
    issued = begin
    while issued <= last and (final is None or issued < final - timedelta(days=40)):
        yield issued
        issued += timedelta(days=renewed_after)
    if final is not None:
        yield max(final, begin)


def _identity(first: date, last: date, ends: date | None) -> Iterator[Paper]:
    issued = first
    while issued <= last:
        until = years_after(issued, IDENTITY_YEARS)
        if ends is not None and until >= ends:
            yield IDENTITY, issued, ends
            return
        yield IDENTITY, issued, until
        issued = until - timedelta(days=70)
