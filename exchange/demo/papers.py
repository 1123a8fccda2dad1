"""The papers and the training of a guard over his years of service, such as the law asks for."""

from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from types import MappingProxyType

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


# For somebody in a story: on which day the last paper of a kind ends.
Ends = Mapping[str, date]
AS_USUAL: Ends = MappingProxyType({})
Paper = tuple[str, date, date | None]


def years_after(day: date, years: int) -> date:
    """The same day of another year; 28 February stands for the 29th where there is none."""
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return day.replace(year=day.year + years, day=28)


def papers(first: date, last: date, ends: Ends = AS_USUAL, renewed_after: int = RENEWED_AFTER) -> Iterator[Paper]:
    """Kind, day of issue and last day of validity of every paper of a service that lasts from `first` to `last`."""
    trained = first - timedelta(days=20)
    yield TRAINING, trained, None
    # The first refresher is due a year after the special training.
    begins = {
        REFRESHER: trained + timedelta(days=renewed_after),
        MEDICAL: first - timedelta(days=14),
        NO_RECORD: trained,
    }
    for kind, begin in begins.items():
        for issued, until in _yearly(begin, last, ends.get(kind), renewed_after):
            yield kind, issued, until
    yield from _identity(first, last, ends.get(IDENTITY))


def _yearly(begin: date, last: date, ends: date | None, renewed_after: int) -> Iterator[tuple[date, date]]:
    """Issue and end of a paper that lasts a year, again and again; the last one of them ends when it has to."""
    final = _a_year_before(ends) if ends else None
    issued = begin
    while issued <= last and (final is None or issued < final - timedelta(days=40)):
        yield issued, years_after(issued, 1)
        issued += timedelta(days=renewed_after)
    if ends and final:
        yield final, ends


def _a_year_before(day: date) -> date:
    """The day on which a paper was issued that ends on this day; 1 March where there was no 29 February."""
    before = years_after(day, -1)
    return before if before.day == day.day else before + timedelta(days=1)


def _identity(first: date, last: date, ends: date | None) -> Iterator[Paper]:
    issued = first
    while issued <= last:
        until = years_after(issued, IDENTITY_YEARS)
        if ends is not None and until >= ends:
            yield IDENTITY, issued, ends
            return
        yield IDENTITY, issued, until
        issued = until - timedelta(days=70)
